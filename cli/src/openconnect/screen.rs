//! What openconnect shows, read: whole lines, and prompts, which are lines that do not end. To a prompt belong the lines
//! that the server's form put above it, not openconnect's own of its progress: a host's name there may hold any word.

/// Longest line that is kept, in bytes.
const LINE_BYTES: usize = 4096;

/// Most lines that are taken for a form.
const FORM_LINES: usize = 20;

/// How openconnect's own lines begin, between the forms.
const PROGRESS: &[&str] = &[
    "POST ",
    "GET ",
    "XML POST enabled",
    "Connected to ",
    "SSL negotiation ",
    "Attempting to connect ",
    "Got HTTP response",
    "Got CONNECT response",
    "Server certificate ",
    "Resolved ",
];

/// What has been shown and not been answered.
#[derive(Debug, Default)]
pub struct Screen {
    form: Vec<String>,
    partial: Vec<u8>,
}

/// A prompt, with what the form says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The lines above.
    pub form: String,
    /// The line that does not end.
    pub label: String,
}

impl Prompt {
    /// All of it.
    pub fn text(&self) -> String {
        format!("{}\n{}", self.form, self.label)
    }
}

impl Screen {
    /// Takes what was shown, and gives the lines that it ends.
    pub fn take(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.partial.extend_from_slice(piece);
            self.partial.truncate(LINE_BYTES);
            if piece.ends_with(b"\n") {
                let line = String::from_utf8_lossy(&std::mem::take(&mut self.partial))
                    .trim_end()
                    .to_owned();
                self.note(&line);
                lines.push(line);
            }
        }
        lines
    }

    /// Whether a line has begun and not ended.
    pub fn has_partial(&self) -> bool {
        !self.partial.is_empty()
    }

    /// The prompt that stands there. It is answered by this: what comes next is new.
    pub fn prompt(&mut self) -> Prompt {
        let label = std::mem::take(&mut self.partial);
        let form = std::mem::take(&mut self.form);
        Prompt { form: form.join("\n"), label: String::from_utf8_lossy(&label).into_owned() }
    }

    fn note(&mut self, line: &str) {
        if PROGRESS.iter().any(|start| line.starts_with(start)) {
            self.form.clear();
        } else if self.form.len() < FORM_LINES {
            self.form.push(line.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_comes_with_its_form_and_not_with_the_progress_before() {
        let mut screen = Screen::default();
        let lines = screen.take(b"POST https://otp.example.org/auth\nPlease enter your pass");
        assert_eq!(lines, ["POST https://otp.example.org/auth"]);
        screen.take(b"word.\nPassword:");
        assert!(screen.has_partial());
        let prompt = screen.prompt();
        assert_eq!(prompt.text(), "Please enter your password.\nPassword:");
        assert!(!screen.has_partial());
        screen.take(b"\nPOST https://otp.example.org/auth\nOTP please\nPassword:");
        assert_eq!(screen.prompt().form, "OTP please");
    }

    #[test]
    fn a_server_that_writes_without_end_fills_no_memory() {
        let mut screen = Screen::default();
        screen.take(&vec![b'x'; 1 << 20]);
        assert_eq!(screen.prompt().label.len(), LINE_BYTES);
        screen.take(&b"line\n".repeat(10_000));
        assert_eq!(screen.form.len(), FORM_LINES);
    }
}
