//! だれの手にもないもの: zeros, because the database lets nothing else be committed; and what waits too long.
//! Watching needs no basis and shows no content: number, desks, kind, state, dates (disclosure rule 13). Of what is late, a name stands
//! where whoever looks has a basis for it, and the basis stands beside the list.

use std::sync::Arc;

use access::{Scope, Viewer};
use askama::Template;
use engine::{Broken, Channel, Fail, Look, Statement, args};
use site::{Answer, Frame, Req, link};
use task::Watched;
use words::Instant;
use words::id::{CaseId, DeskId, MunicipalityId, ReferralId};
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
    /// Its page, for whoever has a part in it; everybody else would find nothing there.
    href: Option<String>,
    number: String,
    kind: String,
    state: String,
    from: String,
    to: String,
    sent: String,
    due: String,
}

/// A case that is counted: header only.
struct Counted {
    href: Option<String>,
    number: String,
    desk: String,
    opened: String,
}

/// The cases of one count, as many as are listed.
struct CountedList {
    key: &'static str,
    /// The count, as it stands above.
    all: i64,
    lines: Vec<Counted>,
    /// How many more there are.
    more: i64,
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
    /// Cases that stand in a count, by the key of the count: header only.
    cases: Vec<CountedList>,
    late: Vec<TaskRow>,
    /// Why names that stand among them may be seen; nothing where none does.
    reasons: Vec<String>,
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
    let watched = Watched { desks: scope.as_deref(), before: ctx.now, viewer: &ctx.viewer };
    let tasks = task::watch(&mut look.conn(), ctx.viewer.municipality, &watched, MOST).await?;
    let (mut late, reasons) = rows(&mut look, &frame, &tasks).await?;
    let own = Scope::own_desks(&ctx.viewer);
    for (row, task) in late.iter_mut().zip(&tasks) {
        // Watching shows that it waits, not what it is: the promise of another desk has no page for whoever watches.
        if !own.desks().contains(&task.desk) {
            (row.href, row.work_href) = (String::new(), String::new());
        }
    }
    let cases = counted_cases(&mut look, &frame, scope.as_deref(), &zeros).await?;
    let beyond = |key: &str, shown: usize| {
        let all = zeros.iter().find(|z| z.key == key).map_or(0, |z| z.count);
        (all - i64::try_from(shown).unwrap_or(i64::MAX)).max(0)
    };
    let all = |key: &str| zeros.iter().find(|z| z.key == key).map_or(0, |z| z.count);
    let cases = cases
        .into_iter()
        .map(|(key, lines)| CountedList { key, all: all(key), more: beyond(key, lines.len()), lines })
        .collect();
    let page = NobodyPage {
        more_waiting: beyond("nobody.unanswered", waiting.len()),
        more_late: beyond("nobody.late", late.len()),
        frame,
        zeros,
        aged,
        waiting,
        cases,
        late,
        reasons,
        whole_town: scope.is_none(),
    };
    Answer::page(page.render(), look.close().await?)
}

/// What has grown old, by list: as long as the lists themselves.
async fn aged(look: &mut Look, scope: Option<&[DeskId]>) -> Result<Vec<Zero>, Broken> {
    let (viewer, now) = (look.viewer().clone(), look.now());
    let counts = workload::counts(&mut look.conn(), &viewer, scope, now).await?;
    let zero = |(which, count): (Ageing, usize)| {
        let (key, href) = match which {
            Ageing::Silent => ("nobody.silent", link::WATCH_SILENT),
            Ageing::NoConsent => ("nobody.no_consent", link::WATCH_NO_CONSENT),
            Ageing::Stuck => ("nobody.stuck", link::WATCH_STUCK),
            Ageing::Alone => ("nobody.alone", link::WATCH_ALONE),
        };
        Zero { key, count: i64::try_from(count).unwrap_or(i64::MAX), href: href.to_owned() }
    };
    Ok(counts.into_iter().map(zero).collect())
}

/// The zeros table.
pub async fn zeros(look: &mut Look) -> Result<Vec<Zero>, Broken> {
    Ok(counted(look).await?.0)
}

