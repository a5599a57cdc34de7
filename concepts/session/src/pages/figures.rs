//! How sections come to sessions. About nobody but the sections.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use site::{Answer, Choice, Form, Frame, Need, Req};
use words::Day;

use crate::sql::{body, invitee};

struct Line {
    name: String,
    invited: i64,
    there: i64,
    instead: i64,
    missed: i64,
    silent: i64,
    share: i64,
}

#[derive(Template)]
#[template(path = "session_figures.html")]
struct FiguresPage {
    frame: Frame,
    form: Form,
    period: String,
    bodies: Vec<Choice>,
    lines: Vec<Line>,
}

/// GET /flow/sessions?from=&to=
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut form = req.query_form();
    let year = words::calendar::fiscal_year(today);
    let first = Day::new(year, 4, 1).ok_or(Fail::NotVisible)?;
    let from = form.day("from", Need::Optional).unwrap_or(first);
    let to = form.day("to", Need::Optional).unwrap_or(today);
    let mut look = ctx.look(Channel::Page).await?;
    look.figures()?;
    let bodies = body::all(&mut look.conn(), m).await?;
    let of = bodies.iter().find(|b| b.id.to_string() == form.value("body")).map(|b| b.id);
    let came = invitee::came(&mut look.conn(), m, (from, to), of).await?;
    let names = register::desk_names(&mut look.conn(), m, came.iter().map(|c| c.desk), today).await?;
    let page = FiguresPage {
        period: t.fs("session.period", &[("from", t.full_day(from)), ("to", t.full_day(to))]),
        bodies: bodies.iter().map(|b| Choice::new(&form, "body", b.id, b.name.clone())).collect(),
        lines: came
            .iter()
            .map(|c| Line {
                name: names.get(&c.desk).cloned().unwrap_or_default(),
                invited: c.invited,
                there: c.there,
                instead: c.instead,
                missed: c.missed,
                silent: c.silent,
                share: c.there * 100 / c.invited.max(1),
            })
            .collect(),
        frame,
        form,
    };
    Answer::page(page.render(), look.close().await?)
}
