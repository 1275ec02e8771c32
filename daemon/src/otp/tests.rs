//! The vectors of both RFCs, known Steam codes, and an independent HMAC that every code must agree with.

use data_encoding::BASE32;
use hmac::{Hmac, KeyInit, Mac};
use passcode_proto::limits;
use passcode_proto::profile::{Algorithm, CodeType};
use proptest::prelude::*;

use super::{ParameterFault, Parameters, STEAM_DIGITS, Step, is_weak};
use crate::secret::Secret;

const DECIMAL: &[u8] = b"0123456789";
const STEAM: &[u8] = b"23456789BCDFGHJKMNPQRTVWXY";
const RFC_SECRET: &[u8] = b"12345678901234567890";

fn secret(bytes: &[u8]) -> Secret {
    Secret::new(bytes.to_vec())
}

fn code_at(parameters: Parameters, secret: &Secret, time: u64) -> String {
    let step = parameters.step_at(time).unwrap();
    parameters.code(secret, step.number).expose().to_owned()
}

#[test]
fn hotp_gives_the_codes_of_rfc_4226_appendix_d() {
    let parameters = Parameters::hotp(Algorithm::Sha1, 6).unwrap();
    let codes =
        (0..10).map(|counter| parameters.code(&secret(RFC_SECRET), counter).expose().to_owned());
    let expected = [
        "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
        "520489",
    ];
    assert!(codes.eq(expected));
}

#[test]
fn totp_gives_the_codes_of_rfc_6238_appendix_b() {
    let vectors = [
        (59, ["94287082", "46119246", "90693936"]),
        (1_111_111_109, ["07081804", "68084774", "25091201"]),
        (1_111_111_111, ["14050471", "67062674", "99943326"]),
        (1_234_567_890, ["89005924", "91819424", "93441116"]),
        (2_000_000_000, ["69279037", "90698825", "38618901"]),
        (20_000_000_000, ["65353130", "77737706", "47863826"]),
    ];
    // RFC 6238's text gives one seed; its code (Appendix A) has one of the hash's length for each hash.
    let seeds = [(Algorithm::Sha1, 20), (Algorithm::Sha256, 32), (Algorithm::Sha512, 64)];
    for (time, codes) in vectors {
        for ((algorithm, length), expected) in seeds.into_iter().zip(codes) {
            let seed: Vec<u8> = RFC_SECRET.iter().copied().cycle().take(length).collect();
            let parameters = Parameters::totp(algorithm, 8, 30).unwrap();
            assert_eq!(
                code_at(parameters, &secret(&seed), time),
                expected,
                "{algorithm} at {time}"
            );
        }
    }
}

#[test]
fn steam_gives_the_codes_that_the_steam_app_gave() {
    let parameters = Parameters::steam(30).unwrap();
    for (key, time, expected) in [
        ("63BEDWCQZKTQWPESARIERL5DTTQFCJTK", 1_511_200_518, "FR8RV"),
        ("63BEDWCQZKTQWPESARIERL5DTTQFCJTK", 1_511_200_714, "9P3VP"),
        ("HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ", 1_672_531_200, "7W6CJ"),
    ] {
        let key = secret(&BASE32.decode(key.as_bytes()).unwrap());
        assert_eq!(code_at(parameters, &key, time), expected);
    }
}

#[test]
fn a_step_begins_where_the_one_before_it_ends() {
    let parameters = Parameters::totp(Algorithm::Sha1, 6, 30).unwrap();
    let first = Step { number: 0, valid_from: 0, valid_to: 30 };
    let second = Step { number: 1, valid_from: 30, valid_to: 60 };
    for (time, step) in [(0, first), (29, first), (30, second), (59, second)] {
        assert_eq!(parameters.step_at(time), Some(step));
    }
}

#[test]
fn the_last_step_of_time_has_an_end() {
    let parameters = Parameters::totp(Algorithm::Sha1, 6, limits::PERIOD).unwrap();
    let step = parameters.step_at(u64::MAX).unwrap();
    assert!(step.valid_from < step.valid_to);
    assert_eq!(step.valid_to, u64::MAX);
}

#[test]
fn counter_based_passcodes_have_no_time_steps() {
    assert_eq!(Parameters::hotp(Algorithm::Sha1, 6).unwrap().step_at(59), None);
}

#[test]
fn numbers_of_digits_outside_6_to_8_are_refused() {
    for digits in [0, 1, 5, 9, 10, 255] {
        assert_eq!(Parameters::totp(Algorithm::Sha1, digits, 30), Err(ParameterFault::Digits));
        assert_eq!(Parameters::hotp(Algorithm::Sha1, digits), Err(ParameterFault::Digits));
    }
}

