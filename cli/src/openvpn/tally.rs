//! What one login has cost so far, and when it is enough: with the second code that the server refuses, with the third
//! password, and with the fifth code that the server says nothing about. Being connected begins a new count.

/// How many codes may be refused, or be followed by the wish for yet another one, until a login ends.
const REFUSALS: u8 = 2;

/// Most codes for one login, whatever becomes of them.
const CODES: u8 = 5;

/// Most passwords for one login; each after the first is the user's own.
const PASSWORDS: u8 = 3;

/// How often a login can fail by itself, or for the moment, or for want of a private key's password.
const OTHERS: u8 = 3;

/// What was given out by an answer.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gave {
    #[default]
    Nothing,
    Password,
    Code,
}

/// The count.
#[derive(Debug, Default)]
pub struct Tally {
    /// What was given since the server last said something about it.
    gave: Gave,
    codes: u8,
    refusals: u8,
    passwords: u8,
    others: u8,
}

impl Tally {
    /// Something was given out.
    pub fn give(&mut self, gave: Gave) {
        self.gave = self.gave.max(gave);
        match gave {
            Gave::Code => self.codes += 1,
            Gave::Password => self.passwords += 1,
            Gave::Nothing => {}
        }
    }

    /// What was given and is not judged yet.
    pub fn gave(&self) -> Gave {
        self.gave
    }

    /// The server has judged what was given.
    pub fn judged(&mut self) -> Gave {
        std::mem::take(&mut self.gave)
    }

    /// A code was refused; whether that is enough.
    pub fn code_refused(&mut self) -> bool {
        self.refusals += 1;
        self.refusals >= REFUSALS
    }

    /// Whether another password can be tried.
    pub fn has_passwords(&self) -> bool {
        self.passwords < PASSWORDS
    }

    /// Something else failed; whether that is enough.
    pub fn other_failed(&mut self) -> bool {
        self.others += 1;
        self.others >= OTHERS
    }

    /// Whether no more codes are given, whatever became of them.
    pub fn has_no_codes(&self) -> bool {
        self.codes >= CODES
    }
}
