//! What a loss of power could leave: the calls by which a program changed files, read from what `strace` wrote down, and
//! every disk that could come of them. What was not synced may be there or not, in any order.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use crate::files::Files;

/// What a program did, one call each.
#[derive(Debug, Clone)]
pub enum Operation {
    /// Into a file, from an offset on, it wrote bytes.
    Write(String, usize, Vec<u8>),
    /// To a file it gave a length.
    Cut(String, usize),
    /// It removed a file.
    Remove(String),
    /// What it did to the file before is on the disk; with an empty name, also which files there are.
    Sync(String),
    /// It wrote this to something that is no file of the folder.
    Said(String),
}

/// The calls about files in `folder`, from a log with the whole bytes and the paths in it.
pub fn operations(log: &str, folder: &Path) -> Vec<Operation> {
    let mut reader =
        Reader { folder: format!("{}/", folder.display()), positions: BTreeMap::new() };
    log.lines().filter_map(|line| reader.operation(line.split_once(' ')?.1.trim_start())).collect()
}

struct Reader {
    folder: String,
    /// Where the next `write` goes, by descriptor.
    positions: BTreeMap<String, usize>,
}

impl Reader {
    fn operation(&mut self, call: &str) -> Option<Operation> {
        let (name, rest) = call.split_once('(')?;
        let result = rest.rsplit_once(" = ")?.1;
        assert!(
            !result.starts_with('-') || name == "openat",
            "nothing was to fail: {name} {result}"
        );
        let descriptor = rest.split('<').next()?.to_owned();
        let file = rest.split_once('<').and_then(|(_, path)| self.file(path.split('>').next()?));
        let quoted = || rest.split('"').nth(1).map(bytes_of);
        let number = |text: Option<&str>| text?.trim_matches([' ', ')']).parse::<usize>().ok();
        let arguments = || rest.rsplit_once(')').map(|(arguments, _)| arguments.rsplit(", "));
        match name {
            "openat" => {
                self.positions.insert(result.split('<').next()?.to_owned(), 0);
                None
            }
            "pwrite64" => {
                let offset = number(arguments()?.next())?;
                Some(Operation::Write(file?, offset, quoted()?))
            }
            "write" => {
                let bytes = quoted()?;
                let Some(file) = file else {
                    return Some(Operation::Said(String::from_utf8_lossy(&bytes).into_owned()));
                };
                let position = self.positions.entry(descriptor).or_default();
                let offset = *position;
                *position += bytes.len();
                Some(Operation::Write(file, offset, bytes))
            }
            "ftruncate" => Some(Operation::Cut(file?, number(arguments()?.next())?)),
            "unlink" => {
                let path = String::from_utf8(quoted()?).ok()?;
                Some(Operation::Remove(path.strip_prefix(&self.folder)?.to_owned()))
            }
            "fsync" | "fdatasync" => Some(Operation::Sync(file?)),
            _ => panic!("what is {name}?"),
        }
    }

    /// The name in the folder; empty for the folder itself.
    fn file(&self, path: &str) -> Option<String> {
        let path = String::from_utf8(bytes_of(path)).ok()? + "/";
        path.strip_prefix(&self.folder).map(|name| name.trim_end_matches('/').to_owned())
    }
}

/// What `\x41\x42` stands for.
fn bytes_of(text: &str) -> Vec<u8> {
    let byte = |digits: &str| u8::from_str_radix(digits, 16).expect("hexadecimal digits");
    text.split("\\x").skip(1).map(|digits| byte(&digits[..2])).collect()
}

impl Operation {
    fn file(&self) -> &str {
        match self {
            Self::Write(file, ..) | Self::Cut(file, _) | Self::Remove(file) | Self::Sync(file) => {
                file
            }
            Self::Said(_) => "",
        }
    }

    fn apply(&self, files: &mut Files) {
        match self {
            Self::Write(file, offset, bytes) => {
                let content = files.entry(file.clone()).or_default();
                content.resize(content.len().max(offset + bytes.len()), 0);
                content[*offset..offset + bytes.len()].copy_from_slice(bytes);
            }
            Self::Cut(file, length) => files.entry(file.clone()).or_default().resize(*length, 0),
            Self::Remove(file) => drop(files.remove(file)),
            Self::Sync(_) | Self::Said(_) => {}
        }
    }

    /// The same with only its first sector on the disk.
    fn torn(&self) -> Option<Self> {
        match self {
            Self::Write(file, offset, bytes) if bytes.len() > 512 => {
                Some(Self::Write(file.clone(), *offset, bytes[..512].to_vec()))
            }
            _ => None,
        }
    }
}

/// A disk on which some things are sure and others under way.
#[derive(Debug, Default)]
pub struct Disk {
    durable: Files,
    under_way: Vec<Operation>,
    seen: HashSet<Files>,
}

impl Disk {
    /// A disk with these files.
    pub fn new(durable: Files) -> Self {
        Self { durable, ..Self::default() }
    }

    /// Goes on by one operation.
    pub fn go_on(&mut self, operation: &Operation) {
        let Operation::Sync(synced) = operation else {
            return self.under_way.push(operation.clone());
        };
        let is_named = |operation: &Operation| operation.file() == synced;
        let is_removed =
            |operation: &Operation| synced.is_empty() && matches!(operation, Operation::Remove(_));
        let (sure, under_way) = std::mem::take(&mut self.under_way)
            .into_iter()
            .partition(|operation| is_named(operation) || is_removed(operation));
        self.under_way = under_way;
        Vec::into_iter(sure).for_each(|operation| operation.apply(&mut self.durable));
    }

    /// What could be found if the power failed now, each once since [`Disk::forget`].
    pub fn after_a_loss_of_power(&mut self) -> Vec<Files> {
        let count = self.under_way.len();
        let mut choices: Vec<Vec<Operation>> = Vec::new();
        for one in 0..=count {
            let before = &self.under_way[..one];
            choices.push(before.to_vec());
            let Some(at) = self.under_way.get(one) else { continue };
            choices.push(vec![at.clone()]);
            choices.push([before, &self.under_way[one + 1..]].concat());
            choices.extend(at.torn().map(|torn| [before, &[torn]].concat()));
        }
        let found = choices.iter().map(|operations| {
            let mut files = self.durable.clone();
            operations.iter().for_each(|operation| operation.apply(&mut files));
            files
        });
        let found: Vec<Files> = found.collect();
        found.into_iter().filter(|files| self.seen.insert(files.clone())).collect()
    }

    /// What was found before is told again.
    pub fn forget(&mut self) {
        self.seen.clear();
    }
}
