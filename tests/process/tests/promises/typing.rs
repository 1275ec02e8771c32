//! `passcode type` puts a code into the window that has the focus, whatever the keyboard's layout, and into no other; where it
//! cannot, it says so, and spends no code that it need not. Under X11 `xev` is the window, under Wayland a portal notes the keys.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use passcode_process_tests::desktop::{Consent, Desktop, KeyboardPortal};
use passcode_process_tests::display::Display;
use passcode_process_tests::field::{CONTROL, Field, Hands};
use passcode_process_tests::home::{Home, hotp_key};
use passcode_process_tests::relay::Relay;
use passcode_process_tests::run::{Ended, Run};
use passcode_process_tests::watchdog;

/// The second and the third code of [`hotp_key`]; pairing spends the first.
const SECOND: &str = "287082";
const THIRD: &str = "359152";

/// How long a question stays on the screen after it was answered: less than what is waited for.
const A_MOMENT: Duration = Duration::from_millis(500);

fn paired() -> Home {
    let home = Home::new();
    home.pair("work", &hotp_key());
    home
}

fn typing(home: &Home, display: &Display, arguments: &[&str]) -> Run {
    home.passcode(&["type", "work"]).args(arguments).env("DISPLAY", display.name())
}

fn is_done(ended: &Ended) {
    let said = (ended.status, ended.out.as_str(), ended.err.as_str());
    assert_eq!(said, (Some(0), "", ""));
}

fn is_refused(ended: &Ended, status: i32, said: &str) {
    assert_eq!((ended.status, ended.out.as_str()), (Some(status), ""), "{}", ended.err);
    assert!(ended.err.contains(said), "{}", ended.err);
    assert!(!ended.err.contains(SECOND), "{}", ended.err);
}

#[test]
fn a_code_is_typed_into_the_window_that_has_the_focus() {
    let _watchdog = watchdog::watch();
    let (home, display) = (paired(), Display::start());
    let (other, field) = (Field::open(&display), Field::open(&display));
    let hands = Hands::at(&display, "us");
    hands.click(&field);
    is_done(&typing(&home, &display, &[]).end());
    assert_eq!(field.typed_in_all(&hands), SECOND, "and no Return");
    assert_eq!(other.typed_in_all(&hands), "");
}

#[test]
fn return_is_pressed_only_when_it_is_asked_for() {
    let _watchdog = watchdog::watch();
    let (home, display) = (paired(), Display::start());
    let (field, hands) = (Field::open(&display), Hands::at(&display, "us"));
    hands.click(&field);
    is_done(&typing(&home, &display, &["--enter", "--key-delay", "0"]).end());
    assert_eq!(field.typed_in_all(&hands), format!("{SECOND}\n"));
}

#[test]
fn digits_are_right_on_french_german_and_arabic_keyboards() {
    let _watchdog = watchdog::watch();
    let display = Display::start();
    for layout in ["fr", "de", "ara(azerty)", "ru"] {
        let home = paired();
        let (field, hands) = (Field::open(&display), Hands::at(&display, layout));
        hands.click(&field);
        is_done(&typing(&home, &display, &[]).end());
        assert_eq!(field.typed_in_all(&hands), SECOND, "{layout}");
    }
}

#[test]
fn letters_and_signs_of_a_template_are_right_whatever_the_keyboard_has() {
    let _watchdog = watchdog::watch();
    let display = Display::start();
    let template = "aZ@{code}é€ПÑ~x";
    for layout in ["us", "fr", "de", "ru"] {
        let home = paired();
        let (field, hands) = (Field::open(&display), Hands::at(&display, layout));
        hands.click(&field);
        is_done(&typing(&home, &display, &["--join", template]).end());
        let wanted = template.replace("{code}", SECOND);
        assert_eq!(field.typed_in_all(&hands), wanted, "{layout}");
    }
}

#[test]
fn caps_lock_and_the_layout_that_the_user_has_chosen_are_honoured() {
    let _watchdog = watchdog::watch();
    let (home, display) = (paired(), Display::start());
    let (field, hands) = (Field::open(&display), Hands::at(&display, "us,fr"));
    hands.set_layouts(&["-layout", "us,fr", "-option", "grp:menu_toggle"]);
    let (caps_lock, menu) = (66, 135);
    hands.strike(menu);
    hands.strike(caps_lock);
    hands.click(&field);
    let (a_on_french_keyboards, two_on_american_ones) = (24, 11);
    hands.strike(a_on_french_keyboards);
    hands.strike(two_on_american_ones);
    is_done(&typing(&home, &display, &["--join", "aZé{code}m"]).end());
    assert_eq!(field.typed_in_all(&hands), format!("AÉaZé{SECOND}m"));
}

