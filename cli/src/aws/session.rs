//! The credentials of a session: read from what `aws sts` prints, written as `credential_process` has them (Version 1), and
//! kept in the same form. Pure.

use passcode_proto::SecretText;
use serde::{Deserialize, Serialize};

use super::moment;

/// The only version that there is.
const VERSION: u32 = 1;

/// So long before the end a session is no longer used: what began with it has to be finished.
const MARGIN: u64 = 5 * 60;

/// The credentials, in the form that AWS takes from a `credential_process`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Session {
    version: u32,
    access_key_id: SecretText,
    secret_access_key: SecretText,
    session_token: SecretText,
    expiration: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    credentials: Credentials,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Credentials {
    access_key_id: SecretText,
    secret_access_key: SecretText,
    session_token: SecretText,
    expiration: String,
}

impl Session {
    /// Reads what `aws sts get-session-token` or `assume-role` prints.
    pub fn printed(json: &[u8]) -> Option<Self> {
        let Printed { credentials } = serde_json::from_slice(json).ok()?;
        moment::seconds(&credentials.expiration)?;
        Some(Self {
            version: VERSION,
            access_key_id: credentials.access_key_id,
            secret_access_key: credentials.secret_access_key,
            session_token: credentials.session_token,
            expiration: credentials.expiration,
        })
    }

    /// Whether it can still be used at this moment, in seconds since 1970.
    pub fn is_good(&self, now: u64) -> bool {
        let end = moment::seconds(&self.expiration).unwrap_or(0);
        self.version == VERSION && now.saturating_add(MARGIN) < end
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn session(expiration: &str) -> Session {
        let printed = format!(
            r#"{{"Credentials":{{"AccessKeyId":"ASIA1","SecretAccessKey":"sec/ret","SessionToken":"tok+en==","Expiration":"{expiration}"}},"AssumedRoleUser":{{"Arn":"x"}}}}"#
        );
        Session::printed(printed.as_bytes()).unwrap()
    }

    #[test]
    fn what_aws_prints_is_what_a_credential_process_gives() {
        let session = session("2026-11-24T17:00:00+00:00");
        assert_eq!(
            serde_json::to_string(&session).unwrap(),
            r#"{"Version":1,"AccessKeyId":"ASIA1","SecretAccessKey":"sec/ret","SessionToken":"tok+en==","Expiration":"2026-11-24T17:00:00+00:00"}"#
        );
        assert!(!format!("{session:?}").contains("sec/ret"));
    }

    #[test]
    fn a_session_is_used_until_five_minutes_before_its_end() {
        let session = session("2026-11-24T17:00:00Z");
        let end = 1_795_539_600;
        assert!(session.is_good(end - 301));
        assert!(!session.is_good(end - 300) && !session.is_good(u64::MAX));
    }

    #[test]
    fn anything_else_is_no_session() {
        for json in [&b"{}"[..], b"", b"{\"Credentials\":{}}", b"null"] {
            assert!(Session::printed(json).is_none());
        }
    }
}
