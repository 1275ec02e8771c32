//! Signatures of calls: HTTP Message Signatures (RFC 9421) with Ed25519, over method, address, body (its digest, RFC 9530)
//! and a count, made fresh by the service's nonce.

use data_encoding::BASE64;
use ed25519_dalek::Signer;
use sha2::{Digest, Sha256};

use super::device::Device;
use crate::ports::courier::Method;

/// What the signature covers, in this order.
const COVERED: &str = r#"("@method" "@target-uri" "content-digest" "passcode-count")"#;

/// The headers that sign a call.
pub fn headers(
    device: &Device,
    method: Method,
    url: &str,
    body: &[u8],
    nonce: &str,
    created: u64,
) -> Vec<(&'static str, String)> {
    let digest = format!("sha-256=:{}:", BASE64.encode(&Sha256::digest(body)));
    let count = device.count.to_string();
    let parameters = format!(
        r#"{COVERED};created={created};keyid="{}";nonce="{nonce}";alg="ed25519";tag="passcode-pairing""#,
        device.id
    );
    let base = [
        format!(r#""@method": {}"#, method.name()),
        format!(r#""@target-uri": {url}"#),
        format!(r#""content-digest": {digest}"#),
        format!(r#""passcode-count": {count}"#),
        format!(r#""@signature-params": {parameters}"#),
    ]
    .join("\n");
    let signature = BASE64.encode(&device.sign.sign(base.as_bytes()).to_bytes());
    vec![
        ("Content-Digest", digest),
        ("Passcode-Count", count),
        ("Signature-Input", format!("sig1={parameters}")),
        ("Signature", format!("sig1=:{signature}:")),
    ]
}
