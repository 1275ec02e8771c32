//! Errands that are out: conversations with organisations' services, each a task with the keys that it needs. What one
//! brings back is looked at when no edit is under way. Locking the vault ends them all.

use std::collections::BTreeMap;
use std::future::Future;

use passcode_proto::reply::HandedOver;
use passcode_proto::{Answer, Fault, FaultCode, SecretText};
use tokio::task::JoinHandle;

use super::state::{Agent, Open, State, refuse};
use super::{Asked, Message, Outcome};
use crate::errand::Talk;
use crate::errand::container::Tokens;
use crate::errand::fault::ServiceFault;
use crate::errand::organisation::{Exchanged, Standing};
use crate::vault::rows::DeviceId;

/// The errands of an open vault.
#[derive(Default)]
pub(super) struct Errands {
    last: u64,
    out: BTreeMap<u64, Out>,
    /// Those who wait for the refresh that is out.
    pub(super) refreshing: Option<Vec<Asked>>,
    /// Why services could not be asked the last time.
    pub(super) troubles: BTreeMap<DeviceId, Fault>,
}

/// One errand, who waits for it, and which pairing it is about.
struct Out {
    asked: Option<Asked>,
    pairing: Option<DeviceId>,
    _task: Task,
}

/// Ended when dropped.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What an errand brought back.
pub(super) struct Brought {
    pub(super) asked: Option<Asked>,
    pub(super) news: News,
    pub(super) skew: Option<i64>,
}

/// What became of it.
pub(super) enum News {
    /// A pairing key was exchanged.
    Exchanged(DeviceId, Result<Box<Exchanged>, ServiceFault>),
    /// This computer was registered as a container.
    Contained(DeviceId, Result<Tokens, ServiceFault>),
    /// A key was got by which another computer takes over.
    HandedOver(Result<SecretText, ServiceFault>),
    /// A device that is to be unpaired was taken off its service's list.
    Left(DeviceId, Result<(), ServiceFault>),
    /// Codes were sent to find a counter again.
    Resynced(DeviceId, u64, Result<u64, ServiceFault>),
    /// Devices were looked after.
    Visited(Vec<Visit>),
}

/// How it is with one device.
pub(super) struct Visit {
    pub(super) device: DeviceId,
    /// Number of its last call.
    pub(super) count: u64,
    pub(super) result: Result<Visited, ServiceFault>,
}

/// What was done.
pub(super) enum Visited {
    /// It was asked how it stands.
    Standing(Standing),
    /// It was given what the server has for it.
    Synchronised(Tokens),
    /// The service was told that it is over.
    Left,
}

impl Brought {
    /// Who waits for it.
    pub(super) fn into_asked(self) -> Option<Asked> {
        self.asked
    }
}

impl Errands {
    /// Whether the pairing of `device` is out.
    pub(super) fn is_pairing(&self, device: DeviceId) -> bool {
        self.out.values().any(|out| out.pairing == Some(device))
    }

    /// Ends all of them; those who waited.
    pub(super) fn into_waiting(mut self) -> Vec<Asked> {
        let out = std::mem::take(&mut self.out).into_values().filter_map(|out| out.asked);
        out.chain(self.refreshing.take().into_iter().flatten()).collect()
    }
}

impl Agent {
    /// Sends an errand out, with a talk to a service.
    pub(super) fn send_out<F>(
        &mut self,
        asked: Option<Asked>,
        pairing: Option<DeviceId>,
        errand: impl FnOnce(Talk) -> F,
    ) where
        F: Future<Output = (News, Talk)> + Send + 'static,
    {
        let talk = self.new_talk();
        let report = self.report_to();
        let State::Open(open) = &mut self.state else {
            return refuse(asked.into_iter().collect(), FaultCode::Locked);
        };
        open.errands.last += 1;
        let number = open.errands.last;
        let errand = errand(talk);
        let task = tokio::spawn(async move {
            let (news, talk) = errand.await;
            report(Message::Returned(number, news, talk.skew));
        });
        open.errands.out.insert(number, Out { asked, pairing, _task: Task(task) });
    }

    fn new_talk(&self) -> Talk {
        let login = match &self.state {
            State::Open(open) => open.vault.proxy_login(),
            _ => None,
        };
        Talk::new(self.ports.courier.clone(), self.ports.clock.clone(), login)
    }

    /// An errand is back. One of a vault that was locked meanwhile is nobody's any more.
    pub(super) fn returned(&mut self, number: u64, news: News, skew: Option<i64>) {
        let State::Open(open) = &mut self.state else { return };
        let Some(out) = open.errands.out.remove(&number) else { return };
        let brought = Brought { asked: out.asked, news, skew };
        match open.edits.is_under_way() {
            true => open.edits.postpone_brought(brought),
            false => self.take(brought),
        }
    }

    /// Makes of it what there is to make. No edit is under way.
    pub(super) fn take(&mut self, brought: Brought) {
        let Brought { asked, news, skew } = brought;
        self.skew = skew.or(self.skew);
        match (news, asked) {
            (News::Exchanged(device, result), Some(asked)) => {
                self.exchanged(asked, device, result.map(|exchanged| *exchanged));
            }
            (News::Contained(device, result), Some(asked)) => self.contained(asked, device, result),
            (News::HandedOver(key), Some(asked)) => asked.answer(Outcome::Answered(
                key.map(|key| Answer::HandOver(HandedOver { key })).map_err(|fault| fault.fault()),
            )),
            (News::Left(device, result), Some(asked)) => self.left(asked, device, result),
            (News::Resynced(device, count, result), Some(asked)) => {
                self.resynced(asked, device, count, result);
            }
            (News::Visited(visits), _) => self.visited(visits),
            // Whoever sent these out is always known.
            (_, None) => {}
        }
    }

    /// The open vault, for what an errand brought.
    pub(super) fn open_mut(&mut self) -> Option<&mut Open> {
        match &mut self.state {
            State::Open(open) => Some(open),
            _ => None,
        }
    }
}
