//! Conversations with a server inside the test: what is sent, what comes of it, and what becomes of answers that are bad.

mod server;

use std::sync::{Arc, Mutex};

use data_encoding::BASE64URL;
use passcode_proto::SecretText;
use proptest::prelude::*;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{ContainerDevice, ContainerKey, ContainerKeys, OwnToken, Tokens, container_key};
use crate::errand::Talk;
use crate::errand::fault::ServiceFault;
use crate::ports::courier::{Reply, Undelivered};
use crate::ports::fake::clock::FakeClock;
use crate::ports::fake::courier::{FakeCourier, json as answer};
use server::{SERIAL, State, server};

const ADDRESS: &str = "https://pi.example.org/below";
const SYNCHRONISE: &str = "/container/synchronize";

/// Addresses of points of low order, whose shared secret everybody knows.
const LOW_ORDER: [&str; 5] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn talk(courier: &FakeCourier) -> Talk {
    Talk::new(Arc::new(courier.clone()), Arc::new(FakeClock::default()), None)
}

fn key(more: &str) -> ContainerKey {
    let text = format!(
        "pia://container/{SERIAL}?issuer=privacyIDEA&ttl=10&nonce=a1b2c3&time=2026-11-23T20%3A07%3A53.623297%2B00%3A00\
         &url=https%3A//pi.example.org/below/&serial={SERIAL}&key_algorithm=secp384r1&hash_algorithm=SHA256\
         &ssl_verify=True{more}"
    );
    container_key(&text).unwrap().unwrap()
}

fn device() -> ContainerDevice {
    let keys = ContainerKeys::from_bytes(&[3; 48]).unwrap();
    ContainerDevice { server: ADDRESS.to_owned(), serial: SERIAL.to_owned(), keys }
}

fn register(
    courier: &FakeCourier,
    key: &ContainerKey,
    passphrase: Option<&str>,
) -> Result<(), ServiceFault> {
    let passphrase = passphrase.map(|passphrase| SecretText::new(passphrase.to_owned()));
    now(talk(courier).register(key, &device().keys, "desk", passphrase.as_ref()))
}

fn synchronise(courier: &FakeCourier, own: &[OwnToken]) -> Result<Tokens, ServiceFault> {
    now(talk(courier).synchronise(&device(), own))
}

/// A server at which this computer is registered.
fn registered() -> (FakeCourier, Arc<Mutex<State>>) {
    let (courier, state) = server(ADDRESS);
    register(&courier, &key(""), None).unwrap();
    (courier, state)
}

/// What a synchronisation gives when the answer at `path` is changed.
fn tweaked(
    path: &'static str,
    mut tweak: impl FnMut(&mut Reply) + Send + 'static,
) -> Result<Tokens, ServiceFault> {
    let (courier, state) = registered();
    state.lock().unwrap().tweak = Some(Box::new(move |at, reply| {
        if at == path {
            tweak(reply);
        }
    }));
    synchronise(&courier, &[])
}

/// What a synchronisation gives when a part of the right answer is changed.
fn changed(part: &'static str, to: Value) -> Result<Tokens, ServiceFault> {
    tweaked(SYNCHRONISE, move |reply| {
        let mut said: Value = serde_json::from_slice(&reply.body).unwrap();
        *said.pointer_mut(&format!("/result/value{part}")).unwrap() = to.clone();
        reply.body = Zeroizing::new(said.to_string().into_bytes());
    })
}

fn hex(text: &str) -> Value {
    let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap();
    BASE64URL.encode(&bytes).into()
}

#[test]
fn a_computer_registers_tells_what_it_has_and_is_given_the_rest() {
    let (courier, state) = registered();
    state.lock().unwrap().plain = json!({
        "container": {"serial": SERIAL, "type": "smartphone", "new": [1]},
        "tokens": {
            "add": ["otpauth://totp/TOTP1?secret=GEZDGNBV&serial=TOTP1"],
            "update": [{"serial": "OATH1", "tokentype": "HOTP", "counter": 5, "offline": false, "otp": []}],
            "offline": [{"serial": "OATH1"}],
            "later": {},
        },
    })
    .to_string();
    let own = OwnToken {
        serial: "OATH1".to_owned(),
        tokentype: "HOTP".to_owned(),
        counter: Some("5".to_owned()),
    };
    let tokens = synchronise(&courier, &[own]).unwrap();
    assert_eq!(tokens.added.len(), 1);
    assert_eq!(tokens.kept, ["OATH1"]);
    assert_eq!(
        state.lock().unwrap().own,
        json!({"serial": SERIAL, "type": "smartphone",
            "tokens": [{"serial": "OATH1", "tokentype": "HOTP", "counter": "5"}]})
    );
}

