//! Does what the state wants done, and shows what it has become. Lives on the main thread; what happens elsewhere comes by
//! [`Post`], through the event loop of the windows where there is a display, and by a channel where there is none.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use passcode_proto::place::Place;
use slint::{Timer, TimerMode};

use crate::agent::asking;
use crate::agent::prompts::Prompts;
use crate::app::App;
use crate::app::input::{Action, Effect, Input, Moment, Notice};
use crate::clipboard::Holder;
use crate::listening::Listening;
use crate::menu::tray::Tray;
use crate::window::Windows;
use crate::{errands, notices, texts};

/// How often windows show what changes by time alone.
const TICK: Duration = Duration::from_secs(1);

/// The way to the main thread, from any other.
#[derive(Clone)]
pub enum Post {
    /// By the event loop of the windows.
    Loop,
    /// By a channel.
    Channel(Sender<Input>),
}

impl Post {
    /// Brings what has happened to the main thread.
    pub fn send(&self, input: Input) {
        match self {
            // The loop has ended when the tray ends; then nobody is interested.
            Self::Loop => drop(slint::invoke_from_event_loop(move || deliver(input))),
            Self::Channel(sender) => drop(sender.send(input)),
        }
    }

    /// The same, as a function.
    pub fn sender(&self) -> impl Fn(Input) + Send + Clone + 'static {
        let post = self.clone();
        move |input| post.send(input)
    }
}

thread_local! {
    static SHELL: RefCell<Option<Shell>> = const { RefCell::new(None) };
}

/// Hands something to the shell of this thread, if it is not busy with something else.
pub fn deliver(input: Input) {
    let held = SHELL.with(|shell| match shell.try_borrow_mut() {
        Ok(mut shell) => {
            if let Some(shell) = shell.as_mut() {
                shell.take(input);
            }
            None
        }
        // A window acts while it is being filled: it comes right after.
        Err(_) => Some(input),
    });
    if let Some(input) = held {
        Timer::single_shot(Duration::ZERO, move || deliver(input));
    }
}

/// Puts the shell in its place on this thread.
pub fn install(shell: Shell) {
    SHELL.with(|place| *place.borrow_mut() = Some(shell));
}

/// Takes the shell out of its place: windows, icon and clipboard go with it.
pub fn remove() {
    SHELL.with(|place| drop(place.borrow_mut().take()));
}

/// Delivers what comes by the channel until the tray ends.
pub fn serve_without_windows(inputs: &Receiver<Input>) {
    while let Ok(input) = inputs.recv() {
        let quits = matches!(input, Input::Act(Action::Quit));
        deliver(input);
        if quits {
            return;
        }
    }
}

/// The tray's parts.
pub struct Shell {
    app: App,
    place: Place,
    post: Post,
    tray: Option<Tray>,
    windows: Option<Windows>,
    prompts: Prompts,
    clipboard: Holder,
    listening: Listening,
    ticks: Timer,
    started: Instant,
}

impl Shell {
    /// Everything but the icon, which [`Shell::show_icon`] adds, and windows where there is a display.
    pub fn new(place: Place, own: String, post: Post) -> Self {
        let started = Instant::now();
        let windows = matches!(post, Post::Loop).then(|| {
            let act = Rc::new(|action| deliver(Input::Act(action)));
            Windows::new(act)
        });
        Self {
            app: App::new(own, moment(started)),
            place,
            post,
            tray: None,
            windows,
            prompts: Prompts::default(),
            clipboard: Holder::new(),
            listening: Listening::default(),
            ticks: Timer::default(),
            started,
        }
    }

    /// Puts the icon into the panel, in the place of one whose bus has died.
    ///
    /// # Errors
    /// When there is no session bus.
    pub fn show_icon(&mut self) -> tray_icon::Result<()> {
        self.tray = None;
        self.tray = Some(Tray::show(&self.app)?);
        Ok(())
    }

    fn take(&mut self, input: Input) {
        if matches!(input, Input::BusIsBack)
            && let Err(error) = self.show_icon()
        {
            eprintln!("passcode-tray: the icon cannot be shown again: {error}");
        }
        let is_there = matches!(input, Input::Seen(_));
        let effects = self.app.take(input, moment(self.started));
        if is_there && self.windows.is_some() {
            // Prompts need a display: without one, others are asked.
            self.prompts.register(&self.place, self.post.sender());
        }
        let mut raises = false;
        for effect in effects {
            raises |= effect == Effect::Raise;
            self.perform(effect);
        }
        self.show();
        if raises && let Some(windows) = &self.windows {
            windows.raise();
        }
    }

    fn perform(&mut self, effect: Effect) {
        let report = self.post.sender();
        match effect {
            Effect::Ask(what, request) => asking::ask(&self.place, what, request, report),
            Effect::StartAgent => asking::start(&self.place, report),
            Effect::Scan(source, name) => errands::scan(source, name, report),
            Effect::Copy(what, code, seconds) => {
                self.clipboard.copy(what, code, seconds, report);
            }
            Effect::ClearClipboard => self.clipboard.clear(),
            Effect::TypeDefault => errands::type_default(|trouble| {
                let title = texts::tr("Could not type the passcode").to_owned();
                notices::show(Notice { title, body: trouble });
            }),
            Effect::Listen(keys) => self.listening.listen(keys, report),
            Effect::Notify(notice) => notices::show(notice),
            Effect::AnswerPrompt(prompt, typed) => self.prompts.answer(prompt, typed),
            Effect::Raise => {}
            // Without windows the channel ends it.
            Effect::Quit => drop(slint::quit_event_loop()),
        }
    }

    fn show(&mut self) {
        if let Some(tray) = &mut self.tray {
            tray.update(&self.app);
        }
        if let Some(windows) = &mut self.windows
            && let Err(error) = windows.update(&self.app)
        {
            eprintln!("passcode-tray: a window cannot be shown: {error}");
        }
        match (self.app.needs_ticks(), self.ticks.running()) {
            (true, false) => {
                self.ticks.start(TimerMode::Repeated, TICK, || deliver(Input::Tick));
            }
            (false, true) => self.ticks.stop(),
            _ => {}
        }
    }
}

fn moment(started: Instant) -> Moment {
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment { wall: wall.as_secs(), run: started.elapsed().as_secs() }
}
