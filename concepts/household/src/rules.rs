//! What may change in what is known of people, and in texts.

use engine::Refusal;

use crate::entry::EntryState;

/// A death is written once.
pub fn may_die(died_before: bool) -> Result<(), Refusal> {
    if died_before { Err(Refusal::new("household.already_dead")) } else { Ok(()) }
}

/// Who left cannot leave again.
pub fn may_leave(left_before: bool) -> Result<(), Refusal> {
    if left_before { Err(Refusal::new("household.already_left")) } else { Ok(()) }
}

/// Only a text that stands is entered in error: a corrected one is already replaced.
pub fn may_void(state: EntryState) -> Result<(), Refusal> {
    if state == EntryState::Valid { Ok(()) } else { Err(Refusal::new("household.not_standing")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_once_does_not_happen_again() {
        assert_eq!(may_die(true).unwrap_err().key, "household.already_dead");
        assert_eq!(may_leave(true).unwrap_err().key, "household.already_left");
        assert!(may_die(false).is_ok() && may_leave(false).is_ok());
        assert!(may_void(EntryState::Valid).is_ok());
        assert!(may_void(EntryState::Corrected).is_err() && may_void(EntryState::EnteredInError).is_err());
    }
}
