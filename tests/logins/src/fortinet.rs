//! A gateway that speaks the login of Fortinet's SSL VPN, as far as `openfortivpn` needs it to be let in: user and
//! password, then a token. There is no free server for it. Passwords and codes are checked by PAM.

use std::path::{Path, PathBuf};

use passcode_process_tests::run::Run;

use crate::certificate::Certificate;
use crate::daemon::Daemon;
use crate::machine::{Machine, write_script};
use crate::pam::Service;

/// Its port.
pub const PORT: u16 = 10443;

/// A gateway that runs.
#[derive(Debug)]
pub struct Fortinet {
    daemon: Daemon,
    certificate: Certificate,
    folder: PathBuf,
}

impl Fortinet {
    /// Starts one on the machine itself. Programs on the machine trust its certificate.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(machine: &Machine) -> Self {
        let folder = machine.folder("fortinet");
        let certificate = Certificate::make(machine, "fortinet");
        certificate.trust();
        write_script(folder.join("serve"), &script(&folder));
        let (own, key) = (certificate.certificate.display(), certificate.key.display());
        let listen = format!("OPENSSL-LISTEN:{PORT},reuseaddr,fork,cert={own},key={key},verify=0");
        let serve = format!("EXEC:{}", folder.join("serve").display());
        let run = Run::new(machine.need("socat")).args([listen, serve]);
        let mut daemon = Daemon::start("socat", run, &folder.join("log"));
        daemon.wait_for_port(PORT);
        Self { daemon, certificate, folder }
    }

    /// Its certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// What became of logins: `password`, `code` or `refused`, a line each.
    pub fn verdicts(&self) -> String {
        std::fs::read_to_string(self.folder.join("verdicts")).unwrap_or_default()
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        self.daemon.log()
    }
}

/// One connection: the forms that openfortivpn sends are answered, all else is forbidden.
fn script(folder: &Path) -> String {
    let folder = folder.display();
    let (password, code) = (Service::Password.name(), Service::Code.name());
    format!(
        r#"#!/bin/bash
say() {{ printf 'HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s' "$1" "$3" "${{#2}}" "$2"; }}
field() {{ local value=${{body#*"$1"=}}; value=${{value%%&*}}; printf '%b\n' "${{value//%/\\x}}"; }}
right() {{ field "$1" | pamtester "$2" "$(field username)" authenticate >/dev/null 2>&1; }}
verdict() {{ echo "$1" >>"{folder}/verdicts"; }}
while read -r _ path _; do
    length=0
    while read -r line && line=${{line%$'\r'}} && [ -n "$line" ]; do
        case ${{line,,}} in content-length:*) length=${{line#*: }} ;; esac
    done
    body=$(head -c "$length")
    case $path:$body in
    /remote/logincheck:*'&code='*)
        if right code {code}; then
            verdict code
            say '200 OK' 'ret=1,redir=/remote/index' $'Set-Cookie: SVPNCOOKIE=abc; path=/; secure\r\n'
        else
            verdict refused
            say '200 OK' 'ret=0'
        fi ;;
    /remote/logincheck:*)
        if right credential {password}; then
            verdict password
            say '200 OK' 'ret=2,reqid=17,polid=1-1-1,grp=staff,portal=web,magic=1-17,tokeninfo=ftm,chal_msg=,peer='
        else
            verdict refused
            say '200 OK' 'ret=0'
        fi ;;
    *) say '403 Forbidden' '' ;;
    esac
done
"#
    )
}
