//! How long one drawing takes: layout and SVG, the slowest of a thousand invented families. The bar is 10 ms.

#[path = "../tests/invented/mod.rs"]
mod invented;

use std::time::{Duration, Instant};

use kin::svg::Frame;

#[expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures and says what it measured"
)]
fn main() {
    let (mut all, mut slowest, mut who) = (Duration::ZERO, Duration::ZERO, 0);
    for seed in 0..1000 {
        let family = invented::family(seed);
        let begun = Instant::now();
        let drawing = kin::genogram(&family);
        let svg = kin::svg::genogram(&family, &drawing, &Frame::default());
        let took = begun.elapsed();
        assert!(!svg.is_empty());
        all += took;
        if took > slowest {
            (slowest, who) = (took, family.people.len());
        }
    }
    println!("1000 genograms: {:?} each on average, the slowest {slowest:?} ({who} people)", all / 1000);
}
