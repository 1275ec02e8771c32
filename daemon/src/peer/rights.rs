//! What a caller may do: rights, told apart so that a socket can serve codes and nothing else.

/// What a caller may do at the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Learn how the agent is.
    Presence,
    /// See the profiles.
    Profiles,
    /// Have passcodes.
    Codes,
    /// Change what is paired, lock, and end the agent.
    Manage,
}

/// A set of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights(&'static [Right]);

impl Rights {
    /// What the user's own programs have on the main socket.
    pub const ALL: Self = Self(&[Right::Presence, Right::Profiles, Right::Codes, Right::Manage]);

    /// Codes, but neither the list of profiles nor any change.
    pub const CODES: Self = Self(&[Right::Presence, Right::Codes]);

    /// Whether `right` is among them.
    pub fn allow(self, right: Right) -> bool {
        self.0.contains(&right)
    }
}
