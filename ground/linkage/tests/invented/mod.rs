//! Invented records with known truth: about a third of the people are recorded twice, some three times, with the slips that
//! Japanese records have. The same kind of data as the generator the figures of docs/linkage.md were measured with, and beside
//! it whole families, of whom everybody shares name, address and telephone.

mod words;

use ::words::partial::PartialDate;
use linkage::{Known, OtherName, Sex};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One invented record and whose it is.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Who it is: equal for records of one person.
    pub person: u32,
    pub family: String,
    pub given: String,
    pub family_reading: String,
    pub given_reading: String,
    pub birth: String,
    pub woman: bool,
    pub phone: String,
    pub address: String,
    /// Name and reading as they are typed, with a space between.
    pub name: String,
    pub reading: String,
}

impl Record {
    /// As the crate takes it.
    pub fn known(&self) -> Known<'_> {
        Known {
            name: &self.name,
            reading: &self.reading,
            others: &[] as &[OtherName<'_>],
            birth: PartialDate::parse_iso(&self.birth),
            sex: if self.woman { Sex::Woman } else { Sex::Man },
            phone: &self.phone,
            address: &self.address,
        }
    }

    pub fn joined(mut self) -> Self {
        self.name = format!("{} {}", self.family, self.given);
        let whole = format!("{} {}", self.family_reading, self.given_reading);
        whole.trim().clone_into(&mut self.reading);
        self
    }
}

struct Lists {
    families: Vec<(&'static str, &'static str)>,
    weights: Vec<f64>,
    variants: Vec<(&'static str, &'static str)>,
    /// Reading and writing, of men and of women.
    given: [Vec<(&'static str, &'static str)>; 2],
}

fn lists() -> Lists {
    let pairs = |text: &'static str| -> Vec<(&'static str, &'static str)> {
        let entries = text.split_whitespace().filter_map(|entry| entry.split_once(':'));
        entries.flat_map(|(head, forms)| forms.split(',').map(move |form| (head, form))).collect()
    };
    let families = pairs(words::FAMILIES);
    let mut total = 0.0;
    let weights = (0..families.len())
        .map(|rank| {
            total += (f64::from(u32::try_from(rank).unwrap_or(0)) + 8.0).powf(-0.9);
            total
        })
        .collect();
    let mut variants = pairs(words::VARIANTS);
    variants.extend(pairs(words::VARIANTS).into_iter().map(|(a, b)| (b, a)));
    Lists { families, weights, variants, given: [pairs(words::MEN), pairs(words::WOMEN)] }
}

impl Lists {
    fn family(&self, r: &mut ChaCha8Rng) -> (&'static str, &'static str) {
        let at = r.random_range(0.0..*self.weights.last().unwrap_or(&1.0));
        self.families[self.weights.partition_point(|w| *w < at).min(self.families.len() - 1)]
    }

    fn person(&self, r: &mut ChaCha8Rng, person: u32) -> Record {
        let woman = r.random_bool(0.51);
        let (family, family_reading) = self.family(r);
        let (given_reading, given) = *one(r, &self.given[usize::from(woman)]);
        // Years between 1926 and 2007, most about 1955.
        let (low, peak, high) = (1926.0_f64, 1955.0, 2007.0);
        let at: f64 = r.random();
        let cut = (peak - low) / (high - low);
        let year = if at < cut {
            low + (at * (high - low) * (peak - low)).sqrt()
        } else {
            high - ((1.0 - at) * (high - low) * (high - peak)).sqrt()
        };
        Record {
            person,
            family: family.into(),
            given: given.into(),
            family_reading: family_reading.into(),
            given_reading: given_reading.into(),
            birth: format!("{year:.0}-{:02}-{:02}", r.random_range(1..=12), r.random_range(1..=28)),
            woman,
            phone: phone(r),
            address: address(r),
            ..Record::default()
        }
    }

