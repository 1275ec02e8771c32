//! A call as it came: what it says, and from where. It is read whole before anything is done.

use std::net::{IpAddr, SocketAddr};

use axum::body::to_bytes;
use axum::extract::{ConnectInfo, FromRequest, RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method};
use axum::{RequestExt, http};
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::limits::BODY_BYTES;

pub struct Call {
    pub method: Method,
    /// Path and query, as they were written.
    pub target: String,
    pub headers: HeaderMap,
    pub address: IpAddr,
    pub body: Vec<u8>,
    /// What stands in the path for the device.
    pub device: String,
}

impl<S: Send + Sync> FromRequest<S> for Call {
    type Rejection = Problem;

    async fn from_request(mut request: Request, _: &S) -> Result<Self, Problem> {
        let params: Option<RawPathParams> = request.extract_parts().await.ok();
        let device = params.iter().flatten().map(|(_, value)| value.to_owned()).next();
        let ConnectInfo(address): ConnectInfo<SocketAddr> =
            request.extract_parts().await.map_err(|_| Problem::Internal)?;
        let (http::request::Parts { method, uri, headers, .. }, body) = request.into_parts();
        let body = to_bytes(body, BODY_BYTES).await.map_err(|_| Problem::TooLarge)?;
        if !body.is_empty() && !is_json(&headers) {
            return Err(Problem::UnsupportedMedia);
        }
        Ok(Self {
            method,
            target: uri.path_and_query().map_or("/", |target| target.as_str()).to_owned(),
            headers,
            address: address.ip(),
            body: body.into(),
            device: device.unwrap_or_default(),
        })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut parts = kind.split(';').map(str::trim);
    let is_utf8 = |parameter: &str| {
        parameter.split_once('=').is_some_and(|(name, value)| {
            name.eq_ignore_ascii_case("charset")
                && value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
    };
    parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
        && parts.all(is_utf8)
}

impl Call {
    /// What the body says; everything in it has to be known.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        if self.body.is_empty() && !is_json(&self.headers) {
            return Err(Problem::UnsupportedMedia);
        }
        const WRONG: Problem =
            Problem::Malformed("The body is not JSON, or a member is unknown, missing or wrong.");
        // An array of the members' values would be understood, too.
        if self.body.trim_ascii_start().first() != Some(&b'{') {
            return Err(WRONG);
        }
        serde_json::from_slice(&self.body).map_err(|_| WRONG)
    }

    /// The value of a header that stands there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    }
}
