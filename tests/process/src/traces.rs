//! The forms in which secrets, keys and codes could stand in a process's memory, whole or in pieces: as they are, as
//! people spell them, and as the numbers that ciphers and hashes make of them, which are as good as the secret.

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha1::block_api::compress;

use crate::memory::Wanted;

/// Length of a piece of plain bytes: what one register holds.
const PIECE: usize = 8;

/// Length of a piece of text. Half of it would be found by chance.
const TEXT_PIECE: usize = 16;

/// Block of SHA-1 and SHA-256, in bytes.
const BLOCK: usize = 64;

/// What SHA-1 begins with (FIPS 180-4 §5.3.1).
const SHA1_START: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

/// A key that nobody reads, such as that of the vault.
pub fn of_key(name: &str, bytes: &[u8]) -> Vec<Wanted> {
    pieces(name, bytes, PIECE)
}

/// A text that people or clients write, at least 16 bytes long.
pub fn of_text(name: &str, text: &str) -> Vec<Wanted> {
    pieces(name, text.as_bytes(), TEXT_PIECE)
}

/// A code of at least 8 digits.
pub fn of_code(name: &str, code: &str) -> Wanted {
    Wanted::new(format!("{name}: the code"), code)
}

/// The secret of a profile, of 20 to 64 bytes.
pub fn of_secret(name: &str, bytes: &[u8]) -> Vec<Wanted> {
    let hex = HEXLOWER.encode(bytes);
    let base32 = BASE32_NOPAD.encode(bytes);
    let mut traces = of_key(name, bytes);
    for (spelling, text) in [
        ("in base32", base32.clone()),
        ("in small base32", base32.to_lowercase()),
        ("in hexadecimal", hex.clone()),
        ("in capital hexadecimal", hex.to_uppercase()),
    ] {
        traces.extend(of_text(&format!("{name} {spelling}"), &text));
    }
    for (pad, byte) in [("inner", 0x36), ("outer", 0x5c)] {
        traces.extend(of_pad(&format!("{name}, {pad} pad"), bytes, byte));
    }
    traces
}

/// What HMAC (RFC 2104) makes of a secret, and the state that SHA-1 is in after it: whoever has it needs no secret.
fn of_pad(name: &str, secret: &[u8], pad: u8) -> Vec<Wanted> {
    let mut block = [pad; BLOCK];
    block.iter_mut().zip(secret).for_each(|(byte, secret)| *byte ^= secret);
    let mut state = SHA1_START;
    compress(&mut state, &[block]);
    // As numbers in memory, as bytes of a digest, and as the processor's instructions for SHA-1 take the first four.
    let little: Vec<u8> = state.iter().flat_map(|word| word.to_le_bytes()).collect();
    let big: Vec<u8> = state.iter().flat_map(|word| word.to_be_bytes()).collect();
    let turned: Vec<u8> = state[..4].iter().rev().flat_map(|word| word.to_le_bytes()).collect();
    let mut traces = of_key(name, &block[..secret.len()]);
    for form in [little, big, turned] {
        traces.extend(of_key(&format!("{name}, hashed"), &form));
    }
    traces
}

fn pieces(name: &str, bytes: &[u8], length: usize) -> Vec<Wanted> {
    let whole = bytes.chunks_exact(length).enumerate();
    whole
        .map(|(number, piece)| Wanted::new(format!("{name}, from byte {}", number * length), piece))
        .collect()
}
