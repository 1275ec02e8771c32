//! Pairing by the window: the way that an organisation's page leads, from the name of the profile to being signed on, and
//! the keys of other services.

use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::elsewhere::Elsewhere;
use passcode_desktop_tests::tray;
use passcode_desktop_tests::window::Window;
use passcode_process_tests::home::{RFC_SECRET, hotp_key};
use passcode_process_tests::organisation::Organisation;
use passcode_proto::reply::LockState;

use crate::given::{CODES, PIN, daily_key, seen_at};

/// A desk where nothing is paired, with the window open on Add profile.
fn fresh() -> Desk {
    let mut desk = Desk::seen();
    desk.start_tray();
    desk.window().wait_until_open();
    desk.window().entry("Profile name");
    desk
}

/// The same, at an organisation.
fn at(organisation: &Organisation) -> Desk {
    let mut desk = seen_at(organisation);
    desk.start_tray();
    desk.window().wait_until_open();
    desk.window().entry("Profile name");
    desk
}

fn name(window: &Window, name: &str) {
    window.fill("Profile name", name);
    window.press("Create");
    window.entry("Pairing key");
}

fn pair(window: &Window, key: &str) {
    window.fill("Pairing key", key);
    window.press("Pair");
}

#[test]
fn the_way_of_an_organisation_leads_from_its_page_to_being_signed_on() {
    let _watchdog = tray::watch();
    let organisation = Organisation::start();
    organisation.decide(|policy| policy.pin = 4);
    let desk = at(&organisation);
    let window = desk.window();
    let key = organisation.show_key(None);
    name(&window, "Example Corp");
    window.wait_for_words("Example Corp");
    pair(&window, &key);
    window.fill("New PIN", "1111");
    window.hand.presses("Return");
    window.wait_for_words("3 different");
    assert!(window.page().entry("New PIN again").is_none(), "1111 is refused");
    window.fill("New PIN", PIN);
    window.press("Next");
    window.fill("New PIN again", PIN);
    window.press("Done");
    let first = window.wait_for_code();
    let finished = organisation.finish(&first);
    assert_eq!(finished.out.trim_end(), "paired: yes", "{}", finished.err);
    window.press("Refresh");
    let second = window.wait_for("the next code", |page| page.code().filter(|code| *code != first));
    window.press("Copy");
    desk.clipboard().wait_for("the code that is shown", |text| text == second);
    let pasted = Elsewhere::open(&desk.session).paste();
    assert_eq!(pasted, second);
    assert_eq!(organisation.sign_on(&pasted).out.trim_end(), "signed on: yes");
    assert_eq!(desk.home.print(&["list"]).lines().count(), 1);
    assert!(desk.home.print(&["list"]).contains("Example Corp"));
    desk.menu().wait_for("Example Corp");
}

#[test]
fn without_a_policy_the_first_code_comes_at_once() {
    let _watchdog = tray::watch();
    let organisation = Organisation::start();
    let desk = at(&organisation);
    let window = desk.window();
    let key = organisation.show_key(None);
    name(&window, "work");
    // As the page shows it, in groups.
    pair(&window, &key);
    let first = window.wait_for_code();
    assert_eq!(organisation.finish(&first).out.trim_end(), "paired: yes");
}

#[test]
fn a_key_that_the_organisation_does_not_know_is_said_and_leaves_nothing() {
    let _watchdog = tray::watch();
    let organisation = Organisation::start();
    let desk = at(&organisation);
    let window = desk.window();
    name(&window, "work");
    pair(&window, "123456789012");
    window.wait_for_words("does not know this pairing key");
    window.entry("Pairing key");
    assert_eq!(desk.home.print(&["list"]), "");
    pair(&window, &organisation.show_key(None));
    window.wait_for_code();
}

#[test]
fn twelve_digits_without_an_address_ask_for_one() {
    let _watchdog = tray::watch();
    let organisation = Organisation::start();
    let mut desk = Desk::seen();
    desk.kill_agent();
    let authority = organisation.authority();
    let configuration = format!("keystore = \"file\"\nca = \"{}\"\n", authority.display());
    std::fs::write(desk.home.file("config.toml"), configuration).expect("a configuration");
    desk.start_agent();
    desk.start_tray();
    let window = desk.window();
    window.wait_until_open();
    name(&window, "work");
    window.fill("Pairing key", &organisation.show_key(None));
    if window.page().entry("Service").is_none() {
        window.press("Pair");
    }
    window.fill("Service", organisation.origin());
    window.press("Pair");
    let first = window.wait_for_code();
    assert_eq!(organisation.finish(&first).out.trim_end(), "paired: yes");
}

