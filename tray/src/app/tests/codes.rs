//! Codes: what is shown, what is spent and what is copied.

use super::*;

const WORK: ProfileId = ProfileId(1);

/// Whether a code is asked for that counts as given.
fn spends(play: &Play) -> bool {
    play.asked()
        .iter()
        .any(|(_, request)| matches!(request, Request::GetCode(wanted) if !wanted.show))
}

#[test]
fn a_time_based_code_is_shown_without_being_given_and_the_next_one_comes_by_itself() {
    let mut play = Play::open(&[timed(1, "work")]);
    assert!(!spends(&play));
    play.answers(What::Show(WORK), Ok(timed_code("work", "123456", play.now.wall + 20)));
    assert_eq!(
        (play.scene().code.text.as_str(), play.scene().code.left),
        ("123 456", Some((20, 30)))
    );
    play.passes(19);
    assert_eq!(play.scene().code.left, Some((1, 30)));
    play.passes(1);
    assert!(!play.scene().code.is_there, "a code that is over is not shown");
    assert!(matches!(play.asked()[..], [(What::Show(WORK), _)]));
    assert!(!spends(&play));
}

#[test]
fn opening_the_window_spends_no_counter() {
    let play = Play::open(&[counted(1, "token")]);
    assert!(play.asked().is_empty());
    assert_eq!(play.scene().code.text, "••• •••");
}

#[test]
fn a_counter_based_code_that_was_refreshed_is_copied_once_without_another_being_spent() {
    let mut play = Play::open(&[counted(1, "token")]);
    play.acts(Action::Refresh);
    assert!(spends(&play));
    play.answers(What::Refresh(WORK), Ok(counted_code("token", "755224")));
    play.acts(Action::Copy);
    assert_eq!(play.effects, [Effect::Copy(What::Copy(WORK), secret("755224"), 30)]);
    play.acts(Action::Copy);
    assert!(spends(&play), "the second copy is of another code");
}

#[test]
fn a_copied_time_based_code_counts_as_given_and_lasts_until_it_is_over() {
    let mut play = Play::open(&[timed(1, "work")]);
    play.acts(Action::Copy);
    assert!(spends(&play));
    let code = timed_code("work", "123456", play.now.wall + 20);
    play.answers(What::Copy(WORK), Ok(code));
    assert!(play.effects.contains(&Effect::Copy(What::Copy(WORK), secret("123456"), 20)));
    play.takes(Input::Copied(What::Copy(WORK), Ok(20)));
    assert_eq!(play.scene().note, "Copied. It leaves the clipboard in 20 s.");
}

#[test]
fn codes_go_from_window_and_clipboard_when_the_vault_is_locked_and_when_the_agent_goes() {
    for goes in [true, false] {
        let mut play = Play::open(&[timed(1, "work")]);
        play.answers(What::Show(WORK), Ok(timed_code("work", "123456", play.now.wall + 20)));
        match goes {
            true => drop(play.takes(Input::Lost).len()),
            false => play.sees(LockState::Locked, &[]),
        }
        assert!(play.effects.contains(&Effect::ClearClipboard));
        assert!(!play.scene().code.is_there);
    }
}

#[test]
fn a_code_that_comes_after_the_lock_is_not_shown() {
    let mut play = Play::open(&[timed(1, "work")]);
    play.sees(LockState::Locked, &[]);
    play.answers(What::Show(WORK), Ok(timed_code("work", "123456", play.now.wall + 20)));
    play.sees(LockState::Open, &[timed(1, "work")]);
    assert!(!play.scene().code.is_there);
}

#[test]
fn a_closed_window_holds_no_code() {
    let mut play = Play::open(&[timed(1, "work")]);
    play.answers(What::Show(WORK), Ok(timed_code("work", "123456", play.now.wall + 20)));
    play.acts(Action::Hide);
    assert!(!play.app.is_open());
    assert!(play.app.shown.is_none() && !play.app.needs_ticks());
}

#[test]
fn enter_in_the_search_copies_the_best_match_and_closes_the_window() {
    let profiles: Vec<_> = (1..=200).map(|id| timed(id, &format!("profile {id}"))).collect();
    let mut play = Play::open(&profiles);
    assert!(play.scene().are_many);
    play.acts(Action::Search("FILE 17".into()));
    assert_eq!(play.scene().rows.len(), 11);
    play.acts(Action::Step(1));
    assert_eq!(play.scene().profile.map(|row| row.name).as_deref(), Some("profile 170"));
    let chosen = What::CopyAndHide(ProfileId(170));
    play.acts(Action::CopyAndHide);
    assert_eq!(play.asked()[0].0, chosen);
    play.answers(chosen, Ok(timed_code("profile 170", "123456", play.now.wall + 20)));
    play.takes(Input::Copied(chosen, Ok(20)));
    assert!(!play.app.is_open());
    assert!(matches!(play.effects[..], [Effect::Notify(_)]));
}

#[test]
fn what_the_user_is_told_of_codes_never_holds_one() {
    let mut play = Play::open(&[timed(1, "work")]);
    let what = What::MenuCopy(WORK);
    play.acts(Action::CopyOf(WORK));
    play.answers(what, Ok(timed_code("work", "123456", play.now.wall + 20)));
    play.takes(Input::Copied(what, Ok(20)));
    assert!(!format!("{:?}", play.effects).contains("123456"));
    play.takes(Input::Given { profile: WORK, caller: "/usr/bin/openvpn".into() });
    let [Effect::Notify(notice)] = &play.effects[..] else { panic!("{:?}", play.effects) };
    assert_eq!(notice.body, "/usr/bin/openvpn, for work");
    assert!(play.takes(Input::Given { profile: WORK, caller: OWN.into() }).is_empty());
}

#[test]
fn without_a_clipboard_nothing_hangs_and_the_user_is_told() {
    let mut play = Play::open(&[counted(1, "token")]);
    play.acts(Action::Copy);
    assert!(play.scene().is_busy);
    play.takes(Input::Copied(What::Copy(WORK), Err("There is no clipboard.".into())));
    assert!(!play.scene().is_busy);
    assert_eq!(
        (play.scene().note.as_str(), play.scene().note_is_bad),
        ("There is no clipboard.", true)
    );
}

#[test]
fn a_wrong_clock_is_said_beside_the_code_and_the_rest_in_the_settings() {
    let play = Play::open(&[timed(1, "work")]);
    assert_eq!(play.scene().warning, "This computer's clock is behind.");
    assert_eq!(play.scene().warnings.len(), 2);
}
