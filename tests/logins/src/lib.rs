//! The rig for tests of `passcode` with the clients that people log in with, on servers that check passcodes. None of them
//! is ours. The tests are in `tests/promises`, one file a client.
//!
//! Each test has a machine of its own: private mounts, network and processes, in which it is root. Files under `/etc` and
//! `/var` can be changed, `/home`, `/root`, `/run` and `/tmp` are empty, there is no network but `lo`, and all is gone
//! when the test ends. So tests run side by side, and ports are free.
//!
//! ```no_run
//! use passcode_login_tests::agent::Token;
//! use passcode_login_tests::machine::on_a_machine;
//! use passcode_login_tests::ocserv::{Mode, Ocserv};
//! use passcode_login_tests::secret_watch::SecretWatch;
//!
//! # fn main() {
//! // In a #[test]; the machine finds the test by the name of the function around the closure.
//! on_a_machine(|machine| {
//!     let watch = SecretWatch::start();
//!     let agent = machine.agent(Token::Hotp);       // `passcoded` of the user, profile `work`, counter 0 here and on servers
//!     let server = Ocserv::start(&machine, Mode::Pam);
//!     let login = agent.passcode(&["get", "work", "--fresh"]).end(); // a `Run` of passcode-process-tests, as the user
//!     assert_eq!(login.status, Some(0), "{}{}", login.err, server.log());
//!     watch.finish(&[&login.err]);                  // no password, seed or code in arguments, environments, logs, files
//! });
//! # }
//! ```
//!
//! - The user is `otpuser` with the password `Passw0rd!` ([`machine::USER`], [`machine::PASSWORD`]); the secret is that of
//!   the RFCs, so the codes are 755224, 287082, … ([`codes`]). [`machine::Machine::user`] runs a program as the user.
//! - PAM services: [`pam`]. `/etc/pam.d` has `pam_pw_otp`, `pam_otp`, `pam_pw` and `pam_concat`; [`pam::serve`] gives a
//!   server's name one of them.
//! - Servers: [`ocserv`], [`openvpn`], [`sshd`], [`sudo`], [`radius`], [`xrdp`], [`git_server`], all on [`daemon::Daemon`], which starts a program, waits
//!   until it listens, has its log, and ends it. A server of your own is built in the same way.
//! - [`terminal`] runs a program in a terminal, where somebody can be asked; otherwise there is none.
//! - [`network`] makes two hosts with a wire between them, for full tunnels.
//! - In the machine nothing can be installed or built: `packaging/setup.sh test` does that before.

#![cfg(target_os = "linux")]

pub mod agent;
pub mod certificate;
pub mod challenge_vpn;
pub mod codes;
pub mod daemon;
mod entering;
pub mod fortinet;
pub mod git_server;
pub mod guide;
pub mod machine;
pub mod network;
pub mod network_manager;
pub mod ocserv;
pub mod openvpn;
pub mod pam;
pub mod radius;
pub mod secret_watch;
pub mod sshd;
pub mod strongswan;
pub mod sts;
pub mod sudo;
pub mod terminal;
pub mod xrdp;
