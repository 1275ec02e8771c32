//! What lines of OpenVPN mean.

use super::super::line::{
    Challenge, Dynamic, LONGEST, Line, Lines, Need, Refusal, Static, What, decode,
};

fn need(realm: &str, what: What) -> Line {
    Line::Need(Need { realm: realm.to_owned(), what })
}

fn refused(why: Refusal) -> Line {
    Line::Refused { realm: "Auth".to_owned(), why }
}

#[test]
fn the_flags_of_a_static_challenge_are_bits_of_a_number() {
    for (flags, echo, joined) in
        [(0, false, false), (1, true, false), (2, false, true), (3, true, true), (7, true, true)]
    {
        let line = format!(">PASSWORD:Need 'Auth' username/password SC:{flags},PIN, then: code");
        let text = "PIN, then: code".to_owned();
        let challenge = Static { text, echo, joined };
        assert_eq!(decode(&line), need("Auth", What::UserAndPassword(Some(challenge))));
    }
}

#[test]
fn what_is_needed_is_told_by_realm_and_kind() {
    let line = |text: &str| decode(&format!(">PASSWORD:Need {text}\r\n"));
    assert_eq!(line("'Auth' username/password"), need("Auth", What::UserAndPassword(None)));
    assert_eq!(line("'Auth' username"), need("Auth", What::User));
    assert_eq!(line("'Private Key' password"), need("Private Key", What::Password));
    let proxy = need("HTTP Proxy", What::UserAndPassword(None));
    assert_eq!(line("'HTTP Proxy' username/password"), proxy);
    assert_eq!(
        decode(">NEED-OK:Need 'token-insertion-request' confirmation MSG:Please insert your token"),
        need("token-insertion-request", What::Confirmation("Please insert your token".to_owned()))
    );
    assert_eq!(
        decode(">NEED-STR:Need 'name' string MSG:Please specify your name"),
        need("name", What::Text("Please specify your name".to_owned()))
    );
}

#[test]
fn a_dynamic_challenge_may_have_colons_and_quotes_in_its_text() {
    let line =
        ">PASSWORD:Verification Failed: 'Auth' ['CRV1:R,E:Om01u7:Y3Ix:It's 12:30: enter ['code']']";
    let challenge =
        Challenge { text: "It's 12:30: enter ['code']".to_owned(), echo: true, answer: true };
    let dynamic = Dynamic { state: "Om01u7".to_owned(), user: Some("cr1".to_owned()), challenge };
    assert_eq!(decode(line), refused(Refusal::Dynamic(dynamic.clone())));
    // As management-notes.txt shows it.
    assert_eq!(decode(&line.replace("'Auth' ", "")), refused(Refusal::Dynamic(dynamic)));
}

#[test]
fn a_dynamic_challenge_that_is_not_whole_is_a_refusal_with_a_reason() {
    let line = ">PASSWORD:Verification Failed: 'Auth' ['CRV1:R,E:Om01u7']";
    assert_eq!(decode(line), refused(Refusal::Plain(Some("CRV1:R,E:Om01u7".to_owned()))));
    let no_user = ">PASSWORD:Verification Failed: 'Auth' ['CRV1::s:%%%:text']";
    let Line::Refused { why: Refusal::Dynamic(dynamic), .. } = decode(no_user) else {
        panic!("a challenge");
    };
    assert_eq!((dynamic.user, dynamic.challenge.answer), (None, false));
}

#[test]
fn refusals_tell_their_reasons() {
    let line = |text: &str| decode(&format!(">PASSWORD:Verification Failed: {text}"));
    assert_eq!(line("'Auth'"), refused(Refusal::Plain(None)));
    let reason = |text: &str| Some(text.to_owned());
    assert_eq!(
        line("'Auth' ['wrong passcode']"),
        refused(Refusal::Plain(reason("wrong passcode")))
    );
    assert_eq!(line("'Auth' ['TEMP']"), refused(Refusal::Temporary(None)));
    let busy = refused(Refusal::Temporary(reason("no: database")));
    assert_eq!(line("'Auth' ['TEMP[backoff 42,advance no]:no: database']"), busy);
    assert_eq!(line("'Auth' ['TEMPLATE']"), refused(Refusal::Plain(reason("TEMPLATE"))));
    assert_eq!(line("'Auth' ['SESSION: token expired']"), refused(Refusal::Expired));
    let other = Line::Refused { realm: "Private Key".to_owned(), why: Refusal::Plain(None) };
    assert_eq!(line("'Private Key'"), other);
}

