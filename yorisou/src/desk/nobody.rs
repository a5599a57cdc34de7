//! だれの手にもないもの: zeros, because the database lets nothing else be committed; and what waits too long.
//! Watching needs no basis and shows no content: number, desks, kind, state, dates (disclosure rule 13).

use std::sync::Arc;

use access::{Role, Scope};
use askama::Template;
use engine::{Broken, Channel, Fail, Look, Statement, args};
use site::{Answer, Frame, Req, link};
use words::Instant;
use words::id::{DeskId, ReferralId};

use super::rows::TaskRow;
use super::today::rows;

/// One line of zeros.
pub struct Zero {
    /// Key of what is counted.
    pub key: &'static str,
    /// How many.
    pub count: i64,
    /// Where the list is.
    pub href: String,
}

/// A referral that waits for its answer: header only.
struct Waiting {
    id: ReferralId,
    number: String,
    kind: String,
    state: String,
    from: String,
    to: String,
    sent: String,
    due: String,
}

#[derive(Template)]
#[template(path = "desk_nobody.html")]
struct NobodyPage {
    frame: Frame,
    zeros: Vec<Zero>,
    waiting: Vec<Waiting>,
    late: Vec<TaskRow>,
    whole_town: bool,
}

/// GET /nobody
pub async fn nobody(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::Count).await?;
    let zeros = zeros(&mut look).await?;
    let waiting = waiting(&mut look, &frame).await?;
    let scope = watched(&mut look).await?;
    let m = ctx.viewer.municipality;
    let tasks = if scope.is_none() {
        task::watch(&mut look.conn(), m, ctx.now, &ctx.viewer.excluded_from, 50).await?
    } else {
        let own = Scope::watched_desks(&ctx.viewer);
        let mut tasks =
            task::open_for(&mut look.conn(), m, &own, None, &ctx.viewer.excluded_from, 50).await?;
        tasks.retain(|t| t.due_at < ctx.now);
        tasks
    };
    let (late, _) = rows(&mut look, &frame, &tasks).await?;
    let page = NobodyPage { frame, zeros, waiting, late, whole_town: scope.is_none() };
    Answer::page(page.render(), look.close().await?)
}

/// The desks watched over: a coordinator watches the whole town (`None`), a lead the desks of their agencies.
async fn watched(look: &mut Look) -> Result<Option<Vec<DeskId>>, Broken> {
    let viewer = look.viewer().clone();
    if viewer.has_role(&[Role::Coordinator]) {
        return Ok(None);
    }
    let agencies = viewer.seats.iter().filter(|s| s.role == Role::AgencyLead).map(|s| s.agency);
    let statement =
        Statement::new("SELECT id FROM desk WHERE municipality_id = ?", args![viewer.municipality])
            .push_in(" AND agency_id IN", agencies);
    let rows = look.conn().select(statement).await?;
    Ok(Some(rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?))
}

/// The zeros table.
pub async fn zeros(look: &mut Look) -> Result<Vec<Zero>, Broken> {
    let desks = watched(look).await?;
    let (m, now) = (look.viewer().municipality, look.now());
    let quiet = now.plus_hours(-60 * 24);
    let counts: [(&'static str, &'static str, &'static str, Vec<engine::Value>); 5] = [
        (
            "nobody.no_accountable",
            "SELECT COUNT(*) AS n FROM case_file c WHERE c.municipality_id = ? AND c.state = 'open' \
             AND c.accountable_desk_id IS NULL",
            "c.accountable_desk_id",
            args![m],
        ),
        (
            "nobody.no_task",
            "SELECT COUNT(*) AS n FROM case_file c WHERE c.municipality_id = ? AND c.state = 'open' AND NOT EXISTS \
             (SELECT 1 FROM task t WHERE t.municipality_id = c.municipality_id AND t.case_id = c.id \
             AND t.state = 'open')",
            "c.accountable_desk_id",
            args![m],
        ),
        (
            "nobody.unanswered",
            "SELECT COUNT(*) AS n FROM referral r WHERE r.municipality_id = ? AND r.state = 'sent' \
             AND r.answer_due_at < ?",
            "r.to_desk_id",
            args![m, now],
        ),
        (
            "nobody.late",
            "SELECT COUNT(*) AS n FROM task t WHERE t.municipality_id = ? AND t.state = 'open' \
             AND t.lead_told_at IS NOT NULL",
            "t.desk_id",
            args![m],
        ),
        (
            "nobody.quiet",
            "SELECT COUNT(*) AS n FROM case_file c WHERE c.municipality_id = ? AND c.state = 'open' \
             AND c.opened_at < ? AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.municipality_id = c.municipality_id \
             AND e.case_id = c.id AND e.occurred_at >= ?)",
            "c.accountable_desk_id",
            args![m, quiet, quiet],
        ),
    ];
    let mut zeros = Vec::new();
    for (key, sql, column, args) in counts {
        let mut statement = Statement::new(sql, args);
        if let Some(desks) = &desks {
            statement =
                statement.push(" AND ", args![]).push(column, args![]).push_in(" IN", desks.iter().copied());
        }
        let count: i64 = match look.conn().select(statement).await?.first() {
            Some(row) => row.get("n")?,
            None => 0,
        };
        zeros.push(Zero { key, count, href: link::NOBODY.to_owned() });
    }
    Ok(zeros)
}

async fn waiting(look: &mut Look, frame: &Frame) -> Result<Vec<Waiting>, Broken> {
    let desks = watched(look).await?;
    let (m, now) = (look.viewer().municipality, look.now());
    let mut statement = Statement::new(
        "SELECT r.id, r.kind, r.state, r.from_desk_id, r.to_desk_id, r.sent_at, r.answer_due_at, c.fiscal_year, \
         c.number FROM referral r JOIN case_file c ON c.municipality_id = r.municipality_id AND c.id = r.case_id \
         WHERE r.municipality_id = ? AND r.state = 'sent' AND r.answer_due_at < ?",
        args![m, now],
    );
    if let Some(desks) = &desks {
        statement = statement.push_in(" AND r.to_desk_id IN", desks.iter().copied());
    }
    let statement = statement.push(" ORDER BY r.answer_due_at, r.id LIMIT 50", args![]);
    let rows = look.conn().select(statement).await?;
    let mut ids: Vec<DeskId> = Vec::new();
    for row in &rows {
        ids.push(row.get("from_desk_id")?);
        ids.push(row.get("to_desk_id")?);
    }
    let names = register::desk_names(&mut look.conn(), m, ids, now.day()).await?;
    let name = |id: DeskId| names.get(&id).cloned().unwrap_or_default();
    let day = |at: Option<Instant>| at.map(|at| frame.day(&at.day())).unwrap_or_default();
    rows.iter()
        .map(|row| {
            Ok(Waiting {
                id: row.get("id")?,
                number: casefile::number_text(row.get("fiscal_year")?, row.get("number")?),
                kind: row.get("kind")?,
                state: row.get("state")?,
                from: name(row.get("from_desk_id")?),
                to: name(row.get("to_desk_id")?),
                sent: day(row.get("sent_at")?),
                due: day(row.get("answer_due_at")?),
            })
        })
        .collect()
}
