//! Contenders take turns, so that whatever else the machine does meets all of them alike.

use crate::Outcome;
use crate::sample::{Sample, Series};

/// What a contender does in its turn.
type Turn<'a> = Box<dyn FnMut() -> Outcome<Sample> + 'a>;

/// A number of rounds in which each contender has one turn.
pub struct Contest<'a> {
    rounds: usize,
    turns: Vec<Turn<'a>>,
}

/// Names a contender, to find its results.
#[derive(Debug, Clone, Copy)]
pub struct Lane(usize);

/// What came of a contest.
pub struct Results(Vec<Series>);

impl<'a> Contest<'a> {
    /// A contest of so many rounds.
    pub fn of(rounds: usize) -> Self {
        Self { rounds, turns: Vec::new() }
    }

    /// Takes in a contender.
    pub fn enter(&mut self, turn: impl FnMut() -> Outcome<Sample> + 'a) -> Lane {
        self.turns.push(Box::new(turn));
        Lane(self.turns.len() - 1)
    }

    /// Runs all rounds, after one that does not count.
    pub fn run(mut self) -> Outcome<Results> {
        let mut results = vec![Series::default(); self.turns.len()];
        for round in 0..=self.rounds {
            for (turn, series) in self.turns.iter_mut().zip(&mut results) {
                let sample = turn()?;
                if round > 0 {
                    series.0.push(sample);
                }
            }
        }
        Ok(Results(results))
    }
}

impl std::ops::Index<Lane> for Results {
    type Output = Series;

    fn index(&self, lane: Lane) -> &Series {
        &self.0[lane.0]
    }
}
