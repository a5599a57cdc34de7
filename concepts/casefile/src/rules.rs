//! What a case may do next.

pub mod caution;
pub mod ending;
pub mod lead;
pub mod theme;

use consent::Standing;
use engine::Refusal;
use words::{Day, codes};

codes! {
    /// Where a case stands.
    pub enum CaseState {
        /// 支援中.
        Open = "open",
        /// 終結.
        Closed = "closed",
        /// 中断.
        Interrupted = "interrupted",
    }

    /// 関わり段階 of one person. Nobody is forced up the ladder.
    pub enum Engagement {
        /// 未接触.
        NotContacted = "not_contacted",
        /// 拒否.
        Refuses = "refuses",
        /// 様子見.
        Watching = "watching",
        /// 関係構築.
        Building = "building",
        /// 同意.
        Consenting = "consenting",
    }

    /// Why somebody is kept out of a household (disclosure rule 14).
    pub enum ExclusionReason {
        /// 親族.
        Relative = "relative",
        /// 配偶者・交際相手（もとの人も）.
        Partner = "partner",
        /// 近所の人・知人.
        Neighbour = "neighbour",
        /// 利益がぶつかる.
        Conflict = "conflict",
        /// 訴えられている.
        Accused = "accused",
        /// 本人が望まない.
        Asked = "asked",
        /// そのほか.
        Other = "other",
    }

    /// Why a case ends or pauses.
    pub enum EndReason {
        /// 困りごとが落ち着いた.
        Settled = "settled",
        /// ほかの制度・機関が支えている.
        HandedOn = "handed_on",
        /// 転出.
        Moved = "moved",
        /// 死亡（世帯に支える人が残っていない）.
        Died = "died",
        /// 本人が望まない.
        Declined = "declined",
        /// 連絡がとれない（中断）.
        Unreachable = "unreachable",
        /// その他.
        Other = "other",
    }
}

/// `2026-00087`.
pub fn number_text(fiscal_year: i64, number: i64) -> String {
    format!("{fiscal_year}-{number:05}")
}

/// The fiscal year and number of a case number as somebody types it: `2026-00087`, `R8-87`, full-width as well.
pub fn number_in(typed: &str) -> Option<(i64, i64)> {
    let folded = words::fold::fold(typed);
    let (year, number) = folded.split_once('-')?;
    let number = number.trim().parse().ok()?;
    let year =
        year.trim().parse().ok().or_else(|| words::wareki::parse_fiscal_year(year).ok().map(i64::from))?;
    Some((year, number))
}

/// Ends or pauses an open case. The words say what was reached and who keeps an eye; an interruption lists the
/// attempts made (domain section 4.2).
pub fn end(state: CaseState, to: CaseState, words: &str) -> Result<CaseState, Refusal> {
    if state != CaseState::Open {
        return Err(Refusal::new("case.not_open"));
    }
    if to == CaseState::Open {
        return Err(Refusal::new("case.choose_end"));
    }
    if words.trim().is_empty() {
        return Err(Refusal::new("case.ending_words"));
    }
    Ok(to)
}

/// A case is not closed over the head of somebody who is still asked or still at work: whoever waits would wait for
/// ever (domain section 2.4). An interruption leaves them waiting no less.
pub fn nobody_waits(waiting: usize) -> Result<(), Refusal> {
    if waiting == 0 { Ok(()) } else { Err(Refusal::new("case.referral_waits").arg("n", waiting)) }
}

/// A case is not closed or paused over a plan in force: 終結 and 中断 of multi-agency, outreach and participation support need the
/// decision of their own timing, and the plan is where it is used. Support without a plan ends as before.
pub fn plans_ended(in_force: usize) -> Result<(), Refusal> {
    if in_force == 0 { Ok(()) } else { Err(Refusal::new("case.plan_in_force").arg("n", in_force)) }
}

/// A follow-up lies ahead, or is not promised at all.
pub fn follow_up(day: Option<Day>, today: Day) -> Result<(), Refusal> {
    if day.is_some_and(|d| d < today) { Err(Refusal::new("case.follow_up_past")) } else { Ok(()) }
}

/// What is wrong with a support record, if anything: the field and the key of the sentence. Nobody is forced to
/// promise, but a promise has words and a day that lies ahead, and only an open case has promises.
pub fn check_support(
    state: CaseState,
    occurred: Option<Day>,
    promise: &str,
    due: Option<Day>,
    today: Day,
) -> Vec<(&'static str, &'static str)> {
    let mut problems = Vec::new();
    if occurred.is_some_and(|d| d > today) {
        problems.push(("occurred", "date.in_future"));
    }
    if !promise.is_empty() && due.is_none() {
        problems.push(("due", "case.promise_needs_day"));
    }
    if due.is_some_and(|d| d < today) {
        problems.push(("due", "case.promise_past"));
    }
    if due.is_some() && state != CaseState::Open {
        problems.push(("due", "case.promise_when_ended"));
    }
    problems
}

