//! Pairing keys, and what their codes have to be.

use passcode_daemon::otp::Parameters;
use passcode_daemon::secret::Secret;
use passcode_proto::profile::Algorithm;

/// The secret of RFC 4226, appendix D, and RFC 6238, appendix B.
pub const RFC_SECRET: &[u8; 20] = b"12345678901234567890";

/// The same in base32.
pub const RFC_BASE32: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// RFC 4226, appendix D: the codes of the counters 0 to 9.
pub const RFC_CODES: [&str; 10] = [
    "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
    "520489",
];

/// A counter-based key with the RFC's secret.
pub const HOTP: &str =
    "otpauth://hotp/ACME:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=0";

/// A time-based key with the RFC's secret and steps of 30 seconds.
pub const TOTP: &str = "otpauth://totp/ACME:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// A counter-based key with the RFC's secret whose first counter is `counter`.
pub fn hotp_from(counter: u64) -> String {
    format!("otpauth://hotp/ACME:alice?secret={RFC_BASE32}&counter={counter}")
}

/// A time-based key with the RFC's secret and steps of `period` seconds.
pub fn totp_of(period: u32) -> String {
    format!("{TOTP}&period={period}")
}

/// The code that the RFC's secret has at second `now`, in steps of 30 seconds.
pub fn totp_at(now: u64) -> String {
    let parameters = Parameters::totp(Algorithm::Sha1, 6, 30).expect("usual parameters");
    let step = parameters.step_at(now).expect("a time-based code has steps");
    parameters.code(&Secret::new(RFC_SECRET.to_vec()), step.number).expose().to_owned()
}
