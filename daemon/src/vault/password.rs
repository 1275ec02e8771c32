//! The password that belongs to a profile's codes: kept sealed, opened for each use. How it is joined with a code is kept
//! beside it, so that no request can say so.

use passcode_proto::join::Template;
use passcode_proto::limits::SECRET_BYTES;
use passcode_proto::{Fault, FaultCode, SecretText};
use serde::{Deserialize, Serialize};

use super::{Entry, OpenVault};

/// How password and code are joined when nothing else was said.
const USUAL: &str = "{password}{code}";

/// A password as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPassword {
    password: SecretText,
    template: String,
    joined_only: bool,
}

impl StoredPassword {
    /// A password of 1 to 1024 bytes on one line, and a template that holds it and a code.
    pub fn new(
        password: &SecretText,
        template: Option<&str>,
        joined_only: bool,
    ) -> Result<Self, Fault> {
        let text = password.expose();
        if text.is_empty() || text.len() > SECRET_BYTES || text.contains(char::is_control) {
            let what = "A password has 1 to 1024 bytes, and no control characters.";
            return Err(Fault::because(FaultCode::BadRequest, what));
        }
        let template = template.unwrap_or(USUAL);
        let read = Template::new(template).map_err(|fault| bad_template(&fault.to_string()))?;
        match read.wants_password() {
            true => {
                Ok(Self { password: password.clone(), template: template.to_owned(), joined_only })
            }
            false => Err(bad_template("a password's template holds {password}")),
        }
    }

    /// The password by itself.
    pub fn alone(self) -> Result<SecretText, Fault> {
        match self.joined_only {
            true => Err(FaultCode::JoinedOnly.into()),
            false => Ok(self.password),
        }
    }

    /// The password joined with `code`.
    pub fn joined(&self, code: &SecretText) -> Result<SecretText, Fault> {
        let template = Template::new(&self.template).map_err(|_| FaultCode::VaultDamaged)?;
        Ok(template.fill(&self.password, code))
    }
}

impl OpenVault {
    /// The password that belongs to the codes of `entry`.
    pub fn password(&self, entry: &Entry) -> Result<StoredPassword, Fault> {
        let row = entry.sealed_password.as_ref().ok_or(FaultCode::NoPassword)?;
        let plain = self.key.open(row).map_err(|_| FaultCode::VaultDamaged)?;
        serde_json::from_slice(plain.expose()).map_err(|_| FaultCode::VaultDamaged.into())
    }
}

fn bad_template(what: &str) -> Fault {
    Fault::because(FaultCode::BadRequest, format!("The template cannot be used: {what}."))
}
