//! Events: a view, then every change, numbered without gaps, the same for everyone, and never a code or a secret.

use passcode_daemon::peer::Rights;
use passcode_daemon::ports::store::StoreFault;
use passcode_proto::FaultCode;
use passcode_proto::codec::Sent;
use passcode_proto::event::{CodeGiven, Event};
use passcode_proto::limits::EVENT_QUEUE;
use passcode_proto::profile::ProfileId;
use passcode_proto::reply::LockState;
use passcode_proto::request::{HotpResync, Lock, Status, Subscribe};
use passcode_tests::rig::client::Client;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::wire::Wire;
use passcode_tests::rig::{asks, keys};

#[test]
fn every_change_is_told_in_order_and_numbered_without_gaps() {
    with_agent(async |rig| {
        let mut client = rig.client();
        let mut subscriber = rig.client().subscribe().await;
        assert_eq!((subscriber.view.state, subscriber.view.seq), (LockState::Empty, 0));
        let profile = client.pair(keys::HOTP, "work").await.profile;
        client.ask(asks::rename("work", "office")).await.unwrap();
        client.ask(asks::default("office")).await.unwrap();
        client.code("office").await;
        client.ask(asks::unpair("office")).await.unwrap();
        client.ask(Lock {}).await.unwrap();
        let mut events = Vec::new();
        while !matches!(events.last(), Some(Event::State(LockState::Locked))) {
            events.push(subscriber.next().await.event);
        }
        assert_eq!(events[0], Event::State(LockState::Opening));
        assert!(
            matches!(&events[1], Event::View(part) if part.state == LockState::Open && part.last)
        );
        let profile = profile.expect("a profile");
        assert_eq!(events[2], Event::ProfileAdded(profile.clone()));
        assert!(
            matches!(&events[3], Event::ProfileChanged(renamed) if renamed.name.as_str() == "office")
        );
        assert_eq!(events[4], Event::DefaultChanged(Some(profile.id)));
        let caller = "/usr/bin/rig".to_owned();
        assert_eq!(
            events[5],
            Event::CodeGiven(CodeGiven { profile: profile.id, caller, purpose: None })
        );
        assert_eq!(events[6], Event::ProfileRemoved(profile.id));
        assert_eq!(events[7], Event::DefaultChanged(None));
        assert_eq!(events.len(), 9);
    });
}

#[test]
fn a_view_comes_when_the_vault_is_opened_and_nothing_is_known_while_it_is_locked() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        client.ask(asks::default("work")).await.unwrap();
        let mut subscriber = rig.client().subscribe().await;
        let open = subscriber.view.clone();
        assert_eq!((open.profiles.len(), open.default), (1, Some(ProfileId(1))));
        client.ask(Lock {}).await.unwrap();
        subscriber.until(|event| *event == Event::State(LockState::Locked)).await;
        assert!(subscriber.view.profiles.is_empty() && subscriber.view.default.is_none());
        client.ask(asks::unlock()).await.unwrap();
        subscriber.until(|event| matches!(event, Event::View(_))).await;
        assert_eq!(
            (&subscriber.view.profiles, subscriber.view.default),
            (&open.profiles, open.default)
        );
    });
}

#[test]
fn an_early_subscriber_and_a_late_one_know_the_same() {
    with_agent(async |rig| {
        let mut early = rig.client().subscribe().await;
        let mut client = rig.client();
        for number in 0..20 {
            client.pair_quietly(keys::TOTP, &format!("profile {number}")).await;
        }
        client.ask(asks::unpair("profile 7")).await.unwrap();
        client.ask(asks::default("profile 9")).await.unwrap();
        let late = rig.client().subscribe().await;
        early.catch_up(late.view.seq).await;
        assert_eq!(early.view, late.view);
        assert_eq!(client.ask(Status {}).await.unwrap().seq, late.view.seq);
    });
}

#[test]
fn no_event_holds_a_code_or_a_secret() {
    with_agent(async |rig| {
        let mut subscriber = rig.client().subscribe().await;
        let mut json = rig.json().into_wire();
        json.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"subscribe\"}\n").await;
        let mut client = rig.client();
        let mut hidden = vec![keys::RFC_BASE32.to_owned(), "12345678901234567890".to_owned()];
        let first = client.pair(keys::HOTP, "work").await.first;
        hidden.extend(first.map(|code| code.code.expose().to_owned()));
        client.pair(keys::TOTP, "home").await;
        hidden.push(client.code("home").await);
        for _ in 0..5 {
            hidden.push(client.code("work").await);
        }
        let resync = client.ask(asks::hotp_resync("work", Some(3))).await.unwrap();
        hidden.extend(resync.codes.iter().map(|code| code.expose().to_owned()));
        client.ask(asks::rename("work", "last")).await.unwrap();
        subscriber.until(|event| matches!(event, Event::ProfileChanged(_))).await;
        while json.line().await["params"]["event"]["profile_changed"].is_null() {}
        assert!(hidden.len() > 10);
        for (seen, hidden) in hidden.iter().flat_map(|hidden| {
            [(subscriber.wire().seen().to_vec(), hidden), (json.seen().to_vec(), hidden)]
        }) {
            let bytes = hidden.as_bytes();
            assert!(!seen.windows(bytes.len()).any(|window| window == bytes), "{hidden}");
        }
    });
}

