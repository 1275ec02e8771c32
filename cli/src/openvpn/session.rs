//! One session with an OpenVPN: its lines, the answers, signals and its end all come as [`Event`]s to one loop, which does
//! what the [`Machine`] decides. Looking for an answer may take long, so it is done beside the loop.

use std::io::{ErrorKind, Read, Write};
use std::process::ExitStatus;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use passcode_proto::SecretText;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use zeroize::Zeroizing;

use super::child::{self, Folder, Launch};
use super::command::Command;
use super::line::{Line, Lines};
use super::link::{self, Address, Link, Unreached};
use super::machine::Machine;
use super::steps::{Action, Answer, Gone, Want};
use super::verdict;
use crate::output::{self, Failure, Outcome};

/// Between two tries to reach an OpenVPN that is starting.
const TRY_AGAIN: Duration = Duration::from_millis(50);

/// How long OpenVPN may take to greet.
const GREETING: Duration = Duration::from_secs(10);

/// How long OpenVPN may take to end.
const ENDING: Duration = Duration::from_secs(15);

/// How long after it has gone to the background OpenVPN may take to be reached.
const BACKGROUND: Duration = Duration::from_secs(5);

/// Which OpenVPN it is.
#[derive(Debug)]
pub enum Which {
    /// One that runs.
    Running(Address),
    /// One of our own.
    Own(Launch),
}

/// What whoever answers is told.
#[derive(Debug)]
pub enum Job {
    /// The server, if it is known in time.
    Host(String),
    Find(Want),
}

impl Job {
    /// What is to be found.
    pub fn want(self) -> Option<Want> {
        match self {
            Self::Find(want) => Some(want),
            Self::Host(_) => None,
        }
    }
}

/// Something that happened.
enum Event {
    Line(Line),
    Closed,
    Found(Result<Answer, Failure>),
    Signal,
    Ended(Option<ExitStatus>),
}

/// Answers for OpenVPN until it ends. `finder` looks for answers, on a thread of its own, and gives them until it is told
/// that nobody wants them any more.
pub fn run(
    which: Which,
    key: Option<SecretText>,
    finder: impl FnOnce(Receiver<Job>, &dyn Fn(Result<Answer, Failure>) -> bool) + Send + 'static,
) -> Outcome {
    let (tell, events) = mpsc::channel();
    let (jobs, waiting) = mpsc::channel();
    hear_signals(tell.clone())?;
    let answers = tell.clone();
    thread::spawn(move || finder(waiting, &|found| answers.send(Event::Found(found)).is_ok()));
    let session = match which {
        Which::Running(address) => Session::attached(address.connect()?, key, jobs),
        Which::Own(launch) => {
            let folder = Folder::make()?;
            let (link, own) = reach(&launch, folder, &tell, &events)?;
            Session { own: Some(own), ..Session::attached(link, key, jobs) }
        }
    };
    listen(session.link.again().map_err(|_| Failure::from(Unreached::Broken))?, tell);
    session.go(&events)
}

/// An OpenVPN that we started.
#[derive(Debug)]
struct Own {
    pid: u32,
    sudo: bool,
    /// How it ended; gone to the background, it has ended well already.
    status: Option<Option<ExitStatus>>,
    _folder: Folder,
}

/// The session as far as it has come.
#[derive(Debug)]
struct Session {
    link: Link,
    machine: Machine,
    jobs: Sender<Job>,
    own: Option<Own>,
    /// Since when the connection is closed.
    closed: Option<Instant>,
    spoken: bool,
    started: Instant,
    /// What is to be said later.
    later: Vec<(Instant, Command)>,
    /// That it is left alone, and with what result.
    left: Option<Outcome>,
    /// Since when it is to end, and with what result.
    ending: Option<(Instant, Outcome)>,
}

impl Session {
    fn attached(link: Link, key: Option<SecretText>, jobs: Sender<Job>) -> Self {
        Self {
            link,
            machine: Machine::new(key),
            jobs,
            own: None,
            closed: None,
            spoken: false,
            started: Instant::now(),
            later: Vec::new(),
            left: None,
            ending: None,
        }
    }

