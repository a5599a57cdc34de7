//! Where everybody stands: rows keep their order and their distances, and children stand below the middle of their
//! parents as far as the rows allow.

use crate::graph::Graph;
use crate::{Couple, Drawing, Family, Point, Rect, Stroke, Symbol};

/// Characters of one line of a label, in full width.
pub const LABEL_CHARS: usize = 8;

/// Side of a symbol.
pub(crate) const SIDE: i32 = 46;
/// Height of one line of a label.
pub(crate) const LINE: i32 = 19;
/// Free space between two boxes of a row.
pub(crate) const GAP: i32 = 30;
/// More of it between people who are neither a couple nor brothers and sisters.
const APART: i32 = 22;
/// More of it between two who parted: for the sign that says so beside the line to their children.
const PARTED: i32 = 10;
/// Free space above and below the lines between two rows.
pub(crate) const PAD: i32 = 26;
/// Distance of two lines between two rows.
pub(crate) const TRACK: i32 = 13;
/// Free space around everything.
pub(crate) const EDGE: i32 = 24;

/// Half of the width of a full-width character of a label.
const HALF: i32 = 7;

/// People in their places; heights come later, when it is known how many lines run between the rows.
#[derive(Debug)]
pub(crate) struct Placed {
    pub rows: Vec<Vec<usize>>,
    /// Middle of each person.
    pub x: Vec<i32>,
    /// Half of the width that each person takes.
    pub half: Vec<i32>,
    pub label: Vec<(i32, i32)>,
    /// Upper edge of each row, and its lower one.
    pub top: Vec<i32>,
    pub bottom: Vec<i32>,
    pub row: Vec<usize>,
    pub height: i32,
}

