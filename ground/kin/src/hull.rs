//! The line around those who live together: boxes of people, joined through free space, as one outline. Nobody else is
//! inside, however they stand.

use std::collections::{BTreeMap, BTreeSet};

use crate::place::{GAP, PAD, Placed};
use crate::{Point, Rect};

/// Distance of the line from a box.
const AROUND: i32 = 10;
/// Width of a passage between two parts.
const PASSAGE: i32 = 16;

/// Neighbours in a row who all live there.
#[derive(Debug, Clone, Copy)]
struct Run {
    row: usize,
    /// Places in the row, the last included.
    from: usize,
    to: usize,
    left: i32,
    right: i32,
}

/// Outlines around everybody for whom `home` holds; nothing for fewer than two.
pub(crate) fn around(placed: &Placed, home: impl Fn(usize) -> bool) -> Vec<Vec<Point>> {
    let runs = runs(placed, &home);
    if runs.iter().map(|r| r.to - r.from + 1).sum::<usize>() < 2 {
        return Vec::new();
    }
    let mut rects: Vec<Rect> = runs
        .iter()
        .map(|r| {
            let bottom = placed.rows[r.row][r.from..=r.to].iter().map(|p| placed.whole(*p).bottom).max();
            Rect {
                left: r.left,
                right: r.right,
                // Below the bar of brothers and sisters that runs above a row.
                top: placed.top[r.row] - AROUND + 3,
                bottom: bottom.unwrap_or(0) + AROUND - 2,
            }
        })
        .collect();
    let boxes = rects.clone();
    for (a, b) in tree(&runs) {
        rects.extend(passage(placed, (&runs[a], boxes[a]), (&runs[b], boxes[b])));
    }
    outline(&rects)
}

fn runs(placed: &Placed, home: &impl Fn(usize) -> bool) -> Vec<Run> {
    let mut runs = Vec::new();
    for (row, people) in placed.rows.iter().enumerate() {
        let mut from = None;
        for at in 0..=people.len() {
            let lives = people.get(at).is_some_and(|p| home(*p));
            match (lives, from) {
                (true, None) => from = Some(at),
                (false, Some(begin)) => {
                    from = None;
                    runs.push(Run {
                        row,
                        from: begin,
                        to: at - 1,
                        left: placed.whole(people[begin]).left - AROUND,
                        right: placed.whole(people[at - 1]).right + AROUND,
                    });
                }
                _ => {}
            }
        }
    }
    runs
}

/// Which runs are joined: the cheapest passages that make them one.
fn tree(runs: &[Run]) -> Vec<(usize, usize)> {
    let mut edges = Vec::new();
    for (i, a) in runs.iter().enumerate() {
        for (j, b) in runs.iter().enumerate().skip(i + 1) {
            let apart = (a.left.max(b.left) - a.right.min(b.right) + PASSAGE).max(0);
            let rows = i32::try_from(a.row.abs_diff(b.row)).unwrap_or(i32::MAX / 10_000);
            let cost = match rows {
                0 => apart + 400,
                rows => apart + (rows - 1) * 4000,
            };
            edges.push((cost, i, j));
        }
    }
    edges.sort_unstable();
    let mut part: Vec<usize> = (0..runs.len()).collect();
    let mut chosen = Vec::new();
    for (_, i, j) in edges {
        let (a, b) = (part[i], part[j]);
        if a != b {
            part.iter_mut().filter(|p| **p == b).for_each(|p| *p = a);
            chosen.push((i, j));
        }
    }
    chosen
}

