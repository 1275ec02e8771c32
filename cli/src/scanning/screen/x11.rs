//! The root window of an X11 display, which all its monitors show.

use std::time::Duration;

use passcode_proto::client::scan::ScanFault;
use passcode_proto::picture::{Trouble, from_rgba};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    ConnectionExt, GetImageReply, ImageFormat, ImageOrder, Screen, Setup, Visualtype,
};
use zeroize::Zeroizing;

use super::no_picture;
use crate::output::Failure;
use crate::patience;
use crate::scanning::{Picture, failure};

/// How long the display may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Takes the picture.
pub fn picture() -> Result<Picture, Failure> {
    let shot = patience::within(PATIENCE, || shoot().map_err(|_| ()));
    let shot = shot.and_then(Result::ok);
    let Some((width, height, rgba)) = shot else {
        return Err(no_picture("The X11 display does not give a picture of the screen."));
    };
    from_rgba(width, height, &rgba)
        .map(Zeroizing::new)
        .ok_or_else(|| failure(ScanFault::Picture(Trouble::TooLarge)))
}

type Shot = (usize, usize, Zeroizing<Vec<u8>>);

fn shoot() -> Result<Shot, Box<dyn std::error::Error>> {
    let (connection, number) = x11rb::connect(None)?;
    let setup = connection.setup();
    let screen = &setup.roots[number];
    let (width, height) = (screen.width_in_pixels, screen.height_in_pixels);
    let image =
        connection.get_image(ImageFormat::Z_PIXMAP, screen.root, 0, 0, width, height, !0)?;
    let mut image = image.reply()?;
    let pixels = std::mem::take(&mut image.data);
    let layout = Layout::of(setup, screen, &image).ok_or("an unknown form of picture")?;
    let rgba = layout.rgba(&Zeroizing::new(pixels), usize::from(width));
    Ok((width.into(), height.into(), rgba))
}

/// How pixels stand in a picture of the display.
#[derive(Debug, Clone, Copy)]
struct Layout {
    /// Bytes of a pixel.
    pixel: usize,
    /// Bits that a row is filled up to.
    row: usize,
    lowest_first: bool,
    /// Which bits of a pixel are red, green and blue.
    colours: [u32; 3],
}

impl Layout {
    fn of(setup: &Setup, screen: &Screen, image: &GetImageReply) -> Option<Self> {
        let format = setup.pixmap_formats.iter().find(|format| format.depth == image.depth)?;
        let visual = visuals(screen).find(|visual| visual.visual_id == image.visual)?;
        let pixel = usize::from(format.bits_per_pixel / 8);
        (2..=4).contains(&pixel).then_some(Self {
            pixel,
            row: format.scanline_pad.into(),
            lowest_first: setup.image_byte_order == ImageOrder::LSB_FIRST,
            colours: [visual.red_mask, visual.green_mask, visual.blue_mask],
        })
    }

    fn rgba(&self, bytes: &[u8], width: usize) -> Zeroizing<Vec<u8>> {
        let row = (width * self.pixel * 8).next_multiple_of(self.row) / 8;
        let mut rgba = Zeroizing::new(Vec::with_capacity(bytes.len() / self.pixel * 4));
        for row in bytes.chunks(row) {
            for pixel in row.chunks_exact(self.pixel).take(width) {
                let pixel = self.number(pixel);
                rgba.extend(self.colours.map(|mask| part(pixel, mask)));
                rgba.push(255);
            }
        }
        rgba
    }

    fn number(&self, pixel: &[u8]) -> u32 {
        let add = |number, byte: &u8| number << 8 | u32::from(*byte);
        match self.lowest_first {
            true => pixel.iter().rev().fold(0, add),
            false => pixel.iter().fold(0, add),
        }
    }
}

fn visuals(screen: &Screen) -> impl Iterator<Item = &Visualtype> {
    screen.allowed_depths.iter().flat_map(|depth| &depth.visuals)
}

/// The bits of `pixel` under `mask`, from 0 to 255.
fn part(pixel: u32, mask: u32) -> u8 {
    let shift = mask.trailing_zeros() % 32;
    let (value, most) = (u64::from((pixel & mask) >> shift), u64::from(mask >> shift));
    (value * 255 / most.max(1)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_of_four_and_of_two_bytes_are_read_in_both_orders() {
        let colours = [0xff_0000, 0xff00, 0xff];
        let four = Layout { pixel: 4, row: 32, lowest_first: true, colours };
        assert_eq!(four.rgba(&[1, 2, 3, 0, 4, 5, 6, 0], 2).to_vec(), [3, 2, 1, 255, 6, 5, 4, 255]);
        let colours = [0xf800, 0x7e0, 0x1f];
        let two = Layout { pixel: 2, row: 32, lowest_first: false, colours };
        let rows = [0xff, 0xff, 9, 9, 0, 0, 9, 9];
        assert_eq!(two.rgba(&rows, 1).to_vec(), [255, 255, 255, 255, 0, 0, 0, 255]);
    }
}
