//! The rig for tests of the tray on real desktops: a session with a bus, a display, a panel and what screen readers hear, or
//! with none of them, and the hands, eyes and ears to use it. The tests are in `tests/promises`, one file a theme.
//!
//! Nothing is skipped in silence and nothing stays behind, as in `passcode-process-tests`, whose agents and
//! organisations are used here too.

#![cfg(target_os = "linux")]

pub mod accessibility;
pub mod appearance;
pub mod clipboard;
pub mod desk;
pub mod element;
pub mod elsewhere;
pub mod hand;
pub mod item;
pub mod menu;
pub mod notifications;
pub mod page;
pub mod panel;
pub mod program;
pub mod remote;
pub mod roles;
pub mod screen;
pub mod session;
pub mod strain;
pub mod sway;
pub mod tray;
pub mod watcher;
pub mod window;
