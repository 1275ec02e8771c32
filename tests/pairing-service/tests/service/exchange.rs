//! Promises of the exchange: who gets a seed for a key, and who does not.

use passcode_pairing_service::{Algorithm, Passcodes};
use serde_json::{Value, json};

use crate::device::text;
use crate::rig::{ALICE, Rig};

#[test]
fn a_key_works_for_the_first_device_that_brings_it_and_for_no_other() {
    let rig = Rig::start();
    let (_, key) = rig.alice_with_key();
    let (mut first, second) = (rig.device(), rig.device());
    first.pair(&key);
    assert_eq!(first.seed.len(), 20);
    second.bring(&key).is_problem(409, "key-used");
}

#[test]
fn one_key_of_the_pair_is_not_enough_to_be_the_same_device() {
    let rig = Rig::start();
    let (_, key) = rig.alice_with_key();
    let mut device = rig.device();
    device.pair(&key);
    device.seal = rig.device().seal;
    device.bring(&key).is_problem(409, "key-used");
}

#[test]
fn the_same_device_gets_the_same_answer_byte_for_byte_until_its_first_passcode() {
    let rig = Rig::start();
    let (mut web, key) = rig.alice_with_key();
    let mut device = rig.device();
    let first = device.bring(&key);
    rig.decide(|policy| policy.pin = 6);
    let second = device.bring(&key);
    assert_eq!((first.status, second.status), (201, 200));
    assert_eq!(first.body, second.body);
    device.told = first.json();
    device.seed = device.open().expect("its seed");
    web.open("/register/desktop");
    web.enter_code(&device.code(0));
    device.bring(&key).is_problem(409, "key-used");
}

#[test]
fn the_answer_says_all_that_the_device_has_to_know() {
    let rig = Rig::start();
    rig.decide(|policy| (policy.pin, policy.export) = (4, true));
    let (_, key) = rig.alice_with_key();
    let mut device = rig.device();
    device.pair(&key);
    let told = &device.told;
    assert_eq!((&told["issuer"], &told["account"]), (&json!("Example Corp"), &json!(ALICE)));
    let passcode = json!({"type": "hotp", "algorithm": "SHA1", "digits": 6, "counter": "0"});
    assert_eq!(told["passcode"], passcode);
    assert_eq!(told["policy"], json!({"pin": 4, "export": true}));
}

#[test]
fn passcodes_of_every_kind_can_be_given_out_and_are_taken() {
    for (is_timed, algorithm, digits) in
        [(false, Algorithm::Sha256, 8), (true, Algorithm::Sha1, 6), (true, Algorithm::Sha512, 8)]
    {
        let rig = Rig::start();
        rig.decide(|policy| policy.passcodes = Passcodes { is_timed, algorithm, digits });
        let (mut web, key) = rig.alice_with_key();
        let mut device = rig.device();
        device.pair(&key);
        let counter = if is_timed { rig.clock.now() / 30 } else { 0 };
        web.enter_code(&device.code(counter));
        assert_eq!(web.heading(), "Your device is paired", "{:?}", device.told);
    }
}

#[test]
fn a_seed_opens_only_as_what_it_was_sealed_as() {
    let rig = Rig::start();
    let (_, key) = rig.alice_with_key();
    let mut device = rig.device();
    device.pair(&key);
    for (member, value) in [
        ("/device", json!("d-another")),
        ("/passcode/type", json!("totp")),
        ("/passcode/algorithm", json!("SHA256")),
        ("/passcode/digits", json!(8)),
        ("/passcode/counter", json!("1")),
        ("/policy/pin", json!(4)),
    ] {
        let told = device.told.clone();
        *device.told.pointer_mut(member).expect("a member") = value;
        assert_eq!(device.open(), None, "{member}");
        device.told = told;
    }
    device.origin = "https://localhost".to_owned();
    assert_eq!(device.open(), None);
}

#[test]
fn a_key_that_has_expired_says_so() {
    let rig = Rig::start();
    let (_, key) = rig.alice_with_key();
    rig.clock.advance(30 * 60 - 1);
    let mut early = rig.device();
    early.pair(&key);
    let (_, key) = rig.alice_with_key();
    rig.clock.advance(30 * 60);
    rig.device().bring(&key).is_problem(410, "key-expired");
}

#[test]
fn the_same_device_gets_nothing_more_after_the_key_has_expired() {
    let rig = Rig::start();
    let (_, key) = rig.alice_with_key();
    let device = rig.device();
    assert_eq!(device.bring(&key).status, 201);
    rig.clock.advance(30 * 60);
    device.bring(&key).is_problem(409, "key-used");
}

#[test]
fn a_key_that_nobody_made_is_unknown() {
    let rig = Rig::start();
    rig.device().bring("000000000000").is_problem(404, "key-unknown");
}

#[test]
fn a_new_key_ends_the_one_before_it() {
    let rig = Rig::start();
    let (mut web, old) = rig.alice_with_key();
    let new = web.walk_to_key();
    rig.device().bring(&old).is_problem(410, "key-expired");
    assert_eq!(rig.device().bring(&new).status, 201);
}

