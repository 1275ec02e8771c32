//! What a user may rely on at a desktop, tried with the real tray beside the real agent: one module a theme, one test a
//! promise. `given` is what the tests begin with.

#![cfg(target_os = "linux")]

mod agent_away;
mod buses;
mod copying;
mod given;
mod icon;
mod lean;
mod locking;
mod looks;
mod managing;
mod menu;
mod notices;
mod pairing;
mod passcodes;
mod pins;
mod prompts;
mod scanning;
mod shortcut;
mod starting;
mod turmoil;
mod voices;
mod wayland;
