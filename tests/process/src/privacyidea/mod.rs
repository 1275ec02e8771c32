//! privacyIDEA, the server that organisations run, as they run it: over HTTPS, with an authority of their own. One server
//! serves all tests of a run; each test has users of its own, and policies that hold for them alone.
//!
//! `tests/privacyidea/start.sh` installs and starts it, and ends it with this program; `enrol` is what an administrator does.

mod enrol;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use passcode_daemon::ports::courier::{Courier, HelperCourier, Letter, Method};
use passcode_daemon::rules::{Network, Proxy};
use passcode_daemon::secret::Secret;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{programs, site, tools, wait};

pub use enrol::{Asking, Container, Policy, Token};

/// How long it may take to install the server, and to start it.
const INSTALLING: Duration = Duration::from_secs(15 * 60);
const STARTING: Duration = Duration::from_secs(3 * 60);

/// The realm of all users, and their number.
const REALM: &str = "tests";
const USERS: usize = 40;

/// A running server.
#[derive(Debug)]
pub struct PrivacyIdea {
    folder: TempDir,
    port: u16,
    courier: HelperCourier,
    /// What an administrator shows who has signed on.
    pass: String,
    /// It ends when its input does, which is when this program has ended.
    _process: Child,
}

/// A person whom the server knows.
#[derive(Debug)]
pub struct User {
    /// The name to sign on by.
    pub name: String,
    /// The password.
    pub password: String,
}

/// The server of this run, which is started for the first test that asks.
pub fn server() -> &'static PrivacyIdea {
    static SERVER: LazyLock<PrivacyIdea> = LazyLock::new(PrivacyIdea::start);
    &SERVER
}

impl PrivacyIdea {
    fn start() -> Self {
        programs::make_ready();
        tools::need("openssl", "openssl");
        install();
        let folder = site::folder();
        let port = free_port();
        let process = run(folder.path(), port);
        let network = network(folder.path());
        let courier = HelperCourier::new(programs::passcoded(), network);
        let mut server = Self { folder, port, courier, pass: String::new(), _process: process };
        server.wait_until_it_answers();
        server.pass = server.sign_on("admin", &server.read("password"));
        server.prepare();
        server
    }

    fn wait_until_it_answers(&self) {
        let answers = || self.say(Method::Get, "/", None, None).filter(|(status, _)| *status < 500);
        let log = || self.read("setup.log") + &self.read("server.log");
        assert!(wait::within(STARTING, answers).is_some(), "no server: {}", log());
    }

    /// Users, and where containers find the server.
    fn prepare(&self) {
        let users = self.folder.path().join("users");
        let resolver = json!({"type": "passwdresolver", "fileName": users});
        self.ask("/resolver/users", &resolver);
        self.ask(&format!("/realm/{REALM}"), &json!({"resolvers": "users"}));
        self.ask(&format!("/defaultrealm/{REALM}"), &json!({}));
        let action = format!("privacyIDEA_server_url={}/", self.address());
        let everywhere = json!({"scope": "container", "action": action, "active": true});
        self.ask("/policy/everywhere", &everywhere);
    }

    /// Its address.
    pub fn address(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// The certificate of the authority that vouches for it.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// How it is reached.
    pub fn network(&self) -> Network {
        network(self.folder.path())
    }

    /// A user whom no other test has.
    ///
    /// # Panics
    /// When there are no more.
    pub fn user(&self) -> User {
        static TAKEN: AtomicUsize = AtomicUsize::new(0);
        let number = TAKEN.fetch_add(1, Ordering::Relaxed);
        assert!(number < USERS, "there are {USERS} users");
        User { name: format!("user{number}"), password: format!("user{number}-password") }
    }

    /// Whether a code of a token is accepted.
    pub fn accepts(&self, token: &Token, code: &str) -> bool {
        let asked = json!({"serial": token.serial, "pass": code});
        let answer = self.ask("/validate/check", &asked);
        answer["result"]["value"] == true && answer["result"]["authentication"] == "ACCEPT"
    }

    fn sign_on(&self, name: &str, password: &str) -> String {
        let asked = json!({"username": name, "password": password.trim()});
        let answer = self.ask("/auth", &asked);
        text(&answer["result"]["value"]["token"])
    }

    /// Asks as the administrator.
    ///
    /// # Panics
    /// When the server refuses.
    fn ask(&self, path: &str, body: &Value) -> Value {
        self.ask_by(Method::Post, path, Some(body), &self.pass).unwrap_or_else(|refusal| {
            panic!("{path}: {refusal}");
        })
    }

    /// Asks as whoever has this pass; a refusal is the server's own words.
    fn ask_by(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        pass: &str,
    ) -> Result<Value, Value> {
        let pass = (!pass.is_empty()).then_some(pass);
        let (_, answer) = self.say(method, path, body, pass).expect("an answer of the server");
        match answer["result"]["status"] == true {
            true => Ok(answer),
            false => Err(answer["result"]["error"].clone()),
        }
    }

    fn say(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        pass: Option<&str>,
    ) -> Option<(u16, Value)> {
        let letter = Letter {
            method,
            url: format!("{}{path}", self.address()),
            headers: pass.map(|pass| ("Authorization", pass.to_owned())).into_iter().collect(),
            body: body.map(|body| Secret::of(&body.to_string())),
        };
        let courier = self.courier.deliver(letter, None);
        let reply = now(courier).ok()?;
        Some((reply.status, serde_json::from_slice(&reply.body).unwrap_or_default()))
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }
}

/// Waits for what is on its way.
///
/// # Panics
/// When there can be no runtime.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn network(folder: &Path) -> Network {
    Network { service: None, authority: Some(folder.join("ca.pem")), proxy: Proxy::Direct }
}

fn script() -> Command {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../privacyidea/start.sh");
    let mut script = Command::new(place);
    script.stdout(Stdio::null());
    script
}

/// What it says goes to whoever runs the tests: it takes minutes the first time.
fn install() {
    let mut installing = script().arg("install").stdin(Stdio::null()).spawn().expect("a shell");
    let ended = wait::within(INSTALLING, || installing.try_wait().expect("its end"));
    assert!(ended.is_some_and(|status| status.success()), "privacyIDEA cannot be installed");
}

fn run(folder: &Path, port: u16) -> Child {
    let mut script = script();
    script.arg("run").arg(folder).arg(port.to_string()).stdin(Stdio::piped());
    script.spawn().expect("a shell")
}

fn free_port() -> u16 {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    taken.local_addr().expect("an address").port()
}
