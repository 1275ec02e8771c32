//! A server for HTTPS that behaves as a test says, an authority that signs its certificate or does not, and a proxy: what an
//! agent may meet on its way to an organisation's service.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use data_encoding::BASE64;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;
use time::{Duration as Days, OffsetDateTime};

use crate::site;

/// An authority of a test's own.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: TempDir,
}

/// What is not as it should be with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// It is for another name.
    OtherName,
    /// Its time is over.
    Over,
    /// Its time has not begun.
    NotBegun,
}

impl Authority {
    /// A new one.
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a certificate");
        let folder = site::folder();
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).expect("a file");
        Self { issuer: Issuer::new(params, key), folder }
    }

    /// Its certificate.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    fn config(&self, flaw: Flaw) -> Arc<ServerConfig> {
        let name = if flaw == Flaw::OtherName { "elsewhere.example" } else { "localhost" };
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        let now = OffsetDateTime::now_utc();
        (params.not_before, params.not_after) = match flaw {
            Flaw::Over => (now - Days::days(9), now - Days::days(2)),
            Flaw::NotBegun => (now + Days::days(2), now + Days::days(9)),
            _ => (now - Days::days(1), now + Days::days(9)),
        };
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key)
            });
        Arc::new(config.expect("a configuration"))
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

/// What a server does with a request that it has read.
pub type Behaviour = fn(&mut dyn Write, &str);

/// The login that [`Server::proxy`] wants.
pub const LOGIN: &str = "alice:hunter2";

/// A server on a port of its own; it lives as long as the test's process.
pub struct Server {
    /// Where it listens.
    pub port: u16,
    requests: Arc<AtomicUsize>,
}

impl Server {
    /// A server with a certificate of `authority`.
    pub fn start(
        authority: &Authority,
        flaw: Flaw,
        behaviour: impl Fn(&mut dyn Write, &str) + Send + Sync + 'static,
    ) -> Self {
        let config = authority.config(flaw);
        Self::listen(move |stream, requests| {
            let Ok(connection) = ServerConnection::new(Arc::clone(&config)) else { return };
            let mut stream = StreamOwned::new(connection, stream);
            if let Some(request) = read_head(&mut stream) {
                requests.fetch_add(1, Ordering::SeqCst);
                behaviour(&mut stream, &request);
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        })
    }

    /// One that speaks without TLS, and takes whatever it hears for a bad request.
    pub fn plain() -> Self {
        Self::listen(|mut stream, _| {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        })
    }

    /// One that closes every connection at once.
    pub fn closing() -> Self {
        Self::listen(|_, _| {})
    }

    /// A proxy that asks for [`LOGIN`], and connects then.
    pub fn proxy() -> Self {
        Self::proxy_for(LOGIN)
    }

    /// A proxy that asks for a login, name and password with a colon between them, and connects then.
    pub fn proxy_for(login: &str) -> Self {
        let wanted = format!("basic {}", BASE64.encode(login.as_bytes()));
        Self::listen(move |mut stream, requests| {
            let Some(request) = read_head(&mut stream) else { return };
            requests.fetch_add(1, Ordering::SeqCst);
            let brought = request.lines().filter_map(|line| line.split_once(": "));
            let mut logins =
                brought.filter(|line| line.0.eq_ignore_ascii_case("proxy-authorization"));
            if !logins.any(|login| login.1.replacen("Basic", "basic", 1) == wanted) {
                let _ = stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
                return;
            }
            let address =
                request.split(' ').nth(1).unwrap_or_default().replace("localhost", "127.0.0.1");
            match TcpStream::connect(&address) {
                Ok(target) => tunnel(stream, target),
                Err(_) => drop(stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")),
            }
        })
    }

    fn listen(serve: impl Fn(TcpStream, &AtomicUsize) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let requests = Arc::new(AtomicUsize::new(0));
        let (serve, counted) = (Arc::new(serve), Arc::clone(&requests));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (serve, counted) = (Arc::clone(&serve), Arc::clone(&counted));
                thread::spawn(move || serve(stream, &counted));
            }
        });
        Self { port, requests }
    }

    /// An address on it.
    pub fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// Requests that it has read.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn read_head(stream: &mut impl Read) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 || head.len() > 16_384 {
            return None;
        }
        head.push(byte[0]);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

fn tunnel(mut client: TcpStream, mut target: TcpStream) {
    let _ = client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
    let (Ok(mut from), Ok(mut to)) = (client.try_clone(), target.try_clone()) else { return };
    thread::spawn(move || std::io::copy(&mut from, &mut to));
    let _ = std::io::copy(&mut target, &mut client);
    let _ = client.shutdown(Shutdown::Both);
}

/// A port on which nobody listens.
pub fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

/// Behaves well: answers with a small JSON text.
pub fn well(out: &mut dyn Write, _: &str) {
    let _ = out.write_all(
        b"HTTP/1.1 201 Created\r\nContent-Type: Application/JSON; charset=utf-8\r\nRetry-After: 7\r\n\
          Date: Tue, 14 Nov 2023 22:13:20 GMT\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
    );
}

/// Sends elsewhere.
pub fn redirecting(out: &mut dyn Write, request: &str) {
    let to = request.split(' ').nth(1).unwrap_or("/").trim_start_matches('/');
    let head = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
    let _ = out.write_all(head.as_bytes());
}

/// Says a hundred mebibytes.
pub fn endless(out: &mut dyn Write, _: &str) {
    let _ = out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n");
    let piece = vec![b'x'; 65_536];
    while out.write_all(&piece).is_ok() {}
}

/// Says nothing for longer than anybody waits.
pub fn slow(_: &mut dyn Write, _: &str) {
    thread::sleep(Duration::from_secs(60));
}

/// Begins a body and says nothing more for longer than anybody waits.
pub fn halting(out: &mut dyn Write, request: &str) {
    let _ = out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    let _ = out.flush();
    slow(out, request);
}

/// Speaks another language within TLS.
pub fn foreign(out: &mut dyn Write, _: &str) {
    let _ = out.write_all(b"* OK IMAP4rev1 server ready\r\n");
}

/// Ends in the middle of a body.
pub fn cut(out: &mut dyn Write, _: &str) {
    let _ = out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
}
