//! The whole agent on a desktop: it locks when the user leaves, asks the user by pinentry when a program waits, and
//! keeps its block over restarts; with real programs, buses and signals.

use std::fs;
use std::path::Path;
use std::process::Command;

use passcode_process_tests::agent::AgentProcess;
use passcode_process_tests::desktop::Desktop;
use passcode_process_tests::home::{Home, hotp_key};
use passcode_process_tests::tmux::Terminal;
use passcode_process_tests::{processes, programs, site, tools, wait, watchdog};
use passcode_proto::reply::{LockState, StatusReport};
use rustix::process::Signal;

/// The first codes of the RFC's secret (RFC 4226, appendix D).
const CODES: [&str; 3] = ["755224", "287082", "359152"];

/// Starts the agent of `home` with these variables beside its own.
fn start(home: &Home, variables: &[(&str, &str)]) -> AgentProcess {
    let mut command = Command::new(programs::passcoded());
    command.env_clear().env("PASSCODE_HOME", home.path()).arg("--verbose");
    command.envs(variables.iter().copied());
    let mut agent = AgentProcess::from_command(command, home.place());
    agent.wait_until_up();
    agent
}

/// An agent on `desktop` with a profile and the PIN 2468, open.
fn on(desktop: &Desktop, home: &Home) -> AgentProcess {
    let variables = desktop.variables();
    let variables: Vec<(&str, &str)> =
        variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let agent = start(home, &variables);
    make_pin(home);
    wait::until("the desktop to be watched", || {
        let missing = status(home).warnings.iter().any(|warning| warning.contains("announce"));
        (desktop.is_delayed() && !missing).then_some(())
    });
    agent
}

fn make_pin(home: &Home) {
    home.pair_unspent("token", &hotp_key());
    home.passcode(&["pin", "set", "--pin", "-"]).input("2468\n").output();
}

fn status(home: &Home) -> StatusReport {
    home.status().expect("an agent")
}

fn wait_until_locked(home: &Home) {
    wait::until("the vault to be locked", || {
        (status(home).state == LockState::Locked).then_some(())
    });
}

fn unlock(home: &Home) {
    home.passcode(&["unlock", "--pin", "-"]).input("2468\n").output();
}

#[test]
fn the_screen_a_switch_of_users_and_the_end_of_the_session_lock_the_vault() {
    let _watchdog = watchdog::watch();
    let (desktop, home) = (Desktop::usual(), Home::new());
    let _agent = on(&desktop, &home);
    desktop.lock_screen();
    wait_until_locked(&home);
    assert_eq!(home.run(&["get", "token"]).status, Some(4));
    desktop.unlock_screen();
    unlock(&home);
    desktop.switch_away();
    wait_until_locked(&home);
    desktop.switch_back();
    unlock(&home);
    desktop.log_out();
    wait_until_locked(&home);
}

#[test]
fn the_machine_sleeps_when_the_keys_are_gone_and_not_before() {
    let _watchdog = watchdog::watch();
    let (desktop, home) = (Desktop::usual(), Home::new());
    let _agent = on(&desktop, &home);
    assert!(desktop.is_delayed(), "sleep waits for the agent");
    desktop.suspend();
    wait::until("the agent to let the machine sleep", || (!desktop.is_delayed()).then_some(()));
    assert_eq!(status(&home).state, LockState::Locked);
    desktop.resume();
    wait::until("the next sleep to be waited for", || desktop.is_delayed().then_some(()));
    unlock(&home);
}

#[test]
fn a_desktop_that_announces_nothing_is_told_in_status_and_by_doctor() {
    let _watchdog = watchdog::watch();
    let (desktop, home) = (Desktop::without_buses(), Home::new());
    let variables = desktop.variables();
    let variables: Vec<(&str, &str)> =
        variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let _agent = start(&home, &variables);
    home.pair_unspent("token", &hotp_key());
    wait::until("the gap to be told", || {
        status(&home).warnings.iter().any(|told| told.contains("passcode lock")).then_some(())
    });
    let doctor = home.run(&["doctor"]);
    assert!(doctor.out.contains("Locking") && doctor.out.contains("SIGUSR1"), "{}", doctor.out);
}

#[test]
fn sigusr1_locks_and_the_agent_goes_on() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let agent = start(&home, &[]);
    make_pin(&home);
    assert_eq!(home.print(&["get", "token"]), CODES[0]);
    processes::signal(agent.pid(), Signal::USR1);
    wait_until_locked(&home);
    unlock(&home);
    assert_eq!(home.print(&["get", "token"]), CODES[1]);
}

#[test]
fn an_agent_that_is_killed_leaves_no_child_behind() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let agent = start(&home, &[]);
    let helper = wait::until("the helper", || {
        let ours = processes::knowing(home.path().to_str()?);
        ours.into_iter().find(|process| process.arguments.contains("helper watch"))
    });
    agent.kill();
    wait::until("the helper to end", || processes::has_ended(helper.pid).then_some(()));
}