#[test]
fn periods_of_nothing_and_of_more_than_a_day_are_refused() {
    for period in [0, 86_401, u32::MAX] {
        assert_eq!(Parameters::totp(Algorithm::Sha1, 6, period), Err(ParameterFault::Period));
        assert_eq!(Parameters::steam(period), Err(ParameterFault::Period));
    }
}

#[test]
fn a_secret_is_weak_below_128_bits() {
    assert!(is_weak(&secret(&[0; 15])));
    assert!(!is_weak(&secret(&[0; 16])));
}

/// RFC 4226 §5.3, written without the library that the product uses. Steam takes the digits of its
/// alphabet from the low end, decimal codes from the high end.
fn oracle(parameters: Parameters, secret: &[u8], moving_factor: u64) -> String {
    let mac = match parameters.algorithm() {
        Algorithm::Sha1 => mac::<Hmac<sha1::Sha1>>(secret, moving_factor),
        Algorithm::Sha256 => mac::<Hmac<sha2::Sha256>>(secret, moving_factor),
        Algorithm::Sha512 => mac::<Hmac<sha2::Sha512>>(secret, moving_factor),
    };
    let offset = usize::from(mac[mac.len() - 1] & 0xf);
    let four = mac[offset..offset + 4].try_into().unwrap();
    let mut value = u64::from(u32::from_be_bytes(four) & 0x7fff_ffff);
    let alphabet = if parameters.kind() == CodeType::Steam { STEAM } else { DECIMAL };
    let radix = alphabet.len() as u64;
    let mut code = String::new();
    for _ in 0..parameters.digits() {
        code.push(char::from(alphabet[(value % radix) as usize]));
        value /= radix;
    }
    if parameters.kind() == CodeType::Steam { code } else { code.chars().rev().collect() }
}

fn mac<M: Mac + KeyInit>(secret: &[u8], moving_factor: u64) -> Vec<u8> {
    let mac = <M as KeyInit>::new_from_slice(secret).unwrap();
    mac.chain_update(moving_factor.to_be_bytes()).finalize().into_bytes().to_vec()
}

fn algorithm() -> impl Strategy<Value = Algorithm> {
    prop_oneof![Just(Algorithm::Sha1), Just(Algorithm::Sha256), Just(Algorithm::Sha512)]
}

fn parameters() -> impl Strategy<Value = Parameters> {
    let (digits, period) = (limits::DIGITS, 1..=limits::PERIOD);
    prop_oneof![
        (algorithm(), digits.clone(), period.clone())
            .prop_map(|(algorithm, digits, period)| Parameters::totp(algorithm, digits, period)),
        (algorithm(), digits).prop_map(|(algorithm, digits)| Parameters::hotp(algorithm, digits)),
        period.prop_map(Parameters::steam),
    ]
    .prop_map(Result::unwrap)
}

fn moving_factor() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), 0..100_000_000_u64, Just(u64::MAX)]
}

proptest! {
    #[test]
    fn every_code_is_that_of_an_independent_hmac(
        parameters in parameters(),
        bytes in prop::collection::vec(any::<u8>(), 1..=limits::SECRET_BYTES),
        factor in moving_factor(),
    ) {
        let code = parameters.code(&secret(&bytes), factor);
        prop_assert_eq!(code.expose(), oracle(parameters, &bytes, factor));
        prop_assert_eq!(code.expose().len(), usize::from(parameters.digits()));
    }

    #[test]
    fn every_moment_is_in_its_step(parameters in parameters(), time in moving_factor()) {
        let Some(step) = parameters.step_at(time) else {
            prop_assert_eq!(parameters.kind(), CodeType::Hotp);
            return Ok(());
        };
        prop_assert!(step.valid_from <= time && time - step.valid_from < u64::from(parameters.period()));
        prop_assert!(time < step.valid_to || step.valid_to == u64::MAX);
        prop_assert_eq!(step.number, time / u64::from(parameters.period()));
    }

    #[test]
    fn parameters_that_exist_are_in_range(parameters in parameters()) {
        match parameters.kind() {
            CodeType::Steam => prop_assert_eq!(parameters.digits(), STEAM_DIGITS),
            CodeType::Totp | CodeType::Hotp => prop_assert!(limits::DIGITS.contains(&parameters.digits())),
        }
    }
}

#[test]
fn the_last_counter_has_a_code() {
    let parameters = Parameters::hotp(Algorithm::Sha512, 8).unwrap();
    let code = parameters.code(&secret(RFC_SECRET), u64::MAX);
    assert_eq!(code.expose(), oracle(parameters, RFC_SECRET, u64::MAX));
}
