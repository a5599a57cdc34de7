//! # The search key
//! [`fold`] turns any spelling of a word into one key, so that 髙橋 finds 高橋 and ｻﾄｳ finds さとう
//! (requirement Q10, domain section 6). [`fold_reading`] goes further, for readings only.
//!
//! Invariant: a key is only ever for finding; it is never shown and never replaces what was typed.
//! Invariant: folding a key again changes nothing.

use crate::variants::representative;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const DAKUTEN: char = '\u{3099}';
const HANDAKUTEN: char = '\u{309a}';

/// The search key of a text.
///
/// Compatibility forms are unified (NFKC), and so are letter case, accents of Latin letters, katakana and
/// hiragana, small and large kana, old kana (ゐ ゑ を ヴ), hyphens of every kind (ー after kana, - elsewhere)
/// and kanji variants. Iteration marks are written out. White space, middle dots, variation selectors and
/// invisible characters are dropped.
pub fn fold(text: &str) -> String {
    // Spaces go between decomposing and composing: "か゛" typed with a separate mark then becomes が.
    let composed = text.nfkd().filter(|c| !is_dropped(*c)).nfc();
    let mut key = String::with_capacity(text.len());
    let mut last = None;
    let mut after_vu = false;
    for c in composed {
        let c = hiragana(c);
        let vu = c == 'ゔ';
        for folded in fold_char(c, last).into_iter().flat_map(char::to_lowercase) {
            if after_vu && is_small_vowel(c) {
                // ヴァ is the way バ is written by those who write ヴ.
                key.pop();
                last = Some(b_row(folded));
            } else {
                last = Some(folded);
            }
            key.extend(last);
        }
        after_vu = vu;
    }
    key
}

/// The search key of a reading: [`fold`], then only letters and digits kept, ぢ づ as じ ず, and one way of
/// writing long vowels.
///
/// ー and a repeated vowel become the usual hiragana spelling: オーノ and オオノ both give おうの, ケーコ and
/// ケエコ give けいこ, and サトオ gives さとう. Short vowels stay short, so that おの (小野) is not おおの (大野).
pub fn fold_reading(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut last: Option<char> = None;
    for c in fold(text).chars().filter(|c| c.is_alphanumeric()) {
        let long = last.and_then(long_vowel);
        let c = match c {
            'ぢ' => 'じ',
            'づ' => 'ず',
            'ー' => match long {
                Some(vowel) => vowel,
                None => continue,
            },
            'お' if long == Some('う') && last.and_then(vowel) == Some('お') => 'う',
            'え' if long == Some('い') && last.and_then(vowel) == Some('え') => 'い',
            other => other,
        };
        key.push(c);
        last = Some(c);
    }
    key
}

/// Whether a character is a hyphen, a dash, a minus or a long-vowel mark: people type any of them for a hyphen.
pub fn is_hyphen_like(c: char) -> bool {
    matches!(
        c,
        '-' | 'ー' | 'ｰ' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{207b}'
                | '\u{208b}'
                | '\u{2212}'
                | '\u{2500}'
                | '\u{2501}'
                | '\u{2796}'
                | '\u{30a0}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
    )
}

/// Whether a character is a variation selector, including those of ideographic variation sequences.
pub fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{180b}'..='\u{180d}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a character is a hiragana or katakana letter or the long-vowel mark.
pub fn is_kana(c: char) -> bool {
    matches!(c, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー')
}

/// Whether a character takes no space and has no meaning of its own: joiners, marks of direction and the like.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

fn is_dropped(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || is_invisible(c)
        || is_variation_selector(c)
        || is_middle_dot(c)
        // Accents of Latin letters; the voicing marks of kana are composed again.
        || (is_combining_mark(c) && matches!(c, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}'))
}

fn is_middle_dot(c: char) -> bool {
    matches!(c, '・' | '·' | '•' | '‧' | '∙' | '⋅' | '･')
}

/// One character of the key; nothing for what the key does not carry.
fn fold_char(c: char, last: Option<char>) -> Option<char> {
    match c {
        DAKUTEN | HANDAKUTEN => None,
        '々' | '〃' | 'ゝ' | '〻' => last,
        'ゞ' => last.map(voiced),
        c if is_hyphen_like(c) => Some(if last.is_some_and(is_kana) { 'ー' } else { '-' }),
        'đ' | 'Đ' => Some('d'),
        c if is_kana(c) => Some(large(c)),
        c => Some(representative(c)),
    }
}

/// Katakana as hiragana; ヷ ヸ ヹ ヺ have no hiragana and come as the letters they were made from.
pub(crate) fn hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        'ヷ' => 'わ',
        'ヸ' => 'い',
        'ヹ' => 'え',
        'ヺ' => 'お',
        c => c,
    }
}

