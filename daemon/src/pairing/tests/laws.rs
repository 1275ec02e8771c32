//! Laws that hold for every text and every key.

use data_encoding::{BASE32, BASE32_NOPAD, HEXLOWER};
use passcode_proto::label::Label;
use passcode_proto::limits;
use passcode_proto::profile::{Algorithm, CodeType};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use crate::otp::Parameters;
use crate::pairing::{KeyFault, Overrides, PairingKey, read};
use crate::secret::Secret;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 1..=64)
}

fn label() -> impl Strategy<Value = Label> {
    "[a-zA-Z0-9äß你 @:./#?&=%+'\"<>_-]{0,40}".prop_map(|text| Label::new(&text).unwrap())
}

fn algorithm() -> impl Strategy<Value = Algorithm> {
    prop_oneof![Just(Algorithm::Sha1), Just(Algorithm::Sha256), Just(Algorithm::Sha512)]
}

fn overrides() -> impl Strategy<Value = Overrides> {
    let (counter, digits) = (any::<Option<u64>>(), any::<Option<u8>>());
    (counter, digits, prop::option::of(algorithm()), any::<Option<u32>>()).prop_map(
        |(counter, digits, algorithm, period)| Overrides { counter, digits, algorithm, period },
    )
}

fn key() -> impl Strategy<Value = PairingKey> {
    let parameters = prop_oneof![
        (algorithm(), limits::DIGITS, 1..=limits::PERIOD)
            .prop_map(|(algorithm, digits, period)| Parameters::totp(algorithm, digits, period)),
        (algorithm(), limits::DIGITS)
            .prop_map(|(algorithm, digits)| Parameters::hotp(algorithm, digits)),
        (1..=limits::PERIOD).prop_map(Parameters::steam),
    ];
    (parameters, bytes(), label(), label(), any::<u64>(), any::<bool>()).prop_map(
        |(parameters, bytes, issuer, account, counter, pin)| {
            let parameters = parameters.unwrap();
            PairingKey {
                parameters,
                secret: Secret::new(bytes),
                issuer,
                account,
                counter: if parameters.kind() == CodeType::Hotp { counter } else { 0 },
                pin_digits: if pin { 4 } else { 0 },
                client_part: None,
                warnings: Vec::new(),
            }
        },
    )
}

/// Writes a key as Google's key URI format has it.
fn printed(key: &PairingKey) -> String {
    let encoded = |label: &Label| utf8_percent_encode(label.as_str(), NON_ALPHANUMERIC).to_string();
    let parameters = key.parameters;
    let (host, moves) = match parameters.kind() {
        CodeType::Totp => ("totp", format!("period={}", parameters.period())),
        CodeType::Hotp => ("hotp", format!("counter={}", key.counter)),
        CodeType::Steam => ("steam", format!("period={}", parameters.period())),
    };
    format!(
        "otpauth://{host}/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm={algorithm}\
         &digits={digits}&{moves}&pin={pin}",
        issuer = encoded(&key.issuer),
        account = encoded(&key.account),
        secret = BASE32_NOPAD.encode(key.secret.expose()),
        algorithm = parameters.algorithm(),
        digits = parameters.digits(),
        pin = key.pin_digits > 0,
    )
}

/// `text` with separators and in the case that `noise` says.
fn scattered(text: &str, noise: &[(bool, u8)]) -> String {
    let noise = noise.iter().copied().chain(std::iter::repeat((false, 0)));
    let mut scattered = String::new();
    for (c, (lower, separator)) in text.chars().zip(noise) {
        scattered.push(if lower { c.to_ascii_lowercase() } else { c });
        scattered.push_str(match separator {
            0..=2 => " ",
            3 => "-",
            4 => "\u{2013} ",
            5 => "\n",
            _ => "",
        });
    }
    scattered
}

/// Everything that may be shown of an outcome, but for the names in the key.
fn shown(outcome: &Result<PairingKey, KeyFault>) -> String {
    match outcome {
        Ok(key) => {
            let sentences: String = key.warnings.iter().map(ToString::to_string).collect();
            format!("{key:?} {sentences}")
        }
        Err(fault) => format!("{fault:?} {fault} {} {}", fault.message(), fault.hint()),
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), overrides in overrides()) {
        let _ = read(&text, &overrides);
    }

    #[test]
    fn no_text_that_begins_like_a_key_makes_the_reader_panic(
        start in "(otpauth://(totp|hotp|steam)/?|steam://|hex:|base32:|0x|<)",
        rest in "[A-Za-z2-7=&?%#:/+<>\"'.é\u{200B} -]{0,120}",
        overrides in overrides(),
    ) {
        let _ = read(&format!("{start}{rest}"), &overrides);
    }

    #[test]
    fn a_key_that_was_printed_reads_back_the_same(key in key()) {
        let mut again = read(&printed(&key), &Overrides::default()).unwrap();
        again.warnings.clear();
        prop_assert_eq!(again, key);
    }

    #[test]
    fn neither_case_nor_groups_nor_padding_change_a_secret(
        bytes in bytes(),
        noise in prop::collection::vec((any::<bool>(), 0..12_u8), 0..110),
        padding in "={0,9}",
    ) {
        // The mark keeps secrets that look like 12 digits from being an organisation's key.
        let base32 = scattered(&BASE32_NOPAD.encode(&bytes), &noise);
        let hex = scattered(&HEXLOWER.encode(&bytes), &noise);
        let parameter = utf8_percent_encode(&base32, NON_ALPHANUMERIC).to_string();
        for text in [
            format!("base32:{}", BASE32.encode(&bytes)),
            format!("base32:{base32}{padding}"),
            format!("steam://{base32}{padding}"),
            format!("hex:{hex}"),
            format!("otpauth://totp/a?secret={parameter}{padding}"),
        ] {
            let key = read(&text, &Overrides::default()).unwrap();
            prop_assert_eq!(key.secret.expose(), &bytes[..], "{:?}", text);
        }
    }

    #[test]
    fn nothing_of_a_secret_is_ever_shown(
        bytes in prop::collection::vec(any::<u8>(), 10..40),
        stranger in any::<char>(),
        at in 0..16_usize,
        before in "(otpauth://[th]otp/a\\?secret=|steam://|base32:|pia://|https://|hex:|\\{|<\\?xml |x://)?",
        after in "(&digits=9|&algorithm=MD5|&secret=AAAA|&counter=-1|&2step_salt=8)?",
    ) {
        let mut secret = BASE32_NOPAD.encode(&bytes);
        let whole = secret.clone();
        secret.insert(at, stranger);
        for secret in [whole, secret] {
            let shown = shown(&read(&format!("{before}{secret}{after}"), &Overrides::default()));
            let signs: Vec<char> = secret.chars().collect();
            for window in signs.windows(6) {
                let part: String = window.iter().collect();
                prop_assert!(!shown.contains(&part), "{shown:?} shows a part of {secret:?}");
            }
        }
    }

    #[test]
    fn what_the_user_says_is_what_comes_out(key in key(), overrides in overrides()) {
        if let Ok(read) = read(&printed(&key), &overrides) {
            let parameters = read.parameters;
            prop_assert_eq!(overrides.counter.unwrap_or(key.counter), read.counter);
            prop_assert_eq!(overrides.digits.unwrap_or(parameters.digits()), parameters.digits());
            prop_assert_eq!(overrides.period.unwrap_or(parameters.period()), parameters.period());
            let algorithm = overrides.algorithm.unwrap_or(parameters.algorithm());
            prop_assert_eq!(algorithm, parameters.algorithm());
        }
    }
}
