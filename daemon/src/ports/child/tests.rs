//! A program is asked, within its limits.

use std::time::Duration;

use super::*;

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

fn question(input: &[u8]) -> Question {
    Question {
        input: Zeroizing::new(input.to_vec()),
        stays_open: false,
        most: 1000,
        limit: Duration::from_secs(20),
    }
}

fn said(script: &str, question: Question) -> Result<(String, bool), NoAnswer> {
    let answer = ask(shell(script), question)?;
    Ok((String::from_utf8(answer.output.to_vec()).unwrap(), answer.is_good))
}

#[test]
fn a_program_gets_its_input_and_gives_its_output() {
    assert_eq!(said("tr a-z A-Z", question(b"hello")), Ok(("HELLO".to_owned(), true)));
}

#[test]
fn a_program_that_fails_is_told_from_one_that_does_not() {
    assert_eq!(said("echo no; exit 3", question(b"")), Ok(("no\n".to_owned(), false)));
    assert_eq!(said("kill -9 $$", question(b"")), Ok((String::new(), false)));
}

#[test]
fn a_missing_program_is_told() {
    let command = Command::new("/no/such/program");
    assert_eq!(ask(command, question(b"")).map(drop), Err(NoAnswer::Missing));
}

#[test]
fn a_program_that_does_not_read_a_large_input_holds_nobody_up() {
    let limit = Duration::from_millis(300);
    let large = Question { limit, ..question(&[b'x'; 1 << 20]) };
    assert_eq!(said("sleep 1000", large), Err(NoAnswer::Late));
    assert_eq!(said("echo done", question(&[b'x'; 1 << 20])), Ok(("done\n".to_owned(), true)));
}

#[test]
fn an_output_that_has_no_end_is_refused() {
    assert_eq!(said("yes", question(b"")), Err(NoAnswer::Failed));
    let most = Question { most: 2, ..question(b"") };
    assert_eq!(said("printf 12", most), Ok(("12".to_owned(), true)));
}

#[test]
fn a_program_that_says_all_and_does_not_end_is_killed() {
    assert_eq!(said("echo done; exec >&-; sleep 1000", question(b"")), Err(NoAnswer::Late));
}

#[test]
fn an_input_that_stays_open_ends_after_the_answer() {
    let open = Question { stays_open: true, ..question(b"line\n") };
    assert_eq!(said("head -n 1", open), Ok(("line\n".to_owned(), true)));
    let open = Question { stays_open: true, limit: Duration::from_millis(300), ..question(b"l\n") };
    assert_eq!(said("cat >/dev/null; echo end", open), Err(NoAnswer::Late), "no end was seen");
}
