//! One request of a browser: what it brings, who it comes from as the cookie tells, and how it is answered. A form has to
//! bring the mark of its cookie, which other sites cannot know.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::RequestExt;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Form, FromRequest, RawPathParams, Request};
use axum::http::header::{COOKIE, HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use rusqlite::Connection;
use subtle::ConstantTimeEq;

use super::Page;
use super::trouble::Trouble;
use crate::crypto::random_text;
use crate::limits::{BODY_BYTES, SESSION_IDLE, SESSION_LIFE};
use crate::service::{Actor, Service};
use crate::store::audit::Event;
use crate::store::sessions::{self, Lifetime};
use crate::store::users::{self, User};
use crate::store::{devices, settings};

const COOKIE_NAME: &str = "__Host-session";
const FORMS: &str = "forms";
const SESSIONS: &str = "sessions";

/// A request, read whole.
pub struct Came {
    method: Method,
    address: IpAddr,
    params: HashMap<String, String>,
    query: String,
    form: HashMap<String, String>,
    cookie: Option<String>,
}

impl Came {
    pub async fn read(mut request: Request) -> Result<Self, StatusCode> {
        let params: Option<RawPathParams> = request.extract_parts().await.ok();
        let params = params.iter().flatten();
        let params = params.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let ConnectInfo(address): ConnectInfo<SocketAddr> =
            request.extract_parts().await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        let (method, cookie) = (request.method().clone(), read_cookie(request.headers()));
        let query = request.uri().query().unwrap_or_default().to_owned();
        let form = match method {
            Method::POST => read_form(request).await?,
            _ => HashMap::new(),
        };
        Ok(Self { method, address: address.ip(), params, query, form, cookie })
    }
}

async fn read_form(request: Request) -> Result<HashMap<String, String>, StatusCode> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let request = Request::from_parts(parts, body.into());
    let form = Form::<HashMap<String, String>>::from_request(request, &()).await;
    form.map(|Form(form)| form).map_err(|rejection| rejection.into_response().status())
}

fn read_cookie(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).map(str::trim);
    let value = pairs.find_map(|pair| pair.strip_prefix(COOKIE_NAME)?.strip_prefix('='))?;
    (value.len() == 43).then(|| value.to_owned())
}

/// Who has given the right password.
pub struct Guest {
    pub user: User,
    /// Whether the second step is done, or none is asked.
    pub is_signed_on: bool,
    /// The device that was chosen for it.
    pub device: Option<String>,
}

pub struct Visit {
    pub service: Arc<Service>,
    pub address: IpAddr,
    came: Came,
    cookie: String,
    is_new_cookie: bool,
    guest: Option<Guest>,
}

impl Visit {
    /// Answers a request by `page`.
    pub fn answer(service: Arc<Service>, came: Came, page: Page) -> Response {
        let cookie = came.cookie.clone();
        let mut visit = Self {
            service,
            address: came.address,
            is_new_cookie: cookie.is_none(),
            cookie: cookie.unwrap_or_else(random_text::<32>),
            came,
            guest: None,
        };
        let answer = visit.resume().and_then(|()| page(&mut visit));
        let mut response = answer.unwrap_or_else(|trouble| trouble.page(&visit));
        if visit.is_new_cookie {
            let cookie = format!(
                "{COOKIE_NAME}={}; Path=/; Secure; HttpOnly; SameSite=Strict",
                visit.cookie
            );
            let cookie = HeaderValue::from_str(&cookie);
            response.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
        }
        response
    }

    fn resume(&mut self) -> Result<(), Trouble> {
        let now = self.service.clock.now();
        let mark = self.mark();
        self.guest = self.service.store.with(|db| {
            let Some(session) = sessions::resume(db, mark, now, now - SESSION_IDLE)? else {
                return Ok::<_, rusqlite::Error>(None);
            };
            let user = users::by_id(db, session.user)?.filter(|user| !user.is_disabled);
            let (is_signed_on, device) = (session.is_signed_on, session.device);
            Ok(user.map(|user| Guest { user, is_signed_on, device }))
        })?;
        let brought = self.form("form").as_bytes();
        if self.came.method == Method::POST
            && !bool::from(brought.ct_eq(self.form_mark().as_bytes()))
        {
            return Err(Trouble::Stale);
        }
        Ok(())
    }

    /// By which the session of this cookie is found.
    fn mark(&self) -> [u8; 32] {
        self.service.vault.mark(SESSIONS, &self.cookie)
    }

