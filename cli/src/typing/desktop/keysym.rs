//! What the X Window System calls the characters that keys produce ("X11 protocol", appendix A); portals do so too.

use passcode_proto::SecretText;
use zeroize::Zeroizing;

use crate::typing::Manner;

/// A name for what a key produces.
pub type Keysym = u32;

/// The key Return.
const RETURN: Keysym = 0xff0d;

/// Where Unicode's characters begin that have no older name.
const UNICODE: Keysym = 0x0100_0000;

/// What produces this character.
pub fn of(character: char) -> Keysym {
    match u32::from(character) {
        code @ (0x20..=0x7e | 0xa0..=0xff) => code,
        code => UNICODE + code,
    }
}

/// The capital form of what a key produces, or the same where there is none.
pub fn upper(keysym: Keysym) -> Keysym {
    changed(keysym, |character| single(character.to_uppercase()))
}

/// The small form of what a key produces, or the same where there is none.
pub fn lower(keysym: Keysym) -> Keysym {
    changed(keysym, |character| single(character.to_lowercase()))
}

fn changed(keysym: Keysym, change: impl Fn(char) -> Option<char>) -> Keysym {
    let code = match keysym {
        0x20..=0x7e | 0xa0..=0xff => keysym,
        _ => keysym.saturating_sub(UNICODE),
    };
    char::from_u32(code).filter(|_| code > 0).and_then(change).map_or(keysym, of)
}

fn single(mut characters: impl ExactSizeIterator<Item = char>) -> Option<char> {
    characters.next().filter(|_| characters.len() == 0)
}

/// What is to be typed for `text`.
pub fn of_text(text: &SecretText, manner: Manner) -> Zeroizing<Vec<Keysym>> {
    let text = text.expose();
    let mut keysyms = Zeroizing::new(Vec::with_capacity(text.len() + 1));
    keysyms.extend(text.chars().map(of));
    keysyms.extend(manner.enter.then_some(RETURN));
    keysyms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_have_their_old_names_and_others_their_number() {
        assert_eq!((of('7'), of('~'), of('é'), of('ÿ')), (0x37, 0x7e, 0xe9, 0xff));
        assert_eq!((of('€'), of('П')), (0x0100_20ac, 0x0100_041f));
    }

    #[test]
    fn letters_have_two_forms_and_all_else_has_one() {
        assert_eq!((upper(of('k')), lower(of('K'))), (of('K'), of('k')));
        assert_eq!((upper(of('é')), lower(of('П'))), (of('É'), of('п')));
        for alone in [of('7'), of('ß'), RETURN, 0xfe03, 0] {
            assert_eq!((upper(alone), lower(alone)), (alone, alone), "{alone:x}");
        }
    }
}
