//! The tables of the RFCs, by the command line alone.

use passcode_process_tests::home::{Home, RFC_SECRET, hotp_key};
use passcode_process_tests::watchdog;

/// RFC 4226, appendix D.
const CODES: [&str; 10] = [
    "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
    "520489",
];

#[test]
fn pairing_and_nine_codes_are_the_table_of_rfc_4226() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let paired = home.passcode(&["pair", "-", "--name", "work"]).input(hotp_key()).end();
    assert_eq!((paired.status, paired.out.as_str()), (Some(0), "755224\n"), "{}", paired.err);
    for code in &CODES[1..] {
        let given = home.run(&["get", "work"]);
        assert_eq!((given.out, given.err), (format!("{code}\n"), String::new()));
        assert_eq!(given.status, Some(0));
    }
}

#[test]
fn a_bare_secret_with_a_counter_gives_the_same_table() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let pair = home.passcode(&["pair", "-", "--name", "token", "--counter", "3", "--no-code"]);
    assert_eq!(pair.input(RFC_SECRET.to_lowercase()).output(), "");
    for code in &CODES[3..] {
        assert_eq!(home.print(&["get"]), *code);
    }
}
