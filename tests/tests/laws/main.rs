//! Laws: what holds for every sequence of requests, failures, kills and clock changes, and for every way in which bytes
//! can arrive. `steps` are drawn at random, `play` and `asking` play them on an agent, and `model` knows what may come of it.

mod asking;
mod framing;
mod locks;
mod model;
mod play;
mod steps;

use std::time::Duration;

use passcode_tests::rig::watchdog::with_agent_for;
use proptest::prelude::*;

use locks::Locks;
use play::Play;

/// For one sequence, most of it for machines that are busy with other things.
const PATIENCE: Duration = Duration::from_secs(20);

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, max_shrink_iters: 500, ..ProptestConfig::default() })]

    /// No counter is given twice, none that was given is lost, no fresh step is repeated, subscribers and lists know
    /// what is so: whatever happens, in whatever order.
    #[test]
    fn the_agent_does_what_the_model_allows(steps in steps::sequence()) {
        with_agent_for(PATIENCE, async move |rig| {
            let mut play = Play::begin(rig).await;
            for step in &steps {
                play.step(step).await;
                play.look().await;
            }
        });
    }

    /// Three guesses and a block, and locked when it has to be: whatever happens, in whatever order.
    #[test]
    fn the_lock_does_what_its_model_does(steps in locks::sequence()) {
        with_agent_for(PATIENCE, async move |rig| {
            let mut locks = Locks::begin(rig).await;
            for step in &steps {
                locks.step(*step).await;
            }
        });
    }
}
