//! Where the log goes: to the journal when systemd reads our standard error, else to standard error itself. What may
//! stand in it is decided by types: secrets, codes and keys print as `[secret]`.

use std::io::IsTerminal;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts the log; `verbose` adds each request's verb and outcome.
pub fn start(verbose: bool) {
    let level = if verbose { LevelFilter::DEBUG } else { LevelFilter::INFO };
    match journal() {
        Some(journal) => tracing_subscriber::registry().with(journal.with_filter(level)).init(),
        None => tracing_subscriber::registry().with(standard_error().with_filter(level)).init(),
    }
}

fn journal() -> Option<tracing_journald::Layer> {
    std::env::var_os("JOURNAL_STREAM")?;
    tracing_journald::layer().ok()
}

fn standard_error<S>() -> impl Layer<S>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_target(false)
}
