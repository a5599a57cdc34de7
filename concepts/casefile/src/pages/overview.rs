//! One case, whole: what now, who, what was promised, what came last.

use std::sync::Arc;

use askama::Template;
use engine::{Broken, Channel, Fail, Look};
use household::entry::{self, Timeline};
use household::{EntryView, FamilyLook, Figure, Figures, MemberView, RecordForm};
use site::{Answer, Choice, Form, Frame, Req, link};
use words::code::Code;
use words::id::CaseId;

use super::ahead::{self, Stages};
use super::theme::{self, HintView};
use crate::rules::CaseState;
use crate::rules::lead::LeadState;
use crate::sql::around;
use crate::views::{self, CaseHead, Loaded, TaskLine};

/// Texts shown on the overview.
const LATEST: usize = 5;
/// Texts that hints are looked for in.
const HINTED: usize = 20;

struct ReferralRow {
    href: String,
    to: String,
    kind: String,
    state: String,
    waits: bool,
    late: bool,
    days: String,
}

#[derive(Template)]
#[template(path = "casefile_page.html")]
struct CasePage {
    frame: Frame,
    head: CaseHead,
    now_key: &'static str,
    now_n: usize,
    considerations: Vec<EntryView>,
    members: Vec<MemberView>,
    /// Whether everybody has left who is known by name.
    left: bool,
    /// The family at a glance.
    genogram: Option<Figure>,
    tasks: Vec<TaskLine>,
    referrals: Vec<ReferralRow>,
    latest: Vec<EntryView>,
    /// 節目: what comes next, and what was.
    stages: Stages,
    /// Themes that something hints at, and those somebody set aside.
    hints: Vec<HintView>,
    aside: Vec<HintView>,
    /// One line about what happened: its ways, and the moment it is written under.
    quick: Vec<Choice>,
    quick_day: String,
    quick_at: String,
    may_end: bool,
    /// That this desk answers for the case for a while, and to whom it returns.
    lead: Option<String>,
}

/// The first line of the page: what is to be done now.
fn what_now(loaded: &Loaded, today: words::Day) -> (&'static str, usize) {
    let late = loaded.tasks.iter().filter(|t| t.due_at.day() < today).count();
    match loaded.header.state {
        CaseState::Closed => ("casefile.now_closed", 0),
        CaseState::Interrupted => ("casefile.now_interrupted", 0),
        CaseState::Open if late > 0 => ("casefile.now_late", late),
        CaseState::Open if loaded.tasks.iter().any(|t| t.due_at.day() == today) => ("casefile.now_today", 0),
        CaseState::Open => ("casefile.now_open", 0),
    }
}

/// A temporary lead: desks and a day, which whoever has a part in the case may know (disclosure rule 13).
async fn lead(look: &mut Look, frame: &Frame, case: CaseId) -> Result<Option<String>, Broken> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let all = crate::sql::lead::of_case(&mut look.conn(), m, case).await?;
    let Some(lent) = all.iter().find(|l| l.state == LeadState::Lent) else { return Ok(None) };
    let names = register::desk_names(&mut look.conn(), m, [lent.home], today).await?;
    let args =
        [("desk", names.get(&lent.home).cloned().unwrap_or_default()), ("day", frame.day(&lent.check_on))];
    Ok(Some(frame.t.fs("lead.banner", &args)))
}

/// The coordinator's desk that has a part in the case; nothing where none has.
async fn coordinator(look: &mut Look, loaded: &Loaded) -> Result<String, Broken> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let all = register::coordinators(&mut look.conn(), m, today).await?;
    let mut there: Vec<_> =
        all.into_iter().map(|(_, d)| d).filter(|d| loaded.relation.case_desks.contains(d)).collect();
    there.sort_unstable();
    there.dedup();
    let names = register::desk_names(&mut look.conn(), m, there.iter().copied(), today).await?;
    let names: Vec<&str> = there.iter().filter_map(|d| names.get(d)).map(String::as_str).collect();
    Ok(names.join(", "))
}

