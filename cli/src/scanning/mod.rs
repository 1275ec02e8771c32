//! Pairing keys from QR codes: where the pictures come from, and which of the keys in them is meant. The codes are found
//! by `passcode_proto::client::scan` and sorted by `passcode_proto::scanned`.

mod choice;
mod clipboard;
mod file;
mod screen;

use std::path::PathBuf;

use clap::Args;
use passcode_proto::client::scan::{ScanFault, scan};
use passcode_proto::scanned::Scanned;
use passcode_proto::{Fault, FaultCode, SecretText};
use zeroize::Zeroizing;

use crate::context::Context;
use crate::output::{self, Failure};
use crate::values;

/// A picture: PNG, JPEG, or what `passcode_proto::picture` calls uncompressed.
type Picture = Zeroizing<Vec<u8>>;

/// Options that name pictures to look for a key in.
#[derive(Debug, Args)]
pub struct Pictures {
    /// A picture of the QR code, PNG or JPEG; `-` reads it from standard input; again for each part
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "clipboard", "screen"])]
    qr: Vec<PathBuf>,
    /// Look for the QR code in the picture that was copied, or take the copied text as the key
    #[arg(long, conflicts_with_all = ["key", "screen"])]
    clipboard: bool,
    /// Look for the QR code on the screen
    #[arg(long, conflicts_with = "key")]
    screen: bool,
    /// Which key to take where there are several: the N-th of those that are listed
    #[arg(long, value_name = "N", value_parser = values::place, conflicts_with = "key")]
    pick: Option<usize>,
}

impl Pictures {
    /// The key in the pictures; none when no picture is named.
    pub fn key(&self, context: &Context) -> Result<Option<SecretText>, Failure> {
        let pictures = match () {
            () if self.clipboard => match clipboard::contents()? {
                clipboard::Contents::Text(key) => return Ok(Some(key)),
                clipboard::Contents::Picture(picture) => vec![picture],
            },
            () if self.screen => vec![screen::picture()?],
            () if self.qr.is_empty() && self.pick.is_none() => return Ok(None),
            () if self.qr.is_empty() => return Err(nothing_to_pick_from()),
            () => self.qr.iter().map(|path| file::read(path)).collect::<Result<_, _>>()?,
        };
        let found = Scanned::sort(texts(&pictures)?);
        choice::choose(found, self.pick, context.may_ask(), &mut output::note).map(Some)
    }
}

fn nothing_to_pick_from() -> Failure {
    Failure::usage(
        "--pick chooses among the keys of a picture, and there is none.",
        "Name the picture with --qr FILE, --clipboard or --screen.",
    )
}

/// The texts in all pictures, one picture after the other.
fn texts(pictures: &[Picture]) -> Result<Vec<SecretText>, Failure> {
    let mut texts = Vec::new();
    for (index, picture) in pictures.iter().enumerate() {
        let found = scan(picture).map_err(|fault| match pictures.len() {
            1 => failure(fault),
            _ => failure(fault).after(&format!("Picture {}:", index + 1)),
        });
        texts.extend(found?);
    }
    Ok(texts)
}

/// Without a key in the picture pairing fails as with a bad key; that nobody could look is another thing.
fn failure(fault: ScanFault) -> Failure {
    match fault {
        ScanFault::Picture(_) => no_key(fault.message(), fault.hint()),
        _ => Failure::local("picture", fault.message(), fault.hint()),
    }
}

/// There is no key, for the reason that is given.
fn no_key(message: &str, hint: &str) -> Failure {
    Fault::because(FaultCode::BadKey, message.to_owned()).advise(hint).into()
}
