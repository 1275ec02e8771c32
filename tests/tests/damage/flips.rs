//! Single bits that are wrong.

use super::trial::{self, Damage, LOG, VAULT, thorough};

/// Every bit of the file; or, where that takes too long, one bit of every `stride`th byte, and not always the same one.
fn flips(bytes: usize, stride: usize) -> Vec<Damage> {
    let flip = |byte: usize, bit: usize| Damage::Flip { byte, bit: bit as u8 };
    if thorough() {
        return (0..bytes * 8).map(|number| flip(number / 8, number % 8)).collect();
    }
    (0..bytes).step_by(stride).map(|byte| flip(byte, byte % 8)).collect()
}

#[test]
fn a_flipped_bit_of_the_vault_is_refused_or_changes_no_row() {
    let closed = trial::closed();
    let verdicts = closed.run(VAULT, &flips(closed.files[VAULT].len(), 1));
    assert!(verdicts.refused > 1000 && verdicts.same > 1000, "{verdicts:?}");
}

#[test]
fn a_flipped_bit_under_the_log_of_a_killed_agent_is_refused_or_changes_no_row() {
    let killed = trial::killed(false);
    let verdicts = killed.run(VAULT, &flips(killed.files[VAULT].len(), 5));
    assert!(verdicts.refused > 0 && verdicts.same > 1000, "{verdicts:?}");
}

#[test]
fn a_flipped_bit_of_the_log_is_refused_or_gives_a_commit_whole() {
    let killed = trial::killed(true);
    let verdicts = killed.run(LOG, &flips(killed.files[LOG].len(), 7));
    assert!(verdicts.earlier > 1000, "{verdicts:?}");
}
