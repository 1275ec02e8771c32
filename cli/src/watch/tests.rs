//! Promises of the live list: what a frame may look like, and when a code is asked for.

use std::collections::BTreeMap;

use passcode_proto::profile::{Algorithm, CodeType, Counter, Profile, ProfileId};
use passcode_proto::reply::{Code, LockState, Validity};
use passcode_proto::view::View;
use passcode_proto::{Label, SecretText};
use proptest::prelude::*;

use super::bar::Signs;
use super::draw::{Size, frame};
use super::model::{Filter, Model};

/// A second that begins a time step of 30 seconds.
pub const STEP: u64 = 1_800_000_000;

fn profile(id: u32, name: &str, owner: &str, kind: CodeType) -> Profile {
    Profile {
        id: ProfileId(id),
        name: Label::new(name).unwrap(),
        issuer: Label::new(owner).unwrap(),
        account: Label::new("alice").unwrap(),
        kind,
        algorithm: Algorithm::Sha1,
        digits: 6,
        period: if kind == CodeType::Hotp { 0 } else { 30 },
        weak: false,
        service: None,
        ended: false,
    }
}

fn view(profiles: impl IntoIterator<Item = Profile>) -> View {
    let profiles: BTreeMap<_, _> =
        profiles.into_iter().map(|profile| (profile.id, profile)).collect();
    View { seq: 1, state: LockState::Open, default: Some(ProfileId(1)), profiles }
}

pub fn timed(code: &str) -> Code {
    code_of(code, Validity::Time { valid_from: STEP, valid_to: STEP + 30, seconds_left: 30 })
}

fn code_of(code: &str, validity: Validity) -> Code {
    Code {
        profile: Label::new("any").unwrap(),
        code: SecretText::new(code.into()),
        kind: CodeType::Totp,
        validity,
    }
}

/// A model of three profiles in a terminal of 24 rows, with the code of the first on show.
pub fn three() -> Model {
    let mut model = Model::default();
    model.see(view([
        profile(1, "work", "ACME", CodeType::Totp),
        profile(2, "token", "Bank", CodeType::Hotp),
        profile(3, "games", "Steam", CodeType::Steam),
    ]));
    model.fit(20);
    model.put(ProfileId(1), timed("755224"), STEP);
    model
}

fn drawn(model: &Model, columns: usize, rows: usize, now: u64) -> Vec<String> {
    let lines = frame(model, Size { columns, rows }, now, Signs::Blocks);
    let text =
        |line: &super::draw::Line| line.0.iter().map(|(_, text)| text.as_str()).collect::<String>();
    lines.iter().map(|line| text(line).trim_end().to_owned()).collect()
}

#[test]
fn a_row_tells_name_owner_code_bar_and_seconds() {
    assert_eq!(
        drawn(&three(), 80, 8, STEP + 15),
        [
            "passcode                                                              3 profiles",
            "▸ work *   ACME: alice   755 224    ██████████           15 s",
            "  token    Bank: alice   HOTP  press Enter to spend",
            "  games    Steam: alice  …",
            "",
            "",
            "",
            "j k select   Enter copy   / filter   l lock   q quit",
        ]
    );
}

#[test]
fn a_narrow_terminal_loses_the_owner_and_then_the_bar_and_keeps_the_code() {
    let row = |columns| drawn(&three(), columns, 8, STEP + 15).swap_remove(1);
    assert_eq!(row(48), "▸ work *   755 224    █████      15 s");
    assert_eq!(row(30), "▸ work *   755 224    15 s");
    assert_eq!(row(19), "▸   755 224    15 s");
}

/// The numbers of the profiles whose code is due.
fn due(model: &Model, now: u64) -> Vec<u32> {
    model.due(now).into_iter().map(|(id, _)| id.0).collect()
}

#[test]
fn looking_at_a_counter_based_profile_never_asks_for_its_code() {
    assert_eq!(due(&three(), STEP + 3600), [1, 3]);
}

#[test]
fn a_code_is_asked_for_once_a_time_step() {
    let mut model = three();
    assert_eq!(due(&model, STEP), [3]);
    model.put(ProfileId(3), timed("5K3PB"), STEP);
    for second in 0..30 {
        assert!(due(&model, STEP + second).is_empty(), "second {second}");
    }
    assert_eq!(due(&model, STEP + 30), [1, 3]);
    assert_eq!(due(&model, STEP - 1), [1, 3], "a clock that was set back");
}

#[test]
fn codes_of_rows_that_are_not_on_the_screen_are_not_asked_for() {
    let mut model = Model::default();
    model.see(view((1..=100).map(|id| profile(id, &format!("p{id}"), "", CodeType::Totp))));
    model.fit(5);
    assert_eq!(due(&model, STEP), [1, 2, 3, 4, 5]);
    model.select(99);
    model.fit(5);
    assert_eq!(due(&model, STEP), [96, 97, 98, 99, 100]);
}

