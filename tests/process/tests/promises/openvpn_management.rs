//! `passcode openvpn` at a management interface that says what OpenVPN at hand does not: a newer version's questions, and
//! what only a broken or hostile one would say.

use data_encoding::BASE64;
use passcode_process_tests::home::{Home, hotp_key};
use passcode_process_tests::management::{Conversation, Management};
use passcode_process_tests::run::Ended;

/// The first code of the secret, by RFC 4226.
const CODE: &str = "755224";

/// Plays OpenVPN for a command line that has this password on its standard input, and gives how that ended.
fn play(version: u32, password: &str, openvpn: impl FnOnce(Conversation)) -> Ended {
    let home = Home::new();
    let _agent = home.start();
    home.pair_unspent("work", &hotp_key());
    let management = Management::at(&home.file("management"));
    let arguments = ["openvpn", "--user", "alice", "--management", management.path()];
    let command = home.passcode(&arguments).input(format!("{password}\n")).start();
    openvpn(management.client(version));
    command.end()
}

#[test]
fn password_and_code_are_put_together_where_openvpn_says_so() {
    let ended = play(6, "pass\"w\\rd", |mut openvpn| {
        openvpn.say(">PASSWORD:Need 'Auth' username/password SC:3,Enter code");
        assert_eq!(openvpn.hear(), "username \"Auth\" \"alice\"");
        assert_eq!(openvpn.hear(), format!("password \"Auth\" \"pass\\\"w\\\\rd{CODE}\""));
        openvpn.end();
    });
    assert_eq!(ended.status, Some(0), "{}", ended.err);
}

#[test]
fn a_long_answer_goes_in_lines_where_openvpn_takes_them() {
    let password = "x".repeat(400);
    let ended = play(6, &password, |mut openvpn| {
        openvpn.say(">PASSWORD:Need 'Auth' username/password SC:2,Enter code");
        openvpn.hear_until("password \"Auth\"");
        let said = openvpn.hear_until("END").concat();
        assert_eq!(BASE64.decode(said.as_bytes()), Ok(format!("{password}{CODE}").into_bytes()));
        openvpn.end();
    });
    assert_eq!(ended.status, Some(0), "{}", ended.err);
}

#[test]
fn a_long_answer_is_refused_with_advice_where_openvpn_takes_none() {
    let ended = play(5, &"x".repeat(400), |mut openvpn| {
        openvpn.say(">PASSWORD:Need 'Auth' username/password SC:2,Enter code");
        assert!(!openvpn.hear_the_end().contains("password"));
    });
    assert_eq!(ended.status, Some(1));
    assert!(ended.err.contains("too long for this OpenVPN"), "{}", ended.err);
}

#[test]
fn nothing_that_comes_from_outside_does_harm() {
    let ended = play(5, "Passw0rd!", |mut openvpn| {
        openvpn.send(vec![b'x'; 1 << 20]);
        openvpn.say("");
        openvpn.send((0..=255).collect());
        openvpn.say("");
        openvpn.say(">INFOMSG:CR_TEXT:E:Look \u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}here");
        openvpn.say(">PASSWORD:Need 'Auth' username/password SC:1,Enter\u{1b}[31m code");
        let answer =
            format!("SCRV1:{}:{}", BASE64.encode(b"Passw0rd!"), BASE64.encode(CODE.as_bytes()));
        openvpn.hear_until(&format!("password \"Auth\" \"{answer}\""));
        openvpn.say(">FATAL:\u{1b}[31mout of \u{9b}memory");
    });
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.contains("The server says: Look"), "{}", ended.err);
    assert!(
        !ended.err.contains(|c: char| c.is_control() && c != '\n' || c == '\u{202e}'),
        "{:?}",
        ended.err
    );
}

#[test]
fn a_question_that_is_no_part_of_the_login_is_left_unanswered_without_a_user() {
    let ended = play(5, "Passw0rd!", |mut openvpn| {
        openvpn.say(">PASSWORD:Need 'Private Key' password");
        assert_eq!(openvpn.hear_the_end(), "");
    });
    assert_eq!(ended.status, Some(1));
    assert!(ended.err.contains("--askpass FILE"), "{}", ended.err);
}
