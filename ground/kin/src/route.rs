//! Lines: straight and square, in free space only. Between two rows each line that runs sideways has a height of its own
//! wherever it would lie on another one.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::bond::{self, SPARE};
use crate::graph::{Graph, Union};
use crate::place::{EDGE, GAP, PAD, Placed, SIDE, TRACK};
use crate::{Bond, Couple, Family, Kind, Point, Sex, Stroke, mark};

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
    /// The piece it has to lie below: lines to children hang from the line of their parents.
    below: Option<usize>,
}

/// The line of a couple that does not stand side by side, for the lines to their children to begin on.
#[derive(Debug, Clone, Copy)]
struct Joint {
    piece: usize,
    channel: usize,
    low: i32,
    high: i32,
}

/// How far beside the line of birth other lines of the family come to a symbol.
const SHIFT: i32 = 8;
/// The least distance of two upright lines that do not belong together.
const ROOM: i32 = 12;
/// How far below a round symbol without a name a line goes on from its foot.
const FOOT: i32 = 6;

#[derive(Debug)]
struct Wire {
    kind: Kind,
    tie: Option<usize>,
    points: Vec<(i32, Y)>,
    slant: bool,
}

struct Router<'a> {
    family: &'a Family,
    graph: &'a Graph,
    placed: &'a Placed,
    pieces: Vec<Piece>,
    wires: Vec<Wire>,
    /// Of couples, the smaller first, with others between them.
    joints: BTreeMap<(usize, usize), Joint>,
    /// Upright lines, by the space between rows in which they run.
    taken: Vec<(usize, i32)>,
}

