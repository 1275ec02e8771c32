//! Promises of how scanned texts are sorted and shown.

use super::*;

fn sorted(texts: &[&str]) -> (Vec<String>, Vec<Other>) {
    let texts = texts.iter().map(|text| SecretText::new((*text).to_owned())).collect();
    let Scanned { keys, others } = Scanned::sort(texts);
    (keys.iter().map(|key| key.title.to_string()).collect(), others)
}

fn title(text: &str) -> String {
    sorted(&[text]).0.pop().unwrap()
}

#[test]
fn a_key_is_shown_by_issuer_and_account_and_never_by_its_secret() {
    for (text, shown) in [
        ("otpauth://totp/ACME:alice?secret=GEZDGNBV&issuer=ACME", "ACME: alice"),
        (
            "otpauth://totp/ACME%20Co:alice%40example.org?secret=GEZDGNBV",
            "ACME Co: alice@example.org",
        ),
        ("OTPAUTH://HOTP/alice?secret=GEZDGNBV&ISSUER=A+B%26C", "A B&C: alice"),
        ("otpauth://totp/alice?secret=GEZDGNBV&issuer=", "alice"),
        ("otpauth://totp/?secret=GEZDGNBV", "a key without a name"),
        ("otpauth://totp", "a key without a name"),
        ("otpauth://totp/50%?secret=GEZDGNBV", "50%"),
        ("steam://GEZDGNBV", "a secret without a name"),
        ("GEZD GNBV GY3T QOJQ", "a secret without a name"),
        ("123456 789012", "an organisation's key"),
        ("123456789012@id.example.org", "an organisation's key"),
        ("passcode://pair?key=123456789012", "an organisation's key"),
        ("otpauth-migration://offline?data=Ci", "an export of Google Authenticator"),
    ] {
        assert_eq!(title(text), shown, "{text}");
    }
}

#[test]
fn a_name_that_would_forge_a_line_is_not_shown() {
    assert_eq!(title("otpauth://totp/a%0A2)%20b:c?secret=GEZDGNBV"), "c");
    assert_eq!(title("otpauth://totp/ACME:%1B%5B31m?secret=GEZDGNBV"), "ACME");
    assert_eq!(title(&format!("otpauth://totp/{}", "a".repeat(300))), "a key without a name");
}

#[test]
fn what_is_no_key_is_named() {
    let (keys, others) = sorted(&[
        "https://example.org/",
        "WIFI:S:home;T:WPA;P:hunter22;;",
        "BEGIN:VCARD\nEND:VCARD",
        "hello",
        "4006381333931",
    ]);
    assert!(keys.is_empty());
    assert_eq!(others, [Other::WebPage, Other::Network, Other::Contact, Other::Text, Other::Text]);
}

#[test]
fn parts_of_an_export_become_one_key_and_what_is_there_twice_counts_once() {
    let texts = ["otpauth-migration://offline?data=B", "GEZDGNBVGY3TQOJQ", "hello"];
    let again = ["otpauth-migration://offline?data=A", "GEZDGNBVGY3TQOJQ", "hello"];
    let texts = [texts, again].concat();
    let texts = texts.iter().map(|text| SecretText::new((*text).to_owned())).collect();
    let Scanned { keys, others } = Scanned::sort(texts);
    assert_eq!(keys[0].title.to_string(), "an export of Google Authenticator, 2 parts");
    let joined = "otpauth-migration://offline?data=B\notpauth-migration://offline?data=A";
    assert_eq!(keys[0].key.expose(), joined);
    assert_eq!((keys.len(), others.len()), (2, 1));
}
