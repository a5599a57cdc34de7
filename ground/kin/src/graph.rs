//! Who belongs to whom: couples, children of whom, generations.

use std::collections::BTreeMap;

use crate::{Couple, Descent, Family, Kind, Sex};

/// Children of the same parents.
#[derive(Debug, Clone)]
pub(crate) struct Union {
    /// Two, one, or none for brothers and sisters whose parents are not drawn.
    pub parents: Vec<usize>,
    pub how: Option<Descent>,
    /// From the eldest.
    pub children: Vec<usize>,
}

/// A family as a graph.
#[derive(Debug)]
pub(crate) struct Graph {
    pub sex: Vec<Sex>,
    pub born: Vec<(bool, i64, usize)>,
    birth_day: Vec<Option<i64>>,
    pub index: usize,
    /// Couples by their two places, the smaller first; with the tie that says so, if one does.
    pub couples: BTreeMap<(usize, usize), (Couple, Option<usize>)>,
    pub unions: Vec<Union>,
    /// The unions in which somebody is a child, the nearest first.
    pub child_in: Vec<Vec<usize>>,
    /// The generation of each, from 0.
    pub row: Vec<usize>,
    /// Ties of another kind, by their places in [`Family::ties`].
    pub bonds: Vec<usize>,
    /// Whom they tie.
    bonded: Vec<(usize, usize)>,
    /// Who is one family: the first of them.
    part: Vec<usize>,
}

