//! 変化の図: where the points of a small chart stand. Pure: whole numbers go in, whole numbers come out.

/// Width and height of the drawing, and the room left at its edges.
pub(crate) const WIDTH: i32 = 320;
pub(crate) const HEIGHT: i32 = 72;
const EDGE: i32 = 12;

/// The level of a code of the table `severity`; `None` for what is not known, which is a gap and no level.
pub(crate) fn level(code: &str) -> Option<i32> {
    match code {
        "none" => Some(0),
        "some" => Some(1),
        "much" => Some(2),
        _ => None,
    }
}

/// The highest level.
const MOST: i32 = 2;

/// Where each answer stands, the oldest first: further right is later, further up is harder. Unknown ones have no place.
pub(crate) fn places(levels: &[Option<i32>]) -> Vec<Option<(i32, i32)>> {
    let steps = i32::try_from(levels.len().saturating_sub(1)).unwrap_or(i32::MAX).max(1);
    levels
        .iter()
        .zip(0_i32..)
        .map(|(level, at)| {
            let level = (*level)?.clamp(0, MOST);
            let x = EDGE + (WIDTH - 2 * EDGE) * at / steps;
            let y = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * level / MOST;
            Some((x, y))
        })
        .collect()
}

/// The lines between places, broken where something is not known: each as the points of a polyline.
pub(crate) fn lines(places: &[Option<(i32, i32)>]) -> Vec<String> {
    places
        .split(Option::is_none)
        .filter(|run| run.len() > 1)
        .map(|run| {
            let points: Vec<String> = run.iter().flatten().map(|(x, y)| format!("{x},{y}")).collect();
            points.join(" ")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn harder_is_higher_and_unknown_breaks_the_line() {
        let levels: Vec<_> = ["none", "unknown", "much", "some"].iter().map(|c| level(c)).collect();
        let places = places(&levels);
        assert_eq!(places[0], Some((12, 60)));
        assert_eq!(places[1], None);
        assert_eq!(places[2].unwrap().1, 12);
        assert_eq!(lines(&places), ["209,12 308,36"]);
        assert!(lines(&places[..1]).is_empty(), "one answer is a point");
    }

    proptest! {
        #[test]
        fn every_point_is_inside_and_time_goes_right(levels in proptest::collection::vec(proptest::option::of(-3_i32..6), 0..40)) {
            let places = places(&levels);
            prop_assert_eq!(places.len(), levels.len());
            let known: Vec<(i32, i32)> = places.iter().flatten().copied().collect();
            prop_assert!(known.iter().all(|(x, y)| (EDGE..=WIDTH - EDGE).contains(x) && (EDGE..=HEIGHT - EDGE).contains(y)));
            prop_assert!(known.windows(2).all(|w| w[0].0 < w[1].0));
            for (place, level) in places.iter().zip(&levels) {
                prop_assert_eq!(place.is_some(), level.is_some());
            }
        }
    }
}
