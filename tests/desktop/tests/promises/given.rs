//! What tests begin with: keys whose codes are known or stay the same for a day, and desks with profiles.
//! Nothing is promised here.

use passcode_desktop_tests::desk::Desk;
use passcode_process_tests::home::{RFC_SECRET, hotp_key};
use passcode_process_tests::organisation::Organisation;

/// The PIN of these tests.
pub const PIN: &str = "2468";

/// The first codes of the RFC's secret, counter by counter (RFC 4226, appendix D).
pub const CODES: [&str; 6] = ["755224", "287082", "359152", "969429", "338314", "254676"];

/// A key whose code is the same for a day.
pub fn daily_key() -> String {
    format!("otpauth://totp/ACME:bob?secret={RFC_SECRET}&period=86400")
}

/// A key whose code is another every `period` seconds.
pub fn quick_key(period: u64) -> String {
    format!("otpauth://totp/ACME:bob?secret={RFC_SECRET}&period={period}")
}

/// Pairs `work`, whose next code is the second of [`CODES`].
pub fn pair_work(desk: &Desk) {
    assert_eq!(desk.home.pair("work", &hotp_key()), CODES[0]);
}

/// A desk without a display, where `work` is paired, and the tray runs.
pub fn unseen_with_work() -> Desk {
    let mut desk = Desk::unseen();
    pair_work(&desk);
    desk.start_hidden_tray();
    desk.menu().wait_for("work");
    desk
}

/// A desk with a panel, where `work` is paired, and the tray runs without a window.
pub fn seen_with_work() -> Desk {
    let mut desk = Desk::seen();
    pair_work(&desk);
    desk.start_hidden_tray();
    desk.menu().wait_for("work");
    desk
}

/// A desk with a panel, where `work` is paired and [`PIN`] is the PIN, and the window is open.
pub fn open_with_pin() -> Desk {
    let mut desk = Desk::seen();
    pair_work(&desk);
    desk.set_pin(PIN);
    desk.start_tray();
    desk.window().wait_until_open();
    desk.window().button("Copy");
    desk
}

/// A desk with a panel and an agent that knows the organisation; nothing is paired, and the tray is still to be started.
pub fn seen_at(organisation: &Organisation) -> Desk {
    let mut desk = Desk::seen();
    desk.kill_agent();
    organisation.configure(&desk.home);
    desk.start_agent();
    desk
}
