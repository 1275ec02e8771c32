//! Pairing with an organisation's service by a key of 12 digits, and what becomes of it when anything fails.

use data_encoding::BASE64URL_NOPAD;
use passcode_daemon::ports::courier::{Reply, Undelivered};
use passcode_daemon::ports::fake::courier::json;
use passcode_daemon::rules::{Network, Rules};
use passcode_proto::FaultCode;
use passcode_proto::request::{Pair, PolicyRefresh, Status, Unpair};
use passcode_tests::rig::organisation::{Organisation, problem};
use passcode_tests::rig::watchdog::{LIMIT, watched, with_agent};
use passcode_tests::rig::{Rig, asks, keys};

const SERVICE: &str = "https://id.example.org";

#[test]
fn a_key_of_12_digits_is_exchanged_for_a_profile_and_its_first_code() {
    with_agent(async |rig| {
        let organisation = Organisation::at(&rig, SERVICE);
        let mut client = rig.client();
        let paired = client.pair(&organisation.show_key(), "work").await;
        let profile = paired.profile.expect("a profile");
        assert_eq!(
            (profile.issuer.as_str(), profile.account.as_str()),
            ("Example Corp", "alice@example.org")
        );
        assert_eq!(
            profile.service.map(|service| service.to_string()),
            Some("id.example.org".into())
        );
        assert_eq!(paired.first.unwrap().code.expose(), keys::RFC_CODES[0]);
        assert_eq!(paired.fingerprint.map(|text| text.len()), Some("ABCD-EFGH".len()));
        assert_eq!(client.code("work").await, keys::RFC_CODES[1]);
        assert_eq!(organisation.devices(), 1);
    });
}

#[test]
fn the_service_of_a_key_is_the_one_that_it_names_or_the_user_or_the_configuration() {
    with_agent(async |rig| {
        let organisation = Organisation::at(&rig, SERVICE);
        let digits = || organisation.show_key()[..12].to_owned();
        let mut client = rig.client();
        assert_eq!(client.refused(asks::pair(&digits(), "none")).await, FaultCode::NoService);
        let named = |service: &str, key: String| Pair {
            service: Some(service.to_owned()),
            ..asks::pair(&key, service)
        };
        client.ask(named("id.example.org", digits())).await.unwrap();
        for bad in ["http://id.example.org", "https://id.example.org/pair", "", "a b"] {
            assert_eq!(client.refused(named(bad, digits())).await, FaultCode::BadService, "{bad}");
        }
        let both = named("https://other.example", organisation.show_key());
        assert_eq!(client.refused(both).await, FaultCode::BadService);
        let link = format!("passcode://pair?key={}&service=https%3A%2F%2Fid.example.org", digits());
        client.pair(&link, "link").await;
    });
    let network = Network { service: Some(SERVICE.parse().unwrap()), ..Network::default() };
    watched(LIMIT, async move || {
        let mut rig = Rig::prepare();
        rig.rules = Rules { network, ..Rules::default() };
        rig.start_again();
        let organisation = Organisation::at(&rig, SERVICE);
        let key = organisation.show_key();
        rig.client().pair(&format!("Your key: {}", &key[..12]), "usual").await;
    });
}

#[test]
fn an_organisation_says_itself_how_its_passcodes_are_made() {
    with_agent(async |rig| {
        let organisation = Organisation::at(&rig, SERVICE);
        let digits = Pair { digits: Some(8), ..asks::pair(&organisation.show_key(), "work") };
        assert_eq!(rig.client().refused(digits).await, FaultCode::BadRequest);
    });
}

#[test]
fn a_key_that_the_service_refuses_says_why_and_leaves_nothing() {
    with_agent(async |rig| {
        let organisation = Organisation::at(&rig, SERVICE);
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "other").await;
        let before = rig.stores.stored().len();
        let unknown = format!("111122223333@{SERVICE}");
        assert_eq!(client.refused(asks::pair(&unknown, "work")).await, FaultCode::KeyUnknown);
        let expired = organisation.show_key();
        organisation.expire_keys();
        assert_eq!(client.refused(asks::pair(&expired, "work")).await, FaultCode::KeyExpired);
        assert_eq!(rig.stores.stored().len(), before, "no device is left");
        client.pair(&organisation.show_key(), "work").await;
    });
}

