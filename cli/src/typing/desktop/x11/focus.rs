//! Which window gets the keys: the one with the input focus, the one below the pointer when the focus follows that, and what the
//! window manager takes for the active one.

use x11rb::connection::RequestConnection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, InputFocus, Window};
use x11rb::rust_connection::RustConnection;

use crate::typing::TypingFault;

/// Who gets the keys at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Focus {
    window: Window,
    /// The window below the pointer, where that decides.
    below_pointer: Option<Window>,
    /// What the window manager says, where there is one.
    active: Option<Window>,
}

impl Focus {
    /// Asks the display.
    pub fn now(connection: &RustConnection, root: Window) -> Result<Self, TypingFault> {
        let window = connection.get_input_focus()?.reply()?.focus;
        let follows_pointer = window == u32::from(InputFocus::POINTER_ROOT) || window == root;
        let below = |()| Ok::<_, TypingFault>(connection.query_pointer(root)?.reply()?.child);
        let below_pointer = follows_pointer.then_some(()).map(below).transpose()?;
        Ok(Self { window, below_pointer, active: active(connection, root)? })
    }

    /// Whether there is a window that gets them, and can be seen.
    pub fn is_a_window(
        self,
        connection: &RustConnection,
        root: Window,
    ) -> Result<bool, TypingFault> {
        match (self.is_somebody(), self.below_pointer) {
            (true, None) => is_on_screen(connection, root, self.window),
            (is_somebody, _) => Ok(is_somebody),
        }
    }

    fn is_somebody(self) -> bool {
        let none = Some(x11rb::NONE);
        self.window != x11rb::NONE && self.below_pointer != none && self.active != none
    }
}

/// Whether the window is one that is on the screen, or in one. Window managers have a window of their own beside the screen, which
/// gets the focus when nobody else is to have it.
fn is_on_screen(
    connection: &RustConnection,
    root: Window,
    mut window: Window,
) -> Result<bool, TypingFault> {
    loop {
        let parent = connection.query_tree(window)?.reply()?.parent;
        if parent == root || parent == x11rb::NONE {
            break;
        }
        window = parent;
    }
    let own = connection.get_geometry(window)?.reply()?;
    let screen = connection.get_geometry(root)?.reply()?;
    let overlaps = |at: i16, length: u16, size: u16| {
        i32::from(at) + i32::from(length) > 0 && i32::from(at) < i32::from(size)
    };
    Ok(overlaps(own.x, own.width, screen.width) && overlaps(own.y, own.height, screen.height))
}

/// The property of "Extended Window Manager Hints" that names the active window.
fn active(
    connection: &impl RequestConnection,
    root: Window,
) -> Result<Option<Window>, TypingFault> {
    let name = connection.intern_atom(true, b"_NET_ACTIVE_WINDOW")?.reply()?.atom;
    let asked = connection.get_property(false, root, name, AtomEnum::WINDOW, 0, 1)?;
    match name {
        x11rb::NONE => Ok(None),
        _ => Ok(asked.reply()?.value32().and_then(|mut windows| windows.next())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_focus_with_the_pointer_on_nothing_or_with_no_active_window_nobody_gets_keys() {
        let usual = Focus { window: 7, below_pointer: None, active: Some(9) };
        assert!(usual.is_somebody());
        assert!(Focus { active: None, ..usual }.is_somebody());
        assert!(!Focus { window: 0, ..usual }.is_somebody());
        assert!(!Focus { window: 1, below_pointer: Some(0), ..usual }.is_somebody());
        assert!(!Focus { active: Some(0), ..usual }.is_somebody());
    }
}
