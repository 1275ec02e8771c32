//! strongSwan twice, on both sides of a [`crate::network::Pair`]: a server that checks password and code in one by PAM
//! (EAP-GTC), and the user's own daemon. Packets are encrypted by the daemon itself (`kernel-libipsec`), as not every kernel does.

use std::fs;

use passcode_process_tests::wait;

use crate::certificate::Certificate;
use crate::daemon::Daemon;
use crate::machine::{Machine, write};
use crate::network::{Host, SERVER};
use crate::pam::{self, Service};

/// What both daemons load.
const PLUGINS: &str = "random nonce aes sha1 sha2 hmac kdf gcm pem pkcs1 pkcs8 x509 pubkey constraints openssl socket-default \
                       kernel-libipsec kernel-netlink vici eap-identity eap-gtc xauth-pam updown";

/// The socket of the user's daemon, as its packages have it, and of the server.
const SOCKETS: [&str; 2] = ["/run/charon.vici", "/run/machine/strongswan/vici"];

/// Both daemons, running.
#[derive(Debug)]
pub struct StrongSwan {
    server: Daemon,
    client: Daemon,
}

impl StrongSwan {
    /// Starts both; the user's has `connection`, the text of a `swanctl.conf` with `CERTIFICATE` for the server's.
    ///
    /// # Panics
    /// When one does not start, or refuses its connection.
    pub fn start(machine: &Machine, connection: &str) -> Self {
        let folder = machine.folder("strongswan");
        let certificate = Certificate::make(machine, "strongswan");
        let own = certificate.certificate.display().to_string();
        pam::serve("ipsec", Service::PasswordAndCode);
        fs::create_dir(folder.join("private")).expect("a folder for the key");
        fs::copy(&certificate.key, folder.join("private/key.pem")).expect("a key");
        write(folder.join("server.conf"), configuration(SOCKETS[1]));
        write("/etc/strongswan.conf", configuration(SOCKETS[0]));
        write(folder.join("swanctl.conf"), served(&own));
        write("/etc/swanctl/swanctl.conf", connection.replace("CERTIFICATE", &own));
        let program = machine.need("charon-systemd");
        let run = Host::Server.root(&program).env("STRONGSWAN_CONF", folder.join("server.conf"));
        let server = Daemon::start("charon of the server", run, &folder.join("server.log"));
        let client =
            Daemon::start("charon", Host::Client.root(&program), &folder.join("client.log"));
        for socket in SOCKETS {
            wait::until("charon", || fs::exists(socket).is_ok_and(|is| is).then_some(()));
        }
        let load = |host: Host, socket: &str| {
            let run =
                host.root(machine.need("swanctl")).args(["--load-all", "--noprompt", "--uri"]);
            run.arg(format!("unix://{socket}"))
        };
        let served = load(Host::Server, SOCKETS[1]).arg("--file").arg(folder.join("swanctl.conf"));
        served.output();
        load(Host::Client, SOCKETS[0]).output();
        Self { server, client }
    }

    /// What both have logged.
    pub fn log(&self) -> String {
        self.server.log() + &self.client.log()
    }
}

fn configuration(socket: &str) -> String {
    format!(
        "charon-systemd {{
    load = {PLUGINS}
    plugins {{
        vici {{
            socket = unix://{socket}
        }}
        eap-gtc {{
            backend = pam
        }}
        xauth-pam {{
            pam_service = ipsec
        }}
    }}
    filelog {{
        stderr {{
            default = 1
        }}
    }}
}}
"
    )
}

fn served(certificate: &str) -> String {
    format!(
        "connections {{
    rw {{
        version = 2
        local_addrs = {SERVER}
        pools = users
        local {{
            auth = pubkey
            certs = {certificate}
            id = {SERVER}
        }}
        remote {{
            auth = eap-gtc
            eap_id = %any
        }}
        children {{
            net {{
                local_ts = 10.98.0.0/24
            }}
        }}
    }}
}}
pools {{
    users {{
        addrs = 10.95.0.0/24
    }}
}}
"
    )
}
