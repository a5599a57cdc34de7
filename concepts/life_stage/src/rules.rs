//! When a life stage comes, as far as the day of birth is known; and when to begin to prepare for it. Pure.

use engine::Refusal;
use task::TaskState;
use words::partial::PartialDate;
use words::{Day, codes};

codes! {
    /// 節目: where one support ends and another must begin.
    pub enum Stage {
        /// 就学: the April after the sixth birthday (学校教育法 17条; those born on April 1 go with the year before).
        School = "school",
        /// 中学校を出る: nine years later.
        HighSchool = "high_school",
        /// 18歳: from services for children to those for adults (民法 4条, 児童福祉法 4条).
        Adult = "adult",
        /// 20歳: 国民年金 (国民年金法 8条1号).
        Twenty = "twenty",
        /// 40歳: 介護保険の第2号 (介護保険法 9条2号).
        Forty = "forty",
        /// 65歳: from services for disabled people to long-term care (介護保険法 9条1号).
        SixtyFive = "sixty_five",
        /// 要対協の見守りが終わる: no birthday says so; somebody who knows writes it down.
        ProtectionEnds = "protection_ends",
        /// 施設・里親のもとを離れる: written down as well.
        LeavingCare = "leaving_care",
    }

    /// Why what was written down is not so: a code, for reasons in words belong to the record.
    pub enum Why {
        /// 書きまちがい.
        Mistyped = "mistyped",
        /// 日がかわった.
        Moved = "moved",
        /// 来ないことになった.
        NotComing = "not_coming",
    }
}

impl Why {
    /// Whether it is a reason for another day.
    pub const fn corrects(self) -> bool {
        matches!(self, Self::Mistyped | Self::Moved)
    }

    /// Whether it is a reason to take the whole of it back.
    pub const fn takes_back(self) -> bool {
        matches!(self, Self::Mistyped | Self::NotComing)
    }
}

/// Years ahead in which a day can lie that somebody writes down: beyond, it is a slip of the pen (R80 for R8).
pub const YEARS_AHEAD: i64 = 20;

impl Stage {
    /// Those that a birthday says.
    pub const BY_BIRTH: [Self; 6] =
        [Self::School, Self::HighSchool, Self::Adult, Self::Twenty, Self::Forty, Self::SixtyFive];
    /// Those that somebody writes down.
    pub const WRITTEN: [Self; 2] = [Self::ProtectionEnds, Self::LeavingCare];

    /// Whether a birthday says when it comes.
    pub const fn by_birth(self) -> bool {
        !matches!(self, Self::ProtectionEnds | Self::LeavingCare)
    }

    /// Whether the law that it follows counts the age as reached the day before the birthday (年齢計算ニ関スル法律, 民法 143条2項):
    /// 「達する」 in 介護保険法 10条 and 国民年金法 8条. What is joined so begins in the month of that day: for whoever was born on the first of a
    /// month, the month before. Coming of age is kept on the birthday, as everybody says it.
    pub const fn the_day_before(self) -> bool {
        matches!(self, Self::Twenty | Self::Forty | Self::SixtyFive)
    }

    /// Key of the sentence that says which day is meant, where it could be doubted.
    pub const fn which_day(self) -> Option<&'static str> {
        match self {
            Self::Twenty | Self::Forty | Self::SixtyFive => Some("life_stage.the_day_before"),
            Self::Adult => Some("life_stage.the_birthday"),
            Self::School | Self::HighSchool | Self::ProtectionEnds | Self::LeavingCare => None,
        }
    }

    /// Months before it from which its task is made, when the municipality has not said. Nothing: no task.
    pub const fn months(self) -> i64 {
        match self {
            Self::School => 10,
            Self::Adult => 12,
            Self::HighSchool | Self::Twenty | Self::SixtyFive | Self::LeavingCare => 6,
            Self::Forty => 3,
            Self::ProtectionEnds => 2,
        }
    }

    /// Youngest and oldest years of age around it: what bounds the rows that are read.
    pub const fn years(self) -> (i32, i32) {
        match self {
            Self::School => (5, 8),
            Self::HighSchool => (14, 17),
            Self::Adult => (16, 19),
            Self::Twenty => (18, 21),
            Self::Forty => (38, 41),
            Self::SixtyFive => (63, 66),
            Self::ProtectionEnds | Self::LeavingCare => (0, 0),
        }
    }
}

