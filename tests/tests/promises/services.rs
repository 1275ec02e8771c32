//! What was paired with an organisation's service is looked after: policies, leaving, drifted counters, the clock.

use passcode_daemon::ports::courier::{Reply, Undelivered};
use passcode_proto::reply::{LockState, ServiceReport};
use passcode_proto::request::{
    HotpResync, Lock, PolicyRefresh, ProxyRemove, ProxySet, Status, Unpair,
};
use passcode_proto::{FaultCode, SecretText};
use passcode_tests::rig::client::Client;
use passcode_tests::rig::organisation::Organisation;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{Rig, START, asks, keys};

const SERVICE: &str = "https://id.example.org";

/// A profile "work" that is paired with a service.
async fn paired(rig: &Rig) -> (Organisation, Client) {
    let organisation = Organisation::at(rig, SERVICE);
    let mut client = rig.client();
    client.pair(&organisation.show_key(), "work").await;
    organisation.complete();
    (organisation, client)
}

async fn services(client: &mut Client) -> Vec<ServiceReport> {
    client.ask(Status {}).await.expect("a report").services
}

/// What a service has answered takes effect when it is on the disk.
async fn until_due(client: &mut Client, due: bool) {
    while client.ask(Status {}).await.expect("a report").pin.due != due {}
}

fn offline(profile: &str) -> Unpair {
    Unpair { offline: true, ..asks::unpair(profile) }
}

#[test]
fn a_stricter_policy_takes_effect_on_demand_and_a_new_pin_of_the_new_length_is_due() {
    with_agent(async |rig| {
        let (organisation, mut client) = paired(&rig).await;
        client.ask(asks::pin_set("2468")).await.unwrap();
        organisation.ask_for_pin(6);
        assert_eq!(client.code("work").await, keys::RFC_CODES[1]);
        let refreshed = client.ask(PolicyRefresh {}).await.unwrap().services;
        assert_eq!((refreshed.len(), refreshed[0].refreshed), (1, Some(START)));
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::PinDue);
        client.ask(asks::pin_change("2468", "246813")).await.unwrap();
        assert_eq!(client.code("work").await, keys::RFC_CODES[2]);
        organisation.ask_for_pin(0);
        client.ask(PolicyRefresh {}).await.unwrap();
        assert_eq!(client.ask(Status {}).await.unwrap().pin.required, 0);
    });
}

#[test]
fn policies_are_asked_for_at_each_unlock_and_once_a_day() {
    with_agent(async |rig| {
        let (organisation, mut client) = paired(&rig).await;
        let asked = || {
            let letters = rig.courier.delivered();
            letters.iter().filter(|letter| letter.url.ends_with("/devices/d-1")).count()
        };
        client.ask(Lock {}).await.unwrap();
        organisation.ask_for_pin(4);
        client.ask(asks::unlock()).await.unwrap();
        rig.until(|| asked() == 1).await;
        until_due(&mut client, true).await;
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::PinDue);
        organisation.ask_for_pin(0);
        rig.until_waiting(1).await;
        rig.pass(24 * 60 * 60);
        rig.until(|| asked() == 2).await;
        until_due(&mut client, false).await;
        client.code("work").await;
    });
}

#[test]
fn a_service_that_is_away_keeps_nothing_from_working() {
    with_agent(async |rig| {
        let (organisation, mut client) = paired(&rig).await;
        organisation.go_away(Undelivered::Unreachable);
        client.ask(Lock {}).await.unwrap();
        client.ask(asks::unlock()).await.unwrap();
        client.code("work").await;
        let refreshed = client.ask(PolicyRefresh {}).await.unwrap().services;
        assert_eq!(refreshed[0].trouble.as_deref(), Some("The service cannot be reached."));
        organisation.mend();
        let refreshed = client.ask(PolicyRefresh {}).await.unwrap().services;
        assert_eq!(refreshed[0].trouble, None);
    });
}

#[test]
fn unpairing_tells_the_service_first() {
    with_agent(async |rig| {
        let (organisation, mut client) = paired(&rig).await;
        assert!(!client.ask(asks::unpair("work")).await.unwrap().queued);
        assert_eq!((organisation.devices(), services(&mut client).await), (0, vec![]));
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::NothingPaired);
    });
}

#[test]
fn unpairing_offline_is_asked_for_and_the_service_is_told_later() {
    with_agent(async |mut rig| {
        let (organisation, mut client) = paired(&rig).await;
        organisation.go_away(Undelivered::Unreachable);
        let fault = client.ask(asks::unpair("work")).await.unwrap_err();
        assert_eq!(fault.code, FaultCode::ServiceUnreachable);
        assert!(fault.hint.contains("--offline"), "{}", fault.hint);
        client.code("work").await;
        assert!(client.ask(offline("work")).await.unwrap().queued);
        let queued = services(&mut client).await;
        assert_eq!((queued.len(), queued[0].queued.as_deref()), (1, Some("unpair")));
        rig.kill_and_restart().await;
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "other").await;
        assert_eq!(services(&mut client).await.len(), 1, "a restart forgets nothing");
        organisation.mend();
        client.ask(PolicyRefresh {}).await.unwrap();
        assert_eq!((organisation.devices(), services(&mut client).await), (0, vec![]));
    });
}

