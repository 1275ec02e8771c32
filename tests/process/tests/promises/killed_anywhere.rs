//! An agent that is killed at random moments of everything that it does: what was answered is so afterwards, what was not
//! is so or is not, one PIN opens, and no counter is given twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

use passcode_process_tests::agent::AgentProcess;
use passcode_process_tests::home::{Home, hotp_key, pairing, totp_key};
use passcode_process_tests::{wait, watchdog};
use passcode_proto::client::Client;
use passcode_proto::reply::{LockState, Validity};
use passcode_proto::request::{
    GetCode, HotpShow, List, Lock, PinChange, PinRemove, PinSet, Rename, Status, Unlock, Unpair,
};
use passcode_proto::{Fault, FaultCode, SecretText, Verb};

/// Kills in the usual run; `PASSCODE_KILLS` sets another number.
const KILLS: u32 = 60;

/// How long an agent lives at the longest; making a PIN's key takes about a third of it.
const LONGEST_LIFE: Duration = Duration::from_millis(400);

const PINS: [&str; 2] = ["2468", "135790"];

/// What is known of the vault from outside.
#[derive(Debug, Default)]
struct Known {
    /// PINs that may be the one that is set; none for no PIN.
    pins: Vec<Option<&'static str>>,
    /// The counter of the next code is this or a later one.
    next: u64,
    /// Whether the second profile is there, as far as that is known.
    second: Option<bool>,
    /// Whether a PIN was being looked at when the agent was killed: that counts as a wrong one.
    was_trying: bool,
}

fn chance(below: u32) -> u32 {
    getrandom::u32().expect("chance") % below
}

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

/// A program that does one thing after the other until the agent is gone.
struct Program<'a> {
    client: Client,
    known: &'a mut Known,
    /// Set when the agent may be killed. Three tries in a row that a kill has ended would be a block.
    may_be_killed: &'a AtomicBool,
}

impl Program<'_> {
    fn ask<V: Verb>(&mut self, verb: V) -> Result<Result<V::Answer, Fault>, Fault> {
        if !self.known.was_trying {
            self.may_be_killed.store(true, Ordering::Relaxed);
        }
        match self.client.call(verb) {
            Err(fault) if fault.code == FaultCode::Unreachable => Err(fault),
            Err(fault) if fault.code == FaultCode::Stopping => Err(fault),
            answered => Ok(answered),
        }
    }

    fn go_on(&mut self) -> Result<(), Fault> {
        self.unlock()?;
        loop {
            match chance(10) {
                0 => drop(self.ask(Lock {})?),
                1 => self.set_pin()?,
                2 => self.change_pin()?,
                3 => self.remove_pin()?,
                4 => self.second()?,
                5 => self.rename()?,
                _ => self.code()?,
            }
        }
    }

    /// The PIN that is set; only asked when it is known.
    fn pin(&mut self) -> Result<Option<&'static str>, Fault> {
        self.unlock()?;
        Ok(self.known.pins[0])
    }

    /// Opens the vault, and learns which PIN is set.
    fn unlock(&mut self) -> Result<(), Fault> {
        loop {
            let status = self.ask(Status {})?.expect("status is always answered");
            match status.state {
                LockState::Open if self.known.pins.len() == 1 => return Ok(()),
                LockState::Open => drop(self.ask(Lock {})?),
                LockState::Opening => thread::sleep(Duration::from_millis(1)),
                LockState::Locked => self.try_pins(status.pin.set.is_some())?,
                other => panic!("the vault is {other:?}: {:?}", status.warnings),
            }
        }
    }

    fn try_pins(&mut self, is_set: bool) -> Result<(), Fault> {
        let possible = self.known.pins.iter().copied().filter(|pin| pin.is_some() == is_set);
        let possible: Vec<_> = possible.collect();
        assert!(!possible.is_empty(), "a PIN is set: {is_set}; {:?}", self.known);
        for pin in &possible {
            let unlock = Unlock { pin: pin.map(secret), passphrase: None, recovery: None };
            let answered = self.ask(unlock);
            self.known.was_trying = answered.is_err() || self.known.was_trying;
            match answered? {
                Ok(_) => {
                    self.known.was_trying = false;
                    self.known.pins = vec![*pin];
                    return Ok(());
                }
                Err(fault) if fault.code == FaultCode::WrongPin => {}
                Err(fault) => panic!("{fault} {:?}", self.known),
            }
        }
        panic!("none of {possible:?} opens the vault");
    }

    /// Does something after which one of two PINs is set, and it is known which when it is answered.
    fn changing_pin<V: Verb>(&mut self, verb: V, new: Option<&'static str>) -> Result<(), Fault> {
        let old = self.known.pins[0];
        self.known.pins = vec![old, new];
        let answered = self.ask(verb);
        self.known.was_trying = answered.is_err();
        match answered? {
            Ok(_) => self.known.pins = vec![new],
            // It was locked in between by nobody but us: an answer that is a refusal has changed nothing.
            Err(_) => self.known.pins = vec![old],
        }
        Ok(())
    }

    fn set_pin(&mut self) -> Result<(), Fault> {
        if self.pin()?.is_some() {
            return Ok(());
        }
        let new = PINS[chance(2) as usize];
        self.changing_pin(PinSet { pin: secret(new), recovery_code: false }, Some(new))
    }

    fn change_pin(&mut self) -> Result<(), Fault> {
        let Some(old) = self.pin()? else { return Ok(()) };
        let new = PINS[chance(2) as usize];
        let change = PinChange { pin: secret(old), new: secret(new), recovery_code: false };
        self.changing_pin(change, Some(new))
    }

    fn remove_pin(&mut self) -> Result<(), Fault> {
        let Some(old) = self.pin()? else { return Ok(()) };
        self.changing_pin(PinRemove { pin: secret(old) }, None)
    }

    /// Pairs or unpairs a second profile.
    fn second(&mut self) -> Result<(), Fault> {
        let pin = self.pin()?;
        let page = self.ask(List { after: None, limit: None })?.expect("an open vault");
        let is_there = page.profiles.iter().any(|profile| profile.name.as_str() == "second");
        assert!(self.known.second.is_none_or(|known| known == is_there), "{:?}", self.known);
        self.known.second = None;
        let done = match is_there {
            true => {
                let unpair =
                    Unpair { profile: "second".to_owned(), pin: pin.map(secret), offline: false };
                let answered = self.ask(unpair);
                self.known.was_trying = answered.is_err();
                answered?.map(drop)
            }
            false => self.ask(pairing("second", &totp_key()))?.map(drop),
        };
        done.unwrap_or_else(|fault| panic!("{fault}"));
        self.known.second = Some(!is_there);
        Ok(())
    }

    fn rename(&mut self) -> Result<(), Fault> {
        self.unlock()?;
        let rename = Rename { profile: "work".to_owned(), name: "work".to_owned() };
        self.ask(rename)?.unwrap_or_else(|fault| panic!("{fault}"));
        Ok(())
    }

    fn code(&mut self) -> Result<(), Fault> {
        self.unlock()?;
        let code = GetCode {
            profile: Some("work".to_owned()),
            fresh: false,
            min_valid: None,
            wait: None,
            show: false,
            no_prompt: true,
            purpose: None,
        };
        let code = self.ask(code)?.unwrap_or_else(|fault| panic!("{fault}"));
        let Validity::Count { counter } = code.validity else { panic!("it is counter-based") };
        assert!(counter.0 >= self.known.next, "{} was given twice: {:?}", counter.0, self.known);
        self.known.next = counter.0 + 1;
        Ok(())
    }
}

