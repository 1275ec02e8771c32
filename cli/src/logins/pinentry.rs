//! Asking the user by pinentry, the program that GnuPG asks with (Assuan protocol, a line each way). Here as a client;
//! every failure is the same as nobody to ask.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use passcode_proto::SecretText;
use zeroize::Zeroizing;

/// Longest line of the protocol, in bytes.
const LINE_BYTES: usize = 1000;

/// Seconds after which a question is withdrawn.
const SECONDS: u32 = 60;

/// A question for the user, printable.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// What it is about.
    pub title: &'a str,
    /// What stands before the field.
    pub prompt: &'a str,
}

/// Asks; none when there is no pinentry, or the user cancels.
pub fn ask(question: &Question<'_>) -> Option<SecretText> {
    let mut talk = Talk::begin(&find()?).ok()?;
    talk.set("SETDESC", question.title).ok()?;
    talk.set("SETPROMPT", question.prompt).ok()?;
    talk.say("GETPIN").ok()?;
    talk.data().ok()?
}

/// Asks for a yes; false when there is no pinentry, or the user does not agree.
pub fn confirm(question: &str) -> bool {
    let agreed = || -> Option<bool> {
        let mut talk = Talk::begin(&find()?).ok()?;
        talk.set("SETDESC", question).ok()?;
        talk.say("CONFIRM").ok()?;
        talk.is_ok().ok()
    };
    agreed().unwrap_or(false)
}

/// The first pinentry on the path that is not ourselves, where there is a screen or a terminal for it.
pub fn find() -> Option<PathBuf> {
    let has_place =
        ["DISPLAY", "WAYLAND_DISPLAY", "GPG_TTY"].iter().any(|name| env::var_os(name).is_some());
    let folders = env::var_os("PATH").filter(|_| has_place || cfg!(windows))?;
    let named = format!("pinentry{}", env::consts::EXE_SUFFIX);
    let own = env::current_exe().and_then(|own| own.canonicalize()).ok();
    env::split_paths(&folders)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(&named))
        .find(|program| program.is_file() && program.canonicalize().ok() != own)
}

/// A conversation; it ends with its program.
struct Talk {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Talk {
    fn begin(program: &Path) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.ok_or(io::ErrorKind::BrokenPipe)?;
        let mut talk = Self { child, input, output: BufReader::with_capacity(LINE_BYTES, output) };
        talk.is_ok()?;
        talk.set("SETTITLE", "Passcode Agent")?;
        talk.say(&format!("SETTIMEOUT {SECONDS}"))?;
        talk.is_ok()?;
        for option in options() {
            talk.say(&format!("OPTION {option}"))?;
            // An option that this pinentry does not know changes nothing.
            talk.is_ok()?;
        }
        Ok(talk)
    }

    fn set(&mut self, command: &str, text: &str) -> io::Result<bool> {
        self.say(&format!("{command} {}", escaped(text)))?;
        self.is_ok()
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        self.input.write_all(format!("{line}\n").as_bytes())
    }

    fn is_ok(&mut self) -> io::Result<bool> {
        loop {
            let line = self.line()?;
            if line.starts_with(b"OK") || line.starts_with(b"ERR") {
                return Ok(line.starts_with(b"OK"));
            }
        }
    }

    /// What was typed; none when the user cancelled or typed nothing.
    fn data(&mut self) -> io::Result<Option<SecretText>> {
        let mut typed = Zeroizing::new(Vec::with_capacity(LINE_BYTES));
        loop {
            let line = self.line()?;
            match line.as_slice() {
                [b'D', b' ', data @ ..] => unescape(data, &mut typed),
                [b'O', b'K', ..] => break,
                [b'E', b'R', b'R', ..] => return Ok(None),
                _ => {}
            }
        }
        let text = str::from_utf8(&typed).ok().filter(|text| !text.is_empty());
        Ok(text.map(|text| SecretText::new(text.to_owned())))
    }

    fn line(&mut self) -> io::Result<Zeroizing<Vec<u8>>> {
        let mut line = Zeroizing::new(Vec::with_capacity(LINE_BYTES));
        loop {
            let arrived = self.output.fill_buf()?;
            let Some(byte) = arrived.first().copied() else {
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            self.output.consume(1);
            match byte {
                b'\n' => return Ok(line),
                _ if line.len() >= LINE_BYTES => return Err(io::ErrorKind::InvalidData.into()),
                byte => line.push(byte),
            }
        }
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Never takes the keyboard away from other programs; on a terminal it has to be told which.
fn options() -> Vec<String> {
    let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let terminal = variable("GPG_TTY").map(|tty| format!("ttyname={}", escaped(&tty)));
    let kind = variable("TERM").map(|kind| format!("ttytype={}", escaped(&kind)));
    std::iter::once("no-grab".to_owned()).chain(terminal).chain(kind).collect()
}

/// The text as the protocol has it on one line, cut to what a line can hold.
fn escaped(text: &str) -> String {
    let one = |c: char| match c {
        '%' => "%25".to_owned(),
        '\n' => "%0A".to_owned(),
        '\r' => "%0D".to_owned(),
        c => c.to_string(),
    };
    let mut line: String = text.chars().map(one).collect();
    line.truncate(line.floor_char_boundary(LINE_BYTES - 100));
    line
}

fn unescape(data: &[u8], out: &mut Vec<u8>) {
    let mut rest = data;
    while let [first, after @ ..] = rest {
        let escaped =
            after.get(..2).and_then(|hex| u8::from_str_radix(str::from_utf8(hex).ok()?, 16).ok());
        match (first, escaped) {
            (b'%', Some(byte)) => {
                out.push(byte);
                rest = &after[2..];
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_survives_the_protocols_escapes() {
        let mut typed = Vec::new();
        unescape(b"100%25 %0A%zz%2", &mut typed);
        assert_eq!(typed, b"100% \n%zz%2");
    }

    #[test]
    fn a_question_is_one_line_that_fits() {
        assert_eq!(escaped("50 %\nnext"), "50 %25%0Anext");
        assert!(escaped(&"%".repeat(5000)).len() < LINE_BYTES);
    }
}
