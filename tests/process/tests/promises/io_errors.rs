//! A disk that fails at any call of the agent, once or from then on, costs no counter, takes back nothing that was
//! answered, and leaves a whole vault to the next agent.
//!
//! Every call fails once. From which call on all fail is tried for some; with `PASSCODE_THOROUGH=1`, for every one.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use passcode_process_tests::agent::AgentProcess;
use passcode_process_tests::files::{self, Files};
use passcode_process_tests::home::{Home, hotp_key, pairing, totp_key};
use passcode_process_tests::strace::{Blow, Strace};
use passcode_process_tests::{programs, wait, watchdog};
use passcode_proto::reply::Validity;
use passcode_proto::request::{GetCode, HotpShow, List, Lock, Quit, Rename, Unlock, Unpair};
use passcode_proto::{Fault, FaultCode, Verb};

/// Kinds of calls by which an agent uses the disk, with what can go wrong.
const BLOWS: [(&str, &str); 8] = [
    ("pwrite64", "EIO"),
    ("pwrite64", "ENOSPC"),
    ("fsync", "EIO"),
    ("fdatasync", "EIO"),
    ("ftruncate", "EIO"),
    ("unlink", "EIO"),
    ("linkat", "EIO"),
    ("openat", "EIO"),
];

/// Of the calls from which on a disk fails, one in so many is tried.
const ONE_IN: usize = 5;

/// What an agent answered before it ended.
#[derive(Debug, Default)]
struct Answers {
    counters: Vec<u64>,
    /// Names of which it said that they are there, and names of which it said that they are gone.
    there: Vec<&'static str>,
    gone: Vec<&'static str>,
    /// Names that may be there or not, since a request about them failed.
    unsure: Vec<&'static str>,
    failures: Vec<FaultCode>,
}

impl Answers {
    fn note<T>(&mut self, answered: &Result<T, Fault>) -> bool {
        self.failures.extend(answered.as_ref().err().map(|fault| fault.code));
        answered.is_ok()
    }

    fn spend(&mut self, home: &Home) {
        let question = GetCode {
            profile: Some("work".to_owned()),
            fresh: false,
            min_valid: None,
            wait: None,
            show: false,
            no_prompt: true,
            purpose: None,
        };
        let answered = ask(home, question);
        self.note(&answered);
        if let Ok(code) = answered {
            let Validity::Count { counter } = code.validity else { panic!("it is counter-based") };
            self.counters.push(counter.0);
        }
    }

    fn pair(&mut self, home: &Home, name: &'static str, key: &str) {
        let list = if self.note(&ask(home, pairing(name, key))) {
            &mut self.there
        } else {
            &mut self.unsure
        };
        list.push(name);
    }

    fn unpair(&mut self, home: &Home, name: &'static str) {
        let done =
            self.note(&ask(home, Unpair { profile: name.to_owned(), pin: None, offline: false }));
        self.there.retain(|other| *other != name);
        if done { self.gone.push(name) } else { self.unsure.push(name) }
    }

    fn rename(&mut self, home: &Home, from: &'static str, to: &'static str) {
        let done = self.note(&ask(home, Rename { profile: from.to_owned(), name: to.to_owned() }));
        self.there.retain(|name| *name != from);
        let (new, old) = if done {
            (&mut self.there, &mut self.gone)
        } else {
            return self.unsure.extend([from, to]);
        };
        new.push(to);
        old.push(from);
    }
}

fn ask<V: Verb>(home: &Home, verb: V) -> Result<V::Answer, Fault> {
    home.client()?.call(verb)
}

/// An agent's day, from its start to its end in good order.
fn day(home: &Home, is_new: bool) -> Answers {
    let mut answers = Answers::default();
    match is_new {
        true => answers.pair(home, "work", &hotp_key()),
        false => answers.there.push("work"),
    }
    answers.spend(home);
    answers.pair(home, "first", &totp_key());
    answers.pair(home, "second", &totp_key());
    answers.rename(home, "second", "third");
    answers.spend(home);
    answers.unpair(home, "first");
    let unlock = Unlock { pin: None, passphrase: None, recovery: None };
    for done in [ask(home, Lock {}).map(drop), ask(home, unlock).map(drop)] {
        answers.note(&done);
    }
    answers.spend(home);
    answers.note(&ask(home, Quit {}));
    answers
}

