//! The far end of the desktop's clipboard: a short-lived process that holds a text, marked as a secret for clipboard
//! histories, until it is over or somebody else copies something. It clears the clipboard only if it is still ours.

use std::ffi::OsString;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{io, process, thread};

use arboard::Clipboard;
use passcode_proto::SecretText;

use super::Lifetime;
use super::desktop::{COMMAND, HELD, READY};
use crate::input;
use crate::output::{Failure, Outcome};

/// How long a desktop may take to let itself be opened.
const PATIENCE: Duration = Duration::from_secs(3);

/// Pause between two looks at whether the clipboard is still ours.
const LOOK: Duration = Duration::from_secs(1);

/// Longest text that is taken, in bytes, with its lifetime.
const MESSAGE_BYTES: usize = 16 * 1024;

/// Whether these arguments are the ones that [`super::desktop`] starts us with.
pub fn is_meant(arguments: &[OsString]) -> bool {
    matches!(arguments, [_, only] if only == COMMAND)
}

/// Runs the child: opens the clipboard, takes the text from standard input, holds it, clears it.
pub fn serve() -> Outcome {
    let opened = give_up_later();
    let mut clipboard = Clipboard::new().map_err(|_| failed())?;
    opened.store(true, Ordering::Relaxed);
    say(READY)?;
    let (text, lifetime) = take()?;
    set(&mut clipboard, &text).map_err(|_| failed())?;
    say(HELD)?;
    hold(&mut clipboard, &text, lifetime);
    Ok(())
}

/// Ends the process when the desktop lets us wait; its library knows no deadline.
fn give_up_later() -> Arc<AtomicBool> {
    let opened = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&opened);
    thread::spawn(move || {
        thread::sleep(PATIENCE);
        if !seen.load(Ordering::Relaxed) {
            process::exit(1);
        }
    });
    opened
}

fn say(word: &str) -> Outcome {
    let mut out = io::stdout().lock();
    writeln!(out, "{word}").and_then(|()| out.flush()).map_err(|_| failed())
}

fn take() -> Result<(SecretText, Lifetime), Failure> {
    let message =
        input::unbuffered_input().and_then(|source| input::read_all(source, MESSAGE_BYTES + 1));
    let message =
        message.ok().filter(|message| message.len() <= MESSAGE_BYTES).ok_or_else(failed)?;
    let text = str::from_utf8(&message).map_err(|_| failed())?;
    let (seconds, text) = text.split_once('\n').ok_or_else(failed)?;
    let seconds = seconds.parse().map_err(|_| failed())?;
    Ok((SecretText::new(text.to_owned()), Lifetime::seconds(seconds)))
}

fn set(clipboard: &mut Clipboard, text: &SecretText) -> Result<(), arboard::Error> {
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
    set.text(text.expose())
}

fn hold(clipboard: &mut Clipboard, text: &SecretText, Lifetime(seconds): Lifetime) {
    let over = Instant::now() + Duration::from_secs(seconds.into());
    while is_ours(clipboard, text) {
        let left = over.saturating_duration_since(Instant::now());
        if left.is_zero() {
            // A clipboard that cannot be cleared is emptied by our end, under X11 and Wayland.
            let _ = clipboard.clear();
            return;
        }
        thread::sleep(left.min(LOOK));
    }
}

fn is_ours(clipboard: &mut Clipboard, text: &SecretText) -> bool {
    clipboard.get_text().map(SecretText::new).is_ok_and(|held| held == *text)
}

fn failed() -> Failure {
    Failure::local(
        "clipboard",
        "The clipboard cannot be used.",
        "This command is started by --copy; do not run it by hand.",
    )
}
