//! What the first manual page says beyond the commands: exit status, JSON, environment, files.

use clap_mangen::roff::{Roff, bold, roman};

type Entries = &'static [(&'static str, &'static str)];

const SECTIONS: &[(&str, &str, Entries)] = &[
    ("EXIT STATUS", "", EXIT_STATUS),
    ("JSON OUTPUT", JSON_RULES, JSON),
    ("ENVIRONMENT", "", ENVIRONMENT),
    ("FILES", "", FILES),
];

const EXIT_STATUS: Entries = &[
    ("0", "Done."),
    ("1", "Failed in a way that no other status names."),
    ("2", "The command line, or what came by standard input, was not understood."),
    ("3", "The agent cannot be reached."),
    ("4", "The vault is locked, or a new PIN is due."),
    ("5", "Refused, or not ready in time."),
    ("6", "No such profile, more than one that fits, or none named among several."),
    ("7", "Wrong PIN, passphrase or recovery code; the third wrong PIN in a row too."),
    ("8", "No PIN is taken after wrong ones; the message says for how long."),
    ("9", "Pairing failed: a key that cannot be used, or a name that is taken."),
    ("10", "The vault is damaged or cannot be read."),
];

const JSON_RULES: &str = "\
With --json a command writes one object, on one line, to standard output. Codes and 64-bit counters are strings, times \
are seconds since 1970. Fields may be added in later versions; none goes away or changes its meaning.";

const JSON: Entries = &[
    (
        "get",
        "profile, code, type (totp, hotp, steam); valid_from, valid_to, seconds_left, or counter.",
    ),
    (
        "list",
        "profiles: a list of id, name, issuer, account, type, algorithm, digits, period, weak; default: a name or null.",
    ),
    (
        "pair",
        "profile: as in list; first: as in get, or null; pin_due: null; warnings: a list of texts.",
    ),
    (
        "status",
        "state (empty, locked, opening, open, broken), socket, pid, agent, protocol, profiles, default, keystore, \
         pin: set, required, due, tries_left, blocked_for; passphrase, locks_in, connections, seq, warnings.",
    ),
    ("pin set, pin change", "recovery_code: a text or null; former_code_void."),
    ("doctor", "findings: a list of about, verdict (good, weak, bad), message, hint."),
    ("hotp show, hotp set", "profile, next: the counter of the next code."),
    ("hotp resync", "profile, codes: a list, next."),
    (
        "any of them, when it fails",
        "error: code, message, hint. The exit status is the same as without --json.",
    ),
];

const ENVIRONMENT: Entries = &[
    (
        "PASSCODE_HOME",
        "Folder of a private instance: configuration, vault, socket and log, all in one.",
    ),
    ("PASSCODE_SOCKET", "The agent's socket, wherever the rest is."),
    ("NO_COLOR", "When set and not empty, nothing is coloured."),
    (
        "WAYLAND_DISPLAY, DISPLAY",
        "The desktop that type types on, and whose clipboard --copy uses; without one, the terminal's is used.",
    ),
];

const FILES: Entries = &[
    ("$XDG_RUNTIME_DIR/passcode/agent.sock", "The agent's socket."),
    ("$XDG_CONFIG_HOME/passcode/config.toml", "The configuration."),
    ("$XDG_DATA_HOME/passcode", "The vault's folder."),
    ("$XDG_DATA_HOME/passcode/typing.token", "The desktop's leave to type, under Wayland."),
    ("$XDG_STATE_HOME/passcode/passcoded.log", "The log of an agent that a command started."),
];

/// The sections, in roff.
pub fn sections() -> Roff {
    let mut roff = Roff::new();
    for (heading, introduction, entries) in SECTIONS {
        roff.control("SH", [*heading]);
        if !introduction.is_empty() {
            roff.text([roman(*introduction)]);
        }
        for (term, meaning) in *entries {
            roff.control("TP", []);
            roff.text([bold(*term)]);
            roff.text([roman(*meaning)]);
        }
    }
    roff
}

#[cfg(test)]
mod tests {
    use passcode_proto::FaultCode;

    use super::*;

    #[test]
    fn every_exit_status_is_in_the_manual() {
        for code in FaultCode::ALL {
            let status = (code.exit() as u8).to_string();
            assert!(EXIT_STATUS.iter().any(|(listed, _)| *listed == status), "{status}");
        }
    }
}
