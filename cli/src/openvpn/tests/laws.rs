//! What holds whatever OpenVPN or the server say.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::line::{Line, Lines};
use super::*;

const OTHERS: [&str; 9] = [
    GREETING,
    ">HOLD:Waiting for hold release:1",
    ">PASSWORD:Need 'Auth' username",
    ">PASSWORD:Need 'HTTP Proxy' username/password",
    ">PASSWORD:Verification Failed: 'Auth' ['TEMP']",
    ">PASSWORD:Verification Failed: 'Auth' ['SESSION:']",
    ">INFOMSG:CR_TEXT:R:both",
    ">PASSWORD:Need 'Auth' username/password SC:2,code",
    ">REMOTE:a,1,udp",
];

fn line() -> impl Strategy<Value = &'static str> {
    const USUAL: [&str; 6] = [STATIC, PLAIN, REFUSED, RECONNECTING, CRV1, CR_TEXT];
    prop_oneof![3 => select(&USUAL[..]), 1 => select(&OTHERS[..])]
}

proptest! {
    #[test]
    fn a_login_never_costs_more_than_five_codes(lines in prop::collection::vec(line(), 0..80)) {
        let mut talk = Talk::begun();
        talk.answering.login.may_ask = true;
        talk.answering.person.says = Some("yes");
        talk.hear(&lines);
        prop_assert!(talk.answering.login.codes <= 5);
    }

    #[test]
    fn no_code_is_given_twice(
        lines in prop::collection::vec(prop_oneof![4 => line(), 1 => Just(CONNECTED)], 0..80),
    ) {
        let mut talk = Talk::begun();
        talk.answering.login.may_ask = true;
        talk.hear(&lines);
        let forms = ["SCRV1:", "CRV1::", "cr-response"];
        let given = |line: &&String| forms.iter().any(|form| line.contains(form));
        let mut answers: Vec<&String> = talk.said.iter().filter(given).collect();
        let all = answers.len();
        answers.sort();
        answers.dedup();
        prop_assert_eq!(answers.len(), all);
    }

    #[test]
    fn after_its_end_nothing_more_is_said(
        before in prop::collection::vec(line(), 0..40),
        after in prop::collection::vec(line(), 0..20),
    ) {
        let mut talk = Talk::begun();
        talk.hear(&before).hear(&[">PK_SIGN:aGFzaA=="]);
        let (said, told) = (talk.said.len(), talk.told.len());
        prop_assert!(talk.end.is_some());
        talk.hear(&after);
        prop_assert_eq!((talk.said.len(), talk.told.len()), (said, told));
    }

    #[test]
    fn nothing_that_is_told_can_move_the_cursor(text in "[\\PC\\x00-\\x1f\u{202e}\u{9b}]{0,80}") {
        let mut talk = Talk::begun();
        let text = text.replace('\n', " ");
        for line in [">INFOMSG:CR_TEXT:E:", ">INFOMSG:OPEN_URL:", ">PASSWORD:Verification Failed: 'Auth' ['", ">FATAL:"] {
            let end = if line.ends_with('\'') { "']" } else { "" };
            talk.hear(&[STATIC, &format!("{line}{text}{end}")]);
        }
        talk.hear(&[CONNECTED, &format!(">STATE:1795464412,RECONNECTING,{text}")]);
        let failure = talk.failure().to_owned();
        for told in talk.told.iter().chain([&failure]) {
            prop_assert!(!told.contains(|c: char| c.is_control() || c == '\u{202e}'), "{told:?}");
        }
    }

    #[test]
    fn lines_are_the_same_however_they_are_cut(
        text in "(>(HOLD:x:7|REMOTE:a|STATE:123456789,WAIT,,|NEW)\r?\n|[\\PC]{0,9}\n){0,20}",
        cuts in prop::collection::vec(1usize..40, 1..30),
    ) {
        prop_assume!(!text.contains("ENTER PASSWORD:"));
        let whole = Lines::default().push(text.as_bytes());
        let mut lines = Lines::default();
        let (mut rest, mut pieces): (&[u8], Vec<Line>) = (text.as_bytes(), Vec::new());
        for cut in cuts.iter().cycle() {
            if rest.is_empty() { break }
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            pieces.extend(lines.push(piece));
            rest = after;
        }
        prop_assert_eq!(pieces, whole);
    }

    #[test]
    fn whatever_bytes_come_there_is_a_line_for_each_line_break(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let breaks = bytes.iter().filter(|byte| **byte == b'\n').count();
        prop_assert_eq!(Lines::default().push(&bytes).len(), breaks);
    }
}
