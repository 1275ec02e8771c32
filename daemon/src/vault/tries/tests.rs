//! Three wrong PINs block, whatever is restarted, put back or set; only a right one makes good again.

use proptest::prelude::*;

use super::*;

fn at(boot: u8, seconds: u64) -> Moment {
    Moment { boot: [boot; 16], uptime: Duration::from_secs(seconds) }
}

fn minutes(minutes: u64) -> Option<Blocked> {
    Some(Blocked(Duration::from_secs(minutes * 60)))
}

/// The count after so many wrong ones at `now`.
fn wrong(tries: &Tries, times: usize, now: &Moment) -> Tries {
    (0..times).fold(tries.clone(), |tries, _| tries.begin(now).unwrap())
}

#[test]
fn the_third_wrong_pin_blocks_for_two_minutes() {
    let now = at(1, 1000);
    let two = wrong(&Tries::default(), 2, &now);
    assert_eq!((two.left(), two.blocked(&now)), (1, None));
    let three = wrong(&two, 1, &now);
    assert_eq!(three.blocked(&now), minutes(2));
    assert_eq!(three.begin(&at(1, 1119)), Err(Blocked(Duration::from_secs(1))));
    assert_eq!((three.blocked(&at(1, 1120)), three.left()), (None, 3));
}

#[test]
fn each_further_block_is_twice_as_long_up_to_an_hour() {
    let mut tries = Tries::default();
    for (number, length) in [2, 4, 8, 16, 32, 60, 60].into_iter().enumerate() {
        let now = at(1, 10_000 * (number as u64 + 1));
        tries = wrong(&tries, 3, &now);
        assert_eq!(tries.blocked(&now), minutes(length));
    }
    assert_eq!(wrong(&tries.forgiven(), 3, &at(1, 0)).blocked(&at(1, 0)), minutes(2));
}

#[test]
fn a_new_start_of_the_machine_begins_the_block_anew() {
    let blocked = wrong(&Tries::default(), 3, &at(1, 5000));
    assert_eq!(blocked.blocked(&at(1, 5100)), Some(Blocked(Duration::from_secs(20))));
    assert_eq!(blocked.blocked(&at(2, 0)), minutes(2));
    assert_eq!(blocked.blocked(&at(2, 120)), None);
    assert_eq!(blocked.blocked(&at(1, 0)), minutes(2), "a clock that goes back shortens nothing");
}

#[test]
fn a_count_that_was_changed_is_none() {
    let key = key(&Secret::new(vec![7; 32]));
    let row = wrong(&Tries::default(), 2, &at(1, 0)).row(&key);
    assert!(Tries::read(&row, &key).is_some());
    for bit in 0..row.sealed.len() * 8 {
        let mut changed = row.clone();
        changed.sealed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(Tries::read(&changed, &key), None, "bit {bit}");
    }
    assert_eq!(Tries::read(&Row { revision: 9, ..row }, &key), None);
}

#[test]
fn an_older_or_missing_count_is_a_block() {
    let now = at(1, 100);
    let older = wrong(&Tries::default(), 1, &now);
    let last = wrong(&older, 1, &now);
    let anchor = last.anchored(0);
    assert_eq!(Tries::judge(Some(last.clone()), Some(anchor)), Ok(last.clone()));
    for (read, anchor) in
        [(Some(older), Some(anchor)), (None, Some(anchor)), (Some(last), None), (None, None)]
    {
        let (PutBack, tries) = Tries::judge(read, anchor).unwrap_err();
        let punished = tries.punish(&now);
        assert_eq!(punished.blocked(&now), minutes(2));
        assert!(punished.serial > anchor.unwrap_or_default().attempt);
    }
}

#[test]
fn putting_an_older_count_back_again_and_again_doubles_the_block() {
    let (first, now) = (Tries::default(), at(1, 100));
    let mut anchor = wrong(&first, 1, &now).anchored(0);
    for length in [2, 4, 8] {
        let (PutBack, tries) = Tries::judge(Some(first.clone()), Some(anchor)).unwrap_err();
        let punished = tries.punish(&now);
        assert_eq!(punished.blocked(&now), minutes(length));
        anchor = punished.anchored(0);
    }
}

proptest! {
    #[test]
    fn a_count_is_read_back_as_it_was_written(
        serial in any::<u64>(), wrong in 0..TRIES, blocks in any::<u8>(),
        block in proptest::option::of((any::<[u8; 16]>(), any::<u64>())),
    ) {
        let key = key(&Secret::new(vec![7; 32]));
        let block = block.map(|(boot, ms)| Moment { boot, uptime: Duration::from_millis(ms) });
        let tries = Tries { serial, wrong, blocks, block };
        prop_assert_eq!(Tries::read(&tries.row(&key), &key), Some(tries));
    }

    /// However tries and time come, no more than three are looked at between two blocks, and never one within a block.
    #[test]
    fn nobody_gets_more_than_three_guesses_at_once(steps in prop::collection::vec((0..200u64, any::<bool>()), 1..60)) {
        let (mut tries, mut now, mut boot) = (Tries::default(), 0, 0);
        let (mut guesses, mut free_at) = (0u32, 0);
        for (pause, restarts) in steps {
            now += pause;
            if restarts {
                // Whether a block was over before cannot be told, so it begins anew in any case.
                let block = tries.block.as_ref().map_or(0, |_| length(tries.blocks).as_secs());
                (boot, now, free_at) = (boot + 1, 0, block);
            }
            match tries.begin(&at(boot, now)) {
                Ok(next) => {
                    prop_assert!(now >= free_at);
                    guesses += 1;
                    tries = next;
                    if tries.block.is_some() {
                        prop_assert_eq!(guesses, 3);
                        (guesses, free_at) = (0, now + length(tries.blocks).as_secs());
                    }
                }
                Err(Blocked(left)) => prop_assert!(left <= length(tries.blocks) && now < free_at),
            }
        }
    }
}
