//! The live list at work: takes news in, turns keys into changes of the model and wishes to the agent, and gives
//! frames. Waits for nothing.

use std::sync::mpsc::Sender;

use passcode_proto::request::Unlock;

use super::asker::Wish;
use super::bar::Signs;
use super::draw::{self, Line, Size};
use super::feed::News;
use super::keys::{self, Action};
use super::model::{Filter, Model};
use super::question::Question;

/// What the loop does after a piece of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Draw and wait on.
    GoOn,
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back for a while.
    Suspend,
    /// Leave.
    Quit,
    /// Leave, and end by this signal.
    End(i32),
}

/// The list, and where its wishes go.
#[derive(Debug)]
pub struct Session {
    model: Model,
    wishes: Sender<Wish>,
    signs: Signs,
    /// Whether a code is being copied; another one must not be spent meanwhile.
    copying: bool,
}

impl Session {
    /// A list that knows nothing yet.
    pub fn new(wishes: Sender<Wish>, signs: Signs) -> Self {
        Self { model: Model::default(), wishes, signs, copying: false }
    }

    /// The frame to show. Codes on the screen whose time step is over are wished for.
    pub fn frame(&mut self, size: Size, now: u64) -> Vec<Line> {
        self.model.age(now);
        self.model.fit(size.list());
        for (id, name) in self.model.due(now) {
            self.model.ask(id);
            self.wish(Wish::Show(id, name));
        }
        draw::frame(&self.model, size, now, self.signs)
    }

    /// Whether the screen changes as time goes by.
    pub fn ticks(&self) -> bool {
        self.model.ticks()
    }

    /// Takes in a piece of news.
    pub fn take(&mut self, news: News, now: u64) -> Next {
        match news {
            News::Seen(view) => self.model.see(view),
            News::Lost => self.model.lose(),
            News::Shown(id, Ok(code)) => self.model.put(id, code, now),
            News::Shown(id, Err(fault)) => self.model.miss(id, fault.message, now),
            News::Copied(id, code, note) => {
                self.copying = false;
                code.into_iter().for_each(|code| self.model.put(id, code, now));
                self.model.note(note, now);
            }
            News::Wanted(kind, given) => self.model.ask_for(kind, given),
            News::Note(note) => self.model.note(note, now),
            News::Key(key) => {
                let is_typing = self.model.filter.typing || self.model.question.is_some();
                let action = keys::action(key, is_typing);
                return action.map_or(Next::GoOn, |action| self.act(action));
            }
            News::Resized => return Next::Redraw,
            News::HungUp => return Next::Quit,
            News::Signal(signal) => return Next::End(signal),
        }
        Next::GoOn
    }

    fn act(&mut self, action: Action) -> Next {
        if self.model.question.is_some() {
            return self.act_on_question(action);
        }
        let model = &mut self.model;
        match action {
            Action::Move(rows) => model.step(rows),
            Action::Page(pages) => model.page(pages),
            Action::First => model.select(0),
            Action::Last => model.select(usize::MAX),
            Action::Filter => model.filter_by(|filter| filter.typing = true),
            Action::Type(c) => model.filter_by(|filter| filter.add(c)),
            Action::Erase => model.filter_by(Filter::erase),
            Action::Keep => model.filter_by(|filter| filter.typing = false),
            Action::Leave if !model.filter.typing && model.filter.text.is_empty() => {
                return Next::Quit;
            }
            Action::Leave => model.filter_by(|filter| *filter = Filter::default()),
            Action::Copy => self.copy(),
            Action::Lock => self.wish(Wish::Lock),
            Action::Unlock => self.unlock(),
            Action::Redraw => return Next::Redraw,
            Action::Suspend => return Next::Suspend,
            Action::Quit => return Next::Quit,
        }
        Next::GoOn
    }

    /// While a secret is typed, keys mean nothing else.
    fn act_on_question(&mut self, action: Action) -> Next {
        match action {
            Action::Type(c) => self.model.question.iter_mut().for_each(|question| question.add(c)),
            Action::Erase => self.model.question.iter_mut().for_each(Question::erase),
            Action::Keep => {
                if let Some(given) = self.model.question.take().and_then(Question::answered) {
                    self.wish(Wish::Unlock(given));
                }
            }
            Action::Leave => self.model.question = None,
            Action::Redraw => return Next::Redraw,
            Action::Suspend => return Next::Suspend,
            Action::Quit => return Next::Quit,
            _ => {}
        }
        Next::GoOn
    }

    fn unlock(&mut self) {
        if self.model.is_locked() {
            self.wish(Wish::Unlock(Unlock { pin: None, passphrase: None, recovery: None }));
        }
    }

    fn copy(&mut self) {
        let selected =
            self.model.selected().map(|profile| Wish::Copy(profile.id, profile.name.to_string()));
        if let Some(wish) = selected.filter(|_| !self.copying) {
            self.copying = true;
            self.wish(wish);
        }
    }

