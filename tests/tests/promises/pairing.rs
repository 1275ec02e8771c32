//! Pairing: by what services show, with the first code at once, and nothing half-paired after a failure. What keys look
//! like is tested where they are read.

use passcode_daemon::ports::keystore::KeyStoreFault;
use passcode_daemon::ports::store::{StoreFault, Table};
use passcode_proto::profile::{Algorithm, CodeType, Counter};
use passcode_proto::reply::LockState;
use passcode_proto::request::{Pair, PasswordSet, Status};
use passcode_proto::{FaultCode, SecretText};
use passcode_tests::rig::client::{counter, times};
use passcode_tests::rig::organisation::Organisation;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{START, asks, keys};

#[test]
fn the_first_code_comes_with_the_pairing() {
    with_agent(async |rig| {
        let mut client = rig.client();
        let paired = client.pair(keys::HOTP, "count").await;
        let first = paired.first.expect("a first code");
        assert_eq!((first.code.expose(), counter(&first)), (keys::RFC_CODES[0], 0));
        assert_eq!(paired.profile.as_ref().expect("a profile").name.as_str(), "count");
        assert_eq!(paired.profile.as_ref().expect("a profile").issuer.as_str(), "ACME");
        assert_eq!(paired.profile.as_ref().expect("a profile").account.as_str(), "alice");
        assert_eq!(client.counter("count").await, 1, "the first one is spent");
        let first = client.pair(keys::TOTP, "time").await.first.expect("a first code");
        assert_eq!(first.code.expose(), keys::totp_at(START));
        assert_eq!(times(&first), (START, START + 30, 30));
    });
}

#[test]
fn pairing_without_a_code_spends_nothing() {
    with_agent(async |rig| {
        let mut client = rig.client();
        let paired = client.ask(asks::pair_quietly(keys::HOTP, "work")).await.unwrap();
        assert_eq!(paired.first, None);
        assert_eq!(client.ask(asks::hotp_show("work")).await.unwrap().next, Counter(0));
        client.pair_quietly(&keys::hotp_from(u64::MAX), "last").await;
        assert_eq!(client.ask(asks::hotp_show("last")).await.unwrap().next, Counter(u64::MAX));
    });
}

#[test]
fn a_first_code_leaves_only_when_the_profile_is_on_disk() {
    with_agent(async |mut rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "first").await;
        rig.stores.hold_commits();
        client.send(asks::pair(keys::HOTP, "work")).await;
        rig.until_commit_is_held().await;
        rig.settle().await;
        assert!(client.is_waiting().await);
        rig.stores.release_commits();
        client.receive::<Pair>().await.unwrap();
        rig.kill_and_restart().await;
        assert_eq!(rig.client().counter("work").await, 1);
    });
}

#[test]
fn what_the_user_says_wins_over_the_key() {
    with_agent(async |rig| {
        let mut client = rig.client();
        let said = Pair {
            digits: Some(8),
            algorithm: Some(Algorithm::Sha512),
            period: Some(60),
            ..asks::pair(keys::TOTP, "time")
        };
        let profile = client.ask(said).await.unwrap().profile.expect("a profile");
        assert_eq!((profile.digits, profile.algorithm, profile.period), (8, Algorithm::Sha512, 60));
        let said = Pair { counter: Some(Counter(9)), ..asks::pair(keys::RFC_BASE32, "count") };
        let paired = client.ask(said).await.unwrap();
        assert_eq!(paired.profile.as_ref().expect("a profile").kind, CodeType::Hotp);
        assert_eq!(paired.first.unwrap().code.expose(), keys::RFC_CODES[9]);
    });
}

#[test]
fn what_is_odd_about_a_key_is_said() {
    with_agent(async |rig| {
        let mut client = rig.client();
        let weak = client.pair("otpauth://hotp/a?secret=MZXW6YTBOI", "weak").await;
        assert!(weak.profile.expect("a profile").weak);
        assert!(
            weak.warnings.iter().any(|warning| warning.contains("bits")),
            "{:?}",
            weak.warnings
        );
        assert!(
            weak.warnings.iter().any(|warning| warning.contains("counter")),
            "{:?}",
            weak.warnings
        );
        assert_eq!(client.pair(keys::HOTP, "strong").await.warnings, [""; 0]);
    });
}

#[test]
fn a_key_that_cannot_be_read_leaves_nothing_behind_and_is_not_repeated() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "work").await;
        let before = (rig.stores.stored(), rig.stores.commits());
        for key in [
            "",
            "otpauth://totp/ACME:alice",
            "otpauth://totp/ACME:alice?secret=",
            "otpauth://totp/ACME:alice?secret=GEZDGNB1",
            "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&period=0",
            "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&digits=10",
            "otpauth://hotp/a?secret=GEZDGNBVGY3TQOJQ&counter=-1",
            "otpauth://hotp/a?secret=GEZDGNBVGY3TQOJQ&counter=18446744073709551616",
            "otpauth://yubi/a?secret=GEZDGNBVGY3TQOJQ",
            "otpauth-migration://offline?data=GEZDGNBVGY3TQOJQ",
            "https://example.org/GEZDGNBVGY3TQOJQ",
            "passcode://pair?key=1234",
            "123456789012@http://id.example.org",
        ] {
            let fault = client.ask(asks::pair(key, "new")).await.unwrap_err();
            assert_eq!(fault.code, FaultCode::BadKey, "{key}");
            let said = format!("{} {}", fault.message, fault.hint);
            assert!(!said.contains("GEZDGN") && !said.contains("alice"), "{said}");
        }
        assert_eq!((rig.stores.stored(), rig.stores.commits()), before);
        client.pair_quietly(keys::TOTP, "new").await;
    });
}

