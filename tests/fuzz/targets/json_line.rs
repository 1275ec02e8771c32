//! The JSON spelling: whatever line comes, it is a request or a fault, and the fault quotes nothing of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use passcode_proto::codec::{Sent, json};

/// Shorter texts of a line, and those with spaces, may well stand in a fault's own words.
const TELLING: usize = 24;

fuzz_target!(|line: &[u8]| {
    let (id, read) = json::read_request(line);
    let Err(fault) = read else { return };
    let said = format!("{} {}", fault.message, fault.hint);
    let pieces = line.split(|byte| matches!(byte, b'"' | b' '));
    for piece in pieces.filter(|piece| piece.len() >= TELLING) {
        let quoted = std::str::from_utf8(piece).is_ok_and(|piece| said.contains(piece));
        assert!(!quoted, "a fault quotes its line");
    }
    let mut answer = Vec::new();
    json::write_sent(&id, &Sent::Fault(fault), &mut answer).expect("a fault can be told");
});
