//! What is asked of an agent, one method for each request: what is answered has to be what the model expects, and the
//! model takes it in.

use passcode_proto::FaultCode;
use passcode_proto::request::{GetCode, Pair};
use passcode_tests::rig::client::{counter, times};
use passcode_tests::rig::{asks, keys};

use crate::model::{Given, PERIOD};
use crate::play::Play;
use crate::steps::{Ask, NAMES};

impl Play {
    /// Something is asked, perhaps while nothing can be written.
    pub(super) async fn ask(&mut self, ask: Ask, disk_is_full: bool) {
        match ask {
            Ask::Pair { name, counter_based, quietly } => {
                self.pair(NAMES[name], counter_based, quietly, disk_is_full).await;
            }
            Ask::Code { name } => self.code(asks::code(NAMES[name]), disk_is_full).await,
            Ask::Fresh { name } => {
                let wanted = GetCode { wait: Some(0), ..asks::fresh(NAMES[name]) };
                self.code(wanted, disk_is_full).await;
            }
            Ask::Show { name } => self.show(NAMES[name]).await,
            Ask::Resync { name, codes } => self.resync(NAMES[name], codes, disk_is_full).await,
            Ask::Set { name, ahead } => self.set(NAMES[name], ahead, disk_is_full).await,
            Ask::Rename { name, to } => self.rename(NAMES[name], NAMES[to], disk_is_full).await,
            Ask::Default { name } => {
                let wanted = stored(self.model.find(NAMES[name]), disk_is_full);
                let done = self.client.ask(asks::default(NAMES[name])).await;
                if agree(done, wanted.map(|_| ())) {
                    self.model.default = self.model.find(NAMES[name]).ok();
                }
            }
            Ask::Unpair { name } => {
                let found = self.model.find(NAMES[name]).map_err(|_| FaultCode::NoSuchProfile);
                let wanted = stored(found, disk_is_full);
                if agree(self.client.ask(asks::unpair(NAMES[name])).await, wanted.map(|_| ())) {
                    self.model.remove(found.expect("what was unpaired was there"));
                }
            }
        }
    }

    async fn pair(
        &mut self,
        name: &'static str,
        counter_based: bool,
        quietly: bool,
        disk_is_full: bool,
    ) {
        let free = self.model.find(name).is_err();
        let wanted = stored(if free { Ok(()) } else { Err(FaultCode::NameTaken) }, disk_is_full);
        let key = if counter_based { keys::HOTP } else { keys::TOTP };
        let paired = self.client.ask(Pair { no_code: quietly, ..asks::pair(key, name) }).await;
        let first = paired
            .as_ref()
            .ok()
            .map(|paired| (paired.profile.as_ref().expect("a profile").id.0, paired.first.clone()));
        if agree(paired, wanted) {
            let (id, first) = first.expect("an answer");
            let mut given = Given::nothing(counter_based);
            assert_eq!(first.is_none(), quietly);
            match first {
                Some(code) if counter_based => given.take_counter(counter(&code)),
                Some(code) => given.take_step(times(&code).0 / PERIOD, true),
                None => {}
            }
            assert_eq!(id, self.model.add(name, given), "no number is used twice");
        }
    }

    async fn code(&mut self, wanted: GetCode, disk_is_full: bool) {
        let name = wanted.profile.clone().expect("a name");
        let (fresh, now) = (wanted.fresh, self.now());
        let answer = self.client.ask(wanted).await.map_err(|fault| fault.code);
        let found = self.model.find(&name);
        let Some(given) = self.model.given(&name) else {
            assert_eq!(answer.map(|_| ()), found.map(|_| ()));
            return;
        };
        match answer {
            Ok(code) if given.is_counter_based() => {
                assert!(!disk_is_full, "nothing is given that is not on disk");
                given.take_counter(counter(&code));
            }
            Ok(code) => {
                assert_eq!(code.code.expose(), keys::totp_at(now));
                match fresh {
                    true => given.take_fresh_step(now / PERIOD),
                    false => given.take_step(now / PERIOD, false),
                }
                assert!(!(fresh && disk_is_full), "nothing is fresh that is not on disk");
            }
            Err(FaultCode::NotReady) => {
                let given = *given;
                assert!(fresh && self.model.may_refuse(given, now), "the step was not given");
            }
            Err(code) => {
                assert_eq!(code, FaultCode::StoreFailed);
                assert!(disk_is_full && (fresh || given.is_counter_based()));
                given.try_step(now / PERIOD);
            }
        }
    }

