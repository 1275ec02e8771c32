//! The blocking client: connects, makes sure that the other side is the user's own agent, asks and subscribes.
//! Starting an agent that does not run is [`start`], asking the user for it [`prompter`]; looking for QR codes in a
//! picture is [`scan`]. How long a connection and an answer may take is [`patience`].

mod patience;
pub mod prompter;
pub mod scan;
pub mod start;

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{PeerCreds, Stream};
use zeroize::Zeroize;

use crate::codec::binary::{self, LENGTH_BYTES};
use crate::codec::{Sent, json};
use crate::event::Numbered;
use crate::fault::{Fault, FaultCode};
use crate::limits::{CODE_WAIT, MESSAGE_TIME, REPLY_BYTES};
use crate::place::Place;
use crate::request::Subscribe;
use crate::verb::{Answer, Request, Verb};

/// How long an answer may take: the longest wait for a code, and some time to be late.
const ANSWER_TIME: Duration = Duration::from_secs(CODE_WAIT as u64 + MESSAGE_TIME.as_secs());

/// A connection to the agent.
#[derive(Debug)]
pub struct Client {
    stream: Arc<Stream>,
    /// What is sent next; holds the preamble until the first request goes out with it in one write.
    out: Vec<u8>,
    /// Bytes that came and are not read yet.
    arrived: Vec<u8>,
    /// When answers are waited for no longer; without it, each part of an answer has [`ANSWER_TIME`].
    deadline: Option<Instant>,
}

impl Client {
    /// Connects to the agent at `place`.
    ///
    /// Fails with `unreachable` when nothing answers there and with `forbidden` when another user's program does.
    pub fn connect(place: &Place) -> Result<Self, Fault> {
        let stream = patience::connect(&place.socket, None).map_err(|error| unreachable(&error))?;
        let client = Self::over(stream, None)?;
        limit_wait(&client.stream, Some(ANSWER_TIME))?;
        Ok(client)
    }

    /// Connects as [`Client::connect`] does, and waits for nothing after `deadline`: neither for the connection nor for
    /// any answer, also when the agent hangs or answers byte by byte.
    ///
    /// Named pipes of Windows know no such limit; an agent that hangs is waited for there.
    pub fn connect_before(place: &Place, deadline: Instant) -> Result<Self, Fault> {
        let stream = patience::connect(&place.socket, Some(deadline));
        Self::over(stream.map_err(|error| unreachable(&error))?, Some(deadline))
    }

    /// Sets another moment than that of [`Client::connect_before`].
    pub fn wait_until(&mut self, deadline: Instant) {
        self.deadline = Some(deadline);
    }

    fn over(stream: Stream, deadline: Option<Instant>) -> Result<Self, Fault> {
        check_owner(&stream)?;
        let out = binary::preamble().to_vec();
        Ok(Self { stream: Arc::new(stream), out, arrived: Vec::new(), deadline })
    }

    /// Asks one thing and waits for its answer.
    pub fn call<V: Verb>(&mut self, verb: V) -> Result<V::Answer, Fault> {
        V::read(self.ask(&verb.ask())?).ok_or_else(out_of_turn)
    }

    /// Asks what is decided elsewhere, and waits for the answer.
    pub fn ask(&mut self, request: &Request) -> Result<Answer, Fault> {
        let written = binary::write_request(request, &mut self.out);
        // Nobody answers what is not sent.
        let sent = written.map(|()| self.send().map_err(|error| unreachable(&error)));
        self.out.zeroize();
        let sent = sent?;
        match (self.read(), sent) {
            (Ok(Sent::Answer(answer)), Ok(())) => Ok(answer),
            // The agent's last word, if it closed the connection while we were writing, says more than our error.
            (Ok(Sent::Fault(fault)), _) | (_, Err(fault)) | (Err(fault), _) => Err(fault),
            (Ok(Sent::Event(_)), _) => Err(out_of_turn()),
        }
    }

    /// Turns the connection into a stream of events.
    pub fn subscribe(mut self) -> Result<Events, Fault> {
        self.call(Subscribe {})?;
        self.deadline = None;
        limit_wait(&self.stream, None)?;
        Ok(Events(self))
    }

    fn send(&self) -> io::Result<()> {
        if let Some(deadline) = self.deadline {
            patience::limit_send(&self.stream, Some(patience::left(deadline)?))?;
        }
        (&*self.stream).write_all(&self.out)
    }

