//! Asking: what is asked and how an answer ends ([`target`]), over one connection ([`one`]) or many ([`many`]).
//! Always the next request after the answer to the last, never more on a connection.

pub mod connection;
pub mod many;
pub mod one;
pub mod target;
