//! Puts the parts together, and takes them apart in order: no new connections, sessions come to their end, the
//! keeper closes the vault, the disk last.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use passcode_proto::{Request, request};

use crate::door::Door;
use crate::keeper::{About, Keeper, Needs, Terms};
use crate::peer::{Peer, Rights};
use crate::ports::Ports;
use crate::session::Surroundings;

/// Serves at `door` until a client or the system ends the agent. `config` is named in advice;
/// `unprotected` says what the system refused when the process was protected.
pub async fn run(door: Door, ports: Ports, config: &Path, unprotected: Vec<String>) {
    let connections = Arc::new(AtomicU32::new(0));
    let about = About {
        socket: door.address(),
        config: config.display().to_string(),
        computer: computer(),
        unprotected,
        connections: Arc::clone(&connections),
    };
    let clock = Arc::clone(&ports.clock);
    let (keeper, kept) = Keeper::start(ports, about);
    tokio::spawn(end_on_signal(keeper.clone()));
    tokio::spawn(lock_on_signal(keeper.clone()));
    tell_service_manager(Phase::Up);
    tracing::info!(socket = door.address(), "the agent is up");

    let closed = door.serve(Surroundings { keeper: keeper.clone(), clock }, connections).await;
    tell_service_manager(Phase::Ending);
    drop(keeper);
    if kept.await.is_err() {
        tracing::error!("the keeper failed");
    }
    drop(closed);
    tracing::info!("the agent has ended");
}

/// What this computer is called.
#[cfg(unix)]
fn computer() -> Option<String> {
    let name = rustix::system::uname();
    name.nodename().to_str().ok().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// What this computer is called.
#[cfg(windows)]
fn computer() -> Option<String> {
    std::env::var("COMPUTERNAME").ok().filter(|name| !name.is_empty())
}

/// What a service manager wants to know.
enum Phase {
    Up,
    Ending,
}

/// Without a service manager there is nobody to tell.
#[cfg(unix)]
fn tell_service_manager(phase: Phase) {
    let _ = sd_notify::notify(&[match phase {
        Phase::Up => sd_notify::NotifyState::Ready,
        Phase::Ending => sd_notify::NotifyState::Stopping,
    }]);
}

/// On Windows the agent belongs to the user's session and is no service.
#[cfg(windows)]
fn tell_service_manager(_: Phase) {}

async fn end_on_signal(keeper: Keeper) {
    let mut stopping = keeper.stopping();
    tokio::select! {
        () = ending_signal() => {}
        // Ended by a client; the keeper has to be let go.
        _ = stopping.wait_for(|stop| *stop) => return,
    }
    ask_as_ourselves(&keeper, Request::Quit(request::Quit {})).await;
}

async fn ask_as_ourselves(keeper: &Keeper, request: Request) {
    let own = Arc::new(Peer::new(None, Rights::ALL));
    keeper.ask(request, Terms::of(Needs::Nothing), &own).await;
}

/// SIGUSR1 locks: for window managers and scripts that announce nothing over D-Bus.
#[cfg(unix)]
async fn lock_on_signal(keeper: Keeper) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut signals) = signal(SignalKind::user_defined1()) else { return };
    let mut stopping = keeper.stopping();
    loop {
        let came = tokio::select! {
            came = signals.recv() => came.is_some(),
            // The keeper has to be let go.
            _ = stopping.wait_for(|stop| *stop) => false,
        };
        if !came {
            return;
        }
        ask_as_ourselves(&keeper, Request::Lock(request::Lock {})).await;
    }
}

/// Windows has no such signal.
#[cfg(windows)]
async fn lock_on_signal(_: Keeper) {}

#[cfg(unix)]
async fn ending_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
        signal(SignalKind::hangup()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
    }
}

#[cfg(windows)]
async fn ending_signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
