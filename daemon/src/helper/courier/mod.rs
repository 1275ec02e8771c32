//! `passcoded helper courier`: delivers one letter over HTTPS and ends. What it is asked and what it answers is in
//! `ports::courier::wire`. Certificates are always verified; redirects are never followed.

mod proxy;
mod trouble;

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, UNIX_EPOCH};

use data_encoding::BASE64;
use passcode_proto::SecretText;
use reqwest::header::{
    ACCEPT, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use reqwest::{Certificate, Client, ClientBuilder, Method, Response, Url, redirect};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use zeroize::Zeroizing;

use super::line::heard;
use crate::ports::courier::Undelivered;
use crate::ports::courier::wire::{self, ANSWER_BYTES, Answer, REQUEST_BYTES, Request};
use trouble::trouble;

const USER_AGENT: &str = concat!("passcode-agent/", env!("CARGO_PKG_VERSION"));

/// Longest file of authorities, in bytes: many times that of a whole system.
const AUTHORITY_BYTES: u64 = 4 * 1024 * 1024;

/// Longest kind of a body that is passed on, in bytes.
const MEDIA_BYTES: usize = 200;

/// Reads the letter, delivers it, and writes the answer.
pub fn run() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve() -> io::Result<()> {
    let (line, mut output) = heard(REQUEST_BYTES)?;
    let request: Request = serde_json::from_slice(&line)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(deliver(&request)).unwrap_or_else(Answer::Trouble);
    // A name that is still looked up in a thread holds up nobody: the agent reads until this process ends.
    runtime.shutdown_background();
    output.write_all(&wire::line(&answer, ANSWER_BYTES).ok_or(ErrorKind::FileTooLarge)?)
}

async fn deliver(request: &Request) -> Result<Answer, Undelivered> {
    let url = Url::parse(&request.url).map_err(|_| Undelivered::Failed)?;
    if url.scheme() != "https" {
        return Err(Undelivered::NotHttps);
    }
    let client = client(request)?;
    let method = Method::from_bytes(request.method.as_bytes()).map_err(|_| Undelivered::Failed)?;
    let mut letter = client.request(method, url).headers(headers(request)?);
    if let Some(body) = &request.body {
        let body = BASE64.decode(body.expose().as_bytes()).map_err(|_| Undelivered::Failed)?;
        letter = letter.header(CONTENT_TYPE, "application/json").body(body);
    }
    let response = letter.send().await.map_err(|error| trouble(&error))?;
    read(response, request.limits.body).await
}

fn client(request: &Request) -> Result<Client, Undelivered> {
    // Only one can be the first; there is no other here.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let limits = request.limits;
    let builder = Client::builder()
        .user_agent(USER_AGENT)
        .https_only(true)
        .http1_only()
        .referer(false)
        .redirect(redirect::Policy::none())
        .connect_timeout(Duration::from_millis(limits.connect))
        .timeout(Duration::from_millis(limits.total));
    let builder = trusting(builder, request)?;
    let builder = proxy::taking(builder, &request.way)?;
    // All else has been looked at: it does not come about where the system trusts nobody.
    builder.build().map_err(|_| Undelivered::UnknownAuthority)
}

/// The organisation's own authority beside those of the system.
fn trusting(builder: ClientBuilder, request: &Request) -> Result<ClientBuilder, Undelivered> {
    let Some(file) = &request.authority else { return Ok(builder) };
    match authorities(file) {
        Some(found) if !found.is_empty() => Ok(builder.tls_certs_merge(found)),
        _ => Err(Undelivered::NoAuthorityFile),
    }
}

/// All certificates of a file; nothing when one of them cannot be used.
fn authorities(file: &Path) -> Option<Vec<Certificate>> {
    let mut text = Vec::new();
    File::open(file).ok()?.take(AUTHORITY_BYTES).read_to_end(&mut text).ok()?;
    let mut usable = RootCertStore::empty();
    let found = CertificateDer::pem_slice_iter(&text).map(|found| {
        let found = found.ok()?;
        usable.add(found.clone()).ok()?;
        Certificate::from_der(&found).ok()
    });
    found.collect()
}

fn headers(request: &Request) -> Result<HeaderMap, Undelivered> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json, application/problem+json"));
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Undelivered::Failed)?;
        let value = HeaderValue::from_str(value).map_err(|_| Undelivered::Failed)?;
        headers.insert(name, value);
    }
    Ok(headers)
}

/// The answer, of which no more is taken than is allowed.
async fn read(mut response: Response, most: usize) -> Result<Answer, Undelivered> {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let media = text(CONTENT_TYPE).and_then(|media| media.split(';').next()).unwrap_or_default();
    let media = Some(media.trim()).filter(|media| media.len() <= MEDIA_BYTES).unwrap_or_default();
    let media = media.to_ascii_lowercase();
    let retry_after = text(RETRY_AFTER).and_then(|seconds| seconds.trim().parse().ok());
    let date = text(DATE).and_then(|date| httpdate::parse_http_date(date).ok());
    let date = date.and_then(|date| Some(date.duration_since(UNIX_EPOCH).ok()?.as_secs()));
    let status = response.status().as_u16();
    let mut body = Zeroizing::new(Vec::new());
    while let Some(piece) = response.chunk().await.map_err(|error| trouble(&error))? {
        if body.len() + piece.len() > most {
            return Err(Undelivered::TooLong);
        }
        body.extend_from_slice(&piece);
    }
    let body = SecretText::new(BASE64.encode(&body));
    Ok(Answer::Reply { status, media, retry_after, date, body })
}
