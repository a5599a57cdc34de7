//! テーマの手がかり: 8050, 9060, ヤングケアラー … from what the viewer may see, each with its reason in words. A hint
//! decides nothing: a person confirms it or sets it aside.

use std::collections::BTreeSet;

use words::code::Code;
use words::codes;
use words::partial::AgeRange;

codes! {
    /// The themes.
    pub enum Theme {
        /// 8050.
        E8050 = "e8050",
        /// 9060.
        E9060 = "e9060",
        /// ヤングケアラー.
        YoungCarer = "young_carer",
        /// ダブルケア.
        DoubleCare = "double_care",
        /// ごみ屋敷・家のなか.
        Rubbish = "rubbish",
        /// ひきこもり.
        Hikikomori = "hikikomori",
        /// 不登校.
        SchoolAbsence = "school_absence",
        /// 孤立・孤立死の心配.
        Isolation = "isolation",
    }

    /// Why a hint is set aside.
    pub enum WhyAside {
        /// 確かめたら、ちがった.
        NotSo = "not_so",
        /// もう手を打っている.
        Known = "known",
        /// いまは扱わない.
        NotNow = "not_now",
    }

    /// What somebody said to a hint.
    pub enum Said {
        /// そのとおり.
        Confirmed = "confirmed",
        /// ちがう・いまはよい.
        SetAside = "set_aside",
        /// Taken back: the hint speaks again.
        Open = "open",
    }
}

/// A member as disclosed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The age, as far as known.
    pub age: Option<AgeRange>,
    /// The family tie in words, to the person first recorded; empty when not disclosed.
    pub relation: String,
    /// Whether they live there.
    pub together: bool,
}

/// What lies between two members, as it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bond {
    /// The first is a parent of the second, in whatever way.
    Parent,
    /// The first cares for the second.
    Cares,
    /// A couple, or brothers and sisters: of one generation.
    Beside,
}

/// From which ages on a theme is thought of: the municipality's own (`/admin/themes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// 8050: the parent from.
    pub parent: u32,
    /// 8050: the child from.
    pub child: u32,
    /// 9060: the parent from.
    pub old_parent: u32,
    /// 9060: the child from.
    pub old_child: u32,
    /// ヤングケアラー up to.
    pub carer: u32,
    /// ダブルケア: a small child up to.
    pub small: u32,
    /// 孤立: alone from.
    pub alone: u32,
}

impl Default for Ages {
    fn default() -> Self {
        Self { parent: 75, child: 45, old_parent: 88, old_child: 55, carer: 17, small: 11, alone: 75 }
    }
}

/// What the rules look at: nothing that was not disclosed to whoever looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The ages that count here.
    pub ages: Ages,
    /// Living members.
    pub members: Vec<Member>,
    /// What lies between them, by their places in `members`; what has ended is not among them.
    pub ties: Vec<(Bond, usize, usize)>,
    /// Codes of the matters of consultations.
    pub matters: BTreeSet<String>,
    /// Texts, the newest first.
    pub texts: Vec<String>,
}

/// A hint: its theme, and why, as the key of a sentence with what goes into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The theme.
    pub theme: Theme,
    /// Key of the sentence.
    pub key: &'static str,
    /// What goes into it.
    pub args: Vec<(&'static str, String)>,
}

fn hint(theme: Theme, key: &'static str, args: Vec<(&'static str, String)>) -> Hint {
    Hint { theme, key, args }
}

/// Ties that say "not parent and child", words said of each theme, and what makes another word of one in front: `code,word` on each line. A
/// word is a reason to look, no more.
const WORDS: &str = include_str!("../../data/theme_words.csv");

/// The words of a code.
fn listed(code: &str) -> impl Iterator<Item = &'static str> {
    WORDS
        .lines()
        .filter_map(|line| line.split_once(','))
        .filter(move |(c, _)| *c == code)
        .map(|(_, word)| word)
}

fn of_age(m: &Member, min: u32, max: u32) -> bool {
    m.together && m.age.is_some_and(|a| a.min >= min && a.max <= max)
}

/// The decade of an age, when it is certain.
fn decade(age: AgeRange) -> Option<u32> {
    (age.min / 10 == age.max / 10).then_some(age.min / 10 * 10)
}

/// The hints, each theme at most once: what was recorded between people first, then their ages, then what was consulted and said.
pub fn hints(known: &Known) -> Vec<Hint> {
    let mut found = tied(known);
    found.extend(parent_and_child(known));
    found.extend(young_carer(known));
    found.extend(double_care(known));
    found.extend(alone(known));
    found.extend(matters(known));
    found.extend(said(known));
    let mut seen = BTreeSet::new();
    found.retain(|h| seen.insert(h.theme.code()));
    found
}