#[test]
fn keys_are_right_where_the_display_gives_them_another_layout_than_the_users_keyboard() {
    let _watchdog = watchdog::watch();
    let (home, display) = (paired(), Display::start());
    let (field, hands) = (Field::open(&display), Hands::at(&display, "us"));
    let device = hands.synthetic_keyboard().to_string();
    hands.set_layouts(&["-device", &device, "-layout", "fr"]);
    hands.click(&field);
    is_done(&typing(&home, &display, &[]).end());
    assert_eq!(field.typed_in_all(&hands), SECOND);
}

#[test]
fn a_password_from_standard_input_is_typed_with_the_code() {
    let _watchdog = watchdog::watch();
    let (home, display) = (paired(), Display::start());
    let (field, hands) = (Field::open(&display), Hands::at(&display, "de"));
    hands.click(&field);
    let run = typing(&home, &display, &["--join", "{password},{code}"]);
    is_done(&run.input("Hunter{2}\n").end());
    assert_eq!(field.typed_in_all(&hands), format!("Hunter{{2}},{SECOND}"));
}

#[test]
fn nothing_is_typed_when_the_focus_has_moved_while_the_agent_was_asked() {
    let _watchdog = watchdog::watch();
    let (home, display) = (paired(), Display::start());
    let hands = Arc::new(Hands::at(&display, "us"));
    let (field, other) = (Arc::new(Field::open(&display)), Arc::new(Field::open(&display)));
    hands.click(&field);
    let (moving, to) = (Arc::clone(&hands), Arc::clone(&other));
    let move_focus = move || moving.click(&to);
    let relay = Relay::start(home.file("relay.sock"), &home.socket(), "work", move_focus);
    let ended = typing(&home, &display, &[]).env("PASSCODE_SOCKET", relay.socket()).end();
    is_refused(&ended, 5, "Nothing was typed. Another window has the focus now.");
    assert!(ended.err.contains("The code is spent"), "{}", ended.err);
    assert_eq!((field.typed_in_all(&hands), other.typed_in_all(&hands)), Default::default());
    assert_eq!(home.print(&["get"]), THIRD);
}

#[test]
fn the_focus_may_come_back_from_a_question_that_the_agent_asked() {
    let _watchdog = watchdog::watch();
    let (home, display) = (paired(), Display::start());
    let hands = Arc::new(Hands::at(&display, "us"));
    let (field, question) = (Arc::new(Field::open(&display)), Arc::new(Field::open(&display)));
    hands.click(&field);
    let (moving, to, back) = (Arc::clone(&hands), Arc::clone(&question), Arc::clone(&field));
    let ask = move || {
        moving.click(&to);
        let (moving, back) = (Arc::clone(&moving), Arc::clone(&back));
        thread::spawn(move || {
            thread::sleep(A_MOMENT);
            moving.click(&back);
        });
    };
    let relay = Relay::start(home.file("relay.sock"), &home.socket(), "work", ask);
    is_done(&typing(&home, &display, &[]).env("PASSCODE_SOCKET", relay.socket()).end());
    assert_eq!(field.typed_in_all(&hands), SECOND);
}

#[test]
fn typing_stops_when_the_focus_moves_in_the_middle_of_it() {
    let _watchdog = watchdog::watch();
    let (home, display) = (paired(), Display::start());
    let (field, other) = (Field::open(&display), Field::open(&display));
    let hands = Hands::at(&display, "us");
    hands.click(&field);
    let running = typing(&home, &display, &["--key-delay", "1000"]).start();
    field.wait_for(1);
    hands.click(&other);
    is_refused(&running.end(), 5, "Typing stopped after");
    let typed = field.typed_in_all(&hands);
    assert!(SECOND.starts_with(&typed) && typed.len() < SECOND.len(), "{typed}");
    assert_eq!(other.typed_in_all(&hands), "");
}

