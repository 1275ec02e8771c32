//! What an administrator of the server does: makes tokens and containers, shows keys, sets policies.

use std::sync::atomic::{AtomicUsize, Ordering};

use passcode_daemon::ports::courier::Method;
use serde_json::{Value, json};

use super::{PrivacyIdea, REALM, User, text};

/// A token of the server.
#[derive(Debug, Clone)]
pub struct Token {
    /// Its name.
    pub serial: String,
    /// The key that the server shows, `otpauth://…`.
    pub key: String,
}

/// A container of the server.
#[derive(Debug, Clone)]
pub struct Container {
    /// Its name.
    pub serial: String,
}

/// What a container's key asks for beside itself.
#[derive(Debug, Clone, Copy)]
pub enum Asking {
    /// Nothing.
    Nothing,
    /// The answer to a question.
    Passphrase {
        /// The question.
        prompt: &'static str,
        /// Its answer.
        answer: &'static str,
    },
    /// The password by which the user signs on.
    Password,
}

/// Something that holds for one user until it is dropped.
#[derive(Debug)]
#[must_use = "it holds for as long as this is held"]
pub struct Policy<'a> {
    server: &'a PrivacyIdea,
    name: String,
}

impl Drop for Policy<'_> {
    fn drop(&mut self) {
        let path = format!("/policy/{}", self.name);
        // A test that fails may have lost the server.
        let _ = self.server.ask_by(Method::Delete, &path, None, &self.server.pass);
    }
}

impl PrivacyIdea {
    /// Lets `action` hold for `user`, as a policy of this scope.
    pub fn rule(&self, user: &User, scope: &str, action: &str) -> Policy<'_> {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let name = format!("rule{}", MADE.fetch_add(1, Ordering::Relaxed));
        let rule = json!({
            "scope": scope, "action": action, "active": true, "user": user.name, "realm": REALM,
        });
        self.ask(&format!("/policy/{name}"), &rule);
        Policy { server: self, name }
    }

    /// Makes a token for `user`. `what` says which, in the server's own words.
    pub fn token(&self, user: &User, what: Value) -> Token {
        let answer = self.ask("/token/init", &with(whose(what, user), "genkey", 1.into()));
        made(&answer)
    }

    /// The user makes a token whose secret is made in two steps; it is of no use before the second.
    pub fn token_in_two_steps(&self, user: &User, what: Value) -> Token {
        let what = with(with(what, "genkey", 1.into()), "2stepinit", 1.into());
        let pass = self.sign_on(&user.name, &user.password);
        made(&self.ask_by(Method::Post, "/token/init", Some(&what), &pass).expect("a token"))
    }

    /// The user types the agent's part of the secret into the server's page.
    pub fn second_step(
        &self,
        user: &User,
        token: &Token,
        kind: &str,
        part: &str,
    ) -> Result<(), Value> {
        let what = json!({
            "type": kind, "serial": token.serial, "otpkey": part, "otpkeyformat": "base32check",
        });
        let pass = self.sign_on(&user.name, &user.password);
        self.ask_by(Method::Post, "/token/init", Some(&what), &pass).map(drop)
    }

    /// Removes a token.
    pub fn remove(&self, token: &Token) {
        let path = format!("/token/{}", token.serial);
        self.ask_by(Method::Delete, &path, None, &self.pass).expect("a token is removed");
    }

    /// Makes a container for `user`, with these tokens.
    pub fn container(&self, user: &User, tokens: &[&Token]) -> Container {
        let answer = self.ask("/container/init", &whose(json!({"type": "smartphone"}), user));
        let serial = text(&answer["result"]["value"]["container_serial"]);
        let container = Container { serial };
        tokens.iter().for_each(|token| self.put(&container, token));
        container
    }

    /// Puts a token into a container.
    pub fn put(&self, container: &Container, token: &Token) {
        self.ask(&format!("/container/{}/add", container.serial), &json!({"serial": token.serial}));
    }

    /// Takes a token out of a container.
    pub fn take_out(&self, container: &Container, token: &Token) {
        let path = format!("/container/{}/remove", container.serial);
        self.ask(&path, &json!({"serial": token.serial}));
    }

    /// A key by which a computer registers as the container, `pia://container/…`.
    pub fn container_key(&self, container: &Container, asking: Asking) -> String {
        self.show_key(container, asking, false)
    }

    /// A key by which another computer takes the container over.
    pub fn rollover_key(&self, container: &Container) -> String {
        self.show_key(container, Asking::Nothing, true)
    }

    fn show_key(&self, container: &Container, asking: Asking, rollover: bool) -> String {
        let mut what = json!({"container_serial": container.serial, "rollover": rollover});
        match asking {
            Asking::Nothing => {}
            Asking::Passphrase { prompt, answer } => {
                what["passphrase_prompt"] = prompt.into();
                what["passphrase_response"] = answer.into();
            }
            Asking::Password => what["passphrase_user"] = true.into(),
        }
        let answer = self.ask("/container/register/initialize", &what);
        text(&answer["result"]["value"]["container_url"]["value"])
    }

    /// Ends the registration of a container, as an administrator does.
    pub fn terminate(&self, container: &Container) {
        self.ask(&format!("/container/register/{}/terminate", container.serial), &json!({}));
    }

    /// Whether a computer is registered as the container.
    pub fn is_registered(&self, container: &Container) -> bool {
        let path = format!("/container/?container_serial={}", container.serial);
        let answer = self.ask_by(Method::Get, &path, None, &self.pass).expect("the container");
        let info = &answer["result"]["value"]["containers"][0]["info"];
        info["registration_state"] == "registered"
    }
}

fn made(answer: &Value) -> Token {
    let detail = &answer["detail"];
    Token { serial: text(&detail["serial"]), key: text(&detail["googleurl"]["value"]) }
}

fn whose(what: Value, user: &User) -> Value {
    with(with(what, "user", user.name.clone().into()), "realm", REALM.into())
}

fn with(mut what: Value, name: &str, value: Value) -> Value {
    what[name] = value;
    what
}
