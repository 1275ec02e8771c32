//! Adding profiles, and what the first start shows.

use passcode_proto::reply::Paired;

use super::*;

fn paired(profile: Profile, pin_due: Option<u8>) -> Answer {
    let first = match counted_code("token", "755224") {
        Answer::GetCode(code) if pin_due.is_none() => Some(Box::new(code)),
        _ => None,
    };
    Answer::Pair(Paired {
        profile: Some(profile),
        others: vec![],
        first,
        pin_due,
        fingerprint: None,
        client_part: None,
        warnings: vec![],
    })
}

fn with_key(play: &mut Play, name: &str) {
    play.acts(Action::Add);
    play.acts(Action::Name(name.into()));
    assert_eq!(play.page(), Page::Key);
}

fn pairs(play: &mut Play, service: &str) {
    let (key, service) = (secret("1234 5678 9012"), service.to_owned());
    play.acts(Action::Pair { key, service, passphrase: secret("") });
}

#[test]
fn the_first_start_leads_straight_to_adding_a_profile() {
    let mut play = Play::begin();
    assert_eq!(play.page(), Page::Away);
    play.sees(LockState::Empty, &[]);
    play.acts(Action::Open);
    assert_eq!(play.page(), Page::Name);
    assert!(!play.scene().has_back);
}

#[test]
fn the_first_code_is_shown_when_the_profile_is_there() {
    let mut play = Play::begin();
    play.sees(LockState::Empty, &[]);
    play.acts(Action::Open);
    with_key(&mut play, "token");
    pairs(&mut play, "");
    // The vault is made for it.
    play.sees(LockState::Opening, &[]);
    assert_eq!(play.page(), Page::Key, "nothing moves meanwhile");
    play.sees(LockState::Open, &[]);
    play.answers(What::Pair, Ok(paired(counted(1, "token"), None)));
    assert_eq!((play.page(), play.scene().code.text.as_str()), (Page::Passcode, "755 224"));
    assert!(!play.scene().note_is_bad);
}

#[test]
fn a_pin_that_is_due_is_made_before_the_first_code_comes() {
    let mut play = Play::open(&[timed(1, "work")]);
    with_key(&mut play, "token");
    pairs(&mut play, "");
    play.answers(What::Pair, Ok(paired(counted(2, "token"), Some(6))));
    assert_eq!((play.page(), play.scene().pin.required), (Page::NewPin, 6));
    assert!(!play.scene().has_back, "no code before it");
    play.acts(Action::NewPin(secret("135792")));
    play.acts(Action::AgainPin(secret("135792")));
    assert_eq!(play.asked()[0].0, What::MakePin);
    play.answers(What::MakePin, Ok(Answer::Lock(passcode_proto::reply::Done {})));
    assert!(play.asked().iter().any(|(what, _)| *what == What::Refresh(ProfileId(2))));
}

#[test]
fn a_key_of_digits_whose_service_is_not_known_asks_for_its_address_and_stays() {
    let mut play = Play::open(&[timed(1, "work")]);
    with_key(&mut play, "token");
    let turn = play.scene().turn;
    pairs(&mut play, "");
    play.fails(What::Pair, FaultCode::NoService);
    let scene = play.scene();
    assert!(scene.pairing.wants_service && scene.note_is_bad);
    assert_eq!((scene.page, scene.turn), (Page::Key, turn), "the key need not be typed again");
    pairs(&mut play, " https://id.example.org ");
    let [(_, Request::Pair(pair))] = play.asked()[..] else { panic!("it is asked") };
    assert_eq!(pair.service.as_deref(), Some("https://id.example.org"));
    assert_eq!(pair.name.as_deref(), Some("token"));
}

#[test]
fn what_is_typed_is_recognised_and_never_shown() {
    let mut play = Play::open(&[timed(1, "work")]);
    with_key(&mut play, "");
    for (key, said) in [
        ("otpauth://totp/ACME:bob?secret=GEZDGNBV", "Recognised as the key of ACME: bob."),
        ("123456789012", "Recognised as an organisation's key."),
        ("https://example.org", "This is the address of a web page, not a pairing key."),
        ("ab", ""),
    ] {
        play.acts(Action::KeyTyped(secret(key)));
        assert_eq!(play.scene().pairing.recognised, said);
    }
}

#[test]
fn a_name_that_is_taken_is_said_before_a_key_is_spent_on_it() {
    let mut play = Play::open(&[timed(1, "Work")]);
    play.acts(Action::Add);
    play.acts(Action::Name("wORK".into()));
    assert_eq!((play.page(), play.scene().note_is_bad), (Page::Name, true));
}

#[test]
fn adding_from_the_menu_of_a_locked_vault_asks_for_the_pin_first_and_goes_on() {
    let mut play = Play::begin();
    play.sees(LockState::Locked, &[]);
    play.acts(Action::Add);
    assert!(play.app.is_open());
    assert_eq!(play.page(), Page::Locked);
    play.sees(LockState::Open, &[timed(1, "work")]);
    assert_eq!(play.page(), Page::Name);
}

#[test]
fn a_profile_that_was_paired_elsewhere_ends_the_first_start() {
    let mut play = Play::begin();
    play.sees(LockState::Empty, &[]);
    play.acts(Action::Open);
    play.sees(LockState::Opening, &[]);
    play.sees(LockState::Open, &[timed(1, "work")]);
    assert_eq!(play.page(), Page::Passcode);
}
