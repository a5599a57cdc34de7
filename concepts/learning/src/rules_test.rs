//! Tables and properties of the rules.

use super::*;
use proptest::prelude::*;
use std::str::FromStr;

fn user(n: u8) -> UserId {
    UserId::from_str(&format!("00000000-0000-7000-8000-0000000000{n:02x}")).unwrap()
}

fn text(topics: &[&str], tags: &[&str], words: &str) -> Text {
    Text {
        topics: topics.iter().map(|t| (*t).to_owned()).collect(),
        tags: tags.iter().map(|t| (*t).to_owned()).collect(),
        words: words.to_owned(),
    }
}

#[test]
fn nobody_decides_about_their_own() {
    assert!(may_decide(State::Sent, Some(user(1)), user(2)).is_ok());
    assert_eq!(may_decide(State::Sent, Some(user(1)), user(1)).unwrap_err().key, "lesson.own");
    assert!(may_decide(State::Published, Some(user(1)), user(2)).is_err());
    assert!(may_withdraw(State::Published).is_ok() && may_withdraw(State::Returned).is_err());
}

#[test]
fn a_text_that_was_given_back_is_what_the_form_begins_with() {
    let sent = [(3, State::Returned), (2, State::Published), (1, State::Returned)];
    assert_eq!(to_correct(&sent, None), Some(3));
    assert_eq!(to_correct(&sent, Some(1)), Some(1));
    assert_eq!(to_correct(&sent, Some(2)), Some(3), "what stands is not sent again");
    assert_eq!(to_correct(&sent, Some(9)), Some(3), "of another reflection");
    assert_eq!(to_correct(&sent[1..], None), None, "the newest stands");
    assert_eq!(to_correct::<u8>(&[], None), None);
}

#[test]
fn what_gives_a_household_away_is_its_names_and_where_it_lives() {
    let found = giveaways(&["藤沢市湘南台二丁目7番".into()]);
    assert!(found.contains(&"湘南台二丁目".to_owned()), "{found:?}");
    let found = giveaways(&["青木 ハル".into(), "湘南台9丁目9-9".into(), "李".into()]);
    for told in ["青木", "ハル", "青木ハル", "湘南台", "湘南台9丁目9-9"] {
        assert!(found.iter().any(|f| f == told), "{told} in {found:?}");
    }
    assert!(!found.contains(&"李".to_owned()), "one character would be found everywhere");
}

#[test]
fn terms_are_the_words_that_mean_something() {
    let found = terms("８０５０のごみ屋敷で、ヘルパーと生活保護を考えた");
    for term in ["8050", "屋敷", "ヘルパー", "生活保護"] {
        assert!(found.contains(term), "{term} in {found:?}");
    }
    assert_eq!(tags("8050、ごみ屋敷 ８０５０, 経済"), ["8050", "ごみ屋敷", "経済"]);
}

#[test]
fn the_most_alike_stands_first_with_its_reasons() {
    let library = [
        text(&["school"], &["不登校"], "中学生が学校に行けない。先生と話した。"),
        text(
            &["income", "housing"],
            &["8050", "ごみ屋敷"],
            "80代の親と50代の子。家の中に物がたまり、家賃が払えない。",
        ),
        text(&["income"], &["借金"], "収入がなく、家賃が払えない。"),
    ];
    let wanted = text(&["income"], &["8050"], "親の年金でくらす息子。家賃の滞納と、ごみ屋敷。");
    let hits = similar(&wanted, &library);
    assert_eq!(hits.iter().map(|h| h.at).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(hits[0].topics, ["income"]);
    assert!(
        hits[0].words.contains(&"8050".to_owned()) && hits[0].words.contains(&"家賃".to_owned()),
        "{hits:?}"
    );
    assert!(similar(&text(&[], &[], "まったくちがうはなし"), &library).is_empty());
}

proptest! {
    /// Every hit says why, and none scores below the next.
    #[test]
    fn every_hit_has_a_reason(words in prop::collection::vec("[家賃借金学校子親金ヘルパー。の]{0,20}", 0..8), asked in "[家賃借金学校子親金ヘルパー。の]{0,20}") {
        let library: Vec<Text> = words.iter().map(|w| text(&["income"], &[], w)).collect();
        let hits = similar(&text(&[], &[], &asked), &library);
        for pair in hits.windows(2) {
            prop_assert!(pair[0].score >= pair[1].score);
        }
        prop_assert!(hits.iter().all(|h| !h.words.is_empty() || !h.topics.is_empty()));
    }

    /// A case is never less like itself than another is.
    #[test]
    fn a_case_is_most_like_itself(words in prop::collection::vec("[家賃借金学校子親金医療福祉]{4,12}", 1..6), at in 0_usize..6) {
        let library: Vec<Text> = words.iter().map(|w| text(&[], &[], w)).collect();
        let at = at % library.len();
        let hits = similar(&library[at], &library);
        let own = hits.iter().find(|h| h.at == at).map(|h| h.words.len());
        prop_assert!(own.is_some_and(|n| hits.iter().all(|h| h.words.len() <= n.max(6))));
    }

    /// Whatever a household is called, its name is among what gives it away.
    #[test]
    fn a_name_is_always_sought(family in "[一-龠]{2,3}", given in "[ァ-ヴ]{2,4}") {
        let found = giveaways(&[format!("{family} {given}")]);
        for expected in [&family, &given, &format!("{family}{given}")] {
            prop_assert!(found.contains(expected));
        }
    }
}
