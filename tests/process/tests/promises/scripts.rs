//! The agent from a shell and from a script in another language, as the documentation tells.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use passcode_process_tests::home::{Home, hotp_key, totp_key};
use passcode_process_tests::run::Run;
use passcode_process_tests::{oathtool, site, tools, watchdog};
use passcode_proto::profile::Algorithm;
use serde_json::Value;

/// What `socat` prints for lines of requests.
fn socat(home: &Home, requests: &str) -> Vec<Value> {
    tools::need("socat", "socat");
    let address = format!("UNIX:{}", home.socket().display());
    let answers = Run::new("socat").args(["-t", "70", "-"]).arg(address).input(requests).output();
    answers.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn socat_asks_for_the_status_and_for_codes() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    let status = socat(&home, "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"status\"}\n");
    assert_eq!((&status[0]["id"], &status[0]["result"]["state"]), (&"a".into(), &"open".into()));
    let code = r#"{"jsonrpc":"2.0","id":7,"method":"code","params":{"profile":"work"}}"#;
    let codes = socat(&home, &format!("{code}\n{code}\n{code}"));
    let codes: Vec<_> = codes.iter().map(|answer| &answer["result"]["code"]).collect();
    assert_eq!(codes, ["287082", "359152", "969429"], "in order, the last without a line break");
    let none = r#"{"jsonrpc":"2.0","id":8,"method":"code","params":{"profile":"none"}}"#;
    let fault = &socat(&home, none)[0]["error"]["data"];
    assert_eq!((&fault["code"], &fault["exit"]), (&"no_such_profile".into(), &6.into()));
}

/// The client that stands in the documentation.
fn documented_client() -> String {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the project");
    let manual = fs::read_to_string(project.join("docs/protocol.md")).expect("the manual");
    let (_, from) = manual.split_once("```python\n").expect("a client in Python");
    from.split_once("```").expect("its end").0.to_owned()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs()
}

#[test]
fn the_documented_client_in_python_gets_a_code_in_ten_lines() {
    let _watchdog = watchdog::watch();
    tools::need("python3", "python3");
    let source = documented_client();
    assert!(source.lines().count() <= 10, "{source}");
    let folder = site::folder();
    let script = folder.path().join("client.py");
    fs::write(&script, source).unwrap();
    let home = Home::new();
    home.pair("work", &totp_key());
    let python = |variable: &str, value: &Path, profile: &str| {
        Run::new("python3").arg(&script).arg(profile).env(variable, value).end()
    };

    let before = now();
    let printed = python("PASSCODE_HOME", home.path(), "work");
    let codes = [before, now()]
        .map(|at| oathtool::totp(b"12345678901234567890", Algorithm::Sha1, 6, 30, at) + "\n");
    assert!(codes.contains(&printed.out), "{}{}", printed.out, printed.err);

    let by_socket = python("PASSCODE_SOCKET", &home.socket(), "work");
    assert_eq!((by_socket.status, by_socket.out.len()), (Some(0), 7), "{}", by_socket.err);
    let runtime = folder.path().join("passcode");
    std::os::unix::fs::symlink(home.path(), &runtime).unwrap();
    let by_runtime = python("XDG_RUNTIME_DIR", folder.path(), "work");
    assert_eq!((by_runtime.status, by_runtime.out.len()), (Some(0), 7), "{}", by_runtime.err);

    let refused = python("PASSCODE_HOME", home.path(), "nobody");
    assert_eq!(refused.status, Some(1));
    assert_eq!(refused.err, "There is no such profile.\n");
}
