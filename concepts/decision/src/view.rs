//! What was decided, for whoever may know of it: lists of a case and of a matter, and one decision with its words.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Action, Disclosed, Viewer};
use askama::Template;
use engine::{Begun, Broken, Channel, Conn, Fail, Look, Receipt};
use household::{Entry, EntryState, Reasons, entry};
use site::{Answer, Form, Frame, Req, link};
use words::code::Code as _;
use words::id::{AgendaItemId, CaseId, DecisionId, EntryId, MatterId, ThingId};
use words::{Day, Instant};

use crate::acts;
use crate::doubt::{self, Card};
use crate::rules::{self, Ground, Part, Programme, Timing};
use crate::sql::{self, Stored};

/// A decision of a case without its words.
#[derive(Debug, Clone)]
pub struct Line {
    /// Which.
    pub id: DecisionId,
    /// For which programme.
    pub programme: Programme,
    /// At which timing.
    pub timing: Timing,
    /// On which ground.
    pub ground: Ground,
    /// When.
    pub on: Day,
    /// When the plan is looked at again.
    pub monitoring: Option<Day>,
    /// The first day of a follow-up.
    pub follow_up_on: Option<Day>,
    /// The desk that wrote it down.
    pub desk: words::id::DeskId,
    /// What rests on it.
    pub used_by: Option<ThingId>,
    /// Whether it was taken back.
    pub void: bool,
    /// The presence it rests on was corrected, and nobody has said yet whether it stays.
    pub doubted: bool,
    /// When it was written down.
    pub(crate) recorded: Instant,
    /// The proposal it is about.
    pub(crate) proposal: Option<rules::Proposal>,
}

impl From<&Stored> for Line {
    fn from(d: &Stored) -> Self {
        Self {
            id: d.id,
            programme: d.programme,
            timing: d.timing,
            ground: d.ground,
            on: d.on,
            monitoring: d.monitoring,
            follow_up_on: d.follow_up_on,
            desk: d.desk,
            used_by: d.used_by,
            void: d.voided_at.is_some(),
            doubted: d.doubted,
            recorded: d.recorded_at,
            proposal: d.proposal,
        }
    }
}

impl Line {
    /// `策定（多機関協働） 11月21日`, and that it waits for a word where the presence it rests on was corrected.
    pub fn words(&self, frame: &Frame) -> String {
        let t = &frame.t;
        let args = [
            ("timing", t.code("decision_timing", self.timing)),
            ("programme", t.code("decision_programme", self.programme)),
            ("day", frame.day(&self.on)),
        ];
        let line = t.fs("decision.line", &args);
        if self.doubted { t.f("decision.line_doubted", "line", line) } else { line }
    }

    /// Whether it can still put something into force or end it.
    pub fn usable(&self, programme: Programme, timing: Timing) -> bool {
        self.programme == programme && self.timing == timing && self.used_by.is_none() && !self.void
    }
}

/// The decisions of a case this viewer may know of, the newest first: what a confidential conference decided is known to its
/// members only. That the case is theirs to look at was asked before.
pub async fn of_case(conn: &mut Conn<'_>, viewer: &Viewer, case: CaseId) -> Result<Vec<Line>, Broken> {
    let found = sql::of_case(conn, viewer.municipality, case).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let open: Vec<MatterId> = conference::of_case(conn, viewer, case)
        .await?
        .into_iter()
        .filter(conference::Seen::open_to)
        .map(|s| s.id)
        .collect();
    let known = |d: &&Stored| d.ground != Ground::Secrecy || d.matter.is_some_and(|m| open.contains(&m));
    Ok(found.iter().filter(known).map(Line::from).collect())
}

/// What was decided under these items, as far as this viewer may know of it: in a confidential matter its members alone.
pub async fn of_items(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    items: impl IntoIterator<Item = AgendaItemId>,
) -> Result<Vec<(AgendaItemId, Line)>, Broken> {
    let found = known_of_items(conn, viewer, items).await?;
    Ok(found.iter().map(|(item, d)| (*item, Line::from(d))).collect())
}

/// The same as stored.
pub(crate) async fn known_of_items(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    items: impl IntoIterator<Item = AgendaItemId>,
) -> Result<Vec<(AgendaItemId, Stored)>, Broken> {
    let mut found = sql::of_items(conn, viewer.municipality, items).await?;
    let matters = conference::standings(conn, viewer, found.iter().filter_map(|(_, d)| d.matter)).await?;
    found.retain(|(_, d)| {
        let standing = matters.iter().find(|s| Some(s.id) == d.matter);
        standing.is_some_and(|s| s.known(viewer) && (s.pledged || d.ground != Ground::Secrecy))
    });
    Ok(found)
}

/// One text of a decision.
struct PartLine {
    part: String,
    words: String,
}

#[derive(Template)]
#[template(path = "decision_page.html")]
struct DecisionPage {
    frame: Frame,
    form: Form,
    /// What was corrected of the presence it rests on, and what was said of it.
    doubt: Option<Card>,
    id: DecisionId,
    title: String,
    number: String,
    case: Option<String>,
    matter: Option<String>,
    ground: String,
    ended: String,
    day: String,
    recorded: String,
    by: String,
    monitoring: String,
    follow_up: String,
    interrupt: String,
    used: Option<String>,
    void: bool,
    may_void: bool,
    secrecy: bool,
    parts: Vec<PartLine>,
    hidden: bool,
    reasons: Vec<String>,
}

