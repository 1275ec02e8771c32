//! From the bytes of a picture to its brightness, within the limits of `passcode_proto::picture`. How large a picture says
//! it is, is looked at before a byte of it is unpacked.

use std::io::Cursor;

use image::error::ImageError;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use passcode_proto::picture::{BYTES, GREY, PIXELS, SIDE, Trouble, on_white};

use super::grey::Grey;

/// Most bytes that a decoder may use: the largest picture, with four channels of two bytes, and some to spare.
const UNPACKED: u64 = 10 * PIXELS;

/// What files of a known form begin with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";

/// Reads a picture in any of its forms.
pub fn picture(bytes: &[u8]) -> Result<Grey, Trouble> {
    if bytes.len() > BYTES {
        return Err(Trouble::TooLarge);
    }
    if let Some(rest) = bytes.strip_prefix(GREY) {
        return uncompressed(rest);
    }
    let format = match () {
        () if bytes.starts_with(PNG) => ImageFormat::Png,
        () if bytes.starts_with(JPEG) => ImageFormat::Jpeg,
        () => return Err(Trouble::NotAnImage),
    };
    compressed(bytes, format)
}

fn uncompressed(bytes: &[u8]) -> Result<Grey, Trouble> {
    let (width, bytes) = bytes.split_first_chunk().ok_or(Trouble::Damaged)?;
    let (height, pixels) = bytes.split_first_chunk().ok_or(Trouble::Damaged)?;
    let (width, height) = (u32::from_le_bytes(*width), u32::from_le_bytes(*height));
    check_size(width, height)?;
    Grey::new(width as usize, height as usize, pixels.to_vec()).ok_or(Trouble::Damaged)
}

fn compressed(bytes: &[u8], format: ImageFormat) -> Result<Grey, Trouble> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(UNPACKED);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| trouble(&error))?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let image = DynamicImage::from_decoder(decoder).map_err(|error| trouble(&error))?;
    Grey::new(width as usize, height as usize, brightness(image)).ok_or(Trouble::Damaged)
}

fn check_size(width: u32, height: u32) -> Result<(), Trouble> {
    let is_small = width.max(height) <= SIDE && u64::from(width) * u64::from(height) <= PIXELS;
    if is_small { Ok(()) } else { Err(Trouble::TooLarge) }
}

fn trouble(error: &ImageError) -> Trouble {
    match error {
        ImageError::Limits(_) => Trouble::TooLarge,
        _ => Trouble::Damaged,
    }
}

/// What can be seen through lies on white, as in a browser.
fn brightness(image: DynamicImage) -> Vec<u8> {
    if !image.color().has_alpha() {
        return image.into_luma8().into_raw();
    }
    let pairs = image.into_luma_alpha8().into_raw();
    pairs.chunks_exact(2).map(|pair| on_white(pair[0], pair[1])).collect()
}
