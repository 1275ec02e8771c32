//! Asking the agent, each question on a thread and a connection of its own, since some wait for a service or for the
//! user's keyring.

use std::thread;

use passcode_proto::client::{Client, start};
use passcode_proto::place::Place;
use passcode_proto::{Answer, Fault, Request};

use crate::app::input::{Input, What};
use crate::clipboard;

/// Asks, and reports the answer. A code that is to be copied is asked for only if there is a clipboard.
pub fn ask(place: &Place, what: What, request: Request, report: impl Fn(Input) + Send + 'static) {
    let place = place.clone();
    thread::spawn(move || {
        let ready = if what.copies() { clipboard::look() } else { Ok(()) };
        report(match ready {
            Ok(()) => Input::Answered(what, answer(&place, &request)),
            Err(trouble) => Input::Copied(what, Err(trouble)),
        });
    });
}

fn answer(place: &Place, request: &Request) -> Result<Answer, Fault> {
    Client::connect(place)?.ask(request)
}

/// Starts an agent, and reports whether it is there.
pub fn start(place: &Place, report: impl Fn(Input) + Send + 'static) {
    let place = place.clone();
    thread::spawn(move || {
        let started = start::connect_or_start(&place).map(drop);
        report(Input::Started(started));
    });
}
