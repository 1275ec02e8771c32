//! Pairing by QR codes with the real programs: from files, from an X11 screen, from the desktop's portal, from the clipboard.
//! The helper that looks has little to lose and says what was wrong with a picture.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use passcode_process_tests::desktop::{Consent, Desktop, Portal};
use passcode_process_tests::display::Display;
use passcode_process_tests::home::{Home, hotp_key, totp_key};
use passcode_process_tests::pictures::{self, Code};
use passcode_process_tests::run::{Ended, Run};
use passcode_process_tests::tmux::Terminal;
use passcode_process_tests::{programs, wait, watchdog};

/// The first code of [`hotp_key`].
const FIRST: &str = "755224\n";

fn written(home: &Home, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    fs::write(home.file(name), bytes).expect("a file");
    home.file(name)
}

fn pair(home: &Home, arguments: &[&str]) -> Run {
    home.passcode(&["pair"]).args(arguments)
}

fn is_paired(ended: &Ended) {
    assert_eq!((ended.status, ended.out.as_str()), (Some(0), FIRST), "{}", ended.err);
    assert!(ended.err.contains("Paired \"ACME"), "{}", ended.err);
}

fn is_refused(ended: &Ended, status: i32, said: &str) {
    assert_eq!((ended.status, ended.out.as_str()), (Some(status), ""), "{}", ended.err);
    assert!(ended.err.contains(said) && !ended.err.contains("GEZDGN"), "{}", ended.err);
}

#[test]
fn a_picture_in_a_file_or_on_standard_input_is_paired() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let png = written(&home, "code.png", pictures::png(&[&hotp_key()]));
    is_paired(&pair(&home, &["--qr"]).arg(png).end());
    let jpeg = pictures::jpeg(&["https://example.org/", &hotp_key()]);
    is_paired(&pair(&home, &["--name", "ACME 2", "--qr", "-"]).input(jpeg).end());
}

#[test]
fn on_a_terminal_one_of_several_keys_is_chosen_by_its_name() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let png = written(&home, "code.png", pictures::png(&[&hotp_key(), &totp_key()]));
    let bin = programs::passcode();
    let terminal = Terminal::open(&[
        ("PASSCODE_HOME", home.path().to_str().expect("a path")),
        ("BIN", bin.to_str().expect("a path")),
        ("PICTURE", png.to_str().expect("a path")),
    ]);
    terminal.enter("\"$BIN\" pair --no-code --qr \"$PICTURE\"");
    let screen = terminal.wait_for("Which one? [1-2]");
    assert!(screen.contains("1  ACME: alice") && screen.contains("2  ACME: bob"), "{screen}");
    assert!(!screen.contains("GEZDGN"), "{screen}");
    terminal.enter("2");
    terminal.wait_for("Paired \"ACME");
    assert!(home.print(&["list"]).contains("bob"));
}

#[test]
fn what_is_wrong_with_a_picture_is_said() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let png = pictures::png(&[&hotp_key()]);
    let mut bomb = png.clone();
    bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    for (picture, said) in [
        (&b""[..], "not a picture in PNG or JPEG"),
        (b"a text", "not a picture in PNG or JPEG"),
        (&png[..png.len() / 2], "The picture is damaged."),
        (&bomb, "The picture is"),
        (&pictures::png(&["WIFI:S:home;P:GEZDGN;;"]), "the password of a wireless network"),
    ] {
        let file = written(&home, "picture", picture);
        is_refused(&pair(&home, &["--qr"]).arg(file).end(), 9, said);
    }
    assert!(home.status().is_err(), "no agent was started for it");
}

/// What the kernel says of a process.
fn told_of(pid: u32, what: &str) -> String {
    fs::read_to_string(format!("/proc/{pid}/{what}")).expect("a process")
}

#[test]
fn the_helper_has_little_memory_and_time_and_writes_no_core_file() {
    let _watchdog = watchdog::watch();
    let mut helper = Command::new(programs::passcoded());
    helper.args(["helper", "qr"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut helper = helper.spawn().expect("the helper can be started");
    let limit = |line: &str, value: &str| {
        let limits = told_of(helper.id(), "limits");
        let line = limits.lines().find(|found| found.starts_with(line)).expect("a limit");
        line.split_whitespace().any(|word| word == value)
    };
    wait::until("a helper with limits", || limit("Max cpu time", "20").then_some(()));
    assert!(limit("Max address space", "2147483648") && limit("Max core file size", "0"));
    assert_eq!(helper.kill().and_then(|()| helper.wait()).expect("its end").signal(), Some(9));
}

#[test]
fn the_code_on_an_x11_screen_is_paired() {
    let _watchdog = watchdog::watch();
    let (home, display) = (Home::new(), Display::start());
    let on_screen = || pair(&home, &["--screen"]).env("DISPLAY", display.name()).end();
    is_refused(&on_screen(), 9, "There is no QR code");
    let _window = display.show(&Code::of(&hotp_key()), 700, 200);
    is_paired(&on_screen());
}

#[test]
fn of_two_codes_on_a_screen_the_left_one_is_the_first() {
    let _watchdog = watchdog::watch();
    let (home, display) = (Home::new(), Display::start());
    let _right = display.show(&Code::of(&totp_key()), 640, 20);
    let _left = display.show(&Code::of(&hotp_key()), 100, 40);
    let on_screen =
        |more: &[&str]| pair(&home, &["--screen"]).args(more).env("DISPLAY", display.name()).end();
    is_refused(&on_screen(&[]), 2, "2 pairing keys were found");
    is_paired(&on_screen(&["--pick", "1"]));
}

#[test]
fn a_copied_picture_and_a_copied_key_are_paired() {
    let _watchdog = watchdog::watch();
    let (home, display) = (Home::new(), Display::start());
    let copied = || pair(&home, &["--clipboard"]).env("DISPLAY", display.name());
    is_refused(&copied().end(), 9, "neither a picture nor a text");
    let png = written(&home, "code.png", pictures::png(&[&hotp_key()]));
    let picture = display.copy(&png, "image/png");
    is_paired(&copied().end());
    drop(picture);
    let text = written(&home, "key.txt", hotp_key());
    let _text = display.copy(&text, "UTF8_STRING");
    is_paired(&copied().args(["--name", "ACME 2"]).end());
}

#[test]
fn the_portals_picture_is_paired_and_removed() {
    let _watchdog = watchdog::watch();
    let (home, desktop) = (Home::new(), Desktop::bare());
    let on_screen = || {
        let run = pair(&home, &["--screen"]).env("WAYLAND_DISPLAY", "wayland-0");
        run.env("DBUS_SESSION_BUS_ADDRESS", desktop.session.address()).end()
    };
    is_refused(&on_screen(), 1, "The desktop gives no pictures of the screen.");
    let png = written(&home, "a shot.png", pictures::png(&[&hotp_key()]));
    let refusing = Portal::start(&desktop.session, &png, Consent::Refused);
    is_refused(&on_screen(), 1, "The picture of the screen was refused.");
    drop(refusing);
    let portal = Portal::start(&desktop.session, &png, Consent::Given);
    is_paired(&on_screen());
    assert!(!png.exists(), "the picture shows a secret");
    is_refused(&on_screen(), 1, "There is no such file.");
    drop(portal);
}
