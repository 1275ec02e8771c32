//! `[[prompt]]`: what the user says of other programs' prompts, as it is written. What it means is in [`crate::prompts`].

use passcode_proto::Label;
use passcode_proto::reply::Meant;
use serde::Deserialize;

use super::ConfigFault;
use crate::prompts::{Pattern, Rule};

/// One rule as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Written {
    text: Option<String>,
    program: Option<String>,
    host: Option<String>,
    profile: Option<String>,
    answer: Option<Answer>,
}

/// What the prompt asks for, in the words of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Answer {
    #[serde(rename = "code")]
    Code,
    #[serde(rename = "password")]
    Password,
    #[serde(rename = "password+code")]
    PasswordAndCode,
    #[serde(rename = "ask")]
    Ask,
    #[serde(rename = "refuse")]
    Refuse,
}

impl Written {
    /// The rule.
    ///
    /// # Errors
    /// When a pattern or the profile's name cannot be one, or the rule says nothing.
    pub fn rule(&self) -> Result<Rule, ConfigFault> {
        if self.profile.is_none() && self.answer.is_none() {
            return Err(fault(
                "names neither a \"profile\" nor an \"answer\", so it would change nothing",
            ));
        }
        Ok(Rule {
            text: pattern(self.text.as_deref())?,
            program: pattern(self.program.as_deref())?,
            host: pattern(self.host.as_deref())?,
            profile: self.profile.as_deref().map(label).transpose()?,
            answer: self.answer.map(meant),
        })
    }
}

fn meant(answer: Answer) -> Meant {
    match answer {
        Answer::Code => Meant::Code,
        Answer::Password => Meant::Password,
        Answer::PasswordAndCode => Meant::PasswordAndCode,
        Answer::Ask => Meant::Unknown,
        Answer::Refuse => Meant::Refuse,
    }
}

fn pattern(text: Option<&str>) -> Result<Option<Pattern>, ConfigFault> {
    let read = |text| {
        Pattern::new(text)
            .ok_or_else(|| fault("has a pattern that is empty or longer than 256 bytes"))
    };
    text.map(read).transpose()
}

fn label(text: &str) -> Result<Label, ConfigFault> {
    match Label::new(text) {
        Ok(label) if !label.is_empty() => Ok(label),
        _ => Err(fault("has a \"profile\" that can be no profile's name")),
    }
}

fn fault(what: &str) -> ConfigFault {
    ConfigFault(format!("a [[prompt]] {what}"))
}
