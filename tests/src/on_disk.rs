//! A vault in real files, made by the real keeper, for tests that damage it or end its agent at every step. What of the
//! agent they rest on stands here alone: making one ([`make`]) and opening one ([`open`]).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use passcode_daemon::kdf::Cost;
use passcode_daemon::keeper::{About, Keeper, Needs, Outcome, Terms};
use passcode_daemon::peer::{Peer, Rights};
use passcode_daemon::ports::Ports;
use passcode_daemon::ports::fake::clock::FakeClock;
use passcode_daemon::ports::fake::courier::FakeCourier;
use passcode_daemon::ports::fake::prompter::FakePrompter;
use passcode_daemon::ports::fake::settings::FakeSettings;
use passcode_daemon::ports::fake::watch::FakeWatch;
use passcode_daemon::ports::keyfile::KeyFile;
use passcode_daemon::ports::keystore::{KeyStore, KeyStores, StoreKind};
use passcode_daemon::ports::sqlite::SqliteStores;
use passcode_daemon::ports::store::Row;
use passcode_daemon::rules::Rules;
use passcode_daemon::vault::opening::faults::store_fault;
use passcode_daemon::vault::opening::{self, Credentials};
use passcode_proto::request::Quit;
use passcode_proto::{FaultCode, Request};
use tempfile::TempDir;

use crate::rig::START;
use crate::rig::asks::{code, default, pair_quietly, rename, unpair};
use crate::rig::keys::{HOTP, TOTP};

/// The files of a data folder by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// For an agent to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder for the user alone, in memory where the system has such a place.
///
/// # Panics
/// When none can be made.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder can be made")
}

/// The files of the folder.
///
/// # Panics
/// When they cannot be read.
pub fn read(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    let file = |entry: fs::DirEntry| {
        let bytes = fs::read(entry.path()).expect("a file");
        (entry.file_name().to_string_lossy().into_owned(), bytes)
    };
    entries.map(file).collect()
}

/// Makes `files` the files of the folder, and no others; what is there is written over in its place.
///
/// # Panics
/// When that is not possible.
pub fn write(folder: &Path, files: &Files) {
    for name in read(folder).keys().filter(|name| !files.contains_key(*name)) {
        fs::remove_file(folder.join(name)).expect("a file can be removed");
    }
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::write(&path, bytes).expect("a file can be written");
        close_to_others(&path);
    }
}

#[cfg(unix)]
fn close_to_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("permissions");
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) {}

fn ports(folder: &Path) -> Ports {
    Ports {
        clock: Arc::new(FakeClock::at(START)),
        stores: Arc::new(SqliteStores::new(folder)),
        keystores: Arc::new(KeyFiles(Arc::new(KeyFile::new(folder)))),
        prompter: Arc::new(FakePrompter::default()),
        courier: Arc::new(FakeCourier::default()),
        settings: Arc::new(FakeSettings::default()),
        watch: Arc::new(FakeWatch::new()),
        rules: Arc::new(Rules { keystore: StoreKind::File, cost: Cost::LEAST, ..Rules::default() }),
    }
}

/// The key store of a file is all that there is.
struct KeyFiles(Arc<KeyFile>);

impl KeyStores for KeyFiles {
    fn of(&self, _: StoreKind) -> Arc<dyn KeyStore> {
        Arc::clone(&self.0) as Arc<dyn KeyStore>
    }
}

/// Opens the vault of the folder as an agent does; its rows, or why it is refused.
pub fn open(folder: &Path) -> Result<Vec<Row>, FaultCode> {
    let opened = opening::open(&ports(folder), &Credentials::default())
        .map_err(|unopened| unopened.into_fault().code)?;
    let mut store = opened.store;
    store.rows().map_err(|fault| store_fault(fault).code)
}

/// What agents left behind.
pub struct Left {
    /// By one that ended in good order.
    pub closed: Files,
    /// By one that went on from there, if it had been killed after each of its answers.
    pub killed: Vec<Files>,
}

/// Has agents make a vault with everything in it that a vault can hold.
///
/// # Panics
/// When an agent refuses something.
pub fn make() -> Left {
    let folder = folder();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("an event loop");
    runtime.block_on(play(folder.path(), first_requests()));
    let closed = read(folder.path());
    let killed = runtime.block_on(play(folder.path(), further_requests()));
    Left { closed, killed }
}

/// Runs an agent; gives the files as they are after each of its answers.
async fn play(folder: &Path, requests: Vec<Request>) -> Vec<Files> {
    let about = About {
        socket: String::new(),
        config: String::new(),
        computer: None,
        unprotected: Vec::new(),
        connections: Arc::new(AtomicU32::new(0)),
    };
    let (keeper, kept) = Keeper::start(ports(folder), about);
    let mut left = Vec::new();
    for request in requests {
        ask(&keeper, request, Needs::OpenVault).await;
        left.push(read(folder));
    }
    ask(&keeper, Request::Quit(Quit {}), Needs::Nothing).await;
    drop(keeper);
    tokio::time::timeout(PATIENCE, kept).await.expect("in time").expect("no panic");
    left
}

fn first_requests() -> Vec<Request> {
    vec![
        Request::Pair(pair_quietly(HOTP, "counted")),
        Request::Pair(pair_quietly(TOTP, "timed")),
        Request::Pair(pair_quietly(TOTP, "for a while")),
        Request::SetDefault(default("timed")),
        Request::GetCode(code("counted")),
    ]
}

fn further_requests() -> Vec<Request> {
    vec![
        Request::GetCode(code("counted")),
        Request::Rename(rename("counted", "counted under a longer name")),
        Request::Unpair(unpair("for a while")),
        Request::Pair(pair_quietly(HOTP, "another")),
        Request::GetCode(code("counted")),
    ]
}

async fn ask(keeper: &Keeper, request: Request, needs: Needs) {
    let caller = Arc::new(Peer::named("/usr/bin/rig", Rights::ALL));
    match keeper.ask(request, Terms::of(needs), &caller).await {
        Outcome::Answered(Ok(_)) => {}
        Outcome::Answered(Err(fault)) => panic!("{fault}"),
        _ => panic!("no answer"),
    }
}
