//! What the guides in `docs/guides` show, for tests that do it: a fenced block has its name in a comment above it,
//! `<!-- test: NAME -->`.

use std::fs;
use std::path::Path;

/// The text of a guide.
fn text(guide: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides");
    let text = fs::read_to_string(folder.join(guide));
    text.unwrap_or_else(|error| panic!("{guide} cannot be read: {error}"))
}

/// The block of this name.
///
/// # Panics
/// When the guide has none.
pub fn block(guide: &str, name: &str) -> String {
    let text = text(guide);
    let mark = format!("<!-- test: {name} -->\n```");
    let (_, after) = text.split_once(&mark).unwrap_or_else(|| panic!("{guide} has no {name}"));
    let (_, after) = after.split_once('\n').expect("a line after the fence");
    let (block, _) = after.split_once("\n```").expect("an end of the block");
    format!("{block}\n")
}
