//! A service that answers as AWS STS does: `GetSessionToken` and `AssumeRole` with the code of an MFA device, which PAM
//! checks. The AWS command line is pointed at it by `AWS_ENDPOINT_URL_STS`. It speaks HTTP without TLS.

use std::fs;
use std::path::{Path, PathBuf};

use passcode_process_tests::run::Run;

use crate::daemon::Daemon;
use crate::machine::{Machine, USER, write_script};
use crate::pam::Service;

/// Its port.
pub const PORT: u16 = 14599;

/// The secrets of a session that it gives.
pub const SECRETS: [&str; 2] = ["session-secret-key", "session-token-text"];

/// A service that runs.
#[derive(Debug)]
pub struct Sts {
    _daemon: Daemon,
    folder: PathBuf,
}

impl Sts {
    /// Starts one; its sessions last as long as is asked for, or an hour.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(machine: &Machine) -> Self {
        let folder = machine.folder("sts");
        write_script(folder.join("serve"), &script(&folder));
        let serve = format!("EXEC:{}", folder.join("serve").display());
        let listen = format!("TCP-LISTEN:{PORT},bind=127.0.0.1,reuseaddr,fork");
        let run = Run::new(machine.need("socat")).args([listen, serve]);
        let mut daemon = Daemon::start("socat", run, &folder.join("log"));
        daemon.wait_for_port(PORT);
        Self { _daemon: daemon, folder }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{PORT}")
    }

    /// The actions that it was asked for, a line each: name and `given` or `refused`.
    pub fn actions(&self) -> String {
        fs::read_to_string(self.folder.join("actions")).unwrap_or_default()
    }
}

fn script(folder: &Path) -> String {
    let (folder, code) = (folder.display(), Service::Code.name());
    let [key, token] = SECRETS;
    format!(
        r#"#!/bin/bash
say() {{ printf 'HTTP/1.1 %s\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' "$1" "${{#2}}" "$2"; }}
field() {{ case $body in *"$1="*) local value=${{body#*"$1"=}}; echo "${{value%%&*}}" ;; esac; }}
space=https://sts.amazonaws.com/doc/2011-06-15/
read -r _
while read -r line && line=${{line%$'\r'}} && [ -n "$line" ]; do
    case ${{line,,}} in content-length:*) length=${{line#*: }} ;; esac
done
body=$(head -c "${{length:-0}}")
action=$(field Action)
if field TokenCode | pamtester {code} {USER} authenticate >/dev/null 2>&1; then
    echo "$action given" >>"{folder}/actions"
    end=$(date -u -d "+$(field DurationSeconds | grep . || echo 3600) seconds" +%Y-%m-%dT%H:%M:%SZ)
    say '200 OK' "<${{action}}Response xmlns=\"$space\"><${{action}}Result><Credentials><AccessKeyId>ASIAPASSCODE</AccessKeyId><SecretAccessKey>{key}</SecretAccessKey><SessionToken>{token}</SessionToken><Expiration>$end</Expiration></Credentials></${{action}}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${{action}}Response>"
else
    echo "$action refused" >>"{folder}/actions"
    say '403 Forbidden' "<ErrorResponse xmlns=\"$space\"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>MultiFactorAuthentication failed with invalid MFA one time pass code. </Message></Error><RequestId>r</RequestId></ErrorResponse>"
fi
"#
    )
}