#[test]
fn challenges_and_pages_come_in_the_middle_of_a_login() {
    let challenge = Challenge { text: "Code: now".to_owned(), echo: false, answer: true };
    assert_eq!(decode(">INFOMSG:CR_TEXT:R:Code: now"), Line::Challenge(challenge));
    let page = Line::Page("https://id.example.org/?a:b".to_owned());
    assert_eq!(decode(">INFOMSG:OPEN_URL:https://id.example.org/?a:b"), page);
    assert_eq!(decode(">INFOMSG:WEB_AUTH:external:https://id.example.org/?a:b"), page);
    assert_eq!(
        decode(">INFOMSG:WEB_AUTH:proxy=[::1];80;;,hidden:https://id.example.org/?a:b"),
        page
    );
}

#[test]
fn states_and_the_first_server_are_told_apart() {
    let state =
        |name: &str, detail: &str| Line::State { name: name.to_owned(), detail: detail.to_owned() };
    assert_eq!(
        decode(">STATE:1795464412,RECONNECTING,ping-restart,,,,,"),
        state("RECONNECTING", "ping-restart")
    );
    assert_eq!(
        decode("1795464384,CONNECTED,SUCCESS,10.97.0.2,10.98.0.1,11194,,"),
        state("CONNECTED", "SUCCESS")
    );
    assert_eq!(
        decode("0,vpn.example.org,1194,udp,enabled"),
        Line::Server("vpn.example.org".to_owned())
    );
}

#[test]
fn what_is_not_known_is_passed_over() {
    for line in [
        "",
        ">",
        ">:",
        ">NEW:thing",
        ">PASSWORD:Auth-Token:c2VjcmV0",
        ">PASSWORD:Need 'Auth",
        ">PASSWORD:Need 'Auth' dance",
        ">STATE:",
        "SUCCESS: hold release succeeded",
        "END",
        ">BYTECOUNT:1,2",
        ">INFOMSG:CR_TEXT:R",
        ">LOG:1,I,text",
        "ERROR: unknown command",
    ] {
        assert_eq!(decode(line), Line::Other, "{line}");
    }
}

#[test]
fn a_line_may_come_in_pieces() {
    let mut lines = Lines::default();
    assert!(lines.push(b">HOLD:Waiting for hold").is_empty());
    assert!(lines.push(b" release:7\r").is_empty());
    assert_eq!(lines.push(b"\n>REMOTE:a,1,udp\r\n>PRO"), [Line::Hold { seconds: 7 }, Line::Remote]);
    assert_eq!(lines.push(b"XY:1,TCP,a\n"), [Line::Proxy]);
}

#[test]
fn the_interfaces_own_password_is_asked_for_without_a_line_break() {
    let mut lines = Lines::default();
    assert!(lines.push(b"ENTER PASS").is_empty());
    assert_eq!(lines.push(b"WORD:"), [Line::Locked]);
    assert_eq!(
        lines.push(b"ERROR: bad password\r\nENTER PASSWORD:"),
        [Line::WrongPassword, Line::Locked]
    );
    assert_eq!(lines.push(b"SUCCESS: password is correct\r\n"), [Line::Other]);
}

#[test]
fn a_line_of_a_megabyte_is_passed_over_and_the_next_one_is_heard() {
    let mut lines = Lines::default();
    let long = vec![b'x'; 1_000_000];
    for piece in long.chunks(4096) {
        assert!(lines.push(piece).is_empty());
    }
    assert_eq!(lines.push(b"\n>REMOTE:a,1,udp\n"), [Line::Other, Line::Remote]);
    let mut exactly = vec![b'>'; LONGEST - 1];
    exactly.push(b'\n');
    assert_eq!(lines.push(&exactly), [Line::Other]);
}
