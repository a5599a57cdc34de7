//! What may be asked and said without a person in it.

use std::collections::BTreeSet;

use engine::Refusal;
use sheet::personal;
use words::case_number::{Like, Said};
use words::code::Code;
use words::codes;

use crate::links::links;
use crate::traces::traces;

codes! {
    /// How a question ended.
    pub enum Outcome {
        /// 助言した.
        Advised = "advised",
        /// うちではわからない.
        NotUs = "not_us",
        /// 取り下げた.
        Withdrawn = "withdrawn",
    }

    /// Whether it helped, in the words of whoever asked.
    pub enum Helpful {
        /// 役に立った.
        Yes = "yes",
        /// 少し役に立った.
        Partly = "partly",
        /// 役に立たなかった.
        No = "no",
    }
}

/// Characters of a question, and of an answer.
pub const MOST_CHARACTERS: usize = 2_000;

/// What a text seems to hold of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sensed {
    /// Nothing.
    Nothing,
    /// Something with 「さん」 or the like, which may be nobody's name: whoever writes can say so.
    Perhaps(Vec<String>),
    /// A name of the own desk's records, a number, an address, a birth date; in advice also the number of a case: it is not stored.
    Surely(Vec<String>),
}

/// Looks through a text; `known` are names of people the own desk has recorded.
pub fn sense(text: &str, known: &[&str]) -> Sensed {
    let found = personal::find(text, known);
    let words = |titled: bool| -> Vec<String> {
        let of = found.iter().filter(|f| (f.looks.code() == "titled") == titled);
        // A 個人番号 is repeated nowhere; the form refuses it before.
        of.filter(|f| f.looks.code() != "my_number").map(|f| f.words(text)).collect()
    };
    let surely = words(false);
    if !surely.is_empty() {
        return Sensed::Surely(surely);
    }
    let perhaps = words(true);
    if perhaps.is_empty() { Sensed::Nothing } else { Sensed::Perhaps(perhaps) }
}

impl Sensed {
    /// This, and what else was found: surely somebody, and what is perhaps only a word.
    #[must_use]
    pub fn and(self, surely: Vec<String>, perhaps: Vec<String>) -> Self {
        let (mut words, sure) = match self {
            Self::Nothing => (Vec::new(), false),
            Self::Perhaps(words) => (words, false),
            Self::Surely(words) => (words, true),
        };
        let (kept, sure) = if sure || !surely.is_empty() {
            // What may be only a word is asked about when what surely is somebody has gone.
            words = if sure { words } else { Vec::new() };
            (surely, true)
        } else {
            (perhaps, false)
        };
        for word in kept {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        match (words.is_empty(), sure) {
            (true, _) => Self::Nothing,
            (false, true) => Self::Surely(words),
            (false, false) => Self::Perhaps(words),
        }
    }
}

/// Whose cases the numbers known to the checker are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CasesOf {
    /// The household a text is about: few, so that a number of them is hardly that of a notice.
    Household,
    /// The own desks: many.
    Desks,
}

/// The numbers in a text that cases really have (`real`, fiscal year and number), in every form the program prints or finds: those that
/// surely are one of a case, and those that are perhaps a month, the end of a span of years, or of a notice.
pub fn real_numbers(text: &str, real: &[(i64, i64)], of: CasesOf) -> (Vec<String>, Vec<String>) {
    let is_real = |s: &Said| real.contains(&(i64::from(s.year), i64::from(s.number)));
    let (mut surely, mut perhaps) = (Vec::new(), Vec::new());
    for said in words::case_number::said(text).into_iter().filter(is_real) {
        let sure = match said.like {
            Like::Case => true,
            Like::Notice => of == CasesOf::Household,
            Like::Time => false,
        };
        if sure { surely.push(said.words) } else { perhaps.push(said.words) }
    }
    (surely, perhaps)
}

/// Looks through what is asked for advice, or given. The number of a case leads to somebody for whoever has a part in it; it stands in
/// minutes and on notices, where [`sense`] lets it be, and never in a question about nobody: neither one that looks like it, nor one that
/// a case of the own desks really has (`real`), nor a link into records. What may be the number of a notice as well, whoever writes can
/// say; the same of a day, a room, a school or one of the town's areas (`areas`), which lead to somebody together with a story.
pub fn sense_advice(text: &str, known: &[&str], real: &[(i64, i64)], areas: &BTreeSet<String>) -> Sensed {
    let (numbers, traces) = (words::case_number::sense(text), traces(text, areas));
    let (own, perhaps_own) = real_numbers(text, real, CasesOf::Desks);
    let surely = [numbers.surely, own, links(text)];
    let perhaps = [numbers.perhaps, perhaps_own, traces.dates, traces.perhaps];
    sense(text, known).and(surely.concat(), perhaps.concat())
}