    /// The same person as another desk might have written them down.
    fn again(&self, r: &mut ChaCha8Rng, first: &Record) -> Record {
        let mut q = first.clone();
        if r.random_bool(0.25) {
            let forms: Vec<_> = self.variants.iter().filter(|(name, _)| *name == q.family).collect();
            if let Some((_, form)) = forms.choose(r) {
                q.family = (*form).into();
            }
        }
        if r.random_bool(0.15) {
            let all = self.given.iter().flatten();
            let forms: Vec<_> = all.filter(|(reading, _)| *reading == q.given_reading).collect();
            if let Some((_, form)) = forms.choose(r) {
                q.given = (*form).into();
            }
        }
        if r.random_bool(0.08) {
            let reading = if r.random() { &mut q.family_reading } else { &mut q.given_reading };
            slip(r, reading);
        }
        if r.random_bool(0.06) {
            q.given.clone_from(&q.given_reading);
        }
        if r.random_bool(0.10) {
            q.family_reading.clear();
            q.given_reading.clear();
        }
        if q.woman && r.random_bool(0.04) {
            let (family, reading) = self.family(r);
            (q.family, q.family_reading) = (family.into(), reading.into());
        }
        if r.random_bool(0.07) {
            slip_birth(r, &mut q.birth);
        }
        if r.random_bool(0.03) {
            q.birth.clear();
        }
        match r.random::<f64>() {
            x if x < 0.30 => q.address = address(r),
            x if x < 0.51 => q.address = q.address.replace("丁目", "-").replace("ひかり市", ""),
            _ => {}
        }
        match r.random::<f64>() {
            x if x < 0.35 => q.phone = phone(r),
            x if x < 0.545 => q.phone = q.phone.replace('-', ""),
            _ => {}
        }
        if r.random_bool(0.2) {
            q.phone.clear();
        }
        q
    }
}

/// One of a list that is not empty.
fn one<'a, T>(r: &mut ChaCha8Rng, list: &'a [T]) -> &'a T {
    &list[r.random_range(0..list.len())]
}

/// So many records in an order by chance, everybody living alone.
pub fn records(count: usize, seed: u64) -> Vec<Record> {
    let (lists, mut r) = (lists(), ChaCha8Rng::seed_from_u64(seed));
    let mut all = Vec::with_capacity(count + 3);
    for person in 0.. {
        if all.len() >= count {
            break;
        }
        let first = lists.person(&mut r, person);
        add(&lists, &mut r, &mut all, first);
    }
    finish(&mut r, all, count)
}

/// So many records of whole families: three of one name at one address with one telephone, twins among them.
pub fn families(count: usize, seed: u64) -> Vec<Record> {
    let (lists, mut r) = (lists(), ChaCha8Rng::seed_from_u64(seed));
    let mut all = Vec::with_capacity(count + 12);
    let mut person = 0;
    while all.len() < count {
        let head = lists.person(&mut r, person);
        let twins = r.random_bool(0.02);
        for _ in 0..3 {
            person += 1;
            let mut member = lists.person(&mut r, person);
            member.family.clone_from(&head.family);
            member.family_reading.clone_from(&head.family_reading);
            member.address.clone_from(&head.address);
            member.phone.clone_from(&head.phone);
            if twins {
                member.birth.clone_from(&head.birth);
            }
            add(&lists, &mut r, &mut all, member);
        }
        person += 1;
    }
    finish(&mut r, all, count)
}

fn add(lists: &Lists, r: &mut ChaCha8Rng, all: &mut Vec<Record>, first: Record) {
    let times = match r.random::<f64>() {
        x if x < 0.30 => 1,
        x if x < 0.365 => 2,
        _ => 0,
    };
    for _ in 0..times {
        all.push(lists.again(r, &first).joined());
    }
    all.push(first.joined());
}

fn finish(r: &mut ChaCha8Rng, mut all: Vec<Record>, count: usize) -> Vec<Record> {
    all.truncate(count);
    for at in (1..all.len()).rev() {
        all.swap(at, r.random_range(0..=at));
    }
    all
}

