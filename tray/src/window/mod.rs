//! The windows. They are made when they are opened and dropped when they are closed, and what they showed with them. What
//! they show is handed over by [`filling`], what the user does in them becomes actions in [`acting`].

mod acting;
mod filling;

/// What Slint makes of `ui`.
#[allow(
    missing_docs,
    unused_qualifications,
    clippy::unwrap_used,
    clippy::all,
    clippy::todo,
    reason = "made by Slint"
)]
pub mod made {
    slint::include_modules!();
}

use std::rc::Rc;

use slint::{CloseRequestResponse, ComponentHandle, PlatformError};

use crate::app::App;
use crate::app::input::Action;
use crate::app::scene::Scene;
use made::{Do, MainWindow, PromptWindow, State};

/// Where actions go.
pub type Act = Rc<dyn Fn(Action)>;

/// The windows that are open.
pub struct Windows {
    act: Act,
    main: Option<(MainWindow, Scene)>,
    prompt: Option<PromptWindow>,
}

impl Windows {
    /// None is open yet.
    pub fn new(act: Act) -> Self {
        Self { act, main: None, prompt: None }
    }

    /// Opens, fills and closes windows as the state says.
    ///
    /// # Errors
    /// When there is no display to open one on.
    pub fn update(&mut self, app: &App) -> Result<(), PlatformError> {
        self.update_main(app)?;
        self.update_prompt(app)
    }

    fn update_main(&mut self, app: &App) -> Result<(), PlatformError> {
        if !app.is_open() {
            if let Some((window, _)) = self.main.take() {
                window.hide()?;
            }
            return Ok(());
        }
        let scene = app.scene();
        match &mut self.main {
            Some((window, before)) => {
                filling::fill(&window.global::<State>(), &scene, Some(before));
                *before = scene;
            }
            None => {
                let window = main_window(&self.act)?;
                filling::fill(&window.global::<State>(), &scene, None);
                window.show()?;
                self.main = Some((window, scene));
            }
        }
        Ok(())
    }

    fn update_prompt(&mut self, app: &App) -> Result<(), PlatformError> {
        let Some(scene) = app.prompt_scene() else {
            if let Some(window) = self.prompt.take() {
                window.hide()?;
            }
            return Ok(());
        };
        match &self.prompt {
            Some(window) => filling::fill_prompt(&window.global::<State>(), &scene),
            None => {
                let window = prompt_window(&self.act)?;
                filling::fill_prompt(&window.global::<State>(), &scene);
                window.show()?;
                self.prompt = Some(window);
            }
        }
        Ok(())
    }

    /// The main window, while it is open.
    pub fn main(&self) -> Option<&MainWindow> {
        self.main.as_ref().map(|(window, _)| window)
    }

    /// The window of the open prompt.
    pub fn prompt(&self) -> Option<&PromptWindow> {
        self.prompt.as_ref()
    }

    /// Brings the main window to the front.
    pub fn raise(&self) {
        use slint::winit_030::WinitWindowAccessor;
        if let Some((window, _)) = &self.main {
            window.window().with_winit_window(|window| {
                window.set_minimized(false);
                window.focus_window();
            });
        }
    }
}

/// A main window whose controls are connected.
///
/// # Errors
/// When there is no display.
pub fn main_window(act: &Act) -> Result<MainWindow, PlatformError> {
    let window = MainWindow::new()?;
    acting::connect(&window.global::<Do>(), act);
    let hide = Rc::clone(act);
    window.window().on_close_requested(move || {
        hide(Action::Hide);
        CloseRequestResponse::HideWindow
    });
    Ok(window)
}

/// A prompt's window whose controls are connected.
///
/// # Errors
/// When there is no display.
pub fn prompt_window(act: &Act) -> Result<PromptWindow, PlatformError> {
    let window = PromptWindow::new()?;
    acting::connect(&window.global::<Do>(), act);
    let cancel = Rc::clone(act);
    window.window().on_close_requested(move || {
        cancel(Action::Cancel);
        CloseRequestResponse::HideWindow
    });
    Ok(window)
}
