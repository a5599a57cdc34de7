//! つなぎの書類: what is handed to the receiving desk, of one page as a rule. A subset of the page: who informed is never printed. The
//! same empty, for a partner who passes somebody on by pen.

use engine::{Fail, Receipt};
use household::EntryView;
use paper::{Block, Document, Field, Fields, Grid, Tick, Value};
use site::paper::{Around, language};
use site::{Answer, Frame, Req};
use words::code::Code;

use crate::rules::Kind;
use crate::view::Member;

/// What stands on it.
pub(crate) struct Letter {
    pub back: String,
    pub number: String,
    pub kind: String,
    pub from: String,
    pub to: String,
    pub need: String,
    pub urgency: String,
    pub sent: String,
    pub due: String,
    pub members: Vec<Member>,
    pub entries: Vec<EntryView>,
    pub basis: String,
}

impl Letter {
    /// The page or the file.
    pub fn answer(self, req: &Req, frame: Frame, receipt: Receipt) -> Result<Answer, Fail> {
        let document = self.document(&frame);
        let around = Around {
            title: document.title.clone(),
            lead: frame.t.s("referral.print_lead").to_owned(),
            back: (self.back.clone(), frame.t.s("referral.print_back").to_owned()),
            file: format!("referral-{}", self.number),
            xlsx: true,
            ..Around::default()
        };
        Answer::paper(req, frame, document, around, receipt)
    }

    fn document(&self, frame: &Frame) -> Document {
        let t = &frame.t;
        let s = |key: &str| t.s(&format!("referral.{key}")).to_owned();
        let mut document = begun(frame, &self.number)
            .with(Block::heading(1, format!("{}\u{3000}{}", s("print_title"), self.number)))
            .with(Block::styled(paper::Style::Plain, t.f("referral.print_to", "desk", &self.to)))
            .with(
                Fields::new()
                    .beside([Field::new(s("kind"), &self.kind), Field::new(s("urgency"), &self.urgency)])
                    .row(Field::new(s("from"), &self.from))
                    .row(Field::new(s("to"), &self.to))
                    .row(Field::new(s("need"), &self.need))
                    .beside([Field::new(s("sent"), &self.sent), Field::new(s("due"), &self.due)])
                    .row(Field::new(s("sharing"), &self.basis)),
            );
        if !self.members.is_empty() {
            let heads = ["member.name", "member.relation", "member.birth", "referral.print_contact"];
            let mut grid = Grid::new(heads.map(|key| t.s(key))).widths([4, 2, 3, 5]);
            for m in &self.members {
                let name =
                    if m.reading.is_empty() { m.name.clone() } else { format!("{}\n{}", m.name, m.reading) };
                grid.push([&name, &m.relation, &m.birth, &m.contact]);
            }
            document.push(Block::heading(2, s("people")));
            document.push(grid);
        }
        for entry in &self.entries {
            document.push(Block::heading(2, &entry.kind));
            document.push(Block::text(&entry.body));
            document.push(Block::small(format!("{}\u{3000}{}", entry.author, entry.recorded_long)));
        }
        document
    }
}

fn begun(frame: &Frame, number: &str) -> Document {
    let t = &frame.t;
    let title = t.s("referral.print_title");
    Document::new(title, language(t))
        .head([title, t.s("referral.print_care"), &format!("{} {}", frame.municipality, frame.today())])
        .foot([number.to_owned(), format!("{} {}", frame.desk, frame.name)])
}

/// The form empty, to fill in by pen.
pub fn blank(frame: &Frame) -> Document {
    let t = &frame.t;
    let s = |key: &str| t.s(&format!("referral.{key}")).to_owned();
    let mut document = begun(frame, "");
    document.head[2].clone_from(&frame.municipality);
    document.foot[1] = String::new();
    let kinds = Kind::ALL.iter().map(|k| Tick::new(false, t.code("referral_kind", k)));
    let heads = ["member.name", "member.relation", "member.birth", "referral.print_contact"];
    document
        .with(Block::heading(1, s("print_title")))
        .with(
            Fields::new()
                .row(Field::new(s("kind"), Value::ticks(kinds)))
                .beside([
                    Field::new(s("sent"), t.s("paper.blank_day")),
                    Field::new(s("due"), t.s("paper.blank_day")),
                ])
                .row(Field::pen(s("from"), 2))
                .row(Field::pen(s("to"), 1))
                .row(Field::pen(s("need"), 3))
                .row(Field::pen(s("urgency"), 1))
                .row(Field::pen(s("sharing"), 2)),
        )
        .with(Block::heading(2, s("people")))
        .with(Grid::new(heads.map(|key| t.s(key))).widths([4, 2, 3, 5]).empty(4, 11))
        .with(Block::heading(2, s("print_words")))
        .with(Block::Ruled { lines: 9 })
}
