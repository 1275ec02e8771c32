//! The user's configuration, `config.toml`. A key that is not known is an error with a suggestion, never ignored:
//! a misspelt safety setting must not look as if it held.

use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;

/// The configuration, with every key that this version knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Where the key of the vault is kept; nothing can be paired before this is chosen.
    pub keystore: Option<KeyStoreKind>,
}

/// The key stores of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyStoreKind {
    /// A file beside the vault.
    File,
}

/// Names of the keys of [`Config`].
const KEYS: &[&str] = &["keystore"];

/// Every key with its meaning and its default, as `passcoded --print-config` shows it.
pub const DOCUMENTED: &str = r#"# Passcode Agent: config.toml
# Every key with its default. A key that is not known is an error.

# Where the key of the vault is kept. There is no default: without a choice nothing can be paired.
#   "file"  vault.key beside the vault, readable by you alone. Whoever has a copy of both
#           files has the secrets; a stolen disk is not protected.
# keystore = "file"
"#;

/// What is wrong with a configuration, in words that say what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault(pub String);

impl std::fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigFault {}

impl Config {
    /// Reads the file at `path`; a file that does not exist is an empty configuration.
    pub fn load(path: &Path) -> Result<Self, ConfigFault> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text)
                .map_err(|fault| ConfigFault(format!("{}: {fault}", path.display()))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => {
                Err(ConfigFault(format!("{} cannot be read: {}.", path.display(), error.kind())))
            }
        }
    }

    /// Reads the text of a configuration.
    pub fn parse(text: &str) -> Result<Self, ConfigFault> {
        let table: toml::Table = toml::from_str(text).map_err(|error| not_toml(&error, text))?;
        if let Some(unknown) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(ConfigFault(format!(
                "there is no key \"{unknown}\"{}",
                suggestion(unknown)
            )));
        }
        table.try_into().map_err(|error: toml::de::Error| ConfigFault(error.message().to_owned()))
    }
}

fn not_toml(error: &toml::de::Error, text: &str) -> ConfigFault {
    let line =
        error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
    ConfigFault(format!("line {line} is not TOML: {}", error.message()))
}

fn suggestion(unknown: &str) -> String {
    let nearest =
        KEYS.iter().max_by_key(|key| (strsim::jaro_winkler(key, unknown) * 1000.0) as u32);
    match nearest.filter(|key| strsim::jaro_winkler(key, unknown) > 0.7) {
        Some(key) => format!("; did you mean \"{key}\"?"),
        None => "; passcoded --print-config shows every key".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_configuration_chooses_no_key_store() {
        assert_eq!(Config::parse("").unwrap().keystore, None);
        assert_eq!(
            Config::parse("keystore = \"file\"").unwrap().keystore,
            Some(KeyStoreKind::File)
        );
    }

    #[test]
    fn a_misspelt_key_is_an_error_with_a_suggestion() {
        let fault = Config::parse("keystor = \"file\"").unwrap_err();
        assert!(fault.0.contains("did you mean \"keystore\"?"), "{fault}");
        assert!(Config::parse("colour = 1").unwrap_err().0.contains("--print-config"));
    }

    #[test]
    fn what_is_not_toml_is_named_by_its_line() {
        assert!(Config::parse("\n\nkeystore = ").unwrap_err().0.contains("line 3"));
        assert!(Config::parse("keystore = \"cloud\"").unwrap_err().0.contains("cloud"));
    }

    #[test]
    fn every_key_is_documented_and_the_documentation_is_a_configuration() {
        let uncommented: String = DOCUMENTED
            .lines()
            .map(|line| {
                line.strip_prefix("# keystore")
                    .map_or(line.into(), |rest| format!("keystore{rest}"))
                    + "\n"
            })
            .collect();
        assert_eq!(Config::parse(&uncommented).unwrap().keystore, Some(KeyStoreKind::File));
        KEYS.iter().for_each(|key| assert!(DOCUMENTED.contains(&format!("# {key} = ")), "{key}"));
    }
}
