//! All records of a town at once: blocks, pairs, groups. Memory grows with the records, not with the pairs.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::blocks::{KEYS, keys};
use crate::cluster;
use crate::features::{Features, Known, Part, Pool};
use crate::model::{Model, Scale};

/// Records of a block compared with each other at most; larger ones say too little.
const BLOCK: usize = 1_500;

/// Pairs at least this probable are kept for grouping (log2 of the odds).
const KEPT: f32 = -6.0;

/// A pair that looks like one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The place of one record.
    pub a: u32,
    /// The place of the other, always higher.
    pub b: u32,
    /// log2 of the odds that they are one person.
    pub log_odds: f32,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Linked {
    /// The pairs worth a look, most probable first.
    pub pairs: Vec<Pair>,
    /// The group of each record, named by its first record.
    pub groups: Vec<u32>,
}

/// Prepares many records: how rare names, places and numbers are is counted among them, and missing readings are supposed to
/// be the usual ones.
pub fn prepare<'a>(records: impl Iterator<Item = Known<'a>>) -> Vec<Features> {
    let mut pool = Pool::default();
    let mut all: Vec<Features> = records.map(|known| Features::pooled(&known, &mut pool)).collect();
    drop(pool);
    suppose(&mut all, |f| &f.name.family, |f| &mut f.name.family);
    suppose(&mut all, |f| &f.name.given, |f| &mut f.name.given);
    count(&mut all, 13.0, |f| &f.name.family, |f| &mut f.name.family);
    count(&mut all, 12.0, |f| &f.name.given, |f| &mut f.name.given);
    count_places(&mut all);
    all
}

/// Links prepared records.
pub fn link(all: &[Features], model: &Model, threads: usize) -> Linked {
    let scale = Scale::of(all.len());
    let keys: Vec<[u64; KEYS]> = all.iter().map(keys).collect();
    let mut pairs = Vec::new();
    for which in 0..KEYS {
        pairs.extend(of_key(all, &keys, which, (model, scale), threads));
    }
    drop(keys);
    pairs.sort_unstable_by(|x, y| y.log_odds.total_cmp(&x.log_odds).then((x.a, x.b).cmp(&(y.a, y.b))));
    let groups = cluster::groups(all, &pairs, model, scale);
    Linked { pairs, groups }
}

/// The pairs found by one key that no earlier key has found.
fn of_key(
    all: &[Features],
    keys: &[[u64; KEYS]],
    which: usize,
    (model, scale): (&Model, Scale),
    threads: usize,
) -> Vec<Pair> {
    let mut sorted: Vec<(u64, u32)> =
        (0u32..).zip(keys).map(|(i, k)| (k[which], i)).filter(|(k, _)| *k != 0).collect();
    sorted.sort_unstable();
    let blocks: Vec<&[(u64, u32)]> =
        sorted.chunk_by(|x, y| x.0 == y.0).filter(|b| (2..=BLOCK).contains(&b.len())).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        loop {
            let from = next.fetch_add(512, Ordering::Relaxed);
            let Some(some) = blocks.get(from..(from + 512).min(blocks.len())) else { return found };
            if some.is_empty() {
                return found;
            }
            for block in some {
                for (at, &(_, a)) in block.iter().enumerate() {
                    for &(_, b) in &block[at + 1..] {
                        let (x, y) = (&keys[a as usize], &keys[b as usize]);
                        if (0..which).any(|k| x[k] != 0 && x[k] == y[k]) {
                            continue;
                        }
                        let score = model.score(&all[a as usize], &all[b as usize], scale);
                        if score.log_odds >= KEPT {
                            found.push(Pair { a, b, log_odds: score.log_odds });
                        }
                    }
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let hands: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap_or_default()).collect()
    })
}

/// Gives records without a reading the usual reading of their written form.
fn suppose(all: &mut [Features], of: fn(&Features) -> &Part, of_mut: fn(&mut Features) -> &mut Part) {
    let mut seen: HashMap<Arc<str>, HashMap<Arc<str>, u32>> = HashMap::new();
    for part in all.iter().map(of).filter(|p| !p.written.is_empty() && !p.reading.is_empty()) {
        *seen.entry(Arc::clone(&part.written)).or_default().entry(Arc::clone(&part.reading)).or_default() +=
            1;
    }
    let usual: HashMap<Arc<str>, Arc<str>> = seen
        .into_iter()
        .filter_map(|(written, readings)| {
            let most = readings.into_iter().max_by(|x, y| x.1.cmp(&y.1).then_with(|| y.0.cmp(&x.0)))?;
            Some((written, most.0))
        })
        .collect();
    for part in all.iter_mut().map(of_mut).filter(|p| p.reading.is_empty() && !p.written.is_empty()) {
        if let Some(reading) = usual.get(&part.written) {
            part.reading = Arc::clone(reading);
            part.supposed = true;
        }
    }
}

/// How many bits a value is worth that so many of all records have.
fn bits(have: u32, all: usize, most: f32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "counts as a rough measure")]
    let share = have as f32 / all.max(1) as f32;
    (-share.log2()).clamp(0.1, most)
}

fn count(
    all: &mut [Features],
    most: f32,
    of: fn(&Features) -> &Part,
    of_mut: fn(&mut Features) -> &mut Part,
) {
    let mut written: HashMap<Arc<str>, u32> = HashMap::new();
    let mut reading: HashMap<Arc<str>, u32> = HashMap::new();
    for part in all.iter().map(of) {
        *written.entry(Arc::clone(&part.written)).or_default() += 1;
        *reading.entry(Arc::clone(&part.reading)).or_default() += 1;
    }
    let n = all.len();
    for part in all.iter_mut().map(of_mut) {
        part.bits = [
            bits(written.get(&part.written).copied().unwrap_or(1), n, most),
            bits(reading.get(&part.reading).copied().unwrap_or(1), n, most),
        ];
    }
}

/// A telephone of a home for the elderly, or its address, is that of a hundred people.
fn count_places(all: &mut [Features]) {
    let n = all.len();
    let mut phones: HashMap<u64, u32> = HashMap::new();
    let mut places: HashMap<(Arc<str>, [u16; 3]), u32> = HashMap::new();
    for f in all.iter() {
        *phones.entry(f.phone).or_default() += 1;
        *places.entry((Arc::clone(&f.place.area), f.place.numbers)).or_default() += 1;
    }
    for f in all.iter_mut() {
        f.phone_bits = bits(phones.get(&f.phone).copied().unwrap_or(1), n, 15.0);
        let key = (Arc::clone(&f.place.area), f.place.numbers);
        f.place.bits = bits(places.get(&key).copied().unwrap_or(1), n, 14.0);
    }
}
