//! 開催通知 and agenda on paper. Paper is left lying about: an item with somebody in it stands on it as its number alone,
//! whoever prints it.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use site::{Answer, Frame, Req};
use words::id::MeetingId;

use super::session::{Names, span};
use crate::views;

#[derive(Template)]
#[template(path = "session_notice.html")]
struct NoticePage {
    frame: Frame,
    href: String,
    title: String,
    body: String,
    when: String,
    place: String,
    secretariat: String,
    answer_by: String,
    today: String,
    writing: bool,
    items: Vec<(usize, String)>,
    desks: Vec<String>,
}

/// GET /sessions/{id}/notice
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: MeetingId = req.id("id")?;
    let frame = req.frame();
    let t = frame.t.clone();
    let today = ctx.now.day();
    let mut look = ctx.look(Channel::Print).await?;
    let o = views::open(&mut look.conn(), &ctx.viewer, id, today).await?;
    let names = Names::load(&mut look, &o).await?;
    let mut desks: Vec<String> = Vec::new();
    // Who comes to one item only says something about it: the paper names those invited to the whole session.
    for i in o.invitees.iter().filter(|i| i.item.is_none()) {
        let name = names.desk(i.desk);
        if !desks.contains(&name) {
            desks.push(name);
        }
    }
    let page = NoticePage {
        href: site::link::meeting(id),
        title: o.meeting.title.clone(),
        body: o.body.as_ref().map(|b| b.name.clone()).unwrap_or_default(),
        when: span(&frame, &o.meeting),
        place: super::sessions::place(&t, &o.meeting),
        secretariat: names.desk(o.meeting.desk),
        answer_by: t.full_day(o.meeting.answer_by),
        today: t.full_day(today),
        writing: o.meeting.writing,
        items: o
            .items
            .iter()
            .filter(|i| i.state != crate::ItemState::Dropped)
            .enumerate()
            .map(|(n, i)| {
                (n + 1, if i.general() { i.subject.clone() } else { t.s("session.a_case").to_owned() })
            })
            .collect(),
        desks,
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}
