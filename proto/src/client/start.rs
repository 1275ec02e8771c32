//! Starting an agent when none answers: one starter at a time, and no client gives up on an agent that another is
//! just starting.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Client;
use crate::fault::{Fault, FaultCode};
use crate::place::Place;

/// How long to wait for an agent that is being started, by us or by another client.
const PATIENCE: Duration = Duration::from_secs(5);

/// Pause between two looks at an agent that is being started.
const PAUSE: Duration = Duration::from_millis(4);

/// A log that has grown past this many bytes is begun anew when an agent is started.
const LOG_BYTES: u64 = 1024 * 1024;

/// Connects to the agent, starting one when nothing answers.
///
/// The agent is the program `passcoded` beside this one, or the first in `PATH`.
pub fn connect_or_start(place: &Place) -> Result<Client, Fault> {
    match Client::connect(place) {
        Err(fault) if fault.code == FaultCode::Unreachable => start(place),
        other => other,
    }
}

fn start(place: &Place) -> Result<Client, Fault> {
    make_folder(&place.data)?;
    let patience = Instant::now() + PATIENCE;
    let lock = File::create(place.start_lock()).map_err(|_| no_folder(&place.data))?;
    while lock.try_lock().is_err() {
        match Client::connect(place) {
            Ok(client) => return Ok(client),
            Err(_) => pause(patience)?,
        }
    }
    // Whoever held the lock may have started the agent in the meantime.
    Client::connect(place).or_else(|_| launch(place)?.wait_for(place, patience))
}

struct Launched {
    child: Child,
    log: PathBuf,
    log_start: u64,
}

fn launch(place: &Place) -> Result<Launched, Fault> {
    if let Some(folder) = place.log.parent() {
        make_folder(folder)?;
    }
    let mut log = open_log(&place.log).map_err(|_| no_folder(&place.log))?;
    let log_start = log.seek(SeekFrom::End(0)).unwrap_or(0);
    let mut command = Command::new(program());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).current_dir("/");
    detach(&mut command);
    let child = command.spawn().map_err(|_| {
        Fault::because(
            FaultCode::Unreachable,
            "No agent is running, and passcoded cannot be started.",
        )
        .advise("Put passcoded beside this program or into PATH.")
    })?;
    Ok(Launched { child, log: place.log.clone(), log_start })
}

impl Launched {
    fn wait_for(mut self, place: &Place, patience: Instant) -> Result<Client, Fault> {
        loop {
            match Client::connect(place) {
                Err(fault) if fault.code == FaultCode::Unreachable => pause(patience)?,
                other => return other,
            }
            if let Ok(Some(_)) = self.child.try_wait() {
                return Client::connect(place).map_err(|_| self.last_words());
            }
        }
    }

    fn last_words(&self) -> Fault {
        let mut text = String::new();
        let read = File::open(&self.log).and_then(|mut log| {
            log.seek(SeekFrom::Start(self.log_start))?;
            log.take(LOG_BYTES).read_to_string(&mut text)
        });
        let said =
            text.lines().rfind(|line| line.starts_with("passcoded: ")).filter(|_| read.is_ok());
        Fault::because(FaultCode::Unreachable, "The agent was started and ended at once.").advise(
            said.unwrap_or("Run passcoded by hand to see why.").trim_start_matches("passcoded: "),
        )
    }
}

fn pause(patience: Instant) -> Result<(), Fault> {
    if Instant::now() >= patience {
        return Err(Fault::because(
            FaultCode::Unreachable,
            "The agent did not answer within 5 seconds.",
        ));
    }
    std::thread::sleep(PAUSE);
    Ok(())
}

/// The agent's program: beside this one, or the first in `PATH`.
pub(super) fn program() -> PathBuf {
    let name = format!("passcoded{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join(&name)));
    beside.filter(|path| path.is_file()).unwrap_or_else(|| name.into())
}

fn make_folder(folder: &Path) -> Result<(), Fault> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|_| no_folder(folder))
}

fn no_folder(path: &Path) -> Fault {
    let what = format!("No agent is running, and {} cannot be made or written.", path.display());
    Fault::because(FaultCode::Unreachable, what).advise("Make the folder writable for you.")
}

fn open_log(path: &Path) -> std::io::Result<File> {
    let long = std::fs::metadata(path).is_ok_and(|log| log.len() > LOG_BYTES);
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let log = options.open(path)?;
    if long {
        log.set_len(0)?;
    }
    Ok(log)
}

/// Gives the agent a process group of its own, so that Ctrl-C at this terminal does not end it.
#[cfg(unix)]
fn detach(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

/// Gives the agent no console, so that neither Ctrl-C in this one nor its end reaches it, and none of our own handles.
#[cfg(windows)]
fn detach(command: &mut Command) {
    const DETACHED_PROCESS: u32 = 0x8;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
    std::os::windows::process::CommandExt::creation_flags(
        command,
        DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP,
    );
    crate::process::keep_standard_handles();
}
