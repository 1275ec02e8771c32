//! What only a client sees: whether an agent answers and which, the folder of its socket, other agents that could be
//! started in its place, and variables that lead elsewhere. What the agent finds comes after it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use passcode_proto::client::Client;
use passcode_proto::place::Place;
use passcode_proto::reply::{Finding, StatusReport, Verdict};
use passcode_proto::request::{Doctor, Status};
use passcode_proto::{Fault, FaultCode};

/// How long a program may take to say its version.
const PATIENCE: Duration = Duration::from_secs(2);

/// Pause between two looks at whether it has.
const PAUSE: Duration = Duration::from_millis(5);

/// This program's own version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Variables that lead to another agent than the usual one.
const REDIRECTIONS: [&str; 2] = ["PASSCODE_HOME", "PASSCODE_SOCKET"];

/// Everything that can be found from here, and what the agent finds if one answers.
pub fn findings(place: Result<Place, Fault>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = REDIRECTIONS.into_iter().filter_map(redirection).collect();
    let place = match place {
        Ok(place) => place,
        Err(fault) => {
            findings.push(bad("Agent", fault));
            return findings;
        }
    };
    let asked = Client::connect(&place).and_then(|mut agent| {
        let status = agent.call(Status {})?;
        Ok((status, agent.call(Doctor {})))
    });
    let status = asked.as_ref().map(|(status, _)| status);
    let programs = programs();
    findings.push(agent(&place, status, !programs.is_empty()));
    findings.extend(socket_folder(&place));
    findings.extend(other_programs(&programs, status.map_or(VERSION, |status| &status.agent)));
    match asked {
        Ok((_, Ok(found))) => findings.extend(found.findings),
        Ok((_, Err(fault))) => findings.push(bad("Agent", fault)),
        Err(_) => {}
    }
    findings
}

fn finding(about: &str, verdict: Verdict, message: impl Into<String>, hint: &str) -> Finding {
    let (about, message, hint) = (about.to_owned(), message.into(), hint.to_owned());
    Finding { about, verdict, message, hint }
}

fn bad(about: &str, Fault { message, hint, .. }: Fault) -> Finding {
    finding(about, Verdict::Bad, message, &hint)
}

fn redirection(name: &str) -> Option<Finding> {
    let value = env::var_os(name).filter(|value| !value.is_empty())?;
    let message = format!("{name} is set: {}", Path::new(&value).display());
    Some(finding("Variables", Verdict::Weak, message, "Unset it to use your usual agent."))
}

fn agent(place: &Place, status: Result<&StatusReport, &Fault>, can_start: bool) -> Finding {
    let about = "Agent";
    match status {
        Ok(status) if status.agent != VERSION => {
            let message = format!("It is of version {}, this program of {VERSION}.", status.agent);
            let hint = "After an upgrade: passcode agent stop, then any command.";
            finding(about, Verdict::Weak, message, hint)
        }
        Ok(status) => {
            let message = format!(
                "passcoded {}, process {}, answers at {}.",
                status.agent, status.pid, status.socket
            );
            finding(about, Verdict::Good, message, "")
        }
        Err(fault) if is_away(fault) && can_start => {
            let message = format!("None is running at {}.", place.socket.display());
            let hint = "The first command that needs it starts it, as does: passcode agent start";
            finding(about, Verdict::Weak, message, hint)
        }
        Err(fault) if is_away(fault) => {
            let message =
                "None is running, and passcoded is neither beside this program nor in PATH.";
            finding(about, Verdict::Bad, message, "Put passcoded beside this program or into PATH.")
        }
        Err(fault) => bad(about, fault.clone()),
    }
}

/// Whether nobody is there, rather than somebody who does not answer as an agent does.
fn is_away(fault: &Fault) -> bool {
    fault.code == FaultCode::Unreachable && fault.message.starts_with("No agent is running")
}

