//! Whether a process shows a prompt that it has shown before: then what it was given was refused, and it must not go on
//! to be given codes without end. Kept in memory only, for the processes that asked last.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Text;
use crate::peer::Process;

/// Prompts that are remembered.
const REMEMBERED: usize = 256;

/// The prompts of late.
#[derive(Debug, Default)]
pub struct Again(VecDeque<Seen>);

#[derive(Debug)]
struct Seen {
    process: Process,
    text: u64,
    times: u32,
}

impl Again {
    /// How often `process` has shown this prompt before; counts this time too.
    pub fn count(&mut self, process: Process, text: &Text) -> u32 {
        let mut hasher = DefaultHasher::new();
        text.as_str().hash(&mut hasher);
        let text = hasher.finish();
        let same = |seen: &Seen| seen.process == process && seen.text == text;
        let before = self.0.iter().position(same).and_then(|place| self.0.remove(place));
        let times = before.map_or(0, |seen| seen.times);
        if self.0.len() >= REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(Seen { process, text, times: times.saturating_add(1) });
        times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_prompt_of_the_same_process_is_counted_and_no_other() {
        let (ssh, other) = (Process { pid: 7, started: 100 }, Process { pid: 7, started: 200 });
        let mut again = Again::default();
        let count = |again: &mut Again, process, text: &str| again.count(process, &Text::new(text));
        assert_eq!(count(&mut again, ssh, "Password:"), 0);
        assert_eq!(count(&mut again, ssh, "Code:"), 0);
        assert_eq!(count(&mut again, ssh, "Password:"), 1);
        assert_eq!(count(&mut again, ssh, "Password:"), 2);
        // A number that was used again is another process.
        assert_eq!(count(&mut again, other, "Password:"), 0);
    }

    #[test]
    fn a_program_that_shows_prompts_without_end_fills_no_memory() {
        let mut again = Again::default();
        for number in 0..10_000 {
            again.count(Process { pid: 7, started: 1 }, &Text::new(&number.to_string()));
        }
        assert_eq!(again.0.len(), REMEMBERED);
    }
}
