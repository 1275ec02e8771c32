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
    Unpair { profile: profile.to_owned() }
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
    HotpSet { profile: profile.to_owned(), next: Counter(next) }
}

/// `hotp.resync`.
pub fn hotp_resync(profile: &str, codes: Option<u8>) -> HotpResync {
    HotpResync { profile: Some(profile.to_owned()), codes }
}
