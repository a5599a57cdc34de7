//! # Kana
//! A reading written one way for papers: in hiragana above the kanji, or in Latin letters for whoever reads neither
//! (`docs/decisions/0040`).
//!
//! Latin letters are those of a passport (旅券法施行規則, Hepburn): し is shi, つ is tsu, ん before b, m and p is m, っ before ch is t. Vowels
//! stand as the kana has them: that おう is one long vowel in さとう and none in いのうえ is nothing that kana tell. ー is left out.

use crate::fold;
use unicode_normalization::UnicodeNormalization;

/// A reading in hiragana, whichever kana it was typed in. Everything that is no kana stays.
pub fn hiragana(reading: &str) -> String {
    // Composed: half-width kana come with their marks apart.
    reading.nfkc().map(fold::hiragana).collect()
}

/// A text in katakana, whichever kana it was typed in. Everything that is no kana stays.
pub fn katakana(text: &str) -> String {
    let katakana = |c: char| match c {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        c => c,
    };
    text.nfkc().map(katakana).collect()
}

/// A reading in Latin letters, each word with a capital. `None` when there is something in it that is neither kana nor Latin: half a name
/// would be the name of somebody else.
pub fn latin(reading: &str) -> Option<String> {
    let kana: Vec<char> = hiragana(reading).chars().filter(|c| !fold::is_invisible(*c)).collect();
    let (mut words, mut word): (Vec<String>, String) = (Vec::new(), String::new());
    let (mut doubled, mut at) = (false, 0);
    while let Some(&c) = kana.get(at) {
        at += 1;
        if c.is_whitespace() || c == '・' {
            words.push(std::mem::take(&mut word));
            doubled = false;
            continue;
        }
        match c {
            'ー' => continue,
            'っ' => {
                doubled = true;
                continue;
            }
            'ん' => {
                let next = kana.get(at).and_then(|c| plain(*c)).and_then(|s| s.chars().next());
                word.push(if matches!(next, Some('b' | 'm' | 'p')) { 'm' } else { 'n' });
                doubled = false;
                continue;
            }
            _ => {}
        }
        let small = kana.get(at).copied().filter(|c| small_vowel(*c).is_some());
        let syllable = match (plain(c), small) {
            (Some(base), Some(small)) => {
                at += 1;
                joined(base, small)
            }
            (Some(base), None) => base.to_owned(),
            (None, _) if c.is_ascii_alphanumeric() || matches!(c, '-' | '\'' | '.') => c.to_string(),
            (None, _) => return None,
        };
        if doubled {
            word.extend(doubling(&syllable));
            doubled = false;
        }
        word.push_str(&syllable);
    }
    words.push(word);
    let words: Vec<String> = words.iter().filter(|w| !w.is_empty()).map(|w| capital(w)).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The letter a doubled consonant begins with; a vowel is not doubled.
fn doubling(syllable: &str) -> Option<char> {
    if syllable.starts_with("ch") {
        return Some('t');
    }
    syllable.chars().next().filter(|c| c.is_ascii_lowercase() && !matches!(c, 'a' | 'i' | 'u' | 'e' | 'o'))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// One kana; a small vowel that stands alone reads as its large one.
fn plain(c: char) -> Option<&'static str> {
    let at = PLAIN.iter().find(|(kana, _)| kana.contains(c))?;
    let place = at.0.chars().position(|k| k == c)?;
    at.1.split(' ').nth(place)
}

/// What a small kana adds.
fn small_vowel(c: char) -> Option<&'static str> {
    Some(match c {
        'ゃ' => "ya",
        'ゅ' => "yu",
        'ょ' => "yo",
        'ゎ' => "wa",
        'ぁ' => "a",
        'ぃ' => "i",
        'ぅ' => "u",
        'ぇ' => "e",
        'ぉ' => "o",
        _ => return None,
    })
}

/// A kana and the small one behind it: きゃ kya, しゃ sha, ふぁ fa, てぃ ti, うぇ we, くぁ kwa.
fn joined(base: &str, small: char) -> String {
    let more = small_vowel(small).unwrap_or_default();
    let stem = base.trim_end_matches(['a', 'i', 'u', 'e', 'o']);
    let vowel = more.trim_start_matches(['y', 'w']);
    match (stem, base) {
        // Their consonant holds the y already.
        ("sh" | "ch" | "j", _) => format!("{stem}{vowel}"),
        ("", "u") if more.len() == 1 && vowel != "u" => format!("w{vowel}"),
        ("", "i") if vowel == "e" => "ye".to_owned(),
        ("", _) => format!("{base}{more}"),
        ("k" | "g", "ku" | "gu") => format!("{stem}w{vowel}"),
        _ => format!("{stem}{more}"),
    }
}

