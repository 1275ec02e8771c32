//! `oathtool`, the reference: HOTP and TOTP as another project computes them. It gets the secret by its standard
//! input, as it should.

use passcode_proto::profile::Algorithm;

use crate::run::Run;
use crate::tools;

/// Codes of the counters from `first`, `count` of them.
///
/// # Panics
/// When `oathtool` is missing or fails.
pub fn hotp(secret: &[u8], digits: u8, first: u64, count: u64) -> Vec<String> {
    let window = (count - 1).to_string();
    let codes = oathtool(secret, digits)
        .args(["--counter", &first.to_string(), "--window", &window, "-"])
        .output();
    codes.lines().map(str::to_owned).collect()
}

/// The code of the second `at` since 1970.
///
/// # Panics
/// When `oathtool` is missing or fails.
pub fn totp(secret: &[u8], algorithm: Algorithm, digits: u8, period: u32, at: u64) -> String {
    let code = oathtool(secret, digits)
        .arg(format!("--totp={algorithm}"))
        .args(["--time-step-size", &format!("{period}s"), "--now", &format!("@{at}"), "-"])
        .output();
    code.trim_end().to_owned()
}

fn oathtool(secret: &[u8], digits: u8) -> Run {
    tools::need("oathtool", "oathtool");
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    Run::new("oathtool").args(["--digits", &digits.to_string()]).input(hex)
}
