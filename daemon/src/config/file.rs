//! The user's `config.toml` as the place where settings are kept: only the keys that are set change, everything else stays
//! as the user wrote it, comments too. Reading it is [`super::Config`]'s.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml_edit::{DocumentMut, value};

use crate::ports::settings::{Settings, WantedTimes};

/// The file.
#[derive(Debug)]
pub struct ConfigFile {
    path: PathBuf,
}

impl ConfigFile {
    /// The one at `path`; it is made when something is kept first.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    fn read(&self) -> Result<DocumentMut, String> {
        match fs::read_to_string(&self.path) {
            Ok(text) => text.parse().map_err(|_| self.trouble("is not TOML")),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(DocumentMut::new()),
            Err(error) => Err(self.trouble(&format!("cannot be read: {}", error.kind()))),
        }
    }

    /// Another file takes the place of the present one, so that a crash leaves one of them whole.
    fn write(&self, text: &str) -> std::io::Result<()> {
        // Users keep such files elsewhere and link to them; the link stays.
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
        fs::create_dir_all(folder)?;
        let mut draft = draft(folder)?;
        let written = draft.file.write_all(text.as_bytes()).and_then(|()| draft.file.sync_all());
        let named = written.and_then(|()| fs::rename(&draft.path, &path));
        if named.is_err() {
            // Nobody misses a draft.
            let _ = fs::remove_file(&draft.path);
        }
        named
    }

    fn trouble(&self, what: &str) -> String {
        format!("{} {what}.", self.path.display())
    }
}

struct Draft {
    path: PathBuf,
    file: fs::File,
}

fn draft(folder: &Path) -> std::io::Result<Draft> {
    let number = getrandom::u32().map_err(|_| ErrorKind::Other)?;
    let path = folder.join(format!(".config.toml.{number:08x}"));
    let file = fs::File::create_new(&path)?;
    Ok(Draft { path, file })
}

impl Settings for ConfigFile {
    fn keep(&self, times: WantedTimes) -> Result<(), String> {
        let mut document = self.read()?;
        for (key, time) in [("idle_lock", times.idle_lock), ("max_open", times.max_open)] {
            if let Some(time) = time {
                document[key] = value(spelled(time));
            }
        }
        let written = self.write(&document.to_string());
        written.map_err(|error| self.trouble(&format!("cannot be written: {}", error.kind())))
    }
}

/// A length of time as the configuration has it.
fn spelled(time: Duration) -> String {
    match time.as_secs() {
        0 => "0".to_owned(),
        seconds if seconds % 3600 == 0 => format!("{}h", seconds / 3600),
        seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const WRITTEN: &str = "# mine\npin = 4 # digits\n\nidle_lock = \"3m\"\n";

    fn times(idle: u64, open: Option<u64>) -> WantedTimes {
        WantedTimes {
            idle_lock: Some(Duration::from_secs(idle)),
            max_open: open.map(Duration::from_secs),
        }
    }

    #[test]
    fn what_the_user_wrote_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, WRITTEN).unwrap();
        ConfigFile::new(path.clone()).keep(times(600, Some(90))).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let expected = format!("{}max_open = \"90s\"\n", WRITTEN.replace("3m", "10m"));
        assert_eq!(text, expected);
        let rules = Config::load(&path).unwrap().under(&[]).unwrap();
        assert_eq!(rules.idle_lock, Some(Duration::from_secs(600)));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_missing_is_made_and_one_that_is_no_toml_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("config.toml");
        ConfigFile::new(path.clone()).keep(times(0, None)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "idle_lock = \"0\"\n");
        fs::write(&path, "no toml").unwrap();
        assert!(ConfigFile::new(path.clone()).keep(times(60, None)).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "no toml");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_file_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("dotfile"), folder.path().join("config.toml"));
        fs::write(&real, WRITTEN).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        ConfigFile::new(link.clone()).keep(times(7200, None)).unwrap();
        assert!(link.is_symlink());
        assert!(fs::read_to_string(real).unwrap().contains("idle_lock = \"2h\""));
    }
}
