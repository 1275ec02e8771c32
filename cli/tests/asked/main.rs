//! What commands ask the agent and in which order, with PINs and passphrases from standard input: nobody sits at a
//! terminal here. The agent is a script; what the real one answers is tried in the process tests.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod online;
mod pairing;
mod scanning;
mod script;

use passcode_proto::codec::Sent;
use passcode_proto::profile::Counter;
use passcode_proto::reply::{
    Done, Finding, Findings, LockState, PinMade, PinReport, Verdict, Wiped,
};
use passcode_proto::{Answer, FaultCode, Request, SecretText, request};
use script::{no, status, talk};

fn secret(text: &str) -> SecretText {
    SecretText::new(text.into())
}

fn some(text: &str) -> Option<SecretText> {
    Some(secret(text))
}

fn done(verb: fn(Done) -> Answer) -> Sent {
    Sent::Answer(verb(Done {}))
}

const OPEN: LockState = LockState::Open;
const LOCKED: LockState = LockState::Locked;

fn pin(set: u8) -> PinReport {
    PinReport { set: Some(set), required: 4, ..PinReport::default() }
}

fn due(digits: u8) -> PinReport {
    PinReport { required: digits, due: true, ..PinReport::default() }
}

fn asks_status() -> Request {
    Request::Status(request::Status {})
}

fn unlocks(pin: Option<&str>, passphrase: Option<&str>, recovery: Option<&str>) -> Request {
    let secret = |text: Option<&str>| text.map(secret);
    Request::Unlock(request::Unlock {
        pin: secret(pin),
        passphrase: secret(passphrase),
        recovery: secret(recovery),
    })
}

fn sets_pin(pin: &str) -> Request {
    Request::PinSet(request::PinSet { pin: secret(pin), recovery_code: false })
}

fn asks_code(profile: Option<&str>, no_prompt: bool) -> Request {
    Request::GetCode(request::GetCode {
        profile: profile.map(str::to_owned),
        fresh: false,
        min_valid: None,
        wait: None,
        show: false,
        no_prompt,
        purpose: None,
    })
}

fn made(recovery_code: Option<&str>) -> PinMade {
    PinMade { recovery_code: recovery_code.map(secret), former_code_void: false }
}

#[test]
fn get_lets_the_agent_ask_where_no_terminal_is_unless_that_is_forbidden() {
    for (arguments, no_prompt) in
        [(&["get", "work"][..], false), (&["get", "work", "--no-prompt"], true)]
    {
        let talk = talk(arguments, "", vec![no(FaultCode::Locked)]);
        assert_eq!(talk.asked, [asks_code(Some("work"), no_prompt)]);
        assert_eq!((talk.status, talk.out.as_str()), (4, ""));
        assert_eq!(talk.err, "passcode: The vault is locked.\n  Unlock it with: passcode unlock\n");
    }
}

#[test]
fn a_due_pin_a_wrong_one_and_a_block_have_their_exit_statuses() {
    for (code, exit) in [
        (FaultCode::PinDue, 4),
        (FaultCode::WrongPin, 7),
        (FaultCode::WrongRecoveryCode, 7),
        (FaultCode::PinBlocked, 8),
    ] {
        let talk = talk(&["get"], "", vec![no(code)]);
        assert_eq!((talk.status, talk.asked.len()), (exit, 1), "{code:?}: {}", talk.err);
    }
}

#[test]
fn unlock_reads_passphrase_and_pin_in_this_order_whatever_the_order_of_the_options() {
    let arguments = ["unlock", "--pin", "-", "--passphrase", "-"];
    let talk = talk(
        &arguments,
        "five random words\n2468\n",
        vec![status(LOCKED, pin(4)), done(Answer::Unlock)],
    );
    assert_eq!(talk.asked, [asks_status(), unlocks(Some("2468"), Some("five random words"), None)]);
    assert_eq!((talk.status, talk.err.as_str()), (0, "The vault is open.\n"));
}

#[test]
fn a_wrong_pin_from_standard_input_is_tried_once() {
    let answers = vec![status(LOCKED, pin(4)), no(FaultCode::WrongPin)];
    let talk = talk(&["unlock", "--pin", "-"], "1357", answers);
    assert_eq!(talk.asked, [asks_status(), unlocks(Some("1357"), None, None)]);
    assert_eq!(talk.status, 7);
    assert!(!talk.err.contains("1357"), "{}", talk.err);
}

#[test]
fn unlock_without_anything_lets_the_agent_say_what_it_wants() {
    let answers = vec![status(LOCKED, pin(4)), no(FaultCode::PinNeeded)];
    let talk = talk(&["unlock"], "", answers);
    assert_eq!(talk.asked, [asks_status(), unlocks(None, None, None)]);
    assert_eq!(talk.status, 4);
}

