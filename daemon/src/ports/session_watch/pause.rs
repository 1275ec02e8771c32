//! The growing pause before something is tried again that keeps ending.

use std::time::Duration;

/// Pauses of 1 s to 60 s.
#[derive(Debug, Default)]
pub struct Pause(Duration);

const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

impl Pause {
    /// How long to wait now, after a try that held for `held`. What held for a minute begins anew.
    pub fn after(&mut self, held: Duration) -> Duration {
        let grown = if held >= LONGEST { SHORTEST } else { self.0 * 2 };
        self.0 = grown.clamp(SHORTEST, LONGEST);
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_ending_is_tried_less_and_less_often() {
        let mut pause = Pause::default();
        let seconds: Vec<u64> =
            (0..9).map(|_| pause.after(Duration::from_secs(59)).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(pause.after(Duration::from_secs(60)).as_secs(), 1);
        assert_eq!(pause.after(Duration::ZERO).as_secs(), 2);
    }
}
