//! The documents say what the code does: the tables of `docs/protocol.md` are made from it, and what the documents
//! name exists. `make protocol` writes the tables anew.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use passcode_proto::codec::binary;
use passcode_proto::request::Status;
use passcode_proto::{FaultCode, Verb, limits, verb};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("a document")
}

/// Compares what stands between the markers of `name` with `table`, or writes it there.
fn hold(name: &str, table: &str) {
    let path: PathBuf = root().join("docs/protocol.md");
    let text = read("docs/protocol.md");
    let (begin, end) = (format!("<!-- {name}:begin -->\n"), format!("<!-- {name}:end -->"));
    let (before, rest) = text.split_once(&begin).expect("the beginning of the table");
    let (now, after) = rest.split_once(&end).expect("the end of the table");
    if std::env::var_os("PASSCODE_BLESS").is_some() {
        std::fs::write(path, format!("{before}{begin}{table}{end}{after}"))
            .expect("the document written");
    } else {
        assert_eq!(now, table, "the table of {name} is old: make protocol");
    }
}

fn verbs() -> String {
    let mut table = "| verb | answer | |\n|---|---|---|\n".to_owned();
    for verb in verb::table() {
        writeln!(table, "| `{}` | `{}` | {} |", verb.name, verb.answer, verb.about).expect("text");
    }
    table += "\n| verb | parameter | type | |\n|---|---|---|---|\n";
    for verb in verb::table() {
        for param in verb.params {
            let kind = param.kind.replace('|', "\\|");
            let optional = if param.optional { ", optional" } else { "" };
            writeln!(
                table,
                "| `{}` | `{}` | {kind}{optional} | {} |",
                verb.name, param.name, param.about
            )
            .expect("text");
        }
    }
    table
}

fn faults() -> String {
    let head =
        "| number | code | exit | what happened | what to do |\n|---|---|---|---|---|\n".to_owned();
    FaultCode::ALL.iter().enumerate().fold(head, |mut table, (number, code)| {
        let (name, exit) = (code.name(), code.exit() as u8);
        writeln!(table, "| {number} | `{name}` | {exit} | {} | {} |", code.message(), code.hint())
            .expect("text");
        table
    })
}

fn limits_table() -> String {
    let rows = [
        ("a message to the agent", format!("{} bytes", limits::REQUEST_BYTES), "too_large"),
        ("a message of the agent", format!("{} bytes", limits::REPLY_BYTES), "too_large"),
        ("nesting of JSON", format!("{} levels", limits::JSON_DEPTH), "too_deep"),
        ("the `id` of a request", format!("{} bytes", limits::JSON_ID_BYTES), "bad_request"),
        (
            "from a message's first byte to its last",
            format!("{} s", limits::MESSAGE_TIME.as_secs()),
            "too_slow",
        ),
        (
            "for the client to take in a message",
            format!("{} s", limits::WRITE_TIME.as_secs()),
            "the end",
        ),
        ("connections at once", limits::CONNECTIONS.to_string(), "busy"),
        (
            "idle before a connection can be closed for another",
            format!("{} s", limits::EVICTION_IDLE.as_secs()),
            "busy",
        ),
        ("a name, issuer or account", format!("{} bytes", limits::LABEL_BYTES), "bad_name"),
        ("profiles", limits::PROFILES.to_string(), "too_many_profiles"),
        ("profiles in a page or a part of a view", limits::PAGE.to_string(), "more pages"),
        ("events that wait for a subscriber", limits::EVENT_QUEUE.to_string(), "lagged"),
        ("wait for a code", format!("{} s", limits::CODE_WAIT), "not_ready"),
        ("a pairing key as text", format!("{} bytes", limits::KEY_BYTES), "bad_key"),
        ("an export, all parts", format!("{} bytes", limits::EXPORT_BYTES), "bad_key"),
        ("its secret", format!("1 to {} bytes", limits::SECRET_BYTES), "bad_key"),
        (
            "digits of a passcode",
            format!("{} to {}", limits::DIGITS.start(), limits::DIGITS.end()),
            "bad_key",
        ),
        ("a time step", format!("1 to {} s", limits::PERIOD), "bad_key"),
        (
            "codes of `hotp.resync`",
            format!("{} to {}", limits::RESYNC_CODES.start(), limits::RESYNC_CODES.end()),
            "bad_request",
        ),
    ];
    let rows = rows.into_iter().chain(limits_of_locks());
    let head = "| what | at the most | then |\n|---|---|---|\n".to_owned();
    rows.fold(head, |mut table, (what, most, then)| {
        writeln!(table, "| {what} | {most} | `{then}` |").expect("text");
        table
    })
}

