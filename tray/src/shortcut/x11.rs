//! A shortcut of an X11 display: its keys are grabbed on the root window, with every state of Caps Lock and its like. They are
//! grabbed anew when the keyboard gets another layout. When the display goes, so does the listener, in silence.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;

use x11rb::connection::Connection;
use x11rb::errors::{ConnectionError, ReplyError};
use x11rb::protocol::xproto::{
    ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, GrabMode, Keycode, Mapping,
    ModMask, Timestamp, Window, WindowClass,
};
use x11rb::protocol::{ErrorKind, Event};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::ShortcutFault;
use super::keys::{Keys, Modifier};

/// A key and the modifiers that are down with it.
type Chord = (Keycode, u16);

const ALT_LEFT: u32 = 0xffe9;
const ALT_RIGHT: u32 = 0xffea;
const SUPER_LEFT: u32 = 0xffeb;
const SUPER_RIGHT: u32 = 0xffec;
const NUM_LOCK: u32 = 0xff7f;
const SCROLL_LOCK: u32 = 0xff14;

/// Keys that are grabbed; given back when this is dropped.
#[derive(Debug)]
pub struct Grab {
    display: Arc<Display>,
}

/// A connection, and a window of ours that is never shown: a message to it ends the listener.
#[derive(Debug)]
struct Display {
    connection: RustConnection,
    root: Window,
    own: Window,
}

impl From<ConnectionError> for ShortcutFault {
    fn from(_: ConnectionError) -> Self {
        Self::Display
    }
}

impl From<ReplyError> for ShortcutFault {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::X11Error(error) if error.error_kind == ErrorKind::Access => Self::Taken,
            _ => Self::Display,
        }
    }
}

impl Grab {
    /// Grabs the keys on a display, that of the environment when none is named.
    pub fn take(
        keys: &Keys,
        display: Option<&str>,
        pressed: impl Fn() + Send + 'static,
    ) -> Result<Self, ShortcutFault> {
        let display = Arc::new(Display::open(display)?);
        let chords = display.chords(keys)?;
        if chords.is_empty() {
            return Err(ShortcutFault::NoKey);
        }
        display.grab(&chords)?;
        let listener = Listener {
            display: Arc::clone(&display),
            keys: keys.clone(),
            chords,
            released: None,
            pressed,
        };
        thread::spawn(move || listener.run());
        Ok(Self { display })
    }
}

impl Drop for Grab {
    fn drop(&mut self) {
        // Without a display nothing is grabbed.
        let _ = self.display.release();
        let _ = self.display.end_listener();
    }
}

impl Display {
    fn open(name: Option<&str>) -> Result<Self, ShortcutFault> {
        let (connection, number) = x11rb::connect(name).map_err(|_| ShortcutFault::Display)?;
        let root = connection.setup().roots[number].root;
        let own = connection.generate_id().map_err(|_| ShortcutFault::Display)?;
        let (kind, nothing) = (WindowClass::INPUT_ONLY, CreateWindowAux::new());
        connection.create_window(0, own, root, 0, 0, 1, 1, 0, kind, 0, &nothing)?.check()?;
        Ok(Self { connection, root, own })
    }

    /// Grabs all of them or none.
    fn grab(&self, chords: &BTreeSet<Chord>) -> Result<(), ShortcutFault> {
        let asked: Vec<_> = chords
            .iter()
            .map(|(key, mask)| {
                let (mask, mode) = (ModMask::from(*mask), GrabMode::ASYNC);
                self.connection.grab_key(false, self.root, mask, *key, mode, mode)
            })
            .collect();
        let checked = |asked: Result<x11rb::cookie::VoidCookie<'_, _>, _>| Ok(asked?.check()?);
        let grabbed: Vec<Result<(), ShortcutFault>> = asked.into_iter().map(checked).collect();
        let result: Result<(), ShortcutFault> = grabbed.into_iter().collect();
        if result.is_err() {
            self.release()?;
        }
        result
    }

    /// Gives back all keys that this connection has grabbed.
    fn release(&self) -> Result<(), ShortcutFault> {
        const ANY_KEY: Keycode = 0;
        self.connection.ungrab_key(ANY_KEY, self.root, ModMask::ANY)?.check()?;
        Ok(())
    }

    fn end_listener(&self) -> Result<(), ShortcutFault> {
        let end = ClientMessageEvent::new(32, self.own, x11rb::NONE, [0; 5]);
        self.connection.send_event(false, self.own, EventMask::NO_EVENT, end)?;
        Ok(self.connection.sync()?)
    }

