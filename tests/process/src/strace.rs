//! `strace` around a program: it ends the program at its nth call of the system, has that call fail, or writes down
//! every call. The program is a direct child of whoever starts it; `strace` goes away with it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{tools, wait};

/// What becomes of the nth call of one kind. Each thread of the program counts its own calls.
#[derive(Debug, Clone, Copy)]
pub enum Blow {
    /// The program is killed before the call.
    Kill,
    /// The call does nothing and fails with this error, as `errno(3)` calls it.
    Fail(&'static str),
    /// So do all that follow.
    FailFromThenOn(&'static str),
}

/// A plan for one run of a program.
#[derive(Debug, Clone)]
pub struct Strace {
    arguments: Vec<OsString>,
    log: PathBuf,
}

impl Strace {
    /// Deals the blow at the nth call of this kind; writes down the calls of this kind to `log`.
    pub fn strike(blow: Blow, call: &str, number: usize, log: &Path) -> Self {
        let what = match blow {
            Blow::Kill => format!("signal=SIGKILL:when={number}"),
            Blow::Fail(error) => format!("error={error}:when={number}"),
            Blow::FailFromThenOn(error) => format!("error={error}:when={number}+"),
        };
        Self::new(call, log).with(["-e".to_owned(), format!("inject={call}:{what}")])
    }

    /// Writes down every one of the given calls, with the files that they are about and all their bytes.
    pub fn write_down(calls: &str, log: &Path) -> Self {
        Self::new(calls, log).with(["--seccomp-bpf", "-y", "-xx", "-s", "1000000"])
    }

    fn new(calls: &str, log: &Path) -> Self {
        tools::need("strace", "strace");
        let plan = Self { arguments: Vec::new(), log: log.to_owned() };
        // Never with `--seccomp-bpf` where a call is struck: strace 6.1 then loses signals.
        plan.with(["-D", "-f", "-q", "-e"])
            .with([format!("trace={calls}")])
            .with([OsString::from("-o"), log.into()])
    }

    /// Only calls that are about this path count.
    #[must_use]
    pub fn about(self, path: &Path) -> Self {
        self.with([OsString::from("-P"), path.into()])
    }

    fn with<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// The program, with `strace` around it.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("strace");
        command.args(&self.arguments).arg("--").arg(program);
        command
    }

    /// What was written down about a program that has ended.
    ///
    /// # Panics
    /// When strace does not come to its end.
    pub fn log(&self, program: u32) -> String {
        let program = program.to_string();
        let is_end = |line: &str| {
            line.strip_prefix(&program).is_some_and(|rest| rest.trim_start().starts_with("+++"))
        };
        wait::until("the end of strace's log", || {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            log.lines().any(is_end).then_some(log)
        })
    }

    /// Whether a blow was dealt to a program that has ended.
    ///
    /// # Panics
    /// When strace does not come to its end.
    pub fn struck(&self, program: u32) -> bool {
        self.log(program).contains("(INJECTED)")
    }
}
