//! The keyboard as the user has it at a moment: keys that are down, locks that are on, the layout that is chosen, and who takes
//! all keys.

use x11rb::errors::ReplyError;
use x11rb::protocol::xinput::{ConnectionExt as _, Device, DeviceType};
use x11rb::protocol::xkb::{ConnectionExt as _, ID};
use x11rb::protocol::xproto::{ConnectionExt, GrabMode, GrabStatus, ModMask, Window};
use x11rb::rust_connection::RustConnection;

use crate::typing::TypingFault;

/// Modifiers that make a command of a letter when they are locked: Control, Alt, and the one with the desktop's logo.
const COMMANDS: [ModMask; 3] = [ModMask::CONTROL, ModMask::M1, ModMask::M4];

/// What the user's hands do, and have done.
#[derive(Debug, Clone, Copy)]
pub struct State {
    /// Whether a key is down, or something is on that makes commands of letters.
    pub is_held: bool,
    /// Which of the layouts is chosen, the first of which is 0.
    pub group: u8,
    /// Modifiers that stay on, such as Caps Lock.
    pub locked: u16,
}

/// Asks the display.
pub fn state(connection: &RustConnection) -> Result<State, TypingFault> {
    let state = connection.xkb_get_state(ID::USE_CORE_KBD.into())?.reply()?;
    let keys = connection.query_keymap()?.reply()?.keys;
    let commands = COMMANDS.into_iter().fold(0, |mask, modifier| mask | u16::from(modifier));
    let locked = u16::from(state.locked_mods);
    let on = u16::from(state.base_mods | state.latched_mods) | (locked & commands);
    let is_held = on != 0 || keys.iter().any(|keys| *keys != 0);
    Ok(State { is_held, group: state.group.into(), locked })
}

/// Whether another program takes all keys, whatever has the focus.
pub fn is_taken(connection: &RustConnection, root: Window) -> Result<bool, TypingFault> {
    let (now, mode) = (x11rb::CURRENT_TIME, GrabMode::ASYNC);
    let grab = connection.grab_keyboard(true, root, now, mode, mode)?.reply()?;
    connection.ungrab_keyboard(now)?;
    Ok(grab.status != GrabStatus::SUCCESS)
}

/// The device that XTEST's keys come from. Its layout counts for them, which can be another one than that of the user's keyboard.
pub fn device(connection: &RustConnection) -> Result<u16, ReplyError> {
    let devices = connection.xinput_xi_query_device(Device::ALL)?.reply()?.infos;
    let keyboards = devices.iter().filter(|device| device.type_ == DeviceType::SLAVE_KEYBOARD);
    let mut ours = keyboards.filter(|device| device.name.windows(5).any(|part| part == b"XTEST"));
    Ok(ours.next().map_or(ID::USE_CORE_KBD.into(), |device| device.deviceid))
}
