//! What of OpenVPN's configuration concerns us: where it connects to, and what stands in the way of answering for it.
//! Everything else is OpenVPN's; what cannot be read is left to it to complain about.

use std::fs;
use std::path::{Path, PathBuf};

/// Longest configuration that is looked at, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The lines that matter.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Config {
    /// The first server.
    pub host: Option<String>,
    /// The file with the management interface's own password.
    pub key_file: Option<PathBuf>,
    /// Whether OpenVPN is to connect to its manager, instead of the other way round.
    pub calls_its_manager: bool,
    /// Whether OpenVPN takes name and password from a file.
    pub login_file: Option<PathBuf>,
}

/// Reads the file, as far as it can be read.
pub fn read(path: &Path) -> Config {
    let short = fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= LONGEST);
    match short {
        true => parse(&String::from_utf8_lossy(&fs::read(path).unwrap_or_default())),
        false => Config::default(),
    }
}

/// Reads the lines outside of inline files.
pub fn parse(text: &str) -> Config {
    let mut config = Config::default();
    let mut inline: Option<String> = None;
    for line in text.lines().map(str::trim) {
        if let Some(end) = &inline {
            if line == end {
                inline = None;
            }
            continue;
        }
        // What stands in `<connection>` are options like any others.
        let opens = line.strip_prefix('<').filter(|rest| !rest.starts_with('/'));
        match opens.and_then(|rest| rest.strip_suffix('>')).filter(|name| *name != "connection") {
            Some(name) => inline = Some(format!("</{name}>")),
            None => config.take(&words(line)),
        }
    }
    config
}

impl Config {
    fn take(&mut self, words: &[String]) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words[..] {
            ["remote", host, ..] if self.host.is_none() => self.host = Some(host.to_owned()),
            ["management", _, _, file] => self.key_file = Some(file.into()),
            ["management-client"] => self.calls_its_manager = true,
            ["auth-user-pass", "username-only"] => {}
            ["auth-user-pass", file] => self.login_file = Some(file.into()),
            ["auth-user-pass"] => self.login_file = None,
            _ => {}
        }
    }
}

/// The words of a line, as OpenVPN's lexer has them: `"…"` and `'…'` hold blanks together, a backslash escapes, `#` and `;`
/// begin a remark.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut quote = None;
    let mut inside = false;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                grow(&mut words, &mut inside, None);
            }
            (None, ' ' | '\t') => inside = false,
            (None, '#' | ';') if !inside => break,
            (None | Some('"'), '\\') => grow(&mut words, &mut inside, chars.next()),
            (_, c) => grow(&mut words, &mut inside, Some(c)),
        }
    }
    words
}

/// Adds to the word that has begun, or begins one.
fn grow(words: &mut Vec<String>, inside: &mut bool, c: Option<char>) {
    if !std::mem::replace(inside, true) {
        words.push(String::new());
    }
    if let Some(word) = words.last_mut() {
        word.extend(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_server_is_found_also_in_a_connection_block() {
        let config = parse(
            "client\n<connection>\nremote vpn.example.org 1194 udp\n</connection>\nremote b.example.org\n",
        );
        assert_eq!(config.host.as_deref(), Some("vpn.example.org"));
    }

    #[test]
    fn inline_files_and_remarks_are_no_options() {
        let config = parse(
            "<ca>\nremote in.the.certificate\n</ca>\n# remote x\n;remote y\nremote z # here\n",
        );
        assert_eq!(config.host.as_deref(), Some("z"));
    }

    #[test]
    fn quotes_and_backslashes_are_those_of_openvpn() {
        assert_eq!(
            words(r#"management "/run/my vpn" unix pw\ file"#),
            ["management", "/run/my vpn", "unix", "pw file"]
        );
        assert_eq!(words(r"a '\' ''"), ["a", r"\", ""]);
    }

    #[test]
    fn what_stands_in_the_way_is_seen() {
        let config =
            parse("management 127.0.0.1 7505 key\nmanagement-client\nauth-user-pass login.txt\n");
        assert_eq!(config.key_file, Some("key".into()));
        assert!(config.calls_its_manager);
        assert_eq!(config.login_file, Some("login.txt".into()));
        assert_eq!(parse("auth-user-pass\n"), Config::default());
    }
}
