//! What is compared of a person: made once per record, so that comparing two is cheap.

use std::collections::HashMap;
use std::sync::Arc;

use words::partial::PartialDate;

use crate::common;

/// What a record says of a person, as it was typed. Everything may be missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The name as written, family name first, with a space between where it is known.
    pub name: &'a str,
    /// Its reading in kana.
    pub reading: &'a str,
    /// Other names: former ones (旧姓), names in use (通称).
    pub others: &'a [OtherName<'a>],
    /// The day of birth, as far as known.
    pub birth: Option<PartialDate>,
    /// The sex as recorded.
    pub sex: Sex,
    /// A telephone number in any notation.
    pub phone: &'a str,
    /// An address in any notation.
    pub address: &'a str,
}

/// Another name a person is or was known by.
#[derive(Clone, Copy, Debug, Default)]
pub struct OtherName<'a> {
    /// As written; a family name alone is one too.
    pub name: &'a str,
    /// Its reading in kana.
    pub reading: &'a str,
}

/// The sex as recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sex {
    /// Not recorded, or another answer.
    #[default]
    Unknown,
    /// Recorded as a woman.
    Woman,
    /// Recorded as a man.
    Man,
}

impl<'a> OtherName<'a> {
    /// What stands between several other names in one field.
    pub const APART: [char; 5] = ['、', ',', '，', '/', '／'];

    /// Another name as people write it: 「旧姓 渡辺」, 「渡辺（旧姓）」.
    pub fn read(text: &'a str) -> Self {
        let marks = |c: char| "（）()：: 　".contains(c);
        let text = text.trim_matches(marks);
        let bare =
            ["旧姓", "通称", "前の姓", "旧"].iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text);
        let bare = ["旧姓", "通称"].iter().find_map(|mark| bare.strip_suffix(mark)).unwrap_or(bare);
        let name = bare.trim_matches(marks);
        let in_kana = !name.is_empty() && name.chars().all(|c| words::fold::is_kana(c) || c.is_whitespace());
        Self { name, reading: if in_kana { name } else { "" } }
    }
}

impl Sex {
    /// Gender is written in people's own words; only what is plain is compared.
    pub fn read(words: &str) -> Self {
        match (words.contains('女'), words.contains('男')) {
            (true, false) => Self::Woman,
            (false, true) => Self::Man,
            _ => Self::Unknown,
        }
    }
}

/// One part of a name, written and read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Part {
    /// The search key of the written form; empty when unknown.
    pub(crate) written: Arc<str>,
    /// The search key of the reading; empty when unknown.
    pub(crate) reading: Arc<str>,
    /// How many bits it says that two people have this written form, and this reading; 0 when nothing is known of it.
    pub(crate) bits: [f32; 2],
    /// The reading is not of this record: it is the usual one of the written form.
    pub(crate) supposed: bool,
}

impl Part {
    pub(crate) fn is_unknown(&self) -> bool {
        self.written.is_empty() && self.reading.is_empty()
    }
}

/// A name in its parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Name {
    pub(crate) family: Part,
    pub(crate) given: Part,
    /// The written form, or the reading, had no space: where it was cut is a guess.
    pub(crate) guessed: [bool; 2],
}

/// Where somebody lives, without prefecture and town.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Place {
    /// The name of the part of the town (町字).
    pub(crate) area: Arc<str>,
    /// 丁目, 番地, 号; 0 where there is none.
    pub(crate) numbers: [u16; 3],
    /// House and room, folded.
    pub(crate) rest: Arc<str>,
    /// How many bits it says that two people live here; 0 when nothing is known of it.
    pub(crate) bits: f32,
}

/// A birth date in numbers; 0 where a part is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Birth {
    pub(crate) year: u16,
    pub(crate) month: u8,
    pub(crate) day: u8,
}

/// What is compared of a person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    pub(crate) name: Name,
    pub(crate) others: Vec<Name>,
    pub(crate) birth: Birth,
    pub(crate) sex: Sex,
    /// The digits as a number with a leading one, so that leading zeros count; 0 when unknown.
    pub(crate) phone: u64,
    pub(crate) phone_bits: f32,
    pub(crate) place: Place,
}

/// Keeps each text once: of half a million people, few hundred family names.
#[derive(Debug, Default)]
pub struct Pool {
    names: HashMap<String, Arc<str>>,
    readings: HashMap<String, Arc<str>>,
    texts: HashMap<String, Arc<str>>,
}

