//! Logins from the first line to the last, as OpenVPN 2.6 says them.

use data_encoding::BASE64;
use passcode_proto::SecretText;
use passcode_proto::join::Template;

use super::super::machine::Machine;
use super::super::steps::Gone;
use super::*;

const USER: &str = "username \"Auth\" \"otpuser\"";
const PASSWORD: &str = "password \"Auth\" \"Pass\\\"w\\\\rd0\"";

fn packed(code: &str) -> String {
    let (password, code) = (BASE64.encode(b"Pass\"w\\rd0"), BASE64.encode(code.as_bytes()));
    format!("password \"Auth\" \"SCRV1:{password}:{code}\"")
}

#[test]
fn openvpn_is_let_go_and_told_to_ask_again_after_a_refusal() {
    let mut talk = Talk::new();
    let said = talk.answers(&[GREETING, ">HOLD:Waiting for hold release:0"]);
    assert_eq!(
        said,
        ["version 5", "auth-retry interact", "remote-entry-get 0", "state on", "state"]
    );
    assert_eq!(talk.later, [(0, "hold release".to_owned())]);
}

#[test]
fn openvpn_is_kept_as_long_as_it_would_have_waited_by_itself() {
    let mut talk = Talk::begun();
    talk.hear(&[">HOLD:Waiting for hold release:20"]);
    assert_eq!(talk.later[1], (20, "hold release".to_owned()));
}

#[test]
fn a_static_challenge_is_answered_with_password_and_code_in_one() {
    let mut talk = Talk::begun();
    assert_eq!(talk.answers(&[STATIC]), [USER, &packed("100001")]);
    talk.hear(&[CONNECTED]);
    assert_eq!(talk.told, ["passcode: OpenVPN is connected."]);
}

#[test]
fn openvpn_is_made_to_forget_a_code_that_is_spent() {
    let mut talk = Talk::begun();
    talk.later.clear();
    talk.hear(&[STATIC, CONNECTED]);
    assert_eq!(talk.later, [(0, "forget-passwords".to_owned())]);
    // A renegotiation is not told to have ended, and needs the code until then.
    talk.hear(&[STATIC]);
    assert_eq!(talk.later[1], (3, "forget-passwords".to_owned()));
    let mut talk = Talk::begun();
    talk.later.clear();
    talk.hear(&[PLAIN, CONNECTED]);
    assert!(talk.later.is_empty());
}

#[test]
fn a_static_challenge_of_the_joined_kind_is_answered_without_anything_between() {
    let mut talk = Talk::begun();
    let said = talk.answers(&[">PASSWORD:Need 'Auth' username/password SC:3,Enter code"]);
    assert_eq!(said[1], "password \"Auth\" \"Pass\\\"w\\\\rd0100001\"");
}

#[test]
fn a_dynamic_challenge_is_answered_the_next_time_under_the_servers_name_for_the_user() {
    let mut talk = Talk::begun();
    talk.answering.user = Some("alias".to_owned());
    assert_eq!(talk.answers(&[PLAIN]), ["username \"Auth\" \"alias\"", PASSWORD]);
    assert_eq!(talk.answering.login.codes, 0);
    assert!(talk.answers(&[CRV1, RECONNECTING, ">HOLD:Waiting for hold release:1"]).is_empty());
    let answer = "password \"Auth\" \"CRV1::9qZZh0VhG7VI::100001\"";
    assert_eq!(talk.answers(&[PLAIN]), [USER, answer]);
    talk.hear(&[CONNECTED]);
    assert_eq!(talk.answering.login.codes, 1);
}

#[test]
fn a_dynamic_challenge_without_an_answer_costs_no_code() {
    let mut talk = Talk::begun();
    talk.hear(&[
        PLAIN,
        ">PASSWORD:Verification Failed: 'Auth' ['CRV1:E:st:b3RwdXNlcg==:Approved.']",
    ]);
    assert_eq!(talk.answers(&[PLAIN]), [USER, "password \"Auth\" \"CRV1::st::\""]);
    assert_eq!(talk.answering.login.codes, 0);
}

