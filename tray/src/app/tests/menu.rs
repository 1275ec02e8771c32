//! The menu and the icon, for every state.

use super::super::entries::{Entry, Sign};
use super::*;

fn labels(play: &Play) -> Vec<String> {
    let labels = play.app.entries().into_iter().map(|entry| match entry {
        Entry::Item { label, .. } => label,
        Entry::Text(text) => format!("({text})"),
        Entry::Separator => "-".to_owned(),
    });
    labels.collect()
}

#[test]
fn the_menu_lists_the_profiles_of_an_open_vault_by_name() {
    let play = Play::open(&[timed(1, "zebra"), timed(2, "Ape & Co_")]);
    let expected = [
        "Ape & Co_",
        "zebra",
        "-",
        "Show passcode…",
        "Add profile…",
        "Settings…",
        "About",
        "-",
        "Quit",
    ];
    assert_eq!(labels(&play), expected);
    assert_eq!(play.app.sign(), Sign::Open);
}

#[test]
fn many_profiles_and_long_names_do_not_make_a_menu_that_leaves_the_screen() {
    let name = "n".repeat(200);
    let profiles: Vec<_> = (0..200).map(|id| timed(id, &format!("{name}{id}"))).collect();
    let play = Play::open(&profiles);
    let labels = labels(&play);
    assert_eq!(labels[20], "All profiles…");
    assert!(labels.len() < 30 && labels[0].chars().count() == 41);
}

#[test]
fn locking_is_offered_where_it_protects_and_unlocking_where_it_is_locked() {
    let mut play = Play::open(&[timed(1, "work")]);
    assert!(!labels(&play).contains(&"Lock".to_owned()));
    play.status(PinReport { set: Some(4), ..PinReport::default() });
    assert!(labels(&play).contains(&"Lock".to_owned()));
    play.sees(LockState::Locked, &[]);
    assert!(labels(&play).contains(&"Unlock…".to_owned()));
    assert!(!labels(&play).contains(&"work".to_owned()));
    assert_eq!(play.app.sign(), Sign::Locked);
}

#[test]
fn without_an_agent_the_menu_offers_to_start_one() {
    let mut play = Play::open(&[timed(1, "work")]);
    play.takes(Input::Lost);
    let expected = ["(The agent is not running)", "Start agent", "-", "About", "Quit"];
    assert_eq!(labels(&play), expected);
    assert_eq!(play.app.sign(), Sign::Away);
    assert_eq!(play.acts(Action::StartAgent), [Effect::StartAgent]);
    assert!(play.acts(Action::StartAgent).is_empty(), "one is enough");
    play.fails_to_start();
    assert!(play.scene().note_is_bad);
}

impl Play {
    fn fails_to_start(&mut self) {
        self.takes(Input::Started(Err(FaultCode::Unreachable.into())));
    }
}

#[test]
fn a_middle_click_copies_the_default_or_the_only_profile_and_else_opens_the_window() {
    let mut play = Play::open(&[counted(1, "work")]);
    play.acts(Action::Hide);
    play.acts(Action::CopyDefault);
    assert_eq!(play.asked()[0].0, What::MenuCopy(ProfileId(1)));
    play.sees(LockState::Open, &[timed(1, "work"), timed(2, "home")]);
    play.acts(Action::CopyDefault);
    assert!(play.app.is_open());
}

#[test]
fn quitting_takes_the_code_out_of_the_clipboard() {
    let mut play = Play::open(&[timed(1, "work")]);
    assert_eq!(play.acts(Action::Quit), [Effect::ClearClipboard, Effect::Quit]);
}
