//! An agent whose memory is looked through, and what must not be found in it. Keys that are made from other things
//! than today, and a PIN, come into [`keys_of`] and [`Watched::start`].

use std::fs;
use std::process::Command;

use chacha20::{R20, hchacha};
use data_encoding::BASE32_NOPAD;
use passcode_daemon::ports::keyfile::KeyFile;
use passcode_daemon::ports::keystore::{Access, KeyStore};
use passcode_daemon::ports::sqlite::SqliteStores;
use passcode_daemon::ports::store::{Row, Stores, Table};
use passcode_daemon::vault::seal::{KEY_BYTES, VaultKey};
use passcode_daemon::vault::slot::{self, Proof};
use passcode_process_tests::agent::AgentProcess;
use passcode_process_tests::home::Home;
use passcode_process_tests::memory::{Dump, Wanted};
use passcode_process_tests::wire::Wire;
use passcode_process_tests::{programs, site, traces, wait};
use passcode_proto::client::Client;
use serde_json::Value;

/// Something that every agent has in its memory: that it is found proves that this is the agent's memory.
const SOCKET: &str = "the socket's path";

/// What is there while the vault is open: that it is found then proves that it would be found at any time.
const VAULT_KEY: &str = "the vault's key";

/// The PIN of vaults that have one.
pub const PIN: &str = "246813";

/// The files of a vault, of which the log is missing when nothing has been written since it was opened.
const FILES: [&str; 3] = ["vault.db", "vault.db-wal", "vault.key"];

/// The key of a vault and its rows, by the agent's own code from a copy of the vault's files.
fn open(home: &Home) -> (VaultKey, Vec<Row>) {
    let copy = site::folder();
    for file in FILES.into_iter().filter(|file| home.file(file).exists()) {
        fs::copy(home.file(file), copy.path().join(file)).expect("a copy of the vault");
    }
    let rows = SqliteStores::new(copy.path()).open().and_then(|mut vault| vault.rows());
    let rows = rows.expect("the rows of the vault");
    let kept = KeyFile::new(copy.path()).load(Access::default()).expect("a key file");
    let proof = match slot::guard(&rows).expect("a slot").pin {
        Some(guard) => Proof::Pin(guard.recipe.key(PIN.as_bytes()).expect("the PIN's key")),
        None => Proof::Device,
    };
    let (key, _) = slot::open(&rows, &kept.secrets, &proof).expect("the key of the vault");
    (key, rows)
}

/// The vault's key; and the other keys that there are: the device secret, and that of each row.
fn keys_of(home: &Home) -> (Vec<Wanted>, Vec<Wanted>) {
    let (key, rows) = open(home);
    let file = fs::read(home.file("vault.key")).expect("the device secret");
    let mut others = traces::of_key("the device secret", &file[file.len() - KEY_BYTES..]);
    for row in rows.iter().filter(|row| row.table != Table::Slot) {
        let name = format!("the key of row {} of {:?}", row.id, row.table);
        others.extend(traces::of_key(&name, &row_key(key.bytes(), row)));
    }
    (traces::of_key(VAULT_KEY, key.bytes()), others)
}

/// What XChaCha20 makes of a key and the first 16 bytes of a nonce (draft-irtf-cfrg-xchacha §2.2); it opens the row.
fn row_key(key: &[u8; KEY_BYTES], row: &Row) -> [u8; KEY_BYTES] {
    let start: &[u8; 16] = row.sealed.first_chunk().expect("a nonce");
    hchacha::<R20>(key.into(), start.into()).into()
}

/// An agent, a connection to it, and everything that must not be found in its memory.
pub struct Watched {
    home: Home,
    agent: AgentProcess,
    pub wire: Wire,
    pub secret: [u8; 20],
    forbidden: Vec<Wanted>,
}

