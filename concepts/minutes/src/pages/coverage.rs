//! How sections read what goes round, and whether it was told there. About nobody but the sections.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use site::{Answer, Form, Frame, Need, Req};
use words::Day;

use crate::sql::circulation;

struct Line {
    name: String,
    rounds: i64,
    readers: i64,
    read: i64,
    share: i64,
    reported: i64,
}

#[derive(Template)]
#[template(path = "minutes_coverage.html")]
struct CoveragePage {
    frame: Frame,
    form: Form,
    period: String,
    lines: Vec<Line>,
}

/// GET /flow/circulation?from=&to=
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut form = req.query_form();
    let first = Day::new(words::calendar::fiscal_year(today), 4, 1).ok_or(Fail::NotVisible)?;
    let from = form.day("from", Need::Optional).unwrap_or(first);
    let to = form.day("to", Need::Optional).unwrap_or(today);
    let mut look = ctx.look(Channel::Page).await?;
    look.figures()?;
    let found = circulation::coverage(&mut look.conn(), m, (from, to)).await?;
    let names = register::desk_names(&mut look.conn(), m, found.iter().map(|c| c.desk), today).await?;
    let page = CoveragePage {
        period: t.fs("session.period", &[("from", t.full_day(from)), ("to", t.full_day(to))]),
        lines: found
            .iter()
            .map(|c| Line {
                name: names.get(&c.desk).cloned().unwrap_or_default(),
                rounds: c.rounds,
                readers: c.readers,
                read: c.read,
                share: c.read * 100 / c.readers.max(1),
                reported: c.reported,
            })
            .collect(),
        frame,
        form,
    };
    Answer::page(page.render(), look.close().await?)
}
