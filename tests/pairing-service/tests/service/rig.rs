//! A service inside the test, with users, a clock and rates that the test sets.

use passcode_pairing_service::limits::Rates;
use passcode_pairing_service::{Clock, Options, Policy, Running, Service};
use tempfile::TempDir;

use crate::device::Device;
use crate::https::Https;
use crate::web::Web;

pub const START: i64 = 1_700_000_010;
pub const ALICE: &str = "alice@example.org";
pub const PASSWORD: &str = "correct horse battery";
pub const ADMIN: &str = "root@example.org";
pub const ADMIN_PASSWORD: &str = "staple at midnight";

pub struct Rig {
    pub clock: Clock,
    pub running: Running,
    pub https: Https,
    pub folder: TempDir,
}

impl Rig {
    pub fn start() -> Self {
        Self::with(Rates::lenient())
    }

    pub fn with(rates: Rates) -> Self {
        let folder = tempfile::tempdir().expect("a service");
        let clock = Clock::by_hand(START);
        let options =
            Options { rates, clock: clock.clone(), ..Options::new(&folder.path().join("data")) };
        let running = Service::start(options).expect("a service");
        running.service().add_user(ALICE, PASSWORD, false).expect("a service");
        running.service().add_user(ADMIN, ADMIN_PASSWORD, true).expect("a service");
        let https = Https::new(running.address, &running.ca_pem);
        Self { clock, running, https, folder }
    }

    pub fn device(&self) -> Device {
        Device::new(&self.running.origin, &self.https)
    }

    pub fn web(&self) -> Web {
        Web::new(&self.https)
    }

    /// Alice's browser after the password.
    pub fn alice(&self) -> Web {
        let mut web = self.web();
        web.enter_password(ALICE, PASSWORD);
        web
    }

    /// Alice's browser with a pairing key on it.
    pub fn alice_with_key(&self) -> (Web, String) {
        let mut web = self.alice();
        let key = web.walk_to_key();
        (web, key)
    }

    /// Alice's browser and her first device, paired and signed on.
    pub fn alice_with_device(&self) -> (Web, Device) {
        let (mut web, key) = self.alice_with_key();
        let mut device = self.device();
        device.pair(&key);
        web.enter_code(&device.code(0));
        assert!(web.is_signed_on(), "{}", web.page());
        (web, device)
    }

    pub fn admin(&self) -> Web {
        let mut web = self.web();
        web.enter_password(ADMIN, ADMIN_PASSWORD);
        assert!(web.is_signed_on(), "{}", web.page());
        web
    }

    pub fn decide(&self, change: impl FnOnce(&mut Policy)) {
        let mut policy = self.running.service().policy().expect("a service");
        change(&mut policy);
        self.running.service().set_policy(&policy).expect("a service");
    }

    /// Alice signs on anew with this passcode.
    pub fn sign_on(&self, code: &str) -> Web {
        let mut web = self.alice();
        assert_eq!(web.heading(), "Authentication");
        web.enter_code(code);
        web
    }
}
