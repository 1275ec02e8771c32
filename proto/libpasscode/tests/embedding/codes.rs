//! Codes: the right ones, each given once, by every way to link, compile and call.

use std::collections::BTreeSet;
use std::process::Command;

use passcode_proto::event::Event;
use passcode_proto::request::GetCode;

use crate::build::{self, compile};
use crate::home::{HOTP, Home, run};

#[test]
fn counter_based_codes_are_those_of_rfc_4226_in_order() {
    let home = Home::paired();
    for (counter, code) in HOTP.iter().enumerate() {
        let said = home.run(&["get", "hotp"]);
        assert_eq!(said, format!("0 {code} kind=2 left=0 to=0 counter={counter} profile=hotp\n"));
    }
}

#[test]
fn a_time_based_code_is_the_agents_with_the_time_that_is_left() {
    let home = Home::paired();
    // Again if the time step has ended in between.
    let (said, code) = (0..3)
        .map(|_| {
            let said = home.run(&["get", "totp"]);
            let asked = GetCode {
                profile: Some("totp".to_owned()),
                fresh: false,
                min_valid: None,
                wait: None,
                show: true,
                no_prompt: true,
                purpose: None,
            };
            (said, home.client().call(asked).unwrap().code.expose().to_owned())
        })
        .find(|(said, code)| said.contains(code))
        .expect("the same code");
    assert!(said.starts_with(&format!("0 {code} kind=1 left=")), "{said}");
    let number = |name: &str| -> u64 {
        said.split_once(name).unwrap().1.split(' ').next().unwrap().parse().unwrap()
    };
    assert_eq!((code.len(), number("to=") % 30, number("counter=")), (8, 0, 0));
    assert!((1..=30).contains(&number("left=")), "{said}");
    assert!(said.ends_with("profile=totp\n"), "{said}");
}

#[test]
fn what_a_code_is_for_is_told_to_whoever_watches() {
    let home = Home::paired();
    let mut events = home.client().subscribe().unwrap();
    home.run(&["get", "hotp", "purpose=vpn.example.org"]);
    let purpose = loop {
        if let Event::CodeGiven(given) = events.next_event().unwrap().event {
            break given.purpose;
        }
    };
    assert_eq!(purpose.unwrap().as_str(), "vpn.example.org");
}

#[test]
fn no_name_means_the_default_profile() {
    let home = Home::new();
    assert!(home.run(&["get", "-"]).starts_with("603 "), "nothing is paired");
    home.pair("only", &format!("otpauth://hotp/A:a?secret={}&counter=0", crate::home::SECRET));
    assert!(home.run(&["get", "-"]).starts_with("0 755224 "));
}

#[test]
fn fresh_waits_for_the_next_time_step_while_signals_come() {
    let home = Home::new();
    home.pair("quick", &format!("otpauth://totp/A:a?secret={}&period=2", crate::home::SECRET));
    let to = |said: &str| -> u64 {
        assert!(said.starts_with("0 "), "{said}");
        said.split_once("to=").unwrap().1.split(' ').next().unwrap().parse().unwrap()
    };
    let said = home.run(&["interrupted", "quick", "fresh"]);
    let ends: Vec<u64> = said.lines().map(to).collect();
    assert_eq!(ends.len(), 3);
    assert!(ends.windows(2).all(|pair| pair[1] > pair[0]), "each step once: {ends:?}");
    let refused = home.run(&["get", "quick", "fresh,no-wait", "min-valid=60"]);
    assert!(refused.starts_with("501 "), "{refused}");
}

#[test]
fn eight_threads_get_four_hundred_different_counters() {
    let home = Home::paired();
    let said = home.run(&["threads", "hotp"]);
    let counters: BTreeSet<u64> =
        said.lines().map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect();
    assert_eq!((said.lines().count(), counters.len()), (400, 400));
    assert_eq!(counters.last(), Some(&399), "none was spent for nothing");
    for (counter, code) in HOTP.iter().enumerate() {
        assert!(said.lines().any(|line| line == format!("{counter} {code}")), "{counter}");
    }
}

#[test]
fn a_child_after_fork_gets_codes_too() {
    let home = Home::paired();
    assert_eq!(home.run(&["fork", "hotp"]), "755224\n287082\n359152\n");
}

#[test]
fn the_program_compiles_as_c_plus_plus_and_links_statically() {
    let home = Home::paired();
    let cpp =
        compile("program-cpp", &["c++", "-x", "c++", "-std=c++11"], &["-x", "none", "-lpasscode"]);
    assert!(home.run_as(&cpp, &["get", "hotp"]).starts_with("0 755224 "));
    let archive = build::installed().join("lib/libpasscode.a");
    let libraries = ["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"];
    let link: Vec<&str> = [archive.to_str().unwrap()].into_iter().chain(libraries).collect();
    let alone = compile("program-static", &["cc", "-std=c99"], &link);
    let needed = run(Command::new("ldd").arg(&alone));
    assert!(!needed.contains("libpasscode"), "{needed}");
    assert!(home.run_as(&alone, &["get", "hotp"]).starts_with("0 287082 "));
}

#[test]
fn nothing_leaks_and_no_memory_is_misused() {
    let home = Home::paired();
    let checked = compile(
        "program-checked",
        &["cc", "-std=c99", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
        &["-lpasscode"],
    );
    for arguments in
        [&["get", "hotp"][..], &["threads", "hotp"], &["list"], &["misuse"], &["get", "x"]]
    {
        let mut command = home.command(&checked);
        run(command.args(arguments).env("ASAN_OPTIONS", "detect_leaks=1"));
    }
    let leaks = home.command(&checked).arg("leak").env("ASAN_OPTIONS", "detect_leaks=1").output();
    assert!(!leaks.unwrap().status.success(), "a leak would be noticed");
}
