//! The clipboard. Under X11 and Wayland a copied text lives in the program that copied it, so one thread holds it for as
//! long as it is good; it is marked as a secret for clipboard histories, and cleared only if it is still ours.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use arboard::Clipboard;
use passcode_proto::SecretText;

use crate::app::input::{Input, What};
use crate::texts;

/// What the thread is told.
enum Order {
    Copy(What, SecretText, u32),
    Clear(Sender<()>),
}

/// The thread that holds what was copied; it is started when something is copied first.
pub struct Holder {
    orders: Option<Sender<Order>>,
}

impl Holder {
    /// Nothing is held yet, and no display is opened.
    pub fn new() -> Self {
        Self { orders: None }
    }

    /// Holds a code for so many seconds, and reports whether the clipboard took it.
    pub fn copy(
        &mut self,
        what: What,
        code: SecretText,
        seconds: u32,
        report: impl Fn(Input) + Send + 'static,
    ) {
        let orders = self.orders.get_or_insert_with(|| start(Box::new(report)));
        // The thread lives as long as we do.
        let _ = orders.send(Order::Copy(what, code, seconds));
    }

    /// Takes a code of ours out of the clipboard, if one is there, and waits until that is done.
    pub fn clear(&self) {
        if let Some(orders) = &self.orders {
            let (done, waited) = mpsc::channel();
            if orders.send(Order::Clear(done)).is_ok() {
                // A display that hangs is not waited for.
                let _ = waited.recv_timeout(Duration::from_secs(2));
            }
        }
    }
}

impl Default for Holder {
    fn default() -> Self {
        Self::new()
    }
}

type Report = Box<dyn Fn(Input) + Send>;

fn start(report: Report) -> Sender<Order> {
    let (orders, given) = mpsc::channel();
    thread::spawn(move || serve(&given, &report));
    orders
}

/// A code in the clipboard.
struct Held {
    clipboard: Clipboard,
    code: SecretText,
    until: Instant,
}

fn serve(orders: &Receiver<Order>, report: &Report) {
    let mut held: Option<Held> = None;
    loop {
        let order = match &held {
            Some(code) => orders.recv_timeout(code.until.saturating_duration_since(Instant::now())),
            None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match order {
            Ok(Order::Copy(what, code, seconds)) => {
                let copied = hold(&mut held, code, seconds);
                report(Input::Copied(what, copied));
            }
            Ok(Order::Clear(done)) => {
                release(held.take());
                // Whoever asked may not wait any more.
                let _ = done.send(());
            }
            Err(RecvTimeoutError::Timeout) => release(held.take()),
            Err(RecvTimeoutError::Disconnected) => return release(held.take()),
        }
    }
}

fn hold(held: &mut Option<Held>, code: SecretText, seconds: u32) -> Result<u32, String> {
    let clipboard = match held.take() {
        Some(before) => Ok(before.clipboard),
        None => Clipboard::new(),
    };
    let mut clipboard = clipboard.map_err(|_| no_clipboard())?;
    set(&mut clipboard, &code).map_err(|_| no_clipboard())?;
    let until = Instant::now() + Duration::from_secs(seconds.into());
    *held = Some(Held { clipboard, code, until });
    Ok(seconds)
}

/// Whether there is a clipboard: looked for before a code is asked for, so that none is spent in vain.
///
/// # Errors
/// A sentence that says that there is none.
pub fn look() -> Result<(), String> {
    Clipboard::new().map(drop).map_err(|_| no_clipboard())
}

fn no_clipboard() -> String {
    texts::tr("There is no clipboard that takes the passcode.").to_owned()
}

fn set(clipboard: &mut Clipboard, code: &SecretText) -> Result<(), arboard::Error> {
    #[cfg(target_os = "macos")]
    use arboard::SetExtApple;
    #[cfg(all(unix, not(target_os = "macos")))]
    use arboard::SetExtLinux;
    #[cfg(windows)]
    use arboard::SetExtWindows;

    let set = clipboard.set();
    #[cfg(unix)]
    let set = set.exclude_from_history();
    #[cfg(windows)]
    let set = set.exclude_from_monitoring().exclude_from_cloud().exclude_from_history();
    set.text(code.expose())
}

/// Clears the clipboard if it still holds the code; dropping it ends our part in any case.
fn release(held: Option<Held>) {
    let Some(Held { mut clipboard, code, .. }) = held else { return };
    let is_ours = clipboard.get_text().map(SecretText::new).is_ok_and(|text| text == code);
    if is_ours {
        // One that cannot be cleared is emptied by the drop, under X11 and Wayland.
        let _ = clipboard.clear();
    }
}