#[test]
fn a_pin_in_the_command_line_works_with_a_warning() {
    let answers = vec![status(LOCKED, pin(4)), done(Answer::Unlock)];
    let talk = talk(&["unlock", "--pin", "2468"], "", answers);
    assert_eq!(talk.asked[1], unlocks(Some("2468"), None, None));
    assert_eq!(
        talk.err,
        "passcode: A PIN in the command line can be read in the shell's history and the process list; \
         use `-` or the prompt.\nThe vault is open.\n"
    );
}

#[test]
fn the_recovery_code_opens_and_the_line_after_it_is_the_new_pin() {
    let answers = vec![
        status(LOCKED, pin(4)),
        done(Answer::Unlock),
        status(OPEN, PinReport { due: true, ..pin(4) }),
        status(OPEN, PinReport { due: true, ..pin(4) }),
        Sent::Answer(Answer::PinSet(PinMade { former_code_void: true, ..made(None) })),
    ];
    let talk = talk(&["unlock", "--recovery", "-"], "ABCDE-FGHIJ\n1357\n", answers);
    assert_eq!(talk.asked[1], unlocks(None, None, Some("ABCDE-FGHIJ")));
    assert_eq!(talk.asked.last(), Some(&sets_pin("1357")));
    assert_eq!((talk.status, talk.out.as_str()), (0, ""));
    assert!(talk.err.contains("The PIN is set.") && talk.err.contains("void"), "{}", talk.err);
}

#[test]
fn the_recovery_code_alone_opens_and_names_what_is_next() {
    let answers = vec![
        status(LOCKED, pin(4)),
        done(Answer::Unlock),
        status(OPEN, PinReport { due: true, ..pin(4) }),
    ];
    let talk = talk(&["unlock", "--recovery", "-"], "ABCDE-FGHIJ\n", answers);
    assert_eq!(talk.status, 0);
    assert!(talk.err.contains("passcode pin set"), "{}", talk.err);
}

#[test]
fn a_weak_new_pin_is_found_before_the_recovery_code_is_spent() {
    let talk = talk(&["unlock", "--recovery", "-"], "ABCDE-FGHIJ\n1234\n", Vec::new());
    assert_eq!((talk.status, talk.asked.len()), (5, 0));
    assert!(talk.err.contains("count up or down"), "{}", talk.err);
}

#[test]
fn pin_set_prints_the_recovery_code_alone() {
    let answers = vec![
        status(OPEN, PinReport::default()),
        status(OPEN, PinReport::default()),
        Sent::Answer(Answer::PinSet(made(Some("ABCDE-FGHIJ")))),
    ];
    let talk = talk(&["pin", "set", "--pin", "-", "--recovery-code"], "2468\n", answers);
    let wanted = request::PinSet { pin: secret("2468"), recovery_code: true };
    assert_eq!(talk.asked.last(), Some(&Request::PinSet(wanted)));
    assert_eq!((talk.status, talk.out.as_str()), (0, "ABCDE-FGHIJ\n"));
    assert!(talk.err.contains("Write this recovery code down"), "{}", talk.err);
}

#[test]
fn a_weak_pin_is_refused_for_its_reason_and_never_sent() {
    for (weak, why) in [
        ("1111", "at least 3 different"),
        ("8787", "at least 3 different"),
        ("123321", "at least 4 different"),
        ("112211", "at least 4 different"),
        ("765432", "count up or down"),
        ("1234", "count up or down"),
        ("4321", "count up or down"),
        ("12345", "4 or 6 digits"),
        ("24a8", "digits only"),
    ] {
        let answers = vec![status(OPEN, PinReport::default()), status(OPEN, PinReport::default())];
        let talk = talk(&["pin", "set", "--pin", "-"], weak, answers);
        assert_eq!(talk.status, 5, "{weak}");
        assert!(talk.err.contains(why) && !talk.err.contains(weak), "{weak}: {}", talk.err);
        assert!(!talk.asked.iter().any(|asked| matches!(asked, Request::PinSet(_))), "{weak}");
    }
}

#[test]
fn a_pin_that_is_shorter_than_required_is_refused() {
    let answers = vec![status(OPEN, due(6)), status(OPEN, due(6))];
    let talk = talk(&["pin", "set", "--pin", "-"], "2468", answers);
    assert_eq!(talk.status, 5);
    assert!(talk.err.contains("has to have 6 digits"), "{}", talk.err);
}

#[test]
fn a_pin_is_not_made_where_one_is_set() {
    let talk = talk(&["pin", "set", "--pin", "-"], "2468", vec![status(OPEN, pin(4))]);
    assert_eq!((talk.status, talk.asked.len()), (5, 1));
    assert!(talk.err.contains("passcode pin change"), "{}", talk.err);
}

