//! Whose a draft is after an appointment, a contract or an office has ended. Pure.
//!
//! A draft belongs to the desk it was written at, as the record it would have become does (`own_record`, disclosure): with the last
//! appointment there its words are nobody's any more, and with the next one, there or at the heir of that desk, they are its author's again.

use words::id::DeskId;

/// The desks a draft is begun at: those of the author that have a part in what it is about; where none has, or it is about nothing, the
/// desk they act for. Nothing for somebody who sits nowhere: they begin no draft.
pub(crate) fn begun_at(part: &[DeskId], held: &[DeskId], acting: Option<DeskId>) -> Vec<DeskId> {
    let mut desks: Vec<DeskId> = part.iter().filter(|d| held.contains(d)).copied().collect();
    if desks.is_empty() {
        desks.extend(acting);
    }
    desks.sort_unstable();
    desks.dedup();
    desks
}

/// Whether its author still reads a draft that was begun at these desks. `held`: the desks they sit at today, with those whose records have
/// passed to them. Of a draft from before desks were kept it is only known that its author sat somewhere.
pub(crate) fn still_read(begun: &[DeskId], held: &[DeskId]) -> bool {
    if begun.is_empty() { !held.is_empty() } else { begun.iter().any(|d| held.contains(d)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(n: u32) -> DeskId {
        format!("00000000-0000-7000-8000-{n:012}").parse().unwrap()
    }

    #[test]
    fn a_draft_is_of_the_desk_that_has_a_part_otherwise_of_the_one_acted_for() {
        let (a, b, c) = (desk(1), desk(2), desk(3));
        assert_eq!(begun_at(&[b, c], &[a, b], Some(a)), [b], "the case is of the other desk");
        assert_eq!(begun_at(&[c], &[a, b], Some(a)), [a]);
        assert_eq!(begun_at(&[], &[a, b], Some(b)), [b]);
        assert_eq!(begun_at(&[b, b], &[b], Some(b)), [b]);
        assert!(begun_at(&[a], &[], None).is_empty());
    }

    #[test]
    fn its_words_go_with_the_last_appointment_there_and_come_back_with_the_next() {
        let (a, b) = (desk(1), desk(2));
        assert!(still_read(&[a], &[a, b]));
        assert!(!still_read(&[a], &[b]), "another desk is no reason");
        assert!(!still_read(&[a], &[]));
        assert!(still_read(&[a, b], &[b]));
        assert!(still_read(&[], &[b]) && !still_read(&[], &[]), "from before desks were kept");
    }
}
