//! The icon in the panel, held by tray-icon: over D-Bus on Linux, where a panel that comes late or again finds it by
//! itself. What is shown is compared with what was, so that nothing is sent twice.

use tray_icon::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tray_icon::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

use super::picture;
use crate::app::App;
use crate::app::entries::{Entry, Sign};
use crate::app::input::Action;
use passcode_proto::profile::ProfileId;

/// How panels know us.
const ID: &str = "passcode-tray";

/// The icon, with what it shows.
pub struct Tray {
    icon: TrayIcon,
    sign: Sign,
    entries: Vec<Entry>,
}

/// Hears clicks on icon and menu from now on, whatever icon there is.
pub fn hear(act: impl Fn(Action) + Send + Sync + Clone + 'static) {
    let chosen = act.clone();
    MenuEvent::set_event_handler(Some(move |event: MenuEvent| {
        if let Some(action) = meant(event.id.as_ref()) {
            chosen(action);
        }
    }));
    TrayIconEvent::set_event_handler(Some(move |event| match event {
        TrayIconEvent::Click {
            button: MouseButton::Left,
            button_state: MouseButtonState::Up,
            ..
        } => act(Action::Open),
        TrayIconEvent::Click {
            button: MouseButton::Middle,
            button_state: MouseButtonState::Up,
            ..
        } => {
            act(Action::CopyDefault);
        }
        _ => {}
    }));
}

impl Tray {
    /// Puts the icon into the panel, or leaves it for the panel to come.
    ///
    /// # Errors
    /// When there is no session bus.
    pub fn show(app: &App) -> tray_icon::Result<Self> {
        let (sign, entries) = (app.sign(), app.entries());
        let icon = TrayIconBuilder::new()
            .with_id(ID)
            .with_title("Passcode Agent")
            .with_tooltip(sign.tooltip())
            .with_icon(picture::of(sign))
            .with_menu(Box::new(menu(&entries)))
            .with_menu_on_left_click(false)
            .build()?;
        Ok(Self { icon, sign, entries })
    }

    /// Shows what has changed.
    pub fn update(&mut self, app: &App) {
        let (sign, entries) = (app.sign(), app.entries());
        if sign != self.sign {
            // An icon that cannot be sent is one whose bus has died; that is noticed elsewhere.
            let _ = self.icon.set_icon(Some(picture::of(sign)));
            let _ = self.icon.set_tooltip(Some(sign.tooltip()));
            self.sign = sign;
        }
        if entries != self.entries {
            self.icon.set_menu(Some(Box::new(menu(&entries))));
            self.entries = entries;
        }
    }
}

fn menu(entries: &[Entry]) -> Menu {
    let menu = Menu::new();
    for entry in entries {
        // A menu takes what it is given here; only a menu bar is choosy.
        let _ = match entry {
            Entry::Item { label, action } => {
                menu.append(&MenuItem::with_id(named(action), plain(label), true, None))
            }
            Entry::Text(text) => menu.append(&MenuItem::new(plain(text), false, None)),
            Entry::Separator => menu.append(&PredefinedMenuItem::separator()),
        };
    }
    menu
}

/// Names hold no shortcuts.
fn plain(label: &str) -> String {
    label.replace('&', "&&")
}

const NAMED: [(&str, Action); 8] = [
    ("open", Action::Open),
    ("add", Action::Add),
    ("lock", Action::Lock),
    ("settings", Action::Settings),
    ("about", Action::About),
    ("start", Action::StartAgent),
    ("copy-default", Action::CopyDefault),
    ("quit", Action::Quit),
];

/// What an entry is called on the way to the panel and back: a click on an old menu still means what it said.
fn named(action: &Action) -> String {
    match action {
        Action::CopyOf(profile) => format!("code-{}", profile.0),
        other => {
            let found = NAMED.iter().find(|(_, action)| action == other);
            found.map(|(name, _)| (*name).to_owned()).unwrap_or_default()
        }
    }
}

fn meant(name: &str) -> Option<Action> {
    if let Some(number) = name.strip_prefix("code-") {
        return number.parse().ok().map(|number| Action::CopyOf(ProfileId(number)));
    }
    NAMED.iter().find(|(one, _)| *one == name).map(|(_, action)| action.clone())
}