/// When a stage comes. With a part of the birth date missing, the earliest day it can be, and that it is not certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// The earliest day.
    pub on: Day,
    /// The last day it can be.
    pub latest: Day,
}

impl When {
    /// Whether the day is not known exactly.
    pub fn about(self) -> bool {
        self.on != self.latest
    }
}

/// The birthday of this age; whoever was born on 29 February has it on 1 March in other years.
fn birthday(birth: Day, age: i32) -> Day {
    let year = birth.year() + age;
    Day::new(year, birth.month(), birth.day()).or_else(|| Day::new(year, 3, 1)).unwrap_or(birth)
}

/// The day on which this age is reached in law: the day before the birthday, in other years 28 February for whoever was born on the 29th.
fn reached(birth: Day, age: i32) -> Day {
    birthday(birth, age).plus_days(-1)
}

/// 1 April of the year in which somebody enters school. Ages are reached the day before the birthday (年齢計算ニ関スル法律), so
/// whoever was born on 1 April goes with those born in the March before.
fn school(birth: Day) -> Day {
    let early = (birth.month(), birth.day()) <= (4, 1);
    Day::new(birth.year() + if early { 6 } else { 7 }, 4, 1).unwrap_or(birth)
}

fn of_day(stage: Stage, birth: Day) -> Option<Day> {
    Some(match stage {
        Stage::School => school(birth),
        Stage::HighSchool => birthday(school(birth), 9),
        Stage::Adult => birthday(birth, 18),
        Stage::Twenty => reached(birth, 20),
        Stage::Forty => reached(birth, 40),
        Stage::SixtyFive => reached(birth, 65),
        Stage::ProtectionEnds | Stage::LeavingCare => return None,
    })
}

/// When a stage comes for somebody born then.
pub fn when(stage: Stage, birth: PartialDate) -> Option<When> {
    Some(When { on: of_day(stage, birth.earliest())?, latest: of_day(stage, birth.latest())? })
}

/// Whether what is stored is the birthday itself, as days were counted before the law's day was: the same stage, a day later than now. Its task
/// stays and its day is put right.
pub fn counted_late(stage: Stage, stored: When, now: When) -> bool {
    let later = |w: When| (w.on.plus_days(1), w.latest.plus_days(1));
    stage.the_day_before() && (stored.on, stored.latest) == later(now)
}

/// The same day so many months earlier; the last of the month when it has no such day.
pub fn months_before(day: Day, months: i64) -> Day {
    let count = i64::from(day.year()) * 12 + i64::from(day.month()) - 1 - months;
    let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
    let (Ok(year), Ok(month)) = (i32::try_from(year), u32::try_from(month)) else { return day };
    (28..=day.day().max(28)).rev().find_map(|d| Day::new(year, month, d.min(day.day()))).unwrap_or(day)
}

/// Whether its task is to be made today: so many months before, and not when it is over.
pub fn is_time(when: When, months: i64, today: Day) -> bool {
    months > 0 && today <= when.latest && months_before(when.on, months) <= today
}

/// Whether somebody can write down that a stage comes on this day: it is not over, and not further ahead than anybody plans.
pub fn may_lie(on: Day, today: Day) -> Result<(), Refusal> {
    if on < today {
        return Err(Refusal::new("life_stage.past"));
    }
    if on > months_before(today, -12 * YEARS_AHEAD) {
        return Err(Refusal::new("life_stage.too_far").arg("n", YEARS_AHEAD));
    }
    Ok(())
}

/// Whether what was written down can be changed: another day, or none at all. Once taken back it stays so; it is written anew.
pub fn may_change(taken_back: bool, before: Day, after: Option<Day>) -> Result<(), Refusal> {
    if taken_back {
        return Err(Refusal::conflict("life_stage.taken_back_before"));
    }
    if after == Some(before) {
        return Err(Refusal::new("life_stage.same_day"));
    }
    Ok(())
}

/// How its task ends: prepared; or no longer needed, where whoever it is about has died or left.
pub const fn ends_as(there: bool) -> TaskState {
    if there { TaskState::Done } else { TaskState::Cancelled }
}