/// Rectangles that join two runs through free space.
fn passage(placed: &Placed, a: (&Run, Rect), b: (&Run, Rect)) -> Vec<Rect> {
    let (upper, lower) = if a.0.row <= b.0.row { (a, b) } else { (b, a) };
    if upper.0.row == lower.0.row {
        let (left, right) = if upper.0.left < lower.0.left { (upper, lower) } else { (lower, upper) };
        let y = placed.bottom[left.0.row] + PAD / 2;
        return vec![
            strip(left.1.right - PASSAGE, left.1.right, left.1.top, y),
            strip(left.1.right - PASSAGE, right.1.left + PASSAGE, y - PASSAGE / 2, y),
            strip(right.1.left, right.1.left + PASSAGE, right.1.top, y),
        ];
    }
    let (low, high) = (upper.1.left.max(lower.1.left), upper.1.right.min(lower.1.right));
    if upper.0.row + 1 == lower.0.row && high - low >= PASSAGE {
        return vec![strip(low, high, upper.1.top, lower.1.bottom)];
    }
    // Down to the channel, along it, through the free spaces of the rows between, and down to the lower one.
    let inside = |r: Rect, x: i32| x.clamp(r.left + PASSAGE / 2, r.right - PASSAGE / 2);
    let target = i32::midpoint(lower.1.left, lower.1.right);
    let mut x = inside(upper.1, target);
    let mut top = upper.1.top;
    let mut rects = Vec::new();
    for row in upper.0.row + 1..=lower.0.row {
        let y = placed.bottom[row - 1] + PAD / 2;
        let (to, wide) = if row == lower.0.row {
            (inside(lower.1, x), PASSAGE)
        } else {
            (gap(placed, row, x), GAP - 2 * AROUND)
        };
        rects.push(strip(x - PASSAGE.min(wide) / 2, x + PASSAGE.min(wide) / 2, top, y));
        rects.push(strip(x.min(to) - wide / 2, x.max(to) + wide / 2, y - PASSAGE / 2, y));
        (x, top) = (to, y - PASSAGE / 2);
    }
    let end = lower.1.bottom.min(lower.1.top + AROUND * 2);
    rects.push(strip(x - PASSAGE / 2, x + PASSAGE / 2, top, end));
    rects
}

fn strip(left: i32, right: i32, top: i32, bottom: i32) -> Rect {
    Rect { left, top, right, bottom }
}

/// The middle of the free space of a row that is nearest to `x`.
fn gap(placed: &Placed, row: usize, x: i32) -> i32 {
    let people = &placed.rows[row];
    let ends = people.first().map(|p| placed.whole(*p).left - GAP / 2);
    let ends = ends.into_iter().chain(people.last().map(|p| placed.whole(*p).right + GAP / 2));
    let between = people.windows(2).map(|w| i32::midpoint(placed.whole(w[0]).right, placed.whole(w[1]).left));
    ends.chain(between).min_by_key(|g| ((g - x).abs(), *g)).unwrap_or(x)
}

/// The outline of rectangles that overlap: closed loops.
fn outline(rects: &[Rect]) -> Vec<Vec<Point>> {
    let xs: Vec<i32> =
        rects.iter().flat_map(|r| [r.left, r.right]).collect::<BTreeSet<_>>().into_iter().collect();
    let ys: Vec<i32> =
        rects.iter().flat_map(|r| [r.top, r.bottom]).collect::<BTreeSet<_>>().into_iter().collect();
    let (columns, rows) = (xs.len().saturating_sub(1), ys.len().saturating_sub(1));
    let filled = |c: Option<usize>, r: Option<usize>| {
        let (Some(c), Some(r)) = (c.filter(|c| *c < columns), r.filter(|r| *r < rows)) else { return false };
        let cell = Rect { left: xs[c], right: xs[c + 1], top: ys[r], bottom: ys[r + 1] };
        rects.iter().any(|r| r.meets(cell))
    };
    // Edges with the inside on their right, from corner to corner.
    let mut next: BTreeMap<Point, Vec<Point>> = BTreeMap::new();
    let mut edge = |from: (usize, usize), to: (usize, usize)| {
        let at = |(c, r): (usize, usize)| Point { x: xs[c], y: ys[r] };
        next.entry(at(from)).or_default().push(at(to));
    };
    for c in 0..columns {
        for r in 0..rows {
            if !filled(Some(c), Some(r)) {
                continue;
            }
            if !filled(Some(c), r.checked_sub(1)) {
                edge((c, r), (c + 1, r));
            }
            if !filled(Some(c + 1), Some(r)) {
                edge((c + 1, r), (c + 1, r + 1));
            }
            if !filled(Some(c), Some(r + 1)) {
                edge((c + 1, r + 1), (c, r + 1));
            }
            if !filled(c.checked_sub(1), Some(r)) {
                edge((c, r + 1), (c, r));
            }
        }
    }
    let mut loops = Vec::new();
    while let Some(start) = next.keys().next().copied() {
        let mut points = vec![start];
        let mut at = start;
        while let Some(to) = next.get_mut(&at).and_then(Vec::pop) {
            if next.get(&at).is_some_and(Vec::is_empty) {
                next.remove(&at);
            }
            at = to;
            if at == start {
                break;
            }
            points.push(at);
        }
        loops.push(corners(&points));
    }
    loops
}

/// Only the points where the line turns.
fn corners(points: &[Point]) -> Vec<Point> {
    let n = points.len();
    (0..n)
        .filter(|i| {
            let (a, b, c) = (points[(i + n - 1) % n], points[*i], points[(i + 1) % n]);
            !((a.x == b.x && b.x == c.x) || (a.y == b.y && b.y == c.y))
        })
        .map(|i| points[i])
        .collect()
}
