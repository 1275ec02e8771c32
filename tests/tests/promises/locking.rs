//! Locked, opening and open: locking wins over whatever is under way, and whoever waits for the vault is answered once.

use passcode_proto::FaultCode;
use passcode_proto::reply::LockState;
use passcode_proto::request::{
    GetCode, Hello, Help, HotpResync, HotpShow, List, Lock, Quit, Status, Unlock,
};
use passcode_tests::rig::client::{Client, counter};
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{Rig, asks, keys};

async fn state(client: &mut Client) -> LockState {
    client.ask(Status {}).await.expect("status is always answered").state
}

async fn paired(rig: &Rig) -> Client {
    let mut client = rig.client();
    client.pair_quietly(keys::HOTP, "work").await;
    client
}

/// A locked agent whose vault is being opened, and stays so until the gate is opened.
async fn opening(rig: &Rig) -> Client {
    let mut client = paired(rig).await;
    client.ask(Lock {}).await.expect("locking always works");
    rig.gate.shut();
    client.send(asks::unlock()).await;
    rig.until(|| rig.gate.waiting() == 1).await;
    client
}

#[test]
fn a_locked_agent_gives_nothing_and_tells_no_names() {
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        client.ask(Lock {}).await.unwrap();
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::Locked);
        assert_eq!(client.refused(asks::code("no such")).await, FaultCode::Locked);
        assert_eq!(client.refused(asks::list()).await, FaultCode::Locked);
        assert_eq!(client.refused(HotpShow { profile: None }).await, FaultCode::Locked);
        assert_eq!(client.refused(asks::hotp_set("work", 5)).await, FaultCode::Locked);
        assert_eq!(
            client.refused(HotpResync { profile: None, codes: None, send: false }).await,
            FaultCode::Locked
        );
        assert_eq!(client.refused(asks::pair(keys::TOTP, "new")).await, FaultCode::Locked);
        assert_eq!(client.refused(asks::rename("work", "new")).await, FaultCode::Locked);
        assert_eq!(client.refused(asks::default("work")).await, FaultCode::Locked);
        assert_eq!(client.refused(asks::unpair("work")).await, FaultCode::Locked);
        assert_eq!(client.ask(asks::unlock()).await.map(|_| ()), Ok(()));
        assert_eq!(client.counter("work").await, 0);
    });
}

#[test]
fn a_locked_agent_still_says_how_it_is() {
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        client.ask(asks::default("work")).await.unwrap();
        let open = client.ask(Status {}).await.unwrap();
        assert_eq!(
            (open.profiles, open.default.map(|name| name.to_string())),
            (Some(1), Some("work".into()))
        );
        client.ask(Lock {}).await.unwrap();
        let locked = client.ask(Status {}).await.unwrap();
        assert_eq!(
            (locked.state, locked.profiles, locked.default),
            (LockState::Locked, None, None)
        );
        assert_eq!(locked.pid, std::process::id());
        assert_eq!(client.ask(Hello { client: "test".into() }).await.unwrap().protocol, 1);
        assert!(!client.ask(Help {}).await.unwrap().verbs.is_empty());
        assert_eq!(rig.client().subscribe().await.view.state, LockState::Locked);
    });
}

#[test]
fn locking_and_unlocking_can_be_repeated() {
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        client.ask(asks::unlock()).await.expect("an open vault stays open");
        for round in 0..10 {
            client.ask(Lock {}).await.unwrap();
            client.ask(Lock {}).await.expect("a locked vault stays locked");
            assert_eq!(state(&mut client).await, LockState::Locked);
            client.ask(asks::unlock()).await.unwrap();
            assert_eq!(client.counter("work").await, round);
        }
    });
}

#[test]
fn an_agent_with_nothing_paired_has_nothing_to_lock() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.ask(Lock {}).await.unwrap();
        assert_eq!(state(&mut client).await, LockState::Empty);
        assert_eq!(client.refused(asks::unlock()).await, FaultCode::NothingPaired);
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::NothingPaired);
        assert_eq!(client.ask(asks::list()).await.unwrap().profiles, []);
        client.pair_quietly(keys::HOTP, "work").await;
        assert_eq!(state(&mut client).await, LockState::Open);
    });
}

#[test]
fn a_vault_without_a_pin_opens_itself_when_the_agent_starts() {
    with_agent(async |mut rig| {
        paired(&rig).await;
        rig.quit_and_restart().await;
        assert_eq!(rig.client().counter("work").await, 0);
    });
}

