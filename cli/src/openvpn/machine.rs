//! The conversation with OpenVPN, without anything that does something: [`Line`]s and [`Answer`]s come in, [`Action`]s go
//! out. Here is decided what is asked and what is sent; when it is enough, [`Tally`] counts.
//! Being connected begins a new count, and so does a renegotiation, which comes while OpenVPN is connected.

use passcode_proto::SecretText;

use super::command::Command;
use super::line::{Challenge, Dynamic, Line, Need, Refusal, What};
use super::shown;
use super::steps::{Action, Answer, Gone, Want};
use super::tally::{Gave, Tally};
use super::verdict;
use crate::output::Failure;

/// Why OpenVPN says that it ends when it was told to.
const ORDERLY: [&str; 6] =
    ["", "SIGINT", "SIGTERM", "exit-with-notification", "init_instance", "management-exit"];

/// Seconds after which a renegotiation has used what it asked for.
const FORGET: u64 = 3;

/// The realm of the login itself.
const AUTH: &str = "Auth";

/// The realm of the key that OpenVPN reads from a file.
pub const PRIVATE_KEY: &str = "Private Key";

/// The conversation as far as it has come.
#[derive(Debug)]
pub struct Machine {
    /// The version of the interface.
    version: u32,
    /// The interface's own password, until it was given.
    key: Option<SecretText>,
    key_given: bool,
    /// What OpenVPN waits for.
    open: Option<Want>,
    /// What an answer is looked for.
    asked: Option<Want>,
    /// What the next question for name and password means.
    challenge: Option<Dynamic>,
    tally: Tally,
    /// Whether OpenVPN asked for the private key's password, which it is not to forget.
    has_key_password: bool,
    /// The private key's or the proxy's password was refused.
    again: bool,
    another_password: bool,
    connected: bool,
    /// Why OpenVPN ends, when it says so.
    leaving: Option<String>,
    fatal: Option<String>,
    /// What the server last said when it refused.
    refused: Option<Refusal>,
    /// What had been given then.
    refused_gave: Gave,
    over: bool,
}

impl Machine {
    /// A conversation that has not begun; `key` is the interface's own password.
    pub fn new(key: Option<SecretText>) -> Self {
        Self {
            version: 0,
            key,
            key_given: false,
            open: None,
            asked: None,
            challenge: None,
            tally: Tally::default(),
            has_key_password: false,
            again: false,
            another_password: false,
            connected: false,
            leaving: None,
            fatal: None,
            refused: None,
            refused_gave: Gave::Nothing,
            over: false,
        }
    }

    /// The version of the interface, 0 before the greeting.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Takes in a line.
    pub fn line(&mut self, line: Line) -> Vec<Action> {
        if self.over {
            return Vec::new();
        }
        match line {
            Line::Locked => self.locked(),
            Line::WrongPassword => self.give_up(verdict::wrong_key()),
            Line::TooLong => self.give_up(verdict::too_long()),
            Line::Greeting { version } => self.greeted(version),
            Line::Hold { seconds } => {
                self.open = None;
                vec![Action::Later { seconds, command: Command::Release }]
            }
            Line::Need(need) => self.needed(need),
            Line::Refused { realm, why } => self.refused(&realm, why),
            Line::State { name, detail } => self.is_now(&name, detail),
            Line::Challenge(challenge) => self.challenged(challenge),
            Line::Page(page) => vec![Action::Tell(verdict::page(&page))],
            Line::Fatal(text) => {
                self.fatal = Some(text);
                Vec::new()
            }
            Line::Remote => vec![Action::Send(Command::Accept)],
            Line::Proxy => vec![Action::Send(Command::NoProxy)],
            Line::Certificate => self.give_up(verdict::certificate()),
            Line::Server(host) => vec![Action::Host(host)],
            Line::Other => Vec::new(),
        }
    }

    /// Takes in what was looked for.
    pub fn answered(&mut self, answer: Result<Answer, Failure>) -> Vec<Action> {
        let asked = self.asked.take();
        if self.over {
            return Vec::new();
        }
        let answer = match answer {
            Ok(answer) => answer,
            Err(failure) => return self.not_found(asked.as_ref(), failure),
        };
        match self.open.take() {
            Some(open) if Some(&open) == asked.as_ref() => self.send(&open, answer),
            // Meanwhile OpenVPN asks for something else.
            open => {
                self.open = open;
                self.ask()
            }
        }
    }

