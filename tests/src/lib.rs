//! What the tests of the whole system are made with. `rig` is an agent inside the test, with fakes for clock, disk and
//! key store; `tree` reads the project's own sources. The tests themselves are in `tests/`.

pub mod rig;
pub mod tree;
