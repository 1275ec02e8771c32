//! Damage: whatever single bit of the vault's files is wrong, and wherever they end too early, the vault is refused by
//! its name and left as it is, or it is what it was.
//!
//! A log that a killed agent left can only be told from one whose last commit did not reach the disk by what stands in
//! it, so damage to it may bring back an earlier commit; that one is whole.
//!
//! `PASSCODE_THOROUGH=1` tries every bit and every length, which takes some minutes.

mod cuts;
mod flips;
mod trial;
