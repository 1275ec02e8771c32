//! What callers may get wrong: each mistake has an answer, and spends nothing.

use std::collections::HashSet;
use std::fs;

use crate::build::crate_file;
use crate::home::Home;

#[test]
fn every_misuse_is_answered_by_an_error_and_spends_no_code() {
    let home = Home::paired();
    // `program.c` checks each by itself, and that the buffers are as they should be.
    assert_eq!(home.run(&["misuse"]), "0 mistakes were let through\n");
    assert!(home.run(&["get", "hotp"]).starts_with("0 755224 "), "the first code is still there");
}

#[test]
fn profiles_are_listed_whole_or_counted() {
    let home = Home::paired();
    let said = home.run(&["list"]);
    let profiles: Vec<&str> = said.lines().collect();
    assert_eq!(profiles[0], "count=2 of 0: 201");
    assert_eq!(profiles[1], "count=2 of 1: 201, untouched");
    assert_eq!(profiles[2], "count=2 of 3: 0");
    assert_eq!(profiles[3], "hotp|ACME|alice|kind=2 digits=6 period=0 flags=0");
    assert_eq!(profiles[4], "totp|Büro|bob|kind=1 digits=8 period=30 flags=0");
}

#[test]
fn the_default_profile_is_marked() {
    let home = Home::paired();
    let default = passcode_proto::request::SetDefault { profile: "totp".to_owned() };
    home.client().call(default).unwrap();
    let said = home.run(&["list"]);
    assert!(said.contains("hotp|ACME|alice|kind=2 digits=6 period=0 flags=0"), "{said}");
    assert!(said.contains("totp|Büro|bob|kind=1 digits=8 period=30 flags=1"), "{said}");
}

#[test]
fn more_profiles_than_a_page_holds_are_listed() {
    let home = Home::new();
    let count = passcode_proto::limits::PAGE + 3;
    for number in 0..count {
        home.pair(
            &format!("p{number}"),
            &format!("otpauth://totp/A:{number}?secret={}", crate::home::SECRET),
        );
    }
    let said = home.run(&["count"]);
    assert_eq!(said, format!("0 {count} first=p0 last=p{}\n", count - 1));
}

#[test]
fn the_version_is_that_of_header_and_package() {
    let home = Home::quiet();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(home.run(&["version"]), format!("{version} {version}\n"));
}

#[test]
fn every_status_of_the_header_has_words_of_its_own_and_any_other_number_has_some() {
    let header = fs::read_to_string(crate_file("include/passcode.h")).unwrap();
    let (_, list) = header.split_once("typedef enum passcode_status {").unwrap();
    let (list, _) = list.split_once('}').unwrap();
    let number = |line: &str| line.split_once(" = ").map(|(_, number)| number.replace(',', ""));
    let mut expected: Vec<String> = list.lines().filter_map(number).collect();
    expected.push("-1".to_owned());
    let said = Home::quiet().run(&["texts"]);
    let lines: Vec<(&str, &str)> = said.lines().filter_map(|line| line.split_once(' ')).collect();
    assert_eq!(lines.iter().map(|(number, _)| *number).collect::<Vec<_>>(), expected);
    let words: HashSet<&str> = lines.iter().map(|(_, words)| *words).collect();
    assert_eq!(words.len(), expected.len());
}
