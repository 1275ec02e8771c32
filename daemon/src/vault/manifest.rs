//! What the vault's rows are as a whole: a sum over all of them and a number that rises with every commit, sealed in a
//! row of its own. A row that is missing, added, or of another commit than the rest is found by it.
//!
//! The sum is made row by row, so that a commit costs what it changes: the exclusive or of a keyed hash (HMAC-SHA256,
//! 128 bits of it) of each row's place and tag. Who has not the key can neither compute it nor find rows that cancel out.

use std::collections::HashMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::seal::{VaultKey, table_number};
use crate::ports::store::{Change, Row, Table};

const ROW: u32 = 1;
const PLAIN_BYTES: usize = 16 + 8;
const SEALING: &[u8] = b"passcode vault manifest seal v1";
const SUMMING: &[u8] = b"passcode vault manifest sum v1";

/// The rows of a vault as a whole, as they are on disk.
pub struct Manifest {
    sealing: VaultKey,
    summing: VaultKey,
    parts: HashMap<(Table, u32), u128>,
    sum: u128,
    generation: u64,
}

/// The rows are not those of one commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch;

/// A manifest after changes that are not on disk yet.
#[derive(Debug)]
pub struct Staged {
    /// The row to commit with the changes.
    pub row: Row,
    parts: Vec<((Table, u32), Option<u128>)>,
    sum: u128,
}

impl Manifest {
    /// The manifest of these rows, of a commit that comes after `generation`.
    pub fn of(key: &VaultKey, rows: &[Row], generation: u64) -> Self {
        Self::over(key.derive(SEALING), key.derive(SUMMING), rows, generation)
    }

    /// The manifest of these rows, held to the one that was stored with them. None when there is none stored.
    pub fn found(key: &VaultKey, rows: &[Row]) -> Result<Option<Self>, Mismatch> {
        stored(rows).map(|row| Self::of(key, rows, row.revision).held_to(row)).transpose()
    }

    /// The same rows read again from the disk, after a commit of which it is not known whether it came about.
    pub fn reread(&self, rows: &[Row]) -> Result<Self, Mismatch> {
        let row = stored(rows).ok_or(Mismatch)?;
        Self::over(self.sealing.copy(), self.summing.copy(), rows, row.revision).held_to(row)
    }

    fn over(sealing: VaultKey, summing: VaultKey, rows: &[Row], generation: u64) -> Self {
        let covered = rows.iter().filter(|row| covers(row.table));
        let parts: HashMap<_, _> =
            covered.map(|row| ((row.table, row.id), part(&summing, row))).collect();
        let sum = parts.values().fold(0, |sum, part| sum ^ part);
        Self { sealing, summing, parts, sum, generation }
    }

    fn held_to(self, row: &Row) -> Result<Self, Mismatch> {
        let plain = self.sealing.open(row).map_err(|_| Mismatch)?;
        let holds = plain.expose() == self.plain(self.sum, self.parts.len());
        if holds { Ok(self) } else { Err(Mismatch) }
    }

    /// Number of the last commit.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The manifest after `changes`, of which no two are of the same place; to be accepted when they are on disk.
    pub fn stage(&self, changes: &[Change]) -> Staged {
        let (mut sum, mut count) = (self.sum, self.parts.len());
        let mut parts = Vec::with_capacity(changes.len());
        for change in changes.iter().filter(|change| covers(change.place().0)) {
            let place = change.place();
            let before = self.parts.get(&place).copied();
            let after = match change {
                Change::Put(row) => Some(part(&self.summing, row)),
                Change::Delete { .. } => None,
            };
            sum ^= before.unwrap_or_default() ^ after.unwrap_or_default();
            count = count + usize::from(after.is_some()) - usize::from(before.is_some());
            parts.push((place, after));
        }
        Staged { row: self.row(sum, count), parts, sum }
    }

    /// Goes on after `generation`, when that is further.
    pub fn rise_to(&mut self, generation: u64) {
        self.generation = self.generation.max(generation);
    }

    /// The staged changes are on disk.
    pub fn accept(&mut self, staged: Staged) {
        for (place, part) in staged.parts {
            match part {
                Some(part) => drop(self.parts.insert(place, part)),
                None => drop(self.parts.remove(&place)),
            }
        }
        self.sum = staged.sum;
        self.generation = staged.row.revision;
    }

    fn row(&self, sum: u128, count: usize) -> Row {
        let next = self.generation.saturating_add(1);
        self.sealing.seal(Table::Manifest, ROW, next, &self.plain(sum, count))
    }

    /// The sum (16 bytes) and the number of rows (8 bytes), big-endian.
    fn plain(&self, sum: u128, count: usize) -> [u8; PLAIN_BYTES] {
        let mut plain = [0; PLAIN_BYTES];
        plain[..16].copy_from_slice(&sum.to_be_bytes());
        plain[16..].copy_from_slice(&(count as u64).to_be_bytes());
        plain
    }
}

fn stored(rows: &[Row]) -> Option<&Row> {
    rows.iter().find(|row| row.table == Table::Manifest)
}

/// The count of tries changes while the vault is closed and is told to be the last one by the anchor.
fn covers(table: Table) -> bool {
    !matches!(table, Table::Manifest | Table::Attempt)
}

/// A row's part of the sum. Its tag stands for its content, revision and place.
fn part(key: &VaultKey, row: &Row) -> u128 {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.expose()).expect("HMAC takes a key of any length");
    mac.update(&[table_number(row.table)]);
    mac.update(&row.id.to_be_bytes());
    mac.update(&row.revision.to_be_bytes());
    mac.update(row.sealed.last_chunk::<16>().map_or(&row.sealed[..], |tag| &tag[..]));
    let hash = mac.finalize().into_bytes();
    u128::from_be_bytes(*hash.first_chunk().expect("a hash of 32 bytes"))
}

#[cfg(test)]
mod tests;