/// What must not be, and what has been quiet for long, of open cases: the key of the count, and the condition.
fn of_cases(m: MunicipalityId, now: Instant) -> [(&'static str, &'static str, Vec<engine::Value>); 3] {
    let quiet = now.plus_hours(-60 * 24);
    [
        (
            "nobody.no_accountable",
            " FROM case_file c WHERE c.municipality_id = ? AND c.state = 'open' AND c.accountable_desk_id IS NULL",
            args![m],
        ),
        (
            "nobody.no_task",
            " FROM case_file c WHERE c.municipality_id = ? AND c.state = 'open' AND NOT EXISTS \
             (SELECT 1 FROM task t WHERE t.municipality_id = c.municipality_id AND t.case_id = c.id \
             AND t.state = 'open')",
            args![m],
        ),
        (
            "nobody.quiet",
            " FROM case_file c WHERE c.municipality_id = ? AND c.state = 'open' \
             AND c.opened_at < ? AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.municipality_id = c.municipality_id \
             AND e.case_id = c.id AND e.occurred_at >= ?)",
            args![m, quiet, quiet],
        ),
    ]
}

/// Where the list of a count stands on the page.
fn place(key: &str) -> String {
    format!("{}#{}", link::NOBODY, key.trim_start_matches("nobody."))
}

/// Narrowed to these desks, without the households the viewer is kept out of: a count is as long as its list.
fn scoped(
    mut statement: Statement,
    desks: Option<&[DeskId]>,
    (desk, household): (&'static str, &'static str),
    viewer: &Viewer,
) -> Statement {
    if let Some(desks) = desks {
        statement =
            statement.push(" AND ", args![]).push(desk, args![]).push_in(" IN", desks.iter().copied());
    }
    statement.outside(household, viewer.municipality, &viewer.excluded_from)
}

const OF_CASE: (&str, &str) = ("c.accountable_desk_id", "c.household_id");
const OF_REFERRAL: (&str, &str) = ("r.to_desk_id", "r.household_id");

/// The zeros table, and the desks it counts.
async fn counted(look: &mut Look) -> Result<(Vec<Zero>, Option<Vec<DeskId>>), Broken> {
    let viewer = look.viewer().clone();
    let desks = workload::watched(&mut look.conn(), &viewer).await?;
    let (m, now) = (viewer.municipality, look.now());
    let mut zeros = Vec::new();
    let [no_accountable, no_task, quiet] = of_cases(m, now).map(|(key, condition, args)| {
        let statement = Statement::new("SELECT COUNT(*) AS n", args![]).push(condition, args);
        (key, scoped(statement, desks.as_deref(), OF_CASE, &viewer))
    });
    let unanswered = Statement::new(
        "SELECT COUNT(*) AS n FROM referral r WHERE r.municipality_id = ? AND r.state = 'sent' \
         AND r.answer_due_at < ?",
        args![m, now],
    );
    let unanswered = scoped(unanswered, desks.as_deref(), OF_REFERRAL, &viewer);
    for (key, statement) in [no_accountable, no_task, ("nobody.unanswered", unanswered), quiet] {
        let count: i64 = match look.conn().select(statement).await?.first() {
            Some(row) => row.get("n")?,
            None => 0,
        };
        zeros.push(Zero { key, count, href: place(key) });
    }
    let late = Watched { desks: desks.as_deref(), before: now, viewer: &viewer };
    let count = task::watch_count(&mut look.conn(), m, &late).await?;
    zeros.push(Zero { key: "nobody.late", count, href: place("nobody.late") });
    Ok((zeros, desks))
}