fn slip(r: &mut ChaCha8Rng, reading: &mut String) {
    const TAKEN_FOR: [(char, char); 11] = [
        ('ア', 'ハ'),
        ('シ', 'ツ'),
        ('ソ', 'ン'),
        ('コ', 'ユ'),
        ('ウ', 'オ'),
        ('エ', 'イ'),
        ('ト', 'ド'),
        ('タ', 'ダ'),
        ('カ', 'ガ'),
        ('サ', 'ザ'),
        ('ヒ', 'シ'),
    ];
    let mut letters: Vec<char> = reading.chars().collect();
    let at = r.random_range(0..letters.len());
    letters[at] = TAKEN_FOR.iter().find(|(one, _)| *one == letters[at]).map_or('ー', |(_, other)| *other);
    *reading = letters.into_iter().collect();
}

fn slip_birth(r: &mut ChaCha8Rng, birth: &mut String) {
    let mut parts = birth.split('-').filter_map(|part| part.parse::<i32>().ok());
    let mut part = || parts.next().unwrap_or(1);
    let (mut year, mut month, mut day) = (part(), part(), part());
    match r.random::<f64>() {
        x if x < 0.4 => day = r.random_range(1..=28),
        x if x < 0.7 => month = r.random_range(1..=12),
        _ => year += *one(r, &[-1, 1, -10, 10, 12, 25, -12]),
    }
    *birth = format!("{year}-{month:02}-{day:02}");
}

fn address(r: &mut ChaCha8Rng) -> String {
    let (area, end) = (one(r, &words::AREAS), one(r, &words::ENDS));
    let (block, number) = (r.random_range(1..=40), r.random_range(1..=25));
    format!("ひかり市{area}{end}{}丁目{block}-{number}", r.random_range(1..=5))
}

fn phone(r: &mut ChaCha8Rng) -> String {
    let last = r.random_range(0..10_000);
    if r.random_bool(0.6) {
        format!("090-{}-{last:04}", r.random_range(1000..10_000))
    } else {
        format!("0{}-{}-{last:04}", r.random_range(42..50), r.random_range(200..1000))
    }
}

/// The records of a file that the generator outside of the project has written.
pub fn read(csv: &str) -> Vec<Record> {
    csv.lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',').skip(1);
            let mut cell = || cells.next().map(str::to_owned);
            Some(
                Record {
                    person: cell()?.parse().ok()?,
                    family: cell()?,
                    given: cell()?,
                    family_reading: cell()?,
                    given_reading: cell()?,
                    birth: cell()?,
                    woman: cell()? == "女",
                    phone: cell()?,
                    address: cell()?,
                    ..Record::default()
                }
                .joined(),
            )
        })
        .collect()
}

/// How good an answer is.
#[derive(Clone, Copy, Debug)]
pub struct Quality {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// Of groups: every pair of records in one group against every pair of one person.
pub fn of_groups(records: &[Record], groups: &[u32]) -> Quality {
    use std::collections::HashMap;
    let pairs =
        |sizes: HashMap<(u32, u32), f64>| -> f64 { sizes.values().map(|n| n * (n - 1.0) / 2.0).sum() };
    let (mut truth, mut found, mut both) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (record, group) in records.iter().zip(groups) {
        *truth.entry((record.person, 0)).or_default() += 1.0;
        *found.entry((*group, 0)).or_default() += 1.0;
        *both.entry((record.person, *group)).or_default() += 1.0;
    }
    quality(pairs(truth), pairs(found), pairs(both))
}

/// Of pairs at a threshold: how many of those shown are right, and how many of the right ones are shown.
pub fn of_pairs(records: &[Record], pairs: &[linkage::Pair], threshold: f32) -> Quality {
    let person = |at: u32| records[at as usize].person;
    let shown = pairs.iter().filter(|p| p.log_odds >= threshold);
    let (mut found, mut both) = (0.0, 0.0);
    for p in shown {
        found += 1.0;
        both += f64::from(u8::from(person(p.a) == person(p.b)));
    }
    let mut sizes = std::collections::HashMap::<u32, f64>::new();
    for record in records {
        *sizes.entry(record.person).or_default() += 1.0;
    }
    quality(sizes.values().map(|n| n * (n - 1.0) / 2.0).sum(), found, both)
}

fn quality(truth: f64, found: f64, both: f64) -> Quality {
    let (precision, recall) = (both / found.max(1.0), both / truth.max(1.0));
    Quality { precision, recall, f1: 2.0 * both / (truth + found).max(1.0) }
}
