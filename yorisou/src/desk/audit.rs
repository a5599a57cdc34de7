//! 見た記録: for the privacy auditor. Who looked at which record, when, on which basis, through which channel; ids
//! and kinds only, never content. Looking here is logged as well, with what it was narrowed to.

use std::sync::Arc;

use askama::Template;
use engine::{Broken, Channel, Fail, Look, Statement, args};
use site::{Answer, Frame, Req};
use words::Instant;
use words::id::{AccessId, MunicipalityId, ThingId, UserId};

/// Rows per page.
const PAGE: i64 = 100;

struct LogRow {
    at: String,
    who: String,
    channel: String,
    kind: String,
    record: String,
    why: String,
}

#[derive(Template)]
#[template(path = "desk_audit.html")]
struct AuditPage {
    frame: Frame,
    rows: Vec<LogRow>,
    record: String,
    user: String,
    next: Option<String>,
}

/// How a look at this page stands in the log.
const AUDIT: &str = "audit_access";

/// The people a login or a name means.
async fn named(look: &mut Look, at: MunicipalityId, user: &str) -> Result<Vec<UserId>, Broken> {
    if user.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT id FROM app_user WHERE municipality_id = $1 AND (login = $2 OR name = $2) ORDER BY id";
    look.conn().all(sql, args![at, user]).await?.iter().map(|row| row.get("id")).collect()
}

/// GET /audit?user=&record=&before=
pub async fn audit(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let m = ctx.viewer.municipality;
    let typed = |name: &str| req.query().get(name).unwrap_or_default().trim().to_owned();
    let (record, user) = (typed("record"), typed("user"));
    let record_id = record.parse::<ThingId>().ok();
    let people = named(&mut look, m, &user).await?;
    let mut sought: Vec<(&'static str, ThingId)> = people.iter().map(|id| ("app_user", id.cast())).collect();
    // What kind of record it is stands in the rows found; what was typed may be of none.
    sought.extend(record_id.map(|id| ("record", id)));
    look.audit(sought)?;
    let mut statement = Statement::new(
        "SELECT l.id, l.at, l.user_id, u.name, l.channel, l.action, l.record_kind, l.record_id, l.basis \
         FROM access_log l LEFT JOIN app_user u ON u.municipality_id = l.municipality_id AND u.id = l.user_id \
         WHERE l.municipality_id = ?",
        args![m],
    );
    if let Some(id) = record_id {
        statement = statement.push(" AND l.record_id = ?", args![id]);
    }
    if people.is_empty() && !user.is_empty() {
        // Nobody of that name: nothing, not everything.
        statement = statement.push(" AND 1 = 0", args![]);
    } else if !people.is_empty() {
        statement = statement.push_in(" AND l.user_id IN", people);
    }
    if let Ok(before) = typed("before").parse::<AccessId>() {
        statement = statement.push(" AND l.id < ?", args![before]);
    }
    let rows = look.conn().select(statement.push(" ORDER BY l.id DESC LIMIT ?", args![PAGE])).await?;
    let full = rows.len() == usize::try_from(PAGE).unwrap_or(usize::MAX);
    let next = match rows.last().filter(|_| full) {
        Some(row) => Some(row.get::<AccessId>("id")?.to_string()),
        None => None,
    };
    let rows = rows
        .iter()
        .map(|row| {
            let bases: String = row.get("basis")?;
            let write = row.get::<String>("action")? == "write";
            let list = |code| if write || code == AUDIT { "audit_action" } else { "basis" };
            let why =
                bases.split('+').map(|code| frame.t.code(list(code), code)).collect::<Vec<_>>().join("、");
            Ok(LogRow {
                at: frame.moment(&row.get::<Instant>("at")?),
                who: row.get::<Option<String>>("name")?.unwrap_or_else(|| "—".to_owned()),
                channel: row.get("channel")?,
                kind: row.get("record_kind")?,
                record: row.get::<ThingId>("record_id")?.to_string(),
                why,
            })
        })
        .collect::<Result<Vec<_>, Broken>>()?;
    let receipt = look.close().await?;
    let page = AuditPage { frame, rows, record, user, next };
    Answer::page(page.render(), receipt)
}
