//! What one turn of a contender gave, and what is made of many: medians, and ratios pair by pair, since a machine that
//! others use is quicker in one second than in the next.

use std::time::Duration;

/// One turn.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Half of the answers took at most this long, in microseconds.
    pub p50: f64,
    /// 99 of 100 answers took at most this long, in microseconds.
    pub p99: f64,
    /// Answers a second.
    pub rate: f64,
}

impl Sample {
    /// Sums up a turn of `elapsed` in which each answer took one of `nanoseconds`.
    pub fn of(mut nanoseconds: Vec<u32>, elapsed: Duration) -> Self {
        nanoseconds.sort_unstable();
        let at = |share: usize| {
            let place = nanoseconds.len() * share / 100;
            nanoseconds.get(place).map_or(f64::NAN, |time| f64::from(*time) / 1e3)
        };
        Self { p50: at(50), p99: at(99), rate: nanoseconds.len() as f64 / elapsed.as_secs_f64() }
    }

    /// A turn of one answer.
    pub fn once(took: Duration) -> Self {
        let micros = took.as_secs_f64() * 1e6;
        Self { p50: micros, p99: micros, rate: 1e6 / micros }
    }
}

/// Which of a turn's figures is meant.
pub type Figure = fn(&Sample) -> f64;

/// Median of [`Sample::p50`].
pub const P50: Figure = |sample| sample.p50;
/// Median of [`Sample::p99`].
pub const P99: Figure = |sample| sample.p99;
/// Answers a second.
pub const RATE: Figure = |sample| sample.rate;

/// The turns of one contender, in order.
#[derive(Debug, Clone, Default)]
pub struct Series(pub Vec<Sample>);

impl Series {
    /// The median of a figure over all turns.
    pub fn median(&self, figure: Figure) -> f64 {
        median(self.0.iter().map(figure).collect())
    }

    /// The median of the ratios to the reference's turn of the same round.
    pub fn ratio(&self, reference: &Self, figure: Figure) -> f64 {
        median(
            self.0
                .iter()
                .zip(&reference.0)
                .map(|(ours, theirs)| figure(ours) / figure(theirs))
                .collect(),
        )
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
