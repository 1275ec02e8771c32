//! Password-and-code strings, as VPNs and RDP gateways take them in one field: `{password},{code}`.
//! Joined in the client, so that a password typed there never reaches the agent.

use std::fmt;

use crate::secret::SecretText;

/// A template that holds `{code}` once and `{password}` at most once; all else is literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Password,
    Code,
}

/// Why a text is not a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateFault {
    /// Braces with something else in them, or not closed.
    UnknownPlace,
    /// `{code}` is missing, or stands there twice.
    Code,
    /// `{password}` stands there twice.
    Password,
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownPlace => "a template knows only {password} and {code} between braces",
            Self::Code => "a template holds {code} exactly once",
            Self::Password => "a template holds {password} at most once",
        })
    }
}

impl std::error::Error for TemplateFault {}

impl Template {
    /// Reads a template such as `{password},{code}`.
    pub fn new(text: &str) -> Result<Self, TemplateFault> {
        let template = Self(pieces(text)?);
        match (template.count(&Piece::Code), template.count(&Piece::Password)) {
            (1, 0 | 1) => Ok(template),
            (1, _) => Err(TemplateFault::Password),
            _ => Err(TemplateFault::Code),
        }
    }

    /// Whether a password has to be asked for.
    pub fn wants_password(&self) -> bool {
        self.count(&Piece::Password) > 0
    }

    /// Fills in the template.
    pub fn fill(&self, password: &SecretText, code: &SecretText) -> SecretText {
        let texts = || {
            self.0.iter().map(|piece| match piece {
                Piece::Literal(text) => text.as_str(),
                Piece::Password => password.expose(),
                Piece::Code => code.expose(),
            })
        };
        let mut joined = String::with_capacity(texts().map(str::len).sum());
        texts().for_each(|text| joined.push_str(text));
        SecretText::new(joined)
    }

    fn count(&self, wanted: &Piece) -> usize {
        self.0.iter().filter(|piece| *piece == wanted).count()
    }
}

fn pieces(mut text: &str) -> Result<Vec<Piece>, TemplateFault> {
    let mut pieces = Vec::new();
    while let Some(open) = text.find(['{', '}']) {
        if open > 0 {
            pieces.push(Piece::Literal(text[..open].to_owned()));
        }
        let (piece, rest) = place(&text[open..]).ok_or(TemplateFault::UnknownPlace)?;
        pieces.push(piece);
        text = rest;
    }
    if !text.is_empty() {
        pieces.push(Piece::Literal(text.to_owned()));
    }
    Ok(pieces)
}

fn place(text: &str) -> Option<(Piece, &str)> {
    let password = text.strip_prefix("{password}").map(|rest| (Piece::Password, rest));
    password.or_else(|| text.strip_prefix("{code}").map(|rest| (Piece::Code, rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(template: &str) -> String {
        let secret = |text: &str| SecretText::new(text.into());
        Template::new(template)
            .unwrap()
            .fill(&secret("pa{code}ss"), &secret("755224"))
            .expose()
            .into()
    }

    #[test]
    fn password_and_code_are_joined_in_any_order() {
        assert_eq!(fill("{password},{code}"), "pa{code}ss,755224");
        assert_eq!(fill("{code}{password}"), "755224pa{code}ss");
        assert_eq!(fill("push:{code}!"), "push:755224!");
    }

    #[test]
    fn a_template_without_a_code_or_with_other_places_is_refused() {
        for (text, fault) in [
            ("{password}", TemplateFault::Code),
            ("{code}{code}", TemplateFault::Code),
            ("", TemplateFault::Code),
            ("{pin}{code}", TemplateFault::UnknownPlace),
            ("{code", TemplateFault::UnknownPlace),
            ("{code}}", TemplateFault::UnknownPlace),
            ("{password}{code}{password}", TemplateFault::Password),
        ] {
            assert_eq!(Template::new(text), Err(fault), "{text}");
        }
    }
}
