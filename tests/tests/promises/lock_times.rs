//! How long the vault stays open can be set while the agent runs, within what the administrator allows.

use std::time::Duration;

use passcode_daemon::ports::settings::WantedTimes;
use passcode_proto::reply::LockState;
use passcode_proto::request::{LockTimesSet, Status};
use passcode_proto::{FaultCode, SecretText};
use passcode_tests::rig::asks;
use passcode_tests::rig::watchdog::with_agent;

use crate::pins::with_pin;

fn idle(seconds: u32, pin: Option<&str>) -> LockTimesSet {
    let pin = pin.map(|pin| SecretText::new(pin.to_owned()));
    LockTimesSet { idle_lock: Some(seconds), max_open: None, pin }
}

#[test]
fn another_lock_time_holds_at_once_and_is_kept_for_the_next_start() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        let times = client.ask(idle(600, Some("2468"))).await.expect("the times are set");
        assert_eq!((times.idle_lock, times.max_open), (Some(600), Some(12 * 60 * 60)));
        let kept = WantedTimes { idle_lock: Some(Duration::from_secs(600)), max_open: None };
        assert_eq!(rig.settings.kept(), [kept]);
        rig.pass(599);
        let status = client.ask(Status {}).await.expect("status");
        assert_eq!((status.state, status.settings.lock_times), (LockState::Open, times));
        rig.pass(1);
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::Locked);
    });
}

#[test]
fn a_vault_is_locked_at_once_when_the_new_time_is_over() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        rig.pass(100);
        let _ = client.ask(idle(60, Some("2468"))).await;
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::Locked);
    });
}

#[test]
fn lock_times_take_the_pin_when_one_is_set() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        assert_eq!(client.refused(idle(600, None)).await, FaultCode::PinNeeded);
        assert_eq!(client.refused(idle(600, Some("2469"))).await, FaultCode::WrongPin);
        assert_eq!(rig.settings.kept(), []);
    });
}

#[test]
fn the_administrator_caps_lock_times() {
    with_agent(async |mut rig| {
        rig.quit().await;
        rig.rules.longest_idle_lock = Some(Duration::from_secs(300));
        rig.start_again();
        let mut client = with_pin(&rig).await;
        for seconds in [301, 0] {
            let refused = client.refused(idle(seconds, Some("2468"))).await;
            assert_eq!(refused, FaultCode::PolicyForbids);
        }
        assert!(client.ask(idle(300, Some("2468"))).await.is_ok());
    });
}

#[test]
fn times_that_cannot_be_kept_do_not_hold() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        rig.settings.fail("config.toml cannot be written: no space.");
        let fault = client.ask(idle(600, Some("2468"))).await.unwrap_err();
        assert_eq!(fault.message, "config.toml cannot be written: no space.");
        let status = client.ask(Status {}).await.expect("status");
        assert_eq!(status.settings.lock_times.idle_lock, Some(180));
    });
}
