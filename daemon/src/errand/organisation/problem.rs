//! Problems as a service tells them (RFC 9457): only their type counts, their texts are never shown.

use serde::Deserialize;

use super::super::fault::ServiceFault;
use crate::ports::courier::Reply;

const MEDIA: &str = "application/problem+json";
const NAMESPACE: &str = "urn:passcode:problem:";

#[derive(Deserialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: String,
    count: Option<String>,
}

/// What a refusal means.
pub fn read(reply: &Reply) -> ServiceFault {
    match problem(reply).and_then(|problem| known(&problem, reply)) {
        Some(fault) => fault,
        None if reply.status == 429 => ServiceFault::Busy(reply.retry_after),
        None if reply.status >= 500 => ServiceFault::Broken(reply.status),
        None => ServiceFault::NotAService,
    }
}

fn problem(reply: &Reply) -> Option<Problem> {
    serde_json::from_slice(&reply.body).ok().filter(|_| reply.media == MEDIA)
}

fn known(problem: &Problem, reply: &Reply) -> Option<ServiceFault> {
    Some(match problem.kind.strip_prefix(NAMESPACE)? {
        "key-unknown" => ServiceFault::KeyUnknown,
        "key-expired" => ServiceFault::KeyExpired,
        "key-used" => ServiceFault::KeyUsed,
        "not-allowed" => ServiceFault::NotAllowed,
        "too-many-devices" => ServiceFault::TooManyDevices,
        "device-unknown" => ServiceFault::DeviceUnknown,
        "device-removed" => ServiceFault::DeviceRemoved,
        "resync-failed" => ServiceFault::ResyncFailed,
        "too-many-requests" => ServiceFault::Busy(reply.retry_after),
        "count-invalid" => ServiceFault::CountTaken(problem.count.as_deref()?.parse().ok()?),
        "proof-invalid" | "nonce-invalid" | "signature-invalid" => ServiceFault::Refused,
        "internal" => ServiceFault::Broken(reply.status),
        _ => ServiceFault::Malformed("it refuses for a reason that this agent does not know"),
    })
}
