//! Counter-based codes: the order of RFC 4226, one counter for one caller, and counters that only rise.

use passcode_proto::FaultCode;
use passcode_proto::profile::Counter;
use passcode_proto::request::{GetCode, HotpResync, HotpShow};
use passcode_tests::rig::client::{Client, counter};
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{asks, keys};

/// The counter of the next code.
async fn next(client: &mut Client) -> u64 {
    client.ask(asks::hotp_show("work")).await.expect("a counter to show").next.0
}

#[test]
fn codes_come_in_the_order_of_rfc_4226() {
    with_agent(async |rig| {
        let mut client = rig.client();
        let first = client.pair(keys::HOTP, "work").await.first.expect("a first code");
        let mut codes = vec![first.code.expose().to_owned()];
        for _ in 1..10 {
            codes.push(client.code("work").await);
        }
        assert_eq!(codes, keys::RFC_CODES);
    });
}

#[test]
fn codes_come_in_the_same_order_in_json_with_the_counter_as_text() {
    with_agent(async |rig| {
        rig.client().pair_quietly(keys::HOTP, "work").await;
        let mut json = rig.json();
        for (counter, code) in keys::RFC_CODES.iter().enumerate() {
            let answer = json.ask("code", serde_json::json!({ "profile": "work" })).await;
            let wanted = serde_json::json!({
                "profile": "work", "code": code, "type": "hotp", "counter": counter.to_string(),
            });
            assert_eq!(answer, wanted);
        }
    });
}

#[test]
fn fifty_clients_at_once_never_get_the_same_counter() {
    with_agent(async |rig| {
        rig.client().pair_quietly(keys::HOTP, "work").await;
        let mut clients: Vec<_> = (0..50).map(|_| rig.client()).collect();
        let mut given = Vec::new();
        for _ in 0..4 {
            for client in &mut clients {
                client.send(asks::code("work")).await;
            }
            for client in &mut clients {
                given.push(counter(&client.receive::<GetCode>().await.unwrap()));
            }
        }
        given.sort_unstable();
        assert_eq!(given, (0..200).collect::<Vec<_>>());
    });
}

#[test]
fn callers_who_wait_at_the_same_time_share_a_write() {
    with_agent(async |rig| {
        rig.client().pair_quietly(keys::HOTP, "work").await;
        let before = rig.stores.commits();
        rig.stores.hold_commits();
        let mut clients: Vec<_> = (0..50).map(|_| rig.client()).collect();
        for client in &mut clients {
            client.send(asks::code("work")).await;
        }
        rig.until_commit_is_held().await;
        rig.settle().await;
        rig.stores.release_commits();
        for client in &mut clients {
            client.receive::<GetCode>().await.unwrap();
        }
        // The one that was held, and one for all who came too late for it.
        assert!(rig.stores.commits() <= before + 2);
    });
}

#[test]
fn a_code_leaves_only_when_its_counter_is_on_disk() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        let before = rig.stores.stored();
        rig.stores.hold_commits();
        client.send(asks::code("work")).await;
        rig.until_commit_is_held().await;
        rig.settle().await;
        assert!(client.is_waiting().await);
        assert_eq!(rig.stores.stored(), before);
        rig.stores.release_commits();
        client.receive::<GetCode>().await.unwrap();
        assert_ne!(rig.stores.stored(), before);
    });
}

#[test]
fn showing_a_counter_does_not_spend_it() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(&keys::hotp_from(7), "work").await;
        let commits = rig.stores.commits();
        for _ in 0..3 {
            assert_eq!(next(&mut client).await, 7);
        }
        assert_eq!(rig.stores.commits(), commits, "nothing is written");
        assert_eq!(client.counter("work").await, 7);
    });
}