fn pair(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

impl Graph {
    pub fn of(family: &Family) -> Self {
        let people = &family.people;
        let n = people.len();
        let mut couples = BTreeMap::new();
        let mut parents: Vec<BTreeMap<usize, Descent>> = vec![BTreeMap::new(); n];
        let (mut siblings, mut bonds) = (Vec::new(), Vec::new());
        for (i, tie) in family.ties.iter().enumerate() {
            if tie.a == tie.b || tie.a >= n || tie.b >= n {
                continue;
            }
            match tie.kind {
                Kind::Couple(how) => {
                    couples.insert(pair(tie.a, tie.b), (how, Some(i)));
                }
                Kind::Descent(how) => {
                    let known = parents[tie.b].entry(tie.a).or_insert(how);
                    *known = how.min(*known);
                }
                Kind::Siblings => siblings.push(pair(tie.a, tie.b)),
                Kind::Bond(_) => bonds.push(i),
            }
        }
        // Nobody is their own ancestor: of two that say so of each other the first stands.
        for child in 0..n {
            for parent in parents[child].keys().copied().collect::<Vec<_>>() {
                if parent < child && parents[parent].contains_key(&child) {
                    parents[parent].remove(&child);
                }
            }
        }
        let born =
            people.iter().enumerate().map(|(i, p)| (p.born.is_none(), p.born.unwrap_or(0), i)).collect();
        let mut graph = Self {
            sex: people.iter().map(|p| p.sex).collect(),
            birth_day: people.iter().map(|p| p.birth_day).collect(),
            born,
            index: people.iter().position(|p| p.index).unwrap_or(0),
            couples,
            unions: Vec::new(),
            child_in: vec![Vec::new(); n],
            row: vec![0; n],
            bonded: bonds.iter().map(|i| (family.ties[*i].a, family.ties[*i].b)).collect(),
            bonds,
            part: (0..n).collect(),
        };
        graph.unite(&parents);
        graph.join_siblings(&siblings);
        graph.generations();
        graph
    }

    pub fn len(&self) -> usize {
        self.sex.len()
    }

    pub fn couple(&self, a: usize, b: usize) -> Option<Couple> {
        self.couples.get(&pair(a, b)).map(|(how, _)| *how)
    }

    /// The partners of somebody, former ones first.
    pub fn partners(&self, p: usize) -> Vec<usize> {
        let other = |&(a, b): &(usize, usize)| match p {
            p if p == a => Some(b),
            p if p == b => Some(a),
            _ => None,
        };
        let mut found: Vec<(Couple, (bool, i64, usize))> = self
            .couples
            .iter()
            .filter_map(|(pair, (how, _))| other(pair).map(|q| (*how, self.born[q])))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, (_, _, q))| q).collect()
    }

    /// The nearest union somebody is a child of.
    pub fn origin(&self, p: usize) -> Option<&Union> {
        self.child_in[p].first().map(|u| &self.unions[*u])
    }

    /// Whether two children of a union are twins: born of the same two, on one day.
    pub fn are_twins(&self, union: &Union, a: usize, b: usize) -> bool {
        let born_of_two = union.how == Some(Descent::Birth) && union.parents.len() == 2;
        born_of_two && self.birth_day[a].is_some() && self.birth_day[a] == self.birth_day[b]
    }

    /// All of them, two or more at a time.
    pub fn twins(&self) -> Vec<Vec<usize>> {
        let of = |union: &Union| -> Vec<Vec<usize>> {
            let together = union.children.chunk_by(|a, b| self.are_twins(union, *a, *b));
            together.filter(|c| c.len() > 1).map(<[usize]>::to_vec).collect()
        };
        self.unions.iter().flat_map(of).collect()
    }

    /// Whether somebody has no family here.
    pub fn alone(&self, p: usize) -> bool {
        self.part.iter().filter(|part| **part == self.part[p]).count() == 1
    }

    /// Those of other families that somebody of this one is tied to.
    pub fn friends(&self, p: usize) -> Vec<usize> {
        self.tied(p).filter(|q| self.part[*q] != self.part[p]).collect()
    }

    fn tied(&self, p: usize) -> impl Iterator<Item = usize> {
        self.bonded.iter().filter_map(move |&(a, b)| match p {
            p if p == a => Some(b),
            p if p == b => Some(a),
            _ => None,
        })
    }

    /// In which order families are put side by side: that of hon'nin first, then whoever is tied to those who stand already. One of each.
    pub fn families(&self) -> Vec<usize> {
        let n = self.len();
        let mut placed: Vec<usize> = Vec::new();
        while let Some(next) = self.next_family(&placed) {
            placed.push(next);
        }
        debug_assert!((0..n).all(|p| placed.iter().any(|q| self.part[*q] == self.part[p])));
        placed
    }

    fn next_family(&self, placed: &[usize]) -> Option<usize> {
        if placed.is_empty() {
            return (self.index < self.len()).then_some(self.index);
        }
        let there = |p: usize| placed.iter().any(|q| self.part[*q] == self.part[p]);
        let tied = self.bonded.iter().find_map(|&(a, b)| match (there(a), there(b)) {
            (true, false) => Some(b),
            (false, true) => Some(a),
            _ => None,
        });
        tied.or_else(|| (0..self.len()).find(|p| !there(*p)))
    }

    fn unite(&mut self, parents: &[BTreeMap<usize, Descent>]) {
        let mut unions: BTreeMap<(Vec<usize>, Descent), Vec<usize>> = BTreeMap::new();
        for (child, of) in parents.iter().enumerate() {
            for (set, how) in self.sets(of) {
                unions.entry((set, how)).or_default().push(child);
            }
        }
        for ((parents, how), mut children) in unions {
            children.sort_by_key(|c| self.born[*c]);
            if let [a, b] = parents[..] {
                self.couples.entry(pair(a, b)).or_insert((Couple::Parents, None));
            }
            for child in &children {
                self.child_in[*child].push(self.unions.len());
            }
            self.unions.push(Union { parents, how: Some(how), children });
        }
        for child in 0..self.len() {
            let mut of = std::mem::take(&mut self.child_in[child]);
            of.sort_by_key(|u| (self.unions[*u].how, std::cmp::Reverse(self.unions[*u].parents.len()), *u));
            self.child_in[child] = of;
        }
    }

    /// The parents of one child as couples and single parents, each with how.
    fn sets(&self, of: &BTreeMap<usize, Descent>) -> Vec<(Vec<usize>, Descent)> {
        let mut sets = Vec::new();
        let by = |how: Descent| of.iter().filter(move |(_, h)| **h == how).map(|(p, _)| *p);
        let (birth, adoptive): (Vec<_>, Vec<_>) =
            (by(Descent::Birth).collect(), by(Descent::Adoptive).collect());
        // Adopted by the new partner of the one parent: one line, from both.
        if let ([a], [b]) = (&birth[..], &adoptive[..])
            && self.couple(*a, *b).is_some()
        {
            sets.push((vec![*a.min(b), *a.max(b)], Descent::Adoptive));
        } else {
            sets.extend(self.twos(&birth).into_iter().map(|s| (s, Descent::Birth)));
            sets.extend(self.twos(&adoptive).into_iter().map(|s| (s, Descent::Adoptive)));
        }
        let foster: Vec<_> = by(Descent::Foster).collect();
        sets.extend(self.twos(&foster).into_iter().map(|s| (s, Descent::Foster)));
        for step in by(Descent::Step) {
            sets.push((vec![step], Descent::Step));
        }
        sets
    }

    /// Two by two: couples first.
    fn twos(&self, of: &[usize]) -> Vec<Vec<usize>> {
        let mut left = of.to_vec();
        let mut sets = Vec::new();
        while let Some(a) = left.first().copied() {
            left.remove(0);
            let found = left.iter().position(|b| self.couple(a, *b).is_some());
            match found.or((left.len() == 1 && of.len() == 2).then_some(0)) {
                Some(at) => sets.push(vec![a, left.remove(at)]),
                None => sets.push(vec![a]),
            }
        }
        sets
    }

    fn join_siblings(&mut self, siblings: &[(usize, usize)]) {
        let mut group: Vec<usize> = (0..self.len()).collect();
        for &(a, b) in siblings {
            if self.child_in[a].iter().any(|u| self.child_in[b].contains(u)) {
                continue;
            }
            let (from, to) = (group[a].max(group[b]), group[a].min(group[b]));
            group.iter_mut().filter(|g| **g == from).for_each(|g| *g = to);
        }
        for first in 0..self.len() {
            let mut children: Vec<usize> = (0..self.len()).filter(|p| group[*p] == first).collect();
            if children.len() < 2 {
                continue;
            }
            children.sort_by_key(|c| self.born[*c]);
            for child in &children {
                self.child_in[*child].push(self.unions.len());
            }
            self.unions.push(Union { parents: Vec::new(), how: None, children });
        }
    }

    /// Rows from the oldest generation: couples, brothers and sisters in one row, children one below.
    fn generations(&mut self) {
        let n = self.len();
        let mut steps: Vec<Vec<(usize, i32)>> = vec![Vec::new(); n];
        for &(a, b) in self.couples.keys() {
            steps[a].push((b, 0));
            steps[b].push((a, 0));
        }
        for union in &self.unions {
            for &child in &union.children {
                for &parent in &union.parents {
                    steps[parent].push((child, 1));
                    steps[child].push((parent, -1));
                }
                if let Some(&first) = union.children.first().filter(|f| **f != child) {
                    steps[first].push((child, 0));
                    steps[child].push((first, 0));
                }
            }
        }
        let mut row: Vec<Option<i32>> = vec![None; n];
        for start in std::iter::once(self.index).chain(0..n).filter(|s| *s < n) {
            if row[start].is_some() {
                continue;
            }
            let mut queue = std::collections::VecDeque::from([start]);
            let mut members = vec![start];
            row[start] = Some(0);
            while let Some(p) = queue.pop_front() {
                for &(q, step) in &steps[p] {
                    if row[q].is_none() {
                        row[q] = row[p].map(|r| r + step);
                        queue.push_back(q);
                        members.push(q);
                    }
                }
            }
            let top = members.iter().filter_map(|m| row[*m]).min().unwrap_or(0);
            for m in members {
                row[m] = row[m].map(|r| r - top);
                self.part[m] = start;
            }
        }
        self.beside_whom_they_know(&mut row);
        let top = row.iter().flatten().copied().min().unwrap_or(0);
        row.iter_mut().flatten().for_each(|r| *r -= top);
        self.row = row.into_iter().map(|r| usize::try_from(r.unwrap_or(0)).unwrap_or(0)).collect();
    }
    /// A friend, a neighbour, somebody accused stands in the row of those they are tied to: nobody's grandparent, and with a short line.
    fn beside_whom_they_know(&self, row: &mut [Option<i32>]) {
        let mut placed: Vec<usize> = Vec::new();
        for family in self.families() {
            let there = |p: &usize| placed.iter().any(|q| self.part[*q] == self.part[*p]);
            let of_it = |p: &usize| self.part[*p] == self.part[family];
            let tie = self.bonded.iter().find_map(|&(a, b)| match (a, b) {
                (a, b) if of_it(&a) && there(&b) => Some((a, b)),
                (a, b) if of_it(&b) && there(&a) => Some((b, a)),
                _ => None,
            });
            if let Some((own, other)) = tie {
                let by = row[other].unwrap_or(0) - row[own].unwrap_or(0);
                for p in (0..self.len()).filter(of_it) {
                    row[p] = row[p].map(|r| r + by);
                }
            }
            placed.push(family);
        }
    }
}