/// A stage of the relation began today or before.
pub(crate) fn since(day: Day, today: Day) -> Result<(), Refusal> {
    if day > today { Err(Refusal::new("date.in_future")) } else { Ok(()) }
}

/// A hint that is set aside says why.
pub(crate) fn say(said: theme::Said, why: Option<theme::WhyAside>) -> Result<(), Refusal> {
    if said == theme::Said::SetAside && why.is_none() { Err(Refusal::new("theme.aside_why")) } else { Ok(()) }
}

/// Somebody is kept out once.
pub fn exclude(already: bool) -> Result<(), Refusal> {
    if already { Err(Refusal::new("case.already_excluded")) } else { Ok(()) }
}

/// Reopens a case that ended or paused.
pub fn reopen(state: CaseState) -> Result<CaseState, Refusal> {
    if state == CaseState::Open { Err(Refusal::new("case.already_open")) } else { Ok(CaseState::Open) }
}

/// What to say in the place of a stage that speaks of a consent when none holds today, as the key of its sentence. A consent ends by its day
/// alone and nobody writes a stage for that: the stage stays as it was written, and whoever looks is told what holds.
pub fn consent_gone(stage: Engagement, consent: Standing) -> Option<&'static str> {
    match (stage, consent) {
        (Engagement::Consenting, Standing::ToCome) => Some("engagement_gone.to_come"),
        (Engagement::Consenting, Standing::Ended) => Some("engagement_gone.ended"),
        (Engagement::Consenting, Standing::Unknown) => Some("engagement_gone.unknown"),
        (_, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::code::Code;

    #[test]
    fn a_stage_that_speaks_of_a_consent_is_true_only_while_one_holds() {
        for stage in Engagement::ALL {
            for consent in Standing::ALL {
                let gone = consent_gone(*stage, *consent);
                let speaks = *stage == Engagement::Consenting && *consent != Standing::Holds;
                assert_eq!(gone.is_some(), speaks, "{stage} {consent}");
            }
        }
        assert_eq!(consent_gone(Engagement::Consenting, Standing::Ended), Some("engagement_gone.ended"));
    }

    #[test]
    fn there_is_a_way_out_of_every_state() {
        for state in CaseState::ALL {
            let out = end(*state, CaseState::Closed, "見守りは民生委員").or_else(|_| reopen(*state));
            assert!(out.is_ok(), "{state} is a trap");
        }
    }

    #[test]
    fn a_case_does_not_end_while_somebody_waits() {
        assert!(nobody_waits(0).is_ok());
        assert_eq!(nobody_waits(2).unwrap_err().key, "case.referral_waits");
        assert!(plans_ended(0).is_ok());
        assert_eq!(plans_ended(1).unwrap_err().key, "case.plan_in_force");
        let today = Day::new(2026, 11, 21).unwrap();
        assert!(follow_up(None, today).is_ok() && follow_up(Some(today), today).is_ok());
        assert!(follow_up(Some(today.plus_days(-1)), today).is_err());
    }

    #[test]
    fn a_promise_has_words_and_a_day_ahead() {
        let today = Day::new(2026, 11, 21).unwrap();
        let (past, ahead) = (Some(today.plus_days(-1)), Some(today.plus_days(3)));
        let check = |state, occurred, promise, due| check_support(state, occurred, promise, due, today);
        assert!(check(CaseState::Open, past, "", None).is_empty());
        assert!(check(CaseState::Open, past, "x", ahead).is_empty());
        assert_eq!(check(CaseState::Open, ahead, "", None), [("occurred", "date.in_future")]);
        assert_eq!(check(CaseState::Open, past, "x", None), [("due", "case.promise_needs_day")]);
        assert_eq!(check(CaseState::Open, past, "", past), [("due", "case.promise_past")]);
        assert_eq!(check(CaseState::Closed, past, "", ahead), [("due", "case.promise_when_ended")]);
        assert!(
            check(CaseState::Closed, past, "", None).is_empty(),
            "a follow-up after closure is written down"
        );
    }

    #[test]
    fn an_ending_says_who_keeps_an_eye() {
        assert_eq!(end(CaseState::Open, CaseState::Closed, " ").unwrap_err().key, "case.ending_words");
        assert_eq!(end(CaseState::Closed, CaseState::Interrupted, "x").unwrap_err().key, "case.not_open");
        assert_eq!(number_text(2026, 87), "2026-00087");
    }

    #[test]
    fn a_case_number_is_read_in_any_width() {
        assert_eq!(number_in("2026-00087"), Some((2026, 87)));
        assert_eq!(number_in("２０２６－００００１"), Some((2026, 1)));
        assert_eq!(
            (number_in("R8-942"), number_in("令和８年度－９４２")),
            (Some((2026, 942)), Some((2026, 942)))
        );
        assert_eq!(number_in("2026"), None);
        assert_eq!(number_in("山田-太郎"), None);
    }
}
