//! Starting the tray, and its end: the bus, the windows' event loop where there is a display, the threads that follow.

use std::env;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use passcode_proto::place::Place;
use slint::winit_030::winit;

use crate::agent::following;
use crate::app::input::{Action, Input};
use crate::menu::bus::{self, Found};
use crate::menu::tray;
use crate::shell::{self, Post, Shell};
use crate::texts::{self, Language};

/// Exit status without a session bus.
const NO_BUS: u8 = 3;

/// How long a bus that has died may stay away.
const BUS_PATIENCE: Duration = Duration::from_secs(10);

/// How long a panel may take to take up the icon.
const ICON_PATIENCE: Duration = Duration::from_secs(2);

/// Pause between two looks at whether it is back.
const BUS_PAUSE: Duration = Duration::from_millis(500);

/// Runs the tray to its end.
pub fn run(hidden: bool) -> ExitCode {
    let language = Language::of_environment(|name| env::var(name).ok());
    texts::speak(language);
    let place = match Place::find() {
        Ok(place) => place,
        Err(fault) => return failed(&fault.to_string()),
    };
    let (sender, inputs) = mpsc::channel();
    let post = if can_show_windows(language) { Post::Loop } else { Post::Channel(sender) };
    let shown = post.clone();
    let name = bus::name(&place);
    match bus::enter(&name, !hidden, move || shown.send(Input::Act(Action::Open))) {
        Ok(Found::Alone(connection)) => {
            let watched = post.clone();
            thread::spawn(move || watch_bus(&name, connection, &watched));
        }
        Ok(Found::Another) => return ExitCode::SUCCESS,
        Err(error) => return no_bus(&error.to_string()),
    }
    serve(hidden, place, post, &inputs)
}

fn serve(hidden: bool, place: Place, post: Post, inputs: &mpsc::Receiver<Input>) -> ExitCode {
    let own = env::current_exe().map(|path| path.display().to_string()).unwrap_or_default();
    let mut shell = Shell::new(place.clone(), own, post.clone());
    if let Err(error) = shell.show_icon() {
        return no_bus(&error.to_string());
    }
    shell::install(shell);
    let act = post.clone();
    tray::hear(move |action| act.send(Input::Act(action)));
    let followed = post.sender();
    thread::spawn(move || following::follow(&place, &followed));
    end_on_signals(&post);
    if !hidden {
        post.send(Input::Act(Action::Open));
    }
    let ended = match post {
        Post::Loop => slint::run_event_loop_until_quit().map_err(|error| error.to_string()),
        Post::Channel(_) => {
            shell::serve_without_windows(inputs);
            Ok(())
        }
    };
    shell::remove();
    ended.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS)
}

/// Whether there is a display that can be used; without one the icon goes on alone.
fn can_show_windows(language: Language) -> bool {
    if !has_display() {
        return false;
    }
    let can = prepare_windows(language).is_ok();
    if !can {
        eprintln!(
            "passcode-tray: the display cannot be used; icon and menu go on without windows."
        );
    }
    can
}

fn prepare_windows(language: Language) -> Result<(), slint::PlatformError> {
    let named = |attributes: winit::window::WindowAttributes| named(attributes);
    slint::BackendSelector::new()
        .backend_name("winit".into())
        .renderer_name("software".into())
        .with_winit_window_attributes_hook(named)
        .select()?;
    // A language that the windows do not have leaves them as they are written.
    let _ = slint::select_bundled_translation(language.code());
    Ok(())
}

/// What the desktop calls our windows, so that it finds our icon and groups them.
#[cfg(all(unix, not(target_os = "macos")))]
fn named(attributes: winit::window::WindowAttributes) -> winit::window::WindowAttributes {
    use winit::platform::wayland::WindowAttributesExtWayland;
    use winit::platform::x11::WindowAttributesExtX11;
    let wayland = WindowAttributesExtWayland::with_name(attributes, "org.passcode.Tray", "");
    WindowAttributesExtX11::with_name(wayland, "passcode-tray", "passcode-tray")
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn named(attributes: winit::window::WindowAttributes) -> winit::window::WindowAttributes {
    attributes
}

fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || set("WAYLAND_DISPLAY") || set("DISPLAY")
}

/// A panel that appears in the instant in which the icon is made is not heard of: it is looked for once more.
fn look_for_icon(connection: zbus::blocking::Connection, post: Post) {
    thread::spawn(move || {
        thread::sleep(ICON_PATIENCE);
        if bus::misses_icon(&connection) == Some(true) {
            post.send(Input::BusIsBack);
        }
    });
}

/// Waits for the bus's death; a new one in its place gets the icon again, else the session is over.
fn watch_bus(name: &str, connection: zbus::blocking::Connection, post: &Post) {
    look_for_icon(connection.clone(), post.clone());
    bus::wait_for_end(&connection);
    drop(connection);
    let patience = Instant::now() + BUS_PATIENCE;
    while Instant::now() < patience {
        thread::sleep(BUS_PAUSE);
        let shown = post.clone();
        let entered = bus::enter(name, false, move || shown.send(Input::Act(Action::Open)));
        if let Ok(Found::Alone(connection)) = entered {
            post.send(Input::BusIsBack);
            return watch_bus(name, connection, post);
        }
    }
    eprintln!("passcode-tray: the session bus is gone, and the session with it.");
    post.send(Input::Act(Action::Quit));
}

fn no_bus(error: &str) -> ExitCode {
    eprintln!(
        "passcode-tray: there is no session bus, so no panel can show an icon: {error}\nStart it in a desktop session, or with: dbus-run-session passcode-tray"
    );
    ExitCode::from(NO_BUS)
}

fn failed(error: &str) -> ExitCode {
    eprintln!("passcode-tray: {error}");
    ExitCode::FAILURE
}

/// Ends in good order when the session ends: what was copied is taken out of the clipboard.
#[cfg(unix)]
fn end_on_signals(post: &Post) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]) else {
        return;
    };
    let post = post.clone();
    thread::spawn(move || {
        if signals.forever().next().is_some() {
            post.send(Input::Act(Action::Quit));
        }
    });
}

#[cfg(not(unix))]
fn end_on_signals(_: &Post) {}
