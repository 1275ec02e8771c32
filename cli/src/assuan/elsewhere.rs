//! The other pinentry, which asks the user for what is not ours: found on the PATH, never ourselves by another name, told
//! what we were told, and its words passed on as they are.

use std::env;
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use zeroize::Zeroizing;

use super::asked::Asked;
use super::line::{LINE_BYTES, Line};
use super::lines::{Lines, Next};

/// The name that every system has for the pinentry of its choice.
const NAME: &str = "pinentry";

/// Set for the other pinentry, so that two of us never ask each other in turn.
const GUARD: &str = "PASSCODE_PINENTRY";

/// The pinentry to ask: the one that was named, else the first on the PATH that is not ourselves.
pub fn find(named: Option<&OsStr>) -> Option<PathBuf> {
    if env::var_os(GUARD).is_some() {
        return None;
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let own = env::current_exe().ok()?;
    let usual = format!("{NAME}{}", env::consts::EXE_SUFFIX);
    search(named.unwrap_or(OsStr::new(&usual)), &path, &own)
}

fn search(name: &OsStr, path: &OsStr, own: &Path) -> Option<PathBuf> {
    let folders = match Path::new(name).components().count() {
        1 => env::split_paths(path).collect(),
        _ => vec![PathBuf::new()],
    };
    folders.into_iter().map(|folder| folder.join(name)).find(|file| is_other(file, own))
}

/// Whether it is a program, and another than ourselves, by whatever link.
fn is_other(file: &Path, own: &Path) -> bool {
    let (Ok(file), Ok(own)) = (file.canonicalize(), own.canonicalize()) else { return false };
    file.is_file() && file != own
}

/// Asks another pinentry; what it says is passed on until it has answered. `false` when it does not speak as one.
pub fn ask<R: Read>(
    program: &Path,
    asked: &Asked,
    question: &Line,
    lines: &mut Lines<R>,
    client: &mut impl Write,
) -> io::Result<bool> {
    let Ok(mut other) = Other::start(program) else { return Ok(false) };
    let is_there = matches!(other.answer(), Ok(Some(_)));
    if !is_there || asked.settings().iter().any(|line| other.tell(line).is_err()) {
        return Ok(false);
    }
    other.ask(question, lines, client)
}

/// A pinentry that runs; it ends with this.
struct Other {
    child: Child,
    input: ChildStdin,
    output: Lines<ChildStdout>,
}

impl Other {
    fn start(program: &Path) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.env(GUARD, "1").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(input), Some(output)) = (input, output) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        Ok(Self { child, input, output: Lines::new(output) })
    }

    /// Sets something. That it is not known there changes nothing.
    fn tell(&mut self, line: &Line) -> io::Result<()> {
        self.input.write_all(line.spelled().as_bytes())?;
        self.answer()?.map(drop).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Reads up to OK or ERR; nothing when it has gone.
    fn answer(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        loop {
            match self.output.next(LINE_BYTES)? {
                Next::Line(line) if ends(&line) => return Ok(Some(line)),
                Next::Line(_) | Next::TooLong => {}
                Next::End => return Ok(None),
            }
        }
    }

    fn ask<R: Read>(
        &mut self,
        question: &Line,
        lines: &mut Lines<R>,
        client: &mut impl Write,
    ) -> io::Result<bool> {
        self.input.write_all(question.spelled().as_bytes())?;
        let mut has_said = false;
        loop {
            let Next::Line(mut line) = self.output.next(LINE_BYTES)? else { return Ok(has_said) };
            let (is_end, is_inquiry) = (ends(&line), line.starts_with(b"INQUIRE"));
            line.reserve_exact(1);
            line.push(b'\n');
            client.write_all(&line)?;
            client.flush()?;
            has_said = true;
            if is_end {
                return Ok(true);
            }
            if is_inquiry {
                self.pass_reply(lines)?;
            }
        }
    }

    /// What the client says to an inquiry, up to END or CAN.
    fn pass_reply<R: Read>(&mut self, lines: &mut Lines<R>) -> io::Result<()> {
        loop {
            let Next::Line(line) = lines.next(LINE_BYTES)? else { return Ok(()) };
            self.input.write_all(&line)?;
            self.input.write_all(b"\n")?;
            if matches!(line.as_slice(), b"END" | b"CAN") {
                return Ok(());
            }
        }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // One that has gone by itself needs no farewell.
        let _ = self.input.write_all(b"BYE\n");
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ends(line: &[u8]) -> bool {
    let word = line.split(|byte| *byte == b' ').next().unwrap_or_default();
    matches!(word, b"OK" | b"ERR")
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn program(file: &Path, script: &str) {
        fs::write(file, script).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn another_pinentry_is_found_behind_ourselves_on_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let [ours, theirs, own] = ["a", "b", "passcode"].map(|name| folder.path().join(name));
        fs::create_dir(&ours).unwrap();
        fs::create_dir(&theirs).unwrap();
        program(&own, "");
        symlink(&own, ours.join(NAME)).unwrap();
        program(&theirs.join(NAME), "");
        let path = env::join_paths([&ours, &theirs]).unwrap();
        assert_eq!(search(OsStr::new(NAME), &path, &own), Some(theirs.join(NAME)));
        let ours_alone = env::join_paths([&ours]).unwrap();
        assert_eq!(search(OsStr::new(NAME), &ours_alone, &own), None);
        let named = theirs.join(NAME);
        assert_eq!(search(named.as_os_str(), &ours_alone, &own), Some(named));
    }

    #[test]
    fn what_the_other_says_is_passed_on_and_so_is_what_the_client_replies() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(NAME);
        program(
            &file,
            "#!/bin/sh\necho OK hello\nread set; test \"$set\" = 'SETPROMPT Key' || exit 1\necho ERR 1 no\n\
             read ask\necho 'INQUIRE QUALITY abc'\nread data; read end\necho \"D $data $end\"\necho OK\n",
        );
        let mut asked = Asked::default();
        assert!(asked.take(&Line::read(b"SETPROMPT Key").unwrap()));
        let mut lines = Lines::new(&b"D 50\nEND\nBYE\n"[..]);
        let mut out = Vec::new();
        let question = Line::read(b"GETPIN").unwrap();
        assert!(ask(&file, &asked, &question, &mut lines, &mut out).unwrap());
        assert_eq!(String::from_utf8(out).unwrap(), "INQUIRE QUALITY abc\nD D 50 END\nOK\n");
    }

    #[test]
    fn a_program_that_is_no_pinentry_is_none() {
        let asked = Asked::default();
        let question = Line::read(b"GETPIN").unwrap();
        for program in ["/bin/true", "/does/not/exist"] {
            let mut lines = Lines::new(&b""[..]);
            let said = ask(Path::new(program), &asked, &question, &mut lines, &mut Vec::new());
            assert!(!said.unwrap(), "{program}");
        }
    }
}
