//! A program that is asked one thing: it gets its input, gives its output and ends, all within a limit, or it is killed
//! with all that it has started. Blocking, as the calls of key stores may be.

use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

/// How long a program may take to end when it has said all.
const ENDING: Duration = Duration::from_secs(1);

/// Pause between two looks at whether it has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// What is asked, and within which limits.
pub struct Question {
    /// Bytes for the standard input.
    pub input: Zeroizing<Vec<u8>>,
    /// Whether the input stays open until the answer is there. It ends with this process then, however that ends.
    pub stays_open: bool,
    /// Most bytes that the output may have.
    pub most: usize,
    /// Most time that the answer may take.
    pub limit: Duration,
}

/// What the program said, and whether it meant it.
pub struct Answer {
    /// Its output.
    pub output: Output,
    /// Whether it ended with 0.
    pub is_good: bool,
}

type Output = Zeroizing<Vec<u8>>;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// There is no such program.
    Missing,
    /// It could not be started or spoken to, or said too much.
    Failed,
    /// It was killed at its limit.
    Late,
}

/// This very program. Where its file has been replaced on disk since it was started, Linux still has what runs here.
pub fn own_program() -> PathBuf {
    let itself = Path::new("/proc/self/exe");
    match std::env::current_exe() {
        Ok(path) if path.exists() || !itself.exists() => path,
        _ => itself.to_owned(),
    }
}

/// A helper of this program: the same program, told which of its kinds it is to be.
pub fn helper(program: &Path, kind: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["helper", kind]);
    command
}

/// Starts the program and asks it. What it says on its standard error goes nowhere: nobody can tell whether a message of
/// a library quotes a secret.
pub fn ask(mut command: Command, question: Question) -> Result<Answer, NoAnswer> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    apart(&mut command);
    let limit = question.limit;
    let mut program = Program(command.spawn().map_err(|error| not_started(&error))?);
    match program.put(question)?.recv_timeout(limit) {
        Ok(Ok(output)) => Ok(Answer { output, is_good: program.has_ended_well()? }),
        Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => Err(NoAnswer::Failed),
        Err(RecvTimeoutError::Timeout) => Err(NoAnswer::Late),
    }
}

fn not_started(error: &io::Error) -> NoAnswer {
    match error.kind() {
        ErrorKind::NotFound => NoAnswer::Missing,
        _ => NoAnswer::Failed,
    }
}

/// Killed when dropped, unless it has ended.
struct Program(Child);

impl Program {
    /// Puts the question from a thread of its own, which gives the answer: no pipe that is full or silent holds up
    /// who waits for it. The thread ends when the program has.
    fn put(&mut self, question: Question) -> Result<Receiver<io::Result<Output>>, NoAnswer> {
        let pipes = self.0.stdin.take().zip(self.0.stdout.take());
        let (input, output) = pipes.ok_or(NoAnswer::Failed)?;
        let (tell, said) = mpsc::sync_channel(1);
        let talk = move || {
            // Nobody listens any more when the limit has passed.
            let _ = tell.send(talk(input, output, &question));
        };
        thread::Builder::new().spawn(talk).map_err(|_| NoAnswer::Failed)?;
        Ok(said)
    }

    fn has_ended_well(&mut self) -> Result<bool, NoAnswer> {
        for _ in 0..ENDING.as_millis() / PAUSE.as_millis() {
            match self.0.try_wait() {
                Ok(Some(status)) => return Ok(status.success()),
                Ok(None) => thread::sleep(PAUSE),
                Err(_) => return Err(NoAnswer::Failed),
            }
        }
        Err(NoAnswer::Late)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        kill(&mut self.0);
        // What was killed is on its way out.
        let _ = self.0.wait();
    }
}

/// A program that does not want its input says so by what it answers.
fn talk(mut input: ChildStdin, output: ChildStdout, question: &Question) -> io::Result<Output> {
    let _ = input.write_all(&question.input);
    let _held = question.stays_open.then_some(input);
    read(output, question.most)
}

/// The buffer is as long as it will ever be, so that no copy of it is left.
fn read(output: ChildStdout, most: usize) -> io::Result<Output> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(most + 1));
    output.take(most as u64 + 1).read_to_end(&mut bytes)?;
    match bytes.len() {
        length if length > most => Err(ErrorKind::FileTooLarge.into()),
        _ => Ok(bytes),
    }
}

/// In a process group of its own, so that what it starts is killed with it, and so that the keys of a terminal do not
/// end it before the agent.
#[cfg(unix)]
pub(super) fn apart(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

/// Windows: without a console of its own.
#[cfg(windows)]
pub(super) fn apart(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW);
}

/// It has not been waited for, so its number is still its own.
#[cfg(unix)]
fn kill(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(group) = child.id().try_into().ok().and_then(Pid::from_raw) {
        // Nobody of the group may be left.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// It may have ended meanwhile.
#[cfg(windows)]
fn kill(child: &mut Child) {
    let _ = child.kill();
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
