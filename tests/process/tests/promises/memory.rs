//! What is in the agent's memory, read by root: while the vault is open its key, in one place; when it is locked not
//! even that. Secrets, pairing keys and codes are nowhere once an answer has been read.

mod pairings;
mod watched;

use passcode_process_tests::memory::Wanted;
use passcode_process_tests::watchdog;
use passcode_proto::profile::CodeType;
use passcode_proto::request::{GetCode, HotpResync};
use serde_json::json;

use watched::{PIN, Watched};

/// A PIN that is not the right one.
const WRONG_PIN: &str = "975312";

/// Profiles with every hash.
const PROFILES: [(&str, &str, &str); 6] = [
    ("time with SHA-1", "totp", "SHA1"),
    ("time with SHA-256", "totp", "SHA256"),
    ("time with SHA-512", "totp", "SHA512"),
    ("counter with SHA-1", "hotp", "SHA1"),
    ("counter with SHA-256", "hotp", "SHA256"),
    ("counter with SHA-512", "hotp", "SHA512"),
];

/// An agent with those profiles, of which no code was given yet.
fn with_profiles() -> Watched {
    let mut agent = Watched::start();
    for (name, kind, hash) in PROFILES {
        let key = agent.key(kind, &format!("&algorithm={hash}"));
        agent.ask("pair", json!({"key": key, "name": name, "no_code": true}));
    }
    agent
}

/// Takes codes of every profile in JSON.
fn take_codes_in_json(agent: &mut Watched) {
    for (name, kind, _) in PROFILES {
        let given = agent.ask("code", json!({"profile": name}));
        agent.gave(name, given["code"].as_str().expect("a code"));
        if kind == "hotp" {
            let given = agent.ask("hotp.resync", json!({"profile": name}));
            for code in given["codes"].as_array().expect("codes") {
                agent.gave(name, code.as_str().expect("a code"));
            }
        }
    }
}

/// Takes codes of every profile in the binary spelling.
fn take_codes_in_binary(agent: &mut Watched) {
    let mut client = agent.client();
    for (name, ..) in PROFILES {
        let profile = Some(name.to_owned());
        let code = GetCode {
            profile,
            fresh: false,
            min_valid: None,
            wait: None,
            show: false,
            no_prompt: true,
            purpose: None,
        };
        let given = client.call(code.clone()).expect("a code");
        agent.gave(name, given.code.expose());
        if given.kind == CodeType::Totp {
            let shown = client.call(GetCode { show: true, ..code }).expect("a code");
            agent.gave(name, shown.code.expose());
            continue;
        }
        let resync = HotpResync { profile: code.profile, codes: Some(3), send: false };
        let given = client.call(resync).expect("codes");
        given.codes.iter().for_each(|code| agent.gave(name, code.expose()));
    }
}

#[test]
fn nothing_of_a_code_stays_in_the_agents_memory_once_it_was_read() {
    let _watchdog = watchdog::watch();
    let mut agent = with_profiles();
    for (name, ..) in PROFILES {
        let given = agent.ask("code", json!({"profile": name}));
        agent.gave(name, given["code"].as_str().expect("a code"));
        agent.assert_holds_its_key_alone(name);
    }
    take_codes_in_json(&mut agent);
    agent.assert_holds_its_key_alone("after codes in JSON");
    take_codes_in_binary(&mut agent);
    agent.assert_holds_its_key_alone("after codes in the binary spelling");
    agent.ask("list", json!({}));
    agent.ask("rename", json!({"profile": PROFILES[0].0, "name": "another name"}));
    agent.ask("default", json!({"profile": "another name"}));
    agent.ask("hotp.set", json!({"profile": PROFILES[3].0, "next": "99"}));
    agent.assert_holds_its_key_alone("after changes");
    agent.ask("unpair", json!({"profile": "another name"}));
    agent.assert_holds_its_key_alone("after a profile was removed");
}

#[test]
fn a_locked_agent_holds_no_key_and_no_name_in_its_memory() {
    let _watchdog = watchdog::watch();
    let mut agent = with_profiles();
    let names = PROFILES.map(|(name, ..)| Wanted::new(format!("the name \"{name}\""), name));
    for round in 1..=2 {
        take_codes_in_json(&mut agent);
        take_codes_in_binary(&mut agent);
        agent.ask("lock", json!({}));
        agent.assert_holds_nothing(&format!("locked, round {round}"), &names);
        agent.ask("unlock", json!({}));
        agent.assert_holds_its_key_alone(&format!("unlocked, round {round}"));
    }
}

#[test]
fn nothing_of_a_pin_stays_in_the_agents_memory() {
    let _watchdog = watchdog::watch();
    let mut agent = with_profiles();
    agent.forbid_pin("the PIN", PIN);
    agent.forbid_pin("a wrong PIN", WRONG_PIN);
    agent.ask("pin.set", json!({"pin": PIN}));
    agent.assert_holds_its_key_alone("after a PIN was made");
    let code = agent.ask("code", json!({"profile": PROFILES[0].0}));
    agent.gave("a code", code["code"].as_str().expect("a code"));
    agent.ask("lock", json!({}));
    agent.assert_holds_nothing("locked", &[]);
    agent.refused("unlock", json!({"pin": WRONG_PIN}));
    agent.assert_holds_nothing("after a wrong PIN", &[]);
    agent.ask("unlock", json!({"pin": PIN}));
    agent.assert_holds_its_key_alone("after an unlock with the PIN");
    agent.refused("unpair", json!({"profile": PROFILES[0].0, "pin": WRONG_PIN}));
    agent.ask("unpair", json!({"profile": PROFILES[0].0, "pin": PIN}));
    agent.assert_holds_its_key_alone("after the PIN was shown once more");
    agent.refused("pin.set", json!({"pin": PIN}));
    agent.ask("pin.change", json!({"pin": PIN, "new": PIN}));
    agent.assert_holds_its_key_alone("after all keys were made anew");
    agent.ask("lock", json!({}));
    agent.assert_holds_nothing("locked again", &[]);
}
