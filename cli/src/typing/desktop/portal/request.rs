//! Questions to the portal. Each is answered at once with the path of a request, and by a signal of it when the user has decided.
//! The signal can come before the answer, so we choose the request's path by a token and listen before we ask.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::Serialize;
use zbus::blocking::{Connection, MessageIterator};
use zbus::message::{Message, Type};
use zbus::zvariant::{DynamicType, ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{MatchRule, Result as BusResult};

use crate::typing::TypingFault;

const DESKTOP: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const TYPING: &str = "org.freedesktop.portal.RemoteDesktop";
const REQUEST: &str = "org.freedesktop.portal.Request";
const REGISTRY: &str = "org.freedesktop.host.portal.Registry";

/// The name of the product's desktop file, without its ending.
const PROGRAM: &str = "org.passcode.Tray";

/// What a question is asked with beside its arguments.
pub type Options = HashMap<&'static str, Value<'static>>;

/// What comes with the answer.
pub type Results = HashMap<String, OwnedValue>;

/// The portal, as this program is known to it.
#[derive(Debug)]
pub struct Desk {
    bus: Connection,
}

impl Desk {
    /// The portal on this bus.
    pub fn at(bus: Connection) -> Result<Self, zbus::Error> {
        Ok(Self { bus })
    }

    /// Says who we are, so that the leave is ours whatever program has started us. Portals before 1.20 do not listen, nor newer
    /// ones without such a desktop file.
    pub fn register(&self) {
        let body = (PROGRAM, Options::new());
        let _ = self.bus.call_method(Some(DESKTOP), PATH, Some(REGISTRY), "Register", &body);
    }

    /// Asks, and waits for what the user decides.
    pub fn ask<B: Serialize + DynamicType>(
        &self,
        method: &str,
        with: impl FnOnce(Options) -> B,
    ) -> Result<Results, TypingFault> {
        let token = token("request");
        let body = with(HashMap::from([("handle_token", token.clone().into())]));
        match self.response(method, &token, &body)? {
            (0, results) => Ok(results),
            (1, _) => Err(TypingFault::Denied),
            _ => Err(TypingFault::Ended),
        }
    }

    fn response<B: Serialize + DynamicType>(
        &self,
        method: &str,
        token: &str,
        body: &B,
    ) -> BusResult<(u32, Results)> {
        let rule = MatchRule::builder().msg_type(Type::Signal).interface(REQUEST)?;
        let rule = rule.member("Response")?.build();
        let responses = MessageIterator::for_match_rule(rule, &self.bus, None)?;
        let foretold = self.foretold(token);
        let call = self.call(method, body)?;
        let told: OwnedObjectPath = call.body().deserialize()?;
        for message in responses {
            let message = message?;
            if is_about(&message, &[&foretold, told.as_str()], &call) {
                return message.body().deserialize();
            }
        }
        Err(zbus::Error::InvalidReply)
    }

    /// Where the request of this token is, except in portals before 2018, which choose a path of their own.
    fn foretold(&self, token: &str) -> String {
        let name = self.bus.unique_name().map(|name| name.as_str()).unwrap_or_default();
        let name = name.trim_start_matches(':').replace('.', "_");
        format!("{PATH}/request/{name}/{token}")
    }

    /// Calls a method that asks nobody.
    pub fn call<B: Serialize + DynamicType>(&self, method: &str, body: &B) -> BusResult<Message> {
        self.bus.call_method(Some(DESKTOP), PATH, Some(TYPING), method, body)
    }

    /// Calls a method of another of the portal's objects.
    pub fn tell(&self, path: ObjectPath<'_>, interface: &str, method: &str) -> BusResult<Message> {
        self.bus.call_method(Some(DESKTOP), path, Some(interface), method, &())
    }
}

/// Whether the message is about our request, and by whom we asked.
fn is_about(message: &Message, paths: &[&str], call: &Message) -> bool {
    let header = message.header();
    let path = header.path().map(|path| path.as_str());
    path.is_some_and(|path| paths.contains(&path)) && header.sender() == call.header().sender()
}

/// A name that no other request or session of this program has.
pub fn token(what: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("passcode_{what}_{}", COUNT.fetch_add(1, Ordering::Relaxed))
}
