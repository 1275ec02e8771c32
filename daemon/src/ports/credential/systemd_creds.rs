//! `systemd-creds`, from version 256 on, which seals for one user (`--user`) with what this computer has: its TPM where
//! there is one, and a key of the system's. The secrets pass through pipes alone.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{GIVEN, MOST_SEALED_BYTES};
use crate::ports::child::{self, Answer, NoAnswer, Question};
use crate::ports::keystore::KeyStoreFault;

/// The first version that seals for users who are not root.
const FIRST_VERSION: u32 = 256;

/// How long one call may take. A TPM takes a second or two.
const LIMIT: Duration = Duration::from_secs(10);

const MISSING: KeyStoreFault =
    KeyStoreFault::Absent("systemd-creds of version 256 or later is missing");

/// The program.
#[derive(Debug)]
pub struct SystemdCreds {
    program: PathBuf,
    limit: Duration,
}

impl SystemdCreds {
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), limit: LIMIT }
    }

    /// The program with a limit of its own, for tests.
    #[cfg(test)]
    #[cfg(unix)]
    pub fn limited(program: impl Into<PathBuf>, limit: Duration) -> Self {
        Self { program: program.into(), limit }
    }

    /// Whether it is there, and new enough.
    pub fn check(&self) -> Result<(), KeyStoreFault> {
        let answer = self.ask(&["--version"], &[])?;
        match version(&answer.output) {
            Some(version) if answer.is_good && version >= FIRST_VERSION => Ok(()),
            _ => Err(MISSING),
        }
    }

    pub fn encrypt(&self, plain: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyStoreFault> {
        self.convert("encrypt", plain, "systemd-creds could not seal the key")
    }

    pub fn decrypt(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyStoreFault> {
        const REFUSED: &str = "systemd-creds could not open vault.cred, which opens for the user who made it and on \
                               that computer alone";
        self.convert("decrypt", sealed, REFUSED)
    }

    fn convert(
        &self,
        verb: &str,
        input: &[u8],
        refused: &'static str,
    ) -> Result<Zeroizing<Vec<u8>>, KeyStoreFault> {
        let name = format!("--name={GIVEN}");
        let answer = self.ask(&["--user", &name, verb, "-", "-"], input)?;
        match answer.is_good && !answer.output.is_empty() {
            true => Ok(answer.output),
            false => Err(KeyStoreFault::Failed(refused)),
        }
    }

    fn ask(&self, arguments: &[&str], input: &[u8]) -> Result<Answer, KeyStoreFault> {
        let mut command = Command::new(&self.program);
        command.args(arguments);
        let question = Question {
            input: Zeroizing::new(input.to_vec()),
            stays_open: false,
            most: MOST_SEALED_BYTES,
            limit: self.limit,
        };
        child::ask(command, question).map_err(|fault| match fault {
            NoAnswer::Missing => MISSING,
            NoAnswer::Late => KeyStoreFault::Late,
            NoAnswer::Failed => KeyStoreFault::Failed("systemd-creds could not be run"),
        })
    }
}

/// The number in a first line such as `systemd 256 (256.7-1)`.
fn version(output: &[u8]) -> Option<u32> {
    let line = std::str::from_utf8(output).ok()?.lines().next()?;
    let word = line.strip_prefix("systemd ")?.split_whitespace().next()?;
    let digits = word.find(|c: char| !c.is_ascii_digit()).map_or(word, |end| &word[..end]);
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn the_version_is_read_as_distributions_spell_it() {
        assert_eq!(version(b"systemd 252 (252.38-1~deb12u1)\n+PAM +AUDIT\n"), Some(252));
        assert_eq!(version(b"systemd 257.4 (257.4-1)\n"), Some(257));
        assert_eq!(version(b"systemd 258~rc1\n"), Some(258));
        assert_eq!(version(b"elogind 255\n"), None);
        assert_eq!(version(b""), None);
    }
}