    fn go(mut self, events: &Receiver<Event>) -> Outcome {
        loop {
            let actions = match self.next(events) {
                Ok(Some(Event::Line(line))) => {
                    self.spoken = true;
                    self.machine.line(line)
                }
                Ok(Some(Event::Found(answer))) => self.machine.answered(answer),
                Ok(Some(Event::Closed)) => {
                    self.closed = Some(Instant::now());
                    Vec::new()
                }
                Ok(Some(Event::Ended(status))) => {
                    self.own.iter_mut().for_each(|own| own.status = Some(status));
                    Vec::new()
                }
                Ok(Some(Event::Signal)) if self.own.is_none() => self.leave(Ok(())),
                Ok(Some(Event::Signal)) => self.interrupted(),
                Ok(None) => self.due(),
                Err(outcome) => return outcome,
            };
            actions.into_iter().for_each(|action| self.act(action));
            if let Some(outcome) = self.left.take() {
                return outcome;
            }
            if self.is_over() {
                return self.outcome();
            }
        }
    }

    /// The next event; `None` when it is time to say something; the end when it takes too long.
    fn next(&self, events: &Receiver<Event>) -> Result<Option<Event>, Outcome> {
        let greeting = (!self.spoken && self.closed.is_none()).then(|| self.started + GREETING);
        let end = self.ending.as_ref().map(|(since, _)| *since + ENDING);
        let closed = self.closed.map(|since| since + ENDING);
        let later = self.later.iter().map(|(at, _)| *at).min();
        let deadline = [greeting, end, closed, later].into_iter().flatten().min();
        let event = match deadline {
            None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(deadline) => {
                events.recv_timeout(deadline.saturating_duration_since(Instant::now()))
            }
        };
        match event {
            Ok(event) => Ok(Some(event)),
            Err(_) if later.is_some_and(|at| at <= Instant::now()) => Ok(None),
            Err(_) if greeting.is_some() && end.is_none() => Err(Err(link::not_greeted())),
            Err(_) => Err(self.overdue()),
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Send(command) => self.send(&command),
            Action::Later { seconds, command } => {
                self.later.push((Instant::now() + Duration::from_secs(seconds), command));
            }
            Action::Ask(want) => drop(self.jobs.send(Job::Find(want))),
            Action::Host(host) => drop(self.jobs.send(Job::Host(host))),
            Action::Tell(text) => output::note(&text),
            Action::End(failure) => self.ending = Some((Instant::now(), Err(failure))),
            Action::GiveUp(failure) if self.own.is_none() => {
                self.leave(Err(failure));
            }
            Action::GiveUp(failure) => {
                self.ending = Some((Instant::now(), Err(failure)));
                self.send(&Command::Terminate);
            }
        }
    }

    /// Says a command. That nobody listens any more is told by the end of the connection.
    fn send(&mut self, command: &Command) {
        match command.bytes(self.machine.version()) {
            Ok(bytes) => drop(self.link.write_all(&bytes)),
            Err(_) => {
                let actions = self.machine.unsayable();
                actions.into_iter().for_each(|action| self.act(action));
            }
        }
    }

    /// What is to be said now.
    fn due(&mut self) -> Vec<Action> {
        let now = Instant::now();
        self.later
            .extract_if(.., |(at, _)| *at <= now)
            .map(|(_, said)| Action::Send(said))
            .collect()
    }

    /// The user wants it to end; a second time means at once.
    fn interrupted(&mut self) -> Vec<Action> {
        if let (Some(own), true) = (&self.own, self.ending.is_some()) {
            child::end(own.pid, false);
        }
        let _ = self.ending.get_or_insert((Instant::now(), Ok(())));
        self.later.clear();
        vec![Action::Send(Command::Terminate)]
    }