#[test]
fn a_key_of_another_service_shows_its_first_code() {
    let _watchdog = tray::watch();
    let desk = fresh();
    let window = desk.window();
    name(&window, "token");
    pair(&window, &hotp_key());
    assert_eq!(window.wait_for_code(), CODES[0]);
    assert_eq!(desk.home.print(&["get", "token"]), CODES[1]);
    desk.menu().wait_for("token");
}

#[test]
fn a_key_is_recognised_while_it_is_typed() {
    let _watchdog = tray::watch();
    let desk = fresh();
    let window = desk.window();
    name(&window, "token");
    let before: Vec<String> = window.page().all_said().map(str::to_owned).collect();
    window.fill("Pairing key", &daily_key());
    window.wait_for("what the key is", |page| {
        let is_new = |said: &&str| !before.iter().any(|known| known == said);
        let told = page.all_said().filter(|said| !said.contains("otpauth")).find(is_new);
        told.map(drop)
    });
}

#[test]
fn a_name_is_not_needed() {
    let _watchdog = tray::watch();
    let desk = fresh();
    let window = desk.window();
    window.press("Skip");
    pair(&window, &hotp_key());
    assert_eq!(window.wait_for_code(), CODES[0]);
    assert_eq!(desk.home.print(&["list"]).lines().count(), 1);
}

#[test]
fn a_key_that_cannot_be_read_is_said_and_another_can_be_typed() {
    let _watchdog = tray::watch();
    let desk = fresh();
    let window = desk.window();
    name(&window, "token");
    pair(&window, "otpauth://totp/ACME?secret=!!!");
    window.wait_for("a sentence of what is wrong", |page| {
        let said = page.all_said().find(|said| {
            !said.contains("otpauth")
                && (said.contains("secret") || said.contains("cannot be read"))
        });
        said.map(drop)
    });
    window.entry("Pairing key");
    assert_eq!(desk.home.print(&["list"]), "");
}

#[test]
fn a_name_that_is_taken_is_said_and_another_one_can_be_given() {
    let _watchdog = tray::watch();
    let desk = fresh();
    desk.home.pair("token", &daily_key());
    let window = desk.window();
    window.button("Copy");
    window.press("Add profile");
    window.fill("Profile name", "token");
    window.press("Create");
    // It may be told at once or with the key.
    let told = window.wait_for("what comes next", |page| {
        let told = page.saying("that name").or(page.saying("has this name")).is_some();
        (told || page.entry("Pairing key").is_some()).then_some(told)
    });
    if told {
        window.fill("Profile name", "token 2");
        window.press("Create");
    }
    pair(&window, &hotp_key());
    if !told {
        window.wait_for_words("has this name");
        return;
    }
    assert_eq!(window.wait_for_code(), CODES[0]);
    assert_eq!(desk.home.print(&["get", "token 2"]), CODES[1]);
}

#[test]
fn a_key_is_pasted_from_another_program() {
    let _watchdog = tray::watch();
    let desk = fresh();
    let window = desk.window();
    name(&window, "token");
    let _other = desk.clipboard().copy_as_another(&format!("  {RFC_SECRET}\n").replace('\n', ""));
    window.fill("Pairing key", "");
    window.hand.presses("ctrl+v");
    window.press("Pair");
    let code = window.wait_for_code();
    assert_eq!(code.len(), 6);
    assert_eq!(desk.home.print(&["list"]).lines().count(), 1);
}

#[test]
fn add_profile_in_the_menu_leads_there_and_escape_leads_back() {
    let _watchdog = tray::watch();
    let desk = fresh();
    desk.home.pair("token", &hotp_key());
    let window = desk.window();
    window.button("Copy");
    desk.menu().click("Add profile…");
    window.entry("Profile name");
    window.hand.presses("Escape");
    window.button("Copy");
    assert!(window.is_open());
    assert_eq!(desk.home.status().map(|status| status.state), Ok(LockState::Open));
}

#[test]
fn add_profile_in_the_menu_of_a_locked_vault_asks_for_the_pin_first() {
    let _watchdog = tray::watch();
    let desk = fresh();
    desk.home.pair("token", &hotp_key());
    desk.set_pin(PIN);
    desk.home.print(&["lock"]);
    desk.window().close();
    desk.menu().click("Add profile…");
    let window = desk.window();
    window.wait_until_open();
    window.fill("PIN", PIN);
    window.hand.presses("Return");
    window.wait_for("the page that was asked for, or that of the codes", |page| {
        (page.entry("Profile name").is_some() || page.button("Copy").is_some()).then_some(())
    });
}
