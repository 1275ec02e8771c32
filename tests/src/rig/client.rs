//! A client in the binary spelling, asynchronous, so that many fit into one test; and a subscriber, which keeps a view
//! by the law that every client follows.

use passcode_proto::codec::{Sent, binary};
use passcode_proto::event::{Event, Numbered, Prompt};
use passcode_proto::reply::{Code, LockState, Paired, Validity};
use passcode_proto::request::{GetCode, PrompterAnswer, PrompterRegister, Subscribe};
use passcode_proto::view::View;
use passcode_proto::{Fault, FaultCode, SecretText, Verb};

use super::asks;
use super::wire::Wire;

/// A client of the agent.
pub struct Client {
    wire: Wire,
    out: Vec<u8>,
}

impl Client {
    /// Speaks over `wire`.
    pub fn new(wire: Wire) -> Self {
        Self { wire, out: binary::preamble().to_vec() }
    }

    /// Sends a request without waiting for its answer.
    pub async fn send<V: Verb>(&mut self, verb: V) {
        binary::write_request(&verb.ask(), &mut self.out).expect("a request within the limit");
        self.wire.send(std::mem::take(&mut self.out)).await;
    }

    /// Waits for the answer to a request of this verb.
    pub async fn receive<V: Verb>(&mut self) -> Result<V::Answer, Fault> {
        match self.wire.frame().await {
            Sent::Answer(answer) => Ok(V::read(answer).expect("an answer to what was asked")),
            Sent::Fault(fault) => Err(fault),
            Sent::Event(event) => panic!("an event without a subscription: {event:?}"),
        }
    }

    /// Whether no answer has come yet; to be asked when all has settled.
    pub async fn is_waiting(&mut self) -> bool {
        self.wire.is_silent().await
    }

    /// Asks one thing and waits for its answer.
    pub async fn ask<V: Verb>(&mut self, verb: V) -> Result<V::Answer, Fault> {
        self.send(verb).await;
        self.receive::<V>().await
    }

    /// Asks what is to be refused, and tells why it was.
    pub async fn refused<V: Verb>(&mut self, verb: V) -> FaultCode {
        match self.ask(verb).await {
            Ok(_) => panic!("this was to be refused"),
            Err(fault) => fault.code,
        }
    }

    /// Pairs under a name.
    pub async fn pair(&mut self, key: &str, name: &str) -> Paired {
        self.ask(asks::pair(key, name)).await.expect("a key that can be paired")
    }

    /// Pairs under a name without a first code, so that nothing counts as given.
    pub async fn pair_quietly(&mut self, key: &str, name: &str) {
        let quiet = asks::pair_quietly(key, name);
        self.ask(quiet).await.expect("a key that can be paired");
    }

    /// A code of `profile`.
    pub async fn code(&mut self, profile: &str) -> String {
        self.given(asks::code(profile)).await.code.expose().to_owned()
    }

    /// A code that has to be given.
    pub async fn given(&mut self, wanted: GetCode) -> Code {
        self.ask(wanted).await.expect("a code is given")
    }

    /// The counter of a code that has to be given.
    pub async fn counter(&mut self, profile: &str) -> u64 {
        counter(&self.given(asks::code(profile)).await)
    }

    /// Subscribes, and takes in the first view.
    pub async fn subscribe(mut self) -> Subscriber {
        let subscribed = self.ask(Subscribe {}).await.expect("the agent takes subscribers");
        let view = View::new(LockState::Empty);
        let mut subscriber = Subscriber { wire: self.wire, view, is_whole: false };
        subscriber.catch_up(subscribed.seq).await;
        assert_eq!(subscriber.view.seq, subscribed.seq, "the view is of the state that was named");
        subscriber
    }

    /// The connection under it.
    pub fn into_wire(self) -> Wire {
        self.wire
    }
}

/// A client that has subscribed.
pub struct Subscriber {
    wire: Wire,
    /// What it knows by now.
    pub view: View,
    /// Whether every part of the last view has come.
    is_whole: bool,
}

impl Subscriber {
    /// The next event, taken into the view.
    pub async fn next(&mut self) -> Numbered {
        match self.wire.frame().await {
            Sent::Event(event) => {
                self.view.apply(&event).expect("no event is missing");
                if let Event::View(part) = &event.event {
                    self.is_whole = part.last;
                }
                event
            }
            other => panic!("a subscriber is told events alone: {other:?}"),
        }
    }

    /// Takes in events until the view is whole and has that number.
    pub async fn catch_up(&mut self, seq: u64) {
        while self.view.seq < seq || !self.is_whole {
            self.next().await;
        }
    }

    /// Takes in events until one of them is wanted.
    pub async fn until(&mut self, wanted: impl Fn(&Event) -> bool) -> Numbered {
        loop {
            let event = self.next().await;
            if wanted(&event.event) {
                return event;
            }
        }
    }

    /// The connection under it.
    pub fn wire(&mut self) -> &mut Wire {
        &mut self.wire
    }

    /// The connection under it, without the view.
    pub fn into_wire(self) -> Wire {
        self.wire
    }
}

/// The counter of a counter-based code.
pub fn counter(code: &Code) -> u64 {
    match code.validity {
        Validity::Count { counter } => counter.0,
        Validity::Time { .. } => panic!("the code is time-based"),
    }
}

/// First second, first second after, and seconds left of a time-based code.
pub fn times(code: &Code) -> (u64, u64, u32) {
    match code.validity {
        Validity::Time { valid_from, valid_to, seconds_left } => {
            (valid_from, valid_to, seconds_left)
        }
        Validity::Count { .. } => panic!("the code is counter-based"),
    }
}

/// A client that has registered to ask the user.
pub struct Asker {
    wire: Wire,
}

impl Client {
    /// Registers as the program that asks the user.
    pub async fn register(mut self) -> Asker {
        self.ask(PrompterRegister {}).await.expect("nobody else asks");
        Asker { wire: self.wire }
    }
}

impl Asker {
    /// The prompt that is to be shown next.
    pub async fn prompt(&mut self) -> Prompt {
        match self.event().await {
            Event::Prompt(prompt) => prompt,
            other => panic!("a prompt, not {other:?}"),
        }
    }

    /// The number of the prompt that is over next.
    pub async fn over(&mut self) -> u32 {
        match self.event().await {
            Event::PromptOver(prompt) => prompt,
            other => panic!("the end of a prompt, not {other:?}"),
        }
    }

    async fn event(&mut self) -> Event {
        match self.wire.frame().await {
            Sent::Event(numbered) => numbered.event,
            other => panic!("an event, not {other:?}"),
        }
    }

    /// Brings what was typed, or that nothing was.
    pub async fn answer(&mut self, prompt: u32, typed: Option<&str>) -> Result<(), FaultCode> {
        let typed = typed.map(|typed| SecretText::new(typed.to_owned()));
        let mut out = Vec::new();
        binary::write_request(&PrompterAnswer { prompt, typed }.ask(), &mut out)
            .expect("a request within the limit");
        self.wire.send(out).await;
        match self.wire.frame().await {
            Sent::Answer(_) => Ok(()),
            Sent::Fault(fault) => Err(fault.code),
            Sent::Event(event) => panic!("the answer comes first: {event:?}"),
        }
    }

    /// The connection under it.
    pub fn into_wire(self) -> Wire {
        self.wire
    }
}