fn kept(map: &mut HashMap<String, Arc<str>>, text: &str, fold: fn(&str) -> String) -> Arc<str> {
    if let Some(found) = map.get(text) {
        return Arc::clone(found);
    }
    let folded: Arc<str> = fold(text).into();
    map.insert(text.to_owned(), Arc::clone(&folded));
    folded
}

impl Features {
    /// Of one record. How rare its family names are is what they are in the country.
    pub fn of(known: &Known<'_>) -> Self {
        let mut features = Self::pooled(known, &mut Pool::default());
        for name in std::iter::once(&mut features.name).chain(&mut features.others) {
            let family = &mut name.family;
            family.bits = [common::family_bits(&family.written), common::family_bits(&family.reading)];
        }
        features
    }

    /// Of one of many records.
    pub fn pooled(known: &Known<'_>, pool: &mut Pool) -> Self {
        Self {
            name: name(known.name, known.reading, pool),
            others: known.others.iter().map(|o| other(o, pool)).filter(|n| *n != Name::default()).collect(),
            birth: known.birth.map_or_else(Birth::default, birth),
            sex: known.sex,
            phone: phone(known.phone),
            phone_bits: 0.0,
            place: place(known.address, pool),
        }
    }

    /// Without address and telephone: where somebody is sheltered (支援措置), neither is ever a reason (disclosure rule 4).
    #[must_use]
    pub fn without_whereabouts(mut self) -> Self {
        self.place = Place::default();
        self.phone = 0;
        self
    }
}

/// A name cut at its space; without one, where most Japanese names are cut.
fn name(written: &str, reading: &str, pool: &mut Pool) -> Name {
    let in_kana = written.chars().all(|c| words::fold::is_kana(c) || c.is_whitespace());
    let (family, given, guess) = cut(written, if in_kana { guess_reading } else { guess_written });
    let (family_reading, given_reading, reading_guess) = cut(reading, guess_reading);
    let mut name = Name {
        family: Part {
            written: kept(&mut pool.names, family, words::name::name_key),
            reading: kept(&mut pool.readings, family_reading, words::name::reading_key),
            ..Part::default()
        },
        given: Part {
            written: kept(&mut pool.names, given, words::name::name_key),
            reading: kept(&mut pool.readings, given_reading, words::name::reading_key),
            ..Part::default()
        },
        guessed: [guess, reading_guess],
    };
    // A name in kana is its own reading.
    for (part, typed) in [(&mut name.family, family), (&mut name.given, given)] {
        if part.reading.is_empty() && !typed.is_empty() && typed.chars().all(words::fold::is_kana) {
            part.reading = kept(&mut pool.readings, typed, words::name::reading_key);
            name.guessed[1] = guess;
        }
    }
    name
}

/// Another name: with a space a whole one, without a family name.
fn other(o: &OtherName<'_>, pool: &mut Pool) -> Name {
    let whole = |text: &str| text.trim().contains(char::is_whitespace);
    if whole(o.name) || whole(o.reading) {
        return name(o.name, o.reading, pool);
    }
    Name {
        family: Part {
            written: kept(&mut pool.names, o.name.trim(), words::name::name_key),
            reading: kept(&mut pool.readings, o.reading.trim(), words::name::reading_key),
            ..Part::default()
        },
        ..Name::default()
    }
}

/// Family name, given name, and whether where they were cut is a guess.
fn cut(text: &str, guess: fn(usize) -> usize) -> (&str, &str, bool) {
    let text = text.trim();
    if let Some((family, given)) = text.split_once(char::is_whitespace) {
        return (family, given.trim_start(), false);
    }
    let at = guess(text.chars().count());
    let byte = text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte);
    (&text[..byte], &text[byte..], !text.is_empty())
}

/// Two characters of family name are the most usual. Two in all are a family name alone more often than a whole name.
fn guess_written(length: usize) -> usize {
    if length <= 2 { length } else { 2 }
}

fn guess_reading(length: usize) -> usize {
    if length <= 4 { length } else { length / 2 }
}

/// Of a birth said as about (昭和50年頃) nothing is compared: the year beside it is as likely, and must not speak against somebody.
fn birth(date: PartialDate) -> Birth {
    if date.is_about() {
        return Birth::default();
    }
    let small = |n: Option<u32>| n.and_then(|n| u8::try_from(n).ok()).unwrap_or(0);
    Birth {
        year: u16::try_from(date.year()).unwrap_or(0),
        month: small(date.month()),
        day: small(date.whole_day().map(words::Day::day)),
    }
}

