//! The line of steps above what goes back and forth between two desks, and the list of what was done.

/// A step of the line.
#[derive(Debug, Clone)]
pub struct Mark {
    /// `done`, `now`, `stopped`, or nothing for what is to come.
    pub class: &'static str,
    /// What it is called.
    pub word: String,
    /// The day it was done; empty for what is to come.
    pub day: String,
}

/// A step that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// What was done.
    pub word: String,
    /// When.
    pub when: String,
    /// By whom, for which desk.
    pub by: String,
    /// Why, as a word of the list of reasons; may be empty.
    pub reason: String,
    /// How a partner without a login said so; empty when it was done here.
    pub told: String,
}
