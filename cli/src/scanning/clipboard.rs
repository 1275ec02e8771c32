//! What was copied: a picture, or the key itself.

use std::time::Duration;

use arboard::{Clipboard, Error};
use passcode_proto::SecretText;
use passcode_proto::client::scan::ScanFault;
use passcode_proto::limits::EXPORT_BYTES;
use passcode_proto::picture::{Trouble, from_rgba};
use zeroize::Zeroizing;

use super::{Picture, failure, no_key};
use crate::clipboard::has_desktop;
use crate::output::Failure;
use crate::patience;

/// How long whoever holds what was copied may take to give it.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the clipboard holds.
pub enum Contents {
    /// A picture.
    Picture(Picture),
    /// A text, to be read as a key.
    Text(SecretText),
}

/// What stands in the way of having it.
enum Obstacle {
    /// The desktop does not let us have its clipboard.
    Closed,
    /// There is neither text nor picture.
    Empty,
    /// The picture is none.
    Bad(Trouble),
}

/// Reads the clipboard.
pub fn contents() -> Result<Contents, Failure> {
    if !has_desktop() {
        return Err(closed());
    }
    match patience::within(PATIENCE, read) {
        Some(Ok(Contents::Text(key))) if key.expose().len() > EXPORT_BYTES => {
            Err(no_key("The copied text is too long to be a pairing key.", "Copy the key alone."))
        }
        Some(Ok(contents)) => Ok(contents),
        Some(Err(Obstacle::Empty)) => Err(empty()),
        Some(Err(Obstacle::Bad(trouble))) => Err(failure(ScanFault::Picture(trouble))),
        Some(Err(Obstacle::Closed)) | None => Err(closed()),
    }
}

fn read() -> Result<Contents, Obstacle> {
    let mut clipboard = Clipboard::new().map_err(|_| Obstacle::Closed)?;
    match clipboard.get_image() {
        Ok(image) => {
            let rgba = Zeroizing::new(image.bytes.into_owned());
            let picture = from_rgba(image.width, image.height, &rgba);
            let picture = picture.ok_or(Obstacle::Bad(Trouble::TooLarge))?;
            Ok(Contents::Picture(Zeroizing::new(picture)))
        }
        // Some programs give a text for a picture, and some fail where they should say that they have none.
        Err(error) => text(&mut clipboard).ok_or(match error {
            Error::ConversionFailure => Obstacle::Bad(Trouble::Damaged),
            _ => Obstacle::Empty,
        }),
    }
}

fn text(clipboard: &mut Clipboard) -> Option<Contents> {
    let text = clipboard.get_text().map(SecretText::new).ok()?;
    (!text.expose().trim().is_empty()).then_some(Contents::Text(text))
}

fn empty() -> Failure {
    no_key(
        "The clipboard holds neither a picture nor a text.",
        "Copy the QR code's picture, or the key that stands beside it, and try again.",
    )
}

fn closed() -> Failure {
    Failure::local(
        "clipboard",
        "There is no clipboard that can be read.",
        "Save the picture, and give its file: passcode pair --qr FILE",
    )
}
