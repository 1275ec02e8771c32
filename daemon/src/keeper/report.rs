//! What `status` says.

use passcode_proto::reply::{PinReport, Settings, StatusReport};
use passcode_proto::{Fault, codec};

use super::state::{Agent, State};
use super::timing::protects;
use crate::harden;
use crate::memory::page;
use crate::ports::keystore::StoreKind;
use crate::vault::opening::faults::{seconds, sentence};
use crate::vault::tries::Blocked;

impl Agent {
    /// How the agent is. Never counts as use.
    pub(super) fn report(&self) -> StatusReport {
        let vault = match &self.state {
            State::Open(open) => Some(&open.vault),
            _ => None,
        };
        let default = vault.and_then(|vault| vault.entry(vault.default_profile()?));
        StatusReport {
            state: self.lock_state(),
            socket: self.about.socket.clone(),
            pid: std::process::id(),
            agent: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: codec::VERSION,
            profiles: vault.map(|vault| vault.count() as u32),
            default: default.map(|entry| entry.profile.name.clone()),
            keystore: self.store_kind().name().to_owned(),
            pin: self.pin_report(),
            passphrase: self.store_kind() == StoreKind::Passphrase,
            locks_in: self.locks_in().map(seconds),
            settings: Box::new(self.settings()),
            prompter: self.prompter().map(String::into_boxed_str),
            connections: self.about.connections(),
            seq: self.subscribers.seq(),
            services: self.services(),
            warnings: self.warnings(),
        }
    }

    fn settings(&self) -> Settings {
        let rules = &self.ports.rules;
        Settings { lock_times: rules.lock_times(), shortcut: rules.shortcut.clone() }
    }

    /// Where the vault's key is, or will be.
    pub(super) fn store_kind(&self) -> StoreKind {
        self.guard().map_or(self.ports.rules.keystore, |guard| guard.store)
    }

    fn pin_report(&self) -> PinReport {
        let pin = self.guard().and_then(|guard| guard.pin.as_ref());
        let (tries_left, block) = self.tries();
        PinReport {
            // A forgotten PIN is none: it cannot be asked for.
            set: pin.map(|pin| pin.digits).filter(|_| !self.is_recovering()),
            required: self.pin_required(),
            due: self.pin_due().is_some(),
            tries_left: tries_left.filter(|_| pin.is_some()),
            blocked_for: block.map(|Blocked(left)| seconds(left)),
        }
    }

    /// Whether the recovery code opened the vault, so that a new PIN is due.
    pub(super) fn is_recovering(&self) -> bool {
        matches!(&self.state, State::Open(open) if open.vault.lock.recovering)
    }

    /// What of the process could not be protected, as sentences.
    pub(super) fn unprotected(&self) -> Vec<String> {
        let refused = page::refusals().map(str::to_owned);
        self.about.unprotected.iter().cloned().chain(refused).chain(harden::tracer()).collect()
    }

    pub(super) fn warnings(&self) -> Vec<String> {
        let in_full = |fault: &Fault| format!("{} {}", fault.message, fault.hint);
        let mut warnings = Vec::new();
        match &self.state {
            State::Broken(fault) => warnings.push(in_full(fault)),
            State::Open(open) if open.vault.put_back => warnings.push(PUT_BACK.to_owned()),
            _ => {}
        }
        warnings.extend(self.store_trouble.as_ref().map(in_full));
        warnings.extend(self.write_trouble.as_ref().map(in_full));
        warnings.extend(self.skew.and_then(wrong_clock));
        warnings.extend(self.unprotected());
        warnings.extend(self.unwatched.iter().cloned());
        let warning = self.ports.keystores.of(self.store_kind()).warning();
        warnings.extend(warning.map(|warning| sentence(&warning)));
        if self.guard().is_none_or(|guard| !protects(guard)) {
            warnings.push(UNPROTECTED.to_owned());
        }
        warnings
    }
}

/// A clock that is so far off makes time-based codes that are not accepted.
fn wrong_clock(ahead: i64) -> Option<String> {
    let which = if ahead > 0 { "behind" } else { "ahead of" };
    (ahead.unsigned_abs() >= CLOCK_GRACE).then(|| {
        format!(
            "This computer's clock is {} seconds {which} the organisation's: time-based codes may be refused. Set the clock.",
            ahead.unsigned_abs()
        )
    })
}

/// Seconds that two clocks may differ: services accept the code before and the one after.
const CLOCK_GRACE: u64 = 30;

const PUT_BACK: &str = "An older copy of the vault was put back since it was last used: codes of HOTP profiles may repeat; \
    mend their counters with: passcode hotp set";

pub(super) const UNPROTECTED: &str = "No PIN is set: whoever can use this account can unlock the vault, so locking it is no protection.";