/// What the next agent finds, on a disk that works.
fn judge(home: &Home, before: &Answers, case: &str) {
    let _agent = home.start();
    let page = ask(home, List { after: None, limit: None });
    let page = page.unwrap_or_else(|fault| panic!("{case}: {fault} {before:?}"));
    let names: Vec<&str> = page.profiles.iter().map(|profile| profile.name.as_str()).collect();
    for name in &before.there {
        assert!(names.contains(name), "{case}: {name} was answered for: {before:?}, {names:?}");
    }
    for name in before.gone.iter().filter(|name| !before.unsure.contains(name)) {
        assert!(!names.contains(name), "{case}: {name} was removed: {before:?}, {names:?}");
    }
    assert!(before.counters.is_sorted_by(|a, b| a < b), "{case}: {before:?}");
    if let (true, Some(last)) = (names.contains(&"work"), before.counters.last()) {
        let next = ask(home, HotpShow { profile: Some("work".to_owned()) }).expect("a counter");
        assert!(next.next.0 > *last, "{case}: {} comes next: {before:?}", next.next.0);
    }
    let known = |code: &FaultCode| {
        !matches!(code, FaultCode::VaultDamaged | FaultCode::VaultNewer | FaultCode::Internal)
    };
    assert!(
        before.failures.iter().all(known),
        "{case}: a disk that fails is no damage: {before:?}"
    );
}

/// Where a day begins: with nothing, or with what a killed agent left.
struct Morning {
    files: Option<Files>,
}

impl Morning {
    fn killed() -> Self {
        let home = Home::new();
        let agent = home.start();
        home.pair_unspent("work", &hotp_key());
        Answers::default().spend(&home);
        agent.kill();
        let mut files = files::read(home.path());
        files.retain(|name, _| name.starts_with("vault"));
        Self { files: Some(files) }
    }

    /// Lets a day pass on a disk with this blow at the nth call, and judges what is left; false when there are not
    /// that many calls.
    fn passes(&self, call: &str, blow: Blow, number: usize) -> bool {
        let home = Home::new();
        if let Some(files) = &self.files {
            files::lay_out(files, home.path());
        }
        let strace = strace(&home, call, blow, number);
        let mut command = strace.command(&programs::passcoded());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("PASSCODE_HOME", home.path());
        let mut agent = AgentProcess::from_command(command, home.place());
        let up = wait::until("the agent, or its end", || match agent.ended() {
            Some(_) => Some(false),
            None => home.status().ok().map(|_| true),
        });
        let answers = if up { day(&home, self.files.is_none()) } else { Answers::default() };
        agent.wait_for_end();
        let from = if self.files.is_some() { "a killed agent's files" } else { "nothing" };
        judge(&home, &answers, &format!("{blow:?} at {call} {number}, beginning with {from}"));
        strace.struck(agent.pid())
    }

    /// Tries every call of one kind, and gives how many there were.
    fn try_all(&self, call: &str, error: &'static str) -> usize {
        for number in 1.. {
            if !self.passes(call, Blow::Fail(error), number) {
                return number - 1;
            }
            if thorough() || number % ONE_IN == 1 {
                self.passes(call, Blow::FailFromThenOn(error), number);
            }
        }
        unreachable!("there are not that many calls")
    }
}

fn strace(home: &Home, call: &str, blow: Blow, number: usize) -> Strace {
    let strace = Strace::strike(blow, call, number, &home.file("strace"));
    let about = match call {
        // Else the libraries of the program would count too.
        "openat" => &["vault.db", "vault.db-wal", "vault.key"][..],
        _ => &[],
    };
    about.iter().fold(strace, |strace, name| strace.about(&home.file(name)))
}

fn thorough() -> bool {
    std::env::var_os("PASSCODE_THOROUGH").is_some()
}

#[test]
fn a_disk_that_fails_at_any_call_costs_nothing_that_was_answered() {
    let _watchdog = watchdog::watch_for(Duration::from_secs(if thorough() { 1200 } else { 240 }));
    let mornings = [Morning { files: None }, Morning::killed()];
    let kinds = mornings.iter().flat_map(|morning| BLOWS.map(|blow| (morning, blow)));
    let kinds = Mutex::new(kinds.collect::<Vec<_>>());
    let next = || kinds.lock().expect("no other failed").pop();
    let work = || {
        let tried = std::iter::from_fn(next);
        tried.map(|(morning, (call, error))| morning.try_all(call, error)).sum::<usize>()
    };
    let tried: usize = thread::scope(|scope| {
        let running: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        running.into_iter().map(|part| part.join().expect("every promise is kept")).sum()
    });
    assert!(tried > 150, "{tried} failures were tried");
}