/// Half-width units of a text.
pub(crate) fn units(text: &str) -> i32 {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

impl Placed {
    /// The symbol of somebody.
    pub fn shape(&self, p: usize) -> Rect {
        let (x, top) = (self.x[p], self.top[self.row[p]]);
        Rect { left: x - SIDE / 2, top, right: x + SIDE / 2, bottom: top + SIDE }
    }

    /// The middle of the symbol.
    pub fn centre(&self, p: usize) -> Point {
        Point { x: self.x[p], y: self.top[self.row[p]] + SIDE / 2 }
    }

    /// Symbol and label.
    pub fn whole(&self, p: usize) -> Rect {
        let shape = self.shape(p);
        Rect {
            left: self.x[p] - self.half[p],
            right: self.x[p] + self.half[p],
            bottom: shape.bottom + self.label[p].1,
            ..shape
        }
    }

    /// Where somebody stands in their row.
    pub fn at(&self, p: usize) -> usize {
        self.rows[self.row[p]].iter().position(|q| *q == p).unwrap_or(0)
    }

    /// Left and right of two in one row, if nobody stands between them.
    pub fn neighbours(&self, a: usize, b: usize) -> Option<(usize, usize)> {
        if self.row[a] != self.row[b] {
            return None;
        }
        let (i, j) = (self.at(a), self.at(b));
        match i.abs_diff(j) {
            1 => Some(if i < j { (a, b) } else { (b, a) }),
            _ => None,
        }
    }

    /// Finishes the drawing.
    pub fn into_drawing(self, strokes: Vec<Stroke>, home: Vec<Vec<Point>>) -> Drawing {
        let symbols: Vec<Symbol> = self
            .rows
            .iter()
            .flatten()
            .map(|&p| {
                let shape = self.shape(p);
                let (width, height) = self.label[p];
                let label = Rect {
                    left: self.x[p] - width / 2,
                    top: shape.bottom,
                    right: self.x[p] + (width + 1) / 2,
                    bottom: shape.bottom + height,
                };
                Symbol { person: p, centre: self.centre(p), row: self.row[p], shape, label }
            })
            .collect();
        let right = symbols.iter().map(|s| s.whole().right).max().unwrap_or(0);
        let lines = strokes.iter().flat_map(|s| &s.points).map(|p| p.x).max().unwrap_or(0);
        Drawing { width: right.max(lines) + EDGE, height: self.height, symbols, strokes, home }
    }
}

/// Puts everybody into place from left to right.
pub(crate) fn place(family: &Family, graph: &Graph, rows: &[Vec<usize>]) -> Placed {
    let n = graph.len();
    let label: Vec<(i32, i32)> = family
        .people
        .iter()
        .map(|p| {
            let width = p.label.iter().map(|l| units(l) * HALF).max().unwrap_or(0);
            let lines = i32::try_from(p.label.len()).unwrap_or(0);
            (width, if lines == 0 { 0 } else { lines * LINE + 4 })
        })
        .collect();
    let half: Vec<i32> = label.iter().map(|(w, _)| (*w).max(SIDE).div_euclid(2) + 1).collect();
    let mut x = vec![0_f64; n];
    let mut gaps = Vec::new();
    for row in rows {
        let gap: Vec<f64> = row.windows(2).map(|w| f64::from(distance(graph, &half, w[0], w[1]))).collect();
        let mut at = 0.0;
        for (i, p) in row.iter().enumerate() {
            x[*p] = at;
            at += gap.get(i).copied().unwrap_or(0.0);
        }
        gaps.push(gap);
    }
    for round in 0..60 {
        let down = round % 2 == 0;
        for i in 0..rows.len() {
            let i = if down { i } else { rows.len() - 1 - i };
            settle((graph, &half), &rows[i], &gaps[i], &mut x, down);
        }
    }
    // Ties that contradict each other can put somebody into another row than the one counted: where they stand counts.
    let mut row = vec![0; n];
    for (at, people) in rows.iter().enumerate() {
        for p in people {
            row[*p] = at;
        }
    }
    let mut placed = Placed {
        rows: rows.to_vec(),
        x: whole_numbers(rows, &gaps, &x),
        half,
        label,
        top: Vec::new(),
        bottom: Vec::new(),
        row,
        height: 0,
    };
    let left = (0..n).map(|p| placed.x[p] - placed.half[p]).min().unwrap_or(0);
    placed.x.iter_mut().for_each(|x| *x += EDGE - left);
    placed
}

fn distance(graph: &Graph, half: &[i32], a: usize, b: usize) -> i32 {
    let couple = graph.couple(a, b);
    let parted = matches!(couple, Some(Couple::Divorced | Couple::Separated));
    let together = couple.is_some() || graph.child_in[a].iter().any(|u| graph.child_in[b].contains(u));
    let more = match (together, parted) {
        (true, true) => PARTED,
        (true, false) => 0,
        (false, _) => APART,
    };
    half[a] + half[b] + GAP + more
}

/// Even numbers, with the distances kept: halves of them are whole.
#[expect(clippy::cast_possible_truncation, reason = "drawings are some thousand pixels wide")]
fn whole_numbers(rows: &[Vec<usize>], gaps: &[Vec<f64>], x: &[f64]) -> Vec<i32> {
    let mut whole: Vec<i32> = x.iter().map(|x| (x / 2.0).round() as i32 * 2).collect();
    for (row, gaps) in rows.iter().zip(gaps) {
        for (pair, gap) in row.windows(2).zip(gaps) {
            let least = whole[pair[0]] + gap.ceil() as i32;
            if whole[pair[1]] < least {
                whole[pair[1]] = least;
            }
        }
    }
    whole
}

/// Moves a row to where its people would best stand, its order and distances kept.
fn settle((graph, half): (&Graph, &[i32]), row: &[usize], gaps: &[f64], x: &mut [f64], down: bool) {
    let wanted: Vec<(f64, f64)> = row.iter().map(|p| wish((graph, half), *p, x, down)).collect();
    // Without the distances it is a row that must not fall: people who would pass one another become one block.
    let mut offset = 0.0;
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    let mut offsets = Vec::with_capacity(row.len());
    for (i, (at, weight)) in wanted.iter().enumerate() {
        offsets.push(offset);
        blocks.push((at - offset, *weight, 1));
        while let [.., (a, wa, na), (b, wb, nb)] = blocks[..]
            && a > b
        {
            blocks.truncate(blocks.len() - 2);
            blocks.push(((a * wa + b * wb) / (wa + wb), wa + wb, na + nb));
        }
        offset += gaps.get(i).copied().unwrap_or(0.0);
    }
    let mut people = row.iter().zip(&offsets);
    for (at, _, count) in blocks {
        for (p, offset) in people.by_ref().take(count) {
            x[*p] = at + offset;
        }
    }
}

/// Where somebody would best stand, and how much it matters.
fn wish((graph, half): (&Graph, &[i32]), p: usize, x: &[f64], down: bool) -> (f64, f64) {
    let mut sum = (x[p] * 0.05, 0.05);
    let mut add = |at: f64, weight: f64| sum = (sum.0 + at * weight, sum.1 + weight);
    let middle = |of: &[usize]| {
        let low = of.iter().map(|p| x[*p]).fold(f64::INFINITY, f64::min);
        let high = of.iter().map(|p| x[*p]).fold(f64::NEG_INFINITY, f64::max);
        f64::midpoint(low, high)
    };
    // The line to the children begins between the boxes of a couple, not between their middles.
    let above = |parents: &[usize]| match parents {
        [a, b] => {
            let (a, b) = if x[*a] <= x[*b] { (*a, *b) } else { (*b, *a) };
            f64::midpoint(x[a] + f64::from(half[a]), x[b] - f64::from(half[b]))
        }
        of => middle(of),
    };
    if let Some(union) = graph.origin(p).filter(|u| !u.parents.is_empty()) {
        add(x[p] + above(&union.parents) - middle(&union.children), if down { 3.0 } else { 0.3 });
    }
    for union in graph.unions.iter().filter(|u| u.parents.contains(&p)) {
        let near: Vec<usize> =
            union.children.iter().copied().filter(|c| graph.row[*c] == graph.row[p] + 1).collect();
        if !near.is_empty() {
            add(x[p] + middle(&near) - above(&union.parents), if down { 0.3 } else { 3.0 });
        }
    }
    // As near as the distances allow.
    for q in graph.partners(p).into_iter().chain(graph.friends(p)) {
        add(x[q], 0.6);
    }
    (sum.0 / sum.1, sum.1)
}