    /// What every form has to bring.
    pub fn form_mark(&self) -> String {
        BASE64URL_NOPAD.encode(&self.service.vault.mark(FORMS, &self.cookie))
    }

    /// What stands in a field of the form; nothing when there is no such field.
    pub fn form(&self, name: &str) -> &str {
        self.came.form.get(name).map_or("", String::as_str)
    }

    /// What stands in a place of the path.
    pub fn param(&self, name: &str) -> &str {
        self.came.params.get(name).map_or("", String::as_str)
    }

    /// What stands behind `?` in the address.
    pub fn query(&self) -> &str {
        &self.came.query
    }

    /// A passcode as people paste it.
    pub fn code(&self) -> String {
        self.form("code").chars().filter(|sign| !sign.is_whitespace() && *sign != '-').collect()
    }

    /// Who has given the right password, whatever else is to do.
    pub fn guest(&self) -> Option<&Guest> {
        self.guest.as_ref()
    }

    /// Who has given the right password; others are sent to do so.
    pub fn known(&self) -> Result<&Guest, Trouble> {
        self.guest.as_ref().ok_or(Trouble::See("/sign-on"))
    }

    /// Who is signed on; others are sent on their way.
    pub fn user(&self) -> Result<&User, Trouble> {
        let guest = self.known()?;
        if guest.is_signed_on {
            return Ok(&guest.user);
        }
        let devices = self.service.store.with(|db| devices::paired(db, guest.user.id))?;
        Err(Trouble::See(if devices.is_empty() { "/register" } else { "/authentication" }))
    }

    /// Who is signed on as an administrator.
    pub fn admin(&self) -> Result<&User, Trouble> {
        let user = self.user()?;
        if user.is_admin { Ok(user) } else { Err(Trouble::Forbidden) }
    }

    /// Who may pair a device now: somebody who has none, or is signed on and may have more.
    pub fn pairing_user(&self, db: &Connection) -> Result<&User, Trouble> {
        let guest = self.known()?;
        let devices = devices::paired(db, guest.user.id)?.len();
        let most = settings::policy(db)?.devices as usize;
        match guest.is_signed_on {
            false if devices > 0 => Err(Trouble::See("/authentication")),
            true if devices >= most => Err(Trouble::See("/devices")),
            _ => Ok(&guest.user),
        }
    }

    /// Whose account this is about.
    pub fn actor(&self) -> Actor<'_> {
        let user = self.guest.as_ref().map(|guest| guest.user.name.as_str());
        Actor { user, address: Some(self.address) }
    }

    /// Writes into the audit log about the present account.
    pub fn note(&self, db: &Connection, event: Event, about: &str) -> rusqlite::Result<()> {
        self.service.note(db, event, self.actor(), about)
    }

    /// Begins a session under a cookie that nobody has seen before, and ends the one before it.
    pub fn begin(&mut self, user: User, is_signed_on: bool) -> Result<(), Trouble> {
        let before = self.mark();
        self.cookie = random_text::<32>();
        self.is_new_cookie = true;
        let (mark, now) = (self.mark(), self.service.clock.now());
        let lifetime = Lifetime { seen: now, ends: now + SESSION_LIFE };
        self.service.store.with(|db| {
            sessions::remove(db, before)?;
            sessions::add(db, mark, user.id, is_signed_on, &lifetime)
        })?;
        self.guest = Some(Guest { user, is_signed_on, device: None });
        Ok(())
    }

    /// The second step is done.
    pub fn complete(&mut self) -> Result<(), Trouble> {
        let guest = self.guest.take().ok_or(Trouble::See("/sign-on"))?;
        self.begin(guest.user, true)
    }

    /// Ends the session.
    pub fn end(&mut self) -> Result<(), Trouble> {
        let mark = self.mark();
        self.service.store.with(|db| sessions::remove(db, mark))?;
        self.cookie = random_text::<32>();
        self.is_new_cookie = true;
        self.guest = None;
        Ok(())
    }

    /// Remembers the device for the second step.
    pub fn choose(&self, db: &Connection, device: &str) -> rusqlite::Result<()> {
        sessions::choose(db, self.mark(), device)
    }
}

/// Sends the browser to another page.
pub fn see(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let path = HeaderValue::from_str(path);
    response.headers_mut().extend(path.map(|path| (LOCATION, path)));
    response
}
