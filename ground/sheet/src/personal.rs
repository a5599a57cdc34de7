//! What looks like personal data in a text that must hold none (disclosure rule 11): names with 「さん」「氏」「様」, names
//! the caller knows, phone numbers, addresses with house numbers, birth dates, 個人番号, e-mail addresses.
//!
//! It warns; it cannot prove the opposite. A name without a title that nobody listed is not found.

use words::codes;
use words::fold::{is_hyphen_like, is_kana};
use words::mention::Heard;

codes! {
    /// What a finding looks like.
    pub enum Looks {
        /// A name with 「さん」「氏」「様」「くん」「ちゃん」.
        Titled = "titled",
        /// A name from the caller's list.
        Known = "known",
        /// A phone number.
        Phone = "phone",
        /// An address with a house number.
        Address = "address",
        /// A birth date.
        Birth = "birth",
        /// A 個人番号.
        MyNumber = "my_number",
        /// An e-mail address.
        Email = "email",
    }
}

/// One finding: what it looks like and where, in characters of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it looks like.
    pub looks: Looks,
    /// First character.
    pub from: usize,
    /// The character behind the last.
    pub to: usize,
}

impl Finding {
    /// The words found. Never called for a 個人番号's sentence: that number is shown nowhere.
    pub fn words(&self, text: &str) -> String {
        text.chars().skip(self.from).take(self.to - self.from).collect()
    }
}

/// Titles that follow a name.
const TITLES: [&str; 6] = ["さん", "さま", "様", "氏", "くん", "ちゃん"];
/// Words that carry such a title and name nobody.
const NOBODY: [&str; 26] = [
    "皆",
    "みな",
    "みんな",
    "お子",
    "子ども",
    "こども",
    "お母",
    "お父",
    "母",
    "父",
    "お客",
    "客",
    "患者",
    "利用者",
    "お年寄り",
    "おじい",
    "おばあ",
    "おじ",
    "おば",
    "お兄",
    "お姉",
    "赤",
    "隣",
    "お隣",
    "たく",
    "奥",
];

/// Everything in `text` that looks like personal data, in order. `known` are names to look for: members of the
/// committee's own cases, for example, in every form ([`words::mention::forms`]); shorter than two characters they
/// would be found in every word.
pub fn find(text: &str, known: &[&str]) -> Vec<Finding> {
    let chars: Vec<char> = text.chars().collect();
    let flat: Vec<char> = chars.iter().map(|c| plain(*c)).collect();
    let mut findings = Vec::new();
    emails(&flat, &mut findings);
    numbers(&flat, &mut findings);
    titled(&chars, &mut findings);
    addresses(&flat, &mut findings);
    births(&flat, &mut findings);
    let heard = Heard::new(if known.is_empty() { "" } else { text });
    for name in known {
        let before = findings.len();
        names(&chars, name, &mut findings);
        if findings.len() == before {
            // Variants, marks between the characters and the like hide nobody.
            let hidden = heard.places(name).into_iter();
            findings.extend(hidden.map(|(from, to)| Finding { looks: Looks::Known, from, to }));
        }
    }
    if words::mynumber::contains_my_number(text) && !findings.iter().any(|f| f.looks == Looks::MyNumber) {
        // Written in a way no run of digits shows: the whole text is the place.
        findings.push(Finding { looks: Looks::MyNumber, from: 0, to: chars.len() });
    }
    findings.sort_by_key(|f| (f.from, f.to, f.looks));
    findings.dedup();
    findings
}

/// Full-width letters and digits as ASCII, one for one, so that places stay.
fn plain(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '　' => ' ',
        c => c,
    }
}

