//! Lines of the Assuan protocol, as pinentry speaks it: a command with its argument coming in, data and percent escapes
//! going out. Pure, and without anything of the rest of the program, so that it can be fuzzed alone.
//!
//! Source: the manual of libassuan, "Client requests" and "Server responses".

use std::fmt::Write;

/// Longest line, in bytes, without its end.
pub const LINE_BYTES: usize = 1000;

/// Most bytes of data in one line, when each takes three.
const DATA_BYTES: usize = 300;

/// A command, and what stands after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// In capitals.
    pub command: String,
    /// As it came, without the blanks around it.
    pub argument: String,
}

impl Line {
    /// Reads a line without its end; nothing for a comment or an empty line.
    pub fn read(line: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(line);
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            return None;
        }
        let (command, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        Some(Self {
            command: command.to_ascii_uppercase(),
            argument: argument.trim_start().to_owned(),
        })
    }

    /// The argument, its percent escapes read.
    pub fn text(&self) -> String {
        unescaped(&self.argument)
    }

    /// The line as it is sent on.
    pub fn spelled(&self) -> String {
        match self.argument.is_empty() {
            true => format!("{}\n", self.command),
            false => format!("{} {}\n", self.command, self.argument),
        }
    }
}

/// Reads percent escapes; what is none stays as it is.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let byte = (*first == b'%').then(|| hex(after.get(..2)?)).flatten();
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digits: &[u8]) -> Option<u8> {
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = std::str::from_utf8(digits).ok()?;
    is_hex.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

/// Writes data as lines `D …`, as many as it takes. `out` must have room for it, lest a copy stays behind; see
/// [`data_bytes`].
pub fn write_data(data: &str, out: &mut String) {
    for (at, byte) in data.bytes().enumerate() {
        if at % DATA_BYTES == 0 {
            out.push_str(if at == 0 { "D " } else { "\nD " });
        }
        match byte {
            b'%' | b'\r' | b'\n' | 0x80.. => {
                // Writing to a string does not fail.
                let _ = write!(out, "%{byte:02X}");
            }
            byte => out.push(char::from(byte)),
        }
    }
    if !data.is_empty() {
        out.push('\n');
    }
}

/// Most bytes that [`write_data`] writes for data of this length.
pub const fn data_bytes(length: usize) -> usize {
    3 * length + 4 * (length / DATA_BYTES + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(line: &str) -> (String, String) {
        let line = Line::read(line.as_bytes()).unwrap();
        (line.command.clone(), line.text())
    }

    #[test]
    fn a_line_is_a_command_and_its_argument() {
        assert_eq!(read("GETPIN"), ("GETPIN".into(), String::new()));
        assert_eq!(read("setprompt  VPN code:%20\r"), ("SETPROMPT".into(), "VPN code: ".into()));
        assert_eq!(read("SETDESC 100%25%0Asure"), ("SETDESC".into(), "100%\nsure".into()));
        assert_eq!(read("OPTION ttyname=/dev/pts/1").1, "ttyname=/dev/pts/1");
    }

    #[test]
    fn comments_and_empty_lines_are_none() {
        for line in ["", "  ", "# a comment", "\r"] {
            assert_eq!(Line::read(line.as_bytes()), None, "{line:?}");
        }
    }

    #[test]
    fn what_is_no_escape_stays_as_it_is() {
        for text in ["50%", "%", "%zz", "%4", "%+1"] {
            assert_eq!(unescaped(text), text);
        }
    }

    proptest! {
        #[test]
        fn data_of_any_text_is_read_back_by_the_other_side(data in ".{0,400}") {
            let mut out = String::with_capacity(data_bytes(data.len()));
            let room = out.capacity();
            write_data(&data, &mut out);
            prop_assert_eq!(out.capacity(), room, "it was moved");
            prop_assert!(out.lines().all(|line| line.len() <= LINE_BYTES && line.is_ascii()));
            let lines = out.lines().map(|line| line.strip_prefix("D ").unwrap());
            prop_assert_eq!(unescaped(&lines.collect::<String>()), data);
        }
    }
}
