//! What can be checked of a page without eyes: that everything has a name, that words can be read against what is behind
//! them (WCAG 2.2 AA), that nothing has to be scrolled sideways, and that the page says which language it speaks.

use crate::browser::Browser;

const SCRIPT: &str = include_str!("audit.js");

impl Browser {
    /// What is wrong with the present page, as it is shown now.
    #[track_caller]
    pub fn audit(&self) -> Vec<String> {
        let found = self.evaluate(SCRIPT);
        let found = found.as_array().expect("a list").iter();
        found.filter_map(|fault| fault.as_str()).map(str::to_owned).collect()
    }
}