/// Whether it is still to be shown among what lies ahead: what was written down, however far ahead it lies, and until it is prepared.
pub fn lies_ahead(written: bool, when: When, task_open: bool, today: Day, until: Day) -> bool {
    let ahead = when.latest >= today;
    if written { ahead || task_open } else { ahead && when.on <= until }
}

/// By when to have prepared: a month before, but with a week from now.
pub fn due(when: When, today: Day) -> Day {
    when.on.plus_days(-30).max(today.plus_days(7))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use words::code::Code;

    fn day(y: i32, m: u32, d: u32) -> Day {
        Day::new(y, m, d).unwrap()
    }

    fn on(stage: Stage, birth: &str) -> (String, bool) {
        let when = when(stage, PartialDate::parse_iso(birth).unwrap()).unwrap();
        (when.on.to_string(), when.about())
    }

    #[test]
    fn school_begins_in_the_april_after_the_sixth_birthday() {
        assert_eq!(on(Stage::School, "2020-04-02"), ("2027-04-01".to_owned(), false));
        assert_eq!(on(Stage::School, "2020-04-01"), ("2026-04-01".to_owned(), false));
        assert_eq!(on(Stage::School, "2021-03-31"), ("2027-04-01".to_owned(), false));
        assert_eq!(on(Stage::HighSchool, "2011-04-02"), ("2027-04-01".to_owned(), false));
    }

    #[test]
    fn a_year_or_a_month_gives_the_earliest_day_and_says_so() {
        assert_eq!(on(Stage::Adult, "2009"), ("2027-01-01".to_owned(), true));
        assert_eq!(on(Stage::SixtyFive, "1962-05"), ("2027-04-30".to_owned(), true));
        assert_eq!(on(Stage::School, "2020"), ("2026-04-01".to_owned(), true));
        // A month that lies on one side leaves no doubt about the school year.
        assert_eq!(on(Stage::School, "2020-06"), ("2027-04-01".to_owned(), false));
    }

    #[test]
    fn somebody_born_on_29_february_has_a_birthday_every_year() {
        assert_eq!(on(Stage::Adult, "2008-02-29"), ("2026-03-01".to_owned(), false));
        assert_eq!(on(Stage::Twenty, "2008-02-29"), ("2028-02-28".to_owned(), false));
    }

    #[test]
    fn insurance_and_pension_count_the_day_before_the_birthday() {
        assert_eq!(on(Stage::SixtyFive, "1964-02-29"), ("2029-02-28".to_owned(), false));
        assert_eq!(on(Stage::SixtyFive, "2012-04-01"), ("2077-03-31".to_owned(), false), "the month before");
        assert_eq!(on(Stage::Forty, "1987-04-01"), ("2027-03-31".to_owned(), false));
        assert_eq!(on(Stage::Twenty, "2007-01-01"), ("2026-12-31".to_owned(), false));
        assert_eq!(on(Stage::Twenty, "2007-05-12"), ("2027-05-11".to_owned(), false));
        assert_eq!(on(Stage::Adult, "2009-04-01"), ("2027-04-01".to_owned(), false), "the birthday");
        for stage in Stage::ALL {
            assert!(!stage.the_day_before() || stage.which_day() == Some("life_stage.the_day_before"));
        }
    }

    #[test]
    fn what_was_stored_as_the_birthday_is_known_for_the_same() {
        let at = |d| When { on: day(2027, 2, d), latest: day(2027, 2, d) };
        assert!(counted_late(Stage::SixtyFive, at(2), at(1)));
        assert!(
            !counted_late(Stage::SixtyFive, at(1), at(1)) && !counted_late(Stage::SixtyFive, at(3), at(1))
        );
        assert!(!counted_late(Stage::Adult, at(2), at(1)), "its day is the birthday");
    }

    #[test]
    fn months_before_stay_in_the_month() {
        assert_eq!(months_before(day(2027, 3, 31), 1), day(2027, 2, 28));
        assert_eq!(months_before(day(2027, 1, 15), 12), day(2026, 1, 15));
        assert_eq!(months_before(day(2028, 3, 30), 1), day(2028, 2, 29));
    }

    #[test]
    fn a_task_is_made_in_its_time_and_not_when_it_is_over() {
        let w = When { on: day(2027, 4, 1), latest: day(2027, 4, 1) };
        assert!(!is_time(w, 10, day(2026, 5, 31)) && is_time(w, 10, day(2026, 6, 1)));
        assert!(is_time(w, 10, day(2027, 4, 1)) && !is_time(w, 10, day(2027, 4, 2)));
        assert!(!is_time(w, 0, day(2027, 3, 1)), "switched off");
        let w = When { on: day(2027, 1, 1), latest: day(2027, 12, 31) };
        assert!(is_time(w, 3, day(2027, 6, 1)), "it may still lie ahead");
    }

    #[test]
    fn a_day_that_is_written_lies_within_twenty_years() {
        let today = day(2026, 11, 21);
        let key = |on| may_lie(on, today).map_err(|r| r.key);
        assert_eq!(key(today), Ok(()));
        assert_eq!(key(today.plus_days(-1)), Err("life_stage.past"));
        assert_eq!(key(day(2046, 11, 21)), Ok(()));
        assert_eq!(key(day(2046, 11, 22)), Err("life_stage.too_far"));
        assert_eq!(key(day(2098, 1, 1)), Err("life_stage.too_far"), "R80 for R8");
    }

    #[test]
    fn what_was_taken_back_is_written_anew_and_a_day_changes_to_another() {
        let (before, after) = (day(2027, 3, 31), day(2027, 4, 1));
        assert!(may_change(false, before, Some(after)).is_ok() && may_change(false, before, None).is_ok());
        assert_eq!(may_change(false, before, Some(before)).unwrap_err().key, "life_stage.same_day");
        for to in [None, Some(after)] {
            assert_eq!(may_change(true, before, to).unwrap_err().key, "life_stage.taken_back_before");
        }
        for why in Why::ALL {
            assert!(why.corrects() || why.takes_back(), "{why} is a reason for nothing");
        }
    }

    #[test]
    fn what_was_written_shows_however_far_and_until_it_is_prepared() {
        let (today, until) = (day(2026, 11, 21), day(2027, 11, 21));
        let at = |on| When { on, latest: on };
        let (far, near, over) = (at(day(2040, 4, 1)), at(day(2027, 4, 1)), at(day(2026, 11, 20)));
        assert!(lies_ahead(true, far, false, today, until) && !lies_ahead(false, far, false, today, until));
        assert!(lies_ahead(true, near, false, today, until) && lies_ahead(false, near, false, today, until));
        assert!(lies_ahead(true, over, true, today, until) && !lies_ahead(true, over, false, today, until));
    }

    #[test]
    fn nothing_is_prepared_for_who_is_not_there_any_more() {
        assert_eq!((ends_as(true), ends_as(false)), (TaskState::Done, TaskState::Cancelled));
    }

    proptest! {
        #[test]
        fn what_is_known_better_lies_within_what_was_known(y in 1930_i32..2025, m in 1_u32..13, d in 1_u32..29) {
            let exact = PartialDate::of_day(day(y, m, d));
            for vague in [PartialDate::of_month(y, m).unwrap(), PartialDate::of_year(y).unwrap()] {
                for stage in Stage::ALL.iter().filter(|s| s.by_birth()) {
                    let (e, v) = (when(*stage, exact).unwrap(), when(*stage, vague).unwrap());
                    prop_assert!(v.on <= e.on && e.on <= v.latest && !e.about());
                }
            }
        }

        #[test]
        fn the_years_read_hold_everybody_whose_time_it_is(
            y in 1950_i32..2022, m in 1_u32..13, d in 1_u32..29, ahead in 0_i64..365,
        ) {
            for stage in Stage::ALL.iter().filter(|s| s.by_birth()) {
                let w = when(*stage, PartialDate::of_day(day(y, m, d))).unwrap();
                let today = w.on.plus_days(-ahead);
                let (young, old) = stage.years();
                prop_assert!((today.year() - old..=today.year() - young).contains(&y), "{:?} {}", stage, today);
            }
        }

        #[test]
        fn what_is_due_is_never_past(ahead in 0_i64..400) {
            let today = day(2026, 11, 21);
            let on = today.plus_days(ahead);
            let when = When { on, latest: on };
            prop_assert!(due(when, today) > today);
        }
    }
}
