//! Keys as people write them, `Ctrl+Alt+P`: modifiers in any order and case, and one key. Each key has the name that the X Window
//! System gives to what it produces, under X11 as a number and for portals as a text.

use std::fmt;
use std::str::FromStr;

/// A modifier that can be part of a shortcut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Modifier {
    /// Ctrl.
    Ctrl,
    /// Alt.
    Alt,
    /// Shift.
    Shift,
    /// The key with the desktop's logo.
    Super,
}

/// A shortcut's keys: modifiers, and the key that is pressed with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    modifiers: Vec<Modifier>,
    key: Key,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    /// As people see it.
    name: String,
    /// As the X Window System calls it.
    symbol: String,
    /// As it numbers it.
    keysym: u32,
}

/// Why a text is no shortcut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeysFault {
    /// There is nothing between two plus signs, or nothing at all.
    Empty,
    /// There are modifiers and no key.
    NoKey,
    /// There are several keys beside the modifiers.
    SeveralKeys,
    /// A modifier stands there twice.
    Twice,
    /// A word that is no key.
    UnknownKey,
    /// A key that would be lost for typing without Ctrl, Alt or Super.
    NoModifier,
}

impl fmt::Display for KeysFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "a shortcut is written like Ctrl+Alt+P",
            Self::NoKey => "a shortcut needs one key beside Ctrl, Alt, Shift and Super",
            Self::SeveralKeys => "a shortcut has one key beside Ctrl, Alt, Shift and Super",
            Self::Twice => "a modifier stands in a shortcut once",
            Self::UnknownKey => {
                "keys are letters, digits, signs, F1 to F24, and names such as Space or PageUp"
            }
            Self::NoModifier => {
                "a shortcut needs Ctrl, Alt or Super, unless it is a key such as F9 or Pause"
            }
        })
    }
}

impl std::error::Error for KeysFault {}

/// Keys with names: as people write them, the X Window System's name and number, and whether they can stand alone.
const NAMED: &[(&[&str], &str, u32, bool)] = &[
    (&["Space"], "space", 0x20, false),
    (&["Enter", "Return"], "Return", 0xff0d, false),
    (&["Tab"], "Tab", 0xff09, false),
    (&["Backspace"], "BackSpace", 0xff08, false),
    (&["Escape", "Esc"], "Escape", 0xff1b, false),
    (&["Insert", "Ins"], "Insert", 0xff63, false),
    (&["Delete", "Del"], "Delete", 0xffff, false),
    (&["Home"], "Home", 0xff50, false),
    (&["End"], "End", 0xff57, false),
    (&["PageUp", "PgUp"], "Prior", 0xff55, false),
    (&["PageDown", "PgDn"], "Next", 0xff56, false),
    (&["Left"], "Left", 0xff51, false),
    (&["Up"], "Up", 0xff52, false),
    (&["Right"], "Right", 0xff53, false),
    (&["Down"], "Down", 0xff54, false),
    (&["Pause"], "Pause", 0xff13, true),
    (&["ScrollLock"], "Scroll_Lock", 0xff14, true),
    (&["Print"], "Print", 0xff61, true),
    (&["Menu"], "Menu", 0xff67, true),
    (&[","], "comma", 0x2c, false),
    (&["."], "period", 0x2e, false),
    (&["-"], "minus", 0x2d, false),
    (&["/"], "slash", 0x2f, false),
    (&[";"], "semicolon", 0x3b, false),
    (&["'"], "apostrophe", 0x27, false),
    (&["`"], "grave", 0x60, false),
    (&["="], "equal", 0x3d, false),
    (&["["], "bracketleft", 0x5b, false),
    (&["]"], "bracketright", 0x5d, false),
    (&["\\"], "backslash", 0x5c, false),
    (&["#"], "numbersign", 0x23, false),
    (&["<"], "less", 0x3c, false),
];

/// The number of F1; the others follow.
const F1: u32 = 0xffbe;

impl FromStr for Keys {
    type Err = KeysFault;

    fn from_str(text: &str) -> Result<Self, KeysFault> {
        let (mut modifiers, mut key) = (Vec::new(), None);
        for word in text.split('+').map(str::trim) {
            match modifier(word) {
                _ if word.is_empty() => return Err(KeysFault::Empty),
                Some(modifier) if modifiers.contains(&modifier) => return Err(KeysFault::Twice),
                Some(modifier) => modifiers.push(modifier),
                None if key.is_some() => return Err(KeysFault::SeveralKeys),
                None => key = Some(known(word).ok_or(KeysFault::UnknownKey)?),
            }
        }
        let (key, stands_alone) = key.ok_or(KeysFault::NoKey)?;
        if !stands_alone && modifiers.iter().all(|modifier| *modifier == Modifier::Shift) {
            return Err(KeysFault::NoModifier);
        }
        modifiers.sort_unstable();
        Ok(Self { modifiers, key })
    }
}

impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.modifiers.iter().try_for_each(|modifier| write!(f, "{modifier:?}+"))?;
        f.write_str(&self.key.name)
    }
}

impl Keys {
    /// The modifiers.
    pub fn modifiers(&self) -> &[Modifier] {
        &self.modifiers
    }

    /// What the key produces, as X11 numbers it.
    pub fn keysym(&self) -> u32 {
        self.key.keysym
    }

    /// The keys in the form of freedesktop.org's "Shortcuts" specification, which portals take.
    pub fn trigger(&self) -> String {
        let name = |modifier: &Modifier| match modifier {
            Modifier::Ctrl => "CTRL+",
            Modifier::Alt => "ALT+",
            Modifier::Shift => "SHIFT+",
            Modifier::Super => "LOGO+",
        };
        self.modifiers.iter().map(name).chain([self.key.symbol.as_str()]).collect()
    }
}

fn modifier(word: &str) -> Option<Modifier> {
    match word.to_ascii_lowercase().as_str() {
        "ctrl" | "control" => Some(Modifier::Ctrl),
        "alt" => Some(Modifier::Alt),
        "shift" => Some(Modifier::Shift),
        "super" | "win" | "logo" | "meta" => Some(Modifier::Super),
        _ => None,
    }
}

/// The key of that name, and whether it can be a shortcut by itself.
fn known(word: &str) -> Option<(Key, bool)> {
    let key = |name: &str, symbol: &str, keysym| Key {
        name: name.to_owned(),
        symbol: symbol.to_owned(),
        keysym,
    };
    if let [letter] = word.as_bytes()
        && letter.is_ascii_alphanumeric()
    {
        let (upper, lower) = (word.to_ascii_uppercase(), word.to_ascii_lowercase());
        return Some((key(&upper, &lower, letter.to_ascii_lowercase().into()), false));
    }
    if let Some(number) = function(word) {
        let name = format!("F{number}");
        return Some((key(&name, &name, F1 + number - 1), true));
    }
    let is_meant = |name: &&str| name.eq_ignore_ascii_case(word);
    let mut named = NAMED.iter().filter(|(names, ..)| names.iter().any(is_meant));
    let (names, symbol, keysym, stands_alone) = named.next()?;
    Some((key(names.first()?, symbol, *keysym), *stands_alone))
}

/// The number of a function key.
fn function(word: &str) -> Option<u32> {
    let digits = word.strip_prefix(['F', 'f'])?;
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|number| is_plain && (1..=24).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Result<(String, String, u32), KeysFault> {
        text.parse::<Keys>().map(|keys| (keys.to_string(), keys.trigger(), keys.keysym()))
    }

    fn read(shown: &str, trigger: &str, keysym: u32) -> Result<(String, String, u32), KeysFault> {
        Ok((shown.to_owned(), trigger.to_owned(), keysym))
    }

    #[test]
    fn keys_are_read_in_any_order_and_case_and_shown_in_one() {
        assert_eq!(keys("Ctrl+Alt+P"), read("Ctrl+Alt+P", "CTRL+ALT+p", 0x70));
        assert_eq!(keys(" alt + CONTROL + p "), read("Ctrl+Alt+P", "CTRL+ALT+p", 0x70));
        assert_eq!(keys("win+shift+1"), read("Shift+Super+1", "SHIFT+LOGO+1", 0x31));
        assert_eq!(keys("super+pgup"), read("Super+PageUp", "LOGO+Prior", 0xff55));
        assert_eq!(keys("ctrl+."), read("Ctrl+.", "CTRL+period", 0x2e));
        assert_eq!(keys("f9"), read("F9", "F9", 0xffc6));
        assert_eq!(keys("Ctrl+F24"), read("Ctrl+F24", "CTRL+F24", 0xffd5));
    }

    #[test]
    fn what_is_shown_is_read_again() {
        for text in ["Ctrl+Alt+P", "Shift+Super+Space", "Pause", "Alt+\\", "Super+F12"] {
            assert_eq!(text.parse::<Keys>().map(|keys| keys.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_is_wrong_with_a_text_is_said() {
        for (text, fault) in [
            ("", KeysFault::Empty),
            ("Ctrl++P", KeysFault::Empty),
            ("Ctrl+Alt", KeysFault::NoKey),
            ("Ctrl+P+Q", KeysFault::SeveralKeys),
            ("Ctrl+Control+P", KeysFault::Twice),
            ("Ctrl+Hyper", KeysFault::UnknownKey),
            ("Ctrl+F25", KeysFault::UnknownKey),
            ("Ctrl+F01", KeysFault::UnknownKey),
            ("Ctrl+é", KeysFault::UnknownKey),
            ("P", KeysFault::NoModifier),
            ("Shift+P", KeysFault::NoModifier),
        ] {
            assert_eq!(keys(text), Err(fault), "{text}");
        }
    }
}
