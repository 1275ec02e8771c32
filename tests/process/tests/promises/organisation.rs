//! The way from an organisation's page to being signed on, with the reference service, its pages and the real programs.

use std::time::Duration;

use passcode_pairing_service::Clock;
use passcode_process_tests::home::Home;
use passcode_process_tests::organisation::Organisation;
use passcode_process_tests::run::Ended;

fn office() -> (Organisation, Home) {
    let (organisation, home) = (Organisation::start(), Home::unconfigured());
    organisation.configure(&home);
    (organisation, home)
}

fn pair(home: &Home, key: &str, arguments: &[&str]) -> Ended {
    home.passcode(&[&["pair", "-"], arguments].concat()).input(key).end()
}

fn said(ended: &Ended) -> (Option<i32>, &str) {
    (ended.status, ended.out.trim_end())
}

#[test]
fn a_key_from_the_page_pairs_and_its_codes_sign_on_once_each() {
    let (organisation, home) = office();
    let key = organisation.show_key(None);
    let paired = pair(&home, &key, &["--name", "work"]);
    assert_eq!(paired.status, Some(0), "{}", paired.err);
    assert!(paired.err.contains("Example Corp: alice@example.org"), "{}", paired.err);
    assert_eq!(said(&organisation.finish(paired.out.trim())), (Some(0), "paired: yes"));
    let code = home.print(&["get", "work"]);
    assert!(organisation.sign_on("000000").out.starts_with("signed on: no"));
    assert_eq!(said(&organisation.sign_on(&code)), (Some(0), "signed on: yes"));
    assert!(organisation.sign_on(&code).out.starts_with("signed on: no"), "a code is good once");
    assert_eq!(said(&organisation.sign_on(&home.print(&["get"]))), (Some(0), "signed on: yes"));
}

#[test]
fn the_page_and_the_agent_show_the_same_fingerprint() {
    let (organisation, home) = office();
    let paired = pair(&home, &organisation.show_key(None), &["--json"]);
    let paired: serde_json::Value = serde_json::from_str(&paired.out).expect("JSON");
    let status: serde_json::Value =
        serde_json::from_str(&home.print(&["status", "--json"])).expect("JSON");
    assert_eq!(paired["fingerprint"], status["services"][0]["fingerprint"]);
    assert_eq!(paired["fingerprint"].as_str().map(str::len), Some(9));
}

#[test]
fn a_key_that_is_unknown_used_or_expired_says_so_and_exits_with_9() {
    let (organisation, home) =
        (Organisation::by(Clock::by_hand(1_700_000_010)), Home::unconfigured());
    organisation.configure(&home);
    let unknown = pair(&home, "123456789012", &[]);
    assert_eq!(unknown.status, Some(9));
    assert!(unknown.err.contains("does not know this pairing key"), "{}", unknown.err);
    let key = organisation.show_key(None);
    organisation.clock.advance(31 * 60);
    let expired = pair(&home, &key, &[]);
    assert!(expired.err.contains("The time of this pairing key is over"), "{}", expired.err);
    let key = organisation.show_key(None);
    let first = pair(&home, &key, &[]);
    organisation.finish(first.out.trim());
    let other = Home::unconfigured();
    organisation.configure(&other);
    let used = pair(&other, &key, &[]);
    assert_eq!(used.status, Some(9));
    assert!(used.err.contains("has been used"), "{}", used.err);
    assert_eq!(other.print(&["list"]), "", "nothing is half-paired");
}

#[test]
fn a_policy_from_none_to_six_digits_makes_a_pin_due_at_the_next_refresh() {
    let (organisation, home) = office();
    let first = pair(&home, &organisation.show_key(None), &["--name", "work"]);
    organisation.finish(first.out.trim());
    organisation.decide(|policy| policy.pin = 6);
    assert_eq!(home.run(&["get"]).status, Some(0), "nobody has asked yet");
    assert_eq!(home.run(&["service", "refresh"]).status, Some(0));
    let due = home.run(&["get", "--no-prompt"]);
    assert_eq!(due.status, Some(4), "{}", due.err);
    let set = home.passcode(&["pin", "set", "--pin", "-"]).input("246813").end();
    assert_eq!(set.status, Some(0), "{}", set.err);
    assert_eq!(said(&organisation.sign_on(&home.print(&["get"]))), (Some(0), "signed on: yes"));
}

#[test]
fn an_organisation_that_asks_for_a_pin_gets_one_with_the_pairing() {
    let (organisation, home) = office();
    organisation.decide(|policy| policy.pin = 4);
    let key = organisation.show_key(None);
    let without = pair(&home, &key, &["--name", "work", "--no-prompt"]);
    assert_eq!((without.status, without.out.as_str()), (Some(4), ""), "{}", without.err);
    let weak = home.passcode(&["pin", "set", "--pin", "-"]).input("1111").end();
    assert_ne!(weak.status, Some(0));
    home.passcode(&["pin", "set", "--pin", "-"]).input("2468").output();
    assert_eq!(said(&organisation.finish(&home.print(&["get"]))), (Some(0), "paired: yes"));
}

#[test]
fn unpairing_without_the_service_is_queued_and_told_when_it_is_back() {
    let (organisation, home) = office();
    let first = pair(&home, &organisation.show_key(None), &["--name", "work"]);
    organisation.finish(first.out.trim());
    let away = home.file("away.toml");
    std::fs::rename(home.file("config.toml"), &away).expect("a file");
    // Another authority: this service is not trusted any more.
    std::fs::write(home.file("config.toml"), "keystore = \"file\"\n").expect("a file");
    home.run(&["agent", "stop"]);
    let unpaired = home.run(&["unpair", "work", "--yes"]);
    assert_eq!(unpaired.status, Some(0), "{}", unpaired.err);
    assert!(unpaired.err.contains("as soon as it can be reached"), "{}", unpaired.err);
    assert!(home.print(&["status"]).contains("has still to be told"));
    std::fs::rename(&away, home.file("config.toml")).expect("a file");
    home.run(&["agent", "stop"]);
    assert_eq!(home.run(&["service", "refresh"]).status, Some(0));
    assert!(!home.print(&["status"]).contains("still to be told"));
    // Without a device the password leads to the registration again.
    organisation.show_key(None);
}

#[test]
fn an_agent_that_is_killed_while_it_pairs_loses_no_key() {
    let (organisation, home) = office();
    let mut code = None;
    for round in 0..6_u64 {
        organisation.decide(|policy| policy.devices = 10);
        let key = organisation.show_key(code.as_deref());
        let name = format!("work {round}");
        let agent = home.start();
        let pairing =
            home.passcode(&["pair", "-", "--name", &name, "--no-prompt"]).input(&key).start();
        std::thread::sleep(Duration::from_millis(round * 25));
        agent.kill();
        pairing.end();
        let again = pair(&home, &key, &["--name", &name]);
        let first = match again.status {
            Some(0) => again.out.trim().to_owned(),
            status => {
                assert_eq!(status, Some(9), "{}", again.err);
                assert!(again.err.contains("paired here already"), "{}", again.err);
                home.print(&["get", &name])
            }
        };
        let finished = organisation.finish(&first);
        assert_eq!(said(&finished), (Some(0), "paired: yes"), "round {round}: {}", finished.err);
        code = Some(home.print(&["get", "work 0"]));
        home.run(&["agent", "stop"]);
    }
}
