//! Windows that keys are typed into, on a [`Display`]: `xev` says what it understands of each key, as programs do that use the
//! X Window System's own library. And the hands that press keys and click into windows.

use std::io::{BufRead, BufReader, Read};
use std::ops::RangeInclusive;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use x11rb::connection::Connection;
use x11rb::protocol::xinput::{ConnectionExt as _, Device};
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt, CreateWindowAux, GrabMode, GrabStatus, InputFocus, KEY_PRESS_EVENT,
    KEY_RELEASE_EVENT, MapState, WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::display::Display;
use crate::run::Run;
use crate::{tools, wait};

/// The key Control on the left, and the space bar, on every layout.
pub const CONTROL: u8 = 37;
const SPACE: u8 = 65;

/// What xev calls the keys that only change what others mean: Shift, Control and so on, and what chooses a third level.
const MODIFIERS: RangeInclusive<u32> = 0xffe1..=0xffee;
const THIRD_LEVEL: u32 = 0xfe03;

const RETURN: u32 = 0xff0d;

/// A window; it is closed when dropped.
#[derive(Debug)]
pub struct Field {
    program: Child,
    said: Arc<Mutex<Vec<String>>>,
    window: u32,
}

impl Field {
    /// A window that has no focus yet.
    ///
    /// # Panics
    /// When xev is missing or does not start.
    pub fn open(display: &Display) -> Self {
        tools::need("xev", "x11-utils");
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("field {}", COUNT.fetch_add(1, Ordering::Relaxed));
        let mut command = Command::new("xev");
        command.args(["-event", "keyboard", "-name", &name]).env("DISPLAY", display.name());
        command.env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut program = command.spawn().expect("xev can be started");
        let said = listen(program.stdout.take().expect("a pipe from its output"));
        let (connection, _) = RustConnection::connect(Some(display.name())).expect("a display");
        let window = wait::until("a window of xev's", || window(&connection, &name));
        Self { program, said, window }
    }

    /// What was typed into it: a line break for Return, `?` for what is no character.
    pub fn typed(&self) -> String {
        let lines = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let mut typed = String::new();
        for pair in lines.split(|line| line.is_empty()) {
            let is_press = pair.first().is_some_and(|line| line.starts_with("KeyPress event"));
            let keysym = pair.iter().find_map(|line| keysym(line)).filter(|_| is_press);
            typed.extend(keysym.filter(|keysym| !is_modifier(*keysym)).map(character));
        }
        typed
    }

    /// Waits until it has got at least so many characters.
    pub fn wait_for(&self, characters: usize) {
        wait::until("what is typed", || (self.typed().chars().count() >= characters).then_some(()));
    }

    /// All that was typed into it, when nothing is on its way to it any more.
    ///
    /// # Panics
    /// When it does not get the key that this presses.
    pub fn typed_in_all(&self, hands: &Hands) -> String {
        hands.click(self);
        hands.strike(SPACE);
        let typed = wait::until("a space", || {
            let typed = self.typed();
            typed.ends_with(' ').then_some(typed)
        });
        typed.trim_end_matches(' ').to_owned()
    }
}

impl Drop for Field {
    fn drop(&mut self) {
        // It may have ended with its display.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn listen(pipe: impl Read + Send + 'static) -> Arc<Mutex<Vec<String>>> {
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&said);
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            heard.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    });
    said
}

/// The window of this name.
fn window(connection: &RustConnection, name: &str) -> Option<u32> {
    let root = connection.setup().roots[0].root;
    let windows = connection.query_tree(root).ok()?.reply().ok()?.children;
    windows.into_iter().find(|window| {
        let (kind, what) = (AtomEnum::STRING, AtomEnum::WM_NAME);
        let asked = connection.get_property(false, *window, what, kind, 0, 64);
        let found = asked.ok().and_then(|asked| asked.reply().ok());
        found.is_some_and(|found| found.value == name.as_bytes())
    })
}

fn keysym(line: &str) -> Option<u32> {
    let number = line.split_once("(keysym 0x")?.1.split(',').next()?;
    u32::from_str_radix(number, 16).ok()
}

fn is_modifier(keysym: u32) -> bool {
    MODIFIERS.contains(&keysym) || keysym == THIRD_LEVEL
}

fn character(keysym: u32) -> char {
    match keysym {
        RETURN => '\n',
        0x0100_0000.. => char::from_u32(keysym - 0x0100_0000).unwrap_or('?'),
        0x20..=0xff => char::from_u32(keysym).unwrap_or('?'),
        _ => '?',
    }
}