/// The cases behind the counts, the oldest first; a count that is zero has no list.
async fn counted_cases(
    look: &mut Look,
    frame: &Frame,
    desks: Option<&[DeskId]>,
    zeros: &[Zero],
) -> Result<Vec<(&'static str, Vec<Counted>)>, Broken> {
    let viewer = look.viewer().clone();
    let (m, now) = (viewer.municipality, look.now());
    let mut found = Vec::new();
    // Of what was counted just now and is none, no list is asked for.
    let some = |key: &str| zeros.iter().any(|z| z.key == key && z.count > 0);
    for (key, condition, args) in of_cases(m, now).into_iter().filter(|(key, ..)| some(key)) {
        let statement = Statement::new(
            "SELECT c.id, c.fiscal_year, c.number, c.accountable_desk_id, c.opened_at",
            args![],
        )
        .push(condition, args);
        let statement = scoped(statement, desks, OF_CASE, &viewer)
            .push(" ORDER BY c.opened_at, c.id LIMIT ?", args![MOST]);
        let rows = look.conn().select(statement).await?;
        if !rows.is_empty() {
            found.push((key, rows));
        }
    }
    let mut of: Vec<DeskId> = Vec::new();
    for row in found.iter().flat_map(|(_, rows)| rows) {
        of.extend(row.get::<Option<DeskId>>("accountable_desk_id")?);
    }
    let names = register::desk_names(&mut look.conn(), m, of, now.day()).await?;
    let own = workload::own_part(&mut look.conn(), &viewer).await?;
    let line = |row: &engine::Row| -> Result<Counted, Broken> {
        let (id, opened): (CaseId, Instant) = (row.get("id")?, row.get("opened_at")?);
        let desk: Option<DeskId> = row.get("accountable_desk_id")?;
        Ok(Counted {
            href: own.contains(&id).then(|| link::case(id)),
            number: casefile::number_text(row.get("fiscal_year")?, row.get("number")?),
            desk: desk.and_then(|d| names.get(&d)).cloned().unwrap_or_default(),
            opened: frame.day(&opened.day()),
        })
    };
    let list = |(key, rows): &(&'static str, Vec<engine::Row>)| -> Result<_, Broken> {
        Ok((*key, rows.iter().map(line).collect::<Result<Vec<_>, _>>()?))
    };
    found.iter().map(list).collect()
}

async fn waiting(look: &mut Look, frame: &Frame, desks: Option<&[DeskId]>) -> Result<Vec<Waiting>, Broken> {
    let viewer = look.viewer().clone();
    let (m, now) = (viewer.municipality, look.now());
    let statement = Statement::new(
        "SELECT r.id, r.kind, r.state, r.from_desk_id, r.to_desk_id, r.sent_at, r.answer_due_at, c.fiscal_year, \
         c.number FROM referral r JOIN case_file c ON c.municipality_id = r.municipality_id AND c.id = r.case_id \
         WHERE r.municipality_id = ? AND r.state = 'sent' AND r.answer_due_at < ?",
        args![m, now],
    );
    let statement = scoped(statement, desks, OF_REFERRAL, &viewer)
        .push(" ORDER BY r.answer_due_at, r.id LIMIT ?", args![MOST]);
    let rows = look.conn().select(statement).await?;
    let mut ids: Vec<DeskId> = Vec::new();
    for row in &rows {
        ids.push(row.get("from_desk_id")?);
        ids.push(row.get("to_desk_id")?);
    }
    let names = register::desk_names(&mut look.conn(), m, ids, now.day()).await?;
    let name = |id: DeskId| names.get(&id).cloned().unwrap_or_default();
    let own = look.viewer().reading_desks();
    let day = |at: Option<Instant>| at.map(|at| frame.day(&at.day())).unwrap_or_default();
    rows.iter()
        .map(|row| {
            let (id, from, to): (ReferralId, DeskId, DeskId) =
                (row.get("id")?, row.get("from_desk_id")?, row.get("to_desk_id")?);
            Ok(Waiting {
                href: (own.contains(&from) || own.contains(&to)).then(|| link::referral(id)),
                number: casefile::number_text(row.get("fiscal_year")?, row.get("number")?),
                kind: row.get("kind")?,
                state: row.get("state")?,
                from: name(from),
                to: name(to),
                sent: day(row.get("sent_at")?),
                due: day(row.get("answer_due_at")?),
            })
        })
        .collect()
}
