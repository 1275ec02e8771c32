//! Promises of limits: what may be tried only so often, from where, and how much may be sent.

use passcode_pairing_service::limits::{Rate, Rates};
use serde_json::json;

use crate::https::Answer;
use crate::rig::{ALICE, PASSWORD, Rig};

const RATE: Rate = Rate { times: 3, seconds: 60 };

#[track_caller]
fn says_when_to_come_back(answer: &Answer) {
    answer.is_problem(429, "too-many-requests");
    assert_eq!(answer.header("retry-after"), Some("60"));
}

#[test]
fn an_address_gets_only_so_many_challenges() {
    let rig = Rig::with(Rates { challenges_of_address: RATE, ..Rates::lenient() });
    let device = rig.device();
    for _ in 0..3 {
        device.challenge();
    }
    says_when_to_come_back(&rig.https.post_json("/pairing/v1/challenges", &json!({})));
    rig.clock.advance(60);
    device.challenge();
}

#[test]
fn keys_can_be_guessed_only_so_often_from_one_address_and_from_everywhere() {
    for rates in [
        Rates { failed_keys_of_address: RATE, ..Rates::lenient() },
        Rates { failed_keys_of_service: RATE, ..Rates::lenient() },
    ] {
        let rig = Rig::with(rates);
        let (_, key) = rig.alice_with_key();
        let device = rig.device();
        for guess in ["000000000000", "000000000001", "000000000002"] {
            device.bring(guess).is_problem(404, "key-unknown");
        }
        says_when_to_come_back(&device.bring(&key));
        rig.clock.advance(60);
        assert_eq!(device.bring(&key).status, 201);
    }
}

#[test]
fn a_device_can_be_resynchronised_only_so_often() {
    let rig = Rig::with(Rates { resyncs_of_device: RATE, ..Rates::lenient() });
    let (_, mut device) = rig.alice_with_device();
    let codes = ["123456".to_owned(), "123456".to_owned()];
    for _ in 0..3 {
        device.resynchronise(&codes).is_problem(409, "resync-failed");
    }
    says_when_to_come_back(&device.resynchronise(&codes));
}

#[test]
fn an_account_stands_only_so_many_wrong_passwords() {
    let rig = Rig::with(Rates { failed_sign_ons_of_account: RATE, ..Rates::lenient() });
    let mut web = rig.web();
    for _ in 0..3 {
        web.enter_password(ALICE, "a wrong password");
        assert_eq!(web.answer.status, 422);
    }
    web.enter_password(ALICE, PASSWORD);
    assert_eq!((web.answer.status, web.heading()), (429, "Too many attempts"));
    rig.clock.advance(60);
    web.enter_password(ALICE, PASSWORD);
    assert_eq!(web.heading(), "Register a device");
}

#[test]
fn an_address_can_try_to_sign_on_only_so_often() {
    let rig = Rig::with(Rates { sign_ons_of_address: RATE, ..Rates::lenient() });
    let mut web = rig.web();
    for name in ["a", "b", "c"] {
        web.enter_password(name, "a wrong password");
        assert_eq!(web.answer.status, 422);
    }
    web.enter_password(ALICE, PASSWORD);
    assert_eq!(web.answer.status, 429);
}

#[test]
fn an_account_can_enter_passcodes_and_make_keys_only_so_often() {
    let rig = Rig::with(Rates {
        passcodes_of_account: RATE,
        keys_of_account: Rate { times: 1, seconds: 60 },
        ..Rates::lenient()
    });
    let (mut web, _) = rig.alice_with_key();
    web.submit("/register/start", &[]);
    assert_eq!(web.answer.status, 429);
    web.open("/register/desktop");
    for _ in 0..3 {
        web.enter_code("123456");
        assert_eq!(web.answer.status, 422);
    }
    web.enter_code("123456");
    assert_eq!(web.answer.status, 429);
}

#[test]
fn devices_are_paired_only_from_addresses_that_are_allowed() {
    let rig = Rig::start();
    let (_, key) = rig.alice_with_key();
    rig.decide(|policy| policy.ranges = vec!["10.0.0.0/8".parse().expect("a range")]);
    rig.device().bring(&key).is_problem(403, "not-allowed");
    rig.decide(|policy| policy.ranges.push("127.0.0.0/8".parse().expect("a range")));
    assert_eq!(rig.device().bring(&key).status, 201);
}

#[test]
fn an_account_has_only_so_many_devices() {
    let rig = Rig::start();
    let (mut web, _) = rig.alice_with_device();
    let key = web.walk_to_key();
    rig.decide(|policy| policy.devices = 1);
    rig.device().bring(&key).is_problem(409, "too-many-devices");
    assert!(web.open("/devices").contains("allows 1 at the most"));
    web.submit("/register/start", &[]);
    assert_eq!(web.heading(), "My Devices");
}

#[test]
fn a_body_that_is_too_large_is_not_read() {
    let rig = Rig::start();
    let body = json!({"codes": "x".repeat(64 * 1024)});
    for path in ["/pairing/v1/challenges", "/pairing/v1/devices", "/pairing/v1/devices/d/resync"] {
        rig.https.post_json(path, &body).is_problem(413, "too-large");
    }
    let web = [("Content-Type", "application/x-www-form-urlencoded".to_owned())];
    let answer = rig.https.send("POST", "/sign-on", &web, body.to_string().as_bytes());
    assert_eq!(answer.status, 413);
}

#[test]
fn a_body_that_is_not_json_is_refused() {
    let rig = Rig::start();
    let path = "/pairing/v1/challenges";
    for kind in ["text/plain", "application/json; charset=latin1", "application/xml"] {
        let headers = [("Content-Type", kind.to_owned())];
        rig.https.send("POST", path, &headers, b"{}").is_problem(415, "unsupported-media");
    }
    rig.https.send("POST", path, &[], b"{}").is_problem(415, "unsupported-media");
    let utf8 = [("Content-Type", "Application/JSON; charset=UTF-8".to_owned())];
    assert_eq!(rig.https.send("POST", path, &utf8, b"{}").status, 201);
    for body in ["", "{", "[]", "null", "{\"more\":1}", "{}{}", "\"\u{fffd}"] {
        let answer = rig.https.send("POST", path, &utf8, body.as_bytes());
        answer.is_problem(400, "malformed");
    }
}
