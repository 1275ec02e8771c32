//! Every page can be read and used: in light and in dark colours, on a wide screen and on one of 320 pixels. With
//! `PAIRING_PICTURES=DIR`, pictures of all of them are left in that folder.

use std::path::PathBuf;

use passcode_browser_tests::Look;

use crate::rig::{ADMIN, ADMIN_PASSWORD, ALICE, PASSWORD, Rig};

const LOOKS: [(&str, Look); 4] = [
    ("light", Look { dark: false, width: 1000 }),
    ("dark", Look { dark: true, width: 1000 }),
    ("light-narrow", Look { dark: false, width: 320 }),
    ("dark-narrow", Look { dark: true, width: 320 }),
];

struct Sights<'a> {
    rig: &'a Rig,
    pictures: Option<PathBuf>,
    faults: Vec<String>,
}

impl<'a> Sights<'a> {
    fn of(rig: &'a Rig) -> Self {
        let pictures = std::env::var_os("PAIRING_PICTURES").map(PathBuf::from);
        Self { rig, pictures, faults: Vec::new() }
    }

    /// Looks at the present page in every way.
    fn look(&mut self, name: &str) {
        let browser = &self.rig.browser;
        for (way, look) in LOOKS {
            browser.show_as(look);
            let faults = browser.audit().into_iter().map(|fault| format!("{name}, {way}: {fault}"));
            self.faults.extend(faults);
            if let Some(folder) = &self.pictures {
                browser.screenshot(&folder.join(format!("{name}-{way}.png")));
            }
        }
        browser.show_as(LOOKS[0].1);
    }

    fn look_at(&mut self, path: &str, name: &str) {
        self.rig.open(path);
        self.look(name);
    }

    #[track_caller]
    fn end(self) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
    }
}

#[test]
fn the_pages_of_pairing_and_signing_on_can_be_read_and_used() {
    let rig = Rig::start();
    let mut sights = Sights::of(&rig);
    sights.look_at("/sign-on", "sign-on");
    rig.enter_password(ALICE, "a wrong password");
    rig.browser.await_alert();
    sights.look("sign-on-wrong");
    rig.enter_password(ALICE, PASSWORD);
    sights.look_at("/register", "register");
    rig.browser.click("Start");
    rig.browser.await_heading("Add a New Device");
    sights.look("kinds");
    let key = rig.choose_desktop();
    sights.look("setup");
    let mut device = rig.device();
    device.pair(&key);
    rig.enter_code("000", "Finish");
    rig.browser.await_alert();
    rig.browser.click("Pair by a link instead");
    sights.look("setup-taken");
    rig.enter_code(&device.code(0), "Finish");
    rig.browser.await_heading("Your device is paired");
    sights.look("paired");
    rig.add_device("Workstation at the office");
    rig.sign_off();
    rig.enter_password(ALICE, PASSWORD);
    rig.browser.await_heading("Authentication");
    sights.look("authentication");
    sights.look_at("/authentication/device", "change-device");
    rig.open("/authentication");
    rig.enter_code("000", "Sign On");
    rig.browser.await_alert();
    sights.look("authentication-wrong");
    rig.enter_code(&device.code(1), "Sign On");
    rig.browser.await_heading("You are signed on");
    sights.look("signed-on");
    sights.end();
}

#[test]
fn the_pages_of_devices_and_administration_can_be_read_and_used() {
    let rig = Rig::start();
    let mut sights = Sights::of(&rig);
    let device = rig.with_device();
    rig.add_device("Workstation at the office");
    sights.look_at("/", "home");
    sights.look_at("/devices", "devices");
    sights.look_at(&format!("/devices/{}/remove", device.id()), "remove");
    sights.look_at("/nowhere", "not-found");
    sights.look_at("/admin", "forbidden");
    rig.open("/devices");
    rig.browser.click("Add a New Device");
    rig.choose_desktop();
    rig.clock.advance(30 * 60);
    sights.look_at("/register/desktop", "expired");
    rig.sign_off();
    rig.enter_password(ADMIN, ADMIN_PASSWORD);
    rig.browser.await_heading("Welcome");
    for (path, name) in [
        ("/", "home-admin"),
        ("/admin/users", "users"),
        ("/admin/users/1", "user"),
        ("/admin/users/1/remove", "remove-user"),
        ("/admin/policy", "policy"),
        ("/admin/policy?saved", "policy-saved"),
        ("/admin/audit", "audit"),
    ] {
        sights.look_at(path, name);
    }
    sights.end();
}