/// A decision this viewer may know of, and whether they could take it back.
pub(crate) async fn known(look: &mut Look, id: DecisionId) -> Result<(Stored, bool, Option<String>), Fail> {
    let viewer = look.viewer().clone();
    let found = sql::by_id(&mut look.conn(), viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    let case = casefile::relation(&mut look.conn(), &viewer, found.case).await?;
    let matter = match found.matter {
        Some(m) => conference::stand(&mut look.conn(), &viewer, m).await?.filter(|(s, _)| s.open_to()),
        None => None,
    };
    // A conference with consent is no secret to whoever has a part in the case.
    let open = matter.is_some() || (found.ground != Ground::Secrecy && case.is_some());
    if !open {
        return Err(Fail::NotVisible);
    }
    let may = |action, relation: &access::Relation| access::may(&viewer, action, relation).is_ok();
    let may_void = match (&matter, &case) {
        (Some((seen, relation)), _) => may(seen.decides(), relation),
        (None, Some((_, relation))) if found.matter.is_none() => {
            may(Action::RecordDecision, relation) || may(Action::CloseCase, relation)
        }
        _ => false,
    };
    let number = case
        .map(|(header, _)| header.number_text())
        .or(matter.map(|(s, _)| s.number))
        .filter(|n| !n.is_empty());
    Ok((found, may_void, number))
}

/// The words of a decision, as far as disclosed, by part.
async fn words(
    look: &mut Look,
    id: DecisionId,
) -> Result<(Vec<(Part, EntryId)>, BTreeMap<EntryId, Disclosed<Entry>>), Fail> {
    let viewer = look.viewer().clone();
    let parts = sql::texts(&mut look.conn(), viewer.municipality, id).await?;
    let latest = entry::latest(&mut look.conn(), viewer.municipality, parts.iter().map(|(_, e)| *e)).await?;
    let sealed = entry::by_ids(&mut look.conn(), &viewer, latest.values().copied()).await?;
    let shown = look.disclose(sealed).await?;
    let shown: BTreeMap<EntryId, Disclosed<Entry>> = shown.into_iter().map(|e| (e.id, e)).collect();
    let parts = parts.into_iter().filter_map(|(p, e)| Some((p, *latest.get(&e)?))).collect();
    Ok((parts, shown))
}

/// GET /decisions/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, req.ctx()?.look(Channel::Page).await?, Form::default()).await
}

/// The page, also with what was chosen and is wrong.
pub(crate) async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let id: DecisionId = req.id("id")?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (look.viewer().municipality, look.now().day());
    let (found, may_void, number) = known(&mut look, id).await?;
    let (parts, shown) = words(&mut look, id).await?;
    let mut reasons = Reasons::default();
    for e in shown.values() {
        reasons.of_all(std::slice::from_ref(e));
    }
    let viewer = look.viewer().clone();
    let case_open = casefile::relation(&mut look.conn(), &viewer, found.case).await?.is_some();
    let desks = register::desk_names(&mut look.conn(), m, [found.desk], today).await?;
    let users = register::user_names(&mut look.conn(), m, [found.user]).await?;
    let line = Line::from(&found);
    let all = parts.len();
    let lines: Vec<PartLine> = Part::ALL
        .iter()
        .copied()
        .filter_map(|p| parts.iter().find(|(q, _)| *q == p))
        .filter_map(|(p, e)| {
            let text = shown
                .get(e)
                .filter(|e| e.state != EntryState::EnteredInError || found.voided_at.is_some())?;
            Some(PartLine { part: t.code("decision_part", p), words: text.body.clone() })
        })
        .collect();
    // A death or a move can be known from a text alone: the reason goes with the words of the decision (decision 0051).
    let tells_why = may_void || !shown.is_empty();
    let doubt = doubt::card(&mut look, &frame, &form, (&found, may_void)).await?;
    let wrong = form.has_problems();
    let page = DecisionPage {
        id,
        doubt,
        form,
        title: line.words(&frame),
        number: number.unwrap_or_default(),
        case: case_open.then(|| link::case_plans(found.case)),
        matter: found.matter.map(link::matter),
        ground: t.code("decision_ground", found.ground),
        ended: found.ended.filter(|_| tells_why).map(|w| t.code("decision_ended", w)).unwrap_or_default(),
        day: t.full_day(found.on),
        recorded: frame.moment(&found.recorded_at),
        by: format!(
            "{} {}",
            desks.get(&found.desk).map_or("", String::as_str),
            users.get(&found.user).map_or("", String::as_str)
        ),
        monitoring: found.monitoring.map(|d| t.full_day(d)).unwrap_or_default(),
        follow_up: match (found.follow_up, found.follow_up_on) {
            (Some(_), Some(day)) => t.full_day(day),
            (Some(need), None) => t.code("decision_follow_up", need),
            _ => String::new(),
        },
        interrupt: found.interrupt.map(|w| t.code("decision_interrupt", w)).unwrap_or_default(),
        used: found.used_by.filter(|_| case_open).map(link::support_plan),
        void: found.voided_at.is_some(),
        may_void: may_void && found.used_at.is_none() && found.voided_at.is_none(),
        secrecy: found.ground == Ground::Secrecy,
        hidden: lines.len() < all,
        parts: lines,
        reasons: reasons.sentences(&t),
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /decisions/{id}/void
pub(crate) async fn void(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: DecisionId = req.id("id")?;
    let mut look = req.ctx()?.look(Channel::Write).await?;
    known(&mut look, id).await?;
    look.close().await?;
    match req.ctx()?.act(&req.envelope(), "decision.void", &id).await? {
        Begun::Before(_) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&link::decision(id), "decision_voided", receipt))
        }
        Begun::New(mut act) => {
            acts::void(&mut act, id).await?;
            Ok(Answer::to(&link::decision(id), "decision_voided", act.commit(&id.to_string()).await?))
        }
    }
}
