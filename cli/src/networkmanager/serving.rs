//! The agent at work: registered with whoever is NetworkManager at the moment, it hears questions and answers each on a
//! thread of its own, until it is told to stop or the bus goes. Only NetworkManager is answered: the bus says who has its
//! name, and writes the sender into every message.

use std::collections::HashMap;
use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use zbus::blocking::{Connection, MessageIterator};
use zbus::message::{Message, Type};
use zbus::zvariant::OwnedObjectPath;

use super::answering::{Answering, CallOff, Question, Source};
use super::attempts::Attempts;
use super::bus::{self, Refusal};
use super::named::Names;
use crate::output::{self, Failure, Outcome};

/// What the agent hears of.
enum News {
    Message(Message),
    /// NetworkManager does not take this agent.
    NotTaken(Failure),
    /// The user or the system wants the agent to end.
    Stop,
    /// The bus has gone.
    Gone,
}

/// Serves NetworkManager until a signal ends it; fails when there is no bus, or not any more.
pub fn serve(source: impl Source, names: Names) -> Outcome {
    let connection = bus::connect()?;
    let (sender, news) = mpsc::channel();
    hear_signals(sender.clone()).map_err(|_| no_signals())?;
    hear_bus(&connection, sender.clone());
    bus::subscribe(&connection).map_err(|_| gone())?;
    let answering = Answering { source, names, attempts: Mutex::new(Attempts::default()) };
    let agent = Agent { connection, sender, answering: Arc::new(answering), open: Arc::default() };
    agent.run(&news)
}

fn hear_signals(news: Sender<News>) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    thread::spawn(move || signals.forever().try_for_each(|_| news.send(News::Stop)));
    Ok(())
}

/// Keeps the queue of messages empty, whatever is being waited for.
fn hear_bus(connection: &Connection, news: Sender<News>) {
    let messages = MessageIterator::from(connection);
    thread::spawn(move || {
        for message in messages {
            let Ok(message) = message else { break };
            if news.send(News::Message(message)).is_err() {
                return;
            }
        }
        let _ = news.send(News::Gone);
    });
}

/// A question that is open: its call, and how it is called off.
#[derive(Debug)]
struct Open {
    call: Message,
    off: CallOff,
}

/// The open questions, by connection and setting: NetworkManager asks one at a time for each.
type OpenQuestions = Arc<Mutex<HashMap<(String, String), Open>>>;

struct Agent<S> {
    connection: Connection,
    sender: Sender<News>,
    answering: Arc<Answering<S>>,
    open: OpenQuestions,
}

impl<S: Source> Agent<S> {
    fn run(&self, news: &Receiver<News>) -> Outcome {
        let mut manager = bus::owner(&self.connection);
        match manager {
            Some(_) => self.register(),
            None => output::note("NetworkManager does not run; waiting for it."),
        }
        while let Ok(one) = news.recv() {
            match one {
                News::Message(message) => self.hear(&message, &mut manager),
                News::NotTaken(failure) if manager.is_some() => return Err(failure),
                News::NotTaken(_) => {}
                News::Gone => return Err(gone()),
                News::Stop => break,
            }
        }
        self.call_all_off();
        bus::unregister(&self.connection);
        Ok(())
    }

    /// Registers, while messages are heard.
    fn register(&self) {
        let (connection, sender) = (self.connection.clone(), self.sender.clone());
        thread::spawn(move || match bus::register(&connection) {
            Ok(()) => output::note("Registered with NetworkManager."),
            Err(failure) => drop(sender.send(News::NotTaken(failure))),
        });
    }

    fn hear(&self, message: &Message, manager: &mut Option<String>) {
        let header = message.header();
        let sender = header.sender().map(|sender| sender.as_str());
        let member = header.member().map(|member| member.as_str()).unwrap_or_default();
        let is_manager = sender.is_some() && sender == manager.as_deref();
        match message.message_type() {
            Type::MethodCall if is_manager => self.called(message, member),
            Type::MethodCall => {
                bus::answer(&self.connection, message, Err(Refusal::PermissionDenied));
            }
            Type::Signal if sender == Some(bus::BUS) && member == "NameOwnerChanged" => {
                self.owner_changed(message, manager);
            }
            Type::Signal if is_manager && member == "VpnStateChanged" => self.followed(message),
            _ => {}
        }
    }

