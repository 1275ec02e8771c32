//! A watch over what other users and later readers could see of a login: arguments and environments of all processes
//! while it runs, files that were left, and what was said. It knows the machine's password, secret and codes.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use data_encoding::BASE64;

use crate::codes::{self, SECRET_IN_BASE32, SECRET_IN_HEX};
use crate::machine::PASSWORD;

/// Pause between two looks at all processes.
const PAUSE: Duration = Duration::from_millis(1);

/// How many codes of a counter are known from its beginning.
const COUNTERS: u64 = 40;

/// The steps of time whose codes are known, from the one in which the watch begins.
const STEPS: std::ops::Range<i64> = -1..8;

/// Where files could be left by clients. Servers have theirs in `/run/machine` and `/etc`.
const FOLDERS: [&str; 6] = ["/tmp", "/home", "/root", "/dev/shm", "/run", "/run/changes/var/upper"];

/// What is ours in there.
const OURS: [&str; 4] = ["/run/machine", "/run/kept", "/run/changes", "/run/programs"];

/// What must not be seen.
#[derive(Debug, Clone)]
struct Secrets {
    /// Texts that are secret wherever they stand.
    texts: Vec<String>,
    /// Numbers that are secret as a whole, and may be a part of others by chance.
    codes: HashSet<String>,
}

impl Secrets {
    fn of_the_machine() -> Self {
        let codes: HashSet<String> =
            codes::hotp(COUNTERS).into_iter().chain(STEPS.map(codes::totp)).collect();
        let plain = [PASSWORD, SECRET_IN_HEX, SECRET_IN_BASE32].map(str::to_owned);
        let encoded = codes.iter().map(String::as_str).chain([PASSWORD]);
        let encoded: Vec<String> = encoded.map(|text| BASE64.encode(text.as_bytes())).collect();
        Self { texts: plain.into_iter().chain(encoded).collect(), codes }
    }

    /// The first secret in `bytes`.
    fn find(&self, bytes: &[u8]) -> Option<String> {
        let text = String::from_utf8_lossy(bytes);
        let whole = self.texts.iter().find(|secret| text.contains(secret.as_str()));
        whole.cloned().or_else(|| {
            numbers(&text).find(|number| self.codes.contains(*number)).map(str::to_owned)
        })
    }
}

/// The numbers in `text`, without the millionths of a second of moments: a log has a new one in each line, and one in
/// some thousand lines would be a code by chance.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let start_of = |number: &str| number.as_ptr() as usize - text.as_ptr() as usize;
    text.split(|letter: char| !letter.is_ascii_digit())
        .filter(move |number| !number.is_empty() && !is_after_a_second(&text[..start_of(number)]))
}

/// Whether what follows `before` is a fraction of a second: `18:50:31.`
fn is_after_a_second(before: &str) -> bool {
    let last = before.as_bytes().last_chunk::<9>();
    last.is_some_and(|last| {
        last.iter().zip(b"00:00:00.").all(|(is, shape)| match shape {
            b'0' => is.is_ascii_digit(),
            _ => is == shape,
        })
    })
}

/// A watch that runs. Without [`SecretWatch::finish`] it has watched for nothing.
#[derive(Debug)]
#[must_use = "what was seen is told by finish()"]
pub struct SecretWatch {
    secrets: Secrets,
    stop: Arc<AtomicBool>,
    seen: Option<JoinHandle<Vec<String>>>,
}

impl SecretWatch {
    /// Watches for the machine's password, secret and codes from now on.
    pub fn start() -> Self {
        Self::over(&[])
    }

    /// The same, and `more` texts, such as a PIN or another password.
    pub fn over(more: &[&str]) -> Self {
        let mut secrets = Secrets::of_the_machine();
        secrets.texts.extend(more.iter().map(|text| (*text).to_owned()));
        let stop = Arc::new(AtomicBool::new(false));
        let (watched, ends) = (secrets.clone(), Arc::clone(&stop));
        let seen = thread::spawn(move || watch(&watched, &ends));
        Self { secrets, stop, seen: Some(seen) }
    }

    /// Ends the watch. `said` is what programs have printed that must not hold secrets either.
    ///
    /// # Panics
    /// When a secret was seen.
    pub fn finish(mut self, said: &[&str]) {
        self.stop.store(true, Ordering::Relaxed);
        let seen = self.seen.take().map(JoinHandle::join);
        let mut seen = seen.expect("a watch").expect("the watch has not failed");
        seen.extend(FOLDERS.iter().flat_map(|folder| in_files(&self.secrets, Path::new(folder))));
        let in_said = said.iter().filter_map(|text| {
            self.secrets.find(text.as_bytes()).map(|secret| format!("{secret} was printed: {text}"))
        });
        seen.extend(in_said);
        assert!(seen.is_empty(), "secrets were to be seen:\n{}", seen.join("\n"));
    }
}

impl Drop for SecretWatch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn watch(secrets: &Secrets, stop: &AtomicBool) -> Vec<String> {
    let (mut known, mut seen) = (HashSet::new(), Vec::new());
    while !stop.load(Ordering::Relaxed) {
        look(secrets, &mut known, &mut seen);
        thread::sleep(PAUSE);
    }
    seen
}

/// Looks at all processes. What was looked at before is `known` and not searched again.
fn look(secrets: &Secrets, known: &mut HashSet<Vec<u8>>, seen: &mut Vec<String>) {
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        if !process.file_name().to_string_lossy().starts_with(|first: char| first.is_ascii_digit())
        {
            continue;
        }
        for file in ["cmdline", "environ"] {
            // A process that has ended meanwhile has nothing to show.
            let bytes = fs::read(process.path().join(file)).unwrap_or_default();
            if let Some(secret) = secrets.find_new(&bytes, known) {
                let text = String::from_utf8_lossy(&bytes).replace('\0', " ");
                seen.push(format!("{secret} in the {file} of a process: {text}"));
            }
        }
    }
}

impl Secrets {
    fn find_new(&self, bytes: &[u8], known: &mut HashSet<Vec<u8>>) -> Option<String> {
        if bytes.is_empty() || !known.insert(bytes.to_vec()) {
            return None;
        }
        self.find(bytes)
    }
}

/// What stands on another device than its folder was only shown to the machine.
fn in_files(secrets: &Secrets, folder: &Path) -> Vec<String> {
    let device = |path: &Path| fs::symlink_metadata(path).map(|file| file.dev()).ok();
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let left = entries.filter(|path| !OURS.iter().any(|own| path == Path::new(own)));
    left.filter(|path| device(path) == device(folder))
        .flat_map(|path| match fs::symlink_metadata(&path) {
            Ok(file) if file.is_dir() => in_files(secrets, &path),
            Ok(file) if file.is_file() => in_file(secrets, path).into_iter().collect(),
            _ => Vec::new(),
        })
        .collect()
}

fn in_file(secrets: &Secrets, path: PathBuf) -> Option<String> {
    let bytes = fs::read(&path).ok()?;
    secrets.find(&bytes).map(|secret| format!("{secret} in the file {}", path.display()))
}