    async fn show(&mut self, name: &str) {
        let now = self.now();
        let shown = self.client.ask(asks::shown(name)).await.map_err(|fault| fault.code);
        let wanted = self.model.find(name).and_then(|id| {
            match self.model.profiles[&id].given.is_counter_based() {
                true => Err(FaultCode::WrongKind),
                false => Ok(keys::totp_at(now)),
            }
        });
        assert_eq!(shown.map(|code| code.code.expose().to_owned()), wanted);
    }

    /// The profile of this name, when it has counters.
    pub(super) fn counters(&mut self, name: &str) -> Result<&mut Given, FaultCode> {
        self.model.find(name)?;
        let given = self.model.given(name).filter(|given| given.is_counter_based());
        given.ok_or(FaultCode::WrongKind)
    }

    async fn resync(&mut self, name: &str, codes: u8, disk_is_full: bool) {
        let answer = self.client.ask(asks::hotp_resync(name, Some(codes))).await;
        let wanted = stored(self.counters(name).map(|_| ()), disk_is_full);
        let next = answer.as_ref().ok().map(|resync| resync.next.0);
        if agree(answer, wanted) {
            let first = next.expect("an answer") - u64::from(codes);
            let given = self.counters(name).expect("what has answered has counters");
            (first..first + u64::from(codes)).for_each(|counter| given.take_counter(counter));
        }
    }

    async fn set(&mut self, name: &str, ahead: u64, disk_is_full: bool) {
        let shown = self.client.ask(asks::hotp_show(name)).await.map_err(|fault| fault.code);
        let known = self.counters(name).map(|given| *given);
        let next = match (shown, known) {
            (Ok(shown), Ok(Given::Counters { lowest, highest })) => {
                assert!((lowest..=highest).contains(&shown.next.0));
                shown.next.0
            }
            (shown, known) => {
                assert_eq!(shown.map(|_| ()), known.map(|_| ()));
                return;
            }
        };
        let set = self.client.ask(asks::hotp_set(name, next + ahead)).await;
        if agree(set, stored(Ok(()), disk_is_full)) {
            let to = next + ahead;
            *self.counters(name).expect("it has counters") =
                Given::Counters { lowest: to, highest: to };
        }
    }

    async fn rename(&mut self, name: &str, to: &'static str, disk_is_full: bool) {
        let found = self.model.find(name);
        let taken = name != to && self.model.find(to).is_ok();
        let allowed = found.and_then(|id| if taken { Err(FaultCode::NameTaken) } else { Ok(id) });
        let renamed = self.client.ask(asks::rename(name, to)).await;
        if agree(renamed, stored(allowed.map(|_| ()), disk_is_full)) {
            let id = allowed.expect("what was renamed was there");
            self.model.profiles.get_mut(&id).expect("a profile").name = to;
        }
    }
}

/// What comes of an allowed change when the disk is full.
fn stored<T>(allowed: Result<T, FaultCode>, disk_is_full: bool) -> Result<T, FaultCode> {
    allowed.and_then(|done| if disk_is_full { Err(FaultCode::StoreFailed) } else { Ok(done) })
}

/// Whether it was done; it has to be as it was wanted.
fn agree<T>(answer: Result<T, passcode_proto::Fault>, wanted: Result<(), FaultCode>) -> bool {
    let answer = answer.map(|_| ()).map_err(|fault| fault.code);
    assert_eq!(answer, wanted);
    wanted.is_ok()
}
