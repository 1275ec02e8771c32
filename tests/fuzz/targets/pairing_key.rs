//! Pairing keys: whatever is pasted, it is a key whose codes can be computed, or a fault that says what to do.

#![no_main]

use libfuzzer_sys::fuzz_target;
use passcode_daemon::pairing::{Overrides, read};

fuzz_target!(|text: &str| {
    let overrides = Overrides { counter: None, digits: None, algorithm: None, period: None };
    match read(text, &overrides) {
        Ok(key) => {
            let code = key.parameters.code(&key.secret, u64::MAX);
            assert_eq!(code.expose().chars().count(), usize::from(key.parameters.digits()));
        }
        Err(fault) => assert!(!fault.hint().is_empty()),
    }
});
