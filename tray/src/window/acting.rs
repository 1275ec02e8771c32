//! What the user does in a window, as actions.

use std::rc::Rc;

use passcode_proto::SecretText;
use slint::SharedString;

use super::Act;
use super::made::Do;
use crate::app::input::{Action, Source};

/// Connects the controls of a window.
pub fn connect(controls: &Do<'_>, act: &Act) {
    connect_codes(controls, act);
    connect_pairing(controls, act);
    connect_pins(controls, act);
    connect_settings(controls, act);
}

fn secret(text: &SharedString) -> SecretText {
    SecretText::new(text.to_string())
}

/// What gives always the same action.
fn plainly(act: &Act, action: Action) -> impl Fn() + 'static {
    let act = Rc::clone(act);
    move || act(action.clone())
}

/// What gives an action with the text that was typed.
fn typed(
    act: &Act,
    action: impl Fn(SecretText) -> Action + 'static,
) -> impl Fn(SharedString) + 'static {
    let act = Rc::clone(act);
    move |text| act(action(secret(&text)))
}

fn named(
    act: &Act,
    action: impl Fn(String) -> Action + 'static,
) -> impl Fn(SharedString) + 'static {
    let act = Rc::clone(act);
    move |text| act(action(text.to_string()))
}

fn at_row(act: &Act, action: impl Fn(usize) -> Action + 'static) -> impl Fn(i32) + 'static {
    let act = Rc::clone(act);
    move |row| {
        if let Ok(row) = usize::try_from(row) {
            act(action(row));
        }
    }
}

fn connect_codes(controls: &Do<'_>, act: &Act) {
    controls.on_copy(plainly(act, Action::Copy));
    controls.on_copy_and_hide(plainly(act, Action::CopyAndHide));
    controls.on_refresh(plainly(act, Action::Refresh));
    controls.on_select(at_row(act, Action::Select));
    controls.on_search(named(act, Action::Search));
    let step = Rc::clone(act);
    controls.on_step(move |by| step(Action::Step(by)));
    controls.on_unlock(typed(act, Action::Unlock));
    controls.on_lock(plainly(act, Action::Lock));
    controls.on_start_agent(plainly(act, Action::StartAgent));
    controls.on_answer(typed(act, Action::Answer));
    controls.on_cancel(plainly(act, Action::Cancel));
    controls.on_back(plainly(act, Action::Back));
    controls.on_hide(plainly(act, Action::Hide));
}

fn connect_pairing(controls: &Do<'_>, act: &Act) {
    controls.on_add(plainly(act, Action::Add));
    controls.on_create(named(act, Action::Name));
    controls.on_key_typed(typed(act, Action::KeyTyped));
    let pair = Rc::clone(act);
    controls.on_pair(move |key, service, passphrase| {
        pair(Action::Pair {
            key: secret(&key),
            service: service.to_string(),
            passphrase: secret(&passphrase),
        });
    });
    controls.on_scan_screen(plainly(act, Action::Scan(Source::Screen)));
    controls.on_scan_clipboard(plainly(act, Action::Scan(Source::Clipboard)));
    let file = |path: String| Action::Scan(Source::File(path.trim().into()));
    controls.on_scan_file(named(act, file));
}

fn connect_pins(controls: &Do<'_>, act: &Act) {
    controls.on_old_pin(typed(act, Action::OldPin));
    controls.on_pin_typed(typed(act, Action::PinTyped));
    controls.on_new_pin(typed(act, Action::NewPin));
    controls.on_again_pin(typed(act, Action::AgainPin));
    controls.on_change_pin(plainly(act, Action::ChangePin));
    controls.on_remove_pin(typed(act, Action::RemovePin));
}

fn connect_settings(controls: &Do<'_>, act: &Act) {
    controls.on_settings(plainly(act, Action::Settings));
    controls.on_profiles(plainly(act, Action::Profiles));
    controls.on_rename(at_row(act, Action::Rename));
    controls.on_renamed(named(act, Action::Renamed));
    controls.on_make_default(at_row(act, Action::MakeDefault));
    controls.on_unpair(at_row(act, Action::Unpair));
    controls.on_unpaired(typed(act, Action::Unpaired));
    controls.on_lock_times(plainly(act, Action::LockTimes));
    let set = Rc::clone(act);
    controls.on_set_lock_times(move |idle, open, pin| {
        if let (Ok(idle), Ok(open)) = (usize::try_from(idle), usize::try_from(open)) {
            set(Action::SetLockTimes(idle, open, secret(&pin)));
        }
    });
    controls.on_about(plainly(act, Action::About));
}
