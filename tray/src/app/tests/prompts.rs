//! The prompt on behalf of another program.

use passcode_proto::client::prompter::Prompting;
use passcode_proto::event::{Prompt, Wanted};

use super::*;

fn shown(play: &mut Play, number: u32, trouble: Option<&str>) {
    let prompt = Prompt {
        prompt: number,
        wanted: Wanted::Pin(4),
        caller: "/usr/sbin/openvpn".into(),
        profile: Some(label("work")),
        trouble: trouble.map(str::to_owned),
        seconds: 60,
    };
    play.takes(Input::Prompting(Prompting::Show(prompt)));
}

#[test]
fn a_prompt_says_who_asks_and_for_what_and_runs_down() {
    let mut play = Play::begin();
    shown(&mut play, 1, None);
    let scene = play.app.prompt_scene().unwrap();
    assert_eq!((scene.caller.as_str(), scene.profile.as_str()), ("/usr/sbin/openvpn", "work"));
    assert_eq!((scene.pin_digits, scene.left), (Some(4), 60));
    assert!(play.app.needs_ticks());
    play.passes(59);
    assert_eq!(play.app.prompt_scene().unwrap().left, 1);
}

#[test]
fn what_was_typed_is_tried_and_a_wrong_one_is_asked_for_again() {
    let mut play = Play::begin();
    shown(&mut play, 1, None);
    play.acts(Action::Answer(secret("1357")));
    assert_eq!(play.effects, [Effect::AnswerPrompt(1, Some(secret("1357")))]);
    assert!(play.app.prompt_scene().unwrap().is_tried);
    shown(&mut play, 2, Some("The PIN is wrong."));
    play.takes(Input::Prompting(Prompting::Over(1)));
    let scene = play.app.prompt_scene().unwrap();
    assert_eq!((scene.trouble.as_str(), scene.is_tried), ("The PIN is wrong.", false));
}

#[test]
fn a_prompt_ends_by_escape_by_the_agent_and_with_the_connection() {
    for end in 0..3 {
        let mut play = Play::begin();
        shown(&mut play, 1, None);
        match end {
            0 => {
                play.acts(Action::Cancel);
                assert_eq!(play.effects, [Effect::AnswerPrompt(1, None)]);
            }
            1 => drop(play.takes(Input::Prompting(Prompting::Over(1))).len()),
            _ => drop(play.takes(Input::Unregistered).len()),
        }
        assert!(play.app.prompt_scene().is_none());
        assert!(!play.app.needs_ticks());
    }
}
