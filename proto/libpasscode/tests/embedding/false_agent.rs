//! Agents that misbehave: what listens in the agent's place and does not answer as it should.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;

use passcode_proto::client::Client;
use passcode_proto::codec::{Sent, binary};
use passcode_proto::request::Hello;

use crate::home::Home;

/// One that takes connections and never answers.
pub fn silent(home: &Home) -> UnixListener {
    UnixListener::bind(home.socket()).unwrap()
}

/// Whether an agent takes in what is sent after the greeting.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ear {
    Open,
    /// Sending fails at the other end, from before the greeting is answered.
    Closed,
}

/// One that answers the greeting as a real one does, and then does `what` with the connection.
pub fn greeting(home: &Home, ear: Ear, what: impl Fn(UnixStream) + Send + 'static) {
    let real = Home::new();
    let hello = real.client().ask(&passcode_proto::Verb::ask(Hello { client: "test".to_owned() }));
    let listener = UnixListener::bind(home.socket()).unwrap();
    let mut answer = Vec::new();
    binary::write_sent(&Sent::Answer(hello.unwrap()), &mut answer).unwrap();
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut asked = [0; 9];
            stream.read_exact(&mut asked).unwrap();
            let rest = usize::from(asked[7]);
            stream.read_exact(&mut vec![0; rest - 1]).unwrap();
            if ear == Ear::Closed {
                stream.shutdown(Shutdown::Read).unwrap();
            }
            stream.write_all(&answer).unwrap();
            what(stream);
        }
    });
}

/// Whether an agent answers at the place of `home`.
pub fn answers(home: &Home) -> bool {
    Client::connect(&home.place()).is_ok()
}
