//! Who is at the other end of a connection. Made once at accept, with the process held so that a later one of the same
//! number is never taken for it; what its program is called is a label for people and never decides anything.
//!
//! - [`Caller`] is what [`identify`] finds out when an approval is needed: program, script, chain of parents.
//! - [`Who`] is the key under which an approval is remembered.
//! - [`still_is`] says, before a code is given, whether the process still is who was approved.

mod caller;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;
mod rights;
mod who;
mod words;

#[cfg(not(target_os = "linux"))]
use elsewhere as system;
#[cfg(target_os = "linux")]
use linux as system;

#[cfg(all(test, target_os = "linux"))]
mod tests;

use std::sync::OnceLock;

pub use caller::{Caller, Home, Identity, Keeping, Program, Script, Sha256};
pub use rights::{Right, Rights};
pub use system::Life;
pub use who::{Key, ScriptKey, Who};

/// A process, told from a later one of the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// When it was started, in the system's own unit.
    pub started: u64,
}

/// The caller of one connection.
#[derive(Debug)]
pub struct Peer {
    pid: Option<i32>,
    /// Tells whether the process is still the one that connected.
    life: Life,
    rights: Rights,
    program: OnceLock<String>,
    #[cfg(any(test, feature = "fakes"))]
    pretended: std::sync::Mutex<Option<Caller>>,
}

impl Peer {
    /// The process `pid`, with `rights`.
    pub fn new(pid: Option<i32>, rights: Rights) -> Self {
        Self::held(pid, pid.map_or_else(Life::none, Life::of), rights)
    }

    /// The process `pid`, which is held by `life`.
    pub fn held(pid: Option<i32>, life: Life, rights: Rights) -> Self {
        Self {
            pid,
            life,
            rights,
            program: OnceLock::new(),
            #[cfg(any(test, feature = "fakes"))]
            pretended: std::sync::Mutex::default(),
        }
    }

    /// A caller that is known by name alone.
    #[cfg(any(test, feature = "fakes"))]
    pub fn named(program: &str, rights: Rights) -> Self {
        let peer = Self::pretending(Caller::pretended(program), rights);
        Self { program: OnceLock::from(program.to_owned()), ..peer }
    }

    /// One that [`identify`] takes for `caller`.
    #[cfg(any(test, feature = "fakes"))]
    pub fn pretending(caller: Caller, rights: Rights) -> Self {
        let peer = Self::held(None, Life::none(), rights);
        peer.becomes(caller);
        peer
    }

    /// From now on [`identify`] takes it for `caller`, as if it had executed another program.
    #[cfg(any(test, feature = "fakes"))]
    pub fn becomes(&self, caller: Caller) {
        *self.pretended.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(caller);
    }

    /// Its process, for the log.
    pub fn pid(&self) -> Option<i32> {
        self.pid
    }

    /// Whether the process that connected still runs.
    pub fn is_there(&self) -> bool {
        self.pid.is_some_and(|pid| self.life.is_of(pid))
    }

    /// Whether the process `pid` started it, directly or by others; false when that cannot be known.
    pub fn descends_from(&self, pid: i32) -> bool {
        let descends = |own| own != pid && system::ancestors(own).any(|ancestor| ancestor == pid);
        self.look(|own| Some(descends(own))).unwrap_or(false)
    }

    /// The name of its program without the folder, as rules know it. A program of another user hides its path, but not
    /// what it is called.
    pub fn name(&self) -> Option<String> {
        self.look(|pid| {
            let process = system::behind(pid);
            let path = system::program_of(process);
            let name =
                path.as_deref().and_then(|path| path.rsplit(['/', '\\']).next()).map(str::to_owned);
            name.or_else(|| system::called(process))
        })
    }

    /// The process itself, or whoever runs our own command line.
    pub fn process(&self) -> Option<Process> {
        self.look(|pid| system::process(system::behind(pid)))
    }

    /// What it may do.
    pub fn rights(&self) -> Rights {
        self.rights
    }

    /// The path of its program, looked up when first asked for: it may have gone by then, or hide. Behind our own command
    /// line stands whoever runs it.
    pub fn program(&self) -> &str {
        self.program.get_or_init(|| {
            let path = self.look(|pid| system::program_of(system::behind(pid)));
            path.unwrap_or_else(|| caller::HIDDEN.to_owned())
        })
    }

    /// What `see` finds out about the process; nothing when it ended meanwhile, for then its number may be another's.
    fn look<T>(&self, see: impl FnOnce(i32) -> Option<T>) -> Option<T> {
        let seen = see(self.pid?);
        seen.filter(|_| self.is_there())
    }
}

/// Finds out who `peer` is. Reads files and may compute hashes over large ones, so never on a thread that serves others.
pub fn identify(peer: &Peer) -> Caller {
    #[cfg(any(test, feature = "fakes"))]
    if let Some(caller) = peer.pretended() {
        return caller;
    }
    let Some(pid) = peer.pid else { return Caller::without(Identity::Hidden) };
    let caller = system::identify(pid);
    // What was read belongs to this process only if it was there until the end, and was the same program all the time.
    match still_is(peer, &caller) {
        true => caller,
        false => Caller::without(Identity::Gone),
    }
}

/// Whether `peer` still is `caller`: the same process, or the same one behind our own command line, and it has executed
/// no other program and no other script since. Cheap, for right before a code is given.
pub fn still_is(peer: &Peer, caller: &Caller) -> bool {
    #[cfg(any(test, feature = "fakes"))]
    if let Some(now) = peer.pretended() {
        return now.program == caller.program && now.script == caller.script;
    }
    let now = peer.look(system::Seen::of);
    now.is_some() && now == caller.seen
}

#[cfg(any(test, feature = "fakes"))]
impl Peer {
    fn pretended(&self) -> Option<Caller> {
        self.pretended.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}
