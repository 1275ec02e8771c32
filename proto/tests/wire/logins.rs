//! Samples of what programs that log in ask and are answered.

use passcode_proto::reply::{Done, Login, Meaning, Meant};
use passcode_proto::request::{PasswordRemove, PasswordSet, PasswordUse, PromptExplain};
use passcode_proto::{Answer, Request, Verb};

use crate::samples::{label, secret, text};

pub fn requests() -> Vec<(&'static str, Request)> {
    vec![
        (
            "request-password.set",
            PasswordSet {
                profile: "work".into(),
                password: secret("Passw0rd!"),
                template: text("{password},{code}"),
                joined_only: true,
                pin: Some(secret("2468")),
            }
            .ask(),
        ),
        ("request-password.remove", PasswordRemove { profile: "work".into(), pin: None }.ask()),
        (
            "request-password.use",
            PasswordUse {
                profile: text("work"),
                joined: true,
                fresh: true,
                min_valid: Some(10),
                wait: Some(0),
                no_prompt: true,
                purpose: Some(label("vpn.example.org")),
            }
            .ask(),
        ),
        (
            "request-prompt.explain",
            PromptExplain {
                text: "Verification code: ".into(),
                program: text("ssh"),
                host: text("vpn.example.org"),
                challenge: true,
            }
            .ask(),
        ),
    ]
}

pub fn answers() -> Vec<(&'static str, Answer)> {
    let login = Login { profile: label("work"), text: secret("Passw0rd!,755224") };
    let meaning = |answer| Meaning {
        answer,
        profile: Some(label("work")),
        host: Some(label("vpn.example.org")),
        again: 1,
    };
    vec![
        ("answer-password.set", Answer::PasswordSet(Done {})),
        ("answer-password.remove", Answer::PasswordRemove(Done {})),
        ("answer-password.use", Answer::PasswordUse(login)),
        ("answer-prompt.explain", Answer::PromptExplain(meaning(Meant::Code))),
        ("answer-prompt.explain-both", Answer::PromptExplain(meaning(Meant::PasswordAndCode))),
    ]
}
