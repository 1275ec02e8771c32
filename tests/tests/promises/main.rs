//! What a user may rely on, by theme: each test is named for one promise. The agent runs inside the test, with a clock,
//! a disk and a key store that the test turns by hand.

mod blocks;
mod broken;
mod deadlines;
mod door;
mod edits;
mod enrolling;
mod enrolling_cut_short;
mod events;
mod framing;
mod fresh;
mod hotp;
mod hotp_faults;
mod leaving;
mod limits;
mod lock_times;
mod locking;
mod many;
mod moving;
mod names;
mod pairing;
mod passwords;
mod pins;
mod prompting;
mod prompts;
mod recovery;
mod rights;
mod services;
mod totp;