/// What was recorded between people is surer than ages and words.
fn tied(known: &Known) -> Vec<Hint> {
    let ties = |kind: Bond| {
        let of = known.ties.iter().filter(move |(bond, ..)| *bond == kind);
        of.filter_map(|(_, a, b)| Some((known.members.get(*a)?, known.members.get(*b)?, *a, *b)))
    };
    let mut found = Vec::new();
    for (parent, child, ..) in ties(Bond::Parent) {
        let Some(theme) = generations(&known.ages, parent, child) else { continue };
        let decades = parent.age.zip(child.age).and_then(|(a, b)| decade(a).zip(decade(b)));
        found.push(match decades {
            Some((a, b)) => {
                let args = vec![("a", a.to_string()), ("b", b.to_string())];
                hint(theme, "theme_why.tied_parent", args)
            }
            None => hint(theme, "theme_why.tied_old_parent", Vec::new()),
        });
    }
    for (carer, _, at, of) in ties(Bond::Cares) {
        if of_age(carer, 6, known.ages.carer) {
            found.push(hint(Theme::YoungCarer, "theme_why.tied_child_cares", Vec::new()));
        }
        let small = |(_, child, parent, who): (_, &Member, usize, usize)| {
            parent == at && who != of && of_age(child, 0, known.ages.small)
        };
        if ties(Bond::Parent).any(small) {
            found.push(hint(Theme::DoubleCare, "theme_why.tied_double", Vec::new()));
        }
    }
    found
}

/// Which of the two an old parent and a grown child under one roof are.
fn generations(ages: &Ages, old: &Member, child: &Member) -> Option<Theme> {
    if of_age(old, ages.old_parent, 130) && of_age(child, ages.old_child, 130) {
        return Some(Theme::E9060);
    }
    (of_age(old, ages.parent, 130) && of_age(child, ages.child, 64)).then_some(Theme::E8050)
}

/// 8050 and 9060 by ages: an old and a middle-aged person under one roof, unless they are known to be of one generation.
fn parent_and_child(known: &Known) -> Option<Hint> {
    let generation = |m: &Member| listed("same_generation").all(|tie| tie != m.relation);
    for (at, old) in known.members.iter().enumerate() {
        for (other, child) in known.members.iter().enumerate() {
            let beside = |(bond, a, b): &(Bond, usize, usize)| {
                *bond == Bond::Beside && [(*a, *b), (*b, *a)].contains(&(at, other))
            };
            if at == other || !generation(old) || !generation(child) || known.ties.iter().any(beside) {
                continue;
            }
            let (Some(a), Some(b)) = (old.age, child.age) else { continue };
            if a.min < b.max + 18 {
                continue;
            }
            let Some(theme) = generations(&known.ages, old, child) else { continue };
            let (Some(a), Some(b)) = (decade(a), decade(b)) else {
                return Some(hint(theme, "theme_why.old_and_middle", Vec::new()));
            };
            let args = vec![("a", a.to_string()), ("b", b.to_string())];
            return Some(hint(theme, "theme_why.parent_and_child", args));
        }
    }
    None
}

fn young_carer(known: &Known) -> Option<Hint> {
    let child = known.members.iter().any(|m| of_age(m, 6, known.ages.carer));
    let care = ["care", "illness_disability"].iter().any(|m| known.matters.contains(*m));
    (child && care).then(|| hint(Theme::YoungCarer, "theme_why.child_and_care", Vec::new()))
}

fn double_care(known: &Known) -> Option<Hint> {
    let has = |m: &str| known.matters.contains(m);
    if has("care") && has("child_rearing") {
        return Some(hint(Theme::DoubleCare, "theme_why.care_and_child", Vec::new()));
    }
    let member = |min, max| known.members.iter().any(|m| of_age(m, min, max));
    (member(0, known.ages.small) && member(75, 130) && member(20, 64))
        .then(|| hint(Theme::DoubleCare, "theme_why.small_and_old", Vec::new()))
}

/// One old person, and nobody else under the roof.
fn alone(known: &Known) -> Option<Hint> {
    let mut there = known.members.iter().filter(|m| m.together);
    let (one, more) = (there.next()?, there.next());
    let age = one.age.filter(|a| a.min >= known.ages.alone)?;
    if more.is_some() {
        return None;
    }
    Some(match decade(age) {
        Some(a) => hint(Theme::Isolation, "theme_why.alone", vec![("a", a.to_string())]),
        None => hint(Theme::Isolation, "theme_why.alone_old", Vec::new()),
    })
}

fn matters(known: &Known) -> Option<Hint> {
    if !known.matters.contains("hikikomori_school") {
        return None;
    }
    // One matter in the town's list: whose age it is tells which of the two.
    let pupil = known.members.iter().any(|m| of_age(m, 6, 17));
    let theme = if pupil { Theme::SchoolAbsence } else { Theme::Hikikomori };
    Some(hint(theme, "theme_why.consulted", Vec::new()))
}

