//! Ties that are seldom so: far more often a slip of the hand than a fact. They are asked, each with a tick, and never refused, because
//! what families are is odder than any rule.

use words::id::PersonId;
use words::partial::PartialDate;
use words::{Day, codes};

use crate::tie::{NewTie, TieKind};

codes! {
    /// What is asked before a tie is written.
    pub enum Odd {
        /// A couple of whom one is the parent of the other.
        ParentAndChild = "parent_and_child",
        /// A couple of brothers and sisters.
        BrotherAndSister = "brother_and_sister",
        /// A couple of whom one is under sixteen.
        Young = "young",
        /// A marriage of somebody whose other marriage lasts.
        MarriedAlready = "married_already",
        /// Brothers and sisters of whom one is the parent of the other.
        ParentAndSibling = "parent_and_sibling",
        /// Somebody new of the same name as somebody who is there, and not surely born on another day.
        Twice = "twice",
    }
}

/// Younger than any age at which somebody could marry here (民法731条, before 2022 as after).
const MARRIES: u32 = 16;

/// What of a tie is seldom so beside those that stand, of people and ties that its writer may see. Of each person their birth and whether
/// they died.
pub fn odd(
    tie: &NewTie,
    standing: &[&NewTie],
    about: impl Fn(Option<PersonId>) -> (Option<PartialDate>, bool),
    today: Day,
) -> Vec<Odd> {
    let couple = |t: &NewTie| TieKind::COUPLES.contains(&t.kind);
    let parent = |t: &NewTie| TieKind::PARENTS.contains(&t.kind);
    let sibling = |t: &NewTie| t.kind == TieKind::Sibling;
    let same = |t: &NewTie| (t.a, t.b) == (tie.a, tie.b) || (t.b, t.a) == (tie.a, tie.b);
    // Somebody new has nothing beside this tie.
    let both = tie.a.is_some() && tie.b.is_some();
    let among = |is: &dyn Fn(&NewTie) -> bool| {
        is(tie) || (both && standing.iter().any(|other| same(other) && is(other)))
    };
    let born_of = |child: Option<PersonId>| {
        standing.iter().filter(move |t| t.kind == TieKind::Parent && t.b == child).map(|t| t.a)
    };
    // Adopted sons marry daughters of the house: only those who are born of one parent are meant.
    let of_one = both && born_of(tie.a).any(|p| born_of(tie.b).any(|q| p == q));
    let young = || {
        let on = tie.from.map_or(today, PartialDate::latest).min(today);
        let under = |who| about(who).0.is_some_and(|birth| birth.age_on(on).max < MARRIES);
        under(tie.a) || under(tie.b)
    };
    let found = [
        (Odd::ParentAndChild, among(&couple) && among(&parent)),
        (Odd::BrotherAndSister, among(&couple) && (among(&sibling) || (couple(tie) && of_one))),
        (Odd::Young, couple(tie) && young()),
        (Odd::MarriedAlready, married(tie, today) && married_to_another(tie, standing, about, today)),
        (Odd::ParentAndSibling, among(&sibling) && among(&parent)),
    ];
    // What stood before was asked when it was written.
    let new = couple(tie) || parent(tie) || sibling(tie);
    found.into_iter().filter(|(_, is)| new && *is).map(|(odd, _)| odd).collect()
}

fn married(tie: &NewTie, today: Day) -> bool {
    matches!(tie.kind, TieKind::Spouse | TieKind::Separated)
        && tie.until.is_none_or(|until| until.latest() >= today)
}

fn married_to_another(
    tie: &NewTie,
    standing: &[&NewTie],
    about: impl Fn(Option<PersonId>) -> (Option<PartialDate>, bool),
    today: Day,
) -> bool {
    let lives = |who: Option<PersonId>| !about(who).1;
    let other = |t: &NewTie, who: Option<PersonId>| if t.a == who { t.b } else { t.a };
    [tie.a, tie.b].into_iter().flatten().any(|who| {
        let who = Some(who);
        let of = |t: &&&NewTie| married(t, today) && (t.a == who || t.b == who);
        lives(who)
            && standing.iter().filter(of).any(|t| other(t, who) != other(tie, who) && lives(other(t, who)))
    })
}

