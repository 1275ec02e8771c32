//! Fakes of the ports, turned by hand: no test sleeps to wait for time, and every failure can be called for.

pub mod clock;
pub mod courier;
pub mod keystore;
pub mod prompter;
pub mod settings;
pub mod store;
pub mod watch;
