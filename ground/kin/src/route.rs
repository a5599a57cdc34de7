//! Lines: straight and square, in free space only. Between two rows each line that runs sideways has a height of its own
//! wherever it would lie on another one.

use crate::bond::{self, SPARE};
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

/// How far beside the line of birth other lines of the family come to a symbol.
const SHIFT: i32 = 8;

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
    let Router { pieces, wires, .. } = router;
    let spare = if graph.bonds.is_empty() { 0 } else { SPARE };
    let (of_pieces, heights) = heights(&pieces, placed, spare);
    let mut strokes = wires
        .into_iter()
        .map(|w| {
            let y = |at: Y| match at {
                Y::Row(row, dy) => placed.top[row] + dy,
                Y::Piece(piece) => of_pieces[piece],
            };
            let mut points: Vec<Point> = w.points.iter().map(|(x, at)| Point { x: *x, y: y(*at) }).collect();
            points.dedup();
            Stroke { kind: w.kind, points, tie: w.tie }
        })
        .collect();
    if !graph.bonds.is_empty() {
        bond::draw(family, graph, placed, &heights, &mut strokes);
    }
    strokes
}

/// The heights of the lines that run sideways between two rows: 0 is above the first row.
#[derive(Debug)]
pub(crate) struct Heights {
    /// Those of the lines of the family.
    pub tracks: Vec<Vec<i32>>,
    /// Those that are free for other lines.
    pub spare: Vec<Vec<i32>>,
}

/// The room that lines below the last row take.
pub(crate) fn room_below(lines: i32) -> i32 {
    if lines == 0 { 0 } else { PAD + lines * TRACK }
}

/// Gives each piece a height and, by how many there are, each row its own; with spare lanes above and below the pieces of each space.
fn heights(pieces: &[Piece], placed: &mut Placed, spare: i32) -> (Vec<i32>, Heights) {
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
    let mut all = Heights { tracks: Vec::new(), spare: Vec::new() };
    let mut lanes = |y: i32, count: i32| {
        let at = |range: std::ops::Range<i32>| range.map(move |n| y + n * TRACK);
        all.tracks.push(at(spare..spare + count).collect());
        all.spare.push(at(0..spare).chain(at(spare + count..count + 2 * spare)).collect());
    };
    for (row, people) in placed.rows.iter().enumerate() {
        let own = size(used[row].len());
        let count = own + 2 * spare;
        lanes(if row == 0 { y } else { y + PAD }, own);
        // Above the first row there is nothing unless a line runs there.
        y += if row == 0 { count * TRACK } else { PAD * 2 + (count - 1).max(0) * TRACK };
        placed.top.push(y);
        y += SIDE + people.iter().map(|p| placed.label[*p].1).max().unwrap_or(0);
        placed.bottom.push(y);
    }
    let below = size(used[rows].len());
    lanes(y + PAD, below);
    placed.height = y + EDGE + room_below(below);
    let of_pieces = pieces.iter().zip(track).map(|(p, track)| all.tracks[p.channel][track]).collect();
    (of_pieces, all)
}

impl Router<'_> {
    fn x(&self, p: usize) -> i32 {
        self.placed.x[p]
    }

    fn row(&self, p: usize) -> usize {
        self.placed.row[p]
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
            if let Some((left, right)) = self.placed.neighbours(*a, *b) {
                let y = Y::Row(self.row(left), SIDE / 2);
                let points = vec![(self.x(left) + SIDE / 2, y), (self.x(right) - SIDE / 2, y)];
                self.wire(kind, *tie, points);
            } else {
                self.between(*a, *b, kind, *tie);
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
                let (left, right) = self.placed.neighbours(a, b)?;
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
                self.between(from, child, kind, tie);
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

    /// A line between two who do not stand side by side: around everybody else.
    fn between(&mut self, a: usize, b: usize, kind: Kind, tie: Option<usize>) {
        let (upper, lower) = if self.row(a) <= self.row(b) { (a, b) } else { (b, a) };
        let mut points = if self.row(a) == self.row(b) {
            let (left, right) = if self.x(upper) < self.x(lower) { (upper, lower) } else { (lower, upper) };
            let row = self.row(left);
            let (from, to) = (self.x(left) + SHIFT, self.x(right) - SHIFT);
            let over = self.piece(row, from, to);
            let mut points = vec![(from, Y::Row(row, 0)), (from, over), (to, over), (to, Y::Row(row, 0))];
            if left != upper {
                points.reverse();
            }
            points
        } else {
            self.down(upper, lower)
        };
        if upper != a {
            points.reverse();
        }
        self.wire(kind, tie, points);
    }

    /// From beside one person down to the top of another one.
    fn down(&mut self, upper: usize, lower: usize) -> Vec<(i32, Y)> {
        let right = self.x(lower) >= self.x(upper);
        let sign = if right { 1 } else { -1 };
        let (row, last) = (self.row(upper), self.row(lower));
        let beside = self.x(upper) + sign * (self.placed.half[upper] + 5);
        let dy = Y::Row(row, SIDE / 2 + 9);
        let mut points = vec![(self.x(upper) + sign * SIDE / 2, dy), (beside, dy)];
        // To the side it comes from; when that lies behind it, as with a child straight below, to this side of the line of birth.
        let near = self.x(lower) - sign * SHIFT;
        let target = if (near - beside) * sign < 0 { self.x(lower) + sign * SHIFT } else { near };
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
