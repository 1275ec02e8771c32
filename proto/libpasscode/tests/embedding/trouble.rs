//! Agents that are locked, away, hung or gone: each call ends, in time, with a status that says so.

use std::process::Command;
use std::time::{Duration, Instant};

use passcode_proto::client::Client;
use passcode_proto::request::Lock;

use crate::build;
use crate::false_agent::{self, Ear};
use crate::home::{Home, run};

#[test]
fn an_unknown_profile_and_one_of_several_are_told_apart() {
    let home = Home::paired();
    assert_eq!(home.run(&["get", "nobody"]), "600  kind=0 left=0 to=0 counter=0 profile=\n");
    home.pair("hotp2", &format!("otpauth://hotp/A:a?secret={}&counter=0", crate::home::SECRET));
    assert!(home.run(&["get", "hot"]).starts_with("601 "));
    assert!(home.run(&["get", "-"]).starts_with("602 "));
}

#[test]
fn a_locked_vault_is_told_and_no_code_comes() {
    let home = Home::paired();
    assert_eq!(home.run(&["state"]), "0 4\n");
    home.client().call(Lock {}).unwrap();
    assert_eq!(
        home.run(&["get", "hotp", "no-prompt"]),
        "400  kind=0 left=0 to=0 counter=0 profile=\n"
    );
    assert_eq!(home.run(&["state"]), "0 2\n");
}

#[test]
fn without_an_agent_nothing_is_started_that_was_not_wanted() {
    let home = Home::quiet();
    assert!(home.run(&["get", "work", "no-start"]).starts_with("300 "));
    assert_eq!(home.run(&["state"]), "300 0\n");
    let files = std::fs::read_dir(home.path()).unwrap().count();
    assert_eq!(files, 1, "the configuration alone");
}

#[test]
fn an_agent_is_started_that_is_no_child_of_the_program() {
    let home = Home::quiet();
    // The program looks for children that it has not begun.
    assert_eq!(home.run(&["childless", "work"]), "603 no children\n");
    assert!(false_agent::answers(&home), "it outlives the program");
}

#[test]
fn a_program_that_ignores_its_children_gets_codes_all_the_same() {
    let mut home = Home::paired();
    home.quit();
    assert!(home.run(&["ignoring", "hotp"]).starts_with("0 755224 "));
}

/// As root, or by a sudo that asks nothing; it fails where there is neither.
#[test]
fn a_program_with_others_rights_starts_nothing_that_the_environment_names() {
    let home = Home::quiet();
    let words = ["others-rights", "work"];
    let command = home.command(build::program());
    let variables = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let mut as_root = Command::new("env");
    if !rustix::process::geteuid().is_root() {
        as_root = Command::new("sudo");
        as_root.args(["-n", "env"]);
    }
    for (name, value) in variables {
        as_root.arg(format!("{}={}", name.display(), value.display()));
    }
    let said = run(as_root.arg(build::program()).args(words));
    assert!(said.starts_with("300 "), "{said}");
    assert!(!home.path().join("start.lock").exists(), "and tried nothing");
}

#[test]
fn where_no_agent_can_be_started_the_call_says_so() {
    let home = Home::quiet();
    let mut command = home.command(build::program());
    let said = run(command.args(["get", "work"]).env("PATH", "/nowhere"));
    assert!(said.starts_with("300 "), "{said}");
}

#[test]
fn an_agent_that_hangs_is_given_up_in_the_time_for_an_answer() {
    let home = Home::quiet();
    let _listener = false_agent::silent(&home);
    let begun = Instant::now();
    assert!(home.run(&["get", "work"]).starts_with("301 "), "the longest wait is of no matter");
    let taken = begun.elapsed();
    assert!((Duration::from_secs(10)..Duration::from_secs(15)).contains(&taken), "{taken:?}");
}

#[test]
fn an_agent_that_hangs_after_its_greeting_is_given_up_after_the_wait_besides() {
    let home = Home::quiet();
    false_agent::greeting(&home, Ear::Open, |stream| {
        // Its end would be noticed at once.
        std::thread::sleep(Duration::from_secs(60));
        drop(stream);
    });
    let begun = Instant::now();
    assert!(home.run(&["get", "work", "no-prompt", "wait=1"]).starts_with("301 "));
    let taken = begun.elapsed();
    assert!((Duration::from_secs(11)..Duration::from_secs(16)).contains(&taken), "{taken:?}");
}

#[test]
fn a_connection_that_ends_raises_no_signal() {
    let home = Home::quiet();
    false_agent::greeting(&home, Ear::Closed, drop);
    // With SIGPIPE at its default, by which it would end the program.
    assert!(home.run(&["get", "work", "no-start"]).starts_with("300 "));
}

#[test]
fn the_socket_is_the_one_that_the_environment_names() {
    let (home, other) = (Home::paired(), Home::quiet());
    let mut command = other.command(build::program());
    let said = run(command.args(["get", "hotp"]).env("PASSCODE_SOCKET", home.socket()));
    assert!(said.starts_with("0 755224 "), "{said}");
    let mut command = home.command(build::program());
    let said = run(command.args(["get", "hotp", "no-start"]).env("PASSCODE_HOME", "no/root"));
    assert!(said.starts_with("300 "), "{said}");
    assert!(Client::connect(&other.place()).is_err());
}
