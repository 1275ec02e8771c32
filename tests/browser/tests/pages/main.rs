//! The pages of the pairing service in a real browser, with a device that the tests bring.

mod harness;
mod my_devices;
mod registration;
mod rig;
mod sights;
mod sign_on;

// Written for the service's own tests; not all of it is of use here.
#[allow(dead_code)]
#[path = "../../../pairing-service/tests/service/device.rs"]
mod device;
#[path = "../../../pairing-service/tests/service/hpke.rs"]
mod hpke;
#[allow(dead_code)]
#[path = "../../../pairing-service/tests/service/https.rs"]
mod https;
