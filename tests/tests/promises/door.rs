//! The door: room for 256 connections, of which none is lost that is being answered, and Rust's own client.

use std::time::Duration;

use passcode_proto::FaultCode;
use passcode_proto::client::Client as BlockingClient;
use passcode_proto::codec::Sent;
use passcode_proto::event::Event;
use passcode_proto::limits::{CONNECTIONS, EVICTION_IDLE};
use passcode_proto::request::{GetCode, Quit, Status};
use passcode_tests::rig::client::Client;
use passcode_tests::rig::socket::SocketAgent;
use passcode_tests::rig::watchdog::{LIMIT, watched};
use passcode_tests::rig::wire::Wire;
use passcode_tests::rig::{asks, keys};

/// Clients of which each has been answered once.
async fn guests(agent: &SocketAgent, count: usize) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..count {
        let mut client = agent.client().await;
        client.ask(Status {}).await.expect("there is room");
        clients.push(client);
    }
    clients
}

async fn told_busy(client: Client) {
    let mut wire: Wire = client.into_wire();
    assert!(matches!(wire.frame().await, Sent::Fault(fault) if fault.code == FaultCode::Busy));
    wire.closed().await;
}

#[test]
fn when_all_places_are_taken_the_one_that_has_been_idle_longest_goes() {
    watched(LIMIT, async || {
        let agent = SocketAgent::start();
        let mut clients = guests(&agent, CONNECTIONS).await;
        agent.rig.clock.advance(EVICTION_IDLE);
        for client in clients.iter_mut().skip(1) {
            client.ask(Status {}).await.unwrap();
        }
        agent.rig.clock.advance(EVICTION_IDLE);
        let mut late = agent.client().await;
        let status = late.ask(Status {}).await.expect("there is room again");
        assert_eq!(status.connections, CONNECTIONS as u32);
        told_busy(clients.remove(0)).await;
        for client in &mut clients {
            client.ask(Status {}).await.expect("the others stay");
        }
    });
}

#[test]
fn nobody_goes_who_was_idle_for_less_than_a_second() {
    watched(LIMIT, async || {
        let agent = SocketAgent::start();
        let mut clients = guests(&agent, CONNECTIONS).await;
        agent.rig.clock.advance(Duration::from_millis(400));
        for client in &mut clients[1..] {
            client.ask(Status {}).await.unwrap();
        }
        let mut late = agent.client().await;
        late.send(Status {}).await;
        agent.rig.until_waiting(1).await;
        agent.rig.clock.advance(EVICTION_IDLE - Duration::from_millis(401));
        agent.rig.settle().await;
        assert!(late.is_waiting().await);
        agent.rig.clock.advance(Duration::from_millis(1));
        late.receive::<Status>().await.unwrap();
        told_busy(clients.remove(0)).await;
    });
}

#[test]
fn whoever_is_being_answered_never_has_to_make_room() {
    watched(LIMIT, async || {
        let agent = SocketAgent::start();
        agent.client().await.pair(keys::TOTP, "work").await;
        let mut patient = agent.client().await;
        patient.send(asks::fresh("work")).await;
        agent.rig.until_waiting(1).await;
        agent.rig.clock.advance(EVICTION_IDLE);
        let _others = guests(&agent, CONNECTIONS - 1).await;
        agent.rig.clock.advance(EVICTION_IDLE);
        let _more = guests(&agent, CONNECTIONS / 2).await;
        agent.rig.pass(30);
        assert!(patient.receive::<GetCode>().await.is_ok());
    });
}

#[test]
fn a_thousand_clients_at_once_are_all_served() {
    watched(4 * LIMIT, async || {
        let agent = SocketAgent::start();
        agent.client().await.pair_quietly(keys::HOTP, "work").await;
        let mut clients = Vec::new();
        for _ in 0..1_000 {
            let socket = agent.place.socket.clone();
            clients.push(tokio::spawn(async move {
                let stream =
                    tokio::net::UnixStream::connect(socket).await.expect("the door is open");
                let mut client = Client::new(Wire::new(stream));
                let counter = client.counter("work").await;
                client.into_wire().end_sending().await;
                counter
            }));
        }
        let mut counters = Vec::new();
        for client in clients {
            counters.push(client.await.unwrap());
        }
        counters.sort_unstable();
        assert_eq!(counters, (0..1_000).collect::<Vec<_>>());
    });
}

#[test]
fn the_client_in_rust_asks_subscribes_and_is_told_the_end() {
    watched(LIMIT, async || {
        let agent = SocketAgent::start();
        let place = agent.place.clone();
        let talk = move || {
            let mut client = BlockingClient::connect(&place)?;
            client.call(asks::pair_quietly(keys::HOTP, "work"))?;
            let mut events = BlockingClient::connect(&place)?.subscribe()?;
            assert!(
                matches!(events.next_event()?.event, Event::View(view) if view.profiles.len() == 1)
            );
            let codes: Result<Vec<_>, _> =
                (0..10).map(|_| client.call(asks::code("work"))).collect();
            let codes = codes?;
            let texts: Vec<_> = codes.iter().map(|code| code.code.expose()).collect();
            assert_eq!(texts, keys::RFC_CODES);
            for _ in 0..10 {
                assert!(matches!(events.next_event()?.event, Event::CodeGiven(_)));
            }
            assert_eq!(client.call(asks::code("home")).unwrap_err().code, FaultCode::NoSuchProfile);
            client.call(Quit {})?;
            assert_eq!(events.next_event().unwrap_err().code, FaultCode::Stopping);
            Ok::<_, passcode_proto::Fault>(place)
        };
        let place = tokio::task::spawn_blocking(talk).await.unwrap().unwrap();
        agent.running.await.unwrap();
        assert!(agent.rig.stores.ended_cleanly());
        assert_eq!(BlockingClient::connect(&place).unwrap_err().code, FaultCode::Unreachable);
    });
}

#[test]
fn a_second_agent_is_refused_the_socket_and_the_first_one_stays() {
    watched(LIMIT, async || {
        let agent = SocketAgent::start();
        let fault =
            passcode_daemon::door::Door::open(&agent.place).err().expect("the place is taken");
        assert!(fault.message.contains(&std::process::id().to_string()), "{fault}");
        agent.client().await.ask(Status {}).await.unwrap();
    });
}
