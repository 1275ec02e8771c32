//! The program behind a connection as a person is told of it, and how long an approval of it may be remembered. All
//! texts are cleaned: none holds a control or bidirectional character, or is longer than a label.
//!
//! It is a label. A program of the same user can run under another's name, change its own arguments, and write into
//! other processes; nothing here is a boundary.

use super::Process;
use super::system::Seen;
use super::who::{Key, ScriptKey, Who};

/// What a file holds, by SHA-256.
pub type Sha256 = [u8; 32];

/// What is said in place of the name of a program that cannot be looked at.
pub const HIDDEN: &str = "a program that hides its name";

/// What is said in place of the name of a program that is no more.
const GONE: &str = "a program that has ended";

/// Who asks, as it was when it was looked at.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The program.
    pub program: Identity,
    /// What it runs, when it is an interpreter and that is a file.
    pub script: Option<Script>,
    /// Names of the programs that started it, the nearest first, up to the session.
    pub chain: Vec<String>,
    /// What the system runs it as.
    pub home: Option<Home>,
    /// The process, which is the one that runs our own command line when that is what called.
    pub process: Option<Process>,
    /// Whether it does whatever it is told to.
    pub(super) relays: bool,
    pub(super) seen: Option<Seen>,
}

/// What is known of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// Its file.
    Program(Program),
    /// It runs as another user, or does not let itself be looked at.
    Hidden,
    /// It ended before it could be looked at.
    Gone,
}

/// The file that a process runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Where it is, or was.
    pub path: String,
    /// What it holds; none when it cannot be read, or would take too long.
    pub hash: Option<Sha256>,
}

/// What an interpreter runs, by its own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Where it is.
    pub path: String,
    /// What it holds now; none when it would take too long to read.
    pub hash: Option<Sha256>,
}

/// What the system knows a process as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// A service of systemd, such as `backup.service`.
    Service(String),
    /// An application of the desktop, such as `org.gnome.Evolution`.
    App(String),
    /// An application in Flatpak's sandbox.
    Flatpak(String),
    /// An application in Snap's.
    Snap(String),
}

/// How long an approval may be remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// For ever, for the program as it is now.
    Program,
    /// As long as this one process runs.
    ProcessOnly,
    /// Not at all.
    Never,
}

impl Caller {
    /// What a person is told: the path of the program, or of the script that it runs.
    pub fn label(&self) -> &str {
        match (&self.script, &self.program) {
            (Some(script), _) => &script.path,
            (None, Identity::Program(program)) => &program.path,
            (None, Identity::Hidden) => HIDDEN,
            (None, Identity::Gone) => GONE,
        }
    }

    /// How long an approval of it may be remembered.
    pub fn keeping(&self) -> Keeping {
        match (self.key(), self.process, &self.program) {
            (Some(_), ..) => Keeping::Program,
            (None, Some(_), Identity::Program(_)) => Keeping::ProcessOnly,
            _ => Keeping::Never,
        }
    }

    /// The key to remember an approval by; none when it must not be.
    pub fn who(&self) -> Option<Who> {
        match self.keeping() {
            Keeping::Program => self.key().map(Who::Program),
            Keeping::ProcessOnly => self.process.map(Who::Process),
            Keeping::Never => None,
        }
    }

    fn key(&self) -> Option<Key> {
        let Identity::Program(Program { path, hash: Some(hash) }) = &self.program else {
            return None;
        };
        let script = match &self.script {
            None if self.relays => return None,
            None => None,
            Some(script) => Some(ScriptKey { path: script.path.clone(), hash: script.hash? }),
        };
        Some(Key { path: path.clone(), hash: *hash, script })
    }

    /// The sentence part that says where it comes from: `started by NetworkManager`, `started by git in konsole`, or
    /// `in gnome-terminal`.
    pub fn started_by(&self) -> Option<String> {
        super::words::started_by(&self.chain)
    }

    pub(super) fn without(program: Identity) -> Self {
        let (script, chain, home, process) = (None, Vec::new(), None, None);
        Self { program, script, chain, home, process, relays: false, seen: None }
    }
}

#[cfg(any(test, feature = "fakes"))]
impl Caller {
    /// A program at `path` that holds its own path.
    pub fn pretended(path: &str) -> Self {
        use sha2::Digest;
        let hash = Some(sha2::Sha256::digest(path.as_bytes()).into());
        Self::without(Identity::Program(Program { path: path.to_owned(), hash }))
    }
}
