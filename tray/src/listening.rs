//! Listening to the shortcut that the configuration names, one at a time. Under Wayland the desktop may ask the user first,
//! so it is begun on a thread of its own.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::app::input::{Action, Input, Notice};
use crate::shortcut::{Keys, Shortcut};
use crate::{notices, texts};

/// The shortcut that is listened to.
#[derive(Clone, Default)]
pub struct Listening {
    held: Arc<Mutex<Option<Shortcut>>>,
    /// Counts what was wanted: what comes late is for nobody.
    wanted: Arc<AtomicU64>,
}

impl Listening {
    /// Listens to these keys and no others, or to none; pressing them types a code.
    pub fn listen(&self, keys: Option<String>, report: impl Fn(Input) + Send + 'static) {
        let turn = self.wanted.fetch_add(1, Ordering::SeqCst) + 1;
        self.hold(None);
        let Some(text) = keys else { return };
        let own = self.clone();
        thread::spawn(move || {
            let begun = begin(&text, move || report(Input::Act(Action::TypeDefault)));
            match begun {
                Ok(shortcut) if own.wanted.load(Ordering::SeqCst) == turn => {
                    own.hold(Some(shortcut))
                }
                Ok(_) => {}
                Err(trouble) => notices::show(Notice {
                    title: texts::tr("The shortcut cannot be used").to_owned(),
                    body: format!("{text}: {trouble}"),
                }),
            }
        });
    }

    fn hold(&self, shortcut: Option<Shortcut>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = shortcut;
    }
}

fn begin(text: &str, pressed: impl Fn() + Send + 'static) -> Result<Shortcut, String> {
    let keys: Keys = text.parse().map_err(|fault: crate::shortcut::KeysFault| fault.to_string())?;
    Shortcut::listen(&keys, pressed).map_err(|fault| fault.to_string())
}
