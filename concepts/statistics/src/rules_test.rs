//! Held against the plainest attacker there is: one who tries every table that fits what is shown.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn hidden(f: Figure) -> bool {
    f == Figure::Hidden
}

/// Whether a sum that was tried fits what is shown of it.
fn fits(figure: Figure, sum: u64) -> bool {
    figure.shown().map_or(sum > 0, |shown| shown == sum)
}

/// Every value that each place of `shown` can have, when hidden places are 1 to `most` and `check` accepts the whole.
fn possible(shown: &[Figure], most: u64, check: &dyn Fn(&[u64]) -> bool) -> Vec<BTreeSet<u64>> {
    fn go(
        shown: &[Figure],
        most: u64,
        tried: &mut Vec<u64>,
        check: &dyn Fn(&[u64]) -> bool,
        out: &mut [BTreeSet<u64>],
    ) {
        let Some(figure) = shown.get(tried.len()) else {
            if check(tried) {
                for (place, value) in out.iter_mut().zip(tried.iter()) {
                    place.insert(*value);
                }
            }
            return;
        };
        let range = figure.shown().map_or(1..=most, |v| v..=v);
        for value in range {
            tried.push(value);
            go(shown, most, tried, check, out);
            tried.pop();
        }
    }
    let mut out = vec![BTreeSet::new(); shown.len()];
    go(shown, most, &mut Vec::new(), check, &mut out);
    out
}

#[test]
fn nothing_is_hidden_without_need() {
    let counted = Counted { cells: vec![vec![10, 0, 7], vec![5, 9, 12]], ..Counted::default() };
    let p = protect(&counted, 5);
    assert!(p.cells.iter().flatten().chain(&p.rows).chain(&p.columns).all(|f| !hidden(*f)));
    assert_eq!(p.total, Figure::Shown(43));
    assert_eq!(protect(&Counted::default(), 5).total, Figure::Shown(0));
}

#[test]
fn a_small_cell_takes_others_with_it() {
    let counted = Counted { cells: vec![vec![20, 3], vec![30, 40]], ..Counted::default() };
    let p = protect(&counted, 5);
    assert!(hidden(p.cells[0][1]));
    // Either its row's other cell and so on round the square, or the sums: but not the cell alone.
    let more = p.cells.iter().flatten().chain(&p.rows).chain(&p.columns).filter(|f| hidden(**f)).count();
    assert!(more >= 4 || hidden(p.total), "{p:?}");
}

#[test]
fn one_small_flow_hides_its_sums() {
    let counted = Counted { cells: vec![vec![3]], outcomes: vec![vec![0, 3]], ..Counted::default() };
    let p = protect(&counted, 5);
    assert!(hidden(p.total) && hidden(p.rows[0]) && hidden(p.columns[0]) && hidden(p.outcome_totals[1]));
    assert_eq!(p.outcome_totals[0], Figure::Shown(0));
    assert_eq!(p.outcomes[0], [Figure::Shown(0), Figure::Hidden]);
}

#[test]
fn quantiles_need_enough_values() {
    assert_eq!(quantile(&[1, 2, 3, 4], 50, 5), None);
    assert_eq!(quantile(&[1, 2, 3, 4, 50], 50, 5), Some(3));
    assert_eq!(quantile(&[1, 2, 3, 4, 50], 90, 5), Some(50));
    assert_eq!(quantile(&[], 50, 0), None);
    assert_eq!((alone(0, 5), alone(4, 5), alone(5, 5)), (Figure::Shown(0), Figure::Hidden, Figure::Shown(5)));
}

