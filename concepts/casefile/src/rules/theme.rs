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

/// What the rules look at: nothing that was not disclosed to whoever looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Living members.
    pub members: Vec<Member>,
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

/// Ties that say "not parent and child", and words said of each theme: `code,word` on each line. A word is a reason to look, no
/// more.
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

/// The hints, each theme at most once: what the family is before what was said.
pub fn hints(known: &Known) -> Vec<Hint> {
    let mut found = Vec::new();
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

/// 8050 and 9060: an old parent and a middle-aged child under one roof.
fn parent_and_child(known: &Known) -> Option<Hint> {
    let generation = |m: &Member| listed("same_generation").all(|tie| tie != m.relation);
    for (at, old) in known.members.iter().enumerate() {
        for (other, child) in known.members.iter().enumerate() {
            if at == other || !generation(old) || !generation(child) {
                continue;
            }
            let (Some(a), Some(b)) = (old.age, child.age) else { continue };
            if a.min < b.max + 18 {
                continue;
            }
            let theme = if of_age(old, 88, 130) && of_age(child, 55, 130) {
                Theme::E9060
            } else if of_age(old, 75, 130) && of_age(child, 45, 64) {
                Theme::E8050
            } else {
                continue;
            };
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
    let child = known.members.iter().any(|m| of_age(m, 6, 17));
    let care = ["care", "illness_disability"].iter().any(|m| known.matters.contains(*m));
    (child && care).then(|| hint(Theme::YoungCarer, "theme_why.child_and_care", Vec::new()))
}

fn double_care(known: &Known) -> Option<Hint> {
    let has = |m: &str| known.matters.contains(m);
    if has("care") && has("child_rearing") {
        return Some(hint(Theme::DoubleCare, "theme_why.care_and_child", Vec::new()));
    }
    let member = |min, max| known.members.iter().any(|m| of_age(m, min, max));
    (member(0, 11) && member(75, 130) && member(20, 64))
        .then(|| hint(Theme::DoubleCare, "theme_why.small_and_old", Vec::new()))
}

/// One old person, and nobody else under the roof.
fn alone(known: &Known) -> Option<Hint> {
    let mut there = known.members.iter().filter(|m| m.together);
    let (one, more) = (there.next()?, there.next());
    let age = one.age.filter(|a| a.min >= 75)?;
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
            let word = listed(code).find(|w| known.texts.iter().any(|t| t.contains(w)))?;
            Some(hint(*theme, "theme_why.said", vec![("word", word.to_owned())]))
        })
        .collect()
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
            .prop_map(|(members, matters)| Known { members, matters, texts: Vec::new() })
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