#[test]
fn an_event_says_who_got_a_code() {
    with_agent(async |rig| {
        rig.client().pair_quietly(keys::HOTP, "work").await;
        let mut subscriber = rig.client().subscribe().await;
        rig.client_of("/usr/bin/openvpn", Rights::CODES).code("work").await;
        let given = subscriber.next().await;
        assert!(
            matches!(given.event, Event::CodeGiven(given) if given.caller == "/usr/bin/openvpn")
        );
        rig.client_of("/usr/bin/web", Rights::CODES)
            .ask(HotpResync { profile: None, codes: None, send: false })
            .await
            .unwrap();
        let given = subscriber.next().await;
        assert!(matches!(given.event, Event::CodeGiven(given) if given.caller == "/usr/bin/web"));
    });
}

#[test]
fn a_code_that_was_refused_or_only_shown_is_no_event() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        client.pair_quietly(keys::TOTP, "home").await;
        let mut subscriber = rig.client().subscribe().await;
        client.given(asks::shown("home")).await;
        client.refused(asks::code("no such")).await;
        rig.stores.fail_writes(StoreFault::Full);
        client.refused(asks::code("work")).await;
        client.refused(asks::fresh("home")).await;
        rig.stores.mend();
        client.ask(asks::default("home")).await.unwrap();
        let next = subscriber.next().await.event;
        assert_eq!(next, Event::DefaultChanged(Some(ProfileId(2))), "nothing was given");
    });
}

#[test]
fn a_subscriber_that_falls_behind_is_told_so_and_gets_a_new_view_when_it_comes_again() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        let (ours, theirs) = tokio::io::duplex(8);
        rig.admit(theirs, "/usr/bin/slow", Rights::ALL);
        let slow = Client::new(Wire::new(ours)).subscribe().await;
        // One event is under way and the first bytes of it have arrived; the queue holds the others.
        for _ in 0..EVENT_QUEUE + 2 {
            client.code("work").await;
            rig.settle().await;
        }
        let mut wire = slow.into_wire();
        let mut told = 0;
        let last = loop {
            match wire.frame().await {
                Sent::Event(_) => told += 1,
                last => break last,
            }
        };
        assert!(matches!(last, Sent::Fault(fault) if fault.code == FaultCode::Lagged));
        assert_eq!(told, EVENT_QUEUE + 1);
        wire.closed().await;
        let again = rig.client().subscribe().await;
        assert_eq!(again.view.seq, client.ask(Status {}).await.unwrap().seq);
    });
}

#[test]
fn a_subscriber_that_keeps_up_is_never_dropped() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        let mut subscriber = rig.client().subscribe().await;
        for _ in 0..4 * EVENT_QUEUE {
            client.code("work").await;
            subscriber.next().await;
        }
    });
}

#[test]
fn a_subscription_takes_no_further_request() {
    with_agent(async |rig| {
        let mut wire = rig.client().subscribe().await.into_wire();
        wire.send([0, 0, 0, 1, 2]).await;
        assert!(
            matches!(wire.frame().await, Sent::Fault(fault) if fault.code == FaultCode::BadRequest)
        );
        wire.closed().await;
    });
}

#[test]
fn a_subscriber_that_has_stopped_sending_still_listens() {
    with_agent(async |rig| {
        let mut subscriber = rig.client().subscribe().await;
        subscriber.wire().end_sending().await;
        rig.settle().await;
        rig.client().pair_quietly(keys::HOTP, "work").await;
        subscriber.until(|event| matches!(event, Event::ProfileAdded(_))).await;
    });
}

#[test]
fn subscribers_are_told_when_the_agent_ends() {
    with_agent(async |mut rig| {
        let mut wire = rig.client().subscribe().await.into_wire();
        rig.quit().await;
        assert!(
            matches!(wire.frame().await, Sent::Fault(fault) if fault.code == FaultCode::Stopping)
        );
        wire.closed().await;
    });
}

#[test]
fn events_in_json_say_the_same_as_in_binary() {
    with_agent(async |rig| {
        let mut wire = rig.json().into_wire();
        wire.send("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"subscribe\"}\n").await;
        assert_eq!(
            wire.line().await,
            serde_json::json!({ "jsonrpc": "2.0", "id": 7, "result": { "seq": 0 } })
        );
        let mut binary = rig.client();
        binary.send(Subscribe {}).await;
        binary.receive::<Subscribe>().await.unwrap();
        let mut binary = binary.into_wire();
        rig.client().pair_quietly(keys::HOTP, "work").await;
        for _ in 0..4 {
            let (line, frame) = (wire.line().await, binary.frame().await);
            assert_eq!((&line["jsonrpc"], &line["method"]), (&"2.0".into(), &"event".into()));
            let Sent::Event(event) = frame else { panic!("an event: {frame:?}") };
            assert_eq!(line["params"], serde_json::to_value(&event).unwrap());
        }
    });
}
