//! One damaged vault after another: opened, judged, put back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;

use passcode_daemon::ports::store::Row;
use passcode_proto::FaultCode;
use passcode_tests::on_disk::{self, Files};

pub const VAULT: &str = "vault.db";
pub const LOG: &str = "vault.db-wal";

/// Files, and what an agent may find in them when they are damaged.
pub struct Trial {
    pub files: Files,
    pub allowed: Vec<Vec<Row>>,
}

/// How many damaged vaults were refused, how many were what they were, and which broke the promise.
#[derive(Debug, Default)]
pub struct Verdicts {
    pub refused: usize,
    pub same: usize,
    pub earlier: usize,
    pub broken: Vec<String>,
}

impl Verdicts {
    fn and(mut self, other: Self) -> Self {
        self.refused += other.refused;
        self.same += other.same;
        self.earlier += other.earlier;
        self.broken.extend(other.broken);
        self
    }
}

/// What is damaged, and how.
#[derive(Debug, Clone, Copy)]
pub enum Damage {
    Flip { byte: usize, bit: u8 },
    Cut { length: usize },
}

impl Damage {
    fn apply(self, bytes: &mut Vec<u8>) {
        match self {
            Self::Flip { byte, bit } => bytes[byte] ^= 1 << bit,
            Self::Cut { length } => bytes.truncate(length),
        }
    }
}

/// Whether every bit and every length is tried.
pub fn thorough() -> bool {
    std::env::var_os("PASSCODE_THOROUGH").is_some()
}

/// A vault that was closed in good order.
pub fn closed() -> Trial {
    let files = on_disk::make().closed;
    assert_eq!(files.keys().collect::<Vec<_>>(), ["vault.anchor", VAULT, "vault.key"]);
    let allowed = vec![found_in(&files)];
    Trial { files, allowed }
}

/// A vault whose agent was killed after its last answer; the states before that one are allowed too if `earlier`.
pub fn killed(earlier: bool) -> Trial {
    let left = on_disk::make();
    let files = left.killed.last().expect("answers").clone();
    assert!(files[LOG].len() > 4096);
    let before = left.killed.iter().rev().chain([&left.closed]);
    let allowed = before.map(found_in).take(if earlier { usize::MAX } else { 1 }).collect();
    Trial { files, allowed }
}

fn found_in(files: &Files) -> Vec<Row> {
    let folder = on_disk::folder();
    on_disk::write(folder.path(), files);
    on_disk::open(folder.path()).expect("a sound vault")
}

impl Trial {
    /// Damages `name` in every given way, each on its own; on all processors.
    ///
    /// # Panics
    /// When the promise is broken.
    pub fn run(&self, name: &str, damages: &[Damage]) -> Verdicts {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let verdicts = thread::scope(|scope| {
            let parts = damages.chunks(damages.len().div_ceil(threads));
            let running: Vec<_> =
                parts.map(|part| scope.spawn(move || self.run_part(name, part))).collect();
            let ended = running.into_iter().map(|part| part.join().expect("a part"));
            ended.fold(Verdicts::default(), Verdicts::and)
        });
        let broken = &verdicts.broken;
        assert!(broken.is_empty(), "{name}: {} of {}: {broken:#?}", broken.len(), damages.len());
        verdicts
    }

    fn run_part(&self, name: &str, damages: &[Damage]) -> Verdicts {
        let folder = on_disk::folder();
        let mut verdicts = Verdicts::default();
        for damage in damages {
            let mut files = self.files.clone();
            damage.apply(files.get_mut(name).expect("the file"));
            on_disk::write(folder.path(), &files);
            match self.judge(folder.path(), &files) {
                Ok(Judged::Refused) => verdicts.refused += 1,
                Ok(Judged::Same) => verdicts.same += 1,
                Ok(Judged::Earlier) => verdicts.earlier += 1,
                Err(broken) => verdicts.broken.push(format!("{damage:?}: {broken}")),
            }
        }
        verdicts
    }

    fn judge(&self, folder: &Path, files: &Files) -> Result<Judged, String> {
        let opened = catch_unwind(AssertUnwindSafe(|| on_disk::open(folder)));
        match opened.map_err(|_| "the opening panicked")? {
            Ok(rows) if rows == self.allowed[0] => Ok(Judged::Same),
            Ok(rows) if self.allowed.contains(&rows) => Ok(Judged::Earlier),
            Ok(_) => Err("other rows were found, and nobody was told".to_owned()),
            Err(code) if !names_the_vault(code) => {
                Err(format!("{} is no word for it", code.name()))
            }
            Err(_) if on_disk::read(folder) != *files => {
                Err("what was refused was changed".to_owned())
            }
            Err(_) => Ok(Judged::Refused),
        }
    }
}

enum Judged {
    Refused,
    Same,
    Earlier,
}

/// A slot that was changed cannot be told from one that another key would open.
fn names_the_vault(code: FaultCode) -> bool {
    matches!(code, FaultCode::VaultDamaged | FaultCode::VaultNewer | FaultCode::KeyStore)
}
