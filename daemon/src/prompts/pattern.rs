//! Patterns of rules: text in which `*` stands for anything and `?` for one character, without regard to case.

/// A pattern of at most 256 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<char>);

/// Longest pattern, in bytes.
const BYTES: usize = 256;

impl Pattern {
    /// Reads a pattern; none when it is empty or longer than 256 bytes.
    pub fn new(text: &str) -> Option<Self> {
        let chars = text.to_lowercase().chars().collect();
        (!text.is_empty() && text.len() <= BYTES).then_some(Self(chars))
    }

    /// Whether all of `text` fits. Takes at most as many steps as text and pattern multiplied.
    pub fn fits(&self, text: &str) -> bool {
        let text: Vec<char> = text.to_lowercase().chars().collect();
        let (mut at, mut place) = (0, 0);
        // Where the last star stands, and up to where of the text it reaches.
        let mut star: Option<(usize, usize)> = None;
        while at < text.len() {
            match self.0.get(place) {
                Some('*') => {
                    star = Some((place, at));
                    place += 1;
                }
                Some(c) if *c == '?' || *c == text[at] => (at, place) = (at + 1, place + 1),
                _ => match star {
                    Some((stood, reached)) => {
                        star = Some((stood, reached + 1));
                        (at, place) = (reached + 1, stood + 1);
                    }
                    None => return false,
                },
            }
        }
        self.0[place..].iter().all(|c| *c == '*')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap().fits(text)
    }

    #[test]
    fn stars_stand_for_anything_and_question_marks_for_one_character() {
        assert!(fits("token for *", "Token for alice: "));
        assert!(fits("*.example.org", "vpn.example.org"));
        assert!(fits("*a*b?", "xaxxabc"));
        assert!(fits("*", ""));
        assert!(!fits("token", "token for"));
        assert!(!fits("?", ""));
        assert!(!fits("*.example.org", "vpn.example.org.evil.net"));
    }

    #[test]
    fn a_pattern_of_many_stars_takes_no_time() {
        let stars = "a*".repeat(100);
        assert!(!fits(&format!("{stars}b"), &"a".repeat(4096)));
    }
}
