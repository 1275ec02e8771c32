//! A message bus of the test's own: the reference `dbus-daemon`, with a configuration that lets everybody do everything.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;

use crate::{tools, wait};

/// A bus, or the place where it was and can be again.
#[derive(Debug)]
pub struct PrivateBus {
    folder: PathBuf,
    daemon: Option<Child>,
}

const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=SOCKET</listen>
  <pidfile>PIDFILE</pidfile>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
  </policy>
</busconfig>
"#;

impl PrivateBus {
    /// A place for a bus.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, daemon: None }
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("socket")
    }

    /// Its address, whether it is there or not.
    pub fn address(&self) -> String {
        format!("unix:path={}", self.socket().display())
    }

    /// Starts it.
    ///
    /// # Panics
    /// When `dbus-daemon` is missing or does not start.
    pub fn start(&mut self) {
        tools::need("dbus-daemon", "dbus-daemon");
        let configuration = self.folder.join("bus.conf");
        let text = CONFIGURATION
            .replace("SOCKET", &self.socket().display().to_string())
            .replace("PIDFILE", &self.folder.join("bus.pid").display().to_string());
        let written =
            fs::create_dir_all(&self.folder).and_then(|()| fs::write(&configuration, text));
        written.expect("a configuration can be written");
        let mut command = Command::new("dbus-daemon");
        command.arg("--nofork").arg(format!("--config-file={}", configuration.display()));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.daemon = Some(command.spawn().expect("dbus-daemon can be started"));
        wait::until("a private bus", || UnixStream::connect(self.socket()).ok());
    }

    /// Ends it without a warning; everybody on it loses it.
    pub fn end(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
        for left in [self.socket(), self.folder.join("bus.pid")] {
            let _ = fs::remove_file(left);
        }
    }

    /// A connection to it.
    ///
    /// # Panics
    /// When it is not there.
    pub fn connect(&self) -> Connection {
        let connection = Builder::address(self.address().as_str()).and_then(Builder::build);
        connection.expect("the bus takes connections")
    }
}

impl Drop for PrivateBus {
    fn drop(&mut self) {
        self.end();
    }
}
