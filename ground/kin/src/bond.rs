//! Lines of what else is between people: closeness, conflict, violence, care. Each has a lane of its own: it never runs along a line
//! of birth, of a couple or another one of its kind, and of all the ways around everybody it takes the one that crosses the least.
//!
//! A way goes up or down from a symbol, sideways in a lane of the space between two rows, and so on to the other symbol. Before,
//! each such space has spare lanes above and below the lines of the family; those that nothing runs in are taken out again.

use std::collections::BTreeSet;

use crate::graph::Graph;
use crate::place::{EDGE, Placed, SIDE, TRACK};
use crate::route::{Heights, room_below};
use crate::{Family, Point, Rect, Sex, Stroke, hull};

/// Spare lanes above, and below, the lines of the family between two rows.
pub(crate) const SPARE: i32 = 4;
/// Nearer than this two lines look like one.
const ONE: i32 = 5;
/// Nearer than this the teeth of a zigzag reach the other line.
const TIGHT: i32 = 9;
/// Nearer than this to a line of birth or of a couple the double line of closeness, whose two are five pixels apart, makes three even lines:
/// a sign of its own that nobody meant.
const CLEAR: i32 = 13;
/// A line that goes on where another one ends looks like the same line.
const BEYOND: i32 = 12;
/// Distance of the first lane beside somebody from them, and of the next ones.
const BESIDE: i32 = 6;
const STEP: i32 = 9;

// What a way costs beside its length, in pixels of a longer way that would be as good: what looks worse costs more.
const BEND: i64 = 14;
/// A step so small that it looks like a slip of the pen, and an end without room for its arrow.
const SLIP: i64 = 40;
const SMALL: i32 = 22;
const ARROW: i32 = 14;
/// To begin at the side of a symbol, around its label; to begin below the label.
const SIDEWAYS: i64 = 10;
const NAME: i64 = 12;

/// Where a line may touch a symbol: beside the line of birth in its middle, and above or below the line of a couple.
const AT_TOP: [i32; 4] = [-10, 10, -18, 18];
const AT_SIDE: [i32; 5] = [0, -8, 8, -16, 16];
const BETWEEN_TWO: [i32; 7] = [0, -16, 16, -8, 8, -21, 21];

/// What runs somewhere already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Line,
    Bond,
    Home,
}

impl What {
    /// What it costs to cross it.
    fn crossed(self) -> i64 {
        match self {
            Self::Line => 90,
            Self::Bond => 110,
            Self::Home => 6,
        }
    }

    /// What it costs to run along it: on it only where there is no other way at all.
    fn beside(self, apart: i32) -> i64 {
        match self {
            Self::Home if apart < ONE => 30,
            Self::Home => 0,
            _ if apart < ONE => 5000,
            Self::Line => 600,
            Self::Bond => 120,
        }
    }

    /// How near another line may come that runs along it.
    fn room(self) -> i32 {
        match self {
            Self::Line => CLEAR,
            Self::Bond | Self::Home => TIGHT,
        }
    }
}

/// A straight piece: level or upright.
#[derive(Debug, Clone, Copy)]
struct Run {
    at: i32,
    low: i32,
    high: i32,
    what: What,
}

#[derive(Debug, Default)]
struct Crowd {
    level: Vec<Run>,
    upright: Vec<Run>,
}

impl Crowd {
    fn put(&mut self, points: &[Point], what: What) {
        for pair in points.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            if a.y == b.y {
                self.level.push(Run { at: a.y, low: a.x.min(b.x), high: a.x.max(b.x), what });
            } else {
                self.upright.push(Run { at: a.x, low: a.y.min(b.y), high: a.y.max(b.y), what });
            }
        }
    }

    fn level(&self, y: i32, from: i32, to: i32) -> i64 {
        cost((&self.level, &self.upright), y, from, to)
    }

    fn upright(&self, x: i32, from: i32, to: i32) -> i64 {
        cost((&self.upright, &self.level), x, from, to)
    }
}

