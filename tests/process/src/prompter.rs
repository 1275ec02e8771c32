//! The window of a GNOME desktop that asks for passwords (`org.gnome.keyring.SystemPrompter`), with a user who does as
//! the test says. It counts what is asked. It ends with the bus.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use zbus::blocking::{Connection, MessageIterator};
use zbus::message::{Message, Type};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use crate::exchange::Exchange;

const CALLBACK: &str = "org.gnome.keyring.internal.Prompter.Callback";

/// What the user does with every window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum User {
    /// Is away.
    Away,
    /// Types this password.
    Types(&'static str),
    /// Closes it.
    Declines,
}

/// What was asked.
#[derive(Debug)]
pub struct Prompter {
    begun: Arc<AtomicUsize>,
}

impl Prompter {
    /// Takes the place of the desktop's own on the bus of `connection`, which nobody else uses.
    ///
    /// # Panics
    /// When that is taken.
    pub fn start(connection: Connection, user: User) -> Self {
        let begun = Arc::<AtomicUsize>::default();
        let (exchange, messages) = (Exchange::default(), MessageIterator::from(&connection));
        let named = connection.request_name("org.gnome.keyring.SystemPrompter");
        named.expect("a name on the bus");
        let window = Window { user, begun: Arc::clone(&begun), connection, exchange };
        thread::spawn(move || {
            let calls = messages.flatten();
            calls.filter(|call| call.message_type() == Type::MethodCall).try_for_each(|call| {
                // The bus is gone when an answer fails.
                window.answer(&call)
            })
        });
        Self { begun }
    }

    /// How many windows were opened.
    pub fn begun(&self) -> usize {
        self.begun.load(Ordering::Relaxed)
    }
}

struct Window {
    user: User,
    begun: Arc<AtomicUsize>,
    connection: Connection,
    exchange: Exchange,
}

impl Window {
    /// Every call names its caller's object, is answered at once, and is followed by a call of that object.
    fn answer(&self, call: &Message) -> zbus::Result<()> {
        let (header, body) = (call.header(), call.body());
        self.connection.reply(&header, &())?;
        match header.member().map(|name| name.as_str()) {
            Some("BeginPrompting") => {
                self.begun.fetch_add(1, Ordering::Relaxed);
                self.say(call, &body.deserialize()?, "", &self.exchange.beginning())
            }
            Some("PerformPrompt") => {
                type Asked<'a> = (OwnedObjectPath, &'a str, HashMap<&'a str, OwnedValue>, &'a str);
                let (object, _, _, exchange): Asked<'_> = body.deserialize()?;
                match self.user {
                    User::Away => Ok(()),
                    User::Declines => self.say(call, &object, "no", ""),
                    User::Types(word) => {
                        self.say(call, &object, "yes", &self.exchange.seal(exchange, word))
                    }
                }
            }
            Some("StopPrompting") => self.call(call, &body.deserialize()?, "PromptDone", &()),
            _ => Ok(()),
        }
    }

    fn say(
        &self,
        call: &Message,
        object: &OwnedObjectPath,
        reply: &str,
        exchange: &str,
    ) -> zbus::Result<()> {
        let properties = HashMap::<&str, Value<'_>>::new();
        self.call(call, object, "PromptReady", &(reply, properties, exchange))
    }

    fn call(
        &self,
        call: &Message,
        object: &OwnedObjectPath,
        method: &str,
        question: &(impl serde::Serialize + zbus::zvariant::DynamicType),
    ) -> zbus::Result<()> {
        let header = call.header();
        let done = self.connection.call_method(
            header.sender().cloned(),
            object,
            Some(CALLBACK),
            method,
            question,
        );
        match done {
            // Who asked is gone.
            Err(zbus::Error::MethodError(..)) => Ok(()),
            done => done.map(drop),
        }
    }
}
