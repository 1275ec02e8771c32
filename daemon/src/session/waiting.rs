//! Waiting for what does not come at once. For a code that is not good yet the session sleeps and asks again, so that
//! the keeper serves others meanwhile and a clock that was set or a machine that slept cannot make it give a wrong one.
//! For the user it waits as long as the question is open and the caller is there.

use std::sync::Arc;
use std::time::Duration;

use passcode_proto::fault::comes_in;
use passcode_proto::limits::CODE_WAIT;
use passcode_proto::{Fault, FaultCode, Request};

use super::Surroundings;
use super::hangup::Hangup;
use crate::keeper::{Outcome, Terms, Waiting, Wish};
use crate::peer::Peer;

/// Who asks, and under which terms.
pub(super) struct Caller<'a> {
    pub(super) peer: &'a Arc<Peer>,
    pub(super) terms: Terms,
    pub(super) hangup: Option<&'a Hangup>,
}

/// Asks, and asks again for as long as the request allows.
pub(super) async fn ask(around: &Surroundings, caller: &Caller<'_>, request: Request) -> Outcome {
    let Some(wish) = Wish::of(&request) else {
        return ask_once(around, caller, request).await;
    };
    let patience = match wish.wait.unwrap_or(CODE_WAIT) {
        seconds if seconds <= CODE_WAIT => Duration::from_secs(seconds.into()),
        _ => return too_patient().into(),
    };
    // Nobody else is ever told to wait.
    if !wish.fresh && wish.min_valid.is_none() {
        return ask_once(around, caller, request).await;
    }
    let end = around.clock.boot() + patience;
    let mut stop = around.keeper.stopping();
    loop {
        let moment = match ask_once(around, caller, request.clone()).await {
            Outcome::NotBefore(moment) => Duration::from_secs(moment),
            outcome => return outcome,
        };
        let wait = moment.saturating_sub(around.clock.wall());
        if around.clock.boot() + wait > end {
            return too_long(wait, patience).into();
        }
        tokio::select! {
            () = around.clock.sleep(wait) => {}
            _ = stop.wait_for(|stop| *stop) => return FaultCode::Stopping.into(),
        }
    }
}

async fn ask_once(around: &Surroundings, caller: &Caller<'_>, request: Request) -> Outcome {
    match around.keeper.ask(request, caller.terms, caller.peer).await {
        Outcome::Waits(waiting) => await_user(*waiting, caller.hangup).await,
        outcome => outcome,
    }
}

/// Waits for the user. When the caller goes, so does its place in the wait; nobody is there to be answered then.
async fn await_user(waiting: Waiting, hangup: Option<&Hangup>) -> Outcome {
    let Waiting { outcome, .. } = waiting;
    tokio::select! {
        outcome = outcome => outcome.unwrap_or_else(|_| FaultCode::Stopping.into()),
        () = gone(hangup) => FaultCode::Locked.into(),
    }
}

async fn gone(hangup: Option<&Hangup>) {
    match hangup {
        Some(hangup) => hangup.wait().await,
        None => std::future::pending().await,
    }
}

fn too_patient() -> Fault {
    Fault::because(FaultCode::BadRequest, format!("\"wait\" is from 0 to {CODE_WAIT} seconds."))
}

fn too_long(wait: Duration, patience: Duration) -> Fault {
    let (wait, patience) = (wait.as_millis().div_ceil(1000), patience.as_secs());
    let patience = match patience {
        0 => String::new(),
        seconds => format!(" The longest wait was {seconds}."),
    };
    let what = comes_in(wait) + &patience;
    Fault::because(FaultCode::NotReady, what)
}
