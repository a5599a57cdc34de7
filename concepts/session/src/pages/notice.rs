//! 開催通知 and agenda on paper. Paper is left lying about: an item with somebody in it stands on it as its number alone,
//! whoever prints it.

use std::sync::Arc;

use engine::Fail;
use paper::{Block, Document, Field, Fields, Grid, Letter, SignLine, Tick};
use site::paper::{Around, Kind, language};
use site::{Answer, Frame, Req};
use words::id::MeetingId;

use super::session::Names;
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
    let office =
        register::desks_by_id(&mut look.conn(), ctx.viewer.municipality, [o.meeting.desk], today).await?;
    let phone = office.into_iter().map(|d| d.phone).find(|p| !p.is_empty()).unwrap_or_default();
    let clock = site::show::clock;
    let items = o
        .items
        .iter()
        .filter(|i| i.state != crate::ItemState::Dropped)
        .map(|i| if i.general() { i.subject.clone() } else { t.s("session.a_case").to_owned() });
    let notice = Notice {
        title: o.meeting.title.clone(),
        body: o.body.as_ref().map(|b| b.name.clone()).unwrap_or_default(),
        // The day of the week is what people look at first.
        when: format!(
            "{} {}〜{}",
            t.day_long(o.meeting.starts.day()),
            clock(o.meeting.starts),
            clock(o.meeting.ends)
        ),
        place: super::sessions::place(&t, &o.meeting),
        secretariat: names.desk(o.meeting.desk),
        phone,
        answer_by: t.day_long(o.meeting.answer_by),
        today: t.day_long(today),
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
    /// Of the secretariat; empty where the register has none.
    phone: String,
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
        facts.push(Field::new(s("secretariat"), self.office(frame)));
        facts.push(Field::new(s("answer_by"), &self.answer_by));
        let mut document = Document::new(s("notice"), language(t))
            .head([s("notice"), frame.municipality.clone(), self.today.clone()])
            .foot([format!("{} {}", frame.municipality, t.s("site.name")), s("notice_left_out")])
            .with(Letter {
                day: self.today.clone(),
                to: vec![s("notice_to")],
                from: vec![sender, self.office(frame)],
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
        document.push(Block::together(self.slip(frame)));
        document
    }

    /// The secretariat, with how it is reached as far as the register says.
    fn office(&self, frame: &Frame) -> String {
        if self.phone.is_empty() {
            return self.secretariat.clone();
        }
        let phone = frame.t.f("session.notice_phone", "phone", &self.phone);
        format!("{}　{phone}", self.secretariat)
    }

    /// What is torn off and sent back: whoever has no login answers with it.
    fn slip(&self, frame: &Frame) -> Vec<Block> {
        let s = |key: &str| frame.t.s(&format!("session.{key}")).to_owned();
        let mut blocks = vec![
            Block::heading(2, s("notice_slip")),
            Block::text(format!("{}　{}　{}", self.title, self.when, self.place)),
            Block::Paragraph {
                words: frame.t.fs(
                    "session.notice_back",
                    &[("day", self.answer_by.clone()), ("to", self.office(frame))],
                ),
                style: paper::Style::Strong,
            },
        ];
        if self.writing {
            blocks.push(Block::text(s("notice_writing")));
        } else {
            let ways = ["notice_comes", "notice_online", "notice_instead", "notice_away"];
            let ticks = ways.iter().map(|key| Tick::new(false, s(key))).collect();
            blocks.push(Block::Ticks { ticks, columns: 1 });
        }
        blocks.push(Block::Sign {
            lines: vec![
                SignLine::new(s("notice_desk")),
                SignLine::new(s("notice_name")),
                SignLine::new(s("notice_contact")),
            ],
        });
        blocks
    }
}
