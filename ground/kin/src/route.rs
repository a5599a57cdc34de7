//! Lines: straight and square, in free space only. Between two rows each line that runs sideways has a height of its own
//! wherever it would lie on another one.

use std::collections::BTreeMap;

use crate::graph::{Graph, Union};
use crate::place::{EDGE, GAP, PAD, Placed, SIDE, TRACK};
use crate::{Bond, Family, Kind, Point, Stroke};

/// A height that is known when the rows have theirs.
#[derive(Debug, Clone, Copy)]
enum Y {
    /// Below the upper edge of a row.
    Row(usize, i32),
    /// That of a piece between two rows.
    Piece(usize),
}

/// A part of a line that runs sideways between two rows: channel 0 is above the first row.
#[derive(Debug, Clone, Copy)]
struct Piece {
    channel: usize,
    low: i32,
    high: i32,
}

#[derive(Debug)]
struct Wire {
    kind: Kind,
    tie: Option<usize>,
    points: Vec<(i32, Y)>,
}

struct Router<'a> {
    family: &'a Family,
    graph: &'a Graph,
    placed: &'a Placed,
    pieces: Vec<Piece>,
    wires: Vec<Wire>,
}

/// The lines; gives the rows their heights.
pub(crate) fn strokes(family: &Family, graph: &Graph, placed: &mut Placed) -> Vec<Stroke> {
    let mut router = Router { family, graph, placed, pieces: Vec::new(), wires: Vec::new() };
    router.couples();
    for union in &graph.unions {
        router.union(union);
    }
    router.bonds();
    let Router { pieces, wires, .. } = router;
    let tracks = heights(&pieces, placed);
    wires
        .into_iter()
        .map(|w| {
            let y = |at: Y| match at {
                Y::Row(row, dy) => placed.top[row] + dy,
                Y::Piece(piece) => tracks[piece],
            };
            let mut points: Vec<Point> = w.points.iter().map(|(x, at)| Point { x: *x, y: y(*at) }).collect();
            points.dedup();
            Stroke { kind: w.kind, points, tie: w.tie }
        })
        .collect()
}

/// Gives each piece a height and, by how many there are, each row its own.
fn heights(pieces: &[Piece], placed: &mut Placed) -> Vec<i32> {
    let rows = placed.rows.len();
    let mut used: Vec<Vec<Vec<(i32, i32)>>> = vec![Vec::new(); rows + 1];
    let mut track = Vec::with_capacity(pieces.len());
    for p in pieces {
        let tracks = &mut used[p.channel];
        let free =
            |taken: &Vec<(i32, i32)>| taken.iter().all(|(low, high)| p.high + 6 < *low || *high + 6 < p.low);
        let at = tracks.iter().position(free).unwrap_or_else(|| {
            tracks.push(Vec::new());
            tracks.len() - 1
        });
        tracks[at].push((p.low, p.high));
        track.push(at);
    }
    let size = |n: usize| i32::try_from(n).unwrap_or(0);
    let mut y = EDGE;
    let mut begins = Vec::with_capacity(rows + 1);
    for (row, people) in placed.rows.iter().enumerate() {
        begins.push(y);
        let count = size(used[row].len());
        // Above the first row there is nothing unless a line runs there.
        y += if row == 0 { count * TRACK } else { PAD * 2 + (count - 1).max(0) * TRACK };
        placed.top.push(y);
        y += SIDE + people.iter().map(|p| placed.label[*p].1).max().unwrap_or(0);
        placed.bottom.push(y);
    }
    begins.push(y);
    let below = size(used[rows].len());
    placed.height = y + EDGE + if below == 0 { 0 } else { PAD + below * TRACK };
    pieces
        .iter()
        .zip(track)
        .map(|(p, track)| begins[p.channel] + if p.channel == 0 { 0 } else { PAD } + size(track) * TRACK)
        .collect()
}

