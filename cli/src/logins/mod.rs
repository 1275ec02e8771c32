//! What a login wants: the meaning of a client's prompt, the password, a code that nobody has had before, or both in one.
//! Everything comes from the agent, and from the user where the agent has nothing ([`user`]). Which client asks, and how
//! it is answered, is each command's own.
//!
//! The agent is asked on a connection of its own each time: a VPN stays up for days, and the agent may be started anew.

pub mod pinentry;
pub mod user;

use std::time::{Duration, Instant};

use passcode_proto::fault::seconds_of;
use passcode_proto::join::Template;
use passcode_proto::limits::CODE_WAIT;
use passcode_proto::reply::Meaning;
use passcode_proto::request::{GetCode, PasswordUse, PromptExplain};
use passcode_proto::{FaultCode, Label, SecretText, Verb};

use crate::context::Context;
use crate::output::{self, Failure};

/// As much of a prompt as the agent looks at, in bytes, and some more.
const PROMPT_BYTES: usize = 8 * 1024;

/// How password and code are joined when nobody says otherwise.
const USUAL: &str = "{password}{code}";

/// How long a login waits for a code that nobody has had: several that ask at the same moment get one step each.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);

/// What a login wants from the agent and, where that is needed, from the user.
#[derive(Debug)]
pub struct Login<'a> {
    context: &'a Context,
    program: Option<&'static str>,
    host: Option<String>,
    profile: Option<String>,
    password: Option<SecretText>,
}

impl<'a> Login<'a> {
    /// A login by `program` to `host`.
    pub fn new(
        context: &'a Context,
        program: &'static str,
        host: Option<&str>,
        profile: Option<String>,
    ) -> Self {
        Self {
            program: Some(program),
            host: host.map(str::to_owned),
            ..Self::of_caller(context, profile)
        }
    }

    /// A login by whatever program runs this one, as the agent finds out.
    pub fn of_caller(context: &'a Context, profile: Option<String>) -> Self {
        Self { context, program: None, host: None, profile, password: None }
    }

    /// The same, with a password that the user has brought.
    pub fn with_password(self, password: SecretText) -> Self {
        Self { password: Some(password), ..self }
    }

    /// What the prompt asks for. `challenge` says that the client's own protocol wants a second factor. The profile and
    /// the host that come to light are kept for what is asked for next.
    pub fn meaning(&mut self, prompt: &str, challenge: bool) -> Result<Meaning, Failure> {
        let start = prompt.ceil_char_boundary(prompt.len().saturating_sub(PROMPT_BYTES));
        let meaning = self.context.agent()?.call(PromptExplain {
            text: prompt[start..].to_owned(),
            program: self.program.map(str::to_owned),
            host: self.host.clone(),
            challenge,
        })?;
        if self.profile.is_none() {
            self.profile = meaning.profile.as_ref().map(|profile| profile.as_str().to_owned());
        }
        if self.host.is_none() {
            self.host = meaning.host.as_ref().map(|host| host.as_str().to_owned());
        }
        Ok(meaning)
    }

    /// The password: the one brought, else the vault's, else the user's. The same each time.
    ///
    /// # Errors
    /// When there is none and nobody can be asked for it.
    pub fn password(&mut self) -> Result<SecretText, Failure> {
        if let Some(password) = &self.password {
            return Ok(password.clone());
        }
        match self.stored(false) {
            Err(none) if none.is(FaultCode::NoPassword) => {
                let what = match &self.host {
                    Some(host) => format!("Password for {host}"),
                    None => "Password".to_owned(),
                };
                let password = user::ask(self.context, &what)?.ok_or_else(|| no_password(&none))?;
                self.password = Some(password.clone());
                Ok(password)
            }
            other => other,
        }
    }

    /// Another password after the server refused the one before: only the user can know it.
    ///
    /// # Errors
    /// When nobody can be asked for it.
    pub fn another_password(&mut self) -> Result<SecretText, Failure> {
        let what = "The server refused the password. Another one";
        let password = user::ask(self.context, what)?.ok_or_else(refused_password)?;
        self.password = Some(password.clone());
        Ok(password)
    }

    /// A code that was never given out before. When it has to be waited for, that is said on standard error.
    pub fn code(&mut self) -> Result<SecretText, Failure> {
        let code = self.patiently(|login, wait| GetCode {
            profile: login.profile.clone(),
            fresh: true,
            min_valid: None,
            wait,
            show: false,
            no_prompt: login.context.keeps_agent_from_asking(),
            purpose: login.purpose(),
        })?;
        Ok(code.code)
    }

    /// Password and code in one: by `template`, by the one that the profile has, or one after the other.
    pub fn joined(&mut self, template: Option<&Template>) -> Result<SecretText, Failure> {
        if self.password.is_none() && template.is_none() {
            match self.stored(true) {
                Err(none) if none.is(FaultCode::NoPassword) => {}
                other => return other,
            }
        }
        let usual = Template::new(USUAL).map_err(|fault| Failure::usage(fault.to_string(), ""))?;
        let template = template.unwrap_or(&usual);
        let password = match template.wants_password() {
            true => self.password()?,
            false => SecretText::new(String::new()),
        };
        Ok(template.fill(&password, &self.code()?))
    }

    fn stored(&self, joined: bool) -> Result<SecretText, Failure> {
        let login = self.patiently(|login, wait| PasswordUse {
            profile: login.profile.clone(),
            joined,
            fresh: joined,
            min_valid: None,
            wait,
            no_prompt: login.context.keeps_agent_from_asking(),
            purpose: login.purpose(),
        })?;
        Ok(login.text)
    }

    /// Asks without waiting first, so that a wait can be announced before it begins.
    fn patiently<V: Verb + Clone>(
        &self,
        wanted: impl Fn(&Self, Option<u32>) -> V,
    ) -> Result<V::Answer, Failure> {
        let end = Instant::now() + LONGEST_WAIT;
        loop {
            match announced(self.context, CODE_WAIT, |wait| wanted(self, wait)) {
                Err(late) if is_within(&late, CODE_WAIT) && Instant::now() < end => {}
                other => return other,
            }
        }
    }

    fn purpose(&self) -> Option<Label> {
        self.host.as_deref().and_then(|host| Label::new(host).ok())
    }
}

/// Asks the agent for what may have to be waited for, `longest` seconds at the most: when it has to be, that is said
/// first. `wanted` is the request for a wait of so many seconds.
pub fn announced<V: Verb + Clone>(
    context: &Context,
    longest: u32,
    wanted: impl Fn(Option<u32>) -> V,
) -> Result<V::Answer, Failure> {
    let mut agent = context.agent()?;
    match agent.call(wanted(Some(0))) {
        Err(late) if is_within(&late, longest) => {
            output::note(&format!("passcode: {} Waiting …", late.message()));
            agent.call(wanted(Some(longest)))
        }
        other => other,
    }
}

/// Whether a wait is all that it takes, and no longer than `longest` seconds.
fn is_within(late: &Failure, longest: u32) -> bool {
    late.is(FaultCode::NotReady)
        && seconds_of(late.message()).is_some_and(|wait| wait <= u64::from(longest))
}

fn no_password(none: &Failure) -> Failure {
    none.clone().with_hint(
        "Store it with: passcode password set PROFILE, or write it to standard input, on one line."
            .to_owned(),
    )
}

fn refused_password() -> Failure {
    Failure::refused(
        "password_refused",
        "The server refused the password.",
        "Try it by hand; if it has changed: passcode password set PROFILE",
    )
}