fn emails(text: &[char], findings: &mut Vec<Finding>) {
    let local = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    let domain = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    for at in text.iter().enumerate().filter(|(_, c)| **c == '@').map(|(n, _)| n) {
        let before = text[..at].iter().rev().take_while(|c| local(**c)).count();
        let after = text[at + 1..].iter().take_while(|c| domain(**c)).count();
        let dotted = text[at + 1..at + 1 + after].contains(&'.');
        if before > 0 && dotted {
            findings.push(Finding { looks: Looks::Email, from: at - before, to: at + 1 + after });
        }
    }
}

/// Runs of digits with joints between them: 個人番号 and phone numbers.
fn numbers(text: &[char], findings: &mut Vec<Finding>) {
    let mut at = 0;
    while at < text.len() {
        if !text[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let mut end = at;
        let mut last = at;
        while end < text.len() {
            let c = text[end];
            if c.is_ascii_digit() {
                last = end;
            } else if end - last > 2 || !(is_hyphen_like(c) || matches!(c, ' ' | '(' | ')')) {
                break;
            }
            end += 1;
        }
        let to = last + 1;
        let run: String = text[at..to].iter().collect();
        let digits: String = run.chars().filter(char::is_ascii_digit).collect();
        if words::mynumber::contains_my_number(&run) {
            findings.push(Finding { looks: Looks::MyNumber, from: at, to });
        } else if is_phone(&digits) {
            let plus = at > 0 && text[at - 1] == '+';
            let bracket = at > 0 && text[at - 1] == '(';
            findings.push(Finding { looks: Looks::Phone, from: at - usize::from(plus || bracket), to });
        }
        at = to;
    }
}

/// Ten digits from 0 (fixed lines), eleven from 0 (mobile, 050, 0120…), or +81 and nine or ten. Public numbers of
/// three or four digits (110, 189) name nobody.
fn is_phone(digits: &str) -> bool {
    (digits.starts_with('0') && !digits.starts_with("00") && matches!(digits.len(), 10 | 11))
        || (digits.starts_with("81") && matches!(digits.len(), 11 | 12))
}

fn is_name_char(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}' | '々' | '〆' | 'ヶ')
        || matches!(u32::from(c), 0x20000..=0x323af)
}

fn titled(text: &[char], findings: &mut Vec<Finding>) {
    for at in 1..text.len() {
        let rest: String = text[at..].iter().take(3).collect();
        let Some(title) = TITLES.iter().find(|t| rest.starts_with(**t)) else { continue };
        let name = name_before(&text[..at], title);
        let word: String = text[at - name..at].iter().collect();
        let longer = format!("{word}{}", text[at..].iter().take(3).collect::<String>());
        let before: String = text[at.saturating_sub(6)..at].iter().collect();
        let nobody = NOBODY.iter().any(|n| word == *n || before.ends_with(n) && n.chars().count() > 1)
            // 彼氏, 摂氏, 氏名, 様子, 様々, 同様, 仕様: words, not titles.
            || ["彼氏", "摂氏", "華氏", "両氏"].iter().any(|w| longer.starts_with(w))
            || (*title == "氏" && text.get(at + 1) == Some(&'名'))
            || (*title == "様" && matches!(text.get(at + 1), Some('子' | '々' | '式' | '相' | '態' | '変')))
            || (*title == "様" && ["同", "仕", "一", "多", "模", "文", "有", "今", "異"].contains(&word.as_str()));
        if name > 0 && !nobody {
            let to = at + title.chars().count();
            findings.push(Finding { looks: Looks::Titled, from: at - name, to });
        }
    }
}

