//! Codes agree with `oathtool`, whatever the algorithm, digits, period, counter and secret.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE32_NOPAD;
use passcode_process_tests::home::Home;
use passcode_process_tests::{oathtool, watchdog};
use passcode_proto::profile::Algorithm;
use serde_json::Value;

/// A time-based profile as a service could make it.
struct Profile {
    name: String,
    secret: Vec<u8>,
    algorithm: Algorithm,
    digits: u8,
    period: u32,
}

impl Profile {
    /// One of a hundred: every algorithm with all digits, many periods, and secrets of 1 to 64 bytes.
    fn number(number: usize) -> Self {
        let periods = [1, 10, 15, 30, 45, 60, 90, 3600, 86_400];
        Self {
            name: format!("service {number}"),
            secret: random(1 + number % 64),
            algorithm: [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512][number % 3],
            digits: [6, 7, 8][number / 3 % 3],
            period: periods[number / 9 % periods.len()],
        }
    }

    fn key(&self) -> String {
        let Self { algorithm, digits, period, .. } = self;
        let secret = BASE32_NOPAD.encode(&self.secret);
        format!(
            "otpauth://totp/{}?secret={secret}&algorithm={algorithm}&digits={digits}&period={period}",
            self.name
        )
    }

    fn code_at(&self, at: u64) -> String {
        oathtool::totp(&self.secret, self.algorithm, self.digits, self.period, at)
    }
}

fn random(bytes: usize) -> Vec<u8> {
    let mut secret = vec![0; bytes];
    getrandom::fill(&mut secret).expect("random bytes");
    secret
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs()
}

fn number(answer: &Value, field: &str) -> u64 {
    answer[field].as_u64().unwrap_or_else(|| panic!("{field} is a number"))
}

#[test]
fn a_hundred_time_based_profiles_agree_with_oathtool() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let _agent = home.start();
    let profiles: Vec<Profile> = (0..100).map(Profile::number).collect();
    for profile in &profiles {
        home.pair(&profile.name, &profile.key());
    }
    for profile in &profiles {
        let asked = now();
        let answer: Value =
            serde_json::from_str(&home.print(&["get", &profile.name, "--json"])).unwrap();
        let (from, to) = (number(&answer, "valid_from"), number(&answer, "valid_to"));
        let at = asked.max(from);
        assert_eq!(answer["code"], *profile.code_at(at), "{}", profile.key());
        assert_eq!((from % u64::from(profile.period), to - from), (0, profile.period.into()));
        assert!(at < to && from <= now(), "{from} to {to} is not now");
        assert!((1..=profile.period.into()).contains(&number(&answer, "seconds_left")));
        assert_eq!(
            (&answer["type"], &answer["profile"]),
            (&"totp".into(), &(*profile.name).into())
        );
    }
}

#[test]
fn counter_based_codes_agree_with_oathtool_at_every_magnitude() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let _agent = home.start();
    for digits in [6, 7, 8] {
        let (name, secret) = (format!("token {digits}"), random(20));
        let base32 = BASE32_NOPAD.encode(&secret);
        home.pair_unspent(
            &name,
            &format!("otpauth://hotp/x?secret={base32}&counter=0&digits={digits}"),
        );
        for counter in [0, 9, 1 << 31, u32::MAX.into(), (1 << 32) + 7, (1 << 53) + 1, (1 << 63) - 3]
        {
            home.print(&["hotp", "set", &name, &counter.to_string()]);
            let expected = oathtool::hotp(&secret, digits, counter, 3);
            assert_eq!(home.print(&["get", &name]), expected[0]);
            let answer: Value =
                serde_json::from_str(&home.print(&["get", &name, "--json"])).unwrap();
            assert_eq!(answer["code"], *expected[1]);
            assert_eq!(answer["counter"], (counter + 1).to_string(), "64-bit numbers are text");
            assert_eq!(answer["type"], "hotp");
            assert_eq!(home.print(&["hotp", "show", &name]), (counter + 2).to_string());
        }
    }
}

#[test]
fn a_key_gives_the_same_codes_in_every_spelling_that_services_print() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let _agent = home.start();
    let secret = random(20);
    let base32 = BASE32_NOPAD.encode(&secret);
    let groups: Vec<&str> = (0..8).map(|at| &base32[4 * at..4 * at + 4]).collect();
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let spellings = [
        base32.clone(),
        groups.join(" ").to_lowercase(),
        format!("  {}\r\n", groups.join("-")),
        format!("hex:{hex}"),
        format!("OTPAUTH://TOTP/Ex%20ample:me?Secret={}", base32.to_lowercase()),
        format!("otpauth://totp/?secret={base32}%3D%3D&issuer=&period=30&unknown=1"),
    ];
    for (number, key) in spellings.iter().enumerate() {
        let name = format!("spelling {number}");
        home.pair(&name, key);
        let asked = now();
        let answer: Value = serde_json::from_str(&home.print(&["get", &name, "--json"])).unwrap();
        let at = asked.max(self::number(&answer, "valid_from"));
        assert_eq!(answer["code"], oathtool::totp(&secret, Algorithm::Sha1, 6, 30, at), "{key}");
    }
}
