//! Exports of Google Authenticator: whatever message a QR code holds, it is keys whose codes can be computed, or a fault
//! that says what to do.

#![no_main]

use data_encoding::BASE64URL_NOPAD;
use libfuzzer_sys::fuzz_target;
use passcode_daemon::pairing::{Overrides, read_all};

fuzz_target!(|message: &[u8]| {
    let address = format!("otpauth-migration://offline?data={}", BASE64URL_NOPAD.encode(message));
    match read_all(&address, &Overrides::default()) {
        Ok(keys) => {
            assert!(!keys.is_empty());
            for key in &keys {
                let code = key.parameters.code(&key.secret, u64::MAX);
                assert_eq!(code.expose().len(), usize::from(key.parameters.digits()));
            }
        }
        Err(fault) => assert!(!fault.hint().is_empty() && !fault.message().is_empty()),
    }
});
