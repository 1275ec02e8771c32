//! The window in which another program's request asks for the PIN.

use passcode_proto::Label;
use passcode_proto::client::prompter::Prompting;
use passcode_proto::event::{Prompt, Wanted};
use passcode_tray::app::input::{Effect, Input};

use crate::played::{Played, press, secret, types};

fn shown(played: &mut Played) {
    let prompt = Prompt {
        prompt: 3,
        wanted: Wanted::Pin(4),
        caller: "/usr/sbin/openvpn".into(),
        profile: Label::new("work").ok(),
        trouble: None,
        seconds: 60,
    };
    played.takes(Input::Prompting(Prompting::Show(prompt)));
}

#[test]
fn the_pin_that_is_typed_answers_the_prompt() {
    let mut played = Played::begin();
    shown(&mut played);
    let window = played.windows.prompt().expect("a window");
    types(window, "PIN", "2468");
    press(window, "Unlock");
    played.settle();
    assert_eq!(played.effects, [Effect::AnswerPrompt(3, Some(secret("2468")))]);
    played.takes(Input::Prompting(Prompting::Over(3)));
    assert!(played.windows.prompt().is_none());
}

#[test]
fn cancelling_says_so_and_the_window_goes() {
    let mut played = Played::begin();
    shown(&mut played);
    press(played.windows.prompt().expect("a window"), "Cancel");
    played.settle();
    assert_eq!(played.effects, [Effect::AnswerPrompt(3, None)]);
    assert!(played.windows.prompt().is_none());
}
