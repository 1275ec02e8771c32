//! Opening and closing the window, and going from page to page in it.

use passcode_proto::reply::LockState;

use super::input::Effect;
use super::{App, Place};

impl App {
    pub(super) fn open(&mut self) {
        self.is_open = true;
        self.effects.push(Effect::Raise);
        self.begin_try();
        self.look();
    }

    pub(super) fn hide(&mut self) {
        self.is_open = false;
        self.shown = None;
        self.note = None;
        self.listing.search.clear();
        if !self.state_is(LockState::Empty) {
            self.place = Place::Home;
        }
        self.refresh_listing();
    }

    pub(super) fn back(&mut self) {
        let next = match &self.place {
            Place::Home => None,
            Place::AddName if self.state_is(LockState::Empty) => None,
            Place::AddName | Place::Settings => Some(Place::Home),
            Place::AddKey(_) => Some(Place::AddName),
            Place::Pin(pin) => pin.before().map(|pin| pin.map_or(Place::Settings, Place::Pin)),
            Place::Rename(_) | Place::Unpair(_) => Some(Place::Profiles),
            Place::Profiles | Place::LockTimes | Place::About => Some(Place::Settings),
        };
        let is_away = self.view.is_none() && self.place != Place::About;
        match next.filter(|_| !is_away && !self.state_is(LockState::Locked)) {
            Some(_) if self.busy.is_some() => {}
            Some(next) => self.go(next),
            None => self.hide(),
        }
    }

    pub(super) fn go(&mut self, place: Place) {
        self.place = place;
        self.note = None;
        self.begin_try();
        self.refresh_listing();
        if self.place == Place::Home {
            self.look();
        }
    }
}