#[test]
fn a_challenge_in_the_middle_is_answered_in_base64() {
    let mut talk = Talk::begun();
    assert_eq!(talk.answers(&[PLAIN]), [USER, PASSWORD]);
    assert_eq!(talk.answers(&[CR_TEXT]), [format!("cr-response {}", BASE64.encode(b"100001"))]);
}

#[test]
fn a_text_that_wants_no_answer_is_shown_without_what_could_move_the_cursor() {
    let mut talk = Talk::begun();
    talk.hear(&[
        ">INFOMSG:CR_TEXT:E:Approve\u{1b}[2J it",
        ">INFOMSG:OPEN_URL:https://id.example.org/",
    ]);
    assert_eq!(talk.told[0], "passcode: The server says: Approve[2J it");
    assert!(talk.told[1].ends_with(": https://id.example.org/"));
    assert_eq!(talk.answering.login.codes, 0);
}

#[test]
fn password_and_code_go_into_one_field_when_the_user_or_a_rule_says_so() {
    let mut talk = Talk::begun();
    talk.answering.template = Template::new("{code}-{password}").ok();
    assert_eq!(talk.answers(&[PLAIN])[1], "password \"Auth\" \"100001-Pass\\\"w\\\\rd0\"");
    let mut talk = Talk::begun();
    let said = talk.answers(&[PLAIN, ">INFOMSG:CR_TEXT:R:both in one"]);
    let joined = BASE64.encode(b"Pass\"w\\rd0,100001");
    assert_eq!(said[2], format!("cr-response {joined}"));
}

#[test]
fn a_prompt_that_asks_for_something_else_costs_no_code() {
    for (prompt, answer) in [("Password again", "Pass\"w\\rd0"), ("Your user name", "otpuser")] {
        let mut talk = Talk::begun();
        let said = talk.answers(&[&format!(">INFOMSG:CR_TEXT:R:{prompt}")]);
        assert_eq!(said, [format!("cr-response {}", BASE64.encode(answer.as_bytes()))]);
        assert_eq!(talk.answering.login.codes, 0);
    }
    let mut talk = Talk::begun();
    let said = talk.answers(&[">PASSWORD:Need 'Auth' username/password SC:1,Choose a new PIN"]);
    assert!(said.is_empty());
    assert!(talk.failure().ends_with(": Choose a new PIN"), "{}", talk.failure());
    assert_eq!(talk.answering.login.codes, 0);
}

#[test]
fn a_prompt_that_nobody_understands_is_the_users_to_answer() {
    let unknown = ">INFOMSG:CR_TEXT:R:Your favourite\u{7} colour?";
    let mut talk = Talk::begun();
    talk.answering.person.says = Some("blue");
    assert_eq!(talk.answers(&[unknown]), [format!("cr-response {}", BASE64.encode(b"blue"))]);
    assert_eq!(talk.answering.person.asked, ["Your favourite colour?"]);
    let mut talk = Talk::begun();
    assert!(talk.answers(&[unknown]).is_empty() && talk.end.is_some());
    assert_eq!(talk.answering.login.codes, 0);
}

#[test]
fn a_name_alone_is_answered_with_the_name_alone() {
    assert_eq!(Talk::begun().answers(&[">PASSWORD:Need 'Auth' username"]), [USER]);
}

#[test]
fn a_name_that_is_not_known_is_asked_for_once() {
    let mut talk = Talk::begun();
    (talk.answering.user, talk.answering.person.says) = (None, Some("otpuser"));
    talk.hear(&[PLAIN, REFUSED, CONNECTED, PLAIN]);
    assert_eq!(talk.answering.person.asked, ["User name at the VPN"]);
}

#[test]
fn a_private_key_and_a_proxy_are_the_users_own() {
    let key = ">PASSWORD:Need 'Private Key' password";
    let mut talk = Talk::begun();
    talk.answering.person.says = Some("opens it");
    assert_eq!(talk.answers(&[key]), ["password \"Private Key\" \"opens it\""]);
    let proxy = talk.answers(&[">PASSWORD:Need 'HTTP Proxy' username/password"]);
    assert_eq!(
        proxy,
        ["username \"HTTP Proxy\" \"opens it\"", "password \"HTTP Proxy\" \"opens it\""]
    );
    assert_eq!(talk.answering.login.codes, 0);
    // OpenVPN would forget the key's password with the code.
    talk.hear(&[STATIC]);
    talk.later.clear();
    talk.hear(&[CONNECTED, STATIC]);
    assert!(talk.later.is_empty());
    let mut talk = Talk::begun();
    assert!(talk.answers(&[key]).is_empty() && talk.end.is_some());
}

