//! HTTPS as plainly as it can be spoken: one request, one answer, one connection. It trusts one certificate alone.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Https {
    address: SocketAddr,
    config: Arc<ClientConfig>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

pub type Header<'a> = (&'a str, String);

impl Https {
    pub fn new(address: SocketAddr, ca_pem: &str) -> Self {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).expect("PEM"))
            .expect("a certificate");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { address, config: Arc::new(config) }
    }

    pub fn send(&self, method: &str, path: &str, headers: &[Header<'_>], body: &[u8]) -> Answer {
        let name = ServerName::try_from("localhost").expect("a name");
        let tls = ClientConnection::new(Arc::clone(&self.config), name).expect("TLS");
        let mut stream =
            StreamOwned::new(tls, TcpStream::connect(self.address).expect("a service"));
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        if !body.is_empty() || method == "POST" {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).expect("a service that reads");
        // A body that is refused for its length alone is not read to its end.
        let _ = stream.write_all(body).and_then(|()| stream.flush());
        let mut bytes = Vec::new();
        // Some servers end TLS by ending TCP.
        let _ = stream.read_to_end(&mut bytes);
        let answer = Answer::read(&String::from_utf8(bytes).expect("text"));
        record(method, path, &answer);
        answer
    }

    pub fn post_json(&self, path: &str, body: &Value) -> Answer {
        let json = ("Content-Type", "application/json".to_owned());
        self.send("POST", path, &[json], body.to_string().as_bytes())
    }
}

/// Notes an answer of the API for `conformance.sh`, which compares it with the description.
fn record(method: &str, path: &str, answer: &Answer) {
    let Some(file) = std::env::var_os("PAIRING_RECORD").filter(|_| path.starts_with("/pairing"))
    else {
        return;
    };
    let Answer { status, headers, body } = answer;
    let line = json!({
        "method": method, "path": path, "status": status, "headers": headers, "body": body,
    });
    let mut file = OpenOptions::new().append(true).create(true).open(file).expect("a file");
    file.write_all(format!("{line}\n").as_bytes()).expect("room for a line");
}

impl Answer {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers = lines.map(|line| line.split_once(": ").expect("a header"));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Self {
            status: status.expect("a status"),
            headers: headers.collect(),
            body: body.to_owned(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("JSON: {self:?}"))
    }

    /// Holds the answer to be this problem, told as the protocol says, and gives it.
    #[track_caller]
    pub fn is_problem(&self, status: u16, name: &str) -> Value {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["type"], format!("urn:passcode:problem:{name}"));
        assert_eq!((self.status, &problem["status"]), (status, &Value::from(status)));
        assert!(problem["title"].is_string() && problem["detail"].is_string());
        problem
    }
}
