//! What may happen to a need, and what a board shows at a glance.

use std::collections::BTreeSet;

use engine::Refusal;
use words::id::AgencyId;
use words::{Day, codes};

codes! {
    /// 課題の領域.
    pub enum Area {
        /// 介護.
        Care = "care",
        /// 医療・健康.
        Medical = "medical",
        /// こころ・認知症.
        Mind = "mind",
        /// 障がい.
        Disability = "disability",
        /// お金・くらし向き.
        Money = "money",
        /// 住まい.
        Housing = "housing",
        /// 家のなか・ごみ.
        Living = "living",
        /// こども・子育て.
        Child = "child",
        /// 学び・学校.
        School = "school",
        /// 仕事.
        Work = "work",
        /// 孤立・つながり.
        Isolation = "isolation",
        /// 家族の関係・介護する人の負担.
        Family = "family",
        /// 暴力・虐待・権利.
        Rights = "rights",
        /// その他.
        Other = "other",
    }

    /// Where a need stands.
    pub enum State {
        /// Still a need.
        Open = "open",
        /// かなった.
        Met = "met",
        /// かなわなかった: recorded with its reason as an unmet need.
        Unmet = "unmet",
        /// いらなくなった.
        NotNeeded = "not_needed",
        /// まちがって書いた.
        Mistaken = "mistaken",
    }

    /// Why a need could not be met.
    pub enum WhyUnmet {
        /// 制度・場所がない.
        NoService = "no_service",
        /// 空きがない.
        NoCapacity = "no_capacity",
        /// 対象にならない.
        NotEligible = "not_eligible",
        /// 費用が合わない.
        Cost = "cost",
        /// 遠い・行けない.
        TooFar = "too_far",
        /// 時間が合わない.
        Hours = "hours",
        /// 担い手がいない.
        NoHelper = "no_helper",
        /// 本人・家族が望まない.
        NotWanted = "not_wanted",
        /// その他.
        Other = "other",
    }

    /// Why a need is needed no longer.
    pub enum WhyNot {
        /// ようすが変わった.
        Changed = "changed",
        /// 本人が望まなくなった.
        NotWanted = "not_wanted",
        /// 転出した.
        Moved = "moved",
        /// 亡くなった.
        Died = "died",
        /// ほかの課題とまとめた.
        Joined = "joined",
        /// その他.
        Other = "other",
    }

    /// Why a part is given back.
    pub enum WhyStopped {
        /// ほかの窓口が引きうける.
        Another = "another",
        /// できなくなった.
        Cannot = "cannot",
        /// いらなくなった.
        NotNeeded = "not_needed",
        /// まちがい.
        Mistaken = "mistaken",
    }
}

/// Ends an open need. An unmet one and one that is not needed say why.
pub(crate) fn end(
    from: State,
    to: State,
    unmet: Option<WhyUnmet>,
    not: Option<WhyNot>,
) -> Result<(), Refusal> {
    if from != State::Open {
        return Err(Refusal::new("board.not_open"));
    }
    match to {
        State::Open => Err(Refusal::new("board.choose_end")),
        State::Unmet if unmet.is_none() => Err(Refusal::new("board.unmet_why")),
        State::NotNeeded if not.is_none() => Err(Refusal::new("board.not_needed_why")),
        _ => Ok(()),
    }
}

/// Takes an end back, while the case itself is open.
pub(crate) fn reopen(from: State, case_open: bool) -> Result<(), Refusal> {
    if from == State::Open {
        return Err(Refusal::new("board.is_open"));
    }
    writable(case_open)
}

/// A board of an ended case is for reading: promises belong to open cases.
pub(crate) fn writable(case_open: bool) -> Result<(), Refusal> {
    if case_open { Ok(()) } else { Err(Refusal::new("board.case_ended")) }
}

/// A part has a day that lies ahead, and belongs to an open need.
pub(crate) fn take(state: State, due: Day, today: Day) -> Result<(), Refusal> {
    if state != State::Open {
        return Err(Refusal::new("board.not_open"));
    }
    if due < today { Err(Refusal::new("board.due_past")) } else { Ok(()) }
}

/// One row as the flags see it. Agencies, not desks: a section sits in several programmes with one desk each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its area.
    pub area: Area,
    /// The section that stands for it.
    pub owner: AgencyId,
    /// Who has taken an open part.
    pub takers: Vec<AgencyId>,
}

/// What a board shows at a glance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags {
    /// Open needs of which nobody has taken a part.
    pub nobody: usize,
    /// One section alone holds needs of so many areas.
    pub alone: Option<usize>,
}

