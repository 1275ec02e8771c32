//! What a user may rely on, tried with the real programs against verifiers and tools that others have written: one
//! module a theme, one test a promise. What an agent promises for itself, with time and disk turned by hand, is in
//! the tests of `passcode-tests`.

#![cfg(target_os = "linux")]

mod activation;
mod agreement;
mod containers;
mod copying;
mod courier;
mod courier_child;
mod courier_proxies;
mod crowds;
mod disk_image;
mod failures;
mod full_disk;
mod hardened;
mod in_browser;
mod io_errors;
mod keyring_vaults;
mod keyrings;
mod kill_points;
mod killed;
mod killed_anywhere;
mod leaving;
mod live_list;
mod logins;
mod make_run;
mod memory;
mod openvpn_management;
mod organisation;
mod other_users;
mod pin_by_command;
mod places;
mod power_loss;
mod privacyidea;
mod rfc;
mod scanning;
mod scripts;
mod secrecy;
mod session_watch;
mod starting;
mod typing;
mod vault_faults;
mod verifiers;