/// How many characters before a title are the name: kanji at most six, or katakana, or capital letters. Hiragana
/// names are only found where a title of kana follows a short run that begins a phrase.
fn name_before(text: &[char], title: &str) -> usize {
    let run = |fits: &dyn Fn(char) -> bool, most: usize| {
        let count = text.iter().rev().take_while(|c| fits(**c)).count();
        if count <= most { count } else { 0 }
    };
    let kanji = run(&is_name_char, 6);
    if kanji > 0 {
        return kanji;
    }
    let katakana = run(&|c| matches!(c, 'ァ'..='ヺ' | 'ー' | '・'), 14);
    if katakana > 1 {
        return katakana;
    }
    let letters = run(&|c| c.is_ascii_alphabetic(), 20);
    // 「Aさん」 is the usual way to name nobody.
    if letters > 1 {
        return letters;
    }
    if title == "氏" || title == "様" {
        return 0;
    }
    let hiragana = run(&|c| is_kana(c) && !matches!(c, 'ァ'..='ヺ'), 5);
    if (2..=5).contains(&hiragana) { hiragana } else { 0 }
}

/// A place followed by a house number: 「…町3-2」「三丁目2番5号」「12番地」.
fn addresses(text: &[char], findings: &mut Vec<Finding>) {
    let digit = |c: char| c.is_ascii_digit() || "一二三四五六七八九十〇".contains(c);
    let mut at = 0;
    while at < text.len() {
        if !digit(text[at]) {
            at += 1;
            continue;
        }
        let mut end = at;
        while end < text.len()
            && (digit(text[end]) || is_hyphen_like(text[end]) || is_counter(&text[end..]) > 0)
        {
            end += is_counter(&text[end..]).max(1);
        }
        while end > at && is_hyphen_like(text[end - 1]) {
            end -= 1;
        }
        let run: String = text[at..end].iter().collect();
        let after = run.split_once("丁目").is_some_and(|(_, rest)| rest.chars().any(digit));
        // 110番 is no house; 2番5号 is.
        let counted = run.contains("番地") || (run.contains('番') && run.contains('号')) || after;
        let groups = run.split(is_hyphen_like).filter(|g| !g.is_empty()).count();
        let groups_short = run.split(is_hyphen_like).all(|g| g.chars().count() <= 4);
        let place = text[..at].iter().rev().take_while(|c| is_name_char(**c) || is_kana(**c)).count();
        let town = at > 0 && "町村市区郡字台丘条通".contains(text[at - 1]);
        // 2026-11-21 is a day, 鵠沼石上1-2-3 a house.
        let year = run.split(is_hyphen_like).next().is_some_and(|g| g.chars().count() == 4);
        let behind = at > 0 && is_name_char(text[at - 1]);
        let house = counted
            || (groups == 2 && groups_short && town)
            || (groups > 2 && groups_short && behind && !year);
        if house && end > at + 1 && !run.contains("番目") {
            findings.push(Finding { looks: Looks::Address, from: at - place.min(8), to: end });
        }
        at = end.max(at + 1);
    }
}

/// Characters of a counter of addresses at the start of a text.
fn is_counter(text: &[char]) -> usize {
    for counter in ["丁目", "番地", "番", "号", "の"] {
        let letters: Vec<char> = counter.chars().collect();
        if text.starts_with(&letters) {
            // 「3の」 counts only before another number.
            let more = text.get(1).is_some_and(char::is_ascii_digit);
            return if counter == "の" && !more { 0 } else { letters.len() };
        }
    }
    0
}

/// A date beside the word for being born: 「昭和33年5月12日生まれ」「生年月日 S33.5.12」.
fn births(text: &[char], findings: &mut Vec<Finding>) {
    let near = |from: usize, to: usize| {
        let before: String = text[from.saturating_sub(8)..from].iter().collect();
        let after: String = text[to..(to + 4).min(text.len())].iter().collect();
        before.contains("生年月日") || before.contains("誕生日") || after.trim_start().starts_with('生')
    };
    let part = |c: char| {
        c.is_ascii_digit()
            || matches!(c, '年' | '月' | '日' | '.' | '/' | '元')
            || is_hyphen_like(c)
            || matches!(c, 'M' | 'T' | 'S' | 'H' | 'R' | 'm' | 't' | 's' | 'h' | 'r')
            || "明治大正昭和平成令".contains(c)
    };
    let mut at = 0;
    while at < text.len() {
        let length = text[at..].iter().take_while(|c| part(**c)).count();
        if length == 0 {
            at += 1;
            continue;
        }
        // The longest beginning that is a date: 「昭和33年5月12日」.
        let run: String = text[at..at + length].iter().collect();
        if length >= 4 && words::partial::parse_partial(&run).is_ok() && near(at, at + length) {
            findings.push(Finding { looks: Looks::Birth, from: at, to: at + length });
        }
        at += length;
    }
}