#[test]
fn a_secret_of_a_mebibyte_is_too_large_for_a_message() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        let key = "A".repeat(1024 * 1024);
        let line =
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"pair","params":{{"key":"{key}"}}}}"#);
        wire.send_if_open(line.as_bytes()).await;
        assert_eq!(passcode_tests::rig::json::fault_code(&wire.line().await), "too_large");
    });
}

#[test]
fn the_same_key_can_be_paired_twice_under_two_names() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "one").await;
        client.pair_quietly(keys::HOTP, "two").await;
        client.code("one").await;
        assert_eq!(client.counter("two").await, 0, "each has a counter of its own");
    });
}

#[test]
fn a_pairing_that_cannot_be_stored_leaves_nothing_behind() {
    with_agent(async |mut rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "work").await;
        let before = rig.stores.stored();
        rig.stores.fail_writes(StoreFault::Full);
        assert_eq!(client.refused(asks::pair(keys::HOTP, "new")).await, FaultCode::StoreFailed);
        rig.stores.mend();
        assert_eq!(rig.stores.stored(), before);
        assert_eq!(client.ask(asks::list()).await.unwrap().profiles.len(), 1);
        assert_eq!(
            client.pair(keys::HOTP, "new").await.first.map(|first| counter(&first)),
            Some(0)
        );
        rig.kill_and_restart().await;
        assert_eq!(rig.client().counter("new").await, 1);
    });
}

#[test]
fn a_first_pairing_that_cannot_be_stored_can_be_tried_again() {
    with_agent(async |rig| {
        let mut client = rig.client();
        rig.stores.fail_writes(StoreFault::Full);
        assert_eq!(client.refused(asks::pair(keys::HOTP, "work")).await, FaultCode::StoreFailed);
        rig.stores.mend();
        assert_eq!(
            client.pair(keys::HOTP, "work").await.first.map(|first| counter(&first)),
            Some(0)
        );
    });
}

#[test]
fn without_a_key_store_nothing_is_made() {
    with_agent(async |rig| {
        rig.keys.fail(KeyStoreFault::Absent("no keyring answers"));
        let mut client = rig.client();
        let fault = client.ask(asks::pair(keys::HOTP, "work")).await.unwrap_err();
        assert_eq!(fault.code, FaultCode::NoKeyStore);
        assert!(fault.hint.contains("/run/rig/config.toml"), "it says where: {}", fault.hint);
        for choice in ["\"passphrase\"", "\"credential\"", "\"file\""] {
            assert!(fault.hint.contains(choice), "the hint says what to choose: {}", fault.hint);
        }
        let status = client.ask(Status {}).await.unwrap();
        assert_eq!((status.state, status.keystore.as_str()), (LockState::Empty, "keyring"));
        assert!(status.warnings.iter().any(|warning| warning.contains("No keyring answers")));
        assert_eq!(rig.stores.stored(), []);
        rig.keys.mend();
        assert_eq!(rig.keys.kept_bytes(), None);
        client.pair(keys::HOTP, "work").await;
    });
}

#[test]
fn nothing_of_a_profile_lies_on_the_disk_in_the_clear() {
    with_agent(async |rig| {
        let mut client = rig.client();
        let key = format!("otpauth://hotp/Issuer:account?secret={}", keys::RFC_BASE32);
        client.pair_quietly(&key, "profile-name").await;
        client.ask(asks::default("profile-name")).await.unwrap();
        client.code("profile-name").await;
        let password = PasswordSet {
            profile: "profile-name".into(),
            password: asks::secret("Passw0rd!"),
            template: None,
            joined_only: false,
            pin: None,
        };
        client.ask(password).await.unwrap();
        let organisation = Organisation::at(&rig, "https://id.example.org");
        let digits = organisation.show_key();
        client.pair(&digits, "from the organisation").await;
        client.ask(asks::pin_set("2468")).await.unwrap();
        let rows = rig.stores.stored();
        for table in Table::ALL {
            assert!(rows.iter().any(|row| row.table == table), "{table:?} is looked at");
        }
        let device_secret = rig.keys.kept_bytes().expect("a device secret");
        let hidden: [&[u8]; 7] = [
            b"Passw0rd!",
            b"Issuer",
            b"account",
            b"profile-name",
            keys::RFC_SECRET,
            keys::RFC_BASE32.as_bytes(),
            &device_secret,
        ];
        for (row, text) in rows.iter().flat_map(|row| hidden.map(|text| (row, text))) {
            assert!(!row.sealed.windows(text.len()).any(|window| window == text), "{row:?}");
        }
    });
}

#[test]
fn a_key_is_never_shown_by_the_request_that_holds_it() {
    let shown = format!("{:?}", asks::pair(keys::HOTP, "work"));
    assert!(shown.contains("work") && !shown.contains("GEZDGN"), "{shown}");
    assert_eq!(format!("{:?}", SecretText::new(keys::RFC_BASE32.to_owned())), "[secret]");
}
