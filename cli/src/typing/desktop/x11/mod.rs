//! An X11 display to type on. The window that is to get the keys is noted first ([`focus`]), and looked at again before each
//! key while no other program can change anything: the display serves us alone for that moment. Which keys make a
//! character is [`keymap`]; characters without a key borrow one ([`spare`]).

mod focus;
mod hands;
mod keymap;
mod spare;

use std::thread;
use std::time::{Duration, Instant};

use passcode_proto::SecretText;
use x11rb::connection::Connection;
use x11rb::errors::{ConnectionError, ReplyError};
use x11rb::protocol::xinput::ConnectionExt as _;
use x11rb::protocol::xkb::ConnectionExt as _;
use x11rb::protocol::xproto::{ConnectionExt, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, Keycode, Window};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use zeroize::Zeroizing;

use super::keysym::{self, Keysym};
use crate::typing::{Manner, Stopped, TypingFault};
use focus::Focus;
use keymap::{Keymap, Stroke};
use spare::Spare;

/// How long the user may keep keys down, and how long the focus may take to come back from a question of the agent's.
const HANDS_OFF: Duration = Duration::from_secs(2);

/// Pause between two looks.
const LOOK: Duration = Duration::from_millis(10);

/// A display that takes keys.
#[derive(Debug)]
pub struct Keyboard {
    connection: RustConnection,
    root: Window,
    /// The device that our keys come from, which has a layout of its own.
    device: u16,
}

impl From<ConnectionError> for TypingFault {
    fn from(_: ConnectionError) -> Self {
        Self::Display
    }
}

impl From<ReplyError> for TypingFault {
    fn from(_: ReplyError) -> Self {
        Self::Display
    }
}

impl Keyboard {
    /// Opens the display that the environment names.
    pub fn open() -> Result<Self, TypingFault> {
        let (connection, number) = x11rb::connect(None).map_err(|_| TypingFault::Display)?;
        let root = connection.setup().roots[number].root;
        let device = prepare(&connection).map_err(|_| TypingFault::NoExtension)?;
        Ok(Self { connection, root, device })
    }

    /// Notes the window that has the focus, and waits for the user's hands.
    pub fn aim(self) -> Result<Aimed, TypingFault> {
        let target = Focus::now(&self.connection, self.root)?;
        if !target.is_a_window(&self.connection, self.root)? {
            return Err(TypingFault::NoFocus);
        }
        let aimed = Aimed { keyboard: self, target };
        aimed.wait_until_ready()?;
        Ok(aimed)
    }
}

/// Makes the extensions ready, and finds the device that XTEST's keys come from.
fn prepare(connection: &RustConnection) -> Result<u16, ReplyError> {
    connection.xtest_get_version(2, 2)?.reply()?;
    connection.xkb_use_extension(1, 0)?.reply()?;
    connection.xinput_xi_query_version(2, 0)?.reply()?;
    hands::device(connection)
}

/// A display, and the window that had the focus.
#[derive(Debug)]
pub struct Aimed {
    keyboard: Keyboard,
    target: Focus,
}

impl Aimed {
    /// Types `text` into the window.
    pub fn type_text(&self, text: &SecretText, manner: Manner) -> Result<(), Stopped> {
        let stopped = |typed| move |fault| Stopped { fault, typed: Some(typed) };
        let keysyms = keysym::of_text(text, manner);
        self.wait_until_ready().map_err(stopped(0))?;
        let (keymap, spare) = self.keymap_for(&keysyms).map_err(stopped(0))?;
        for (typed, keysym) in keysyms.iter().enumerate() {
            if typed > 0 {
                thread::sleep(manner.pause);
            }
            self.strike(&keymap, *keysym).map_err(stopped(typed))?;
        }
        drop(spare);
        Ok(())
    }

    /// The keys of all that is to be typed, some of which are borrowed.
    fn keymap_for(&self, keysyms: &[Keysym]) -> Result<(Keymap, Option<Spare<'_>>), TypingFault> {
        let Keyboard { connection, device, .. } = &self.keyboard;
        let keymap = Keymap::read(connection, *device)?;
        let state = hands::state(connection)?;
        let mut missing = Zeroizing::new(keysyms.to_vec());
        missing.retain(|keysym| keymap.stroke(*keysym, state.group, state.locked).is_none());
        if missing.is_empty() {
            return Ok((keymap, None));
        }
        let spare = Spare::bind(connection, &missing)?;
        Ok((Keymap::read(connection, *device)?, Some(spare)))
    }

    /// Strikes a key in the window, as soon as the user's hands are off the keys.
    fn strike(&self, keymap: &Keymap, keysym: Keysym) -> Result<(), TypingFault> {
        let end = Instant::now() + HANDS_OFF;
        while !self.strike_now(keymap, keysym)? {
            if Instant::now() >= end {
                return Err(TypingFault::Held);
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Strikes a key unless the user holds one down. Look and keys are one: nobody else is served meanwhile.
    fn strike_now(&self, keymap: &Keymap, keysym: Keysym) -> Result<bool, TypingFault> {
        let _alone = Alone::with(&self.keyboard.connection)?;
        let state = hands::state(&self.keyboard.connection)?;
        if !self.has_focus()? {
            return Err(TypingFault::Moved);
        }
        if state.is_held {
            return Ok(false);
        }
        let stroke = keymap.stroke(keysym, state.group, state.locked);
        self.press_and_release(&stroke.ok_or(TypingFault::NoKey)?)?;
        Ok(true)
    }

    fn press_and_release(&self, stroke: &Stroke) -> Result<(), TypingFault> {
        let keys = || stroke.held.iter().copied().chain([stroke.key]);
        keys().try_for_each(|key| self.fake(KEY_PRESS_EVENT, key))?;
        let mut released: Vec<Keycode> = keys().collect();
        released.reverse();
        released.into_iter().try_for_each(|key| self.fake(KEY_RELEASE_EVENT, key))?;
        Ok(self.keyboard.connection.sync()?)
    }

    fn fake(&self, event: u8, key: Keycode) -> Result<(), TypingFault> {
        let Keyboard { connection, root, .. } = &self.keyboard;
        connection.xtest_fake_input(event, key, x11rb::CURRENT_TIME, *root, 0, 0, 0)?;
        Ok(())
    }

    fn has_focus(&self) -> Result<bool, TypingFault> {
        Ok(Focus::now(&self.keyboard.connection, self.keyboard.root)? == self.target)
    }

    /// Waits until the window has the focus, no key is down, and nobody else has the keyboard for himself.
    fn wait_until_ready(&self) -> Result<(), TypingFault> {
        let end = Instant::now() + HANDS_OFF;
        while let Some(fault) = self.in_the_way()? {
            if Instant::now() >= end {
                return Err(fault);
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }

    fn in_the_way(&self) -> Result<Option<TypingFault>, TypingFault> {
        let Keyboard { connection, root, .. } = &self.keyboard;
        Ok(match () {
            () if !self.has_focus()? => Some(TypingFault::Moved),
            () if hands::state(connection)?.is_held => Some(TypingFault::Held),
            () if hands::is_taken(connection, *root)? => Some(TypingFault::Taken),
            () => None,
        })
    }
}

/// The display serves nobody else as long as this lives.
struct Alone<'c>(&'c RustConnection);

impl<'c> Alone<'c> {
    fn with(connection: &'c RustConnection) -> Result<Self, TypingFault> {
        connection.grab_server()?;
        Ok(Self(connection))
    }
}

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        // Without a connection there is nothing to give back.
        let _ = self.0.ungrab_server();
        let _ = self.0.flush();
    }
}
