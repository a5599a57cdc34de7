//! 開催通知 and agenda on paper. Paper is left lying about: an item with somebody in it stands on it as its number alone,
//! whoever prints it.

use std::sync::Arc;

use engine::Fail;
use paper::{Block, Document, Field, Fields, Grid, Letter, SignLine};
use site::paper::{Around, Kind, language};
use site::{Answer, Frame, Req};
use words::id::MeetingId;

use super::session::{Names, span};
use crate::views;

/// GET /sessions/{id}/notice
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: MeetingId = req.id("id")?;
    let frame = req.frame();
    let t = frame.t.clone();
    let today = ctx.now.day();
    let mut look = ctx.look(Kind::of(&req).channel()).await?;
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
    let items = o
        .items
        .iter()
        .filter(|i| i.state != crate::ItemState::Dropped)
        .map(|i| if i.general() { i.subject.clone() } else { t.s("session.a_case").to_owned() });
    let notice = Notice {
        title: o.meeting.title.clone(),
        body: o.body.as_ref().map(|b| b.name.clone()).unwrap_or_default(),
        when: span(&frame, &o.meeting),
        place: super::sessions::place(&t, &o.meeting),
        secretariat: names.desk(o.meeting.desk),
        answer_by: t.full_day(o.meeting.answer_by),
        today: t.full_day(today),
        writing: o.meeting.writing,
        items: items.collect(),
        desks,
    };
    let document = notice.document(&frame);
    let around = Around {
        title: document.title.clone(),
        lead: t.s("session.notice_lead").to_owned(),
        back: (site::link::meeting(id), t.s("session.back").to_owned()),
        file: format!("notice-{}", o.meeting.starts.day()),
        xlsx: true,
        ..Around::default()
    };
    Answer::paper(&req, frame, document, around, look.close().await?)
}

/// What a notice says.
struct Notice {
    title: String,
    body: String,
    when: String,
    place: String,
    secretariat: String,
    answer_by: String,
    today: String,
    writing: bool,
    items: Vec<String>,
    desks: Vec<String>,
}

impl Notice {
    fn document(&self, frame: &Frame) -> Document {
        let t = &frame.t;
        let s = |key: &str| t.s(&format!("session.{key}")).to_owned();
        let sender = if self.body.is_empty() { frame.municipality.clone() } else { self.body.clone() };
        let mut facts =
            Fields::new().row(Field::new(s("when_col"), &self.when)).row(Field::new(s("place"), &self.place));
        if !self.body.is_empty() {
            facts.push(Field::new(s("body_name"), &self.body));
        }
        facts.push(Field::new(s("secretariat"), &self.secretariat));
        facts.push(Field::new(s("answer_by"), &self.answer_by));
        let mut document = Document::new(s("notice"), language(t))
            .head([s("notice"), frame.municipality.clone(), self.today.clone()])
            .foot([format!("{} {}", frame.municipality, t.s("site.name")), s("notice_left_out")])
            .with(Letter {
                day: self.today.clone(),
                to: vec![s("notice_to")],
                from: vec![sender, self.secretariat.clone()],
                subject: t.f("session.notice_subject", "title", &self.title),
                ..Letter::default()
            })
            .with(Block::text(s("notice_words")))
            .with(facts)
            .with(Block::heading(2, s("agenda")));
        if self.items.is_empty() {
            document.push(Block::small(s("no_agenda")));
        } else {
            let mut grid = Grid::new([s("n_col"), s("item")]).widths([1, 9]).named();
            for (n, what) in self.items.iter().enumerate() {
                grid.push([(n + 1).to_string(), what.clone()]);
            }
            document.push(grid);
        }
        if !self.desks.is_empty() {
            document.push(Block::heading(2, s("invited")));
            document.push(Block::text(self.desks.join(t.s("site.comma"))));
        }
        let reply = if self.writing { s("notice_writing") } else { s("notice_reply") };
        document.push(Block::together([
            Block::heading(2, s("reply")),
            Block::text(reply),
            Block::Sign { lines: vec![SignLine::new(s("notice_desk")), SignLine::new(s("notice_name"))] },
        ]));
        document
    }
}
