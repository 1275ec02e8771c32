//! Typing by the desktop's portal, `org.freedesktop.portal.RemoteDesktop`, as Wayland desktops have it. The user is asked once: the
//! leave that was given is kept ([`leave`]). Which window gets the keys is the desktop's affair and cannot be seen.

mod leave;
mod request;

use std::collections::HashMap;
use std::thread;
use std::time::{Duration, Instant};

use passcode_proto::SecretText;
use zbus::blocking::connection::Builder;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, Value};

use super::keysym::{self, Keysym};
use crate::typing::{Manner, Stopped, TypingFault};
use leave::Leave;
use request::Desk;

const SESSION: &str = "org.freedesktop.portal.Session";

/// How long the portal may take for what it does without the user.
const PATIENCE: Duration = Duration::from_secs(5);

/// What takes longer than this has been a question to the user.
const QUESTION: Duration = Duration::from_millis(700);

/// How long a desktop may take to give the focus back after a question.
const SETTLED: Duration = Duration::from_millis(300);

/// Among the devices of a session: its keyboard.
const KEYBOARD: u32 = 1;

/// Leave that lasts until the user takes it back.
const FOR_EVER: u32 = 2;

/// A session in which this program types; it ends with this.
#[derive(Debug)]
pub struct Keyboard {
    desk: Desk,
    session: OwnedObjectPath,
}

impl From<zbus::Error> for TypingFault {
    fn from(_: zbus::Error) -> Self {
        Self::Ended
    }
}

impl Keyboard {
    /// Asks the desktop, which asks its user when there is no leave from before.
    pub fn open() -> Result<Self, TypingFault> {
        let bus = Builder::session().and_then(|builder| builder.method_timeout(PATIENCE).build());
        let desk = bus.and_then(Desk::at).map_err(|_| TypingFault::NoPortal)?;
        desk.register();
        let session = created(&desk)?;
        let keyboard = Self { desk, session };
        let asked = Instant::now();
        keyboard.start(&Leave::find())?;
        if asked.elapsed() > QUESTION {
            thread::sleep(SETTLED);
        }
        Ok(keyboard)
    }

    /// Makes the session one with a keyboard, by the leave from before or a new one.
    fn start(&self, leave: &Leave) -> Result<(), TypingFault> {
        let session = self.session();
        let token = leave.token();
        self.desk.ask("SelectDevices", |mut options| {
            options.insert("types", KEYBOARD.into());
            options.insert("persist_mode", FOR_EVER.into());
            options.extend(token.map(|token| ("restore_token", token.into())));
            (session.clone(), options)
        })?;
        let given = self.desk.ask("Start", |options| (session.clone(), "", options))?;
        leave.keep(given.get("restore_token").and_then(|token| token.downcast_ref().ok()));
        match given.get("devices").and_then(|devices| devices.downcast_ref::<u32>().ok()) {
            Some(devices) if devices & KEYBOARD != 0 => Ok(()),
            _ => Err(TypingFault::Denied),
        }
    }

    /// Types `text` into whatever window has the focus.
    pub fn type_text(&self, text: &SecretText, manner: Manner) -> Result<(), Stopped> {
        for (typed, keysym) in keysym::of_text(text, manner).iter().enumerate() {
            if typed > 0 {
                thread::sleep(manner.pause);
            }
            let struck = self.strike(*keysym);
            struck.map_err(|error| Stopped { fault: error.into(), typed: Some(typed) })?;
        }
        Ok(())
    }

    fn strike(&self, keysym: Keysym) -> zbus::Result<()> {
        for is_pressed in [1_u32, 0] {
            let options = HashMap::<&str, Value<'_>>::new();
            let key = (self.session(), options, keysym.cast_signed(), is_pressed);
            self.desk.call("NotifyKeyboardKeysym", &key)?;
        }
        Ok(())
    }

    fn session(&self) -> ObjectPath<'_> {
        self.session.as_ref()
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        // A session that is not there any more has ended.
        let _ = self.desk.tell(self.session(), SESSION, "Close");
    }
}

fn created(desk: &Desk) -> Result<OwnedObjectPath, TypingFault> {
    let created = desk.ask("CreateSession", |mut options| {
        options.insert("session_handle_token", request::token("session").into());
        options
    });
    let results = created.map_err(|fault| match fault {
        TypingFault::Ended => TypingFault::NoPortal,
        fault => fault,
    })?;
    // It is a text by an old mistake that portals have to keep.
    let session = results.get("session_handle").and_then(|path| path.downcast_ref::<&str>().ok());
    let session = session.and_then(|path| ObjectPath::try_from(path.to_owned()).ok());
    session.map(Into::into).ok_or(TypingFault::NoPortal)
}
