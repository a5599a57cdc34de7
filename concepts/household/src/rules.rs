//! What may change in what is known of people, and in texts.

use engine::Refusal;
use words::Day;
use words::id::DeskId;

use crate::entry::EntryState;
use crate::event::Happened;

/// Days until a shelter is looked through at the latest: a person forgotten behind it is found again.
const LONGEST_SHELTER: i64 = 731;

/// A death is written once.
pub fn may_die(died_before: bool) -> Result<(), Refusal> {
    if died_before { Err(Refusal::new("household.already_dead")) } else { Ok(()) }
}

/// Who left cannot leave again.
pub fn may_leave(left_before: bool) -> Result<(), Refusal> {
    if left_before { Err(Refusal::new("household.already_left")) } else { Ok(()) }
}

/// Only what was written can be taken back: the day it was written with.
pub fn may_take_back(kind: Happened, written: Option<String>) -> Result<String, Refusal> {
    written.ok_or_else(|| {
        Refusal::new(match kind {
            Happened::Died => "household.not_dead",
            Happened::Left => "household.not_left",
        })
    })
}

/// Only a text that stands is entered in error: a corrected one is already replaced.
pub fn may_void(state: EntryState) -> Result<(), Refusal> {
    if state == EntryState::Valid { Ok(()) } else { Err(Refusal::new("household.not_standing")) }
}

/// The answer to an item of a sheet has a value beside its words: it is changed on the sheet, where both are. Its
/// marks can be changed like those of every text.
pub fn may_reword(is_answer: bool, same_words: bool) -> Result<(), Refusal> {
    if is_answer && !same_words { Err(Refusal::new("household.answer_elsewhere")) } else { Ok(()) }
}

/// A shelter names the desk that sets it, so that somebody can lift it, and is looked through within two years.
pub fn may_shelter(own: DeskId, desks: &[DeskId], review_on: Day, today: Day) -> Result<(), Refusal> {
    if !desks.contains(&own) {
        return Err(Refusal::new("household.shelter_without_us"));
    }
    if review_on <= today || review_on > today.plus_days(LONGEST_SHELTER) {
        return Err(Refusal::new("household.shelter_review"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_once_does_not_happen_again() {
        assert_eq!(may_die(true).unwrap_err().key, "household.already_dead");
        assert_eq!(may_leave(true).unwrap_err().key, "household.already_left");
        assert!(may_die(false).is_ok() && may_leave(false).is_ok());
        for (kind, key) in [(Happened::Died, "household.not_dead"), (Happened::Left, "household.not_left")] {
            assert_eq!(may_take_back(kind, None).unwrap_err().key, key);
            assert_eq!(may_take_back(kind, Some("2026-11".to_owned())).unwrap(), "2026-11");
        }
        assert_eq!(may_reword(true, false).unwrap_err().key, "household.answer_elsewhere");
        assert!(may_reword(true, true).is_ok() && may_reword(false, false).is_ok());
        let (us, other): (DeskId, DeskId) =
            (words::Id::new(uuid::Uuid::from_u128(1)), words::Id::new(uuid::Uuid::from_u128(2)));
        let today = Day::new(2026, 11, 21).unwrap();
        let review = |desks: &[DeskId], days| may_shelter(us, desks, today.plus_days(days), today);
        assert!(review(&[other, us], 1).is_ok() && review(&[us], LONGEST_SHELTER).is_ok());
        assert_eq!(review(&[other], 1).unwrap_err().key, "household.shelter_without_us");
        assert_eq!(review(&[us], 0).unwrap_err().key, "household.shelter_review");
        assert_eq!(review(&[us], LONGEST_SHELTER + 1).unwrap_err().key, "household.shelter_review");
        assert!(may_void(EntryState::Valid).is_ok());
        assert!(may_void(EntryState::Corrected).is_err() && may_void(EntryState::EnteredInError).is_err());
    }
}
