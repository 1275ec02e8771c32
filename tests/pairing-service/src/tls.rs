//! The service's own test CA, kept beside the database so that clients can go on trusting it, and the certificate that
//! it issues anew at every start.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use time::{Duration, OffsetDateTime};

use crate::crypto::vault::write_private;
use crate::origin::Origin;

/// Where the CA's certificate stands in the service's folder.
pub const CA_FILE: &str = "ca.pem";
const CA_KEY_FILE: &str = "ca-key.pem";

const CA_LIFE: Duration = Duration::days(3650);
const LEAF_LIFE: Duration = Duration::days(90);

/// A client's clock may be behind by as much.
const LEEWAY: Duration = Duration::days(1);

/// What a server of this origin shows, and the CA's certificate that vouches for it.
pub struct Tls {
    pub config: Arc<ServerConfig>,
    pub ca_pem: String,
}

impl Tls {
    /// Reads the CA in `folder`, or makes it, and issues a certificate for this computer and the origin's host.
    pub fn open(folder: &Path, origin: &Origin) -> io::Result<Self> {
        let key = ca_key(&folder.join(CA_KEY_FILE))?;
        let params = ca_params();
        let path = folder.join(CA_FILE);
        if !path.exists() {
            let certificate = params.self_signed(&key).map_err(io::Error::other)?;
            fs::write(&path, certificate.pem())?;
        }
        let config = serve_as(&Issuer::new(params, key), origin).map_err(io::Error::other)?;
        Ok(Self { config: Arc::new(config), ca_pem: fs::read_to_string(path)? })
    }
}

fn ca_key(path: &Path) -> io::Result<KeyPair> {
    match fs::read_to_string(path) {
        Ok(pem) => KeyPair::from_pem(&pem).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = KeyPair::generate().map_err(io::Error::other)?;
            write_private(path, key.serialize_pem().as_bytes())?;
            Ok(key)
        }
        Err(error) => Err(error),
    }
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

fn ca_params() -> CertificateParams {
    let now = OffsetDateTime::now_utc();
    let mut params = CertificateParams::default();
    params.distinguished_name = named("Passcode pairing service test CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = now - LEEWAY;
    params.not_after = now + CA_LIFE;
    params
}

fn serve_as(
    ca: &Issuer<'_, KeyPair>,
    origin: &Origin,
) -> Result<ServerConfig, Box<dyn std::error::Error + Send + Sync>> {
    let now = OffsetDateTime::now_utc();
    let mut hosts = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    if !hosts.iter().any(|host| host == origin.host()) {
        hosts.push(origin.host().to_owned());
    }
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name = named(origin.host());
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.not_before = now - LEEWAY;
    params.not_after = now + LEAF_LIFE;
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, ca)?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
