//! What is said to OpenVPN's management interface: commands as bytes, with the quoting of its lexer ("Command Parsing" in
//! management-notes.txt). What came from a server or a user cannot begin a command of its own.

use data_encoding::BASE64;
use passcode_proto::SecretText;
use zeroize::Zeroizing;

/// Most bytes that one argument can have (`OPTION_PARM_SIZE` of OpenVPN, with the zero at its end).
const ARGUMENT: usize = 255;

/// Most bytes that a line can have, quoting included (the buffer of OpenVPN's management interface).
const LINE: usize = 1022;

/// The version of the interface from which passwords of several lines are taken.
const LONG_PASSWORDS: u32 = 6;

/// Most bytes of such a password (`USER_PASS_LEN` of OpenVPN, with some room).
const LONG_PASSWORD: usize = 4000;

/// The length of a line of such a password.
const PASSWORD_LINE: usize = 256;

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The interface's own password.
    Unlock(SecretText),
    /// What version of the interface we speak.
    Version,
    /// From now on every state, and the present one.
    States,
    /// Which server comes first.
    Server,
    /// A refused login is no reason to end.
    AskAgain,
    Release,
    /// Ask again for what was entered.
    Forget,
    User {
        realm: String,
        name: String,
    },
    Password {
        realm: String,
        secret: SecretText,
    },
    Response(SecretText),
    Accept,
    NoProxy,
    Confirm {
        name: String,
        done: bool,
    },
    Text {
        name: String,
        text: SecretText,
    },
    /// End OpenVPN.
    Terminate,
}

/// A text is too long for this OpenVPN, or holds what no command can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsayable;

impl Command {
    /// The bytes of the command, for an interface of `version`.
    pub fn bytes(&self, version: u32) -> Result<Zeroizing<Vec<u8>>, Unsayable> {
        match self {
            Self::Unlock(password) => raw(password.expose()),
            Self::Version => Ok(fixed("version 5")),
            Self::States => Ok(fixed("state on\nstate")),
            Self::Server => Ok(fixed("remote-entry-get 0")),
            Self::AskAgain => Ok(fixed("auth-retry interact")),
            Self::Release => Ok(fixed("hold release")),
            Self::Forget => Ok(fixed("forget-passwords")),
            Self::Accept => Ok(fixed("remote ACCEPT")),
            Self::NoProxy => Ok(fixed("proxy NONE")),
            Self::Terminate => Ok(fixed("signal SIGTERM")),
            Self::User { realm, name } => quoted("username", &[realm, name]),
            Self::Password { realm, secret } => password(realm, secret, version),
            Self::Response(text) => response(text),
            Self::Confirm { name, done } => {
                quoted("needok", &[name, if *done { "ok" } else { "cancel" }])
            }
            Self::Text { name, text } => quoted("needstr", &[name, text.expose()]),
        }
    }
}

fn fixed(command: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(format!("{command}\n").into_bytes())
}

/// A line without any quoting.
fn raw(text: &str) -> Result<Zeroizing<Vec<u8>>, Unsayable> {
    if text.len() > LINE || text.contains(ends_a_line) {
        return Err(Unsayable);
    }
    let mut line = Zeroizing::new(Vec::with_capacity(text.len() + 1));
    line.extend_from_slice(text.as_bytes());
    line.push(b'\n');
    Ok(line)
}

fn ends_a_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\0')
}

fn quoted(verb: &str, arguments: &[&str]) -> Result<Zeroizing<Vec<u8>>, Unsayable> {
    // Twice each, as every character may have to be escaped; a buffer that never moves leaves no copy.
    let room = arguments.iter().map(|argument| 2 * argument.len() + 3).sum::<usize>();
    let mut line = Zeroizing::new(Vec::with_capacity(verb.len() + room + 1));
    line.extend_from_slice(verb.as_bytes());
    for argument in arguments {
        if argument.len() > ARGUMENT || argument.contains(ends_a_line) {
            return Err(Unsayable);
        }
        line.extend_from_slice(b" \"");
        for byte in argument.bytes() {
            if matches!(byte, b'"' | b'\\') {
                line.push(b'\\');
            }
            line.push(byte);
        }
        line.push(b'"');
    }
    line.push(b'\n');
    if line.len() > LINE { Err(Unsayable) } else { Ok(line) }
}

fn password(
    realm: &str,
    secret: &SecretText,
    version: u32,
) -> Result<Zeroizing<Vec<u8>>, Unsayable> {
    let short = quoted("password", &[realm, secret.expose()]);
    if short.is_ok() || version < LONG_PASSWORDS || secret.expose().len() > LONG_PASSWORD {
        return short;
    }
    let encoded = Zeroizing::new(BASE64.encode(secret.expose().as_bytes()));
    let mut lines = Zeroizing::new(Vec::with_capacity(2 * encoded.len() + 2 * realm.len() + 64));
    lines.extend_from_slice(&quoted("password", &[realm])?);
    for piece in encoded.as_bytes().chunks(PASSWORD_LINE) {
        lines.extend_from_slice(piece);
        lines.push(b'\n');
    }
    lines.extend_from_slice(b"END\n");
    Ok(lines)
}

fn response(text: &SecretText) -> Result<Zeroizing<Vec<u8>>, Unsayable> {
    let encoded = Zeroizing::new(BASE64.encode(text.expose().as_bytes()));
    if encoded.len() > ARGUMENT {
        return Err(Unsayable);
    }
    let mut line = Zeroizing::new(Vec::with_capacity(encoded.len() + 16));
    line.extend_from_slice(b"cr-response ");
    line.extend_from_slice(encoded.as_bytes());
    line.push(b'\n');
    Ok(line)
}

/// Password and answer to a static challenge in one (`SCRV1:PASSWORD:ANSWER` in base64).
pub fn packed(password: &SecretText, answer: &SecretText) -> SecretText {
    let encode = |text: &SecretText| Zeroizing::new(BASE64.encode(text.expose().as_bytes()));
    join(&["SCRV1:", &encode(password), ":", &encode(answer)])
}

/// Password and answer to a static challenge as they are, without anything between them.
pub fn put_together(password: &SecretText, answer: &SecretText) -> SecretText {
    join(&[password.expose(), answer.expose()])
}

/// The answer to a dynamic challenge.
pub fn dynamic(state: &str, answer: &SecretText) -> SecretText {
    join(&["CRV1::", state, "::", answer.expose()])
}

fn join(pieces: &[&str]) -> SecretText {
    let mut text = String::with_capacity(pieces.iter().map(|piece| piece.len()).sum());
    pieces.iter().for_each(|piece| text.push_str(piece));
    SecretText::new(text)
}
