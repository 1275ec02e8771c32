//! Who started a process: its parents up to the session that it belongs to. Beyond that everything has the same parents,
//! of which nobody wants to hear.

use passcode_proto::label::Label;

use super::interpreters::{Kind, kind_of};
use super::process::{ancestors, arguments, called, executable, leads_its_session};
use super::{file, script};
use crate::peer::words;

/// Parents that are named.
const LONGEST: usize = 6;

/// Longest name, in bytes.
const NAME: usize = 64;

/// What sessions begin with, and beginnings of the names of what begins them.
const MANAGERS: &[&str] =
    &["systemd", "init", "(sd-pam)", "login", "agetty", "dbus-daemon", "dbus-broker-launch"];
const LEADERS: &[&str] =
    &["gdm", "sddm", "lightdm", "gnome-session", "startplasma", "plasma_session", "xdm"];

/// A process that started another.
#[derive(Debug, Clone)]
pub(super) struct Parent {
    name: String,
    leads_its_session: bool,
}

/// The names of the programs that started `pid`, the nearest first.
pub(super) fn of(pid: i32) -> Vec<String> {
    up_to_session(ancestors(pid).map(|pid| Parent {
        name: name(pid).unwrap_or_default(),
        leads_its_session: leads_its_session(pid),
    }))
}

/// Those of the parents that belong to the session. A shell that leads one has a terminal or a login above it.
fn up_to_session(parents: impl Iterator<Item = Parent>) -> Vec<String> {
    let mut names = Vec::new();
    for parent in parents {
        let name = cleaned(&parent.name);
        if manages_sessions(&name) || names.len() == LONGEST {
            break;
        }
        let ends_here = parent.leads_its_session && !words::is_silent(&name);
        names.extend((!name.is_empty()).then_some(name));
        if ends_here {
            break;
        }
    }
    names
}

fn manages_sessions(name: &str) -> bool {
    MANAGERS.contains(&name) || LEADERS.iter().any(|start| name.starts_with(start))
}

fn cleaned(name: &str) -> String {
    let mut name = Label::cleaned(name).as_str().to_owned();
    name.truncate(name.floor_char_boundary(NAME));
    name
}

/// The name of the program, or of the script that it runs; else what it calls itself.
fn name(pid: i32) -> Option<String> {
    let Some(path) = executable(pid) else { return called(pid) };
    let words = arguments(pid);
    let script = match kind_of(&path, words.first().map_or(&[], Vec::as_slice)) {
        Kind::Interpreter(rules) => script::named(rules, &words),
        _ => None,
    };
    let path = script.map_or_else(
        || file::living(&path).to_string_lossy().into_owned(),
        |word| String::from_utf8_lossy(word).into_owned(),
    );
    path.rsplit('/').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(parents: &[&str]) -> Vec<String> {
        up_to_session(parents.iter().map(|name| Parent {
            name: name.trim_start_matches('*').to_owned(),
            leads_its_session: name.starts_with('*'),
        }))
    }

    #[test]
    fn the_chain_ends_with_the_session() {
        let in_terminal = ["ssh", "*bash", "*gnome-terminal-server", "*systemd"];
        assert_eq!(chain(&in_terminal), ["ssh", "bash", "gnome-terminal-server"]);
        assert_eq!(chain(&["*NetworkManager", "systemd"]), ["NetworkManager"]);
        assert_eq!(
            chain(&["xterm", "xfwm4", "*xfce4-session", "lightdm"]),
            ["xterm", "xfwm4", "xfce4-session"]
        );
        assert_eq!(chain(&["konsole", "gdm-wayland-ses", "x"]), ["konsole"]);
    }

    #[test]
    fn a_long_chain_and_a_long_name_are_cut_and_forge_nothing() {
        assert_eq!(chain(&["a"; 20]).len(), LONGEST);
        let long = "ä".repeat(200);
        assert_eq!(chain(&[&long])[0].len(), NAME);
        assert_eq!(chain(&["a\nb\u{202e}c\u{1b}[31m"]), ["abc[31m"]);
    }
}
