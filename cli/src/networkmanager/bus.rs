//! The system bus, as an agent of NetworkManager needs it: names of what is called there, being registered, and the answers
//! that NetworkManager understands. Source: NetworkManager's D-Bus interfaces `AgentManager` and `SecretAgent`.

use std::collections::HashMap;
use std::thread;
use std::time::Duration;

use passcode_proto::SecretText;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::message::Message;
use zbus::zvariant::Value;

use crate::output::Failure;

/// NetworkManager's name on the bus.
pub const NETWORK_MANAGER: &str = "org.freedesktop.NetworkManager";

/// Where NetworkManager looks for an agent.
pub const PATH: &str = "/org/freedesktop/NetworkManager/SecretAgent";

/// What it calls there; its errors begin with the same name.
pub const INTERFACE: &str = "org.freedesktop.NetworkManager.SecretAgent";

/// The bus itself.
pub const BUS: &str = "org.freedesktop.DBus";

/// What tells that a VPN is up, or down.
pub const VPN: &str = "org.freedesktop.NetworkManager.VPN.Connection";

const MANAGER: &str = "org.freedesktop.NetworkManager.AgentManager";
const MANAGER_PATH: &str = "/org/freedesktop/NetworkManager/AgentManager";

/// This agent's identifier: one of the same user at a time.
const IDENTIFIER: &str = "org.passcode.Agent";

/// It understands the hints that VPN plugins give (`VPN_HINTS`).
const CAPABILITIES: u32 = 0x1;

/// How long NetworkManager and the bus may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often, and how long after each other, a NetworkManager that has just started is asked.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);

/// Connects to the system bus.
pub fn connect() -> Result<Connection, Failure> {
    let bus = Builder::system().and_then(|builder| builder.method_timeout(PATIENCE).build());
    bus.map_err(|_| {
        Failure::local(
            "bus",
            "The system's D-Bus cannot be reached.",
            "See that it runs: systemctl status dbus",
        )
    })
}

/// Asks the bus for the signals that are followed: who NetworkManager is, and which VPN is up or down.
pub fn subscribe(bus: &Connection) -> zbus::Result<()> {
    for rule in [
        format!("type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{NETWORK_MANAGER}'"),
        format!("type='signal',sender='{NETWORK_MANAGER}',interface='{VPN}'"),
    ] {
        call(bus, BUS, "/org/freedesktop/DBus", BUS, "AddMatch", &rule)?;
    }
    Ok(())
}

/// NetworkManager's own name on the bus, while it runs.
pub fn owner(bus: &Connection) -> Option<String> {
    let answer = call(bus, BUS, "/org/freedesktop/DBus", BUS, "GetNameOwner", &NETWORK_MANAGER);
    answer.ok()?.body().deserialize().ok()
}

/// Has NetworkManager ask this program; it is asked again for a while when it has just started.
pub fn register(bus: &Connection) -> Result<(), Failure> {
    let body = (IDENTIFIER, CAPABILITIES);
    for _ in 1..TRIES {
        if manage(bus, "RegisterWithCapabilities", &body).is_ok() {
            return Ok(());
        }
        thread::sleep(PAUSE);
    }
    manage(bus, "RegisterWithCapabilities", &body).map(drop).map_err(|_| {
        Failure::refused(
            "networkmanager",
            "NetworkManager does not take this program as an agent.",
            "See what it says: journalctl -u NetworkManager",
        )
    })
}

/// Has NetworkManager ask no more. One that has gone asks no more anyhow.
pub fn unregister(bus: &Connection) {
    let _ = manage(bus, "Unregister", &());
}

/// The path of the settings that an active connection was made from.
pub fn settings_of(bus: &Connection, active: &str) -> Option<String> {
    let body = ("org.freedesktop.NetworkManager.Connection.Active", "Connection");
    let interface = "org.freedesktop.DBus.Properties";
    let answer = call(bus, NETWORK_MANAGER, active, interface, "Get", &body).ok()?;
    let body = answer.body();
    let value: Value<'_> = body.deserialize().ok()?;
    match value {
        Value::ObjectPath(path) => Some(path.as_str().to_owned()),
        _ => None,
    }
}

fn manage<B>(bus: &Connection, method: &str, body: &B) -> zbus::Result<Message>
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
{
    call(bus, NETWORK_MANAGER, MANAGER_PATH, MANAGER, method, body)
}

fn call<B>(
    bus: &Connection,
    of: &str,
    path: &str,
    interface: &str,
    method: &str,
    body: &B,
) -> zbus::Result<Message>
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
{
    bus.call_method(Some(of), path, Some(interface), method, body)
}

/// Why there are no secrets, by the errors that NetworkManager knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Another agent may have them.
    NoSecrets,
    /// Nobody is to be asked any more; the connection fails.
    UserCanceled,
    /// NetworkManager has called the question off.
    AgentCanceled,
    /// Somebody else than NetworkManager asks.
    PermissionDenied,
    /// The question cannot be understood.
    InvalidConnection,
    /// There is no such method here.
    UnknownMethod,
}

impl Refusal {
    /// The error's name on the bus.
    fn name(self) -> String {
        match self {
            Self::UnknownMethod => "org.freedesktop.DBus.Error.UnknownMethod".to_owned(),
            other => format!("{INTERFACE}.{other:?}"),
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::NoSecrets => "This agent has no secrets for the connection.",
            Self::UserCanceled => "The login was refused, and is not tried again.",
            Self::AgentCanceled => "The question was called off.",
            Self::PermissionDenied => "Only NetworkManager may ask.",
            Self::InvalidConnection => "The question cannot be understood.",
            Self::UnknownMethod => "There is no such method here.",
        }
    }
}

/// Answers a call with the secrets of a VPN, or with the reason why there are none. A bus that has gone needs no answer.
pub fn answer(bus: &Connection, call: &Message, secrets: Result<Secrets, Refusal>) {
    let header = call.header();
    let _ = match &secrets {
        Ok(secrets) => bus.reply(&header, &secrets.body()),
        Err(refusal) => bus.reply_error(&header, refusal.name(), &refusal.message()),
    };
}

/// Answers a call that asks for nothing.
pub fn acknowledge(bus: &Connection, call: &Message) {
    let _ = bus.reply(&call.header(), &());
}

/// The secrets of a VPN, by their keys.
#[derive(Debug, Default)]
pub struct Secrets(pub Vec<(String, SecretText)>);

impl Secrets {
    /// One secret.
    pub fn one(key: &str, secret: SecretText) -> Self {
        Self(vec![(key.to_owned(), secret)])
    }

    /// `{"vpn": {"secrets": {KEY: SECRET}}}`, as the setting is spelled.
    fn body(&self) -> HashMap<&'static str, HashMap<&'static str, Value<'_>>> {
        let secrets: HashMap<&str, &str> =
            self.0.iter().map(|(key, secret)| (key.as_str(), secret.expose())).collect();
        HashMap::from([("vpn", HashMap::from([("secrets", secrets.into())]))])
    }
}