    /// There is no answer. Where it would have been another password, that the first one was refused tells more.
    fn not_found(&mut self, asked: Option<&Want>, failure: Failure) -> Vec<Action> {
        match (asked, &self.refused) {
            (Some(Want::Login { another_password: true, .. }), Some(why)) => {
                let failure = verdict::refused(Gave::Password, why);
                self.end(failure)
            }
            _ => self.give_up(failure),
        }
    }

    /// A command could not be said.
    pub fn unsayable(&mut self) -> Vec<Action> {
        self.give_up(verdict::too_long())
    }

    /// How it ended, when OpenVPN has gone by itself.
    pub fn gone(&self) -> Gone {
        match (&self.fatal, &self.leaving, &self.refused) {
            (Some(text), ..) => Gone::Told(verdict::fatal(text)),
            (None, Some(reason), Some(refused)) if reason.starts_with("auth-failure") => {
                Gone::Told(verdict::refused(self.refused_gave, refused))
            }
            (None, Some(reason), _) if ORDERLY.contains(&reason.as_str()) => Gone::Orderly,
            (None, Some(reason), _) => Gone::Told(verdict::left(reason)),
            (None, None, _) => Gone::Silent,
        }
    }

    fn locked(&mut self) -> Vec<Action> {
        match self.key.take() {
            Some(key) => {
                self.key_given = true;
                vec![Action::Send(Command::Unlock(key))]
            }
            None if self.key_given => self.give_up(verdict::wrong_key()),
            None => self.give_up(verdict::no_key()),
        }
    }

    fn greeted(&mut self, version: u32) -> Vec<Action> {
        self.version = version;
        [Command::Version, Command::AskAgain, Command::Server, Command::States]
            .map(Action::Send)
            .into()
    }

    fn needed(&mut self, need: Need) -> Vec<Action> {
        if need.realm == AUTH && self.connected {
            // It asks again without having lost the connection, so what was given last was right.
            self.begin_anew();
        }
        self.has_key_password |= need.realm == PRIVATE_KEY;
        let another_password = self.another_password;
        let want = match (need.realm.as_str(), &need.what) {
            (AUTH, What::UserAndPassword(challenge)) => match (challenge, self.challenge.take()) {
                (None, Some(dynamic)) => Want::Dynamic(dynamic),
                (challenge, _) => Want::Login { challenge: challenge.clone(), another_password },
            },
            (AUTH, What::User) => Want::User,
            _ => Want::Other { need, again: self.again },
        };
        self.open = Some(want);
        self.ask()
    }

    fn challenged(&mut self, challenge: Challenge) -> Vec<Action> {
        if !challenge.answer {
            return vec![Action::Tell(verdict::says(&challenge.text))];
        }
        if self.connected {
            self.begin_anew();
        }
        if self.tally.gave() == Gave::Code && self.tally.code_refused() {
            return self.end(verdict::asks_on(&challenge.text));
        }
        self.open = Some(Want::Response(challenge));
        self.ask()
    }

