//! Small figures, and whatever would give them away, are hidden (disclosure rule 11).
//!
//! The figures of a page are one flow: what leaves a window (row total) arrives at a desk (cell), is counted there (column
//! total), comes to something (outcome), in part for a reason (split); and all of it together is the grand total. In such a
//! network every sum on the page is "what flows into a point flows out of it". Whoever wants to find out a hidden figure can use
//! nothing but these sums, and that no hidden figure is below 1 (zeros are always shown). How far a hidden figure can move then
//! is a question of maximal flows, and can be answered exactly.
//!
//! [`protect`] hides every figure below the threshold (*primary*), and then, for each of them, as little more as is needed
//! (*complementary*) that at least threshold − 1 values remain possible: what the sign 「＊」 itself says, and no less.
//!
//! What it does not do: tell different periods apart (periods are whole months; months can still be subtracted from longer
//! periods, which the access log shows), and hide that a figure is not zero.

use std::collections::{BinaryHeap, VecDeque};

/// A figure as it may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// As it is.
    Shown(u64),
    /// Not zero; more is not said.
    Hidden,
}

impl Figure {
    /// The figure, if it is shown.
    pub const fn shown(self) -> Option<u64> {
        match self {
            Self::Shown(n) => Some(n),
            Self::Hidden => None,
        }
    }
}

/// What was counted: rows × columns, and what came of it in each column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Rows of cells.
    pub cells: Vec<Vec<u64>>,
    /// For each column, its sum by outcome. Empty: what came of it is not asked.
    pub outcomes: Vec<Vec<u64>>,
    /// Outcomes that are split further (refused by reason): index of the outcome, and its parts.
    pub splits: Vec<(usize, Vec<u64>)>,
    /// The grand total once more, by another view (basis). Empty: none.
    pub views: Vec<u64>,
}

/// The same with everything hidden that must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    /// Rows of cells.
    pub cells: Vec<Vec<Figure>>,
    /// Sums of rows.
    pub rows: Vec<Figure>,
    /// Sums of columns.
    pub columns: Vec<Figure>,
    /// For each column, its sum by outcome.
    pub outcomes: Vec<Vec<Figure>>,
    /// Sums of outcomes.
    pub outcome_totals: Vec<Figure>,
    /// Parts of outcomes, in the order they were given.
    pub splits: Vec<Vec<Figure>>,
    /// The other view of the grand total.
    pub views: Vec<Figure>,
    /// Everything together.
    pub total: Figure,
}

/// One figure as an edge of the flow.
#[derive(Debug, Clone, Copy)]
struct Edge {
    from: usize,
    to: usize,
    value: u64,
    hidden: bool,
}

struct Net {
    edges: Vec<Edge>,
    /// For each point, the edges that begin or end there.
    at: Vec<Vec<usize>>,
}

impl Net {
    fn point(&mut self) -> usize {
        self.at.push(Vec::new());
        self.at.len() - 1
    }

    fn edge(&mut self, from: usize, to: usize, value: u64) -> usize {
        let id = self.edges.len();
        self.edges.push(Edge { from, to, value, hidden: false });
        self.at[from].push(id);
        self.at[to].push(id);
        id
    }

    fn figure(&self, edge: usize) -> Figure {
        let e = self.edges[edge];
        if e.hidden { Figure::Hidden } else { Figure::Shown(e.value) }
    }

