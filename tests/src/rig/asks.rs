//! Requests as tests have them most often, to be changed by struct update.

use passcode_proto::SecretText;
use passcode_proto::profile::Counter;
use passcode_proto::request::*;

/// `code` for a profile.
pub fn code(profile: &str) -> GetCode {
    GetCode {
        profile: Some(profile.to_owned()),
        fresh: false,
        min_valid: None,
        wait: None,
        show: false,
        no_prompt: false,
        purpose: None,
    }
}

/// `code` of a step that was never given.
pub fn fresh(profile: &str) -> GetCode {
    GetCode { fresh: true, ..code(profile) }
}

/// `code` only to be looked at.
pub fn shown(profile: &str) -> GetCode {
    GetCode { show: true, ..code(profile) }
}

/// `pair` under a name.
pub fn pair(key: &str, name: &str) -> Pair {
    Pair { name: Some(name.to_owned()), ..pair_unnamed(key) }
}

/// `pair` under a name, without a first code.
pub fn pair_quietly(key: &str, name: &str) -> Pair {
    Pair { no_code: true, ..pair(key, name) }
}

/// `pair` under a name that is made from the key.
pub fn pair_unnamed(key: &str) -> Pair {
    Pair {
        key: SecretText::new(key.to_owned()),
        name: None,
        counter: None,
        digits: None,
        algorithm: None,
        period: None,
        no_code: false,
        service: None,
        passphrase: None,
    }
}

/// `rename`.
pub fn rename(profile: &str, name: &str) -> Rename {
    Rename { profile: profile.to_owned(), name: name.to_owned() }
}

/// `default`.
pub fn default(profile: &str) -> SetDefault {
    SetDefault { profile: profile.to_owned() }
}

/// `unpair`.
pub fn unpair(profile: &str) -> Unpair {
    Unpair { profile: profile.to_owned(), pin: None, offline: false }
}

/// `list` from the beginning.
pub fn list() -> List {
    List { after: None, limit: None }
}

/// `hotp.show`.
pub fn hotp_show(profile: &str) -> HotpShow {
    HotpShow { profile: Some(profile.to_owned()) }
}

/// `hotp.set`.
pub fn hotp_set(profile: &str, next: u64) -> HotpSet {
    HotpSet { profile: profile.to_owned(), next: Counter(next), pin: None }
}

/// `hotp.resync`.
pub fn hotp_resync(profile: &str, codes: Option<u8>) -> HotpResync {
    HotpResync { profile: Some(profile.to_owned()), codes, send: false }
}

/// `unlock` with nothing.
pub fn unlock() -> Unlock {
    Unlock { pin: None, passphrase: None, recovery: None }
}

/// `unlock` with a PIN.
pub fn unlock_with(pin: &str) -> Unlock {
    Unlock { pin: Some(secret(pin)), ..unlock() }
}

/// `pin.set` without a recovery code.
pub fn pin_set(pin: &str) -> PinSet {
    PinSet { pin: secret(pin), recovery_code: false }
}

/// `pin.change` without a recovery code.
pub fn pin_change(pin: &str, new: &str) -> PinChange {
    PinChange { pin: secret(pin), new: secret(new), recovery_code: false }
}

/// `pin.remove`.
pub fn pin_remove(pin: &str) -> PinRemove {
    PinRemove { pin: secret(pin) }
}

/// `keystore.set` to a kind that takes no passphrase, of a vault without PIN.
pub fn keystore_set(kind: &str) -> KeystoreSet {
    KeystoreSet { kind: kind.to_owned(), pin: None, passphrase: None }
}

/// A text that is wiped.
pub fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}