/// A pinentry that answers with `pin` and notes what it was told, as a script that speaks its protocol.
fn pinentry(folder: &Path, pin: &str) {
    let script = format!(
        "#!/bin/sh\necho OK hello\nwhile read -r command rest; do\n  printf '%s %s\\n' \"$command\" \"$rest\" \
         >> {}/told\n  if [ \"$command\" = GETPIN ]; then echo 'D {pin}'; fi\n  echo OK\ndone\n",
        folder.display()
    );
    fs::write(folder.join("pinentry"), script).expect("a script");
    site::chmod(&folder.join("pinentry"), 0o755);
}

#[test]
fn a_program_that_waits_has_the_user_asked_by_pinentry() {
    let _watchdog = watchdog::watch();
    let (home, folder) = (Home::new(), site::folder());
    pinentry(folder.path(), "2468");
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let _agent = start(&home, &[("PATH", &path), ("DISPLAY", ":77")]);
    make_pin(&home);
    home.print(&["lock"]);
    assert_eq!(home.run(&["get", "token", "--no-prompt"]).status, Some(4));
    assert_eq!(home.print(&["get", "token"]), CODES[0]);
    let told = fs::read_to_string(folder.path().join("told")).expect("what it was told");
    assert!(told.contains("SETDESC Enter your PIN of 4 digits"), "{told}");
    assert!(told.contains("passcode") && !told.contains("2468"), "{told}");
}

#[test]
fn a_pinentry_that_others_may_write_is_never_asked() {
    let _watchdog = watchdog::watch();
    let (home, folder) = (Home::new(), site::folder());
    pinentry(folder.path(), "2468");
    site::chmod(&folder.path().join("pinentry"), 0o777);
    let path = folder.path().display().to_string();
    let _agent = start(&home, &[("PATH", &path), ("DISPLAY", ":77")]);
    make_pin(&home);
    home.print(&["lock"]);
    assert_eq!(home.run(&["get", "token"]).status, Some(4));
    assert!(!folder.path().join("told").exists());
}

#[test]
fn the_real_pinentry_asks_on_a_terminal() {
    let _watchdog = watchdog::watch();
    tools::need("pinentry-curses", "pinentry-curses");
    let (home, folder) = (Home::new(), site::folder());
    let link = folder.path().join("pinentry");
    std::os::unix::fs::symlink("/usr/bin/pinentry-curses", link).expect("a link");
    let terminal = Terminal::open(&[]);
    let tty = terminal.variable("pane_tty");
    terminal.enter("exec sleep 1000");
    let path = folder.path().display().to_string();
    let _agent = start(&home, &[("PATH", &path), ("GPG_TTY", &tty), ("TERM", "screen")]);
    make_pin(&home);
    home.print(&["lock"]);
    let waiting = home.passcode(&["get", "token"]).start();
    terminal.wait_for("PIN of 4 digits");
    for digit in ["2", "4", "6", "8"] {
        terminal.press(digit);
    }
    terminal.press("Enter");
    let ended = waiting.end();
    assert_eq!((ended.status, ended.out.trim()), (Some(0), CODES[0]), "{}", ended.err);
}

#[test]
fn three_wrong_pins_block_over_a_restart_and_a_clock_that_is_set() {
    let _watchdog = watchdog::watch();
    tools::need("faketime", "faketime");
    let home = Home::new();
    let agent = start(&home, &[]);
    make_pin(&home);
    home.print(&["lock"]);
    let guess = || home.passcode(&["unlock", "--pin", "-"]).input("1357\n").start();
    let guesses = [guess(), guess(), guess()].map(|guess| guess.end().status);
    assert_eq!(guesses, [Some(7); 3], "three programs at once");
    agent.quit();
    let mut command = Command::new("faketime");
    command.args(["-f", "+1d"]).arg(programs::passcoded());
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("PASSCODE_HOME", home.path());
    let mut agent = AgentProcess::from_command(command, home.place());
    wait::until("the agent to answer", || home.status().ok());
    let refused = home.passcode(&["unlock", "--pin", "-"]).input("2468\n").end();
    assert_eq!(refused.status, Some(8), "{}", refused.err);
    assert!(status(&home).pin.blocked_for.is_some_and(|left| left <= 120));
    home.print(&["agent", "stop"]);
    agent.wait_for_end();
}

#[test]
fn a_policy_beside_the_configuration_can_only_tighten() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    fs::write(home.file("policy.toml"), "pin = 6\nidle_lock = \"1m\"\n").expect("a policy");
    let _agent = start(&home, &[]);
    let paired = home.passcode(&["pair", "-", "--name", "token"]).input(hotp_key()).end();
    assert_eq!(paired.status, Some(4), "{}", paired.err);
    assert!(paired.err.contains("passcode pin set"), "{}", paired.err);
    let short = home.passcode(&["pin", "set", "--pin", "-"]).input("2468\n").end();
    assert_eq!(short.status, Some(5), "{}", short.err);
    home.passcode(&["pin", "set", "--pin", "-"]).input("246813\n").output();
    assert_eq!(home.print(&["get", "token"]), CODES[0]);
    assert!(status(&home).locks_in.is_some_and(|left| left <= 60));
}