/// What a straight piece costs among others: its length, what it crosses, what it comes too near to.
fn cost((along, across): (&[Run], &[Run]), at: i32, from: i32, to: i32) -> i64 {
    let (low, high) = (from.min(to), from.max(to));
    let beside = along
        .iter()
        .filter(|r| r.low - BEYOND < high && low < r.high + BEYOND && (r.at - at).abs() < r.what.room())
        .map(|r| r.what.beside((r.at - at).abs()));
    let crossed = across
        .iter()
        .filter(|r| (low..=high).contains(&r.at) && (r.low..=r.high).contains(&at))
        .map(|r| r.what.crossed());
    i64::from(high - low) + beside.sum::<i64>() + crossed.sum::<i64>()
}

/// Where an upright piece begins or ends.
#[derive(Debug, Clone, Copy)]
struct Stop {
    x: i32,
    y: i32,
    /// What it costs to be here.
    cost: i64,
    /// The side of the symbol it comes from, where it comes from a side.
    side: Option<i32>,
    /// The stop before, and the lane between.
    back: (usize, Option<i32>),
}

impl Stop {
    fn at(x: i32, y: i32, cost: i64) -> Self {
        Self { x, y, cost, side: None, back: (0, None) }
    }
}

type Way = (i64, Vec<Point>);

struct Ways<'a> {
    sex: &'a [Sex],
    placed: &'a Placed,
    levels: Vec<Vec<i32>>,
    crowd: Crowd,
}

/// Draws what else is between people among the lines that are drawn already; gives the rows their last heights.
pub(crate) fn draw(
    family: &Family,
    graph: &Graph,
    placed: &mut Placed,
    heights: &Heights,
    strokes: &mut Vec<Stroke>,
) {
    let mut ties: Vec<usize> = graph.bonds.clone();
    let far = |i: usize| {
        let (a, b) = (family.ties[i].a, family.ties[i].b);
        (placed.row[a].abs_diff(placed.row[b]), placed.x[a].abs_diff(placed.x[b]), i)
    };
    ties.sort_unstable_by_key(|i| far(*i));
    let mut ways =
        Ways { sex: &graph.sex, placed: &*placed, levels: heights.levels(), crowd: Crowd::default() };
    for s in strokes.iter() {
        ways.crowd.put(&s.points, What::Line);
    }
    for outline in hull::around(placed, |p| family.people[p].home) {
        let closed: Vec<Point> = outline.iter().chain(outline.first()).copied().collect();
        ways.crowd.put(&closed, What::Home);
    }
    let fixed = (ways.crowd.level.len(), ways.crowd.upright.len());
    let mut found: Vec<Vec<Point>> = vec![Vec::new(); ties.len()];
    // The first ones did not know of the later ones: each is asked once more.
    for _ in 0..2 {
        for at in 0..ties.len() {
            ways.crowd.level.truncate(fixed.0);
            ways.crowd.upright.truncate(fixed.1);
            for (_, points) in found.iter().enumerate().filter(|(other, _)| *other != at) {
                ways.crowd.put(points, What::Bond);
            }
            let tie = &family.ties[ties[at]];
            found[at] = ways.best(tie.a, tie.b);
        }
    }
    let mut drawn: Vec<(usize, Vec<Point>)> = ties.into_iter().zip(found).collect();
    drawn.sort_unstable_by_key(|(tie, _)| *tie);
    let before = strokes.len();
    strokes.extend(drawn.into_iter().map(|(tie, points)| Stroke {
        kind: family.ties[tie].kind,
        points,
        tie: Some(tie),
        mark: None,
        slant: false,
    }));
    heights.close(placed, strokes);
    to_the_outline(family, placed, &mut strokes[before..]);
    inside(placed, strokes);
}

