//! How the window looks: dark on dark desktops, light on light ones, larger on finer screens, and never larger than the
//! screen. With `TRAY_PICTURES=DIR`, pictures of its pages are left in that folder.

use std::path::Path;

use passcode_desktop_tests::appearance::{Appearance, Preference};
use passcode_desktop_tests::desk::{Desk, MAIN};
use passcode_desktop_tests::page::{Node, Page};
use passcode_desktop_tests::tray::{self, Tray};
use passcode_process_tests::home::hotp_key;
use passcode_process_tests::wait;

use crate::given::{PIN, open_with_pin, pair_work, quick_key};

/// How light the window is: its most frequent colour, from 0 to 255.
fn lightness(desk: &Desk) -> Option<u8> {
    let screen = desk.session.screen();
    let (picture, place) = (screen.picture()?, screen.place(MAIN));
    let mut counts = [0_u32; 256];
    for (x, y) in (0..place.width).flat_map(|x| (0..place.height).map(move |y| (x, y))) {
        let at = (u32::try_from(place.x + x).ok()?, u32::try_from(place.y + y).ok()?);
        let colour = picture.get_pixel_checked(at.0, at.1)?.0;
        let mean = colour.iter().map(|part| usize::from(*part)).sum::<usize>() / 3;
        counts[mean] += 1;
    }
    let most = (0..=255_u8).max_by_key(|light| counts[usize::from(*light)]);
    most.filter(|light| counts[usize::from(*light)] > 1_000)
}

fn on_desktop(preference: Preference) -> (Desk, Appearance) {
    let mut desk = Desk::seen();
    let appearance = Appearance::start(&desk.session.bus, preference);
    pair_work(&desk);
    desk.start_tray();
    desk.window().wait_until_open();
    (desk, appearance)
}

fn wait_for_lightness(desk: &Desk, what: &str, is_so: impl Fn(u8) -> bool) {
    let seen = wait::within(wait::PATIENCE, || lightness(desk).filter(|light| is_so(*light)));
    assert!(seen.is_some(), "not {what}, but {:?}", lightness(desk));
}

#[test]
fn it_is_dark_on_a_dark_desktop_and_follows_a_change() {
    let _watchdog = tray::watch();
    let (desk, appearance) = on_desktop(Preference::Dark);
    wait_for_lightness(&desk, "dark", |light| light < 80);
    appearance.change(Preference::Light);
    wait_for_lightness(&desk, "light", |light| light > 200);
}

#[test]
fn it_is_light_on_a_light_desktop() {
    let _watchdog = tray::watch();
    let (desk, _appearance) = on_desktop(Preference::Light);
    wait_for_lightness(&desk, "light", |light| light > 200);
}

#[test]
fn it_is_drawn_larger_on_a_finer_screen() {
    let _watchdog = tray::watch();
    let widths = [96, 144].map(|points| {
        let mut desk = Desk::seen();
        desk.session.screen().set_fineness(points);
        pair_work(&desk);
        desk.start_tray();
        desk.window().wait_until_open();
        desk.window().button("Copy");
        desk.session.screen().place(MAIN).width
    });
    assert_eq!(widths[0] * 3, widths[1] * 2, "half as large again: {widths:?}");
}

/// Checks that the window is within the screen, and all on its page within the window.
#[track_caller]
fn check(desk: &Desk, name: &str) {
    let screen = desk.session.screen();
    let (width, height) = screen.size();
    wait::until(&format!("{name} within the screen"), || {
        let place = screen.place(MAIN);
        let is_within = place.x >= 0 && place.y >= 0;
        (is_within && place.x + place.width <= width && place.y + place.height <= height)
            .then_some(())
    });
    if let Some(folder) = std::env::var_os("TRAY_PICTURES") {
        screen.save(&Path::new(&folder).join(format!("{name}.png")));
    }
    let page = desk.window().page();
    let is_seen = |node: &&Node| !node.name.is_empty() && node.role != "frame";
    for node in page.nodes.iter().filter(is_seen) {
        let place = screen.place(MAIN);
        let Some(extents) = node.element.extents() else { continue };
        let is_within = extents.x >= place.x
            && extents.y >= place.y
            && extents.x + extents.width <= place.x + place.width
            && extents.y + extents.height <= place.y + place.height;
        assert!(is_within, "{name}: {node} is at {extents:?}, the window at {place:?}");
    }
}

