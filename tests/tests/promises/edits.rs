//! Changes to what is paired: one after the other, all or nothing, on disk before they are answered.

use passcode_daemon::ports::store::{Row, StoreFault, Table};
use passcode_proto::FaultCode;
use passcode_proto::profile::ProfileId;
use passcode_proto::request::{GetCode, Lock, Pair, Rename, SetDefault, Unpair};
use passcode_tests::rig::client::{Client, counter};
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{Rig, asks, keys};

async fn listed(client: &mut Client) -> Vec<(u32, String)> {
    let page = client.ask(asks::list()).await.expect("a list");
    page.profiles.iter().map(|profile| (profile.id.0, profile.name.to_string())).collect()
}

async fn default(client: &mut Client) -> Option<u32> {
    client.ask(asks::list()).await.expect("a list").default.map(|ProfileId(id)| id)
}

/// A rename of `work` that is on its way to the disk, and stays there.
async fn held_rename(rig: &Rig) -> Client {
    rig.stores.hold_commits();
    let mut renaming = rig.client();
    renaming.send(asks::rename("work", "office")).await;
    rig.until_commit_is_held().await;
    renaming
}

fn rows_of(rig: &Rig, id: u32) -> Vec<Row> {
    let own = [Table::Profile, Table::Secret, Table::Usage];
    rig.stores.stored().into_iter().filter(|row| own.contains(&row.table) && row.id == id).collect()
}

#[test]
fn changes_at_the_same_time_are_made_one_after_the_other() {
    with_agent(async |mut rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        client.pair_quietly(keys::TOTP, "home").await;
        let mut renaming = held_rename(&rig).await;
        let mut others: Vec<_> = (0..5).map(|_| rig.client()).collect();
        others[0].send(asks::default("office")).await;
        others[1].send(asks::rename("home", "work")).await;
        others[2].send(asks::pair(keys::TOTP, "office")).await;
        others[3].send(asks::unpair("work")).await;
        others[4].send(asks::rename("office", "bureau")).await;
        rig.settle().await;
        rig.stores.release_commits();
        renaming.receive::<Rename>().await.unwrap();
        others[0].receive::<SetDefault>().await.unwrap();
        others[1].receive::<Rename>().await.unwrap();
        assert_eq!(others[2].receive::<Pair>().await.unwrap_err().code, FaultCode::NameTaken);
        others[3].receive::<Unpair>().await.unwrap();
        others[4].receive::<Rename>().await.unwrap();
        for _ in 0..2 {
            let mut client = rig.client();
            assert_eq!(listed(&mut client).await, [(1, "bureau".to_owned())]);
            assert_eq!(default(&mut client).await, Some(1));
            rig.kill_and_restart().await;
        }
    });
}

#[test]
fn of_two_pairings_under_one_name_at_the_same_time_one_is_refused() {
    with_agent(async |rig| {
        rig.client().pair_quietly(keys::TOTP, "first").await;
        rig.stores.hold_commits();
        let (mut one, mut two) = (rig.client(), rig.client());
        one.send(asks::pair(keys::HOTP, "work")).await;
        rig.until_commit_is_held().await;
        two.send(asks::pair(keys::HOTP, "WORK")).await;
        rig.settle().await;
        rig.stores.release_commits();
        assert!(one.receive::<Pair>().await.is_ok());
        assert_eq!(two.receive::<Pair>().await.unwrap_err().code, FaultCode::NameTaken);
    });
}

#[test]
fn a_name_is_free_again_when_the_pairing_that_wanted_it_failed() {
    with_agent(async |rig| {
        rig.client().pair_quietly(keys::TOTP, "first").await;
        rig.stores.fail_commit(rig.stores.commits() + 1, StoreFault::Full);
        rig.stores.hold_commits();
        let (mut one, mut two) = (rig.client(), rig.client());
        one.send(asks::pair(keys::HOTP, "work")).await;
        rig.until_commit_is_held().await;
        two.send(asks::pair(keys::HOTP, "work")).await;
        rig.settle().await;
        rig.stores.release_commits();
        assert_eq!(one.receive::<Pair>().await.unwrap_err().code, FaultCode::StoreFailed);
        assert!(two.receive::<Pair>().await.is_ok());
    });
}

#[test]
fn other_profiles_give_codes_while_one_is_changed() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        client.pair_quietly(keys::TOTP, "home").await;
        let _renaming = held_rename(&rig).await;
        assert_eq!(client.code("home").await, keys::totp_at(passcode_tests::rig::START));
        assert_eq!(listed(&mut client).await[0].1, "work", "not made before it is stored");
    });
}

#[test]
fn a_counter_is_not_spent_for_a_profile_that_is_just_going() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        client.pair_quietly(keys::TOTP, "home").await;
        rig.stores.hold_commits();
        let mut unpairing = rig.client();
        unpairing.send(asks::unpair("work")).await;
        rig.until_commit_is_held().await;
        client.send(asks::code("work")).await;
        let mut setting = rig.client();
        setting.send(asks::hotp_set("work", 5)).await;
        rig.settle().await;
        rig.stores.release_commits();
        unpairing.receive::<Unpair>().await.unwrap();
        assert_eq!(client.receive::<GetCode>().await.unwrap_err().code, FaultCode::NoSuchProfile);
        assert!(setting.ask(asks::hotp_set("work", 5)).await.is_err());
        rig.settle().await;
        assert_eq!(rows_of(&rig, 1), [], "nothing is written behind the removal");
    });
}

