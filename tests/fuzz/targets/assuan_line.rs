//! Lines of pinentry's protocol: whatever a client sends, it is nothing or a command that is spelled again as it was
//! understood, and data of any text is read back by the other side.

#![no_main]

#[allow(dead_code, unreachable_pub, reason = "the command line's own, read alone")]
#[path = "../../../cli/src/assuan/line.rs"]
mod line;

use libfuzzer_sys::fuzz_target;
use line::{LINE_BYTES, Line, data_bytes, write_data};

fuzz_target!(|bytes: &[u8]| {
    for one in bytes.split(|byte| *byte == b'\n') {
        let Some(read) = Line::read(one) else { continue };
        assert!(!read.command.is_empty() && !read.command.contains(char::is_whitespace));
        let spelled = read.spelled();
        assert_eq!(spelled.matches('\n').count(), 1);
        assert_eq!(Line::read(spelled.as_bytes()).as_ref(), Some(&read));
        // What was set is data, as an answer would be.
        let text = read.text();
        let mut out = String::with_capacity(data_bytes(text.len()));
        let room = out.capacity();
        write_data(&text, &mut out);
        assert_eq!(out.capacity(), room, "a copy was left behind");
        let mut back = String::new();
        for data in out.lines() {
            assert!(data.len() <= LINE_BYTES && data.is_ascii());
            back += data.strip_prefix("D ").expect("a line of data");
        }
        let again = Line { command: "D".to_owned(), argument: back };
        assert_eq!(again.text(), text);
    }
});