#[test]
fn a_whole_town_is_protected_in_no_time() {
    // Sixty windows and sixty desks, most pairs seldom: as a real year looks.
    let cell = |i: u64, j: u64| {
        if (i * 7 + j * 13).is_multiple_of(5) { (i * 31 + j * 17) % 23 } else { (i + j) % 3 % 2 }
    };
    let cells: Vec<Vec<u64>> = (0..60).map(|i| (0..60).map(|j| cell(i, j)).collect()).collect();
    let column = |j: usize| cells.iter().map(|r| r[j]).sum::<u64>();
    let outcomes = (0..60).map(|j| vec![column(j) / 3, column(j) - column(j) / 3]).collect();
    let p = protect(&Counted { cells, outcomes, ..Counted::default() }, 5);
    assert!(!hidden(p.total));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// No table that fits what is shown pins a small figure down further than the sign itself does; no small figure is shown,
    /// no shown figure is wrong, zeros are shown.
    #[test]
    fn an_attacker_who_tries_every_table_learns_no_small_figure(
        cells in proptest::collection::vec(proptest::collection::vec(0_u64..7, 3), 2..=2),
        threshold in 2_u64..5,
    ) {
        let p = protect(&Counted { cells: cells.clone(), ..Counted::default() }, threshold);
        let flat: Vec<Figure> = p.cells.iter().flatten().copied().collect();
        let most = 6 + threshold;
        let check = |t: &[u64]| {
            let row = |i: usize| t[i * 3..i * 3 + 3].iter().sum::<u64>();
            (0..2).all(|i| fits(p.rows[i], row(i)))
                && (0..3).all(|j| fits(p.columns[j], t[j] + t[3 + j]))
                && fits(p.total, t.iter().sum())
        };
        let values = possible(&flat, most, &check);
        for (n, true_value) in cells.iter().flatten().enumerate() {
            match flat[n] {
                Figure::Shown(v) => {
                    prop_assert_eq!(v, *true_value);
                    prop_assert!(v == 0 || v >= threshold);
                }
                Figure::Hidden => {
                    prop_assert!(*true_value > 0);
                    if *true_value < threshold {
                        prop_assert!(values[n].len() as u64 >= threshold - 1, "{p:?} gives away {n} of {cells:?}");
                    }
                }
            }
        }
    }

    /// The same for what came of it: outcomes, their sums, and the reasons of one outcome.
    #[test]
    fn outcomes_and_reasons_give_nothing_away_either(
        parts in proptest::collection::vec(proptest::collection::vec(0_u64..5, 2), 2..=2),
        first_part in 0_u64..5,
        threshold in 2_u64..5,
    ) {
        // One window, two desks, two outcomes; the second outcome has two reasons.
        let columns: Vec<u64> = parts.iter().map(|o| o.iter().sum()).collect();
        let second: u64 = parts.iter().map(|o| o[1]).sum();
        let reasons = vec![first_part.min(second), second - first_part.min(second)];
        let counted = Counted {
            cells: vec![columns.clone()],
            outcomes: parts.clone(),
            splits: vec![(1, reasons.clone())],
            views: Vec::new(),
        };
        let p = protect(&counted, threshold);
        let flat: Vec<Figure> = p.outcomes.iter().flatten().chain(&p.splits[0]).copied().collect();
        let check = |t: &[u64]| {
            let (a, b) = (t[0] + t[1], t[2] + t[3]);
            let reached = |f: Figure, v: u64| f.shown().map_or(v > 0, |s| s == v);
            reached(p.cells[0][0], a) && reached(p.cells[0][1], b)
                && fits(p.columns[0], a) && fits(p.columns[1], b)
                && fits(p.rows[0], a + b) && fits(p.total, a + b)
                && fits(p.outcome_totals[0], t[0] + t[2]) && fits(p.outcome_totals[1], t[1] + t[3])
                && t[4] + t[5] == t[1] + t[3]
        };
        let values = possible(&flat, 8 + threshold, &check);
        let truth = parts.iter().flatten().chain(&reasons);
        for (n, true_value) in truth.enumerate() {
            if hidden(flat[n]) && *true_value < threshold {
                prop_assert!(values[n].len() as u64 >= threshold - 1, "{p:?} gives away {n} of {parts:?} {reasons:?}");
            }
            if let Figure::Shown(v) = flat[n] {
                prop_assert!(v == *true_value && (v == 0 || v >= threshold));
            }
        }
    }
}
