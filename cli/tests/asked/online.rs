//! What is asked of an agent that pairs with services: the key and its passphrase by lines, the service by its address, a
//! key for another computer, and whether the service may be told later.

use passcode_proto::codec::Sent;
use passcode_proto::reply::{HandedOver, Refreshed, ServiceReport, Unpaired};
use passcode_proto::request::{HandOver, HotpResync, Pair, PolicyRefresh, ProxySet};
use passcode_proto::{Answer, FaultCode, Label, Request};

use super::script::{no, talk};
use super::{done, secret, some};

/// The one `pair` that was asked for.
fn pairs(asked: &[Request]) -> &Pair {
    match asked {
        [Request::Pair(pair)] => pair,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_passphrase_is_the_line_below_the_key_and_a_service_an_option() {
    let arguments = ["pair", "-", "--passphrase", "-"];
    let container =
        talk(&arguments, "pia://container/S\nopen sesame\n", vec![no(FaultCode::KeyUsed)]);
    let pair = pairs(&container.asked);
    assert_eq!((pair.key.expose(), &pair.passphrase), ("pia://container/S", &some("open sesame")));
    assert_eq!(container.status, 9);
    let arguments = ["pair", "-", "--service", "https://id.example.org"];
    let office = talk(&arguments, "1234 5678 9012\n", vec![no(FaultCode::KeyExpired)]);
    let pair = pairs(&office.asked);
    assert_eq!(pair.service.as_deref(), Some("https://id.example.org"));
    assert_eq!((pair.key.expose(), &pair.passphrase), ("1234 5678 9012", &None));
}

#[test]
fn a_passphrase_that_is_missing_says_how_to_give_it() {
    let answers = vec![no(FaultCode::KeyPassphraseNeeded)];
    let talk = talk(&["pair", "-"], "pia://container/S", answers);
    assert_eq!(talk.status, 9);
    assert!(talk.err.contains("pair - --passphrase -"), "{}", talk.err);
}

#[test]
fn a_key_for_another_computer_stands_alone_on_standard_output() {
    let key = HandedOver { key: secret("pia://container/S") };
    let arguments = ["service", "hand-over", "work", "--pin", "-"];
    let talk = talk(&arguments, "2468", vec![Sent::Answer(Answer::HandOver(key))]);
    assert_eq!((talk.status, talk.out.as_str()), (0, "pia://container/S\n"));
    let wanted = HandOver { profile: Some("work".to_owned()), pin: some("2468") };
    assert_eq!(talk.asked, [Request::HandOver(wanted)]);
}

#[test]
fn a_service_that_cannot_be_told_leaves_the_profile_unless_that_can_wait() {
    let refused = vec![no(FaultCode::PinNeeded)];
    assert_eq!(talk(&["unpair", "work", "--yes", "--offline"], "", refused).status, 4);
    let queued = Sent::Answer(Answer::Unpair(Unpaired { queued: true }));
    let told = talk(&["unpair", "work", "--yes"], "", vec![queued]);
    assert!(told.err.contains("as soon as it can be reached"), "{}", told.err);
}

#[test]
fn a_refresh_tells_each_service_and_fails_when_one_could_not_be_asked() {
    let report = |trouble: Option<&str>| ServiceReport {
        service: "id.example.org".to_owned(),
        profiles: vec![Label::new("work").unwrap()],
        fingerprint: Some("ABCD-EFGH".to_owned()),
        refreshed: Some(1_700_000_000),
        trouble: trouble.map(str::to_owned),
        queued: None,
    };
    let refreshed = |services| vec![Sent::Answer(Answer::PolicyRefresh(Refreshed { services }))];
    let good = talk(&["service", "refresh"], "", refreshed(vec![report(None)]));
    let line = "id.example.org: \"work\" (device key ABCD-EFGH)\n";
    assert_eq!((good.status, good.out.as_str()), (0, line));
    assert_eq!(good.asked, [Request::PolicyRefresh(PolicyRefresh {})]);
    let away = report(Some("The service cannot be reached."));
    let away = talk(&["service", "refresh"], "", refreshed(vec![away]));
    assert_eq!(away.status, 1);
    assert!(away.out.contains("cannot be reached"), "{}", away.out);
}

#[test]
fn a_proxys_password_comes_by_standard_input_and_codes_go_to_the_service_unseen() {
    let arguments = ["service", "proxy-login", "alice", "--password", "-"];
    let login = talk(&arguments, "hunter2\n", vec![done(Answer::ProxySet)]);
    let wanted = ProxySet { user: "alice".to_owned(), password: secret("hunter2") };
    assert_eq!((login.status, login.asked), (0, vec![Request::ProxySet(wanted)]));
    let sent = talk(&["hotp", "resync", "work", "--send"], "", vec![no(FaultCode::NotOnline)]);
    let wanted = HotpResync { profile: Some("work".to_owned()), codes: Some(2), send: true };
    assert_eq!((sent.status, sent.asked), (1, vec![Request::HotpResync(wanted)]));
}
