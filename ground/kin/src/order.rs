//! Who stands beside whom. Families are put together from blocks that stand side by side, so that lines of ordinary
//! families do not cross: the descendants of somebody are one block, the brothers and sisters of the man stand to his left
//! when those of his wife stand to her right.

use crate::graph::Graph;
use crate::{Descent, Sex};

/// People by row, from the left.
type Block = Vec<Vec<usize>>;

/// On which side of somebody their partner has to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

struct Order<'g> {
    graph: &'g Graph,
    seen: Vec<bool>,
}

/// The rows of a family.
pub(crate) fn rows(graph: &Graph) -> Block {
    let mut order = Order { graph, seen: vec![false; graph.len()] };
    let mut all = empty(graph);
    // Whoever belongs together stands together: the family of 本人 first.
    for start in graph.families() {
        let row = graph.row[start];
        let tied = |p: &usize| graph.friends(start).contains(p);
        if graph.alone(start) && all[row].iter().any(tied) {
            let at = slot(graph, &all[row], &graph.friends(start));
            all[row].insert(at, start);
            continue;
        }
        let mut block = order.family(start);
        if to_the_left(graph, &all, &block) {
            beside(&mut block, all);
            all = block;
        } else {
            beside(&mut all, block);
        }
    }
    all
}

/// Where somebody without family goes in the row of those they are tied to: as near to them as can be, never between a couple, and
/// between brothers and sisters only when the way around them is long.
fn slot(graph: &Graph, row: &[usize], friends: &[usize]) -> usize {
    let far = |slot: usize| -> usize {
        let at = |f: &usize| row.iter().position(|p| p == f);
        let distance = |at: usize| if at < slot { slot - at - 1 } else { at - slot };
        friends.iter().filter_map(at).map(distance).sum()
    };
    let between = |slot: usize| {
        let (left, right) = row.split_at(slot);
        let both = |people: &[usize]| {
            left.iter().any(|p| people.contains(p)) && right.iter().any(|p| people.contains(p))
        };
        let couple =
            matches!((left.last(), right.first()), (Some(a), Some(b)) if graph.couple(*a, *b).is_some());
        let under = graph.unions.iter().any(|u| both(&u.children) || both(&u.parents));
        usize::from(couple) * 100 + usize::from(under) * 3
    };
    (0..=row.len()).min_by_key(|slot| (far(*slot) + between(*slot), row.len() - slot)).unwrap_or(row.len())
}

/// Whether a family stands left of those who stand already: when those it is tied to stand nearer to that side.
fn to_the_left(graph: &Graph, all: &Block, block: &Block) -> bool {
    let mut sides = (0, 0);
    for p in block.iter().flatten() {
        for row in all {
            for at in graph.friends(*p).iter().filter_map(|f| row.iter().position(|q| q == f)) {
                sides = (sides.0 + at, sides.1 + row.len() - 1 - at);
            }
        }
    }
    sides.0 < sides.1
}

fn empty(graph: &Graph) -> Block {
    vec![Vec::new(); graph.row.iter().max().map_or(0, |r| r + 1)]
}

/// Puts a block to the right of another one.
fn beside(left: &mut Block, right: Block) {
    for (row, more) in left.iter_mut().zip(right) {
        row.extend(more);
    }
}

