//! A picture as the search takes it: the brightness of each pixel, and the same picture in other sizes.

/// Brightness by rows: 0 is black, 255 white.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Grey {
    /// The picture of these pixels; none when there are not as many as width and height say, or none at all.
    pub fn new(width: usize, height: usize, pixels: Vec<u8>) -> Option<Self> {
        let whole = width.checked_mul(height) == Some(pixels.len()) && !pixels.is_empty();
        whole.then_some(Self { width, height, pixels })
    }

    pub fn width(&self) -> usize {
        self.width
    }

    pub fn height(&self) -> usize {
        self.height
    }

    pub fn at(&self, x: usize, y: usize) -> u8 {
        self.pixels[y * self.width + x]
    }

    /// Half as wide and high, each pixel the mean of four: noise and the seams of tiles vanish.
    pub fn halved(&self) -> Option<Self> {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for y in (0..height).map(|y| 2 * y) {
            pixels.extend((0..width).map(|x| 2 * x).map(|x| {
                let four = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)];
                let sum = four.iter().map(|(x, y)| u16::from(self.at(*x, *y))).sum::<u16>();
                (sum / 4) as u8
            }));
        }
        Self::new(width, height, pixels)
    }

    /// Twice as wide and high, with sharp edges: modules of one pixel become large enough to be seen.
    pub fn doubled(&self) -> Option<Self> {
        let (width, height) = (2 * self.width, 2 * self.height);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            pixels.extend((0..width).map(|x| self.at(x / 2, y / 2)));
        }
        Self::new(width, height, pixels)
    }
}
