//! Passcodes from the tray: an icon with a menu, windows, notifications and the clipboard. Everything it shows comes from
//! the agent, which it follows; it holds no secret but the code on show.
//!
//! [`app`] is what it knows and decides, without doing anything; [`shell`] does it. Beside them stand the ways out:
//! [`agent`], [`menu`], [`window`], [`clipboard`], [`notices`], and [`errands`] for what the command line does better.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod agent;
pub mod app;
pub mod arguments;
pub mod clipboard;
pub mod errands;
pub mod listening;
pub mod menu;
pub mod notices;
pub mod running;
pub mod shell;
pub mod shortcut;
pub mod texts;
pub mod window;
