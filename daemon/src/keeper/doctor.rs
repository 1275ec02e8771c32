//! What `doctor` finds: the agent's own state and surroundings, each with a verdict and what to do.

use passcode_proto::reply::{Finding, Findings, Verdict};

use super::codes::CLOCK_FLOOR;
use super::report::UNPROTECTED;
use super::state::{Agent, State};
use super::timing::protects;
use crate::ports::keystore::StoreKind;
use crate::vault::opening::faults::sentence;

impl Agent {
    /// Everything that the agent can tell of itself.
    pub(super) fn findings(&self) -> Findings {
        let mut findings = vec![self.vault_finding(), self.store_finding(), self.pin_finding()];
        findings.extend(self.memory_findings());
        findings.extend(self.watch_findings());
        findings.push(self.prompter_finding());
        findings.push(self.clock_finding());
        Findings { findings }
    }

    fn vault_finding(&self) -> Finding {
        let about = "Vault";
        let trouble = match &self.state {
            State::Broken(fault) => Some(fault),
            _ => self.store_trouble.as_ref().or(self.write_trouble.as_ref()),
        };
        match (trouble, &self.state) {
            (Some(fault), _) => finding(about, Verdict::Bad, &fault.message, &fault.hint),
            (None, State::Empty) => {
                finding(about, Verdict::Good, "Nothing is paired yet.", "Pair with: passcode pair")
            }
            (None, State::Open(open)) if open.vault.put_back => finding(
                about,
                Verdict::Weak,
                "An older copy of the vault was put back since it was last used.",
                "Mend the counters of HOTP profiles with: passcode hotp set",
            ),
            (None, State::Open(_)) => finding(about, Verdict::Good, "It is open.", ""),
            (None, _) => finding(about, Verdict::Good, "It is locked.", ""),
        }
    }

    fn store_finding(&self) -> Finding {
        let kind = self.store_kind();
        match self.ports.keystores.of(kind).warning() {
            Some(warning) => finding(
                "Key store",
                Verdict::Weak,
                &format!("\"{}\": {}", kind.name(), sentence(&warning)),
                "Move it with: passcode keystore set keyring",
            ),
            None => finding("Key store", Verdict::Good, &format!("\"{}\".", kind.name()), ""),
        }
    }

    fn pin_finding(&self) -> Finding {
        let guard = self.guard();
        let digits = guard.and_then(|guard| guard.pin.as_ref()).map(|pin| pin.digits);
        match (self.pin_due(), digits) {
            (Some(due), _) => finding(
                "PIN",
                Verdict::Bad,
                &format!("A PIN of {due} digits has to be made before codes are given."),
                "Make one with: passcode pin set",
            ),
            (None, Some(digits)) => {
                finding("PIN", Verdict::Good, &format!("A PIN of {digits} digits is set."), "")
            }
            (None, None) if guard.is_some_and(protects) => {
                finding("PIN", Verdict::Good, "The vault opens with a passphrase.", "")
            }
            (None, None) => {
                finding("PIN", Verdict::Weak, UNPROTECTED, "Make one with: passcode pin set")
            }
        }
    }

    fn memory_findings(&self) -> Vec<Finding> {
        let hint = "Allow it, for example with LimitMEMLOCK=8M in the unit that starts the agent.";
        let refused = self.unprotected();
        if refused.is_empty() {
            let good = "Hidden from other programs, in no core file, keys never written to swap.";
            return vec![finding("Memory", Verdict::Good, good, "")];
        }
        refused.iter().map(|what| finding("Memory", Verdict::Weak, what, hint)).collect()
    }

    fn watch_findings(&self) -> Vec<Finding> {
        let hint = "Let whatever locks your screen send SIGUSR1 to the agent, too.";
        let weak = |missing: &String| finding("Locking", Verdict::Weak, missing, hint);
        match self.unwatched.as_slice() {
            [] => vec![finding("Locking", Verdict::Good, "It locks when you leave.", "")],
            missing => missing.iter().map(weak).collect(),
        }
    }

    fn prompter_finding(&self) -> Finding {
        let asks = self
            .guard()
            .is_some_and(|guard| guard.pin.is_some() || guard.store == StoreKind::Passphrase);
        match self.ports.prompter.is_there() {
            true => finding("Asking", Verdict::Good, "Programs that wait can have you asked.", ""),
            false if asks => finding(
                "Asking",
                Verdict::Weak,
                "No pinentry can be shown, so a program that finds the vault locked is refused.",
                "Install pinentry (for example pinentry-gnome3), or unlock before: passcode unlock",
            ),
            false => finding("Asking", Verdict::Good, "Nothing has to be asked.", ""),
        }
    }

    fn clock_finding(&self) -> Finding {
        match self.ports.clock.wall() < CLOCK_FLOOR {
            true => finding(
                "Clock",
                Verdict::Bad,
                "It is before the year 2000, so time-based codes would be wrong.",
                "Set the clock.",
            ),
            false => finding("Clock", Verdict::Good, "It is set.", ""),
        }
    }
}

fn finding(about: &str, verdict: Verdict, message: &str, hint: &str) -> Finding {
    Finding { about: about.to_owned(), verdict, message: message.to_owned(), hint: hint.to_owned() }
}
