//! A service, a browser in front of it, and devices.

use passcode_browser_tests::Browser;
use passcode_pairing_service::limits::Rates;
use passcode_pairing_service::{Clock, Options, Running, Service};
use tempfile::TempDir;

use crate::device::Device;
use crate::https::Https;

pub const ALICE: &str = "alice@example.org";
pub const PASSWORD: &str = "correct horse battery";
pub const ADMIN: &str = "admin";
pub const ADMIN_PASSWORD: &str = "staple at midnight";

pub struct Rig {
    pub browser: Browser,
    pub clock: Clock,
    pub running: Running,
    https: Https,
    _folder: TempDir,
}

impl Rig {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::by_hand(1_795_514_400);
        let options = Options {
            clock: clock.clone(),
            rates: Rates::lenient(),
            ..Options::new(folder.path())
        };
        let running = Service::start(options).expect("a service");
        running.service().add_user(ALICE, PASSWORD, false).expect("a user");
        running.service().add_user(ADMIN, ADMIN_PASSWORD, true).expect("a user");
        let https = Https::new(running.address, &running.ca_pem);
        Self { browser: Browser::start(), clock, running, https, _folder: folder }
    }

    pub fn device(&self) -> Device {
        Device::new(&self.running.origin, &self.https)
    }

    pub fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.running.origin));
    }

    #[track_caller]
    pub fn enter_password(&self, name: &str, password: &str) {
        self.open("/sign-on");
        self.browser.fill("User name", name);
        self.browser.fill("Password", password);
        self.browser.click("Sign On");
    }

    /// From the password to the pairing key: the key's digits.
    #[track_caller]
    pub fn walk_to_key(&self) -> String {
        self.enter_password(ALICE, PASSWORD);
        self.browser.await_heading("Register a device");
        self.start_pairing()
    }

    /// From the registration window to the pairing key.
    #[track_caller]
    pub fn start_pairing(&self) -> String {
        self.browser.click("Start");
        self.choose_desktop()
    }

    #[track_caller]
    pub fn choose_desktop(&self) -> String {
        self.browser.await_heading("Add a New Device");
        self.browser.click("Desktop");
        self.browser.await_heading("Desktop Setup");
        self.browser.text_of("#pairing-key").replace(' ', "")
    }

    #[track_caller]
    pub fn enter_code(&self, code: &str, button: &str) {
        self.browser.fill("Passcode", code);
        self.browser.click(button);
    }

    /// Alice's first device; she is signed on.
    #[track_caller]
    pub fn with_device(&self) -> Device {
        let mut device = self.device();
        device.pair(&self.walk_to_key());
        self.enter_code(&device.code(0), "Finish");
        self.browser.await_heading("Your device is paired");
        device
    }

    /// Another device, named so.
    #[track_caller]
    pub fn add_device(&self, name: &str) -> Device {
        self.open("/devices");
        self.browser.click("Add a New Device");
        let mut device = self.device();
        device.name = name.to_owned();
        device.pair(&self.choose_desktop());
        self.enter_code(&device.code(0), "Finish");
        self.browser.await_heading("Your device is paired");
        device
    }

    pub fn sign_off(&self) {
        self.open("/");
        self.browser.click("Sign Off");
        self.browser.await_heading("Sign on");
    }
}
