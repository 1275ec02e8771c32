//! Rules of `sudo` on the machine.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use crate::machine::{Machine, USER, write};
use crate::pam::{self, Service};

/// The user may run `commands` as root after answering `service`, once for each command, with `tries` tries.
///
/// # Panics
/// When sudo is missing.
pub fn ask(machine: &Machine, service: Service, tries: u8, commands: &str) {
    pam::serve("passcode-sudo", service);
    let options =
        "pam_service=passcode-sudo, pam_askpass_service=passcode-sudo, timestamp_timeout=0";
    let rules =
        format!("Defaults:{USER} {options}, passwd_tries={tries}\n{USER} ALL=(root) {commands}\n");
    allow(machine, "asked", &rules);
}

/// The user may run `commands` as root without a question, as administrators allow for VPN clients.
///
/// # Panics
/// When sudo is missing.
pub fn let_pass(machine: &Machine, commands: &str) {
    allow(machine, "passed", &format!("{USER} ALL=(root) NOPASSWD: {commands}\n"));
}

fn allow(machine: &Machine, name: &str, rules: &str) {
    machine.need("sudo");
    let file = format!("/etc/sudoers.d/{name}");
    write(&file, rules);
    fs::set_permissions(file, Permissions::from_mode(0o440)).expect("permissions");
}
