//! The windows of a display as its window manager lists them (EWMH), and pictures of it.
//! What is in a window is not seen here, but heard in [`crate::accessibility`].

use std::path::Path;

use image::{ImageBuffer, Rgb};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, ImageFormat, MapState, PropMode,
    Window,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use passcode_process_tests::wait;

use crate::element::Extents;

/// A display, looked at.
#[derive(Debug)]
pub struct Screen {
    connection: RustConnection,
    root: Window,
}

impl Screen {
    /// The display of this name.
    ///
    /// # Panics
    /// When it is not there.
    pub fn of(display: &str) -> Self {
        Self::try_of(display).unwrap_or_else(|| panic!("the display {display} is not there"))
    }

    /// The display of this name, when it is there.
    pub fn try_of(display: &str) -> Option<Self> {
        let (connection, number) = RustConnection::connect(Some(display)).ok()?;
        let root = connection.setup().roots.get(number)?.root;
        Some(Self { connection, root })
    }

    fn atom(&self, name: &str) -> Atom {
        let asked = self.connection.intern_atom(false, name.as_bytes()).expect("a display");
        asked.reply().expect("a display").atom
    }

    fn property(&self, window: Window, name: &str) -> Option<Vec<u8>> {
        let (name, any) = (self.atom(name), AtomEnum::ANY);
        let asked = self.connection.get_property(false, window, name, any, 0, 4096).ok()?;
        asked.reply().ok().filter(|reply| reply.format != 0).map(|reply| reply.value)
    }

    fn windows_of(&self, property: &str) -> Vec<Window> {
        let bytes = self.property(self.root, property).unwrap_or_default();
        bytes
            .chunks_exact(4)
            .map(|four| Window::from_ne_bytes([four[0], four[1], four[2], four[3]]))
            .collect()
    }

    /// Whether a window manager is there.
    pub fn is_managed(&self) -> bool {
        !self.windows_of("_NET_SUPPORTING_WM_CHECK").is_empty()
    }

    fn title(&self, window: Window) -> String {
        let titles = ["_NET_WM_NAME", "WM_NAME"];
        let title = titles.iter().find_map(|name| self.property(window, name)).unwrap_or_default();
        String::from_utf8_lossy(&title).into_owned()
    }

    fn is_mapped(&self, window: Window) -> bool {
        let asked = self.connection.get_window_attributes(window).ok();
        let said = asked.and_then(|asked| asked.reply().ok());
        said.is_some_and(|said| said.map_state == MapState::VIEWABLE)
    }

    /// The titles of the windows that are shown.
    pub fn titles(&self) -> Vec<String> {
        let all = self.windows_of("_NET_CLIENT_LIST").into_iter();
        all.filter(|window| self.is_mapped(*window)).map(|window| self.title(window)).collect()
    }

    /// The shown window with this title.
    pub fn find(&self, title: &str) -> Option<Window> {
        let mut all = self.windows_of("_NET_CLIENT_LIST").into_iter();
        all.find(|window| self.is_mapped(*window) && self.title(*window) == title)
    }

    /// The title of the window that has the keyboard.
    pub fn active(&self) -> Option<String> {
        self.windows_of("_NET_ACTIVE_WINDOW").first().map(|window| self.title(*window))
    }

    /// Waits for a window with this title.
    ///
    /// # Panics
    /// When none comes.
    pub fn wait_for(&self, title: &str) -> Window {
        let found = wait::within(wait::PATIENCE, || self.find(title));
        found.unwrap_or_else(|| panic!("no window \"{title}\", but {:?}", self.titles()))
    }

    /// Waits until no window with this title is shown.
    ///
    /// # Panics
    /// When one stays.
    pub fn wait_until_gone(&self, title: &str) {
        let what = format!("the window \"{title}\" to go");
        wait::until(&what, || self.find(title).is_none().then_some(()));
    }

    /// Waits until the window with this title has the keyboard.
    ///
    /// # Panics
    /// When it never has.
    pub fn wait_until_active(&self, title: &str) {
        let what = format!("the window \"{title}\" to have the keyboard");
        wait::until(&what, || (self.active().as_deref() == Some(title)).then_some(()));
    }

