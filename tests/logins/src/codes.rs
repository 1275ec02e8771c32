//! The token that agents and servers of the tests have in common, and its codes as `oathtool` computes them.

use std::time::{SystemTime, UNIX_EPOCH};

use passcode_process_tests::oathtool;
use passcode_proto::profile::Algorithm;

/// The secret of RFC 4226, appendix D.
pub const SECRET: &[u8] = b"12345678901234567890";

/// The same, as the OATH Toolkit's files write it.
pub const SECRET_IN_HEX: &str = "3132333435363738393031323334353637383930";

/// The same, as pairing keys write it.
pub const SECRET_IN_BASE32: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// Seconds of a time step.
pub const STEP: u64 = 30;

/// A code that is not one of the first hundred, nor likely to be one of now.
pub const WRONG: &str = "000000";

/// The codes of the counters from 0, `count` of them.
pub fn hotp(count: u64) -> Vec<String> {
    oathtool::hotp(SECRET, 6, 0, count)
}

/// The code of the step that is `steps` from now.
pub fn totp(steps: i64) -> String {
    let at = now().saturating_add_signed(steps * STEP as i64);
    oathtool::totp(SECRET, Algorithm::Sha1, 6, STEP as u32, at)
}

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs()
}
