//! What is left of a code in the caller's memory: nothing but the caller's own buffer.

use crate::home::Home;

#[test]
fn no_copy_of_a_code_stays_in_the_programs_memory() {
    let home = Home::new();
    let key = format!("otpauth://hotp/A:a?secret={}&counter=0&digits=8", crate::home::SECRET);
    home.pair("long", &key);
    // The program looks through all that it can write: first with its buffer, to see that it would find a copy, then
    // without it.
    assert_eq!(home.run(&["remains", "long"]), "with the buffer: 1\nwithout it: 0\n");
}
