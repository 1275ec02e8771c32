//! What a screen reader hears: the bus of assistive programs (AT-SPI 2) with its register of applications, and the windows
//! that applications show on it.

use std::process::Command;

use passcode_process_tests::processes::{self, has_ended};
use passcode_process_tests::{site, tools, wait};
use zbus::blocking::Connection;

use crate::element::Element;
use crate::page::Page;
use crate::remote::{self, Remote};
use crate::session::Session;

const LAUNCHER: &str = "/usr/libexec/at-spi-bus-launcher";
const REGISTRY: &str = "/usr/libexec/at-spi2-registryd";

/// The ears of a session.
#[derive(Debug)]
pub struct Accessibility {
    connection: Connection,
    /// The bus's own process, which would outlive its launcher.
    daemon: u32,
}

impl Accessibility {
    /// Starts the bus, and says to all programs that somebody listens.
    ///
    /// # Panics
    /// When it is missing or does not start.
    pub(crate) fn start(session: &mut Session) -> Self {
        tools::need_file(LAUNCHER, "at-spi2-core");
        tools::need_file(REGISTRY, "at-spi2-core");
        let mut launcher = Command::new(LAUNCHER);
        launcher.arg("--launch-immediately");
        session.run(launcher);
        let on_session = session.connect();
        let bus = Remote::new(&on_session, "org.a11y.Bus", "/org/a11y/bus");
        let address: String = wait::until("the bus of screen readers", || {
            let given = bus.call("org.a11y.Bus", "GetAddress", &());
            given.ok().filter(|address: &String| !address.is_empty())
        });
        for property in ["IsEnabled", "ScreenReaderEnabled"] {
            let set = bus.set_property("org.a11y.Status", property, true);
            set.expect("screen readers can be announced");
        }
        let connection = remote::connect(&address);
        let daemon = remote::process_of(&connection, "org.freedesktop.DBus").expect("a process");
        site::note(daemon, &session.logs().join("at-spi-bus.process"));
        Self { connection, daemon }
    }

    /// The applications that have said that they are there.
    pub fn applications(&self) -> Vec<Element> {
        let (owner, path) = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root");
        Element::new(Remote::new(&self.connection, owner, path)).children()
    }

    /// The windows that are shown, with what is in them.
    pub fn windows(&self) -> Vec<Page> {
        let applications = self.applications();
        applications.iter().flat_map(Element::children).map(|window| Page::of(&window)).collect()
    }

    /// The window with this title, as it is now.
    pub fn window(&self, title: &str) -> Option<Page> {
        let applications = self.applications();
        let mut windows = applications.iter().flat_map(Element::children);
        windows.find(|window| window.name() == title).map(|window| Page::of(&window))
    }

    /// Waits until the window with this title is as `look` wants it.
    ///
    /// # Panics
    /// When it never is, with what was there instead.
    pub fn wait_for<T>(
        &self,
        what: &str,
        title: &str,
        mut look: impl FnMut(&Page) -> Option<T>,
    ) -> T {
        let found =
            wait::within(wait::PATIENCE, || self.window(title).and_then(|page| look(&page)));
        found.unwrap_or_else(|| {
            let all: Vec<String> = self.windows().iter().map(Page::to_string).collect();
            panic!("waited in vain for {what} in the window \"{title}\":\n{}", all.join("\n"))
        })
    }
}

impl Drop for Accessibility {
    fn drop(&mut self) {
        if !has_ended(self.daemon) {
            processes::kill(self.daemon);
        }
    }
}