fn said(known: &Known) -> Vec<Hint> {
    Theme::ALL
        .iter()
        .filter_map(|theme| {
            let code = theme.code();
            let word = listed(code).find_map(|w| known.texts.iter().find_map(|t| quoted(t, w, code)))?;
            Some(hint(*theme, "theme_why.said", vec![("word", word.to_owned())]))
        })
        .collect()
}

/// The word as it stands in the text: with what makes another word of it in front. Whoever cares for a grandmother is not said to care for
/// a mother.
fn quoted<'t>(text: &'t str, word: &str, code: &str) -> Option<&'t str> {
    let (before, _) = text.split_once(word)?;
    let parts: Vec<&str> = listed("said_before")
        .filter_map(|l| l.split_once(','))
        .filter(|(c, _)| *c == code)
        .map(|(_, part)| part)
        .collect();
    let mut start = before;
    while let Some(shorter) = parts.iter().find_map(|part| start.strip_suffix(part)) {
        start = shorter;
    }
    text.get(start.len()..before.len() + word.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn member(age: u32, relation: &str) -> Member {
        Member { age: Some(AgeRange { min: age, max: age }), relation: relation.to_owned(), together: true }
    }

    fn family(members: Vec<Member>) -> Known {
        Known { members, ..Known::default() }
    }

    fn themes(known: &Known) -> Vec<&'static str> {
        hints(known).iter().map(|h| h.theme.code()).collect()
    }

    #[test]
    fn an_old_parent_and_a_child_of_fifty() {
        let known = family(vec![member(82, "母"), member(54, "本人")]);
        let found = hints(&known);
        assert_eq!(found[0].theme, Theme::E8050);
        assert_eq!(found[0].key, "theme_why.parent_and_child");
        assert_eq!(found[0].args, vec![("a", "80".to_owned()), ("b", "50".to_owned())]);
        assert_eq!(themes(&family(vec![member(91, "本人"), member(63, "長男")])), ["e9060"]);
        assert_eq!(themes(&family(vec![member(82, "本人"), member(60, "妻")])), [""; 0], "husband and wife");
        assert_eq!(themes(&family(vec![member(82, "本人"), member(79, "妻")])), [""; 0]);
        let mut apart = family(vec![member(82, "母"), member(54, "本人")]);
        apart.members[0].together = false;
        assert_eq!(themes(&apart), [""; 0], "not under one roof");
    }

    #[test]
    fn what_was_recorded_between_people_comes_first() {
        let family =
            |members: Vec<Member>, ties: Vec<(Bond, usize, usize)>| Known { ties, ..family(members) };
        let both = vec![member(82, ""), member(54, "")];
        let found = hints(&family(both.clone(), vec![(Bond::Parent, 0, 1)]));
        assert_eq!((found.len(), found[0].theme, found[0].key), (1, Theme::E8050, "theme_why.tied_parent"));
        // Whoever is known to be a couple, or brother and sister, is no parent and child, whatever their ages.
        assert_eq!(themes(&family(both.clone(), vec![(Bond::Beside, 1, 0)])), [""; 0]);
        let mut apart = both;
        apart[0].together = false;
        assert_eq!(themes(&family(apart, vec![(Bond::Parent, 0, 1)])), [""; 0], "not under one roof");
        let carer = vec![member(14, ""), member(45, ""), member(3, "")];
        let found = hints(&family(carer.clone(), vec![(Bond::Cares, 0, 1)]));
        assert_eq!((found[0].theme, found[0].key), (Theme::YoungCarer, "theme_why.tied_child_cares"));
        assert_eq!(themes(&family(carer.clone(), vec![(Bond::Cares, 1, 0)])), [""; 0]);
        // Cares for the mother, and has a small child.
        let three = vec![member(40, ""), member(70, ""), member(3, "")];
        let ties = vec![(Bond::Cares, 0, 1), (Bond::Parent, 0, 2)];
        assert_eq!(themes(&family(three.clone(), ties)), ["double_care"]);
        // Caring for one's own small child alone is no double care.
        let ties = vec![(Bond::Cares, 0, 2), (Bond::Parent, 0, 2)];
        assert_eq!(themes(&family(three, ties)), [""; 0]);
    }

    #[test]
    fn a_town_sets_its_own_ages() {
        let known = family(vec![member(72, "母"), member(42, "本人")]);
        assert_eq!(themes(&known), [""; 0]);
        let ages = Ages { parent: 70, child: 40, ..Ages::default() };
        assert_eq!(themes(&Known { ages, ..known }), ["e8050"]);
        let known = family(vec![member(70, "本人")]);
        assert_eq!(themes(&Known { ages: Ages { alone: 65, ..Ages::default() }, ..known }), ["isolation"]);
        let care = BTreeSet::from(["care".to_owned()]);
        let known = Known { matters: care, ..family(vec![member(19, "長女"), member(45, "母")]) };
        assert_eq!(themes(&known), [""; 0]);
        assert_eq!(themes(&Known { ages: Ages { carer: 24, ..Ages::default() }, ..known }), ["young_carer"]);
    }

    #[test]
    fn a_range_of_ages_is_not_made_up() {
        let unsure =
            Member { age: Some(AgeRange { min: 70, max: 85 }), relation: String::new(), together: true };
        assert_eq!(themes(&family(vec![unsure, member(54, "")])), [""; 0]);
        let nobody = Member { age: None, relation: String::new(), together: true };
        assert_eq!(themes(&family(vec![nobody, member(54, "")])), [""; 0]);
    }

    #[test]
    fn matters_and_words_are_reasons() {
        let matter = |m: &str| BTreeSet::from([m.to_owned()]);
        let child =
            Known { matters: matter("care"), ..family(vec![member(14, "長女"), member(45, "母")]) };
        assert_eq!(themes(&child), ["young_carer"]);
        let both = BTreeSet::from(["care".to_owned(), "child_rearing".to_owned()]);
        assert_eq!(themes(&Known { matters: both, ..Known::default() }), ["double_care"]);
        let pupil = Known { matters: matter("hikikomori_school"), ..family(vec![member(14, "本人")]) };
        assert_eq!(themes(&pupil), ["school_absence"]);
        let grown = Known { matters: matter("hikikomori_school"), ..family(vec![member(40, "本人")]) };
        assert_eq!(themes(&grown), ["hikikomori"]);
        let said =
            Known { texts: vec!["玄関までごみがたまっている".to_owned()], ..Known::default() };
        assert_eq!(hints(&said)[0].args, vec![("word", "ごみがたま".to_owned())]);
        // Quoted is the whole word, not one that is part of it.
        for (text, word) in [
            ("朝、母の世話で学校におくれる", "母の世話"),
            ("祖母の世話をしていると言う", "祖母の世話"),
            ("曾祖父の世話", "曾祖父の世話"),
            ("祖父母の世話がたいへん", "祖父母の世話"),
            ("幼い兄弟の世話", "兄弟の世話"),
            ("叔母の世話になっている", "叔母の世話"),
            ("毎日母の世話をする", "母の世話"),
        ] {
            let said = Known { texts: vec![text.to_owned()], ..Known::default() };
            assert_eq!(hints(&said)[0].args, vec![("word", word.to_owned())], "{text}");
        }
        assert_eq!(themes(&family(vec![member(84, "本人")])), ["isolation"]);
    }

    fn known() -> impl Strategy<Value = Known> {
        let age = proptest::option::of(
            (0_u32..105, 0_u32..4).prop_map(|(min, more)| AgeRange { min, max: min + more }),
        );
        let tie = proptest::sample::select(vec!["", "本人", "母", "長男", "妻", "兄"]);
        let member = (age, tie, any::<bool>()).prop_map(|(age, tie, together)| Member {
            age,
            relation: tie.to_owned(),
            together,
        });
        let matter = proptest::sample::select(vec!["care", "child_rearing", "hikikomori_school", "income"]);
        (
            proptest::collection::vec(member, 0..6),
            proptest::collection::btree_set(matter.prop_map(str::to_owned), 0..4),
        )
            .prop_map(|(members, matters)| Known { members, matters, ..Known::default() })
    }

    proptest! {
        #[test]
        fn each_theme_once_and_nothing_from_nothing(known in known()) {
            let found = themes(&known);
            let distinct: BTreeSet<_> = found.iter().collect();
            prop_assert_eq!(distinct.len(), found.len());
            let bare = Known { members: known.members.iter().cloned().map(|m| Member { age: None, ..m }).collect(), ..Known::default() };
            prop_assert!(hints(&bare).is_empty(), "without ages, matters and texts there is no reason");
        }

        /// What is not disclosed makes no hint: whoever sees fewer members of other people and no more matters or texts sees no
        /// family hint that needs them.
        #[test]
        fn whoever_does_not_see_the_parent_is_not_told_of_one(known in known()) {
            let without = Known { members: known.members.iter().filter(|m| m.age.is_none_or(|a| a.max < 75)).cloned().collect(), ..known };
            let found = themes(&without);
            prop_assert!(!found.contains(&"e8050") && !found.contains(&"e9060"));
        }

        #[test]
        fn the_order_of_members_does_not_matter(mut known in known()) {
            let before: BTreeSet<_> = themes(&known).into_iter().collect();
            known.members.reverse();
            let after: BTreeSet<_> = themes(&known).into_iter().collect();
            prop_assert!(before.symmetric_difference(&after).all(|t| t.starts_with('e')), "8050 or 9060, whichever comes first");
        }
    }
}
