//! Why HTTPS did not work, from the errors of the libraries: their kinds where they have some, and their words where
//! those are all there is.

use std::error::Error;
use std::io;

use rustls::{CertificateError, Error as TlsError};

use crate::ports::courier::Undelivered;

/// What an error means.
pub fn trouble(error: &reqwest::Error) -> Undelivered {
    // Not the first, whose words quote the address.
    let chain: Vec<_> = std::iter::successors(error.source(), |&error| error.source()).collect();
    let says = |words: &str| chain.iter().any(|error| error.to_string().contains(words));
    // Before all others: what is wrong with the proxy's own certificate is said nowhere else.
    if says("tunnel error") {
        return proxy_trouble(says);
    }
    if let Some(tls) = chain.iter().find_map(|error| tls_error(*error)) {
        return tls_trouble(tls);
    }
    match error {
        _ if error.is_timeout() => Undelivered::Late,
        _ if error.is_builder() => Undelivered::Failed,
        _ if says("dns error") => Undelivered::UnknownHost,
        _ if says("invalid HTTP") => Undelivered::NotHttps,
        _ if error.is_connect() && !was_cut_off(&chain) => Undelivered::Unreachable,
        _ => Undelivered::CutOff,
    }
}

fn proxy_trouble(says: impl Fn(&str) -> bool) -> Undelivered {
    match () {
        () if says("proxy authorization required") => Undelivered::ProxyLogin,
        () if says("tunnel error: unsuccessful") => Undelivered::ProxyRefuses,
        () => Undelivered::ProxyAway,
    }
}

/// TLS reports its errors within those of input and output, which may hold one another.
fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a TlsError> {
    if let Some(tls) = error.downcast_ref::<TlsError>() {
        return Some(tls);
    }
    tls_error(error.downcast_ref::<io::Error>()?.get_ref()?)
}

fn tls_trouble(error: &TlsError) -> Undelivered {
    use CertificateError as Certificate;
    match error {
        TlsError::InvalidMessage(_) | TlsError::InappropriateMessage { .. } => {
            Undelivered::NotHttps
        }
        TlsError::InvalidCertificate(Certificate::UnknownIssuer | Certificate::BadSignature) => {
            Undelivered::UnknownAuthority
        }
        TlsError::InvalidCertificate(
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. },
        ) => Undelivered::WrongName,
        TlsError::InvalidCertificate(
            Certificate::Expired
            | Certificate::ExpiredContext { .. }
            | Certificate::NotValidYet
            | Certificate::NotValidYetContext { .. },
        ) => Undelivered::OutOfDate,
        TlsError::AlertReceived(_) | TlsError::PeerIncompatible(_) => Undelivered::NotHttps,
        // Somebody on the way changed what was said.
        TlsError::DecryptError => Undelivered::CutOff,
        _ => Undelivered::BadCertificate,
    }
}

fn was_cut_off(chain: &[&(dyn Error + 'static)]) -> bool {
    chain.iter().any(|error| is_cut(*error))
}

fn is_cut(error: &(dyn Error + 'static)) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let Some(error) = error.downcast_ref::<io::Error>() else { return false };
    let kinds = [BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof];
    kinds.contains(&error.kind()) || error.get_ref().is_some_and(|inner| is_cut(inner))
}
