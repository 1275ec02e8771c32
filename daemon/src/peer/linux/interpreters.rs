//! Which programs do what others tell them: interpreters, which count with their script, and relays, which have none.
//! Known by the names of their files; a program that is renamed is a program of its own.

use std::path::Path;

use crate::peer::words;

/// What a program does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What it was written for.
    Program,
    /// What a file tells it to, which its arguments name as the rules say.
    Interpreter(Rules),
    /// What its arguments, or whoever speaks with it, tell it to.
    Relay,
}

/// How an interpreter's arguments name its script. An option that is not listed may say to run something else, so then
/// there is no script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rules {
    /// Letters of options that change nothing in what is run, and may stand together.
    pub(super) letters: &'static str,
    /// Beginnings of words that change nothing in what is run.
    pub(super) words: &'static [&'static str],
    /// Options before a word that does not name the script.
    pub(super) with_value: &'static [&'static str],
    /// The word that must come right before the script, where there is one.
    pub(super) before: Option<&'static str>,
}

const PLAIN: Rules = Rules { letters: "", words: &[], with_value: &[], before: None };

const SHELL: Rules = Rules {
    letters: "euxvfhnCapl",
    words: &["--posix", "--norc", "--noprofile", "--login"],
    with_value: &["-o"],
    before: None,
};
const PYTHON: Rules = Rules {
    letters: "bBdEIOqRsSuvP",
    words: &["-W", "-X"],
    with_value: &["-W", "-X"],
    before: None,
};
const PERL: Rules = Rules { letters: "wWtTU", ..PLAIN };
const RUBY: Rules = Rules { letters: "w", words: &["-W0", "-W1", "-W2"], ..PLAIN };
const NODE: Rules = Rules {
    words: &["--no-warnings", "--enable-source-maps", "--max-old-space-size=", "--harmony"],
    ..PLAIN
};
const JAVA: Rules = Rules {
    words: &["-Xm", "-Xs", "-D", "-server", "-client", "-ea", "-XX:+Use", "-XX:-Use"],
    before: Some("-jar"),
    ..PLAIN
};

/// Interpreters, without the version that their names may end in.
const INTERPRETERS: &[(&[&str], Rules)] = &[
    (&["sh", "dash", "bash", "rbash", "ash", "ksh", "mksh", "zsh"], SHELL),
    (&["fish", "csh", "tcsh", "nu", "elvish", "xonsh", "pwsh"], PLAIN),
    (&["python", "pypy"], PYTHON),
    (&["perl"], PERL),
    (&["ruby"], RUBY),
    (&["node", "nodejs"], NODE),
    (&["java"], JAVA),
    (&["deno", "bun"], Rules { before: Some("run"), ..PLAIN }),
    (&["php"], Rules { letters: "qCn", ..PLAIN }),
    (&["lua", "luajit", "tclsh", "wish", "expect", "guile", "electron"], PLAIN),
];

/// What runs or passes on whatever it is given, by the names of the files.
const RELAYS: &[&str] = &[
    "socat",
    "nc",
    "nc.openbsd",
    "nc.traditional",
    "ncat",
    "netcat",
    "ssh",
    "openssl",
    "websocat",
    "systemd-run",
    "systemd",
    "init",
    "cron",
    "crond",
    "anacron",
    "atd",
    "env",
    "timeout",
    "nohup",
    "setsid",
    "nice",
    "ionice",
    "chrt",
    "taskset",
    "stdbuf",
    "time",
    "xargs",
    "find",
    "parallel",
    "make",
    "gmake",
    "ninja",
    "just",
    "script",
    "watch",
    "entr",
    "sudo",
    "doas",
    "su",
    "runuser",
    "run0",
    "pkexec",
    "chroot",
    "unshare",
    "nsenter",
    "setpriv",
    "bwrap",
    "flatpak",
    "flatpak-spawn",
    "firejail",
    "proot",
    "docker",
    "podman",
    "runc",
    "crun",
    "conmon",
    "containerd-shim",
    "strace",
    "ltrace",
    "gdb",
    "lldb",
    "perf",
    "valgrind",
    "busybox",
    "toybox",
    "coreutils",
    "dbus-daemon",
    "dbus-broker-launch",
    "wine",
    "wine64",
    "wine-preloader",
    "wine64-preloader",
    "mono",
    "dotnet",
    "beam.smp",
    "julia",
    "R",
    "nix",
    "direnv",
    "mise",
    "asdf",
    "awk",
    "gawk",
    "mawk",
    "nawk",
];

/// Beginnings of the names of loaders and emulators, which run any program that they are given.
const LOADERS: &[&str] = &["ld-linux", "ld-musl", "ld.so", "ld64.so", "qemu-"];

/// What the program in this file does, when it is started by the name of `first`.
pub(super) fn kind_of(path: &Path, first: &[u8]) -> Kind {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(" (deleted)").unwrap_or(&name);
    // One file with many programs in it.
    let is_shell = name == "busybox" && [&b"sh"[..], b"ash"].contains(&last_part(first));
    if is_shell {
        return Kind::Interpreter(SHELL);
    }
    let family = name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
    let known = |(names, _): &&(&[&str], Rules)| names.contains(&name) || names.contains(&family);
    if let Some((_, rules)) = INTERPRETERS.iter().find(known) {
        return Kind::Interpreter(*rules);
    }
    let passes_on = RELAYS.contains(&name)
        || RELAYS.contains(&family)
        || words::is_terminal(name)
        || LOADERS.iter().any(|start| name.starts_with(start));
    match passes_on {
        true => Kind::Relay,
        false => Kind::Program,
    }
}

fn last_part(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(path: &str) -> Kind {
        kind_of(Path::new(path), path.as_bytes())
    }

    #[test]
    fn an_interpreter_is_known_whatever_its_version() {
        for path in [
            "/usr/bin/python3.12",
            "/usr/bin/pypy3",
            "/usr/bin/perl5.38.2",
            "/usr/bin/dash",
            "/usr/bin/lua5.4",
            "/usr/bin/php8.2",
            "/usr/bin/tclsh8.6",
            "/usr/lib/jvm/21/bin/java",
            "/usr/bin/ruby3.1",
            "/usr/bin/python3.11 (deleted)",
            "/usr/bin/node",
            "/bin/bash",
        ] {
            assert!(matches!(kind(path), Kind::Interpreter(_)), "{path}");
        }
    }

    #[test]
    fn what_passes_on_whatever_it_is_given_is_no_program_of_its_own() {
        for path in [
            "/usr/bin/socat",
            "/usr/bin/nc.openbsd",
            "/usr/bin/ssh",
            "/usr/sbin/sshd",
            "/usr/bin/xterm",
            "/usr/lib/systemd/systemd",
            "/lib64/ld-linux-x86-64.so.2",
            "/usr/bin/qemu-aarch64",
            "/bin/busybox",
            "/usr/bin/tmux",
            "/usr/bin/timeout",
        ] {
            assert_eq!(kind(path), Kind::Relay, "{path}");
        }
    }

    #[test]
    fn other_programs_are_programs() {
        for path in ["/usr/sbin/openconnect", "/opt/phpstorm", "/usr/bin/nmcli", "/usr/bin/sshpass"]
        {
            assert_eq!(kind(path), Kind::Program, "{path}");
        }
    }
}
