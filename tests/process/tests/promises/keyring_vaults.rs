//! A vault whose key is in the desktop's keyring: the agent as a whole, with a real gnome-keyring.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use passcode_process_tests::agent::AgentProcess;
use passcode_process_tests::home::{Home, totp_key};
use passcode_process_tests::keyring::{KeyringDesktop, LOGIN, PASSWORD};
use passcode_process_tests::prompter::User;
use passcode_process_tests::{programs, watchdog};

/// An instance whose key store is the keyring.
fn unpaired() -> Home {
    let home = Home::unconfigured();
    let written = fs::write(home.file("config.toml"), "keystore = \"keyring\"\n");
    written.expect("a configuration");
    home
}

/// One with a profile.
fn paired(desktop: &KeyringDesktop) -> Home {
    let home = unpaired();
    let agent = agent(&home, desktop);
    home.pair("work", &totp_key());
    agent.quit();
    home
}

/// An agent on the desktop.
fn agent(home: &Home, desktop: &KeyringDesktop) -> AgentProcess {
    let mut command = Command::new(programs::passcoded());
    command.env_clear().envs(desktop.variables()).env("PASSCODE_HOME", home.path());
    let mut agent = AgentProcess::from_command(command, home.place());
    agent.wait_until_up();
    agent
}

#[test]
fn a_vault_opens_by_itself_while_the_keyring_with_its_key_is_open() {
    let _watchdog = watchdog::watch();
    let desktop = KeyringDesktop::with_keyring();
    let home = paired(&desktop);
    let agent = agent(&home, &desktop);
    assert_eq!(home.print(&["get", "work"]).len(), 6);
    agent.quit();
    let entries = fs::read_dir(home.path()).unwrap().flatten();
    let names: BTreeSet<String> =
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert!(names.contains("vault.db"), "{names:?}");
    assert!(!names.contains("vault.key") && !names.contains("vault.anchor"), "{names:?}");
}

#[test]
fn a_locked_keyring_keeps_the_vault_locked_in_silence_until_the_user_unlocks() {
    let _watchdog = watchdog::watch();
    let desktop = KeyringDesktop::with_keyring();
    let home = paired(&desktop);
    let prompter = desktop.prompter(User::Types(PASSWORD));
    desktop.lock(LOGIN);
    let _agent = agent(&home, &desktop);
    let refused = home.run(&["get", "work", "--no-prompt"]);
    assert_eq!(refused.status, Some(4), "{}", refused.err);
    assert!(refused.err.contains("keyring is locked"), "{}", refused.err);
    assert_eq!(prompter.begun(), 0, "nothing pops up at the start");
    home.print(&["unlock"]);
    assert_eq!(prompter.begun(), 1);
    assert_eq!(home.print(&["get", "work"]).len(), 6);
}

#[test]
fn without_a_keyring_nothing_is_paired_and_the_choices_are_told() {
    let _watchdog = watchdog::watch();
    let mut desktop = KeyringDesktop::new();
    desktop.start_bus();
    let home = unpaired();
    let _agent = agent(&home, &desktop);
    let refused = home.passcode(&["pair", "-", "--name", "work"]).input(totp_key()).end();
    assert_ne!(refused.status, Some(0));
    assert!(refused.err.contains("no program on the session bus keeps secrets"), "{}", refused.err);
    assert!(refused.err.contains("keystore = \"passphrase\""), "{}", refused.err);
    desktop.start_keyring();
    home.pair("work", &totp_key());
}
