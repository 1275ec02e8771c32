//! Secrets in two places: none is lost, whichever step of a change fails.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::*;

/// Entries in memory, of which the writing calls fail from some number on.
#[derive(Default)]
struct FakeEntries {
    kept: RefCell<HashMap<&'static str, Vec<u8>>>,
    writes_left: Cell<Option<usize>>,
    forgets_what_is_set: bool,
}

impl FakeEntries {
    fn with(secrets: &[(Name, &str)]) -> Self {
        let entries = Self::default();
        for (name, text) in secrets {
            entries.kept.borrow_mut().insert(key(*name), text.as_bytes().to_vec());
        }
        entries
    }

    fn holds(&self, name: Name) -> Option<String> {
        let kept = self.kept.borrow();
        kept.get(key(name)).map(|bytes| String::from_utf8(bytes.clone()).unwrap())
    }

    fn count(&self) -> Result<(), Trouble> {
        match self.writes_left.get() {
            Some(0) => Err(Trouble::Refused),
            Some(left) => {
                self.writes_left.set(Some(left - 1));
                Ok(())
            }
            None => Ok(()),
        }
    }
}

fn key(name: Name) -> &'static str {
    match name {
        Name::First => "1",
        Name::Second => "2",
        Name::Anchor => "anchor",
    }
}

impl Entries for FakeEntries {
    fn get(&self, name: Name) -> Result<Option<Zeroizing<Vec<u8>>>, Trouble> {
        Ok(self.kept.borrow().get(key(name)).cloned().map(Zeroizing::new))
    }

    fn set(&self, name: Name, text: &str) -> Result<(), Trouble> {
        self.count()?;
        if !self.forgets_what_is_set {
            self.kept.borrow_mut().insert(key(name), text.as_bytes().to_vec());
        }
        Ok(())
    }

    fn delete(&self, name: Name) -> Result<(), Trouble> {
        self.count()?;
        self.kept.borrow_mut().remove(key(name));
        Ok(())
    }
}

fn secret(byte: u8) -> String {
    wire::text(&[byte; 32]).to_string()
}

fn done(entries: &FakeEntries, call: Call<'_>) -> Result<(), Trouble> {
    perform(entries, &call).map(drop)
}

fn loaded(entries: &FakeEntries) -> Result<(Vec<String>, Option<String>), Trouble> {
    let found = perform(entries, &Call::Load)?;
    let secrets = found.secrets.iter().map(|text| text.to_string()).collect();
    Ok((secrets, found.anchor.map(|text| text.to_string())))
}

#[test]
fn secrets_take_the_places_that_are_free() {
    let entries = FakeEntries::default();
    let (a, b, c) = (secret(1), secret(2), secret(3));
    assert_eq!(loaded(&entries), Ok((vec![], None)));
    for secret in [&a, &a, &b, &b, &a] {
        assert_eq!(done(&entries, Call::Add(secret)), Ok(()));
    }
    assert_eq!(loaded(&entries), Ok((vec![a.clone(), b.clone()], None)));
    assert_eq!(done(&entries, Call::Add(&c)), Err(Trouble::Taken));
    assert_eq!(done(&entries, Call::KeepOnly(&b)), Ok(()));
    assert_eq!(done(&entries, Call::Add(&c)), Ok(()));
    assert_eq!((entries.holds(Name::First), entries.holds(Name::Second)), (Some(c), Some(b)));
}

#[test]
fn keeping_only_a_secret_that_is_not_there_stores_it_first() {
    let (a, b, c) = (secret(1), secret(2), secret(3));
    for before in [
        vec![],
        vec![(Name::First, a.as_str())],
        vec![(Name::Second, b.as_str())],
        vec![(Name::First, a.as_str()), (Name::Second, b.as_str())],
    ] {
        let entries = FakeEntries::with(&before);
        assert_eq!(done(&entries, Call::KeepOnly(&c)), Ok(()));
        assert_eq!(loaded(&entries).unwrap().0, [c.as_str()]);
    }
}

#[test]
fn no_step_that_fails_loses_the_secret_that_is_to_stay() {
    let (a, b) = (secret(1), secret(2));
    for writes in 0..3 {
        let entries = FakeEntries::with(&[(Name::First, &a)]);
        entries.writes_left.set(Some(writes));
        let _ = done(&entries, Call::Add(&b));
        assert!(loaded(&entries).unwrap().0.contains(&a), "adding, {writes} writes");

        let entries = FakeEntries::with(&[(Name::First, &a), (Name::Second, &b)]);
        entries.writes_left.set(Some(writes));
        let _ = done(&entries, Call::KeepOnly(&b));
        assert!(loaded(&entries).unwrap().0.contains(&b), "keeping, {writes} writes");

        let entries = FakeEntries::with(&[(Name::Second, &a)]);
        entries.writes_left.set(Some(writes));
        let kept = done(&entries, Call::KeepOnly(&b));
        let secrets = loaded(&entries).unwrap().0;
        assert_eq!(kept.is_ok(), secrets == [b.as_str()], "moving, {writes} writes");
        assert!(!secrets.is_empty(), "moving, {writes} writes");
    }
}

#[test]
fn a_keyring_that_does_not_keep_what_it_is_given_loses_nothing() {
    let (a, b) = (secret(1), secret(2));
    let entries =
        FakeEntries { forgets_what_is_set: true, ..FakeEntries::with(&[(Name::First, &a)]) };
    assert_eq!(done(&entries, Call::Add(&b)), Err(Trouble::NotKept));
    assert_eq!(done(&entries, Call::KeepOnly(&b)), Err(Trouble::NotKept));
    assert_eq!(loaded(&entries).unwrap().0, [a.as_str()]);
}

#[test]
fn an_entry_that_is_no_secret_is_told_and_left_as_it_is() {
    let a = secret(1);
    for rubbish in ["", "rubbish", "AAAA", &format!("{a}\n"), "\u{ff}"] {
        let entries = FakeEntries::with(&[(Name::Second, rubbish)]);
        assert_eq!(loaded(&entries), Err(Trouble::Damaged), "{rubbish:?}");
        assert_eq!(done(&entries, Call::Add(&a)), Err(Trouble::Damaged));
        assert_eq!(done(&entries, Call::KeepOnly(&a)), Err(Trouble::Damaged));
        assert_eq!(entries.holds(Name::Second).as_deref(), Some(rubbish));
    }
}

#[test]
fn the_anchor_is_an_entry_of_its_own() {
    let a = secret(1);
    let entries = FakeEntries::with(&[(Name::First, &a)]);
    let anchor = wire::text(b"any bytes").to_string();
    assert_eq!(done(&entries, Call::Note(&anchor)), Ok(()));
    assert_eq!(loaded(&entries), Ok((vec![a], Some(anchor))));
    for rubbish in ["\"", "x", &"A".repeat(400)] {
        entries.set(Name::Anchor, rubbish).unwrap();
        assert_eq!(loaded(&entries).unwrap().1, None, "{rubbish:?}");
    }
    assert_eq!(done(&entries, Call::Delete), Ok(()));
    assert_eq!(done(&entries, Call::Delete), Ok(()));
    assert!(entries.kept.borrow().is_empty());
}

#[test]
fn entries_of_different_agents_have_different_names() {
    let users = Name::ALL.map(|name| name.user("default"));
    assert_eq!(users, ["default/1", "default/2", "default/anchor"]);
    assert_eq!(Name::First.user("0123456789abcdef"), "0123456789abcdef/1");
}
