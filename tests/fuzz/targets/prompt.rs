//! Prompts of other programs, and patterns of rules: read in time whatever they hold; a bare `Password:` is none for a code.

#![no_main]

use libfuzzer_sys::fuzz_target;
use passcode_daemon::prompts::{Pattern, Rule, Shown, Text, explain};
use passcode_proto::reply::Meant;

fuzz_target!(|input: (&str, &str, bool)| {
    let (prompt, pattern, challenge) = input;
    let text = Text::new(prompt);
    let shown = Shown { text: &text, program: Some("ssh"), host: None, challenge };
    let rule = Rule { text: Pattern::new(pattern), answer: Some(Meant::Refuse), ..Rule::default() };
    let ruled = explain(&[rule], &shown).answer;
    let plain = explain(&[], &shown).answer;
    assert!(ruled == Meant::Refuse || ruled == plain);
    assert_ne!(plain, Meant::Refuse);
    assert_eq!(explain(&[], &shown), explain(&[], &shown));
});
