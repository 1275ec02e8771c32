//! A sample of every event.

use passcode_proto::event::{CodeGiven, Event, Prompt, ViewPart, Wanted, WrongPin};
use passcode_proto::profile::ProfileId;
use passcode_proto::reply::LockState;

use crate::samples::{hotp_profile, label, profile};

/// Every event, by the name of its golden file.
pub fn events() -> Vec<(&'static str, Event)> {
    let view = ViewPart {
        part: 1,
        last: true,
        state: LockState::Open,
        default: Some(ProfileId(1)),
        profiles: vec![profile(1), hotp_profile(2)],
    };
    let caller = || "/usr/bin/openvpn".to_owned();
    let given = CodeGiven { profile: ProfileId(1), caller: caller(), purpose: None };
    let prompt = Prompt {
        prompt: 7,
        wanted: Wanted::Pin(6),
        caller: caller(),
        profile: Some(label("work")),
        trouble: Some("The PIN is wrong.".into()),
        seconds: 60,
    };
    let locked =
        ViewPart { part: 0, last: true, state: LockState::Locked, default: None, profiles: vec![] };
    vec![
        ("event-view", Event::View(view)),
        ("event-view-locked", Event::View(locked)),
        ("event-state-empty", Event::State(LockState::Empty)),
        ("event-state-locked", Event::State(LockState::Locked)),
        ("event-state-opening", Event::State(LockState::Opening)),
        ("event-state-open", Event::State(LockState::Open)),
        ("event-state-broken", Event::State(LockState::Broken)),
        ("event-profile_added", Event::ProfileAdded(profile(3))),
        ("event-profile_changed", Event::ProfileChanged(profile(300))),
        ("event-profile_removed", Event::ProfileRemoved(ProfileId(u32::MAX))),
        ("event-default_changed", Event::DefaultChanged(Some(ProfileId(7)))),
        ("event-default_changed-none", Event::DefaultChanged(None)),
        ("event-code_given", Event::CodeGiven(given.clone())),
        ("event-password_given", Event::PasswordGiven(given)),
        ("event-wrong_pin", Event::WrongPin(WrongPin { blocked_for: None, caller: caller() })),
        (
            "event-wrong_pin-blocked",
            Event::WrongPin(WrongPin { blocked_for: Some(120), caller: caller() }),
        ),
        ("event-reset", Event::Reset),
        ("event-protection_changed", Event::ProtectionChanged),
        ("event-prompter_changed", Event::PrompterChanged(Some(caller()))),
        ("event-prompter_changed-none", Event::PrompterChanged(None)),
        ("event-prompt", Event::Prompt(prompt.clone())),
        ("event-prompt-passphrase", Event::Prompt(Prompt { wanted: Wanted::Passphrase, ..prompt })),
        ("event-prompt_over", Event::PromptOver(7)),
    ]
}