fn limits_of_locks() -> [(&'static str, String, &'static str); 2] {
    let (shortest, longest) = (limits::PASSPHRASE_BYTES.start(), limits::PASSPHRASE_BYTES.end());
    let patience = format!("{} s", limits::PROMPT_TIME.as_secs());
    [
        ("a passphrase", format!("{shortest} to {longest} bytes"), "bad_passphrase"),
        ("for the user to answer what a waiting program needs", patience, "locked"),
    ]
}

/// One test, since blessing writes one file.
#[test]
fn the_tables_of_the_protocol_are_those_of_the_code() {
    hold("verbs", &verbs());
    hold("faults", &faults());
    hold("limits", &limits_table());
}

#[test]
fn the_bytes_that_the_protocol_shows_are_what_it_says() {
    let text = read("docs/protocol.md");
    let byte = |digits| u8::from_str_radix(digits, 16).expect("a byte");
    let shown = text.lines().filter_map(|line| line.strip_prefix("→ "));
    let shown: Vec<Vec<u8>> =
        shown.map(|line| line.split_whitespace().map(byte).collect()).collect();
    let [asked, of_another_version] = &shown[..] else { panic!("two examples: {shown:?}") };
    let mut status = binary::preamble().to_vec();
    binary::write_request(&Status {}.ask(), &mut status).expect("within the limit");
    assert_eq!(*asked, status);
    let preamble = of_another_version.first_chunk().expect("a preamble");
    assert_eq!(binary::read_preamble(*preamble).unwrap_err().code, FaultCode::Version);
}

#[test]
fn every_limit_stands_in_the_protocol() {
    let source = read("proto/src/limits.rs");
    let test = read("tests/tests/documents.rs");
    for name in source.lines().filter_map(|line| line.strip_prefix("pub const ")?.split(':').next())
    {
        assert!(test.contains(&format!("limits::{name}")), "{name} is not in the table of limits");
    }
}

#[test]
fn every_file_that_the_documents_name_exists() {
    for document in [
        "README.md",
        "SECURITY.md",
        "docs/architecture.md",
        "docs/guides/README.md",
        "docs/guides/openvpn.md",
        "docs/guides/other-programs.md",
        "docs/protocol.md",
        "docs/threat-model.md",
        "docs/typing.md",
    ] {
        let text = read(document);
        let named = text.split(['`', '(', ')']).filter(|piece| {
            piece.starts_with("docs/")
                || piece.starts_with("proto/")
                || piece.starts_with("daemon/src")
        });
        for path in named.filter(|path| !path.contains(' ')) {
            assert!(root().join(path).exists(), "{document} names {path}");
        }
    }
}

#[test]
fn every_test_that_the_threat_model_names_exists() {
    let text = read("docs/threat-model.md");
    let (_, table) = text.split_once("## Tests behind the marked claims").expect("the table");
    let sources = passcode_tests::tree::sources(&[
        "proto",
        "daemon/src",
        "cli/src",
        "tray/src",
        "tray/tests",
        "tests",
    ]);
    let names: Vec<&str> = table.split('`').skip(1).step_by(2).collect();
    assert!(!names.is_empty());
    for name in names {
        let is_there = sources.iter().any(|source| source.text.contains(&format!("fn {name}(")));
        assert!(is_there, "there is no test {name}");
    }
}
