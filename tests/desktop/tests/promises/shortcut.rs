//! The shortcut that the configuration names types a code wherever the user is.

use std::fs;

use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::elsewhere::Elsewhere;
use passcode_desktop_tests::panel::Panel;
use passcode_desktop_tests::session::Session;
use passcode_desktop_tests::tray;
use passcode_process_tests::wait;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, GrabMode, ModMask};

use crate::given::{CODES, pair_work};

/// The key P of the display's keyboard.
const P: u8 = 33;

/// Waits until somebody listens to Ctrl+Alt+P: then nobody else can.
fn wait_until_heard(session: &Session) {
    let display = session.display().name();
    let (connection, number) = x11rb::connect(Some(display)).expect("a display");
    let root = connection.setup().roots[number].root;
    let (keys, mode) = (ModMask::CONTROL | ModMask::M1, GrabMode::ASYNC);
    wait::until("a tray that listens", || {
        let asked = connection.grab_key(true, root, keys, P, mode, mode).expect("a request");
        if asked.check().is_err() {
            return Some(());
        }
        connection.ungrab_key(P, root, keys).expect("a request").check().expect("it was ours");
        None
    });
}

#[test]
fn the_shortcut_of_the_configuration_types_the_code_into_the_window_with_the_focus() {
    let _watchdog = tray::watch();
    let mut desk = Desk::new(Session::with_display());
    desk.panel = Some(Panel::start(&desk.session));
    let config = "keystore = \"file\"\nshortcut = \"Ctrl+Alt+P\"\n";
    fs::write(desk.home.file("config.toml"), config).expect("a configuration");
    desk.start_agent();
    pair_work(&desk);
    desk.start_hidden_tray();
    wait_until_heard(&desk.session);
    let form = Elsewhere::with_six_boxes(&desk.session);
    desk.hand().presses("ctrl+alt+p");
    assert_eq!(form.taken_down(), CODES[1]);
}
