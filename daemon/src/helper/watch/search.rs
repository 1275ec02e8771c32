//! The search for the user's session among those of logind: the one that is named in our environment, the one that we
//! run in, and the one that logind calls the user's display. Services of the user run in none, and a session of an
//! earlier login can still be named, so all three are looked at: the first that has a screen is taken, else the first.

use zbus::Result;
use zbus::zvariant::OwnedObjectPath;

use super::bus::{self, Answer, Bus, Method};
use super::logind::{self, MANAGER, PATH, SESSION};
use super::properties::{self, Properties};
use super::report::Kind;

/// Who we are, as logind is asked.
#[derive(Debug, Clone)]
pub struct Own {
    pub uid: u32,
    pub pid: u32,
    /// The session that the environment names.
    pub session: Option<String>,
}

/// A session of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub path: String,
    pub kind: Kind,
}

/// A search, under way or over.
pub struct Search {
    own: Own,
    /// Number of the search: answers to an earlier one count for nothing.
    number: u32,
    open: usize,
    found: Vec<(Place, Session)>,
}

/// Where a session was found, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Named,
    Own,
    Display,
}

/// A question of one search.
pub struct Question {
    search: u32,
    about: About,
}

enum About {
    /// Where a session is.
    Session(Place),
    /// Where the user is.
    User,
    /// The user's properties, with the display.
    Display,
    /// The properties of the session at that path.
    Properties(Place, String),
}

impl Search {
    pub fn new(own: Own) -> Self {
        Self { own, number: 0, open: 0, found: Vec::new() }
    }

    /// Begins a search; what an earlier one found is forgotten.
    pub fn begin(&mut self, of: &str, bus: &mut Bus<logind::Question>) -> Result<()> {
        self.forget();
        let manager = |name| Method { of, path: PATH, interface: MANAGER, name };
        if let Some(named) = self.own.session.clone() {
            self.ask(bus, manager("GetSession"), &named, About::Session(Place::Named))?;
        }
        let (pid, uid) = (self.own.pid, self.own.uid);
        self.ask(bus, manager("GetSessionByPID"), &pid, About::Session(Place::Own))?;
        self.ask(bus, manager("GetUser"), &uid, About::User)
    }

    /// Nothing is searched any more.
    pub fn forget(&mut self) {
        self.number += 1;
        self.open = 0;
        self.found.clear();
    }

    /// Whether answers are waited for.
    pub fn is_under_way(&self) -> bool {
        self.open > 0
    }

    /// Whether a user is the one whose session is looked for.
    pub fn is_of(&self, uid: u32) -> bool {
        self.own.uid == uid
    }

    /// The best session that was found.
    pub fn best(&self) -> Option<&Session> {
        let rank = |(place, session): &&(Place, Session)| (session.kind != Kind::Graphical, *place);
        self.found.iter().min_by_key(rank).map(|(_, session)| session)
    }

    /// Takes an answer; whether it ends the search.
    pub fn answered(
        &mut self,
        question: Question,
        answer: Answer,
        of: &str,
        bus: &mut Bus<logind::Question>,
    ) -> Result<bool> {
        if question.search != self.number {
            return Ok(false);
        }
        self.open -= 1;
        self.follow(question.about, answer, of, bus)?;
        Ok(self.open == 0)
    }

    fn follow(
        &mut self,
        about: About,
        answer: Answer,
        of: &str,
        bus: &mut Bus<logind::Question>,
    ) -> Result<()> {
        let path = || bus::answer::<OwnedObjectPath>(answer);
        match about {
            About::Session(place) => match path() {
                Some(path) => self.look_at(place, path.as_str(), of, bus),
                None => Ok(()),
            },
            About::User => match path() {
                Some(path) => {
                    self.properties(bus, (of, path.as_str()), logind::USER, About::Display)
                }
                None => Ok(()),
            },
            About::Display => match bus::answer(answer).as_ref().and_then(display) {
                Some(path) => self.look_at(Place::Display, path, of, bus),
                None => Ok(()),
            },
            About::Properties(place, path) => {
                let kind = bus::answer(answer).and_then(|properties| self.kind(&properties));
                self.found.extend(kind.map(|kind| (place, Session { path, kind })));
                Ok(())
            }
        }
    }

    fn look_at(
        &mut self,
        place: Place,
        path: &str,
        of: &str,
        bus: &mut Bus<logind::Question>,
    ) -> Result<()> {
        self.properties(bus, (of, path), SESSION, About::Properties(place, path.to_owned()))
    }

    /// What a session is, when it is one of the user's.
    fn kind(&self, properties: &Properties) -> Option<Kind> {
        let user: u32 = properties::parts(properties, "User")?.first()?.downcast_ref().ok()?;
        let screens = ["x11", "wayland", "mir"];
        self.is_of(user).then(|| match properties::text(properties, "Type") {
            Some(kind) if screens.contains(&kind) => Kind::Graphical,
            _ => Kind::Text,
        })
    }

    fn ask<B>(
        &mut self,
        bus: &mut Bus<logind::Question>,
        method: Method,
        arguments: &B,
        about: About,
    ) -> Result<()>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
    {
        self.open += 1;
        bus.ask(method, arguments, self.question(about))
    }

    fn properties(
        &mut self,
        bus: &mut Bus<logind::Question>,
        object: (&str, &str),
        interface: &str,
        about: About,
    ) -> Result<()> {
        self.open += 1;
        properties::ask(bus, object, interface, self.question(about))
    }

    fn question(&self, about: About) -> logind::Question {
        logind::Question::Search(Question { search: self.number, about })
    }
}

/// The path of the user's display; logind gives an empty name where there is none.
fn display(user: &Properties) -> Option<&str> {
    let display = properties::parts(user, "Display")?;
    let name: &str = display.first()?.downcast_ref().ok()?;
    let path: &zbus::zvariant::ObjectPath = display.get(1)?.downcast_ref().ok()?;
    (!name.is_empty()).then_some(path.as_str())
}
