//! Two records side by side, field by field: what is the same, what is a usual slip, what contradicts.

use std::borrow::Cow;

use words::codes;

use crate::features::{Birth, Features, Name, Part, Place, Sex};

codes! {
    /// What was compared.
    pub enum Field {
        /// The family name.
        Family = "family",
        /// The given name.
        Given = "given",
        /// The day of birth.
        Birth = "birth",
        /// The sex.
        Sex = "sex",
        /// The address.
        Address = "address",
        /// The telephone number.
        Phone = "phone",
        /// Taken off because people of one family share a name, an address and a telephone.
        Relatives = "relatives",
    }
    /// What came of it.
    pub enum Level {
        /// Not known of one of them: says nothing.
        Unknown = "unknown",
        /// The same, old and new forms of characters and notations alike.
        Same = "same",
        /// Written in another way, read the same.
        SameSound = "same_sound",
        /// Written the same, one slip in the reading.
        SlippedSound = "slipped_sound",
        /// Written the same, read otherwise.
        OtherSound = "other_sound",
        /// Written in another way, one slip in the reading.
        NearSound = "near_sound",
        /// A character in common; the reading of one is not known.
        Shares = "shares",
        /// The same as a former or another name.
        Former = "former",
        /// Family and given name stand the other way round.
        Swapped = "swapped",
        /// Written in another way; the reading of one is not known.
        Unsure = "unsure",
        /// Another one.
        Different = "different",
        /// Another family name of a woman: most who change it are women who marry.
        DifferentWoman = "different_woman",
        /// As far as known the same.
        Partly = "partly",
        /// Only the day differs.
        Day = "day",
        /// Only the month differs.
        Month = "month",
        /// Day and month stand the other way round.
        Turned = "turned",
        /// Only the year differs, by a usual slip between eras or of one digit.
        YearSlip = "year_slip",
        /// Only the year differs.
        Year = "year",
        /// The same house, another room.
        House = "house",
        /// The same street block.
        Block = "block",
        /// The same part of town.
        Area = "area",
        /// One digit differs.
        OneDigit = "one_digit",
        /// What was taken off.
        TakenOff = "taken_off",
    }
}

/// How many fields are compared.
pub const FIELDS: usize = 6;

/// What came of comparing one field; `bits` where the value itself says how rare it is, 0 where not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) level: Level,
    pub(crate) bits: f32,
}

const fn plain(level: Level) -> Outcome {
    Outcome { level, bits: 0.0 }
}

/// Field by field, in the order of [`Field`].
pub(crate) fn compare(a: &Features, b: &Features) -> [Outcome; FIELDS] {
    let [family, given] = names(a, b);
    [
        family,
        given,
        plain(births(a.birth, b.birth)),
        plain(sexes(a.sex, b.sex)),
        places(&a.place, &b.place),
        phones(a, b),
    ]
}

fn names(a: &Features, b: &Features) -> [Outcome; 2] {
    let [mut family, mut given] = pair(&a.name, &b.name);
    if agrees(family.level) && agrees(given.level) {
        return [family, given];
    }
    if !agrees(family.level) && !agrees(given.level) && turned(&a.name, &b.name) {
        return [plain(Level::Swapped), plain(Level::Swapped)];
    }
    // Of several other names the one that says most, so that it does not matter which record comes first.
    let (mut former_family, mut former_given) = (None::<Outcome>, None::<Outcome>);
    for (one, other) in others(a, b) {
        let [f, g] = pair(one, other);
        for (best, found) in [(&mut former_family, f), (&mut former_given, g)] {
            if agrees(found.level) && best.is_none_or(|b| b.bits < found.bits) {
                *best = Some(Outcome { level: Level::Former, bits: found.bits });
            }
        }
    }
    family = former_family.filter(|_| !agrees(family.level)).unwrap_or(family);
    given = former_given.filter(|_| !agrees(given.level)).unwrap_or(given);
    if family.level == Level::Different && a.sex == Sex::Woman && b.sex == Sex::Woman {
        family.level = Level::DifferentWoman;
    }
    [family, given]
}

