//! This computer as a container of privacyIDEA, through the real agent and command line: paired by a key, followed when the
//! server adds, renews and removes, handed over, and left. The conversation alone is tried in `privacyidea`.

use std::fs;
use std::time::Duration;

use passcode_process_tests::home::Home;
use passcode_process_tests::privacyidea::{Asking, PrivacyIdea, server};
use passcode_process_tests::run::Ended;
use passcode_process_tests::watchdog::{self, Watchdog};
use serde_json::{Value, json};

fn watched() -> (&'static PrivacyIdea, Watchdog) {
    (server(), watchdog::watch_for(Duration::from_secs(300)))
}

/// An agent that trusts the server's authority.
fn home(server: &PrivacyIdea) -> Home {
    let home = Home::unconfigured();
    let text = format!("keystore = \"file\"\nca = \"{}\"\n", server.authority().display());
    fs::write(home.file("config.toml"), text).expect("a configuration");
    home
}

fn counted() -> Value {
    json!({"type": "hotp"})
}

fn pair(home: &Home, key: &str, arguments: &[&str]) -> Ended {
    home.passcode(&[&["pair", "-"], arguments].concat()).input(key).end()
}

/// The names of the profiles, in the order of their pairing.
fn names(home: &Home) -> Vec<String> {
    let list: Value = serde_json::from_str(&home.print(&["list", "--json"])).expect("JSON");
    let profiles = list["profiles"].as_array().expect("profiles");
    profiles.iter().map(|one| one["name"].as_str().expect("a name").to_owned()).collect()
}

fn refresh(home: &Home) {
    let refreshed = home.run(&["service", "refresh"]);
    assert_eq!(refreshed.status, Some(0), "{}{}", refreshed.out, refreshed.err);
}

#[test]
fn the_agent_follows_what_the_server_adds_to_a_container_and_removes_from_it() {
    let (server, _watchdog) = watched();
    let (user, home) = (server.user(), home(server));
    let first = server.token(&user, counted());
    let container = server.container(&user, &[&first]);
    let paired =
        pair(&home, &server.container_key(&container, Asking::Nothing), &["--name", "work"]);
    assert_eq!(paired.status, Some(0), "{}", paired.err);
    let code = paired.out.trim();
    assert!(server.accepts(&first, code) && !server.accepts(&first, code), "good once");
    assert!(server.accepts(&first, &home.print(&["get", "work"])));

    let second = server.token(&user, counted());
    server.put(&container, &second);
    refresh(&home);
    let all = names(&home);
    assert_eq!((all.len(), all[0].as_str()), (2, "work"));
    assert!(server.accepts(&second, &home.print(&["get", &all[1]])));
    assert!(server.accepts(&first, &home.print(&["get", "work"])), "it kept its secret");

    server.take_out(&container, &first);
    refresh(&home);
    let ended = home.run(&["get", "work"]);
    assert_eq!(ended.status, Some(6), "{}", ended.err);
    assert!(server.accepts(&second, &home.print(&["get", &all[1]])));
}

#[test]
fn a_profile_that_was_unpaired_here_does_not_come_again_and_the_last_one_leaves() {
    let (server, _watchdog) = watched();
    let (user, home) = (server.user(), home(server));
    let tokens = [server.token(&user, counted()), server.token(&user, counted())];
    let container = server.container(&user, &[&tokens[0], &tokens[1]]);
    let paired =
        pair(&home, &server.container_key(&container, Asking::Nothing), &["--name", "work"]);
    assert_eq!((paired.status, paired.out.as_str()), (Some(0), ""), "{}", paired.err);
    assert_eq!(names(&home), ["work", "work 2"]);
    assert_eq!(home.run(&["unpair", "work", "--yes"]).status, Some(0));
    refresh(&home);
    assert_eq!(names(&home), ["work 2"]);
    assert!(server.is_registered(&container));
    let code = home.print(&["get"]);
    assert!(tokens.iter().any(|token| server.accepts(token, &code)), "it kept its secret");
    assert_eq!(home.run(&["unpair", "work 2", "--yes"]).status, Some(0));
    assert!(!server.is_registered(&container));
}

#[test]
fn another_agent_takes_over_by_a_key_from_the_first() {
    let (server, _watchdog) = watched();
    let (user, home, other) = (server.user(), home(server), home(server));
    let token = server.token(&user, counted());
    let container = server.container(&user, &[&token]);
    pair(&home, &server.container_key(&container, Asking::Nothing), &["--name", "work"]);
    let _rule = server.rule(&user, "container", "container_client_rollover");
    let key = home.print(&["service", "hand-over", "work"]);
    let taken = pair(&other, &key, &["--name", "work"]);
    assert_eq!(taken.status, Some(0), "{}", taken.err);
    assert!(server.accepts(&token, taken.out.trim()));
    home.run(&["service", "refresh"]);
    assert_eq!(home.run(&["get", "work"]).status, Some(6), "the first one is told");
    assert!(server.accepts(&token, &other.print(&["get"])));
}

#[test]
fn the_same_agent_gets_a_new_secret_by_a_key_from_itself() {
    let (server, _watchdog) = watched();
    let (user, home) = (server.user(), home(server));
    let token = server.token(&user, counted());
    let container = server.container(&user, &[&token]);
    pair(&home, &server.container_key(&container, Asking::Nothing), &["--name", "work"]);
    let _rule = server.rule(&user, "container", "container_client_rollover");
    let key = home.print(&["service", "hand-over", "work"]);
    let again = pair(&home, &key, &[]);
    assert_eq!(again.status, Some(0), "{}", again.err);
    assert_eq!(names(&home), ["work"]);
    assert!(server.accepts(&token, &home.print(&["get", "work"])));
}

#[test]
fn the_users_password_is_given_below_the_key() {
    let (server, _watchdog) = watched();
    let (user, home) = (server.user(), home(server));
    let token = server.token(&user, counted());
    let container = server.container(&user, &[&token]);
    let key = server.container_key(&container, Asking::Password);
    let without = pair(&home, &key, &[]);
    assert_eq!(without.status, Some(9));
    assert!(without.err.contains("--passphrase -"), "{}", without.err);
    let arguments = ["--passphrase", "-", "--name", "work"];
    let wrong = pair(&home, &format!("{key}\nnot the password\n"), &arguments);
    assert_eq!(wrong.status, Some(9), "{}", wrong.err);
    let right = pair(&home, &format!("{key}\n{}\n", user.password), &arguments);
    assert_eq!(right.status, Some(0), "{}", right.err);
    assert!(server.accepts(&token, right.out.trim()));
}

#[test]
fn a_secret_of_two_steps_shows_what_to_type_into_the_page() {
    let (server, _watchdog) = watched();
    let (user, home) = (server.user(), home(server));
    let _rule = server.rule(&user, "user", "enrollHOTP, hotp_2step=allow");
    let token = server.token_in_two_steps(&user, counted());
    let paired = pair(&home, &token.key, &["--name", "work"]);
    assert_eq!(paired.status, Some(0), "{}", paired.err);
    let (_, part) = paired.err.split_once("makes the same secret: ").expect("our part");
    let part = part.lines().next().expect("a line");
    server.second_step(&user, &token, "hotp", part).expect("the second step");
    assert!(server.accepts(&token, paired.out.trim()));
}
