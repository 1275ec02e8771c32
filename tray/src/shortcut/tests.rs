//! Shortcuts on a display of the test's own, whose keys it presses, and against a portal that the test plays.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use passcode_process_tests::desktop::{Consent, Desktop, ShortcutPortal};
use passcode_process_tests::display::Display;
use passcode_process_tests::field::{CONTROL, Field, Hands};
use passcode_process_tests::home::{Home, hotp_key};
use passcode_process_tests::wait;

use super::{Keys, Shortcut, ShortcutFault, portal};

const ALT: u8 = 64;
const P: u8 = 33;
const CAPS_LOCK: u8 = 66;
const NUM_LOCK: u8 = 77;

/// Longer than a key has to be held until it repeats.
const HELD: Duration = Duration::from_millis(1200);

/// Between a release and the next press, which nobody does within the same millisecond.
const MOMENT: Duration = Duration::from_millis(20);

fn keys(text: &str) -> Keys {
    text.parse().unwrap()
}

/// Counts how often it is called.
fn counter() -> (Arc<AtomicUsize>, impl Fn() + Send + 'static) {
    let count = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&count);
    let count_one = move || {
        counting.fetch_add(1, Ordering::SeqCst);
    };
    (count, count_one)
}

fn wait_for(count: &AtomicUsize, pressed: usize) {
    wait::until("the shortcut", || (count.load(Ordering::SeqCst) >= pressed).then_some(()));
    assert_eq!(count.load(Ordering::SeqCst), pressed);
}

fn listen(display: &Display, text: &str) -> Result<(Shortcut, Arc<AtomicUsize>), ShortcutFault> {
    let (count, pressed) = counter();
    let shortcut = Shortcut::by_grab(keys(text), Some(display.name().to_owned()), pressed)?;
    Ok((shortcut, count))
}

/// Presses Ctrl+Alt and a key, a moment after what was pressed before.
fn press(hands: &Hands, key: u8) {
    thread::sleep(MOMENT);
    hands.press(CONTROL);
    hands.press(ALT);
    hands.strike(key);
    hands.release(ALT);
    hands.release(CONTROL);
}

#[test]
fn a_shortcut_is_heard_whatever_locks_are_on_and_its_key_reaches_no_window() {
    let display = Display::start();
    let (field, hands) = (Field::open(&display), Hands::at(&display, "us"));
    hands.click(&field);
    let (shortcut, count) = listen(&display, "Ctrl+Alt+P").unwrap();
    assert_eq!(shortcut.keys(), "Ctrl+Alt+P");
    for (pressed, lock) in [(1, None), (2, Some(CAPS_LOCK)), (3, Some(NUM_LOCK)), (4, None)] {
        lock.into_iter().for_each(|lock| hands.strike(lock));
        press(&hands, P);
        wait_for(&count, pressed);
    }
    hands.strike(P);
    let typed = field.typed_in_all(&hands);
    assert_eq!(typed.to_lowercase().matches('p').count(), 1, "the key alone is nobody's: {typed}");
    assert_eq!(count.load(Ordering::SeqCst), 4);
}

#[test]
fn keys_that_are_held_down_count_once() {
    let display = Display::start();
    let hands = Hands::at(&display, "us");
    let (_shortcut, count) = listen(&display, "Ctrl+Alt+P").unwrap();
    hands.press(CONTROL);
    hands.press(ALT);
    hands.press(P);
    wait_for(&count, 1);
    thread::sleep(HELD);
    [P, ALT, CONTROL].into_iter().for_each(|key| hands.release(key));
    press(&hands, P);
    wait_for(&count, 2);
}

#[test]
fn a_shortcut_that_another_program_has_is_told_and_free_again_when_it_is_given_back() {
    let display = Display::start();
    let _hands = Hands::at(&display, "us");
    let (first, _) = listen(&display, "Ctrl+Alt+P").unwrap();
    assert_eq!(listen(&display, "Ctrl+Alt+P").err(), Some(ShortcutFault::Taken));
    listen(&display, "Ctrl+Alt+Shift+P").unwrap();
    drop(first);
    listen(&display, "Ctrl+Alt+P").unwrap();
}

#[test]
fn a_shortcut_moves_with_its_letter_when_the_layout_changes() {
    let display = Display::start();
    let hands = Hands::at(&display, "us");
    let (_shortcut, count) = listen(&display, "Ctrl+Alt+Q").unwrap();
    let (q_on_american_keyboards, q_on_french_ones) = (24, 38);
    press(&hands, q_on_american_keyboards);
    wait_for(&count, 1);
    hands.set_layouts(&["-layout", "fr"]);
    wait::until("the shortcut at its new place", || {
        press(&hands, q_on_french_ones);
        (count.load(Ordering::SeqCst) > 1).then_some(())
    });
    let before = count.load(Ordering::SeqCst);
    press(&hands, q_on_american_keyboards);
    press(&hands, q_on_french_ones);
    wait_for(&count, before + 1);
}

