//! The law of views: the replay of a view gives that view to anyone, whoever subscribes late knows the same as who was
//! there from the start, and a gap is always noticed.

use std::collections::BTreeMap;

use passcode_proto::event::{CodeGiven, Event, Numbered};
use passcode_proto::limits::PAGE;
use passcode_proto::profile::{Profile, ProfileId};
use passcode_proto::reply::LockState;
use passcode_proto::view::{OutOfStep, View};
use proptest::prelude::*;

use crate::samples;

fn profile(id: u32, name: u8) -> Profile {
    Profile { name: samples::label(&format!("name {name}")), ..samples::profile(id) }
}

/// The view of an open agent with some profiles, few or more than fit into a part.
fn view() -> impl Strategy<Value = View> {
    let ids = prop_oneof![0..5u32, 495..505u32, 990..1_010u32];
    (ids, 0..1_000u64, any::<Option<u8>>()).prop_map(|(count, seq, default)| View {
        seq,
        state: LockState::Open,
        default: default.map(|id| ProfileId(id.into())),
        profiles: (0..count).map(|id| (ProfileId(id), profile(id, 0))).collect::<BTreeMap<_, _>>(),
    })
}

fn change() -> impl Strategy<Value = Event> {
    let id = || (0..6u32).prop_map(ProfileId);
    let state = prop::sample::select(vec![LockState::Locked, LockState::Opening, LockState::Open]);
    prop_oneof![
        (0..6u32, any::<u8>()).prop_map(|(id, name)| Event::ProfileAdded(profile(id, name))),
        (0..6u32, any::<u8>()).prop_map(|(id, name)| Event::ProfileChanged(profile(id, name))),
        id().prop_map(Event::ProfileRemoved),
        prop::option::of(id()).prop_map(Event::DefaultChanged),
        state.prop_map(Event::State),
        id().prop_map(|profile| Event::CodeGiven(CodeGiven {
            profile,
            caller: "a".into(),
            purpose: None
        })),
    ]
}

fn replayed(onto: &mut View, view: &View) {
    for event in view.replay() {
        onto.apply(&event).expect("a replay has no gaps");
    }
}

proptest! {
    #[test]
    fn the_replay_of_a_view_gives_that_view_to_anyone(view in view(), mut other in view()) {
        replayed(&mut other, &view);
        prop_assert_eq!(other, view);
    }

    #[test]
    fn a_replay_has_parts_of_one_number_that_fit_into_a_page(view in view()) {
        let parts = view.replay();
        for (number, part) in parts.iter().enumerate() {
            prop_assert_eq!(part.seq, view.seq);
            let Event::View(view) = &part.event else { return Err(TestCaseError::fail("a part")) };
            prop_assert_eq!(view.part as usize, number);
            prop_assert_eq!(view.last, number + 1 == parts.len());
            prop_assert!(view.profiles.len() <= PAGE as usize);
            prop_assert!(!view.profiles.is_empty() || parts.len() == 1, "no empty part");
        }
    }

    #[test]
    fn a_late_subscriber_knows_what_an_early_one_knows(
        first in view(),
        changes in prop::collection::vec(change(), 0..30),
        subscribes in any::<prop::sample::Index>(),
    ) {
        let (mut early, mut late) = (first, View::new(LockState::Empty));
        let subscribes = subscribes.index(changes.len() + 1);
        for (number, event) in changes.into_iter().enumerate() {
            if number == subscribes {
                replayed(&mut late, &early);
            }
            let event = Numbered { seq: early.seq + 1, event };
            early.apply(&event).expect("no gap");
            if number >= subscribes {
                late.apply(&event).expect("no gap");
                prop_assert_eq!(&late, &early);
            }
        }
    }

    #[test]
    fn an_event_that_leaves_a_gap_is_refused_and_changes_nothing(
        view in view(), event in change(), step in prop_oneof![Just(0u64), 2..10u64],
    ) {
        let mut known = view.clone();
        let event = Numbered { seq: view.seq + step, event };
        prop_assert_eq!(known.apply(&event), Err(OutOfStep));
        prop_assert_eq!(known, view);
    }
}

#[test]
fn nothing_is_known_of_an_agent_that_is_not_open() {
    let mut view = View::new(LockState::Open);
    for (seq, event) in
        [Event::ProfileAdded(profile(1, 1)), Event::DefaultChanged(Some(ProfileId(1)))]
            .into_iter()
            .enumerate()
    {
        view.apply(&Numbered { seq: seq as u64 + 1, event }).expect("no gap");
    }
    assert_eq!(view.profiles.len(), 1);
    view.apply(&Numbered { seq: 3, event: Event::State(LockState::Locked) }).expect("no gap");
    assert_eq!(view, View { seq: 3, ..View::new(LockState::Locked) });
}

#[test]
fn a_later_part_of_another_view_is_refused() {
    let many = (0..PAGE + 1).map(|id| (ProfileId(id), profile(id, 0))).collect();
    let view = View { seq: 5, profiles: many, ..View::new(LockState::Open) };
    let parts = view.replay();
    let mut known = View::new(LockState::Open);
    known.apply(&parts[0]).expect("a first part starts afresh");
    let other = Numbered { seq: 6, ..parts[1].clone() };
    assert_eq!(known.apply(&other), Err(OutOfStep));
    known.apply(&parts[1]).expect("the right part");
    assert_eq!(known, view);
}
