//! Who has to be there where something is decided, and what a decision rests on once it was.

use engine::Refusal;

use super::Presence;

/// Who was there on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct There {
    /// Anybody.
    pub anybody: bool,
    /// A section of the municipality.
    pub municipality: bool,
    /// The multi-agency provider.
    pub provider: bool,
}

/// Municipality and multi-agency provider are obligatory.
pub fn attended(there: There) -> Result<(), Refusal> {
    match there {
        There { anybody: false, .. } => Err(Refusal::new("decision.nobody_there")),
        There { municipality: false, .. } => Err(Refusal::new("decision.municipality_absent")),
        There { provider: false, .. } => Err(Refusal::new("decision.provider_absent")),
        There { .. } => Ok(()),
    }
}

/// A decision that stands says that they were there on its day: that is not taken back under it by a correction. Whoever corrects it takes
/// the decision back first, in the open.
pub(crate) fn may_correct(decided: bool, before: There, after: There) -> Result<(), Refusal> {
    if decided && attended(before).is_ok() && attended(after).is_err() {
        return Err(Refusal::new("conference.decided_with_them"));
    }
    Ok(())
}

/// Whether a way of being there speaks for a desk.
pub(crate) fn counts(way: Presence) -> bool {
    way != Presence::Absent
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: There = There { anybody: true, municipality: true, provider: true };

    fn key(r: Result<(), Refusal>) -> &'static str {
        r.err().map_or("", |r| r.key)
    }

    #[test]
    fn municipality_and_provider_were_there() {
        assert_eq!(key(attended(There::default())), "decision.nobody_there");
        assert_eq!(key(attended(There { provider: false, ..ALL })), "decision.provider_absent");
        assert_eq!(key(attended(There { municipality: false, ..ALL })), "decision.municipality_absent");
        assert_eq!(key(attended(ALL)), "");
    }

    #[test]
    fn what_a_decision_rests_on_is_not_taken_away_under_it() {
        let without = There { provider: false, ..ALL };
        assert_eq!(key(may_correct(true, ALL, without)), "conference.decided_with_them");
        assert_eq!(key(may_correct(true, ALL, ALL)), "", "another of the desk was there");
        assert_eq!(key(may_correct(false, ALL, without)), "", "nothing was decided, or it was taken back");
        assert_eq!(key(may_correct(true, without, without)), "", "it rests on the list of its session");
        assert_eq!(key(may_correct(true, without, ALL)), "");
    }
}
