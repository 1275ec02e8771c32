//! Promises of everything that is answered: headers, cookies, forms, and what is not there.

use passcode_pairing_service::{Options, Service};

use crate::https::Https;
use crate::rig::{ALICE, PASSWORD, Rig};

#[test]
fn every_answer_has_a_date_and_is_not_kept() {
    let rig = Rig::start();
    for path in ["/pairing/v1/challenges", "/pairing/nothing", "/sign-on", "/nothing"] {
        let answer = rig.https.send("GET", path, &[], b"");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("date"), Some("Tue, 14 Nov 2023 22:13:30 GMT"), "{path}");
    }
}

#[test]
fn pages_run_nothing_and_stand_in_no_other() {
    let rig = Rig::start();
    let answer = rig.https.send("GET", "/sign-on", &[], b"");
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"));
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert!(!answer.body.contains("<script") && !answer.body.contains("style="));
}

#[test]
fn browsers_keep_to_https_for_a_named_host_and_not_for_localhost() {
    let rig = Rig::start();
    assert_eq!(rig.https.send("GET", "/", &[], b"").header("strict-transport-security"), None);
    let folder = tempfile::tempdir().unwrap();
    let origin = Some("https://id.example.org".parse().unwrap());
    let running = Service::start(Options { origin, ..Options::new(folder.path()) }).unwrap();
    let https = Https::new(running.address, &running.ca_pem);
    let answer = https.send("GET", "/", &[], b"");
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
}

#[test]
fn what_is_not_there_is_told_as_a_problem_below_pairing() {
    let rig = Rig::start();
    for path in ["/pairing", "/pairing/", "/pairing/v1", "/pairing/v2/devices"] {
        rig.https.send("GET", path, &[], b"").is_problem(404, "not-found");
    }
    for (method, path, allowed) in [
        ("GET", "/pairing/v1/challenges", "POST"),
        ("PUT", "/pairing/v1/devices", "POST"),
        ("POST", "/pairing/v1/devices/d-1", "GET,HEAD,DELETE"),
        ("GET", "/pairing/v1/devices/d-1/resync", "POST"),
    ] {
        let answer = rig.https.send(method, path, &[], b"");
        answer.is_problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), Some(allowed), "{path}");
    }
}

#[test]
fn the_cookie_is_kept_from_scripts_other_sites_and_plain_http() {
    let rig = Rig::start();
    let answer = rig.https.send("GET", "/sign-on", &[], b"");
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(cookie.starts_with("__Host-session="));
    assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"), "{cookie}");
}

#[test]
fn every_step_of_signing_on_changes_the_cookie() {
    let rig = Rig::start();
    let (_, device) = rig.alice_with_device();
    let mut web = rig.web();
    web.open("/sign-on");
    let before = web.cookie.clone();
    web.submit("/sign-on", &[("name", ALICE), ("password", PASSWORD)]);
    let between = web.cookie.clone();
    web.enter_code(&device.code(1));
    assert!(web.is_signed_on());
    assert!(before != between && between != web.cookie && before != web.cookie);
    let after = web.cookie.clone();
    web.cookie = between;
    web.open("/");
    assert_eq!(web.heading(), "Sign on");
    web.cookie = after;
    web.open("/");
    assert!(web.is_signed_on());
}

#[test]
fn a_form_that_does_not_come_from_its_page_changes_nothing() {
    let rig = Rig::start();
    let (mut web, mut device) = rig.alice_with_device();
    let path = format!("/devices/{}/remove", device.id());
    let strange = rig.alice().field("form").expect("a mark");
    for mark in ["", "x", strange.as_str()] {
        web.submit_with(&path, mark, &[]);
        assert_eq!((web.answer.status, web.heading()), (403, "This page is out of date"));
    }
    assert_eq!(device.state().status, 200);
    let mut admin = rig.admin();
    admin.submit_with("/admin/users", "", &[("name", "mallory"), ("password", "12345678")]);
    assert_eq!(admin.answer.status, 403);
    assert!(!admin.open("/admin/users").contains("mallory"));
}

#[test]
fn a_session_ends_when_it_is_left_alone_and_after_a_working_day() {
    let rig = Rig::start();
    let (mut web, _) = rig.alice_with_device();
    for _ in 0..8 {
        rig.clock.advance(60 * 60 - 1);
        web.open("/");
        assert!(web.is_signed_on());
    }
    rig.clock.advance(60);
    web.open("/");
    assert_eq!(web.heading(), "Sign on");
    let (mut web, _) = (rig.admin(), ());
    rig.clock.advance(60 * 60);
    web.open("/");
    assert_eq!(web.heading(), "Sign on");
}

#[test]
fn a_session_that_was_signed_off_is_over() {
    let rig = Rig::start();
    let (mut web, _) = rig.alice_with_device();
    let cookie = web.cookie.clone();
    web.open("/");
    web.submit("/sign-off", &[]);
    assert_eq!(web.heading(), "Sign on");
    web.cookie = cookie;
    web.open("/");
    assert_eq!(web.heading(), "Sign on");
}

#[test]
fn the_ca_stays_the_same_over_restarts_and_so_do_devices() {
    let folder = tempfile::tempdir().unwrap();
    let first = Service::start(Options::new(folder.path())).unwrap();
    first.service().add_user(ALICE, PASSWORD, false).unwrap();
    let ca = first.ca_pem.clone();
    first.stop().unwrap();
    let second = Service::start(Options::new(folder.path())).unwrap();
    let https = Https::new(second.address, &ca);
    assert_eq!(https.send("GET", "/sign-on", &[], b"").status, 200);
    assert!(!second.service().has_no_user().unwrap());
    second.stop().unwrap();
}
