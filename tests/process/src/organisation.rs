//! An organisation: the reference pairing service, which runs in the test's own process, a user of it, and that user's
//! browser.

use std::fs;
use std::path::{Path, PathBuf};

use passcode_pairing_service::limits::Rates;
use passcode_pairing_service::{Clock, Options, Policy, Running, Service};
use tempfile::TempDir;

use crate::home::Home;
use crate::run::{Ended, Run};
use crate::{site, tools};

/// The user.
pub const USER: &str = "alice@example.org";

/// The user's password at the organisation.
pub const PASSWORD: &str = "correct horse battery";

/// Who decides what the organisation asks for.
pub const ADMIN: &str = "root@example.org";

/// The administrator's password.
pub const ADMIN_PASSWORD: &str = "staple at midnight";

/// A service with a user and an administrator.
pub struct Organisation {
    folder: TempDir,
    /// Its time, when it is turned by hand.
    pub clock: Clock,
    running: Running,
}

impl Organisation {
    /// A service that lives by the time of day.
    pub fn start() -> Self {
        Self::by(Clock::system())
    }

    /// A service that lives by this clock.
    pub fn by(clock: Clock) -> Self {
        tools::need("curl", "curl");
        let folder = site::folder();
        let options = Options {
            rates: Rates::lenient(),
            clock: clock.clone(),
            ..Options::new(&folder.path().join("data"))
        };
        let running = Service::start(options).expect("a service");
        running.service().add_user(USER, PASSWORD, false).expect("a user");
        running.service().add_user(ADMIN, ADMIN_PASSWORD, true).expect("an administrator");
        fs::write(folder.path().join("ca.pem"), &running.ca_pem).expect("a file");
        Self { folder, clock, running }
    }

    /// Its address.
    pub fn origin(&self) -> &str {
        &self.running.origin
    }

    /// The certificate of its authority.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Changes what it asks of devices.
    pub fn decide(&self, change: impl FnOnce(&mut Policy)) {
        let mut policy = self.running.service().policy().expect("a policy");
        change(&mut policy);
        self.running.service().set_policy(&policy).expect("a policy");
    }

    /// Configures an agent for it: its address and its authority.
    pub fn configure(&self, home: &Home) {
        let (origin, authority) = (self.origin(), self.authority());
        let text = format!(
            "keystore = \"file\"\nservice = \"{origin}\"\nca = \"{}\"\n",
            authority.display()
        );
        fs::write(home.file("config.toml"), text).expect("a configuration");
    }

    /// What the user does in the browser, with lines of input.
    pub fn browser(&self, command: &str, input: &str) -> Ended {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pairing-service/browser.sh");
        Run::new(script)
            .args(["--origin", self.origin(), "--user", USER, "--ca"])
            .arg(self.authority())
            .arg("--jar")
            .arg(self.folder.path().join("cookies"))
            .arg(command)
            .input(input)
            .end()
    }

    /// Signs on and walks to the page that shows a pairing key; `code` where there is a device already.
    ///
    /// # Panics
    /// When the pages do not lead there.
    pub fn show_key(&self, code: Option<&str>) -> String {
        let lines = [Some(PASSWORD), code].into_iter().flatten().collect::<Vec<_>>().join("\n");
        let shown = self.browser("start-pairing", &lines);
        let mut keys = shown.out.lines().filter_map(|line| line.strip_prefix("pairing key: "));
        keys.next().unwrap_or_else(|| panic!("{}{}", shown.out, shown.err)).to_owned()
    }

    /// Types the first code of a device into the page.
    pub fn finish(&self, code: &str) -> Ended {
        self.browser("finish", code)
    }

    /// Signs on with the password and a code.
    pub fn sign_on(&self, code: &str) -> Ended {
        self.browser("sign-on", &format!("{PASSWORD}\n{code}\n"))
    }
}
