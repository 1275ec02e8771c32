//! One question, from the connection's settings to secrets or the reason why there are none. Blocks while the agent, the
//! user or a server is asked; what the user of this program has to know goes to standard error, without anything secret.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use passcode_proto::reply::{Meaning, Meant};
use passcode_proto::{Label, SecretText};

use super::asked::{Asked, PASSWORD};
use super::attempts::{Attempts, Refused, Secret, Step};
use super::bus::{Refusal, Secrets};
use super::connection::{Plugin, Settings, Vpn};
use super::named::{Chosen, Names};
use crate::output::{self, Failure};
use crate::text;

/// A question, as it came.
#[derive(Debug)]
pub struct Question {
    pub settings: Settings,
    /// The path of the connection's settings.
    pub path: String,
    /// Which setting's secrets are wanted.
    pub setting: String,
    pub hints: Vec<String>,
    pub flags: u32,
}

/// Whether a question was called off.
#[derive(Debug, Clone, Default)]
pub struct CallOff(Arc<AtomicBool>);

impl CallOff {
    /// Calls the question off.
    pub fn call_off(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was called off.
    pub fn is_off(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Where secrets come from.
pub trait Source: Send + Sync + 'static {
    /// What a text asks for when this host is logged in to, and by which profile.
    fn meaning(&self, host: Option<&str>, text: &str, challenge: bool) -> Result<Meaning, Failure>;

    /// A password or a code for a VPN.
    fn secret(&self, vpn: &Vpn, chosen: &Chosen, secret: Secret) -> Result<SecretText, Failure>;

    /// Logs in to a VPN by itself; gives what its plugin takes instead of password and code.
    fn log_in(&self, vpn: &Vpn, chosen: &Chosen, off: &CallOff) -> Result<Secrets, Failure>;

    /// The profile that the user's rules name for every program and host, which names no connection.
    fn usual_profile(&self) -> Result<Option<Label>, Failure>;
}

/// What answers questions, and what it remembers of them.
#[derive(Debug)]
pub struct Answering<S> {
    pub source: S,
    pub names: Names,
    pub attempts: Mutex<Attempts>,
}

impl<S: Source> Answering<S> {
    /// Answers a question.
    pub fn answer(&self, question: &Question, off: &CallOff) -> Result<Secrets, Refusal> {
        if question.setting != "vpn" {
            return Err(Refusal::NoSecrets);
        }
        let vpn = Vpn::of(&question.settings).ok_or(Refusal::NoSecrets)?;
        self.answer_for(&vpn, question, off).map_err(|why| self.tell(&vpn, &question.path, why))
    }

    /// What is known of tries to connect.
    pub fn attempts(&self) -> impl std::ops::DerefMut<Target = Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer_for(&self, vpn: &Vpn, question: &Question, off: &CallOff) -> Result<Secrets, Why> {
        let usual = self.source.usual_profile()?;
        let by_rule = |host: &str| {
            let named = self.source.meaning(Some(host), RULE_TEXT, false)?.profile;
            let named = named.filter(|profile| usual.as_ref() != Some(profile));
            Ok(named.map(|profile| profile.as_str().to_owned()))
        };
        let chosen = self.names.find(vpn, by_rule)?.ok_or(Why::NotOurs)?;
        let asked = Asked::read(&question.hints, question.flags);
        if asked.secret.is_none() && !vpn.takes_login() {
            return Err(Why::NotOurs);
        }
        let meaning = |text: &str, challenge: bool| self.meant(&chosen, text, challenge);
        let step = self.attempts().step(&question.path, vpn.plugin, &asked, meaning)?;
        if off.is_off() {
            return Err(Why::CalledOff);
        }
        match step {
            Step::Decline => Err(Why::NotOurs),
            Step::GiveUp(refused) => Err(Why::Refused(refused)),
            Step::LogIn => Ok(self.source.log_in(vpn, &chosen, off)?),
            Step::Give(secret) => {
                let key = asked.secret.as_deref().unwrap_or(PASSWORD);
                Ok(Secrets::one(key, self.source.secret(vpn, &chosen, secret)?))
            }
        }
    }

    fn meant(&self, chosen: &Chosen, text: &str, challenge: bool) -> Result<Meant, Failure> {
        Ok(self.source.meaning(chosen.host.as_deref(), text, challenge)?.answer)
    }

    /// Says on standard error why there is nothing, where that is news, and gives the answer for NetworkManager.
    fn tell(&self, vpn: &Vpn, path: &str, why: Why) -> Refusal {
        match why {
            Why::NotOurs => return Refusal::NoSecrets,
            Why::CalledOff => {}
            Why::Refused(refused) => output::note(&told(vpn, refused)),
            Why::Failed(ref failure) => {
                output::note(&format!("{}: {}", shown(vpn), failure.in_one_line()));
            }
        }
        self.attempts().over(path);
        match why {
            Why::CalledOff => Refusal::AgentCanceled,
            Why::Failed(failure) if !failure.is_refusal() => Refusal::NoSecrets,
            _ => Refusal::UserCanceled,
        }
    }
}

/// What rules are asked about when only the connection is meant, whatever is asked for: no rule for a text fits it.
const RULE_TEXT: &str = "";

/// Why there are no secrets.
#[derive(Debug)]
enum Why {
    NotOurs,
    CalledOff,
    Refused(Refused),
    Failed(Failure),
}

impl From<Failure> for Why {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

fn shown(vpn: &Vpn) -> String {
    format!("NetworkManager's connection {}", text::printable(&vpn.id))
}

fn told(vpn: &Vpn, refused: Refused) -> String {
    let (what, hint) = match refused {
        Refused::Code => (
            "The server refused the code, or the password with it",
            "See that it is the right profile; after many unused HOTP codes: passcode hotp resync",
        ),
        Refused::Password => ("The server refused the password", "Connect again, and type it"),
    };
    format!("passcode: {}: {what}; nothing more is tried.\n  {hint}.", shown(vpn))
}

impl Vpn {
    /// Whether password or code of a user can be what is wanted when nothing is said.
    fn takes_login(&self) -> bool {
        let kinds = ["password", "password-tls"];
        self.plugin == Plugin::OpenConnect
            || self.setting("connection-type").is_some_and(|kind| kinds.contains(&kind))
    }
}