impl Router<'_> {
    fn x(&self, p: usize) -> i32 {
        self.placed.x[p]
    }

    fn row(&self, p: usize) -> usize {
        self.placed.row[p]
    }

    /// Left and right of two in one row, if nobody stands between them.
    fn neighbours(&self, a: usize, b: usize) -> Option<(usize, usize)> {
        if self.row(a) != self.row(b) {
            return None;
        }
        let (i, j) = (self.placed.at(a), self.placed.at(b));
        match i.abs_diff(j) {
            1 => Some(if i < j { (a, b) } else { (b, a) }),
            _ => None,
        }
    }

    fn piece(&mut self, channel: usize, a: i32, b: i32) -> Y {
        self.pieces.push(Piece { channel, low: a.min(b), high: a.max(b) });
        Y::Piece(self.pieces.len() - 1)
    }

    fn wire(&mut self, kind: Kind, tie: Option<usize>, points: Vec<(i32, Y)>) {
        self.wires.push(Wire { kind, tie, points });
    }

    fn couples(&mut self) {
        for ((a, b), (how, tie)) in &self.graph.couples {
            let kind = Kind::Couple(*how);
            if let Some((left, right)) = self.neighbours(*a, *b) {
                let y = Y::Row(self.row(left), SIDE / 2);
                let points = vec![(self.x(left) + SIDE / 2, y), (self.x(right) - SIDE / 2, y)];
                self.wire(kind, *tie, points);
            } else {
                self.between(*a, *b, kind, *tie, 0);
            }
        }
    }

    /// Where the line to the children of `union` begins, and how far it is free to move sideways.
    fn drop(&mut self, union: &Union) -> Option<(i32, Y, i32)> {
        match union.parents[..] {
            [p] => {
                let below = SIDE + self.placed.label[p].1;
                Some((self.x(p), Y::Row(self.row(p), below), 0))
            }
            [a, b] => {
                let (left, right) = self.neighbours(a, b)?;
                let (from, to) =
                    (self.x(left) + self.placed.half[left], self.x(right) - self.placed.half[right]);
                Some((i32::midpoint(from, to), Y::Row(self.row(left), SIDE / 2), (to - from) / 2 - 9))
            }
            _ => None,
        }
    }

    /// The tie that says whose child somebody is.
    fn descent_tie(&self, parents: &[usize], child: usize) -> Option<usize> {
        let of =
            |t: &crate::Tie| matches!(t.kind, Kind::Descent(_)) && t.b == child && parents.contains(&t.a);
        self.family.ties.iter().position(of)
    }

    fn sibling_tie(&self, children: &[usize], child: usize) -> Option<usize> {
        let of = |t: &crate::Tie| {
            t.kind == Kind::Siblings
                && (t.a == child || t.b == child)
                && children.contains(&t.a)
                && children.contains(&t.b)
        };
        self.family.ties.iter().position(of)
    }

    fn union(&mut self, union: &Union) {
        let kind = union.how.map_or(Kind::Siblings, Kind::Descent);
        let row = match union.parents.first() {
            Some(parent) => self.row(*parent) + 1,
            None => self.row(union.children[0]),
        };
        let (near, far): (Vec<usize>, Vec<usize>) =
            union.children.iter().copied().partition(|c| row < self.placed.rows.len() && self.row(*c) == row);
        for child in far {
            let from = union.parents.first().copied().unwrap_or(union.children[0]);
            if from != child {
                let tie = self
                    .descent_tie(&union.parents, child)
                    .or_else(|| self.sibling_tie(&union.children, child));
                self.between(from, child, kind, tie, 0);
            }
        }
        if near.is_empty() {
            return;
        }
        let (low, high) = near
            .iter()
            .fold((i32::MAX, i32::MIN), |(low, high), c| (low.min(self.x(*c)), high.max(self.x(*c))));
        // Nobody to come from: a bar above the brothers and sisters.
        if union.parents.is_empty() {
            let bar = self.piece(row, low, high);
            self.wire(kind, None, vec![(low, bar), (high, bar)]);
            for child in near {
                let tie = self.sibling_tie(&union.children, child);
                self.wire(kind, tie, vec![(self.x(child), bar), (self.x(child), Y::Row(row, 0))]);
            }
            return;
        }
        let (from, bar) = if let Some((mut x, y, play)) = self.drop(union) {
            // A small step in a line looks like a slip of the pen.
            let middle = i32::midpoint(low, high);
            if (middle - x).abs() <= play {
                x = middle;
            }
            if low == high && (x - low).abs() <= play {
                x = low;
            }
            if low == high && x == low {
                self.straight(kind, union, near[0], (x, y));
                return;
            }
            let bar = self.piece(row, low.min(x), high.max(x));
            self.wire(kind, None, vec![(x, y), (x, bar)]);
            (x, bar)
        } else {
            let Some(from) = self.far_couple(union) else { return };
            let bar = self.piece(row, low.min(from.0), high.max(from.0));
            self.wire(kind, None, vec![from, (from.0, bar)]);
            (from.0, bar)
        };
        let ends = (low.min(from), high.max(from));
        self.wire(kind, None, vec![(ends.0, bar), (ends.1, bar)]);
        for child in near {
            let tie = self.descent_tie(&union.parents, child);
            self.wire(kind, tie, vec![(self.x(child), bar), (self.x(child), Y::Row(row, 0))]);
        }
    }

    fn straight(&mut self, kind: Kind, union: &Union, child: usize, from: (i32, Y)) {
        let tie = self.descent_tie(&union.parents, child);
        let row = self.row(child);
        self.wire(kind, tie, vec![from, (from.0, Y::Row(row, 0))]);
    }

    /// The line to the children of a couple with others between them begins beside the left one.
    fn far_couple(&mut self, union: &Union) -> Option<(i32, Y)> {
        let left = union.parents.iter().copied().min_by_key(|p| (self.row(*p), self.x(*p)))?;
        Some((self.x(left) + SIDE / 2 - 6, Y::Row(self.row(left), SIDE))).map(|(x, y)| {
            if self.placed.label[left].1 == 0 {
                (x, y)
            } else {
                (x, Y::Row(self.row(left), SIDE + self.placed.label[left].1))
            }
        })
    }

    fn bonds(&mut self) {
        let mut before: BTreeMap<(usize, usize), i32> = BTreeMap::new();
        let mut ends: BTreeMap<usize, i32> = BTreeMap::new();
        for (i, tie) in self.family.ties.iter().enumerate() {
            let Kind::Bond(_) = tie.kind else { continue };
            if tie.a == tie.b || tie.a.max(tie.b) >= self.graph.len() {
                continue;
            }
            let nth = before.entry((tie.a.min(tie.b), tie.a.max(tie.b))).or_default();
            *nth += 1;
            let nth = *nth;
            if let Some((left, right)) = self.neighbours(tie.a, tie.b) {
                let couple = i32::from(self.graph.couple(left, right).is_some());
                let dy = match nth + couple {
                    1 => 0,
                    2 => -13,
                    3 => 13,
                    _ => -19,
                };
                let y = Y::Row(self.row(left), SIDE / 2 + dy);
                let mut points = vec![(self.x(left) + SIDE / 2, y), (self.x(right) - SIDE / 2, y)];
                if tie.a != left {
                    points.reverse();
                }
                self.wire(tie.kind, Some(i), points);
            } else {
                let end = ends.entry(tie.a).or_default();
                *end += 1;
                let spread = *end;
                self.between(tie.a, tie.b, tie.kind, Some(i), spread);
            }
        }
    }

    /// A line between two who do not stand side by side: around everybody else.
    fn between(&mut self, a: usize, b: usize, kind: Kind, tie: Option<usize>, spread: i32) {
        let (upper, lower) = if self.row(a) <= self.row(b) { (a, b) } else { (b, a) };
        let shift = 8 + (spread % 3) * 5;
        let mut points = if self.row(a) == self.row(b) {
            let (left, right) = if self.x(upper) < self.x(lower) { (upper, lower) } else { (lower, upper) };
            let row = self.row(left);
            let (from, to) = (self.x(left) + shift, self.x(right) - shift);
            let over = self.piece(row, from, to);
            let mut points = vec![(from, Y::Row(row, 0)), (from, over), (to, over), (to, Y::Row(row, 0))];
            if left != upper {
                points.reverse();
            }
            points
        } else {
            self.down(upper, lower, shift)
        };
        if upper != a {
            points.reverse();
        }
        self.wire(kind, tie, points);
    }

    /// From beside one person down to the top of another one.
    fn down(&mut self, upper: usize, lower: usize, shift: i32) -> Vec<(i32, Y)> {
        let right = self.x(lower) >= self.x(upper);
        let sign = if right { 1 } else { -1 };
        let (row, last) = (self.row(upper), self.row(lower));
        let beside = self.x(upper) + sign * (self.placed.half[upper] + 5);
        let dy = Y::Row(row, SIDE / 2 + 9);
        let mut points = vec![(self.x(upper) + sign * SIDE / 2, dy), (beside, dy)];
        // To the side it comes from; when that lies behind it, as with a child straight below, to this side of the line of birth.
        let near = self.x(lower) - sign * shift;
        let target = if (near - beside) * sign < 0 { self.x(lower) + sign * shift } else { near };
        let mut x = beside;
        for next in row + 1..=last {
            let to = if next == last { target } else { self.gap(next, target) };
            let piece = self.piece(next, x, to);
            points.push((x, piece));
            points.push((to, piece));
            x = to;
        }
        points.push((x, Y::Row(last, 0)));
        points
    }

    /// The free space of a row that is nearest to `x`.
    fn gap(&self, row: usize, x: i32) -> i32 {
        let people = &self.placed.rows[row];
        let edge = |p: usize, sign: i32| self.x(p) + sign * (self.placed.half[p] + GAP / 2);
        let ends = people.first().map(|p| edge(*p, -1)).into_iter().chain(people.last().map(|p| edge(*p, 1)));
        let between = people.windows(2).map(|w| {
            let (from, to) = (self.x(w[0]) + self.placed.half[w[0]], self.x(w[1]) - self.placed.half[w[1]]);
            i32::midpoint(from, to) + if self.graph.couple(w[0], w[1]).is_some() { 9 } else { 0 }
        });
        ends.chain(between).min_by_key(|g| ((g - x).abs(), *g)).unwrap_or(x)
    }
}

impl Kind {
    /// Whether it says something from the first to the second.
    pub fn has_direction(self) -> bool {
        matches!(self, Self::Bond(Bond::Violence | Bond::Caring | Bond::Guardian))
    }
}
