//! The verbs, one line each: which of the keeper's parts answers. Whether the vault has to be open for it is
//! told with the request; the table stands in `policy`.

use passcode_proto::limits::PAGE;
use passcode_proto::profile::ProfileId;
use passcode_proto::reply::{Done, HelpTable, ProfilePage, Unpaired, Welcome};
use passcode_proto::request::{List, Pair};
use passcode_proto::{Answer, Fault, FaultCode, Request, codec, verb};

use super::edits::{Subject, Then};
use super::services::members;
use super::state::{Agent, Locked, State, Until};
use super::timing::protects;
use super::{Asked, Needs, Outcome};
use crate::errand::container::ContainerKey;
use crate::pairing::OrganisationKey;
use crate::vault::edit::{Draft, Edit};
use crate::vault::opening::{Credentials, faults};
use crate::vault::rows::DeviceId;
use crate::vault::{StoredLogin, StoredPassword};

/// What this agent can do beyond the first release of the protocol's version 1.
const FEATURES: &[&str] = &[
    "pin",
    "keystore",
    "reset",
    "doctor",
    "services",
    "prompter",
    "lock_times",
    "passwords",
    "prompts",
];

impl Agent {
    /// Answers a request, now or when what it needs is there.
    pub(super) fn answer(&mut self, asked: Asked) {
        match self.blocked(&asked) {
            Some(Blocked::Refused(fault)) => asked.answer(fault),
            Some(Blocked::Waits) => self.wait_for_vault(asked),
            Some(Blocked::Prompts) => self.wait_for_user(asked),
            None if self.needs_proof(&asked) => self.prove(asked),
            None => self.dispatch(asked),
        }
    }

    fn blocked(&self, asked: &Asked) -> Option<Blocked> {
        if asked.terms.needs == Needs::Nothing {
            return None;
        }
        match (&self.state, &asked.request) {
            (State::Open(_), _) if asked.terms.needs == Needs::Codes => {
                self.pin_due().map(|digits| Blocked::Refused(self.pin_is_due(digits)))
            }
            (State::Open(_), _) => None,
            (State::Opening(_), _) | (State::Empty, Request::Pair(_)) => Some(Blocked::Waits),
            (State::Empty, Request::List(_)) => None,
            (State::Empty, _) => Some(Blocked::Refused(FaultCode::NothingPaired.into())),
            (State::Locked(locked), _) => Some(self.blocked_by_lock(locked, asked)),
            // What was in the way may have been mended.
            (State::Broken(_), _) => Some(Blocked::Waits),
        }
    }

    /// A vault that asks for nothing and was locked by nobody is tried again: its key store may be there now.
    fn blocked_by_lock(&self, locked: &Locked, asked: &Asked) -> Blocked {
        let asks_nothing = locked.guard.as_ref().is_none_or(|guard| !protects(guard));
        if asks_nothing && locked.until == Until::Needed {
            return Blocked::Waits;
        }
        match (self.can_prompt(asked), self.block_left()) {
            (true, _) => Blocked::Prompts,
            (false, Some(left)) => Blocked::Refused(faults::blocked(left)),
            (false, None) => Blocked::Refused(FaultCode::Locked.into()),
        }
    }

    fn pin_is_due(&self, digits: u8) -> Fault {
        let is_set = self.guard().is_some_and(|guard| guard.pin.is_some());
        let how = if is_set && !self.is_recovering() { "pin change" } else { "pin set" };
        let what = format!("A PIN of {digits} digits has to be made before codes are given.");
        Fault::because(FaultCode::PinDue, what).advise(format!("Make one with: passcode {how}"))
    }

    /// The first pairing makes the vault, and a broken one is tried again; else an opening is under way.
    fn wait_for_vault(&mut self, asked: Asked) {
        match &mut self.state {
            State::Opening(opening) => opening.waiters.push(asked),
            _ => self.open_with(Credentials::default(), None, vec![asked]),
        }
    }

