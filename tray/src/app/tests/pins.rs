//! PINs: made, changed, wrong and blocked.

use super::*;

fn locked(set: u8) -> Play {
    let mut play = Play::begin();
    play.sees(LockState::Locked, &[]);
    play.status(PinReport { set: Some(set), ..PinReport::default() });
    play.acts(Action::Open);
    play
}

#[test]
fn the_rule_that_a_pin_breaks_is_said_while_it_is_typed() {
    let mut play = Play::open(&[timed(1, "work")]);
    play.acts(Action::ChangePin);
    assert_eq!(play.page(), Page::NewPin);
    for (typed, is_good, said) in [
        (
            "12",
            false,
            "At least 3 different digits of 4, or 4 of 6, that do not just count up or down.",
        ),
        ("1111", false, "A PIN of 4 digits needs at least 3 different ones."),
        ("1234", false, "The digits may not just count up or down."),
        ("12a", false, "A PIN has digits only, 0 to 9."),
        ("2468", true, "This PIN is good."),
    ] {
        play.acts(Action::PinTyped(secret(typed)));
        let pin = play.scene().pin;
        assert_eq!((pin.is_good, pin.rule.as_str()), (is_good, said), "{typed}");
    }
}

#[test]
fn a_weak_pin_goes_no_further_and_two_that_differ_begin_again() {
    let mut play = Play::open(&[timed(1, "work")]);
    play.acts(Action::ChangePin);
    play.acts(Action::NewPin(secret("1111")));
    assert_eq!(play.page(), Page::NewPin);
    play.acts(Action::NewPin(secret("2468")));
    assert_eq!(play.page(), Page::AgainPin);
    play.acts(Action::AgainPin(secret("2469")));
    assert_eq!((play.page(), play.scene().note_is_bad), (Page::NewPin, true));
    assert!(play.asked().is_empty());
}

#[test]
fn changing_a_pin_asks_for_the_present_one_first_and_again_when_it_was_wrong() {
    let mut play = Play::open(&[timed(1, "work")]);
    play.status(PinReport { set: Some(4), ..PinReport::default() });
    play.acts(Action::ChangePin);
    assert_eq!(play.page(), Page::OldPin);
    play.acts(Action::OldPin(secret("1357")));
    play.acts(Action::NewPin(secret("2468")));
    play.acts(Action::AgainPin(secret("2468")));
    assert!(matches!(play.asked()[..], [(What::MakePin, Request::PinChange(_))]));
    play.fails(What::MakePin, FaultCode::WrongPin);
    assert_eq!((play.page(), play.scene().note_is_bad), (Page::OldPin, true));
}

#[test]
fn a_pin_that_an_organisation_asks_for_later_is_made_before_anything_else() {
    let mut play = Play::open(&[timed(1, "work")]);
    play.status(PinReport { set: Some(4), required: 6, due: true, ..PinReport::default() });
    assert_eq!((play.page(), play.scene().pin.required), (Page::OldPin, 6));
    play.acts(Action::Back);
    assert!(!play.app.is_open(), "there is nothing to go back to");
}

#[test]
fn a_wrong_pin_is_said_and_the_field_begins_anew_though_the_state_goes_to_and_fro() {
    let mut play = locked(4);
    let turn = play.scene().turn;
    play.acts(Action::Unlock(secret("1357")));
    play.sees(LockState::Opening, &[]);
    play.fails(What::Unlock, FaultCode::WrongPin);
    play.sees(LockState::Locked, &[]);
    let scene = play.scene();
    assert_eq!((scene.page, scene.note_is_bad, scene.turn), (Page::Locked, true, turn + 1));
}

#[test]
fn a_block_counts_down_and_ends() {
    let mut play = locked(4);
    play.acts(Action::Unlock(secret("1357")));
    play.fails(What::Unlock, FaultCode::WrongPin);
    assert!(play.asked().iter().any(|(what, _)| *what == What::Status));
    play.status(PinReport { set: Some(4), blocked_for: Some(120), ..PinReport::default() });
    assert!(play.app.needs_ticks());
    play.passes(119);
    assert_eq!(play.scene().opening.blocked_for, 1);
    play.passes(1);
    assert_eq!(play.scene().opening.blocked_for, 0);
    assert!(!play.app.needs_ticks());
}

#[test]
fn a_pin_that_is_set_from_the_settings_spends_no_code() {
    let mut play = Play::open(&[counted(1, "token")]);
    play.acts(Action::ChangePin);
    play.acts(Action::NewPin(secret("2468")));
    play.acts(Action::AgainPin(secret("2468")));
    play.answers(What::MakePin, Ok(Answer::Lock(passcode_proto::reply::Done {})));
    assert_eq!(play.page(), Page::Passcode);
    assert!(play.asked().iter().all(|(what, _)| *what == What::Status));
}

#[test]
fn lock_times_are_chosen_among_the_usual_ones_and_the_present_one() {
    let mut play = Play::open(&[timed(1, "work")]);
    play.acts(Action::LockTimes);
    let [(idle, chosen), (open, never)] = play.scene().lock_times;
    assert_eq!((idle[chosen].as_str(), open[never].as_str()), ("3 minutes", "Never"));
    let ten = idle.iter().position(|time| time == "10 minutes").unwrap();
    play.acts(Action::SetLockTimes(ten, never, secret("")));
    let [(What::LockTimes, Request::LockTimesSet(set))] = play.asked()[..] else { panic!() };
    assert_eq!((set.idle_lock, set.max_open, &set.pin), (Some(600), Some(0), &None));
}
