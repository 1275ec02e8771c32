//! An OpenVPN server on the server's side of a [`crate::network::Pair`] that answers a right password with a challenge
//! (CRV1), as OpenVPN Access Server and the plugins for it do. Passwords and codes are checked by PAM.

use std::path::{Path, PathBuf};

use crate::certificate::Certificate;
use crate::daemon::Daemon;
use crate::machine::{Machine, write, write_script};
use crate::network::{Host, SERVER};
use crate::pam::Service;

/// Its port (UDP).
pub const PORT: u16 = 11195;

/// What it asks for after the password.
pub const QUESTION: &str = "Enter your one-time passcode";

/// A server that runs.
#[derive(Debug)]
pub struct ChallengeVpn {
    daemon: Daemon,
    certificate: Certificate,
    folder: PathBuf,
}

impl ChallengeVpn {
    /// Starts one.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(machine: &Machine) -> Self {
        let folder = machine.folder("challenge-vpn");
        let certificate = Certificate::make(machine, "challenge-vpn");
        write_script(folder.join("verify"), &script(&folder));
        write(folder.join("openvpn.conf"), configuration(&folder, &certificate));
        let run = Host::Server.root(machine.need("openvpn")).arg("--config");
        let run = run.arg(folder.join("openvpn.conf"));
        let mut daemon = Daemon::start("openvpn", run, &folder.join("log"));
        daemon.wait_for_log("Initialization Sequence Completed");
        Self { daemon, certificate, folder }
    }

    /// Its certificate, which vouches for itself.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// From now on it wants password and code in one, and asks for nothing after that.
    pub fn want_joined(&self) {
        write(self.folder.join("joined"), "");
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        self.daemon.log()
    }
}

/// Answers the password with a challenge, and lets in who answers that. A challenge is good once.
fn script(folder: &Path) -> String {
    let folder = folder.display();
    let (password, code) = (Service::Password.name(), Service::Code.name());
    let joined = Service::PasswordAndCode.name();
    format!(
        r#"#!/bin/bash
{{ read -r user; read -r given; }} < "$1"
right() {{ pamtester "$1" "$user" authenticate >/dev/null 2>&1; }}
if [[ $given == CRV1::*::* ]]; then
    state=${{given#CRV1::}} state=${{state%%::*}}
    [ "$(cat "{folder}/state.$state" 2>/dev/null)" = "$user" ] || exit 1
    rm -f "{folder}/state.$state"
    right {code} <<<"${{given##*::}}"
    exit
fi
if [ -e "{folder}/joined" ]; then
    right {joined} <<<"$given"
    exit
fi
right {password} <<<"$given" || exit 1
state=$(head -c 9 /dev/urandom | base64 | tr '/+' ab)
echo "$user" >"{folder}/state.$state"
echo "CRV1:R,E:$state:$(printf %s "$user" | base64):{QUESTION}" >"$auth_failed_reason_file"
exit 1
"#
    )
}

fn configuration(folder: &Path, own: &Certificate) -> String {
    let folder = folder.display();
    let (certificate, key) = (own.certificate.display(), own.key.display());
    format!(
        "server 10.97.2.0 255.255.255.0
topology subnet
dev challenge
dev-type tun
proto udp
local {SERVER}
port {PORT}
ca {certificate}
cert {certificate}
key {key}
dh none
verify-client-cert none
username-as-common-name
duplicate-cn
keepalive 10 60
verb 3
tmp-dir {folder}
script-security 2
auth-user-pass-verify {folder}/verify via-file
"
    )
}
