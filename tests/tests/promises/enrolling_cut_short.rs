//! What becomes of a pairing with an organisation's service when something fails in the middle of it.

use passcode_daemon::ports::store::StoreFault;
use passcode_proto::FaultCode;
use passcode_proto::request::{Lock, Pair, Unlock};
use passcode_tests::rig::client::Client;
use passcode_tests::rig::organisation::Organisation;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{Rig, asks, keys};

const SERVICE: &str = "https://id.example.org";

/// A pairing whose first letter is held up.
async fn held_up(rig: &Rig) -> (Organisation, String, Client) {
    let organisation = Organisation::at(rig, SERVICE);
    let key = organisation.show_key();
    let mut client = rig.client();
    client.pair_quietly(keys::TOTP, "other").await;
    rig.courier.hold();
    client.send(asks::pair(&key, "work")).await;
    rig.until(|| rig.courier.waiting() == 1).await;
    (organisation, key, client)
}

/// Lets the service answer so many letters that are held up.
async fn let_through(rig: &Rig, organisation: &Organisation, letters: usize) {
    for _ in 0..letters {
        rig.until(|| rig.courier.waiting() == 1).await;
        let letter = rig.courier.delivered().last().cloned().expect("a letter");
        rig.courier.answer(organisation.deliver(&letter));
    }
}

/// Holds nothing up any more.
fn serve_again(rig: &Rig, organisation: &Organisation) {
    let served = organisation.clone();
    rig.courier.serve(move |letter| served.deliver(letter));
}

#[test]
fn an_agent_killed_at_any_step_of_an_exchange_pairs_by_the_same_key_afterwards() {
    for step in 0..4 {
        with_agent(async move |mut rig| {
            let organisation = Organisation::at(&rig, SERVICE);
            let key = organisation.show_key();
            rig.client().pair_quietly(keys::TOTP, "other").await;
            if step > 0 {
                rig.courier.hold();
            }
            let mut client = rig.client();
            client.send(asks::pair(&key, "work")).await;
            if step > 1 {
                let_through(&rig, &organisation, step - 1).await;
            }
            if step > 0 && step < 3 {
                rig.until(|| rig.courier.waiting() == 1).await;
            }
            rig.kill_and_restart().await;
            serve_again(&rig, &organisation);
            let mut client = rig.client();
            match client.ask(asks::pair(&key, "work")).await {
                Ok(paired) => assert_eq!(paired.first.unwrap().code.expose(), keys::RFC_CODES[0]),
                Err(fault) => {
                    assert_eq!(fault.code, FaultCode::AlreadyPaired);
                    client.code("work").await;
                }
            }
            assert_eq!(organisation.devices(), 1, "killed at step {step}");
        });
    }
}

#[test]
fn two_programs_that_pair_by_one_key_make_one_profile() {
    with_agent(async |rig| {
        let organisation = Organisation::at(&rig, SERVICE);
        let key = organisation.show_key();
        rig.client().pair_quietly(keys::TOTP, "other").await;
        rig.courier.hold();
        let (mut first, mut second) = (rig.client(), rig.client());
        first.send(asks::pair(&key, "work")).await;
        rig.until(|| rig.courier.waiting() == 1).await;
        assert_eq!(second.refused(asks::pair(&key, "mine")).await, FaultCode::PairingUnderWay);
        let_through(&rig, &organisation, 2).await;
        first.receive::<Pair>().await.unwrap();
    });
}

#[test]
fn a_name_that_was_taken_during_an_exchange_does_not_cost_the_key() {
    with_agent(async |rig| {
        let organisation = Organisation::at(&rig, SERVICE);
        let key = organisation.show_key();
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "other").await;
        assert_eq!(client.refused(asks::pair(&key, "other")).await, FaultCode::NameTaken);
        rig.courier.hold();
        client.send(asks::pair(&key, "work")).await;
        rig.until(|| rig.courier.waiting() == 1).await;
        rig.client().pair_quietly(keys::HOTP, "work").await;
        let_through(&rig, &organisation, 2).await;
        assert_eq!(client.receive::<Pair>().await.unwrap_err().code, FaultCode::NameTaken);
        serve_again(&rig, &organisation);
        client.pair(&key, "office").await;
    });
}

#[test]
fn locking_ends_an_exchange_and_the_key_is_good_afterwards() {
    with_agent(async |rig| {
        let (organisation, key, mut client) = held_up(&rig).await;
        rig.client().ask(Lock {}).await.unwrap();
        assert_eq!(client.receive::<Pair>().await.unwrap_err().code, FaultCode::Locked);
        rig.until(|| rig.courier.waiting() == 0).await;
        serve_again(&rig, &organisation);
        client.ask(Unlock { pin: None, passphrase: None, recovery: None }).await.unwrap();
        client.pair(&key, "work").await;
        assert_eq!(organisation.devices(), 1);
    });
}

#[test]
fn a_disk_that_is_full_at_the_end_of_an_exchange_does_not_cost_the_key() {
    with_agent(async |rig| {
        let (organisation, key, mut client) = held_up(&rig).await;
        rig.stores.fail_writes(StoreFault::Full);
        let_through(&rig, &organisation, 2).await;
        let fault = client.receive::<Pair>().await.unwrap_err();
        assert_eq!(fault.code, FaultCode::StoreFailed, "{fault}");
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::NoSuchProfile);
        rig.stores.mend();
        serve_again(&rig, &organisation);
        let paired = client.pair(&key, "work").await;
        assert_eq!(paired.first.unwrap().code.expose(), keys::RFC_CODES[0]);
        assert_eq!(organisation.devices(), 1);
    });
}