#[test]
fn a_key_that_was_paired_here_is_not_paired_twice() {
    with_agent(async |rig| {
        let organisation = Organisation::at(&rig, SERVICE);
        let mut client = rig.client();
        let key = organisation.show_key();
        client.pair(&key, "work").await;
        assert_eq!(client.refused(asks::pair(&key, "again")).await, FaultCode::AlreadyPaired);
        assert_eq!(organisation.devices(), 1);
    });
}

#[test]
fn a_key_typed_into_two_computers_is_used_on_the_second() {
    with_agent(async |rig| {
        let organisation = Organisation::at(&rig, SERVICE);
        let key = organisation.show_key();
        rig.client().pair(&key, "work").await;
        let mut other = Rig::prepare();
        other.courier = rig.courier.clone();
        other.start_again();
        assert_eq!(other.client().refused(asks::pair(&key, "work")).await, FaultCode::KeyUsed);
    });
}

#[test]
fn whatever_keeps_the_service_from_answering_the_same_key_can_be_tried_again() {
    with_agent(async |rig| {
        let organisation = Organisation::at(&rig, SERVICE);
        let mut client = rig.client();
        let key = organisation.show_key();
        for (why, code) in [
            (Undelivered::UnknownHost, FaultCode::ServiceUnreachable),
            (Undelivered::Unreachable, FaultCode::ServiceUnreachable),
            (Undelivered::Late, FaultCode::ServiceUnreachable),
            (Undelivered::CutOff, FaultCode::ServiceUnreachable),
            (Undelivered::ProxyAway, FaultCode::ServiceUnreachable),
            (Undelivered::ProxyLogin, FaultCode::ServiceUnreachable),
            (Undelivered::ProxyRefuses, FaultCode::ServiceUnreachable),
            (Undelivered::Failed, FaultCode::ServiceUnreachable),
            (Undelivered::NotHttps, FaultCode::ServiceUntrusted),
            (Undelivered::UnknownAuthority, FaultCode::ServiceUntrusted),
            (Undelivered::WrongName, FaultCode::ServiceUntrusted),
            (Undelivered::OutOfDate, FaultCode::ServiceUntrusted),
            (Undelivered::BadCertificate, FaultCode::ServiceUntrusted),
            (Undelivered::NoAuthorityFile, FaultCode::ServiceUntrusted),
            (Undelivered::TooLong, FaultCode::ServiceAnswer),
        ] {
            organisation.go_away(why);
            assert_eq!(client.refused(asks::pair(&key, "work")).await, code, "{why:?}");
        }
        organisation.mend();
        assert_eq!(
            client.pair(&key, "work").await.first.unwrap().code.expose(),
            keys::RFC_CODES[0]
        );
        assert_eq!(organisation.devices(), 1);
    });
}

#[test]
fn an_answer_that_is_none_of_the_service_is_never_believed() {
    type Spoil = fn(Reply) -> Reply;
    let spoilt: [(&str, Spoil, FaultCode); 7] = [
        ("HTML", |reply| Reply { media: "text/html".into(), ..reply }, FaultCode::ServiceAnswer),
        ("a redirect", |_| json(302, ""), FaultCode::ServiceAnswer),
        ("500", |_| json(500, "{}"), FaultCode::ServiceAnswer),
        ("another 200", |_| json(200, "{}"), FaultCode::ServiceAnswer),
        ("nothing", |_| json(201, ""), FaultCode::ServiceAnswer),
        ("too often", |_| problem(429, "too-many-requests"), FaultCode::ServiceRefused),
        ("an unknown problem", |_| problem(418, "teapot"), FaultCode::ServiceAnswer),
    ];
    with_agent(async move |rig| {
        let organisation = Organisation::at(&rig, SERVICE);
        let mut client = rig.client();
        let key = organisation.show_key();
        for (what, spoil, code) in spoilt {
            organisation.instead(move |_, right| Ok(spoil(right)));
            assert_eq!(client.refused(asks::pair(&key, "work")).await, code, "{what}");
        }
        organisation.mend();
        client.pair(&key, "work").await;
    });
}

/// Changes one text of the answer to an exchange.
fn changed(organisation: &Organisation, from: &'static str, to: &'static str) {
    organisation.instead(move |letter, mut right| {
        if letter.url.ends_with("/devices") {
            let text = String::from_utf8(right.body.to_vec()).expect("text");
            assert!(text.contains(from), "{text}");
            right.body = text.replace(from, to).into_bytes().into();
        }
        Ok(right)
    });
}

