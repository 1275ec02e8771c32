//! What is written, line by line, and what is missing: that depends on both buses, so it is put together here.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ports::session_watch::wire::{Gap, Line};

/// Where both buses report to.
pub struct Report(Mutex<State>);

struct State {
    out: Box<dyn Write + Send>,
    system: Option<System>,
    screens: Option<Screens>,
    said: Option<Vec<Gap>>,
}

/// What there is on the system bus; nothing by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct System {
    /// logind answers.
    pub logind: bool,
    /// It delays sleep for us.
    pub delay: bool,
    /// It knows our session.
    pub session: Option<Kind>,
}

/// What a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A terminal or a connection from afar: there is no screen to lock.
    Text,
    /// It has a screen.
    Graphical,
}

/// What there is on the session bus; nothing by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Screens {
    /// A screen saver answers.
    pub saver: bool,
}

impl Report {
    pub fn new(out: Box<dyn Write + Send>) -> Self {
        Self(Mutex::new(State { out, system: None, screens: None, said: None }))
    }

    /// Says that something happened.
    pub fn say(&self, line: &Line) {
        self.state().write(line);
    }

    /// Takes down how things are on the system bus.
    pub fn system(&self, system: System) {
        self.update(|state| state.system = Some(system));
    }

    /// Takes down how things are on the session bus.
    pub fn screens(&self, screens: Screens) {
        self.update(|state| state.screens = Some(screens));
    }

    /// What has not reported by now is missing.
    pub fn settle(&self) {
        self.update(|state| {
            state.system.get_or_insert_default();
            state.screens.get_or_insert_default();
        });
    }

    /// Says what is missing, once both are known, when that is another thing than before.
    fn update(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        let (Some(system), Some(screens)) = (state.system, state.screens) else { return };
        let gaps = gaps(system, screens);
        if state.said.as_ref() != Some(&gaps) {
            state.said = Some(gaps.clone());
            state.write(&Line::Missing(gaps));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// An agent that does not listen has gone, and the end of standard input says so too.
    fn write(&mut self, line: &Line) {
        let _ = self.out.write_all(format!("{line}\n").as_bytes()).and_then(|()| self.out.flush());
    }
}

fn gaps(system: System, screens: Screens) -> Vec<Gap> {
    let locks = match system.session {
        _ if screens.saver => None,
        None => Some(Gap::ScreenLocks),
        Some(Kind::Graphical) => Some(Gap::ScreenSaver),
        Some(Kind::Text) => None,
    };
    let session = match system {
        System { logind: false, .. } => Some(Gap::Logind),
        System { session: None, .. } => Some(Gap::Session),
        _ => None,
    };
    let delay = (system.logind && !system.delay).then_some(Gap::Delay);
    [locks, session, delay].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Paper {
        fn take(&self) -> String {
            String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
        }
    }

    fn report() -> (Report, Paper) {
        let paper = Paper::default();
        (Report::new(Box::new(paper.clone())), paper)
    }

    const ALL: System = System { logind: true, delay: true, session: Some(Kind::Graphical) };

    #[test]
    fn what_is_missing_is_said_once_both_buses_are_known_and_when_it_changes() {
        let (report, paper) = report();
        report.system(ALL);
        assert_eq!(paper.take(), "");
        report.screens(Screens { saver: true });
        assert_eq!(paper.take(), "missing\n");
        report.screens(Screens { saver: true });
        assert_eq!(paper.take(), "");
        report.system(System::default());
        assert_eq!(paper.take(), "missing logind\n");
        report.system(ALL);
        assert_eq!(paper.take(), "missing\n");
    }

    #[test]
    fn a_bus_that_says_nothing_is_missing_in_the_end() {
        let (report, paper) = report();
        report.screens(Screens { saver: true });
        report.settle();
        assert_eq!(paper.take(), "missing logind\n");
        report.settle();
        assert_eq!(paper.take(), "");
    }

    #[test]
    fn each_gap_has_its_word() {
        let (there, none) = (Screens { saver: true }, Screens::default());
        assert_eq!(gaps(System::default(), none), [Gap::ScreenLocks, Gap::Logind]);
        assert_eq!(gaps(System { session: None, ..ALL }, none), [Gap::ScreenLocks, Gap::Session]);
        assert_eq!(gaps(ALL, none), [Gap::ScreenSaver]);
        assert_eq!(gaps(System { delay: false, ..ALL }, there), [Gap::Delay]);
        assert!(gaps(System { session: Some(Kind::Text), ..ALL }, none).is_empty());
    }
}
