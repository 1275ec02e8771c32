//! The configuration and the policy: whatever a file holds, it is one or a fault that says something.

#![no_main]

use libfuzzer_sys::fuzz_target;
use passcode_daemon::config::{Config, Policy};

fuzz_target!(|text: &str| {
    let (config, policy) = (Config::parse(text), Policy::parse(text));
    for fault in [config.as_ref().err(), policy.as_ref().err()].into_iter().flatten() {
        assert!(!fault.to_string().is_empty());
    }
    // Whatever the user writes under whatever policy, it is rules or a fault.
    let policies: Vec<_> = policy.into_iter().collect();
    let rules = config.unwrap_or_default().under(&policies);
    assert!(rules.is_ok_and(|rules| rules.keystores.contains(&rules.keystore)) || !policies.is_empty());
});
