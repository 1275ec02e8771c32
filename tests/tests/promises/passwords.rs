//! The password that belongs to a profile's codes: given by itself or joined with a code, by the profile's own template.

use passcode_proto::FaultCode;
use passcode_proto::event::Event;
use passcode_proto::request::{PasswordRemove, PasswordSet, PasswordUse};
use passcode_tests::rig::client::Client;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{Rig, asks, keys};

use crate::pins::with_pin;

fn set(password: &str) -> PasswordSet {
    PasswordSet {
        profile: "work".into(),
        password: asks::secret(password),
        template: None,
        joined_only: false,
        pin: None,
    }
}

fn alone() -> PasswordUse {
    PasswordUse {
        profile: Some("work".into()),
        joined: false,
        fresh: false,
        min_valid: None,
        wait: None,
        no_prompt: false,
        purpose: None,
    }
}

fn joined() -> PasswordUse {
    PasswordUse { joined: true, fresh: true, ..alone() }
}

async fn stored(rig: &Rig, password: PasswordSet) -> Client {
    let mut client = rig.client();
    client.pair_quietly(keys::HOTP, "work").await;
    client.ask(password).await.expect("the password is stored");
    client
}

async fn used(client: &mut Client, wanted: PasswordUse) -> String {
    client.ask(wanted).await.expect("a login").text.expose().to_owned()
}

#[test]
fn a_stored_password_is_given_by_itself_and_spends_no_code() {
    with_agent(async |rig| {
        let mut client = stored(&rig, set("Passw0rd!")).await;
        for _ in 0..3 {
            assert_eq!(used(&mut client, alone()).await, "Passw0rd!");
        }
        assert_eq!(client.counter("work").await, 0);
    });
}

#[test]
fn password_and_code_are_joined_by_the_template_that_was_stored() {
    with_agent(async |rig| {
        let template = Some("{code}, {password}".to_owned());
        let mut client = stored(&rig, PasswordSet { template, ..set("pa{code}") }).await;
        assert_eq!(
            used(&mut client, joined()).await,
            format!("{}, pa{{code}}", keys::RFC_CODES[0])
        );
        assert_eq!(
            used(&mut client, joined()).await,
            format!("{}, pa{{code}}", keys::RFC_CODES[1])
        );
    });
}

#[test]
fn a_password_for_joining_only_is_never_given_by_itself() {
    with_agent(async |rig| {
        let mut client = stored(&rig, PasswordSet { joined_only: true, ..set("pw") }).await;
        assert_eq!(client.refused(alone()).await, FaultCode::JoinedOnly);
        assert_eq!(used(&mut client, joined()).await, format!("pw{}", keys::RFC_CODES[0]));
    });
}

#[test]
fn without_a_password_no_code_is_spent() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        assert_eq!(client.refused(joined()).await, FaultCode::NoPassword);
        assert_eq!(client.refused(alone()).await, FaultCode::NoPassword);
        assert_eq!(client.counter("work").await, 0);
    });
}

#[test]
fn a_joined_login_never_repeats_a_time_step() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "work").await;
        client.ask(set("pw")).await.expect("the password is stored");
        let first = used(&mut client, joined()).await;
        client.send(joined()).await;
        rig.until_waiting(1).await;
        rig.pass(30);
        let second = client.receive::<PasswordUse>().await.expect("a login").text;
        assert_ne!(first, second.expose());
    });
}

#[test]
fn a_password_survives_the_agent_a_new_pin_and_another_name_of_its_profile() {
    with_agent(async |mut rig| {
        let mut client = stored(&rig, set("Passw0rd!")).await;
        client.ask(asks::pin_set("2468")).await.expect("a PIN");
        client.ask(asks::rename("work", "office")).await.expect("another name");
        rig.kill_and_restart().await;
        let mut client = rig.client();
        client.ask(asks::unlock_with("2468")).await.expect("an open vault");
        let wanted = PasswordUse { profile: Some("office".into()), ..alone() };
        assert_eq!(used(&mut client, wanted).await, "Passw0rd!");
    });
}

#[test]
fn a_password_that_was_forgotten_or_whose_profile_went_is_gone() {
    with_agent(async |rig| {
        let mut client = stored(&rig, set("Passw0rd!")).await;
        let remove = PasswordRemove { profile: "work".into(), pin: None };
        client.ask(remove.clone()).await.expect("it is forgotten");
        assert_eq!(client.refused(alone()).await, FaultCode::NoPassword);
        assert_eq!(client.refused(remove).await, FaultCode::NoPassword);
        client.ask(set("again")).await.expect("the password is stored");
        client.ask(asks::unpair("work")).await.expect("it is unpaired");
        client.pair_quietly(keys::HOTP, "work").await;
        assert_eq!(client.refused(alone()).await, FaultCode::NoPassword);
    });
}

#[test]
fn storing_and_forgetting_a_password_takes_the_pin_when_one_is_set() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        assert_eq!(client.refused(set("pw")).await, FaultCode::PinNeeded);
        let pin = Some(asks::secret("2468"));
        client.ask(PasswordSet { pin, ..set("pw") }).await.expect("the password is stored");
        let remove = PasswordRemove { profile: "work".into(), pin: None };
        assert_eq!(client.refused(remove).await, FaultCode::PinNeeded);
    });
}

#[test]
fn a_password_or_template_that_cannot_be_one_is_refused() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        for password in ["", "two\nlines", &"x".repeat(1025)] {
            assert_eq!(client.refused(set(password)).await, FaultCode::BadRequest, "{password}");
        }
        for template in ["{password}", "{code}", "{password}{code}{code}", "{pin}"] {
            let template = Some(template.to_owned());
            let wanted = PasswordSet { template, ..set("pw") };
            assert_eq!(client.refused(wanted).await, FaultCode::BadRequest);
        }
    });
}

#[test]
fn subscribers_hear_who_got_a_password_and_what_for_and_never_the_password() {
    with_agent(async |rig| {
        let mut client = stored(&rig, set("Passw0rd!")).await;
        let mut subscriber = rig.client().subscribe().await;
        let purpose = passcode_proto::Label::new("vpn.example.org").ok();
        used(&mut client, PasswordUse { purpose: purpose.clone(), ..alone() }).await;
        let heard = subscriber.until(|event| matches!(event, Event::PasswordGiven(_))).await;
        assert!(matches!(&heard.event, Event::PasswordGiven(given) if given.purpose == purpose));
        assert!(!format!("{heard:?}").contains("Passw0rd!"));
        used(&mut client, PasswordUse { purpose: purpose.clone(), ..joined() }).await;
        let heard = subscriber.until(|event| matches!(event, Event::CodeGiven(_))).await;
        assert!(matches!(&heard.event, Event::CodeGiven(given) if given.purpose == purpose));
    });
}
