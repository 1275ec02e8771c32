//! Which of the keys in pictures is meant: the only one, the one that an option names, or the one that the user chooses
//! from a list. The list shows issuers and accounts and never a key.

use passcode_proto::SecretText;
use passcode_proto::limits::EXPORT_BYTES;
use passcode_proto::scanned::{Candidate, Other, Scanned};

use super::no_key;
use crate::output::Failure;
use crate::terminal;

/// Chooses a key; what the user is to see goes to `tell`.
pub fn choose(
    found: Scanned,
    pick: Option<usize>,
    may_ask: bool,
    tell: &mut impl FnMut(&str),
) -> Result<SecretText, Failure> {
    let Scanned { mut keys, others } = found;
    let count = keys.len();
    let chosen = match (count, pick) {
        (0, _) => return Err(none(&others)),
        (_, Some(place)) if place > count => return Err(no_such(count)),
        (_, Some(place)) => place,
        (1, None) => 1,
        (_, None) => {
            tell(&list(&keys));
            if !may_ask {
                return Err(several(count));
            }
            read_place(&terminal::ask_line(&format!("Which one? [1-{count}] "))?, count)?
        }
    };
    let key = keys.swap_remove(chosen - 1);
    if key.is_too_long() {
        let message = format!("The export is longer than {EXPORT_BYTES} bytes.");
        return Err(no_key(&message, "Export fewer accounts at once, and pair several times."));
    }
    Ok(key.key)
}

fn read_place(answer: &str, count: usize) -> Result<usize, Failure> {
    let place = answer.trim().parse().ok().filter(|place| (1..=count).contains(place));
    place.ok_or_else(|| no_such(count))
}

fn list(keys: &[Candidate]) -> String {
    let lines = keys.iter().zip(1..).map(|(key, place)| format!("  {place}  {}", key.title));
    format!("Pairing keys that were found:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

fn several(count: usize) -> Failure {
    Failure::usage(
        format!("{count} pairing keys were found, and there is nobody to choose."),
        format!("Choose one with --pick N, from 1 to {count}."),
    )
}

fn no_such(count: usize) -> Failure {
    Failure::usage(
        format!("There is no such key; {count} were found.").replace("; 1 were", "; 1 was"),
        format!("Choose one from 1 to {count}."),
    )
}

fn none(others: &[Other]) -> Failure {
    let hint = "Show the QR code that the service's page shows for authenticator apps.";
    match others {
        [] => no_key("There is no pairing key.", hint),
        [one] => no_key(&format!("The QR code holds {one}, not a pairing key."), hint),
        all => no_key(&format!("None of the {} QR codes holds a pairing key.", all.len()), hint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(texts: &[&str], pick: Option<usize>) -> (Result<String, String>, String) {
        let texts = texts.iter().map(|text| SecretText::new((*text).to_owned())).collect();
        let mut told = String::new();
        let key = choose(Scanned::sort(texts), pick, false, &mut |text: &str| told.push_str(text));
        let key = key.map(|key| key.expose().to_owned());
        (key.map_err(|failure| failure.message().to_owned()), told)
    }

    const ALICE: &str = "otpauth://totp/ACME:alice?secret=GEZDGNBV";
    const BOB: &str = "otpauth://totp/ACME:bob?secret=GEZDGNBV";

    #[test]
    fn the_only_key_is_taken_whatever_else_there_is() {
        assert_eq!(
            chosen(&["https://a/", ALICE, "hello"], None),
            (Ok(ALICE.into()), String::new())
        );
    }

    #[test]
    fn several_keys_are_listed_by_their_names_alone() {
        let (key, told) = chosen(&[ALICE, "https://a/", BOB], None);
        assert_eq!(key.unwrap_err(), "2 pairing keys were found, and there is nobody to choose.");
        assert_eq!(told, "Pairing keys that were found:\n  1  ACME: alice\n  2  ACME: bob");
    }

    #[test]
    fn one_of_several_can_be_picked_by_its_place_in_the_list() {
        assert_eq!(chosen(&[ALICE, "https://a/", BOB], Some(2)).0, Ok(BOB.into()));
        assert_eq!(
            chosen(&[ALICE, BOB], Some(3)).0.unwrap_err(),
            "There is no such key; 2 were found."
        );
    }

    #[test]
    fn an_answer_is_a_number_of_the_list() {
        assert_eq!(read_place(" 2\n", 2).ok(), Some(2));
        assert!(["", "0", "3", "-1", "one"].iter().all(|text| read_place(text, 2).is_err()));
    }

    #[test]
    fn a_code_that_is_no_key_is_named() {
        let said = |texts: &[&str]| chosen(texts, None).0.unwrap_err();
        assert_eq!(
            said(&["https://a/"]),
            "The QR code holds the address of a web page, not a pairing key."
        );
        assert_eq!(
            said(&["WIFI:S:home;P:hunter22;;"]),
            "The QR code holds the password of a wireless network, not a pairing key."
        );
        assert_eq!(said(&["a", "b"]), "None of the 2 QR codes holds a pairing key.");
    }

    #[test]
    fn an_export_that_is_too_long_is_not_sent() {
        let part =
            |at: char| format!("otpauth-migration://offline?data={}", at.to_string().repeat(9000));
        let parts: Vec<String> = ('a'..='f').map(part).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        assert!(chosen(&parts, None).0.unwrap_err().starts_with("The export is longer"));
        assert!(chosen(&parts[..5], None).0.is_ok());
    }
}
