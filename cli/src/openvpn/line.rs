//! What OpenVPN's management interface says, line by line (management-notes.txt of OpenVPN): bytes come in, [`Line`]s go
//! out. Whatever is not known, not whole or longer than [`LONGEST`] is [`Line::Other`].
//!
//! Stands alone, so that it can be fuzzed. Texts in it are the server's or OpenVPN's, and not yet fit to be shown.

use data_encoding::BASE64;
use zeroize::Zeroize;

/// Longest line that is looked at, in bytes; OpenVPN's own are shorter than 11 KiB.
pub const LONGEST: usize = 64 * 1024;

/// What is asked when the interface has a password; the only text that ends without a line break.
const PASSWORD_PROMPT: &[u8] = b"ENTER PASSWORD:";

/// One thing that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The interface wants its own password.
    Locked,
    /// Its own password was wrong.
    WrongPassword,
    /// A password that we sent is longer than OpenVPN takes.
    TooLong,
    /// The greeting, with the version of the interface.
    Greeting { version: u32 },
    /// OpenVPN waits to be let go, and would have waited this many seconds by itself.
    Hold { seconds: u64 },
    /// Something has to be entered.
    Need(Need),
    /// What was entered was refused.
    Refused { realm: String, why: Refusal },
    /// OpenVPN's state, and its reason or detail.
    State { name: String, detail: String },
    /// A code is wanted in the middle of the login (`CR_TEXT`).
    Challenge(Challenge),
    /// A page has to be opened to log in (`OPEN_URL`, `WEB_AUTH`).
    Page(String),
    /// OpenVPN ends.
    Fatal(String),
    /// OpenVPN asks whether it may connect to where it would.
    Remote,
    /// OpenVPN asks for a proxy.
    Proxy,
    /// OpenVPN wants a signature or a certificate.
    Certificate,
    /// The first of the servers, asked for by us.
    Server(String),
    /// Anything else.
    Other,
}

/// What has to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// What it is for: `Auth`, `Private Key`, `HTTP Proxy`, a token's name.
    pub realm: String,
    pub what: What,
}

/// Of which kind it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    UserAndPassword(Option<Static>),
    User,
    Password,
    /// The user has to do something and say so.
    Confirmation(String),
    /// Some text.
    Text(String),
}

/// A static challenge (`--static-challenge`), which comes with the question for name and password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Static {
    pub text: String,
    /// Whether the answer may be seen while it is typed.
    pub echo: bool,
    /// Whether password and answer are put together as they are, instead of as `SCRV1`.
    pub joined: bool,
}

/// A challenge in a text of the server's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    pub text: String,
    /// Whether the answer may be seen while it is typed.
    pub echo: bool,
    /// Whether an answer is wanted.
    pub answer: bool,
}

/// Why something was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// As the server or OpenVPN says, or for no reason that is known.
    Plain(Option<String>),
    /// The server cannot let anybody in just now (`AUTH_FAILED,TEMP`).
    Temporary(Option<String>),
    /// A token that the server gave earlier has expired (`AUTH_FAILED,SESSION`).
    Expired,
    /// It was not refused: the server asks for more (`CRV1`).
    Dynamic(Dynamic),
}

/// A dynamic challenge, to be answered the next time that name and password are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dynamic {
    /// What the server knows the answer by.
    pub state: String,
    /// The user's name, if the server says it.
    pub user: Option<String>,
    pub challenge: Challenge,
}

/// Cuts what comes into lines.
#[derive(Debug, Default)]
pub struct Lines {
    begun: Vec<u8>,
    /// Whether the line that has begun is too long, and left out up to its end.
    skips: bool,
}

impl Lines {
    /// The lines that end in `bytes`.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.keep(piece);
            if piece.ends_with(b"\n") {
                lines.push(self.end());
            } else if self.begun == PASSWORD_PROMPT {
                self.end();
                lines.push(Line::Locked);
            }
        }
        lines
    }

    fn keep(&mut self, piece: &[u8]) {
        self.skips |= self.begun.len() + piece.len() > LONGEST;
        match self.skips {
            true => self.begun.zeroize(),
            false => self.begun.extend_from_slice(piece),
        }
    }

    /// Ends the line; it may hold a token of the session, so it is wiped.
    fn end(&mut self) -> Line {
        let line = match std::mem::take(&mut self.skips) {
            true => Line::Other,
            false => decode(&String::from_utf8_lossy(&self.begun)),
        };
        self.begun.zeroize();
        line
    }
}

/// Reads one line, with or without its end.
pub fn decode(line: &str) -> Line {
    let line = line.trim_end_matches(['\r', '\n']);
    let Some((kind, text)) = line.strip_prefix('>').and_then(|rest| rest.split_once(':')) else {
        return plain(line);
    };
    let known = match kind {
        "INFO" => greeting(text),
        "HOLD" => Some(Line::Hold { seconds: trailing_number(text) }),
        "PASSWORD" => password(text),
        "NEED-OK" => question(text, "confirmation", What::Confirmation),
        "NEED-STR" => question(text, "string", What::Text),
        "STATE" => state(text),
        "INFOMSG" => message(text),
        "FATAL" => Some(Line::Fatal(text.to_owned())),
        "REMOTE" => Some(Line::Remote),
        "PROXY" => Some(Line::Proxy),
        "PK_SIGN" | "RSA_SIGN" | "NEED-CERTIFICATE" => Some(Line::Certificate),
        _ => None,
    };
    known.unwrap_or(Line::Other)
}

