//! Lock and PIN: whatever is asked, guessed, restarted and put back, and however time passes, in whatever order, the
//! agent is open exactly when the model is, and no one gets a guess that the rules do not give.

use passcode_daemon::ports::store::Row;
use passcode_daemon::ports::watch::Happening;
use passcode_proto::FaultCode;
use passcode_proto::reply::LockState;
use passcode_proto::request::{Lock, Status};
use passcode_tests::rig::client::Client;
use passcode_tests::rig::{Rig, asks, keys};
use proptest::prelude::*;

/// PINs that are set and guessed; few, so that guesses are often right.
const PINS: [&str; 3] = ["2468", "1357", "135790"];

/// The idle limit, the longest time, and the first and the longest block, in seconds.
const IDLE: u64 = 180;
const LONGEST: u64 = 12 * 60 * 60;
const FIRST_BLOCK: u64 = 120;
const LONGEST_BLOCK: u64 = 3600;

/// One thing that happens.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    Code,
    Set {
        pin: usize,
    },
    Change {
        pin: usize,
        new: usize,
    },
    Remove {
        pin: usize,
    },
    Unlock {
        pin: usize,
    },
    Lock,
    ScreenLocked,
    ScreenUnlocked,
    Pass {
        seconds: u64,
    },
    Sleep,
    Kill,
    Quit,
    RestartMachine,
    /// The agent is ended, an older copy of its vault is put back, and it is started again.
    PutBack,
}

/// A sequence of steps.
pub fn sequence() -> impl Strategy<Value = Vec<Step>> {
    let pin = || 0..PINS.len();
    let step = prop_oneof![
        6 => Just(Step::Code),
        3 => pin().prop_map(|pin| Step::Set { pin }),
        3 => (pin(), pin()).prop_map(|(pin, new)| Step::Change { pin, new }),
        1 => pin().prop_map(|pin| Step::Remove { pin }),
        8 => pin().prop_map(|pin| Step::Unlock { pin }),
        3 => Just(Step::Lock),
        1 => Just(Step::ScreenLocked),
        1 => Just(Step::ScreenUnlocked),
        4 => prop_oneof![0..10u64, 110..130u64, 170..190u64, 3000..4000u64, 40_000..45_000u64]
            .prop_map(|seconds| Step::Pass { seconds }),
        1 => Just(Step::Sleep),
        2 => Just(Step::Kill),
        2 => Just(Step::Quit),
        1 => Just(Step::RestartMachine),
        1 => Just(Step::PutBack),
    ];
    prop::collection::vec(step, 1..40)
}

/// What is so.
#[derive(Debug, Default)]
struct Model {
    pin: Option<usize>,
    is_open: bool,
    /// Whether the user locked it, or has left.
    by_user: bool,
    is_away: bool,
    wrong: u8,
    blocks: u32,
    /// Uptime at which the last block ends.
    block_end: Option<u64>,
    uptime: u64,
    since: u64,
    last_use: u64,
    codes: usize,
}

impl Model {
    fn is_blocked(&self) -> bool {
        self.block_end.is_some_and(|end| self.uptime < end)
    }

    fn block(&mut self) {
        self.blocks += 1;
        (self.wrong, self.block_end) = (0, Some(self.uptime + self.block_length()));
    }

    fn block_length(&self) -> u64 {
        (FIRST_BLOCK << (self.blocks - 1).min(16)).min(LONGEST_BLOCK)
    }

    fn forgive(&mut self) {
        (self.wrong, self.blocks, self.block_end) = (0, 0, None);
    }

    /// Shows a PIN; whether it is taken, or why not.
    fn show(&mut self, pin: usize) -> Result<(), FaultCode> {
        if self.is_blocked() {
            return Err(FaultCode::PinBlocked);
        }
        if self.pin == Some(pin) {
            self.forgive();
            return Ok(());
        }
        (self.wrong, self.block_end) = (self.wrong + 1, None);
        if self.wrong == 3 {
            self.block();
        }
        Err(FaultCode::WrongPin)
    }

    fn open(&mut self) {
        (self.is_open, self.by_user, self.is_away) = (true, false, false);
        (self.since, self.last_use) = (self.uptime, self.uptime);
    }

    fn pass(&mut self, seconds: u64) {
        self.uptime += seconds;
        let limit = (self.last_use + IDLE).min(self.since + LONGEST);
        if self.pin.is_some() && self.uptime >= limit {
            self.is_open = false;
        }
    }

    fn restart(&mut self) {
        match self.pin {
            Some(_) => self.is_open = false,
            None => self.open(),
        }
        (self.by_user, self.is_away) = (false, false);
    }

    /// A vault that asks for nothing opens itself for whoever needs it, unless the user locked it or has left.
    fn is_needed(&mut self) {
        if self.pin.is_none() && !self.by_user && !self.is_away && !self.is_open {
            self.open();
        }
    }
}

/// An agent with one counter-based profile, and its model.
pub struct Locks {
    rig: Rig,
    client: Client,
    model: Model,
    copy: Option<(Vec<Row>, u64)>,
    made: u64,
}

impl Locks {
    /// An agent without PIN.
    pub async fn begin(rig: Rig) -> Self {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        let mut model = Model::default();
        model.open();
        Self { rig, client, model, copy: None, made: 0 }
    }

