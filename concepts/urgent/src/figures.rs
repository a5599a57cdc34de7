//! Figures by desk, for the auditor: looks, look-ups that found nothing, reviews and what they came to.

use std::collections::HashMap;

use engine::{Fail, Look};
use words::id::DeskId;
use words::{Day, Instant};

use crate::sql;

/// One desk's line.
pub(crate) struct Line {
    pub desk: String,
    pub looks: i64,
    pub misses: i64,
    pub reviewed: i64,
    pub not_justified: i64,
    pub doubtful: i64,
}

/// The lines of every desk that looked or looked in vain between two days, both inclusive.
pub(crate) async fn lines(look: &mut Look, from: Day, until: Day) -> Result<Vec<Line>, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let span = (Instant::at(from, 0, 0), Instant::at(until.plus_days(1), 0, 0));
    let figures = sql::figures(&mut look.conn(), m, span).await?;
    let desks = figures.iter().map(|(desk, _)| *desk);
    let names: HashMap<DeskId, String> = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let mut lines: Vec<Line> = figures
        .into_iter()
        .map(|(desk, f)| Line {
            desk: names.get(&desk).cloned().unwrap_or_default(),
            looks: f.looks,
            misses: f.misses,
            reviewed: f.reviewed,
            not_justified: f.not_justified,
            doubtful: f.doubtful,
        })
        .collect();
    lines.sort_by(|a, b| b.looks.cmp(&a.looks).then(b.misses.cmp(&a.misses)).then(a.desk.cmp(&b.desk)));
    Ok(lines)
}