    fn dispatch(&mut self, asked: Asked) {
        match &asked.request {
            Request::Hello(_) => asked.answer(welcome()),
            Request::Help(_) => asked.answer(Answer::Help(HelpTable { verbs: verb::table() })),
            Request::Status(_) => asked.answer(Answer::Status(self.report())),
            Request::Subscribe(_) => {
                let view = self.view();
                let subscription = self.subscribers.add(&view);
                asked.answer(Outcome::Subscribed(subscription));
            }
            Request::List(list) => {
                let page = self.page(list).map(Answer::List);
                asked.answer(Outcome::Answered(page));
            }
            Request::GetCode(_) => self.code(asked),
            Request::PasswordUse(_) => self.use_password(asked),
            Request::PromptExplain(_) => self.explain(asked),
            Request::HotpShow(_) | Request::HotpSet(_) | Request::HotpResync(_) => {
                self.counter(asked)
            }
            Request::Pair(_)
            | Request::Rename(_)
            | Request::SetDefault(_)
            | Request::Unpair(_)
            | Request::PasswordSet(_)
            | Request::PasswordRemove(_)
            | Request::ProxySet(_)
            | Request::ProxyRemove(_) => self.edit(asked),
            Request::PolicyRefresh(_) => self.refresh(Some(asked)),
            Request::HandOver(_) => self.hand_over(asked),
            Request::PinSet(_)
            | Request::PinChange(_)
            | Request::PinRemove(_)
            | Request::KeystoreSet(_) => self.rekey(asked),
            Request::Lock(_) => self.lock_for(asked),
            Request::Unlock(_) => self.unlock(asked),
            Request::Reset(_) => self.reset(asked),
            Request::PrompterRegister(_) => self.register_prompter(asked),
            Request::PrompterAnswer(_) => self.take_prompted(asked),
            Request::LockTimesSet(_) => self.set_lock_times(asked),
            Request::Doctor(_) => asked.answer(Answer::Doctor(self.findings())),
            Request::Quit(_) => {
                asked.answer(Answer::Quit(Done {}));
                self.stopper.send_replace(true);
            }
        }
    }

    /// One edit at a time: the others wait.
    fn edit(&mut self, asked: Asked) {
        let State::Open(open) = &mut self.state else {
            return;
        };
        if open.edits.is_under_way() {
            return open.edits.postpone(asked);
        }
        match self.plan_edit(&asked.request) {
            Ok(EditPlan::Store(edit, answer)) => {
                if asked.terms.counts_as_use {
                    self.note_use();
                }
                let subject = edit.subject.map_or(Subject::Everything, Subject::Profile);
                self.begin_edit(*edit, subject, Then::Answer(Box::new(answer), asked.reply));
            }
            Ok(EditPlan::Enrol(key)) => self.enrol(asked, &key),
            Ok(EditPlan::Contain(key)) => self.enrol_container(asked, &key),
            Ok(EditPlan::Leave(device)) => self.leave_service(asked, device),
            Err(fault) => asked.answer(fault),
        }
    }

    fn plan_edit(&self, request: &Request) -> Result<EditPlan, Fault> {
        let vault = &self.open()?.vault;
        let mut draft = vault.draft();
        let (subject, answer) = match request {
            Request::Pair(pair) => {
                if let Some(key) = super::pair::organisation_key(pair)? {
                    return Ok(EditPlan::Enrol(key));
                }
                if let Some(key) = super::pair::container_key(pair)? {
                    return Ok(EditPlan::Contain(key));
                }
                self.plan_pairing(&mut draft, pair)?
            }
            Request::Rename(rename) => {
                let id = vault.find(Some(&rename.profile))?;
                draft.rename(id, &rename.name)?;
                (Some(id), Answer::Rename(Done {}))
            }
            Request::SetDefault(default) => {
                let id = vault.find(Some(&default.profile))?;
                draft.set_default(id);
                (Some(id), Answer::SetDefault(Done {}))
            }
            Request::Unpair(unpair) => match self.plan_unpairing(&mut draft, &unpair.profile)? {
                Some(device) => return Ok(EditPlan::Leave(device)),
                None => (vault.find_exactly(&unpair.profile).ok(), UNPAIRED),
            },
            Request::ProxySet(set) => {
                let login = StoredLogin { user: set.user.clone(), password: set.password.clone() };
                draft.set_proxy(Some(&login))?;
                (None, Answer::ProxySet(Done {}))
            }
            Request::PasswordSet(set) => {
                let id = vault.find(Some(&set.profile))?;
                let template = set.template.as_deref();
                let stored = StoredPassword::new(&set.password, template, set.joined_only)?;
                draft.set_password(id, Some(&stored))?;
                (Some(id), Answer::PasswordSet(Done {}))
            }
            Request::PasswordRemove(remove) => {
                let id = vault.find(Some(&remove.profile))?;
                draft.set_password(id, None)?;
                (Some(id), Answer::PasswordRemove(Done {}))
            }
            Request::ProxyRemove(_) => {
                draft.set_proxy(None)?;
                (None, Answer::ProxyRemove(Done {}))
            }
            _ => return Err(FaultCode::Internal.into()),
        };
        Ok(EditPlan::Store(Box::new(draft.finish(subject)?), answer))
    }

