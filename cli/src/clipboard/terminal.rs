//! The terminal's own clipboard, by the control sequence OSC 52 (xterm's "Manipulate Selection Data"). It works over
//! SSH, since the terminal is where the user sits.
//!
//! tmux takes the sequence from programs only when told to (`set-clipboard on`), and passes a wrapped one on only when
//! told to (`allow-passthrough on`, from version 3.3); its own `load-buffer -w` (from 3.2) works without either. So
//! tmux is asked first; when that fails, both spellings are sent, of which it ignores what it does not like. GNU screen
//! passes on what is wrapped in a plain device control string.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};

use data_encoding::BASE64;
use passcode_proto::SecretText;
use zeroize::Zeroizing;

use super::Copied;

/// Name of the tmux buffer that holds the code for a moment.
const TMUX_BUFFER: &str = "passcode";

/// What stands between us and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    Nothing,
    Tmux,
    Screen,
}

/// A terminal that can be written to.
#[derive(Debug)]
pub struct Terminal {
    tty: File,
    between: Between,
}

impl Terminal {
    /// Opens the terminal that this process was started in; `None` when there is none, or none with control sequences.
    pub fn open() -> Option<Self> {
        let watched = io::stderr().is_terminal() || io::stdout().is_terminal();
        if !watched || env::var_os("TERM").is_some_and(|kind| kind == "dumb") {
            return None;
        }
        let tty = OpenOptions::new().write(true).open("/dev/tty").ok()?;
        Some(Self { tty, between: between(&|name| env::var(name).ok()) })
    }

    /// Asks the terminal to take `text`; whether it does cannot be known.
    pub fn put(mut self, text: &SecretText) -> Option<Copied> {
        if self.between == Between::Tmux && env::var_os("TMUX").is_some() && through_tmux(text) {
            return Some(Copied::Tmux);
        }
        self.tty.write_all(&sequence(text, self.between)).ok()?;
        Some(Copied::Terminal)
    }
}

/// `TERM` tells of a multiplexer at the near end of an SSH connection, where its own variables do not reach.
fn between(variable: &dyn Fn(&str) -> Option<String>) -> Between {
    let set = |name| variable(name).is_some_and(|value| !value.is_empty());
    let term = variable("TERM").unwrap_or_default();
    match () {
        () if set("TMUX") => Between::Tmux,
        () if set("STY") => Between::Screen,
        () if term.starts_with("tmux") => Between::Tmux,
        () => Between::Nothing,
    }
}

/// The control sequence that sets the clipboard.
fn sequence(text: &SecretText, between: Between) -> Zeroizing<Vec<u8>> {
    let encoded = Zeroizing::new(BASE64.encode(text.expose().as_bytes()));
    let plain = Zeroizing::new(format!("\x1b]52;c;{}\x07", *encoded));
    let mut sequence = Zeroizing::new(Vec::with_capacity(2 * plain.len() + 16));
    let mut add = |part: &str| sequence.extend_from_slice(part.as_bytes());
    match between {
        Between::Nothing => add(&plain),
        Between::Screen => ["\x1bP", &plain, "\x1b\\"].into_iter().for_each(add),
        // Inside the wrapping every escape character is doubled; the plain sequence has one, its first.
        Between::Tmux => ["\x1bPtmux;\x1b", &plain, "\x1b\\", &plain].into_iter().for_each(add),
    }
    sequence
}

/// Lets tmux set the clipboard of the terminal that it runs in, and forget the text at once.
fn through_tmux(text: &SecretText) -> bool {
    let taken = tmux(&["load-buffer", "-w", "-b", TMUX_BUFFER, "-"], text.expose().as_bytes());
    taken && tmux(&["delete-buffer", "-b", TMUX_BUFFER], b"")
}

fn tmux(arguments: &[&str], input: &[u8]) -> bool {
    let mut command = Command::new("tmux");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let ended = command.spawn().and_then(|mut child| {
        child.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(input))?;
        child.wait()
    });
    ended.is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(between: Between) -> String {
        String::from_utf8(sequence(&SecretText::new("755224".into()), between).to_vec()).unwrap()
    }

    #[test]
    fn the_clipboard_is_set_by_one_control_sequence() {
        assert_eq!(written(Between::Nothing), "\x1b]52;c;NzU1MjI0\x07");
    }

    #[test]
    fn multiplexers_get_it_wrapped_in_their_way() {
        assert_eq!(written(Between::Screen), "\x1bP\x1b]52;c;NzU1MjI0\x07\x1b\\");
        assert_eq!(
            written(Between::Tmux),
            "\x1bPtmux;\x1b\x1b]52;c;NzU1MjI0\x07\x1b\\\x1b]52;c;NzU1MjI0\x07"
        );
    }

    #[test]
    fn multiplexers_are_known_by_their_variables() {
        let with = |set: &'static str, value: &'static str| {
            between(&move |name| (name == set).then(|| value.to_owned()))
        };
        assert_eq!(with("TMUX", "/run/tmux,1,0"), Between::Tmux);
        assert_eq!(with("STY", "1.pts"), Between::Screen);
        assert_eq!(with("TERM", "tmux-256color"), Between::Tmux);
        assert_eq!(with("TERM", "xterm-256color"), Between::Nothing);
    }
}
