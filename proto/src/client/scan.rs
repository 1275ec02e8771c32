//! Looking for QR codes in a picture: `passcoded helper qr` does it, a process of its own with nothing to lose, since
//! pictures come from anywhere and decoders have faults. It is killed when it takes too long.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::start;
use crate::picture::{ANSWER_BYTES, BYTES, Found, Trouble};
use crate::secret::SecretText;

/// How long the helper may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why there are no texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanFault {
    /// It is the picture.
    Picture(Trouble),
    /// There is no `passcoded` to look.
    Missing,
    /// The helper took too long.
    Late,
    /// The helper ended without an answer.
    Failed,
}

impl ScanFault {
    /// What is wrong: one sentence.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Picture(trouble) => trouble.message(),
            Self::Missing => "The picture cannot be looked at: passcoded cannot be started.",
            Self::Late => "Looking for QR codes in the picture took too long.",
            Self::Failed => "Looking for QR codes in the picture failed.",
        }
    }

    /// What to do about it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Picture(trouble) => trouble.hint(),
            Self::Missing => "Put passcoded beside this program or into PATH.",
            Self::Late | Self::Failed => Trouble::TooLarge.hint(),
        }
    }
}

/// The texts of all QR codes in `picture`: PNG, JPEG, or what [`crate::picture::from_rgba`] makes.
pub fn scan(picture: &[u8]) -> Result<Vec<SecretText>, ScanFault> {
    if picture.len() > BYTES {
        return Err(ScanFault::Picture(Trouble::TooLarge));
    }
    let answer = ask(start_helper()?, picture, PATIENCE)?;
    match serde_json::from_slice(&answer) {
        Ok(Found::Texts(texts)) => Ok(texts),
        Ok(Found::Trouble(trouble)) => Err(ScanFault::Picture(trouble)),
        Err(_) => Err(ScanFault::Failed),
    }
}

/// What it says on its standard error goes nowhere: a decoder that panics may quote what it reads.
fn start_helper() -> Result<Child, ScanFault> {
    let mut command = Command::new(start::program());
    command.args(["helper", "qr"]).current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    without_console(&mut command);
    command.spawn().map_err(|_| ScanFault::Missing)
}

/// Gives the picture and takes the answer, each on a thread of its own, so that no pipe that is full or silent holds up
/// who waits. Both end when the child has.
fn ask(mut child: Child, picture: &[u8], limit: Duration) -> Result<Zeroizing<Vec<u8>>, ScanFault> {
    let pipes = child.stdin.take().zip(child.stdout.take());
    let (mut input, output) = pipes.ok_or(ScanFault::Failed)?;
    let (tell, said) = mpsc::sync_channel(1);
    thread::scope(|scope| {
        // A helper that does not want the rest says so by what it answers.
        scope.spawn(move || input.write_all(picture));
        scope.spawn(move || tell.send(read(output)));
        let answer = said.recv_timeout(limit).map_err(|_| ScanFault::Late);
        // It has nothing left to do. That it has ended by itself is as well.
        let _ = child.kill();
        let _ = child.wait();
        answer?.ok_or(ScanFault::Failed)
    })
}

/// The buffer is as long as it will ever be, so that no copy of it is left.
fn read(output: impl Read) -> Option<Zeroizing<Vec<u8>>> {
    let mut answer = Zeroizing::new(Vec::with_capacity(ANSWER_BYTES + 1));
    output.take(ANSWER_BYTES as u64 + 1).read_to_end(&mut answer).ok()?;
    (answer.len() <= ANSWER_BYTES).then_some(answer)
}

#[cfg(unix)]
fn without_console(_: &mut Command) {}

#[cfg(windows)]
fn without_console(command: &mut Command) {
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    std::os::windows::process::CommandExt::creation_flags(command, CREATE_NO_WINDOW);
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn shell(script: &str) -> Child {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped());
        command.spawn().unwrap()
    }

    #[test]
    fn a_helper_that_is_silent_is_killed_at_the_limit() {
        let begun = Instant::now();
        let asked = ask(shell("exec sleep 60"), &[0; 1024 * 1024], Duration::from_millis(100));
        assert_eq!(asked, Err(ScanFault::Late));
        assert!(begun.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_helper_that_dies_or_says_too_much_gives_nothing() {
        let ask = |script| ask(shell(script), &[0; 1024 * 1024], Duration::from_secs(60));
        assert_eq!(ask("kill -9 $$").unwrap().len(), 0);
        assert_eq!(ask("exec cat /dev/zero"), Err(ScanFault::Failed));
    }

    #[test]
    fn a_picture_that_is_too_large_is_given_to_nobody() {
        let large = vec![0; BYTES + 1];
        assert_eq!(scan(&large), Err(ScanFault::Picture(Trouble::TooLarge)));
    }
}
