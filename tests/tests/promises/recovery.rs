//! The recovery code: it opens in the place of a forgotten PIN, once, and where the policy allows it.

use passcode_proto::request::{KeystoreSet, Lock, PinChange, PinSet, Unlock};
use passcode_proto::{FaultCode, SecretText};
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{asks, keys};

#[test]
fn a_recovery_code_opens_once_and_a_new_pin_is_due_then() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        let made = PinSet { recovery_code: true, ..asks::pin_set("2468") };
        let code = client.ask(made).await.unwrap().recovery_code.expect("a code was asked for");
        client.ask(Lock {}).await.unwrap();
        let with = |text: &str| recovering(&asks::secret(text));
        let wrong = if code.expose().starts_with('A') { 'B' } else { 'A' };
        let wrong = format!("{wrong}{}", &code.expose()[1..]);
        assert_eq!(client.refused(with(&wrong)).await, FaultCode::WrongRecoveryCode);
        client.ask(with(&code.expose().to_lowercase())).await.unwrap();
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::PinDue);
        let made = client.ask(asks::pin_set("1357")).await.unwrap();
        assert!(made.former_code_void && made.recovery_code.is_none());
        assert_eq!(client.counter("work").await, 0);
        client.ask(Lock {}).await.unwrap();
        let used = client.refused(with(code.expose())).await;
        assert_eq!(used, FaultCode::WrongRecoveryCode, "it is used up");
        assert_eq!(client.refused(asks::unlock_with("2468")).await, FaultCode::WrongPin);
        client.ask(asks::unlock_with("1357")).await.unwrap();
    });
}

#[test]
fn a_recovery_that_is_not_finished_can_be_begun_again() {
    with_agent(async |mut rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        let made = PinSet { recovery_code: true, ..asks::pin_set("2468") };
        let code = client.ask(made).await.unwrap().recovery_code.expect("a code was asked for");
        for _ in 0..2 {
            rig.kill_and_restart().await;
            let mut client = rig.client();
            client.ask(recovering(&code)).await.unwrap();
            assert_eq!(client.refused(asks::code("work")).await, FaultCode::PinDue);
        }
    });
}

#[test]
fn moving_the_key_voids_the_recovery_code_and_changing_the_pin_makes_another() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        let made = PinSet { recovery_code: true, ..asks::pin_set("2468") };
        let code = client.ask(made).await.unwrap().recovery_code.expect("a code was asked for");
        let moved = KeystoreSet { pin: Some(asks::secret("2468")), ..asks::keystore_set("file") };
        client.ask(moved).await.unwrap();
        client.ask(Lock {}).await.unwrap();
        assert_eq!(client.refused(recovering(&code)).await, FaultCode::WrongRecoveryCode);
        client.ask(asks::unlock_with("2468")).await.unwrap();
        let changed = PinChange { recovery_code: true, ..asks::pin_change("2468", "1357") };
        let code = client.ask(changed).await.unwrap().recovery_code.expect("a code was asked for");
        client.ask(Lock {}).await.unwrap();
        client.ask(recovering(&code)).await.unwrap();
    });
}

fn recovering(code: &SecretText) -> Unlock {
    Unlock { recovery: Some(code.clone()), ..asks::unlock() }
}

#[test]
fn a_policy_can_forbid_recovery_codes() {
    with_agent(async |mut rig| {
        rig.quit().await;
        rig.rules.recovery_code = false;
        rig.start_again();
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        let made = PinSet { recovery_code: true, ..asks::pin_set("2468") };
        assert_eq!(client.refused(made).await, FaultCode::PolicyForbids);
        client.ask(asks::pin_set("2468")).await.unwrap();
        let changed = PinChange { recovery_code: true, ..asks::pin_change("2468", "1357") };
        assert_eq!(client.refused(changed).await, FaultCode::PolicyForbids);
    });
}
