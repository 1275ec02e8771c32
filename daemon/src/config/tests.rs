//! What can be configured, what a policy does to it, and what is refused with which words.

use std::time::Duration;

use passcode_proto::Label;
use passcode_proto::reply::Meant;

use super::*;
use crate::rules::{Network, Proxy};

fn rules(config: &str, policies: &[&str]) -> Rules {
    let policies: Vec<_> = policies.iter().map(|text| Policy::parse(text).unwrap()).collect();
    Config::parse(config).unwrap().under(&policies).unwrap()
}

fn minutes(minutes: u64) -> Option<Duration> {
    Some(Duration::from_secs(minutes * 60))
}

#[test]
fn an_empty_configuration_has_the_documented_defaults() {
    assert_eq!(rules("", &[]), Rules::default());
    assert_eq!(rules("", &[]).keystore, StoreKind::Keyring);
}

#[test]
fn a_policy_can_only_tighten() {
    let user = "pin = 4\nidle_lock = \"10m\"\nmax_open = \"0\"";
    assert_eq!(rules(user, &["pin = 0"]).pin, 4);
    assert_eq!(rules(user, &["pin = 6", "pin = 4"]).pin, 6);
    assert_eq!(rules(user, &["idle_lock = \"5m\""]).idle_lock, minutes(5));
    assert_eq!(rules(user, &["idle_lock = \"20m\""]).idle_lock, minutes(10));
    assert_eq!(rules(user, &["idle_lock = \"0\""]).idle_lock, minutes(10));
    assert_eq!(rules(user, &["max_open = \"8h\""]).max_open, minutes(480));
    assert_eq!(rules(user, &[]).max_open, None);
    let recovery = rules(user, &["recovery_code = false", "recovery_code = true"]).recovery_code;
    assert!(!recovery);
}

#[test]
fn a_policy_says_which_key_stores_may_be_used() {
    let policy = "keystores = [\"passphrase\", \"keyring\"]";
    assert_eq!(rules("", &[policy]).keystore, StoreKind::Passphrase);
    assert_eq!(rules("keystore = \"keyring\"", &[policy]).keystore, StoreKind::Keyring);
    let policies = [Policy::parse(policy).unwrap()];
    let refused = Config::parse("keystore = \"file\"").unwrap().under(&policies).unwrap_err();
    assert!(refused.0.contains("it allows: passphrase, keyring"), "{refused}");
    assert!(Policy::parse("keystores = []").is_err());
}

#[test]
fn a_misspelt_key_is_an_error_with_a_suggestion() {
    let fault = Config::parse("keystor = \"file\"").unwrap_err();
    assert!(fault.0.contains("did you mean \"keystore\"?"), "{fault}");
    assert!(Config::parse("colour = 1").unwrap_err().0.contains("--print-config"));
    assert!(Policy::parse("idle_lok = \"3m\"").unwrap_err().0.contains("\"idle_lock\"?"));
    assert!(Policy::parse("colour = 1").unwrap_err().0.contains("--print-policy"));
}

#[test]
fn what_is_not_toml_is_named_by_its_line() {
    assert!(Config::parse("\n\nkeystore = ").unwrap_err().0.contains("line 3"));
    assert!(Config::parse("keystore = \"cloud\"").unwrap_err().0.contains("cloud"));
    assert!(Config::parse("pin = 5").unwrap_err().0.contains("0, 4 or 6"));
    assert!(Config::parse("idle_lock = \"soon\"").unwrap_err().0.contains("\"3m\""));
}

#[test]
fn every_key_is_documented_and_the_documentation_gives_the_defaults() {
    let uncommented = |text: &str, keys: &[&str]| -> String {
        let lines = text.lines().map(|line| {
            let key = keys.iter().find(|key| line.starts_with(&format!("# {key} = ")));
            let line = key.map_or(line, |_| line.trim_start_matches("# "));
            line.to_owned() + "\n"
        });
        let is_shown = |key: &&str| {
            text.contains(&format!("\n# {key} = ")) || text.contains(&format!("\n# [[{key}]]\n"))
        };
        keys.iter().for_each(|key| assert!(is_shown(key), "{key}"));
        lines.collect()
    };
    // Three have no default, and are shown by an example.
    let network = Network {
        service: Some("https://id.example.org".parse().unwrap()),
        authority: Some("/etc/ssl/example-ca.pem".into()),
        ..Network::default()
    };
    let shown = Rules { network, ..Rules::default() };
    let config = uncommented(DOCUMENTED, KEYS);
    let shortcut = Some("Ctrl+Alt+P".to_owned());
    assert_eq!(rules(&config, &[]), Rules { shortcut, ..shown.clone() });
    let policy = uncommented(DOCUMENTED_POLICY, policy::KEYS);
    let capped =
        Rules { longest_idle_lock: shown.idle_lock, longest_max_open: shown.max_open, ..shown };
    assert_eq!(rules("", &[&policy]), capped);
}

#[test]
fn the_rule_for_prompts_that_the_documentation_shows_is_one() {
    let (_, shown) = DOCUMENTED.split_once("# [[prompt]]\n").unwrap();
    let shown = shown.split("\n\n").next().unwrap().replace("# ", "");
    let rule = rules(&format!("[[prompt]]\n{shown}"), &[]).prompts.remove(0);
    assert!(rule.text.unwrap().fits("Token for alice: "));
    assert!(rule.host.unwrap().fits("vpn.example.org") && rule.program.unwrap().fits("ssh"));
    assert_eq!((rule.profile, rule.answer), (Label::new("work").ok(), Some(Meant::Code)));
}

#[test]
fn a_rule_for_prompts_that_cannot_hold_is_refused() {
    for (text, words) in [
        ("[[prompt]]\ntext = \"x\"", "neither"),
        ("[[prompt]]\nanswer = \"codes\"", "codes"),
        ("[[prompt]]\nanswr = \"code\"", "answr"),
        ("[[prompt]]\ntext = \"\"\nanswer = \"code\"", "pattern"),
        ("[[prompt]]\nprofile = \" \"", "profile"),
    ] {
        let fault = Config::parse(text).and_then(|config| config.under(&[])).unwrap_err().0;
        assert!(fault.contains(words), "{fault}");
    }
}

#[test]
fn the_first_file_that_names_a_service_an_authority_or_a_proxy_decides() {
    let user = "service = \"own.example\"\nproxy = \"none\"";
    let machine = "service = \"https://id.example.org\"\nca = \"/etc/ca.pem\"";
    let network = rules(user, &[machine, "service = \"other.example\""]).network;
    assert_eq!(
        network.service.map(|service| service.to_string()),
        Some("https://id.example.org".into())
    );
    assert_eq!((network.authority, network.proxy), (Some("/etc/ca.pem".into()), Proxy::Direct));
    let through = rules("proxy = \"http://proxy.example:8080/\"", &[]).network.proxy;
    assert_eq!(through, Proxy::Through("http://proxy.example:8080".into()));
}

#[test]
fn an_address_that_cannot_be_one_is_refused_with_its_key() {
    for (text, words) in [
        ("service = \"http://id.example.org\"", "https://"),
        ("service = \"https://id.example.org/x\"", "host and a port"),
        ("ca = \"ca.pem\"", "absolute path"),
        ("proxy = \"sometimes\"", "\"system\", \"none\""),
        ("proxy = \"http://alice:hunter2@proxy.example\"", "proxy-login"),
    ] {
        let fault = Config::parse(text).unwrap_err().0;
        assert!(fault.contains(words) && !fault.contains("hunter2"), "{fault}");
    }
}
