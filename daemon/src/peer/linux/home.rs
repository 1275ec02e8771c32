//! What the system runs a process as: a service, an application, or one in a sandbox. Read from the names of its control
//! groups, which systemd and desktops agree on, and from what Flatpak puts into a sandbox.

use std::fs::File;
use std::io::Read;

use passcode_proto::label::Label;
use rustix::fs::{Mode, OFlags, ResolveFlags, open, openat2};

use super::process::{cgroups, entry};
use crate::peer::caller::Home;

/// Most that is read of Flatpak's file.
const INFO: u64 = 64 * 1024;

/// What the process is run as, where that can be told.
pub(super) fn of(pid: i32) -> Option<Home> {
    flatpak(pid).or_else(|| by_group(&cgroups(pid)?))
}

/// The file that Flatpak puts at the root of each sandbox.
fn flatpak(pid: i32) -> Option<Home> {
    let root = open(entry(pid, "root"), OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let info = openat2(root, ".flatpak-info", flags, Mode::empty(), ResolveFlags::BENEATH).ok()?;
    let mut text = Vec::new();
    File::from(info).take(INFO).read_to_end(&mut text).ok()?;
    by_info(&String::from_utf8_lossy(&text)).map(Home::Flatpak)
}

/// The application's name in a `.flatpak-info`.
fn by_info(text: &str) -> Option<String> {
    let section = text.lines().skip_while(|line| line.trim() != "[Application]").skip(1);
    let mut lines = section.take_while(|line| !line.starts_with('['));
    let name = lines.find_map(|line| line.strip_prefix("name="))?;
    cleaned(name)
}

/// The innermost unit in the text of `/proc/PID/cgroup` that says something.
fn by_group(text: &str) -> Option<Home> {
    let of_systemd = |line: &&str| line.starts_with("0::") || line.contains(":name=systemd:");
    let line = text.lines().filter(of_systemd).max_by_key(|line| line.len())?;
    let path = line.splitn(3, ':').nth(2)?;
    path.rsplit('/').find_map(|unit| by_unit(&unescaped(unit)))
}

fn by_unit(unit: &str) -> Option<Home> {
    let (name, kind) = unit.rsplit_once('.')?;
    let (home, id): (fn(String) -> Home, &str) = match (name.split('-').next()?, kind) {
        _ if name.starts_with("snap.") => (Home::Snap, snap(name)?),
        ("app", "scope") if name.starts_with("app-flatpak-") => (Home::Flatpak, scope(name)?),
        ("app", "scope") => (Home::App, scope(name)?),
        ("app", "service") => (Home::App, autostarted(name)),
        // The user's own manager has everything in it.
        (_, "service") if !name.starts_with("user@") => (Home::Service, unit),
        _ => return None,
    };
    cleaned(id).map(home)
}

/// `app-[LAUNCHER-]ID-NUMBER`: an identifier has dots where it may have been told by its launcher too.
fn scope(name: &str) -> Option<&str> {
    let (name, _) = name.strip_prefix("app-")?.rsplit_once('-')?;
    Some(behind_launcher(name))
}

/// `app-[LAUNCHER-]ID[@NUMBER]`.
fn autostarted(name: &str) -> &str {
    let name = name.strip_prefix("app-").unwrap_or(name);
    behind_launcher(name.split('@').next().unwrap_or(name))
}

/// Identifiers may hold `-` only escaped, which is undone already; those of launchers are known.
fn behind_launcher(name: &str) -> &str {
    let launchers = ["flatpak-", "gnome-", "KDE-", "dbus-", "niri-", "sway-"];
    launchers.iter().find_map(|launcher| name.strip_prefix(launcher)).unwrap_or(name)
}

/// `snap.NAME.APP[-ID]`, of which the name is the snap's.
fn snap(name: &str) -> Option<&str> {
    name.split('.').nth(1)
}

/// Undoes the escapes of systemd: `\x2d` for `-`.
fn unescaped(unit: &str) -> String {
    let mut parts = unit.split("\\x");
    let mut plain: Vec<u8> = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte {
            Some(byte) => {
                plain.push(byte);
                plain.extend(&part.as_bytes()[2..]);
            }
            None => plain.extend(format!("\\x{part}").as_bytes()),
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn cleaned(name: &str) -> Option<String> {
    let label = Label::cleaned(name);
    (!label.is_empty()).then(|| label.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "0::/user.slice/user-1000.slice/user@1000.service";

    fn home(unit: &str) -> Option<Home> {
        by_group(&format!("{USER}{unit}\n"))
    }

    #[test]
    fn what_the_system_runs_is_told_by_its_group() {
        let app = |name: &str| Some(Home::App(name.to_owned()));
        let gnome = "/app.slice/app-gnome-org.gnome.Evolution-2101.scope";
        assert_eq!(home(gnome), app("org.gnome.Evolution"));
        let dashed = "/app.slice/app-org.keepassxc.KeePass\\x2dXC-77.scope";
        assert_eq!(home(dashed), app("org.keepassxc.KeePass-XC"));
        let autostart = "/app.slice/app-org.kde.kdeconnect@autostart.service";
        assert_eq!(home(autostart), app("org.kde.kdeconnect"));
        let flatpak = "/app.slice/app-flatpak-org.remmina.Remmina-3021.scope";
        assert_eq!(home(flatpak), Some(Home::Flatpak("org.remmina.Remmina".into())));
        let snap = "/app.slice/snap.firefox.firefox-6b5b.scope";
        assert_eq!(home(snap), Some(Home::Snap("firefox".into())));
        let service = "/background.slice/backup.service";
        assert_eq!(home(service), Some(Home::Service("backup.service".into())));
        let system = "0::/system.slice/NetworkManager.service\n";
        assert_eq!(by_group(system), Some(Home::Service("NetworkManager.service".into())));
    }

    #[test]
    fn a_login_and_a_terminal_are_nothing_to_tell_of() {
        assert_eq!(home("/init.scope"), None);
        assert_eq!(home(""), None);
        assert_eq!(by_group("0::/user.slice/user-1000.slice/session-3.scope"), None);
        let tab = "/app.slice/app-org.gnome.Terminal.slice/vte-spawn-ab12.scope";
        assert_eq!(home(tab), None);
        assert_eq!(by_group("0::/\n"), None);
        assert_eq!(by_group(""), None);
    }

    #[test]
    fn the_older_hierarchy_says_the_same() {
        let text = "12:pids:/x.service\n1:name=systemd:/system.slice/cron.service\n0::/\n";
        assert_eq!(by_group(text), Some(Home::Service("cron.service".into())));
    }

    #[test]
    fn a_sandbox_of_flatpak_says_whose_it_is() {
        let text = "[Instance]\nname=no\n\n[Application]\nname=org.gnome.Maps\nruntime=x\n\n[Context]\nname=no\n";
        assert_eq!(by_info(text).unwrap(), "org.gnome.Maps");
        assert_eq!(by_info("[Context]\nname=no\n"), None);
        assert_eq!(by_info("[Application]\nname=a\u{202e}b\u{1b}\n").unwrap(), "ab");
    }

    #[test]
    fn escapes_that_are_none_do_no_harm() {
        assert_eq!(unescaped("a\\x2db"), "a-b");
        assert_eq!(unescaped("a\\xzzb\\x"), "a\\xzzb\\x");
        assert_eq!(unescaped("\\xff"), "\u{fffd}");
        assert_eq!(unescaped("\\x2ä"), "\\x2ä");
    }
}
