//! `--copy` puts the code into the terminal's clipboard (OSC 52) and nowhere else. The terminal is `script`, whose
//! record shows every byte, or tmux, which takes the sequence as a terminal does.

use std::fs;

use data_encoding::BASE64;
use passcode_process_tests::home::{Home, hotp_key};
use passcode_process_tests::run::Run;
use passcode_process_tests::tmux::Terminal;
use passcode_process_tests::{programs, tools, wait, watchdog};

fn paired() -> Home {
    let home = Home::new();
    home.pair("work", &hotp_key());
    home
}

/// Runs a line of shell in a terminal that records all that is written to it: exit status and record.
fn in_recorded_terminal(home: &Home, line: &str, kind: &str) -> (Option<i32>, String) {
    tools::need("script", "bsdutils");
    let record = home.file("record");
    let ended = Run::new("script")
        .args(["--quiet", "--return", "--command", line])
        .arg(&record)
        .env("PASSCODE_HOME", home.path())
        .env("TERM", kind)
        .env("SHELL", "/bin/sh")
        .env("BIN", programs::passcode())
        .env("OUT", home.file("out"))
        .end();
    (ended.status, fs::read_to_string(record).expect("a record"))
}

#[test]
fn a_copied_code_goes_to_the_terminals_clipboard_and_never_to_standard_output() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let line = "\"$BIN\" get work --copy >\"$OUT\"";
    let (status, record) = in_recorded_terminal(&home, line, "xterm-256color");
    assert_eq!(status, Some(0), "{record}");
    let (_, sequence) = record.split_once("\x1b]52;c;").expect("a control sequence");
    let (text, rest) = sequence.split_once('\x07').expect("its end");
    assert_eq!(BASE64.decode(text.as_bytes()).unwrap(), b"287082");
    assert_eq!(fs::read_to_string(home.file("out")).unwrap(), "", "standard output");
    assert!(rest.contains("clipboard"), "and the user is told: {rest}");
    assert!(!record.contains("287082"), "the code itself is not shown");
}

#[test]
fn what_is_copied_can_be_joined_with_a_password() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let line = "echo hunter2 | \"$BIN\" get work --copy --join '{password},{code}'";
    let (status, record) = in_recorded_terminal(&home, line, "xterm-256color");
    assert_eq!(status, Some(0), "{record}");
    assert!(record.contains(&BASE64.encode(b"hunter2,287082")), "{record}");
}

#[test]
fn where_nothing_can_take_a_code_none_is_spent() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let refused = home.run(&["get", "work", "--copy"]);
    assert_eq!((refused.status, refused.out.as_str()), (Some(1), ""), "{}", refused.err);
    assert!(refused.err.contains("There is no clipboard"), "{}", refused.err);
    let (status, record) = in_recorded_terminal(&home, "\"$BIN\" get work --copy", "dumb");
    assert_eq!(status, Some(1), "{record}");
    assert!(!record.contains("]52;"), "{record}");
    assert_eq!(home.print(&["get"]), "287082", "no counter was spent");
}

/// A terminal that takes what programs put into its clipboard.
fn terminal(home: &Home) -> Terminal {
    let bin = programs::passcode();
    let variables = [
        ("PASSCODE_HOME", home.path().to_str().expect("a path")),
        ("BIN", bin.to_str().expect("a path")),
    ];
    let terminal = Terminal::open(&variables);
    terminal.tmux(&["set-option", "-s", "set-clipboard", "on"]).output();
    terminal
}

/// Waits until the terminal's clipboard holds something.
fn clipboard(terminal: &Terminal) -> String {
    wait::until("something in the clipboard", || {
        let buffer = terminal.tmux(&["show-buffer"]).end();
        (buffer.status == Some(0)).then_some(buffer.out)
    })
}

#[test]
fn a_terminal_takes_the_copied_code() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let terminal = terminal(&home);
    terminal.enter("TMUX= TERM=xterm-256color \"$BIN\" get work --copy");
    assert_eq!(clipboard(&terminal), "287082");
    assert!(!terminal.wait_for("clipboard").contains("287082"));
}

#[test]
fn inside_tmux_the_code_reaches_the_terminal_outside_and_stays_in_no_buffer() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let (outer, inner) = (terminal(&home), terminal(&home));
    outer.enter(&format!("TMUX= TERM=xterm-256color {}", inner.command_line("attach")));
    wait::until("somebody at the inner terminal", || {
        (inner.variable("session_attached") == "1").then_some(())
    });
    inner.enter("\"$BIN\" get work --copy; echo status=$?");
    inner.wait_for("status=0");
    assert_eq!(clipboard(&outer), "287082");
    assert_eq!(inner.tmux(&["list-buffers"]).output(), "", "nothing stays behind");
}
