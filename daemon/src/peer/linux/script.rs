//! What an interpreter runs. Its arguments name a file, by its own account and in its own part of the file system; the
//! file is looked for there, and what it holds is what it holds now.

use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

use rustix::fs::{Mode, OFlags, ResolveFlags, fstatfs, open, openat2};

use super::file::{self, Mark};
use super::interpreters::{Kind, Rules, kind_of};
use super::process::{arguments, entry, executable};
use crate::peer::caller::Script;

/// Files of `/proc` are other files for whoever looks.
const PROC_SUPER_MAGIC: u64 = 0x9fa0;

/// A script that is there.
pub(super) struct Found {
    pub(super) path: String,
    pub(super) mark: Mark,
    place: OwnedFd,
}

impl Found {
    /// Reads what it holds.
    pub(super) fn read(self) -> Script {
        let hash =
            File::open(own_entry(&self.place)).ok().and_then(|mut file| file::hash(&mut file));
        Script { path: self.path, hash }
    }
}

/// The script of the process, if it is an interpreter and has one.
pub(super) fn of(pid: i32) -> Option<Found> {
    let words = arguments(pid);
    let Kind::Interpreter(rules) = kind_of(&executable(pid)?, words.first()?) else { return None };
    find(pid, named(rules, &words)?)
}

/// The word among an interpreter's arguments that names its script. One that cannot be told for certain is none: what is
/// taken for the script must not be a mere argument of something else.
pub(super) fn named(rules: Rules, words: &[Vec<u8>]) -> Option<&[u8]> {
    let mut awaited = rules.before;
    let mut words = words.iter().skip(1);
    loop {
        let word = words.next()?.as_slice();
        if awaited.is_some_and(|before| word == before.as_bytes()) {
            awaited = None;
        } else if word == b"--" {
            return words.next().filter(|_| awaited.is_none()).map(Vec::as_slice);
        } else if word.is_empty() || word == b"-" {
            return None;
        } else if word[0] != b'-' {
            return awaited.is_none().then_some(word);
        } else {
            match meaning(rules, word)? {
                Takes::Nothing => {}
                Takes::Value => drop(words.next()?),
            }
        }
    }
}

enum Takes {
    Nothing,
    Value,
}

/// What a harmless option takes; nothing for one that may not be harmless.
fn meaning(rules: Rules, word: &[u8]) -> Option<Takes> {
    let is_letter = |letter: &u8| rules.letters.as_bytes().contains(letter);
    let takes_value =
        |letter: u8| rules.with_value.iter().any(|option| option.as_bytes() == [b'-', letter]);
    let (last, letters) = word[1..].split_last()?;
    if letters.iter().all(is_letter) && takes_value(*last) {
        return Some(Takes::Value);
    }
    let harmless = word[1..].iter().all(is_letter)
        || rules.words.iter().any(|start| word.starts_with(start.as_bytes()));
    harmless.then_some(Takes::Nothing)
}

/// The regular file that `word` names for the process `pid`.
fn find(pid: i32, word: &[u8]) -> Option<Found> {
    // Where the process is, by links of the kernel's that lead there whatever its own part of the file system.
    let (from, within) = match word.first() {
        Some(b'/') => ("root", ResolveFlags::IN_ROOT),
        _ => ("cwd", ResolveFlags::empty()),
    };
    let from = open(entry(pid, from), OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let within = within | ResolveFlags::NO_MAGICLINKS;
    // Opens nothing: a device or a pipe must not notice.
    let place = openat2(from, word, OFlags::PATH | OFlags::CLOEXEC, Mode::empty(), within).ok()?;
    let is_in_proc = fstatfs(&place).is_ok_and(|system| system.f_type as u64 == PROC_SUPER_MAGIC);
    let path = std::fs::read_link(own_entry(&place)).ok()?;
    let found = std::fs::metadata(own_entry(&place)).ok()?;
    let is_script = found.is_file() && !is_in_proc;
    is_script.then(|| Found { path: file::shown(&path), mark: Mark::of(&found), place })
}

/// Where `/proc` has a file that we hold.
fn own_entry(place: &OwnedFd) -> std::path::PathBuf {
    Path::new("/proc/self/fd").join(place.as_raw_fd().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(program: &str, line: &str) -> Option<String> {
        let words: Vec<Vec<u8>> = line.split(' ').map(|word| word.as_bytes().to_vec()).collect();
        let Kind::Interpreter(rules) = kind_of(Path::new(program), &words[0]) else {
            panic!("{program} is an interpreter")
        };
        named(rules, &words).map(|word| String::from_utf8_lossy(word).into_owned())
    }

    #[test]
    fn the_script_is_told_from_options_and_arguments() {
        for (program, line, found) in [
            ("/usr/bin/python3.12", "python3 -u vpn.py --pin", "vpn.py"),
            ("/usr/bin/python3.12", "python3 -BW ignore -Xdev vpn.py", "vpn.py"),
            ("/usr/bin/bash", "bash -euo pipefail ./vpn.sh", "./vpn.sh"),
            ("/usr/bin/bash", "/bin/bash /usr/bin/vpn -c x", "/usr/bin/vpn"),
            ("/usr/bin/perl", "perl -w -- vpn.pl", "vpn.pl"),
            ("/usr/bin/java", "java -Xmx512m -jar vpn.jar x.jar", "vpn.jar"),
            ("/bin/busybox", "/bin/sh vpn.sh", "vpn.sh"),
            ("/usr/bin/deno", "deno run vpn.ts", "vpn.ts"),
        ] {
            assert_eq!(script(program, line).as_deref(), Some(found), "{line}");
        }
    }

    #[test]
    fn an_argument_of_something_else_is_never_taken_for_the_script() {
        for (program, line) in [
            ("/usr/bin/python3.12", "python3 -c x vpn.py"),
            ("/usr/bin/python3.12", "python3 -Ic x vpn.py"),
            ("/usr/bin/python3.12", "python3 -m x vpn.py"),
            ("/usr/bin/python3.12", "python3 - vpn.py"),
            ("/usr/bin/python3.12", "python3 -i vpn.py"),
            ("/usr/bin/python3.12", "python3"),
            ("/usr/bin/bash", "bash"),
            ("/usr/bin/bash", "-bash"),
            ("/usr/bin/bash", "bash -ec x vpn.sh"),
            ("/usr/bin/bash", "bash --rcfile x vpn.sh"),
            ("/usr/bin/perl", "perl -Mx vpn.pl"),
            ("/usr/bin/perl", "perl -e x vpn.pl"),
            ("/usr/bin/node", "node -r ./x vpn.js"),
            ("/usr/bin/node", "node --require=./x vpn.js"),
            ("/usr/bin/java", "java -cp x.jar Main"),
            ("/usr/bin/java", "java -javaagent:x.jar -jar vpn.jar"),
            ("/usr/bin/java", "java Main -jar vpn.jar"),
            ("/usr/bin/php8.2", "php -d auto_prepend_file=x vpn.php"),
        ] {
            assert_eq!(script(program, line), None, "{line}");
        }
    }
}
