//! 主担当: who answers for a case, who did before, and answering for it for a while.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail, Look};
use household::{MarksControl, entry, marks_from, nameable};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;
use words::id::{CaseId, CommandId, DeskId, ThingId};

use crate::acts::lead::{self as acts, Proposed, Taken};
use crate::rules::CaseState;
use crate::rules::lead::{self as rules, LeadState, LeadStep, Side, WhyLent};
use crate::sql;
use crate::sql::lead::{self as rows, Lead};
use crate::views::{self, CaseHead, Loaded};

const MOST: usize = 500;

/// One step that can be taken, with its form.
struct Can {
    code: &'static str,
    word: String,
    help: String,
    command: CommandId,
    /// Name of the field of its day, if it has one.
    on: String,
    words: bool,
    open: bool,
}

struct View {
    id: ThingId,
    state: String,
    live: bool,
    from: String,
    to: String,
    back: String,
    /// Why, and until what, as far as disclosed.
    reason: String,
    why: String,
    until: String,
    kept: String,
    check: String,
    check_iso: String,
    late: bool,
    steps: Vec<(String, String)>,
    can: Vec<Can>,
    version: i64,
}

#[derive(Template)]
#[template(path = "casefile_lead.html")]
struct LeadPage {
    frame: Frame,
    form: Form,
    head: CaseHead,
    now: Option<View>,
    before: Vec<View>,
    /// Who was accountable since when, and why.
    held: Vec<(String, String, String)>,
    takers: Vec<Choice>,
    reasons: Vec<Choice>,
    marks: MarksControl,
    /// Whether none is under way; without `takers` the page says how another desk comes in.
    may_propose: bool,
    wrong: String,
    stale: bool,
}

struct Found {
    loaded: Loaded,
    leads: Vec<Lead>,
    steps: Vec<rows::Taken>,
    texts: std::collections::BTreeMap<words::id::EntryId, String>,
    desks: Vec<register::DeskInfo>,
    /// Where the one under way returns today.
    back: Option<DeskId>,
    /// Whom each side of the one under way, or of the newest, stands for today.
    heirs: std::collections::BTreeMap<DeskId, DeskId>,
}

async fn load(look: &mut Look, id: CaseId) -> Result<Found, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let mut loaded = views::load(look, id).await?;
    let leads = rows::of_case(&mut look.conn(), m, id).await?;
    let steps = rows::steps(&mut look.conn(), m, id).await?;
    let words = leads.iter().flat_map(|l| [Some(l.why), Some(l.until), l.kept]).flatten();
    let (texts, shown) = entry::said_today(look, words.collect::<BTreeSet<_>>()).await?;
    loaded.reasons.of_all(&shown);
    let mut heirs = std::collections::BTreeMap::new();
    let mut back = None;
    // Only the newest can still be answered or acknowledged: there is one at a time.
    if let Some(newest) = leads.first() {
        for desk in [Some(newest.home), Some(newest.taker), newest.to].into_iter().flatten() {
            heirs.insert(desk, register::heir(&mut look.conn(), m, desk, today).await?);
        }
        back = acts::returns_to(&mut look.conn(), (m, today), newest.home, loaded.header.accountable).await?;
    }
    let named = leads.iter().flat_map(|l| [Some(l.home), Some(l.taker), l.to]).flatten();
    let named = named.chain(steps.iter().filter_map(|s| s.desk)).chain(back);
    let named = named.chain(loaded.relation.case_desks.iter().copied());
    let desks = register::desks_by_id(&mut look.conn(), m, named.collect::<BTreeSet<_>>(), today).await?;
    Ok(Found { loaded, leads, steps, texts, desks, back, heirs })
}

impl Found {
    fn name(&self, id: DeskId) -> String {
        self.desks.iter().find(|d| d.id == id).map(|d| d.name.clone()).unwrap_or_default()
    }

    fn heir(&self, id: DeskId) -> DeskId {
        self.heirs.get(&id).copied().unwrap_or(id)
    }

    /// Whose word a step of the newest is today.
    fn word(&self, l: &Lead, side: Side) -> Option<DeskId> {
        match side {
            Side::Proposer => Some(self.heir(l.by)),
            Side::Asked => Some(self.heir(l.asked())),
            Side::Lead => self.loaded.header.accountable,
            Side::Home if l.state == LeadState::Kept => Some(self.heir(l.home)),
            Side::Home => Some(self.heir(l.to.unwrap_or(l.home))),
        }
    }