    /// How much can be pushed from `source` to `sink` along hidden figures without using `without`, at most `enough`. Forward
    /// a hidden figure can grow without bound; backward it can shrink to 1.
    fn slack(&self, source: usize, sink: usize, without: usize, enough: u64) -> u64 {
        let mut moved: Vec<i64> = vec![0; self.edges.len()];
        let mut sum = 0;
        while sum < enough {
            // Breadth first: the shortest way to push more.
            let mut came: Vec<Option<(usize, bool)>> = vec![None; self.at.len()];
            let mut queue = VecDeque::from([source]);
            let mut reached = false;
            'search: while let Some(point) = queue.pop_front() {
                for &id in &self.at[point] {
                    let e = self.edges[id];
                    if !e.hidden || id == without {
                        continue;
                    }
                    let forward = e.from == point;
                    let next = if forward { e.to } else { e.from };
                    if next == source || came[next].is_some() || (!forward && self.room(id, &moved) == 0) {
                        continue;
                    }
                    came[next] = Some((id, forward));
                    if next == sink {
                        reached = true;
                        break 'search;
                    }
                    queue.push_back(next);
                }
            }
            if !reached {
                break;
            }
            let mut step = enough - sum;
            let mut point = sink;
            while let Some((id, forward)) = came[point] {
                if !forward {
                    step = step.min(self.room(id, &moved));
                }
                point = if forward { self.edges[id].from } else { self.edges[id].to };
            }
            point = sink;
            while let Some((id, forward)) = came[point] {
                let by = i64::try_from(step).unwrap_or(i64::MAX);
                moved[id] += if forward { by } else { -by };
                point = if forward { self.edges[id].from } else { self.edges[id].to };
            }
            sum += step;
        }
        sum
    }

    /// How far a hidden figure can still shrink.
    fn room(&self, id: usize, moved: &[i64]) -> u64 {
        let now = i64::try_from(self.edges[id].value).unwrap_or(i64::MAX).saturating_add(moved[id]);
        u64::try_from(now - 1).unwrap_or(0)
    }

    /// How many other values a hidden figure can have, counted up to `enough`.
    fn others(&self, id: usize, enough: u64) -> u64 {
        let e = self.edges[id];
        // Growing: what it carries more must flow back from its end to its beginning; shrinking: the other way round.
        let up = self.slack(e.to, e.from, id, enough);
        if up >= enough {
            return up;
        }
        up + self.slack(e.from, e.to, id, enough - up).min(e.value - 1)
    }

    /// The cheapest way from the end of `id` back to its beginning, along which `by` can be pushed once it is hidden: shown
    /// figures cost what is lost with them.
    fn cheapest(&self, id: usize, by: u64) -> Vec<usize> {
        let (source, sink) = (self.edges[id].to, self.edges[id].from);
        let mut best = vec![u64::MAX; self.at.len()];
        let mut came: Vec<Option<usize>> = vec![None; self.at.len()];
        let mut heap = BinaryHeap::from([(std::cmp::Reverse(0_u64), source)]);
        best[source] = 0;
        while let Some((std::cmp::Reverse(cost), point)) = heap.pop() {
            if point == sink {
                break;
            }
            if cost > best[point] {
                continue;
            }
            for &next_id in &self.at[point] {
                let e = self.edges[next_id];
                let forward = e.from == point;
                let blocked = !forward && e.value <= by;
                if next_id == id || e.value == 0 || blocked {
                    continue;
                }
                let next = if forward { e.to } else { e.from };
                let lost = if e.hidden { 1 } else { 16 + e.value };
                let sum = cost.saturating_add(lost);
                if sum < best[next] {
                    best[next] = sum;
                    came[next] = Some(next_id);
                    heap.push((std::cmp::Reverse(sum), next));
                }
            }
        }
        let mut way = Vec::new();
        let mut point = sink;
        while point != source {
            let Some(step) = came[point] else { return Vec::new() };
            way.push(step);
            let e = self.edges[step];
            point = if e.to == point { e.from } else { e.to };
        }
        way
    }

    fn protect(&mut self, threshold: u64) {
        let small: Vec<usize> =
            (0..self.edges.len()).filter(|e| (1..threshold).contains(&self.edges[*e].value)).collect();
        for id in &small {
            self.edges[*id].hidden = true;
        }
        // Of threshold − 1 possible values its own is one.
        let enough = threshold.saturating_sub(2);
        for id in small {
            loop {
                if self.others(id, enough) >= enough {
                    break;
                }
                // A way that is enough by itself: what others gave is not counted on, since ways can share figures.
                let way = self.cheapest(id, enough);
                let before = self.edges.iter().filter(|e| e.hidden).count();
                for step in way {
                    self.edges[step].hidden = true;
                }
                if self.edges.iter().filter(|e| e.hidden).count() == before {
                    // Cannot be: along a way forward a figure grows without bound. If it were, everything is hidden.
                    self.edges.iter_mut().filter(|e| e.value > 0).for_each(|e| e.hidden = true);
                    break;
                }
            }
        }
    }
}

