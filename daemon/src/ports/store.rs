//! Where the vault's rows live: tables of sealed rows, changed in transactions that are durable once they return.
//! What the rows mean and how they are sealed is the vault's affair; a store sees ids, revisions and sealed bytes.

use std::fmt;
use std::io;

/// The tables of a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    /// The vault key, wrapped once for every way to open the vault.
    Slot,
    /// What a profile is called and where it came from.
    Profile,
    /// A profile's secret and passcode parameters.
    Secret,
    /// What has been given out: counters and time steps.
    Usage,
    /// Settings of the whole vault.
    Setting,
    /// What all other rows are as a whole.
    Manifest,
    /// The count of wrong PINs.
    Attempt,
    /// What this computer is to organisations' services: device keys, and what a service has still to be told.
    Device,
    /// The password that belongs to a profile's codes, under the profile's number.
    Password,
}

impl Table {
    /// Every table, in the order in which [`Store::rows`] reads them.
    pub const ALL: [Self; 9] = [
        Self::Slot,
        Self::Profile,
        Self::Secret,
        Self::Usage,
        Self::Setting,
        Self::Manifest,
        Self::Attempt,
        Self::Device,
        Self::Password,
    ];
}

/// One sealed row.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The table it belongs to.
    pub table: Table,
    /// Its number, unique in the table.
    pub id: u32,
    /// Which writing of this row it is; part of what the seal vouches for.
    pub revision: u64,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("table", &self.table)
            .field("id", &self.id)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

/// One step of a transaction.
#[derive(Debug, Clone)]
pub enum Change {
    /// Writes the row, over an older one of the same table and id.
    Put(Row),
    /// Removes the row; nothing happens when there is none.
    Delete {
        /// The table it belongs to.
        table: Table,
        /// Its number.
        id: u32,
    },
}

impl Change {
    /// The row that is changed: two changes of one place are settled by the later one alone.
    pub fn place(&self) -> (Table, u32) {
        match self {
            Self::Put(row) => (row.table, row.id),
            Self::Delete { table, id } => (*table, *id),
        }
    }
}

/// An open store, used by one agent at a time.
pub trait Store: Send {
    /// All rows, by table (in the order of [`Table::ALL`]) and id.
    fn rows(&mut self) -> Result<Vec<Row>, StoreFault>;

    /// Applies the changes in order as one transaction, which is durable when this returns `Ok`.
    ///
    /// After an error the earlier state stands, or (when the disk failed at the very end) the new one will be found
    /// by the next agent: neither is to be relied on.
    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreFault>;

    /// Marks the store durably as in use. True when the last user ended cleanly, and for a new store.
    ///
    /// The mark is not sealed: it tells crashes, not tampering.
    fn begin_use(&mut self) -> Result<bool, StoreFault>;

    /// Marks the store durably as cleanly ended, and scrubs it; nothing is committed after it.
    fn end_use(&mut self) -> Result<(), StoreFault>;

    /// Scrubs the store: after `Ok`, nothing that was overwritten or deleted before is left on the disk, neither in
    /// the store's files nor in blocks that they gave back. What the rows are does not change.
    ///
    /// As far as the system overwrites in place: a file system that copies on writing, or a drive that spreads its
    /// writes, may keep what it was told to overwrite.
    fn scrub(&mut self) -> Result<(), StoreFault>;
}

/// The place of one store, before it is opened.
pub trait Stores: Send + Sync {
    /// Whether there is a store, sound or not.
    fn exists(&self) -> Result<bool, StoreFault>;

    /// Opens the store; makes an empty one where there is none.
    fn open(&self) -> Result<Box<dyn Store>, StoreFault>;

    /// Wipes the store off the disk, sound or not; nothing happens when there is none. Whoever has it open is told by
    /// [`StoreFault::InUse`], and it stays as it is.
    ///
    /// A crash on the way leaves the store as it was, a damaged one, or none: never an earlier one. Removing it again
    /// finishes what was begun.
    fn remove(&self) -> Result<(), StoreFault>;
}

