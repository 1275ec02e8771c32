//! Whether a keyring of gnome-keyring has no password: then it keeps its entries in clear, in a file that says so. Other
//! providers do not tell.

use std::env;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use zbus::zvariant::ObjectPath;

/// How a file begins that is not encrypted.
const IN_CLEAR: &[u8; 9] = b"[keyring]";

/// Whether the collection is known to be kept in clear.
pub fn is_blank(collection: &ObjectPath<'_>) -> bool {
    let name = collection.rsplit('/').next().and_then(name_of);
    name.zip(data_folder()).is_some_and(|(name, folder)| is_in_clear(&folder, &name))
}

fn is_in_clear(data: &Path, name: &str) -> bool {
    let mut beginning = [0; IN_CLEAR.len()];
    let file = File::open(data.join("keyrings").join(format!("{name}.keyring")));
    file.and_then(|mut file| file.read_exact(&mut beginning)).is_ok() && beginning == *IN_CLEAR
}

/// The name of a collection in its path, where other bytes than letters and digits are written as `_5f`.
fn name_of(element: &str) -> Option<String> {
    let mut parts = element.split('_');
    let mut name = parts.next()?.as_bytes().to_vec();
    for part in parts {
        name.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        name.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(name).ok().filter(|name| !name.contains('/'))
}

fn data_folder() -> Option<PathBuf> {
    let of = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    of("XDG_DATA_HOME").or_else(|| Some(of("HOME")?.join(".local/share")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyring_without_a_password_is_told_by_its_file() {
        let data = tempfile::tempdir().unwrap();
        std::fs::create_dir(data.path().join("keyrings")).unwrap();
        let write = |bytes: &[u8]| {
            std::fs::write(data.path().join("keyrings/login.keyring"), bytes).unwrap();
        };
        assert!(!is_in_clear(data.path(), "login"), "there is none");
        write(b"GnomeKeyring\n\r\0\n\0\0");
        assert!(!is_in_clear(data.path(), "login"));
        write(b"[keyring]\ndisplay-name=login\n");
        assert!(is_in_clear(data.path(), "login"));
    }

    #[test]
    fn names_of_collections_are_read_from_their_paths() {
        assert_eq!(name_of("login").as_deref(), Some("login"));
        assert_eq!(name_of("Default_5fkeyring").as_deref(), Some("Default_keyring"));
        assert_eq!(name_of("_2e_2e_2flogin"), None);
        assert_eq!(name_of("a_"), None);
    }
}
