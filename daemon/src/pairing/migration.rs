//! Exports of Google Authenticator, `otpauth-migration://offline?data=…`: one or more QR codes, each with a message of
//! Protocol Buffers in base64 that holds up to ten keys, and says which part of how many it is.

use data_encoding::BASE64_NOPAD;
use passcode_proto::limits;
use passcode_proto::profile::CodeType;
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use super::export_fault::ExportFault;
use super::fault::KeyFault;
use super::names::Names;
use super::passcodes::{self, Passcodes};
use super::protobuf::{Fields, Value};
use super::query::Query;
use super::secret_text::Decoded;
use super::{Overrides, PairingKey, secret_warnings};
use crate::secret::Secret;

const SCHEME: &str = "otpauth-migration:";

/// Most keys that are taken at once.
const KEYS: usize = 500;

/// Most parts that one export can have.
const PARTS: u64 = 64;

/// Whether the tidied text is an export.
pub(super) fn is_meant(text: &str) -> bool {
    text.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
}

/// Reads all keys of an export whose parts stand in `text`, with white space between them.
pub(super) fn read(text: &str, overrides: &Overrides) -> Result<Vec<PairingKey>, KeyFault> {
    if text.len() > limits::EXPORT_BYTES {
        return Err(ExportFault::TooLong.into());
    }
    let parts: Vec<_> = split(text).iter().map(|uri| Part::read(uri)).collect::<Result<_, _>>()?;
    let parts = in_order(parts)?;
    let entries: Vec<&[u8]> = parts.iter().flat_map(Part::entries).collect();
    match entries.len() {
        0 => return Err(ExportFault::Empty.into()),
        1 => {}
        count if count > KEYS => return Err(ExportFault::TooMany.into()),
        _ if *overrides != Overrides::default() => return Err(ExportFault::Overrides.into()),
        _ => {}
    }
    entries.into_iter().map(|entry| Entry::read(entry)?.into_key(overrides)).collect()
}

/// The addresses in a text. A word that begins none belongs to the one before it: mail breaks long lines.
fn split(text: &str) -> Vec<Zeroizing<String>> {
    let mut addresses: Vec<Zeroizing<String>> = Vec::new();
    for word in text.split_whitespace() {
        match addresses.last_mut().filter(|_| !is_meant(word)) {
            Some(address) => address.push_str(word),
            None => {
                // Long enough for all that may follow: a text that grows leaves a copy behind.
                let mut address = Zeroizing::new(String::with_capacity(text.len()));
                address.push_str(word);
                addresses.push(address);
            }
        }
    }
    addresses
}

/// One QR code's message.
struct Part {
    bytes: Zeroizing<Vec<u8>>,
    /// How many parts the export has.
    of: u64,
    /// Which this is, counted from 0.
    index: u64,
    /// The number that all parts of an export share.
    export: u64,
}

impl Part {
    fn read(address: &str) -> Result<Self, KeyFault> {
        let (_, query) = address.split_once('?').ok_or(ExportFault::Damaged)?;
        let data = Query::new(query).raw("data")?.ok_or(ExportFault::Damaged)?;
        let mut part = Self { bytes: message(data)?, of: 1, index: 0, export: 0 };
        let (mut of, mut index, mut export) = (0, 0, 0);
        for field in Fields::of(&part.bytes) {
            match field.map_err(ExportFault::from)? {
                (3, Value::Number(number)) => of = number,
                (4, Value::Number(number)) => index = number,
                (5, Value::Number(number)) => export = number,
                (1, Value::Bytes(_)) | (2 | 6.., _) => {}
                _ => return Err(ExportFault::Damaged.into()),
            }
        }
        (part.of, part.index, part.export) = (of.max(1), index, export);
        match part.of <= PARTS && part.index < part.of {
            true => Ok(part),
            false => Err(ExportFault::Damaged.into()),
        }
    }

    /// The messages of its keys; the part has been read to its end before.
    fn entries(&self) -> impl Iterator<Item = &[u8]> {
        Fields::of(&self.bytes).filter_map(|field| match field {
            Ok((1, Value::Bytes(entry))) => Some(entry),
            _ => None,
        })
    }
}

