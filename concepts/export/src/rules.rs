//! Where a file stands, what it may become next, and whether what it shows may still be seen.

use std::collections::HashMap;

use access::{Categories, RecordRef};
use engine::Refusal;
use site::export::Shown;
use words::codes;

codes! {
    /// Where a file stands.
    pub enum State {
        /// It waits for the job.
        Waiting = "waiting",
        /// Its rows are being written.
        Making = "making",
        /// It can be fetched.
        Ready = "ready",
        /// The work could not go on; the reason stands beside.
        Stopped = "stopped",
        /// Thrown away, or its days are over.
        Gone = "gone",
    }

    /// Which kind of file.
    pub enum Format {
        /// Excel.
        Xlsx = "xlsx",
        /// CSV in UTF-8, with the mark by which Excel knows it.
        Csv = "csv",
        /// CSV in CP932, for older programs.
        CsvCp932 = "csv_cp932",
    }
}

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The job begins, or begins anew after a restart.
    Begin,
    /// The program ends in good order: the work waits for the next start.
    Pause,
    /// Its last row is written.
    Finish,
    /// The work cannot go on.
    Stop,
    /// It is to be made anew.
    Again,
    /// It is thrown away.
    Discard,
}

/// Days for which a file is kept.
pub const KEPT_DAYS: i64 = 7;
/// Files of one person that may wait at once.
pub const MOST_WAITING: usize = 5;
/// How often the work on one file is begun: what brings the program down each time is not tried for ever.
pub const MOST_TRIES: i64 = 3;

/// What becomes of it.
pub fn step(state: State, step: Step) -> Result<State, Refusal> {
    use State::{Gone, Making, Ready, Stopped, Waiting};
    match (state, step) {
        (Waiting | Making, Step::Begin) => Ok(Making),
        (Making, Step::Finish) => Ok(Ready),
        (Waiting | Making, Step::Stop) => Ok(Stopped),
        (Ready | Stopped | Gone, Step::Again) | (Making, Step::Pause) => Ok(Waiting),
        (Waiting | Making | Ready | Stopped, Step::Discard) => Ok(Gone),
        _ => Err(Refusal::new("download.not_now")),
    }
}

impl State {
    /// Whether the job has work to do on it.
    pub const fn is_work(self) -> bool {
        matches!(self, Self::Waiting | Self::Making)
    }
}

/// Whether everything a file shows may still be seen, with every category it shows.
pub fn still_covered(shown: &[Shown], now: &[(RecordRef, Categories)]) -> bool {
    let now: HashMap<RecordRef, Categories> = now.iter().copied().collect();
    shown.iter().all(|s| now.get(&s.record).is_some_and(|may| s.categories.within(*may)))
}

/// Rows of a whole, in hundredths, for the bar: full only at the end.
pub fn hundredths(done: i64, total: i64) -> i64 {
    if total <= 0 { 0 } else { (done.clamp(0, total) * 100) / total }
}

#[cfg(test)]
mod tests {
    use super::*;
    use access::{Category, RecordKind};
    use proptest::prelude::*;
    use words::Id;
    use words::code::Code;

    #[test]
    fn every_state_can_be_left() {
        const STEPS: [Step; 6] =
            [Step::Begin, Step::Pause, Step::Finish, Step::Stop, Step::Again, Step::Discard];
        for state in State::ALL {
            assert!(STEPS.iter().any(|s| step(*state, *s).is_ok_and(|to| to != *state)), "{state}");
        }
        assert_eq!(step(State::Making, Step::Begin).unwrap(), State::Making, "after a restart");
        assert!(step(State::Gone, Step::Discard).is_err() && step(State::Waiting, Step::Finish).is_err());
    }

    #[test]
    fn the_bar_is_full_only_at_the_end() {
        assert_eq!([hundredths(0, 0), hundredths(0, 3), hundredths(2, 3), hundredths(3, 3)], [0, 0, 66, 100]);
        assert_eq!(hundredths(9, 3), 100);
    }

    fn record(n: u8) -> RecordRef {
        let uuid = format!("00000000-0000-7000-8000-0000000000{n:02}");
        RecordRef { kind: RecordKind::Person, id: Id::new(uuid.parse().unwrap()) }
    }

    proptest! {
        #[test]
        fn taking_anything_away_is_noticed(
            bits in proptest::collection::vec(1_i64..1024, 1..20),
            at in 0_usize..20,
            category in 0_usize..20,
        ) {
            let bits: Vec<i64> = bits.into_iter().map(|b| Categories::from_bits(b).bits()).filter(|b| *b != 0).collect();
            prop_assume!(!bits.is_empty());
            let shown: Vec<Shown> = (0_u8..).zip(&bits)
                .map(|(n, b)| Shown { record: record(n), categories: Categories::from_bits(*b) })
                .collect();
            let mut now: Vec<_> = shown.iter().map(|s| (s.record, s.categories)).collect();
            prop_assert!(still_covered(&shown, &now));
            let at = at % now.len();
            // More categories change nothing; one fewer of those shown does, and so does a record less.
            let mut more = now.clone();
            more[at].1 = Category::ALL.iter().copied().collect();
            prop_assert!(still_covered(&shown, &more));
            let held: Vec<_> = Category::ALL.iter().copied().filter(|c| now[at].1.has(*c)).collect();
            let without = held[category % held.len()];
            now[at].1 = held.into_iter().filter(|c| *c != without).collect();
            prop_assert!(!still_covered(&shown, &now));
            now.remove(at);
            prop_assert!(!still_covered(&shown, &now));
        }
    }
}
