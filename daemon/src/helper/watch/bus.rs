//! One bus, and one who listens on it. Nothing here ever waits for an answer: a question is sent, and its answer comes
//! by like every other message. So the queue is always being emptied, however many messages somebody sends us, and a
//! service that does not answer holds up nobody.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::thread;

use zbus::blocking::{Connection, MessageIterator};
use zbus::message::{Flags, Header, Type};
use zbus::zvariant::{DynamicDeserialize, DynamicType};
use zbus::{Message, Result};

use super::connect::{Which, connect};
use crate::ports::clock::{Clock, SystemClock};
use crate::ports::session_watch::pause::Pause;

/// The bus itself: its name, which nobody else can have, and its interface.
const BUS: &str = "org.freedesktop.DBus";

/// What a question is answered with: a message, or the name of an error.
pub type Answer<'m> = std::result::Result<&'m Message, &'m str>;

/// Who listens. A failure means that the bus has gone.
pub trait Listener {
    /// What an answer is to.
    type Question;

    /// The bus is there.
    fn begin(&mut self, bus: &mut Bus<Self::Question>) -> Result<()>;

    /// A signal from anybody.
    fn heard(&mut self, signal: &Signal, bus: &mut Bus<Self::Question>) -> Result<()>;

    /// An answer.
    fn answered(
        &mut self,
        question: Self::Question,
        answer: Answer,
        bus: &mut Bus<Self::Question>,
    ) -> Result<()>;

    /// The bus has gone, or was never there.
    fn lost(&mut self);
}

/// Listens for ever: on a bus, and when it goes, on the next one that is there.
pub fn keep_listening(which: Which, mut listener: impl Listener) {
    let mut pause = Pause::default();
    loop {
        let began = SystemClock.boot();
        // Whatever the reason was, all that is to be said is that the bus is not there.
        let _ = listen(which, &mut listener);
        listener.lost();
        thread::sleep(pause.after(SystemClock.boot().saturating_sub(began)));
    }
}

fn listen(which: Which, listener: &mut impl Listener) -> Result<()> {
    let connection = connect(which)?;
    let messages = MessageIterator::from(&connection);
    let mut bus = Bus { connection, open: HashMap::new() };
    listener.begin(&mut bus)?;
    for message in messages {
        bus.hand_on(&message?, listener)?;
    }
    Ok(())
}

/// A bus, and the questions that are open on it.
pub struct Bus<Q> {
    connection: Connection,
    open: HashMap<NonZeroU32, (String, Q)>,
}

/// A method of somebody's object.
#[derive(Debug, Clone, Copy)]
pub struct Method<'a> {
    pub of: &'a str,
    pub path: &'a str,
    pub interface: &'a str,
    pub name: &'a str,
}

impl<Q> Bus<Q> {
    /// Asks the bus for signals.
    pub fn subscribe(&self, rule: &str) -> Result<()> {
        let call = builder(of_bus("AddMatch"))?.with_flags(Flags::NoReplyExpected)?;
        self.connection.send(&call.build(&rule)?)
    }

    /// Asks for the signals that tell who has `name`, and who has it now.
    pub fn follow(&mut self, name: &str, question: Q) -> Result<()> {
        self.subscribe(&format!(
            "type='signal',sender='{BUS}',interface='{BUS}',member='NameOwnerChanged',arg0='{name}'"
        ))?;
        self.ask(of_bus("GetNameOwner"), &name, question)
    }

    /// Asks a question. Nobody is started to answer it.
    pub fn ask<B>(&mut self, method: Method, arguments: &B, question: Q) -> Result<()>
    where
        B: serde::Serialize + DynamicType,
    {
        let call = builder(method)?.with_flags(Flags::NoAutoStart)?.build(arguments)?;
        let serial = call.primary_header().serial_num();
        self.open.insert(serial, (method.of.to_owned(), question));
        self.connection.send(&call)
    }

    fn hand_on<L: Listener<Question = Q>>(
        &mut self,
        message: &Message,
        listener: &mut L,
    ) -> Result<()> {
        let header = message.header();
        match message.message_type() {
            Type::Signal => match Signal::read_from(message, &header) {
                Some(signal) => listener.heard(&signal, self),
                None => Ok(()),
            },
            Type::MethodReturn | Type::Error => match self.take_question(&header) {
                Some(question) => {
                    let error = header.error_name().map(|error| error.as_str());
                    listener.answered(question, error.map_or(Ok(message), Err), self)
                }
                None => Ok(()),
            },
            // There is nothing to call here.
            Type::MethodCall => Ok(()),
        }
    }

    /// The question that a message answers; none when somebody else answers than was asked. For who has gone the bus
    /// answers.
    fn take_question(&mut self, header: &Header) -> Option<Q> {
        let (serial, from) = (header.reply_serial()?, header.sender()?.as_str());
        let (asked, _) = self.open.get(&serial)?;
        let is_meant = from == asked || from == BUS;
        is_meant.then(|| self.open.remove(&serial)).flatten().map(|(_, question)| question)
    }
}

fn of_bus(name: &str) -> Method<'_> {
    Method { of: BUS, path: "/org/freedesktop/DBus", interface: BUS, name }
}

fn builder(method: Method<'_>) -> Result<zbus::message::Builder<'_>> {
    Message::method_call(method.path, method.name)?
        .destination(method.of)?
        .interface(method.interface)
}

/// A signal, and who it is from: the bus writes the sender in, so it cannot be forged.
#[derive(Debug, Clone, Copy)]
pub struct Signal<'m> {
    pub from: &'m str,
    pub path: &'m str,
    pub interface: &'m str,
    pub name: &'m str,
    message: &'m Message,
}

impl<'m> Signal<'m> {
    fn read_from(message: &'m Message, header: &'m Header) -> Option<Self> {
        Some(Self {
            from: header.sender()?.as_str(),
            path: header.path()?.as_str(),
            interface: header.interface()?.as_str(),
            name: header.member()?.as_str(),
            message,
        })
    }

    /// Its arguments, when they are of this kind.
    pub fn read<T: for<'d> DynamicDeserialize<'d>>(&self) -> Option<T> {
        read(self.message)
    }

    /// A name, and who has it from now on, when the bus says that.
    pub fn new_owner(&self) -> Option<(String, Option<String>)> {
        let is_it = (self.from, self.interface, self.name) == (BUS, BUS, "NameOwnerChanged");
        let (name, _, new) = is_it.then(|| self.read::<(String, String, String)>())??;
        Some((name, Some(new).filter(|new| !new.is_empty())))
    }
}

/// An answer, when it is of this kind.
pub fn answer<T: for<'d> DynamicDeserialize<'d>>(answer: Answer) -> Option<T> {
    answer.ok().and_then(read)
}

/// The arguments of a message, when they are of this kind.
fn read<T: for<'d> DynamicDeserialize<'d>>(message: &Message) -> Option<T> {
    message.body().deserialize().ok()
}
