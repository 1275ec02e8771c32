//! The binary spelling: a preamble, then frames of a 4-byte big-endian length and bincode 2 in its standard
//! configuration (little-endian, variable-length integers). `docs/protocol.md` writes the format down byte by byte,
//! so that this module can be replaced: bincode is unmaintained (RUSTSEC-2025-0141) and pinned.

use bincode::config::{Configuration, Limit, LittleEndian, Varint, standard};
use bincode::enc::write::SizeWriter;
use bincode::serde::{decode_from_slice, encode_into_std_write, encode_into_writer};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{OLDEST, Sent, VERSION};
use crate::fault::{Fault, FaultCode};
use crate::limits::{REPLY_BYTES, REQUEST_BYTES};
use crate::verb::Request;

/// The first byte of a binary connection; no text begins with it.
pub const FIRST_BYTE: u8 = 0xC3;

/// Bytes of the preamble: [`FIRST_BYTE`], `P`, `A`, and the protocol version.
pub const PREAMBLE_BYTES: usize = 4;

/// Bytes of a frame's length field.
pub const LENGTH_BYTES: usize = 4;

/// What bincode counts against its limit for one byte read, at the most: it counts a number by its type's size, not by
/// the bytes that it takes on the wire.
const COUNTED_PER_BYTE: usize = size_of::<u64>();

type Bounded<const N: usize> = Configuration<LittleEndian, Varint, Limit<N>>;

/// What a client sends first.
pub const fn preamble() -> [u8; PREAMBLE_BYTES] {
    [FIRST_BYTE, b'P', b'A', VERSION as u8]
}

/// Checks a client's preamble and gives its version.
pub fn read_preamble(bytes: [u8; PREAMBLE_BYTES]) -> Result<u32, Fault> {
    let [FIRST_BYTE, b'P', b'A', version] = bytes else {
        return Err(FaultCode::BadRequest.into());
    };
    match u32::from(version) {
        version @ OLDEST..=VERSION => Ok(version),
        _ => Err(Fault::because(
            FaultCode::Version,
            format!(
                "The agent speaks the protocol's versions {OLDEST} to {VERSION}, the client another."
            ),
        )),
    }
}

/// Reads a frame's length; an error when it is over `limit`.
pub fn read_length(bytes: [u8; LENGTH_BYTES], limit: usize) -> Result<usize, Fault> {
    match u32::from_be_bytes(bytes) as usize {
        length if length <= limit => Ok(length),
        _ => Err(FaultCode::TooLarge.into()),
    }
}

/// Appends a request as a frame. There is room for it from the start: a buffer that grows leaves copies behind, and a
/// request may hold a key.
pub fn write_request(request: &Request, out: &mut Vec<u8>) -> Result<(), Fault> {
    let mut counted = SizeWriter::default();
    encode_into_writer(request, &mut counted, standard()).map_err(|_| FaultCode::Internal)?;
    out.reserve(LENGTH_BYTES + counted.bytes_written);
    write_frame(request, REQUEST_BYTES, out)
}

/// Appends what the agent sends as a frame.
pub fn write_sent(sent: &Sent, out: &mut Vec<u8>) -> Result<(), Fault> {
    write_frame(sent, REPLY_BYTES, out)
}

/// Reads a request from a frame's body.
pub fn read_request(body: &[u8]) -> Result<Request, Fault> {
    read_body::<_, { REQUEST_BYTES * COUNTED_PER_BYTE }>(body)
}

/// Reads what the agent sent from a frame's body.
pub fn read_sent(body: &[u8]) -> Result<Sent, Fault> {
    read_body::<_, { REPLY_BYTES * COUNTED_PER_BYTE }>(body)
}

fn write_frame(message: &impl Serialize, limit: usize, out: &mut Vec<u8>) -> Result<(), Fault> {
    let start = out.len();
    out.extend([0; LENGTH_BYTES]);
    encode_into_std_write(message, out, standard()).map_err(|_| FaultCode::Internal)?;
    let length = out.len() - start - LENGTH_BYTES;
    if length > limit {
        out.truncate(start);
        return Err(FaultCode::TooLarge.into());
    }
    out[start..start + LENGTH_BYTES].copy_from_slice(&(length as u32).to_be_bytes());
    Ok(())
}

/// Decodes exactly one message: no byte may be left over. bincode's own errors can quote the input, so they end here.
fn read_body<M: DeserializeOwned, const LIMIT: usize>(body: &[u8]) -> Result<M, Fault> {
    let bounded: Bounded<LIMIT> = standard().with_limit::<LIMIT>();
    match decode_from_slice(body, bounded) {
        Ok((message, consumed)) if consumed == body.len() => Ok(message),
        _ => Err(FaultCode::BadRequest.into()),
    }
}
