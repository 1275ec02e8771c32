//! PAM services that check passwords and passcodes: `pam_unix` and the OATH Toolkit's `pam_oath`, as administrators set
//! them up for VPNs, SSH and remote desktops.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::{fs, iter};

use crate::agent::Token;
use crate::codes::SECRET_IN_HEX;
use crate::machine::{USER, write};

/// What a service asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The password, and then, if it is right, the code. As `/etc/pam.d/pam_pw_otp`.
    PasswordThenCode,
    /// The code alone. As `/etc/pam.d/pam_otp`.
    Code,
    /// The password alone. As `/etc/pam.d/pam_pw`.
    Password,
    /// One question, answered with the password and the code behind it. As `/etc/pam.d/pam_concat`.
    PasswordAndCode,
}

const PASSWORD: &str = "pam_unix.so nodelay";
const CODE: &str = "pam_oath.so usersfile=/etc/users.oath window=5 digits=6";
const JOINED: &str = "pam_oath.so usersfile=/etc/users-joined.oath window=5 digits=6";

impl Service {
    const ALL: [(Self, &str); 4] = [
        (Self::PasswordThenCode, "pam_pw_otp"),
        (Self::Code, "pam_otp"),
        (Self::Password, "pam_pw"),
        (Self::PasswordAndCode, "pam_concat"),
    ];

    /// Its name under `/etc/pam.d`.
    pub fn name(self) -> &'static str {
        let named = Self::ALL.iter().find(|(service, _)| *service == self);
        named.map(|(_, name)| *name).unwrap_or_default()
    }

    fn rules(self) -> String {
        let auth = match self {
            Self::PasswordThenCode => format!("auth requisite {PASSWORD}\nauth required {CODE}\n"),
            Self::Code => format!("auth required {CODE}\n"),
            Self::Password => format!("auth required {PASSWORD}\n"),
            // A wrong password spends the counter here; the module has no other way.
            Self::PasswordAndCode => {
                format!("auth requisite {JOINED}\nauth required {PASSWORD} use_first_pass\n")
            }
        };
        auth + "account required pam_permit.so\nsession required pam_permit.so\n"
    }
}

/// Writes the four services.
pub(crate) fn furnish() {
    Service::ALL.iter().for_each(|(service, name)| serve(name, *service));
}

/// Gives a server's PAM service, such as `sshd`, these questions.
pub fn serve(name: &str, service: Service) {
    write(Path::new("/etc/pam.d").join(name), service.rules());
}

/// The name and type of the token in a file of users of the OATH Toolkit.
pub(crate) fn oath_line(token: Token, user: &str, pin: &str) -> String {
    let kind = match token {
        Token::Hotp => "HOTP/E/6",
        Token::Totp => "HOTP/T30/6",
    };
    format!("{kind}\t{user}\t{pin}\t{SECRET_IN_HEX}\n")
}

/// The services accept the codes of this token from now on, from the counter 0.
pub fn expect_codes_of(token: Token) {
    let files = iter::zip(["/etc/users.oath", "/etc/users-joined.oath"], ["-", "+"]);
    for (file, pin) in files {
        write(file, oath_line(token, USER, pin));
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("permissions");
    }
}