fn large(c: char) -> char {
    match c {
        'ぁ' => 'あ',
        'ぃ' | 'ゐ' => 'い',
        'ぅ' => 'う',
        'ぇ' | 'ゑ' => 'え',
        'ぉ' | 'を' => 'お',
        'っ' => 'つ',
        'ゃ' => 'や',
        'ゅ' => 'ゆ',
        'ょ' => 'よ',
        'ゎ' => 'わ',
        'ゕ' => 'か',
        'ゖ' => 'け',
        'ゔ' => 'ぶ',
        c => c,
    }
}

fn is_small_vowel(c: char) -> bool {
    matches!(c, 'ぁ' | 'ぃ' | 'ぇ' | 'ぉ')
}

fn b_row(vowel: char) -> char {
    match vowel {
        'あ' => 'ば',
        'い' => 'び',
        'え' => 'べ',
        'お' => 'ぼ',
        other => other,
    }
}

/// The voiced kana of an unvoiced one, for ゞ.
fn voiced(c: char) -> char {
    std::iter::once(c).chain([DAKUTEN]).nfc().next().filter(|v| *v != 'ゔ').unwrap_or(c)
}

/// The letter that lengthens a syllable in the usual spelling: か→あ, き→い, く→う, け→い, こ→う.
fn long_vowel(c: char) -> Option<char> {
    vowel(c).map(|vowel| match vowel {
        'え' => 'い',
        'お' => 'う',
        other => other,
    })
}

/// The vowel a syllable ends in.
fn vowel(c: char) -> Option<char> {
    const ROWS: [(char, &str); 5] = [
        ('あ', "あかがさざただなはばぱまやらわ"),
        ('い', "いきぎしじちぢにひびぴみり"),
        ('う', "うくぐすずつづぬふぶぷむゆる"),
        ('え', "えけげせぜてでねへべぺめれ"),
        ('お', "おこごそぞとどのほぼぽもよろ"),
    ];
    ROWS.iter().find(|(_, row)| row.contains(c)).map(|(vowel, _)| *vowel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_key_for_every_spelling() {
        for (typed, key) in [
            ("髙橋", "高橋"),
            ("戸髙", "戸高"),
            ("ｻﾄｳ　ﾊﾅｺ", "さとうはなこ"),
            ("佐々木", "佐佐木"),
            ("いすゞ", "いすず"),
            ("こゝろ", "こころ"),
            ("ヴァイオリン", "ばいおりん"),
            ("ルヴ", "るぶ"),
            ("コ―ド", "こーど"),
            ("1−2―3", "1-2-3"),
            ("か゛き", "がき"),
            ("ﾊﾟｰﾄ", "ぱーと"),
            ("ジョン・スミス", "じよんすみす"),
            ("Nguyễn Đức", "nguyenduc"),
            ("葛\u{e0100}城", "葛城"),
            ("㈱山﨑", "(株)山崎"),
            ("々", ""),
        ] {
            assert_eq!(fold(typed), key, "{typed}");
        }
    }

    #[test]
    fn readings_agree_on_long_vowels() {
        for (one, other) in [
            ("オオノ", "オーノ"),
            ("おうの", "おおの"),
            ("サトオ", "さとう"),
            ("ゆーこ", "ゆうこ"),
            ("けーこ", "けいこ"),
            ("けえこ", "けいこ"),
            ("チヅル", "ちずる"),
            ("いぢち", "イジチ"),
            ("まーこ", "まあこ"),
        ] {
            assert_eq!(fold_reading(one), fold_reading(other), "{one} {other}");
        }
        assert_ne!(fold_reading("おの"), fold_reading("おおの"));
        assert_ne!(fold_reading("ゆき"), fold_reading("ゆうき"));
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "[ぁ-ゖァ-ヺーｦ-ﾟ゛゜々ゝゞヽヾ・髙﨑邉𠮷a-zA-Z0-9０-９ 　\u{3099}\u{309a}\u{fe00}\u{e0100}‐―-]{0,20}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
            let once = fold_reading(&text);
            prop_assert_eq!(fold_reading(&once), once);
        }

        #[test]
        fn any_text_folds_without_spaces(text in any::<String>()) {
            let once = fold(&text);
            prop_assert!(!once.contains(char::is_whitespace));
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn katakana_is_hiragana(text in "[ア-ンガ-ドバ-ポー]{0,12}") {
            let hira: String = text.chars().map(hiragana).collect();
            prop_assert_eq!(fold(&text), fold(&hira));
        }
    }
}
