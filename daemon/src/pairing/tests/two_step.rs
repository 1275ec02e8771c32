//! Secrets that are made in two steps. The expected ones were computed by Python's `hashlib`.

use data_encoding::{BASE32_NOPAD, DecodeError};
use passcode_proto::profile::Algorithm;

use crate::pairing::{KeyFault, Overrides, PairingKey, read, read_with};
use crate::secret::Secret;

const KEY: &str = "otpauth://totp/TOTP0001?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&period=30&digits=6\
    &creator=privacyidea&issuer=privacyIDEA&serial=TOTP0001";

/// Reads a key with the part 1, 2, 3 …
fn made(asked: &str) -> Result<PairingKey, KeyFault> {
    let part = |length: usize| Some(Secret::new((1..=length as u8).collect()));
    read_with(&format!("{KEY}{asked}"), &Overrides::default(), &part)
}

fn secret(key: &PairingKey) -> String {
    BASE32_NOPAD.encode(key.secret.expose())
}

fn part(key: &PairingKey) -> &str {
    key.client_part.as_ref().unwrap().expose()
}

#[test]
fn both_parts_make_the_secret_as_the_server_makes_it() {
    let key = made("&2step_salt=8&2step_output=20&2step_difficulty=10000").unwrap();
    assert_eq!(secret(&key), "5DMRQW2BRRVZUY3FNOLT7EX3BQVBDHT7");
    assert_eq!(part(&key), "3VLYHPABAIBQIBIGA4EA");
    let key = made("&2step_salt=16&2step_output=32&2step_difficulty=20000&algorithm=SHA256");
    let key = key.unwrap();
    assert_eq!(secret(&key), "CX4FHYHTOPLJSJRMV7UOB4HY436FEU7IYGK5HU7Z5F423VWDZLFA");
    assert_eq!(part(&key), "FTCCTAYBAIBQIBIGA4EASCQLBQGQ4DYQ");
    assert_eq!(key.parameters.algorithm(), Algorithm::Sha256);
    let key = made("&2step_salt=8&2step_output=64&2step_difficulty=1000&algorithm=SHA512").unwrap();
    assert!(secret(&key).starts_with("JQCKPLN27K23DPHADQPZ733LTUIRCSDI55FUJDJGRWC4FYJPWTQ3HWNY"));
}

#[test]
fn what_a_key_does_not_say_is_what_the_server_usually_does() {
    let whole = made("&2step_salt=8&2step_output=20&2step_difficulty=10000").unwrap();
    for asked in ["&2step_salt=8", "&2step_output=20", "&2step_difficulty=", "&2STEP_Salt=8"] {
        assert_eq!(made(asked).unwrap(), whole, "{asked}");
    }
    let longer = made("&algorithm=SHA512&2step_difficulty=1").unwrap();
    assert_eq!(longer.secret.expose().len(), 64);
}

#[test]
fn a_second_step_out_of_range_is_refused() {
    for asked in [
        "2step_salt=0",
        "2step_salt=65",
        "2step_salt=-8",
        "2step_salt=eight",
        "2step_output=0",
        "2step_output=19",
        "2step_output=1025",
        "2step_output=18446744073709551616",
        "2step_difficulty=0",
        "2step_difficulty=1000001",
        "2step_difficulty=4294967297",
    ] {
        assert_eq!(made(&format!("&{asked}")).map(|_| ()), Err(KeyFault::TwoStep), "{asked}");
    }
    let twice = KeyFault::TwoValues { parameter: "2step_salt" };
    assert_eq!(made("&2step_salt=8&2step_salt=9").map(|_| ()), Err(twice));
}

#[test]
fn the_part_is_random_and_its_sum_tells_a_slip() {
    let asked = format!("{KEY}&2step_salt=64&2step_difficulty=1");
    let [one, other] = [(), ()].map(|()| read(&asked, &Overrides::default()).unwrap());
    assert_ne!(one.secret, other.secret);
    assert_ne!(one.client_part, other.client_part);
    let typed: Result<Vec<u8>, DecodeError> = BASE32_NOPAD.decode(part(&one).as_bytes());
    assert_eq!(typed.unwrap().len(), 4 + 64);
}

#[test]
fn without_random_bytes_there_is_no_second_step() {
    let none = |_| None;
    let refused = read_with(&format!("{KEY}&2step_salt=8"), &Overrides::default(), &none);
    assert_eq!(refused.map(|_| ()), Err(KeyFault::NoRandomness));
}

#[test]
fn a_secret_that_is_whole_has_no_second_step_and_no_part_is_shown() {
    assert_eq!(made("").unwrap().client_part, None);
    let key = made("&2step_salt=8").unwrap();
    let shown = format!("{key:?}");
    assert!(!shown.contains(&secret(&key)) && !shown.contains(part(&key)), "{shown}");
}