/// In which way something is not ours alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// It belongs to another user.
    OtherOwner,
    /// Its permissions let others write it.
    OthersMayWrite,
    /// Its permissions let others read it.
    OthersMayRead,
}

/// Why a store cannot be opened, read or written. `Display` says what happened, [`StoreFault::hint`] what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreFault {
    /// No space is left.
    Full,
    /// The file or its file system cannot be written.
    ReadOnly,
    /// The file is no whole vault; it is left as it is.
    Damaged,
    /// The file is of a later format version; it is left as it is.
    Newer {
        /// The file's version.
        found: u32,
        /// The latest version that this agent knows.
        known: u32,
    },
    /// The folder or a file in it belongs to another user, or other users may write it.
    NotOurs {
        /// The folder or file.
        what: &'static str,
        /// In which way.
        how: Exposure,
    },
    /// A folder, link, pipe or device stands where a file should be.
    NotAFile {
        /// The file.
        what: &'static str,
    },
    /// The place of the data folder is taken by something else.
    NotAFolder,
    /// Another agent has it open.
    InUse,
    /// It was moved, removed or replaced while it was open.
    Gone,
    /// The system refuses access.
    Denied,
    /// Any other failure of the system, and what was being done.
    Io(io::ErrorKind, &'static str),
}

impl StoreFault {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Full => "Free some space or raise the quota, then try again.",
            Self::ReadOnly => {
                "Make the data folder writable for you, or mount its file system for writing."
            }
            Self::Damaged => {
                "The agent leaves it as it is. Put a good copy in its place, or move it away and pair again."
            }
            Self::Newer { .. } => "Install a newer passcoded; this one leaves the file as it is.",
            Self::NotOurs { how: Exposure::OtherOwner, .. } => {
                "Take it over with chown, or choose a folder of your own with PASSCODE_HOME."
            }
            Self::NotOurs { how: Exposure::OthersMayWrite, .. } => {
                "Make sure that nobody has tampered with it, then run chmod go-w on it."
            }
            Self::NotOurs { how: Exposure::OthersMayRead, .. } => {
                "Run chmod go= on it; if others have read it, move it away and pair again."
            }
            Self::NotAFile { .. } | Self::NotAFolder => {
                "Move it away, or choose another folder with PASSCODE_HOME."
            }
            Self::InUse => "Stop the other passcoded, or choose another folder with PASSCODE_HOME.",
            Self::Gone => "Put the file back, then start the agent again.",
            Self::Denied => {
                "Check the owner and the permissions of the data folder and of the files in it."
            }
            Self::Io(..) => "Check the disk, its free space and your quota.",
        }
    }
}

impl fmt::Display for StoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the disk is full"),
            Self::ReadOnly => f.write_str("the data folder cannot be written"),
            Self::Damaged => f.write_str("vault.db is damaged, incomplete or no vault"),
            Self::Newer { found, known } => {
                write!(f, "vault.db has format version {found}; this agent knows {known} at most")
            }
            Self::NotOurs { what, how: Exposure::OtherOwner } => {
                write!(f, "{what} belongs to another user")
            }
            Self::NotOurs { what, how: Exposure::OthersMayWrite } => {
                write!(f, "other users may write {what}")
            }
            Self::NotOurs { what, how: Exposure::OthersMayRead } => {
                write!(f, "other users may read {what}")
            }
            Self::NotAFile { what } => write!(f, "{what} is not a regular file"),
            Self::NotAFolder => f.write_str("the data folder is not a folder"),
            Self::InUse => f.write_str("another agent uses vault.db"),
            Self::Gone => {
                f.write_str("vault.db was moved, removed or replaced while it was in use")
            }
            Self::Denied => f.write_str("the system refuses access to the data folder"),
            Self::Io(kind, doing) => write!(f, "{doing} failed: {kind}"),
        }
    }
}

impl std::error::Error for StoreFault {}