#[test]
fn a_digit_on_a_french_keyboard_is_the_key_that_it_is_printed_on() {
    let display = Display::start();
    let hands = Hands::at(&display, "fr");
    let (_shortcut, count) = listen(&display, "Ctrl+Alt+1").unwrap();
    press(&hands, 10);
    wait_for(&count, 1);
    assert_eq!(listen(&display, "Ctrl+F24").err(), Some(ShortcutFault::NoKey));
}

#[test]
fn without_a_display_that_is_told_and_one_that_goes_ends_nothing_else() {
    let display = Display::start();
    let (shortcut, count) = listen(&display, "Ctrl+Alt+P").unwrap();
    let name = display.name().to_owned();
    drop(display);
    let gone = Shortcut::by_grab(keys("Ctrl+Alt+P"), Some(name), || {});
    assert_eq!(gone.err(), Some(ShortcutFault::Display));
    drop(shortcut);
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

fn open(
    desktop: &Desktop,
    pressed: impl Fn() + Send + 'static,
) -> Result<(portal::Session, String), ShortcutFault> {
    portal::Session::open(&keys("Ctrl+Alt+P"), desktop.session.connect(), pressed)
}

#[test]
fn the_portal_is_asked_for_the_keys_and_tells_which_the_user_has_chosen() {
    let desktop = Desktop::bare();
    let portal = ShortcutPortal::start(&desktop.session, Consent::Given, "Press <Super>p");
    let (count, pressed) = counter();
    let (session, shown) = open(&desktop, pressed).unwrap();
    assert_eq!(shown, "Press <Super>p");
    let noted = portal.noted();
    assert_eq!(noted.programs, ["org.passcode.Tray"]);
    assert_eq!(noted.shortcuts, [["type-code", "Type a passcode", "CTRL+ALT+p"]]);
    portal.press("another");
    portal.press("type-code");
    wait_for(&count, 1);
    portal.press("type-code");
    wait_for(&count, 2);
    drop(session);
    wait::until("the end of the session", || (portal.noted().closed == 1).then_some(()));
}

#[test]
fn a_portal_that_refuses_or_is_missing_is_told() {
    let desktop = Desktop::bare();
    assert_eq!(open(&desktop, || {}).err(), Some(ShortcutFault::NoPortal));
    let portal = ShortcutPortal::start(&desktop.session, Consent::Refused, "");
    assert_eq!(open(&desktop, || {}).err(), Some(ShortcutFault::Denied));
    wait::until("the end of the session", || (portal.noted().closed == 1).then_some(()));
}

#[test]
fn a_portal_that_ends_the_session_or_goes_ends_the_listener() {
    let mut desktop = Desktop::bare();
    let portal = ShortcutPortal::start(&desktop.session, Consent::Given, "");
    let listener = Arc::new(());
    let listening = |of: &Arc<()>| {
        let held = Arc::clone(of);
        open(&desktop, move || drop(Arc::clone(&held))).unwrap()
    };
    let (first, shown) = listening(&listener);
    assert_eq!(shown, "Ctrl+Alt+P", "when the desktop does not say");
    portal.end_session();
    let ended = || (Arc::strong_count(&listener) == 1).then_some(());
    wait::until("the end of the listener", ended);
    let (second, _) = listening(&listener);
    drop(portal);
    wait::until("the end of the listener", ended);
    desktop.session.end();
    drop((first, second));
}

#[test]
fn a_code_is_typed_when_the_keys_of_the_shortcut_are_released() {
    let (home, display) = (Home::new(), Display::start());
    home.pair("work", &hotp_key());
    let (field, hands) = (Field::open(&display), Hands::at(&display, "us"));
    hands.click(&field);
    let (run, running) = (Mutex::new(Some(home.passcode(&["type", "work"]))), Mutex::new(None));
    let running = Arc::new(running);
    let (started, name) = (Arc::clone(&running), display.name().to_owned());
    let start = move || {
        let run = run.lock().unwrap().take().unwrap();
        *started.lock().unwrap() = Some(run.env("DISPLAY", &name).start());
    };
    let by_keys = Shortcut::by_grab(keys("Ctrl+Alt+P"), Some(display.name().to_owned()), start);
    let _shortcut = by_keys.unwrap();
    [CONTROL, ALT, P].into_iter().for_each(|key| hands.press(key));
    let typing = wait::until("a program that types", || running.lock().unwrap().take());
    [P, ALT, CONTROL].into_iter().for_each(|key| hands.release(key));
    let ended = typing.end();
    assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
    assert_eq!(field.typed_in_all(&hands), "287082");
}
