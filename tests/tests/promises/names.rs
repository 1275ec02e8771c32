//! Names: how a profile is meant, and how it gets its name.

use passcode_proto::FaultCode;
use passcode_proto::request::GetCode;
use passcode_tests::rig::client::Client;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{asks, keys};

const NONE_NAMED: GetCode = GetCode {
    profile: None,
    fresh: false,
    min_valid: None,
    wait: None,
    show: false,
    no_prompt: false,
    purpose: None,
};

fn key(issuer: &str, account: &str) -> String {
    format!("otpauth://totp/{issuer}:{account}?issuer={issuer}&secret={}", keys::RFC_BASE32)
}

/// The profile of which a code is given for `typed`.
async fn meant(client: &mut Client, typed: &str) -> Result<String, FaultCode> {
    let code = client.ask(asks::code(typed)).await;
    code.map(|code| code.profile.to_string()).map_err(|fault| fault.code)
}

async fn names(client: &mut Client) -> Vec<String> {
    let page = client.ask(asks::list()).await.expect("a list");
    page.profiles.iter().map(|profile| profile.name.to_string()).collect()
}

#[test]
fn a_profile_is_meant_by_its_name_a_unique_beginning_or_issuer_and_account() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(&key("ACME", "alice"), "work").await;
        client.pair_quietly(&key("ACME", "bob"), "work-vpn").await;
        client.pair_quietly(&key("Z%C3%BCri", "Zo%C3%AB"), "Übung").await;
        for (typed, name) in [
            ("work", "work"),
            ("WORK", "work"),
            (" work ", "work"),
            ("work-", "work-vpn"),
            ("WoRk-V", "work-vpn"),
            ("acme:alice", "work"),
            ("ACME: bob", "work-vpn"),
            ("ü", "Übung"),
            ("ÜBUNG", "Übung"),
            ("zÜRI:ZOË", "Übung"),
        ] {
            assert_eq!(meant(&mut client, typed).await, Ok(name.to_owned()), "{typed}");
        }
        for (typed, code) in [
            ("wor", FaultCode::Ambiguous),
            ("home", FaultCode::NoSuchProfile),
            ("", FaultCode::NoSuchProfile),
            ("acme:carol", FaultCode::NoSuchProfile),
            ("work-vpn-2", FaultCode::NoSuchProfile),
        ] {
            assert_eq!(meant(&mut client, typed).await, Err(code), "{typed}");
        }
    });
}

#[test]
fn several_profiles_that_fit_are_named() {
    with_agent(async |rig| {
        let mut client = rig.client();
        for number in 1..=7 {
            client.pair_quietly(keys::TOTP, &format!("work {number}")).await;
        }
        let fault = client.ask(asks::code("w")).await.unwrap_err();
        assert_eq!(fault.code, FaultCode::Ambiguous);
        assert!(fault.message.contains("work 1, work 2") && fault.message.contains('…'), "{fault}");
    });
}

#[test]
fn the_only_profile_need_not_be_named() {
    with_agent(async |rig| {
        let mut client = rig.client();
        assert_eq!(client.refused(NONE_NAMED).await, FaultCode::NothingPaired);
        client.pair_quietly(keys::TOTP, "work").await;
        assert_eq!(client.given(NONE_NAMED).await.profile.as_str(), "work");
        client.pair_quietly(keys::TOTP, "home").await;
        assert_eq!(client.refused(NONE_NAMED).await, FaultCode::NoneNamed);
    });
}

#[test]
fn the_default_profile_need_not_be_named() {
    with_agent(async |mut rig| {
        let mut client = rig.client();
        for name in ["work", "home", "club"] {
            client.pair_quietly(keys::TOTP, name).await;
        }
        client.ask(asks::default("home")).await.unwrap();
        assert_eq!(client.given(NONE_NAMED).await.profile.as_str(), "home");
        client.ask(asks::rename("home", "house")).await.unwrap();
        rig.kill_and_restart().await;
        let mut client = rig.client();
        assert_eq!(client.given(NONE_NAMED).await.profile.as_str(), "house");
        client.ask(asks::unpair("house")).await.unwrap();
        assert_eq!(
            client.refused(NONE_NAMED).await,
            FaultCode::NoneNamed,
            "nothing takes its place"
        );
    });
}

#[test]
fn a_name_that_differs_only_in_case_is_taken() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "Zürich").await;
        client.pair_quietly(keys::TOTP, "home").await;
        for name in ["Zürich", "ZÜRICH", " zürich "] {
            assert_eq!(client.refused(asks::pair(keys::TOTP, name)).await, FaultCode::NameTaken);
            assert_eq!(client.refused(asks::rename("home", name)).await, FaultCode::NameTaken);
        }
        client
            .ask(asks::rename("zürich", "ZÜRICH"))
            .await
            .expect("a profile may change its own case");
        assert_eq!(names(&mut client).await, ["ZÜRICH", "home"]);
    });
}

#[test]
fn a_name_that_was_given_up_is_free() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "work").await;
        client.ask(asks::rename("work", "old")).await.unwrap();
        client.pair_quietly(keys::TOTP, "work").await;
        client.ask(asks::unpair("old")).await.unwrap();
        client.pair_quietly(keys::TOTP, "OLD").await;
        assert_eq!(names(&mut client).await, ["work", "OLD"]);
    });
}

#[test]
fn a_name_that_is_made_from_the_key_gets_a_number_when_it_is_taken() {
    with_agent(async |rig| {
        let mut client = rig.client();
        for key in [&key("ACME", "alice"), &key("ACME", "bob"), &key("acme", "carol")] {
            client.ask(asks::pair_unnamed(key)).await.unwrap();
        }
        let account_only = format!("otpauth://totp/dave?secret={}", keys::RFC_BASE32);
        for key in [&account_only, &account_only, keys::RFC_BASE32, keys::RFC_BASE32] {
            client.ask(asks::pair_unnamed(key)).await.unwrap();
        }
        let wanted = ["ACME", "ACME 2", "acme 3", "dave", "dave 2", "passcode", "passcode 2"];
        assert_eq!(names(&mut client).await, wanted);
    });
}

#[test]
fn a_name_that_is_made_from_a_very_long_issuer_gets_a_number_too() {
    with_agent(async |rig| {
        let mut client = rig.client();
        let issuer = "%C3%A4".repeat(128);
        for _ in 0..12 {
            client.ask(asks::pair_unnamed(&key(&issuer, "alice"))).await.unwrap();
        }
        let names = names(&mut client).await;
        assert_eq!(names[0], "ä".repeat(128));
        assert!(names[11].starts_with("ää") && names[11].ends_with(" 12"), "{}", names[11]);
    });
}