/// Every pair of names in which at least one is another name.
fn others<'a>(a: &'a Features, b: &'a Features) -> impl Iterator<Item = (&'a Name, &'a Name)> {
    let of_b = b.others.iter().map(|o| (&a.name, o));
    let of_a = a.others.iter().flat_map(|o| std::iter::once(&b.name).chain(&b.others).map(move |n| (o, n)));
    of_b.chain(of_a)
}

fn agrees(level: Level) -> bool {
    matches!(level, Level::Same | Level::SameSound | Level::SlippedSound)
}

fn pair(a: &Name, b: &Name) -> [Outcome; 2] {
    let (a, b) = (cut_like(a, b), cut_like(b, a));
    [part(&a.family, &b.family), part(&a.given, &b.given)]
}

fn part(a: &Part, b: &Part) -> Outcome {
    if a.is_unknown() || b.is_unknown() {
        return plain(Level::Unknown);
    }
    let rare = |i: usize| a.bits[i].max(b.bits[i]);
    let heard = !a.reading.is_empty() && !b.reading.is_empty();
    let supposed = a.supposed || b.supposed;
    if !a.written.is_empty() && a.written == b.written {
        let level = match () {
            () if !heard || supposed || a.reading == b.reading => Level::Same,
            () if one_slip(&a.reading, &b.reading) => Level::SlippedSound,
            () => Level::OtherSound,
        };
        return Outcome { level, bits: if level == Level::OtherSound { 0.0 } else { rare(0) } };
    }
    if heard && a.reading == b.reading {
        return Outcome { level: Level::SameSound, bits: rare(1) };
    }
    if heard && !supposed {
        // One of two letters is half a name: ゆい and めい are two people.
        let long = a.reading.chars().nth(2).is_some() && b.reading.chars().nth(2).is_some();
        let near = long && one_slip(&a.reading, &b.reading);
        return plain(if near { Level::NearSound } else { Level::Different });
    }
    let shares = a.written.chars().any(|c| b.written.contains(c));
    plain(if shares { Level::Shares } else { Level::Unsure })
}

fn turned(a: &Name, b: &Name) -> bool {
    let same = |x: &Part, y: &Part| {
        (!x.written.is_empty() && x.written == y.written) || (!x.reading.is_empty() && x.reading == y.reading)
    };
    same(&a.family, &b.given) && same(&a.given, &b.family)
}

/// A name whose cut is a guess, cut again where the other one is cut.
fn cut_like<'a>(name: &'a Name, like: &Name) -> Cow<'a, Name> {
    let again = [0, 1].map(|i| name.guessed[i] && !like.guessed[i]);
    if again == [false; 2] {
        return Cow::Borrowed(name);
    }
    let mut new = name.clone();
    if again[0] {
        let whole = format!("{}{}", name.family.written, name.given.written);
        if let Some((family, given)) = recut(&whole, [&like.family.written, &like.given.written])
            .or_else(|| recut(&whole, [&like.family.reading, &like.given.reading]))
        {
            (new.family.written, new.given.written) = (family.into(), given.into());
        }
    }
    if again[1] || (again[0] && name.guessed[1]) {
        let whole = format!("{}{}", name.family.reading, name.given.reading);
        if let Some((family, given)) = recut(&whole, [&like.family.reading, &like.given.reading]) {
            (new.family.reading, new.given.reading) = (family.into(), given.into());
        }
    }
    Cow::Owned(new)
}

fn recut<'a>(whole: &'a str, [family, given]: [&str; 2]) -> Option<(&'a str, &'a str)> {
    let front = Some(family).filter(|f| !f.is_empty()).and_then(|f| whole.strip_prefix(f));
    let back = Some(given).filter(|g| !g.is_empty()).and_then(|g| whole.strip_suffix(g));
    match (front, back) {
        (Some(rest), _) => Some((&whole[..whole.len() - rest.len()], rest)),
        (None, Some(rest)) => Some((rest, &whole[rest.len()..])),
        (None, None) => None,
    }
}