#[test]
fn an_unpairing_that_a_crash_cut_short_can_be_done_again() {
    with_agent(async |mut rig| {
        let (organisation, mut client) = paired(&rig).await;
        rig.courier.hold();
        client.send(asks::unpair("work")).await;
        rig.until(|| rig.courier.waiting() == 1).await;
        rig.kill_and_restart().await;
        organisation.remove_devices();
        let served = organisation.clone();
        rig.courier.serve(move |letter| served.deliver(letter));
        let mut client = rig.client();
        assert!(!client.ask(asks::unpair("work")).await.unwrap().queued);
    });
}

#[test]
fn a_profile_that_the_organisation_unpaired_is_said_to_be_and_gives_no_codes() {
    with_agent(async |rig| {
        let (organisation, mut client) = paired(&rig).await;
        client.pair_quietly(keys::TOTP, "other").await;
        organisation.remove_devices();
        client.ask(PolicyRefresh {}).await.unwrap();
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::UnpairedThere);
        assert_eq!(client.refused(asks::hotp_show("work")).await, FaultCode::UnpairedThere);
        client.code("other").await;
        let sent = rig.courier.delivered().len();
        assert!(!client.ask(asks::unpair("work")).await.unwrap().queued);
        assert_eq!(rig.courier.delivered().len(), sent, "there is nobody to tell");
    });
}

#[test]
fn a_profile_that_the_organisation_unpaired_asks_for_no_pin_any_more() {
    with_agent(async |rig| {
        let (organisation, mut client) = paired(&rig).await;
        client.pair_quietly(keys::TOTP, "other").await;
        organisation.ask_for_pin(6);
        client.ask(PolicyRefresh {}).await.unwrap();
        assert_eq!(client.refused(asks::code("other")).await, FaultCode::PinDue);
        organisation.remove_devices();
        client.ask(PolicyRefresh {}).await.unwrap();
        client.code("other").await;
    });
}

#[test]
fn calls_go_on_where_a_copy_of_the_vault_left_off() {
    with_agent(async |rig| {
        let (organisation, mut client) = paired(&rig).await;
        organisation.see_count(4_000_000_000);
        let refreshed = client.ask(PolicyRefresh {}).await.unwrap().services;
        assert_eq!(refreshed[0].trouble, None);
    });
}

#[test]
fn a_drifted_counter_is_found_again_by_codes_that_the_service_is_sent() {
    with_agent(async |rig| {
        let (organisation, mut client) = paired(&rig).await;
        for _ in 0..4 {
            client.code("work").await;
        }
        let send = HotpResync { profile: Some("work".into()), codes: None, send: true };
        let resync = client.ask(send.clone()).await.unwrap();
        assert_eq!((resync.codes, resync.next.0, organisation.counter()), (vec![], 7, 7));
        assert_eq!(client.code("work").await, keys::RFC_CODES[7]);
        client.pair_quietly(keys::HOTP, "other").await;
        let other = HotpResync { profile: Some("other".into()), ..send };
        assert_eq!(client.refused(other).await, FaultCode::NotOnline);
    });
}

#[test]
fn a_clock_that_differs_from_the_organisations_is_said() {
    with_agent(async |rig| {
        let (organisation, mut client) = paired(&rig).await;
        let clocks = |date: u64| move |_: &_, right: Reply| Ok(Reply { date: Some(date), ..right });
        organisation.instead(clocks(START + 300));
        client.ask(PolicyRefresh {}).await.unwrap();
        let warnings = client.ask(Status {}).await.unwrap().warnings;
        assert!(warnings.iter().any(|text| text.contains("300 seconds behind")), "{warnings:?}");
        organisation.instead(clocks(START + 2));
        client.ask(PolicyRefresh {}).await.unwrap();
        let warnings = client.ask(Status {}).await.unwrap().warnings;
        assert!(!warnings.iter().any(|text| text.contains("clock")), "{warnings:?}");
    });
}

#[test]
fn the_login_for_the_proxy_comes_from_the_vault() {
    with_agent(async |mut rig| {
        let (_, mut client) = paired(&rig).await;
        let login = ProxySet { user: "alice".into(), password: SecretText::new("hunter2".into()) };
        client.ask(login).await.unwrap();
        client.ask(PolicyRefresh {}).await.unwrap();
        let last = || rig.courier.logins().last().cloned().flatten();
        assert_eq!(last().map(|login| login.user), Some("alice".into()));
        client.ask(asks::pin_set("2468")).await.unwrap();
        rig.quit_and_restart().await;
        let mut client = rig.client();
        client.ask(asks::unlock_with("2468")).await.unwrap();
        client.ask(PolicyRefresh {}).await.unwrap();
        let last = || rig.courier.logins().last().cloned().flatten();
        assert_eq!(last().unwrap().password.expose(), b"hunter2");
        client.ask(ProxyRemove {}).await.unwrap();
        client.ask(PolicyRefresh {}).await.unwrap();
        assert_eq!(last(), None);
    });
}

#[test]
fn a_new_pin_keeps_what_was_paired_with_services() {
    with_agent(async |mut rig| {
        let (organisation, mut client) = paired(&rig).await;
        client.ask(asks::pin_set("2468")).await.unwrap();
        client.ask(asks::pin_change("2468", "1357")).await.unwrap();
        rig.kill_and_restart().await;
        let mut client = rig.client();
        client.ask(asks::unlock_with("1357")).await.unwrap();
        assert_eq!(client.ask(Status {}).await.unwrap().state, LockState::Open);
        let pin = Some(asks::secret("1357"));
        client.ask(Unpair { pin, ..asks::unpair("work") }).await.unwrap();
        assert_eq!(organisation.devices(), 0);
    });
}