    /// Closes a window as its button in the frame does.
    ///
    /// # Panics
    /// When there is no such window.
    pub fn close(&self, title: &str) {
        let window = self.wait_for(title);
        self.ask_manager(window, "_NET_CLOSE_WINDOW");
    }

    /// Brings a window to the front and gives it the keyboard, as a list of windows does.
    ///
    /// # Panics
    /// When there is no such window, or it does not get the keyboard.
    pub fn raise(&self, title: &str) {
        let window = self.wait_for(title);
        self.ask_manager(window, "_NET_ACTIVE_WINDOW");
        self.wait_until_active(title);
    }

    fn ask_manager(&self, window: Window, what: &str) {
        // 2: asked by somebody who stands for the user.
        let event = ClientMessageEvent::new(32, window, self.atom(what), [0_u32, 2, 0, 0, 0]);
        let mask = EventMask::SUBSTRUCTURE_NOTIFY | EventMask::SUBSTRUCTURE_REDIRECT;
        let sent = self.connection.send_event(false, self.root, mask, event);
        sent.expect("a display").check().expect("a display");
        self.connection.sync().expect("a display");
    }

    /// Whether the window with this title brings a picture for lists of windows.
    pub fn has_picture(&self, title: &str) -> bool {
        let window = self.wait_for(title);
        self.property(window, "_NET_WM_ICON").is_some_and(|picture| !picture.is_empty())
    }

    /// The program that the window with this title says it is of, by which desktops find its menu entry.
    pub fn class(&self, title: &str) -> String {
        let class = self.property(self.wait_for(title), "WM_CLASS").unwrap_or_default();
        String::from_utf8_lossy(&class).trim_end_matches('\0').replace('\0', " ")
    }

    /// Where the shown window with this title is, without its frame.
    ///
    /// # Panics
    /// When it has gone.
    pub fn place(&self, title: &str) -> Extents {
        let window = self.wait_for(title);
        let place = || {
            let size = self.connection.get_geometry(window).ok()?.reply().ok()?;
            let asked = self.connection.translate_coordinates(window, self.root, 0, 0).ok()?;
            let corner = asked.reply().ok()?;
            let (x, y) = (corner.dst_x.into(), corner.dst_y.into());
            Some(Extents { x, y, width: size.width.into(), height: size.height.into() })
        };
        place().expect("a window that is shown")
    }

    /// The size of the whole display.
    ///
    /// # Panics
    /// When it has gone.
    pub fn size(&self) -> (i32, i32) {
        let asked = self.connection.get_geometry(self.root).expect("a display");
        let size = asked.reply().expect("a display");
        (size.width.into(), size.height.into())
    }

    /// Says how many points of the display there are to an inch, as desktops do for fine screens.
    ///
    /// # Panics
    /// When the display has gone.
    pub fn set_fineness(&self, points: u32) {
        let (name, kind) = (self.atom("RESOURCE_MANAGER"), AtomEnum::STRING);
        let text = format!("Xft.dpi:\t{points}\n");
        let mode = PropMode::REPLACE;
        let set = self.connection.change_property8(mode, self.root, name, kind, text.as_bytes());
        set.expect("a display").check().expect("a display");
    }

    /// A picture of the whole display, as red, green and blue.
    pub fn picture(&self) -> Option<ImageBuffer<Rgb<u8>, Vec<u8>>> {
        let size = self.connection.get_geometry(self.root).ok()?.reply().ok()?;
        let (width, height) = (size.width, size.height);
        let format = ImageFormat::Z_PIXMAP;
        let asked = self.connection.get_image(format, self.root, 0, 0, width, height, u32::MAX);
        let said = asked.ok()?.reply().ok()?;
        let pixels = said.data.chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]);
        ImageBuffer::from_raw(width.into(), height.into(), pixels.collect())
    }

    /// Leaves a picture of the whole display in a file.
    pub fn save(&self, file: &Path) -> Option<()> {
        self.picture()?.save(file).ok()
    }
}
