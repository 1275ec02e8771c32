//! What is made before the tray is compiled: its windows from `ui`, its icons from `icons`, and the table of its texts in
//! other languages from `lang`, which windows and menu share.

use std::path::{Path, PathBuf};
use std::{env, fs};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use slint_build::{CompilerConfiguration, DefaultTranslationContext};

/// States that the tray's icon shows; each has its drawing.
const STATES: [&str; 4] = ["open", "locked", "attention", "away"];

/// The drawing that desktops show for us.
const WINDOW_ICON: &str = "../packaging/icons/hicolor/scalable/apps/passcode-agent.svg";

/// Sizes in pixels that panels ask for, from small to large.
const TRAY_PIXELS: u32 = 64;
const WINDOW_PIXELS: u32 = 128;

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to write"));
    for folder in ["ui", "icons", "lang", WINDOW_ICON] {
        println!("cargo::rerun-if-changed={folder}");
    }
    for state in STATES {
        let picture = drawn(&PathBuf::from("icons").join(format!("{state}.svg")), TRAY_PIXELS);
        fs::write(out.join(format!("{state}.rgba")), straight(&picture)).expect("a file");
    }
    let picture = drawn(Path::new(WINDOW_ICON), WINDOW_PIXELS);
    fs::write(out.join("passcode-agent.rgba"), straight(&picture)).expect("a file");
    fs::write(out.join("german.rs"), table("lang/de/LC_MESSAGES/passcode-tray.po"))
        .expect("a file");
    let config = CompilerConfiguration::new()
        .with_style("fluent".into())
        .with_bundled_translations("lang")
        // Tests find controls by their names, which takes it.
        .with_debug_info(env::var("PROFILE").is_ok_and(|profile| profile == "debug"))
        .with_default_translation_context(DefaultTranslationContext::None);
    slint_build::compile_with_config("ui/app.slint", config).expect("the windows");
}

fn drawn(path: &Path, pixels: u32) -> Pixmap {
    let svg = fs::read(path).expect("a drawing");
    let tree = Tree::from_data(&svg, &Options::default()).expect("a drawing");
    let mut picture = Pixmap::new(pixels, pixels).expect("room");
    let scale = pixels as f32 / tree.size().width();
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
    picture
}

/// Red, green, blue and alpha, not multiplied into each other.
fn straight(picture: &Pixmap) -> Vec<u8> {
    let parts = picture.pixels().iter().map(|pixel| pixel.demultiply());
    parts.flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]).collect()
}

/// A sorted table of texts and their translations, as Rust, from a file of gettext's form with one line a text.
fn table(path: &str) -> String {
    let text = fs::read_to_string(path).expect("translations");
    let mut pairs = Vec::new();
    let mut original = None;
    for line in text.lines() {
        if let Some(quoted) = line.strip_prefix("msgid ") {
            original = Some(quoted);
        } else if let (Some(quoted), Some(original)) =
            (line.strip_prefix("msgstr "), original.take())
            && original != "\"\""
            && quoted != "\"\""
        {
            pairs.push((original, quoted));
        }
    }
    pairs.sort_unstable_by_key(|(original, _)| original.trim_matches('"'));
    let lines: String =
        pairs.iter().map(|(one, other)| format!("    ({one}, {other}),\n")).collect();
    format!("&[\n{lines}]\n")
}
