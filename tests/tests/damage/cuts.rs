//! Files that end too early.

use super::trial::{self, Damage, LOG, VAULT, thorough};

fn cuts(bytes: usize) -> Vec<Damage> {
    let step = if thorough() { 1 } else { 61 };
    (0..bytes).step_by(step).map(|length| Damage::Cut { length }).collect()
}

#[test]
fn a_vault_that_was_cut_is_refused() {
    let closed = trial::closed();
    let cuts = cuts(closed.files[VAULT].len());
    let verdicts = closed.run(VAULT, &cuts);
    assert_eq!(verdicts.refused, cuts.len(), "{verdicts:?}");
}

#[test]
fn a_log_that_was_cut_gives_a_commit_whole() {
    let killed = trial::killed(true);
    let cuts = cuts(killed.files[LOG].len());
    let verdicts = killed.run(LOG, &cuts);
    assert_eq!(verdicts.earlier, cuts.len(), "{verdicts:?}");
}
