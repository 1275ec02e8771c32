//! Which way a letter takes. A proxy that was named is used, or there is no way: the libraries pass by what they cannot
//! read as an address.

use data_encoding::BASE64;
use reqwest::header::HeaderValue;
use reqwest::{ClientBuilder, Proxy, Url};
use zeroize::Zeroizing;

use crate::ports::courier::Undelivered;
use crate::ports::courier::wire::Way;

/// A client that goes this way.
pub fn taking(builder: ClientBuilder, way: &Way) -> Result<ClientBuilder, Undelivered> {
    match way {
        Way::System => Ok(builder),
        Way::Direct => Ok(builder.no_proxy()),
        Way::Through { address, user, password } => {
            let proxy = named(address).ok_or(Undelivered::ProxyAway)?;
            let login = user.as_ref().zip(password.as_ref());
            let login = login.map(|(user, password)| basic(user, password.expose())).transpose()?;
            Ok(builder.proxy(match login {
                Some(login) => proxy.custom_http_auth(login),
                None => proxy,
            }))
        }
    }
}

fn named(address: &str) -> Option<Proxy> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-._:[]".contains(letter);
    url.host_str().filter(|host| host.chars().all(is_plain))?;
    Proxy::all(url).ok()
}

/// RFC 7617. Not by the library, which would take a `%` of the password for the beginning of an escape.
fn basic(user: &str, password: &str) -> Result<HeaderValue, Undelivered> {
    let login = Zeroizing::new(format!("{user}:{password}"));
    let login = Zeroizing::new(format!("Basic {}", BASE64.encode(login.as_bytes())));
    let mut login = HeaderValue::from_str(&login).map_err(|_| Undelivered::Failed)?;
    login.set_sensitive(true);
    Ok(login)
}
