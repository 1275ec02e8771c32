//! The configuration: whatever the file holds, it is a configuration or a fault that says something.

#![no_main]

use libfuzzer_sys::fuzz_target;
use passcode_daemon::config::Config;

fuzz_target!(|text: &str| {
    if let Err(fault) = Config::parse(text) {
        assert!(!fault.to_string().is_empty());
    }
});