/// Whether one character was changed, left out, put in, or two neighbours changed places.
pub(crate) fn one_slip(a: &str, b: &str) -> bool {
    let (a, b): (Letters, Letters) = (letters(a), letters(b));
    let (a, b) = (a.0.get(..a.1).unwrap_or(&[]), b.0.get(..b.1).unwrap_or(&[]));
    if a.len().abs_diff(b.len()) > 1 || a.len().min(b.len()) < 2 {
        return false;
    }
    let front = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[front..], &b[front..]);
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - back], &b[..b.len() - back]);
    match (a, b) {
        ([_] | [], [_]) | ([_], []) => true,
        ([_, _], [_, _]) => a.iter().eq(b.iter().rev()),
        _ => false,
    }
}

/// Up to 24 letters on the stack: millions of readings are compared.
type Letters = ([char; 24], usize);

fn letters(text: &str) -> Letters {
    let (mut out, mut length) = (['\0'; 24], 0);
    for (to, c) in out.iter_mut().zip(text.chars()) {
        *to = c;
        length += 1;
    }
    (out, length)
}

fn births(a: Birth, b: Birth) -> Level {
    if a.year == 0 || b.year == 0 {
        return Level::Unknown;
    }
    let year = a.year == b.year;
    if a.month == 0 || b.month == 0 {
        return if year { Level::Partly } else { Level::Different };
    }
    let month = a.month == b.month;
    if a.day == 0 || b.day == 0 {
        return if year && month { Level::Partly } else { Level::Different };
    }
    match (year, month, a.day == b.day) {
        (true, true, true) => Level::Same,
        (true, true, false) => Level::Day,
        (true, false, true) => Level::Month,
        (true, false, false) if a.day == b.month && a.month == b.day => Level::Turned,
        (false, true, true) if slipped_year(a.year, b.year) => Level::YearSlip,
        (false, true, true) => Level::Year,
        _ => Level::Different,
    }
}

/// Years apart that come of slips: a neighbour, a decade, and the beginnings of eras taken for one another (令和 and 平成 30,
/// 平成 and 昭和 63, 昭和 and 大正 14, and a western year of two digits taken for 昭和 or the other way round 25, 平成 12).
fn slipped_year(a: u16, b: u16) -> bool {
    matches!(a.abs_diff(b), 1 | 10 | 12 | 14 | 25 | 30 | 63)
}

fn sexes(a: Sex, b: Sex) -> Level {
    match (a, b) {
        (Sex::Unknown, _) | (_, Sex::Unknown) => Level::Unknown,
        (a, b) if a == b => Level::Same,
        _ => Level::Different,
    }
}

fn places(a: &Place, b: &Place) -> Outcome {
    if a.area.is_empty() || b.area.is_empty() {
        return plain(Level::Unknown);
    }
    if !same_area(&a.area, &b.area) {
        return plain(Level::Different);
    }
    if a.numbers[0] == 0 || b.numbers[0] == 0 {
        return plain(Level::Partly);
    }
    if a.numbers[0] != b.numbers[0] {
        return plain(Level::Area);
    }
    if a.numbers == b.numbers {
        let house = !a.rest.is_empty() && !b.rest.is_empty() && a.rest != b.rest;
        return Outcome { level: if house { Level::House } else { Level::Same }, bits: a.bits.max(b.bits) };
    }
    plain(if a.numbers[1] == b.numbers[1] && a.numbers[1] != 0 { Level::Block } else { Level::Area })
}

fn same_area(a: &str, b: &str) -> bool {
    let long = |s: &str| s.chars().nth(1).is_some();
    a == b || (long(a) && long(b) && (a.ends_with(b) || b.ends_with(a)))
}

fn phones(a: &Features, b: &Features) -> Outcome {
    match (a.phone, b.phone) {
        (0, _) | (_, 0) => plain(Level::Unknown),
        (x, y) if x == y => Outcome { level: Level::Same, bits: a.phone_bits.max(b.phone_bits) },
        (x, y) if one_digit(x, y) => plain(Level::OneDigit),
        _ => plain(Level::Different),
    }
}

fn one_digit(mut x: u64, mut y: u64) -> bool {
    let mut differing = 0;
    while x > 0 || y > 0 {
        differing += u32::from(x % 10 != y % 10);
        (x, y) = (x / 10, y / 10);
    }
    differing == 1
}