/// From how many areas on one section alone is too much for it.
pub const MANY_AREAS: usize = 3;

/// The flags of the open rows a viewer sees.
pub fn flags(open: &[Held]) -> Flags {
    let areas: BTreeSet<&str> = open.iter().map(|r| words::code::Code::code(r.area)).collect();
    let agencies: BTreeSet<AgencyId> =
        open.iter().flat_map(|r| r.takers.iter().copied().chain([r.owner])).collect();
    Flags {
        nobody: open.iter().filter(|r| r.takers.is_empty()).count(),
        alone: (agencies.len() == 1 && areas.len() >= MANY_AREAS).then_some(areas.len()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use words::code::Code as _;

    use super::*;

    fn agency(n: u128) -> AgencyId {
        AgencyId::new(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn every_end_says_what_it_must_and_can_be_taken_back() {
        let key = |to, unmet, not| end(State::Open, to, unmet, not).map_err(|r| r.key);
        assert_eq!(key(State::Open, None, None), Err("board.choose_end"));
        assert_eq!(key(State::Unmet, None, Some(WhyNot::Died)), Err("board.unmet_why"));
        assert_eq!(key(State::NotNeeded, Some(WhyUnmet::Cost), None), Err("board.not_needed_why"));
        assert_eq!(key(State::Met, None, None), Ok(()));
        assert_eq!(key(State::Mistaken, None, None), Ok(()));
        for state in State::ALL.iter().filter(|s| **s != State::Open) {
            assert!(reopen(*state, true).is_ok(), "{state} is a trap");
            assert!(end(*state, State::Met, None, None).is_err());
        }
        assert_eq!(reopen(State::Met, false).unwrap_err().key, "board.case_ended");
    }

    #[test]
    fn a_part_has_a_day_ahead() {
        let today = Day::new(2026, 11, 21).unwrap();
        assert!(take(State::Open, today, today).is_ok());
        assert_eq!(take(State::Open, today.plus_days(-1), today).unwrap_err().key, "board.due_past");
        assert_eq!(take(State::Met, today, today).unwrap_err().key, "board.not_open");
    }

    #[test]
    fn one_section_with_three_areas_is_flagged() {
        let row = |area, owner, takers: &[u128]| Held {
            area,
            owner: agency(owner),
            takers: takers.iter().map(|n| agency(*n)).collect(),
        };
        let two = vec![row(Area::Care, 1, &[1]), row(Area::Money, 1, &[]), row(Area::Care, 1, &[])];
        assert_eq!(flags(&two), Flags { nobody: 2, alone: None }, "two areas");
        let mut three = two.clone();
        three.push(row(Area::Housing, 1, &[1]));
        assert_eq!(flags(&three), Flags { nobody: 2, alone: Some(3) });
        three[0].takers.push(agency(2));
        assert_eq!(flags(&three).alone, None, "somebody else takes a part");
        assert_eq!(flags(&[]), Flags::default());
    }

    fn rows() -> impl Strategy<Value = Vec<Held>> {
        let row = (0..Area::ALL.len(), 1_u128..4, proptest::collection::vec(1_u128..4, 0..3)).prop_map(
            |(area, owner, takers)| Held {
                area: Area::ALL[area],
                owner: agency(owner),
                takers: takers.into_iter().map(agency).collect(),
            },
        );
        proptest::collection::vec(row, 0..8)
    }

    proptest! {
        #[test]
        fn flags_do_not_depend_on_the_order_and_never_say_too_much(mut rows in rows()) {
            let before = flags(&rows);
            rows.reverse();
            prop_assert_eq!(flags(&rows), before);
            prop_assert!(before.nobody <= rows.len());
            if let Some(n) = before.alone {
                prop_assert!(n >= MANY_AREAS && n <= rows.len());
                prop_assert!(rows.iter().all(|r| r.owner == rows[0].owner));
            }
        }

        #[test]
        fn help_from_another_section_ends_the_flag(mut rows in rows(), which in 0_usize..8) {
            if let Some(row) = rows.get_mut(which) {
                row.takers.push(agency(99));
                prop_assert_eq!(flags(&rows).alone, None);
            }
        }

        #[test]
        fn taking_a_part_never_leaves_more_to_nobody(mut rows in rows(), which in 0_usize..8) {
            let before = flags(&rows).nobody;
            if let Some(row) = rows.get_mut(which) {
                row.takers.push(agency(1));
                prop_assert!(flags(&rows).nobody <= before);
            }
        }
    }
}
