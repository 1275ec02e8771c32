//! The organisation's side of pairing, as a reference: pages on which people sign on and pair a device, and the API that
//! the device speaks (`docs/pairing-api.yaml`). For tests and demonstrations; `README.md` says what it is not.
//!
//! The pages and the API read requests and write answers; `pairing` and `passcodes` say what may happen; `store` keeps
//! it and `crypto` computes it. Time comes from a [`Clock`] that tests turn by hand.

mod api;
mod challenges;
mod clock;
mod crypto;
mod intake;
pub mod limits;
mod origin;
mod pages;
mod pairing;
mod passcodes;
mod ranges;
mod server;
mod service;
mod store;
mod throttle;
mod tls;

pub use clock::Clock;
pub use crypto::otp::Algorithm;
pub use crypto::random_text;
pub use origin::Origin;
pub use ranges::Range;
pub use server::{Options, Running, StartFault};
pub use service::{Service, UserFault};
pub use store::devices::Passcodes;
pub use store::settings::Policy;
