//! The terminal while the live list is on it: entered, drawn on, and left as it was found, whichever way the program
//! ends. Only lines that changed are written, in one write, so that nothing flickers.

use std::io::{self, Write};
use std::sync::Once;

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::style::{Attribute, Color, SetAttribute, SetForegroundColor};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode, size,
};
use crossterm::{execute, queue};

use super::draw::{Line, Size, Tone};
use super::signals;
use crate::terminal::{self, Stream};

/// The terminal, entered.
#[derive(Debug)]
pub struct Screen {
    /// The lines that are on the screen now; none when that is not known.
    drawn: Vec<Line>,
    colour: bool,
}

impl Screen {
    /// Enters the terminal's other screen, without echo and cursor.
    pub fn enter() -> io::Result<Self> {
        leave_on_panic();
        // Made first, so that the terminal is given back when only a part of entering works.
        let screen = Self { drawn: Vec::new(), colour: terminal::colour(Stream::Output) };
        occupy()?;
        Ok(screen)
    }

    /// Columns and rows; 80 and 24 where the terminal does not say.
    pub fn size(&self) -> Size {
        let (columns, rows) = size().unwrap_or((80, 24));
        Size { columns: columns.into(), rows: rows.into() }
    }

    /// Shows a frame, writing what differs from the one before.
    pub fn show(&mut self, frame: &[Line]) -> io::Result<()> {
        let bytes = self.difference(frame)?;
        if !bytes.is_empty() {
            let mut out = io::stdout().lock();
            out.write_all(&bytes)?;
            out.flush()?;
        }
        self.drawn = frame.to_vec();
        Ok(())
    }

    fn difference(&self, frame: &[Line]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let anew = self.drawn.len() != frame.len();
        for (row, line) in frame.iter().enumerate() {
            if anew || self.drawn[row] != *line {
                queue!(bytes, MoveTo(0, row as u16))?;
                self.write_line(line, &mut bytes)?;
                queue!(bytes, Clear(ClearType::UntilNewLine))?;
            }
        }
        if bytes.is_empty() {
            return Ok(bytes);
        }
        let mut whole = Vec::with_capacity(bytes.len() + 32);
        queue!(whole, BeginSynchronizedUpdate)?;
        if anew {
            queue!(whole, Clear(ClearType::All))?;
        }
        whole.append(&mut bytes);
        queue!(whole, EndSynchronizedUpdate)?;
        Ok(whole)
    }

    fn write_line(&self, line: &Line, out: &mut Vec<u8>) -> io::Result<()> {
        for (tone, text) in &line.0 {
            if *tone == Tone::Plain || !self.colour {
                out.write_all(text.as_bytes())?;
                continue;
            }
            match tone {
                Tone::Dim => queue!(out, SetAttribute(Attribute::Dim))?,
                Tone::Strong => queue!(out, SetAttribute(Attribute::Bold))?,
                Tone::Good => queue!(out, SetForegroundColor(Color::DarkGreen))?,
                Tone::Low => queue!(out, SetForegroundColor(Color::DarkYellow))?,
                Tone::Last => queue!(out, SetForegroundColor(Color::DarkRed))?,
                Tone::Plain => {}
            }
            out.write_all(text.as_bytes())?;
            queue!(out, SetAttribute(Attribute::Reset))?;
        }
        Ok(())
    }

    /// Forgets what is on the screen, so that everything is drawn again.
    pub fn forget(&mut self) {
        self.drawn.clear();
    }

    /// Stops the program as Ctrl-Z does elsewhere, and takes the terminal again when it goes on.
    pub fn suspend(&mut self) -> io::Result<()> {
        leave();
        signals::stop()?;
        self.forget();
        occupy()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

fn occupy() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, Hide)
}

/// Gives the terminal back. Doing it twice does no harm.
fn leave() {
    let _ = execute!(io::stdout(), SetAttribute(Attribute::Reset), Show, LeaveAlternateScreen);
    let _ = disable_raw_mode();
}

/// A release build ends in a panic without unwinding, so `Drop` would come too late.
fn leave_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            leave();
            report(panic);
        }));
    });
}
