//! `passcoded`: reads its flags and the configuration, makes the real ports, and runs in the foreground.

#![allow(clippy::print_stdout)]

use std::alloc::System;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use passcode_daemon::config::{Config, ConfigFile, DOCUMENTED, DOCUMENTED_POLICY, Policy};
use passcode_daemon::door::Door;
use passcode_daemon::harden::harden;
use passcode_daemon::memory::stack;
use passcode_daemon::ports::Ports;
use passcode_daemon::ports::child::own_program;
use passcode_daemon::ports::clock::SystemClock;
use passcode_daemon::ports::courier::HelperCourier;
use passcode_daemon::ports::keystores::SystemKeyStores;
use passcode_daemon::ports::pinentry::Pinentry;
use passcode_daemon::ports::session_watch::DesktopWatch;
use passcode_daemon::ports::sqlite::SqliteStores;
use passcode_daemon::rules::Rules;
use passcode_daemon::{helper, log, run};
use passcode_proto::place::Place;
use zeroizing_alloc::ZeroAlloc;

const USAGE: &str = "\
Usage: passcoded [--verbose]

The passcode agent. It stays in the foreground and is ended by: passcode agent stop

  --verbose       log each request's verb and outcome
  --print-config  show every key of config.toml with its default
  --print-policy  show every key of policy.toml with its default
  --version       show the version
  --help          show this";

/// Wipes what is freed and what moves because it grows: texts that libraries copied, buffers that outgrew themselves.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

/// How long an idle thread of the blocking pool stays; its stack is not worth keeping for the next unlock.
const THREAD_KEEP: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).peekable();
    if arguments.next_if(|first| first == "helper").is_some() {
        return helper::run(arguments);
    }
    let mut verbose = false;
    for argument in arguments {
        match argument.to_str() {
            Some("--verbose") => verbose = true,
            Some("--print-config") => return show(DOCUMENTED.trim_end()),
            Some("--print-policy") => return show(DOCUMENTED_POLICY.trim_end()),
            Some("--version") => return show(concat!("passcoded ", env!("CARGO_PKG_VERSION"))),
            Some("--help" | "-h") => return show(USAGE),
            _ => {
                eprintln!("passcoded: this argument is not known.\n{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    #[cfg(target_os = "linux")]
    passcode_daemon::door::close_strangers();
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
    let rules = rules(&place)?;
    log::start(verbose);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .thread_keep_alive(THREAD_KEEP)
        .on_thread_park(stack::overwrite::<{ stack::SERVING }>)
        .build()
        .map_err(|error| format!("the system gives no event loop: {error}"))?;
    runtime.block_on(async {
        let door = Door::open(&place).map_err(with_hint)?;
        run::run(door, ports(&place, rules), &place.config, unprotected).await;
        Ok(ExitCode::SUCCESS)
    })
}

fn rules(place: &Place) -> Result<Rules, String> {
    let config = Config::load(&place.config).map_err(|fault| fault.to_string())?;
    let policies = place.policies.iter().map(|path| Policy::load(path));
    let policies: Vec<_> = policies.collect::<Result<_, _>>().map_err(|fault| fault.to_string())?;
    config.under(&policies).map_err(|fault| format!("{}: {fault}", place.config.display()))
}

fn ports(place: &Place, rules: Rules) -> Ports {
    let clock = Arc::new(SystemClock);
    let keystores = SystemKeyStores::new(&place.data, place.instance(), own_program());
    Ports {
        clock: clock.clone(),
        stores: Arc::new(SqliteStores::new(place.data.clone())),
        keystores: Arc::new(keystores),
        prompter: Arc::new(Pinentry::find(std::env::var_os("PATH").as_deref())),
        courier: Arc::new(HelperCourier::new(own_program(), rules.network.clone())),
        settings: Arc::new(ConfigFile::new(place.config.clone())),
        watch: Arc::new(DesktopWatch::new(clock)),
        rules: Arc::new(rules),
    }
}

fn with_hint(fault: passcode_proto::Fault) -> String {
    format!("{fault} {}", fault.hint)
}
