//! Time-based codes: right for the moment, with their times, and waited for when they are not good yet.

use passcode_proto::FaultCode;
use passcode_proto::request::GetCode;
use passcode_tests::rig::client::times;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{START, asks, keys};

fn min_valid(seconds: u32) -> GetCode {
    GetCode { min_valid: Some(seconds), ..asks::code("work") }
}

#[test]
fn codes_are_those_of_rfc_6238() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(&format!("{}&digits=8", keys::TOTP), "work").await;
        for (moment, code) in [
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            rig.clock.set_wall(moment);
            assert_eq!(client.code("work").await, code, "{moment}");
        }
    });
}

#[test]
fn a_code_says_from_when_to_when_it_is_good_and_how_long_still() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "work").await;
        for (now, wanted) in [
            (START - 1, (START - 30, START, 1)),
            (START, (START, START + 30, 30)),
            (START + 1, (START, START + 30, 29)),
            (START + 29, (START, START + 30, 1)),
            (START + 30, (START + 30, START + 60, 30)),
        ] {
            rig.clock.set_wall(now);
            let code = client.given(asks::code("work")).await;
            assert_eq!(times(&code), wanted);
            assert_eq!(code.code.expose(), keys::totp_at(now));
        }
    });
}

#[test]
fn a_code_in_json_has_its_times_side_by_side() {
    with_agent(async |rig| {
        rig.client().pair_quietly(keys::TOTP, "work").await;
        let answer = rig.json().ask("code", serde_json::json!({})).await;
        let wanted = serde_json::json!({
            "profile": "work", "code": keys::totp_at(START), "type": "totp",
            "valid_from": START, "valid_to": START + 30, "seconds_left": 30,
        });
        assert_eq!(answer, wanted);
    });
}

#[test]
fn a_code_that_is_good_for_long_enough_is_given_at_once() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "work").await;
        rig.clock.set_wall(START + 20);
        let code = client.given(GetCode { wait: Some(0), ..min_valid(10) }).await;
        assert_eq!(times(&code), (START, START + 30, 10));
        rig.clock.set_wall(START);
        let code = client.given(GetCode { wait: Some(0), ..min_valid(30) }).await;
        assert_eq!(times(&code), (START, START + 30, 30));
    });
}

#[test]
fn a_code_that_is_nearly_over_is_waited_for() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "work").await;
        rig.pass(21);
        client.send(min_valid(10)).await;
        rig.until_waiting(1).await;
        rig.pass(8);
        rig.settle().await;
        assert!(client.is_waiting().await);
        rig.pass(1);
        let code = client.receive::<GetCode>().await.unwrap();
        assert_eq!(times(&code), (START + 30, START + 60, 30));
        assert_eq!(code.code.expose(), keys::totp_at(START + 30));
    });
}

#[test]
fn a_wait_disturbs_nobody_else() {
    with_agent(async |rig| {
        let mut patient = rig.client();
        patient.pair_quietly(keys::TOTP, "work").await;
        rig.pass(29);
        patient.send(min_valid(30)).await;
        rig.until_waiting(1).await;
        assert_eq!(rig.client().code("work").await, keys::totp_at(START));
    });
}

#[test]
fn a_clock_that_is_set_during_a_wait_cannot_make_the_code_wrong() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "work").await;
        for (set_to, first_second) in
            [(START + 5, START), (START + 3_625, START + 3_630), (START - 6, START)]
        {
            rig.clock.set_wall(START + 25);
            client.send(min_valid(10)).await;
            rig.until_waiting(1).await;
            rig.clock.set_wall(set_to);
            rig.pass(5);
            rig.settle().await;
            if client.is_waiting().await {
                // Set back to just before a step: it is waited for again.
                rig.pass(1);
            }
            let code = client.receive::<GetCode>().await.unwrap();
            assert_eq!(times(&code).0, first_second, "set to {set_to}");
            assert_eq!(code.code.expose(), keys::totp_at(first_second));
        }
    });
}

#[test]
fn a_wait_is_over_after_60_seconds_however_often_the_clock_is_set_back() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "work").await;
        rig.clock.set_wall(START + 25);
        client.send(min_valid(10)).await;
        for _ in 0..12 {
            rig.until_waiting(1).await;
            rig.pass(5);
            rig.clock.set_wall(START + 25);
        }
        assert_eq!(client.receive::<GetCode>().await.unwrap_err().code, FaultCode::NotReady);
    });
}

#[test]
fn a_wait_that_would_be_too_long_is_refused_at_once_and_says_how_long_it_would_be() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(&keys::totp_of(300), "work").await;
        rig.clock.set_wall(START / 300 * 300 + 239);
        let fault = client.ask(min_valid(62)).await.unwrap_err();
        assert_eq!(fault.code, FaultCode::NotReady);
        assert!(fault.message.contains("61 seconds"), "{fault}");
        let fault = client.ask(GetCode { wait: Some(20), ..min_valid(62) }).await.unwrap_err();
        assert!(fault.message.contains("61 seconds") && fault.message.contains("20"), "{fault}");
        rig.pass(1);
        client.send(min_valid(62)).await;
        rig.until_waiting(1).await;
        rig.pass(60);
        assert!(client.receive::<GetCode>().await.is_ok(), "60 seconds can be waited for");
    });
}

#[test]
fn more_validity_than_a_step_has_is_refused() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "work").await;
        let fault = client.ask(min_valid(31)).await.unwrap_err();
        assert_eq!(fault.code, FaultCode::NotReady);
        assert!(fault.message.contains("30 seconds"), "{fault}");
    });
}

#[test]
fn a_clock_before_2000_gives_no_time_based_code() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "time").await;
        client.pair_quietly(keys::HOTP, "count").await;
        rig.clock.set_wall(946_684_799);
        assert_eq!(client.refused(asks::code("time")).await, FaultCode::ClockWrong);
        assert_eq!(client.refused(asks::shown("time")).await, FaultCode::ClockWrong);
        assert_eq!(client.counter("count").await, 0, "counters need no clock");
        rig.clock.set_wall(946_684_800);
        assert_eq!(client.code("time").await, keys::totp_at(946_684_800));
    });
}

#[test]
fn pairing_by_a_clock_before_2000_gives_no_wrong_first_code() {
    with_agent(async |rig| {
        let mut client = rig.client();
        rig.clock.set_wall(100);
        assert_eq!(client.refused(asks::pair(keys::TOTP, "time")).await, FaultCode::ClockWrong);
        client.pair_quietly(keys::TOTP, "time").await;
        assert!(client.pair(keys::HOTP, "count").await.first.is_some());
    });
}

#[test]
fn a_code_of_any_step_length_is_good_for_that_long() {
    with_agent(async |rig| {
        let mut client = rig.client();
        for period in [1, 15, 60, 3_600, 86_400] {
            client.pair_quietly(&keys::totp_of(period), &period.to_string()).await;
            let (from, to, left) = times(&client.given(asks::code(&period.to_string())).await);
            assert_eq!(to - from, u64::from(period));
            assert_eq!(from % u64::from(period), 0);
            assert_eq!(u64::from(left), to - START);
        }
    });
}
