//! `cargo bench -p linkage`: how well and how fast records of one person are found (P10). `-- FILE…` measures files of the
//! generator outside of the project too; `-- count FILE…` counts how often each outcome comes, for the table of weights.

use std::collections::BTreeMap;
use std::time::Instant;

use linkage::{Features, Model, Scale};
use words::code::Code;

#[path = "../tests/invented/mod.rs"]
mod invented;

use invented::{Record, of_groups, of_pairs};

#[expect(clippy::print_stdout, reason = "a bench prints what it measured")]
#[expect(clippy::disallowed_methods, reason = "a bench measures by the clock")]
fn measure(name: &str, records: &[Record], threads: usize) {
    let start = Instant::now();
    let all = linkage::prepare(records.iter().map(Record::known));
    let prepared = start.elapsed().as_secs_f64();
    let linked = linkage::link(&all, &Model::default(), threads);
    let seconds = start.elapsed().as_secs_f64();
    let q = of_groups(records, &linked.groups);
    println!(
        "{name}: {} records, {threads} threads: {seconds:.2} s ({prepared:.2} s to prepare); groups: F1 {:.4}, precision {:.4}, \
         recall {:.4}; {} pairs kept; peak {}",
        records.len(),
        q.f1,
        q.precision,
        q.recall,
        linked.pairs.len(),
        peak(),
    );
    for threshold in [0.0, linkage::SHOWN, 6.0] {
        let q = of_pairs(records, &linked.pairs, threshold);
        println!(
            "    pairs at {threshold:>4}: precision {:.4}, recall {:.4}, F1 {:.4}",
            q.precision, q.recall, q.f1
        );
    }
}

/// The most memory the process has held so far (Linux).
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |l| l.trim().to_owned())
}

/// How often each outcome comes among pairs of one person, and among pairs by chance.
#[expect(clippy::print_stdout, reason = "prints what it counted")]
fn count(records: &[Record]) {
    let all: Vec<Features> = linkage::prepare(records.iter().map(Record::known));
    let model = Model::default();
    let mut by_person: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    records.iter().enumerate().for_each(|(i, r)| by_person.entry(r.person).or_default().push(i));
    let mut counts: BTreeMap<(&str, &str), [f64; 2]> = BTreeMap::new();
    let mut total = [0.0; 2];
    let mut see = |a: usize, b: usize, same: usize| {
        total[same] += 1.0;
        for line in model.score(&all[a], &all[b], Scale::of(all.len())).lines {
            counts.entry((line.field.code(), line.level.code())).or_default()[same] += 1.0;
        }
    };
    for of in by_person.values() {
        (0..of.len()).for_each(|i| (0..i).for_each(|j| see(of[i], of[j], 1)));
    }
    for step in 1..40 {
        let far = step * 997;
        (far..all.len())
            .filter(|i| records[*i].person != records[i - far].person)
            .for_each(|i| see(i, i - far, 0));
    }
    for ((field, level), [u, m]) in counts {
        println!("{field:10} {level:16} m {:.5}  u {:.7}", m / total[1], u / total[0]);
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let files =
        || args.iter().filter_map(|a| std::fs::read_to_string(a).ok().map(|text| (a, invented::read(&text))));
    if args.first().is_some_and(|a| a == "count") {
        return files().for_each(|(_, records)| count(&records));
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    for (name, records) in files() {
        measure(name, &records, threads);
    }
    if args.is_empty() {
        measure("seed 101", &invented::records(60_000, 101), threads);
        measure("families, seed 104", &invented::families(60_000, 104), threads);
        measure("seed 102", &invented::records(500_000, 102), threads);
    }
}