    /// One thing happens, and is as the model says.
    pub async fn step(&mut self, step: Step) {
        match step {
            Step::Code => self.code().await,
            Step::Set { pin } => self.set(pin).await,
            Step::Change { pin, new } => self.change(pin, new).await,
            Step::Remove { pin } => self.remove(pin).await,
            Step::Unlock { pin } => self.unlock(pin).await,
            Step::Lock => {
                self.client.ask(Lock {}).await.expect("locking always works");
                (self.model.is_open, self.model.by_user) = (false, true);
            }
            Step::ScreenLocked => {
                self.rig.session.tell(Happening::ScreenLocked);
                (self.model.is_open, self.model.is_away) = (false, true);
            }
            Step::ScreenUnlocked => {
                self.rig.session.tell(Happening::ScreenUnlocked);
                if self.model.pin.is_none() && !self.model.by_user && !self.model.is_open {
                    self.model.open();
                }
            }
            Step::Pass { seconds } => {
                self.rig.pass(seconds);
                self.model.pass(seconds);
            }
            Step::Sleep => {
                self.rig.clock.suspend(std::time::Duration::from_secs(30));
                self.model.uptime += 30;
                self.model.is_open &= self.model.pin.is_none();
            }
            Step::Kill => {
                self.rig.kill_and_restart().await;
                self.restarted();
            }
            Step::Quit => {
                self.rig.quit_and_restart().await;
                self.restarted();
            }
            Step::RestartMachine => self.restart_machine().await,
            Step::PutBack => self.put_back().await,
        }
        self.look().await;
    }

    async fn look(&mut self) {
        self.rig.settle().await;
        let mut state = self.client.ask(Status {}).await.expect("it is answered").state;
        while state == LockState::Opening {
            state = self.client.ask(Status {}).await.expect("it is answered").state;
        }
        assert_eq!(state == LockState::Open, self.model.is_open, "{:?}", self.model);
    }

    fn restarted(&mut self) {
        self.model.restart();
        self.client = self.rig.client();
    }

    async fn restart_machine(&mut self) {
        self.rig.quit().await;
        self.rig.clock.restart_machine();
        self.model.uptime = 0;
        if self.model.block_end.is_some() {
            self.model.block_end = Some(self.model.block_length());
        }
        self.rig.start_again();
        self.restarted();
    }

    /// A copy from before a change of keys opens with nothing any more, so it is no older copy of this vault.
    async fn put_back(&mut self) {
        self.rig.quit().await;
        let copy = self.copy.take().filter(|(_, made)| *made == self.made);
        match copy {
            Some((rows, _)) if self.model.pin.is_some() => self.rig.stores.replace(rows),
            _ => self.copy = Some((self.rig.stores.stored(), self.made)),
        }
        self.rig.start_again();
        self.restarted();
    }

    async fn code(&mut self) {
        let answer = self.client.ask(asks::code("work")).await.map_err(|fault| fault.code);
        self.model.is_needed();
        match answer {
            Ok(_) => {
                assert!(self.model.is_open);
                self.model.last_use = self.model.uptime;
                self.model.codes += 1;
            }
            Err(code) => {
                assert!(!self.model.is_open, "{code:?}");
                assert!(matches!(code, FaultCode::Locked | FaultCode::PinBlocked), "{code:?}");
            }
        }
    }

    async fn set(&mut self, pin: usize) {
        let answer = self.client.ask(asks::pin_set(PINS[pin])).await.map_err(|fault| fault.code);
        self.model.is_needed();
        match (self.model.is_open, self.model.pin) {
            (false, _) => assert!(answer.is_err()),
            (true, Some(_)) => assert_eq!(answer.err(), Some(FaultCode::PinIsSet)),
            (true, None) => {
                answer.expect("a PIN that follows the rules");
                self.new_keys(Some(pin));
            }
        }
    }

    fn new_keys(&mut self, pin: Option<usize>) {
        self.model.pin = pin;
        self.model.open();
        self.model.forgive();
        self.made += 1;
    }

    async fn change(&mut self, pin: usize, new: usize) {
        let asked = asks::pin_change(PINS[pin], PINS[new]);
        let answer = self.client.ask(asked).await.map_err(|fault| fault.code);
        self.managed(answer.map(|_| ()), pin, Some(new));
    }

    async fn remove(&mut self, pin: usize) {
        let answer = self.client.ask(asks::pin_remove(PINS[pin])).await;
        self.managed(answer.map(|_| ()).map_err(|fault| fault.code), pin, None);
    }

    fn managed(&mut self, answer: Result<(), FaultCode>, pin: usize, new: Option<usize>) {
        self.model.is_needed();
        if !self.model.is_open {
            return assert!(answer.is_err());
        }
        if self.model.pin.is_none() {
            return assert_eq!(answer, Err(FaultCode::NoPin));
        }
        let shown = self.model.show(pin);
        assert_eq!(answer, shown);
        if shown.is_ok() {
            self.new_keys(new);
        }
    }

    async fn unlock(&mut self, pin: usize) {
        let answer = self.client.ask(asks::unlock_with(PINS[pin])).await;
        let answer = answer.map(|_| ()).map_err(|fault| fault.code);
        if self.model.is_open {
            return assert_eq!(answer, Ok(()));
        }
        // Whatever was put back has been told by the block that it led to.
        if self.model.pin.is_some()
            && answer == Err(FaultCode::PinBlocked)
            && !self.model.is_blocked()
        {
            return self.model.block();
        }
        let shown = if self.model.pin.is_some() { self.model.show(pin) } else { Ok(()) };
        assert_eq!(answer, shown, "{:?}", self.model);
        if shown.is_ok() {
            self.model.open();
        }
    }
}
