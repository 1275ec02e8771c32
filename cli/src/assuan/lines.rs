//! Lines from a program, one after the other, of a limited length. What was read is wiped: among it may be a secret that
//! another pinentry has asked for.

use std::io::{self, ErrorKind, Read};

use zeroize::Zeroizing;

/// Bytes that are read at once.
const BLOCK: usize = 1024;

/// What comes next.
#[derive(Debug)]
pub enum Next {
    /// A line, without its end.
    Line(Zeroizing<Vec<u8>>),
    /// A line that was longer than it may be, and is gone.
    TooLong,
    /// Nothing any more.
    End,
}

/// A source, and what of it has been read and not given yet.
#[derive(Debug)]
pub struct Lines<R> {
    source: R,
    block: Zeroizing<Vec<u8>>,
    at: usize,
}

impl<R: Read> Lines<R> {
    /// Lines of `source`, which must not buffer by itself.
    pub fn new(source: R) -> Self {
        Self { source, block: Zeroizing::new(Vec::with_capacity(BLOCK)), at: 0 }
    }

    /// The next line, of at most `most` bytes. A last line without an end is one all the same.
    pub fn next(&mut self, most: usize) -> io::Result<Next> {
        let mut line = Zeroizing::new(Vec::with_capacity(most));
        let mut is_long = false;
        loop {
            if self.at == self.block.len() && !self.fill()? {
                return Ok(match (is_long, line.is_empty()) {
                    (true, _) => Next::TooLong,
                    (false, true) => Next::End,
                    (false, false) => Next::Line(line),
                });
            }
            let byte = self.block[self.at];
            self.at += 1;
            match byte {
                b'\n' if is_long => return Ok(Next::TooLong),
                b'\n' => return Ok(Next::Line(line)),
                _ if line.len() == most => is_long = true,
                byte => line.push(byte),
            }
        }
    }

    /// Reads the next block; `false` at the end.
    fn fill(&mut self) -> io::Result<bool> {
        self.block.resize(BLOCK, 0);
        let count = loop {
            match self.source.read(&mut self.block) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other,
            }
        }?;
        self.block.truncate(count);
        self.at = 0;
        Ok(count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], most: usize) -> Vec<Option<String>> {
        let mut lines = Lines::new(bytes);
        let mut all = Vec::new();
        loop {
            match lines.next(most).unwrap() {
                Next::End => return all,
                Next::TooLong => all.push(None),
                Next::Line(line) => all.push(Some(String::from_utf8(line.to_vec()).unwrap())),
            }
        }
    }

    #[test]
    fn lines_come_one_after_the_other_and_long_ones_are_skipped() {
        let lines = all(b"one\n\ntoo long a line\nfour\nend", 4);
        let line = |text: &str| Some(text.to_owned());
        assert_eq!(lines, [line("one"), line(""), None, line("four"), line("end")]);
    }

    #[test]
    fn a_line_may_be_longer_than_a_block() {
        let long = "x".repeat(3 * BLOCK);
        assert_eq!(all(format!("{long}\nnext\n").as_bytes(), 4 * BLOCK).len(), 2);
        assert_eq!(all(format!("{long}\nnext\n").as_bytes(), 16), [None, Some("next".into())]);
    }
}
