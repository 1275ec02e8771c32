//! The library as programs in C meet it: built, linked and run against an agent of its own in a folder of its own, and
//! against agents that misbehave. The programs' side is `program.c`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod boundary;
mod build;
mod codes;
mod false_agent;
mod guides;
mod home;
mod symbols;
mod trouble;
mod wiping;
