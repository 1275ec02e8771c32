//! Counter-based codes when something fails: whatever happens to disk or agent, no counter is given twice, and none is
//! lost that was not given.

use std::collections::BTreeSet;

use passcode_daemon::ports::store::StoreFault;
use passcode_proto::FaultCode;
use passcode_proto::request::{GetCode, HotpResync, Lock, Status, Unlock};
use passcode_tests::rig::client::counter;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{Rig, asks, keys};

async fn paired(rig: &Rig) {
    rig.client().pair_quietly(keys::HOTP, "work").await;
}

#[test]
fn a_write_that_fails_gives_no_code_and_burns_no_counter() {
    with_agent(async |rig| {
        paired(&rig).await;
        let mut client = rig.client();
        for counter in 0..10 {
            rig.stores.fail_commit(rig.stores.commits() + 1, StoreFault::Full);
            assert_eq!(client.refused(asks::code("work")).await, FaultCode::StoreFailed);
            assert_eq!(client.code("work").await, keys::RFC_CODES[counter]);
        }
    });
}

#[test]
fn a_full_disk_refuses_every_code_until_there_is_room_and_status_says_so() {
    with_agent(async |rig| {
        paired(&rig).await;
        let mut client = rig.client();
        let before = client.ask(Status {}).await.unwrap().warnings;
        rig.stores.fail_writes(StoreFault::Full);
        for _ in 0..5 {
            let fault = client.ask(asks::code("work")).await.unwrap_err();
            assert_eq!(fault.code, FaultCode::StoreFailed);
            assert!(fault.message.starts_with("The disk is full."), "{fault}");
            assert!(client.ask(asks::hotp_resync("work", None)).await.is_err());
            assert!(client.ask(asks::hotp_set("work", 100)).await.is_err());
        }
        let warnings = client.ask(Status {}).await.unwrap().warnings;
        assert!(warnings.iter().any(|warning| warning.starts_with("The disk is full.")));
        rig.stores.mend();
        assert_eq!(client.code("work").await, keys::RFC_CODES[0]);
        assert_eq!(client.ask(Status {}).await.unwrap().warnings, before);
    });
}

#[test]
fn everyone_whose_write_failed_is_told_and_none_of_their_counters_is_lost() {
    with_agent(async |rig| {
        paired(&rig).await;
        rig.stores.hold_commits();
        let mut clients: Vec<_> = (0..20).map(|_| rig.client()).collect();
        for client in &mut clients {
            client.send(asks::code("work")).await;
        }
        rig.until_commit_is_held().await;
        rig.settle().await;
        rig.stores.fail_writes(StoreFault::Full);
        rig.stores.release_commits();
        for client in &mut clients {
            assert_eq!(client.receive::<GetCode>().await.unwrap_err().code, FaultCode::StoreFailed);
        }
        rig.stores.mend();
        assert_eq!(rig.client().counter("work").await, 0);
    });
}

#[test]
fn a_later_write_that_succeeds_is_not_undone_by_an_earlier_one_that_failed() {
    with_agent(async |rig| {
        paired(&rig).await;
        rig.stores.fail_commit(rig.stores.commits() + 1, StoreFault::Full);
        rig.stores.hold_commits();
        let mut clients: Vec<_> = (0..4).map(|_| rig.client()).collect();
        clients[0].send(asks::code("work")).await;
        rig.until_commit_is_held().await;
        for client in &mut clients[1..] {
            client.send(asks::code("work")).await;
        }
        rig.settle().await;
        rig.stores.release_commits();
        assert_eq!(clients[0].receive::<GetCode>().await.unwrap_err().code, FaultCode::StoreFailed);
        for (client, wanted) in clients[1..].iter_mut().zip(1..) {
            assert_eq!(counter(&client.receive::<GetCode>().await.unwrap()), wanted);
        }
        assert_eq!(rig.client().counter("work").await, 4);
    });
}

