//! What a user may rely on, tried with the real programs against verifiers and tools that others have written: one
//! module a theme, one test a promise. What an agent promises for itself, with time and disk turned by hand, is in
//! the tests of `passcode-tests`.

#![cfg(target_os = "linux")]

mod activation;
mod agreement;
mod copying;
mod crowds;
mod failures;
mod full_disk;
mod killed;
mod live_list;
mod make_run;
mod other_users;
mod places;
mod rfc;
mod scripts;
mod secrecy;
mod starting;
mod vault_faults;
mod verifiers;
