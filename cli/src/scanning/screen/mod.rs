//! A picture of the whole screen. Under Wayland only the desktop's portal gives one, and the desktop may ask the user first;
//! under X11 every program can take one; elsewhere the system's own screenshots do.

use super::Picture;
use crate::output::Failure;

#[cfg(all(unix, not(target_os = "macos")))]
mod portal;
#[cfg(all(unix, not(target_os = "macos")))]
mod x11;

/// Takes the picture.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn picture() -> Result<Picture, Failure> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match () {
        () if set("WAYLAND_DISPLAY") => portal::picture(),
        () if set("DISPLAY") => x11::picture(),
        () => Err(no_picture("There is no screen: neither a Wayland session nor an X11 display.")),
    }
}

/// Windows and macOS put a screenshot into the clipboard by a key.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub fn picture() -> Result<Picture, Failure> {
    let keys = if cfg!(windows) { "Windows-Shift-S" } else { "Control-Command-Shift-4" };
    Err(Failure::local(
        "screen",
        "On this system the screen is not read by this program.",
        format!("Copy the part of the screen with {keys}, then: passcode pair --clipboard"),
    ))
}

#[cfg(all(unix, not(target_os = "macos")))]
fn no_picture(message: &str) -> Failure {
    let hint = "Take a screenshot, and give its file: passcode pair --qr FILE";
    Failure::local("screen", message, hint)
}