#[test]
fn a_counter_can_be_set_forward_only() {
    with_agent(async |mut rig| {
        let mut client = rig.client();
        client.pair_quietly(&keys::hotp_from(7), "work").await;
        assert_eq!(client.refused(asks::hotp_set("work", 6)).await, FaultCode::CounterBack);
        assert_eq!(next(&mut client).await, 7, "a refusal changes nothing");
        assert_eq!(client.ask(asks::hotp_set("work", 7)).await.unwrap().next, Counter(7));
        assert_eq!(client.ask(asks::hotp_set("work", 9)).await.unwrap().next, Counter(9));
        assert_eq!(client.code("work").await, keys::RFC_CODES[9]);
        client.ask(asks::hotp_set("work", 100)).await.unwrap();
        rig.kill_and_restart().await;
        assert_eq!(rig.client().counter("work").await, 100);
    });
}

#[test]
fn resynchronising_gives_two_or_three_codes_in_a_row_and_spends_them() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        for (codes, from, to) in [(None, 0, 2), (Some(3), 2, 5), (Some(2), 5, 7)] {
            let given = client.ask(asks::hotp_resync("work", codes)).await.unwrap();
            let texts: Vec<_> = given.codes.iter().map(|code| code.expose()).collect();
            assert_eq!(texts, &keys::RFC_CODES[from..to]);
            assert_eq!(given.next, Counter(to as u64));
        }
        assert_eq!(client.code("work").await, keys::RFC_CODES[7]);
    });
}

#[test]
fn resynchronising_by_another_number_of_codes_is_refused_and_spends_nothing() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        for codes in [0, 1, 4, 255] {
            let refused = client.refused(asks::hotp_resync("work", Some(codes))).await;
            assert_eq!(refused, FaultCode::BadRequest, "{codes}");
        }
        assert_eq!(next(&mut client).await, 0);
    });
}

#[test]
fn the_last_counter_is_never_given_since_none_could_follow_it() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(&keys::hotp_from(u64::MAX - 3), "work").await;
        assert_eq!(client.counter("work").await, u64::MAX - 3);
        let refused = client.refused(asks::hotp_resync("work", Some(3))).await;
        assert_eq!(refused, FaultCode::CounterEnd, "two are left");
        let given = client.ask(asks::hotp_resync("work", Some(2))).await.unwrap();
        assert_eq!(given.next, Counter(u64::MAX));
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::CounterEnd);
        assert_eq!(client.refused(asks::hotp_resync("work", None)).await, FaultCode::CounterEnd);
        assert_eq!(next(&mut client).await, u64::MAX);
        let last = asks::pair(&keys::hotp_from(u64::MAX), "last");
        assert_eq!(client.refused(last).await, FaultCode::CounterEnd, "there is no first code");
    });
}

#[test]
fn a_counter_of_64_bits_survives_json() {
    with_agent(async |rig| {
        rig.client().pair_quietly(&keys::hotp_from(u64::MAX - 3), "work").await;
        let mut json = rig.json();
        let answer = json.ask("code", serde_json::json!({})).await;
        assert_eq!(answer["counter"], (u64::MAX - 3).to_string());
        let set = serde_json::json!({ "profile": "work", "next": u64::MAX.to_string() });
        assert_eq!(json.ask("hotp.set", set).await["next"], u64::MAX.to_string());
    });
}

#[test]
fn time_based_profiles_have_no_counter() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "work").await;
        assert_eq!(client.refused(HotpShow { profile: None }).await, FaultCode::WrongKind);
        assert_eq!(client.refused(asks::hotp_set("work", 1)).await, FaultCode::WrongKind);
        assert_eq!(
            client.refused(HotpResync { profile: None, codes: None, send: false }).await,
            FaultCode::WrongKind
        );
    });
}

#[test]
fn a_counter_based_code_is_always_fresh_and_never_waits() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        let wanted = GetCode { min_valid: Some(60), wait: Some(0), ..asks::fresh("work") };
        assert_eq!(counter(&client.given(wanted).await), 0);
    });
}
