//! Screen savers on the session bus. Desktops name theirs differently, but all say `ActiveChanged`. Only who has the
//! name is believed, and only who tells whether it is active counts as there: GNOME has `org.freedesktop.ScreenSaver` too,
//! for programs that play films, and it never speaks.

use std::sync::Arc;

use zbus::Result;

use super::bus::{self, Answer, Bus, Listener, Method, Signal};
use super::report::{self, Report};
use crate::ports::session_watch::wire::Line;

/// The names, which are those of their interfaces too, and where the object is: KDE and others, GNOME, and the
/// desktops that took theirs over from it.
const NAMES: [(&str, &str); 5] = [
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    ("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
    ("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),
];

const NO_OBJECT_YET: &str = "org.freedesktop.DBus.Error.UnknownObject";

/// Listens to all of them.
pub struct Screens {
    report: Arc<Report>,
    savers: [Saver; NAMES.len()],
}

#[derive(Default)]
struct Saver {
    owner: Option<String>,
    /// It has been asked something that it has not answered yet.
    asked: bool,
    speaks: bool,
    /// What was last known of it. It is kept when the saver goes: one that comes back may have been unlocked meanwhile.
    active: bool,
}

/// A question about the saver of that number.
pub enum Question {
    Owner(usize),
    Active(usize),
}

impl Screens {
    pub fn new(report: Arc<Report>) -> Self {
        Self { report, savers: Default::default() }
    }

    fn take_owner(
        &mut self,
        number: usize,
        owner: Option<String>,
        bus: &mut Bus<Question>,
    ) -> Result<()> {
        let saver = &mut self.savers[number];
        saver.speaks = false;
        saver.asked = owner.is_some();
        saver.owner = owner;
        let Some(of) = &saver.owner else { return Ok(()) };
        let (interface, path) = NAMES[number];
        let method = Method { of, path, interface, name: "GetActive" };
        bus.ask(method, &(), Question::Active(number))
    }

    /// A saver that has taken its name before its object was there (KDE's does) will speak all the same.
    fn take_active(&mut self, number: usize, answer: Answer) {
        let active = bus::answer(answer);
        let saver = &mut self.savers[number];
        saver.asked = false;
        saver.speaks |= active.is_some() || answer.err() == Some(NO_OBJECT_YET);
        let before = saver.active;
        saver.active = active.unwrap_or(before);
        if saver.active != before {
            self.say(!before);
        }
    }

    fn say(&self, active: bool) {
        self.report.say(if active { &Line::Locked } else { &Line::Unlocked });
    }

    fn tell_how_things_are(&self) {
        if !self.savers.iter().any(|saver| saver.asked) {
            let saver = self.savers.iter().any(|saver| saver.speaks);
            self.report.screens(report::Screens { saver });
        }
    }
}

impl Listener for Screens {
    type Question = Question;

    fn begin(&mut self, bus: &mut Bus<Question>) -> Result<()> {
        for (number, (name, _)) in NAMES.iter().enumerate() {
            self.savers[number].asked = true;
            bus.subscribe(&format!(
                "type='signal',sender='{name}',interface='{name}',member='ActiveChanged'"
            ))?;
            bus.follow(name, Question::Owner(number))?;
        }
        Ok(())
    }

    fn heard(&mut self, signal: &Signal, bus: &mut Bus<Question>) -> Result<()> {
        if let Some((name, owner)) = signal.new_owner() {
            if let Some(number) = NAMES.iter().position(|(known, _)| *known == name) {
                self.take_owner(number, owner, bus)?;
            }
        } else if let Some((number, active)) = self.active_changed(signal) {
            // Said again too: the vault may have been opened by hand since.
            self.say(active);
            self.savers[number].active = active;
            self.savers[number].speaks = true;
        }
        self.tell_how_things_are();
        Ok(())
    }

    fn answered(
        &mut self,
        question: Question,
        answer: Answer,
        bus: &mut Bus<Question>,
    ) -> Result<()> {
        match question {
            Question::Owner(number) => self.take_owner(number, bus::answer(answer), bus)?,
            Question::Active(number) => self.take_active(number, answer),
        }
        self.tell_how_things_are();
        Ok(())
    }

    fn lost(&mut self) {
        for saver in &mut self.savers {
            *saver = Saver { active: saver.active, ..Saver::default() };
        }
        self.tell_how_things_are();
    }
}

impl Screens {
    /// Which saver says what, when it is one of them and not somebody else who says it.
    fn active_changed(&self, signal: &Signal) -> Option<(usize, bool)> {
        let number = NAMES.iter().position(|(interface, _)| signal.interface == *interface)?;
        let is_it = signal.name == "ActiveChanged"
            && self.savers[number].owner.as_deref() == Some(signal.from);
        Some((number, is_it.then(|| signal.read())??))
    }
}
