//! What other programs' prompts ask for: explained by the agent, by the user's rules first, in every state of the vault.

use passcode_daemon::prompts::{Pattern, Rule};
use passcode_proto::Label;
use passcode_proto::reply::Meant;
use passcode_proto::request::{Lock, PromptExplain};
use passcode_tests::rig::watchdog::with_agent;

use crate::pins::with_pin;

fn prompt(text: &str) -> PromptExplain {
    PromptExplain { text: text.into(), program: None, host: None, challenge: false }
}

#[test]
fn a_prompt_is_explained_also_while_the_vault_is_locked() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        client.ask(Lock {}).await.expect("the vault is locked");
        let meaning = client.ask(prompt("(alice@vpn.example.org) Verification code: ")).await;
        let meaning = meaning.expect("a meaning");
        assert_eq!(meaning.answer, Meant::Code);
        assert_eq!(meaning.host.as_ref().map(Label::as_str), Some("vpn.example.org"));
        assert_eq!(
            client.ask(prompt("Password: ")).await.expect("a meaning").answer,
            Meant::Password
        );
    });
}

#[test]
fn the_users_rules_name_the_answer_and_the_profile() {
    with_agent(async |mut rig| {
        rig.quit().await;
        rig.rules.prompts = vec![Rule {
            text: Pattern::new("*secure id*"),
            host: Pattern::new("*.example.org"),
            profile: Label::new("work").ok(),
            answer: Some(Meant::PasswordAndCode),
            ..Rule::default()
        }];
        rig.start_again();
        let mut client = rig.client();
        let wanted =
            PromptExplain { host: Some("vpn.example.org".into()), ..prompt("Secure ID: ") };
        let meaning = client.ask(wanted).await.expect("a meaning");
        assert_eq!(meaning.answer, Meant::PasswordAndCode);
        assert_eq!(meaning.profile.as_ref().map(Label::as_str), Some("work"));
        let elsewhere = client.ask(prompt("Secure ID: ")).await.expect("a meaning");
        assert_eq!((elsewhere.answer, elsewhere.profile), (Meant::Unknown, None));
    });
}

#[test]
fn a_prompt_of_any_length_and_content_is_answered() {
    with_agent(async |rig| {
        let mut client = rig.client();
        for text in ["\u{1b}[2J\u{202e}\0", &"Password: ".repeat(3000), &"é".repeat(20_000)] {
            client.ask(prompt(text)).await.expect("a meaning");
        }
    });
}