#[test]
fn a_code_that_could_not_be_had_is_not_asked_for_every_second() {
    let mut model = three();
    model.put(ProfileId(3), timed("5K3PB"), STEP);
    model.miss(ProfileId(1), "The vault is locked.".into(), STEP);
    assert!(due(&model, STEP + 4).is_empty());
    assert_eq!(due(&model, STEP + 5), [1]);
}

#[test]
fn a_spent_code_stays_for_a_minute_and_is_not_replaced_by_itself() {
    let mut model = three();
    model.put(ProfileId(2), code_of("287082", Validity::Count { counter: Counter(1) }), STEP);
    assert!(drawn(&model, 80, 8, STEP)[2].contains("287 082  "));
    model.age(STEP + 60);
    assert!(drawn(&model, 80, 8, STEP + 60)[2].ends_with("press Enter to spend"));
}

#[test]
fn codes_leave_the_screen_with_the_lock_and_the_agent() {
    let mut locked = three();
    locked.see(View::new(LockState::Locked));
    let mut away = three();
    away.lose();
    for (model, said) in [(locked, "The vault is locked."), (away, "The agent is away.")] {
        let lines = drawn(&model, 80, 24, STEP).join("\n");
        assert!(lines.contains(said) && !lines.contains("755"), "{lines}");
        assert!(model.shown(ProfileId(1)).is_none());
    }
}

#[test]
fn the_filter_looks_at_name_issuer_and_account_in_any_case() {
    let mut model = three();
    let mut fitting = |text: &str| {
        model.filter_by(|filter| *filter = Filter { text: text.into(), typing: true });
        model.listed().iter().map(|profile| profile.id.0).collect::<Vec<_>>()
    };
    assert_eq!(fitting("TOK"), [2]);
    assert_eq!(fitting("steam"), [3]);
    assert_eq!(fitting("alice"), [1, 2, 3]);
    assert!(fitting("nobody").is_empty());
}

#[test]
fn the_selection_stays_on_its_profile_when_others_come_and_go() {
    let mut model = three();
    model.select(1);
    let token = profile(2, "token", "Bank", CodeType::Hotp);
    model.see(view([token, profile(4, "new", "", CodeType::Totp)]));
    assert_eq!(model.selected().unwrap().id, ProfileId(2));
    model.see(view([profile(4, "new", "", CodeType::Totp)]));
    assert_eq!(model.selected().unwrap().id, ProfileId(4));
}

fn kinds() -> impl Strategy<Value = CodeType> {
    prop_oneof![Just(CodeType::Totp), Just(CodeType::Hotp), Just(CodeType::Steam)]
}

fn label() -> impl Strategy<Value = String> {
    "\\PC{1,60}"
        .prop_filter("a label", |text| Label::new(text).is_ok_and(|label| !label.is_empty()))
}

prop_compose! {
    fn models()(
        rows in prop::collection::vec((label(), label(), kinds(), any::<bool>()), 0..40),
        at in 0usize..50,
        height in 0usize..60,
        note in prop::option::of("\\PC{0,200}"),
        typed in "\\PC{0,30}",
        typing in any::<bool>(),
    ) -> Model {
        let mut model = Model::default();
        let numbered = rows.iter().zip(1..);
        model.see(view(numbered.clone().map(|((name, owner, kind, _), id)| profile(id, name, owner, *kind))));
        for ((name, .., coded), id) in numbered {
            match coded {
                true => model.put(ProfileId(id), timed("12345678"), STEP),
                false => model.miss(ProfileId(id), name.clone(), STEP),
            }
        }
        model.select(at);
        model.fit(height);
        if typing {
            model.filter_by(|filter| *filter = Filter { text: typed, typing });
        }
        note.into_iter().for_each(|note| model.note(note, STEP));
        model
    }
}

proptest! {
    #[test]
    fn no_line_is_wider_than_the_terminal_and_no_frame_higher(
        mut model in models(), columns in 0usize..160, rows in 0usize..50, later in 0u64..40,
    ) {
        let size = Size { columns, rows };
        model.fit(size.list());
        for signs in [Signs::Blocks, Signs::Ascii] {
            let lines = frame(&model, size, STEP + later, signs);
            prop_assert_eq!(lines.len(), rows);
            for line in lines {
                prop_assert!(line.width() <= columns, "{:?}", line);
            }
        }
    }

    #[test]
    fn the_selected_row_is_always_on_the_screen(
        mut model in models(), moves in prop::collection::vec(-9isize..9, 0..9), height in 1usize..30,
    ) {
        model.filter_by(|filter| *filter = Filter::default());
        model.fit(height);
        for rows in moves {
            model.step(rows);
            model.fit(height);
        }
        let selected = model.selected().map(|profile| profile.id);
        let (_, visible) = model.visible();
        prop_assert!(selected.is_none() || visible.iter().any(|profile| Some(profile.id) == selected));
    }
}
