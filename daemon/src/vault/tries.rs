//! The count of wrong PINs, and the blocks that it leads to. A try is written down as a wrong one before its PIN is
//! looked at, so that no kill, restart or second connection gives a guess for free.
//!
//! The count is sealed under a key of the device secret and not of the vault, since it has to be kept while the vault is
//! closed. That it is not an older one is told by the [`Anchor`] in the key store.

use std::time::Duration;

use hkdf::Hkdf;
use sha2::Sha256;

use super::seal::{VaultKey, open_bytes, seal_bytes};
use crate::ports::clock::Moment;
use crate::ports::keystore::Anchor;
use crate::ports::store::{Row, Table};
use crate::secret::Secret;

/// Wrong PINs in a row that lead to a block.
pub const TRIES: u8 = 3;

/// How long the first block lasts; each further one lasts twice as long as the one before, up to [`LONGEST_BLOCK`].
pub const FIRST_BLOCK: Duration = Duration::from_secs(2 * 60);

/// The longest block.
pub const LONGEST_BLOCK: Duration = Duration::from_secs(60 * 60);

const INFO: &[u8] = b"passcode vault tries v1";
const DOMAIN: &[u8; 20] = b"passcode vault tries";
const ROW: u32 = 1;
const PLAIN_BYTES: usize = 8 + 3 + 16 + 8;

/// The count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tries {
    /// Number of the last try; only rises.
    serial: u64,
    /// Wrong ones in a row since the last block.
    wrong: u8,
    /// Blocks since the last right one.
    blocks: u8,
    /// When the last block began.
    block: Option<Moment>,
}

/// No PIN is looked at for so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocked(pub Duration);

/// What was found instead of the last count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutBack;

impl Tries {
    /// The count that was read, or [`PutBack`] and what goes on when it is missing or older than the anchor says.
    pub fn judge(read: Option<Self>, anchor: Option<Anchor>) -> Result<Self, (PutBack, Self)> {
        match (read, anchor) {
            (Some(tries), Some(anchor)) if tries.serial >= anchor.attempt => Ok(tries),
            (read, anchor) => Err((PutBack, Self::after(read, anchor.unwrap_or_default()))),
        }
    }

    /// What goes on from both, whichever is further.
    fn after(read: Option<Self>, anchor: Anchor) -> Self {
        let read = read.unwrap_or_default();
        Self {
            serial: read.serial.max(anchor.attempt),
            blocks: read.blocks.max(anchor.doublings),
            ..read
        }
    }

    /// The count of a vault that gets its first PIN, where others were tried before.
    pub fn beginning(anchor: Anchor) -> Self {
        Self { serial: anchor.attempt, ..Self::default() }
    }

    /// How long no PIN is looked at, if so. A new start of the machine begins the block anew.
    pub fn blocked(&self, now: &Moment) -> Option<Blocked> {
        let block = self.block.as_ref()?;
        let since = if block.boot == now.boot { block.uptime } else { Duration::ZERO };
        let end = since + length(self.blocks);
        let left = end.checked_sub(now.uptime).filter(|left| !left.is_zero())?;
        Some(Blocked(left.min(length(self.blocks))))
    }

    /// How many more wrong ones lead to a block.
    pub fn left(&self) -> u8 {
        TRIES - self.wrong
    }

    /// The count to write down before a PIN is looked at: as if it were a wrong one.
    pub fn begin(&self, now: &Moment) -> Result<Self, Blocked> {
        if let Some(blocked) = self.blocked(now) {
            return Err(blocked);
        }
        let next = Self { serial: self.serial.saturating_add(1), block: None, ..self.clone() };
        Ok(match self.wrong + 1 {
            TRIES.. => next.block_at(now),
            wrong => Self { wrong, ..next },
        })
    }

    /// The count when an older one was put back: a block.
    pub fn punish(&self, now: &Moment) -> Self {
        let next = Self { serial: self.serial.saturating_add(1), ..self.clone() };
        next.block_at(now)
    }

    fn block_at(self, now: &Moment) -> Self {
        let blocks = self.blocks.saturating_add(1);
        Self { wrong: 0, blocks, block: Some(now.clone()), ..self }
    }

    /// The count after a right PIN.
    pub fn forgiven(&self) -> Self {
        Self { serial: self.serial, ..Self::default() }
    }

    /// What the anchor has to say of it.
    pub fn anchored(&self, generation: u64) -> Anchor {
        Anchor { generation, attempt: self.serial, doublings: self.blocks }
    }

    /// The row that keeps it.
    pub fn row(&self, key: &VaultKey) -> Row {
        let sealed = seal_bytes(key.expose(), &place(self.serial), &self.to_bytes());
        Row { table: Table::Attempt, id: ROW, revision: self.serial, sealed }
    }

    /// The count that a row keeps, when it was sealed under this key.
    pub fn read(row: &Row, key: &VaultKey) -> Option<Self> {
        let plain = open_bytes(key.expose(), &place(row.revision), &row.sealed).ok()?;
        Self::from_bytes(plain.expose().try_into().ok()?)
    }

    /// Serial (8 bytes, big-endian), wrong, blocks, whether there is a block (1 byte each), the machine's start (16
    /// bytes) and the milliseconds since then (8 bytes, big-endian) at which the block began.
    fn to_bytes(&self) -> [u8; PLAIN_BYTES] {
        let mut bytes = [0; PLAIN_BYTES];
        bytes[..8].copy_from_slice(&self.serial.to_be_bytes());
        bytes[8..11].copy_from_slice(&[self.wrong, self.blocks, self.block.is_some().into()]);
        if let Some(block) = &self.block {
            bytes[11..27].copy_from_slice(&block.boot);
            bytes[27..].copy_from_slice(&(block.uptime.as_millis() as u64).to_be_bytes());
        }
        bytes
    }

    fn from_bytes(bytes: &[u8; PLAIN_BYTES]) -> Option<Self> {
        let (serial, rest) = bytes.split_first_chunk()?;
        let ([wrong, blocks, has_block], rest) = rest.split_first_chunk()?;
        let (boot, uptime) = rest.split_first_chunk()?;
        let uptime = Duration::from_millis(u64::from_be_bytes(uptime.try_into().ok()?));
        let block = (*has_block == 1).then_some(Moment { boot: *boot, uptime });
        let serial = u64::from_be_bytes(*serial);
        (*wrong < TRIES).then_some(Self { serial, wrong: *wrong, blocks: *blocks, block })
    }
}

/// How long the block of this number lasts.
fn length(blocks: u8) -> Duration {
    let doubled = FIRST_BLOCK.saturating_mul(1 << blocks.saturating_sub(1).min(16));
    doubled.min(LONGEST_BLOCK)
}

/// The row that keeps a count.
pub fn row_among(rows: &[Row]) -> Option<&Row> {
    rows.iter().find(|row| row.table == Table::Attempt && row.id == ROW)
}

/// The key of the count, of the device secret.
pub fn key(secret: &Secret) -> VaultKey {
    VaultKey::filled(|bytes| {
        Hkdf::<Sha256>::new(None, secret.expose())
            .expand(INFO, bytes)
            .expect("32 bytes are within what HKDF can give");
    })
}

fn place(revision: u64) -> Vec<u8> {
    [&DOMAIN[..], &revision.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests;
