//! Shortcuts where there is X11 or Wayland, whichever it is, and how long they may take.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::keys::Keys;
use super::{ShortcutFault, portal, x11};

/// How long the display may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the user may take for the portal's question.
const QUESTION: Duration = Duration::from_secs(60);

/// A shortcut that is listened for; dropping it gives the keys back.
#[derive(Debug)]
pub struct Shortcut {
    keys: String,
    _keeper: Keeper,
}

/// What gives the keys back when it is dropped.
#[derive(Debug)]
#[allow(dead_code, reason = "they are kept, not read")]
enum Keeper {
    X11(x11::Grab),
    Portal(portal::Session),
}

impl Shortcut {
    /// Listens for `keys`; each time that they are pressed, `pressed` is called on a thread of its own, which waits for it to
    /// return. Keys that are held down count once.
    ///
    /// Under Wayland the desktop may ask the user, for a minute at the most: call this where waiting is no harm.
    ///
    /// # Errors
    /// When another program has the keys, or the desktop does not let us.
    pub fn listen(keys: &Keys, pressed: impl Fn() + Send + 'static) -> Result<Self, ShortcutFault> {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        match () {
            () if set("WAYLAND_DISPLAY") => Self::by_portal(keys.clone(), pressed),
            () if set("DISPLAY") => Self::by_grab(keys.clone(), None, pressed),
            () => Err(ShortcutFault::NoScreen),
        }
    }

    /// Listens at an X11 display: the one that is named, or that of the environment.
    pub(super) fn by_grab(
        keys: Keys,
        display: Option<String>,
        pressed: impl Fn() + Send + 'static,
    ) -> Result<Self, ShortcutFault> {
        let shown = keys.to_string();
        let grab = within(PATIENCE, move || x11::Grab::take(&keys, display.as_deref(), pressed))?;
        Ok(Self { keys: shown, _keeper: Keeper::X11(grab) })
    }

    fn by_portal(keys: Keys, pressed: impl Fn() + Send + 'static) -> Result<Self, ShortcutFault> {
        let open = move || portal::Session::open(&keys, portal::session_bus()?, pressed);
        let (session, keys) = within(QUESTION, open)?;
        Ok(Self { keys, _keeper: Keeper::Portal(session) })
    }

    /// The keys in words: those that were asked for, or those that the desktop's user has chosen for them.
    pub fn keys(&self) -> &str {
        &self.keys
    }
}

/// What `work` gives, unless that takes longer than `limit`; then it is left to itself.
fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, ShortcutFault> + Send + 'static,
) -> Result<T, ShortcutFault> {
    let (tell, done) = mpsc::sync_channel(1);
    thread::spawn(move || tell.send(work()));
    done.recv_timeout(limit).unwrap_or(Err(ShortcutFault::Late))
}
