//! What is asked of whoever sits at the terminal: a secret that is known, or a new one, entered twice. The rules of a
//! PIN are the protocol's; here it is told at once which of them was broken.

use passcode_proto::limits::PASSPHRASE_BYTES;
use passcode_proto::{Fault, FaultCode, SecretText, pin};

use crate::input::Kind;
use crate::output::{self, Failure};
use crate::terminal;

/// How often something can be entered before the command gives up.
pub const TRIES: u8 = 3;

/// Somebody who can be asked.
pub trait Person {
    /// Asks for a text that is not shown while it is typed.
    fn ask(&mut self, prompt: &str) -> Result<SecretText, Failure>;

    /// Says something in between.
    fn tell(&mut self, text: &str);
}

/// Whoever sits at the terminal.
#[derive(Debug, Clone, Copy)]
pub struct AtTerminal;

impl Person for AtTerminal {
    fn ask(&mut self, prompt: &str) -> Result<SecretText, Failure> {
        terminal::ask_hidden(prompt)
    }

    fn tell(&mut self, text: &str) {
        output::note(text);
    }
}

/// Asks for a secret that is known already.
pub fn known(person: &mut impl Person, kind: Kind) -> Result<SecretText, Failure> {
    let name = kind.name();
    let answer = person.ask(&format!("{} (not shown): ", kind.title()))?;
    kind.check_length(answer.expose().len())?;
    match answer.expose().is_empty() {
        true => Err(Failure::usage(
            format!("No {name} was given."),
            format!("Try again, and type the {name}."),
        )),
        false => Ok(answer),
    }
}

/// Asks for a new PIN of `required` digits or more; 0 when any number that a PIN can have will do.
pub fn new_pin(person: &mut impl Person, required: u8) -> Result<SecretText, Failure> {
    let digits = if required == 6 { "6" } else { "4 or 6" };
    let prompt = format!("Enter PIN, a new one of {digits} digits (not shown): ");
    let unequal = Failure::local(
        "unequal",
        "The two PINs are not the same.",
        "No PIN was made; type the same digits twice.",
    );
    twice(person, [&prompt, "Re-enter PIN: "], &unequal, |pin| check_pin(pin, required))
}

/// Asks for a new passphrase.
pub fn new_passphrase(person: &mut impl Person) -> Result<SecretText, Failure> {
    let prompts = ["Enter passphrase, a new one (not shown): ", "Re-enter passphrase: "];
    let unequal = Failure::local(
        "unequal",
        "The two passphrases are not the same.",
        "Nothing was changed; type the same letters twice.",
    );
    twice(person, prompts, &unequal, check_passphrase)
}

/// Refuses what cannot be a PIN, in words that say which rule is broken.
pub fn check_pin(pin: &str, required: u8) -> Result<(), Failure> {
    let weak = |why: pin::WeakPin| Fault::because(FaultCode::WeakPin, why.to_string()).into();
    pin::check(pin, required).map(drop).map_err(weak)
}

/// Refuses what is too short or too long to be a passphrase.
pub fn check_passphrase(passphrase: &str) -> Result<(), Failure> {
    let (least, most) = (PASSPHRASE_BYTES.start(), PASSPHRASE_BYTES.end());
    if PASSPHRASE_BYTES.contains(&passphrase.len()) {
        return Ok(());
    }
    let message = format!("A passphrase has {least} to {most} bytes.");
    Err(Fault::because(FaultCode::BadPassphrase, message).into())
}