    /// Desks with a part in the case that this viewer can propose, as long as they last: any, for the accountable desk; otherwise their own.
    fn takers(&self, viewer: &access::Viewer, today: Day) -> Vec<&register::DeskInfo> {
        let holds = |d: DeskId| viewer.seats.iter().any(|s| s.holds(d));
        let home = self.loaded.header.accountable;
        let leads = home.is_some_and(holds);
        let part = &self.loaded.relation.case_desks;
        self.desks
            .iter()
            .filter(|d| part.contains(&d.id) && Some(d.id) != home && d.has_login)
            .filter(|d| d.valid_to.is_none_or(|last| today <= last))
            .filter(|d| leads || viewer.seats.iter().any(|s| s.desk == d.id))
            .collect()
    }
}

/// GET /cases/{id}/lead
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, None, false).await
}

async fn render(req: &Req, sent: Option<(Form, &str)>, stale: bool) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let (frame, viewer) = (req.frame(), req.ctx()?.viewer.clone());
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let found = load(&mut look, id).await?;
    let (m, today) = (viewer.municipality, look.now().day());
    let history = sql::accountable_history(&mut look.conn(), m, id).await?;
    let names = register::desk_names(&mut look.conn(), m, history.iter().map(|h| h.0), today).await?;
    let staff =
        register::user_names(&mut look.conn(), m, found.steps.iter().filter_map(|s| s.author)).await?;
    let (form, wrong) = sent.map_or_else(|| (Form::default(), String::new()), |(f, w)| (f, w.to_owned()));
    let open = found.loaded.header.state == CaseState::Open;
    let mut views: Vec<View> = Vec::new();
    for (at, l) in found.leads.iter().enumerate() {
        let can = if at == 0 { can(req, &frame, &viewer, (&found, l), &wrong) } else { Vec::new() };
        let steps = found.steps.iter().filter(|s| s.of == l.id).map(|s| {
            let by = s.author.and_then(|u| staff.get(&u)).cloned().unwrap_or_default();
            let desk = s.desk.map(|d| found.name(d)).unwrap_or_default();
            let day = frame.day(&s.at.day());
            let check = s.check_on.map(|d| frame.t.f("lead.until_day", "day", frame.day(&d)));
            let word = frame.t.code("lead_step", s.step);
            (day, format!("{word} {desk} {by} {}", check.unwrap_or_default()).trim().to_owned())
        });
        let steps = steps.collect();
        views.push(view(&frame, (&found, l), steps, can));
    }
    let now = views.first().is_some_and(|v| v.live || !v.can.is_empty()).then(|| views.remove(0));
    let takers: Vec<Choice> = found
        .takers(&viewer, today)
        .iter()
        .map(|d| Choice::new(&form, "taker", d.id, d.name.clone()))
        .collect();
    let page = LeadPage {
        may_propose: open && !found.leads.iter().any(Lead::under_way),
        takers,
        reasons: WhyLent::ALL
            .iter()
            .map(|w| Choice::new(&form, "reason", w.code(), frame.t.code("lead_why", w)))
            .collect(),
        marks: MarksControl::new(&frame.t, &form, "why", &nameable(&frame.t, &found.loaded.members)),
        held: history
            .iter()
            .rev()
            .map(|(desk, at, why)| {
                let name = names.get(desk).cloned().unwrap_or_default();
                (frame.day(&at.day()), name, frame.t.code("case_why", why))
            })
            .collect(),
        head: CaseHead::new(&frame, &found.loaded, &viewer),
        now,
        before: views,
        wrong,
        stale,
        form,
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    match (stale, page.form.has_problems()) {
        (true, _) => Answer::conflict(html, receipt),
        (false, true) => Answer::again(html, receipt),
        (false, false) => Answer::page(html, receipt),
    }
}

fn view(frame: &Frame, (found, l): (&Found, &Lead), steps: Vec<(String, String)>, can: Vec<Can>) -> View {
    let t = &frame.t;
    let said = |id| found.texts.get(&id).cloned().unwrap_or_default();
    let shown = found.texts.contains_key(&l.why);
    let lent = l.state == LeadState::Lent;
    View {
        id: l.id,
        state: t.code("lead_state", l.state),
        live: l.under_way(),
        from: found.name(l.home),
        to: found.name(l.taker),
        back: match (lent, found.back) {
            (false, _) => l.to.map(|d| found.name(d)).unwrap_or_default(),
            (true, Some(to)) => found.name(to),
            (true, None) => t.s("lead.nobody_home").to_owned(),
        },
        // The code of the reason says as much as its words: it is shown with them only.
        reason: if shown { t.code("lead_why", l.reason) } else { String::new() },
        why: said(l.why),
        until: said(l.until),
        kept: l.kept.map(said).unwrap_or_default(),
        check: frame.day(&l.check_on),
        check_iso: l.check_on.to_string(),
        late: lent && l.check_on < frame.now.day(),
        version: l.version,
        steps,
        can,
    }
}

