//! A panel that people use: LXQt's, with nothing in it but the place for icons of programs.
//! For tests that need no display there is [`crate::watcher`].

use std::fs;
use std::process::Command;

use passcode_process_tests::{tools, wait};

use crate::hand::{Button, Hand};
use crate::program::Program;
use crate::remote;
use crate::session::Session;

/// Who tells programs that a place for icons is there.
pub const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// Where the first icon is: the panel is at the top, and icons begin at the left.
const FIRST_ICON: (i32, i32) = (16, 16);

const CONFIGURATION: &str = "panels=panel1
[panel1]
alignment=-1
desktop=0
hidable=false
lineCount=1
lockPanel=false
panelSize=32
iconSize=24
plugins=statusnotifier
position=Top
width=100
width-percent=true
[statusnotifier]
type=statusnotifier
alignment=Left
";

/// A panel; it is gone when dropped.
#[derive(Debug)]
pub struct Panel {
    program: Program,
}

impl Panel {
    /// Starts the panel of a session, and waits until it takes icons.
    ///
    /// # Panics
    /// When it is missing or does not start.
    pub fn start(session: &Session) -> Self {
        tools::need("lxqt-panel", "lxqt-panel");
        let folder = session.home().join(".config/lxqt");
        let written = fs::create_dir_all(&folder)
            .and_then(|()| fs::write(folder.join("panel.conf"), CONFIGURATION));
        written.expect("a configuration");
        let mut panel = Self { program: session.start(Command::new("lxqt-panel")) };
        let bus = session.connect();
        wait::until("a panel", || {
            panel.program.assert_running();
            remote::has_owner(&bus, WATCHER).then_some(())
        });
        panel
    }

    /// Clicks on the one icon that is there.
    pub fn click(&self, hand: &Hand, button: Button) {
        hand.clicks(button, FIRST_ICON);
    }

    /// Ends it, as a crash does.
    pub fn kill(self) {
        drop(self);
    }
}
