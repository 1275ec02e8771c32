//! The threads that bring news to the live list: what the agent says, what it answers ([`super::asker`]), what the
//! user types, and what the system signals ([`signals`]). What it means is decided by the one thread that draws.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event, KeyEvent};
use passcode_proto::Fault;
use passcode_proto::client::Client;
use passcode_proto::event::{Event as AgentEvent, ViewPart};
use passcode_proto::place::Place;
use passcode_proto::profile::ProfileId;
use passcode_proto::reply::{Code, LockState};
use passcode_proto::request::Unlock;
use passcode_proto::view::View;

use super::asker::{self, Wish};
use super::signals;
use crate::input::Kind;

/// Pause between two attempts to reach an agent that is away.
const AWAY: Duration = Duration::from_secs(1);

/// Something that has happened.
#[derive(Debug)]
pub enum News {
    /// The agent's state has changed, and is this now.
    Seen(View),
    /// The agent is away.
    Lost,
    /// The code of a profile, to look at.
    Shown(ProfileId, Result<Code, Fault>),
    /// The code of a profile, if it could be had, and what became of copying it.
    Copied(ProfileId, Option<Code>, String),
    /// What the vault asks for beside what was given.
    Wanted(Kind, Unlock),
    /// Something to tell the user.
    Note(String),
    /// A key was pressed.
    Key(KeyEvent),
    /// The terminal has another size.
    Resized,
    /// Nobody types any more: the terminal is gone.
    HungUp,
    /// The system wants us to end.
    #[cfg_attr(windows, allow(dead_code, reason = "Windows has no signals"))]
    Signal(i32),
}

/// Starts the threads, and gives the end that news comes out of and the end that wishes go into.
pub fn start(place: &Place) -> io::Result<(Receiver<News>, Sender<Wish>)> {
    let (news, heard) = mpsc::channel();
    let (wishes, wished) = mpsc::channel();
    signals::hear(news.clone())?;
    let (seen, answers, keys) = (news.clone(), news.clone(), news);
    let (followed, asked) = (place.clone(), place.clone());
    thread::spawn(move || while follow(&followed, &seen).is_some() {});
    thread::spawn(move || asker::run(asked, wished, answers));
    thread::spawn(move || while type_on(&keys).is_some() {});
    Ok((heard, wishes))
}

/// Follows the agent for as long as it stays; `None` when nobody listens to us any more.
fn follow(place: &Place, news: &Sender<News>) -> Option<()> {
    if let Ok(mut events) = Client::connect(place).and_then(Client::subscribe) {
        let mut view = View::new(LockState::Locked);
        while let Ok(numbered) = events.next_event() {
            // A gap means that we fell behind; a new subscription begins with a new view.
            if view.apply(&numbered).is_err() {
                return Some(());
            }
            if is_visible(&numbered.event) {
                news.send(News::Seen(view.clone())).ok()?;
            }
        }
    }
    news.send(News::Lost).ok()?;
    thread::sleep(AWAY);
    Some(())
}

/// Whether an event changes what is on the screen: not when it is a part of a view that is still to come.
fn is_visible(event: &AgentEvent) -> bool {
    !matches!(
        event,
        AgentEvent::CodeGiven(_)
            | AgentEvent::PasswordGiven(_)
            | AgentEvent::WrongPin(_)
            | AgentEvent::View(ViewPart { last: false, .. })
    )
}

fn type_on(news: &Sender<News>) -> Option<()> {
    let piece = match event::read() {
        Ok(Event::Key(key)) => News::Key(key),
        Ok(Event::Resize(..)) => News::Resized,
        Ok(_) => return Some(()),
        Err(_) => {
            news.send(News::HungUp).ok()?;
            return None;
        }
    };
    news.send(piece).ok()
}