/// Whether a text that everybody invited reads names somebody. Those around the table may be named: `present` are their names, and a
/// family name with a title (「佐野さん」) means them. Nobody else is, not even with a title that may be nobody's: there is no field
/// to say so, and it is soon written otherwise.
pub fn names_somebody(sensed: &Sensed, present: &[&str]) -> bool {
    let theirs = |word: &String| {
        present.iter().any(|name| {
            let family = name.split_whitespace().next().unwrap_or_default();
            let bare: String = name.split_whitespace().collect();
            let title = |name: &str| {
                word.strip_prefix(name).is_some_and(|rest| !name.is_empty() && rest.chars().count() <= 3)
            };
            title(family) || title(name) || title(&bare)
        })
    };
    match sensed {
        Sensed::Nothing => false,
        Sensed::Perhaps(words) => !words.iter().all(theirs),
        Sensed::Surely(_) => true,
    }
}

/// Whether a text may be stored; `meant` is the word of whoever writes that no name stands in it.
pub fn may_store(sensed: &Sensed, meant: bool) -> Result<(), Refusal> {
    match sensed {
        Sensed::Nothing => Ok(()),
        Sensed::Perhaps(_) if meant => Ok(()),
        Sensed::Perhaps(_) => Err(Refusal::new("advice.perhaps_somebody")),
        Sensed::Surely(_) => Err(Refusal::new("advice.somebody")),
    }
}

/// Advice is given once, while it is asked for.
pub fn may_answer(outcome: Option<Outcome>) -> Result<(), Refusal> {
    match outcome {
        None => Ok(()),
        Some(Outcome::Withdrawn) => Err(Refusal::new("advice.is_withdrawn")),
        Some(_) => Err(Refusal::new("advice.is_answered")),
    }
}