    /// Looks for an answer to what is open, unless one is being looked for.
    fn ask(&mut self) -> Vec<Action> {
        match (&self.open, &self.asked) {
            (Some(open), None)
                if self.tally.has_no_codes() && !matches!(open, Want::Other { .. }) =>
            {
                self.end(verdict::unheard())
            }
            (Some(open), None) => {
                self.asked = Some(open.clone());
                vec![Action::Ask(open.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn send(&mut self, want: &Want, answer: Answer) -> Vec<Action> {
        self.tally.give(answer.gave);
        self.another_password &= !matches!(want, Want::Login { .. });
        let Answer { user, secret, .. } = answer;
        let (realm, what) = match want {
            Want::Response(_) => return vec![Action::Send(Command::Response(secret))],
            Want::Other { need: Need { realm, what }, .. } => (realm.clone(), Some(what)),
            _ => (AUTH.to_owned(), None),
        };
        match what {
            Some(What::Confirmation(_)) => {
                let done = secret.expose() == "ok";
                return vec![Action::Send(Command::Confirm { name: realm, done })];
            }
            Some(What::Text(_)) => {
                return vec![Action::Send(Command::Text { name: realm, text: secret })];
            }
            _ => {}
        }
        let wants_password = *want != Want::User && what != Some(&What::User);
        let user = user.map(|name| Command::User { realm: realm.clone(), name });
        let password = wants_password.then_some(Command::Password { realm, secret });
        let said = user.into_iter().chain(password).map(Action::Send);
        said.chain(self.connected.then(|| self.forgetting(FORGET)).flatten()).collect()
    }

    fn refused(&mut self, realm: &str, why: Refusal) -> Vec<Action> {
        if [PRIVATE_KEY, "HTTP Proxy", "SOCKS Proxy"].contains(&realm) {
            self.again = true;
            return match self.tally.other_failed() {
                false => Vec::new(),
                true => self.end(verdict::other_refused(realm)),
            };
        }
        self.connected = false;
        let gave = self.tally.judged();
        (self.refused, self.refused_gave) = (Some(why.clone()), gave);
        match why {
            Refusal::Dynamic(dynamic) => self.asked_for_more(gave, dynamic),
            why @ Refusal::Temporary(_) => self.another_time(gave, &why),
            why => match gave {
                _ if why == Refusal::Expired => self.another_time(gave, &why),
                Gave::Nothing => self.another_time(gave, &why),
                Gave::Password if self.tally.has_passwords() => {
                    self.another_password = true;
                    let reason = verdict::reason(&why).map(|reason| verdict::says(&reason));
                    reason.map(Action::Tell).into_iter().collect()
                }
                Gave::Code if !self.tally.code_refused() => {
                    vec![Action::Tell(verdict::once_more(&why))]
                }
                _ => self.end(verdict::refused(gave, &why)),
            },
        }
    }

    fn asked_for_more(&mut self, gave: Gave, dynamic: Dynamic) -> Vec<Action> {
        if gave == Gave::Code && dynamic.challenge.answer && self.tally.code_refused() {
            return self.end(verdict::asks_on(&dynamic.challenge.text));
        }
        self.challenge = Some(dynamic);
        Vec::new()
    }

    /// Nothing that we gave was found wrong. OpenVPN tries again, but not for ever.
    fn another_time(&mut self, gave: Gave, why: &Refusal) -> Vec<Action> {
        if self.tally.other_failed() {
            return self.end(verdict::refused(gave, why));
        }
        match verdict::reason(why) {
            Some(reason) => vec![Action::Tell(verdict::says(&reason))],
            None => Vec::new(),
        }
    }

    fn is_now(&mut self, name: &str, detail: String) -> Vec<Action> {
        match name {
            "CONNECTED" => self.is_connected(),
            "RECONNECTING" => {
                self.open = None;
                match std::mem::replace(&mut self.connected, false) {
                    true => vec![Action::Tell(verdict::lost(&detail))],
                    false => Vec::new(),
                }
            }
            "EXITING" => {
                self.open = None;
                self.leaving = Some(shown::plain(&detail));
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn is_connected(&mut self) -> Vec<Action> {
        let forget = self.forgetting(0);
        let news = !std::mem::replace(&mut self.connected, true);
        self.begin_anew();
        self.open = None;
        let news = news.then(|| Action::Tell(verdict::CONNECTED.to_owned()));
        forget.into_iter().chain(news).collect()
    }

    /// What OpenVPN would remember is a code that is spent; without it, it asks again when it renegotiates.
    fn forgetting(&self, seconds: u64) -> Option<Action> {
        let remembers = self.tally.gave() == Gave::Code && !self.has_key_password;
        remembers.then_some(Action::Later { seconds, command: Command::Forget })
    }

    fn begin_anew(&mut self) {
        self.tally = Tally::default();
        (self.again, self.another_password) = (false, false);
        self.refused = None;
    }

    fn give_up(&mut self, failure: Failure) -> Vec<Action> {
        self.over = true;
        self.open = None;
        vec![Action::GiveUp(failure)]
    }

    fn end(&mut self, failure: Failure) -> Vec<Action> {
        self.over = true;
        self.open = None;
        vec![Action::Send(Command::Terminate), Action::End(failure)]
    }
}
