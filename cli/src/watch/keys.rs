//! What keys mean. Pure: a key and whether something is being typed (a filter, a PIN) give an action.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// What the user wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Select the row so many rows further down, or up when negative.
    Move(isize),
    /// Select a row a screenful further down, or up when negative.
    Page(isize),
    /// Select the first row.
    First,
    /// Select the last row.
    Last,
    /// Copy the selected code; spends a counter-based one.
    Copy,
    /// Begin to type a filter.
    Filter,
    /// A character of what is being typed.
    Type(char),
    /// Take its last character away.
    Erase,
    /// Keep what was typed and go back to the list.
    Keep,
    /// Leave what is nearest: what is being typed, the filter, else the list.
    Leave,
    /// Lock the vault.
    Lock,
    /// Unlock the vault.
    Unlock,
    /// Draw everything anew.
    Redraw,
    /// Stop for a while (Ctrl-Z).
    Suspend,
    /// Quit.
    Quit,
}

/// The action that a key stands for, if any.
pub fn action(key: KeyEvent, typing: bool) -> Option<Action> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    match (key.code, key.modifiers.contains(KeyModifiers::CONTROL)) {
        (KeyCode::Char(c), true) => control(c),
        (KeyCode::Char(c), false) if typing => Some(Action::Type(c)),
        (KeyCode::Backspace, _) if typing => Some(Action::Erase),
        (KeyCode::Enter, _) if typing => Some(Action::Keep),
        (KeyCode::Char(c), false) => letter(c),
        (code, _) => named(code),
    }
}

fn control(c: char) -> Option<Action> {
    match c {
        'c' => Some(Action::Quit),
        'z' => Some(Action::Suspend),
        'l' => Some(Action::Redraw),
        'n' => Some(Action::Move(1)),
        'p' => Some(Action::Move(-1)),
        _ => None,
    }
}

fn letter(c: char) -> Option<Action> {
    match c {
        'j' => Some(Action::Move(1)),
        'k' => Some(Action::Move(-1)),
        'g' => Some(Action::First),
        'G' => Some(Action::Last),
        'c' => Some(Action::Copy),
        '/' => Some(Action::Filter),
        'l' => Some(Action::Lock),
        'u' => Some(Action::Unlock),
        'q' => Some(Action::Quit),
        _ => None,
    }
}

fn named(code: KeyCode) -> Option<Action> {
    match code {
        KeyCode::Down => Some(Action::Move(1)),
        KeyCode::Up => Some(Action::Move(-1)),
        KeyCode::PageDown => Some(Action::Page(1)),
        KeyCode::PageUp => Some(Action::Page(-1)),
        KeyCode::Home => Some(Action::First),
        KeyCode::End => Some(Action::Last),
        KeyCode::Enter => Some(Action::Copy),
        KeyCode::Esc => Some(Action::Leave),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: KeyCode, typing: bool) -> Option<Action> {
        action(KeyEvent::new(code, KeyModifiers::NONE), typing)
    }

    #[test]
    fn letters_are_commands_in_the_list_and_text_in_the_filter() {
        assert_eq!(pressed(KeyCode::Char('q'), false), Some(Action::Quit));
        assert_eq!(pressed(KeyCode::Char('q'), true), Some(Action::Type('q')));
        assert_eq!(pressed(KeyCode::Char('l'), true), Some(Action::Type('l')));
    }

    #[test]
    fn enter_copies_in_the_list_and_never_spends_a_code_while_a_filter_is_typed() {
        assert_eq!(pressed(KeyCode::Enter, false), Some(Action::Copy));
        assert_eq!(pressed(KeyCode::Enter, true), Some(Action::Keep));
    }

    #[test]
    fn control_c_always_quits() {
        for typing in [true, false] {
            let key = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
            assert_eq!(action(key, typing), Some(Action::Quit));
        }
    }
}