/// Thanks come after an answer, and end it.
pub fn may_thank(outcome: Option<Outcome>, closed: bool) -> Result<(), Refusal> {
    match outcome {
        Some(Outcome::Advised | Outcome::NotUs) if !closed => Ok(()),
        None => Err(Refusal::new("advice.no_answer_yet")),
        _ => Err(Refusal::new("advice.is_closed")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nobody_but_those_around_the_table_is_named() {
        let named = |text: &str, known: &[&str]| names_somebody(&sense(text, known), &["佐野 美紀", "山根"]);
        assert!(!named("佐野さんから説明。皆さん了承。山根さんが続ける。", &[]));
        assert!(!named("佐野美紀さんから説明。", &[]));
        assert!(named("橋本 芳雄さんのことは次回。", &[]));
        assert!(named("佐野さんと橋本さん。", &[]));
        assert!(named("佐野さんの件", &["佐野さん"]), "what is recorded is somebody");
        assert!(named("電話は 090-1234-5678", &[]));
    }

    #[test]
    fn names_numbers_and_places_are_not_stored() {
        let stored = |text: &str, meant| may_store(&sense(text, &["青木ハル"]), meant).is_ok();
        assert!(stored("ひきこもりの家族に、はじめに何を話しますか。", false));
        assert!(!stored("青木ハルのことで", true), "a name the desk knows");
        assert!(!stored("090-1234-5678 に電話しました", true));
        assert!(!stored("湘南台9丁目9番9号の家です", true));
        assert!(!stored("田中さんのことで", false));
        assert!(stored("田中さんのことで", true), "somebody must be able to say that it is no name");
    }

    #[test]
    fn the_number_of_a_case_is_somebody_in_advice_and_a_number_in_minutes() {
        let nowhere = BTreeSet::new();
        let sense_advice = |text: &str| sense_advice(text, &[], &[], &nowhere);
        let stored = |text: &str| may_store(&sense_advice(text), true).is_ok();
        for text in ["2026-01067のことで", "R8-1067のことで", "令和8年度01067号のことで"] {
            assert!(!stored(text), "{text}");
            assert_eq!(sense(text, &[]), Sensed::Nothing, "{text}");
        }
        // A notice has a number, too: it is asked once, and goes.
        let notice = sense_advice("令和6年度第15号の通知のとおりでよいですか");
        assert_eq!(notice, Sensed::Perhaps(vec!["令和6年度第15".to_owned()]));
        assert!(may_store(&notice, false).is_err() && may_store(&notice, true).is_ok());
        assert_eq!(
            sense_advice("田中さん、令和8年度第12号"),
            Sensed::Perhaps(vec!["田中さん".to_owned(), "令和8年度第12".to_owned()])
        );
        assert!(stored("2026-11-21に聞きました。80代の親と50代の子です。"));
        assert_eq!(
            sense_advice("田中さん、2026-01067、090-1234-5678"),
            Sensed::Surely(vec!["090-1234-5678".to_owned(), "2026-01067".to_owned()])
        );
    }

    #[test]
    fn a_number_that_a_case_really_has_is_somebody_in_every_form() {
        let real = [(2024, 68), (2024, 11)];
        for text in
            ["R6-68", "R6-068", "2024-68", "令和6年度の68番", "No.68/2024", "二〇二四－六八", "Ｒ６－６８"]
        {
            for of in [CasesOf::Household, CasesOf::Desks] {
                assert_eq!(real_numbers(text, &real, of).0.len(), 1, "{text}");
            }
            assert!(may_store(&sense_advice(text, &[], &real, &BTreeSet::new()), true).is_err(), "{text}");
            assert_eq!(
                real_numbers(text, &[(2024, 69), (2023, 68)], CasesOf::Household).0,
                [""; 0],
                "{text}"
            );
        }
        // A notice has a number as well, and a month is none.
        let notice = "令和6年度第68号の通知";
        assert_eq!(real_numbers(notice, &real, CasesOf::Household).0, ["令和6年度第68"]);
        assert_eq!(real_numbers(notice, &real, CasesOf::Desks).1, ["令和6年度第68"]);
        assert_eq!(
            real_numbers("2024-11から", &real, CasesOf::Household),
            (vec![], vec!["2024-11".to_owned()])
        );
        assert!(may_store(&sense_advice("R6-99のこと", &[], &real, &BTreeSet::new()), true).is_ok());
    }

    #[test]
    fn what_is_found_is_put_together() {
        let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let perhaps = Sensed::Perhaps(words(&["田中さん"]));
        assert_eq!(
            perhaps.clone().and(vec![], words(&["辻堂"])),
            Sensed::Perhaps(words(&["田中さん", "辻堂"]))
        );
        assert_eq!(perhaps.and(words(&["R6-68"]), words(&["辻堂"])), Sensed::Surely(words(&["R6-68"])));
        let surely = Sensed::Surely(words(&["青木ハル"]));
        assert_eq!(
            surely.and(words(&["R6-68", "R6-68"]), vec![]),
            Sensed::Surely(words(&["青木ハル", "R6-68"]))
        );
        assert_eq!(Sensed::Nothing.and(vec![], vec![]), Sensed::Nothing);
    }

    #[test]
    fn a_link_and_a_name_in_latin_letters_are_found() {
        let sensed = |text: &str| sense_advice(text, &[], &[], &BTreeSet::new());
        assert!(matches!(sensed("/cases/019f1608-cd80 を見てください"), Sensed::Surely(_)));
        for text in ["Ueda Naokiの父", "9/14に来た", "さくら荘二〇一号室", "十九年七月十五日生まれ"]
        {
            assert!(matches!(sensed(text), Sensed::Perhaps(_)), "{text}");
        }
        assert_eq!(sensed("DV、ADHDとPTSDのある人"), Sensed::Nothing);
    }

    #[test]
    fn where_somebody_lives_learns_or_is_treated_is_asked_about() {
        let areas: BTreeSet<String> = ["湘南台".to_owned()].into();
        for text in [
            "湘南台の母です",
            "グリーンハイム408の世帯",
            "藤沢市民病院に通う",
            "若草中学校の2年生",
            "9月14日に来所した",
            "2026-09-14に来所した",
        ] {
            let sensed = sense_advice(text, &[], &[], &areas);
            assert!(
                may_store(&sensed, false).is_err() && may_store(&sensed, true).is_ok(),
                "{text}: {sensed:?}"
            );
        }
        let plain = "80代の親と50代の子で、病院にも学校にも行けない家に、はじめに何を話しますか";
        assert_eq!(sense_advice(plain, &[], &[], &areas), Sensed::Nothing);
    }

    #[test]
    fn an_answer_is_given_once_and_thanked_once() {
        assert!(may_answer(None).is_ok() && may_answer(Some(Outcome::Advised)).is_err());
        assert!(may_answer(Some(Outcome::Withdrawn)).is_err());
        assert!(may_thank(None, false).is_err() && may_thank(Some(Outcome::Withdrawn), true).is_err());
        assert!(
            may_thank(Some(Outcome::NotUs), false).is_ok()
                && may_thank(Some(Outcome::Advised), true).is_err()
        );
    }

    proptest! {
        /// Whatever stands around a number, it is not stored, also when somebody insists.
        #[test]
        fn a_telephone_number_never_gets_through(before in "[ぁ-ん、。]{0,12}", after in "[ぁ-ん、。]{0,12}", meant: bool) {
            let text = format!("{before} 090-1234-5678 {after}");
            prop_assert!(may_store(&sense(&text, &[]), meant).is_err());
        }
    }
}
