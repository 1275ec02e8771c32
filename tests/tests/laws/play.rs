//! Plays steps on an agent and holds what comes of them to the model.

use passcode_daemon::ports::clock::Clock;
use passcode_daemon::ports::store::StoreFault;
use passcode_proto::FaultCode;
use passcode_proto::request::{GetCode, Lock};
use passcode_tests::rig::client::{Client, Subscriber, counter};
use passcode_tests::rig::{Rig, asks, keys};

use crate::model::{Given, Model, PERIOD};
use crate::steps::{NAMES, Name, Step};

/// An agent, its model, and a subscriber that has been there from the start.
pub struct Play {
    pub(super) rig: Rig,
    pub(super) model: Model,
    pub(super) client: Client,
    subscriber: Subscriber,
}

impl Play {
    /// An agent with one profile.
    pub async fn begin(rig: Rig) -> Self {
        let mut client = rig.client();
        let subscriber = rig.client().subscribe().await;
        client.pair_quietly(keys::HOTP, NAMES[0]).await;
        let mut model = Model::new();
        model.add(NAMES[0], Given::nothing(true));
        Self { rig, model, client, subscriber }
    }

    /// One thing happens.
    pub async fn step(&mut self, step: &Step) {
        match *step {
            Step::Ask(ask) => self.ask(ask, false).await,
            Step::AskOnFullDisk(ask) => {
                self.rig.stores.fail_writes(StoreFault::Full);
                self.model.has_failed = true;
                self.ask(ask, true).await;
                self.rig.stores.mend();
            }
            Step::CodeOnTornDisk { name } => self.torn_code(name).await,
            Step::Together { name, callers } => self.together(name, callers, callers, false).await,
            Step::KillDuring { name, callers, answered } => {
                self.together(name, callers, answered.min(callers), true).await;
            }
            Step::Kill => self.kill().await,
            Step::Quit => {
                self.rig.quit_and_restart().await;
                self.meet_new_agent(false).await;
            }
            Step::Relock => {
                self.client.ask(Lock {}).await.expect("locking always works");
                self.client.ask(asks::unlock()).await.expect("the vault is whole");
                self.model.reopen(false, self.now());
            }
            Step::Pass { seconds } => self.rig.pass(seconds),
            Step::SetBack { seconds } => {
                self.rig.clock.set_wall(self.now() - seconds);
                self.model.set_back();
            }
        }
    }

    /// List and views have to be what the model is.
    pub async fn look(&mut self) {
        let page = self.client.ask(asks::list()).await.expect("the vault is open");
        let listed: Vec<_> =
            page.profiles.iter().map(|one| (one.id.0, one.name.as_str())).collect();
        let wanted: Vec<_> =
            self.model.profiles.iter().map(|(id, known)| (*id, known.name)).collect();
        assert_eq!(listed, wanted);
        assert_eq!(page.default.map(|id| id.0), self.model.default);
        let late = self.rig.client().subscribe().await;
        self.subscriber.catch_up(late.view.seq).await;
        assert_eq!(self.subscriber.view, late.view, "early and late subscribers know the same");
        assert!(late.view.profiles.values().eq(page.profiles.iter()), "and it is what is listed");
    }

    pub(super) fn now(&self) -> u64 {
        self.rig.clock.wall().as_secs()
    }

    async fn kill(&mut self) {
        self.rig.kill_and_restart().await;
        self.meet_new_agent(true).await;
    }

    async fn meet_new_agent(&mut self, killed: bool) {
        self.model.reopen(killed, self.now());
        self.client = self.rig.client();
        self.client.ask(asks::list()).await.expect("the vault is whole");
        self.subscriber = self.rig.client().subscribe().await;
    }

    async fn torn_code(&mut self, name: Name) {
        if self.counters(NAMES[name]).is_err() {
            return;
        }
        self.rig.stores.tear_commit(self.rig.stores.commits() + 1, StoreFault::Full);
        self.model.has_failed = true;
        match self.client.ask(asks::code(NAMES[name])).await {
            // Something else was written in between, and nobody waited for that.
            Ok(code) => self.take(NAMES[name], &code),
            Err(fault) => {
                assert_eq!(fault.code, FaultCode::StoreFailed);
                self.model.given(NAMES[name]).expect("it is there").spend_perhaps(1);
            }
        }
    }

    /// Several ask at once; when `answered` have been answered, the agent may be killed: with nothing of what it gave
    /// on the disk, as far as it may give without.
    async fn together(&mut self, name: Name, callers: usize, answered: usize, killed: bool) {
        let waits_for_disk = self.counters(NAMES[name]).is_ok() && answered > 0;
        if killed && !waits_for_disk {
            self.rig.stores.hold_commits();
        }
        let mut clients: Vec<_> = (0..callers).map(|_| self.rig.client()).collect();
        for client in &mut clients {
            client.send(asks::code(NAMES[name])).await;
        }
        let mut codes = Vec::new();
        for client in &mut clients[..answered] {
            match client.receive::<GetCode>().await {
                Ok(code) => codes.push(code),
                Err(fault) => assert_eq!(Err(fault.code), self.model.find(NAMES[name])),
            }
        }
        if self.model.given(NAMES[name]).is_some_and(|given| given.is_counter_based()) {
            codes.sort_by_key(counter);
        }
        for code in &codes {
            self.take(NAMES[name], code);
        }
        if killed {
            if let Some(given) = self.model.given(NAMES[name]) {
                given.spend_perhaps((callers - answered) as u64);
            }
            self.kill().await;
        }
    }

    fn take(&mut self, name: &str, code: &passcode_proto::reply::Code) {
        let now = self.now();
        let given = self.model.given(name).expect("what has given a code is there");
        match given.is_counter_based() {
            true => given.take_counter(counter(code)),
            false => given.take_step(now / PERIOD, false),
        }
    }
}