/// Hides every figure below `threshold`, and what would give it away.
pub fn protect(counted: &Counted, threshold: u64) -> Protected {
    let width = counted.cells.iter().map(Vec::len).max().unwrap_or(0);
    let mut net = Net { edges: Vec::new(), at: Vec::new() };
    let (begin, end) = (net.point(), net.point());
    let column_points: Vec<usize> = (0..width).map(|_| net.point()).collect();
    let mut cells = Vec::new();
    let mut rows = Vec::new();
    for row in &counted.cells {
        let point = net.point();
        rows.push(net.edge(begin, point, row.iter().sum()));
        cells.push(row.iter().zip(&column_points).map(|(v, c)| net.edge(point, *c, *v)).collect::<Vec<_>>());
    }
    let sum = |c: usize| counted.cells.iter().filter_map(|r| r.get(c)).sum::<u64>();
    let kinds = counted.outcomes.iter().map(Vec::len).max().unwrap_or(0);
    let outcome_points: Vec<usize> = (0..kinds).map(|_| net.point()).collect();
    let mut columns = Vec::new();
    let mut outcomes = Vec::new();
    for (c, point) in column_points.iter().enumerate() {
        if kinds == 0 {
            columns.push(net.edge(*point, end, sum(c)));
            continue;
        }
        let counted_there = net.point();
        columns.push(net.edge(*point, counted_there, sum(c)));
        let of_column = counted.outcomes.get(c).map_or(&[][..], Vec::as_slice);
        let edges = outcome_points.iter().enumerate();
        outcomes.push(
            edges
                .map(|(o, p)| net.edge(counted_there, *p, of_column.get(o).copied().unwrap_or(0)))
                .collect::<Vec<_>>(),
        );
    }
    let mut outcome_totals = Vec::new();
    let mut splits: Vec<Vec<usize>> = counted.splits.iter().map(|_| Vec::new()).collect();
    for (o, point) in outcome_points.iter().enumerate() {
        let value = counted.outcomes.iter().filter_map(|c| c.get(o)).sum();
        match counted.splits.iter().position(|(of, _)| *of == o) {
            None => outcome_totals.push(net.edge(*point, end, value)),
            Some(at) => {
                let parted = net.point();
                outcome_totals.push(net.edge(*point, parted, value));
                splits[at] = counted.splits[at].1.iter().map(|part| net.edge(parted, end, *part)).collect();
            }
        }
    }
    let total = counted.cells.iter().flatten().sum();
    let (total, views) = if counted.views.is_empty() {
        (net.edge(end, begin, total), Vec::new())
    } else {
        let seen = net.point();
        let views: Vec<usize> = counted.views.iter().map(|v| net.edge(end, seen, *v)).collect();
        (net.edge(seen, begin, total), views)
    };
    net.protect(threshold);
    let all = |edges: &[usize]| edges.iter().map(|e| net.figure(*e)).collect::<Vec<_>>();
    Protected {
        cells: cells.iter().map(|r| all(r)).collect(),
        rows: all(&rows),
        columns: all(&columns),
        outcomes: outcomes.iter().map(|o| all(o)).collect(),
        outcome_totals: all(&outcome_totals),
        splits: splits.iter().map(|s| all(s)).collect(),
        views: all(&views),
        total: net.figure(total),
    }
}

/// A single count of its own, which nothing else sums up to.
pub fn alone(count: u64, threshold: u64) -> Figure {
    if (1..threshold).contains(&count) { Figure::Hidden } else { Figure::Shown(count) }
}

/// The value at `percent` of sorted values, by nearest rank; `None` when there are fewer than `threshold` of them: the median
/// of one is that one.
pub fn quantile(sorted: &[i64], percent: usize, threshold: u64) -> Option<i64> {
    let count = sorted.len();
    if count == 0 || u64::try_from(count).is_ok_and(|n| n < threshold) {
        return None;
    }
    let rank = (count * percent).div_ceil(100).clamp(1, count);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
#[path = "rules_test.rs"]
mod tests;
