//! Promises of the administration.

use serde_json::json;

use crate::rig::{ADMIN, ALICE, PASSWORD, Rig};

const POLICY: [(&str, &str); 7] = [
    ("pin", "6"),
    ("kind", "totp"),
    ("digits", "8"),
    ("algorithm", "SHA256"),
    ("devices", "2"),
    ("lifetime", "90"),
    ("ranges", "192.0.2.0/24\r\n127.0.0.1\r\n"),
];

#[test]
fn others_than_administrators_see_nothing_of_it() {
    let rig = Rig::start();
    let (mut web, _) = rig.alice_with_device();
    for path in ["/admin", "/admin/users", "/admin/users/2", "/admin/policy", "/admin/audit"] {
        web.open(path);
        assert_eq!((web.answer.status, web.heading()), (403, "This page is not for you"), "{path}");
    }
    web.submit("/admin/policy", &POLICY);
    assert_eq!(web.answer.status, 403);
    assert_eq!(rig.running.service().policy().unwrap().pin, 0);
    web.submit("/admin/users", &[("name", "mallory"), ("password", "12345678")]);
    assert_eq!(web.answer.status, 403);
}

#[test]
fn the_policy_holds_as_soon_as_it_is_saved() {
    let rig = Rig::start();
    let (_, mut old) = rig.alice_with_device();
    let mut admin = rig.admin();
    admin.open("/admin/policy");
    admin.submit("/admin/policy", &POLICY);
    assert!(admin.page().contains("The policy is saved."));
    assert_eq!(old.state().json()["policy"], json!({"pin": 6, "export": false}));
    let key = admin.walk_to_key();
    let mut new = rig.device();
    new.pair(&key);
    let passcode = json!({"type": "totp", "algorithm": "SHA256", "digits": 8, "period": 30});
    assert_eq!(new.told["passcode"], passcode);
    let key = admin.walk_to_key();
    rig.clock.advance(90);
    rig.device().bring(&key).is_problem(410, "key-expired");
}

#[test]
fn a_policy_that_cannot_be_is_refused_whole() {
    let rig = Rig::start();
    let mut admin = rig.admin();
    let before = rig.running.service().policy().unwrap();
    for (name, value) in [
        ("pin", "5"),
        ("devices", "0"),
        ("lifetime", "0"),
        ("lifetime", "never"),
        ("algorithm", "MD5"),
        ("ranges", "everywhere"),
    ] {
        let fields = POLICY.map(|field| if field.0 == name { (name, value) } else { field });
        admin.open("/admin/policy");
        admin.submit("/admin/policy", &fields);
        assert_eq!(admin.answer.status, 422, "{name}");
        assert!(admin.page().contains("role=\"alert\""));
    }
    assert_eq!(rig.running.service().policy().unwrap(), before);
}

#[test]
fn users_can_be_added_disabled_enabled_and_removed() {
    let rig = Rig::start();
    let mut admin = rig.admin();
    admin.open("/admin/users");
    admin.submit("/admin/users", &[("name", "Bob@example.org"), ("password", "bob's password")]);
    assert!(admin.page().contains("bob@example.org"));
    admin.submit("/admin/users", &[("name", "bob@example.org"), ("password", "bob's password")]);
    assert_eq!(admin.answer.status, 422);
    let signs_on = || {
        let mut web = rig.web();
        web.enter_password("bob@example.org", "bob's password");
        web.heading() == "Register a device"
    };
    assert!(signs_on());
    admin.submit("/admin/users/3/disable", &[]);
    assert!(!signs_on());
    admin.submit("/admin/users/3/enable", &[]);
    assert!(signs_on());
    admin.submit("/admin/users/3/remove", &[]);
    assert!(!signs_on());
    assert!(!admin.open("/admin/users").contains("bob@example.org"));
}

#[test]
fn a_user_who_is_removed_or_disabled_is_signed_off_at_once() {
    let rig = Rig::start();
    let (mut web, mut device) = rig.alice_with_device();
    let mut admin = rig.admin();
    admin.open("/admin/users/1");
    admin.submit("/admin/users/1/disable", &[]);
    web.open("/");
    assert_eq!(web.heading(), "Sign on");
    admin.submit("/admin/users/1/remove", &[]);
    device.state().is_problem(410, "device-removed");
}

#[test]
fn a_password_that_was_reset_ends_sessions_and_the_one_before() {
    let rig = Rig::start();
    let (mut web, _) = rig.alice_with_device();
    let mut admin = rig.admin();
    admin.open("/admin/users/1");
    admin.submit("/admin/users/1/password", &[("password", "short")]);
    assert_eq!(admin.answer.status, 422);
    admin.submit("/admin/users/1/password", &[("password", "another password")]);
    web.open("/");
    assert_eq!(web.heading(), "Sign on");
    web.enter_password(ALICE, PASSWORD);
    assert_eq!(web.heading(), "Sign on");
    web.enter_password(ALICE, "another password");
    assert_eq!(web.heading(), "Authentication");
}

#[test]
fn an_administrator_can_remove_the_devices_of_users() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    let mut admin = rig.admin();
    assert!(admin.open("/admin/users/1").contains(&device.fingerprint()));
    admin.submit(&format!("/admin/users/1/devices/{}/remove", device.id()), &[]);
    device.state().is_problem(410, "device-removed");
}

#[test]
fn the_last_administrator_cannot_be_locked_out() {
    let rig = Rig::start();
    let mut admin = rig.admin();
    admin.open("/admin/users/2");
    for verb in ["disable", "remove"] {
        admin.submit(&format!("/admin/users/2/{verb}"), &[]);
        assert_eq!(admin.answer.status, 422, "{verb}");
        assert!(admin.page().contains("last administrator"));
    }
    admin.open("/");
    assert!(admin.is_signed_on());
}

#[test]
fn the_audit_log_tells_what_happened() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    rig.sign_on("000000");
    device.remove();
    let mut admin = rig.admin();
    let page = admin.open("/admin/audit");
    for event in [
        "user added",
        "password right",
        "pairing key made",
        "pairing key taken",
        "device paired",
        "passcode refused",
        "device removed",
        "signed on",
    ] {
        assert!(page.contains(event), "{event}");
    }
    assert!(page.contains(ALICE) && page.contains(ADMIN) && page.contains("127.0.0.1"));
}
