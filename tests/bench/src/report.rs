//! The table: each figure beside its reference, the goal, and whether it is reached. Nothing else happens when one is
//! missed.

/// What a ratio or a figure should be.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// Not more than this.
    AtMost(f64),
    /// Not less than this.
    AtLeast(f64),
}

impl Goal {
    fn is_reached(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }
}

impl std::fmt::Display for Goal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtMost(most) => write!(f, "≤ {most}"),
            Self::AtLeast(least) => write!(f, "≥ {least}"),
        }
    }
}

/// Prints rows as they come, as a Markdown table.
pub struct Report {
    missed: Vec<String>,
}

impl Default for Report {
    fn default() -> Self {
        Self::new()
    }
}

impl Report {
    /// Begins the table.
    pub fn new() -> Self {
        println!("| what | measured | reference | ratio | goal | |\n|---|---|---|---|---|---|");
        Self { missed: Vec::new() }
    }

    /// A figure beside its reference; `ratio` is what the goal is about.
    pub fn compare(
        &mut self,
        what: &str,
        measured: &str,
        reference: &str,
        ratio: f64,
        goal: Option<Goal>,
    ) {
        let verdict = self.judge(&format!("{what}, beside {reference}"), ratio, goal);
        let goal = goal.map(|goal| format!("{goal} ×")).unwrap_or_default();
        println!("| {what} | {measured} | {reference} | {ratio:.2} × | {goal} | {verdict} |");
    }

    /// A figure that stands by itself.
    pub fn tell(&mut self, what: &str, measured: &str, value: f64, goal: Option<(Goal, &str)>) {
        let verdict = self.judge(what, value, goal.map(|(goal, _)| goal));
        let goal = goal.map(|(goal, unit)| format!("{goal}{unit}")).unwrap_or_default();
        println!("| {what} | {measured} | | | {goal} | {verdict} |");
    }

    /// A row for which something is missing here.
    pub fn lacks(&mut self, what: &str, missing: &str) {
        println!("| {what} | | missing here: {missing} | | | |");
    }

    /// Ends the table.
    pub fn end(self) {
        match self.missed.as_slice() {
            [] => println!("\nEvery goal that could be measured is reached."),
            missed => println!("\nMissed: {}.", missed.join("; ")),
        }
    }

    fn judge(&mut self, what: &str, value: f64, goal: Option<Goal>) -> &'static str {
        match goal {
            None => "",
            Some(goal) if goal.is_reached(value) => "reached",
            Some(_) => {
                self.missed.push(what.to_owned());
                "missed"
            }
        }
    }
}
