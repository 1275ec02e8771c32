//! Notifications of the desktop. They never hold a code: they stay in histories and are seen on locked screens.

use std::thread;

use notify_rust::{Notification, Timeout};

use crate::app::input::Notice;

/// How long a notification is shown, in milliseconds.
const SHOWN: u32 = 5000;

/// Tells the user, if there is somebody who shows it.
pub fn show(notice: Notice) {
    // A desktop without notifications, or one that hangs, holds nothing up.
    thread::spawn(move || {
        let mut shown = Notification::new();
        shown.appname("Passcode Agent").icon("passcode-agent");
        shown.summary(&escaped(&notice.title)).body(&escaped(&notice.body));
        shown.timeout(Timeout::Milliseconds(SHOWN));
        hint(&mut shown);
        let _ = shown.show();
    });
}

/// Whose it is, and that no history keeps it.
#[cfg(all(unix, not(target_os = "macos")))]
fn hint(shown: &mut Notification) {
    use notify_rust::Hint;
    shown.hint(Hint::DesktopEntry("org.passcode.Tray".to_owned())).hint(Hint::Transient(true));
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn hint(_: &mut Notification) {}

/// Bodies are markup to most servers; names are not.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_markup_is_shown_as_it_is_written() {
        assert_eq!(escaped("<b>R&D</b>"), "&lt;b&gt;R&amp;D&lt;/b&gt;");
    }
}