#[test]
fn pin_change_reads_the_old_pin_and_the_new_one() {
    let answers = vec![
        status(OPEN, pin(4)),
        Sent::Answer(Answer::PinChange(PinMade { former_code_void: true, ..made(None) })),
    ];
    let talk = talk(&["pin", "change", "--pin", "-", "--json"], "2468\n1357\n", answers);
    let change =
        request::PinChange { pin: secret("2468"), new: secret("1357"), recovery_code: false };
    assert_eq!(talk.asked, [asks_status(), Request::PinChange(change)]);
    assert_eq!(talk.out, "{\"recovery_code\":null,\"former_code_void\":true}\n");
    assert_eq!((talk.status, talk.err.as_str()), (0, ""));
}

#[test]
fn a_pin_that_was_given_opens_a_locked_vault_first() {
    let remove = Request::PinRemove(request::PinRemove { pin: secret("2468") });
    let answers = vec![
        no(FaultCode::Locked),
        status(LOCKED, pin(4)),
        status(LOCKED, pin(4)),
        done(Answer::Unlock),
        done(Answer::PinRemove),
    ];
    let talk = talk(&["pin", "remove", "--pin", "-"], "2468\n", answers);
    let unlock = unlocks(Some("2468"), None, None);
    let status = asks_status();
    assert_eq!(talk.asked, [remove.clone(), status.clone(), status, unlock, remove]);
    assert_eq!(talk.status, 0, "{}", talk.err);
}

#[test]
fn unpair_and_hotp_set_bring_the_pin_or_let_the_agent_ask_for_it() {
    let unpair =
        |pin| Request::Unpair(request::Unpair { profile: "work".into(), pin, offline: true });
    let unpaired = Sent::Answer(Answer::Unpair(passcode_proto::reply::Unpaired { queued: false }));
    let with = talk(&["unpair", "work", "--yes", "--pin", "-"], "2468", vec![unpaired]);
    assert_eq!((with.status, with.asked), (0, vec![unpair(some("2468"))]));
    let answers = vec![no(FaultCode::PinNeeded)];
    let without = talk(&["unpair", "work", "--yes"], "", answers);
    assert_eq!((without.status, without.asked), (4, vec![unpair(None)]));
    let answers = vec![no(FaultCode::WrongPin)];
    let set = talk(&["hotp", "set", "work", "7", "--pin", "-"], "1357", answers);
    let wanted = request::HotpSet { profile: "work".into(), next: Counter(7), pin: some("1357") };
    assert_eq!((set.status, set.asked), (7, vec![Request::HotpSet(wanted)]));
}

#[test]
fn keystore_set_brings_the_passphrase_to_be_and_the_pin() {
    let arguments = ["keystore", "set", "passphrase", "--pin", "-", "--passphrase", "-"];
    let talk = talk(&arguments, "five random words\n2468\n", vec![done(Answer::KeystoreSet)]);
    let wanted = request::KeystoreSet {
        kind: "passphrase".into(),
        pin: some("2468"),
        passphrase: some("five random words"),
    };
    assert_eq!((talk.status, talk.asked), (0, vec![Request::KeystoreSet(wanted)]));
}

#[test]
fn reset_tells_what_could_not_be_destroyed() {
    let wiped = Wiped { warnings: vec!["The keyring is locked.".into()] };
    let talk = talk(&["reset", "--yes"], "", vec![Sent::Answer(Answer::Reset(wiped))]);
    assert_eq!((talk.status, talk.asked), (0, vec![Request::Reset(request::Reset {})]));
    assert_eq!(
        talk.err,
        "The vault and its keys were destroyed.\nWarning: The keyring is locked.\n"
    );
}

#[test]
fn doctor_tells_the_agents_findings_after_its_own_and_fails_when_one_is_bad() {
    for (verdict, exit) in [(Verdict::Weak, 0), (Verdict::Bad, 1)] {
        let finding = Finding {
            about: "Clock".into(),
            verdict,
            message: "It is wrong.".into(),
            hint: "Set it.".into(),
        };
        let answers = vec![
            status(OPEN, PinReport::default()),
            Sent::Answer(Answer::Doctor(Findings { findings: vec![finding] })),
        ];
        let talk = talk(&["doctor"], "", answers);
        assert_eq!((talk.status, talk.err.as_str()), (exit, ""), "{}", talk.out);
        for said in
            ["PASSCODE_HOME is set", "process 4711", "Its folder", "It is wrong.", "Set it."]
        {
            assert!(talk.out.contains(said), "{said}: {}", talk.out);
        }
    }
}
