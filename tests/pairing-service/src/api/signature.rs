//! Signed calls: RFC 9421 with one signature of one form, by the device's own key, over method, address, body and count,
//! with a nonce that this service gave. Each nonce works once and each count is above the last, so no call works twice.

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::binary::Binary;
use super::call::Call;
use super::problem::Problem;
use crate::crypto::proofs::is_signed;
use crate::pairing;
use crate::service::{Actor, Service};
use crate::store::audit::Event;
use crate::store::devices::{self, Device, State};
use crate::store::users;

const COMPONENTS: &str = r#"("@method" "@target-uri" "content-digest" "passcode-count")"#;

/// A caller that has shown who it is.
pub struct Caller {
    pub device: Device,
    /// The name of its user's account.
    pub account: String,
}

/// What `Signature-Input` says.
struct Input<'a> {
    /// All of it but the label: the last line of what is signed.
    params: &'a str,
    device: &'a str,
    nonce: Binary<16>,
}

/// Finds out which device calls, and that it is the one that the path names.
pub fn caller(service: &Service, call: &Call) -> Result<Caller, Problem> {
    const WRONG_INPUT: Problem =
        Problem::SignatureInvalid("The header Signature-Input is missing or not of the one form.");
    let input = call.header("signature-input").and_then(read_input).ok_or(WRONG_INPUT)?;
    let now = service.clock.now();
    service.challenges.take(&input.nonce.0, now).ok_or(Problem::NonceInvalid)?;
    if input.device != call.device {
        return Err(Problem::SignatureInvalid("The keyid is not the device of the path."));
    }
    let device = service.store.with(|db| {
        pairing::sweep(service, db)?;
        devices::by_id(db, input.device)
    })?;
    let device = device.ok_or(Problem::DeviceUnknown)?;
    let count = check(service, call, &device, &input).and_then(|()| read_count(call));
    let settled = count.and_then(|count| admit(service, &device.id, count));
    if settled.is_err() {
        note_refusal(service, call, &device.id)?;
    }
    settled
}

fn read_input(header: &str) -> Option<Input<'_>> {
    let params = header.strip_prefix("sig1=")?;
    let rest = params.strip_prefix(COMPONENTS)?.strip_prefix(";created=")?;
    let (created, rest) = rest.split_once(";keyid=\"")?;
    let (device, rest) = rest.split_once("\";nonce=\"")?;
    let (nonce, rest) = rest.split_once('"')?;
    let is_number = matches!(created.len(), 1..=15) && created.bytes().all(|b| b.is_ascii_digit());
    let is_whole = rest == r#";alg="ed25519";tag="passcode-pairing""#;
    let nonce = Binary::read(nonce)?;
    (is_number && is_whole && is_id(device)).then_some(Input { params, device, nonce })
}

fn is_id(text: &str) -> bool {
    let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(is_of_id)
}

/// Whether the signature is the device's, over what the call says.
fn check(
    service: &Service,
    call: &Call,
    device: &Device,
    input: &Input<'_>,
) -> Result<(), Problem> {
    use Problem::SignatureInvalid as Invalid;
    let digest = format!("sha-256=:{}:", BASE64.encode(&Sha256::digest(&call.body)));
    if call.header("content-digest") != Some(digest.as_str()) {
        return Err(Invalid("The header Content-Digest is missing or not that of the body."));
    }
    let count = call.header("passcode-count");
    let count = count.ok_or(Invalid("The header Passcode-Count is missing."))?;
    let signature = call.header("signature").and_then(read_signature);
    let signature = signature.ok_or(Invalid("The header Signature is missing or malformed."))?;
    let base = format!(
        "\"@method\": {}\n\"@target-uri\": {}{}\n\"content-digest\": {digest}\n\
         \"passcode-count\": {count}\n\"@signature-params\": {}",
        call.method, service.origin, call.target, input.params
    );
    if is_signed(&device.sign_key, base.as_bytes(), &signature) {
        Ok(())
    } else {
        Err(Invalid("The signature is not the device's over this call."))
    }
}

fn read_signature(header: &str) -> Option<[u8; 64]> {
    let text = header.strip_prefix("sig1=:")?.strip_suffix(':')?;
    BASE64.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// The count, in the one spelling that a number has.
fn read_count(call: &Call) -> Result<i64, Problem> {
    let count = call.header("passcode-count").unwrap_or_default();
    match count.parse::<i64>() {
        Ok(number) if number.to_string() == count && number >= 0 => Ok(number),
        _ => Err(Problem::Malformed("The header Passcode-Count is no number that can be counted.")),
    }
}

/// Lets a signed call of a device that is still there in, and keeps its count.
fn admit(service: &Service, device: &str, count: i64) -> Result<Caller, Problem> {
    service.store.with(|db| {
        let mut device = devices::by_id(db, device)?.ok_or(Problem::DeviceUnknown)?;
        let user = match device.user {
            Some(user) if device.state != State::Removed => users::by_id(db, user)?,
            _ => None,
        };
        let account = user.ok_or(Problem::DeviceRemoved)?.name;
        if count <= device.calls {
            return Err(Problem::CountInvalid { last: device.calls });
        }
        device.calls = count;
        devices::keep_progress(db, &device)?;
        Ok(Caller { device, account })
    })
}

fn note_refusal(service: &Service, call: &Call, device: &str) -> Result<(), Problem> {
    let actor = Actor { user: None, address: Some(call.address) };
    Ok(service.store.with(|db| service.note(db, Event::CallRefused, actor, device))?)
}
