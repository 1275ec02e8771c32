//! Starting and ending: the folder, the listener, the thread that serves, and the headers that every answer has.

use std::fs::DirBuilder;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, UNIX_EPOCH};
use std::{fmt, io, thread};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, DATE, HeaderName, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use tokio::sync::oneshot;

use crate::challenges::Challenges;
use crate::clock::Clock;
use crate::crypto::vault::Vault;
use crate::intake::take_in;
use crate::limits::Rates;
use crate::origin::Origin;
use crate::service::Service;
use crate::store::Store;
use crate::throttle::Throttle;
use crate::tls::Tls;
use crate::{api, pages};

/// How long connections may take to end when the service does.
const GRACE: Duration = Duration::from_secs(2);

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// How a service is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its folder, which is made when there is none.
    pub data: PathBuf,
    /// Where it listens; port 0 for any free one.
    pub listen: SocketAddr,
    /// Its public address; `https://localhost` and the port when none is given.
    pub origin: Option<Origin>,
    /// Whose service it is.
    pub issuer: String,
    /// Its clock.
    pub clock: Clock,
    /// How often things may be tried.
    pub rates: Rates,
}

impl Options {
    /// A service in `data` at any free port of this computer.
    pub fn new(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            origin: None,
            issuer: "Example Corp".to_owned(),
            clock: Clock::system(),
            rates: Rates::default(),
        }
    }
}

/// Why a service does not start.
#[derive(Debug)]
pub enum StartFault {
    /// A file or the listener.
    Io(io::Error),
    /// The database.
    Store(rusqlite::Error),
}

impl fmt::Display for StartFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(out),
            Self::Store(error) => write!(out, "the database: {error}"),
        }
    }
}

impl std::error::Error for StartFault {}

impl From<io::Error> for StartFault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<rusqlite::Error> for StartFault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error)
    }
}

/// A service that runs, until it is stopped or dropped.
pub struct Running {
    /// Its public address.
    pub origin: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// The certificate to trust.
    pub ca_pem: String,
    service: Arc<Service>,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<io::Result<()>>>,
}

impl Running {
    /// What runs.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Ends it in good order.
    ///
    /// # Errors
    /// When serving has failed.
    pub fn stop(mut self) -> io::Result<()> {
        self.end()
    }

    fn end(&mut self) -> io::Result<()> {
        drop(self.stop.take());
        match self.serving.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(ended)) => ended,
            Some(Err(_)) => Err(io::Error::other("the thread that serves has panicked")),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Whoever wants to know how it ended stops it.
        let _ = self.end();
    }
}

impl Service {
    /// Opens what is in a service's folder, without serving.
    ///
    /// # Errors
    /// When the folder or the database cannot be opened.
    pub fn open(options: &Options, origin: Origin) -> Result<Self, StartFault> {
        make_folder(&options.data)?;
        Ok(Self {
            origin,
            issuer: options.issuer.clone(),
            clock: options.clock.clone(),
            store: Store::open(&options.data.join("service.db"))?,
            vault: Vault::open(&options.data.join("service.key"))?,
            throttle: Throttle::new(options.rates.clone()),
            challenges: Challenges::default(),
        })
    }

    /// Starts a service: when this returns, it can be asked.
    ///
    /// # Errors
    /// When its folder cannot be opened, or the address is taken.
    pub fn start(options: Options) -> Result<Running, StartFault> {
        let listener = TcpListener::bind(options.listen)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let origin = options.origin.clone().unwrap_or_else(|| Origin::localhost(address.port()));
        let service = Arc::new(Self::open(&options, origin)?);
        let tls = Tls::open(&options.data, &service.origin)?;
        let (stop, stopped) = oneshot::channel();
        let (app, config) = (app(&service), RustlsConfig::from_config(tls.config));
        let serving = thread::Builder::new()
            .name("pairing-service".to_owned())
            .spawn(move || serve(listener, config, app, stopped))?;
        Ok(Running {
            origin: service.origin.to_string(),
            address,
            ca_pem: tls.ca_pem,
            service,
            stop: Some(stop),
            serving: Some(serving),
        })
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[tokio::main(worker_threads = 2)]
async fn serve(
    listener: TcpListener,
    config: RustlsConfig,
    app: Router,
    stopped: oneshot::Receiver<()>,
) -> io::Result<()> {
    let handle = Handle::new();
    let server = axum_server::from_tcp_rustls(listener, config)?
        .handle(handle.clone())
        .serve(app.into_make_service_with_connect_info::<SocketAddr>());
    let mut server = std::pin::pin!(server);
    tokio::select! {
        // First, so that it listens for the handle before that is used.
        biased;
        ended = &mut server => return ended,
        _ = stopped => handle.graceful_shutdown(Some(GRACE)),
    }
    server.await
}

fn app(service: &Arc<Service>) -> Router {
    let router = Router::new().merge(api::router()).merge(pages::router());
    let headers = middleware::from_fn_with_state(Arc::clone(service), add_headers);
    router.layer(middleware::from_fn(take_in)).layer(headers).with_state(Arc::clone(service))
}

async fn add_headers(
    State(service): State<Arc<Service>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    set(headers, CACHE_CONTROL, "no-store");
    set(headers, CONTENT_SECURITY_POLICY, POLICY);
    set(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, REFERRER_POLICY, "no-referrer");
    // A browser that keeps this for localhost asks every other program there by HTTPS, too.
    if service.origin.is_named() {
        set(headers, STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    let seconds = u64::try_from(service.clock.now()).unwrap_or_default();
    let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
    headers.extend(HeaderValue::from_str(&date).map(|date| (DATE, date)));
    response
}

/// Sets a header that the page has not set otherwise.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
