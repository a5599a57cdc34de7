//! A thousand invented families: what every drawing holds.

mod invented;

use std::collections::BTreeSet;

use kin::{Drawing, Family, Kind, Point, genogram};
use proptest::prelude::*;

/// Whether a point lies inside closed loops, even-odd.
fn inside(loops: &[Vec<Point>], p: Point) -> bool {
    let mut odd = false;
    for points in loops {
        for (a, b) in points.iter().zip(points.iter().cycle().skip(1)) {
            // Only upright edges are passed by a line to the right.
            let (low, high) = (a.y.min(b.y), a.y.max(b.y));
            if a.x == b.x && a.x > p.x && low <= p.y && p.y < high {
                odd = !odd;
            }
        }
    }
    odd
}

fn holds(family: &Family, drawing: &Drawing) {
    let people: BTreeSet<usize> = drawing.symbols.iter().map(|s| s.person).collect();
    assert_eq!(people.len(), family.people.len(), "somebody is lost");
    assert_eq!(drawing.symbols.len(), family.people.len(), "somebody is there twice");
    for (i, a) in drawing.symbols.iter().enumerate() {
        let whole = a.whole();
        assert!(
            whole.left >= 0
                && whole.top >= 0
                && whole.right <= drawing.width
                && whole.bottom <= drawing.height
        );
        for b in &drawing.symbols[i + 1..] {
            assert!(!whole.meets(b.whole()), "{} lies on {}", a.person, b.person);
        }
    }
    let home: Vec<usize> = (0..family.people.len()).filter(|p| family.people[*p].home).collect();
    assert_eq!(drawing.home.is_empty(), home.len() < 2);
    if home.len() >= 2 {
        for s in &drawing.symbols {
            let w = s.whole();
            for (x, y) in [
                (w.left, w.top),
                (w.right, w.top),
                (w.left, w.bottom - 1),
                (w.right, w.bottom - 1),
                (s.centre.x, s.centre.y),
            ] {
                assert_eq!(
                    inside(&drawing.home, Point { x, y }),
                    family.people[s.person].home,
                    "{}",
                    s.person
                );
            }
        }
    }
    // Every tie that is drawn can be reached.
    let drawn: BTreeSet<usize> = drawing.strokes.iter().filter_map(|s| s.tie).collect();
    for (i, tie) in family.ties.iter().enumerate() {
        if matches!(tie.kind, Kind::Bond(_)) {
            assert!(drawn.contains(&i), "tie {i} has no line");
        }
    }
    // Lines are straight.
    for s in &drawing.strokes {
        for pair in s.points.windows(2) {
            assert!(
                pair[0].x == pair[1].x || pair[0].y == pair[1].y,
                "{:?} is slanted: {:?}",
                s.kind,
                s.points
            );
        }
    }
    // No line runs through somebody else's symbol or label.
    for s in &drawing.strokes {
        for pair in s.points.windows(2) {
            let (l, r) = (pair[0].x.min(pair[1].x), pair[0].x.max(pair[1].x));
            let (t, b) = (pair[0].y.min(pair[1].y), pair[0].y.max(pair[1].y));
            for symbol in &drawing.symbols {
                for w in [symbol.shape, symbol.label].into_iter().filter(|w| w.right > w.left) {
                    let through = l < w.right - 1 && r > w.left + 1 && t < w.bottom - 1 && b > w.top + 1;
                    assert!(!through, "{:?} runs through {}: {:?}", s.kind, symbol.person, s.points);
                }
            }
        }
    }
}

#[test]
fn a_thousand_families() {
    for seed in 0..1000 {
        let family = invented::family(seed);
        assert!((2..=25).contains(&family.people.len()));
        let drawing = genogram(&family);
        let held = std::panic::catch_unwind(|| holds(&family, &drawing));
        assert!(held.is_ok(), "family {seed}");
        assert_eq!(drawing, genogram(&family), "family {seed} is drawn in two ways");
    }
}

/// Whether an upright piece of one line and a level piece of the other run through each other.
fn cross(a: &[Point], b: &[Point]) -> bool {
    let of = |upright: &[Point], level: &[Point]| {
        upright.windows(2).filter(|u| u[0].x == u[1].x).any(|u| {
            level.windows(2).filter(|l| l[0].y == l[1].y).any(|l| {
                let (low, high) = (l[0].x.min(l[1].x), l[0].x.max(l[1].x));
                let (top, bottom) = (u[0].y.min(u[1].y), u[0].y.max(u[1].y));
                low < u[0].x && u[0].x < high && top < l[0].y && l[0].y < bottom
            })
        })
    };
    of(a, b) || of(b, a)
}

/// The commonest drawing of all: a parent, a child, and how close they are.
#[test]
fn what_is_between_a_parent_and_an_only_child_crosses_no_line_of_birth() {
    let tie = |kind, a, b| kin::Tie { kind, a, b, href: String::new(), title: String::new() };
    for (a, b) in [(0, 1), (1, 0)] {
        for bond in [kin::Bond::Close, kin::Bond::Conflict, kin::Bond::Caring] {
            let family = Family {
                people: vec![kin::Person { home: true, ..kin::Person::default() }; 2],
                ties: vec![tie(Kind::Descent(kin::Descent::Birth), 0, 1), tie(Kind::Bond(bond), a, b)],
            };
            let drawing = genogram(&family);
            holds(&family, &drawing);
            let [one, other] = &drawing.strokes[..] else { panic!("{:?}", drawing.strokes) };
            assert!(!cross(&one.points, &other.points), "{:?}", drawing.strokes);
        }
    }
}

proptest! {
    /// Whatever is tied to whatever, also what no family is: nobody is lost, nobody lies on anybody.
    #[test]
    fn ties_of_any_kind(
        n in 1_usize..26,
        ties in prop::collection::vec((0_usize..16, 0_usize..27, 0_usize..27), 0..40),
        home in prop::collection::vec(any::<bool>(), 26),
    ) {
        use kin::{Bond, Couple, Descent, Person, Tie};
        let kinds = [
            Kind::Descent(Descent::Birth), Kind::Descent(Descent::Adoptive), Kind::Descent(Descent::Foster),
            Kind::Descent(Descent::Step), Kind::Couple(Couple::Married), Kind::Couple(Couple::Divorced),
            Kind::Couple(Couple::Separated), Kind::Couple(Couple::Cohabiting), Kind::Siblings,
            Kind::Bond(Bond::Close), Kind::Bond(Bond::Distant), Kind::Bond(Bond::Conflict),
            Kind::Bond(Bond::Violence), Kind::Bond(Bond::Caring), Kind::Bond(Bond::Guardian), Kind::Couple(Couple::Parents),
        ];
        let family = Family {
            people: (0..n)
                .map(|i| Person { label: vec![format!("人{i}")], home: home[i], index: i == 0, ..Person::default() })
                .collect(),
            ties: ties
                .into_iter()
                .map(|(k, a, b)| Tie { kind: kinds[k], a, b, href: String::new(), title: String::new() })
                .collect(),
        };
        let drawing = genogram(&family);
        prop_assert_eq!(drawing.symbols.len(), n);
        for (i, a) in drawing.symbols.iter().enumerate() {
            for b in &drawing.symbols[i + 1..] {
                prop_assert!(!a.whole().meets(b.whole()));
            }
            if !drawing.home.is_empty() {
                prop_assert_eq!(inside(&drawing.home, a.centre), home[a.person]);
            }
        }
    }
}
