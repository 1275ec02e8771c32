//! A server for git over HTTPS whose password is the account's password and a code in one: git's own `http-backend` behind
//! PAM. Who was let in stays so for as long as the server runs: git shows its password at each request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use data_encoding::BASE64;
use passcode_process_tests::run::Run;

use crate::certificate::Certificate;
use crate::daemon::Daemon;
use crate::machine::{Machine, USER};
use crate::pam::Service;

/// Its port.
pub const PORT: u16 = 443;

/// The port behind it, without TLS.
const PLAIN: u16 = 18080;

/// A server that runs.
#[derive(Debug)]
pub struct GitServer {
    _tls: Daemon,
    refused: Arc<Mutex<u32>>,
}

/// A request, as far as git's `http-backend` has to know it.
#[derive(Debug, Default)]
struct Request {
    method: String,
    path: String,
    query: String,
    kind: String,
    encoding: String,
    protocol: String,
    authorization: String,
    body: Vec<u8>,
}

/// What all requests have in common.
struct Desk {
    tester: PathBuf,
    let_in: Mutex<Vec<String>>,
    refused: Arc<Mutex<u32>>,
}

impl GitServer {
    /// Serves the user's repositories.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(machine: &Machine) -> Self {
        let own = Certificate::make(machine, "git");
        own.trust();
        let refused = Arc::new(Mutex::new(0));
        let desk = Desk {
            tester: machine.need("pamtester"),
            let_in: Mutex::default(),
            refused: Arc::clone(&refused),
        };
        let listener = TcpListener::bind(("127.0.0.1", PLAIN)).expect("a port");
        thread::spawn(move || {
            listener.incoming().flatten().for_each(|stream| desk.serve(stream).unwrap_or_default())
        });
        let (certificate, key) = (own.certificate.display(), own.key.display());
        let listen = format!(
            "OPENSSL-LISTEN:{PORT},bind=127.0.0.1,reuseaddr,fork,cert={certificate},key={key},verify=0"
        );
        let socat = Run::new("socat").args([listen, format!("TCP:127.0.0.1:{PLAIN}")]);
        let log = machine.folder("git").join("log");
        let mut tls = Daemon::start("socat", socat, &log);
        tls.wait_for_port(PORT);
        Self { _tls: tls, refused }
    }

    /// The address of a repository in the user's home, with the user's name.
    pub fn url(&self, repository: &str) -> String {
        format!("https://{USER}@git.example.org/{repository}")
    }

    /// How many passwords were refused.
    pub fn refused(&self) -> u32 {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let request = Request::read(&mut BufReader::new(&stream))?;
        let answer = match self.knows(&request.authorization) {
            true => answer(&request)?,
            false => b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"\r\n\
                       Content-Length: 0\r\nConnection: close\r\n\r\n"
                .to_vec(),
        };
        stream.write_all(&answer)
    }

    fn knows(&self, authorization: &str) -> bool {
        let mut let_in = self.let_in.lock().unwrap_or_else(PoisonError::into_inner);
        let decoded =
            authorization.strip_prefix("Basic ").map(|text| BASE64.decode(text.as_bytes()));
        let Some(Ok(decoded)) = decoded else { return false };
        let text = String::from_utf8_lossy(&decoded).into_owned();
        if let_in.contains(&text) {
            return true;
        }
        // git shows the name by itself first, to see whether a password is wanted.
        let Some((user, password)) = text.split_once(':').filter(|(_, said)| !said.is_empty())
        else {
            return false;
        };
        let tester =
            Run::new(&self.tester).args([Service::PasswordAndCode.name(), user, "authenticate"]);
        let accepted = tester.input(format!("{password}\n")).end().status == Some(0);
        match accepted {
            true => let_in.push(text),
            false => *self.refused.lock().unwrap_or_else(PoisonError::into_inner) += 1,
        }
        accepted
    }
}

impl Request {
    fn read(from: &mut impl BufRead) -> std::io::Result<Self> {
        let (mut request, mut length, mut line) = (Self::default(), 0, String::new());
        from.read_line(&mut line)?;
        let mut words = line.split(' ').map(str::to_owned);
        request.method = words.next().unwrap_or_default();
        let target = words.next().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        (request.path, request.query) = (path.to_owned(), query.to_owned());
        loop {
            let mut line = String::new();
            from.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            let value = value.to_owned();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap_or_default(),
                "content-type" => request.kind = value,
                "content-encoding" => request.encoding = value,
                "git-protocol" => request.protocol = value,
                "authorization" => request.authorization = value,
                _ => {}
            }
        }
        from.take(length).read_to_end(&mut request.body)?;
        Ok(request)
    }
}

/// What `http-backend` answers, by RFC 3875.
fn answer(request: &Request) -> std::io::Result<Vec<u8>> {
    let backend = Run::new("git").arg("http-backend").user(crate::machine::UID);
    let backend = backend
        .env("GIT_PROJECT_ROOT", format!("/home/{USER}"))
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REMOTE_USER", USER)
        .env("REQUEST_METHOD", &request.method)
        .env("PATH_INFO", &request.path)
        .env("QUERY_STRING", &request.query)
        .env("CONTENT_TYPE", &request.kind)
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", &request.encoding)
        .env("GIT_PROTOCOL", &request.protocol);
    let mut command = backend.into_command();
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    // Small repositories: what is asked fits into the pipe.
    if let Some(mut input) = child.stdin.take() {
        input.write_all(&request.body)?;
    }
    let said = child.wait_with_output()?.stdout;
    let status = String::from_utf8_lossy(&said[..said.len().min(64)]).into_owned();
    let status = status.strip_prefix("Status: ").and_then(|rest| rest.lines().next());
    let head = format!("HTTP/1.1 {}\r\nConnection: close\r\n", status.unwrap_or("200 OK"));
    Ok([head.into_bytes(), said].concat())
}
