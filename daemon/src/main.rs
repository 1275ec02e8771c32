//! `passcoded`: reads its flags and the configuration, makes the real ports, and runs in the foreground.

#![allow(clippy::print_stdout)]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use passcode_daemon::config::{Config, DOCUMENTED, KeyStoreKind};
use passcode_daemon::door::Door;
use passcode_daemon::harden::harden;
use passcode_daemon::ports::Ports;
use passcode_daemon::ports::clock::SystemClock;
use passcode_daemon::ports::keyfile::KeyFile;
use passcode_daemon::ports::keystore::KeyStore;
use passcode_daemon::ports::sqlite::SqliteStores;
use passcode_daemon::{log, run};
use passcode_proto::place::Place;

const USAGE: &str = "\
Usage: passcoded [--verbose]

The passcode agent. It stays in the foreground and is ended by: passcode agent stop

  --verbose       log each request's verb and outcome
  --print-config  show every key of config.toml with its default
  --version       show the version
  --help          show this";

/// How long an idle thread of the blocking pool stays; its stack is not worth keeping for the next unlock.
const THREAD_KEEP: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let mut verbose = false;
    for argument in std::env::args_os().skip(1) {
        match argument.to_str() {
            Some("--verbose") => verbose = true,
            Some("--print-config") => return show(DOCUMENTED.trim_end()),
            Some("--version") => return show(concat!("passcoded ", env!("CARGO_PKG_VERSION"))),
            Some("--help" | "-h") => return show(USAGE),
            _ => {
                eprintln!("passcoded: this argument is not known.\n{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    serve(verbose).unwrap_or_else(|error| {
        eprintln!("passcoded: {error}");
        ExitCode::FAILURE
    })
}

fn show(text: &str) -> ExitCode {
    println!("{text}");
    ExitCode::SUCCESS
}

fn serve(verbose: bool) -> Result<ExitCode, String> {
    let unprotected = harden();
    let place = Place::find().map_err(with_hint)?;
    let config = Config::load(&place.config).map_err(|fault| fault.to_string())?;
    log::start(verbose);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .thread_keep_alive(THREAD_KEEP)
        .build()
        .map_err(|error| format!("the system gives no event loop: {error}"))?;
    runtime.block_on(async {
        let door = Door::open(&place).map_err(with_hint)?;
        run::run(door, ports(&place, &config), &place.config, unprotected).await;
        Ok(ExitCode::SUCCESS)
    })
}

fn ports(place: &Place, config: &Config) -> Ports {
    Ports {
        clock: Arc::new(SystemClock),
        stores: Arc::new(SqliteStores::new(place.data.clone())),
        keystore: config.keystore.map(|kind| match kind {
            KeyStoreKind::File => Arc::new(KeyFile::new(place.data.clone())) as Arc<dyn KeyStore>,
        }),
    }
}

fn with_hint(fault: passcode_proto::Fault) -> String {
    format!("{fault} {}", fault.hint)
}
