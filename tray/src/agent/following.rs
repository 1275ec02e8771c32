//! Follows the agent for as long as the tray runs. While it is away the folder of its socket is watched, so that it is
//! back here as soon as it is there.

use std::path::Path;
use std::thread;
use std::time::Duration;

use passcode_proto::client::Client;
use passcode_proto::event::{Event, ViewPart};
use passcode_proto::place::Place;
use passcode_proto::reply::LockState;
use passcode_proto::view::View;

use crate::app::input::Input;

/// Pause between two looks where the socket's folder cannot be watched.
const PAUSE: Duration = Duration::from_secs(2);

/// Pause after the agent has gone in the middle, so that one that fails again and again is not followed in a circle.
const BREATH: Duration = Duration::from_millis(200);

/// Follows the agent at `place` for ever.
pub fn follow(place: &Place, report: &dyn Fn(Input)) {
    loop {
        // The watch begins before the agent is looked for, so that none comes unseen in between.
        let watch = watch::begin(&place.socket);
        if follow_once(place, report) {
            report(Input::Lost);
            thread::sleep(BREATH);
            continue;
        }
        report(Input::Lost);
        match watch {
            Some(watch) => watch.wait(),
            None => thread::sleep(PAUSE),
        }
    }
}

/// Follows it to its end; false when it is not there.
fn follow_once(place: &Place, report: &dyn Fn(Input)) -> bool {
    let Ok(mut events) = Client::connect(place).and_then(Client::subscribe) else { return false };
    let mut view = View::new(LockState::Locked);
    while let Ok(numbered) = events.next_event() {
        // A gap means that we fell behind; a new subscription begins with a new view.
        if view.apply(&numbered).is_err() {
            return true;
        }
        match numbered.event {
            Event::CodeGiven(given) => {
                report(Input::Given { profile: given.profile, caller: given.caller });
            }
            Event::WrongPin(_) | Event::ProtectionChanged => report(Input::Stale),
            Event::View(ViewPart { last: false, .. })
            | Event::PasswordGiven(_)
            | Event::PrompterChanged(_)
            | Event::Prompt(_)
            | Event::PromptOver(_) => {}
            _ => report(Input::Seen(view.clone())),
        }
    }
    true
}

#[cfg(target_os = "linux")]
mod watch {
    //! inotify, which wakes nobody until something is made in the folder.

    use std::os::fd::OwnedFd;

    use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

    use super::Path;

    /// A folder that is watched.
    pub struct Watch(OwnedFd);

    /// Watches for the socket, or for its folder when that is missing too.
    pub fn begin(socket: &Path) -> Option<Watch> {
        let watch = inotify::init(CreateFlags::CLOEXEC).ok()?;
        let folder = socket.ancestors().skip(1).find(|folder| folder.is_dir())?;
        let flags = WatchFlags::CREATE | WatchFlags::MOVED_TO;
        inotify::add_watch(&watch, folder, flags).ok()?;
        Some(Watch(watch))
    }

    impl Watch {
        /// Waits until something is made there.
        pub fn wait(self) {
            // Whatever it says, the agent is looked for again.
            let _ = rustix::io::read(&self.0, &mut [0_u8; 4096]);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod watch {
    //! Not watched here: the agent is looked for again and again.

    use super::Path;

    /// None.
    pub struct Watch(std::convert::Infallible);

    /// Nothing is watched.
    pub fn begin(_: &Path) -> Option<Watch> {
        None
    }

    impl Watch {
        /// Never called.
        pub fn wait(self) {
            match self.0 {}
        }
    }
}