    /// Another NetworkManager, or none, knows nothing of questions, tries and agents of the last.
    fn owner_changed(&self, message: &Message, manager: &mut Option<String>) {
        let Ok((name, _, new)) = message.body().deserialize::<(String, String, String)>() else {
            return;
        };
        if name != bus::NETWORK_MANAGER {
            return;
        }
        *manager = Some(new).filter(|new| !new.is_empty());
        self.call_all_off();
        self.answering.attempts().all_over();
        match manager {
            Some(_) => self.register(),
            None => output::note("NetworkManager has ended; waiting for the next."),
        }
    }

    /// A VPN that is up or down ends the try that made it so.
    fn followed(&self, message: &Message) {
        const UP_OR_DOWN: std::ops::RangeInclusive<u32> = 5..=7;
        let state = message.body().deserialize::<(u32, u32)>().map(|(state, _)| state);
        let header = message.header();
        let (Ok(state), Some(path)) = (state, header.path()) else { return };
        if !UP_OR_DOWN.contains(&state) {
            return;
        }
        let (connection, path) = (self.connection.clone(), path.as_str().to_owned());
        let answering = self.answering.clone();
        thread::spawn(move || match bus::settings_of(&connection, &path) {
            Some(settings) => answering.attempts().over(&settings),
            // It cannot be asked any more which connection it was.
            None => answering.attempts().all_over(),
        });
    }

    fn called(&self, call: &Message, method: &str) {
        let header = call.header();
        let is_here = header.path().is_some_and(|path| path.as_str() == bus::PATH)
            && header.interface().is_some_and(|interface| interface.as_str() == bus::INTERFACE);
        match method {
            "GetSecrets" if is_here => self.asked(call),
            "CancelGetSecrets" if is_here => self.called_off(call),
            // Passwords are kept in the agent's vault or not at all, and what is kept there the user has put there.
            "SaveSecrets" | "DeleteSecrets" if is_here => bus::acknowledge(&self.connection, call),
            _ => bus::answer(&self.connection, call, Err(Refusal::UnknownMethod)),
        }
    }

    fn asked(&self, call: &Message) {
        let Some(question) = question_of(call) else {
            return bus::answer(&self.connection, call, Err(Refusal::InvalidConnection));
        };
        let key = (question.path.clone(), question.setting.clone());
        let off = CallOff::default();
        let opened = Open { call: call.clone(), off: off.clone() };
        if let Some(earlier) = self.lock().insert(key.clone(), opened) {
            self.end(&earlier);
        }
        let (connection, open) = (self.connection.clone(), self.open.clone());
        let answering = self.answering.clone();
        let serial = call.primary_header().serial_num();
        thread::spawn(move || {
            let answer = answering.answer(&question, &off);
            let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
            let is_open = |open: &Open| open.call.primary_header().serial_num() == serial;
            if open.get(&key).is_some_and(is_open)
                && let Some(opened) = open.remove(&key)
            {
                bus::answer(&connection, &opened.call, answer);
            }
        });
    }

    fn called_off(&self, call: &Message) {
        if let Ok((path, setting)) = call.body().deserialize::<(OwnedObjectPath, String)>() {
            let ended = self.lock().remove(&(path.as_str().to_owned(), setting));
            ended.iter().for_each(|open| self.end(open));
        }
        bus::acknowledge(&self.connection, call);
    }

    fn call_all_off(&self) {
        let all: Vec<Open> = self.lock().drain().map(|(_, open)| open).collect();
        all.iter().for_each(|open| self.end(open));
    }

    fn end(&self, open: &Open) {
        open.off.call_off();
        bus::answer(&self.connection, &open.call, Err(Refusal::AgentCanceled));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn question_of(call: &Message) -> Option<Question> {
    let body = call.body();
    let (settings, path, setting, hints, flags) = body.deserialize().ok()?;
    let path: OwnedObjectPath = path;
    Some(Question { settings, path: path.as_str().to_owned(), setting, hints, flags })
}

fn gone() -> Failure {
    Failure::local("bus", "The system's D-Bus has gone.", "Start this again when it runs.")
}

fn no_signals() -> Failure {
    Failure::local("signals", "Signals cannot be heard.", "Try again.")
}
