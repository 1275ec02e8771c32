//! Reading a prompt by its words. Servers write the question on one line and a bare `Password:` on the next, so the last
//! line that says something decides, and a bare one only when no line above it asks for a code.

use passcode_proto::reply::Meant;

use super::words;

/// A prompt's text as it is read: in lower case, without control characters, at most 4096 bytes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(String);

/// As much of a prompt as is looked at, in bytes.
const BYTES: usize = 4096;

impl Text {
    /// The text of a prompt. Of one that is too long the end counts, where the question stands.
    pub fn new(text: &str) -> Self {
        let start = text.ceil_char_boundary(text.len().saturating_sub(BYTES));
        let plain = |c: char| match c {
            '\n' | '\r' => Some('\n'),
            '\t' => Some(' '),
            c if c.is_control() || is_formatting(c) => None,
            c => Some(c),
        };
        Self(text[start..].chars().filter_map(plain).flat_map(char::to_lowercase).collect())
    }

    /// All of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its lines that hold something.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.lines().map(str::trim).filter(|line| !line.is_empty())
    }
}

/// Characters that show nothing, and could hide a word from us or from the user.
fn is_formatting(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What the prompt asks for.
pub fn read(text: &Text, challenge: bool) -> Meant {
    if words::USERS_OWN.iter().any(|word| has_phrase(text.as_str(), word)) {
        return Meant::Unknown;
    }
    let mut bare = None;
    for line in text.lines().rev() {
        match read_line(line) {
            Line::Bare(meant) => bare = bare.or(Some(meant)),
            Line::Says(Meant::Password) if challenge && bare.is_none() => return Meant::Password,
            Line::Says(meant) => return meant,
            Line::Mentions if challenge => return Meant::Code,
            Line::Mentions => return Meant::Password,
            Line::Silent => {}
        }
    }
    match bare {
        // Its protocol says more than a bare word.
        Some(Meant::Password | Meant::Unknown) | None if challenge => Meant::Code,
        Some(meant) => meant,
        None => Meant::Unknown,
    }
}

/// Whether the text has the phrase; one that ends in `pin` not as the beginning of a word, such as PingID.
fn has_phrase(text: &str, phrase: &str) -> bool {
    let ends_there =
        |(at, _)| !text[at + phrase.len()..].starts_with(|c: char| c.is_alphanumeric());
    match phrase.ends_with("pin") {
        true => text.match_indices(phrase).any(ends_there),
        false => text.contains(phrase),
    }
}

/// What a line says.
enum Line {
    /// What is asked for.
    Says(Meant),
    /// A bare word such as `Password:`, which a line above may explain.
    Bare(Meant),
    /// A password and a code, without joining them.
    Mentions,
    /// Nothing of it.
    Silent,
}

fn read_line(line: &str) -> Line {
    let bare = bare_word(line);
    if words::USER.contains(&bare) || is_users_name(line) {
        return Line::Says(Meant::User);
    }
    if words::CODE_ALONE.contains(&bare) {
        return Line::Says(Meant::Code);
    }
    if words::PASSWORD.contains(&bare) {
        return Line::Bare(Meant::Password);
    }
    if matches!(bare, "response" | "answer" | "challenge") {
        return Line::Bare(Meant::Unknown);
    }
    let (rest, has_code) = without_codes(line);
    match (words::PASSWORD.iter().any(|word| rest.contains(word)), has_code) {
        (true, true) if joins(&rest) => Line::Says(Meant::PasswordAndCode),
        (true, true) => Line::Mentions,
        (true, false) if joins(&with_any_code(&rest)) => Line::Says(Meant::PasswordAndCode),
        (true, false) => Line::Says(Meant::Password),
        (false, true) => Line::Says(Meant::Code),
        (false, false) => Line::Silent,
    }
}

/// The word of a line that holds one alone, with or without `enter` and a number: `Enter your password:`, `Password1:`.
fn bare_word(line: &str) -> &str {
    let line = after_address(line).trim();
    let line = line
        .trim_end_matches([':', '?', '>', '：', ' ', '.'])
        .trim_end_matches(|c: char| c.is_ascii_digit());
    ["please enter ", "enter ", "please type ", "type "]
        .iter()
        .find_map(|start| line.strip_prefix(start))
        .unwrap_or(line)
        .trim_start_matches("your ")
        .trim_start_matches("the ")
        .trim()
}

/// git's and ssh's words for the user's name: `Username for 'https://…': `.
fn is_users_name(line: &str) -> bool {
    line.starts_with("username for ")
}

/// What ssh says after `(user@host) `.
fn after_address(line: &str) -> &str {
    let is_address = |inside: &str| inside.contains('@') && !inside.contains(' ');
    line.strip_prefix('(')
        .and_then(|rest| rest.split_once(") "))
        .filter(|(inside, _)| is_address(inside))
        .map_or(line, |(_, rest)| rest)
}

/// Stands where a code was named.
const CODE: char = '\u{1}';

/// The line with every code that it names replaced by [`CODE`], and whether there is one.
fn without_codes(line: &str) -> (String, bool) {
    let line = after_address(line);
    let mut rest = line.to_owned();
    for phrase in words::CODE {
        rest = replace_words(&rest, phrase);
    }
    let has_code = rest.contains(CODE);
    (rest, has_code)
}

/// The line with the words replaced too that mean a code only beside a password: `password and code`.
fn with_any_code(line: &str) -> String {
    words::CODE_ALONE.iter().fold(line.to_owned(), |line, word| replace_words(&line, word))
}

/// Replaces `phrase` where it stands by itself: `otp` is none in `hotplate`.
fn replace_words(line: &str, phrase: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(phrase) {
        let (before, after) = (&rest[..start], &rest[start + phrase.len()..]);
        let is_letter = |c: char| c.is_ascii_alphanumeric();
        let stands_alone = !before.ends_with(is_letter) && !after.starts_with(is_letter);
        // Plurals and what languages hang on to a word are the same word; short words are not looked for inside others.
        let is_long = phrase.len() > 6 && !before.ends_with(is_letter);
        out.push_str(before);
        match stands_alone || is_long {
            true => out.push(CODE),
            false => out.push_str(phrase),
        }
        rest = after;
    }
    out + rest
}

/// Whether a password and a code are asked for together: one of [`words::AND`] stands alone between them.
fn joins(line: &str) -> bool {
    let password = words::PASSWORD.iter().find_map(|word| Some((line.find(word)?, word.len())));
    let (Some((password, length)), Some(code)) = (password, line.find(CODE)) else { return false };
    let between = match password < code {
        true => line.get(password + length..code),
        false => line.get(code + CODE.len_utf8()..password),
    };
    let between = between.unwrap_or_default().trim();
    let between = ["your ", "the ", "ihr ", "ihren ", "den ", "das ", "le ", "el ", "il ", "o "]
        .iter()
        .fold(format!("{between} "), |text, article| text.replace(&format!(" {article}"), " "));
    let between = between.trim().trim_end_matches(" your").trim_end_matches(" the");
    words::AND.contains(&between)
}
