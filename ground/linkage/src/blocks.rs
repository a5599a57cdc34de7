//! Block keys: only records that share one are compared. Each kind of slip leaves at least one of them whole.

use crate::features::{Birth, Features, Name, Part, Place};

/// How many keys a record has at most, without those of other names.
pub const KEYS: usize = 9;

/// A stable hash of what a key is made of: FNV-1a of 64 bits, because these keys are kept in a database and must not change
/// with the compiler. Never 0: that is no key.
fn hash(kind: u8, parts: &[&[u8]]) -> u64 {
    let mut value = 0xcbf2_9ce4_8422_2325_u64;
    let mut step = |byte: u8| {
        value ^= u64::from(byte);
        value = value.wrapping_mul(0x0100_0000_01b3);
    };
    step(kind);
    for part in parts {
        part.iter().copied().for_each(&mut step);
        step(0xff);
    }
    value.max(1)
}

/// Both texts, or no key where one is missing.
fn of_texts(kind: u8, a: &str, b: &str) -> u64 {
    if a.is_empty() || b.is_empty() { 0 } else { hash(kind, &[a.as_bytes(), b.as_bytes()]) }
}

fn of_birth(kind: u8, text: &str, birth: &[u8], known: bool) -> u64 {
    if text.is_empty() || !known { 0 } else { hash(kind, &[text.as_bytes(), birth]) }
}

/// How the given name is read, or written where the reading is not known.
fn given(part: &Part) -> &str {
    if part.reading.is_empty() { &part.written } else { &part.reading }
}

fn of_place(place: &Place) -> u64 {
    if place.area.is_empty() || place.numbers[1] == 0 {
        return 0;
    }
    let numbers = place.numbers.map(u16::to_le_bytes);
    hash(b'a', &[place.area.as_bytes(), numbers.as_flattened()])
}

fn of_phone(phone: u64) -> u64 {
    if phone == 0 { 0 } else { hash(b't', &[&phone.to_le_bytes()]) }
}

/// The keys of a record, 0 where there is none. In the order in which they are worth most.
pub(crate) fn keys(f: &Features) -> [u64; KEYS] {
    let Birth { year, month, day } = f.birth;
    let [low, high] = year.to_le_bytes();
    let (family, first) = (&f.name.family, &f.name.given);
    let whole = year != 0 && month != 0 && day != 0;
    [
        of_phone(f.phone),
        of_place(&f.place),
        if whole { hash(b'b', &[&[low, high, month, day]]) } else { 0 },
        of_texts(b'r', &family.reading, &first.reading),
        of_texts(b'n', &family.written, &first.written),
        of_texts(b'x', &family.reading, &first.written),
        of_texts(b'y', &family.written, &first.reading),
        of_birth(b'm', given(first), &[low, high, month], month != 0),
        of_birth(b'd', given(first), &[month, day], day != 0),
    ]
}

/// The keys by which a record is found in a database, those of its other names among them; sorted, each once.
pub fn lookup_keys(f: &Features) -> Vec<i64> {
    let mut all: Vec<u64> = keys(f).to_vec();
    for other in &f.others {
        all.extend(of_other(f, other));
    }
    // Names without a space, whose cut is a guess, are found by what stands in both.
    all.push(of_whole(&f.name.family, &f.name.given));
    let mut all: Vec<i64> = all.into_iter().filter(|k| *k != 0).map(u64::cast_signed).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn of_other(f: &Features, other: &Name) -> [u64; 5] {
    let first = if other.given.is_unknown() { &f.name.given } else { &other.given };
    let family = &other.family;
    [
        of_texts(b'r', &family.reading, &first.reading),
        of_texts(b'n', &family.written, &first.written),
        of_texts(b'x', &family.reading, &first.written),
        of_texts(b'y', &family.written, &first.reading),
        of_whole(family, first),
    ]
}

/// Of a whole name, wherever it is cut.
fn of_whole(family: &Part, given: &Part) -> u64 {
    let whole = format!("{}{}", family.written, given.written);
    if whole.is_empty() { 0 } else { hash(b'w', &[whole.as_bytes()]) }
}
