//! What the agent and `passcoded helper courier` say to each other: one line of JSON each way, binary as base64.

use std::path::PathBuf;

use data_encoding::BASE64;
use passcode_proto::SecretText;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Letter, ProxyLogin, Reply, Undelivered};
use crate::rules::{Network, Proxy};
use crate::secret::Secret;

/// Longest line of the agent, in bytes.
pub const REQUEST_BYTES: usize = 256 * 1024;

/// Longest line of the helper, in bytes: a body in base64, and what stands around it.
pub const ANSWER_BYTES: usize = super::BODY_BYTES / 3 * 4 + 4096;

/// What the agent says.
#[derive(Serialize, Deserialize)]
pub struct Request {
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The body in base64.
    pub body: Option<SecretText>,
    /// Certificates of an authority of the organisation's own.
    pub authority: Option<PathBuf>,
    /// Which way to take.
    pub way: Way,
    /// Limits, so that tests need not wait for them.
    pub limits: Limits,
}

/// Which way HTTPS goes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// As the environment and the system say.
    System,
    /// Straight there.
    Direct,
    /// Through a proxy.
    Through {
        /// Its address.
        address: String,
        /// The user's name there.
        user: Option<String>,
        /// The password.
        password: Option<SecretText>,
    },
}

/// How long things may take, in milliseconds, and how long a body may be, in bytes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Limits {
    /// For a connection to come about.
    pub connect: u64,
    /// For everything.
    pub total: u64,
    /// Longest body.
    pub body: usize,
}

impl Limits {
    /// Those that hold.
    pub const USUAL: Self = Self {
        connect: super::CONNECT_TIME.as_millis() as u64,
        total: super::TOTAL_TIME.as_millis() as u64,
        body: super::BODY_BYTES,
    };
}

/// What the helper answers.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The service has answered.
    Reply {
        /// Status of HTTP.
        status: u16,
        /// Kind of the body.
        media: String,
        /// Seconds to wait.
        retry_after: Option<u32>,
        /// The service's time.
        date: Option<u64>,
        /// The body in base64.
        body: SecretText,
    },
    /// There is no answer.
    Trouble(Undelivered),
}

impl Request {
    /// A letter, in words for the helper.
    pub fn of(
        letter: &Letter,
        login: Option<ProxyLogin>,
        network: &Network,
        limits: Limits,
    ) -> Self {
        let header = |(name, value): &(&str, String)| ((*name).to_owned(), value.clone());
        Self {
            method: letter.method.name().to_owned(),
            url: letter.url.clone(),
            headers: letter.headers.iter().map(header).collect(),
            body: letter.body.as_ref().map(|body| SecretText::new(BASE64.encode(body.expose()))),
            authority: network.authority.clone(),
            way: way(&network.proxy, login),
            limits,
        }
    }
}

/// The proxy of the environment brings its login along; a stored one is for the proxy that the configuration names.
fn way(proxy: &Proxy, login: Option<ProxyLogin>) -> Way {
    match proxy {
        Proxy::System => Way::System,
        Proxy::Direct => Way::Direct,
        Proxy::Through(address) => {
            let (user, password) = login.map(|login| (login.user, login.password)).unzip();
            let text = |password: Secret| {
                SecretText::new(String::from_utf8_lossy(password.expose()).into_owned())
            };
            Way::Through { address: address.clone(), user, password: password.map(text) }
        }
    }
}

impl Answer {
    /// As the courier gives it.
    pub fn read(self) -> Result<Reply, Undelivered> {
        match self {
            Self::Trouble(trouble) => Err(trouble),
            Self::Reply { status, media, retry_after, date, body } => {
                let body =
                    BASE64.decode(body.expose().as_bytes()).map_err(|_| Undelivered::Failed)?;
                Ok(Reply { status, media, retry_after, date, body: Zeroizing::new(body) })
            }
        }
    }
}

/// A line; none when it would be too long.
pub fn line(said: &impl Serialize, most: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut line = Zeroizing::new(serde_json::to_vec(said).ok()?);
    line.push(b'\n');
    (line.len() <= most).then_some(line)
}
