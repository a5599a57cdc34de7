//! How somebody stands to an inquiry: their desk asks, is asked, or both; or it was raised to them.

use access::{Relation, Viewer};

use crate::rules::{Side, State};
use crate::sql::Header;

/// How this viewer stands to an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Their desk is asked.
    Asked,
    /// Their desk asks.
    Asker,
    /// It was raised to their desk: header only (disclosure rule 13).
    Coordinator,
}

pub(crate) fn part(viewer: &Viewer, r: &Header, relation: &Relation) -> Option<Part> {
    let desks = viewer.reading_desks();
    if relation.keeps_out(viewer) {
        return None;
    }
    if desks.contains(&r.to) {
        Some(Part::Asked)
    } else if desks.contains(&r.from) {
        Some(Part::Asker)
    } else if r.state == State::Raised && r.raised_desk.is_some_and(|d| desks.contains(&d)) {
        Some(Part::Coordinator)
    } else {
        None
    }
}

/// Whether the desk that was asked is told neither whom nor what it is about, whatever else it may know of them: nothing carries it any
/// more and nothing was answered, or it was a mistake.
pub(crate) fn hides(state: State, holds: bool) -> bool {
    state == State::EnteredInError || (!holds && state != State::Answered)
}

/// Whether the viewer's desk asks, also where it is asked as well: somebody with an appointment at both, or an heir of both.
pub(crate) fn asks(viewer: &Viewer, r: &Header) -> bool {
    viewer.reading_desks().contains(&r.from)
}

/// How the page speaks to whoever sits at both desks: it is theirs to answer while it can be answered, and theirs to go on with otherwise.
pub(crate) fn front(part: Part, asks: bool, state: State, holds: bool) -> Part {
    let answers = holds && matches!(state, State::Sent | State::PartlyAnswered);
    if part == Part::Asked && asks && !answers { Part::Asker } else { part }
}

/// Whose steps the viewer takes.
pub(crate) fn sides(part: Part, asks: bool) -> &'static [Side] {
    match part {
        Part::Coordinator => &[Side::Coordinator],
        Part::Asked if asks => &[Side::Asked, Side::Asker],
        Part::Asked => &[Side::Asked],
        Part::Asker => &[Side::Asker],
    }
}