fn can(
    req: &Req,
    frame: &Frame,
    viewer: &access::Viewer,
    (found, l): (&Found, &Lead),
    wrong: &str,
) -> Vec<Can> {
    let mine = |desk: DeskId| viewer.seats.iter().any(|s| s.holds(desk) && s.role.reads_desk_records());
    LeadStep::ALL
        .iter()
        .filter(|step| {
            rules::next(l.state, **step, l.acknowledged_at.is_some())
                .is_ok_and(|(_, side)| found.word(l, side).is_some_and(mine))
        })
        .filter(|step| **step != LeadStep::Return || found.back.is_some())
        .map(|step| Can {
            code: step.code(),
            word: frame.t.code("lead_do", step),
            help: match (step, found.back) {
                (LeadStep::Return, Some(to)) => frame.t.f("lead.return_help", "desk", found.name(to)),
                _ => frame.t.sentence(&format!("lead_help.{step}")).unwrap_or_default().to_owned(),
            },
            command: req.engine().new_id(),
            on: match (step, l.state) {
                (LeadStep::Later, _) | (LeadStep::Acknowledge, LeadState::Returned) => format!("{step}_on"),
                _ => String::new(),
            },
            words: *step == LeadStep::Keep,
            open: wrong == step.code(),
        })
        .collect()
}

/// POST /cases/{id}/lead: asks another desk, or offers to take it.
pub(crate) async fn propose(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let (frame, viewer) = (req.frame(), req.ctx()?.viewer.clone());
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let found = load(&mut look, id).await?;
    let today = look.now().day();
    look.close().await?;
    let mut form = req.form();
    let offered: Vec<DeskId> = found.takers(&viewer, today).iter().map(|d| d.id).collect();
    let taker = form.id_among("taker", Need::Required, &offered);
    let reason = form.code::<WhyLent>("reason", Need::Required);
    let why = form.paragraph("why", Need::Required, MOST);
    let until = form.paragraph("until", Need::Required, MOST);
    let marks = marks_from(&mut form, "why", &nameable(&frame.t, &found.loaded.members));
    let check_on = check(&mut form, "check_on", &req);
    let (Some(taker), Some(reason), Some(check_on), false) = (taker, reason, check_on, form.has_problems())
    else {
        return render(&req, Some((form, "propose")), false).await;
    };
    let home = found.loaded.header.accountable.ok_or(Fail::NotVisible)?;
    let by = if viewer.seats.iter().any(|s| s.holds(home)) { home } else { taker };
    let new = Proposed { taker, by, reason, why, until, marks, check_on };
    let done = acts::propose(&req, id, &new).await?;
    Ok(Answer::to(&link::case_lead(id), "lead_proposed", done.receipt()))
}

fn check(form: &mut Form, field: &str, req: &Req) -> Option<words::Day> {
    let day = form.coming_day(field, Need::Required)?;
    if let Err(refusal) = rules::check_on(day, req.now().day()) {
        form.problem(field, refusal.key);
    }
    Some(day)
}

/// POST /cases/{id}/lead/{lead}/{step}
pub(crate) async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let (id, of): (CaseId, ThingId) = (req.id("id")?, req.id("lead")?);
    let frame = req.frame();
    let which = req.param("step");
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let found = load(&mut look, id).await?;
    look.close().await?;
    let lead = found.leads.iter().find(|l| l.id == of).ok_or(Fail::NotVisible)?;
    let step = LeadStep::parse(which).ok_or(Fail::NotVisible)?;
    let mut form = req.form();
    let on = match (step, lead.state) {
        (LeadStep::Later, _) | (LeadStep::Acknowledge, LeadState::Returned) => {
            check(&mut form, &format!("{step}_on"), &req)
        }
        _ => None,
    };
    let (mut words, mut marks) = (String::new(), household::Marks::new(Vec::new(), access::Categories::NONE));
    if step == LeadStep::Keep {
        words = form.paragraph("keep_words", Need::Required, MOST);
        marks = marks_from(&mut form, "keep_words", &nameable(&frame.t, &found.loaded.members));
    }
    if form.has_problems() {
        return render(&req, Some((form, which)), false).await;
    }
    let taken = Taken { step, on, words, marks };
    match acts::step(&req, id, of, &taken).await {
        Ok(done) => Ok(Answer::to(&link::case_lead(id), &format!("lead_{step}"), done.receipt())),
        Err(Fail::Stale) => render(&req, Some((form, which)), true).await,
        Err(other) => Err(other),
    }
}