/// Whether somebody new seems to be there already: the same name, and births that can be the same.
pub fn twice<'n>(
    (name, birth): (&str, Option<PartialDate>),
    known: impl IntoIterator<Item = (&'n str, Option<PartialDate>)>,
) -> bool {
    let key = words::name::name_key(name);
    let apart = |a: PartialDate, b: PartialDate| a.latest() < b.earliest() || b.latest() < a.earliest();
    !key.is_empty()
        && known.into_iter().any(|(other, born)| {
            words::name::name_key(other) == key && !birth.zip(born).is_some_and(|(a, b)| apart(a, b))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        Day::new(2026, 11, 23).unwrap()
    }

    fn who(n: u128) -> PersonId {
        words::Id::new(uuid::Uuid::from_u128(n))
    }

    fn tie(kind: TieKind, a: Option<PersonId>, b: Option<PersonId>) -> NewTie {
        NewTie { kind, a, b, outside: None, from: None, until: None, categories: 0 }
    }

    #[test]
    fn what_is_seldom_so_is_asked() {
        use TieKind::{AdoptiveParent, Close, Divorced, Parent, Sibling, Spouse};
        let [father, mother, son, daughter] = [1, 2, 3, 4].map(|n| Some(who(n)));
        let family = [
            tie(Parent, father, son),
            tie(Parent, mother, son),
            tie(Parent, mother, daughter),
            tie(Spouse, father, mother),
        ];
        let standing: Vec<&NewTie> = family.iter().collect();
        let about = |of: Option<PersonId>| match of {
            of if of == son || of == daughter => (PartialDate::of_year(2015), false),
            _ => (PartialDate::of_year(1980), false),
        };
        let asked = |new: &NewTie| odd(new, &standing, about, today());
        assert_eq!(
            asked(&tie(Spouse, daughter, mother)),
            [Odd::ParentAndChild, Odd::Young, Odd::MarriedAlready]
        );
        assert_eq!(asked(&tie(Divorced, son, daughter)), [Odd::BrotherAndSister, Odd::Young]);
        assert_eq!(asked(&tie(Sibling, son, mother)), [Odd::ParentAndSibling]);
        assert_eq!(asked(&tie(Parent, mother, father)), [Odd::ParentAndChild]);
        assert_eq!(asked(&tie(Spouse, father, None)), [Odd::MarriedAlready]);
        for usual in [
            tie(Divorced, father, None),
            tie(AdoptiveParent, father, daughter),
            tie(Sibling, son, None),
            tie(Close, son, mother),
            tie(Parent, None, father),
        ] {
            assert!(asked(&usual).is_empty(), "{usual:?}");
        }
        // A marriage that is over, and one that death ended.
        let over = NewTie { until: PartialDate::of_year(2020), ..tie(Spouse, father, mother) };
        assert!(odd(&tie(Spouse, father, None), &[&over], about, today()).is_empty());
        let widowed = |of| if of == mother { (None, true) } else { about(of) };
        assert!(odd(&tie(Spouse, father, None), &standing, widowed, today()).is_empty());
        // They were of age when they married, as far as is known.
        let later = NewTie { from: PartialDate::of_year(2000), ..tie(Spouse, Some(who(5)), Some(who(6))) };
        assert!(odd(&later, &[], |_| (PartialDate::of_year(1984), false), today()).is_empty());
        assert_eq!(odd(&later, &[], |_| (PartialDate::of_year(1990), false), today()), [Odd::Young]);
    }

    #[test]
    fn the_same_new_person_twice() {
        let year = PartialDate::of_year;
        let known = [("田中 剛", year(1975))];
        for (name, birth, there) in [
            ("田中　剛", year(1975), true),
            ("田中 剛", None, true),
            ("田中 剛", year(2001), false),
            ("田中 蓮", year(1975), false),
            ("", None, false),
        ] {
            assert_eq!(twice((name, birth), known), there, "{name} {birth:?}");
        }
    }
}
