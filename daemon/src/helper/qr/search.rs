//! Finds the QR codes in a picture. Screens show them dark on light and light on dark, tiny and huge, so it is searched in
//! three sizes and both ways round, and what any of these finds counts.

use passcode_proto::SecretText;
use passcode_proto::limits::KEY_BYTES;
use passcode_proto::picture::TEXTS;
use rqrr::{BitGrid, Grid, PreparedImage};

use super::grey::Grey;

/// A picture of more pixels is not searched in double size: what is tiny in it nobody could scan.
const DOUBLED: usize = 4 * 1024 * 1024;

/// A code that was read, and where in the picture it is.
struct Sighting {
    text: SecretText,
    left: f64,
    top: f64,
    bottom: f64,
}

/// The texts of all codes in the picture, each once, in the order in which one reads.
pub fn texts(picture: &Grey) -> Vec<SecretText> {
    let mut seen = Vec::new();
    search(picture, 1.0, &mut seen);
    if let Some(half) = picture.halved() {
        search(&half, 2.0, &mut seen);
    }
    if picture.width() * picture.height() <= DOUBLED
        && let Some(double) = picture.doubled()
    {
        search(&double, 0.5, &mut seen);
    }
    in_reading_order(seen)
}

/// Searches the picture, of whose pixels each is `scale` wide in the original, as it is and with its colours inverted.
fn search(picture: &Grey, scale: f64, seen: &mut Vec<Sighting>) {
    for inverted in [0, 0xff] {
        let pixel = |x, y| picture.at(x, y) ^ inverted;
        let mut prepared =
            PreparedImage::prepare_from_greyscale(picture.width(), picture.height(), pixel);
        for grid in prepared.detect_grids() {
            let sighting = sighting(&grid, scale);
            let new = sighting.filter(|new| seen.iter().all(|old| old.text != new.text));
            seen.extend(new.filter(|_| seen.len() < TEXTS));
        }
    }
}

fn sighting<G: BitGrid>(grid: &Grid<G>, scale: f64) -> Option<Sighting> {
    let mut bytes = Vec::new();
    grid.decode_to(&mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok().map(SecretText::new)?;
    if text.expose().is_empty() || text.expose().len() > KEY_BYTES {
        return None;
    }
    let along = |value: fn(&rqrr::Point) -> i32| {
        grid.bounds.iter().map(move |corner| f64::from(value(corner)) * scale)
    };
    let left = along(|corner| corner.x).fold(f64::INFINITY, f64::min);
    let top = along(|corner| corner.y).fold(f64::INFINITY, f64::min);
    let bottom = along(|corner| corner.y).fold(f64::NEG_INFINITY, f64::max);
    Some(Sighting { text, left, top, bottom })
}

/// Row by row, and in a row from left to right. A code that begins below the middle of a row's first begins the next.
fn in_reading_order(mut seen: Vec<Sighting>) -> Vec<SecretText> {
    seen.sort_by(|one, other| one.top.total_cmp(&other.top));
    let mut rows: Vec<Vec<Sighting>> = Vec::new();
    for sighting in seen {
        let is_in_row = |row: &&mut Vec<Sighting>| {
            row.first().is_some_and(|first| sighting.top < f64::midpoint(first.top, first.bottom))
        };
        match rows.last_mut().filter(is_in_row) {
            Some(row) => row.push(sighting),
            None => rows.push(vec![sighting]),
        }
    }
    for row in &mut rows {
        row.sort_by(|one, other| one.left.total_cmp(&other.left));
    }
    rows.into_iter().flatten().map(|sighting| sighting.text).collect()
}