#[test]
fn nothing_of_what_was_sealed_to_this_computer_can_be_changed_on_the_way() {
    with_agent(async |rig| {
        let organisation = Organisation::at(&rig, SERVICE);
        organisation.ask_for_pin(4);
        let mut client = rig.client();
        let key = organisation.show_key();
        for (from, to) in [
            ("\"digits\":6", "\"digits\":8"),
            ("\"counter\":\"0\"", "\"counter\":\"7\""),
            ("\"pin\":4", "\"pin\":0"),
            ("SHA1", "SHA256"),
            ("d-1", "d-2"),
        ] {
            changed(&organisation, from, to);
            let fault = client.ask(asks::pair(&key, "work")).await.unwrap_err();
            assert_eq!(fault.code, FaultCode::ServiceAnswer, "{from}: {fault}");
            assert!(fault.message.contains("does not open"), "{from}: {fault}");
        }
        for (from, to) in [
            ("\"digits\":6", "\"digits\":12"),
            ("\"pin\":4", "\"pin\":5"),
            ("SHA1", "MD5"),
            ("hotp", "motp"),
            ("Example Corp", "Example \\u202eproC"),
            ("\"counter\":\"0\"", "\"counter\":\"-1\""),
            ("d-1", "../d"),
        ] {
            changed(&organisation, from, to);
            assert_eq!(
                client.refused(asks::pair(&key, "work")).await,
                FaultCode::ServiceAnswer,
                "{from}"
            );
        }
    });
}

#[test]
fn a_seed_of_no_bytes_and_a_challenge_of_low_order_are_refused() {
    with_agent(async |rig| {
        let organisation = Organisation::at(&rig, SERVICE);
        let mut client = rig.client();
        organisation.seal(b"", 6);
        let empty = organisation.show_key();
        assert_eq!(client.refused(asks::pair(&empty, "work")).await, FaultCode::ServiceAnswer);
        let low = "{\"nonce\":\"AAAA\",\"key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}";
        organisation.instead(move |letter, right| match letter.url.ends_with("/challenges") {
            true => Ok(json(201, low)),
            false => Ok(right),
        });
        let sent = rig.courier.delivered().len();
        assert_eq!(client.refused(asks::pair(&empty, "work")).await, FaultCode::ServiceAnswer);
        assert_eq!(rig.courier.delivered().len(), sent + 1, "no key was sent");
    });
}

#[test]
fn the_pin_of_an_organisation_is_due_before_its_first_code() {
    with_agent(async |rig| {
        let organisation = Organisation::at(&rig, SERVICE);
        organisation.ask_for_pin(6);
        let mut client = rig.client();
        let paired = client.pair(&organisation.show_key(), "work").await;
        assert_eq!((paired.first, paired.pin_due), (None, Some(6)));
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::PinDue);
        client.ask(asks::pin_set("246813")).await.unwrap();
        assert_eq!(client.code("work").await, keys::RFC_CODES[0]);
        assert_eq!(client.ask(Status {}).await.unwrap().pin.required, 6);
    });
}

#[test]
fn nothing_that_leaves_this_computer_holds_a_secret_of_its_vault() {
    with_agent(async |rig| {
        let organisation = Organisation::at(&rig, SERVICE);
        organisation.ask_for_pin(6);
        let mut client = rig.client();
        client.pair(&organisation.show_key(), "work").await;
        client.ask(asks::pin_set("246813")).await.unwrap();
        let code = client.code("work").await;
        client.ask(PolicyRefresh {}).await.unwrap();
        let pin = Some(asks::secret("246813"));
        client.ask(Unpair { pin, ..asks::unpair("work") }).await.unwrap();
        let device_secret = rig.keys.kept_bytes().expect("a device secret");
        let hidden = [
            keys::RFC_SECRET.to_vec(),
            keys::RFC_BASE32.as_bytes().to_vec(),
            BASE64URL_NOPAD.encode(keys::RFC_SECRET).into_bytes(),
            b"246813".to_vec(),
            code.into_bytes(),
            BASE64URL_NOPAD.encode(&device_secret).into_bytes(),
            device_secret,
        ];
        let letters = rig.courier.delivered();
        assert!(letters.len() >= 6, "all of it was seen");
        for letter in &letters {
            let headers = letter.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
            let mut sent: Vec<u8> = headers.collect::<String>().into_bytes();
            sent.extend(letter.url.as_bytes());
            sent.extend(letter.body.as_ref().map_or(&[][..], |body| body.expose()));
            for text in &hidden {
                assert!(!sent.windows(text.len()).any(|window| window == text), "{letter:?}");
            }
        }
    });
}
