//! The provider's own window, in which the user unlocks the keyring: shown, and waited for until it is closed or the
//! provider is gone. The limit is the agent's, which ends this process then. The window stays, and may be answered later:
//! gnome-keyring (42.1) fails an assertion and ends, with all that is open in it, when it is told to take it away.

use zbus::MatchRule;
use zbus::blocking::fdo::DBusProxy;
use zbus::blocking::{Connection, MessageIterator};
use zbus::message::{Message, Type};
use zbus::names::OwnedUniqueName;
use zbus::zvariant::{ObjectPath, OwnedValue};

use crate::ports::keyring::wire::Trouble;

const PROMPT: &str = "org.freedesktop.Secret.Prompt";
const COMPLETED: &str = "Completed";
const BUS: &str = "org.freedesktop.DBus";
const OWNER_CHANGED: &str = "NameOwnerChanged";

/// No window of ours stands behind it.
const NO_WINDOW: &str = "";

/// Shows the window `prompt` of the program `provider`, and waits. An error when the user closes it unanswered.
pub fn show(
    connection: &Connection,
    bus: &DBusProxy<'_>,
    provider: &OwnedUniqueName,
    prompt: &ObjectPath<'_>,
) -> Result<(), Trouble> {
    for rule in rules(provider, prompt).map_err(|_| Trouble::Refused)? {
        bus.add_match_rule(rule).map_err(|_| Trouble::Refused)?;
    }
    let messages = MessageIterator::from(connection);
    let shown =
        connection.call_method(Some(provider), prompt, Some(PROMPT), "Prompt", &(NO_WINDOW,));
    shown.map_err(|_| Trouble::Refused)?;
    for message in messages.flatten() {
        if is_signal(&message, BUS, OWNER_CHANGED) {
            return Err(Trouble::WentAway);
        }
        if is_signal(&message, PROMPT, COMPLETED) && message.header().path() == Some(prompt) {
            return closed(&message);
        }
    }
    Err(Trouble::WentAway)
}

/// The only signals that reach this process: the window is closed, the provider is gone.
fn rules<'a>(
    provider: &'a OwnedUniqueName,
    prompt: &ObjectPath<'a>,
) -> zbus::Result<[MatchRule<'a>; 2]> {
    let signal = || MatchRule::builder().msg_type(Type::Signal);
    let completed = signal().sender(provider)?.path(prompt.clone())?.interface(PROMPT)?;
    let gone = signal().sender(BUS)?.interface(BUS)?.member(OWNER_CHANGED)?;
    Ok([completed.member(COMPLETED)?.build(), gone.add_arg(provider.as_str())?.build()])
}

fn is_signal(message: &Message, interface: &str, member: &str) -> bool {
    let header = message.header();
    message.message_type() == Type::Signal
        && header.interface().is_some_and(|name| name == interface)
        && header.member().is_some_and(|name| name == member)
}

fn closed(message: &Message) -> Result<(), Trouble> {
    match message.body().deserialize::<(bool, OwnedValue)>() {
        Ok((false, _)) => Ok(()),
        Ok((true, _)) => Err(Trouble::Locked),
        Err(_) => Err(Trouble::Refused),
    }
}