fn phone(text: &str) -> u64 {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let digits: String = if plain {
        text.chars().filter(char::is_ascii_digit).collect()
    } else {
        words::input::phone(text).map(|p| p.digits).unwrap_or_default()
    };
    if !(6..=15).contains(&digits.len()) {
        return 0;
    }
    format!("1{digits}").parse().unwrap_or(0)
}

/// The area and up to three numbers after it. Prefecture, city and ward before it are left out: half the people who
/// write an address leave them out too.
fn place(text: &str, pool: &mut Pool) -> Place {
    if text.trim().is_empty() {
        return Place::default();
    }
    let key = words::address::fold_address(text);
    let first = key.find(|c: char| c.is_ascii_digit()).unwrap_or(key.len());
    let (head, mut tail) = key.split_at(first);
    let mut numbers = [0; 3];
    for number in &mut numbers {
        let digits = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let Ok(value) = tail[..digits].parse() else { break };
        *number = value;
        tail = &tail[digits..];
        match tail.strip_prefix('-') {
            Some(rest) => tail = rest,
            None => break,
        }
    }
    let same = |text: &str| text.to_owned();
    Place {
        area: kept(&mut pool.texts, area(head), same),
        numbers,
        rest: kept(&mut pool.texts, tail, same),
        bits: 0.0,
    }
}

/// What stands behind prefecture, city or ward.
fn area(head: &str) -> &str {
    let mut rest = head;
    // 神奈川県 and 和歌山県 have four characters, the others three.
    if let Some((at, mark)) =
        rest.char_indices().skip(2).take(2).find(|(_, c)| matches!(c, '都' | '道' | '府' | '県'))
    {
        rest = &rest[at + mark.len_utf8()..];
    }
    if let Some((at, mark)) =
        rest.char_indices().skip(1).filter(|(_, c)| matches!(c, '市' | '区' | '郡')).last()
    {
        rest = &rest[at + mark.len_utf8()..];
    }
    if rest.is_empty() { head } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, reading: &str, address: &str) -> Features {
        Features::of(&Known { name, reading, address, ..Known::default() })
    }

    #[test]
    fn other_names_are_read_as_people_write_them() {
        for text in ["旧姓 渡辺", "渡辺（旧姓）", "旧姓：渡辺", " 渡辺 ", "(旧姓 渡辺)"]
        {
            assert_eq!(OtherName::read(text).name, "渡辺", "{text}");
        }
        assert_eq!(OtherName::read("はなちゃん").reading, "はなちゃん");
    }

    #[test]
    fn gender_counts_only_where_it_is_plain() {
        for (text, expected) in
            [("女性", Sex::Woman), ("男", Sex::Man), ("", Sex::Unknown), ("男でも女でもない", Sex::Unknown)]
        {
            assert_eq!(Sex::read(text), expected, "{text}");
        }
    }

    #[test]
    fn names_are_cut() {
        let f = of("髙橋　花子", "タカハシ ハナコ", "");
        assert_eq!((&*f.name.family.written, &*f.name.given.reading), ("高橋", "はなこ"));
        let f = of("髙橋花子", "", "");
        assert_eq!(
            (&*f.name.family.written, &*f.name.given.written, f.name.guessed[0]),
            ("高橋", "花子", true)
        );
        let f = of("タカハシ ハナコ", "", "");
        assert_eq!((&*f.name.family.reading, &*f.name.given.reading), ("たかはし", "はなこ"));
    }

    #[test]
    fn places_are_read() {
        for text in
            ["ひかり市緑町3丁目12-5", "緑町3-12-5", "緑町三丁目１２番地の５", "神奈川県ひかり市緑町3-12-5"]
        {
            let place = of("", "", text).place;
            assert_eq!((&*place.area, place.numbers, &*place.rest), ("緑町", [3, 12, 5], ""), "{text}");
        }
        let place = of("", "", "緑町3-12-5 あおぞら荘101").place;
        assert_eq!(&*place.rest, "あおぞら荘101");
        assert_eq!(&*of("", "", "市場町").place.area, "市場町");
    }

    #[test]
    fn phones_are_digits() {
        let of = |phone| Features::of(&Known { phone, ..Known::default() }).phone;
        assert_eq!(of("090-1234-5678"), of("０９０（１２３４）５６７８"));
        assert_ne!(of("090-1234-5678"), 0);
        assert_eq!((of(""), of("なし"), of("110")), (0, 0, 0));
    }
}
