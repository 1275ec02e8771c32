//! Where secrets must not be: process lists, environments, logs, files.

use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use data_encoding::BASE32_NOPAD;
use passcode_process_tests::agent::AgentProcess;
use passcode_process_tests::home::Home;
use passcode_process_tests::others::OtherHome;
use passcode_process_tests::wait::Stop;
use passcode_process_tests::{others, watchdog};

/// A secret of its own for every run, so that finding it proves something.
struct Secret {
    bytes: [u8; 20],
    base32: String,
}

impl Secret {
    fn new() -> Self {
        let mut bytes = [0; 20];
        getrandom::fill(&mut bytes).expect("random bytes");
        Self { bytes, base32: BASE32_NOPAD.encode(&bytes) }
    }

    fn key(&self, kind: &str, profile: &str) -> String {
        format!("otpauth://{kind}/Issuing%20Bank:{profile}?secret={}&counter=0", self.base32)
    }

    /// The spellings in which it could be found: as typed, in hexadecimal, as a list of numbers, and raw.
    fn spellings(&self) -> Vec<Vec<u8>> {
        let hex: String = self.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let list: Vec<String> = self.bytes[..8].iter().map(ToString::to_string).collect();
        let texts = [&self.base32[..16], &self.base32.to_lowercase()[..16], &hex[..20]];
        let mut spellings: Vec<Vec<u8>> = texts.map(|text| text.as_bytes().to_vec()).into();
        spellings.extend([list.join(", ").into_bytes(), self.bytes.to_vec()]);
        spellings
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.spellings().iter().any(|spelling| contains(bytes, spelling))
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Looks at the arguments and environments of all processes until told to stop; gives the command lines of ours.
fn look_at_processes(secret: &Secret, over: &AtomicBool) -> BTreeSet<String> {
    let mut ours = BTreeSet::new();
    while !over.load(Ordering::Relaxed) {
        for process in fs::read_dir("/proc").expect("processes").flatten() {
            let arguments = fs::read(process.path().join("cmdline")).unwrap_or_default();
            let environment = fs::read(process.path().join("environ")).unwrap_or_default();
            let line = String::from_utf8_lossy(&arguments).replace('\0', " ");
            assert!(!secret.is_in(&arguments), "the secret is in the arguments of: {line}");
            assert!(!secret.is_in(&environment), "the secret is in the environment of: {line}");
            if line.contains("passcode") {
                ours.insert(line);
            }
        }
    }
    ours
}

#[test]
fn a_key_on_standard_input_is_in_no_process_list() {
    let _watchdog = watchdog::watch();
    let (home, secret, over) = (Home::new(), Secret::new(), AtomicBool::new(false));
    let seen = thread::scope(|scope| {
        let looking = scope.spawn(|| look_at_processes(&secret, &over));
        let stop = Stop(&over);
        for number in 0..30 {
            home.pair(&format!("profile {number}"), &secret.key("totp", "me"));
            home.print(&["get", &format!("profile {number}")]);
        }
        drop(stop);
        looking.join().expect("nothing was found")
    });
    let saw = |part: &str| seen.iter().any(|line| line.contains(part));
    assert!(saw(" pair - ") && saw("passcoded"), "the look was quick enough: {seen:?}");
}

#[test]
fn a_key_as_an_argument_is_taken_with_one_warning() {
    let _watchdog = watchdog::watch();
    let (home, secret) = (Home::new(), Secret::new());
    let paired = home.run(&["pair", &secret.base32, "--name", "careless"]);
    assert_eq!((paired.status, paired.out.len()), (Some(0), 7), "{}", paired.err);
    assert_eq!(paired.err.matches("process list").count(), 1, "{}", paired.err);
    assert!(!secret.is_in(paired.err.as_bytes()));
    let careful = home.passcode(&["pair", "-", "--name", "careful"]).input(&secret.base32).end();
    assert!(!careful.err.contains("process list"), "{}", careful.err);
}

/// The password that belongs to a profile's codes.
const PASSWORD: &str = "Schluesselwort-4711";

/// A session with everything that could leave a trace; gives the codes that were printed.
fn eventful_session(home: &Home, secret: &Secret) -> Vec<String> {
    let mut codes = vec![
        home.pair("Zugangskonto", &secret.key("totp", "Kontoinhaberin")),
        home.pair("Zaehlkonto", &secret.key("hotp", "Kontoinhaberin")),
    ];
    for _ in 0..5 {
        codes.push(home.print(&["get", "Zugangskonto"]));
        codes.push(home.print(&["get", "Zaehlkonto"]));
    }
    codes.extend(home.print(&["hotp", "resync", "Zaehlkonto"]).lines().map(str::to_owned));
    let set = home.passcode(&["password", "set", "Zugangskonto"]).input(PASSWORD).end();
    assert_eq!(set.status, Some(0), "{}", set.err);
    codes.push(
        home.print(&["askpass", "--profile", "Zugangskonto", "Password and code:"])
            .replace(PASSWORD, ""),
    );
    for failing in [
        &["get", "Zutrittskonto"][..],
        &["get", "Z"],
        &["hotp", "set", "Zaehlkonto", "0"],
        &["rename", "Zaehlkonto", "zugangskonto"],
        &["hotp", "show", "Zugangskonto"],
    ] {
        assert_ne!(home.run(failing).status, Some(0), "{failing:?}");
    }
    let bad_key = format!("{}&digits=99", secret.key("totp", "Kontoinhaberin"));
    assert_eq!(home.passcode(&["pair", "-"]).input(bad_key).end().status, Some(9));
    home.print(&["rename", "Zaehlkonto", "Zaehlerkonto"]);
    home.print(&["lock"]);
    assert_eq!(home.run(&["get", "Zugangskonto"]).status, Some(4));
    home.print(&["unlock"]);
    home.print(&["unpair", "Zaehlerkonto", "--yes"]);
    codes
}

#[test]
fn a_verbose_log_names_verbs_and_outcomes_but_no_secret_code_or_profile() {
    let _watchdog = watchdog::watch();
    let (home, secret) = (Home::new(), Secret::new());
    let agent = home.start();
    let codes = eventful_session(&home, &secret);
    agent.quit();
    let log = home.log();
    for said in ["pair", "code", "no_such_profile", "bad_key", "locked", "done"] {
        assert!(
            log.contains(said),
            "a log that says nothing proves nothing: {said} is missing: {log}"
        );
    }
    assert!(!secret.is_in(log.as_bytes()), "the secret: {log}");
    let words = log.split(|c: char| !c.is_alphanumeric()).collect::<Vec<_>>();
    for code in codes {
        assert!(!words.contains(&code.as_str()), "the code {code}: {log}");
    }
    for name in ["konto", "Konto", "Issuing", "otpauth", PASSWORD] {
        assert!(!log.contains(name), "{name}: {log}");
    }
}

#[test]
fn no_file_holds_the_secret_or_a_name_in_clear() {
    let _watchdog = watchdog::watch();
    let (home, secret) = (Home::new(), Secret::new());
    let agent: AgentProcess = home.start();
    eventful_session(&home, &secret);
    let in_clear = |moment: &str| {
        for entry in fs::read_dir(home.path()).unwrap().flatten() {
            let bytes = fs::read(entry.path()).unwrap_or_default();
            let name = entry.file_name();
            assert!(!secret.is_in(&bytes), "{moment}: the secret is in {name:?}");
            for text in ["Zugangskonto", "Kontoinhaberin", "Issuing Bank", PASSWORD] {
                assert!(!contains(&bytes, text.as_bytes()), "{moment}: {text} is in {name:?}");
            }
        }
    };
    in_clear("while the agent runs");
    agent.quit();
    in_clear("after it has ended");
    assert!(fs::read(home.file("vault.db")).unwrap().starts_with(b"SQLite format 3"));
}

#[test]
fn the_agents_own_arguments_and_environment_hold_no_secret() {
    let _watchdog = watchdog::watch();
    let (home, secret) = (Home::new(), Secret::new());
    home.pair("work", &secret.key("totp", "me"));
    let process = format!("/proc/{}", home.status().unwrap().pid);
    let arguments = fs::read(format!("{process}/cmdline")).unwrap();
    assert!(contains(&arguments, b"passcoded") && !secret.is_in(&arguments));
    let environment = fs::read(format!("{process}/environ")).unwrap_or_default();
    assert!(!secret.is_in(&environment));
}

#[test]
fn no_program_of_the_same_user_can_read_the_agents_memory() {
    let _watchdog = watchdog::watch();
    let home = OtherHome::new();
    home.start();
    let status = home.passcode(&["status", "--json"]).output();
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    for file in ["mem", "environ", "maps"] {
        let read = others::as_other("head")
            .args(["-c", "1"])
            .arg(format!("/proc/{}/{file}", status["pid"]));
        let read = read.end();
        assert_ne!(read.status, Some(0), "{file} can be read");
        assert!(read.err.contains("ermission denied"), "{file}: {}", read.err);
    }
    let limits = others::as_other("cat").arg(format!("/proc/{}/limits", status["pid"])).output();
    let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(cores.split_whitespace().nth(4), Some("0"), "no core is dumped: {cores}");
}
