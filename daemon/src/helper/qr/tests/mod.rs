//! Pictures as users have them, and as nobody should: what is found in each.

mod canvas;

use std::io::Cursor;

use image::{ExtendedColorType, ImageEncoder, ImageFormat, Rgba, RgbaImage};
use passcode_proto::picture::{BYTES, Found, GREY, Trouble, from_rgba};

use super::found;
use canvas::Canvas;

const KEY: &str = "otpauth://totp/ACME:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ACME";
const OTHER: &str = "otpauth://totp/ACME:bob?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ACME";

/// The texts in a picture.
fn texts(picture: &[u8]) -> Vec<String> {
    match found(picture) {
        Found::Texts(texts) => texts.iter().map(|text| text.expose().to_owned()).collect(),
        Found::Trouble(trouble) => panic!("{trouble:?}"),
    }
}

fn trouble(picture: &[u8]) -> Trouble {
    match found(picture) {
        Found::Trouble(trouble) => trouble,
        Found::Texts(texts) => panic!("{} texts", texts.len()),
    }
}

#[test]
fn a_plain_code_is_found_in_every_form_of_picture() {
    let canvas = Canvas::around(KEY, 4);
    let rgba = canvas.rgba();
    let (width, height) = (rgba.width() as usize, rgba.height() as usize);
    let uncompressed = from_rgba(width, height, rgba.as_raw()).unwrap();
    for picture in [canvas.png(), canvas.jpeg(80), uncompressed] {
        assert_eq!(texts(&picture), [KEY]);
    }
}

#[test]
fn a_code_is_found_tiny_small_large_inverted_turned_and_cropped() {
    for size in [1, 2, 3, 7, 24] {
        assert_eq!(texts(&Canvas::around(KEY, size).png()), [KEY], "{size} pixels a module");
        assert_eq!(texts(&Canvas::around(KEY, size).inverted().png()), [KEY], "{size}, inverted");
    }
    assert_eq!(texts(&Canvas::around(KEY, 3).turned().png()), [KEY]);
    assert_eq!(texts(&Canvas::around(KEY, 3).turned().turned().png()), [KEY]);
    assert_eq!(texts(&Canvas::around(KEY, 4).cropped(4 * 4).png()), [KEY], "without a margin");
}

#[test]
fn a_code_is_found_on_a_busy_screen() {
    let mut screen = Canvas::noisy(1920, 1080);
    screen.draw(&Canvas::around(KEY, 5), 1100, 400);
    assert_eq!(texts(&screen.png()), [KEY]);
    assert_eq!(texts(&screen.jpeg(60)), [KEY]);
}

#[test]
fn a_code_of_grey_on_grey_and_one_of_colour_is_found() {
    let plain = Canvas::around(KEY, 4);
    for (dark, light) in [([90, 90, 90], [150, 150, 150]), ([20, 40, 120], [255, 240, 200])] {
        assert_eq!(texts(&plain.in_colours(dark, light).png()), [KEY]);
    }
}

#[test]
fn what_can_be_seen_through_is_white() {
    let mut image = Canvas::around(KEY, 4).rgba();
    for pixel in image.pixels_mut().filter(|pixel| pixel.0[0] == 255) {
        *pixel = Rgba([0, 0, 0, 0]);
    }
    let mut png = Vec::new();
    image.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
    assert_eq!(texts(&png), [KEY]);
}

#[test]
fn several_codes_come_in_the_order_in_which_one_reads_and_each_once() {
    let mut screen = Canvas::white(1200, 1000);
    let [first, second] = [KEY, OTHER].map(|key| Canvas::around(key, 4));
    let third = Canvas::around("https://example.org/", 4).inverted();
    for (code, x, y) in
        [(&first, 700, 510), (&second, 620, 30), (&third, 40, 20), (&first, 20, 500)]
    {
        screen.draw(code, x, y);
    }
    assert_eq!(texts(&screen.png()), ["https://example.org/", OTHER, KEY]);
}

#[test]
fn sixteen_bits_a_channel_are_read() {
    let rgba = Canvas::around(KEY, 3).rgba();
    let (width, height) = rgba.dimensions();
    let wide: Vec<u8> = rgba.as_raw().iter().flat_map(|byte| [*byte, *byte]).collect();
    let mut png = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut png);
    encoder.write_image(&wide, width, height, ExtendedColorType::Rgba16).unwrap();
    assert_eq!(texts(&png), [KEY]);
}

#[test]
fn what_is_no_picture_is_said_to_be_none() {
    for bytes in [&b""[..], b"P", b"hello, this is a text", b"GIF89a", b"%PDF-1.7", KEY.as_bytes()]
    {
        assert_eq!(trouble(bytes), Trouble::NotAnImage);
    }
}

#[test]
fn a_picture_that_breaks_off_is_damaged() {
    let png = Canvas::around(KEY, 4).png();
    for length in [8, 20, 40, png.len() / 2] {
        assert_eq!(trouble(&png[..length]), Trouble::Damaged, "{length}");
    }
    assert_eq!(trouble(b"\xff\xd8\xff\xe0\x00\x10JFIF"), Trouble::Damaged);
    let grey = from_rgba(2, 2, &[0; 16]).unwrap();
    assert_eq!(trouble(&grey[..grey.len() - 1]), Trouble::Damaged);
    assert_eq!(trouble(&grey[..GREY.len() + 7]), Trouble::Damaged);
    assert_eq!(trouble(&[GREY, &[0; 8]].concat()), Trouble::Damaged);
}

#[test]
fn a_bomb_is_too_large_and_nothing_of_it_is_unpacked() {
    for (width, height) in [(60_000, 60_000), (10_001, 1), (10_000, 10_000), (u32::MAX >> 1, 2)] {
        assert_eq!(trouble(&canvas::bomb(width, height)), Trouble::TooLarge, "{width}x{height}");
    }
    let sides = [10_000u32.to_le_bytes(), 10_000u32.to_le_bytes()].concat();
    assert_eq!(trouble(&[GREY, &sides[..]].concat()), Trouble::TooLarge);
    assert_eq!(trouble(&vec![0; BYTES + 1]), Trouble::TooLarge);
}

#[test]
fn a_picture_without_a_code_holds_none() {
    for canvas in [Canvas::white(1, 1), Canvas::white(3, 2000), Canvas::noisy(640, 480)] {
        assert_eq!(trouble(&canvas.png()), Trouble::NothingFound);
    }
}

#[test]
fn a_large_screen_is_searched_whole() {
    let mut wall = RgbaImage::from_pixel(5120, 2880, Rgba([30, 30, 30, 255]));
    image::imageops::overlay(&mut wall, &Canvas::around(KEY, 6).rgba(), 4000, 1500);
    let picture = from_rgba(5120, 2880, wall.as_raw()).unwrap();
    assert_eq!(texts(&picture), [KEY]);
}
