//! A vault with many profiles, written in one go instead of paired one by one.

use passcode_daemon::otp::STEAM_DIGITS;
use passcode_daemon::ports::store::Change;
use passcode_daemon::secret::Secret;
use passcode_daemon::vault::opening::{self, Credentials, Opened};
use passcode_daemon::vault::rows::StoredProfile;
use passcode_daemon::vault::usage::Usage;
use passcode_proto::Label;
use passcode_proto::profile::{Algorithm, CodeType};

use super::Rig;
use super::keys::RFC_SECRET;

impl Rig {
    /// Writes `count` profiles, of which `labels` gives name, issuer and account; no agent may be running.
    pub fn fill(&self, count: usize, labels: impl Fn(usize) -> [String; 3]) {
        let opened = opening::open(&self.ports(), &Credentials::default());
        let Opened { vault, mut store, mut manifest } = opened.expect("an empty vault");
        let mut draft = vault.draft();
        for number in 0..count {
            let secret = Secret::new(RFC_SECRET.to_vec());
            let added = draft.add(&profile(labels(number)), &secret, Usage::step(None));
            added.expect("there is room");
        }
        let changes = draft.finish(None).expect("a change").changes;
        let staged = manifest.stage(&changes);
        let row = Change::Put(staged.row.clone());
        store.commit(&[changes, vec![row]].concat()).expect("the fake disk works");
        manifest.accept(staged);
        store.end_use().expect("the fake disk works");
    }
}

fn profile(labels: [String; 3]) -> StoredProfile {
    let [name, issuer, account] = labels.map(|text| Label::new(&text).expect("a label"));
    StoredProfile {
        name,
        issuer,
        account,
        kind: CodeType::Steam,
        algorithm: Algorithm::Sha1,
        digits: STEAM_DIGITS,
        period: 30,
        weak: false,
        pin: 0,
        paired: None,
    }
}
