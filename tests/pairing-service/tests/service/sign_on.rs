//! Promises of signing on: two steps, each passcode once, and no word about which part was wrong.

use passcode_pairing_service::Passcodes;

use crate::rig::{ADMIN, ADMIN_PASSWORD, ALICE, PASSWORD, Rig};

#[test]
fn a_wrong_password_and_an_unknown_user_look_the_same() {
    let rig = Rig::start();
    let (mut known, mut unknown) = (rig.web(), rig.web());
    known.enter_password(ALICE, "a wrong password");
    unknown.enter_password("nobody@example.org", "a wrong password");
    assert_eq!((known.answer.status, unknown.answer.status), (422, 422));
    assert_eq!(known.error(), unknown.error());
    assert!(!known.is_signed_on());
}

#[test]
fn a_name_is_known_in_capitals_too() {
    let rig = Rig::start();
    let mut web = rig.web();
    web.enter_password(" Alice@Example.org ", PASSWORD);
    assert_eq!(web.heading(), "Register a device");
}

#[test]
fn nothing_is_shown_before_signing_on() {
    let rig = Rig::start();
    for path in ["/", "/devices", "/register", "/register/desktop", "/authentication", "/admin"] {
        let mut web = rig.web();
        web.open(path);
        assert_eq!(web.heading(), "Sign on", "{path}");
    }
}

#[test]
fn the_password_alone_opens_nothing_once_there_is_a_device() {
    let rig = Rig::start();
    rig.alice_with_device();
    let mut web = rig.alice();
    for path in ["/", "/devices", "/register", "/register/desktop", "/register/paired", "/admin"] {
        web.open(path);
        assert_eq!((web.heading(), web.is_signed_on()), ("Authentication", false), "{path}");
    }
    web.submit("/register/start", &[]);
    assert_eq!(web.heading(), "Authentication");
}

#[test]
fn a_passcode_signs_on_and_the_browser_goes_on_to_the_app() {
    let rig = Rig::start();
    let (_, device) = rig.alice_with_device();
    let mut web = rig.sign_on(&device.code(1));
    assert_eq!(web.heading(), "You are signed on");
    assert_eq!(web.answer.header("refresh"), Some("2; url=/"));
    assert!(web.open("/").contains("Signed on: yes"));
}

#[test]
fn a_passcode_may_be_pasted_with_spaces() {
    let rig = Rig::start();
    let (_, device) = rig.alice_with_device();
    let code = device.code(1);
    assert!(rig.sign_on(&format!(" {} {} ", &code[..3], &code[3..])).is_signed_on());
}

#[test]
fn a_passcode_works_once_and_none_before_it_works_after_it() {
    let rig = Rig::start();
    let (_, device) = rig.alice_with_device();
    assert!(rig.sign_on(&device.code(5)).is_signed_on());
    for used in [5, 4, 1, 0] {
        let web = rig.sign_on(&device.code(used));
        assert!(!web.is_signed_on());
        assert!(web.page().contains("Each passcode works once"));
        rig.clock.advance(301);
    }
    assert!(rig.sign_on(&device.code(6)).is_signed_on());
}

#[test]
fn a_counter_may_run_ten_ahead_and_no_further() {
    let rig = Rig::start();
    let (_, device) = rig.alice_with_device();
    assert!(!rig.sign_on(&device.code(11)).is_signed_on());
    assert!(rig.sign_on(&device.code(10)).is_signed_on());
}

#[test]
fn a_timed_passcode_may_be_a_step_off_and_works_once() {
    let rig = Rig::start();
    rig.decide(|policy| {
        policy.passcodes = Passcodes { is_timed: true, ..policy.passcodes };
    });
    let (mut web, key) = rig.alice_with_key();
    let mut device = rig.device();
    device.pair(&key);
    let step = rig.clock.now() / 30;
    web.enter_code(&device.code(step - 2));
    assert!(!web.is_signed_on());
    web.enter_code(&device.code(step - 1));
    assert!(web.is_signed_on());
    assert!(!rig.sign_on(&device.code(step - 1)).is_signed_on());
    assert!(!rig.sign_on(&device.code(step + 2)).is_signed_on());
    assert!(rig.sign_on(&device.code(step + 1)).is_signed_on());
    assert!(!rig.sign_on(&device.code(step)).is_signed_on());
}

#[test]
fn five_wrong_passcodes_block_the_right_one_for_a_while() {
    let rig = Rig::start();
    let (_, device) = rig.alice_with_device();
    let mut web = rig.alice();
    for _ in 0..5 {
        web.enter_code("000");
    }
    assert!(web.page().contains("blocked for a few minutes"));
    web.enter_code(&device.code(1));
    assert!(!web.is_signed_on() && web.page().contains("Try again in 5 minutes"));
    rig.clock.advance(300);
    web.enter_code(&device.code(1));
    assert!(web.is_signed_on());
}

#[test]
fn another_device_can_be_chosen_at_the_second_step() {
    let rig = Rig::start();
    let (mut web, _) = rig.alice_with_device();
    let key = web.walk_to_key();
    let mut second = rig.device();
    second.pair(&key);
    web.enter_code(&second.code(0));
    assert_eq!(web.heading(), "Your device is paired");

    assert!(!rig.sign_on(&second.code(1)).is_signed_on());
    let mut web = rig.alice();
    web.open("/authentication/device");
    web.submit("/authentication/device", &[("device", second.id())]);
    assert!(web.page().contains(&second.fingerprint()));
    web.enter_code(&second.code(1));
    assert!(web.is_signed_on());
}

#[test]
fn an_administrator_without_a_device_needs_the_password_alone() {
    let rig = Rig::start();
    let mut web = rig.admin();
    let key = web.walk_to_key();
    let mut device = rig.device();
    device.pair(&key);
    web.enter_code(&device.code(0));
    let mut web = rig.web();
    web.enter_password(ADMIN, ADMIN_PASSWORD);
    assert_eq!((web.heading(), web.is_signed_on()), ("Authentication", false));
    web.enter_code(&device.code(1));
    assert!(web.is_signed_on());
}
