//! Where sessions are kept: a file of mode 0600 in the folder of the agent's socket, if that is memory (a tmpfs) and no disk,
//! so that nothing of it is left after logging out. Whoever asks for the same session waits here for who asks already:
//! one code is enough for all of them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process;

use passcode_proto::place::Place;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::session::Session;
use super::wish::Wish;
use crate::output::{self, Failure};

/// Largest file that is read, in bytes: a session's token has some thousand.
const BYTES: u64 = 64 * 1024;

/// The place of one session, held until this is dropped.
pub struct Shelf {
    key: String,
    /// Nothing where a file would be on a disk.
    file: Option<PathBuf>,
    _lock: Option<File>,
}

/// What is in the file: the key tells sessions apart whose names are the same by chance.
#[derive(Serialize, Deserialize)]
struct Kept {
    key: String,
    session: Session,
}

impl Shelf {
    /// The place of the session that is wanted; waits while another program has it.
    pub fn find(place: &Place, wish: &Wish) -> Result<Self, Failure> {
        let folder = place.socket.parent().filter(|folder| is_memory(folder));
        Self::at(folder, wish.key())
    }

    fn at(folder: Option<&Path>, key: String) -> Result<Self, Failure> {
        let Some(folder) = folder else {
            return Ok(Self { key, file: None, _lock: None });
        };
        let file = folder.join(format!("aws-{}.json", fingerprint(&key)));
        let lock = open_lock(&file.with_extension("lock")).map_err(|_| unusable(folder))?;
        Ok(Self { key, file: Some(file), _lock: Some(lock) })
    }

    /// The session that was kept, if it is good for a while yet.
    pub fn take(&self, now: u64) -> Option<Session> {
        let bytes = read(self.file.as_deref()?).ok()?;
        let Kept { key, session } = serde_json::from_slice(&bytes).ok()?;
        (key == self.key && session.is_good(now)).then_some(session)
    }

    /// Keeps a session in place of the last.
    pub fn keep(&self, session: &Session) -> Result<(), Failure> {
        let Some(file) = &self.file else {
            output::note(
                "The session is not kept: there is no runtime folder in memory (XDG_RUNTIME_DIR).",
            );
            return Ok(());
        };
        let kept = Kept { key: self.key.clone(), session: session.clone() };
        let bytes = Zeroizing::new(serde_json::to_vec(&kept).map_err(|_| unusable(file))?);
        write(file, &bytes).map_err(|_| unusable(file))
    }

    /// Removes what was kept; whether there was something.
    pub fn forget(&self) -> bool {
        self.file.as_ref().is_some_and(|file| fs::remove_file(file).is_ok())
    }
}

/// Whether what is written in a folder never reaches a disk.
#[cfg(target_os = "linux")]
fn is_memory(folder: &Path) -> bool {
    const TMPFS: u32 = 0x0102_1994;
    const RAMFS: u32 = 0x8584_58f6;
    let kind = rustix::fs::statfs(folder).map(|about| about.f_type as u32);
    kind.is_ok_and(|kind| [TMPFS, RAMFS].contains(&kind))
}

#[cfg(not(target_os = "linux"))]
fn is_memory(_: &Path) -> bool {
    false
}

fn open_lock(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let lock = options.create(true).write(true).truncate(false).mode(0o600).open(file)?;
    lock.lock()?;
    Ok(lock)
}

/// Reads a file that belongs to its owner alone; another program could have put another there.
fn read(file: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let open = File::open(file)?;
    let about = open.metadata()?;
    if about.permissions().mode() & 0o077 != 0 || about.len() > BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(about.len() as usize + 1));
    open.take(BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = file.with_extension(format!("new.{}", process::id()));
    // Left behind by a program of the same number that was killed.
    let _ = fs::remove_file(&new);
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(&new);
    let written =
        opened.and_then(|mut open| open.write_all(bytes)).and_then(|()| fs::rename(&new, file));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}

/// FNV-1a: it names files and keeps nobody out.
fn fingerprint(key: &str) -> String {
    let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

fn unusable(path: &Path) -> Failure {
    Failure::local(
        "output",
        "The session cannot be kept in the runtime folder.",
        format!("See that it can be written and has room: {}", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::super::session::tests::session;
    use super::*;

    const END: u64 = 1_795_539_600;

    fn shelf(folder: &Path, key: &str) -> Shelf {
        Shelf::at(Some(folder), key.to_owned()).unwrap()
    }

    #[test]
    fn a_session_is_kept_for_this_user_alone_until_it_is_about_to_end() {
        let folder = tempfile::tempdir().unwrap();
        let kept = session("2026-11-24T17:00:00Z");
        assert!(shelf(folder.path(), "a").take(0).is_none());
        shelf(folder.path(), "a").keep(&kept).unwrap();
        let shelf = shelf(folder.path(), "a");
        assert_eq!(shelf.take(END - 3600), Some(kept));
        assert_eq!(shelf.take(END - 299), None);
        let mode = fs::metadata(shelf.file.as_ref().unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(shelf.forget() && !shelf.forget());
        assert!(shelf.take(0).is_none());
    }

    #[test]
    fn another_session_a_damaged_file_and_one_that_others_can_read_are_none() {
        let folder = tempfile::tempdir().unwrap();
        shelf(folder.path(), "a").keep(&session("2026-11-24T17:00:00Z")).unwrap();
        let file = shelf(folder.path(), "a").file.clone().unwrap();
        let other = Shelf { key: "b".into(), file: Some(file.clone()), _lock: None };
        assert!(other.take(0).is_none());
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(shelf(folder.path(), "a").take(0).is_none());
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&file, "{").unwrap();
        assert!(shelf(folder.path(), "a").take(0).is_none());
    }

    #[test]
    fn on_a_disk_nothing_is_kept() {
        let shelf = Shelf::at(None, "a".into()).unwrap();
        shelf.keep(&session("2026-11-24T17:00:00Z")).unwrap();
        assert!(shelf.take(0).is_none() && !shelf.forget());
        assert!(!is_memory(Path::new("/proc")) && !is_memory(Path::new("/does/not/exist")));
    }
}
