//! What the tests of the whole system are made with. `rig` is an agent inside the test, with fakes for clock, disk and
//! key store; `on_disk` is a vault in real files; `tree` reads the project's own sources. The tests themselves are in
//! `tests/`.

pub mod on_disk;
pub mod rig;
pub mod tree;
