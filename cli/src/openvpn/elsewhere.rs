//! Windows, where OpenVPN is not answered for yet.

#[path = "order.rs"]
mod order;

use crate::context::Context;
use crate::output::{Failure, Outcome};
pub use order::{Order, Target};

/// Fails.
pub fn run(_: Order, _: &Context) -> Outcome {
    Err(Failure::local(
        "openvpn",
        "On this system OpenVPN is not answered for yet.",
        "Give it the code yourself: passcode get --copy --fresh",
    ))
}
