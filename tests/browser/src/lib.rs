//! A real browser for tests: Chromium without a screen, driven through `chromedriver` by WebDriver (W3C). What is on a
//! page is named as people name it: by labels and the words on buttons and links.
//!
//! WebDriver is JSON over plain HTTP on this computer, so it is spoken here directly; the crates that speak it bring a
//! licence that `deny.toml` does not allow, and a TLS that nothing here needs.

mod audit;
mod browser;
mod driver;
mod wire;

pub use browser::{Browser, Key, Look};
