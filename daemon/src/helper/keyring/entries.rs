//! What the entries of an agent are and how they change: two places for secrets, one for the anchor. An existing secret
//! is never written over to add another, and none is deleted before the one that stays has been read back.

use std::str;

use zeroize::Zeroizing;

use crate::ports::keyring::wire::{self, Call, Trouble};

/// An entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// A place for a secret.
    First,
    /// The other place for a secret.
    Second,
    /// The anchor.
    Anchor,
}

impl Name {
    /// Every entry.
    pub const ALL: [Self; 3] = [Self::First, Self::Second, Self::Anchor];

    /// What it is called in the keyring, as the user of the service.
    pub fn user(self, instance: &str) -> String {
        match self {
            Self::First => format!("{instance}/1"),
            Self::Second => format!("{instance}/2"),
            Self::Anchor => format!("{instance}/anchor"),
        }
    }
}

/// Text that must not be seen.
pub type Text = Zeroizing<String>;

/// The entries in a keyring that is open.
pub trait Entries {
    /// What an entry holds; none when there is no such entry.
    fn get(&self, name: Name) -> Result<Option<Zeroizing<Vec<u8>>>, Trouble>;

    /// Writes an entry, over what it held.
    fn set(&self, name: Name, text: &str) -> Result<(), Trouble>;

    /// Deletes an entry; nothing happens when there is none.
    fn delete(&self, name: Name) -> Result<(), Trouble>;
}

/// What was found.
#[derive(Default)]
pub struct Found {
    /// The secrets, as they are written.
    pub secrets: Vec<Text>,
    /// The anchor, as it is written, when it can be one.
    pub anchor: Option<Text>,
}

/// Does what was asked.
pub fn perform(entries: &dyn Entries, call: &Call<'_>) -> Result<Found, Trouble> {
    match call {
        Call::Load => return load(entries),
        Call::Add(secret) => add(entries, secret)?,
        Call::KeepOnly(secret) => keep_only(entries, secret)?,
        Call::Note(anchor) => entries.set(Name::Anchor, anchor)?,
        Call::Delete => Name::ALL.into_iter().try_for_each(|name| entries.delete(name))?,
    }
    Ok(Found::default())
}

fn load(entries: &dyn Entries) -> Result<Found, Trouble> {
    let secrets = places(entries)?.into_iter().flatten().collect();
    let anchor = entries.get(Name::Anchor)?.and_then(|bytes| text(&bytes));
    let anchor = anchor.filter(|text| wire::is_anchor(text));
    Ok(Found { secrets, anchor })
}

fn add(entries: &dyn Entries, secret: &str) -> Result<(), Trouble> {
    let places = places(entries)?;
    if holding(&places, secret).is_some() {
        return Ok(());
    }
    let free = places.iter().position(Option::is_none).ok_or(Trouble::Taken)?;
    store(entries, PLACES[free], secret)
}

fn keep_only(entries: &dyn Entries, secret: &str) -> Result<(), Trouble> {
    let places = places(entries)?;
    let kept = match holding(&places, secret) {
        Some(place) => place,
        None => {
            let place = places.iter().position(Option::is_none).unwrap_or_default();
            store(entries, PLACES[place], secret)?;
            place
        }
    };
    entries.delete(PLACES[1 - kept])
}

/// Writes a secret, and reads it back.
fn store(entries: &dyn Entries, place: Name, secret: &str) -> Result<(), Trouble> {
    entries.set(place, secret)?;
    match entries.get(place)? {
        Some(kept) if *kept == *secret.as_bytes() => Ok(()),
        _ => Err(Trouble::NotKept),
    }
}

const PLACES: [Name; 2] = [Name::First, Name::Second];

/// What the places for secrets hold. What is no secret is not ours to change.
fn places(entries: &dyn Entries) -> Result<[Option<Text>; 2], Trouble> {
    let place = |name| match entries.get(name)? {
        None => Ok(None),
        Some(bytes) => match text(&bytes).filter(|text| wire::secret(text).is_some()) {
            Some(text) => Ok(Some(text)),
            None => Err(Trouble::Damaged),
        },
    };
    Ok([place(PLACES[0])?, place(PLACES[1])?])
}

fn holding(places: &[Option<Text>; 2], secret: &str) -> Option<usize> {
    places.iter().position(|place| place.as_ref().is_some_and(|text| **text == *secret))
}

fn text(bytes: &[u8]) -> Option<Text> {
    let text = str::from_utf8(bytes).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests;