/// The lines; gives the rows their heights.
pub(crate) fn strokes(family: &Family, graph: &Graph, placed: &mut Placed) -> Vec<Stroke> {
    let mut router = Router {
        family,
        graph,
        placed,
        pieces: Vec::new(),
        wires: Vec::new(),
        joints: BTreeMap::new(),
        taken: Vec::new(),
    };
    router.couples();
    // The line to the children of a couple that stands apart can begin in many places: it goes where the others leave room.
    let (apart, near): (Vec<usize>, Vec<usize>) =
        (0..graph.unions.len()).partition(|u| router.joint(&graph.unions[*u]).is_some());
    for union in near.into_iter().chain(apart) {
        router.union(union);
    }
    let Router { pieces, wires, .. } = router;
    let spare = if graph.bonds.is_empty() { 0 } else { SPARE };
    let (of_pieces, heights) = heights(&pieces, placed, spare);
    let mut strokes: Vec<Stroke> = wires
        .into_iter()
        .map(|w| {
            let y = |at: Y| match at {
                Y::Row(row, dy) => placed.top[row] + dy,
                Y::Piece(piece) => of_pieces[piece],
            };
            let mut points: Vec<Point> = w.points.iter().map(|(x, at)| Point { x: *x, y: y(*at) }).collect();
            points.dedup();
            Stroke { kind: w.kind, points, tie: w.tie, mark: None, slant: w.slant }
        })
        .collect();
    bond::to_the_outline(family, placed, &mut strokes);
    if !graph.bonds.is_empty() {
        bond::draw(family, graph, placed, &heights, &mut strokes);
    }
    mark::put(&mut strokes);
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
        let first = p.below.map_or(0, |piece| track[piece] + 1);
        let at = (first..tracks.len()).find(|at| free(&tracks[*at])).unwrap_or(tracks.len().max(first));
        tracks.resize(tracks.len().max(at + 1), Vec::new());
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

/// The first and the last of some places in a row.
fn ends(of: impl Iterator<Item = i32>) -> (i32, i32) {
    of.fold((i32::MAX, i32::MIN), |(low, high), x| (low.min(x), high.max(x)))
}

impl Router<'_> {
    fn x(&self, p: usize) -> i32 {
        self.placed.x[p]
    }

    fn row(&self, p: usize) -> usize {
        self.placed.row[p]
    }

    fn piece(&mut self, channel: usize, a: i32, b: i32) -> Y {
        self.piece_below(channel, (a, b), None)
    }

    fn piece_below(&mut self, channel: usize, (a, b): (i32, i32), below: Option<usize>) -> Y {
        self.pieces.push(Piece { channel, low: a.min(b), high: a.max(b), below });
        Y::Piece(self.pieces.len() - 1)
    }

    fn wire(&mut self, kind: Kind, tie: Option<usize>, points: Vec<(i32, Y)>) {
        self.wires.push(Wire { kind, tie, points, slant: false });
    }

    fn couples(&mut self) {
        let mut apart = Vec::new();
        for ((a, b), (how, tie)) in &self.graph.couples {
            let kind = Kind::Couple(*how);
            if let Some((left, right)) = self.placed.neighbours(*a, *b) {
                let y = Y::Row(self.row(left), SIDE / 2);
                let points = vec![(self.x(left) + SIDE / 2, y), (self.x(right) - SIDE / 2, y)];
                self.wire(kind, *tie, points);
            } else {
                let (left, right) = if self.x(*a) < self.x(*b) { (*a, *b) } else { (*b, *a) };
                apart.push((left, right, *how, *tie));
            }
        }
        // The lines of those who stand nearer lie above those of the others, so that their ends do not cross.
        apart
            .sort_by_key(|(a, b, ..)| (self.row(*a).abs_diff(self.row(*b)), self.x(*b) - self.x(*a), *a, *b));
        let level: Vec<(usize, usize)> = apart
            .iter()
            .filter(|(a, b, ..)| self.row(*a) == self.row(*b))
            .map(|(a, b, ..)| (*a, *b))
            .collect();
        for (left, right, how, tie) in apart {
            let joint = if self.row(left) == self.row(right) {
                self.below(&level, (left, right), how, tie)
            } else {
                self.across_rows((left, right), how, tie)
            };
            self.joints.insert((left.min(right), left.max(right)), joint);
        }
    }

    /// The line of a couple with others between them: below all of them, as the line to a child of one parent begins. Lines of birth
    /// come down from above, so that none of them lies on it.
    fn below(
        &mut self,
        level: &[(usize, usize)],
        (left, right): (usize, usize),
        how: Couple,
        tie: Option<usize>,
    ) -> Joint {
        // To the nearest one from the outside, to the farthest, whose line lies deepest, from the inside.
        let aside = |own: &dyn Fn(&(usize, usize)) -> bool| {
            let of: Vec<_> = level.iter().filter(|pair| own(pair)).collect();
            let nth = of.iter().position(|pair| **pair == (left, right)).unwrap_or(0);
            let whole = |n: usize| i32::try_from(n).unwrap_or(0);
            match of.len() {
                0 | 1 => 12,
                n => 8 + 13 * whole(n - 1 - nth) / whole(n - 1),
            }
        };
        let from = self.x(left) + aside(&|pair| pair.0 == left);
        let to = self.x(right) - aside(&|pair| pair.1 == right);
        let channel = self.row(left) + 1;
        let piece = self.pieces.len();
        let bar = self.piece(channel, from, to);
        let mut points = self.foot(left, from);
        points.extend([(from, bar), (to, bar)]);
        points.extend(self.foot(right, to).into_iter().rev());
        self.wire(Kind::Couple(how), tie, points);
        self.taken.extend([(channel, from), (channel, to)]);
        Joint { piece, channel, low: from, high: to }
    }

    /// Where a line beside the middle of somebody leaves them below: at their name; a round symbol without one has a foot.
    fn foot(&self, p: usize, x: i32) -> Vec<(i32, Y)> {
        let row = self.row(p);
        let label = self.placed.label[p].1;
        if label > 0 || matches!(self.graph.sex[p], Sex::Male | Sex::Unknown) {
            return vec![(x, Y::Row(row, SIDE + label))];
        }
        let middle = self.x(p);
        vec![(middle, Y::Row(row, SIDE)), (middle, Y::Row(row, SIDE + FOOT)), (x, Y::Row(row, SIDE + FOOT))]
    }

    /// The line of a couple of two generations.
    fn across_rows(&mut self, (a, b): (usize, usize), how: Couple, tie: Option<usize>) -> Joint {
        let (upper, lower) = if self.row(a) < self.row(b) { (a, b) } else { (b, a) };
        let piece = self.pieces.len();
        let points = self.down(upper, lower);
        let channel = self.row(upper) + 1;
        let Piece { low, high, .. } = self.pieces[piece];
        self.wire(Kind::Couple(how), tie, points);
        Joint { piece, channel, low, high }
    }

    fn joint(&self, union: &Union) -> Option<Joint> {
        let [a, b] = union.parents[..] else { return None };
        self.joints.get(&(a.min(b), a.max(b))).copied()
    }

    /// Where the line to the children of `union` begins, and between which places it is free to move sideways.
    fn drop(&self, union: &Union) -> Option<(i32, Y, (i32, i32))> {
        match union.parents[..] {
            [p] => {
                let below = SIDE + self.placed.label[p].1;
                Some((self.x(p), Y::Row(self.row(p), below), (self.x(p), self.x(p))))
            }
            [a, b] => {
                let (left, right) = self.placed.neighbours(a, b)?;
                let (from, to) =
                    (self.x(left) + self.placed.half[left], self.x(right) - self.placed.half[right]);
                let middle = i32::midpoint(from, to);
                // The sign of those who parted stands on the left.
                let parted = matches!(self.graph.couple(a, b), Some(Couple::Divorced | Couple::Separated));
                let sign = if parted { self.x(left) + SIDE / 2 + mark::WIDE } else { from };
                let high = to - 9;
                let low = (from + 9).max(sign).min(high);
                Some((middle.max(low), Y::Row(self.row(left), SIDE / 2), (low, high)))
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

    fn union(&mut self, nth: usize) {
        let graph = self.graph;
        let union = &graph.unions[nth];
        let kind = union.how.map_or(Kind::Siblings, Kind::Descent);
        let joint = self.joint(union);
        let row = match (joint, union.parents.first()) {
            (Some(joint), _) => joint.channel,
            (None, Some(parent)) => self.row(*parent) + 1,
            (None, None) => self.row(union.children[0]),
        };
        let (near, far): (Vec<usize>, Vec<usize>) =
            union.children.iter().copied().partition(|c| row < self.placed.rows.len() && self.row(*c) == row);
        if !near.is_empty() {
            if union.parents.is_empty() {
                self.without_parents(union, row, &near);
            } else {
                self.hang(nth, joint, row, &near);
            }
        }
        for child in far {
            self.far_child(nth, joint, kind, child);
        }
    }

    /// Nobody to come from: a bar above the brothers and sisters.
    fn without_parents(&mut self, union: &Union, row: usize, near: &[usize]) {
        let (low, high) = ends(near.iter().map(|c| self.x(*c)));
        let bar = self.piece(row, low, high);
        self.wire(Kind::Siblings, None, vec![(low, bar), (high, bar)]);
        for &child in near {
            let tie = self.sibling_tie(&union.children, child);
            self.wire(Kind::Siblings, tie, vec![(self.x(child), bar), (self.x(child), Y::Row(row, 0))]);
        }
    }

    /// Where the line of a union comes to a child: those of the nearest parents in the middle, those of others beside it.
    fn arrives(&self, nth: usize, child: usize, from: i32) -> i32 {
        let place = self.graph.child_in[child].iter().position(|u| *u == nth).unwrap_or(0);
        let by = SHIFT * i32::try_from(place.min(2)).unwrap_or(0);
        self.x(child) + if from < self.x(child) { -by } else { by }
    }

    /// The children in the row below, from the line between their parents or from their one parent.
    fn hang(&mut self, nth: usize, joint: Option<Joint>, row: usize, near: &[usize]) {
        let graph = self.graph;
        let union = &graph.unions[nth];
        let kind = union.how.map_or(Kind::Siblings, Kind::Descent);
        let (own_low, own_high) = ends(near.iter().map(|c| self.x(*c)));
        let middle = i32::midpoint(own_low, own_high);
        let (mut x, y, (least, most)) = match joint {
            Some(joint) => {
                let margin = ROOM.min((joint.high - joint.low) / 2);
                let within = (joint.low + margin, joint.high - margin);
                let x = self.free(row, middle.clamp(within.0, within.1), within, near);
                (x, Y::Piece(joint.piece), (x, x))
            }
            None => match self.drop(union) {
                Some(drop) => drop,
                None => return,
            },
        };
        let at: Vec<i32> = near.iter().map(|c| self.arrives(nth, *c, x)).collect();
        let (low, high) = ends(at.iter().copied());
        // A small step in a line looks like a slip of the pen.
        if (least..=most).contains(&middle) {
            x = middle;
        }
        if low == high && (least..=most).contains(&low) {
            x = low;
        }
        self.taken.push((row, x));
        let tie = |router: &Self, child: usize| router.descent_tie(&union.parents, child);
        if low == high && x == low {
            let tie = tie(self, near[0]);
            self.wire(kind, tie, vec![(x, y), (x, Y::Row(row, 0))]);
            return;
        }
        // Twins hang from one point, everybody else from a point of their own.
        let all: Vec<(usize, i32)> = near.iter().copied().zip(at).collect();
        let together = all.chunk_by(|a, b| graph.are_twins(union, a.0, b.0));
        let hang: Vec<(i32, &[(usize, i32)])> = together
            .map(|those| {
                let (low, high) = ends(those.iter().map(|(_, at)| *at));
                let below_parents = those.len() == all.len() && (low..=high).contains(&x);
                let middle = i32::midpoint(low, high);
                match those.len() {
                    1 => (low, those),
                    _ if below_parents => (x, those),
                    _ => (self.free(row, middle, (low, high), near), those),
                }
            })
            .collect();
        let (low, high) = ends(hang.iter().map(|(at, _)| *at).chain([x]));
        let bar = self.piece_below(row, (low, high), joint.map(|j| j.piece));
        let piece = self.pieces.len() - 1;
        self.wire(kind, None, vec![(x, y), (x, bar)]);
        if low < high {
            self.wire(kind, None, vec![(low, bar), (high, bar)]);
        }
        for (from, those) in hang {
            if those.len() > 1 {
                self.twins(kind, (row, from, piece), (&union.parents, those));
                continue;
            }
            for (child, at) in those {
                let tie = tie(self, *child);
                self.wire(kind, tie, vec![(*at, bar), (*at, Y::Row(row, 0))]);
            }
        }
    }

    /// Twins, from one point of the line above them. They are drawn straight from there; the square way keeps the room for that.
    fn twins(
        &mut self,
        kind: Kind,
        (row, from, bar): (usize, i32, usize),
        (parents, those): (&[usize], &[(usize, i32)]),
    ) {
        let (low, high) = ends(those.iter().map(|(_, at)| *at));
        let below = self.piece_below(row, (low.min(from), high.max(from)), Some(bar));
        self.taken.push((row, from));
        for (child, at) in those {
            let tie = self.descent_tie(parents, *child);
            let points = vec![(from, Y::Piece(bar)), (from, below), (*at, below), (*at, Y::Row(row, 0))];
            self.wires.push(Wire { kind, tie, points, slant: true });
        }
    }

    /// The place nearest to `wanted` where a line down through the space above `row` lies on no other one.
    fn free(&self, row: usize, wanted: i32, (low, high): (i32, i32), own: &[usize]) -> i32 {
        let taken = self.taken.iter().filter(|(channel, _)| *channel == row).map(|(_, x)| *x);
        let others = self.placed.rows[row].iter().filter(|p| !own.contains(p)).map(|p| self.x(*p));
        let others: Vec<i32> = taken.chain(others).collect();
        let room = |x: i32| others.iter().map(|o| (o - x).abs()).min().unwrap_or(ROOM).min(ROOM);
        (low..=high).min_by_key(|x| (Reverse(room(*x)), (x - wanted).abs(), *x)).unwrap_or(wanted)
    }

    /// The line to a child who does not stand in the row below the parents.
    fn far_child(&mut self, nth: usize, joint: Option<Joint>, kind: Kind, child: usize) {
        let union = &self.graph.unions[nth];
        let descent = self.descent_tie(&union.parents, child);
        let begins = match (joint, self.drop(union)) {
            (Some(j), _) => Some((i32::midpoint(j.low, j.high), Y::Piece(j.piece), j.channel)),
            (None, Some((x, y, _))) if union.parents.len() == 2 => {
                Some((x, y, self.row(union.parents[0]) + 1))
            }
            _ => None,
        };
        let Some((from, y, channel)) = begins else {
            let from = union.parents.first().copied().unwrap_or(union.children[0]);
            if from != child {
                let tie = descent.or_else(|| self.sibling_tie(&union.children, child));
                self.between(from, child, kind, tie);
            }
            return;
        };
        let (last, target) = (self.row(child), self.arrives(nth, child, from));
        let mut below = joint.map(|j| j.piece);
        let (mut x, mut points) = (from, vec![(from, y)]);
        // Down, or for ties that contradict each other up, through the free spaces of the rows between.
        let spaces: Vec<usize> =
            if last >= channel { (channel..=last).collect() } else { (last..=channel).rev().collect() };
        for space in spaces {
            let passed = if last >= channel { space } else { space.saturating_sub(1) };
            let to = if space == last { target } else { self.gap(passed, target) };
            let piece = self.piece_below(space, (x, to), below.take());
            points.extend([(x, piece), (to, piece)]);
            x = to;
        }
        points.push((x, Y::Row(last, 0)));
        self.wire(kind, descent, points);
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
