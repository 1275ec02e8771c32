//! What a program's prompt asks for: by the user's rules (`[[prompt]]` in config.toml) first, then by what is known of
//! prompts in many languages ([`reading`], [`words`]). Pure: what is then given is decided by the vault and the user.
//!
//! The law of this module: a code is asked for only where the words, a rule, or the program's own protocol say so.

mod again;
mod host;
mod pattern;
mod reading;
mod words;

use passcode_proto::Label;
use passcode_proto::reply::Meant;

pub use again::Again;
pub use pattern::Pattern;
pub use reading::Text;

/// A prompt, and what is known of who shows it.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// What the user would see.
    pub text: &'a Text,
    /// Name of the program, without its folder.
    pub program: Option<&'a str>,
    /// The host that it logs in to.
    pub host: Option<&'a str>,
    /// Whether its protocol says that a second factor is asked for.
    pub challenge: bool,
}

/// One `[[prompt]]` of the configuration: where all that it says fits, it decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// The prompt's text.
    pub text: Option<Pattern>,
    /// The program that shows it.
    pub program: Option<Pattern>,
    /// The host that it logs in to.
    pub host: Option<Pattern>,
    /// The profile that it is for.
    pub profile: Option<Label>,
    /// What it asks for; as the words say when left out.
    pub answer: Option<Meant>,
}

impl Rule {
    fn fits(&self, shown: &Shown<'_>, host: Option<&str>) -> bool {
        let one = |pattern: &Option<Pattern>, text: Option<&str>| match pattern {
            None => true,
            Some(pattern) => text.is_some_and(|text| pattern.fits(text)),
        };
        let on_a_line = |pattern: &Pattern| shown.text.lines().any(|line| pattern.fits(line));
        self.text.as_ref().is_none_or(on_a_line)
            && one(&self.program, shown.program)
            && one(&self.host, host)
    }
}

/// What a prompt asks for, for which profile and which host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// What is asked for.
    pub answer: Meant,
    /// The profile that a rule names.
    pub profile: Option<Label>,
    /// The host, as it was said or stands in the text.
    pub host: Option<Label>,
}

/// Explains a prompt. The first rule that fits and names an answer gives that, the first that names a profile gives that.
pub fn explain(rules: &[Rule], shown: &Shown<'_>) -> Explained {
    let host = shown.host.or_else(|| host::named_in(shown.text));
    let fitting = || rules.iter().filter(|rule| rule.fits(shown, host));
    Explained {
        answer: fitting()
            .find_map(|rule| rule.answer)
            .unwrap_or_else(|| reading::read(shown.text, shown.challenge)),
        profile: fitting().find_map(|rule| rule.profile.clone()),
        host: host.and_then(|host| Label::new(host).ok()),
    }
}

#[cfg(test)]
mod tests;