impl Ways<'_> {
    fn symbol(&self, p: usize) -> (i32, i32) {
        (self.placed.x[p], self.placed.top[self.placed.row[p]])
    }

    /// The way from one to the other.
    fn best(&self, a: usize, b: usize) -> Vec<Point> {
        let rows = |p: usize| self.placed.row[p];
        let (upper, lower) = if rows(a) <= rows(b) { (a, b) } else { (b, a) };
        let mut best = self.straight(upper, lower).unwrap_or((i64::MAX, Vec::new()));
        // The shortest ways first; a longer one is looked for only when something is in the way of those.
        let mut spaces: Vec<(usize, usize)> = [rows(upper), rows(upper) + 1]
            .into_iter()
            .flat_map(|from| [rows(lower), rows(lower) + 1].map(|to| (from, to)))
            .filter(|(from, to)| from <= to)
            .collect();
        spaces.sort_by_key(|(from, to)| to - from);
        for (from, to) in spaces {
            if best.0 < What::Line.crossed() + length(&best.1) {
                break;
            }
            let way = self.through(upper, lower, from, to);
            if way.0 < best.0 {
                best = way;
            }
        }
        if upper != a {
            best.1.reverse();
        }
        best.1
    }

    /// From side to side, of two with nobody between them.
    fn straight(&self, a: usize, b: usize) -> Option<Way> {
        let (left, right) = self.placed.neighbours(a, b)?;
        let (from, to) = (self.placed.x[left] + SIDE / 2, self.placed.x[right] - SIDE / 2);
        let middle = self.symbol(a).1 + SIDE / 2;
        let way = BETWEEN_TWO.iter().map(|dy| (self.crowd.level(middle + dy, from, to), middle + dy));
        let (cost, y) = way.min_by_key(|(cost, _)| *cost)?;
        let mut points = vec![Point { x: from, y }, Point { x: to, y }];
        if a != left {
            points.reverse();
        }
        Some((cost, points))
    }

    /// Through the spaces above the rows `from` to `to`.
    fn through(&self, upper: usize, lower: usize, from: usize, to: usize) -> Way {
        let mut stages = vec![self.stops(upper, from, lower)];
        for channel in from..=to {
            let next =
                if channel == to { self.stops(lower, to, upper) } else { self.passes(channel, upper, lower) };
            let reached = self.reach(channel, stages.last().map_or(&[], Vec::as_slice), next);
            stages.push(reached);
        }
        let ends = stages.last().into_iter().flatten().enumerate();
        let Some((mut at, end)) = ends.min_by_key(|(_, s)| s.cost) else { return (i64::MAX, Vec::new()) };
        let cost = end.cost;
        let mut points = Vec::new();
        for (nth, stage) in stages.iter().enumerate().rev() {
            let stop = stage[at];
            let corner = Point { x: stop.x, y: stop.y };
            let side = stop.side.map(|x| Point { x, y: stop.y });
            if nth == 0 {
                points.push(corner);
                points.extend(side);
                break;
            }
            points.extend(side);
            points.push(corner);
            let before = stages[nth - 1][stop.back.0];
            if let Some(y) = stop.back.1 {
                points.extend([Point { x: stop.x, y }, Point { x: before.x, y }]);
            }
            at = stop.back.0;
        }
        points.reverse();
        (cost, corners(points))
    }

    /// For each of `next` the cheapest way from one of `before`.
    fn reach(&self, channel: usize, before: &[Stop], next: Vec<Stop>) -> Vec<Stop> {
        let levels = &self.levels[channel];
        let upright = |stops: &[Stop]| -> Vec<Vec<i64>> {
            let to = |s: &Stop| levels.iter().map(|y| self.crowd.upright(s.x, s.y, *y)).collect();
            stops.iter().map(to).collect()
        };
        let (down, up) = (upright(before), upright(&next));
        next.into_iter()
            .zip(up)
            .map(|(stop, up)| {
                let mut best = (i64::MAX, (0, None));
                for (i, s) in before.iter().enumerate() {
                    if s.x == stop.x {
                        let cost = s.cost + self.crowd.upright(s.x, s.y, stop.y);
                        best = best.min((cost, (i, None)));
                        continue;
                    }
                    // A small step in a line looks like a slip of the pen.
                    let across = (s.x - stop.x).abs();
                    let slip = if across < SMALL { SLIP } else { 0 };
                    let least = s.cost + 2 * BEND + slip + i64::from(across);
                    for (nth, y) in levels.iter().enumerate() {
                        let least = least + down[i][nth] + up[nth];
                        if least < best.0 {
                            let cost = least - i64::from(across) + self.crowd.level(*y, s.x, stop.x);
                            best = best.min((cost, (i, Some(*y))));
                        }
                    }
                }
                Stop { cost: best.0.saturating_add(stop.cost), back: best.1, ..stop }
            })
            .collect()
    }

    /// Where a line to the space above row `channel` may begin at somebody who stands beside it. Also straight above or below where it
    /// may end at the other one.
    fn stops(&self, p: usize, channel: usize, other: usize) -> Vec<Stop> {
        let (x, top) = self.symbol(p);
        let label = self.placed.label[p].1;
        let (y, cost) = match label {
            _ if channel == self.placed.row[p] => (top, 0),
            0 => (top + SIDE, 0),
            label => (top + SIDE + label, NAME),
        };
        let straight = AT_TOP.map(|dx| self.placed.x[other] + dx - x);
        let straight =
            straight.into_iter().filter(|dx| (10..=18).contains(&dx.abs()) && !AT_TOP.contains(dx));
        // The sides of a triangle are far from where its square begins.
        let steep = if y == top && self.sex[p] == Sex::Unknown { 2 } else { 0 };
        let mut stops: Vec<Stop> = AT_TOP
            .into_iter()
            .chain(straight)
            .map(|dx| Stop::at(x + dx, y, cost + steep * i64::from(dx.abs())))
            .collect();
        for sign in [-1, 1] {
            let from = x + sign * SIDE / 2;
            for lane in self.lanes(p, sign).into_iter().take(3) {
                let best = AT_SIDE
                    .iter()
                    .map(|dy| top + SIDE / 2 + dy)
                    .map(|y| (self.crowd.level(y, from, lane), y))
                    .min_by_key(|(cost, _)| *cost);
                if let Some((cost, y)) = best {
                    // There has to be room for an arrow.
                    let short = if (lane - from).abs() < ARROW { SLIP } else { 0 };
                    let stop = Stop::at(lane, y, cost + BEND + SIDEWAYS + short);
                    stops.push(Stop { side: Some(from), ..stop });
                }
            }
        }
        stops
    }

    /// Free lanes beside somebody, the nearest first.
    fn lanes(&self, p: usize, sign: i32) -> Vec<i32> {
        let row = &self.placed.rows[self.placed.row[p]];
        let at = self.placed.at(p);
        let next = if sign < 0 { at.checked_sub(1) } else { Some(at + 1) };
        let edge = |q: usize, sign: i32| self.placed.x[q] + sign * (self.placed.half[q] + BESIDE);
        let from = edge(p, sign);
        let to = next.and_then(|n| row.get(n)).map_or(from + sign * 2 * STEP, |q| edge(*q, -sign));
        (0..64).map(|n| from + sign * n * STEP).take_while(|x| (to - x) * sign >= 0).collect()
    }

    /// The free lanes through a row that are nearest to two people.
    fn passes(&self, row: usize, a: usize, b: usize) -> Vec<Stop> {
        let (low, high) = (self.placed.x[a].min(self.placed.x[b]), self.placed.x[a].max(self.placed.x[b]));
        let people = &self.placed.rows[row];
        let mut lanes: Vec<i32> = people.first().map(|p| self.lanes(*p, -1)).unwrap_or_default();
        lanes.extend(people.iter().flat_map(|p| self.lanes(*p, 1)));
        lanes.sort_unstable_by_key(|x| ((low - x).max(x - high).max(0), *x));
        lanes.into_iter().take(14).map(|x| Stop::at(x, self.placed.top[row], 0)).collect()
    }
}

