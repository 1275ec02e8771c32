//! An X11 display without a monitor: `Xvfb`, with windows of ours that show QR codes, and a clipboard that `xclip` fills.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    ConnectionExt, CreateGCAux, CreateWindowAux, Rectangle, Screen, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::pictures::Code;
use crate::{site, tools, wait};

/// A display; it ends with the test.
#[derive(Debug)]
pub struct Display {
    server: Child,
    name: String,
    /// Where the guardian finds the server.
    _folder: TempDir,
}

impl Display {
    /// A display of 1024 by 640 pixels. Without `-noreset` it would forget everything when its last client leaves.
    ///
    /// # Panics
    /// When Xvfb is missing or does not start.
    pub fn start() -> Self {
        tools::need("Xvfb", "xvfb");
        let folder = site::folder();
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1024x640x24"]);
        command.args(["-nolisten", "tcp", "-noreset"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = command.spawn().expect("Xvfb can be started");
        let said = server.stdout.take().expect("a pipe from its output");
        let pid = fs::write(folder.path().join("xvfb.pid"), format!("{}\n", server.id()));
        pid.expect("a file can be written");
        let mut number = String::new();
        let read = BufReader::new(said).read_line(&mut number);
        assert!(read.is_ok_and(|length| length > 1), "Xvfb has not said its number");
        Self { server, name: format!(":{}", number.trim()), _folder: folder }
    }

    /// Its name, for `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Shows a code in a window at this place.
    ///
    /// # Panics
    /// When the display does not let us.
    pub fn show(&self, code: &Code, x: i16, y: i16) -> Window {
        let (connection, number) = RustConnection::connect(Some(&self.name)).expect("a display");
        let screen = connection.setup().roots[number].clone();
        draw(&connection, &screen, code, (x, y)).expect("a window with a code");
        Window { _connection: connection }
    }

    /// Puts a file into the clipboard, as another program does that lives on; `kind` is what it is.
    ///
    /// # Panics
    /// When xclip is missing or fails.
    pub fn copy(&self, file: &std::path::Path, kind: &str) -> Copied {
        tools::need("xclip", "xclip");
        let mut command = Command::new("xclip");
        command.args(["-quiet", "-selection", "clipboard", "-t", kind, "-i"]).arg(file);
        command.env("DISPLAY", &self.name);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let copied = Copied(command.spawn().expect("xclip can be started"));
        wait::until("somebody who has copied something", || {
            let (connection, _) = RustConnection::connect(Some(&self.name)).ok()?;
            let clipboard = connection.intern_atom(false, b"CLIPBOARD").ok()?.reply().ok()?.atom;
            let owner = connection.get_selection_owner(clipboard).ok()?.reply().ok()?.owner;
            (owner != x11rb::NONE).then_some(())
        });
        copied
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        end(&mut self.server);
    }
}

/// A window; it is closed when dropped.
#[derive(Debug)]
pub struct Window {
    _connection: RustConnection,
}

/// Something that was copied; it is gone when dropped.
#[derive(Debug)]
pub struct Copied(Child);

impl Drop for Copied {
    fn drop(&mut self) {
        end(&mut self.0);
    }
}

/// It may have ended by itself.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn draw(
    connection: &RustConnection,
    screen: &Screen,
    code: &Code,
    (x, y): (i16, i16),
) -> Result<(), Box<dyn std::error::Error>> {
    let (window, pen) = (connection.generate_id()?, connection.generate_id()?);
    let side = u16::try_from(code.side())?;
    let white = CreateWindowAux::new().background_pixel(screen.white_pixel).override_redirect(1);
    let kind = WindowClass::INPUT_OUTPUT;
    let (depth, visual) = (screen.root_depth, screen.root_visual);
    connection.create_window(
        depth,
        window,
        screen.root,
        x,
        y,
        side,
        side,
        0,
        kind,
        visual,
        &white,
    )?;
    connection.create_gc(pen, window, &CreateGCAux::new().foreground(screen.black_pixel))?;
    connection.map_window(window)?;
    let dark: Vec<Rectangle> = code
        .dark()
        .map(|(x, y, size)| Rectangle {
            x: x as i16,
            y: y as i16,
            width: size as u16,
            height: size as u16,
        })
        .collect();
    connection.poly_fill_rectangle(window, pen, &dark)?;
    Ok(connection.sync()?)
}
