//! What may happen to a definition, and when a sheet may be written.

use engine::Refusal;
use words::{Day, codes};

codes! {
    /// Where a version of a definition stands.
    pub enum VersionState {
        /// Being worked on.
        Draft = "draft",
        /// In use from its first day.
        Published = "published",
        /// No longer for new sheets.
        Retired = "retired",
    }

    /// The kind of meeting that decided on 参加支援: noted by hand before conferences were kept here, and kept.
    pub enum DecidedBy {
        /// 重層的支援会議.
        ConsentConference = "consent_conference",
        /// 支援会議.
        ConfidentialConference = "confidential_conference",
        /// ほかの会議.
        OtherMeeting = "other_meeting",
    }
}

/// The sheet that needs a decision first.
pub const PARTICIPATION: &str = "participation";
/// Sheets the work cannot do without: their definitions are changed, never retired.
pub const CORE: [&str; 3] = ["consultation", "connecting", "community_issue"];

/// A draft is changed, a published version never (its sheets are read under it).
pub fn may_change(state: VersionState) -> Result<(), Refusal> {
    if state == VersionState::Draft { Ok(()) } else { Err(Refusal::new("sheets.published")) }
}

/// Publishing takes effect today or later: sheets already written today keep the version they have.
pub fn may_publish(state: VersionState, from: Day, today: Day, faults: usize) -> Result<(), Refusal> {
    may_change(state)?;
    if faults > 0 {
        return Err(Refusal::new("sheets.faults_first"));
    }
    if from < today { Err(Refusal::new("sheets.from_past")) } else { Ok(()) }
}

/// What the work depends on stays.
pub fn may_retire(key: &str, state: VersionState) -> Result<(), Refusal> {
    if CORE.contains(&key) {
        return Err(Refusal::new("sheets.core"));
    }
    if state == VersionState::Published { Ok(()) } else { Err(Refusal::new("sheets.not_published")) }
}

/// The participation sheet waits for a decision of 多機関協働.
pub fn may_write(key: &str, decided: bool) -> Result<(), Refusal> {
    if key == PARTICIPATION && !decided { Err(Refusal::new("sheets.locked")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(d: u32) -> Day {
        Day::new(2026, 11, d).unwrap()
    }

    #[test]
    fn a_published_version_is_left_alone() {
        assert!(may_change(VersionState::Draft).is_ok());
        assert_eq!(may_change(VersionState::Published).unwrap_err().key, "sheets.published");
        assert!(may_publish(VersionState::Draft, day(21), day(21), 0).is_ok());
        assert_eq!(
            may_publish(VersionState::Draft, day(20), day(21), 0).unwrap_err().key,
            "sheets.from_past"
        );
        assert_eq!(
            may_publish(VersionState::Draft, day(21), day(21), 1).unwrap_err().key,
            "sheets.faults_first"
        );
        assert!(may_publish(VersionState::Retired, day(21), day(21), 0).is_err());
    }

    #[test]
    fn core_sheets_are_never_retired() {
        assert_eq!(may_retire("consultation", VersionState::Published).unwrap_err().key, "sheets.core");
        assert!(may_retire("assessment", VersionState::Published).is_ok());
        assert!(may_retire("assessment", VersionState::Draft).is_err());
    }

    #[test]
    fn participation_waits_for_a_decision() {
        assert_eq!(may_write(PARTICIPATION, false).unwrap_err().key, "sheets.locked");
        assert!(may_write(PARTICIPATION, true).is_ok() && may_write("outreach", false).is_ok());
    }
}