    /// Leaves an OpenVPN that is not ours as it is.
    fn leave(&mut self, outcome: Outcome) -> Vec<Action> {
        output::note("passcode: OpenVPN goes on, and nobody answers for it.");
        self.left = Some(outcome);
        Vec::new()
    }

    fn is_over(&self) -> bool {
        self.closed.is_some() && self.own.as_ref().is_none_or(|own| own.status.is_some())
    }

    fn outcome(self) -> Outcome {
        if !self.spoken && self.own.is_none() {
            return Err(link::turned_away());
        }
        // Whoever told it to end does not want to hear how it took that.
        if let Some((_, outcome)) = self.ending {
            return outcome;
        }
        let Some(own) = &self.own else {
            return match self.machine.gone() {
                Gone::Orderly => Ok(()),
                Gone::Told(failure) => Err(failure),
                Gone::Silent => Err(verdict::vanished()),
            };
        };
        let status = own.status.flatten();
        let ended = status.map_or(Ok(()), |status| child::verdict(status, own.sudo));
        match (ended, self.machine.gone()) {
            (Ok(()), Gone::Told(failure)) => Err(failure),
            (Err(_), Gone::Told(failure)) => {
                Err(failure.with_hint(child::hint(own.sudo).to_owned()))
            }
            (ended, _) => ended,
        }
    }

    /// What was to end does not.
    fn overdue(&self) -> Outcome {
        let Some(own) = &self.own else {
            return self.ending.as_ref().map_or(Ok(()), |(_, outcome)| outcome.clone());
        };
        child::end(own.pid, true);
        Err(Failure::local(
            "openvpn",
            "OpenVPN does not end.",
            format!("End it yourself; it is, or is a child of, process {}.", own.pid),
        ))
    }
}

/// Starts OpenVPN and connects to it.
fn reach(
    launch: &Launch,
    folder: Folder,
    tell: &Sender<Event>,
    events: &Receiver<Event>,
) -> Result<(Link, Own), Failure> {
    let address = Address::Socket(folder.socket());
    let child = launch.start(&folder.socket())?;
    let mut own = Own { pid: child.id(), sudo: launch.sudo, status: None, _folder: folder };
    let (ended, mut give_up) = (tell.clone(), None);
    thread::spawn(move || ended.send(Event::Ended(child.wait())));
    loop {
        match address.connect() {
            Ok(link) => return Ok((link, own)),
            Err(Unreached::Missing | Unreached::Silent) => {}
            Err(other) => {
                child::end(own.pid, false);
                return Err(other.into());
            }
        }
        match events.recv_timeout(TRY_AGAIN) {
            Ok(Event::Ended(status)) => {
                status.map_or(Ok(()), |status| child::verdict(status, own.sudo))?;
                own.status = Some(status);
                give_up = Some(Instant::now() + BACKGROUND);
            }
            Ok(Event::Signal) => child::end(own.pid, false),
            _ => {}
        }
        if give_up.is_some_and(|at| at <= Instant::now()) {
            return Err(Unreached::Missing.into());
        }
    }
}

/// Brings the lines that OpenVPN says.
fn listen(mut link: Link, tell: Sender<Event>) {
    thread::spawn(move || {
        let (mut lines, mut bytes) = (Lines::default(), Zeroizing::new(vec![0; 16 * 1024]));
        loop {
            match link.read(&mut bytes) {
                Ok(0) => break,
                Ok(count) => {
                    for line in lines.push(&bytes[..count]) {
                        if tell.send(Event::Line(line)).is_err() {
                            return;
                        }
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        let _ = tell.send(Event::Closed);
    });
}

fn hear_signals(tell: Sender<Event>) -> Result<(), Failure> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM]).map_err(|_| no_signals())?;
    thread::spawn(move || signals.forever().try_for_each(|_| tell.send(Event::Signal)));
    Ok(())
}

fn no_signals() -> Failure {
    Failure::local("openvpn", "Signals cannot be heard.", "Try again.")
}
