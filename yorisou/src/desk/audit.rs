//! 見た記録: for the privacy auditor. Who looked at which record, when, on which basis, through which channel; ids
//! and kinds only, never content.

use std::sync::Arc;

use askama::Template;
use engine::{Broken, Channel, Fail, Receipt, Statement, args};
use site::{Answer, Frame, Req};
use words::id::AccessId;
use words::{Id, Instant};

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

/// GET /audit?user=&record=&before=
pub async fn audit(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let m = ctx.viewer.municipality;
    let typed = |name: &str| req.query().get(name).unwrap_or_default().trim().to_owned();
    let (record, user) = (typed("record"), typed("user"));
    let mut statement = Statement::new(
        "SELECT l.id, l.at, l.user_id, u.name, l.channel, l.action, l.record_kind, l.record_id, l.basis \
         FROM access_log l LEFT JOIN app_user u ON u.municipality_id = l.municipality_id AND u.id = l.user_id \
         WHERE l.municipality_id = ?",
        args![m],
    );
    if let Ok(id) = record.parse::<Id<words::id::kind::Thing>>() {
        statement = statement.push(" AND l.record_id = ?", args![id]);
    }
    if !user.is_empty() {
        statement = statement.push(" AND (u.login = ? OR u.name = ?)", args![&user, &user]);
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
            let list = if write { "audit_action" } else { "basis" };
            let why = bases.split('+').map(|code| frame.t.code(list, code)).collect::<Vec<_>>().join("、");
            Ok(LogRow {
                at: frame.moment(&row.get::<Instant>("at")?),
                who: row.get::<Option<String>>("name")?.unwrap_or_else(|| "—".to_owned()),
                channel: row.get("channel")?,
                kind: row.get("record_kind")?,
                record: row.get::<Id<words::id::kind::Thing>>("record_id")?.to_string(),
                why,
            })
        })
        .collect::<Result<Vec<_>, Broken>>()?;
    look.close().await?;
    let page = AuditPage { frame, rows, record, user, next };
    Answer::page(page.render(), Receipt::nothing_personal("ids and kinds of looks, no content"))
}
