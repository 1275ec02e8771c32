//! What `status` says.

use passcode_proto::codec;
use passcode_proto::reply::StatusReport;

use super::state::{Agent, State};
use crate::vault::opening::sentence;

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
            keystore: self.ports.keystore.as_ref().map(|keystore| keystore.kind().to_owned()),
            connections: self.about.connections(),
            seq: self.subscribers.seq(),
            warnings: self.warnings(),
        }
    }

    fn warnings(&self) -> Vec<String> {
        let keystore = self.ports.keystore.as_ref();
        let mut warnings = Vec::new();
        if let State::Broken(fault) = &self.state {
            warnings.push(format!("{} {}", fault.message, fault.hint));
        }
        if let Some(fault) = &self.write_trouble {
            warnings.push(format!("{} {}", fault.message, fault.hint));
        }
        warnings.extend(self.about.unprotected.iter().cloned());
        match keystore {
            None => warnings.push("No key store is chosen, so nothing can be paired.".to_owned()),
            Some(keystore) => warnings.extend(keystore.warning().map(|warning| sentence(&warning))),
        }
        if keystore.is_some() {
            warnings.push(
                "No PIN is set: whoever can use this account can unlock the vault.".to_owned(),
            );
        }
        warnings
    }
}