/// Kills the agent a while after it may be killed.
fn kill_later(agent: AgentProcess, may_be_killed: Arc<AtomicBool>) -> thread::JoinHandle<()> {
    let life = LONGEST_LIFE.mul_f64(f64::from(chance(1000)) / 1000.0);
    thread::spawn(move || {
        wait::until("the agent to be killed", || {
            may_be_killed.load(Ordering::Relaxed).then_some(())
        });
        let end = Instant::now() + life;
        while Instant::now() < end {
            thread::sleep(Duration::from_micros(200));
        }
        agent.kill();
    })
}

#[test]
fn an_agent_that_is_killed_anywhere_has_done_what_it_answered_and_opens_with_one_pin() {
    let kills = env::var("PASSCODE_KILLS").ok().and_then(|kills| kills.parse().ok());
    let kills = kills.unwrap_or(KILLS);
    let _watchdog = watchdog::watch_for(Duration::from_secs(60) + 5 * kills * LONGEST_LIFE);
    let home = Home::new();
    let first = home.start();
    home.pair_unspent("work", &hotp_key());
    first.kill();
    let mut known = Known { pins: vec![None], next: 0, second: Some(false), was_trying: false };
    let may_be_killed = Arc::new(AtomicBool::new(false));
    for _ in 0..kills {
        may_be_killed.store(!known.was_trying, Ordering::Relaxed);
        let killer = kill_later(home.start(), Arc::clone(&may_be_killed));
        if let Ok(client) = home.client() {
            let mut program =
                Program { client, known: &mut known, may_be_killed: may_be_killed.as_ref() };
            let end = program.go_on().expect_err("it ends with the agent");
            assert!(matches!(end.code, FaultCode::Unreachable | FaultCode::Stopping), "{end}");
        }
        killer.join().expect("a killer");
    }
    let _last = home.start();
    let client = home.client().expect("an agent");
    let mut program = Program { client, known: &mut known, may_be_killed: may_be_killed.as_ref() };
    program.unlock().expect("the vault is whole");
    let shown = program.ask(HotpShow { profile: Some("work".to_owned()) });
    let next = shown.expect("an agent").expect("a counter").next.0;
    assert!(next >= known.next, "counter {next} is on disk, and {} was given", known.next);
}