#[test]
fn a_counter_that_is_being_stored_while_its_profile_goes_is_still_given() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        rig.stores.hold_commits();
        client.send(asks::code("work")).await;
        rig.until_commit_is_held().await;
        let mut unpairing = rig.client();
        unpairing.send(asks::unpair("work")).await;
        rig.settle().await;
        rig.stores.release_commits();
        assert_eq!(counter(&client.receive::<GetCode>().await.unwrap()), 0);
        unpairing.receive::<Unpair>().await.unwrap();
        assert_eq!(rows_of(&rig, 1), []);
    });
}

#[test]
fn locking_refuses_the_changes_that_wait_and_ends_the_one_under_way() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        let mut renaming = held_rename(&rig).await;
        let mut waiting = rig.client();
        waiting.send(asks::rename("work", "other")).await;
        rig.settle().await;
        client.ask(Lock {}).await.unwrap();
        assert_eq!(waiting.receive::<Rename>().await.unwrap_err().code, FaultCode::Locked);
        rig.stores.release_commits();
        renaming.receive::<Rename>().await.unwrap();
        client.ask(asks::unlock()).await.unwrap();
        assert_eq!(listed(&mut client).await, [(1, "office".to_owned())]);
    });
}

#[test]
fn a_change_that_cannot_be_stored_is_not_made() {
    with_agent(async |mut rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        client.pair_quietly(keys::TOTP, "home").await;
        client.ask(asks::default("home")).await.unwrap();
        rig.stores.fail_writes(StoreFault::ReadOnly);
        assert_eq!(client.refused(asks::rename("work", "office")).await, FaultCode::StoreFailed);
        assert_eq!(client.refused(asks::default("work")).await, FaultCode::StoreFailed);
        assert_eq!(client.refused(asks::unpair("work")).await, FaultCode::StoreFailed);
        rig.stores.mend();
        for _ in 0..2 {
            let mut client = rig.client();
            let wanted = [(1, "work".to_owned()), (2, "home".to_owned())];
            assert_eq!(listed(&mut client).await, wanted);
            assert_eq!(default(&mut client).await, Some(2));
            client.counter("work").await;
            rig.kill_and_restart().await;
        }
    });
}

#[test]
fn unpairing_removes_the_secret_from_the_disk() {
    with_agent(async |mut rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        client.pair_quietly(keys::HOTP, "home").await;
        client.code("work").await;
        assert_eq!(rows_of(&rig, 1).len(), 3);
        client.ask(asks::unpair("work")).await.unwrap();
        assert_eq!(rows_of(&rig, 1), []);
        assert_eq!(rows_of(&rig, 2).len(), 3);
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::NoSuchProfile);
        rig.kill_and_restart().await;
        assert_eq!(rig.client().refused(asks::code("work")).await, FaultCode::NoSuchProfile);
    });
}

#[test]
fn unpairing_takes_the_whole_name_and_nothing_less() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        for name in ["wor", "ACME:alice", "", "works"] {
            assert_eq!(client.refused(asks::unpair(name)).await, FaultCode::NoSuchProfile);
        }
        client.ask(asks::unpair("WORK")).await.expect("case does not count");
    });
}

#[test]
fn a_profile_s_number_is_never_used_again() {
    with_agent(async |mut rig| {
        let mut client = rig.client();
        for name in ["one", "two", "three"] {
            client.pair_quietly(keys::TOTP, name).await;
        }
        client.ask(asks::unpair("three")).await.unwrap();
        client.ask(asks::unpair("two")).await.unwrap();
        rig.quit_and_restart().await;
        let mut client = rig.client();
        assert_eq!(client.pair(keys::TOTP, "four").await.profile.unwrap().id, ProfileId(4));
        client.ask(asks::unpair("four")).await.unwrap();
        rig.kill_and_restart().await;
        assert_eq!(rig.client().pair(keys::TOTP, "five").await.profile.unwrap().id, ProfileId(5));
    });
}

#[test]
fn a_pairing_that_was_stored_though_reported_failed_is_never_written_over() {
    with_agent(async |mut rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "home").await;
        rig.stores.tear_commit(rig.stores.commits() + 1, StoreFault::Full);
        assert_eq!(client.refused(asks::pair(keys::HOTP, "work")).await, FaultCode::StoreFailed);
        client.ask(asks::default("home")).await.unwrap();
        rig.kill_and_restart().await;
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "new").await;
        let wanted = [(1, "home".to_owned()), (2, "work".to_owned()), (3, "new".to_owned())];
        assert_eq!(listed(&mut client).await, wanted);
        assert_eq!(client.counter("work").await, 1);
    });
}