/// Decodes percent escapes and base64, in either of its alphabets, padded or not.
fn message(data: &str) -> Result<Zeroizing<Vec<u8>>, ExportFault> {
    let mut text = Zeroizing::new(Vec::with_capacity(data.len()));
    text.extend(percent_decode_str(data).filter(|byte| *byte != b'=').map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    }));
    let length = BASE64_NOPAD.decode_len(text.len()).map_err(|_| ExportFault::Damaged)?;
    let mut bytes = Zeroizing::new(vec![0; length]);
    let decoded = BASE64_NOPAD.decode_mut(&text, &mut bytes).map_err(|_| ExportFault::Damaged)?;
    bytes.truncate(decoded);
    Ok(bytes)
}

/// All parts of one export, in their order; a part may be there twice.
fn in_order(mut parts: Vec<Part>) -> Result<Vec<Part>, ExportFault> {
    parts.sort_by_key(|part| part.index);
    parts.dedup_by(|one, other| one.bytes == other.bytes);
    let (of, export) =
        parts.first().map(|part| (part.of, part.export)).ok_or(ExportFault::Empty)?;
    let is_other = |part: &Part| (part.of, part.export) != (of, export);
    let mut found = 0;
    for part in &parts {
        let bit = 1 << part.index;
        if is_other(part) || found & bit != 0 {
            return Err(ExportFault::Mixed);
        }
        found |= bit;
    }
    match u64::MAX >> (PARTS - of) & !found {
        0 => Ok(parts),
        missing => Err(ExportFault::Missing { parts: missing, of: of as u8 }),
    }
}

/// One key's message.
#[derive(Default)]
struct Entry<'a> {
    secret: &'a [u8],
    name: &'a [u8],
    issuer: &'a [u8],
    algorithm: u64,
    digits: u64,
    kind: u64,
    counter: u64,
}

impl<'a> Entry<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, KeyFault> {
        let mut entry = Self::default();
        for field in Fields::of(bytes) {
            match field.map_err(ExportFault::from)? {
                (1, Value::Bytes(secret)) => entry.secret = secret,
                (2, Value::Bytes(name)) => entry.name = name,
                (3, Value::Bytes(issuer)) => entry.issuer = issuer,
                (4, Value::Number(algorithm)) => entry.algorithm = algorithm,
                (5, Value::Number(digits)) => entry.digits = digits,
                (6, Value::Number(kind)) => entry.kind = kind,
                (7, Value::Number(counter)) => entry.counter = counter,
                (8.., _) => {}
                _ => return Err(ExportFault::Damaged.into()),
            }
        }
        Ok(entry)
    }

    fn into_key(self, overrides: &Overrides) -> Result<PairingKey, KeyFault> {
        let kind = match self.kind {
            1 => CodeType::Hotp,
            2 => CodeType::Totp,
            _ => return Err(ExportFault::UnknownKind.into()),
        };
        // In words, so that the same rules hold as for other keys.
        let (algorithm, digits) = (self.algorithm()?, self.digits()?);
        let said = format!("algorithm={algorithm}&digits={digits}&counter={}", self.counter);
        let Passcodes { parameters, counter } =
            passcodes::settle(kind, passcodes::PERIOD, Query::new(&said), overrides)?;
        let text = |bytes| str::from_utf8(bytes).map_err(|_| KeyFault::NotUtf8);
        let issuer = Some(text(self.issuer)?.trim()).filter(|issuer| !issuer.is_empty());
        let names = Names::of(text(self.name)?, issuer)?;
        let secret = self.secret()?;
        Ok(PairingKey {
            parameters,
            warnings: secret_warnings(&secret),
            secret: secret.secret,
            issuer: names.issuer,
            account: names.account,
            counter: counter.unwrap_or(0),
            pin_digits: 0,
            client_part: None,
        })
    }

    /// What is not said is what is usual, as in other keys.
    fn algorithm(&self) -> Result<&'static str, KeyFault> {
        match self.algorithm {
            0 | 1 => Ok("SHA1"),
            2 => Ok("SHA256"),
            3 => Ok("SHA512"),
            4 => Err(ExportFault::Md5.into()),
            _ => Err(KeyFault::Algorithm),
        }
    }

    fn digits(&self) -> Result<u8, KeyFault> {
        match self.digits {
            0 | 1 => Ok(6),
            2 => Ok(8),
            _ => Err(KeyFault::Digits),
        }
    }

    fn secret(&self) -> Result<Decoded, KeyFault> {
        match self.secret.len() {
            0 => Err(KeyFault::SecretEmpty),
            length if length > limits::SECRET_BYTES => Err(KeyFault::SecretTooLong),
            _ => Ok(Decoded { secret: Secret::new(self.secret.to_vec()), odd_length: false }),
        }
    }
}
