//! OpenVPN's management interface: whatever bytes come, and however they are cut, there is one line for each line break.
//! The first byte says how they are cut.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../../cli/src/openvpn/line.rs"]
mod line;

use line::{Line, Lines};

fuzz_target!(|input: &[u8]| {
    let Some((cut, bytes)) = input.split_first() else { return };
    let mut lines = Lines::default();
    let pieces = bytes.chunks(usize::from(*cut) + 1);
    let cut: Vec<Line> = pieces.flat_map(|piece| lines.push(piece)).collect();
    let whole = Lines::default().push(bytes);
    // The one prompt without a line break is known by what has come so far, so there cuts make a difference.
    let prompts = |lines: &[Line]| lines.iter().filter(|line| **line == Line::Locked).count();
    let breaks = bytes.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(whole.len() - prompts(&whole), breaks);
    assert_eq!(cut.len() - prompts(&cut), breaks);
    assert!(prompts(&cut) > 0 || prompts(&whole) > 0 || cut == whole);
});
