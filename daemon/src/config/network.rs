//! The keys of `config.toml` and `policy.toml` that say how organisations' services are reached. They are the same in both
//! files; the first file that has one decides, the administrator's before the user's.

use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

use crate::origin::Origin;
use crate::rules::{Network, Proxy};

/// What one file says of services.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Reach {
    /// The service of keys that name none.
    pub service: Option<Service>,
    /// Certificates of the organisation's own authority.
    pub ca: Option<Authority>,
    /// Which way HTTPS goes.
    pub proxy: Option<Way>,
}

/// The address of a service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Service(Origin);

impl TryFrom<String> for Service {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|fault| format!("\"service\" {fault}"))
    }
}

/// An absolute path: the agent may be started anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PathBuf")]
pub struct Authority(PathBuf);

impl TryFrom<PathBuf> for Authority {
    type Error = &'static str;

    fn try_from(path: PathBuf) -> Result<Self, Self::Error> {
        match path.is_absolute() {
            true => Ok(Self(path)),
            false => Err("\"ca\" has to be an absolute path"),
        }
    }
}

/// Which way HTTPS goes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Way(Proxy);

impl TryFrom<String> for Way {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "system" => Ok(Self(Proxy::System)),
            "none" => Ok(Self(Proxy::Direct)),
            address => proxy(address).map(|address| Self(Proxy::Through(address))),
        }
    }
}

/// A login in the address would stand in a file for all to read.
fn proxy(address: &str) -> Result<String, &'static str> {
    let fault =
        "\"proxy\" is \"system\", \"none\", or an address like \"http://proxy.example.org:8080\"";
    let url = Url::parse(address).map_err(|_| fault)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("\"proxy\" takes no login; store it by: passcode service proxy-login");
    }
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    match url.scheme() {
        "http" | "https" if bare && url.has_host() => Ok(url.origin().ascii_serialization()),
        _ => Err(fault),
    }
}

/// What holds: of each key what the first file says that has it.
pub(super) fn merged<'a>(
    policies: impl Iterator<Item = &'a Reach> + Clone,
    config: &'a Reach,
) -> Network {
    let files = policies.chain([config]);
    Network {
        service: files.clone().find_map(|file| file.service.as_ref()).map(|found| found.0.clone()),
        authority: files.clone().find_map(|file| file.ca.as_ref()).map(|found| found.0.clone()),
        proxy: files
            .clone()
            .find_map(|file| file.proxy.as_ref())
            .map(|found| found.0.clone())
            .unwrap_or_default(),
    }
}
