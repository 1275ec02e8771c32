//! Speaking HTTPS with an organisation's service. The process that holds the secrets has no network: a letter goes to a
//! courier, which delivers it and brings the answer. What the letters say, and which answers are good, is told in
//! `errand`; who is trusted, and through which proxy the way goes, in `rules`.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::secret::Secret;

pub mod by_helper;
pub mod wire;

pub use by_helper::HelperCourier;

/// Longest body of an answer that is taken, in bytes.
pub const BODY_BYTES: usize = 1024 * 1024;

/// How long a connection may take to come about.
pub const CONNECT_TIME: Duration = Duration::from_secs(10);

/// How long all of one delivery may take.
pub const TOTAL_TIME: Duration = Duration::from_secs(30);

/// Ways to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Send.
    Post,
    /// Remove.
    Delete,
}

impl Method {
    /// As HTTP spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// One request.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// How to ask.
    pub method: Method,
    /// Where: an absolute `https://` address.
    pub url: String,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// JSON, when there is a body.
    pub body: Option<Secret>,
}

/// Bodies may hold what nobody else may see.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.name(), self.url)
    }
}

/// What the service answered, whatever it says.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// Status of HTTP.
    pub status: u16,
    /// Kind of the body without parameters, in lower case; empty when it is not said.
    pub media: String,
    /// Seconds that the service asks to wait, `Retry-After`.
    pub retry_after: Option<u32>,
    /// The service's own time, `Date`, in seconds since 1970.
    pub date: Option<u64>,
    /// The body, at most [`BODY_BYTES`].
    pub body: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.media)
    }
}

/// Why a letter brought no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undelivered {
    /// The name of the service is not known here.
    UnknownHost,
    /// Nobody answers there, or the network is away.
    Unreachable,
    /// It took longer than it may.
    Late,
    /// The connection ended in the middle.
    CutOff,
    /// The service does not speak HTTPS.
    NotHttps,
    /// The certificate is signed by nobody who is trusted.
    UnknownAuthority,
    /// The certificate is for another name.
    WrongName,
    /// The certificate's time is over, or has not begun.
    OutOfDate,
    /// The certificate is not acceptable for another reason.
    BadCertificate,
    /// The proxy cannot be reached.
    ProxyAway,
    /// The proxy wants a login, or another one.
    ProxyLogin,
    /// The proxy refuses to connect to the service.
    ProxyRefuses,
    /// The answer is longer than [`BODY_BYTES`].
    TooLong,
    /// The file of the organisation's own authority cannot be read.
    NoAuthorityFile,
    /// The helper for it could not be started, or ended without an answer.
    Failed,
}

/// Name and password for the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyLogin {
    /// The user's name there.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// An answer on its way. Dropping it ends the delivery.
pub type Delivery = Pin<Box<dyn Future<Output = Result<Reply, Undelivered>> + Send>>;

/// Delivers letters.
pub trait Courier: Send + Sync {
    /// Delivers one letter. Follows no redirect and takes at most [`TOTAL_TIME`].
    fn deliver(&self, letter: Letter, login: Option<ProxyLogin>) -> Delivery;
}
