//! Promises of My Devices: order, names, the default, and removal.

use crate::device::Device;
use crate::rig::Rig;
use crate::web::Web;

/// Alice's browser and so many devices of hers, named by letters.
fn with_devices(rig: &Rig, count: usize) -> (Web, Vec<Device>) {
    let mut web = rig.alice();
    let mut devices = Vec::new();
    for name in ["A", "B", "C"].into_iter().take(count) {
        let key = web.walk_to_key();
        let mut device = rig.device();
        device.pair(&key);
        web.enter_code(&device.code(0));
        web.open("/devices");
        web.submit(&format!("/devices/{}/rename", device.id()), &[("name", name)]);
        devices.push(device);
    }
    (web, devices)
}

/// The names on the page, in their order.
fn names(web: &mut Web) -> String {
    let page = web.open("/devices");
    page.split("<h2>").skip(1).map(|part| part.split_once("</h2>").expect("its end").0).collect()
}

fn default(web: &mut Web) -> String {
    let page = web.open("/devices");
    let (before, _) = page.split_once("Default</span>").expect("a default");
    let (_, title) = before.rsplit_once("<h2>").expect("a title");
    title.split_once("</h2>").expect("its end").0.to_owned()
}

fn act(web: &mut Web, device: &Device, verb: &str, fields: &[(&str, &str)]) {
    web.submit(&format!("/devices/{}/{verb}", device.id()), fields);
}

#[test]
fn devices_are_shown_with_what_tells_them_apart() {
    let rig = Rig::start();
    let (mut web, devices) = with_devices(&rig, 2);
    let page = web.open("/devices").to_owned();
    for device in &devices {
        assert!(page.contains(&device.fingerprint()));
    }
    assert!(page.contains("14 Nov 2023, 22:13 UTC"));
}

#[test]
fn devices_can_be_put_into_another_order() {
    let rig = Rig::start();
    let (mut web, devices) = with_devices(&rig, 3);
    assert_eq!(names(&mut web), "ABC");
    act(&mut web, &devices[2], "move", &[("to", "up")]);
    assert_eq!(names(&mut web), "ACB");
    act(&mut web, &devices[0], "move", &[("to", "down")]);
    assert_eq!(names(&mut web), "CAB");
    act(&mut web, &devices[2], "move", &[("to", "up")]);
    act(&mut web, &devices[2], "move", &[("to", "up")]);
    assert_eq!(names(&mut web), "CAB");
}

#[test]
fn one_device_is_the_default_and_is_asked_for_at_sign_on() {
    let rig = Rig::start();
    let (mut web, devices) = with_devices(&rig, 2);
    assert_eq!(default(&mut web), "A");
    act(&mut web, &devices[1], "default", &[]);
    assert_eq!(default(&mut web), "B");
    assert!(rig.alice().page().contains(&devices[1].fingerprint()));
    assert!(rig.sign_on(&devices[1].code(1)).is_signed_on());
}

#[test]
fn a_removed_device_is_told_so_and_its_passcodes_are_worth_nothing() {
    let rig = Rig::start();
    let (mut web, mut devices) = with_devices(&rig, 2);
    web.open(&format!("/devices/{}/remove", devices[0].id()));
    assert_eq!(web.heading(), "Remove this device?");
    act(&mut web, &devices[0], "remove", &[]);
    assert_eq!(names(&mut web), "B");
    assert_eq!(default(&mut web), "B");
    devices[0].state().is_problem(410, "device-removed");
    assert!(!rig.sign_on(&devices[0].code(1)).is_signed_on());
}

#[test]
fn without_a_device_the_next_sign_on_registers_one() {
    let rig = Rig::start();
    let (mut web, devices) = with_devices(&rig, 1);
    act(&mut web, &devices[0], "remove", &[]);
    assert_eq!(rig.alice().heading(), "Register a device");
}

#[test]
fn a_name_that_is_none_is_refused() {
    let rig = Rig::start();
    let (mut web, devices) = with_devices(&rig, 1);
    for name in ["", "  ", "a\u{202e}b", &"x".repeat(65)] {
        act(&mut web, &devices[0], "rename", &[("name", name)]);
        assert_eq!(web.answer.status, 422, "{name:?}");
    }
    act(&mut web, &devices[0], "rename", &[("name", "<b>Büro</b>")]);
    assert!(web.page().contains("&lt;b&gt;Büro&lt;/b&gt;"));
}

#[test]
fn nobody_touches_the_devices_of_others() {
    let rig = Rig::start();
    let (_, mut devices) = with_devices(&rig, 1);
    let mut admin = rig.admin();
    admin.open("/devices");
    for verb in ["rename", "move", "default", "remove"] {
        act(&mut admin, &devices[0], verb, &[("name", "mine"), ("to", "up")]);
        assert_eq!(admin.answer.status, 404, "{verb}");
    }
    assert_eq!(devices[0].state().status, 200);
}
