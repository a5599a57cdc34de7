//! What a municipality has set about weights and ages: settings like any other, with defaults.

use engine::{Broken, Conn};
use words::id::MunicipalityId;

use crate::rules::{Limits, Weights};

/// Every key, in the order of the page; the first nine are weights, the others limits.
pub(crate) const KEYS: [&str; 17] = [
    "load_base",
    "load_urgent",
    "load_new",
    "load_not_reached",
    "load_watching",
    "load_promise",
    "load_promise_most",
    "load_visit",
    "load_visit_most",
    "silent_new_days",
    "silent_not_reached_days",
    "silent_watching_days",
    "silent_going_days",
    "stuck_meetings",
    "stuck_months",
    "stuck_records",
    "stuck_weeks",
];

/// The defaults, in the order of [`KEYS`].
pub(crate) fn defaults() -> [i64; 17] {
    let (w, l) = (Weights::default(), Limits::default());
    [
        w.base,
        w.urgent,
        w.new,
        w.not_reached,
        w.watching,
        w.promise,
        w.promise_most,
        w.visit,
        w.visit_most,
        l.new,
        l.not_reached,
        l.watching,
        l.going,
        l.meetings,
        l.months,
        l.records,
        l.weeks,
    ]
}

/// As set, in the order of [`KEYS`].
pub(crate) async fn numbers(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<[i64; 17], Broken> {
    let defaults = defaults();
    let mut wanted = [("", 0); 17];
    for (i, key) in KEYS.into_iter().enumerate() {
        wanted[i] = (key, defaults[i]);
    }
    register::numbers(conn, m, wanted).await
}

/// As rules take them.
pub(crate) async fn load(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<(Weights, Limits), Broken> {
    let n = numbers(conn, m).await?;
    let weights = Weights {
        base: n[0],
        urgent: n[1],
        new: n[2],
        not_reached: n[3],
        watching: n[4],
        promise: n[5],
        promise_most: n[6],
        visit: n[7],
        visit_most: n[8],
    };
    let limits = Limits {
        new: n[9],
        not_reached: n[10],
        watching: n[11],
        going: n[12],
        meetings: n[13],
        months: n[14],
        records: n[15],
        weeks: n[16],
    };
    Ok((weights, limits))
}