#[test]
fn requests_that_come_while_the_vault_is_opened_are_answered_when_it_is() {
    with_agent(async |rig| {
        let mut unlocking = opening(&rig).await;
        let mut clients: Vec<_> = (0..30).map(|_| rig.client()).collect();
        for client in &mut clients {
            client.send(asks::code("work")).await;
        }
        let mut listing = rig.client();
        listing.send(asks::list()).await;
        assert_eq!(state(&mut rig.client()).await, LockState::Opening);
        rig.settle().await;
        assert!(clients[29].is_waiting().await);
        rig.gate.open();
        unlocking.receive::<Unlock>().await.unwrap();
        for (client, wanted) in clients.iter_mut().zip(0..) {
            assert_eq!(counter(&client.receive::<GetCode>().await.unwrap()), wanted);
        }
        assert_eq!(listing.receive::<List>().await.unwrap().profiles.len(), 1);
    });
}

#[test]
fn locking_wins_over_an_opening_that_is_under_way() {
    with_agent(async |rig| {
        let mut unlocking = opening(&rig).await;
        let mut client = rig.client();
        client.send(asks::code("work")).await;
        rig.settle().await;
        let mut locking = rig.client();
        locking.ask(Lock {}).await.unwrap();
        assert_eq!(unlocking.receive::<Unlock>().await.unwrap_err().code, FaultCode::Locked);
        assert_eq!(client.receive::<GetCode>().await.unwrap_err().code, FaultCode::Locked);
        rig.gate.open();
        rig.until(|| rig.gate.waiting() == 0).await;
        rig.settle().await;
        assert_eq!(state(&mut locking).await, LockState::Locked);
        locking.ask(asks::unlock()).await.unwrap();
        assert_eq!(locking.counter("work").await, 0);
    });
}

#[test]
fn unlocking_again_after_locking_in_the_middle_of_an_opening_opens() {
    with_agent(async |rig| {
        let mut first = opening(&rig).await;
        let mut client = rig.client();
        client.ask(Lock {}).await.unwrap();
        client.send(asks::unlock()).await;
        rig.settle().await;
        rig.gate.open();
        assert_eq!(first.receive::<Unlock>().await.unwrap_err().code, FaultCode::Locked);
        client.receive::<Unlock>().await.unwrap();
        assert_eq!(client.counter("work").await, 0);
    });
}

#[test]
fn a_code_that_is_waited_for_is_not_given_once_the_vault_is_locked() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair(keys::TOTP, "work").await;
        client.send(asks::fresh("work")).await;
        rig.until_waiting(1).await;
        rig.client().ask(Lock {}).await.unwrap();
        rig.pass(30);
        assert_eq!(client.receive::<GetCode>().await.unwrap_err().code, FaultCode::Locked);
    });
}

#[test]
fn a_caller_who_waits_when_the_agent_ends_is_told_so() {
    with_agent(async |mut rig| {
        let mut client = rig.client();
        client.pair(keys::TOTP, "work").await;
        client.send(asks::fresh("work")).await;
        rig.until_waiting(1).await;
        rig.quit().await;
        assert_eq!(client.receive::<GetCode>().await.unwrap_err().code, FaultCode::Stopping);
        client.into_wire().closed().await;
    });
}

#[test]
fn a_caller_who_waits_for_the_vault_when_the_agent_ends_is_still_answered() {
    with_agent(async |mut rig| {
        let mut unlocking = opening(&rig).await;
        let gate = rig.gate.clone();
        let open_later = tokio::spawn(async move { gate.open() });
        rig.quit().await;
        open_later.await.unwrap();
        unlocking.receive::<Unlock>().await.expect("it was opened before the end");
    });
}

#[test]
fn an_agent_that_is_told_to_end_says_so_and_closes() {
    with_agent(async |mut rig| {
        let mut client = paired(&rig).await;
        let mut idle = rig.client();
        idle.ask(Status {}).await.unwrap();
        client.ask(Quit {}).await.unwrap();
        client.into_wire().closed().await;
        idle.into_wire().closed().await;
        assert!(!rig.stores.ended_cleanly(), "the vault is closed last");
        rig.quit().await;
        assert!(rig.stores.ended_cleanly());
    });
}