#[cfg(unix)]
fn socket_folder(place: &Place) -> Option<Finding> {
    use std::os::unix::fs::MetadataExt;

    let folder = place.socket.parent()?;
    let about = "Socket";
    let Ok(found) = folder.metadata() else {
        let message = format!("{} is not there yet; the agent makes it.", folder.display());
        return Some(finding(about, Verdict::Good, message, ""));
    };
    let elsewhere = "Choose a folder of your own with PASSCODE_HOME or PASSCODE_SOCKET.";
    let (verdict, what, hint) = if found.uid() != rustix::process::geteuid().as_raw() {
        (Verdict::Bad, "belongs to another user", elsewhere)
    } else if found.mode() & 0o022 != 0 {
        (Verdict::Bad, "can be written by others", "Run chmod go-w on it.")
    } else if found.mode() & 0o055 != 0 {
        (Verdict::Good, "is yours; others can look into it, and no more", "")
    } else {
        (Verdict::Good, "is yours alone", "")
    };
    Some(finding(about, verdict, format!("Its folder {} {what}.", folder.display()), hint))
}

/// A pipe is in no folder; whose it is was checked when it answered.
#[cfg(windows)]
fn socket_folder(_: &Place) -> Option<Finding> {
    None
}

/// The agents that could be started: the one beside this program, and those in `PATH`.
fn programs() -> Vec<PathBuf> {
    let name = format!("passcoded{}", env::consts::EXE_SUFFIX);
    let beside = env::current_exe().ok().and_then(|own| Some(own.parent()?.to_owned()));
    let path = env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in beside.into_iter().chain(env::split_paths(&path)) {
        let program = folder.join(&name).canonicalize();
        found.extend(program.ok().filter(|program| program.is_file() && !found.contains(program)));
    }
    found
}

/// Agents of another version than the one that runs: an upgrade that went half way.
fn other_programs(programs: &[PathBuf], running: &str) -> Vec<Finding> {
    let other = |program: &PathBuf| match version(program) {
        Some(version) if version == running => None,
        Some(version) => {
            let message =
                format!("{} is of version {version}, not of {running}.", program.display());
            let hint = "Remove it, or after an upgrade: passcode agent stop, then any command.";
            Some(finding("Programs", Verdict::Weak, message, hint))
        }
        None => {
            let message = format!("{} does not say its version.", program.display());
            Some(finding("Programs", Verdict::Weak, message, "Install it anew, or remove it."))
        }
    };
    programs.iter().filter_map(other).collect()
}

/// What `passcoded --version` says, if it does.
fn version(program: &Path) -> Option<String> {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let end = Instant::now() + PATIENCE;
    while child.try_wait().ok()?.is_none() {
        if Instant::now() >= end {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        thread::sleep(PAUSE);
    }
    let said = String::from_utf8(child.wait_with_output().ok()?.stdout).ok()?;
    said.trim().strip_prefix("passcoded ").map(str::to_owned)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn place(home: &Path) -> Place {
        let variable = |name: &str| (name == "PASSCODE_HOME").then(|| home.as_os_str().to_owned());
        Place::from_variables(&variable).expect("a place")
    }

    #[test]
    fn an_agent_that_does_not_run_is_no_failure_as_long_as_one_can_be_started() {
        let home = tempfile::tempdir().unwrap();
        let place = place(home.path());
        let away = Client::connect(&place).unwrap_err();
        assert_eq!(agent(&place, Err(&away), true).verdict, Verdict::Weak);
        assert_eq!(agent(&place, Err(&away), false).verdict, Verdict::Bad);
        let foreign = Fault::from(FaultCode::Forbidden);
        assert_eq!(agent(&place, Err(&foreign), true).verdict, Verdict::Bad);
    }

    #[test]
    fn a_folder_that_others_can_write_is_bad() {
        let home = tempfile::tempdir().unwrap();
        let place = place(home.path());
        for (mode, verdict) in
            [(0o700, Verdict::Good), (0o755, Verdict::Good), (0o777, Verdict::Bad)]
        {
            fs::set_permissions(home.path(), fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(socket_folder(&place).unwrap().verdict, verdict, "{mode:o}");
        }
    }

    #[test]
    fn a_program_of_another_version_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let script = |name: &str, said: &str| {
            let path = folder.path().join(name);
            fs::write(&path, format!("#!/bin/sh\necho '{said}'\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
            path
        };
        let programs = [script("one", "passcoded 9.9.9"), script("other", "passcoded 1.0.0")];
        let found = other_programs(&programs, "1.0.0");
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("9.9.9") && found[0].message.contains("1.0.0"));
        assert_eq!(other_programs(&[script("third", "hello")], "1.0.0").len(), 1);
    }
}
