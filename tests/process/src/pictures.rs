//! Pictures of QR codes, drawn by another library than the one that reads them.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma, imageops};
use qrcode::{Color, QrCode};

/// Pixels of a module, and modules of the margin.
const SIZE: u32 = 5;
const MARGIN: u32 = 4;

/// A QR code.
#[derive(Clone)]
pub struct Code(QrCode);

impl Code {
    /// The code of a text.
    ///
    /// # Panics
    /// When the text is too long for one.
    pub fn of(text: &str) -> Self {
        Self(QrCode::new(text).expect("a text that fits"))
    }

    /// Pixels of a side, with the margin.
    pub fn side(&self) -> u32 {
        (self.0.width() as u32 + 2 * MARGIN) * SIZE
    }

    /// The dark modules: where their squares begin, and how large they are.
    pub fn dark(&self) -> impl Iterator<Item = (u32, u32, u32)> {
        let width = self.0.width();
        let modules = (0..width).flat_map(move |y| (0..width).map(move |x| (x, y)));
        let dark = modules.filter(|at| self.0[*at] == Color::Dark);
        dark.map(|(x, y)| ((x as u32 + MARGIN) * SIZE, (y as u32 + MARGIN) * SIZE, SIZE))
    }

    fn drawn(&self) -> GrayImage {
        let mut image = GrayImage::from_pixel(self.side(), self.side(), Luma([255]));
        for (left, top, size) in self.dark() {
            let square = GrayImage::from_pixel(size, size, Luma([0]));
            imageops::replace(&mut image, &square, left.into(), top.into());
        }
        image
    }
}

/// A picture of these texts' codes beside each other, as PNG.
pub fn png(texts: &[&str]) -> Vec<u8> {
    encoded(texts, ImageFormat::Png)
}

/// The same as JPEG.
pub fn jpeg(texts: &[&str]) -> Vec<u8> {
    encoded(texts, ImageFormat::Jpeg)
}

fn encoded(texts: &[&str], format: ImageFormat) -> Vec<u8> {
    let codes: Vec<GrayImage> = texts.iter().map(|text| Code::of(text).drawn()).collect();
    let width = codes.iter().map(GrayImage::width).sum();
    let height = codes.iter().map(GrayImage::height).max().unwrap_or(1);
    let mut image = GrayImage::from_pixel(width, height, Luma([255]));
    let mut left = 0;
    for code in &codes {
        imageops::replace(&mut image, code, left, 0);
        left += i64::from(code.width());
    }
    let mut bytes = Vec::new();
    image.write_to(&mut Cursor::new(&mut bytes), format).expect("a picture can be encoded");
    bytes
}
