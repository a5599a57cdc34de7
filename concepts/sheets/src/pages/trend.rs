//! 変化の図: where points, lines and words of a small chart stand. Pure: days and levels go in, whole numbers come out.

use words::Day;

/// Width and height of the drawing.
pub(crate) const WIDTH: i32 = 320;
pub(crate) const HEIGHT: i32 = 132;
/// Where time begins and ends: the words of the levels stand to the left.
pub(crate) const LEFT: i32 = 76;
pub(crate) const RIGHT: i32 = WIDTH - 32;
/// Where the days stand.
pub(crate) const DAYS: i32 = HEIGHT - 8;

const TOP: i32 = 18;
const STEP: i32 = 36;
/// Width of half of a full-width character, as the style sheet writes them here (16 pixels), and free space between two days.
const HALF: i32 = 9;
const FREE: i32 = 10;

/// The highest level.
const MOST: i32 = 2;

/// The level of a code of the table `severity`; `None` for what is not known, which is a gap and no level.
pub(crate) fn level(code: &str) -> Option<i32> {
    match code {
        "none" => Some(0),
        "some" => Some(1),
        "much" => Some(2),
        _ => None,
    }
}

/// How high a level stands: what is harder is higher.
pub(crate) fn height(level: i32) -> i32 {
    TOP + STEP * (MOST - level.clamp(0, MOST))
}

/// Where each day stands: as far apart as they are in time. The days come in order; one day alone stands in the middle.
pub(crate) fn along(days: &[Day]) -> Vec<i32> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Vec::new() };
    let whole = first.days_until(*last);
    let at = |day: &Day| match whole {
        whole if whole > 0 => {
            LEFT + i32::try_from(i64::from(RIGHT - LEFT) * first.days_until(*day) / whole).unwrap_or(0)
        }
        _ => i32::midpoint(LEFT, RIGHT),
    };
    days.iter().map(at).collect()
}

/// Where each answer stands. Unknown ones have no place.
pub(crate) fn places(along: &[i32], levels: &[Option<i32>]) -> Vec<Option<(i32, i32)>> {
    along.iter().zip(levels).map(|(x, level)| Some((*x, height((*level)?)))).collect()
}

/// The days that are written below the chart, each with the middle of its word: the first and the last one, and of those between as
/// many as there is room for.
pub(crate) fn written(along: &[i32], words: &[String]) -> Vec<(i32, String)> {
    let half = |word: &str| {
        let units: i32 = word.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
        units * HALF / 2
    };
    let middle = |x: i32, word: &str| x.min(WIDTH - half(word)).max(half(word));
    let end = along.len().saturating_sub(1);
    let order = [0, end].into_iter().chain(1..end);
    let mut shown: Vec<(i32, String)> = Vec::new();
    for (x, word) in order.filter_map(|i| Some((along.get(i)?, words.get(i)?))) {
        let at = middle(*x, word);
        if shown.iter().all(|(other, w)| (at - other).abs() >= half(word) + half(w) + FREE) {
            shown.push((at, word.clone()));
        }
    }
    shown.sort_unstable();
    shown
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

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    #[test]
    fn harder_is_higher_and_unknown_breaks_the_line() {
        let levels: Vec<_> = ["none", "unknown", "much", "some"].iter().map(|c| level(c)).collect();
        let days = ["2026-01-01", "2026-01-02", "2026-01-11", "2026-01-21"].map(day);
        let along = along(&days);
        let places = places(&along, &levels);
        assert_eq!(places[0], Some((LEFT, 90)));
        assert_eq!(places[1], None);
        assert_eq!(places[2].unwrap(), (i32::midpoint(LEFT, RIGHT), 18));
        assert_eq!(lines(&places), [format!("{},18 {RIGHT},54", i32::midpoint(LEFT, RIGHT))]);
        assert!(lines(&places[..1]).is_empty(), "one answer is a point");
    }

    #[test]
    fn points_stand_as_far_apart_as_their_days() {
        let at = along(&["2026-04-01", "2026-04-11", "2026-10-18"].map(day));
        assert_eq!((at[0], at[2]), (LEFT, RIGHT));
        assert_eq!(at[1] - LEFT, (RIGHT - LEFT) / 20);
        assert_eq!(along(&["2026-04-01", "2026-04-01"].map(day)), [182, 182], "twice on one day");
        assert!(along(&[]).is_empty());
    }

    #[test]
    fn the_first_and_the_last_day_are_written_and_others_where_they_fit() {
        let words = ["R8.4.1", "R8.7.2", "R8.7.9", "R8.10.18"].map(str::to_owned);
        let at = along(&["2026-04-01", "2026-07-02", "2026-07-09", "2026-10-18"].map(day));
        let shown: Vec<String> = written(&at, &words).into_iter().map(|(_, w)| w).collect();
        assert_eq!(shown, ["R8.4.1", "R8.7.2", "R8.10.18"]);
        let same = ["R8.4.1", "R8.4.1"].map(str::to_owned);
        assert_eq!(written(&[182, 182], &same).len(), 1);
    }

    proptest! {
        #[test]
        fn every_point_is_inside_and_time_goes_right(
            levels in proptest::collection::vec((0_i64..4000, proptest::option::of(-3_i32..6)), 0..40),
        ) {
            let mut days: Vec<Day> = levels.iter().map(|(n, _)| day("2020-04-01").plus_days(*n)).collect();
            days.sort_unstable();
            let levels: Vec<Option<i32>> = levels.into_iter().map(|(_, level)| level).collect();
            let along = along(&days);
            let places = places(&along, &levels);
            prop_assert_eq!(places.len(), levels.len());
            let known: Vec<(i32, i32)> = places.iter().flatten().copied().collect();
            prop_assert!(known.iter().all(|(x, y)| (LEFT..=RIGHT).contains(x) && (TOP..=TOP + MOST * STEP).contains(y)));
            prop_assert!(along.windows(2).all(|w| w[0] <= w[1]));
            for (place, level) in places.iter().zip(&levels) {
                prop_assert_eq!(place.is_some(), level.is_some());
            }
            let words: Vec<String> = days.iter().map(Day::to_string).collect();
            let shown = written(&along, &words);
            prop_assert!(shown.windows(2).all(|w| w[1].0 - w[0].0 >= 10 * HALF));
            prop_assert!(shown.iter().all(|(x, _)| (5 * HALF..=WIDTH - 5 * HALF).contains(x)));
        }
    }
}