#[test]
fn a_private_keys_password_is_asked_for_three_times_at_the_most() {
    let mut talk = Talk::begun();
    talk.answering.person.says = Some("wrong");
    for _ in 0..9 {
        talk.hear(&[
            ">PASSWORD:Need 'Private Key' password",
            ">PASSWORD:Verification Failed: 'Private Key'",
        ]);
    }
    assert_eq!(talk.answering.person.asked.len(), 3);
    assert!(talk.answering.person.asked[1].starts_with("That was refused."));
    assert!(talk.failure().contains("Private Key"));
}

#[test]
fn what_the_user_has_to_do_or_say_is_passed_on() {
    let mut talk = Talk::begun();
    talk.answering.person.says = Some("yes");
    let token = ">NEED-OK:Need 'token-insertion-request' confirmation MSG:Insert it";
    assert_eq!(talk.answers(&[token]), ["needok \"token-insertion-request\" \"ok\""]);
    assert_eq!(
        talk.answers(&[">NEED-STR:Need 'name' string MSG:Name?"]),
        ["needstr \"name\" \"yes\""]
    );
    talk.answering.person.says = Some("no");
    assert_eq!(talk.answers(&[token]), ["needok \"token-insertion-request\" \"cancel\""]);
}

#[test]
fn servers_and_proxies_stay_as_openvpn_is_configured() {
    let mut talk = Talk::begun();
    assert_eq!(talk.answers(&[">REMOTE:vpn.example.org,1194,udp"]), ["remote ACCEPT"]);
    assert_eq!(talk.answers(&[">PROXY:1,TCP,vpn.example.org"]), ["proxy NONE"]);
}

#[test]
fn a_signature_is_not_given() {
    let mut talk = Talk::begun();
    assert!(talk.answers(&[">PK_SIGN:aGFzaA==,RSA_PKCS1_PADDING"]).is_empty());
    assert!(talk.failure().contains("signature"));
}

#[test]
fn the_interfaces_own_password_is_given_once() {
    let mut talk = Talk::new();
    talk.machine = Machine::new(Some(SecretText::new("management".to_owned())));
    talk.act_on_prompt();
    assert_eq!(talk.said, ["management"]);
    talk.hear(&["ERROR: bad password"]);
    assert!(talk.failure().contains("another password"));
    let mut talk = Talk::new();
    talk.act_on_prompt();
    assert!(talk.failure().contains("has a password"));
}

#[test]
fn how_openvpn_went_is_known() {
    let gone = |lines: &[&str]| Talk::begun().hear(lines).machine.gone();
    assert_eq!(gone(&[]), Gone::Silent);
    assert_eq!(gone(&[">STATE:1795464412,EXITING,SIGTERM,,,,,"]), Gone::Orderly);
    let told = |lines: &[&str]| match gone(lines) {
        Gone::Told(failure) => failure.message().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        told(&[">STATE:1795464412,EXITING,tls-error,,,,,"]),
        "OpenVPN has ended (tls-error)."
    );
    assert_eq!(told(&[">FATAL:Cannot open TUN"]), "OpenVPN has ended: Cannot open TUN");
    let none = [STATIC, REFUSED, ">STATE:1795464412,EXITING,auth-failure,,,,,"];
    assert!(told(&none).starts_with("The server refused"));
}

#[test]
fn a_locked_vault_is_told_and_openvpn_may_wait() {
    let mut talk = Talk::begun();
    talk.answering.login.locked = true;
    assert!(talk.answers(&[STATIC]).is_empty());
    assert_eq!(talk.failure(), "The vault is locked.");
}

#[test]
fn an_answer_that_is_too_long_ends_it() {
    let mut talk = Talk::begun();
    talk.answering.user = Some("u".repeat(300));
    talk.hear(&[PLAIN]);
    assert!(talk.failure().contains("too long"));
}