/// Asks for a new secret until it follows the rules and was entered twice alike, [`TRIES`] times at the most.
fn twice(
    person: &mut impl Person,
    prompts: [&str; 2],
    unequal: &Failure,
    check: impl Fn(&str) -> Result<(), Failure>,
) -> Result<SecretText, Failure> {
    let [first, second] = prompts;
    let mut left = TRIES;
    loop {
        left -= 1;
        let entered = person.ask(first)?;
        let refused = match check(entered.expose()) {
            Err(failure) => failure,
            Ok(()) if person.ask(second)? == entered => return Ok(entered),
            Ok(()) => unequal.clone(),
        };
        if left == 0 {
            return Err(refused);
        }
        person.tell(refused.message());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody who types what was written down, and notes what is said.
    struct Script {
        typed: Vec<&'static str>,
        heard: Vec<String>,
    }

    impl Script {
        fn new(typed: &[&'static str]) -> Self {
            Self { typed: typed.iter().rev().copied().collect(), heard: Vec::new() }
        }
    }

    impl Person for Script {
        fn ask(&mut self, prompt: &str) -> Result<SecretText, Failure> {
            self.heard.push(prompt.to_owned());
            Ok(SecretText::new(self.typed.pop().expect("a question too many").to_owned()))
        }

        fn tell(&mut self, text: &str) {
            self.heard.push(text.to_owned());
        }
    }

    const ENTER: &str = "Enter PIN, a new one of 4 or 6 digits (not shown): ";
    const AGAIN: &str = "Re-enter PIN: ";

    #[test]
    fn a_new_pin_is_entered_twice() {
        let mut script = Script::new(&["2468", "2468"]);
        assert_eq!(new_pin(&mut script, 4).unwrap().expose(), "2468");
        assert_eq!(script.heard, [ENTER, AGAIN]);
    }

    #[test]
    fn a_weak_pin_is_refused_in_words_before_it_is_entered_again() {
        let mut script = Script::new(&["1111", "1234", "2468", "2468"]);
        assert!(new_pin(&mut script, 0).is_ok());
        let few = "A PIN of 4 digits needs at least 3 different ones.";
        let run = "The digits may not just count up or down.";
        assert_eq!(script.heard, [ENTER, few, ENTER, run, ENTER, AGAIN]);
    }

    #[test]
    fn two_entries_that_differ_are_said_to_and_both_are_asked_for_again() {
        let mut script = Script::new(&["2468", "2469", "2468", "2468"]);
        assert!(new_pin(&mut script, 0).is_ok());
        let unequal = "The two PINs are not the same.";
        assert_eq!(script.heard, [ENTER, AGAIN, unequal, ENTER, AGAIN]);
    }

    #[test]
    fn the_third_bad_entry_is_the_last() {
        let mut weak = Script::new(&["1111", "2468", "2469", "2468"]);
        let failure = new_pin(&mut weak, 6).unwrap_err();
        assert!(failure.is(FaultCode::WeakPin));
        assert_eq!(failure.message(), "The PIN has to have 6 digits.");
        let mut unequal = Script::new(&["2468", "1", "2468", "2", "2468", "3"]);
        let failure = new_pin(&mut unequal, 0).unwrap_err();
        assert_eq!(failure.message(), "The two PINs are not the same.");
        assert!(unequal.typed.is_empty());
    }

    #[test]
    fn a_passphrase_is_counted_in_bytes_and_kept_as_it_is() {
        let mut script = Script::new(&["ключ", "ключ", "short", "five words", "five words"]);
        assert_eq!(new_passphrase(&mut script).unwrap().expose(), "ключ");
        assert_eq!(new_passphrase(&mut script).unwrap().expose(), "five words");
        assert_eq!(script.heard[3], "A passphrase has 8 to 1024 bytes.");
    }

    #[test]
    fn what_is_known_is_asked_for_once_and_an_empty_answer_is_none() {
        let mut script = Script::new(&["2468", ""]);
        assert_eq!(known(&mut script, Kind::OldPin).unwrap().expose(), "2468");
        assert_eq!(
            known(&mut script, Kind::Recovery).unwrap_err().message(),
            "No recovery code was given."
        );
        assert_eq!(script.heard, ["Old PIN (not shown): ", "Recovery code (not shown): "]);
    }
}
