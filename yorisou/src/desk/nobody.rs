//! だれの手にもないもの: zeros, because the database lets nothing else be committed; and what waits too long.
//! Watching needs no basis and shows no content: number, desks, kind, state, dates (disclosure rule 13).

use std::sync::Arc;

use askama::Template;
use engine::{Broken, Channel, Fail, Look, Statement, args};
use site::{Answer, Frame, Req, link};
use task::Watched;
use words::Instant;
use words::id::{CaseId, DeskId, ReferralId};
use workload::Ageing;

use super::rows::TaskRow;
use super::today::rows;

/// Lines shown of each list; the page says how many more there are.
const MOST: i64 = 50;

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
    /// What has grown old: lists of their own.
    aged: Vec<Zero>,
    waiting: Vec<Waiting>,
    /// How many more wait than are listed.
    more_waiting: i64,
    late: Vec<TaskRow>,
    more_late: i64,
    whole_town: bool,
}

/// GET /nobody
pub async fn nobody(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::Count).await?;
    let (zeros, scope) = counted(&mut look).await?;
    let aged = aged(&mut look, scope.as_deref()).await?;
    let waiting = waiting(&mut look, &frame, scope.as_deref()).await?;
    let watched =
        Watched { desks: scope.as_deref(), before: ctx.now, excluded_from: &ctx.viewer.excluded_from };
    let tasks = task::watch(&mut look.conn(), ctx.viewer.municipality, &watched, MOST).await?;
    let (late, _) = rows(&mut look, &frame, &tasks).await?;
    let beyond = |key: &str, shown: usize| {
        let all = zeros.iter().find(|z| z.key == key).map_or(0, |z| z.count);
        (all - i64::try_from(shown).unwrap_or(i64::MAX)).max(0)
    };
    let page = NobodyPage {
        more_waiting: beyond("nobody.unanswered", waiting.len()),
        more_late: beyond("nobody.late", late.len()),
        frame,
        zeros,
        aged,
        waiting,
        late,
        whole_town: scope.is_none(),
    };
    Answer::page(page.render(), look.close().await?)
}

/// What has grown old, by list: as long as the lists themselves.
async fn aged(look: &mut Look, scope: Option<&[DeskId]>) -> Result<Vec<Zero>, Broken> {
    const LISTS: [(Ageing, &str, &str); 4] = [
        (Ageing::Silent, "nobody.silent", link::WATCH_SILENT),
        (Ageing::NoConsent, "nobody.no_consent", link::WATCH_NO_CONSENT),
        (Ageing::Stuck, "nobody.stuck", link::WATCH_STUCK),
        (Ageing::Alone, "nobody.alone", link::WATCH_ALONE),
    ];
    let (viewer, now) = (look.viewer().clone(), look.now());
    let mut zeros = Vec::new();
    for (which, key, href) in LISTS {
        let found = workload::list(&mut look.conn(), &viewer, which, scope, now).await?;
        zeros.push(Zero {
            key,
            count: i64::try_from(found.len()).unwrap_or(i64::MAX),
            href: href.to_owned(),
        });
    }
    Ok(zeros)
}

/// The zeros table.
pub async fn zeros(look: &mut Look) -> Result<Vec<Zero>, Broken> {
    Ok(counted(look).await?.0)
}

/// Leaves out the households somebody is kept out of (disclosure rule 14): a count is as long as its list.
fn without(statement: Statement, household: &'static str, excluded_from: &[CaseId]) -> Statement {
    if excluded_from.is_empty() {
        return statement;
    }
    statement
        .push(" AND ", args![])
        .push(household, args![])
        .push(" NOT IN (SELECT x.household_id FROM case_file x WHERE x.id IN", args![])
        .push_in("", excluded_from.iter().copied())
        .push(")", args![])
}

/// The zeros table, and the desks it counts.
async fn counted(look: &mut Look) -> Result<(Vec<Zero>, Option<Vec<DeskId>>), Broken> {
    let viewer = look.viewer().clone();
    let desks = workload::watched(&mut look.conn(), &viewer).await?;
    let excluded_from = look.viewer().excluded_from.clone();
    let (m, now) = (look.viewer().municipality, look.now());
    let quiet = now.plus_hours(-60 * 24);
    let counts: [(&'static str, &'static str, &'static str, Vec<engine::Value>); 4] = [
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
        let household = if column.starts_with("r.") { "r.household_id" } else { "c.household_id" };
        let statement = without(statement, household, &excluded_from);
        let count: i64 = match look.conn().select(statement).await?.first() {
            Some(row) => row.get("n")?,
            None => 0,
        };
        zeros.push(Zero { key, count, href: link::NOBODY.to_owned() });
    }
    let late = Watched { desks: desks.as_deref(), before: now, excluded_from: &excluded_from };
    let count = task::watch_count(&mut look.conn(), m, &late).await?;
    zeros.push(Zero { key: "nobody.late", count, href: link::NOBODY.to_owned() });
    Ok((zeros, desks))
}

async fn waiting(look: &mut Look, frame: &Frame, desks: Option<&[DeskId]>) -> Result<Vec<Waiting>, Broken> {
    let excluded_from = look.viewer().excluded_from.clone();
    let (m, now) = (look.viewer().municipality, look.now());
    let mut statement = Statement::new(
        "SELECT r.id, r.kind, r.state, r.from_desk_id, r.to_desk_id, r.sent_at, r.answer_due_at, c.fiscal_year, \
         c.number FROM referral r JOIN case_file c ON c.municipality_id = r.municipality_id AND c.id = r.case_id \
         WHERE r.municipality_id = ? AND r.state = 'sent' AND r.answer_due_at < ?",
        args![m, now],
    );
    if let Some(desks) = desks {
        statement = statement.push_in(" AND r.to_desk_id IN", desks.iter().copied());
    }
    let statement = without(statement, "r.household_id", &excluded_from)
        .push(" ORDER BY r.answer_due_at, r.id LIMIT ?", args![MOST]);
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
