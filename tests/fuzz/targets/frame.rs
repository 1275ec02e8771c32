//! The binary spelling: whatever bytes come, a frame's body is refused or is the one spelling of its message.

#![no_main]

use libfuzzer_sys::fuzz_target;
use passcode_proto::codec::binary::{self, LENGTH_BYTES};

fuzz_target!(|body: &[u8]| {
    if let Ok(request) = binary::read_request(body) {
        let mut frame = Vec::new();
        binary::write_request(&request, &mut frame).expect("what was read can be written");
        let again = binary::read_request(&frame[LENGTH_BYTES..]).expect("what was written can be read");
        assert!(request == again);
    }
    if let Ok(sent) = binary::read_sent(body) {
        let mut frame = Vec::new();
        binary::write_sent(&sent, &mut frame).expect("what was read can be written");
    }
});
