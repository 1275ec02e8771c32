//! The wire, byte by byte: every message as it is written down in `tests/golden`, and laws that hold for all bytes.

mod events;
mod golden;
mod laws;
mod logins;
mod samples;
mod views;
