//! The anchor in `vault.anchor`, for the key stores that are files themselves: replaced as a whole, so that it holds
//! the numbers before or those after. It protects only where it is not put back together with the vault; see
//! `docs/threat-model.md`.
//!
//! The file has 33 bytes: the line `passcode mark 1` with its newline (16 bytes), generation and attempt (8 bytes each,
//! big-endian), doublings (1 byte).

use std::path::Path;

use super::keystore::{Anchor, KeyStoreFault};
use super::place;
use super::place::wiping::scrub_and_remove;

const NAME: &str = "vault.anchor";
const HEADER: &[u8; 16] = b"passcode mark 1\n";
const FILE_BYTES: usize = HEADER.len() + 17;

/// The anchor in `folder`, or none. One that is damaged counts as missing: it is told by its absence then.
pub fn read(folder: &Path) -> Result<Option<Anchor>, KeyStoreFault> {
    let bytes = place::read_unread_file(&folder.join(NAME), NAME, FILE_BYTES)?;
    Ok(bytes.and_then(|bytes| decode(&bytes)))
}

/// Notes `anchor` durably.
pub fn write(folder: &Path, anchor: Anchor) -> Result<(), KeyStoreFault> {
    Ok(place::write_file(folder, NAME, &encode(anchor))?)
}

/// Removes it; nothing happens when there is none.
pub fn remove(folder: &Path) -> Result<(), KeyStoreFault> {
    place::sweep_drafts(folder, NAME);
    Ok(scrub_and_remove(&folder.join(NAME), NAME)?)
}

/// The file's bytes.
pub(super) fn encode(anchor: Anchor) -> [u8; FILE_BYTES] {
    let mut bytes = [0; FILE_BYTES];
    bytes[..16].copy_from_slice(HEADER);
    bytes[16..24].copy_from_slice(&anchor.generation.to_be_bytes());
    bytes[24..32].copy_from_slice(&anchor.attempt.to_be_bytes());
    bytes[32] = anchor.doublings;
    bytes
}

/// What the file's bytes say, when they are those of such a file.
pub(super) fn decode(bytes: &[u8]) -> Option<Anchor> {
    let (generation, rest) = bytes.strip_prefix(HEADER)?.split_first_chunk()?;
    let (attempt, rest) = rest.split_first_chunk()?;
    let [doublings] = *rest else { return None };
    Some(Anchor {
        generation: u64::from_be_bytes(*generation),
        attempt: u64::from_be_bytes(*attempt),
        doublings,
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::ports::place::rig::private_folder;

    #[test]
    fn the_anchor_is_read_back_and_replaced_as_a_whole() {
        let folder = private_folder();
        assert_eq!(read(folder.path()), Ok(None));
        for anchor in [
            Anchor { generation: 1, attempt: 2, doublings: 3 },
            Anchor { generation: u64::MAX, attempt: u64::MAX - 1, doublings: u8::MAX },
        ] {
            write(folder.path(), anchor).unwrap();
            assert_eq!(read(folder.path()), Ok(Some(anchor)));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
        remove(folder.path()).unwrap();
        assert_eq!(read(folder.path()), Ok(None));
    }

    #[test]
    fn an_anchor_that_is_damaged_counts_as_missing() {
        let whole = encode(Anchor { generation: 1, attempt: 2, doublings: 3 });
        for length in 0..whole.len() {
            assert_eq!(decode(&whole[..length]), None, "{length} bytes");
        }
        assert_eq!(decode(&[&whole[..], &[0]].concat()), None);
        let mut other = whole;
        other[0] ^= 1;
        assert_eq!(decode(&other), None);
    }
}
