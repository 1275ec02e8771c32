//! The rig for tests of the real programs: `passcoded` and `passcode` as processes, in folders of their own, beside
//! verifiers and tools that others have written. The tests are in `tests/promises`, one file a theme.
//!
//! Nothing is skipped in silence: [`tools`] installs what a test needs, or the test fails and says what to install.
//! Nothing stays behind: [`site`] removes what a test left, whatever became of the test.

#![cfg(target_os = "linux")]

pub mod agent;
pub mod desktop;
pub mod disk_image;
pub mod display;
pub mod exchange;
pub mod field;
pub mod files;
pub mod home;
pub mod https;
pub mod keyring;
pub mod management;
pub mod memory;
pub mod oathtool;
pub mod organisation;
pub mod others;
pub mod pam;
pub mod pictures;
pub mod power;
pub mod privacyidea;
pub mod processes;
pub mod programs;
pub mod prompter;
pub mod relay;
pub mod run;
pub mod site;
pub mod sshd;
pub mod store_life;
pub mod strace;
pub mod tmux;
pub mod tools;
pub mod traces;
pub mod wait;
pub mod watchdog;
pub mod wire;
