//! Promises of the way from the password to the green check mark, as it is walked.

use crate::rig::Rig;

#[test]
fn the_way_of_pairing_can_be_walked() {
    let rig = Rig::start();
    let browser = &rig.browser;
    let key = rig.walk_to_key();
    assert_eq!(key.len(), 12);
    assert!(browser.text().contains("No device has taken the key yet."));
    let mut device = rig.device();
    device.pair(&key);
    browser.click("Check Again");
    browser.wait_until("the device", |browser| browser.text_of("#taken").contains("Test device"));
    assert!(browser.text_of("#taken").contains(&device.fingerprint()));
    rig.enter_code(&device.code(0), "Finish");
    browser.await_heading("Your device is paired");
    browser.click("Continue");
    browser.await_heading("Welcome");
    assert!(browser.is_signed_on());
}

#[test]
fn a_key_that_has_expired_can_be_replaced() {
    let rig = Rig::start();
    let old = rig.walk_to_key();
    rig.clock.advance(30 * 60);
    rig.browser.click("Check Again");
    rig.browser.await_heading("The pairing key has expired");
    rig.browser.click("Get a New Key");
    rig.browser.await_heading("Desktop Setup");
    let new = rig.browser.text_of("#pairing-key").replace(' ', "");
    assert_ne!(old, new);
    rig.device().pair(&new);
}

#[test]
fn a_wrong_first_passcode_leaves_everything_as_it_was() {
    let rig = Rig::start();
    let key = rig.walk_to_key();
    rig.enter_code("123456", "Finish");
    assert!(rig.browser.await_alert().contains("No device has taken the pairing key yet"));
    let mut device = rig.device();
    device.pair(&key);
    rig.enter_code("000", "Finish");
    rig.browser.wait_until("the alert", |browser| {
        browser.text_of("[role=alert]").contains("The passcode is not right")
    });
    rig.enter_code(&device.code(0), "Finish");
    rig.browser.await_heading("Your device is paired");
}

#[test]
fn the_key_can_be_taken_by_the_link_of_the_page() {
    let rig = Rig::start();
    let key = rig.walk_to_key();
    rig.browser.click("Pair by a link instead");
    let link = rig.browser.evaluate("document.querySelector('#pairing-link').href");
    let port = rig.running.address.port();
    let expected = format!("passcode://pair?key={key}&service=https%3A%2F%2Flocalhost%3A{port}");
    assert_eq!(link, expected);
    assert_eq!(rig.browser.evaluate("document.querySelector('#link').value"), expected);
}
