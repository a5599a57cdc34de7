//! What a coordinator is told: desks and case numbers.

use std::sync::Arc;

use access::{Action, RecordKind, RecordRef};
use askama::Template;
use engine::{Begun, Channel, Fail, Receipt};
use site::{Answer, Frame, Need, Req, link};
use words::code::Code;
use words::id::{CommandId, HouseholdId, ThingId};

use crate::rules::{Reason, State};
use crate::sql::{self, Notice};

struct Side {
    desk: String,
    number: String,
}

#[derive(Template)]
#[template(path = "overlap_page.html")]
struct NoticePage {
    frame: Frame,
    form: site::Form,
    /// Somebody decided before: what was chosen now was not stored.
    late: Option<String>,
    id: ThingId,
    version: i64,
    sides: Vec<Side>,
    found: String,
    open: bool,
    state: String,
    matter: Option<String>,
    reasons: Vec<(&'static str, String)>,
    dismiss: CommandId,
}

/// GET /overlaps/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, site::Form::default(), None).await
}

/// The page; also with what is wrong with the form, or with the reason that came too late.
async fn render(req: &Req, form: site::Form, late: Option<Reason>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let id: ThingId = req.id("id")?;
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let (n, _) = sql::read(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    let names = register::desk_names(&mut look.conn(), m, n.desks, today).await?;
    let numbers = sql::numbers(&mut look.conn(), m, n.households).await?;
    let sides = sides(&frame, &n, &names, &numbers);
    let page = NoticePage {
        id,
        version: n.version,
        sides,
        found: frame.day(&n.found_at.day()),
        open: n.state == State::Open,
        state: state(&frame, &n),
        matter: n.matter.map(link::matter),
        reasons: Reason::ALL.iter().map(|r| (r.code(), t.code("overlap_reason", r))).collect(),
        dismiss: req.engine().new_id(),
        late: late.map(|r| t.code("overlap_reason", r)),
        frame,
        form: form.clone(),
    };
    let wrong = form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if late.is_some() {
        Answer::conflict(html, receipt)
    } else if wrong {
        Answer::again(html, receipt)
    } else {
        Answer::page(html, receipt)
    }
}

type Numbers = [(HouseholdId, words::id::CaseId, i64, i64)];
type Names = std::collections::HashMap<words::id::DeskId, String>;

fn sides(frame: &Frame, n: &Notice, names: &Names, numbers: &Numbers) -> Vec<Side> {
    n.desks
        .iter()
        .zip(n.households)
        .map(|(desk, household)| Side {
            desk: names.get(desk).cloned().unwrap_or_default(),
            number: numbers.iter().find(|(h, ..)| *h == household).map_or_else(
                || frame.t.s("overlap.consultation").to_owned(),
                |(_, _, year, number)| casefile::number_text(*year, *number),
            ),
        })
        .collect()
}

fn state(frame: &Frame, n: &Notice) -> String {
    let word = frame.t.code("overlap_state", n.state);
    match n.reason {
        Some(reason) => format!("{word}（{}）", frame.t.code("overlap_reason", reason)),
        None => word,
    }
}

/// POST /overlaps/{id}/dismiss
pub(crate) async fn dismiss(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ThingId = req.id("id")?;
    let mut form = req.form();
    let Some(reason) = form.code::<Reason>("reason", Need::Required) else {
        return render(&req, form, None).await;
    };
    match ctx.act(&req.envelope(), "overlap.dismiss", &(id, reason)).await? {
        Begun::Before(_) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(link::OVERLAPS, "overlap_dismissed", receipt))
        }
        Begun::New(mut act) => {
            let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
            let (n, relation) = sql::read(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
            let record = RecordRef { kind: RecordKind::Overlap, id };
            let right = act.permit(Action::WeighOverlap, &relation, record).await?;
            if n.state != State::Open {
                drop(act);
                return render(&req, form, Some(reason)).await;
            }
            act.check_version(n.version)?;
            sql::dismiss(&mut act, &right, &n, reason).await?;
            Ok(Answer::to(link::OVERLAPS, "overlap_dismissed", act.commit(&id.to_string()).await?))
        }
    }
}

struct Line {
    href: String,
    sides: Vec<Side>,
    found: String,
    state: String,
    open: bool,
}

#[derive(Template)]
#[template(path = "overlap_list.html")]
struct ListPage {
    frame: Frame,
    lines: Vec<Line>,
    open: usize,
    matters: usize,
    dismissed: usize,
}

const MOST: i64 = 300;

/// GET /overlaps
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::List).await?;
    let seats = ctx.viewer.seats.iter().filter(|s| s.role == access::Role::Coordinator);
    let desks: Vec<_> = seats.flat_map(|s| std::iter::once(s.desk).chain(s.inherited.clone())).collect();
    let own = ctx.viewer.reading_desks();
    let mut found = sql::list(&mut look.conn(), m, &desks, MOST).await?;
    // Not to whoever sits at one of the two desks as well.
    found.retain(|n| !n.desks.iter().any(|d| own.contains(d)));
    let kept =
        household::cases_of(&mut look.conn(), &ctx.viewer, found.iter().flat_map(|n| n.households)).await?;
    found.retain(|n| {
        let of = n.households.iter().filter_map(|h| kept.get(h)).flatten().copied();
        !access::Relation::within(of).keeps_out(&ctx.viewer)
    });
    let names = register::desk_names(&mut look.conn(), m, found.iter().flat_map(|n| n.desks), today).await?;
    let numbers = sql::numbers(&mut look.conn(), m, found.iter().flat_map(|n| n.households)).await?;
    let count = |state| found.iter().filter(|n| n.state == state).count();
    let page = ListPage {
        open: count(State::Open),
        matters: count(State::Matter),
        dismissed: count(State::Dismissed),
        lines: found
            .iter()
            .map(|n| Line {
                href: link::overlap(n.id),
                sides: sides(&frame, n, &names, &numbers),
                found: frame.day(&n.found_at.day()),
                state: state(&frame, n),
                open: n.state == State::Open,
            })
            .collect(),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}