/// Answers to our own commands: `ERROR: bad password`, the present state, the first server. A time of our days has more
/// digits than any server's place in a list.
fn plain(line: &str) -> Line {
    match line {
        "ERROR: bad password" => return Line::WrongPassword,
        "ERROR: password too long" => return Line::TooLong,
        _ => {}
    }
    match line.split_once(',') {
        Some(("0", rest)) => Line::Server(rest.split(',').next().unwrap_or_default().to_owned()),
        Some((time, _)) if time.len() > 8 && time.bytes().all(|byte| byte.is_ascii_digit()) => {
            state(line).unwrap_or(Line::Other)
        }
        _ => Line::Other,
    }
}

fn greeting(text: &str) -> Option<Line> {
    let version = text.strip_prefix("OpenVPN Management Interface Version ")?;
    let version = version.split(' ').next()?.parse().ok()?;
    Some(Line::Greeting { version })
}

fn trailing_number(text: &str) -> u64 {
    text.rsplit(':').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn password(text: &str) -> Option<Line> {
    if let Some(refused) = text.strip_prefix("Verification Failed: ") {
        return refusal(refused);
    }
    let (realm, wanted) = need(text)?;
    let (what, rest) = wanted.split_once(' ').unwrap_or((wanted, ""));
    let what = match what {
        "username/password" => What::UserAndPassword(static_challenge(rest)),
        "username" => What::User,
        "password" => What::Password,
        _ => return None,
    };
    Some(Line::Need(Need { realm, what }))
}

/// `Need 'REALM' REST`.
fn need(text: &str) -> Option<(String, &str)> {
    let (realm, rest) = text.strip_prefix("Need '")?.split_once("' ")?;
    Some((realm.to_owned(), rest))
}

/// `SC:FLAGS,TEXT`; the flags are the bits of a number.
fn static_challenge(text: &str) -> Option<Static> {
    let (flags, text) = text.strip_prefix("SC:")?.split_once(',')?;
    let flags: u32 = flags.parse().unwrap_or_default();
    Some(Static { text: text.to_owned(), echo: flags & 1 != 0, joined: flags & 2 != 0 })
}

/// `'REALM' ['REASON']`, where either may be missing.
fn refusal(text: &str) -> Option<Line> {
    let (realm, rest) = match text.strip_prefix('\'') {
        Some(text) => text.split_once('\'')?,
        None => ("Auth", text),
    };
    let reason = rest.trim_start().strip_prefix("['").and_then(|rest| rest.strip_suffix("']"));
    Some(Line::Refused { realm: realm.to_owned(), why: reason_of(reason) })
}

fn reason_of(reason: Option<&str>) -> Refusal {
    let Some(text) = reason else { return Refusal::Plain(None) };
    if let Some(dynamic) = dynamic(text) {
        return Refusal::Dynamic(dynamic);
    }
    let after = |prefix: &str| text.strip_prefix(prefix);
    // `TEMP`, `TEMP:REASON`, `TEMP[FLAGS]:REASON`.
    match after("TEMP").filter(|rest| rest.is_empty() || rest.starts_with([':', '['])) {
        Some(rest) => Refusal::Temporary(rest.split_once(':').map(|(_, reason)| reason.to_owned())),
        None if after("SESSION:").is_some() => Refusal::Expired,
        None => Refusal::Plain(Some(text.to_owned())),
    }
}

/// `CRV1:FLAGS:STATE:USER:TEXT`; the text may hold colons.
fn dynamic(text: &str) -> Option<Dynamic> {
    let mut parts = text.strip_prefix("CRV1:")?.splitn(4, ':');
    let (flags, state, user, text) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let user = BASE64.decode(user.as_bytes()).ok().and_then(|user| String::from_utf8(user).ok());
    Some(Dynamic {
        state: state.to_owned(),
        user: user.filter(|user| !user.is_empty()),
        challenge: challenge(flags, text),
    })
}

/// Flags are letters with commas between them: `E` to show what is typed, `R` when an answer is wanted.
fn challenge(flags: &str, text: &str) -> Challenge {
    let has = |wanted: &str| flags.split(',').any(|flag| flag.trim() == wanted);
    Challenge { text: text.to_owned(), echo: has("E"), answer: has("R") }
}

fn question(text: &str, kind: &str, what: fn(String) -> What) -> Option<Line> {
    let (realm, rest) = need(text)?;
    let message = rest.strip_prefix(kind)?.trim_start().strip_prefix("MSG:").unwrap_or_default();
    Some(Line::Need(Need { realm, what: what(message.to_owned()) }))
}

/// `TIME,NAME,DETAIL,…`.
fn state(text: &str) -> Option<Line> {
    let mut fields = text.split(',');
    let (_, name) = (fields.next()?, fields.next()?);
    let detail = fields.next().unwrap_or_default();
    Some(Line::State { name: name.to_owned(), detail: detail.to_owned() })
}

fn message(text: &str) -> Option<Line> {
    let (kind, rest) = text.split_once(':')?;
    match kind {
        "CR_TEXT" => {
            rest.split_once(':').map(|(flags, text)| Line::Challenge(challenge(flags, text)))
        }
        "OPEN_URL" => Some(Line::Page(rest.to_owned())),
        "WEB_AUTH" => web_auth(rest),
        _ => None,
    }
}

/// `FLAGS:URL`, where a flag may name a proxy with colons of its own.
fn web_auth(text: &str) -> Option<Line> {
    let start = text.find(":http").or_else(|| text.find(':'))?;
    Some(Line::Page(text[start + 1..].to_owned()))
}
