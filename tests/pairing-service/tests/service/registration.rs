//! Promises of the way from the registration window to the green check mark.

use crate::rig::Rig;

#[test]
fn the_way_of_pairing_leads_from_the_password_to_the_green_check_mark() {
    let rig = Rig::start();
    let mut web = rig.alice();
    assert_eq!(web.heading(), "Register a device");
    web.submit("/register/start", &[]);
    assert_eq!(web.heading(), "Add a New Device");
    assert!(web.page().contains("Desktop") && web.page().contains("aria-label=\"QR code"));
    web.open("/register/desktop");
    assert_eq!(web.heading(), "Desktop Setup");
    let key = web.key();
    assert!(web.page().contains(&format!("{} {} {}", &key[..4], &key[4..8], &key[8..])));
    assert!(web.page().contains("14 Nov 2023, 22:43 UTC") && web.page().contains("30 minutes"));

    let mut device = rig.device();
    device.pair(&key);
    assert!(web.open("/register/desktop").contains(&device.fingerprint()));
    web.enter_code(&device.code(0));
    assert_eq!((web.heading(), web.is_signed_on()), ("Your device is paired", true));
    assert!(web.open("/").contains("Signed on: yes"));
}

#[test]
fn the_page_shows_the_key_as_a_link_too() {
    let rig = Rig::start();
    let (web, key) = rig.alice_with_key();
    let port = rig.running.address.port();
    let link = format!("passcode://pair?key={key}&amp;service=https%3A%2F%2Flocalhost%3A{port}\"");
    assert!(web.page().contains(&link), "{}", web.page());
}

#[test]
fn a_passcode_before_the_key_was_taken_is_told_apart_from_a_wrong_one() {
    let rig = Rig::start();
    let (mut web, key) = rig.alice_with_key();
    web.enter_code("123456");
    assert!(web.page().contains("No device has taken the pairing key yet."));
    let mut device = rig.device();
    device.pair(&key);
    web.enter_code("12");
    assert!(web.page().contains("The passcode is not right."));
    assert_eq!(web.heading(), "Desktop Setup");
    web.enter_code(&device.code(3));
    assert_eq!(web.heading(), "Your device is paired");
}

#[test]
fn a_key_that_has_expired_is_replaced_by_a_button() {
    let rig = Rig::start();
    let (mut web, old) = rig.alice_with_key();
    rig.clock.advance(30 * 60);
    web.open("/register/desktop");
    assert_eq!(web.heading(), "The pairing key has expired");
    web.submit("/register/start", &[("to", "desktop")]);
    assert_eq!(web.heading(), "Desktop Setup");
    let mut device = rig.device();
    assert_ne!(web.key(), old);
    device.pair(&web.key());
    web.enter_code(&device.code(0));
    assert_eq!(web.heading(), "Your device is paired");
}

#[test]
fn a_device_that_took_the_key_in_time_can_be_finished_a_little_later() {
    let rig = Rig::start();
    let (mut web, key) = rig.alice_with_key();
    let mut device = rig.device();
    device.pair(&key);
    rig.clock.advance(30 * 60);
    assert!(web.open("/register/desktop").contains("can still be finished"));
    web.enter_code(&device.code(0));
    assert_eq!(web.heading(), "Your device is paired");
}

#[test]
fn a_pairing_that_is_begun_anew_removes_the_device_that_took_the_key() {
    let rig = Rig::start();
    let (mut web, key) = rig.alice_with_key();
    let mut device = rig.device();
    device.pair(&key);
    web.walk_to_key();
    device.state().is_problem(410, "device-removed");
    web.enter_code(&device.code(0));
    assert!(!web.is_signed_on());
}

#[test]
fn five_wrong_passcodes_block_a_device_that_is_being_paired() {
    let rig = Rig::start();
    let (mut web, key) = rig.alice_with_key();
    let mut device = rig.device();
    device.pair(&key);
    for _ in 0..5 {
        web.enter_code("000");
    }
    web.enter_code(&device.code(0));
    assert!(!web.is_signed_on() && web.page().contains("too many wrong passcodes"));
}