fn length(points: &[Point]) -> i64 {
    points.windows(2).map(|w| i64::from((w[0].x - w[1].x).abs() + (w[0].y - w[1].y).abs())).sum()
}

/// Without the points where nothing turns.
fn corners(points: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for p in points {
        if kept.last() == Some(&p) {
            continue;
        }
        if let [.., a, b] = kept[..]
            && ((a.x == b.x && b.x == p.x) || (a.y == b.y && b.y == p.y))
        {
            kept.pop();
        }
        kept.push(p);
    }
    kept
}

impl Heights {
    /// The lanes of each space between rows: the spare ones, and those of the lines of the family where they are free.
    fn levels(&self) -> Vec<Vec<i32>> {
        self.spare.iter().zip(&self.tracks).map(|(spare, tracks)| [&spare[..], tracks].concat()).collect()
    }

    /// Takes out the spare lanes that nothing runs in.
    fn close(&self, placed: &mut Placed, strokes: &mut [Stroke]) {
        let level = |w: &[Point]| (w[0].y == w[1].y).then_some(w[0].y);
        let used: BTreeSet<i32> =
            strokes.iter().flat_map(|s| s.points.windows(2).filter_map(level)).collect();
        let last = self.spare.len() - 1;
        let (mut out, mut below) = (Vec::new(), 0);
        for (channel, lanes) in self.spare.iter().enumerate() {
            let mut free: Vec<i32> = lanes.iter().copied().filter(|y| !used.contains(y)).collect();
            let kept = lanes.len() - free.len() + self.tracks[channel].len();
            // Between two rows there is room for one line, always.
            if kept == 0 && channel > 0 && channel < last {
                free.pop();
            }
            out.extend(free);
            below = kept;
        }
        let closer = |y: i32| y - TRACK * count(out.iter().filter(|lane| **lane < y).count());
        placed.top.iter_mut().chain(&mut placed.bottom).for_each(|y| *y = closer(*y));
        strokes.iter_mut().flat_map(|s| &mut s.points).for_each(|p| p.y = closer(p.y));
        placed.height = placed.bottom.last().map_or(EDGE, |y| *y) + EDGE + room_below(count(below));
    }
}

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(0)
}

