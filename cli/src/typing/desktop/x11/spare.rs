//! Keys without a meaning, lent to characters that the keyboard has not. Programs look up what a key means when they get to it,
//! so a key keeps its meaning for a moment after it was struck.

use std::thread;
use std::time::Duration;

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, Keycode};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::keysym::{self, Keysym};
use crate::typing::TypingFault;

/// How long a program may take to look up what a key means.
const LOOK_UP: Duration = Duration::from_millis(300);

/// Keys that mean something as long as this lives.
#[derive(Debug)]
pub struct Spare<'c> {
    connection: &'c RustConnection,
    keys: Vec<Keycode>,
}

impl<'c> Spare<'c> {
    /// Lends a key to each of these.
    pub fn bind(connection: &'c RustConnection, keysyms: &[Keysym]) -> Result<Self, TypingFault> {
        let mut pairs: Vec<[Keysym; 2]> =
            keysyms.iter().map(|keysym| [keysym::lower(*keysym), keysym::upper(*keysym)]).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let free = free_keys(connection)?;
        if free.len() < pairs.len() {
            return Err(TypingFault::NoKey);
        }
        let mut spare = Self { connection, keys: Vec::new() };
        for (key, pair) in free.into_iter().zip(&pairs) {
            spare.keys.push(key);
            connection.change_keyboard_mapping(1, key, 2, pair)?;
        }
        connection.sync()?;
        Ok(spare)
    }
}

impl Drop for Spare<'_> {
    fn drop(&mut self) {
        thread::sleep(LOOK_UP);
        for key in &self.keys {
            // Without a connection there is nothing to give back.
            let _ = self.connection.change_keyboard_mapping(1, *key, 1, &[x11rb::NONE]);
        }
        let _ = self.connection.sync();
    }
}

/// The keys that mean nothing, the last ones first: the first are the likeliest to be on a real keyboard.
fn free_keys(connection: &RustConnection) -> Result<Vec<Keycode>, TypingFault> {
    let (first, last) = (connection.setup().min_keycode, connection.setup().max_keycode);
    let mapping = connection.get_keyboard_mapping(first, last - first + 1)?.reply()?;
    let modifiers = connection.get_modifier_mapping()?.reply()?.keycodes;
    let meanings = mapping.keysyms.chunks(usize::from(mapping.keysyms_per_keycode).max(1));
    let free = (first..=last).zip(meanings).filter(|(key, meanings)| {
        meanings.iter().all(|meaning| *meaning == x11rb::NONE) && !modifiers.contains(key)
    });
    let mut free: Vec<Keycode> = free.map(|(key, _)| key).collect();
    free.reverse();
    Ok(free)
}
