//! Lines of bounded length from a pipe. One that is too long is left out, and nothing of it is kept.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

use super::wire::LONGEST;

/// The lines of a pipe.
pub struct Lines<R> {
    pipe: BufReader<R>,
    line: Vec<u8>,
    too_long: bool,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub fn new(pipe: R) -> Self {
        Self { pipe: BufReader::with_capacity(LONGEST, pipe), line: Vec::new(), too_long: false }
    }

    /// The next line without its line break; none at the end. What is not UTF-8 is replaced. A call that is given up
    /// loses nothing.
    pub async fn next(&mut self) -> io::Result<Option<String>> {
        loop {
            let bytes = self.pipe.fill_buf().await?;
            if bytes.is_empty() {
                return Ok(None);
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let part = &bytes[..end.unwrap_or(bytes.len())];
            self.too_long |= self.line.len() + part.len() > LONGEST;
            if !self.too_long {
                self.line.extend_from_slice(part);
            }
            let taken = part.len() + usize::from(end.is_some());
            self.pipe.consume(taken);
            if end.is_some() {
                let line = std::mem::take(&mut self.line);
                if !std::mem::take(&mut self.too_long) {
                    return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines_of(text: &[u8]) -> Vec<String> {
        let mut lines = Lines::new(text);
        let mut read = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            read.push(line);
        }
        read
    }

    #[tokio::test]
    async fn lines_end_with_a_line_break() {
        assert_eq!(lines_of(b"one\n\ntwo\nhalf").await, ["one", "", "two"]);
        assert!(lines_of(b"").await.is_empty());
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_left_out() {
        let (longest, longer) = ("a".repeat(LONGEST), "b".repeat(LONGEST + 1));
        let huge = "c".repeat(100 * LONGEST);
        let text = format!("{longest}\n{longer}\nnext\n{huge}\nlast\n");
        assert_eq!(lines_of(text.as_bytes()).await, [longest.as_str(), "next", "last"]);
    }
}
