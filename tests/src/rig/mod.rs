//! An agent inside the test: the real keeper and the real sessions, over socket pairs, with a clock, a disk and a key
//! store that the test turns by hand. It can be killed, which loses all that is not on the disk, ended in good order,
//! and started again on the same disk.

pub mod asks;
pub mod client;
pub mod fill;
pub mod gate;
pub mod json;
pub mod keys;
pub mod organisation;
pub mod socket;
pub mod watchdog;
pub mod wire;

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use passcode_daemon::kdf::Cost;
use passcode_daemon::keeper::{About, Keeper, Needs, Terms};
use passcode_daemon::peer::{Peer, Rights};
use passcode_daemon::ports::Ports;
use passcode_daemon::ports::clock::Clock;
use passcode_daemon::ports::fake::clock::FakeClock;
use passcode_daemon::ports::fake::courier::FakeCourier;
use passcode_daemon::ports::fake::keystore::{FakeKeyStore, FakeKeyStores};
use passcode_daemon::ports::fake::prompter::FakePrompter;
use passcode_daemon::ports::fake::settings::FakeSettings;
use passcode_daemon::ports::fake::store::FakeStores;
use passcode_daemon::ports::fake::watch::FakeWatch;
use passcode_daemon::ports::keystore::StoreKind;
use passcode_daemon::rules::Rules;
use passcode_daemon::session::hangup::Hangup;
use passcode_daemon::session::{self, Activity, Surroundings};
use passcode_proto::Request;
use passcode_proto::request::Quit;
use tokio::net::UnixStream;
use tokio::task::JoinHandle;

use client::Client;
use gate::GatedStores;
use json::JsonClient;
use wire::{Stream, Wire};

/// When the clock is not set otherwise: the first second of a step of 30 seconds.
pub const START: u64 = 1_700_000_010;

/// How often the one thread is given away so that everything that can go on without time, disk and key store has.
const TURNS: usize = 64;

/// The agent and what it stands on.
pub struct Rig {
    /// Both clocks.
    pub clock: FakeClock,
    /// The disk.
    pub stores: FakeStores,
    /// The gate in front of the disk.
    pub gate: GatedStores,
    /// Key stores of every kind.
    pub keystores: FakeKeyStores,
    /// The one that a new vault uses: the keyring.
    pub keys: FakeKeyStore,
    /// The user, who is not there to be asked until [`FakePrompter::come`].
    pub user: FakePrompter,
    /// Organisations' services.
    pub courier: FakeCourier,
    /// Where the user's settings are kept.
    pub settings: FakeSettings,
    /// What happens to the user's session.
    pub session: FakeWatch,
    /// What holds for agents that are started from now on.
    pub rules: Rules,
    agent: Option<Agent>,
}

struct Agent {
    keeper: Keeper,
    kept: JoinHandle<()>,
    sessions: RefCell<Vec<JoinHandle<()>>>,
}

impl Rig {
    /// An agent that has nothing paired yet.
    pub fn start() -> Self {
        let mut rig = Self::prepare();
        rig.start_again();
        rig
    }

    /// Everything but the agent, which [`Rig::start_again`] starts.
    pub fn prepare() -> Self {
        let (stores, keystores) = (FakeStores::new(), FakeKeyStores::default());
        Self {
            clock: FakeClock::at(START),
            gate: GatedStores::new(stores.clone()),
            stores,
            keys: keystores.fake(StoreKind::Keyring),
            keystores,
            user: FakePrompter::default(),
            courier: FakeCourier::default(),
            settings: FakeSettings::default(),
            session: FakeWatch::new(),
            // A test that opens the vault a thousand times waits for none of it.
            rules: Rules { cost: Cost::LEAST, ..Rules::default() },
            agent: None,
        }
    }

    /// What the agent stands on.
    pub fn ports(&self) -> Ports {
        Ports {
            clock: Arc::new(self.clock.clone()),
            stores: Arc::new(self.gate.clone()),
            keystores: Arc::new(self.keystores.clone()),
            prompter: Arc::new(self.user.clone()),
            courier: Arc::new(self.courier.clone()),
            settings: Arc::new(self.settings.clone()),
            watch: Arc::new(self.session.clone()),
            rules: Arc::new(self.rules.clone()),
        }
    }

