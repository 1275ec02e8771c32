//! Waiting for a code that is not good yet: the session sleeps and asks again, so that the keeper serves others
//! meanwhile and a clock that was set or a machine that slept cannot make it give a wrong one.

use std::sync::Arc;
use std::time::Duration;

use passcode_proto::limits::CODE_WAIT;
use passcode_proto::{Fault, FaultCode, Request};

use super::Surroundings;
use crate::keeper::{Needs, Outcome};
use crate::peer::Peer;

/// Asks, and asks again for as long as the request allows.
pub(super) async fn ask(
    around: &Surroundings,
    peer: &Arc<Peer>,
    request: Request,
    needs: Needs,
) -> Outcome {
    let Request::GetCode(wanted) = &request else {
        return around.keeper.ask(request, needs, peer).await;
    };
    let patience = match wanted.wait.unwrap_or(CODE_WAIT) {
        seconds if seconds <= CODE_WAIT => Duration::from_secs(seconds.into()),
        _ => return too_patient().into(),
    };
    // Nobody else is ever told to wait.
    if !wanted.fresh && wanted.min_valid.is_none() {
        return around.keeper.ask(request, needs, peer).await;
    }
    let end = around.clock.boot() + patience;
    let mut stop = around.keeper.stopping();
    loop {
        let moment = match around.keeper.ask(request.clone(), needs, peer).await {
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

fn too_patient() -> Fault {
    Fault::because(FaultCode::BadRequest, format!("\"wait\" is from 0 to {CODE_WAIT} seconds."))
}

fn too_long(wait: Duration, patience: Duration) -> Fault {
    let (wait, patience) = (wait.as_millis().div_ceil(1000), patience.as_secs());
    let what =
        format!("The code will be ready in {wait} seconds; the longest wait was {patience}.");
    Fault::because(FaultCode::NotReady, what)
}
