//! What was decided under the items of an agenda, with its texts: for the minutes, so that nobody types again what was recorded (R-044,
//!

use access::Viewer;
use engine::{Broken, Conn};
use site::Frame;
use words::code::Code as _;
use words::id::{AgendaItemId, DecisionId, EntryId, MunicipalityId};

use crate::rules::{EndedWhy, FollowUpNeed, InterruptWhy, Part};
use crate::sql::{self, Stored};
use crate::view::{Line, known_of_items};

/// A decision under an item, for whoever may know of it. Its texts are entries: what they say is disclosed apart.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The item it belongs to.
    pub item: AgendaItemId,
    /// Timing, programme, day, and the desk that wrote it down.
    pub line: Line,
    /// Its texts as they were first written, in the order in which they are read.
    pub texts: Vec<(Part, EntryId)>,
    ended: Option<EndedWhy>,
    interrupt: Option<InterruptWhy>,
    follow_up: Option<FollowUpNeed>,
}

impl Recorded {
    /// What its timing says besides its texts: days and reasons, each with its label.
    pub fn facts(&self, frame: &Frame) -> Vec<(String, String)> {
        let t = &frame.t;
        let follow_up = match (self.follow_up, self.line.follow_up_on) {
            (Some(_), Some(day)) => Some(t.full_day(day)),
            (need, _) => need.map(|x| t.code("decision_follow_up", x)),
        };
        let found = [
            ("decision.monitoring", self.line.monitoring.map(|d| t.full_day(d))),
            ("decision.follow_up", follow_up),
            ("decision.interrupt_why", self.interrupt.map(|x| t.code("decision_interrupt", x))),
            ("decision.ended", self.ended.map(|x| t.code("decision_ended", x))),
        ];
        found.into_iter().filter_map(|(key, said)| Some((t.s(key).to_owned(), said?))).collect()
    }
}

/// A text of a decision that stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The item it belongs to.
    pub item: AgendaItemId,
    /// Which.
    pub decision: DecisionId,
    /// Which of its texts.
    pub part: &'static str,
    /// The text as it was first written.
    pub entry: EntryId,
}

async fn with_texts(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    found: Vec<(AgendaItemId, Stored)>,
) -> Result<Vec<Recorded>, Broken> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let texts = sql::texts_of(conn, m, found.iter().map(|(_, d)| d.id)).await?;
    let of = |id: DecisionId| {
        let parts = <Part as words::code::Code>::ALL.iter();
        let text = |part: &Part| texts.iter().find(|(d, p, _)| *d == id && p == part);
        parts.filter_map(text).map(|(_, part, entry)| (*part, *entry)).collect()
    };
    let recorded = |(item, d): (AgendaItemId, Stored)| Recorded {
        item,
        line: Line::from(&d),
        texts: of(d.id),
        ended: d.ended,
        interrupt: d.interrupt,
        follow_up: d.follow_up,
    };
    Ok(found.into_iter().map(recorded).collect())
}

/// What was decided under these items, as far as this viewer may know of it, with what was taken back.
pub async fn recorded(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    items: impl IntoIterator<Item = AgendaItemId>,
) -> Result<Vec<Recorded>, Broken> {
    let found = known_of_items(conn, viewer, items).await?;
    with_texts(conn, viewer.municipality, found).await
}

/// Which texts of decisions stand under these items, whoever asks: their ids, for an approval that says what it was said of.
pub async fn standing(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    items: impl IntoIterator<Item = AgendaItemId>,
) -> Result<Vec<Standing>, Broken> {
    let mut found = sql::of_items(conn, m, items).await?;
    found.retain(|(_, d)| d.voided_at.is_none());
    let all = with_texts(conn, m, found).await?;
    let of = |d: Recorded| {
        let (item, decision) = (d.item, d.line.id);
        d.texts.into_iter().map(move |(part, entry)| Standing { item, decision, part: part.code(), entry })
    };
    Ok(all.into_iter().flat_map(of).collect())
}
