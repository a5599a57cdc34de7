//! # Where a text calls somebody
//! The names by which somebody may stand in a text, and the places where one of them does, compared by the keys of the search: variants
//! and old forms, any kana, readings for one half of the name, the two halves the other way round, marks between the characters, Latin
//! letters.
//!
//! A family name alone and a given name alone are no name here: they are words, too. Neither is a form so short that it stands in words
//! everybody writes.

use crate::fold::{fold, fold_reading, is_hyphen_like, is_invisible, is_kana, is_variation_selector};
use crate::kana;
use crate::name::PersonName;
use std::collections::BTreeSet;

/// Characters of a reading, and of a name half read, from which it is somebody's.
pub const LEAST_READING: usize = 4;
/// Characters of a name the other way round from which it is somebody's; of one in kana [`LEAST_READING`] and one more: 森 大 is no 大森.
const LEAST_SWAPPED: usize = 3;
/// Characters of a name from which marks between its characters do not hide it: 林 一 is no 「林・一人」.
const LEAST_HIDDEN: usize = 3;
/// Characters of a written name that also a comma or a bracket does not hide.
const LEAST_LOOSE: usize = 4;
/// Letters of a name in Latin letters from which it is somebody's.
const LEAST_LATIN: usize = 6;

/// Every way in which somebody is called in full: as it is written, as it is read, the one half written and the other read, the given
/// name first, and in Latin letters. The written name comes first.
pub fn forms(name: &PersonName) -> Vec<String> {
    let reading = name.reading.as_deref().unwrap_or_default();
    let length = |form: &str| fold_reading(form).chars().count();
    let mut found = vec![name.written.clone()];
    let mut add = |form: String, least: usize| {
        if length(&form) >= least && !found.contains(&form) {
            found.push(form);
        }
    };
    add(reading.to_owned(), LEAST_READING);
    let (written, read) = (halves(&name.written), halves(reading));
    if let (Some([family, given]), Some([read_family, read_given])) = (written, read) {
        for (family, given) in [(family, read_given), (read_family, given)] {
            add(format!("{family} {given}"), LEAST_READING);
            add(format!("{given} {family}"), LEAST_READING + 1);
        }
    }
    if let Some([family, given]) = written {
        let kana = name.written.chars().all(|c| is_kana(c) || c.is_whitespace());
        add(format!("{given} {family}"), if kana { LEAST_READING + 1 } else { LEAST_SWAPPED });
    }
    if let Some([family, given]) = read {
        add(format!("{given} {family}"), LEAST_READING + 1);
        if let (Some(family), Some(given)) = (kana::latin(family), kana::latin(given)) {
            for (family, given) in [(short(&family), short(&given)), (family, given)] {
                add(format!("{family} {given}"), LEAST_LATIN);
                add(format!("{given} {family}"), LEAST_LATIN);
            }
        }
    }
    found
}

/// Family and given name; `None` of anything else.
fn halves(name: &str) -> Option<[&str; 2]> {
    let mut parts = name.split_whitespace();
    let halves = [parts.next()?, parts.next()?];
    parts.next().is_none().then_some(halves)
}

/// Latin letters without long vowels, as most people write their own name: Ito for Itou.
fn short(latin: &str) -> String {
    ["ou", "oo", "uu"]
        .iter()
        .zip(["o", "o", "u"])
        .fold(latin.to_lowercase(), |s, (long, short)| s.replace(long, short))
}

/// A text, ready to be asked for names.
#[derive(Debug)]
pub struct Heard {
    chars: Vec<char>,
    /// The key of all of it.
    whole: String,
    /// Pieces between the ends of sentences.
    loose: Vec<Piece>,
    /// Pieces between commas and brackets as well.
    tight: Vec<Piece>,
}

/// A piece of a text, by the places of its characters, and its keys.
#[derive(Debug)]
struct Piece {
    at: Vec<usize>,
    keys: [String; 2],
}

/// The two keys by which names are compared, without what is no letter: the second knows long vowels.
const KEYS: [fn(&str) -> String; 2] =
    [|text| fold(text).chars().filter(|c| c.is_alphanumeric()).collect(), fold_reading];