    /// The keys as the present layout has them, with every state of the locks.
    fn chords(&self, keys: &Keys) -> Result<BTreeSet<Chord>, ShortcutFault> {
        let layout = Layout::read(&self.connection)?;
        let wanted = keys.modifiers().iter().fold(0, |mask, wanted| mask | layout.mask(*wanted));
        let locks = layout.locks(wanted);
        let keycodes = layout.keycodes(keys.keysym());
        let with_locks = |key: Keycode| locks.iter().map(move |locks| (key, wanted | locks));
        Ok(keycodes.into_iter().flat_map(with_locks).collect())
    }
}

/// Waits for the keys on a thread of its own.
struct Listener<P> {
    display: Arc<Display>,
    keys: Keys,
    chords: BTreeSet<Chord>,
    /// When the key was released last. A key that is held repeats: it is released and pressed at the same moment.
    released: Option<Timestamp>,
    pressed: P,
}

impl<P: Fn()> Listener<P> {
    fn run(mut self) {
        while let Ok(event) = self.display.connection.wait_for_event() {
            match event {
                Event::KeyPress(press) if self.released != Some(press.time) => (self.pressed)(),
                Event::KeyRelease(release) => self.released = Some(release.time),
                Event::MappingNotify(change) if change.request != Mapping::POINTER => {
                    // Keys that another program has got meanwhile are tried again after the next change.
                    let _ = self.follow();
                }
                Event::ClientMessage(message) if message.window == self.display.own => return,
                _ => {}
            }
        }
    }

    /// Grabs what the keys have become, if they have changed.
    fn follow(&mut self) -> Result<(), ShortcutFault> {
        let chords = self.display.chords(&self.keys)?;
        if chords != self.chords {
            self.display.release()?;
            self.chords.clear();
            self.display.grab(&chords)?;
            self.chords = chords;
        }
        Ok(())
    }
}

/// What keys produce, and which of them are modifiers.
struct Layout {
    first: Keycode,
    width: usize,
    keysyms: Vec<u32>,
    /// The keys of each of the eight modifiers.
    modifiers: Vec<Vec<Keycode>>,
}

impl Layout {
    fn read(connection: &RustConnection) -> Result<Self, ShortcutFault> {
        let (first, last) = (connection.setup().min_keycode, connection.setup().max_keycode);
        let mapping = connection.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let modifiers = connection.get_modifier_mapping()?.reply()?;
        let width = usize::from(modifiers.keycodes_per_modifier()).max(1);
        Ok(Self {
            first,
            width: usize::from(mapping.keysyms_per_keycode).max(1),
            keysyms: mapping.keysyms,
            modifiers: modifiers.keycodes.chunks(width).map(<[Keycode]>::to_vec).collect(),
        })
    }

    fn rows(&self) -> impl Iterator<Item = (Keycode, &[u32])> {
        (self.first..=Keycode::MAX).zip(self.keysyms.chunks(self.width))
    }

    /// The keys that produce this by themselves, or, where there are none, those that produce it with a modifier or in another of
    /// the user's layouts: a digit on a French keyboard, a letter on a Greek one.
    fn keycodes(&self, keysym: u32) -> Vec<Keycode> {
        let that = |wanted: fn(usize) -> bool| {
            let has = |(column, found): (usize, &u32)| wanted(column) && *found == keysym;
            let rows = self.rows().filter(move |(_, row)| row.iter().enumerate().any(has));
            rows.map(|(key, _)| key).collect::<Vec<_>>()
        };
        let plain = that(|column| column == 0);
        if plain.is_empty() { that(|_| true) } else { plain }
    }

    /// The mask of a modifier.
    fn mask(&self, modifier: Modifier) -> u16 {
        match modifier {
            Modifier::Ctrl => ModMask::CONTROL.into(),
            Modifier::Shift => ModMask::SHIFT.into(),
            Modifier::Alt => self.with(&[ALT_LEFT, ALT_RIGHT]).unwrap_or(ModMask::M1.into()),
            Modifier::Super => self.with(&[SUPER_LEFT, SUPER_RIGHT]).unwrap_or(ModMask::M4.into()),
        }
    }

    /// The modifier that one of these keys is.
    fn with(&self, keysyms: &[u32]) -> Option<u16> {
        let is_one = |key: &Keycode| {
            let row = self.rows().find(|(found, _)| found == key);
            row.is_some_and(|(_, row)| row.iter().any(|keysym| keysyms.contains(keysym)))
        };
        let place = self.modifiers.iter().position(|keys| keys.iter().any(is_one))?;
        Some(1 << place)
    }

    /// Every state of the locks that are no part of `wanted`.
    fn locks(&self, wanted: u16) -> BTreeSet<u16> {
        let others = [self.with(&[NUM_LOCK]), self.with(&[SCROLL_LOCK])];
        let locks = others.into_iter().flatten().chain([ModMask::LOCK.into()]);
        locks.filter(|lock| lock & wanted == 0).fold(BTreeSet::from([0]), |states, lock| {
            states.iter().flat_map(|state| [*state, state | lock]).collect()
        })
    }
}
