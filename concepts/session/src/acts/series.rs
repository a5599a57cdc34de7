//! The sessions of a body's rhythm, planned at once: each is a session like any other, and each leads to the next.

use engine::{Act, Fail, Refusal};
use serde::Serialize;
use words::id::{BodyId, MeetingId};
use words::{Day, Instant};

use super::meeting::{self, Said};
use super::running;
use crate::rules::series::MOST;
use crate::sql::body;

/// A series as a form says it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Series {
    pub body: BodyId,
    /// With `{n}` where the number of the session stands.
    pub title: String,
    pub first: i64,
    pub days: Vec<Day>,
    pub starts: (u32, u32),
    pub ends: (u32, u32),
    pub place: String,
    pub online: bool,
    /// Days before the session by which the invited answer.
    pub answer_before: i64,
}

impl Series {
    /// The title of the nth session made.
    pub fn title(&self, n: usize) -> String {
        let number = self.first + i64::try_from(n).unwrap_or(0);
        self.title.replace("{n}", &number.to_string())
    }
}

/// Plans them, the first day first; how many.
pub(crate) async fn plan(act: &mut Act, s: &Series) -> Result<usize, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let mut days = s.days.clone();
    days.sort_unstable();
    days.dedup();
    let (Some(first), true) = (days.first().copied(), days.len() <= MOST) else {
        return Err(Refusal::new("session.series_days").into());
    };
    if first < today {
        return Err(Refusal::new("session.is_past").into());
    }
    let body = body::by_id(&mut act.facts()?, m, s.body).await?.ok_or(Fail::NotVisible)?;
    running(act, body.desk, body.id).await?;
    // They differ in their number only: one look through the title is enough.
    meeting::titled(act, &s.title(0)).await?;
    for (n, day) in days.iter().enumerate() {
        let at = |(hour, minute)| Instant::at(*day, hour, minute);
        let id: MeetingId = act.new_id();
        let said = Said {
            body: Some(s.body),
            desk: body.desk,
            title: s.title(n),
            starts: at(s.starts),
            ends: at(s.ends),
            place: s.place.clone(),
            online: s.online,
            writing: false,
            answer_by: day.plus_days(-s.answer_before).max(today),
            capacity: None,
            // Each takes its place in the order of its body: the session before it leads to it.
            after: None,
        };
        meeting::plan_titled(act, id, &said).await?;
    }
    Ok(days.len())
}
