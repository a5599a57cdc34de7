//! What may happen to a definition, and when a sheet may be written.

use engine::Refusal;
use words::id::PersonId;
use words::partial::PartialDate;
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

/// The day a sheet is about: it has come, and whoever the sheet is of was born. Of a birth known in part its earliest day counts; of nobody's
/// birth, or of the whole household, nothing is known.
pub fn may_be_about(on: Day, today: Day, birth: Option<PartialDate>) -> Result<(), Refusal> {
    if on > today {
        return Err(Refusal::new("date.in_future"));
    }
    if birth.is_some_and(|b| on < b.earliest()) {
        return Err(Refusal::new("sheets.before_birth"));
    }
    Ok(())
}

/// A sheet is taken back as one by whoever says that this is meant: with it goes every answer.
pub fn may_strike(meant: bool, answers: usize) -> Result<(), Refusal> {
    if answers == 0 {
        return Err(Refusal::conflict("sheets.struck_before"));
    }
    if meant { Ok(()) } else { Err(Refusal::new("sheets.strike_sure")) }
}

/// Whose answer it is: the one person it is told of over time, `None` for the household. A sheet is about the person chosen in it, also
/// where an item is marked for the whole household, which says who may read it and not who has the trouble. What is marked for
/// somebody else alone is theirs.
pub fn whose(sheet: Option<PersonId>, marked: &[PersonId]) -> Option<PersonId> {
    match (sheet, marked) {
        (Some(person), []) => Some(person),
        (Some(person), of) if of.contains(&person) => Some(person),
        (_, [one]) => Some(*one),
        _ => None,
    }
}

/// In the marks of an answer, whoever the sheet is about: so that the mark follows the choice, whenever it is made.
pub const CHOSEN: PersonId = PersonId::new(uuid::Uuid::max());

/// The persons an answer is about, with whoever was chosen in the sheet in the place of [`CHOSEN`]. Nobody chosen is the whole
/// household, and that is everybody, whoever else was marked.
pub fn about(sheet: Option<PersonId>, mut marked: Vec<PersonId>) -> Vec<PersonId> {
    if !marked.contains(&CHOSEN) {
        return marked;
    }
    let Some(person) = sheet else { return Vec::new() };
    marked.retain(|p| *p != CHOSEN && *p != person);
    marked.push(person);
    marked.sort_unstable();
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u128) -> PersonId {
        PersonId::new(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn an_answer_is_of_the_sheets_person_unless_it_is_of_another_alone() {
        let (a, b, c) = (person(1), person(2), person(3));
        assert_eq!(whose(Some(a), &[]), Some(a), "marked for the household, told of one");
        assert_eq!(whose(Some(a), &[a, b]), Some(a));
        assert_eq!(whose(Some(a), &[b]), Some(b));
        assert_eq!(whose(Some(a), &[b, c]), None);
        assert_eq!(whose(None, &[b]), Some(b));
        assert_eq!((whose(None, &[]), whose(None, &[a, b])), (None, None));
    }

    #[test]
    fn the_mark_follows_whoever_is_chosen() {
        let (a, b) = (person(1), person(2));
        assert_eq!(about(Some(b), vec![CHOSEN]), [b]);
        assert_eq!(about(Some(b), vec![CHOSEN, a, b]), [a, b]);
        assert_eq!(about(Some(b), vec![a]), [a], "as it was marked");
        assert_eq!(about(None, vec![CHOSEN, a]), Vec::<PersonId>::new(), "the whole household");
        assert_eq!(about(None, vec![a]), [a]);
    }

    fn day(d: u32) -> Day {
        Day::new(2026, 11, d).unwrap()
    }

    #[test]
    fn a_sheet_is_about_a_day_of_its_person_that_has_come() {
        let key = |d, birth: Option<&str>| {
            may_be_about(day(d), day(21), birth.and_then(PartialDate::parse_iso)).map_err(|r| r.key)
        };
        assert_eq!(key(21, None), Ok(()));
        assert_eq!(key(22, None), Err("date.in_future"));
        assert_eq!(
            (key(20, Some("2026-11-20")), key(19, Some("2026-11-20"))),
            (Ok(()), Err("sheets.before_birth"))
        );
        assert_eq!(
            (key(1, Some("2026-11")), key(1, Some("2026"))),
            (Ok(()), Ok(())),
            "as far as it is known"
        );
        assert_eq!(key(30, Some("2026-12")), Err("date.in_future"));
    }

    #[test]
    fn a_sheet_is_taken_back_once_and_when_it_is_meant() {
        assert!(may_strike(true, 3).is_ok());
        assert_eq!(may_strike(false, 3).unwrap_err().key, "sheets.strike_sure");
        assert_eq!(may_strike(true, 0).unwrap_err().key, "sheets.struck_before");
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
