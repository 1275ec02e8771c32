//! `libpasscode`: passcodes for programs in C, and in whatever can call C. `include/passcode.h` is made from
//! [`exports`], [`types`] and [`status`], and is their documentation.
//!
//! What it promises: no call waits without end, raises a signal, prints, or lets a panic out; nothing is kept between
//! calls and nothing has to be freed; a buffer holds a whole passcode or none; what was held of a passcode is wiped.
//! Raw pointers are read and written in [`boundary`] alone.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod agent;
mod ask;
mod boundary;
mod exports;
mod guard;
mod start;
mod status;
mod types;

/// Whatever the library frees is wiped, also what other crates have copied.
#[cfg(not(test))]
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);
