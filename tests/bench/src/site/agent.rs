//! A private instance of the agent, with the `file` key store, started as `passcode` starts it: its log goes to a
//! file in its folder.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Command;

use passcode_proto::client::Client;
use passcode_proto::place::Place;
use passcode_proto::request::{Pair, PinSet, Quit, Status, Unlock};
use passcode_proto::{Fault, SecretText};

use super::program::Program;
use crate::Outcome;
use crate::load::target::Target;

/// The secret of RFC 6238's appendix B.
pub const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// A PIN that follows the rules.
const PIN: &str = "2468";

/// The request that opens a vault with that PIN, or one without.
pub fn unlock(has_pin: bool) -> Unlock {
    let pin = has_pin.then(|| SecretText::new(PIN.to_owned()));
    Unlock { pin, passphrase: None, recovery: None }
}

/// A running agent.
pub struct Agent {
    program: Program,
    home: PathBuf,
    place: Place,
}

impl Agent {
    /// Starts the program at `home`, which is made when it is missing, and waits until it answers.
    pub fn start(program: &Path, home: &Path) -> Outcome<Self> {
        let mut agent = Self::spawn(program, home)?;
        agent.wait_until_up()?.call(Status {})?;
        Ok(agent)
    }

    /// Starts the program, and waits for nothing.
    pub fn spawn(program: &Path, home: &Path) -> Outcome<Self> {
        let place = prepare(home)?;
        let log = OpenOptions::new().create(true).append(true).open(&place.log)?;
        let mut command = Command::new(program);
        command.env("PASSCODE_HOME", home).env_remove("JOURNAL_STREAM").stderr(log);
        Ok(Self { program: Program::start(&mut command)?, home: home.to_owned(), place })
    }

    /// Waits for its socket, and connects.
    pub fn wait_until_up(&mut self) -> Outcome<Client> {
        self.program.wait_for(&self.place.socket)?;
        Ok(self.client()?)
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.program.id()
    }

    /// Its folder, for `PASSCODE_HOME`.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// A new connection.
    pub fn client(&self) -> Result<Client, Fault> {
        Client::connect(&self.place)
    }

    /// The question for a code.
    pub fn code(&self, profile: &str) -> Result<Target, Fault> {
        Target::code(&self.place.socket, profile)
    }

    /// The same question in JSON.
    pub fn code_in_json(&self, profile: &str) -> Target {
        Target::code_in_json(&self.place.socket, profile)
    }

    /// Pairs a time-based profile for each of `names`.
    pub fn pair_totp(&self, names: impl IntoIterator<Item = String>) -> Outcome<()> {
        self.pair("totp", names)
    }

    /// Pairs a counter-based profile for each of `names`.
    pub fn pair_hotp(&self, names: impl IntoIterator<Item = String>) -> Outcome<()> {
        self.pair("hotp", names)
    }

    fn pair(&self, kind: &str, names: impl IntoIterator<Item = String>) -> Outcome<()> {
        let mut client = self.client()?;
        for name in names {
            let key = format!(
                "otpauth://{kind}/Example:{}?secret={SECRET}&counter=0",
                name.replace(' ', "%20")
            );
            client.call(Pair {
                key: SecretText::new(key),
                name: Some(name),
                counter: None,
                digits: None,
                algorithm: None,
                period: None,
                no_code: true,
                service: None,
                passphrase: None,
            })?;
        }
        Ok(())
    }

    /// Makes a PIN.
    pub fn set_pin(&self) -> Outcome<()> {
        let pin = SecretText::new(PIN.to_owned());
        self.client()?.call(PinSet { pin, recovery_code: false })?;
        Ok(())
    }

    /// Ends it in good order.
    pub fn quit(mut self) -> Outcome<()> {
        self.client()?.call(Quit {})?;
        self.program.wait()
    }
}

/// Makes the folder and its configuration.
fn prepare(home: &Path) -> Outcome<Place> {
    std::fs::create_dir_all(home)?;
    std::fs::write(home.join("config.toml"), "keystore = \"file\"\n")?;
    let variable = |name: &str| (name == "PASSCODE_HOME").then(|| OsString::from(home));
    Ok(Place::from_variables(&variable)?)
}

/// Names for so many profiles.
pub fn names(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!("service {number}"))
}