    /// A signal that the program handles interrupts receiving with a limit, whatever the handler says (signal(7)).
    fn receive(&self, chunk: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(deadline) = self.deadline {
                patience::limit_receive(&self.stream, Some(patience::left(deadline)?))?;
            }
            match (&*self.stream).read(chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                received => return received,
            }
        }
    }

    fn read(&mut self) -> Result<Sent, Fault> {
        let body = loop {
            if let Some(range) = complete(&self.arrived)? {
                break range;
            }
            self.fill()?;
        };
        let sent = match self.arrived[0] {
            b'{' => json::read_refusal(&self.arrived[body.clone()]).map(Sent::Fault),
            _ => binary::read_sent(&self.arrived[body.clone()]),
        };
        self.arrived[..body.end].zeroize();
        self.arrived.drain(..body.end);
        sent
    }

    fn fill(&mut self) -> Result<(), Fault> {
        let mut chunk = [0; 4096];
        let count = self.receive(&mut chunk).map_err(|error| unreachable(&error))?;
        if count == 0 {
            return Err(unreachable(&io::ErrorKind::UnexpectedEof.into()));
        }
        self.keep(&chunk[..count]);
        chunk[..count].zeroize();
        Ok(())
    }

    /// Adds to what has arrived. A buffer that is too small is wiped; growing in place would leave a copy behind.
    fn keep(&mut self, bytes: &[u8]) {
        let length = self.arrived.len() + bytes.len();
        if length > self.arrived.capacity() {
            let mut larger = Vec::with_capacity(2 * length);
            larger.extend_from_slice(&self.arrived);
            self.arrived.zeroize();
            self.arrived = larger;
        }
        self.arrived.extend_from_slice(bytes);
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.out.zeroize();
        self.arrived.zeroize();
    }
}

/// The events of a subscription.
#[derive(Debug)]
pub struct Events(Client);

impl Events {
    /// Waits for the next event.
    pub fn next_event(&mut self) -> Result<Numbered, Fault> {
        match self.0.read()? {
            Sent::Event(event) => Ok(event),
            Sent::Fault(fault) => Err(fault),
            Sent::Answer(_) => Err(out_of_turn()),
        }
    }
}

/// The range of a complete message's body at the beginning of `arrived`, if it is all there.
///
/// A refusal that came before our preamble was read is a line of JSON; a frame cannot begin with `{`, since its
/// length would be over the limit.
fn complete(arrived: &[u8]) -> Result<Option<std::ops::Range<usize>>, Fault> {
    if arrived.first() == Some(&b'{') {
        return Ok(arrived.iter().position(|byte| *byte == b'\n').map(|end| 0..end + 1));
    }
    let Some(length) = arrived.first_chunk::<LENGTH_BYTES>() else {
        return Ok(None);
    };
    let end = LENGTH_BYTES + binary::read_length(*length, REPLY_BYTES)?;
    Ok((arrived.len() >= end).then_some(LENGTH_BYTES..end))
}

/// Ends the connection at once when it is not with a program of our own user; nothing has been sent then.
fn check_owner(stream: &Stream) -> Result<(), Fault> {
    if stream.peer_creds().is_ok_and(|owner| is_ours(&owner)) {
        return Ok(());
    }
    Err(Fault::because(
        FaultCode::Forbidden,
        "The program at the agent's address belongs to another user.",
    )
    .advise("Run the command as the user who owns the agent; nothing was sent to that program."))
}

#[cfg(unix)]
fn is_ours(owner: &PeerCreds) -> bool {
    owner.euid() == Some(rustix::process::geteuid().as_raw())
}

#[cfg(windows)]
fn is_ours(owner: &PeerCreds) -> bool {
    owner.pid().is_some_and(crate::process::is_ours)
}

fn limit_wait(stream: &Stream, longest: Option<Duration>) -> Result<(), Fault> {
    patience::limit_receive(stream, longest).map_err(|error| unreachable(&error))
}

fn unreachable(error: &io::Error) -> Fault {
    let what = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => "No agent is running.",
        io::ErrorKind::PermissionDenied => "The agent's socket belongs to another user.",
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "The agent does not answer.",
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionReset => "The agent closed the connection.",
        _ => "The agent cannot be reached.",
    };
    Fault::because(FaultCode::Unreachable, what)
}

fn out_of_turn() -> Fault {
    Fault::because(FaultCode::Version, "The agent answered something else than was asked.")
}
