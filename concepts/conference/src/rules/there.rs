//! Who has to be there where something is decided, and what a decision rests on once it was.

use engine::Refusal;
use words::codes;

use super::Presence;

codes! {
    /// Why presence is corrected on which a decision rests.
    pub enum CorrectedWhy {
        /// 出席していなかった.
        NotThere = "not_there",
        /// 別の人と取りちがえた.
        OtherPerson = "other_person",
        /// 別の日の出席だった.
        OtherDay = "other_day",
        /// まちがって知らされた.
        ToldWrong = "told_wrong",
        /// The list of a session was corrected by whoever may not know that something was decided: nobody asked them why.
        Noted = "noted",
    }
}

/// The reasons that somebody gives.
pub const REASONS: &[CorrectedWhy] =
    &[CorrectedWhy::NotThere, CorrectedWhy::OtherPerson, CorrectedWhy::OtherDay, CorrectedWhy::ToldWrong];

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

/// Whether a change of who was there takes the municipality or the provider away: one of them is enough, whatever was said of the other
/// one before.
pub const fn lost(before: There, after: There) -> bool {
    (before.municipality && !after.municipality) || (before.provider && !after.provider)
}

/// A decision that stands says that they were there on its day. A correction that takes this away gives its reason, which is kept beside the
/// decision with how it was noted before; every other one is free. What there is to keep.
pub(crate) fn may_correct(
    decided: bool,
    (before, after): (There, There),
    why: Option<CorrectedWhy>,
) -> Result<Option<CorrectedWhy>, Refusal> {
    let lost = decided && lost(before, after);
    match why.filter(|w| REASONS.contains(w)) {
        _ if !lost => Ok(None),
        Some(why) => Ok(Some(why)),
        None => Err(Refusal::new("conference.decided_with_them")),
    }
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
    fn what_a_decision_rests_on_is_corrected_with_a_reason() {
        let without = There { provider: false, ..ALL };
        let why = Some(CorrectedWhy::OtherDay);
        let refused = may_correct(true, (ALL, without), None);
        assert_eq!(key(refused.map(|_| ())), "conference.decided_with_them");
        let noted = may_correct(true, (ALL, without), Some(CorrectedWhy::Noted));
        assert!(noted.is_err(), "what the program says for somebody is nobody's reason");
        assert_eq!(may_correct(true, (ALL, without), why).ok(), Some(why));
        assert_eq!(may_correct(true, (ALL, ALL), why).ok(), Some(None), "another of the desk was there");
        assert_eq!(
            may_correct(false, (ALL, without), why).ok(),
            Some(None),
            "nothing was decided, or it was taken back"
        );
        assert_eq!(
            may_correct(true, (without, without), None).ok(),
            Some(None),
            "it rests on the list of its session"
        );
        assert_eq!(may_correct(true, (without, ALL), None).ok(), Some(None));
        let neither = There { municipality: false, ..without };
        assert!(may_correct(true, (without, neither), None).is_err(), "the municipality is gone as well now");
    }
}
