//! Promises of My Devices, as people use it.

use crate::rig::Rig;

fn names(rig: &Rig) -> String {
    let names = "[...document.querySelectorAll('.cards h2')].map(e => e.innerText).join(' ')";
    rig.browser.evaluate(names).as_str().unwrap_or_default().to_owned()
}

fn wait_for(rig: &Rig, expected: &str) {
    rig.browser.wait_until(expected, |_| names(rig) == expected);
}

#[test]
fn devices_can_be_renamed_ordered_and_made_the_default() {
    let rig = Rig::start();
    rig.with_device();
    rig.add_device("Second");
    rig.open("/devices");
    wait_for(&rig, "Test device Second");
    rig.browser.click("Move Second up");
    wait_for(&rig, "Second Test device");
    rig.browser.click("Make Second the default");
    rig.browser.wait_until("the badge", |browser| {
        browser.text_of(".cards li:first-child .badge") == "Default"
    });
    rig.browser.click("Rename");
    rig.browser.fill("New name", "Laptop");
    rig.browser.click("Save");
    wait_for(&rig, "Laptop Test device");
}

#[test]
fn a_device_is_removed_only_when_that_is_confirmed() {
    let rig = Rig::start();
    let mut device = rig.with_device();
    rig.open("/devices");
    rig.browser.click("Remove Test device");
    rig.browser.await_heading("Remove this device?");
    rig.browser.click("Keep It");
    rig.browser.await_heading("My Devices");
    assert_eq!(device.state().status, 200);
    rig.browser.click("Remove Test device");
    rig.browser.await_heading("Remove this device?");
    rig.browser.click("Remove");
    rig.browser.await_heading("My Devices");
    device.remove().is_problem(410, "device-removed");
    assert!(rig.browser.text().contains("You have no device yet."));
}
