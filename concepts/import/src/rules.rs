//! Where an import stands, what it may become next, and what makes a line the same line.

use engine::{Refusal, hex};
use sha2::{Digest, Sha256};
use words::codes;

codes! {
    /// Where an import stands.
    pub enum State {
        /// The columns are being confirmed.
        Mapping = "mapping",
        /// Every line is being looked at; nothing is written.
        Checking = "checking",
        /// Looked at: whoever brought it decides.
        Checked = "checked",
        /// The good lines are being written.
        Importing = "importing",
        /// They are written.
        Done = "done",
        /// The work could not go on; the reason stands beside.
        Stopped = "stopped",
        /// It is being taken back.
        Undoing = "undoing",
        /// It was taken back.
        Undone = "undone",
        /// It ended before anything was written.
        Dropped = "dropped",
    }

    /// What is done with lines about people who may be recorded already.
    pub enum Alike {
        /// Recorded anew: both stand, and can be compared.
        New = "new",
        /// Lines whose birth date or phone agree as well become consultations of the recorded person.
        Join = "join",
        /// Left out.
        Leave = "leave",
    }

    /// What is said about a line.
    pub enum LineState {
        /// It cannot be written; the problems say why.
        Broken = "broken",
        /// The desk has it already.
        Already = "already",
        /// It can be written; somebody of that name is recorded.
        Alike = "alike",
        /// It was left out, as whoever brought it decided.
        LeftOut = "left_out",
    }
}

/// What somebody asks of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Look at every line.
    Check,
    /// Back to the columns.
    MapAgain,
    /// Write the good lines.
    Write,
    /// Take everything back.
    Undo,
    /// End it without writing.
    Drop,
}

/// What becomes of it.
pub fn step(state: State, step: Step) -> Result<State, Refusal> {
    use State::{Checked, Checking, Done, Dropped, Importing, Mapping, Stopped, Undoing};
    match (state, step) {
        (Mapping, Step::Check) => Ok(Checking),
        (Checked | Checking, Step::MapAgain) => Ok(Mapping),
        (Checked, Step::Write) => Ok(Importing),
        (Done | Stopped, Step::Undo) => Ok(Undoing),
        (Mapping | Checking | Checked, Step::Drop) => Ok(Dropped),
        _ => Err(Refusal::new("import_page.not_now")),
    }
}

impl State {
    /// Whether the job has work to do on it.
    pub const fn is_work(self) -> bool {
        matches!(self, Self::Checking | Self::Importing | Self::Undoing)
    }
}

/// What makes a line the same line, whichever file it comes in: its own number, otherwise all its cells. A hash, so
/// that nothing of a line is kept by it.
pub fn identity(number: &str, cells: &[String]) -> String {
    let mut hash = Sha256::new();
    let number = words::fold::fold(number);
    if number.is_empty() {
        hash.update(b"cells");
        for cell in cells {
            hash.update([0x1f]);
            hash.update(cell.trim().as_bytes());
        }
    } else {
        hash.update(b"number");
        hash.update(number.as_bytes());
    }
    hex(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::code::Code;

    #[test]
    fn every_state_can_be_left_or_is_an_end() {
        const STEPS: [Step; 5] = [Step::Check, Step::MapAgain, Step::Write, Step::Undo, Step::Drop];
        for state in State::ALL {
            let ways = STEPS.iter().filter(|s| step(*state, **s).is_ok()).count();
            let end = matches!(state, State::Undone | State::Dropped);
            assert_eq!(ways == 0 && !state.is_work(), end, "{state}");
        }
    }

    #[test]
    fn a_line_is_the_same_by_its_number_or_by_all_its_cells() {
        let cells = |c: &[&str]| c.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        let one = cells(&["1", "あ"]);
        assert_eq!(identity("Ａ-1", &one), identity("a-1", &cells(&["x"])));
        assert_eq!(identity("", &one), identity(" ", &cells(&["1 ", "あ"])));
        assert_ne!(identity("", &one), identity("", &cells(&["1あ", ""])));
        assert_ne!(identity("1", &one), identity("", &one));
    }
}
