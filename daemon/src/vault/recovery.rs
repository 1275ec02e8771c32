//! The recovery code: 128 random bits that open the vault in the place of a forgotten PIN, once. Written down by the
//! user as 26 characters of base32 (RFC 4648) in groups; typed again with or without dashes, blanks and case.

use data_encoding::BASE32_NOPAD;
use passcode_proto::SecretText;
use zeroize::Zeroizing;

use super::seal::NoRandomness;
use super::slot::random_secret;
use crate::secret::Secret;

const CODE_BYTES: usize = 16;
/// Characters of a code, and of a group of them.
const CHARACTERS: usize = 26;
const GROUP: usize = 5;

/// A new code, and how it is shown.
pub fn new_code() -> Result<(Secret, SecretText), NoRandomness> {
    let code = random_secret(CODE_BYTES)?;
    let text = spell(&code);
    Ok((code, text))
}

fn spell(code: &Secret) -> SecretText {
    let mut characters = Zeroizing::new([0; CHARACTERS]);
    BASE32_NOPAD.encode_mut(code.expose(), &mut *characters);
    let mut text = String::with_capacity(CHARACTERS + CHARACTERS / GROUP);
    for (number, character) in characters.iter().enumerate() {
        if number > 0 && number % GROUP == 0 {
            text.push('-');
        }
        text.push(char::from(*character));
    }
    SecretText::new(text)
}

/// The code that was typed; none when it cannot be one. `0`, `1` and `8`, which are no characters of it, are taken for
/// the letters that they look like.
pub fn parse(typed: &Secret) -> Option<Secret> {
    let mut characters = Zeroizing::new([0; CHARACTERS]);
    let mut count = 0;
    for byte in typed.expose().iter().filter(|byte| !matches!(byte, b'-' | b' ' | b'\t')) {
        let place = characters.get_mut(count)?;
        *place = match byte.to_ascii_uppercase() {
            b'0' => b'O',
            b'1' => b'I',
            b'8' => b'B',
            other => other,
        };
        count += 1;
    }
    if count < CHARACTERS {
        return None;
    }
    let mut code = Zeroizing::new(vec![0; CODE_BYTES]);
    BASE32_NOPAD.decode_mut(&*characters, &mut code).ok()?;
    Some(Secret::new(std::mem::take(&mut code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Secret {
        Secret::new(text.as_bytes().to_vec())
    }

    #[test]
    fn a_code_is_read_as_it_was_shown_and_as_people_type_it() {
        let (code, shown) = new_code().unwrap();
        let shown = shown.expose();
        assert_eq!(shown.len(), 31);
        let (lower, blanks) = (shown.to_lowercase(), shown.replace('-', " "));
        let (bare, alike) = (shown.replace('-', ""), shown.replace('O', "0").replace('I', "1"));
        for text in [shown, &lower, &blanks, &bare, &alike] {
            assert_eq!(parse(&typed(text)), Some(code.clone()), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_a_code_is_none() {
        let (_, shown) = new_code().unwrap();
        let shown = shown.expose();
        for text in ["", "2468", &shown[1..], &format!("{shown}A"), &shown.replace('-', "9-")] {
            assert_eq!(parse(&typed(text)), None, "{text}");
        }
    }
}