/// Kana and their letters, row by row.
const PLAIN: [(&str, &str); 19] = [
    ("あいうえお", "a i u e o"),
    ("かきくけこ", "ka ki ku ke ko"),
    ("がぎぐげご", "ga gi gu ge go"),
    ("さしすせそ", "sa shi su se so"),
    ("ざじずぜぞ", "za ji zu ze zo"),
    ("たちつてと", "ta chi tsu te to"),
    ("だぢづでど", "da ji zu de do"),
    ("なにぬねの", "na ni nu ne no"),
    ("はひふへほ", "ha hi fu he ho"),
    ("ばびぶべぼ", "ba bi bu be bo"),
    ("ぱぴぷぺぽ", "pa pi pu pe po"),
    ("まみむめも", "ma mi mu me mo"),
    ("やゆよ", "ya yu yo"),
    ("らりるれろ", "ra ri ru re ro"),
    ("わゐゑをゔ", "wa i e o vu"),
    ("ぁぃぅぇぉ", "a i u e o"),
    ("ゃゅょゎ", "ya yu yo wa"),
    ("ゕゖ", "ka ke"),
    ("ん", "n"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_reading_stands_in_hiragana_whichever_kana_it_was_typed_in() {
        for (typed, read) in [
            ("ワタナベ　マサコ", "わたなべ まさこ"),
            ("ﾜﾀﾅﾍﾞ ﾏｻｺ", "わたなべ まさこ"),
            ("わたなべ", "わたなべ"),
            ("サポートセンター", "さぽーとせんたー"),
            ("ヴィラ", "ゔぃら"),
            ("", ""),
        ] {
            assert_eq!(hiragana(typed), read);
        }
    }

    #[test]
    fn names_stand_in_the_letters_of_a_passport() {
        for (typed, letters) in [
            ("わたなべ まさこ", "Watanabe Masako"),
            ("アオキ　ハル", "Aoki Haru"),
            ("しんばし", "Shimbashi"),
            ("なんば", "Namba"),
            ("ほんま", "Homma"),
            ("さんぺい", "Sampei"),
            ("しんいち", "Shinichi"),
            ("はっとり", "Hattori"),
            ("はっちょう", "Hatchou"),
            ("きっかわ", "Kikkawa"),
            ("いのうえ", "Inoue"),
            ("おおの", "Oono"),
            ("さとう", "Satou"),
            ("じゅんや", "Junya"),
            ("ぢづる", "Jizuru"),
            ("しょうへい", "Shouhei"),
            ("ちゃたに", "Chatani"),
            ("りょうこ", "Ryouko"),
            ("シェリー", "Sheri"),
            ("ジェーン・フォード", "Jen Fodo"),
            ("ティファニー", "Tifani"),
            ("ウィリアム", "Wiriamu"),
            ("ヴァレリー", "Vareri"),
            ("イェンセン", "Yensen"),
            ("クァク", "Kwaku"),
            ("デュラン", "Dyuran"),
            ("ツァオ", "Tsao"),
            ("ふじさわ市社協", ""),
            ("Maria ロペス", "Maria Ropesu"),
            ("だい2そうだんしつ", "Dai2soudanshitsu"),
            ("あっ", "A"),
            ("", ""),
            ("・", ""),
        ] {
            assert_eq!(latin(typed).unwrap_or_default(), letters, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn letters_are_plain_and_every_word_begins_with_a_capital(typed in "[ぁ-ゖァ-ヶー 　]{0,24}") {
            let Some(letters) = latin(&typed) else { return Ok(()) };
            prop_assert!(letters.chars().all(|c| c.is_ascii_alphabetic() || c == ' '), "{letters}");
            for word in letters.split(' ') {
                prop_assert!(word.starts_with(|c: char| c.is_ascii_uppercase()), "{letters}");
                prop_assert!(word[1..].chars().all(|c| c.is_ascii_lowercase()), "{letters}");
            }
        }

        #[test]
        fn both_kana_read_alike_and_hiragana_is_read_once(typed in "[ァ-ヴー 　]{0,24}") {
            prop_assert_eq!(latin(&typed), latin(&hiragana(&typed)));
            prop_assert_eq!(hiragana(&hiragana(&typed)), hiragana(&typed));
        }

        #[test]
        fn what_cannot_be_read_is_not_half_read(before in "[あ-わ]{0,6}", kanji in "[一-龠]", after in "[あ-わ]{0,6}") {
            let typed = format!("{before}{kanji}{after}");
            prop_assert_eq!(latin(&typed), None);
        }

        #[test]
        fn words_are_read_one_by_one(a in "[か-と]{1,8}", b in "[か-と]{1,8}") {
            let apart = [latin(&a), latin(&b)].map(Option::unwrap_or_default);
            let together = apart.iter().filter(|w| !w.is_empty()).cloned().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(latin(&format!("{a}　{b}")).unwrap_or_default(), together);
        }
    }
}
