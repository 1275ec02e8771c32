//! The pages of the main window.

use passcode_proto::profile::ProfileId;
use passcode_proto::reply::{LockState, PinReport};
use passcode_proto::{FaultCode, Request};
use passcode_tray::app::input::{Action, Effect, Input, What};

use crate::played::{Played, code, profile, secret, value};

const WORK: ProfileId = ProfileId(1);

#[test]
fn the_passcode_page_shows_the_code_in_groups_and_copies_and_refreshes() {
    let mut played = Played::open(&[profile(1, "work")]);
    played.answers(What::Show(WORK), Ok(code("work", "492817")));
    for label in ["Passcode 492 817", "Seconds left", "Profile", "Add profile", "Settings"] {
        assert!(played.has(label), "{label}");
    }
    assert_eq!(value(played.window(), "Seconds left"), "30");
    played.press("Copy");
    assert!(matches!(played.effects[..], [Effect::Ask(What::Copy(WORK), _)]));
    played.answers(What::Copy(WORK), Ok(code("work", "492817")));
    played.press("Refresh");
    assert!(played.has("The next passcode comes in 30 s."));
}

#[test]
fn a_window_that_is_closed_is_gone_with_what_it_showed() {
    let mut played = Played::open(&[profile(1, "work")]);
    played.answers(What::Show(WORK), Ok(code("work", "492817")));
    played.takes(Input::Act(Action::Hide));
    assert!(played.windows.main().is_none());
    played.takes(Input::Act(Action::Open));
    assert!(!played.has("Passcode 492 817"));
    assert!(played.has("No passcode yet."));
}

#[test]
fn adding_a_profile_takes_its_name_and_then_its_key_under_that_name() {
    let mut played = Played::begin();
    played.sees(LockState::Empty, &[]);
    played.takes(Input::Act(Action::Open));
    played.types("Profile name", "Work");
    played.press("Create");
    assert!(played.has("Work"), "the name stands above the key");
    played.types("Pairing key", "123456789012");
    played.press("Pair");
    let [Effect::Ask(What::Pair, Request::Pair(pair))] = &played.effects[..] else {
        panic!("{:?}", played.effects)
    };
    assert_eq!((pair.name.as_deref(), &pair.key), (Some("Work"), &secret("123456789012")));
    played.answers(What::Pair, Err(FaultCode::NoService.into()));
    assert_eq!(value(played.window(), "Pairing key"), "123456789012");
    played.types("Service", "https://id.example.org");
}

#[test]
fn the_name_can_be_skipped_and_qr_codes_are_looked_for_in_three_places() {
    let mut played = Played::begin();
    played.sees(LockState::Empty, &[]);
    played.takes(Input::Act(Action::Open));
    played.press("Skip");
    assert!(played.has("Pairing key"));
    played.press("Scan QR code");
    for label in ["From the screen", "From the clipboard", "Picture of the QR code"] {
        assert!(played.has(label), "{label}");
    }
    played.press("From the screen");
    assert!(matches!(&played.effects[..], [Effect::Scan(_, name)] if name.is_empty()));
}

#[test]
fn a_locked_vault_opens_with_the_pin_and_the_field_is_empty_after_a_wrong_one() {
    let mut played = Played::begin();
    played.sees(LockState::Locked, &[]);
    played.status(PinReport { set: Some(4), ..PinReport::default() });
    played.takes(Input::Act(Action::Open));
    played.types("PIN", "1357");
    played.press("Unlock");
    assert!(matches!(played.effects[..], [Effect::Ask(What::Unlock, Request::Unlock(_))]));
    played.answers(What::Unlock, Err(FaultCode::WrongPin.into()));
    assert_eq!(value(played.window(), "PIN"), "");
    assert!(
        played.has(
            "The PIN is wrong. Try again; the third wrong PIN in a row blocks for some minutes."
        )
    );
}

#[test]
fn a_pin_is_made_by_next_and_done_with_its_rule_in_words() {
    let mut played = Played::open(&[profile(1, "work")]);
    played.press("Settings");
    played.press("Set a PIN");
    played.types("New PIN", "2468");
    played.takes(Input::Act(Action::PinTyped(secret("2468"))));
    assert!(played.has("This PIN is good."));
    played.press("Next");
    played.types("New PIN again", "2468");
    played.press("Done");
    let [Effect::Ask(What::MakePin, Request::PinSet(set))] = &played.effects[..] else {
        panic!("{:?}", played.effects)
    };
    assert_eq!(set.pin, secret("2468"));
}

#[test]
fn settings_lead_to_profiles_lock_times_and_the_attribution() {
    let mut played = Played::open(&[profile(1, "work")]);
    played.press("Settings");
    played.press("Profiles");
    for label in ["Rename work", "Remove work", "Make work the default"] {
        assert!(played.has(label), "{label}");
    }
    played.press("Back");
    played.press("Lock times");
    played.press("Save");
    assert!(matches!(played.effects[..], [Effect::Ask(What::LockTimes, _)]));
    played.takes(Input::Answered(What::LockTimes, Err(FaultCode::PolicyForbids.into())));
    played.press("Back");
    played.press("About");
    assert!(played.has("About"));
}

#[test]
fn two_hundred_profiles_are_searched() {
    let profiles: Vec<_> = (1..=200).map(|id| profile(id, &format!("profile {id}"))).collect();
    let mut played = Played::open(&profiles);
    assert!(played.has("Search"));
    played.takes(Input::Act(Action::Search("200".into())));
    assert!(played.has("profile 200"));
    assert!(!played.has("profile 1"));
}

#[test]
fn an_agent_that_is_away_can_be_started() {
    let mut played = Played::begin();
    played.takes(Input::Act(Action::Open));
    assert!(played.has("The agent is not running."));
    played.press("Start agent");
    assert_eq!(played.effects, [Effect::StartAgent]);
    assert!(played.has("Starting…"));
}
