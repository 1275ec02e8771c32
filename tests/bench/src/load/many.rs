//! Many clients at once: kept connections with one request under way on each, driven by one thread.

use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::epoll;

use super::connection::Connection;
use super::target::Target;
use crate::Outcome;
use crate::sample::Sample;

/// Asks for `time` on one connection to each of `targets`.
pub fn kept(targets: &[Target], time: Duration) -> Outcome<Sample> {
    let begin = Instant::now();
    until(targets, || begin.elapsed() >= time)
}

/// Asks until `over`, which is looked at whenever answers have come.
pub fn until(targets: &[Target], over: impl Fn() -> bool) -> Outcome<Sample> {
    let mut clients = Clients::connect(targets)?;
    let mut took = Vec::with_capacity(1 << 19);
    let begin = Instant::now();
    clients.ask_all()?;
    while !over() {
        clients.answer_round(&mut took)?;
    }
    let elapsed = begin.elapsed();
    clients.finish()?;
    Ok(Sample::of(took, elapsed))
}

struct Clients<'a> {
    list: Vec<Client<'a>>,
    poll: rustix::fd::OwnedFd,
    events: Vec<epoll::Event>,
}

struct Client<'a> {
    connection: Connection<'a>,
    asked: Instant,
}

impl<'a> Clients<'a> {
    fn connect(targets: &'a [Target]) -> Outcome<Self> {
        let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut list = Vec::with_capacity(targets.len());
        for (number, target) in targets.iter().enumerate() {
            let connection = Connection::open_to_keep(target)?;
            let data = epoll::EventData::new_u64(number as u64);
            epoll::add(&poll, connection.stream(), data, epoll::EventFlags::IN)?;
            list.push(Client { connection, asked: Instant::now() });
        }
        Ok(Self { list, poll, events: Vec::with_capacity(targets.len()) })
    }

    fn ask_all(&mut self) -> Outcome<()> {
        self.list.iter_mut().try_for_each(Client::ask)
    }

    /// Takes in what has arrived, and asks again where an answer is whole.
    fn answer_round(&mut self, took: &mut Vec<u32>) -> Outcome<()> {
        epoll::wait(&self.poll, spare_capacity(&mut self.events), None)?;
        for event in self.events.drain(..) {
            let client = &mut self.list[event.data.u64() as usize];
            if client.connection.receive()? {
                took.push(client.asked.elapsed().as_nanos() as u32);
                client.ask()?;
            }
        }
        Ok(())
    }
    /// Takes in the answers that are still under way, which do not count, and makes sure that they are good.
    fn finish(mut self) -> Outcome<()> {
        self.list.iter_mut().try_for_each(|client| {
            while !client.connection.receive()? {}
            client.connection.check()
        })
    }
}

impl Client<'_> {
    fn ask(&mut self) -> Outcome<()> {
        self.asked = Instant::now();
        self.connection.send()
    }
}