impl Watched {
    /// An agent that does not log every request: that would overwrite what we look for.
    pub fn start() -> Self {
        let home = Home::new();
        let mut command = Command::new(programs::passcoded());
        command.env_clear().env("PASSCODE_HOME", home.path());
        let mut agent = AgentProcess::from_command(command, home.place());
        agent.wait_until_up();
        let wire = Wire::connect(&home.socket()).expect("a connection");
        let mut secret = [0; 20];
        getrandom::fill(&mut secret).expect("random bytes");
        let forbidden = traces::of_secret("the secret", &secret);
        Self { home, agent, wire, secret, forbidden }
    }

    /// Its folder.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The secret as people see it.
    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.secret)
    }

    /// A pairing key whose codes have 8 digits, which are not found by chance.
    pub fn key(&self, kind: &str, more: &str) -> String {
        format!("otpauth://{kind}/ACME:me?secret={}&digits=8&counter=0{more}", self.base32())
    }

    /// Another connection, in JSON.
    pub fn another_wire(&self) -> Wire {
        Wire::connect(&self.home.socket()).expect("a connection")
    }

    /// Another connection, in the binary spelling.
    pub fn client(&self) -> Client {
        self.home.client().expect("a connection")
    }

    /// Waits until nobody else is connected.
    pub fn wait_until_alone(&self) {
        wait::until("the other connections to end", || {
            let status = self.home.status().expect("an answer");
            (status.connections == 2).then_some(())
        });
    }

    /// Asks for something that succeeds.
    pub fn ask(&mut self, verb: &str, params: Value) -> Value {
        let mut answer = self.wire.ask(verb, params).expect("an answer");
        assert_eq!(answer["error"], Value::Null, "{verb} succeeds");
        answer["result"].take()
    }

    /// Asks for something that is refused.
    pub fn refused(&mut self, verb: &str, params: Value) {
        let answer = self.wire.ask(verb, params).expect("an answer");
        assert_ne!(answer["error"], Value::Null, "{verb} is refused");
    }

    /// Notes a PIN that must not be found. It is short, and digits by chance are not these.
    pub fn forbid_pin(&mut self, name: &str, pin: &str) {
        self.forbidden.push(Wanted { name: name.to_owned(), bytes: pin.as_bytes().to_vec() });
    }

    /// Notes a code that was given.
    pub fn gave(&mut self, how: &str, code: &str) {
        assert_eq!(code.len(), 8, "{how}: a code");
        self.forbidden.push(traces::of_code(how, code));
    }

    /// Makes sure that an open agent holds the vault's key once, and nothing else that must not be found.
    pub fn assert_holds_its_key_alone(&self, moment: &str) {
        let (key, others) = keys_of(&self.home);
        let found = self.find([&key, &others, &self.forbidden]);
        let (key_found, left): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|found| found.starts_with(VAULT_KEY));
        assert_eq!(key_found.len(), key.len(), "{moment}: {key_found:#?}");
        assert!(left.is_empty(), "{moment}: {left:#?}");
    }

    /// Makes sure that a locked agent holds nothing, and none of `names` either.
    pub fn assert_holds_nothing(&self, moment: &str, names: &[Wanted]) {
        let (key, others) = keys_of(&self.home);
        let found = self.find([&key, &others, &[&self.forbidden, names].concat()]);
        assert!(found.is_empty(), "{moment}: {found:#?}");
    }

    /// What of `wanted` is in the agent's memory, one more answer later.
    fn find(&self, wanted: [&[Wanted]; 3]) -> Vec<String> {
        self.home.status().expect("one more answer");
        let path = self.home.socket().into_os_string().into_encoded_bytes();
        let wanted = [&[Wanted::new(SOCKET, path)], wanted[0], wanted[1], wanted[2]].concat();
        let mut found = Dump::of(self.agent.pid()).find(&wanted);
        let all = found.len();
        found.retain(|found| !found.starts_with(SOCKET));
        assert!(found.len() < all, "this is the agent's memory");
        found
    }
}