#[test]
fn every_page_is_within_the_screen_and_all_on_it_within_the_window() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    walk(&desk, "");
}

#[test]
fn every_page_is_within_the_window_on_a_dark_desktop_with_a_finer_screen() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    let _appearance = Appearance::start(&desk.session.bus, Preference::Dark);
    desk.session.screen().set_fineness(120);
    pair_work(&desk);
    desk.set_pin(PIN);
    desk.start_tray();
    desk.window().wait_until_open();
    walk(&desk, "dark ");
}

/// Checks one page after the other.
fn walk(desk: &Desk, look: &str) {
    let window = desk.window();
    let check = |name: &str| check(desk, &format!("{look}{name}"));
    window.press("Refresh");
    window.wait_for_code();
    check("passcode");
    window.press("Add profile");
    window.entry("Profile name");
    check("add profile");
    window.press("Skip");
    window.fill("Pairing key", &hotp_key());
    check("pairing key");
    window.press("Scan QR code");
    window.button("From the screen");
    check("scanning");
    window.hand.presses("Escape");
    window.hand.presses("Escape");
    window.press("Settings");
    window.button("Lock times");
    check("settings");
    for (button, within) in [("Lock times", "Save"), ("Profiles", "Remove work"), ("About", "Back")]
    {
        window.press(button);
        window.button(within);
        check(&button.to_lowercase());
        window.press("Back");
    }
    window.press("Change PIN");
    window.fill("Present PIN", PIN);
    window.press("Next");
    window.fill("New PIN", "1111");
    check("new pin");
    desk.home.print(&["lock"]);
    window.entry("PIN");
    check("locked");
    let _caller = desk.home.passcode(&["get", "work"]).start();
    desk.prompt().wait_until_open();
    desk.prompt().button("Cancel");
    check("a program that waits");
}

#[test]
fn a_long_name_leaves_every_button_where_it_can_be_reached() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    let long = "Gesellschaft zur Wahrung sehr langer Namen ".repeat(5);
    desk.home.pair(long.trim(), &quick_key(60));
    desk.start_tray();
    desk.window().wait_until_open();
    desk.window().wait_for_code();
    check(&desk, "a long name");
    assert!(desk.session.screen().place(MAIN).width < 700);
}

#[test]
fn who_reads_german_reads_german_in_the_window() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    pair_work(&desk);
    let language = [("LC_ALL", "de_DE.UTF-8"), ("LANG", "de_DE.UTF-8")];
    desk.tray = Some(Tray::spawn_with(&desk.session, desk.home.path(), &[], &language));
    let window = desk.window();
    window.wait_until_open();
    window.button("Kopieren");
    let english = ["Copy", "Refresh", "Settings", "Add", "Profile", "No", "Press", "for", "the"];
    let left = |page: &Page| {
        let is_english = |said: &&str| said.split(' ').any(|word| english.contains(&word));
        page.all_said().filter(is_english).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(left(&window.page()), [""; 0], "on the passcode page");
    desk.set_pin(PIN);
    desk.home.print(&["lock"]);
    window.button("Entsperren");
    assert_eq!(left(&window.page()), [""; 0], "on the locked page");
    window.fill("PIN", "1357");
    window.hand.presses("Return");
    window.wait_for_words("falsch");
    assert_eq!(left(&window.page()), [""; 0], "after a wrong PIN");
}

#[test]
fn lists_of_windows_can_show_a_picture_and_know_the_program() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    let screen = desk.session.screen();
    assert!(screen.has_picture(MAIN));
    assert!(screen.class(MAIN).contains("passcode-tray"), "{:?}", screen.class(MAIN));
}
