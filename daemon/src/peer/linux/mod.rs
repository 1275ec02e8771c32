//! What Linux tells of a process: `life` holds it, `process` reads of it, `file` tells files apart, `script` finds
//! what an interpreter runs, `chain` who started it, and `home` what the system runs it as.

mod chain;
mod file;
mod home;
mod interpreters;
mod life;
mod process;
mod script;

use std::fs::File;

pub(super) use file::shown;
pub use life::Life;
pub(super) use process::{ancestors, behind, called, process, program_of};

use super::Process;
use super::caller::{Caller, Identity, Program};
use file::Mark;
use interpreters::Kind;

/// What tells a caller from another one, or from itself after it has executed something else. Cheap to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// The process behind the connection, or the one that runs our command line.
    process: Process,
    /// The file that the process of the connection runs; none when it hides.
    connected: Option<Mark>,
    /// The file that `process` runs.
    program: Option<Mark>,
    script: Option<(String, Mark)>,
}

impl Seen {
    /// What is to be seen of the process `pid` and of the one behind it.
    pub(super) fn of(pid: i32) -> Option<Self> {
        Some(Self::with_script(pid)?.0)
    }

    fn with_script(pid: i32) -> Option<(Self, Option<script::Found>)> {
        let process = process(behind(pid))?;
        let found = script::of(process.pid);
        let script = found.as_ref().map(|script| (script.path.clone(), script.mark));
        let program = mark(process.pid);
        Some((Self { process, connected: mark(pid), program, script }, found))
    }
}

fn mark(pid: i32) -> Option<Mark> {
    std::fs::metadata(process::entry(pid, "exe")).ok().map(|file| Mark::of(&file))
}

/// Who the process `pid` is. Whether it was there all the time is to be asked afterwards.
pub(super) fn identify(pid: i32) -> Caller {
    let Some((seen, script)) = Seen::with_script(pid) else {
        return Caller::without(Identity::Gone);
    };
    let asks = seen.process.pid;
    Caller {
        program: program(asks),
        script: script.map(script::Found::read),
        chain: chain::of(asks),
        home: home::of(asks),
        process: Some(seen.process),
        relays: does_what_it_is_told(asks),
        seen: Some(seen),
    }
}

/// Whether an approval for the program would be one for anything. Our own command line is such a program: who runs it is
/// looked for, but may have ended.
fn does_what_it_is_told(pid: i32) -> bool {
    let (path, words) = (process::executable(pid), process::arguments(pid));
    let first = words.first().map_or(&[][..], Vec::as_slice);
    let kind = path.map_or(Kind::Relay, |path| interpreters::kind_of(&path, first));
    kind != Kind::Program || process::is_own(pid)
}

fn program(pid: i32) -> Identity {
    let Some(path) = process::executable(pid) else { return Identity::Hidden };
    let running = File::open(process::entry(pid, "exe"));
    // A file that may be run and not read has a name all the same.
    let hash = running.ok().and_then(|mut file| file::hash(&mut file));
    Identity::Program(Program { path: shown(file::living(&path)), hash })
}