/// Lines end where a symbol begins, not at the square around it.
pub(crate) fn to_the_outline(family: &Family, placed: &Placed, strokes: &mut [Stroke]) {
    for s in strokes {
        let Some(tie) = s.tie.map(|tie| &family.ties[tie]) else { continue };
        let whose = |p: Point| [tie.a, tie.b].into_iter().find(|of| placed.shape(*of).holds(p));
        if let [first, second, ..] = &mut s.points[..]
            && let Some(of) = whose(*first)
        {
            touch(placed.shape(of), family.people[of].sex, first, *second);
        }
        if let [.., second, last] = &mut s.points[..]
            && let Some(of) = whose(*last)
        {
            touch(placed.shape(of), family.people[of].sex, last, *second);
        }
    }
}

fn touch(shape: Rect, sex: Sex, end: &mut Point, next: Point) {
    let half = SIDE / 2;
    let (x, y) = (end.x - shape.left - half, end.y - shape.top - half);
    let upright = end.x == next.x;
    let off = if upright { x } else { y };
    let within = match sex {
        Sex::Female => half - (half * half - off * off).max(0).isqrt(),
        Sex::Other => off.abs(),
        Sex::Unknown if !upright => half - i32::midpoint(y, half),
        Sex::Unknown if y < 0 => 2 * x.abs(),
        Sex::Male | Sex::Unknown => 0,
    };
    if !upright {
        end.x -= x.signum() * within;
    } else if y.abs() == half {
        // Below a name it ends at the name.
        end.y -= y.signum() * within;
    }
}

/// Nothing runs out of the drawing on its left.
fn inside(placed: &mut Placed, strokes: &mut [Stroke]) {
    let left = strokes.iter().flat_map(|s| &s.points).map(|p| p.x).min().unwrap_or(EDGE);
    let by = (EDGE / 2 - left).max(0);
    // Even, as everybody's place is.
    let by = by + by % 2;
    placed.x.iter_mut().for_each(|x| *x += by);
    strokes.iter_mut().flat_map(|s| &mut s.points).for_each(|p| p.x += by);
}
