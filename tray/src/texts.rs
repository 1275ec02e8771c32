//! What the user reads outside of windows, and in them where it is not known beforehand, in the user's language. Windows
//! have the same translations: both are made from `lang` when the tray is built.

use std::sync::OnceLock;

use passcode_proto::Fault;

/// Languages that the tray speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// As it is written in the code.
    English,
    /// From `lang/de`.
    German,
}

/// English texts and their German ones, in the order of the English ones.
const GERMAN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/german.rs"));

static SPOKEN: OnceLock<Language> = OnceLock::new();

/// Speaks this language from now on; only the first call counts.
pub fn speak(language: Language) {
    // A second language in one process would leave windows in two.
    let _ = SPOKEN.set(language);
}

impl Language {
    /// The language that the environment asks for, by the rules of gettext: `LANGUAGE` counts only beside a locale that
    /// is not `C`.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
        let Some(locale) = locale.filter(|locale| !matches!(locale.as_str(), "C" | "POSIX")) else {
            return Self::English;
        };
        let wanted = set("LANGUAGE").unwrap_or(locale);
        let known = wanted.split(':').find_map(|name| match name.get(..2) {
            Some("de") => Some(Self::German),
            Some("en") => Some(Self::English),
            _ => None,
        });
        known.unwrap_or(Self::English)
    }

    /// Its name for the windows; English is what they are written in.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "",
            Self::German => "de",
        }
    }
}

/// A text in the user's language.
pub fn tr(text: &'static str) -> &'static str {
    translated(text).unwrap_or(text)
}

/// A sentence that comes from elsewhere, in the user's language where that is known.
pub fn tr_owned(text: String) -> String {
    translated(&text).map(str::to_owned).unwrap_or(text)
}

/// A text in the user's language, with each `{}` replaced.
pub fn with(text: &'static str, parts: &[&str]) -> String {
    let mut pieces = tr(text).split("{}");
    let mut whole = pieces.next().unwrap_or_default().to_owned();
    for (piece, part) in pieces.zip(parts) {
        whole.push_str(part);
        whole.push_str(piece);
    }
    whole
}

/// A failure in words. What to do is left out where it is a command: there are buttons here.
pub fn fault(fault: &Fault) -> String {
    let message = tr_owned(fault.message.clone());
    match fault.hint.contains("passcode ") || fault.hint.contains("--") || fault.hint.is_empty() {
        true => message,
        false => format!("{message} {}", tr_owned(fault.hint.clone())),
    }
}

fn translated(text: &str) -> Option<&'static str> {
    if SPOKEN.get() != Some(&Language::German) {
        return None;
    }
    let at = GERMAN.binary_search_by_key(&text, |(english, _)| english).ok()?;
    Some(GERMAN[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Language {
        Language::of_environment(|name| {
            let found = variables.iter().find(|(one, _)| *one == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_language_is_the_one_that_the_environment_asks_for() {
        assert_eq!(of(&[("LANG", "de_DE.UTF-8")]), Language::German);
        assert_eq!(of(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "en_GB.UTF-8")]), Language::English);
        assert_eq!(of(&[("LANG", "fr_FR.UTF-8"), ("LANGUAGE", "fr:de")]), Language::German);
        assert_eq!(of(&[("LANG", "C"), ("LANGUAGE", "de")]), Language::English);
        assert_eq!(of(&[]), Language::English);
    }

    #[test]
    fn translations_have_the_same_gaps_and_are_in_order() {
        for (english, german) in GERMAN {
            let gaps = |text: &str| text.matches("{}").count();
            assert_eq!(gaps(english), gaps(german), "{english}");
        }
        assert!(GERMAN.is_sorted_by_key(|(english, _)| english));
    }
}