    fn wish(&self, wish: Wish) {
        // The asker ends only with the process.
        let _ = self.wishes.send(wish);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    use passcode_proto::profile::ProfileId;
    use passcode_proto::reply::LockState;
    use passcode_proto::view::View;
    use passcode_proto::{FaultCode, SecretText};

    use super::*;
    use crate::input::Kind;
    use crate::watch::tests::{STEP, three, timed};

    /// Presses keys one after the other and gives what was wished for; nothing is answered.
    fn wishes_after(keys: &[KeyCode]) -> (Vec<Wish>, Next) {
        let (sender, wishes) = mpsc::channel();
        let mut session = Session { model: three(), ..Session::new(sender, Signs::Ascii) };
        let press =
            |key: &KeyCode| session.take(News::Key(KeyEvent::new(*key, KeyModifiers::NONE)), STEP);
        let last = keys.iter().map(press).last();
        (wishes.try_iter().collect(), last.unwrap_or(Next::GoOn))
    }

    #[test]
    fn a_counter_based_code_is_spent_once_however_often_enter_is_pressed() {
        let (wishes, _) =
            wishes_after(&[KeyCode::Char('j'), KeyCode::Enter, KeyCode::Enter, KeyCode::Char('c')]);
        assert_eq!(wishes, [Wish::Copy(ProfileId(2), "token".into())]);
    }

    #[test]
    fn moving_and_filtering_ask_for_nothing() {
        let keys =
            [KeyCode::Down, KeyCode::Char('/'), KeyCode::Char('l'), KeyCode::Enter, KeyCode::Esc];
        assert_eq!(wishes_after(&keys), (Vec::new(), Next::GoOn));
    }

    #[test]
    fn esc_leaves_the_filter_first_and_then_the_list() {
        let keys = [KeyCode::Char('/'), KeyCode::Char('x'), KeyCode::Esc, KeyCode::Esc];
        assert_eq!(wishes_after(&keys[..3]).1, Next::GoOn);
        assert_eq!(wishes_after(&keys).1, Next::Quit);
    }

    #[test]
    fn l_locks() {
        assert_eq!(wishes_after(&[KeyCode::Char('l')]).0, [Wish::Lock]);
    }

    /// A list of a locked vault that has been asked for its PIN, and what it wished for.
    fn asked_for_pin(typed: &str) -> (Session, Vec<Wish>) {
        let (sender, wishes) = mpsc::channel();
        let mut session = Session::new(sender, Signs::Ascii);
        session.take(News::Seen(View::new(LockState::Locked)), STEP);
        let mut press =
            |code| session.take(News::Key(KeyEvent::new(code, KeyModifiers::NONE)), STEP);
        press(KeyCode::Char('u'));
        let first: Vec<Wish> = wishes.try_iter().collect();
        assert_eq!(first, [Wish::Unlock(nothing())]);
        session.take(News::Wanted(Kind::Pin, nothing()), STEP);
        for c in typed.chars() {
            let code = if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
            session.take(News::Key(KeyEvent::new(code, KeyModifiers::NONE)), STEP);
        }
        (session, wishes.try_iter().collect())
    }

    fn nothing() -> Unlock {
        Unlock { pin: None, passphrase: None, recovery: None }
    }

    #[test]
    fn u_asks_for_what_a_locked_vault_opens_with_and_means_nothing_to_an_open_one() {
        let pin = Some(SecretText::new("24qu".into()));
        let (session, wishes) = asked_for_pin("24qu\n");
        assert_eq!(wishes, [Wish::Unlock(Unlock { pin, ..nothing() })]);
        assert!(session.model.question.is_none());
        assert_eq!(wishes_after(&[KeyCode::Char('u')]).0, []);
    }

    #[test]
    fn a_pin_that_is_typed_is_never_on_the_screen() {
        let (mut session, wishes) = asked_for_pin("2468");
        assert_eq!(wishes, []);
        let frame = session.frame(Size { columns: 80, rows: 24 }, STEP);
        let text: String =
            frame.iter().flat_map(|line| &line.0).map(|(_, text)| text.as_str()).collect();
        assert!(text.contains("PIN: ****_") && !text.contains('2'), "{text}");
        assert!(!format!("{session:?}").contains("2468"));
    }

    #[test]
    fn the_question_goes_away_with_esc_with_an_empty_answer_and_when_the_vault_is_open() {
        let (mut session, _) = asked_for_pin("24");
        session.take(News::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE)), STEP);
        assert!(session.model.question.is_none());
        let (session, wishes) = asked_for_pin("\n");
        assert!(session.model.question.is_none() && wishes.is_empty());
        let (mut session, _) = asked_for_pin("24");
        session.take(News::Seen(View::new(LockState::Open)), STEP);
        assert!(session.model.question.is_none());
        session.take(News::Wanted(Kind::Pin, nothing()), STEP);
        assert!(session.model.question.is_none(), "it came too late");
    }

    #[test]
    fn a_code_is_wished_for_once_while_its_answer_is_out_and_again_after_its_step() {
        let (sender, wishes) = mpsc::channel();
        let mut session = Session { model: three(), ..Session::new(sender, Signs::Ascii) };
        let size = Size { columns: 80, rows: 24 };
        for _ in 0..3 {
            session.frame(size, STEP);
        }
        let games = Wish::Show(ProfileId(3), "games".into());
        assert!(wishes.try_iter().eq([games.clone()]));
        session.take(News::Shown(ProfileId(3), Ok(timed("5K3PB"))), STEP);
        session.frame(size, STEP + 29);
        assert_eq!(wishes.try_iter().collect::<Vec<_>>(), []);
        session.frame(size, STEP + 30);
        assert_eq!(
            wishes.try_iter().collect::<Vec<_>>(),
            [Wish::Show(ProfileId(1), "work".into()), games]
        );
    }

    #[test]
    fn an_answer_that_comes_after_the_lock_is_not_shown() {
        let (sender, _wishes) = mpsc::channel();
        let mut session = Session { model: three(), ..Session::new(sender, Signs::Ascii) };
        session.take(News::Lost, STEP);
        session.take(News::Shown(ProfileId(3), Ok(timed("5K3PB"))), STEP);
        session.take(News::Shown(ProfileId(1), Err(FaultCode::Locked.into())), STEP);
        assert_eq!(
            (session.model.shown(ProfileId(3)), session.model.shown(ProfileId(1))),
            (None, None)
        );
    }
}
