//! What may happen to a need, and what a board shows at a glance.

use std::collections::BTreeSet;

use access::{Evidence, Facts, Viewer};
use engine::Refusal;
use words::id::{AgencyId, DeskId};
use words::{Day, Instant, codes};

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
        /// 中身が見られない: the desk was given what it may not read.
        Unseen = "unseen",
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

/// Whether everybody of this desk, with what the desk has and not one person alone (an urgent look, a confidential conference), can
/// read each of these texts now. `staff` are the people of the desk with their seats there; a desk with nobody in it is nobody to warn of.
pub(crate) fn reads(staff: &[Viewer], texts: &[Facts], evidence: &Evidence, now: Instant) -> bool {
    let mut of_the_desk = Evidence { matters: Vec::new(), urgent: Vec::new(), ..evidence.clone() };
    of_the_desk.provisions.retain(|p| p.user.is_none());
    let read = |text: &Facts| {
        let text = std::slice::from_ref(text);
        !access::audience(staff, text, &of_the_desk, now).is_empty()
    };
    staff.is_empty() || texts.iter().all(read)
}

/// Where a part goes that its desk gives back: to the desk that gave it, which has it until it gives it to another. Where the part
/// is needed no more, or another desk has it, nobody has to be told; and whoever it came back to does not give it to the first again
/// by stopping it.
pub(crate) fn goes_back(
    why: WhyStopped,
    holder: DeskId,
    giver: Option<DeskId>,
    came_back: bool,
) -> Option<DeskId> {
    let cannot = matches!(why, WhyStopped::Cannot | WhyStopped::Unseen);
    giver.filter(|giver| cannot && !came_back && *giver != holder)
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

    fn desk(n: u128) -> DeskId {
        DeskId::new(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn what_a_desk_cannot_do_goes_back_to_whoever_gave_it_once() {
        let (holder, giver) = (desk(1), Some(desk(2)));
        for why in [WhyStopped::Cannot, WhyStopped::Unseen] {
            assert_eq!(goes_back(why, holder, giver, false), giver);
            assert_eq!(goes_back(why, holder, giver, true), None, "it came back already");
            assert_eq!(goes_back(why, holder, Some(holder), false), None, "one's own");
            assert_eq!(goes_back(why, holder, None, false), None);
        }
        for why in [WhyStopped::Another, WhyStopped::NotNeeded, WhyStopped::Mistaken] {
            assert_eq!(goes_back(why, holder, giver, false), None);
        }
    }

    fn id<K>(n: u128) -> words::Id<K> {
        words::Id::new(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn a_desk_reads_what_it_wrote_and_what_was_agreed_to() {
        let now = Day::new(2026, 11, 21).map(|d| Instant::at(d, 9, 0)).unwrap();
        let seat = access::Seat {
            appointment: id(1),
            desk: id(2),
            inherited: Vec::new(),
            agency: id(3),
            role: access::Role::Caseworker,
            programme: String::new(),
        };
        let staff = [Viewer {
            municipality: id(4),
            user: id(5),
            seats: vec![seat],
            excluded_from: Vec::new(),
            urgent: Vec::new(),
        }];
        let categories = access::Categories::NONE.with(access::Category::Money);
        let text = |by: u128, about: &[u128]| Facts {
            record: access::RecordRef::entry(id(by + 100)),
            desk: id(by),
            author: None,
            subjects: access::Subjects::Persons(about.iter().map(|n| id(*n)).collect()),
            categories,
            cases: vec![id(6)],
            sent_to_provider: None,
            confided_to: None,
        };
        let consent = access::ConsentFact {
            consent: id(7),
            covers: id(8),
            desk: Some(id(2)),
            agency: None,
            of_field: None,
            categories,
            for_support: true,
            from: now.day(),
            until: None,
            withdrawn_at: None,
            effective_from: Some(now),
        };
        let evidence = Evidence { consents: vec![consent], ..Evidence::default() };
        let sees = |texts: &[Facts]| reads(&staff, texts, &evidence, now);
        assert!(sees(&[text(2, &[9])]), "its own record");
        assert!(sees(&[text(1, &[8])]), "by consent");
        assert!(!sees(&[text(1, &[8, 9])]), "only one of them agreed");
        assert!(!sees(&[text(1, &[8]), text(1, &[9])]), "the need, and not the part");
        assert!(reads(&[], &[text(1, &[9])], &evidence, now), "nobody to warn of");
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