impl Heard {
    /// Prepares a text.
    pub fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let pieces = |ends: fn(char) -> bool| {
            let mut found = Vec::new();
            for piece in chars.iter().enumerate().collect::<Vec<_>>().split(|(_, c)| ends(**c)) {
                let bare: Vec<usize> =
                    piece.iter().filter(|(_, c)| !between(**c)).map(|(at, _)| *at).collect();
                let whole: Vec<usize> = piece.iter().map(|(at, _)| *at).collect();
                let hidden = bare.len() < whole.len();
                found.push(Piece::new(&chars, whole));
                if hidden {
                    found.push(Piece::new(&chars, bare));
                }
            }
            found
        };
        let (loose, tight) = (pieces(ends_a_sentence), pieces(ends_a_phrase));
        Self { whole: fold(text), chars, loose, tight }
    }

    /// What a name that stands in it begins and ends with: its letters, and its syllables in pairs, each once and apart. For narrowing
    /// down who is compared with [`Self::names`].
    pub fn letters_and_pairs(&self) -> (String, String) {
        let keys = || self.loose.iter().flat_map(|p| &p.keys);
        let letters: BTreeSet<char> = keys().flat_map(|key| key.chars()).chain(self.whole.chars()).collect();
        let read = |c: char| is_kana(c) || c.is_ascii_alphanumeric();
        let mut pairs: BTreeSet<[char; 2]> = BTreeSet::new();
        for key in keys() {
            let key: Vec<char> = key.chars().collect();
            for pair in key.windows(2).filter(|pair| pair.iter().all(|c| read(*c))) {
                pairs.insert([pair[0], pair[1]]);
            }
            // As they are read when a name begins there: before it a long vowel may have swallowed the first.
            for three in key.windows(3).filter(|three| three.iter().all(|c| is_kana(*c))) {
                let begins: Vec<char> = fold_reading(&three.iter().collect::<String>()).chars().collect();
                if let [first, second, ..] = begins[..] {
                    pairs.insert([first, second]);
                }
            }
        }
        let pairs: Vec<String> = pairs.into_iter().map(String::from_iter).collect();
        (letters.into_iter().collect(), pairs.join("\n"))
    }

    /// Whether a name in Latin letters can stand in it.
    pub fn has_latin(&self) -> bool {
        let long = |word: &str| word.len() >= LEAST_LATIN;
        self.loose.iter().any(|p| p.keys[0].split(|c: char| !c.is_ascii_lowercase()).any(long))
    }

    /// Where a form of a name stands: first character, and the character behind the last. Nothing of one that is too short to be sought
    /// behind marks.
    pub fn places(&self, form: &str) -> Vec<(usize, usize)> {
        let Some((wanted, pieces)) = self.sought(form) else { return Vec::new() };
        let mut found: Vec<(usize, usize)> = Vec::new();
        for piece in pieces {
            for (key, form) in wanted.iter().enumerate().filter(|(_, form)| !form.is_empty()) {
                for (at, _) in piece.keys[key].match_indices(form) {
                    let from = piece.keys[key][..at].chars().count();
                    found.extend(piece.place(&self.chars, key, from, from + form.chars().count()));
                }
            }
        }
        // A name in Latin letters is no part of a longer word.
        let apart =
            |at: Option<usize>| !at.and_then(|at| self.chars.get(at)).is_some_and(char::is_ascii_alphabetic);
        found.retain(|(from, to)| !form.is_ascii() || apart(from.checked_sub(1)) && apart(Some(*to)));
        found.sort_unstable();
        // One place is found by both keys, and with and without the marks.
        found.dedup_by(|later, first| later.0 < first.1);
        found
    }

    /// Whether somebody is named in it: in any of the [`forms`], or as they are written, however short that is.
    pub fn names(&self, name: &PersonName) -> bool {
        let written = fold(&name.written);
        let calls = |form: &String| {
            self.sought(form).is_some_and(|(wanted, pieces)| {
                pieces.iter().any(|p| p.keys.iter().zip(&wanted).any(|(key, form)| key.contains(form)))
            })
        };
        written.chars().count() > 1 && self.whole.contains(&written)
            || forms(name).iter().any(|form| calls(form) && !self.places(form).is_empty())
    }

    /// The keys of a form and the pieces it is sought in.
    fn sought(&self, form: &str) -> Option<([String; 2], &[Piece])> {
        let wanted = KEYS.map(|key| key(form));
        let length = wanted[0].chars().count();
        let kana = wanted[0].chars().any(is_kana);
        let pieces = if !kana && length >= LEAST_LOOSE { &self.loose } else { &self.tight };
        (length >= LEAST_HIDDEN).then_some((wanted, pieces))
    }
}

impl Piece {
    fn new(chars: &[char], at: Vec<usize>) -> Self {
        let text: String = at.iter().map(|n| chars[*n]).collect();
        Self { keys: KEYS.map(|key| key(&text)), at }
    }

