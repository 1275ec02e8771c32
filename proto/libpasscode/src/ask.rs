//! What is asked of the agent, and its answers as C takes them.

use std::ffi::c_char;

use passcode_proto::Label;
use passcode_proto::limits::{CODE_WAIT, PAGE, PROMPT_TIME};
use passcode_proto::profile::{CodeType, Profile};
use passcode_proto::reply::{Code, LockState, Validity};
use passcode_proto::request::{GetCode, List, Status};

use crate::agent::Agent;
use crate::boundary::{CodeBuffer, Info, ProfileArray};
use crate::status::passcode_status::{self, PASSCODE_BAD_OPTIONS, PASSCODE_BAD_TEXT};
use crate::types::passcode_state::{self, *};
use crate::types::*;

const _: () = assert!(PASSCODE_WAIT_MAX == CODE_WAIT);
const _: () = assert!(PASSCODE_USER_SECONDS as u64 == PROMPT_TIME.as_secs());
const _: () = assert!(PASSCODE_NAME_MAX > passcode_proto::limits::LABEL_BYTES);

/// How a code is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wishes {
    fresh: bool,
    prompts: bool,
    starts: bool,
    min_valid: Option<u32>,
    wait: u32,
    purpose: Option<Label>,
}

impl Wishes {
    /// What the options of a caller mean.
    pub(crate) fn read(
        options: Option<passcode_options>,
        purpose: Option<&str>,
    ) -> Result<Self, passcode_status> {
        let (flags, min_valid, wait) =
            options.map_or((0, 0, 0), |given| (given.flags, given.min_valid, given.wait));
        let known = PASSCODE_FRESH | PASSCODE_NO_PROMPT | PASSCODE_NO_START | PASSCODE_NO_WAIT;
        let reserved = options.map_or(0, |given| given.reserved);
        if flags & !known != 0 || wait > PASSCODE_WAIT_MAX || reserved != 0 {
            return Err(PASSCODE_BAD_OPTIONS);
        }
        let has = |flag| flags & flag != 0;
        Ok(Self {
            fresh: has(PASSCODE_FRESH),
            prompts: !has(PASSCODE_NO_PROMPT),
            starts: !has(PASSCODE_NO_START),
            min_valid: (min_valid > 0).then_some(min_valid),
            wait: match wait {
                _ if has(PASSCODE_NO_WAIT) => 0,
                0 => PASSCODE_WAIT_MAX,
                seconds => seconds,
            },
            purpose: purpose.map(Label::new).transpose().map_err(|_| PASSCODE_BAD_TEXT)?,
        })
    }

    /// Seconds that the agent may take beside those of any answer.
    fn patience(&self) -> u32 {
        self.wait + if self.prompts { PASSCODE_USER_SECONDS } else { 0 }
    }
}

/// Gets a code.
pub(crate) fn code(
    profile: Option<&str>,
    wishes: Wishes,
    buffer: CodeBuffer,
    info: Info,
) -> Result<(), passcode_status> {
    let mut agent = Agent::connect(wishes.starts)?;
    agent.be_patient(wishes.patience());
    let code = agent.ask(GetCode {
        profile: profile.map(str::to_owned),
        fresh: wishes.fresh,
        min_valid: wishes.min_valid,
        wait: Some(wishes.wait),
        show: false,
        no_prompt: !wishes.prompts,
        purpose: wishes.purpose,
    })?;
    buffer.fill(code.code.expose())?;
    info.fill(known_of(&code));
    Ok(())
}

/// Gets the profiles, all of them.
pub(crate) fn profiles(wishes: Wishes, array: ProfileArray) -> Result<(), passcode_status> {
    let mut agent = Agent::connect(wishes.starts)?;
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = agent.ask(List { after, limit: Some(PAGE) })?;
        let for_c = |profile| as_c_profile(profile, page.default == Some(profile.id));
        listed.extend(page.profiles.iter().map(for_c));
        after = page.next;
        if after.is_none() {
            return array.fill(&listed);
        }
    }
}

/// Gets the state of the agent that runs.
pub(crate) fn state() -> Result<passcode_state, passcode_status> {
    let status = Agent::connect(false)?.ask(Status {})?;
    Ok(match status.state {
        LockState::Empty => PASSCODE_STATE_EMPTY,
        LockState::Locked => PASSCODE_STATE_LOCKED,
        LockState::Opening => PASSCODE_STATE_OPENING,
        LockState::Open => PASSCODE_STATE_OPEN,
        LockState::Broken => PASSCODE_STATE_BROKEN,
    })
}

fn known_of(code: &Code) -> passcode_info {
    let (valid_to, seconds_left, counter) = match code.validity {
        Validity::Time { valid_to, seconds_left, .. } => (valid_to, seconds_left, 0),
        Validity::Count { counter } => (0, 0, counter.0),
    };
    passcode_info {
        size: size_of::<passcode_info>(),
        kind: kind(code.kind) as u32,
        seconds_left,
        valid_to,
        counter,
        profile: name(&code.profile),
    }
}

fn as_c_profile(profile: &Profile, is_default: bool) -> passcode_profile {
    let flags = [
        (is_default, PASSCODE_PROFILE_DEFAULT),
        (profile.ended, PASSCODE_PROFILE_ENDED),
        (profile.weak, PASSCODE_PROFILE_WEAK),
    ];
    passcode_profile {
        kind: kind(profile.kind) as u32,
        digits: profile.digits.into(),
        period: profile.period,
        flags: flags.iter().filter(|(is_so, _)| *is_so).fold(0, |flags, (_, flag)| flags | flag),
        reserved: [0; 8],
        name: name(&profile.name),
        issuer: name(&profile.issuer),
        account: name(&profile.account),
    }
}

fn kind(kind: CodeType) -> passcode_kind {
    match kind {
        CodeType::Totp => passcode_kind::PASSCODE_TOTP,
        CodeType::Hotp => passcode_kind::PASSCODE_HOTP,
        CodeType::Steam => passcode_kind::PASSCODE_STEAM,
    }
}

/// A label is never longer than the array with its zero, and has none in it.
fn name(label: &Label) -> [c_char; PASSCODE_NAME_MAX] {
    let mut name = [0; PASSCODE_NAME_MAX];
    let bytes = label.as_str().bytes().take(PASSCODE_NAME_MAX - 1);
    name.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte as c_char);
    name
}
