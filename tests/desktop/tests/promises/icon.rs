//! The icon in a real panel, under the mouse.
//! The same without a mouse and without a panel is in `menu`.

use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::hand::Button;
use passcode_desktop_tests::panel::Panel;
use passcode_desktop_tests::screen::Screen;
use passcode_desktop_tests::tray;
use passcode_process_tests::wait;

use crate::given::{CODES, pair_work, seen_with_work};

/// How many colours there are in the place of the first icon.
fn colours(screen: &Screen) -> usize {
    let picture = screen.picture().expect("a picture of the screen");
    let places = (0..32).flat_map(|x| (0..32).map(move |y| (x, y)));
    let mut colours: Vec<[u8; 3]> = places.map(|(x, y)| picture.get_pixel(x, y).0).collect();
    colours.sort_unstable();
    colours.dedup();
    colours.len()
}

fn panel(desk: &Desk) -> &Panel {
    desk.panel.as_ref().expect("a panel")
}

#[test]
fn the_icon_is_drawn_in_the_panel_and_leaves_it_with_the_tray() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    let screen = desk.session.screen();
    let without = colours(&screen);
    pair_work(&desk);
    desk.start_hidden_tray();
    let icon = desk.icon();
    assert_eq!(icon.title().as_deref(), Some("Passcode Agent"));
    assert!(icon.sizes().iter().all(|(width, height)| width == height && *width >= 16));
    wait::until("an icon in the panel", || (colours(&screen) > without + 2).then_some(()));
    desk.menu().click("Quit");
    wait::until("no icon in the panel", || (colours(&screen) <= without).then_some(()));
}

#[test]
fn a_left_click_opens_the_window() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    panel(&desk).click(&desk.hand(), Button::Left);
    desk.window().wait_until_open();
    desk.window().button("Copy");
}

#[test]
fn a_middle_click_copies_the_code_of_the_default_profile() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    panel(&desk).click(&desk.hand(), Button::Middle);
    assert_eq!(desk.clipboard().wait_for_code(), CODES[1]);
    assert!(!desk.window().is_open());
}

#[test]
fn a_profile_chosen_with_mouse_and_keys_is_copied() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    let screen = desk.session.screen();
    let before = screen.picture().expect("a picture");
    panel(&desk).click(&desk.hand(), Button::Right);
    wait::until("a menu on the screen", || {
        let now = screen.picture()?;
        let changed = now.pixels().zip(before.pixels()).filter(|(now, before)| now != before);
        (changed.count() > 5_000).then_some(())
    });
    desk.hand().presses("Down");
    desk.hand().presses("Return");
    assert_eq!(desk.clipboard().wait_for_code(), CODES[1]);
}

#[test]
fn the_icon_comes_back_when_the_panel_is_started_anew() {
    let _watchdog = tray::watch();
    let mut desk = seen_with_work();
    desk.panel.take().expect("a panel").kill();
    desk.panel = Some(Panel::start(&desk.session));
    desk.menu().wait_for("work");
    let screen = desk.session.screen();
    wait::until("an icon in the panel", || (colours(&screen) > 4).then_some(()));
    panel(&desk).click(&desk.hand(), Button::Left);
    desk.window().wait_until_open();
}
