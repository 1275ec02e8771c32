//! The certificate of a machine's servers, for `localhost`, `127.0.0.1`, `*.example.org` and the server's side of
//! [`crate::network::Pair`].

use std::fs;
use std::path::PathBuf;

use passcode_process_tests::run::Run;

use crate::machine::Machine;
use crate::network::SERVER;

/// Where programs look for authorities that they trust; the machine's own copy.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// A certificate that vouches for itself, and its key.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The file of the certificate.
    pub certificate: PathBuf,
    /// The file of its key.
    pub key: PathBuf,
}

impl Certificate {
    /// Makes one; a machine can have several.
    ///
    /// # Panics
    /// When `openssl` fails.
    pub fn make(machine: &Machine, owner: &str) -> Self {
        let folder = machine.folder(&format!("{owner}-certificate"));
        let made = Self { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
        let names =
            format!("subjectAltName=DNS:localhost,DNS:*.example.org,IP:127.0.0.1,IP:{SERVER}");
        let openssl = Run::new("openssl").args(["req", "-x509", "-newkey", "rsa:2048", "-nodes"]);
        let openssl = openssl.args(["-days", "2", "-subj", "/CN=localhost", "-addext", &names]);
        openssl.arg("-keyout").arg(&made.key).arg("-out").arg(&made.certificate).output();
        made
    }

    /// Every program on the machine that asks the system trusts it from now on.
    ///
    /// # Panics
    /// When the system's list cannot be changed.
    pub fn trust(&self) {
        let own = fs::read_to_string(&self.certificate).expect("a certificate");
        let list = fs::read_to_string(AUTHORITIES).unwrap_or_default();
        fs::write(AUTHORITIES, format!("{list}\n{own}")).expect("a list of authorities");
    }

    /// Its key's hash as `openconnect --servercert` takes it.
    ///
    /// # Panics
    /// When `openssl` fails.
    pub fn pin(&self) -> String {
        let script = "openssl x509 -in \"$0\" -pubkey -noout | openssl pkey -pubin -outform der | \
                      openssl dgst -sha256 -binary | openssl base64 -A";
        let hash = Run::new("sh").args(["-c", script]).arg(&self.certificate).output();
        format!("pin-sha256:{hash}")
    }

    /// Its SHA-256 fingerprint as OpenVPN's `peer-fingerprint` takes it.
    ///
    /// # Panics
    /// When `openssl` fails.
    pub fn fingerprint(&self) -> String {
        let openssl =
            Run::new("openssl").args(["x509", "-noout", "-fingerprint", "-sha256", "-in"]);
        let said = openssl.arg(&self.certificate).output();
        said.trim_end().rsplit('=').next().unwrap_or_default().to_owned()
    }
}
