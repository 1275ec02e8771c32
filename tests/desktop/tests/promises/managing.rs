//! Behind the gear: profiles are renamed, made the default and removed, and the lock times are set. What cannot be undone
//! takes the PIN where there is one.

use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::tray;
use passcode_process_tests::wait;

use crate::given::{CODES, PIN, daily_key, open_with_pin, pair_work};

/// Settings, at the list of the profiles `work` and `mail`.
fn at_profiles() -> Desk {
    let mut desk = Desk::seen();
    pair_work(&desk);
    desk.home.pair("mail", &daily_key());
    desk.start_tray();
    let window = desk.window();
    window.wait_until_open();
    window.press("Settings");
    window.press("Profiles");
    window.button("Rename work");
    desk
}

#[test]
fn a_profile_is_renamed() {
    let _watchdog = tray::watch();
    let desk = at_profiles();
    let window = desk.window();
    window.press("Rename work");
    window.fill("New name", "office");
    window.hand.presses("Return");
    window.button("Rename office");
    desk.menu().wait_for("office");
    assert_eq!(desk.home.print(&["get", "office"]), CODES[1]);
}

#[test]
fn a_name_that_another_profile_has_is_refused_in_words() {
    let _watchdog = tray::watch();
    let desk = at_profiles();
    let window = desk.window();
    window.press("Rename work");
    window.fill("New name", "mail");
    window.hand.presses("Return");
    window.wait_for_words("has this name");
    assert_eq!(desk.home.print(&["get", "work"]), CODES[1]);
}

#[test]
fn a_profile_is_made_the_default() {
    let _watchdog = tray::watch();
    let desk = at_profiles();
    let window = desk.window();
    let code = desk.home.print(&["get", "mail"]);
    let page = window.page();
    if page.button("Make mail the default").is_none() {
        window.press("Make work the default");
        window.button("Make mail the default");
    }
    window.press("Make mail the default");
    window.button("Make work the default");
    assert_eq!(desk.home.print(&["get"]), code);
    desk.icon().activate_second();
    desk.clipboard().wait_for("code of mail", |text| text == code);
}

#[test]
fn a_profile_is_removed_after_a_question() {
    let _watchdog = tray::watch();
    let desk = at_profiles();
    let window = desk.window();
    window.press("Remove work");
    window.wait_for_words("destroyed");
    window.press("Keep");
    window.press("Remove work");
    window.wait_for_words("destroyed");
    window.press("Remove");
    desk.menu().wait_until_gone("work");
    window.wait_for("the profile that is left", |page| {
        (page.button("Remove mail").is_some() && page.button("Remove work").is_none()).then_some(())
    });
    assert_eq!(desk.home.print(&["list"]).lines().count(), 1);
}

#[test]
fn removing_a_profile_takes_the_pin() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    let window = desk.window();
    window.press("Settings");
    window.press("Profiles");
    window.press("Remove work");
    window.fill("PIN", "1357");
    window.hand.presses("Return");
    window.wait_for_words("wrong");
    assert_eq!(desk.home.print(&["get", "work"]), CODES[1], "it is still there");
    window.fill("PIN", PIN);
    window.hand.presses("Return");
    desk.menu().wait_until_gone("work");
}

#[test]
fn the_pages_of_settings_lead_back_by_escape_and_by_their_button() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    let window = desk.window();
    for name in ["Profiles", "Lock times", "About"] {
        window.press("Settings");
        window.press(name);
        window.wait_for("another page", |page| page.button("Lock times").is_none().then_some(()));
        window.press("Back");
        window.button("Lock times");
        window.hand.presses("Escape");
        window.button("Copy");
    }
}

#[test]
fn settings_are_not_to_be_had_while_the_vault_is_locked() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    let window = desk.window();
    window.press("Settings");
    window.press("Profiles");
    window.button("Remove work");
    desk.home.print(&["lock"]);
    window.entry("PIN");
    assert!(window.page().button("Remove work").is_none());
    desk.menu().click("Settings…");
    window.entry("PIN");
    assert!(window.page().button("Remove work").is_none());
}

#[test]
fn lock_times_are_kept_in_the_configuration_and_take_the_pin() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    let window = desk.window();
    window.press("Settings");
    window.press("Lock times");
    let idle = "Lock when no passcode was given for";
    window.wait_for("the choice", |page| page.named(idle).cloned());
    let idle_lock = || desk.home.status().expect("an agent").settings.lock_times.idle_lock;
    let before = idle_lock();
    window.walk_to(idle, "Tab");
    window.hand.presses("Down");
    window.fill("PIN", "1357");
    window.press("Save");
    window.wait_for_words("wrong");
    assert_eq!(idle_lock(), before);
    window.fill("PIN", PIN);
    window.press("Save");
    wait::until("other lock times", || (idle_lock() != before).then_some(()));
    let configuration = std::fs::read_to_string(desk.home.file("config.toml"));
    let configuration = configuration.expect("a configuration");
    assert!(configuration.contains("idle_lock"), "{configuration}");
    assert!(configuration.contains("keystore = \"file\""), "what else is in it stays");
}