    /// Where the characters of a key stand in the text.
    fn place(&self, chars: &[char], key: usize, from: usize, to: usize) -> Option<(usize, usize)> {
        let lengths: Vec<usize> = (0..=self.at.len()).collect();
        let of = |length: usize| {
            let text: String = self.at[..length].iter().map(|n| chars[*n]).collect();
            KEYS[key](&text).chars().count()
        };
        let first = lengths.partition_point(|n| of(*n) <= from).checked_sub(1)?;
        let mut last = lengths.partition_point(|n| of(*n) < to).min(self.at.len());
        // A mark of the last character belongs to it.
        while self.at.get(last).is_some_and(|n| is_variation_selector(chars[*n]) || is_voicing(chars[*n])) {
            last += 1;
        }
        Some((*self.at.get(first)?, self.at.get(last.checked_sub(1)?)? + 1))
    }
}

/// Whether a character is a voicing mark that stands apart.
fn is_voicing(c: char) -> bool {
    matches!(c, '\u{3099}'..='\u{309c}' | '\u{ff9e}' | '\u{ff9f}')
}

/// Whether a character may stand between those of a name and hide it. The long-vowel mark is a letter.
fn between(c: char) -> bool {
    let long = matches!(c, '\u{30fc}' | '\u{ff70}');
    !long
        && (c.is_whitespace()
            || is_invisible(c)
            || is_hyphen_like(c)
            || !(c.is_alphanumeric() || is_voicing(c) || is_mark(c)))
}

/// Whether a character changes the one before it, or repeats it.
fn is_mark(c: char) -> bool {
    is_variation_selector(c)
        || unicode_normalization::char::is_combining_mark(c)
        || matches!(
            c,
            '\u{3003}' | '\u{3005}' | '\u{303b}' | '\u{309d}' | '\u{309e}' | '\u{30fd}' | '\u{30fe}'
        )
}

fn ends_a_sentence(c: char) -> bool {
    matches!(c, '\u{3002}' | '\u{ff0e}' | '\u{ff61}' | '!' | '?' | '\u{ff01}' | '\u{ff1f}' | '\n' | '\r')
}

