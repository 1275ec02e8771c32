//! Pictures in which QR codes are looked for: their forms and limits, and what `passcoded helper qr` answers. It gets the
//! picture on its standard input, to the end, and writes one line of JSON. The looking is the daemon's; how the helper is
//! run is in [`crate::client::scan`], and what the texts are in [`crate::scanned`].

use serde::{Deserialize, Serialize};

use crate::secret::SecretText;

/// Most bytes of a picture.
pub const BYTES: usize = 32 * 1024 * 1024;

/// Most pixels in a row or a column.
pub const SIDE: u32 = 10_000;

/// Most pixels in all.
pub const PIXELS: u64 = 64 * 1024 * 1024;

/// Most texts that are taken from one picture.
pub const TEXTS: usize = 64;

/// Most bytes of an answer: as many texts as there can be, each of as many bytes as a QR code can hold, and every byte
/// written as an escape.
pub const ANSWER_BYTES: usize = TEXTS * 2953 * 6 + 1024;

/// What an uncompressed picture begins with. Its width and height follow, four bytes each, the lowest first, and then a
/// byte for each pixel, row by row: 0 for black, 255 for white.
pub const GREY: &[u8] = b"passcode-grey\n";

/// What was found in a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// The texts of its QR codes, each once, in the order in which one reads.
    Texts(Vec<SecretText>),
    /// None, for this reason.
    Trouble(Trouble),
}

/// Why a picture gives no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// It has too many bytes or pixels.
    TooLarge,
    /// It is no picture of a known form.
    NotAnImage,
    /// It begins as a picture, and does not go on as one.
    Damaged,
    /// It holds no QR code that can be read.
    NothingFound,
}

impl Trouble {
    /// What is wrong: one sentence.
    pub const fn message(self) -> &'static str {
        match self {
            Self::TooLarge => "The picture is too large.",
            Self::NotAnImage => "This is not a picture in PNG or JPEG.",
            Self::Damaged => "The picture is damaged.",
            Self::NothingFound => "There is no QR code in the picture that can be read.",
        }
    }

    /// What to do about it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::TooLarge => "Cut out the part with the QR code, and give that.",
            Self::NotAnImage => "Save the picture as PNG, or take a screenshot of it.",
            Self::Damaged => "Save it again, or take a screenshot of it.",
            Self::NothingFound => {
                "Show the whole code with its light margin, larger if need be, or copy the key that stands beside it."
            }
        }
    }
}

/// The uncompressed picture of `rgba`, four bytes a pixel; none when there are not as many pixels as it is said, or too
/// many. What can be seen through is taken as lying on white.
pub fn from_rgba(width: usize, height: usize, rgba: &[u8]) -> Option<Vec<u8>> {
    let pixels = width.checked_mul(height).filter(|pixels| GREY.len() + 8 + pixels <= BYTES)?;
    if rgba.len() != pixels.checked_mul(4)? {
        return None;
    }
    let mut picture = Vec::with_capacity(GREY.len() + 8 + pixels);
    picture.extend_from_slice(GREY);
    for side in [width, height] {
        picture.extend_from_slice(&u32::try_from(side).ok()?.to_le_bytes());
    }
    picture.extend(rgba.chunks_exact(4).map(grey));
    Some(picture)
}

/// The brightness of one pixel on white, by the weights of ITU-R BT.601.
fn grey(pixel: &[u8]) -> u8 {
    let [red, green, blue, alpha] = [0, 1, 2, 3].map(|at| u32::from(pixel[at]));
    on_white(((red * 77 + green * 150 + blue * 29) >> 8) as u8, alpha as u8)
}

/// The brightness of what has this one, and lets what lies below through as `alpha` says.
pub fn on_white(brightness: u8, alpha: u8) -> u8 {
    let (brightness, alpha) = (u32::from(brightness), u32::from(alpha));
    ((brightness * alpha + 255 * (255 - alpha)) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_transparent_is_white_and_what_is_not_keeps_its_brightness() {
        let rgba = [0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255];
        let picture = from_rgba(3, 1, &rgba).unwrap();
        assert_eq!(picture, [GREY, &[3, 0, 0, 0, 1, 0, 0, 0, 255, 0, 255]].concat());
    }

    #[test]
    fn pixels_that_are_missing_or_too_many_are_refused() {
        assert_eq!(from_rgba(2, 2, &[0; 12]), None);
        assert_eq!(from_rgba(usize::MAX, 2, &[0; 8]), None);
        assert_eq!(from_rgba(6000, 6000, &[]), None);
    }

    #[test]
    fn an_answer_is_one_line_of_json() {
        let found = Found::Texts(vec![SecretText::new("a\nb".into())]);
        assert_eq!(serde_json::to_string(&found).unwrap(), r#"{"texts":["a\nb"]}"#);
        let found = Found::Trouble(Trouble::NotAnImage);
        assert_eq!(serde_json::to_string(&found).unwrap(), r#"{"trouble":"not_an_image"}"#);
    }
}