/// The ways of contact of a quick line.
fn quick(frame: &Frame) -> Vec<Choice> {
    let form = Form::default();
    RecordForm::ALL
        .iter()
        .map(|f| Choice::new(&form, "form", f.code(), frame.t.code("record_form", f.code())))
        .collect()
}

/// GET /cases/{id}.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let (viewer, m) = (ctx.viewer.clone(), ctx.viewer.municipality);
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = views::load(&mut look, id).await?;
    let frame = req.frame();
    let household = loaded.header.household;
    let family = FamilyLook::around(&mut look, household, std::mem::take(&mut loaded.members)).await?;
    family.reasons(&mut loaded.reasons);
    let genogram = Figures::draw(&frame, &family, None).genogram;
    loaded.members = family.members;
    let sealed = entry::considerations(&mut look.conn(), &viewer, household).await?;
    let considerations = look.disclose(sealed).await?;
    loaded.reasons.of_all(&considerations);
    // Only what stands: the overview says what is, the timeline what was.
    let of = Timeline { standing: true, ..Timeline::default() };
    let mut latest = views::visible(&mut look, id, of, HINTED).await?;
    loaded.reasons.of_all(&latest);
    let hints = theme::hints(&req, &mut look, &frame, &mut loaded, &latest).await?;
    let (hints, aside) = hints.into_iter().partition(|h| h.aside.is_empty());
    latest.truncate(LATEST);
    let coordinator = coordinator(&mut look, &loaded).await?;
    let lines = around::referral_list(&mut look.conn(), &viewer, &loaded.relation, id).await?;
    let to = register::desk_names(&mut look.conn(), m, lines.iter().map(|r| r.to), ctx.now.day()).await?;
    let referrals = lines
        .iter()
        .map(|r| ReferralRow {
            href: link::referral(r.id),
            to: to.get(&r.to).cloned().unwrap_or_default(),
            kind: frame.t.code("referral_kind", &r.kind),
            state: frame.t.code("referral_state", &r.state),
            waits: r.waits(),
            late: r.state == "sent" && r.answer_due_at.is_some_and(|at| at < ctx.now),
            days: match (r.sent_at, r.ended_at) {
                (Some(sent), Some(ended)) => {
                    format!("{}～{}", frame.day(&sent.day()), frame.day(&ended.day()))
                }
                (Some(sent), None) => frame.day(&sent.day()),
                _ => String::new(),
            },
        })
        .collect();
    let tasks = views::task_lines(&mut look, &frame, &mut loaded).await?;
    let stages = ahead::stages(&mut look, &frame, id, &loaded.members).await?;
    let head = CaseHead::new(&frame, &loaded, &viewer);
    // That nobody coordinates is said, too, as long as it can be changed.
    let coordinator = match coordinator.as_str() {
        "" if head.open => frame.t.s("casefile.no_coordinator").to_owned(),
        _ => coordinator,
    };
    let (now_key, now_n) = what_now(&loaded, ctx.now.day());
    let lead = lead(&mut look, &frame, id).await?;
    let page = CasePage {
        lead,
        considerations: EntryView::build(&mut look, &frame, considerations).await?,
        latest: EntryView::build(&mut look, &frame, latest).await?,
        head: CaseHead { coordinator, ..head },
        stages,
        hints,
        aside,
        quick: quick(&frame),
        quick_day: frame.t.short_day(ctx.now.day()),
        quick_at: site::show::clock(ctx.now),
        members: loaded
            .members
            .iter()
            .map(|p| MemberView::told(&frame, &viewer, p, &loaded.learnt))
            .collect(),
        left: loaded.members.is_empty() && !loaded.former.is_empty(),
        genogram,
        may_end: access::may(&viewer, access::Action::CloseCase, &loaded.relation).is_ok(),
        now_key,
        now_n,
        tasks,
        referrals,
        frame,
    };
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}
