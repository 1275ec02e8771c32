//! The icon's pictures, drawn from `icons` when the tray is built.

use tray_icon::Icon;

use crate::app::entries::Sign;

/// Width and height in pixels; panels make it smaller.
const PIXELS: u32 = 64;

/// The picture of a sign.
///
/// # Panics
/// Never: the pictures have that size.
pub fn of(sign: Sign) -> Icon {
    let rgba = rgba(sign).to_vec();
    Icon::from_rgba(rgba, PIXELS, PIXELS).expect("pictures are drawn in their size")
}

/// Its pixels: red, green, blue, alpha.
pub fn rgba(sign: Sign) -> &'static [u8] {
    match sign {
        Sign::Open => include_bytes!(concat!(env!("OUT_DIR"), "/open.rgba")),
        Sign::Locked => include_bytes!(concat!(env!("OUT_DIR"), "/locked.rgba")),
        Sign::Attention => include_bytes!(concat!(env!("OUT_DIR"), "/attention.rgba")),
        Sign::Away => include_bytes!(concat!(env!("OUT_DIR"), "/away.rgba")),
    }
}

/// The picture that windows have, and its width and height.
pub fn of_windows() -> (&'static [u8], u32) {
    (include_bytes!(concat!(env!("OUT_DIR"), "/passcode-agent.rgba")), 128)
}
