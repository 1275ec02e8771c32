//! OpenSSH's server with keyboard-interactive authentication by a PAM service of ours. It serves one connection over
//! a pipe, so it needs no port, and sees files of our own in the place of the system's, which stay as they are.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::pam::Service;
use crate::run::{Ended, Run};
use crate::{programs, site, tools};

/// A server that lets root in who answers the PAM service's question.
#[derive(Debug)]
pub struct Sshd {
    folder: TempDir,
    service: Service,
}

const CONFIGURATION: &str = "
UsePAM yes
KbdInteractiveAuthentication yes
PasswordAuthentication no
PubkeyAuthentication no
PermitRootLogin yes
AuthenticationMethods keyboard-interactive:pam
ForceCommand echo signed on
PrintMotd no
UseDNS no
";

impl Sshd {
    /// A server with a host key of its own that asks `service`.
    ///
    /// # Panics
    /// When OpenSSH is missing and cannot be had.
    pub fn new(service: Service) -> Self {
        tools::need("ssh", "openssh-client");
        let sshd = Self { folder: site::folder(), service };
        let key = sshd.file("host_key");
        Run::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).output();
        let configuration = format!("HostKey {}{CONFIGURATION}", key.display());
        let users = fs::read_to_string("/etc/passwd").expect("the system's users");
        // The user to whom the server gives up its rights; it comes with the package's installation.
        let users = users + "sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n";
        let written = fs::write(sshd.file("passwd"), users)
            .and_then(|()| fs::write(sshd.file("sshd_config"), configuration))
            .and_then(|()| fs::write(sshd.file("proxy"), sshd.proxy()));
        written.expect("the server's files");
        sshd
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What `ssh` runs in the place of a connection.
    fn proxy(&self) -> String {
        let (rules, own) = (self.service.folder().display(), self.folder.path().display());
        let (server, sudo) = (program().display().to_string(), administrator_prefix());
        format!(
            "exec {sudo} unshare -m sh -c 'mount --bind {rules} /etc/pam.d && \
             mount --bind {own}/passwd /etc/passwd && mount -t tmpfs none /run && mkdir /run/sshd && \
             exec {server} -i -e -f {own}/sshd_config' 2>>{own}/log\n"
        )
    }

    /// Signs on as root; the program `answer`, a line of shell, answers the question, as `SSH_ASKPASS` does for ssh.
    pub fn sign_on(&self, answer: &str, variables: &[(&str, &Path)]) -> Ended {
        let ask = self.file("askpass");
        // Not written by this process, for the reason that `programs::for_every_user` gives.
        let write = Run::new("sh").args(["-c", "cat >\"$0\" && chmod 755 \"$0\""]).arg(&ask);
        write
            .input(format!(
                "#!/bin/sh
{answer}
"
            ))
            .output();
        let proxy = format!("ProxyCommand=sh {}", self.file("proxy").display());
        let options = [
            proxy.as_str(),
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "PreferredAuthentications=keyboard-interactive",
            "NumberOfPasswordPrompts=1",
        ];
        let ssh = Run::new("ssh").args(["-F", "none", "-q"]);
        let ssh = options.iter().fold(ssh, |ssh, option| ssh.args(["-o", option]));
        let ssh = variables.iter().fold(ssh, |ssh, (name, value)| ssh.env(name, value));
        ssh.env("SSH_ASKPASS", &ask)
            .env("SSH_ASKPASS_REQUIRE", "force")
            .args(["root@here", "true"])
            .end()
    }

    /// What the server said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.file("log")).unwrap_or_default()
    }
}

fn administrator_prefix() -> &'static str {
    if tools::is_root() { "" } else { "sudo -n" }
}

/// The server's program: the system's, or one that is unpacked beside these tests. Installing its package would start
/// a server on this machine.
fn program() -> PathBuf {
    let installed = PathBuf::from("/usr/sbin/sshd");
    let unpacked = programs::profile_folder().join("openssh-server");
    let own = unpacked.join("usr/sbin/sshd");
    if installed.is_file() {
        return installed;
    }
    if !own.is_file() {
        unpack("openssh-server", &unpacked);
    }
    assert!(
        own.is_file(),
        "sshd is missing; please install it: sudo apt-get install openssh-server"
    );
    own
}

/// Whether it worked is seen by what is there afterwards.
fn unpack(package: &str, folder: &Path) {
    // Its package brings the library that the server needs beside those of the client.
    tools::need("socat", "socat");
    let script = format!(
        "(apt-get download {package} || (apt-get update && apt-get download {package})) && dpkg -x {package}_*.deb ."
    );
    let made = fs::create_dir_all(folder);
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(folder);
    let _ = made
        .map(|()| shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status());
}