/// The user's hands.
#[derive(Debug)]
pub struct Hands {
    connection: RustConnection,
    display: String,
}

impl Hands {
    /// Hands at a display, whose keyboard has the layouts `layouts`, with commas between them.
    ///
    /// # Panics
    /// When there is no such display or layout.
    pub fn at(display: &Display, layouts: &str) -> Self {
        let (connection, _) = RustConnection::connect(Some(display.name())).expect("a display");
        connection.xtest_get_version(2, 2).expect("a display").reply().expect("XTEST");
        let hands = Self { connection, display: display.name().to_owned() };
        hands.set_layouts(&["-layout", layouts]);
        hands
    }

    /// Gives the keyboard other layouts; the arguments are those of setxkbmap.
    ///
    /// # Panics
    /// When setxkbmap is missing, or does not know them.
    pub fn set_layouts(&self, arguments: &[&str]) {
        tools::need("setxkbmap", "x11-xkb-utils");
        Run::new("setxkbmap").args(arguments).env("DISPLAY", &self.display).output();
    }

    /// Gives a window the focus.
    ///
    /// # Panics
    /// When there is no such window.
    pub fn click(&self, field: &Field) {
        wait::until("a window on the screen", || {
            let attributes = self.connection.get_window_attributes(field.window).ok()?.reply().ok();
            (attributes?.map_state == MapState::VIEWABLE).then_some(())
        });
        self.focus(field.window);
    }

    /// Takes the focus away from all windows.
    ///
    /// # Panics
    /// When the display is gone.
    pub fn click_on_nothing(&self) {
        self.focus(InputFocus::NONE.into());
    }

    /// Gives the focus to a window beside the screen, as window managers do when no other one is to have it.
    ///
    /// # Panics
    /// When the display is gone.
    pub fn click_beside_the_screen(&self) {
        let root = self.connection.setup().roots[0].root;
        let window = self.connection.generate_id().expect("a number");
        let (kind, own) = (WindowClass::INPUT_ONLY, CreateWindowAux::new().override_redirect(1));
        let made =
            self.connection.create_window(0, window, root, -100, -100, 1, 1, 0, kind, 0, &own);
        made.expect("a display").check().expect("a window");
        self.connection.map_window(window).expect("a display").check().expect("a window");
        self.focus(window);
    }

    fn focus(&self, window: u32) {
        let set = self.connection.set_input_focus(InputFocus::NONE, window, x11rb::CURRENT_TIME);
        set.expect("a display").check().expect("a window that takes the focus");
    }

    /// Presses a key and keeps it down.
    ///
    /// # Panics
    /// When the display is gone.
    pub fn press(&self, key: u8) {
        self.fake(KEY_PRESS_EVENT, key);
    }

    /// Releases a key.
    ///
    /// # Panics
    /// When the display is gone.
    pub fn release(&self, key: u8) {
        self.fake(KEY_RELEASE_EVENT, key);
    }

    /// Presses and releases a key.
    pub fn strike(&self, key: u8) {
        self.press(key);
        self.release(key);
    }

    /// The device that keys come from which a program has pressed.
    ///
    /// # Panics
    /// When there is none.
    pub fn synthetic_keyboard(&self) -> u16 {
        self.connection.xinput_xi_query_version(2, 0).expect("a display").reply().expect("XInput");
        let devices = self.connection.xinput_xi_query_device(Device::ALL).expect("a display");
        let devices = devices.reply().expect("devices").infos;
        let device = devices.iter().find(|device| device.name.ends_with(b"XTEST keyboard"));
        device.expect("a keyboard of XTEST's").deviceid
    }

    /// Takes all keys, as a menu or a screen lock does, for as long as the answer lives.
    ///
    /// # Panics
    /// When somebody else has them.
    pub fn take_keyboard(&self) -> RustConnection {
        let (taker, number) = RustConnection::connect(Some(&self.display)).expect("a display");
        let (root, mode) = (taker.setup().roots[number].root, GrabMode::ASYNC);
        let grab = taker.grab_keyboard(true, root, x11rb::CURRENT_TIME, mode, mode);
        let grab = grab.expect("a display").reply().expect("an answer");
        assert_eq!(grab.status, GrabStatus::SUCCESS);
        taker
    }

    fn fake(&self, event: u8, key: u8) {
        let root = self.connection.setup().roots[0].root;
        let faked = self.connection.xtest_fake_input(event, key, 0, root, 0, 0, 0);
        faked.expect("a display").check().expect("a key");
        self.connection.sync().expect("a display");
    }
}
