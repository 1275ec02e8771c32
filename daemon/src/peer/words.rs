//! Where a program comes from, in words: which of its parents a person wants to hear of.

/// Programs in whose windows others run, by the names of their files.
const TERMINALS: &[&str] = &[
    "alacritty",
    "blackbox",
    "contour",
    "cool-retro-term",
    "deepin-terminal",
    "foot",
    "ghostty",
    "gnome-terminal",
    "gnome-terminal-server",
    "guake",
    "io.elementary.terminal",
    "kgx",
    "kitty",
    "konsole",
    "lxterminal",
    "mate-terminal",
    "ptyxis",
    "ptyxis-agent",
    "qterminal",
    "rio",
    "rxvt",
    "screen",
    "st",
    "sshd-session",
    "sshd",
    "terminator",
    "terminology",
    "tilda",
    "tilix",
    "tmux",
    "urxvt",
    "urxvtd",
    "wezterm-gui",
    "xfce4-terminal",
    "xterm",
    "yakuake",
    "zellij",
];

/// Shells, and what only makes way for another program.
const SILENT: &[&str] = &[
    "ash", "bash", "busybox", "csh", "dash", "elvish", "fish", "ksh", "ksh93", "mksh", "nu", "sh",
    "tcsh", "zsh", "env", "nice", "nohup", "setsid", "stdbuf", "time", "timeout",
];

/// Whether others run in the windows of `name`.
pub(super) fn is_terminal(name: &str) -> bool {
    TERMINALS.contains(&name)
}

/// Whether `name` is a shell or the like, of which nobody wants to hear when there is something else.
pub(super) fn is_silent(name: &str) -> bool {
    SILENT.contains(&name)
}

/// The sentence part for a chain of parents.
pub(super) fn started_by(chain: &[String]) -> Option<String> {
    let spoken = chain.iter().position(|name| !is_silent(name));
    let Some(first) = spoken else {
        return chain.first().map(|shell| format!("started by {shell}"));
    };
    let (nearest, rest) = (&chain[first], &chain[first + 1..]);
    if is_terminal(nearest) {
        return Some(format!("in {}", shown(nearest)));
    }
    Some(match rest.iter().find(|name| is_terminal(name)) {
        Some(terminal) => format!("started by {nearest} in {}", shown(terminal)),
        None => format!("started by {nearest}"),
    })
}

/// A terminal as people know it.
fn shown(terminal: &str) -> &str {
    let name = ["-server", "-agent", "-gui"].iter().find_map(|end| terminal.strip_suffix(end));
    match name.unwrap_or(terminal) {
        "sshd" | "sshd-session" => "an SSH login",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(chain: &[&str]) -> Option<String> {
        started_by(&chain.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_person_hears_of_the_terminal_and_not_of_the_shell_in_it() {
        assert_eq!(said(&["bash", "gnome-terminal-server"]).unwrap(), "in gnome-terminal");
        assert_eq!(said(&["sh", "timeout", "fish", "konsole"]).unwrap(), "in konsole");
        assert_eq!(said(&["bash", "sshd-session"]).unwrap(), "in an SSH login");
    }

    #[test]
    fn a_person_hears_of_the_program_that_started_it() {
        assert_eq!(said(&["NetworkManager"]).unwrap(), "started by NetworkManager");
        let git = ["sh", "git", "bash", "xterm", "plasmashell"];
        assert_eq!(said(&git).unwrap(), "started by git in xterm");
    }

    #[test]
    fn a_person_hears_of_a_shell_when_there_is_nothing_else() {
        assert_eq!(said(&["bash", "dash"]).unwrap(), "started by bash");
        assert_eq!(said(&[]), None);
    }
}
