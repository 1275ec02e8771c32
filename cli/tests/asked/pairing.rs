//! What `pair` asks: with a PIN below the key, and without one where a PIN is due.

use passcode_proto::codec::Sent;
use passcode_proto::profile::{Algorithm, CodeType, Counter, Profile, ProfileId};
use passcode_proto::reply::{Code, Paired, PinReport, Validity};
use passcode_proto::{Answer, FaultCode, Label};

use super::script::{no, status, talk};
use super::{LOCKED, OPEN, asks_code, done, due, made, pin, secret, sets_pin, unlocks};

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn code() -> Code {
    Code {
        profile: Label::new("work").unwrap(),
        code: secret("755224"),
        kind: CodeType::Hotp,
        validity: Validity::Count { counter: Counter(0) },
    }
}

fn paired(first: Option<Code>, pin_due: Option<u8>) -> Sent {
    let label = |text| Label::new(text).unwrap();
    let profile = Profile {
        id: ProfileId(1),
        name: label("work"),
        issuer: label("ACME"),
        account: label("alice"),
        kind: CodeType::Hotp,
        algorithm: Algorithm::Sha1,
        digits: 6,
        period: 0,
        weak: false,
        service: None,
        ended: false,
    };
    Sent::Answer(Answer::Pair(Paired {
        profile: Some(profile),
        others: Vec::new(),
        first: first.map(Box::new),
        pin_due,
        fingerprint: None,
        client_part: None,
        warnings: Vec::new(),
    }))
}

#[test]
fn a_profile_whose_pin_is_due_is_stored_and_gives_no_code_where_nobody_can_be_asked() {
    let in_words = talk(&["pair", "-"], SECRET, vec![paired(None, Some(4)), status(OPEN, due(4))]);
    assert_eq!((in_words.status, in_words.out.as_str()), (4, ""));
    for said in ["Paired \"work\"", "is stored", "4 digits", "passcode pin set"] {
        assert!(in_words.err.contains(said), "{said}: {}", in_words.err);
    }
    let as_json =
        talk(&["pair", "-", "--json"], SECRET, vec![paired(None, Some(4)), status(OPEN, due(4))]);
    assert_eq!((as_json.status, as_json.err.as_str()), (4, ""));
    assert!(
        as_json
            .out
            .starts_with("{\"error\":{\"code\":\"pin_due\",\"message\":\"The profile is stored.")
    );
}

#[test]
fn the_second_line_of_pair_becomes_the_pin_that_is_due_and_the_first_code_follows() {
    let answers = vec![
        paired(None, Some(4)),
        status(OPEN, due(4)),
        Sent::Answer(Answer::PinSet(made(None))),
        Sent::Answer(Answer::GetCode(code())),
    ];
    let talk = talk(&["pair", "-"], &format!("{SECRET}\n2468\n"), answers);
    assert_eq!(talk.asked[2..], [sets_pin("2468"), asks_code(Some("work"), false)]);
    assert_eq!((talk.status, talk.out.as_str()), (0, "755224\n"), "{}", talk.err);
}

#[test]
fn the_second_line_of_pair_opens_a_vault_that_asks_for_it() {
    let answers = vec![
        no(FaultCode::Locked),
        status(LOCKED, pin(4)),
        status(LOCKED, pin(4)),
        done(Answer::Unlock),
        paired(Some(code()), None),
    ];
    let talk = talk(&["pair", "-"], &format!("{SECRET}\n2468\n"), answers);
    assert_eq!(talk.asked[3], unlocks(Some("2468"), None, None));
    assert_eq!((talk.status, talk.out.as_str()), (0, "755224\n"), "{}", talk.err);
}

#[test]
fn a_pin_that_opened_the_vault_is_not_taken_for_a_new_one() {
    let answers = vec![
        no(FaultCode::Locked),
        status(LOCKED, pin(4)),
        status(LOCKED, pin(4)),
        done(Answer::Unlock),
        paired(None, Some(6)),
        status(OPEN, PinReport { required: 6, due: true, ..pin(4) }),
    ];
    let talk = talk(&["pair", "-"], &format!("{SECRET}\n2468\n"), answers);
    assert_eq!((talk.status, talk.asked.len(), talk.out.as_str()), (4, 6, ""));
    assert!(talk.err.contains("passcode pin change"), "{}", talk.err);
}

#[test]
fn a_weak_pin_after_the_key_says_that_the_profile_is_there() {
    let answers = vec![paired(None, Some(4)), status(OPEN, due(4))];
    let talk = talk(&["pair", "-"], &format!("{SECRET}\n1111\n"), answers);
    assert_eq!(talk.status, 5);
    assert!(talk.err.contains("The profile is stored. A PIN of 4 digits needs"), "{}", talk.err);
}
