//! The icon in the panel and its menu. What they hold is [`crate::app::entries`], how they get there [`tray`], and that the session
//! bus has died is noticed by [`bus`].

pub mod bus;

pub mod picture;
pub mod tray;
