//! Which session is wanted, and the arguments by which the AWS command line asks for it. Pure.
//!
//! Bounds are those of AWS STS, API version 2011-06-15: `GetSessionToken` and `AssumeRole`.

use std::ops::RangeInclusive;

/// How long a session may last, in seconds: 36 hours, or 12 for a role.
const SESSION_SECONDS: RangeInclusive<u32> = 900..=129_600;
const ROLE_SECONDS: RangeInclusive<u32> = 900..=43_200;

/// A session that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The MFA device: its ARN, or the serial number of a hardware token.
    pub serial: String,
    /// The profile of the AWS command line that has the long-term keys.
    pub aws_profile: String,
    /// Seconds; AWS decides when left out.
    pub duration: Option<u32>,
    /// The role to take on, and what the session is called there.
    pub role: Option<Role>,
    /// Where STS is, when it is not at its usual address.
    pub endpoint: Option<String>,
}

/// A role to take on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub arn: String,
    pub session: String,
}

impl Wish {
    /// Why AWS would not take it.
    pub fn check(&self) -> Result<(), String> {
        let seconds = if self.role.is_some() { ROLE_SECONDS } else { SESSION_SECONDS };
        match self.duration {
            Some(duration) if !seconds.contains(&duration) => {
                Err(format!("--duration is {} to {} here", seconds.start(), seconds.end()))
            }
            _ => Ok(()),
        }
    }

    /// The arguments of `aws`. The code is not among them: `--token-code` reads it from standard input.
    #[allow(dead_code, reason = "not every system has such pipes")]
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["sts".to_owned()];
        let mut add =
            |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).to_owned()));
        match &self.role {
            None => add(&["get-session-token"]),
            Some(role) => {
                add(&[
                    "assume-role",
                    "--role-arn",
                    &role.arn,
                    "--role-session-name",
                    &role.session,
                ]);
            }
        }
        add(&["--profile", &self.aws_profile, "--serial-number", &self.serial]);
        add(&["--token-code", "file:///dev/stdin", "--output", "json"]);
        if let Some(duration) = self.duration {
            add(&["--duration-seconds", &duration.to_string()]);
        }
        if let Some(endpoint) = &self.endpoint {
            add(&["--endpoint-url", endpoint]);
        }
        arguments
    }

    /// What tells this session from others, in one line.
    #[allow(dead_code, reason = "not every system has such pipes")]
    pub fn key(&self) -> String {
        let role = self
            .role
            .as_ref()
            .map_or(String::new(), |role| format!("{} {}", role.arn, role.session));
        let duration = self.duration.map_or(String::new(), |duration| duration.to_string());
        let endpoint = self.endpoint.clone().unwrap_or_default();
        [&self.aws_profile, &self.serial, &role, &duration, &endpoint]
            .map(|part| part.escape_debug().to_string())
            .join("|")
    }
}

/// Reads `--serial`: 9 to 256 letters, digits and `=/:,.@-+_`.
pub fn serial(text: &str) -> Result<String, String> {
    match is_of(text, "=/:,.@-+_", 9..=256) {
        true => Ok(text.to_owned()),
        false => Err("a device is an ARN such as arn:aws:iam::123456789012:mfa/alice".to_owned()),
    }
}

/// Reads `--role-arn`.
pub fn role(text: &str) -> Result<String, String> {
    match text.starts_with("arn:") && is_of(text, "=/:,.@-+_", 20..=2048) {
        true => Ok(text.to_owned()),
        false => Err("a role is an ARN such as arn:aws:iam::123456789012:role/admin".to_owned()),
    }
}

/// Reads `--endpoint-url`.
pub fn endpoint(text: &str) -> Result<String, String> {
    let is_address = ["https://", "http://"].iter().any(|start| text.starts_with(start));
    match is_address && text.len() < 2048 && !text.chars().any(char::is_control) {
        true => Ok(text.to_owned()),
        false => Err("an address is such as https://sts.eu-central-1.amazonaws.com".to_owned()),
    }
}

/// Reads `--role-session-name`: 2 to 64 letters, digits and `=,.@-+_`.
pub fn session_name(text: &str) -> Result<String, String> {
    match is_of(text, "=,.@-+_", 2..=64) {
        true => Ok(text.to_owned()),
        false => Err("a name has 2 to 64 letters, digits and =,.@-+_".to_owned()),
    }
}

/// Reads `--aws-profile`: what begins with a dash would be taken for an option.
pub fn profile(text: &str) -> Result<String, String> {
    match text.is_empty() || text.starts_with('-') || text.chars().any(char::is_control) {
        true => Err("a profile's name is not empty and begins with no dash".to_owned()),
        false => Ok(text.to_owned()),
    }
}

fn is_of(text: &str, signs: &str, length: RangeInclusive<usize>) -> bool {
    let is_sign = |c: char| c.is_ascii_alphanumeric() || signs.contains(c);
    length.contains(&text.len()) && !text.starts_with('-') && text.chars().all(is_sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn wish(duration: Option<u32>, role: bool) -> Wish {
        let role = role.then(|| Role {
            arn: "arn:aws:iam::123456789012:role/admin".to_owned(),
            session: "passcode".to_owned(),
        });
        let serial = "arn:aws:iam::123456789012:mfa/alice".to_owned();
        Wish { serial, aws_profile: "long term".to_owned(), duration, role, endpoint: None }
    }

    #[test]
    fn the_code_is_not_among_the_arguments_but_comes_by_standard_input() {
        assert_eq!(
            wish(Some(3600), false).arguments().join(" "),
            "sts get-session-token --profile long term --serial-number arn:aws:iam::123456789012:mfa/alice \
             --token-code file:///dev/stdin --output json --duration-seconds 3600"
        );
        let role = wish(None, true).arguments().join(" ");
        assert!(role.starts_with(
            "sts assume-role --role-arn arn:aws:iam::123456789012:role/admin --role-session-name passcode "
        ));
    }

    #[test]
    fn a_session_lasts_a_quarter_of_an_hour_to_36_hours_and_a_role_12() {
        for (seconds, role, is_right) in [
            (900, false, true),
            (899, false, false),
            (129_600, false, true),
            (129_601, false, false),
            (43_200, true, true),
            (43_201, true, false),
        ] {
            assert_eq!(wish(Some(seconds), role).check().is_ok(), is_right, "{seconds} {role}");
        }
    }

    #[test]
    fn sessions_that_differ_in_anything_are_kept_apart() {
        let mut keys: Vec<String> = [
            wish(None, false),
            wish(Some(900), false),
            wish(None, true),
            Wish { aws_profile: "other".into(), ..wish(None, false) },
            Wish { endpoint: Some("https://sts.example.org".into()), ..wish(None, false) },
        ]
        .iter()
        .map(Wish::key)
        .collect();
        keys.dedup();
        assert_eq!(keys.len(), 5);
    }

    #[test]
    fn what_would_be_an_option_or_no_name_at_all_is_refused() {
        for text in ["", "--debug", "a\nb"] {
            assert!(profile(text).is_err(), "{text}");
        }
        assert!(serial("--debug-everything").is_err() && serial("GAHT12345678").is_ok());
        assert!(role("role/admin").is_err() && session_name("x").is_err());
        assert!(endpoint("file:///etc/passwd").is_err() && endpoint("--debug").is_err());
    }
}
