//! Texts of servers and of OpenVPN, made fit to be shown.

use crate::text::printable;

/// The text as it may be shown to people, in one line.
pub fn plain(text: &str) -> String {
    printable(text).replace('\n', " ").trim().to_owned()
}

/// Where OpenVPN writes the answer to a challenge into its log, in base64, before an apostrophe.
const ANSWERS: [&str; 2] = ["cr-response ", "CR_RESPONSE,"];

/// A line of OpenVPN's log as it may be shown.
pub fn log(line: &str) -> String {
    let mut line = line.to_owned();
    for name in ANSWERS {
        if let Some((before, answer)) = line.split_once(name) {
            let after = answer.split_once('\'').map_or("", |(_, after)| after);
            line = format!("{before}{name}[...]'{after}");
        }
    }
    plain(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_server_says_moves_the_cursor_or_turns_the_text() {
        assert_eq!(plain("Enter\u{1b}[2J\r\ncode\u{7}"), "Enter[2J code");
        assert_eq!(plain("\u{202e}edoc\u{2066}\u{200b}"), "edoc");
        assert_eq!(plain("Введите код"), "Введите код");
    }

    #[test]
    fn the_log_shows_no_answer_to_a_challenge() {
        let shown = log("2026-11-24 MANAGEMENT: CMD 'cr-response NzU1MjI0'\r\n");
        assert_eq!(shown, "2026-11-24 MANAGEMENT: CMD 'cr-response [...]'");
        let shown = log("SENT CONTROL [localhost]: 'CR_RESPONSE,NzU1MjI0' (status=1)");
        assert_eq!(shown, "SENT CONTROL [localhost]: 'CR_RESPONSE,[...]' (status=1)");
        assert_eq!(log("\u{1b}[31mred\n"), "[31mred");
    }
}