#[test]
fn a_write_that_is_reported_failed_but_was_stored_never_gives_a_code_twice() {
    with_agent(async |mut rig| {
        paired(&rig).await;
        let torn = StoreFault::Io(std::io::ErrorKind::Other, "syncing");
        rig.stores.tear_commit(rig.stores.commits() + 1, torn.clone());
        let mut client = rig.client();
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::StoreFailed);
        assert_eq!(client.counter("work").await, 0, "it was not given before");
        rig.stores.tear_commit(rig.stores.commits() + 1, torn);
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::StoreFailed);
        rig.kill_and_restart().await;
        assert!(rig.client().counter("work").await >= 1);
    });
}

#[test]
fn a_killed_agent_never_repeats_a_counter_and_loses_none_that_it_gave() {
    with_agent(async |mut rig| {
        paired(&rig).await;
        let mut given = BTreeSet::new();
        for round in 0..20 {
            let mut clients: Vec<_> = (0..4).map(|_| rig.client()).collect();
            for client in &mut clients {
                client.send(asks::code("work")).await;
            }
            for client in &mut clients[..round % 5] {
                let code = client.receive::<GetCode>().await.unwrap();
                assert!(
                    given.insert(counter(&code)),
                    "counter {} was given before",
                    counter(&code)
                );
            }
            rig.kill_and_restart().await;
            let next = rig.client().ask(asks::hotp_show("work")).await.unwrap().next.0;
            assert!(given.last().is_none_or(|last| next > *last));
        }
    });
}

#[test]
fn an_agent_killed_before_its_write_gives_that_counter_later() {
    with_agent(async |mut rig| {
        paired(&rig).await;
        rig.stores.hold_commits();
        let mut client = rig.client();
        client.send(asks::code("work")).await;
        rig.until_commit_is_held().await;
        rig.kill_and_restart().await;
        assert_eq!(client.into_wire().rest().await, b"", "no code has left");
        assert_eq!(rig.client().counter("work").await, 0);
    });
}

#[test]
fn locking_while_a_counter_is_being_stored_neither_repeats_nor_loses_it() {
    with_agent(async |rig| {
        paired(&rig).await;
        rig.stores.hold_commits();
        let mut client = rig.client();
        client.send(asks::code("work")).await;
        rig.until_commit_is_held().await;
        let mut other = rig.client();
        other.ask(Lock {}).await.unwrap();
        assert_eq!(other.refused(asks::code("work")).await, FaultCode::Locked);
        other.send(asks::unlock()).await;
        rig.settle().await;
        rig.stores.release_commits();
        assert_eq!(counter(&client.receive::<GetCode>().await.unwrap()), 0);
        other.receive::<Unlock>().await.unwrap();
        assert_eq!(other.counter("work").await, 1);
    });
}

#[test]
fn a_write_that_fails_after_locking_gives_no_code() {
    with_agent(async |rig| {
        paired(&rig).await;
        rig.stores.hold_commits();
        let mut client = rig.client();
        client.send(asks::code("work")).await;
        rig.until_commit_is_held().await;
        let mut other = rig.client();
        other.ask(Lock {}).await.unwrap();
        rig.stores.fail_writes(StoreFault::Full);
        rig.stores.release_commits();
        assert_eq!(client.receive::<GetCode>().await.unwrap_err().code, FaultCode::StoreFailed);
        rig.stores.mend();
        other.ask(asks::unlock()).await.unwrap();
        assert_eq!(other.counter("work").await, 0);
    });
}

#[test]
fn a_code_that_is_being_stored_when_the_agent_ends_still_arrives() {
    with_agent(async |mut rig| {
        paired(&rig).await;
        rig.stores.hold_commits();
        let mut client = rig.client();
        client.send(HotpResync { profile: None, codes: Some(3), send: false }).await;
        rig.until_commit_is_held().await;
        let stores = rig.stores.clone();
        let release = tokio::spawn(async move { stores.release_commits() });
        rig.quit_and_restart().await;
        release.await.unwrap();
        assert_eq!(client.receive::<HotpResync>().await.unwrap().next.0, 3);
        assert_eq!(rig.client().counter("work").await, 3);
    });
}
