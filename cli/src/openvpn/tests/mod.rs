//! The conversation with OpenVPN, played without one: somebody says its lines, and notes what it is told.

mod commands;
mod conversations;
mod laws;
mod limits;
mod lines;

use passcode_proto::SecretText;
use passcode_proto::join::Template;
use passcode_proto::reply::Meant;

use super::answering::{Answering, Login, Person};
use super::command::Command;
use super::line::{Line, decode};
use super::machine::Machine;
use super::steps::Action;
use crate::output::Failure;

pub const GREETING: &str =
    ">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info";
pub const STATIC: &str = ">PASSWORD:Need 'Auth' username/password SC:1,Enter your PingID passcode";
pub const PLAIN: &str = ">PASSWORD:Need 'Auth' username/password";
pub const REFUSED: &str = ">PASSWORD:Verification Failed: 'Auth'";
pub const CONNECTED: &str = ">STATE:1795464384,CONNECTED,SUCCESS,10.97.0.2,10.98.0.1,11194,,";
pub const RECONNECTING: &str = ">STATE:1795464412,RECONNECTING,auth-failure,,,,,";
pub const CRV1: &str = ">PASSWORD:Verification Failed: 'Auth' ['CRV1:R,E:9qZZh0VhG7VI:b3RwdXNlcg==:Enter your one-time passcode']";
pub const CR_TEXT: &str = ">INFOMSG:CR_TEXT:R,E:Enter your one-time passcode";

/// An agent that counts: its codes are `100001`, `100002` and so on.
#[derive(Debug, Default)]
pub struct Counting {
    pub codes: u32,
    passwords: u32,
    /// Whether somebody can be asked for another password.
    pub may_ask: bool,
    pub locked: bool,
}

impl Login for Counting {
    fn meaning(&mut self, prompt: &str, challenge: bool) -> Result<Meant, Failure> {
        Ok(match prompt {
            text if text.contains("new PIN") => Meant::Refuse,
            text if text.contains("favourite") => Meant::Unknown,
            text if text.contains("user name") => Meant::User,
            text if text.contains("assword again") => Meant::Password,
            text if text.contains("both") => Meant::PasswordAndCode,
            _ if challenge => Meant::Code,
            _ => Meant::Password,
        })
    }

    fn password(&mut self) -> Result<SecretText, Failure> {
        Ok(SecretText::new(format!("Pass\"w\\rd{}", self.passwords)))
    }

    fn another_password(&mut self) -> Result<SecretText, Failure> {
        if !self.may_ask {
            return Err(Failure::usage("There is nobody to ask.", "Come back."));
        }
        self.passwords += 1;
        self.password()
    }

    fn code(&mut self) -> Result<SecretText, Failure> {
        if self.locked {
            return Err(Failure::local("locked", "The vault is locked.", "Unlock it."));
        }
        self.codes += 1;
        Ok(SecretText::new((100_000 + self.codes).to_string()))
    }

    fn joined(&mut self, template: Option<&Template>) -> Result<SecretText, Failure> {
        let usual = Template::new("{password},{code}").unwrap();
        let (password, code) = (self.password()?, self.code()?);
        Ok(template.unwrap_or(&usual).fill(&password, &code))
    }
}

/// A user who says the same to everything, or nobody.
#[derive(Debug, Default)]
pub struct Parrot {
    pub says: Option<&'static str>,
    pub asked: Vec<String>,
}

impl Parrot {
    fn say(&mut self, prompt: &str) -> Result<String, Failure> {
        self.asked.push(prompt.to_owned());
        let nobody = || Failure::usage("There is nobody to ask.", "Come back.");
        self.says.map(str::to_owned).ok_or_else(nobody)
    }
}

impl Person for Parrot {
    fn secret(&mut self, _: &str, prompt: &str) -> Result<SecretText, Failure> {
        self.say(prompt).map(SecretText::new)
    }

    fn line(&mut self, _: &str, prompt: &str) -> Result<String, Failure> {
        self.say(prompt)
    }

    fn confirm(&mut self, _: &str, question: &str) -> Result<bool, Failure> {
        self.say(question).map(|said| said == "yes")
    }
}

/// A conversation and what came of it.
#[derive(Debug)]
pub struct Talk {
    pub machine: Machine,
    pub answering: Answering<Counting, Parrot>,
    /// What OpenVPN was told, a line each.
    pub said: Vec<String>,
    /// What the user was told.
    pub told: Vec<String>,
    /// What it is told later, and after how many seconds.
    pub later: Vec<(u64, String)>,
    pub end: Option<Failure>,
}

impl Talk {
    /// With a user whose name is known, and who cannot be asked anything.
    pub fn new() -> Self {
        let (login, person) = (Counting::default(), Parrot::default());
        let user = Some("otpuser".to_owned());
        Self {
            machine: Machine::new(None),
            answering: Answering { login, person, user, template: None },
            said: Vec::new(),
            told: Vec::new(),
            later: Vec::new(),
            end: None,
        }
    }

    /// One that was greeted and let go.
    pub fn begun() -> Self {
        let mut talk = Self::new();
        talk.hear(&[GREETING, ">HOLD:Waiting for hold release:0"]);
        talk.said.clear();
        talk
    }

    /// OpenVPN says these lines.
    pub fn hear(&mut self, lines: &[&str]) -> &mut Self {
        for line in lines {
            let actions = self.machine.line(decode(line));
            self.act(actions);
        }
        self
    }

    /// OpenVPN asks for the password of its interface.
    pub fn act_on_prompt(&mut self) {
        let actions = self.machine.line(Line::Locked);
        self.act(actions);
    }

    /// What OpenVPN is told when it says these lines.
    pub fn answers(&mut self, lines: &[&str]) -> Vec<String> {
        self.said.clear();
        self.hear(lines);
        std::mem::take(&mut self.said)
    }

    pub fn act(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Send(command) => self.say(&command),
                Action::Later { seconds, command } => {
                    let bytes = command.bytes(self.machine.version()).unwrap();
                    let text = String::from_utf8(bytes.to_vec()).unwrap();
                    self.later.push((seconds, text.trim_end().to_owned()));
                }
                Action::Ask(want) => {
                    let answer = self.answering.answer(&want);
                    let actions = self.machine.answered(answer);
                    self.act(actions);
                }
                Action::Tell(text) => self.told.push(text),
                Action::Host(_) => {}
                Action::End(failure) | Action::GiveUp(failure) => self.end = Some(failure),
            }
        }
    }

    fn say(&mut self, command: &Command) {
        match command.bytes(self.machine.version()) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes.to_vec()).unwrap();
                self.said.extend(text.lines().map(str::to_owned));
            }
            Err(_) => {
                let actions = self.machine.unsayable();
                self.act(actions);
            }
        }
    }

    /// What it ended with.
    pub fn failure(&self) -> &str {
        self.end.as_ref().map_or("", Failure::message)
    }
}
