//! The floors: the least that a server on this machine, or a write to this disk, can take.

pub mod durable;
pub mod echo;
