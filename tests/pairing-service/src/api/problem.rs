//! What can be wrong with a call, as RFC 9457 says it. The names are the protocol's; no text quotes the call.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::throttle::RetryAfter;

/// A call that is refused, or that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Malformed(&'static str),
    ProofInvalid,
    NonceInvalid,
    SignatureInvalid(&'static str),
    CountInvalid { last: i64 },
    KeyUnknown,
    KeyExpired,
    KeyUsed,
    NotAllowed,
    TooManyDevices,
    DeviceUnknown,
    DeviceRemoved,
    ResyncFailed,
    TooLarge,
    UnsupportedMedia,
    TooManyRequests(RetryAfter),
    NotFound,
    MethodNotAllowed,
    Internal,
}

impl Problem {
    /// Name, status and title.
    pub fn parts(self) -> (&'static str, StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::Malformed(_) => ("malformed", S::BAD_REQUEST, "The call is malformed"),
            Self::ProofInvalid => ("proof-invalid", S::BAD_REQUEST, "A proof does not hold"),
            Self::NonceInvalid => {
                ("nonce-invalid", S::UNAUTHORIZED, "The nonce is unknown, expired or used")
            }
            Self::SignatureInvalid(_) => {
                ("signature-invalid", S::UNAUTHORIZED, "The call is not signed rightly")
            }
            Self::CountInvalid { .. } => {
                ("count-invalid", S::CONFLICT, "The count is not above the last one")
            }
            Self::KeyUnknown => ("key-unknown", S::NOT_FOUND, "There is no such pairing key"),
            Self::KeyExpired => ("key-expired", S::GONE, "The pairing key has expired"),
            Self::KeyUsed => ("key-used", S::CONFLICT, "The pairing key has been used"),
            Self::NotAllowed => {
                ("not-allowed", S::FORBIDDEN, "Devices cannot be paired from this address")
            }
            Self::TooManyDevices => {
                ("too-many-devices", S::CONFLICT, "The account may not have another device")
            }
            Self::DeviceUnknown => ("device-unknown", S::NOT_FOUND, "There is no such device"),
            Self::DeviceRemoved => ("device-removed", S::GONE, "The device has been removed"),
            Self::ResyncFailed => {
                ("resync-failed", S::CONFLICT, "The passcodes do not follow each other here")
            }
            Self::TooLarge => ("too-large", S::PAYLOAD_TOO_LARGE, "The body is too large"),
            Self::UnsupportedMedia => {
                ("unsupported-media", S::UNSUPPORTED_MEDIA_TYPE, "The body is not JSON")
            }
            Self::TooManyRequests(_) => {
                ("too-many-requests", S::TOO_MANY_REQUESTS, "There were too many requests")
            }
            Self::NotFound => ("not-found", S::NOT_FOUND, "There is nothing here"),
            Self::MethodNotAllowed => {
                ("method-not-allowed", S::METHOD_NOT_ALLOWED, "The method is not known here")
            }
            Self::Internal => ("internal", S::INTERNAL_SERVER_ERROR, "The service has failed"),
        }
    }

    /// What more there is to say.
    fn detail(self) -> &'static str {
        match self {
            Self::Malformed(what) | Self::SignatureInvalid(what) => what,
            Self::ProofInvalid => {
                "Each proof is made over the transcript with the private half of the key that it is for."
            }
            Self::NonceInvalid => "Ask for a new challenge: each can be answered once.",
            Self::CountInvalid { .. } => "The count rises with every call of the device.",
            Self::KeyUnknown | Self::KeyExpired | Self::KeyUsed => {
                "The organisation's page shows a new key."
            }
            Self::NotAllowed => "The organisation allows other addresses only.",
            Self::TooManyDevices => "Remove one on the page My Devices first.",
            Self::DeviceUnknown | Self::DeviceRemoved => "Pair the device again.",
            Self::ResyncFailed => "Two passcodes that follow each other are awaited.",
            Self::TooLarge => "A body has 65,536 bytes at the most.",
            Self::UnsupportedMedia => "The Content-Type is application/json.",
            Self::TooManyRequests(_) => "Try again later.",
            Self::NotFound | Self::MethodNotAllowed => "See the description of the API.",
            Self::Internal => "It is not the call's fault.",
        }
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(_: rusqlite::Error) -> Self {
        Self::Internal
    }
}

impl From<RetryAfter> for Problem {
    fn from(after: RetryAfter) -> Self {
        Self::TooManyRequests(after)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (name, status, title) = self.parts();
        let mut body = json!({
            "type": format!("urn:passcode:problem:{name}"),
            "title": title,
            "status": status.as_u16(),
            "detail": self.detail(),
        });
        if let Self::CountInvalid { last } = self {
            body["count"] = last.to_string().into();
        }
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Self::TooManyRequests(RetryAfter(seconds)) = self {
            headers.insert(RETRY_AFTER, seconds.max(1).into());
        }
        response
    }
}