#[test]
fn a_passphrase_is_signed_and_sent_only_where_the_key_says_so() {
    for (sends, more) in [
        (false, "&passphrase=Your%20pet%3F&send_passphrase=False"),
        (true, "&passphrase=Password&send_passphrase=True"),
    ] {
        let (courier, state) = server(ADDRESS);
        state.lock().unwrap().passphrase = Some(("Bello", sends));
        assert_eq!(register(&courier, &key(more), Some("Rex")), Err(ServiceFault::NotAccepted));
        assert_eq!(register(&courier, &key(more), Some("Bello")), Ok(()));
        let letters = courier.delivered();
        let body = String::from_utf8_lossy(letters[1].body.as_ref().unwrap().expose()).into_owned();
        assert_eq!(body.contains("Bello"), sends);
    }
}

#[test]
fn every_call_goes_to_the_server_of_the_key_wherever_it_says_that_it_is() {
    let (courier, state) = registered();
    // It says that it is elsewhere in each of these.
    synchronise(&courier, &[]).unwrap();
    synchronise(&courier, &[]).unwrap();
    now(talk(&courier).hand_over(&device())).unwrap();
    now(talk(&courier).unregister(&device())).unwrap();
    let letters = courier.delivered();
    assert_eq!(letters.len(), 1 + 4 * 2);
    assert!(letters.iter().all(|letter| letter.url.starts_with(&format!("{ADDRESS}/container/"))));
    assert!(state.lock().unwrap().key.is_none());
}

#[test]
fn each_refusal_is_told_by_its_name() {
    for (status, code, at_registration, afterwards) in [
        (400, 3002, ServiceFault::NotAccepted, ServiceFault::DeviceRemoved),
        (400, 3001, ServiceFault::DeviceUnknown, ServiceFault::DeviceUnknown),
        (400, 3000, ServiceFault::KeyUsed, ServiceFault::Refused),
        (404, 601, ServiceFault::DeviceUnknown, ServiceFault::DeviceUnknown),
        (403, 303, ServiceFault::Forbidden, ServiceFault::Forbidden),
        (400, 905, ServiceFault::Refused, ServiceFault::Refused),
        (500, -500, ServiceFault::Broken(500), ServiceFault::Broken(500)),
    ] {
        let (courier, _) = server(ADDRESS);
        let said =
            json!({"result": {"status": false, "error": {"code": code, "message": "quoted"}}});
        courier.serve(move |_| Ok(answer(status, &said.to_string())));
        assert_eq!(register(&courier, &key(""), None), Err(at_registration.clone()), "{code}");
        assert_eq!(synchronise(&courier, &[]), Err(afterwards), "{code}");
        let fault = at_registration.fault();
        assert!(!fault.message.contains("quoted") && !fault.hint.is_empty(), "{code}");
    }
}

#[test]
fn a_container_that_is_gone_has_left() {
    let (courier, state) = registered();
    state.lock().unwrap().key = None;
    assert_eq!(synchronise(&courier, &[]), Err(ServiceFault::DeviceUnknown));
    assert_eq!(now(talk(&courier).unregister(&device())), Ok(()));
    register(&courier, &key(""), None).unwrap_err();
}

#[test]
fn what_may_be_forbidden_is_told() {
    let (courier, state) = registered();
    state.lock().unwrap().forbids = true;
    assert_eq!(now(talk(&courier).hand_over(&device())), Err(ServiceFault::Forbidden));
}

#[test]
fn what_is_no_answer_of_privacyidea_is_told_from_one() {
    let page = |status, media: &str| {
        let media = media.to_owned();
        move |reply: &mut Reply| {
            (reply.status, reply.media) = (status, media.clone());
            reply.body = Zeroizing::new(b"<html>Sign on first</html>".to_vec());
        }
    };
    for path in ["/container/challenge", SYNCHRONISE] {
        let cases = [
            (200, "text/html", ServiceFault::NotAService),
            (200, "application/json", ServiceFault::NotAService),
            (404, "text/html", ServiceFault::NotAService),
            (302, "text/html", ServiceFault::Redirected),
            (500, "text/html", ServiceFault::Broken(500)),
            (503, "", ServiceFault::Broken(503)),
            (429, "text/plain", ServiceFault::Busy(None)),
        ];
        for (status, media, fault) in cases {
            assert_eq!(tweaked(path, page(status, media)), Err(fault), "{status} {media} {path}");
        }
    }
}

