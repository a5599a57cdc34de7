//! How long a PDF takes once the fonts are read: a form of one page (the bar is 30 ms), minutes of twenty pages (300 ms). Every
//! document differs from the one before, as papers do; medians.

#[path = "../examples/papers/mod.rs"]
mod papers;

use std::time::{Duration, Instant};

use paper::{Block, Document};

const ROUNDS: usize = 15;

#[expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a bench measures and says what it measured"
)]
fn main() {
    let first = Instant::now();
    press::pdf(&papers::letter()).expect("a letter");
    println!("the first paper of the process, with reading the fonts: {:?}", first.elapsed());
    for (_, warm) in papers::all() {
        press::pdf(&warm).expect("a paper");
    }
    let minutes = papers::minutes(20);
    let pages = press::typeset(&minutes).expect("minutes").pages().len();
    assert!(pages >= 20, "the bar is for twenty pages");
    for (name, document) in [("form of one page", papers::form()), ("minutes", minutes)] {
        let mut took: Vec<Duration> = (0..ROUNDS)
            .map(|n| {
                let other = renamed(&document, n);
                let begun = Instant::now();
                let pdf = press::pdf(&other).expect("a paper");
                assert!(!pdf.is_empty());
                begun.elapsed()
            })
            .collect();
        took.sort_unstable();
        println!("{name}: median {:?}, slowest {:?}", took[ROUNDS / 2], took[ROUNDS - 1]);
    }
    println!("the minutes have {pages} pages");
}

/// The same paper with other words: nothing of it is remembered from the round before.
fn renamed(document: &Document, n: usize) -> Document {
    let mut other = document.clone();
    for block in &mut other.blocks {
        match block {
            Block::Talk { lines } => lines.iter_mut().for_each(|l| l.words = format!("{}（{n}）", l.words)),
            Block::Fields(fields) => {
                for field in fields.rows.iter_mut().flat_map(|r| &mut r.fields) {
                    field.label.push_str(&n.to_string());
                }
            }
            Block::Paragraph { words, .. } | Block::Heading { words, .. } => words.push_str(&n.to_string()),
            _ => {}
        }
    }
    other
}
