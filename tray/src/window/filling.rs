//! Handing over what a window shows, property by property. Lists are made anew only when they have changed, so that a tick
//! of the clock moves nothing.

use std::rc::Rc;

use slint::{Image, ModelRc, Rgba8Pixel, SharedPixelBuffer, SharedString, VecModel};

use super::made::{Page as Shown, Row as ShownRow, State};
use crate::app::scene::{Page, PromptScene, Row, Scene};
use crate::menu::picture;

/// Fills the main window; `before` is what it shows now.
pub fn fill(state: &State<'_>, scene: &Scene, before: Option<&Scene>) {
    if before.is_none() {
        state.set_icon(icon());
        state.set_version(env!("CARGO_PKG_VERSION").into());
    }
    fill_list(state, scene, before);
    fill_code(state, scene);
    fill_opening(state, scene);
    fill_making(state, scene);
    if before.is_none_or(|before| before.warnings != scene.warnings) {
        state.set_warnings(texts(&scene.warnings));
    }
    if before.is_none_or(|before| before.lock_times != scene.lock_times) {
        let [idle, open] = &scene.lock_times;
        state.set_idle_choices(texts(&idle.0));
        state.set_open_choices(texts(&open.0));
        state.set_idle(idle.1 as i32);
        state.set_open(open.1 as i32);
    }
    state.set_busy(scene.is_busy);
    state.set_note(scene.note.as_str().into());
    state.set_note_is_bad(scene.note_is_bad);
    state.set_warning(scene.warning.as_str().into());
    state.set_has_back(scene.has_back);
    state.set_page(shown(scene.page));
    // Last: fields are emptied when everything else is there.
    state.set_turn(scene.turn);
}

fn fill_list(state: &State<'_>, scene: &Scene, before: Option<&Scene>) {
    if before.is_none_or(|before| before.rows != scene.rows) {
        let rows: Vec<ShownRow> = scene.rows.iter().map(row).collect();
        let names: Vec<String> = scene.rows.iter().map(|row| row.name.clone()).collect();
        state.set_rows(ModelRc::from(Rc::new(VecModel::from(rows))));
        state.set_names(texts(&names));
    }
    state.set_many(scene.are_many);
    state.set_selected(scene.selected.map_or(-1, |row| row as i32));
    if state.get_search() != scene.search.as_str() {
        state.set_search(scene.search.as_str().into());
    }
    let (profile, detail) = match &scene.profile {
        Some(row) => (row.name.as_str(), row.detail.as_str()),
        None => ("", ""),
    };
    state.set_profile(profile.into());
    state.set_detail(detail.into());
}

fn fill_code(state: &State<'_>, scene: &Scene) {
    let code = &scene.code;
    state.set_code(code.text.as_str().into());
    state.set_spoken(code.spoken.as_str().into());
    state.set_has_code(code.is_there);
    state.set_is_timed(code.left.is_some());
    if let Some((left, period)) = code.left {
        state.set_period(period);
        state.set_seconds_left(left);
    }
}

fn fill_opening(state: &State<'_>, scene: &Scene) {
    let opening = &scene.opening;
    state.set_pin_digits(opening.pin_digits.into());
    state.set_wants_passphrase(opening.wants_passphrase);
    state.set_blocked_for(i32::try_from(opening.blocked_for).unwrap_or(i32::MAX));
    state.set_opening(opening.is_opening);
}

fn fill_making(state: &State<'_>, scene: &Scene) {
    state.set_required(scene.pin.required.into());
    state.set_pin_rule(scene.pin.rule.as_str().into());
    state.set_pin_is_good(scene.pin.is_good);
    state.set_pin_is_required(scene.pin.is_required);
    state.set_has_pin(scene.opening.pin_digits > 0);
    state.set_locks(scene.opening.pin_digits > 0 || scene.opening.wants_passphrase);
    let pairing = &scene.pairing;
    state.set_name(pairing.name.as_str().into());
    state.set_recognised(pairing.recognised.as_str().into());
    state.set_wants_service(pairing.wants_service);
    state.set_wants_passphrase_of_key(pairing.wants_passphrase);
}

/// Fills the window of a prompt.
pub fn fill_prompt(state: &State<'_>, scene: &PromptScene) {
    state.set_icon(icon());
    state.set_caller(scene.caller.as_str().into());
    state.set_asked_profile(scene.profile.as_str().into());
    state.set_pin_digits(scene.pin_digits.unwrap_or(0).into());
    state.set_wants_passphrase(scene.pin_digits.is_none());
    state.set_busy(scene.is_tried);
    state.set_note(scene.trouble.as_str().into());
    state.set_note_is_bad(true);
    state.set_seconds_left(i32::try_from(scene.left).unwrap_or(i32::MAX));
    state.set_turn(scene.turn);
}

fn row(row: &Row) -> ShownRow {
    ShownRow {
        name: row.name.as_str().into(),
        detail: row.detail.as_str().into(),
        is_default: row.is_default,
    }
}

fn texts(texts: &[String]) -> ModelRc<SharedString> {
    let texts: Vec<SharedString> = texts.iter().map(SharedString::from).collect();
    ModelRc::from(Rc::new(VecModel::from(texts)))
}

fn icon() -> Image {
    let (rgba, pixels) = picture::of_windows();
    Image::from_rgba8(SharedPixelBuffer::<Rgba8Pixel>::clone_from_slice(rgba, pixels, pixels))
}

fn shown(page: Page) -> Shown {
    match page {
        Page::Away => Shown::Away,
        Page::Starting => Shown::Starting,
        Page::Broken => Shown::Broken,
        Page::Locked => Shown::Locked,
        Page::Passcode => Shown::Passcode,
        Page::Name => Shown::Name,
        Page::Key => Shown::Key,
        Page::OldPin => Shown::OldPin,
        Page::NewPin => Shown::NewPin,
        Page::AgainPin => Shown::AgainPin,
        Page::Settings => Shown::Settings,
        Page::Profiles => Shown::Profiles,
        Page::Rename => Shown::Rename,
        Page::Unpair => Shown::Unpair,
        Page::LockTimes => Shown::LockTimes,
        Page::About => Shown::About,
    }
}