#[test]
fn an_answer_that_lacks_a_part_is_malformed() {
    for body in [
        r#"{"result":{"status":true}}"#,
        r#"{"result":{"status":true,"value":null}}"#,
        r#"{"result":{"status":true,"value":{}}}"#,
        r#"{"result":{"status":false}}"#,
        r#"{"result":{"status":true,"value":{"nonce":5,"time_stamp":6}}}"#,
    ] {
        let said = tweaked("/container/challenge", |reply| {
            reply.body = Zeroizing::new(body.as_bytes().to_vec());
        });
        assert!(matches!(said, Err(ServiceFault::Malformed(_))), "{body}");
    }
    let (courier, _) = server(ADDRESS);
    courier.serve(|_| Ok(answer(200, r#"{"result":{"status":true,"value":{"success":false}}}"#)));
    assert!(matches!(register(&courier, &key(""), None), Err(ServiceFault::Malformed(_))));
}

#[test]
fn an_answer_that_was_changed_on_its_way_does_not_open() {
    let other = |bytes: &[u8]| Value::from(BASE64URL.encode(bytes));
    for (part, to) in [
        ("/container_dict_server", other(b"other ciphertext")),
        ("/container_dict_server", other(b"")),
        ("/container_dict_server", "no base64".into()),
        ("/encryption_params/tag", other(&[0; 16])),
        ("/encryption_params/tag", other(&[])),
        ("/encryption_params/init_vector", other(&[0; 16])),
        ("/encryption_params/init_vector", other(&[9; 12])),
        ("/public_server_key", other(&[9; 32])),
    ] {
        assert_eq!(changed(part, to.clone()), Err(ServiceFault::Unsealable), "{part} {to}");
    }
}

#[test]
fn a_key_that_agrees_on_nothing_secret_is_refused() {
    for point in LOW_ORDER {
        let said = changed("/public_server_key", hex(point));
        assert!(matches!(said, Err(ServiceFault::Malformed(_))), "{point}");
    }
    for length in [0, 31, 33] {
        let said = changed("/public_server_key", BASE64URL.encode(&vec![9; length]).into());
        assert!(matches!(said, Err(ServiceFault::Malformed(_))), "{length} bytes");
    }
}

#[test]
fn what_is_inside_has_to_be_tokens_and_not_too_many() {
    let thousand = |more: usize| {
        let tokens = vec![Value::from("otpauth://totp/a?secret=AA"); 1000 + more];
        json!({"tokens": {"add": tokens}}).to_string()
    };
    for (plain, is_good) in [
        (thousand(0), true),
        (thousand(1), false),
        (r#"{"tokens":{}}"#.to_owned(), true),
        (r#"{"container":{}}"#.to_owned(), false),
        (r#"{"tokens":{"add":[5]}}"#.to_owned(), false),
        (r#"{"tokens":{"update":[{"tokentype":"HOTP"}]}}"#.to_owned(), false),
        ("[]".to_owned(), false),
        ("no JSON".to_owned(), false),
        (String::new(), false),
    ] {
        let (courier, state) = registered();
        state.lock().unwrap().plain.clone_from(&plain);
        let said = synchronise(&courier, &[]);
        let start = &plain[..plain.len().min(60)];
        assert_eq!(said.is_ok(), is_good, "{start}");
        assert!(is_good || matches!(said, Err(ServiceFault::Malformed(_))), "{start}");
    }
}

#[test]
fn what_is_not_delivered_is_told_at_every_step() {
    let challenge = r#"{"result":{"status":true,"value":{"nonce":"n","time_stamp":"t"}}}"#;
    for fails_at in ["/challenge", "/synchronize"] {
        let courier = FakeCourier::default();
        courier.serve(move |letter| match letter.url.ends_with(fails_at) {
            true => Err(Undelivered::CutOff),
            false => Ok(answer(200, challenge)),
        });
        let fault = ServiceFault::Undelivered(Undelivered::CutOff);
        assert_eq!(synchronise(&courier, &[]), Err(fault), "{fails_at}");
    }
}

#[test]
fn the_servers_time_is_noted() {
    let (courier, _) = server(ADDRESS);
    let mut talk = talk(&courier);
    now(talk.register(&key(""), &device().keys, "desk", None)).unwrap();
    assert!(talk.skew.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn no_answer_makes_it_panic(body in "\\PC{0,200}", status in 100u16..600, inside in any::<bool>()) {
        let (courier, state) = registered();
        match inside {
            true => state.lock().unwrap().plain = body,
            false => courier.serve(move |_| Ok(answer(status, &body))),
        }
        let _ = synchronise(&courier, &[]);
    }
}