#[test]
fn a_key_of_a_user_who_was_disabled_is_worth_nothing() {
    let rig = Rig::start();
    let (_, key) = rig.alice_with_key();
    let mut admin = rig.admin();
    admin.open("/admin/users/1");
    admin.submit("/admin/users/1/disable", &[]);
    rig.device().bring(&key).is_problem(404, "key-unknown");
}

#[test]
fn every_part_of_the_proofs_counts() {
    let rig = Rig::start();
    let (_, key) = rig.alice_with_key();
    let (device, other) = (rig.device(), rig.device());
    let changes = [
        ("key", json!("999999999999")),
        ("seal_key", json!(other.seal_key())),
        ("sign_key", json!(other.sign_key())),
        ("sign_proof", json!(text(&[7; 64]))),
        ("seal_proof", json!(text(&[7; 32]))),
    ];
    for (member, value) in changes {
        let mut offer = device.offer(&device.challenge(), &key);
        offer[member] = value;
        device.send(&offer).is_problem(400, "proof-invalid");
    }
    let mut offer = device.offer(&device.challenge(), &key);
    offer["nonce"] = device.challenge()["nonce"].clone();
    device.send(&offer).is_problem(400, "proof-invalid");
    assert_eq!(device.bring(&key).status, 201);
}

#[test]
fn proofs_for_another_service_do_not_hold_here() {
    let rig = Rig::start();
    let (_, key) = rig.alice_with_key();
    let mut device = rig.device();
    device.origin = "https://id.example.org".to_owned();
    device.bring(&key).is_problem(400, "proof-invalid");
}

/// Points of low order give a shared secret that everybody knows.
#[test]
fn low_order_keys_are_refused() {
    let rig = Rig::start();
    let (_, key) = rig.alice_with_key();
    let device = rig.device();
    let one = {
        let mut point = [0; 32];
        point[0] = 1;
        point
    };
    for (member, point) in
        [("seal_key", [0; 32]), ("seal_key", one), ("sign_key", [0; 32]), ("sign_key", one)]
    {
        let challenge = device.challenge();
        let mut offer = device.offer(&challenge, &key);
        offer[member] = json!(text(&point));
        device.send(&offer).is_problem(400, "proof-invalid");
    }
}

#[test]
fn a_nonce_works_once_and_for_two_minutes() {
    let rig = Rig::start();
    let (_, key) = rig.alice_with_key();
    let device = rig.device();
    let offer = device.offer(&device.challenge(), &key);
    assert_eq!(device.send(&offer).status, 201);
    device.send(&offer).is_problem(401, "nonce-invalid");
    let late = device.offer(&device.challenge(), &key);
    rig.clock.advance(120);
    device.send(&late).is_problem(401, "nonce-invalid");
    let mut unknown = device.offer(&device.challenge(), &key);
    unknown["nonce"] = json!(text(&[0; 16]));
    device.send(&unknown).is_problem(401, "nonce-invalid");
}

#[test]
fn a_call_that_fails_uses_its_nonce_up() {
    let rig = Rig::start();
    let (_, key) = rig.alice_with_key();
    let device = rig.device();
    for (member, value, problem) in [
        ("key", json!("1234"), "malformed"),
        ("more", json!(1), "malformed"),
        ("sign_proof", json!(text(&[7; 64])), "proof-invalid"),
    ] {
        let offer = device.offer(&device.challenge(), &key);
        let mut wrong = offer.clone();
        wrong[member] = value;
        device.send(&wrong).is_problem(400, problem);
        device.send(&offer).is_problem(401, "nonce-invalid");
    }
}

#[test]
fn what_is_not_of_the_form_is_malformed() {
    let rig = Rig::start();
    let device = rig.device();
    let changes: [(&str, Value); 9] = [
        ("key", json!("12345678901")),
        ("key", json!("12345678901x")),
        ("key", json!(123_456_789_012_u64)),
        ("nonce", json!(text(&[0; 15]))),
        ("seal_key", json!(format!("{}=", device.seal_key()))),
        ("sign_key", json!(text(&[0; 33]))),
        ("name", json!("x".repeat(65))),
        ("name", Value::Null),
        ("unknown", json!(1)),
    ];
    for (member, value) in changes {
        let mut offer = device.offer(&device.challenge(), "123456789012");
        offer[member] = value;
        device.send(&offer).is_problem(400, "malformed");
    }
    for member in ["key", "nonce", "seal_key", "sign_key", "sign_proof", "seal_proof"] {
        let mut offer = device.offer(&device.challenge(), "123456789012");
        offer.as_object_mut().expect("an object").remove(member);
        device.send(&offer).is_problem(400, "malformed");
    }
}

#[test]
fn a_device_may_bring_no_name_or_one_that_cannot_be_shown() {
    for name in [None, Some(json!("")), Some(json!("\u{202e}\n"))] {
        let rig = Rig::start();
        let (mut web, key) = rig.alice_with_key();
        let device = rig.device();
        let mut offer = device.offer(&device.challenge(), &key);
        match name {
            Some(name) => offer["name"] = name,
            None => drop(offer.as_object_mut().expect("an object").remove("name")),
        }
        assert_eq!(device.send(&offer).status, 201);
        let page = web.open("/register/desktop");
        assert!(page.contains("Taken by <strong>Desktop</strong>"), "{page}");
    }
}
