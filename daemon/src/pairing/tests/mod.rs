//! What may be pasted and what becomes of it: tables of keys as real services and apps write them, tables
//! of refused ones, and laws that hold for all.

mod accepted;
mod apps;
mod laws;
mod migration;
mod overrides;
mod refused;
mod secrets;
mod two_step;

use data_encoding::BASE32_NOPAD;
use passcode_proto::profile::CodeType;

use super::{KeyFault, KeyWarning, Overrides, PairingKey};

fn read(text: &str) -> Result<PairingKey, KeyFault> {
    super::read(text, &Overrides::default())
}

/// One line that says all of a key: `TOTP SHA1 6 30s "issuer" "account" SECRET`, then the digits of the PIN
/// and the warnings, if any. Counter-based keys have `#` and their counter for the seconds.
fn summary(key: &PairingKey) -> String {
    let parameters = key.parameters;
    let moves = match parameters.kind() {
        CodeType::Hotp => format!("#{}", key.counter),
        CodeType::Totp | CodeType::Steam => format!("{}s", parameters.period()),
    };
    let mut line = format!(
        "{} {} {} {moves} {:?} {:?} {}",
        parameters.kind(),
        parameters.algorithm(),
        parameters.digits(),
        key.issuer.as_str(),
        key.account.as_str(),
        BASE32_NOPAD.encode(key.secret.expose()),
    );
    if key.pin_digits > 0 {
        line.push_str(&format!(" pin{}", key.pin_digits));
    }
    for warning in &key.warnings {
        line.push(' ');
        line.push_str(word(*warning));
    }
    line
}

fn word(warning: KeyWarning) -> &'static str {
    match warning {
        KeyWarning::WeakSecret { .. } => "weak",
        KeyWarning::OddLength => "odd",
        KeyWarning::NoCounter => "no-counter",
        KeyWarning::TwoIssuers => "two-issuers",
        KeyWarning::PerhapsSteam => "perhaps-steam",
    }
}

/// Reads every key of a table and compares it with what it must become.
fn all_become(table: &[(&str, &str, &str)]) {
    for (whose, text, expected) in table {
        let line = read(text).map(|key| summary(&key));
        assert_eq!(line.as_deref(), Ok(*expected), "{whose}: {text}");
    }
}