    fn plan_pairing(
        &self,
        draft: &mut Draft<'_>,
        pair: &Pair,
    ) -> Result<(Option<ProfileId>, Answer), Fault> {
        let keys = super::pair::read(pair)?;
        let clock = self.ports.clock.as_ref();
        let lock = &self.open()?.vault.lock;
        let (added, paired) =
            super::pair::add(draft, pair, &keys, self.pin_required(), clock, lock)?;
        let subject = added.first().copied().filter(|_| added.len() == 1);
        Ok((subject, Answer::Pair(paired)))
    }

    /// Drafts the removal of a profile; one that belongs to a service has to be told there first, unless that has
    /// unpaired it itself.
    fn plan_unpairing(&self, draft: &mut Draft<'_>, name: &str) -> Result<Option<DeviceId>, Fault> {
        let vault = &self.open()?.vault;
        let id = vault.find_exactly(name)?;
        let entry = vault.entry(id).ok_or(FaultCode::NoSuchProfile)?;
        draft.remove(id);
        let Some(paired) = &entry.paired else { return Ok(None) };
        match (members(vault, paired.device).count(), paired.ended) {
            (1, true) => draft.remove_device(paired.device),
            (1, false) => return Ok(Some(paired.device)),
            // The others stay; the service goes on to have this one, and it is not to come again.
            _ => draft.ignore(paired)?,
        }
        Ok(None)
    }

    fn page(&self, list: &List) -> Result<ProfilePage, Fault> {
        let limit = match list.limit.unwrap_or(PAGE) {
            limit @ 1..=PAGE => limit as usize,
            _ => {
                return Err(Fault::because(
                    FaultCode::BadRequest,
                    format!("\"limit\" is from 1 to {PAGE}."),
                ));
            }
        };
        let State::Open(open) = &self.state else {
            return Ok(ProfilePage { profiles: Vec::new(), default: None, next: None });
        };
        let mut rest = open.vault.profiles_after(list.after);
        let profiles: Vec<_> = rest.by_ref().take(limit).cloned().collect();
        let next = profiles.last().map(|last| last.id).filter(|_| rest.next().is_some());
        Ok(ProfilePage { profiles, default: open.vault.default_profile(), next })
    }
}

const UNPAIRED: Answer = Answer::Unpair(Unpaired { queued: false });

/// What is to be done for a change.
enum EditPlan {
    /// Store it, then answer.
    Store(Box<Edit>, Answer),
    /// Pair with a service.
    Enrol(OrganisationKey),
    /// Be a container.
    Contain(ContainerKey),
    /// Tell the service of this device first.
    Leave(DeviceId),
}

enum Blocked {
    Refused(Fault),
    Waits,
    Prompts,
}

fn welcome() -> Answer {
    Answer::Hello(Welcome {
        protocol: codec::VERSION,
        oldest: codec::OLDEST,
        agent: env!("CARGO_PKG_VERSION").to_owned(),
        features: FEATURES.iter().map(|feature| (*feature).to_owned()).collect(),
    })
}