/// Whether a name of few characters, or of kana, ends there: everything that is no letter and no mark people hide one with.
fn ends_a_phrase(c: char) -> bool {
    let hides = c.is_whitespace() && !ends_a_sentence(c)
        || is_hyphen_like(c)
        || is_invisible(c)
        || matches!(
            c,
            '.' | '/' | '_' | '|' | '*' | '=' | '~' | '\u{b7}' | '\u{2022}' | '\u{30fb}' | '\u{ff65}'
        )
        || matches!(
            c,
            '\u{ff0f}' | '\u{ff3f}' | '\u{ff5c}' | '\u{ff0a}' | '\u{ff1d}' | '\u{ff5e}' | '\u{301c}'
        );
    ends_a_sentence(c) || !hides && between(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(written: &str, reading: &str) -> PersonName {
        PersonName::new(written, Some(reading.to_owned()))
    }

    fn found(text: &str, name: &PersonName) -> Vec<String> {
        let heard = Heard::new(text);
        let chars: Vec<char> = text.chars().collect();
        let mut places: Vec<(usize, usize)> = forms(name).iter().flat_map(|f| heard.places(f)).collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|(from, to)| chars[from..to].iter().collect()).collect()
    }

    #[test]
    fn somebody_is_called_in_many_ways() {
        let toshiko = name("渡邊 敏子", "ワタナベ トシコ");
        for (text, said) in [
            ("渡辺敏子さんの件", "渡辺敏子"),
            ("渡邉　敏子の家", "渡邉　敏子"),
            ("渡部ではなく渡邊敏子です", "渡邊敏子"),
            ("わたなべ敏子さん", "わたなべ敏子"),
            ("ワタナベ 敏子", "ワタナベ 敏子"),
            ("ﾜﾀﾅﾍﾞ敏子", "ﾜﾀﾅﾍﾞ敏子"),
            ("渡辺としこ", "渡辺としこ"),
            ("敏子渡邊", "敏子渡邊"),
            ("敏子・渡辺", "敏子・渡辺"),
            ("この渡-邊-敏-子さん", "渡-邊-敏-子"),
            ("渡／辺／敏／子", "渡／辺／敏／子"),
            ("渡邊（敏子）", "渡邊（敏子"),
            ("渡邊、敏子", "渡邊、敏子"),
            ("わ-た-な-べ-と-し-こ", "わ-た-な-べ-と-し-こ"),
            ("としこワタナベ", "としこワタナベ"),
            ("Watanabe Toshiko", "Watanabe Toshiko"),
            ("WATANABE, Toshiko", "WATANABE, Toshiko"),
            ("toshiko watanabe", "toshiko watanabe"),
        ] {
            assert_eq!(found(text, &toshiko), [said], "{text}");
        }
        for text in [
            "渡邊さんの家",
            "敏子さんのことで",
            "わたなべの家と、としこのこと",
            "渡邊は来た。敏子も来た",
            "渡邊と敏子",
            "Toshiko came",
            "",
        ] {
            assert_eq!(found(text, &toshiko), Vec::<String>::new(), "{text}");
        }
        assert_eq!(found("Ito Yoshioの家", &name("伊藤 芳雄", "いとう よしお")), ["Ito Yoshio"]);
        assert_eq!(found("Itou Yoshioの家", &name("伊藤 芳雄", "いとう よしお")), ["Itou Yoshio"]);
        assert_eq!(found("佐佐木葉子", &name("佐々木 葉子", "")), ["佐佐木葉子"]);
    }

    #[test]
    fn ordinary_words_are_nobody() {
        for (written, reading, text) in [
            ("林 一", "ハヤシ ハジメ", "小さい林、一人で行く。林。一人"),
            ("森 大", "モリ マサル", "大森の駅で"),
            ("森 美紀", "モリ ミキ", "行くつもり、みきわめる"),
            ("森 一", "モリ ハジメ", "つもり一人で"),
            ("原 花", "ハラ ハナ", "野原はなく"),
            ("阿部 理恵", "アベ リエ", "Labe rien"),
        ] {
            assert_eq!(found(text, &name(written, reading)), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_name_without_two_halves_is_what_it_is() {
        assert_eq!(forms(&name("マリア・ロペス", "")), ["マリア・ロペス"]);
        assert_eq!(forms(&name("三木", "ミキ")), ["三木"], "it stands in many words");
        assert_eq!(found("マリア ロペスさん", &name("マリア・ロペス", "")), ["マリア ロペス"]);
        assert_eq!(forms(&PersonName::new("", None)), [""]);
        assert!(!Heard::new("だれもいない").names(&PersonName::new("", None)));
        let hayashi = name("林 一", "ハヤシ ハジメ");
        assert!(Heard::new("林一さん").names(&hayashi), "two characters, as they are written");
        assert!(!Heard::new("林、一人で").names(&hayashi));
    }

    #[test]
    fn whoever_stands_in_a_text_is_not_narrowed_away() {
        let toshiko = name("渡邊 敏子", "ワタナベ トシコ");
        let (written, read) = (toshiko.key(), toshiko.reading_key().unwrap());
        for text in ["渡辺敏子", "わたなべ敏子", "敏子ワタナベ", "わ-た-な-べ　と-し-こ", "渡-邊-としこ"]
        {
            let (letters, pairs) = Heard::new(text).letters_and_pairs();
            let part = |key: &str, n: usize| key.chars().take(n).collect::<String>();
            let end = |key: &str, n: usize| key.chars().skip(key.chars().count() - n).collect::<String>();
            assert!(letters.contains(&part(&written, 1)) || pairs.contains(&part(&read, 2)), "{text}");
            assert!(letters.contains(&end(&written, 1)) || pairs.contains(&end(&read, 2)), "{text}");
        }
        assert!(Heard::new("もおおのけいこ").letters_and_pairs().1.contains("おう"));
        assert!(Heard::new("UEDA, Naoki").has_latin() && !Heard::new("ADHDの人").has_latin());
    }

    proptest! {
        /// Whatever stands around it and between its characters, a name is found, and the place is in the text.
        #[test]
        fn a_name_is_found_behind_marks(
            before in "[ぁ-ん。、 ]{0,8}", mark in "[-・/_ 　‐]{0,2}", after in "[ぁ-ん。、 ]{0,8}",
        ) {
            let hidden = "渡邉照夫".chars().map(String::from).collect::<Vec<_>>().join(&mark);
            let said = found(&format!("{before}{hidden}{after}"), &name("渡邊 照夫", "ワタナベ テルオ"));
            prop_assert_eq!(said, [hidden]);
        }

        /// Any text can be heard.
        #[test]
        fn any_text_can_be_heard(text in any::<String>(), near in "[ぁ-んァ-ヴｦ-ﾟー゛゜々渡辺 -]{0,24}") {
            for text in [text, near] {
                for (from, to) in Heard::new(&text).places("渡辺わたなべ") {
                    prop_assert!(from < to && to <= text.chars().count());
                }
                let _ = found(&text, &name("渡邊 々ー", "ワタ ー"));
            }
        }
    }
}
