//! A disk of the test's own, as a file: an agent keeps its data there, and the test looks at every block, also those
//! that belong to no file any more.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use passcode_daemon::ports::store::Row;
use tempfile::TempDir;

use crate::files::{Files, contains};
use crate::home::Home;
use crate::run::Running;
use crate::store_life::rows_in;
use crate::{files, others, programs, site, tools, wait};

const IMAGE_BYTES: u64 = 16 << 20;
const BLOCK: usize = 4096;
/// What is found of a row proves something from this length on.
const TELLING: usize = 16;

/// A disk with an ext4 file system, for the data folder of one agent at a time.
#[derive(Debug)]
pub struct DiskImage {
    folder: TempDir,
}

impl DiskImage {
    /// An empty disk.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn new() -> Self {
        tools::need("mkfs.ext4", "e2fsprogs");
        tools::need("unshare", "util-linux");
        let disk = Self { folder: site::folder() };
        let made = File::create(disk.path()).and_then(|file| file.set_len(IMAGE_BYTES));
        made.expect("a file for the disk");
        others::administrator().args(["mkfs.ext4", "-q", "-F"]).arg(disk.path()).output();
        fs::create_dir(disk.mount_point()).expect("a place for the disk");
        disk
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("image")
    }

    fn mount_point(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// Starts an agent whose data lies on this disk, which only it can see, and whose socket and configuration are those
    /// of `home`. When it has ended, the disk is put away.
    ///
    /// # Panics
    /// When the disk cannot be mounted, which takes the administrator's rights, or the agent does not start.
    pub fn start(&self, home: &Home) -> Running {
        let own = rustix::process::geteuid().as_raw();
        let script = format!(
            "mount -o loop '{image}' '{disk}' && mkdir -p '{disk}/data' && cp '{config}' '{disk}/data' \
             && chmod 0700 '{disk}/data' && chown -R {own} '{disk}/data' \
             && setpriv --reuid={own} --inh-caps=-all \"$@\"; ended=$?; umount '{disk}'; exit $ended",
            image = self.path().display(),
            disk = self.mount_point().display(),
            config = home.file("config.toml").display(),
        );
        let run = others::administrator().args(["unshare", "-m", "sh", "-c", &script, "sh", "env"]);
        let variables = [
            format!("PASSCODE_HOME={}", self.data().display()),
            format!("PASSCODE_SOCKET={}", home.socket().display()),
        ];
        let agent = run.args(variables).arg(programs::passcoded()).start();
        wait::until("the agent on a disk of its own", || home.status().ok());
        agent
    }

    fn data(&self) -> PathBuf {
        self.mount_point().join("data")
    }

    /// The files of the running agent of `home`, as a kill would leave them now.
    ///
    /// # Panics
    /// When they cannot be copied.
    pub fn vault_files(&self, home: &Home) -> Files {
        let copy = site::folder();
        let inside = self.data().strip_prefix("/").expect("an absolute path").to_owned();
        let pid = home.status().expect("an agent").pid.to_string();
        let data = Path::new("/proc").join(pid).join("root").join(inside);
        let script = "cp \"$1\"/vault.* \"$2\" && chown -R \"$3\" \"$2\"";
        let own = rustix::process::geteuid().as_raw().to_string();
        let run = others::administrator().args(["sh", "-c", script, "sh"]).arg(&data);
        run.arg(copy.path()).arg(own).output();
        files::read(copy.path())
    }

    /// The sealed rows of the running agent of `home`.
    ///
    /// # Panics
    /// When they cannot be read.
    pub fn rows(&self, home: &Home) -> Vec<Row> {
        let copy = files::quick_folder();
        files::lay_out(&self.vault_files(home), copy.path());
        rows_in(copy.path()).expect("a whole vault")
    }

    /// All that stands on the disk now.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn look(&self) -> Blocks {
        rustix::fs::sync();
        let image = fs::read(self.path()).expect("the disk");
        let mut written = Vec::new();
        let mut empty = false;
        for block in image.chunks(BLOCK) {
            let is_empty = block.iter().all(|byte| *byte == 0);
            if !(is_empty && empty) {
                written.extend_from_slice(block);
            }
            empty = is_empty;
        }
        Blocks(written)
    }
}

impl Default for DiskImage {
    fn default() -> Self {
        Self::new()
    }
}

/// The blocks of a disk, one after the other, whichever file they belong to or once belonged to.
#[derive(Debug)]
pub struct Blocks(Vec<u8>);

impl Blocks {
    /// Whether these bytes stand somewhere.
    pub fn hold(&self, bytes: &[u8]) -> bool {
        contains(&self.0, bytes)
    }

    /// Whether any telling piece of this row stands somewhere.
    pub fn hold_a_piece_of(&self, row: &Row) -> bool {
        row.sealed.chunks_exact(TELLING).any(|piece| self.hold(piece))
    }
}
