//! What can happen to an agent, drawn at random.

use proptest::prelude::*;

/// Names that profiles are given; few, so that they are often taken or missing.
pub const NAMES: [&str; 3] = ["alpha", "beta", "gamma"];

/// One of [`NAMES`].
pub type Name = usize;

/// A change, or a request for codes.
#[derive(Debug, Clone, Copy)]
pub enum Ask {
    Pair { name: Name, counter_based: bool, quietly: bool },
    Code { name: Name },
    Fresh { name: Name },
    Show { name: Name },
    Resync { name: Name, codes: u8 },
    Set { name: Name, ahead: u64 },
    Rename { name: Name, to: Name },
    Default { name: Name },
    Unpair { name: Name },
}

/// One thing that happens.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// Something is asked.
    Ask(Ask),
    /// Something is asked while the disk is full.
    AskOnFullDisk(Ask),
    /// A code is asked for, and the next write is stored but reported as failed.
    CodeOnTornDisk { name: Name },
    /// Several callers ask for codes at once.
    Together { name: Name, callers: usize },
    /// Several callers ask for codes, and the agent is killed when some of them have theirs.
    KillDuring { name: Name, callers: usize, answered: usize },
    /// The agent is killed and started again.
    Kill,
    /// The agent is ended in good order and started again.
    Quit,
    /// The vault is locked and unlocked.
    Relock,
    /// Time passes.
    Pass { seconds: u64 },
    /// The wall clock is set back.
    SetBack { seconds: u64 },
}

/// A sequence of steps.
pub fn sequence() -> impl Strategy<Value = Vec<Step>> {
    let scenes = prop_oneof![6 => step().prop_map(|step| vec![step]), 1 => scene()];
    prop::collection::vec(scenes, 1..40).prop_map(|scenes| scenes.concat())
}

/// Steps about one profile, of a kind that chance alone seldom puts together: something is given, the agent comes to
/// an end or two, and it is asked what it knows.
fn scene() -> impl Strategy<Value = Vec<Step>> {
    let given = |name| {
        prop_oneof![
            Just(Step::Ask(Ask::Code { name })),
            (1..3usize).prop_map(move |callers| Step::KillDuring { name, callers, answered: 1 }),
        ]
    };
    let end = || prop_oneof![Just(Step::Kill), Just(Step::Quit), Just(Step::Relock)];
    (0..NAMES.len()).prop_flat_map(move |name| {
        let asked = Just(Step::Ask(Ask::Fresh { name }));
        (given(name), end(), end(), asked)
            .prop_map(|(given, one, two, asked)| vec![given, one, two, asked])
    })
}

fn step() -> impl Strategy<Value = Step> {
    let name = || 0..NAMES.len();
    prop_oneof![
        12 => ask().prop_map(Step::Ask),
        3 => ask().prop_map(Step::AskOnFullDisk),
        1 => name().prop_map(|name| Step::CodeOnTornDisk { name }),
        2 => (name(), 2..8usize).prop_map(|(name, callers)| Step::Together { name, callers }),
        2 => (name(), 1..6usize, 0..6usize)
            .prop_map(|(name, callers, answered)| Step::KillDuring { name, callers, answered }),
        1 => Just(Step::Kill),
        2 => Just(Step::Quit),
        2 => Just(Step::Relock),
        4 => prop_oneof![0..5u64, 25..35u64, 0..100u64].prop_map(|seconds| Step::Pass { seconds }),
        1 => (1..100u64).prop_map(|seconds| Step::SetBack { seconds }),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    let name = || 0..NAMES.len();
    prop_oneof![
        4 => (name(), any::<bool>(), any::<bool>()).prop_map(|(name, counter_based, quietly)| {
            Ask::Pair { name, counter_based, quietly }
        }),
        5 => name().prop_map(|name| Ask::Code { name }),
        4 => name().prop_map(|name| Ask::Fresh { name }),
        1 => name().prop_map(|name| Ask::Show { name }),
        1 => (name(), 2..=3u8).prop_map(|(name, codes)| Ask::Resync { name, codes }),
        1 => (name(), 0..5u64).prop_map(|(name, ahead)| Ask::Set { name, ahead }),
        2 => (name(), name()).prop_map(|(name, to)| Ask::Rename { name, to }),
        1 => name().prop_map(|name| Ask::Default { name }),
        1 => name().prop_map(|name| Ask::Unpair { name }),
    ]
}
