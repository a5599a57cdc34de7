//! One case, whole: what now, who, what was promised, what came last.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use household::entry::{self, Timeline};
use household::{EntryView, MemberView};
use site::{Answer, Frame, Req, link};
use words::id::CaseId;

use crate::rules::CaseState;
use crate::sql::around;
use crate::views::{self, CaseHead, Loaded, TaskLine};

/// Texts shown on the overview.
const LATEST: usize = 5;

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
    tasks: Vec<TaskLine>,
    referrals: Vec<ReferralRow>,
    latest: Vec<EntryView>,
    may_end: bool,
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

/// GET /cases/{id}.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let (viewer, m) = (ctx.viewer.clone(), ctx.viewer.municipality);
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = views::load(&mut look, id).await?;
    let frame = req.frame();
    let sealed = entry::considerations(&mut look.conn(), &viewer, loaded.header.household).await?;
    let considerations = look.disclose(sealed).await?;
    loaded.reasons.of_all(&considerations);
    // Only what stands: the overview says what is, the timeline what was.
    let of = Timeline { standing: true, ..Timeline::default() };
    let latest = views::visible(&mut look, id, of, LATEST).await?;
    loaded.reasons.of_all(&latest);
    let lines = around::referral_list(&mut look.conn(), m, id).await?;
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
    let tasks = views::task_lines(&mut look, &frame, &loaded).await?;
    let (now_key, now_n) = what_now(&loaded, ctx.now.day());
    let page = CasePage {
        considerations: EntryView::build(&mut look, &frame, considerations).await?,
        latest: EntryView::build(&mut look, &frame, latest).await?,
        head: CaseHead::new(&frame, &loaded, &viewer),
        members: MemberView::all(&frame, &viewer, &loaded.members),
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
