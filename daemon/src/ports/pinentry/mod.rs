//! Asking the user by pinentry, the program that GnuPG asks with: a child that shows one window or fills one terminal,
//! with the environment of the agent's session and not of the caller. What is said to it is in `assuan`.

mod assuan;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use zeroize::{Zeroize, Zeroizing};

use super::prompter::{Asking, Prompted, Prompter, Question, Wanted};
use crate::secret::Secret;
use assuan::{LINE_BYTES, Line, escape};

/// Name of the program.
const PROGRAM: &str = "pinentry";

/// What pinentry is given of the session.
const SESSION: &[&str] = &["DISPLAY", "WAYLAND_DISPLAY", "GPG_TTY"];

/// Asks by pinentry.
#[derive(Debug)]
pub struct Pinentry {
    program: Option<PathBuf>,
}

impl Pinentry {
    /// The first pinentry in `path`, the value of `PATH`, that nobody else can have replaced.
    pub fn find(path: Option<&OsStr>) -> Self {
        let folders = path.map(std::env::split_paths).into_iter().flatten();
        let named = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
        let programs =
            folders.filter(|folder| folder.is_absolute()).map(|folder| folder.join(&named));
        Self { program: programs.into_iter().find(|program| is_safe(program)) }
    }
}

/// A program that another user may write could ask for the PIN in that user's interest.
#[cfg(unix)]
fn is_safe(program: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::geteuid().as_raw();
    std::fs::metadata(program).is_ok_and(|found| {
        found.is_file() && (found.uid() == 0 || found.uid() == own) && found.mode() & 0o022 == 0
    })
}

#[cfg(windows)]
fn is_safe(program: &Path) -> bool {
    program.is_file()
}

impl Prompter for Pinentry {
    fn is_there(&self) -> bool {
        let has_screen = SESSION.iter().any(|name| std::env::var_os(name).is_some());
        self.program.is_some() && (has_screen || cfg!(windows))
    }

    fn ask(&self, question: Question) -> Asking {
        let program = self.program.clone();
        Box::pin(async move {
            let Some(program) = program else { return Prompted::Failed };
            converse(&program, &question).await.unwrap_or(Prompted::Failed)
        })
    }
}

async fn converse(program: &Path, question: &Question) -> std::io::Result<Prompted> {
    let mut talk = Talk::begin(program)?;
    let pieces: [(&str, String); 5] = [
        ("SETTITLE", "Passcode Agent".to_owned()),
        ("SETDESC", escape(&description(question))),
        ("SETPROMPT", prompt(question.wanted).to_owned()),
        ("SETERROR", question.trouble.as_deref().map(escape).unwrap_or_default()),
        ("SETOK", "_Unlock".to_owned()),
    ];
    if talk.answer().await? != Line::Ok {
        return Ok(Prompted::Failed);
    }
    for option in options() {
        talk.say(&format!("OPTION {option}")).await?;
        // An option that this pinentry does not know changes nothing.
        talk.answer().await?;
    }
    for (command, text) in pieces.iter().filter(|(_, text)| !text.is_empty()) {
        talk.say(&format!("{command} {text}")).await?;
        talk.answer().await?;
    }
    talk.say("GETPIN").await?;
    talk.pin().await
}

fn description(question: &Question) -> String {
    let what = match question.wanted {
        Wanted::Pin(digits) => format!("Enter your PIN of {digits} digits to unlock the vault."),
        Wanted::Passphrase => "Enter the passphrase to unlock the vault.".to_owned(),
    };
    let profile = question.profile.as_ref().map(|name| format!("\nProfile: {name}"));
    format!("{what}\n\nA code was asked for by: {}{}", question.caller, profile.unwrap_or_default())
}

fn prompt(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Pin(_) => "PIN:",
        Wanted::Passphrase => "Passphrase:",
    }
}

/// Never takes the keyboard away from other programs; on a terminal it has to be told which.
fn options() -> Vec<String> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let terminal = variable("GPG_TTY").map(|tty| format!("ttyname={}", escape(&tty)));
    let kind = variable("TERM").map(|kind| format!("ttytype={}", escape(&kind)));
    std::iter::once("no-grab".to_owned()).chain(terminal).chain(kind).collect()
}

/// A conversation; dropping it ends the program.
struct Talk {
    _child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
}

impl Talk {
    fn begin(program: &Path) -> std::io::Result<Self> {
        let mut command = Command::new(program);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.kill_on_drop(true).spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let pipes = stdin.zip(stdout).ok_or(std::io::ErrorKind::BrokenPipe)?;
        Ok(Self {
            _child: child,
            stdin: pipes.0,
            stdout: pipes.1,
            buffer: Zeroizing::new(vec![0; LINE_BYTES]),
            filled: 0,
        })
    }

    async fn say(&mut self, command: &str) -> std::io::Result<()> {
        self.stdin.write_all(format!("{command}\n").as_bytes()).await
    }

    /// The next line that says whether the command is done.
    async fn answer(&mut self) -> std::io::Result<Line> {
        loop {
            match self.line().await? {
                Line::Other => {}
                line => return Ok(line),
            }
        }
    }

    async fn pin(&mut self) -> std::io::Result<Prompted> {
        let mut typed = Secret::of("");
        loop {
            match self.answer().await? {
                Line::Data(data) => typed = data,
                Line::Ok => return Ok(Prompted::Given(typed)),
                _ => return Ok(Prompted::Dismissed),
            }
        }
    }

    async fn line(&mut self) -> std::io::Result<Line> {
        loop {
            let arrived = &self.buffer[..self.filled];
            if let Some(end) = arrived.iter().position(|byte| *byte == b'\n') {
                let line = assuan::read(&self.buffer[..end]);
                self.buffer.copy_within(end + 1..self.filled, 0);
                self.filled -= end + 1;
                let filled = self.filled;
                self.buffer[filled..].zeroize();
                return Ok(line);
            }
            let filled = self.filled;
            match self.stdout.read(&mut self.buffer[filled..]).await? {
                0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                count => self.filled += count,
            }
        }
    }
}
