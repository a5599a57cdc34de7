//! One's own matters. Before the pledge a line says which kind of conference and since when, and nothing else.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use site::{Answer, Frame, Req, link};

use crate::rules::RestsOn;
use crate::{positions, sql};

const MOST: i64 = 200;

struct Line {
    href: String,
    name: String,
    number: String,
    secretariat: String,
    opened: String,
    state: String,
    waits: bool,
    open: bool,
}

#[derive(Template)]
#[template(path = "conference_list.html")]
struct ListPage {
    frame: Frame,
    lines: Vec<Line>,
}

/// GET /matters
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::List).await?;
    let own = ctx.viewer.reading_desks();
    let found = sql::of_viewer(&mut look.conn(), &ctx.viewer, &own, sql::Among::Newest(MOST)).await?;
    let names =
        register::desk_names(&mut look.conn(), m, found.iter().map(|(h, _)| h.secretariat), today).await?;
    let positions = positions::on(&mut look.conn(), m, None).await?;
    let mut lines: Vec<Line> = found
        .iter()
        .map(|(h, me)| {
            let office = h.runs_as(&ctx.viewer).is_some();
            let pledged =
                h.rests_on == RestsOn::Consent || me.as_ref().is_some_and(|k| k.pledged_at.is_some());
            let waits = me.is_some() && !pledged && h.closed_at.is_none();
            let state = match (h.outcome, waits) {
                (Some(outcome), _) => t.code("conference_outcome", outcome),
                (None, true) => t.s("conference.pledge_waits").to_owned(),
                (None, false) => t.s("conference.going_on").to_owned(),
            };
            Line {
                href: if me.is_some() {
                    link::matter(h.id)
                } else {
                    format!("{}/office", link::matter(h.id))
                },
                name: positions
                    .iter()
                    .find(|p| p.code == h.position)
                    .map(|p| p.name.clone())
                    .unwrap_or_default(),
                number: h
                    .case_number
                    .filter(|_| pledged || office)
                    .map(|(y, n)| casefile::number_text(y, n))
                    .unwrap_or_default(),
                secretariat: names.get(&h.secretariat).cloned().unwrap_or_default(),
                opened: frame.day(&h.opened_at.day()),
                state,
                waits,
                open: h.closed_at.is_none(),
            }
        })
        .collect();
    lines.sort_by_key(|l| (!l.waits, !l.open));
    let page = ListPage { frame, lines };
    Answer::page(page.render(), look.close().await?)
}
