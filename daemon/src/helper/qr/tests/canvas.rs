//! Pictures for the tests: codes drawn by another library than the one that reads them, on all kinds of ground.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgba, RgbaImage, imageops};
use qrcode::{Color, QrCode};

/// Modules of the light margin, as the standard wants it.
const MARGIN: u32 = 4;

/// A grey picture.
pub struct Canvas(GrayImage);

impl Canvas {
    /// Nothing but white.
    pub fn white(width: u32, height: u32) -> Self {
        Self(GrayImage::from_pixel(width, height, Luma([255])))
    }

    /// Blocks of all kinds of grey, as windows and photographs make them.
    pub fn noisy(width: u32, height: u32) -> Self {
        let shade = |x: u32, y: u32| {
            let block = (x / 16).wrapping_mul(2_654_435_761) ^ (y / 9).wrapping_mul(40_503_001);
            (block >> 7) as u8
        };
        Self(GrayImage::from_fn(width, height, |x, y| Luma([shade(x, y)])))
    }

    /// A code with its margin, `size` pixels a module.
    pub fn around(text: &str, size: u32) -> Self {
        let code = QrCode::new(text).unwrap();
        let width = code.width() as u32;
        let inside = |at: u32| (at / size).checked_sub(MARGIN).filter(|at| *at < width);
        let shade = |x, y| match (inside(x), inside(y)) {
            (Some(x), Some(y)) if code[(x as usize, y as usize)] == Color::Dark => 0,
            _ => 255,
        };
        let side = (width + 2 * MARGIN) * size;
        Self(GrayImage::from_fn(side, side, |x, y| Luma([shade(x, y)])))
    }

    pub fn draw(&mut self, other: &Self, x: i64, y: i64) {
        imageops::overlay(&mut self.0, &other.0, x, y);
    }

    pub fn inverted(mut self) -> Self {
        imageops::invert(&mut self.0);
        self
    }

    /// By 90 degrees.
    pub fn turned(self) -> Self {
        Self(imageops::rotate90(&self.0))
    }

    /// Without so many pixels on each side.
    pub fn cropped(self, less: u32) -> Self {
        let (width, height) = self.0.dimensions();
        let inner = imageops::crop_imm(&self.0, less, less, width - 2 * less, height - 2 * less);
        Self(inner.to_image())
    }

    pub fn in_colours(&self, dark: [u8; 3], light: [u8; 3]) -> Coloured {
        let paint = |pixel: &Luma<u8>| if pixel.0[0] < 128 { dark } else { light };
        let (width, height) = self.0.dimensions();
        Coloured(RgbaImage::from_fn(width, height, |x, y| {
            let [red, green, blue] = paint(self.0.get_pixel(x, y));
            Rgba([red, green, blue, 255])
        }))
    }

    pub fn rgba(&self) -> RgbaImage {
        DynamicImage::ImageLuma8(self.0.clone()).into_rgba8()
    }

    pub fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.0.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }

    pub fn jpeg(&self, quality: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.0.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).unwrap();
        bytes
    }
}

/// A picture in colour.
pub struct Coloured(RgbaImage);

impl Coloured {
    pub fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.0.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }
}

/// A small PNG that says it is large: its head is right, with its sum, and hardly anything follows.
pub fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut png = Canvas::white(16, 16).png();
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png
}

/// The sum that PNG puts behind each chunk (ISO/IEC 15948).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 }
        })
    })
}
