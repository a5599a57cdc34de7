//! What somebody without a login is told of an item they sat with: a letter, with the line that it was told above it.

use askama::Template;
use engine::Fail;
use paper::{Block, Document, Field, Fields};
use site::paper::{Around, Aside, language};
use site::{Choice, Form, Frame, link};
use words::id::{AgendaItemId, InviteeId};

/// By which way it was told, to be written down.
#[derive(Template)]
#[template(path = "session_letter.html")]
#[expect(clippy::struct_field_names, reason = "the fields of the form have these names")]
pub(super) struct Told<'a> {
    pub frame: &'a Frame,
    pub form: &'a Form,
    pub id: AgendaItemId,
    pub who: InviteeId,
    pub told_by: String,
    pub told: Vec<Choice>,
}

impl Told<'_> {
    /// What stands around the letter.
    pub fn around(&self, file: String) -> Result<Around, Fail> {
        let t = &self.frame.t;
        let wrong = self.form.has_problems();
        let mark = if wrong { t.s("session.error_mark") } else { "" };
        Ok(Around {
            title: format!("{mark}{}", t.s("session.letter")),
            lead: t.s("session.letter_lead").to_owned(),
            back: (link::AFTER.to_owned(), t.s("session.back").to_owned()),
            file,
            aside: Some(Aside::of(self)?),
            wrong,
            here: format!("{}/{}/letter?who={}", link::AFTER, self.id, self.who),
            ..Around::default()
        })
    }
}

/// What a letter says.
pub(super) struct Letter {
    pub to: String,
    pub from: String,
    pub session: String,
    pub item: String,
    pub status: String,
    /// How much of the homework is done; nothing where there is none.
    pub homework: String,
    pub news: Vec<String>,
}

impl Letter {
    /// The paper.
    pub fn document(self, frame: &Frame) -> Document {
        let t = &frame.t;
        let s = |key: &str| t.s(&format!("session.{key}")).to_owned();
        let today = t.full_day(frame.now.day());
        let mut facts = Fields::new()
            .row(Field::new(s("one"), self.session))
            .row(Field::new(s("item"), self.item))
            .row(Field::new(s("letter_now"), self.status));
        if !self.homework.is_empty() {
            facts.push(Field::new(s("homework_one"), self.homework));
        }
        let mut document = Document::new(s("letter"), language(t))
            .head([s("letter"), frame.municipality.clone(), today.clone()])
            .foot([format!("{} {}", frame.municipality, t.s("site.name")), s("notice_left_out")])
            .with(paper::Letter {
                day: today,
                to: vec![t.f("session.letter_to", "who", self.to)],
                from: vec![frame.municipality.clone(), self.from],
                subject: s("letter"),
                ..paper::Letter::default()
            })
            .with(Block::text(s("letter_words")))
            .with(facts);
        if !self.news.is_empty() {
            document.push(Block::together([Block::heading(2, s("letter_news")), Block::list(self.news)]));
        }
        document.with(Block::text(s("letter_ask")))
    }
}
