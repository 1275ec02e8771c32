//! The menu of the icon, as panels read it, without a display: it says what the agent's state is, and follows it by itself.
//! What a click copies needs a display: it is in `copying` and `icon`.

use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::tray::{self, Tray};
use passcode_process_tests::home::hotp_key;
use passcode_process_tests::wait;
use passcode_proto::reply::LockState;

use crate::given::{CODES, PIN, daily_key, pair_work, unseen_with_work};

#[test]
fn a_profile_is_in_the_menu_from_pairing_to_unpairing() {
    let _watchdog = tray::watch();
    let mut desk = Desk::unseen();
    desk.start_hidden_tray();
    let menu = desk.menu();
    menu.wait_for("Add profile…");
    assert!(menu.find("work").is_none(), "{:?}", menu.labels());
    pair_work(&desk);
    assert!(menu.wait_for("work").enabled);
    desk.home.pair("mail", &daily_key());
    menu.wait_for("mail");
    desk.home.print(&["rename", "work", "office"]);
    menu.wait_for("office");
    menu.wait_until_gone("work");
    desk.home.print(&["unpair", "office", "--yes"]);
    menu.wait_until_gone("office");
    assert!(menu.find("mail").is_some(), "{:?}", menu.labels());
}

#[test]
fn the_entries_stand_in_the_order_that_is_promised() {
    let _watchdog = tray::watch();
    let mut desk = Desk::unseen();
    pair_work(&desk);
    desk.home.pair("x-mail", &daily_key());
    desk.set_pin(PIN);
    desk.start_hidden_tray();
    let menu = desk.menu();
    menu.wait_for("x-mail");
    menu.wait_for("Lock");
    let common = ["Show passcode…", "Add profile…", "Lock", "Settings…", "About", "---", "Quit"];
    let open = [&["work", "x-mail", "---"][..], &common].concat();
    assert_eq!(menu.labels(), open);
    desk.home.print(&["lock"]);
    menu.wait_for("Unlock…");
    let labels = menu.labels();
    let order: Vec<&str> =
        labels.iter().map(String::as_str).filter(|label| *label != "---").collect();
    assert_eq!(
        order,
        ["Show passcode…", "Add profile…", "Unlock…", "Settings…", "About", "Quit"],
        "no profile is named while the vault is locked"
    );
}

#[test]
fn looking_at_the_menu_spends_no_code() {
    let _watchdog = tray::watch();
    let desk = unseen_with_work();
    for _ in 0..3 {
        desk.menu().entries();
    }
    assert_eq!(desk.home.print(&["get", "work"]), CODES[1]);
}

#[test]
fn locking_and_unlocking_change_menu_tooltip_and_picture() {
    let _watchdog = tray::watch();
    let mut desk = Desk::unseen();
    pair_work(&desk);
    desk.set_pin(PIN);
    desk.start_hidden_tray();
    let (icon, menu) = (desk.icon(), desk.menu());
    icon.wait_for_tooltip("Passcode Agent: open");
    let open = icon.picture().expect("a picture");
    desk.home.print(&["lock"]);
    icon.wait_for_tooltip("Passcode Agent: locked");
    menu.wait_until_gone("work");
    menu.wait_for("Unlock…");
    assert!(menu.find("Lock").is_none(), "{:?}", menu.labels());
    let locked = wait::until("another picture", || icon.picture().filter(|now| *now != open));
    desk.unlock(PIN);
    icon.wait_for_tooltip("Passcode Agent: open");
    menu.wait_for("work");
    menu.wait_for("Lock");
    let again = wait::until("another picture", || icon.picture().filter(|now| *now != locked));
    assert_eq!(again, open);
}

#[test]
fn locking_from_the_menu_locks_the_agent() {
    let _watchdog = tray::watch();
    let desk = unseen_with_work();
    assert!(desk.menu().find("Lock").is_none(), "without a PIN a lock protects nothing");
    desk.set_pin(PIN);
    desk.menu().click("Lock");
    wait::until("a locked agent", || {
        let status = desk.home.status().expect("an agent");
        (status.state == LockState::Locked).then_some(())
    });
    desk.icon().wait_for_tooltip("Passcode Agent: locked");
}

#[test]
fn more_than_twenty_profiles_lead_to_all_of_them() {
    let _watchdog = tray::watch();
    let mut desk = Desk::unseen();
    for number in 0..20 {
        desk.home.pair_unspent(&format!("profile {number}"), &daily_key_of(number));
    }
    desk.start_hidden_tray();
    let menu = desk.menu();
    menu.wait_for("profile 19");
    assert!(menu.find("All profiles…").is_none(), "{:?}", menu.labels());
    desk.home.pair_unspent("profile 20", &hotp_key());
    menu.wait_for("All profiles…");
    let profiles = menu.labels().iter().filter(|label| label.starts_with("profile ")).count();
    assert_eq!(profiles, 20);
    desk.home.print(&["unpair", "profile 3", "--yes"]);
    menu.wait_until_gone("All profiles…");
    menu.wait_for("profile 20");
}

/// Keys that differ.
fn daily_key_of(number: u32) -> String {
    daily_key().replace("ACME:bob", &format!("ACME:bob{number}"))
}

#[test]
fn names_are_shown_as_they_were_given() {
    let _watchdog = tray::watch();
    let mut desk = Desk::unseen();
    for name in ["R&D", "a_b", "Größe 漢字", "50% & <b>more</b>"] {
        desk.home
            .pair_unspent(name, &hotp_key().replace("ACME:alice", &format!("A:{}", name.len())));
    }
    desk.start_hidden_tray();
    let menu = desk.menu();
    for name in ["R&D", "a_b", "Größe 漢字", "50% & <b>more</b>"] {
        menu.wait_for(name);
    }
}

#[test]
fn quitting_from_the_menu_ends_the_tray_and_leaves_the_agent() {
    let _watchdog = tray::watch();
    let mut desk = unseen_with_work();
    desk.menu().click("Quit");
    assert_eq!(desk.tray().wait_for_end().code(), Some(0));
    assert_eq!(desk.home.print(&["get", "work"]), CODES[1]);
}

#[test]
fn who_reads_german_reads_german() {
    let _watchdog = tray::watch();
    let mut desk = Desk::unseen();
    pair_work(&desk);
    let language = [("LC_ALL", "de_DE.UTF-8"), ("LANG", "de_DE.UTF-8")];
    desk.tray = Some(Tray::spawn_with(&desk.session, desk.home.path(), &["--hidden"], &language));
    let menu = desk.menu();
    menu.wait_for("work");
    menu.wait_for("Beenden");
    let english = ["Show passcode…", "Add profile…", "Settings…", "Quit"];
    let labels = menu.labels();
    assert!(!labels.iter().any(|label| english.contains(&label.as_str())), "{labels:?}");
}
