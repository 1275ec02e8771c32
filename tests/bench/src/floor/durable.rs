//! The least that makes a counter durable: 32 bytes at the end of a file, and `fdatasync`.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::sample::Sample;

/// A file that grows by one record at a time.
pub struct Durable(File);

impl Durable {
    /// Begins a new file.
    pub fn create(path: &Path) -> Outcome<Self> {
        Ok(Self(File::create_new(path)?))
    }

    /// Writes and syncs one record after the other for `time`.
    pub fn turn(&mut self, time: Duration) -> Outcome<Sample> {
        let mut took = Vec::new();
        let begin = Instant::now();
        while begin.elapsed() < time {
            let start = Instant::now();
            self.0.write_all(&[0x5a; 32])?;
            self.0.sync_data()?;
            took.push(start.elapsed().as_nanos() as u32);
        }
        Ok(Sample::of(took, begin.elapsed()))
    }
}