#[test]
fn with_no_window_or_with_a_key_held_down_nothing_is_typed_and_no_code_is_spent() {
    let _watchdog = watchdog::watch();
    let (home, display) = (paired(), Display::start());
    let (field, hands) = (Field::open(&display), Hands::at(&display, "us"));
    hands.click_on_nothing();
    is_refused(&typing(&home, &display, &[]).end(), 5, "No window has the focus.");
    hands.click_beside_the_screen();
    is_refused(&typing(&home, &display, &[]).end(), 5, "No window has the focus.");
    hands.click(&field);
    hands.press(CONTROL);
    is_refused(&typing(&home, &display, &[]).end(), 5, "A key is still held down.");
    hands.release(CONTROL);
    let _grab = hands.take_keyboard();
    is_refused(&typing(&home, &display, &[]).end(), 5, "has the keyboard for itself");
    drop(_grab);
    assert_eq!(home.print(&["get"]), SECOND, "no counter was spent");
}

#[test]
fn the_keys_of_the_shortcut_may_be_released_a_moment_later() {
    let _watchdog = watchdog::watch();
    let (home, display) = (paired(), Display::start());
    let (field, hands) = (Field::open(&display), Hands::at(&display, "us"));
    hands.click(&field);
    hands.press(CONTROL);
    let running = typing(&home, &display, &[]).start();
    hands.release(CONTROL);
    is_done(&running.end());
    assert_eq!(field.typed_in_all(&hands), SECOND);
}

#[test]
fn the_window_is_the_one_that_has_the_focus_after_the_delay() {
    let _watchdog = watchdog::watch();
    let (home, display) = (paired(), Display::start());
    let (terminal, field) = (Field::open(&display), Field::open(&display));
    let hands = Hands::at(&display, "us");
    hands.click(&terminal);
    let running = typing(&home, &display, &["--delay", "1.5"]).start();
    hands.click(&field);
    is_done(&running.end());
    assert_eq!(field.typed_in_all(&hands), SECOND);
    assert_eq!(terminal.typed_in_all(&hands), "");
}

#[test]
fn without_a_screen_that_can_be_used_that_is_said_and_no_code_is_spent() {
    let _watchdog = watchdog::watch();
    let home = paired();
    is_refused(&home.run(&["type", "work"]), 1, "There is no screen");
    let gone = home.passcode(&["type", "work"]).env("DISPLAY", ":4711").end();
    is_refused(&gone, 1, "The X11 display cannot be used.");
    let tab = home.run(&["type", "work", "--join", "{code}\t"]);
    is_refused(&tab, 2, "a character that is not typed");
    assert_eq!(home.print(&["get"]), SECOND);
}

fn by_portal(home: &Home, desktop: &Desktop, arguments: &[&str]) -> Run {
    let run = home.passcode(&["type", "work"]).args(arguments);
    let run = run.env("WAYLAND_DISPLAY", "wayland-0");
    run.env("DBUS_SESSION_BUS_ADDRESS", desktop.session.address())
}

#[test]
fn the_portal_asks_once_and_types() {
    let _watchdog = watchdog::watch();
    let (home, desktop) = (paired(), Desktop::bare());
    let portal = KeyboardPortal::start(&desktop.session, Consent::Given);
    is_done(&by_portal(&home, &desktop, &[]).end());
    is_done(&by_portal(&home, &desktop, &["--enter"]).end());
    let noted = portal.noted();
    assert_eq!(noted.typed(), format!("{SECOND}{THIRD}\n"));
    assert_eq!(noted.programs, ["org.passcode.Tray"; 2]);
    assert_eq!(noted.tokens, [None, Some("token-0".to_owned())]);
    assert_eq!((noted.wanted, noted.closed), (vec![(1, 2); 2], 2));
    let token = home.file("typing.token");
    assert_eq!(fs::read_to_string(&token).expect("a token"), "token-1");
    let mode = fs::metadata(&token).expect("a token").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_portal_that_refuses_or_is_missing_costs_no_code() {
    let _watchdog = watchdog::watch();
    let (home, desktop) = (paired(), Desktop::bare());
    let none = by_portal(&home, &desktop, &[]).end();
    is_refused(&none, 1, "it has no RemoteDesktop portal");
    assert!(none.err.contains("passcode get --copy"), "{}", none.err);
    let portal = KeyboardPortal::start(&desktop.session, Consent::Refused);
    is_refused(&by_portal(&home, &desktop, &[]).end(), 5, "not to let this program type");
    assert_eq!((portal.noted().keys.len(), portal.noted().closed), (0, 1));
    assert!(!home.file("typing.token").exists());
    assert_eq!(home.print(&["get"]), SECOND);
}
