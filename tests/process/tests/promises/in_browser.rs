//! The organisation's pages in a real browser, with the real programs beside it: a person who pairs, signs on, mistypes,
//! waits too long, and removes the device, and an administrator who asks for a PIN.

use passcode_browser_tests::Browser;
use passcode_pairing_service::Clock;
use passcode_process_tests::home::Home;
use passcode_process_tests::organisation::{ADMIN, ADMIN_PASSWORD, Organisation, PASSWORD, USER};

/// A person at a computer: a browser, an agent, and an account at the organisation.
struct Desk {
    organisation: Organisation,
    browser: Browser,
    home: Home,
}

impl Desk {
    fn new() -> Self {
        Self::at(Organisation::start())
    }

    fn at(organisation: Organisation) -> Self {
        let home = Home::unconfigured();
        organisation.configure(&home);
        Self { organisation, browser: Browser::start(), home }
    }

    fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.organisation.origin()));
    }

    fn enter_password(&self, name: &str, password: &str) {
        self.open("/sign-on");
        self.browser.fill("User name", name);
        self.browser.fill("Password", password);
        self.browser.click("Sign On");
    }

    /// From the password to the kinds of devices.
    fn walk_to_kinds(&self) {
        self.enter_password(USER, PASSWORD);
        self.browser.await_heading("Register a device");
        self.browser.click("Start");
        self.browser.await_heading("Add a New Device");
    }

    /// From the password to the pairing key.
    fn walk_to_key(&self) -> String {
        self.walk_to_kinds();
        self.browser.click("Desktop");
        self.browser.await_heading("Desktop Setup");
        self.browser.text_of("#pairing-key")
    }

    fn enter_code(&self, code: &str, button: &str) {
        self.browser.fill("Passcode", code);
        self.browser.click(button);
    }

    /// Pairs as the page says, with the key as it is shown.
    fn pair(&self) {
        let key = self.walk_to_key();
        let first = self.home.pair("work", &key);
        self.enter_code(&first, "Finish");
        self.browser.await_heading("Your device is paired");
    }

    fn sign_off(&self) {
        self.open("/");
        self.browser.click("Sign Off");
        self.browser.await_heading("Sign on");
    }

    /// From the password to the page that asks for a code.
    fn sign_on(&self) {
        self.enter_password(USER, PASSWORD);
        self.browser.await_heading("Authentication");
    }

    fn is_refused(&self, code: &str) {
        self.enter_code(code, "Sign On");
        assert!(self.browser.await_alert().contains("The passcode is not right."));
        self.browser.click("Sign Off");
        self.browser.await_heading("Sign on");
    }
}

#[test]
fn a_person_pairs_by_the_page_and_signs_on_with_codes_that_are_good_once() {
    let desk = Desk::new();
    desk.pair();
    desk.sign_off();
    desk.sign_on();
    desk.is_refused("000000");
    let code = desk.home.print(&["get", "work"]);
    desk.sign_on();
    desk.enter_code(&code, "Sign On");
    desk.browser.await_heading("You are signed on");
    desk.browser.await_heading("Welcome");
    desk.sign_off();
    desk.sign_on();
    desk.is_refused(&code);
}

#[test]
fn a_key_that_has_expired_on_the_page_is_told_by_the_agent_and_a_new_one_pairs() {
    let desk = Desk::at(Organisation::by(Clock::by_hand(1_795_514_400)));
    let old = desk.walk_to_key();
    desk.organisation.clock.advance(31 * 60);
    let expired = desk.home.passcode(&["pair", "-"]).input(&old).end();
    assert_eq!(expired.status, Some(9));
    assert!(expired.err.contains("Get a new one"), "{}", expired.err);
    desk.browser.click("Check Again");
    desk.browser.await_heading("The pairing key has expired");
    desk.browser.click("Get a New Key");
    desk.browser.await_heading("Desktop Setup");
    let first = desk.home.pair("work", &desk.browser.text_of("#pairing-key"));
    desk.enter_code(&first, "Finish");
    desk.browser.await_heading("Your device is paired");
}

#[test]
fn an_administrator_who_asks_for_six_digits_makes_a_pin_due() {
    let desk = Desk::new();
    desk.pair();
    desk.sign_off();
    desk.enter_password(ADMIN, ADMIN_PASSWORD);
    desk.browser.await_heading("Welcome");
    desk.open("/admin/policy");
    desk.browser.click("6-Digit");
    desk.browser.click("Save Policy");
    desk.browser.wait_until("saved", |browser| browser.url().contains("saved"));
    assert_eq!(desk.home.run(&["service", "refresh"]).status, Some(0));
    assert_eq!(desk.home.run(&["get", "--no-prompt"]).status, Some(4));
    desk.home.passcode(&["pin", "set", "--pin", "-"]).input("246813").output();
    desk.sign_off();
    desk.sign_on();
    desk.enter_code(&desk.home.print(&["get"]), "Sign On");
    desk.browser.await_heading("You are signed on");
}

#[test]
fn a_device_that_is_removed_on_my_devices_is_noticed_by_the_agent() {
    let desk = Desk::new();
    desk.pair();
    desk.open("/devices");
    let name = desk.browser.text_of(".cards h2");
    desk.browser.click(&format!("Remove {name}"));
    desk.browser.await_heading("Remove this device?");
    desk.browser.click("Remove");
    desk.browser.await_heading("My Devices");
    desk.home.run(&["service", "refresh"]);
    let refused = desk.home.run(&["get", "work"]);
    assert_eq!(refused.status, Some(6), "{}", refused.err);
    assert!(refused.err.contains("The organisation has unpaired"), "{}", refused.err);
    assert!(desk.home.print(&["list"]).contains("(unpaired by the organisation)"));
    desk.home.run(&["unpair", "work", "--yes"]);
    desk.sign_off();
    desk.pair();
}

#[test]
fn the_qr_code_on_the_page_pairs_from_a_picture_of_the_screen() {
    let desk = Desk::new();
    desk.walk_to_kinds();
    let picture = desk.home.file("screen.png");
    desk.browser.screenshot(&picture);
    let first = desk.home.passcode(&["pair", "--name", "work", "--qr"]).arg(&picture).output();
    desk.browser.click("Desktop");
    desk.browser.await_heading("Desktop Setup");
    desk.enter_code(first.trim(), "Finish");
    desk.browser.await_heading("Your device is paired");
}
