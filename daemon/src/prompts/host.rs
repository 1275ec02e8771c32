//! The host that a prompt names, in the forms of ssh, git and scp: `(user@host) …`, `user@host's password:`,
//! `Password for 'https://user@host':`.

use super::reading::Text;

/// The host that stands in the prompt, when it stands there in a known form.
pub fn named_in(text: &Text) -> Option<&str> {
    text.lines()
        .find_map(|line| in_parentheses(line).or_else(|| of_owner(line)).or_else(|| in_url(line)))
}

/// ssh, when it asks what the server wants to know: `(user@host) One-time password: `.
fn in_parentheses(line: &str) -> Option<&str> {
    let (inside, _) = line.strip_prefix('(')?.split_once(") ")?;
    after_at(inside)
}

/// ssh, when it asks for the account's password: `user@host's password: `.
fn of_owner(line: &str) -> Option<&str> {
    let (owner, _) = line.split_once("'s password")?;
    after_at(owner)
}

/// git: `Password for 'https://user@host:443': `.
fn in_url(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("://")?;
    let authority = rest.split(['/', '\'', '"', ' ']).next()?;
    let host = authority.rsplit('@').next()?;
    plausible(match host.strip_prefix('[') {
        Some(inside) => inside.split(']').next()?,
        None => host.split(':').next()?,
    })
}

fn after_at(text: &str) -> Option<&str> {
    text.rsplit_once('@').and_then(|(_, host)| plausible(host))
}

fn plausible(host: &str) -> Option<&str> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '%');
    (!host.is_empty() && host.chars().all(is_part)).then_some(host)
}
