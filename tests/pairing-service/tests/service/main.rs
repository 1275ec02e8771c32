//! The reference service as its clients see it, over real HTTPS with a clock that is turned by hand. The device and the
//! browser here are written from the protocol's page, and share no code with the service or the agent.

mod admin;
mod device;
mod exchange;
mod hpke;
mod https;
mod limits;
mod my_devices;
#[cfg(unix)]
mod program;
mod registration;
mod rig;
#[cfg(unix)]
mod secrets;
mod sign_on;
mod signed;
mod transport;
mod web;
