//! Promises of signing on, as people do it.

use passcode_browser_tests::Key;

use crate::rig::{ALICE, PASSWORD, Rig};

#[test]
fn a_passcode_shows_the_green_check_mark_and_the_app_after_it() {
    let rig = Rig::start();
    let device = rig.with_device();
    rig.sign_off();
    rig.enter_password(ALICE, PASSWORD);
    rig.browser.await_heading("Authentication");
    assert!(rig.browser.text().contains(&device.fingerprint()));
    rig.enter_code(&device.code(1), "Sign On");
    rig.browser.await_heading("You are signed on");
    let mark = rig.browser.evaluate("!!document.querySelector('svg.check')");
    assert_eq!(mark, true);
    rig.browser.await_heading("Welcome");
    assert!(rig.browser.is_signed_on() && rig.browser.text().contains("Signed on: yes"));
}

#[test]
fn a_wrong_password_is_told_and_does_not_sign_on() {
    let rig = Rig::start();
    rig.enter_password(ALICE, "a wrong password");
    assert!(rig.browser.await_alert().contains("The user name or the password is not right."));
    assert!(!rig.browser.is_signed_on());
}

#[test]
fn a_wrong_passcode_and_one_that_was_used_are_refused() {
    let rig = Rig::start();
    let device = rig.with_device();
    for code in ["000", &device.code(0)] {
        rig.open("/");
        if rig.browser.is_signed_on() {
            rig.sign_off();
        }
        rig.enter_password(ALICE, PASSWORD);
        rig.browser.await_heading("Authentication");
        rig.enter_code(code, "Sign On");
        assert!(rig.browser.await_alert().contains("The passcode is not right."), "{code}");
        assert!(!rig.browser.is_signed_on());
        rig.browser.click("Sign Off");
        rig.browser.await_heading("Sign on");
    }
}

#[test]
fn another_device_can_be_chosen() {
    let rig = Rig::start();
    rig.with_device();
    let second = rig.add_device("Second");
    rig.sign_off();
    rig.enter_password(ALICE, PASSWORD);
    rig.browser.await_heading("Authentication");
    rig.browser.click("Change Device");
    rig.browser.await_heading("Change device");
    rig.browser.click("Second");
    rig.browser.click("Use This Device");
    rig.browser.await_heading("Authentication");
    assert_eq!(rig.browser.text_of("#device"), "Second");
    rig.enter_code(&second.code(1), "Sign On");
    rig.browser.await_heading("You are signed on");
}

#[test]
fn the_whole_sign_on_can_be_done_by_keyboard_alone() {
    let rig = Rig::start();
    let device = rig.with_device();
    rig.sign_off();
    let browser = &rig.browser;
    rig.open("/sign-on");
    browser.await_focus("User name");
    browser.type_text(ALICE);
    browser.press(Key::Tab);
    browser.await_focus("Password");
    browser.type_text(PASSWORD);
    browser.press(Key::Tab);
    browser.await_focus("Sign On");
    browser.press(Key::Space);
    browser.await_heading("Authentication");
    browser.await_focus("Passcode");
    browser.type_text(&device.code(1));
    browser.press(Key::Enter);
    browser.await_heading("You are signed on");
}

#[test]
fn the_first_thing_that_the_keyboard_reaches_leads_past_the_header() {
    let rig = Rig::start();
    rig.with_device();
    rig.open("/");
    rig.browser.press(Key::Tab);
    rig.browser.await_focus("Skip to content");
    rig.browser.press(Key::Enter);
    assert!(rig.browser.url().ends_with("/#main"));
}