    /// Starts an agent on what the last one left behind.
    pub fn start_again(&mut self) {
        assert!(self.agent.is_none(), "one agent at a time");
        let connections = Arc::new(AtomicU32::new(1));
        let about = About {
            socket: "/run/rig/agent.sock".to_owned(),
            config: "/run/rig/config.toml".to_owned(),
            computer: Some("rig".to_owned()),
            unprotected: Vec::new(),
            connections,
        };
        let (keeper, kept) = Keeper::start(self.ports(), about);
        self.agent = Some(Agent { keeper, kept, sessions: RefCell::default() });
    }

    /// Ends the agent as `kill -9` does: nothing more is answered, and nothing more reaches the disk.
    pub async fn kill(&mut self) {
        let agent = self.agent.take().expect("an agent runs");
        let sessions = agent.sessions.into_inner();
        sessions.iter().for_each(JoinHandle::abort);
        self.stores.kill();
        self.stores.release_commits();
        self.gate.open();
        agent.kept.abort();
        for task in sessions.into_iter().chain([agent.kept]) {
            // Aborted, or ended already.
            let _ = task.await;
        }
    }

    /// Kills the agent and starts another.
    pub async fn kill_and_restart(&mut self) {
        self.kill().await;
        self.start_again();
    }

    /// Ends the agent in good order.
    pub async fn quit(&mut self) {
        let Agent { keeper, kept, sessions } = self.agent.take().expect("an agent runs");
        keeper
            .ask(
                Request::Quit(Quit {}),
                Terms::of(Needs::Nothing),
                &peer("/usr/bin/rig", Rights::ALL),
            )
            .await;
        for session in sessions.into_inner() {
            session.await.expect("no session panics");
        }
        drop(keeper);
        kept.await.expect("the keeper does not panic");
    }

    /// Ends the agent in good order and starts another.
    pub async fn quit_and_restart(&mut self) {
        self.quit().await;
        self.start_again();
    }

    /// Lets the program behind the other end of `stream` talk to the agent.
    pub fn admit(&self, stream: impl Stream, program: &str, rights: Rights) {
        self.admit_watched(stream, None, program, rights);
    }

    fn admit_watched(
        &self,
        stream: impl Stream,
        hangup: Option<Hangup>,
        program: &str,
        rights: Rights,
    ) {
        let agent = self.agent.as_ref().expect("an agent runs");
        let clock = Arc::new(self.clock.clone());
        let around = Surroundings { keeper: agent.keeper.clone(), clock };
        let activity = Arc::new(Activity::since(self.clock.boot()));
        let session = session::serve(stream, peer(program, rights), around, activity, hangup);
        agent.sessions.borrow_mut().push(tokio::spawn(session));
    }

    /// A connection on which bytes can be sent as they are.
    pub fn wire(&self) -> Wire {
        self.wire_of("/usr/bin/rig", Rights::ALL)
    }

    fn wire_of(&self, program: &str, rights: Rights) -> Wire {
        let (ours, theirs) = UnixStream::pair().expect("the system gives socket pairs");
        let hangup = Hangup::of(&theirs);
        self.admit_watched(theirs, hangup, program, rights);
        Wire::new(ours)
    }

    /// A client that speaks the binary spelling.
    pub fn client(&self) -> Client {
        Client::new(self.wire())
    }

    /// A client that is known by its program's name and has these rights.
    pub fn client_of(&self, program: &str, rights: Rights) -> Client {
        Client::new(self.wire_of(program, rights))
    }

    /// A client that speaks JSON.
    pub fn json(&self) -> JsonClient {
        JsonClient::new(self.wire())
    }

    /// Lets `seconds` pass on both clocks.
    pub fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Lets everything go on that waits for neither time nor disk nor key store.
    pub async fn settle(&self) {
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
        }
    }

    /// Waits until `condition` holds.
    pub async fn until(&self, condition: impl Fn() -> bool) {
        while !condition() {
            tokio::task::yield_now().await;
        }
    }

    /// Waits until `count` requests or deadlines wait for time to pass.
    pub async fn until_waiting(&self, count: usize) {
        self.until(|| self.clock.sleepers() == count).await;
    }

    /// Waits until a commit is held up; [`FakeStores::hold_commits`] has to be called before.
    pub async fn until_commit_is_held(&self) {
        let stores = self.stores.clone();
        let held = tokio::task::spawn_blocking(move || stores.await_held_commit());
        held.await.expect("waiting does not panic");
    }
}

impl Drop for Rig {
    /// Lets everything go that a failed test has left held up.
    fn drop(&mut self) {
        self.stores.release_commits();
        self.gate.open();
    }
}

fn peer(program: &str, rights: Rights) -> Arc<Peer> {
    Arc::new(Peer::named(program, rights))
}
