//! The key under which an approval is remembered: a program by what its file holds, or one process for as long as it
//! runs. Only the former can be stored.

use serde::{Deserialize, Serialize};

use super::{Process, Sha256};

/// Whom an approval is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Who {
    /// A program, whichever process runs it. Can be stored.
    Program(Key),
    /// One process, as long as it runs: its program would do whatever it is told to.
    Process(Process),
}

/// A program as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The file that runs, without control and bidirectional characters, at most 256 bytes.
    pub path: String,
    /// What it holds.
    pub hash: Sha256,
    /// What it runs, when it is an interpreter.
    pub script: Option<ScriptKey>,
}

/// A script as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ScriptKey {
    /// Where it is, cleaned as a program's path.
    pub path: String,
    /// What it holds.
    pub hash: Sha256,
}

impl Who {
    /// Whether `before` had the same path, and the same script, but other content: the program was changed since, by an
    /// update or by somebody.
    pub fn changed_from(&self, before: &Self) -> bool {
        match (self, before) {
            (Self::Program(now), Self::Program(before)) => now.changed_from(before),
            _ => false,
        }
    }
}

impl Key {
    /// As [`Who::changed_from`].
    pub fn changed_from(&self, before: &Self) -> bool {
        let script = |key: &Self| key.script.as_ref().map(|script| script.path.clone());
        self.path == before.path && script(self) == script(before) && self != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(path: &str, hash: u8, script: Option<(&str, u8)>) -> Who {
        let script = script.map(|(path, hash)| ScriptKey { path: path.into(), hash: [hash; 32] });
        Who::Program(Key { path: path.into(), hash: [hash; 32], script })
    }

    #[test]
    fn a_program_has_changed_when_its_path_is_the_same_and_its_content_is_not() {
        let before = program("/usr/bin/vpn", 1, None);
        assert!(program("/usr/bin/vpn", 2, None).changed_from(&before));
        assert!(!program("/usr/bin/vpn", 1, None).changed_from(&before));
        assert!(!program("/usr/bin/other", 2, None).changed_from(&before));
        assert!(!program("/usr/bin/vpn", 2, Some(("/a.py", 1))).changed_from(&before));
        assert!(!Who::Process(Process { pid: 7, started: 1 }).changed_from(&before));
    }

    #[test]
    fn a_script_has_changed_when_it_or_its_interpreter_has() {
        let before = program("/usr/bin/python3", 1, Some(("/a.py", 1)));
        assert!(program("/usr/bin/python3", 1, Some(("/a.py", 2))).changed_from(&before));
        assert!(program("/usr/bin/python3", 2, Some(("/a.py", 1))).changed_from(&before));
        assert!(!program("/usr/bin/python3", 1, Some(("/b.py", 2))).changed_from(&before));
        assert!(!program("/usr/bin/python3", 1, None).changed_from(&before));
    }

    #[test]
    fn what_is_stored_comes_back() {
        let Who::Program(key) = program("/usr/bin/python3", 1, Some(("/a.py", 2))) else {
            unreachable!()
        };
        let stored = serde_json::to_vec(&key).unwrap();
        assert_eq!(serde_json::from_slice::<Key>(&stored).unwrap(), key);
    }
}