fn names(text: &[char], name: &str, findings: &mut Vec<Finding>) {
    let key: Vec<char> = name.chars().filter(|c| !c.is_whitespace()).collect();
    if key.len() < 2 {
        return;
    }
    let sound = key.iter().all(|c| is_kana(*c)).then(|| words::fold::fold_reading(name));
    let mut at = 0;
    while at < text.len() {
        let spelt = starts_with_name(&text[at..], &key);
        let length = spelt.or_else(|| sound.as_ref().and_then(|s| starts_with_sound(&text[at..], s)));
        if let Some(length) = length {
            findings.push(Finding { looks: Looks::Known, from: at, to: at + length });
            at += length;
        } else {
            at += 1;
        }
    }
}

/// The length of a name at the start of a text: white space between its parts and variants of its characters
/// (髙 for 高) do not hide it.
fn starts_with_name(text: &[char], key: &[char]) -> Option<usize> {
    let fold = |c: char| words::fold::fold(&c.to_string());
    let mut at = 0;
    for (n, wanted) in key.iter().enumerate() {
        if n > 0 && text.get(at).is_some_and(|c| c.is_whitespace()) {
            at += 1;
        }
        if fold(*text.get(at)?) != fold(*wanted) {
            return None;
        }
        at += 1;
        while text.get(at).is_some_and(|c| words::fold::is_variation_selector(*c)) {
            at += 1;
        }
    }
    Some(at)
}

/// The same for a name in kana: its long vowels are written in many ways (オオノ, オーノ, おうの). In whichever kana, and with spaces.
fn starts_with_sound(text: &[char], sound: &str) -> Option<usize> {
    let kana = |c: &&char| is_kana(**c) || c.is_whitespace();
    // A long vowel takes one letter at most: a name is not heard in what is twice as long.
    let most = text.iter().take(2 * sound.chars().count()).take_while(kana).count();
    let read = |length: usize| words::fold::fold_reading(&text[..length].iter().collect::<String>());
    let first = text.first().filter(|c| is_kana(**c))?;
    if !sound.starts_with(&words::fold::fold_reading(&first.to_string())) {
        return None;
    }
    (1..=most).find(|length| !text[*length - 1].is_whitespace() && read(*length) == sound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_kana_is_found_in_whichever_kana_and_spelling() {
        let found = |text: &str, name: &str| {
            let of = |f: &Finding| f.looks == Looks::Known;
            find(text, &[name]).iter().filter(|f| of(f)).map(|f| f.words(text)).collect::<Vec<_>>()
        };
        for text in
            ["おかもとかおり", "オカモトカオリ", "おかもと かおり", "オカモト　カオリ", "おかもとカオリ"]
        {
            assert_eq!(found(&format!("この家の{text}さんの件"), "オカモト カオリ"), [text]);
        }
        assert_eq!(found("渡-辺-敏-子の家", "渡邊 敏子"), ["渡-辺-敏-子"]);
        assert_eq!(found("ﾜﾀﾅﾍﾞ敏子の家", "ワタナベ 敏子"), ["ﾜﾀﾅﾍﾞ敏子"]);
        assert_eq!(found("おーのけーこさん", "オオノ ケイコ"), ["おーのけーこ"]);
        assert_eq!(found("そのおおのけいこ", "オオノ ケイコ"), ["おおのけいこ"]);
        assert!(found("おかもとさんの話", "オカモト カオリ").is_empty());
    }
}