impl Order<'_> {
    /// Everybody who belongs to somebody.
    fn family(&mut self, start: usize) -> Block {
        let g = self.graph;
        let mut block = self.descend(start, None);
        self.ascend(&mut block, g.row[start]);
        // The families that others married into, and whoever is tied in an unusual way.
        while let Some(p) = self.open(&block) {
            self.insert_origin(&mut block, p);
        }
        block
    }

    /// Somebody in the block whose parents or brothers and sisters are still missing.
    fn open(&self, block: &Block) -> Option<usize> {
        block.iter().flatten().copied().find(|p| !self.missing(*p).is_empty())
    }

    /// Parents, brothers and sisters, children and partners of somebody who have no place yet.
    fn missing(&self, p: usize) -> Vec<usize> {
        let g = self.graph;
        let of =
            g.child_in[p].iter().map(|u| &g.unions[*u]).flat_map(|u| u.parents.iter().chain(&u.children));
        let below = g
            .unions
            .iter()
            .filter(|u| u.parents.contains(&p))
            .flat_map(|u| u.parents.iter().chain(&u.children));
        let partners = g.partners(p);
        of.chain(below).chain(&partners).copied().filter(|q| !self.seen[*q]).collect()
    }

    /// Somebody with their partners, in order. The partner the drawing goes on with stands on `side`.
    fn chain(&mut self, p: usize, side: Option<Side>) -> Vec<usize> {
        self.seen[p] = true;
        let partners: Vec<usize> = self.graph.partners(p).into_iter().filter(|q| !self.seen[*q]).collect();
        let Some((&last, former)) = partners.split_last() else { return vec![p] };
        for q in &partners {
            self.seen[*q] = true;
        }
        let mut row: Vec<usize> = former.iter().flat_map(|q| self.others(*q, Side::Left)).collect();
        row.push(p);
        let alone = former.is_empty();
        let man_left = self.graph.sex[p] == Sex::Female && self.graph.sex[last] != Sex::Female;
        if side == Some(Side::Left) || (side.is_none() && alone && man_left) {
            let mut all = self.others(last, Side::Left);
            if alone {
                all.append(&mut row);
                return all;
            }
            row.splice(0..0, all);
            return row;
        }
        row.extend(self.others(last, Side::Right));
        row
    }

    /// A partner with their own further partners on the outer side.
    fn others(&mut self, q: usize, side: Side) -> Vec<usize> {
        let mut row = vec![q];
        for other in self.graph.partners(q) {
            if !self.seen[other] {
                self.seen[other] = true;
                let mut more = self.others(other, side);
                match side {
                    Side::Left => {
                        more.append(&mut row);
                        row = more;
                    }
                    Side::Right => row.append(&mut more),
                }
            }
        }
        row
    }

    /// Somebody with their partners and all their descendants.
    fn descend(&mut self, p: usize, side: Option<Side>) -> Block {
        let mut block = empty(self.graph);
        let row = self.chain(p, side);
        let (children, _) = self.children(&row, &[]);
        block[self.graph.row[p]] = row;
        beside(&mut block, children);
        block
    }

    /// The children of a row of partners as two blocks: those left of `around`, those right of them.
    fn children(&mut self, row: &[usize], around: &[usize]) -> (Block, Block) {
        let g = self.graph;
        let at = |p: &usize| row.iter().position(|q| q == p);
        let mut unions: Vec<(bool, usize, usize)> = g
            .unions
            .iter()
            .enumerate()
            .filter(|(_, u)| !u.parents.is_empty() && u.parents.iter().all(|p| row.contains(p)))
            .map(|(i, u)| {
                // Children stand among their brothers and sisters, not with a step-parent.
                let step = u.how == Some(Descent::Step);
                (step, u.parents.iter().filter_map(at).sum::<usize>() * 2 / u.parents.len(), i)
            })
            .collect();
        unions.sort_unstable();
        let (mut left, mut right) = (empty(g), empty(g));
        let mut passed = around.is_empty();
        // Two people to go around: the brothers and sisters of the left one stand to the left of both.
        let first = around.first().copied();
        let both = around.len() > 1;
        for (_, _, union) in unions {
            let children = g.unions[union].children.clone();
            let here = around.iter().copied().find(|a| children.contains(a));
            let all_left = both && first != Some(usize::MAX);
            let all_right = both && !all_left;
            let mut ends = self.married_into_families(&children);
            for child in children.iter().copied() {
                if Some(child) == here {
                    passed = true;
                    continue;
                }
                if self.seen[child] || ends.iter().flatten().any(|e| *e == child) {
                    continue;
                }
                let block = self.descend(child, None);
                let to_right = all_right || (passed && !all_left);
                beside(if to_right && !around.is_empty() { &mut right } else { &mut left }, block);
            }
            for (end, side) in ends.iter_mut().zip([Side::Right, Side::Left]) {
                let Some(child) = end.take().filter(|c| !self.seen[*c]) else { continue };
                let mut block = self.descend(child, Some(side));
                if side == Side::Right {
                    beside(if around.is_empty() || all_left { &mut left } else { &mut right }, block);
                } else {
                    std::mem::swap(&mut left, &mut block);
                    beside(&mut left, block);
                }
            }
        }
        (left, right)
    }

    /// Of brothers and sisters, those whose partners have parents of their own to be drawn: one stands at the right end,
    /// one at the left.
    fn married_into_families(&self, children: &[usize]) -> [Option<usize>; 2] {
        let g = self.graph;
        let drawn = |c: &&usize| {
            !self.seen[**c]
                && g.partners(**c)
                    .iter()
                    .any(|q| !self.seen[*q] && g.origin(*q).is_some_and(|u| !u.parents.is_empty()))
        };
        let mut found = children.iter().rev().filter(drawn).copied();
        let right = found.next();
        let left = found.last();
        [right, left]
    }

    /// Goes up from the people of `row` to their parents, and on.
    fn ascend(&mut self, block: &mut Block, mut row: usize) {
        loop {
            // A partner whose own generation is another one stands in this row only because of the couple.
            let own = |p: &usize| self.graph.row[*p] == row && self.begins(*p);
            let anchors: Vec<usize> = block[row].iter().copied().filter(own).collect();
            if anchors.is_empty() {
                return;
            }
            let (mut left, mut right, mut above) = (empty(self.graph), empty(self.graph), Vec::new());
            let half = anchors.len().div_ceil(2);
            for (i, &anchor) in anchors.iter().enumerate() {
                if !self.begins(anchor) {
                    continue;
                }
                let parents = self.parents_row(anchor);
                let around: &[usize] = match anchors.len() {
                    1 => &[anchor],
                    _ if i < half => &[anchor, anchor],
                    // Any other place than the first sends them to the right.
                    _ => &[usize::MAX, anchor],
                };
                let (l, r) = self.children(&parents, around);
                let mut before = l;
                beside(&mut before, left);
                left = before;
                beside(&mut right, r);
                let (l, r) = self.siblings_without_parents(anchor);
                beside(&mut left, l);
                beside(&mut right, r);
                above.extend(parents);
            }
            beside(&mut left, std::mem::take(block));
            beside(&mut left, right);
            *block = left;
            if row == 0 {
                return;
            }
            row -= 1;
            // Whoever stands above already stays to the left: they came with an earlier row.
            block[row].extend(above);
        }
    }

    /// Whether the drawing goes up from somebody: a parent in the row above without a place, or brothers and sisters.
    fn begins(&self, p: usize) -> bool {
        let g = self.graph;
        g.origin(p).is_some_and(|u| {
            let above = u.parents.iter().all(|q| !self.seen[*q] && g.row[*q] + 1 == g.row[p]);
            above && (!u.parents.is_empty() || u.children.iter().any(|c| !self.seen[*c]))
        })
    }

    /// The parents of somebody with their further partners; the father's stand to his left, the mother's to her right.
    fn parents_row(&mut self, p: usize) -> Vec<usize> {
        let g = self.graph;
        let Some(origin) = g.origin(p) else { return Vec::new() };
        match origin.parents[..] {
            [a, b] => {
                let (a, b) = if g.sex[a] == Sex::Female && g.sex[b] != Sex::Female { (b, a) } else { (a, b) };
                (self.seen[a], self.seen[b]) = (true, true);
                let mut row = self.others(a, Side::Left);
                row.extend(self.others(b, Side::Right));
                row
            }
            [one] => self.chain(one, None),
            _ => Vec::new(),
        }
    }

    /// Brothers and sisters whose parents are not drawn: the elder to the left, the younger to the right.
    fn siblings_without_parents(&mut self, p: usize) -> (Block, Block) {
        let g = self.graph;
        let (mut left, mut right) = (empty(g), empty(g));
        let children =
            g.origin(p).filter(|u| u.parents.is_empty()).map(|u| u.children.clone()).unwrap_or_default();
        let at = children.iter().position(|c| *c == p).unwrap_or(0);
        for (i, &child) in children.iter().enumerate() {
            if !self.seen[child] {
                let block = self.descend(child, None);
                beside(if i < at { &mut left } else { &mut right }, block);
            }
        }
        (left, right)
    }

    /// The parents, brothers and sisters of somebody who has a place already: as near to them as lines allow.
    fn insert_origin(&mut self, block: &mut Block, p: usize) {
        let g = self.graph;
        if self.begins(p) && g.row[p] > 0 && g.origin(p).is_some_and(|u| !u.parents.is_empty()) {
            let parents = self.parents_row(p);
            let above = g.row[p] - 1;
            let (left, right) = self.children(&parents, &[p]);
            let at = self.place_above(block, p);
            block[above].splice(at..at, parents);
            insert(g, block, p, left, false);
            insert(g, block, p, right, true);
            return;
        }
        let Some(missing) = self.missing(p).first().copied() else { return };
        let more = self.descend(missing, None);
        insert(g, block, p, more, true);
    }

    /// Where the parents of somebody go in the row above: right of the parents of whoever stands left of them.
    fn place_above(&self, block: &Block, p: usize) -> usize {
        let g = self.graph;
        let (row, above) = (&block[g.row[p]], &block[g.row[p] - 1]);
        let here = row.iter().position(|q| *q == p).unwrap_or(0);
        let right_end = |q: &usize| {
            let parents = g.child_in[*q].iter().flat_map(|u| &g.unions[*u].parents);
            parents.filter_map(|p| above.iter().position(|a| a == p)).max()
        };
        row[..here].iter().rev().find_map(right_end).map_or(0, |at| {
            let mut at = at + 1;
            while at < above.len() && g.couple(above[at - 1], above[at]).is_some() {
                at += 1;
            }
            at
        })
    }
}

/// Puts a block beside somebody: in their row and in every other one.
fn insert(g: &Graph, block: &mut Block, p: usize, more: Block, right: bool) {
    let row = g.row[p];
    for (r, people) in more.into_iter().enumerate().filter(|(_, people)| !people.is_empty()) {
        let at = if r == row {
            let here = block[r].iter().position(|q| *q == p);
            let mut at = here.unwrap_or(0);
            if right {
                // Somebody who stands in another row, beside a partner, has no place in their own.
                at += usize::from(here.is_some());
                while at > 0 && at < block[r].len() && g.couple(block[r][at - 1], block[r][at]).is_some() {
                    at += 1;
                }
            } else {
                while at > 0 && g.couple(block[r][at - 1], block[r][at]).is_some() {
                    at -= 1;
                }
            }
            at
        } else {
            // As many of the row stand to the left as in the row of the person itself.
            let whole = block[row].len().max(1);
            let here = block[row].iter().position(|q| *q == p).unwrap_or(0);
            if right || here * 2 >= whole { block[r].len() } else { 0 }
        };
        block[r].splice(at..at, people);
    }
}
