//! Where the strokes of a divorce or a separation stand: on a level piece of their line, where no other line runs through them.

use crate::{Couple, Kind, Point, Stroke};

/// What the strokes take to both sides of their point and above and below it.
const BEFORE: i32 = 3;
const AFTER: i32 = 11;
const HIGH: i32 = 9;
/// As far from other lines as is enough.
const CLEAR: i32 = 8;
/// How far from the end of its line a sign begins.
const END: i32 = 6;
/// What a line needs at least between a symbol and another line for its sign.
pub(crate) const WIDE: i32 = END + AFTER + 3;

/// Gives every line of those who parted its place for the sign.
pub(crate) fn put(strokes: &mut [Stroke]) {
    for i in 0..strokes.len() {
        if matches!(strokes[i].kind, Kind::Couple(Couple::Divorced | Couple::Separated)) {
            strokes[i].mark = best(strokes, i);
        }
    }
}

/// Where it is clear of the lines of others and of its own corners; of several such places the first.
fn best(strokes: &[Stroke], own: usize) -> Option<Point> {
    let upright: Vec<&[Point]> =
        strokes.iter().flat_map(|s| s.points.windows(2)).filter(|w| w[0].x == w[1].x).collect();
    let room = |p: Point| {
        let meets = |w: &&&[Point]| {
            let (top, bottom) = (w[0].y.min(w[1].y), w[0].y.max(w[1].y));
            top < p.y + HIGH && p.y - HIGH < bottom
        };
        let apart = |w: &&[Point]| (p.x - BEFORE - w[0].x).max(w[0].x - p.x - AFTER).max(0);
        upright.iter().filter(meets).map(apart).min().unwrap_or(CLEAR).min(CLEAR)
    };
    let level = strokes[own].points.windows(2).filter(|w| w[0].y == w[1].y);
    let places = level.flat_map(|w| {
        let (low, high) = (w[0].x.min(w[1].x), w[0].x.max(w[1].x));
        (low + END..(high - AFTER).max(low + END + 1)).map(|x| Point { x, y: w[0].y })
    });
    // Of places that are as good the first counts, and `max_by_key` gives the last.
    places
        .map(|p| (room(p), p))
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, p)| p)
}
