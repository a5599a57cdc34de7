//! Paper: the official request (協力依頼書) with a sheet to answer on by pen, and the recorded answer. Subsets of the page.

use std::sync::Arc;

use engine::{Fail, Refusal};
use household::EntryView;
use paper::{Block, Document, Field, Fields, Grid, Letter, Value};
use site::paper::{Around, Kind, language};
use site::{Answer, Frame, Req, T, link};
use words::id::InquiryId;

use crate::rules::State;
use crate::sql::{self, Header};
use crate::view::{self, Member, Part, Question, Shared};

/// A refusal, with everything it must say.
pub(crate) struct Refused {
    pub reason: String,
    pub article: String,
    pub decider: String,
}

pub(crate) fn refused(t: &T, r: &Header) -> Option<Refused> {
    (!r.refusal_article.is_empty()).then(|| Refused {
        reason: t.code("inquiry_reason", &r.reason),
        article: r.refusal_article.clone(),
        decider: format!("{} {}", r.decider.1, r.decider.0).trim().to_owned(),
    })
}

/// What both papers say above.
struct Head {
    back: String,
    number: String,
    from: String,
    asker: String,
    /// Who reads the answer: the desk that asked and whoever asked there; once that desk has ended, the one that took over from it. A
    /// contractor whose contract is over is sent nothing any more.
    reads: String,
    reads_phone: String,
    reader: String,
    /// The ended desk, when another one reads the answer.
    taken_from: String,
    to: String,
    sent: String,
    due: String,
    purpose: String,
    basis: String,
    members: Vec<Member>,
    questions: Vec<Question>,
}

/// An inquiry for paper: only for the two desks it is between.
async fn load(req: &Req) -> Result<(engine::Look, Header, Shared, Head), Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = &frame.t;
    let id: InquiryId = req.id("id")?;
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Kind::of(req).channel()).await?;
    let (r, relation) = sql::by_id(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    let part = view::part(&ctx.viewer, &r, &relation).filter(|p| *p != Part::Coordinator);
    let part = part.ok_or(Fail::NotVisible)?;
    // Nobody answers what was asked by mistake: there is no paper of it to send.
    if r.state == State::EnteredInError {
        return Err(Refusal::new("inquiry.void_no_paper").into());
    }
    let shared = view::shared(&mut look, &r, part).await?;
    let desks = register::desks_by_id(&mut look.conn(), m, [r.from, r.to], today).await?;
    let name = |id| desks.iter().find(|d| d.id == id).map(|d| d.name.clone()).unwrap_or_default();
    let phone = desks.iter().find(|d| d.id == r.from).map(|d| d.phone.clone()).unwrap_or_default();
    let heir = register::taken_over_by(&mut look.conn(), m, r.from, today).await?;
    let named = register::ArticleNames::load(&mut look.conn(), m).await?;
    let users = register::user_names(&mut look.conn(), m, r.from_user).await?;
    let asker = r.from_user.and_then(|u| users.get(&u)).cloned().unwrap_or_default();
    let head = Head {
        back: link::inquiry(id),
        number: view::number(t, &r),
        from: name(r.from),
        reader: if heir.is_some() { String::new() } else { asker.clone() },
        taken_from: if heir.is_some() {
            t.f("inquiry.taken_from", "desk", name(r.from))
        } else {
            String::new()
        },
        reads_phone: heir.as_ref().map_or(phone, |d| d.phone.clone()),
        reads: heir.map_or_else(|| name(r.from), |d| d.name),
        asker,
        to: name(r.to),
        sent: t.day_long(r.sent_at.day()),
        due: if r.urgent { frame.moment(&r.due_at) } else { t.day_long(r.due_at.day()) },
        purpose: t.code("inquiry_purpose", r.purpose),
        basis: if shared.holds {
            view::basis_words(t, &r, &named)
        } else {
            t.s("inquiry.basis_over").to_owned()
        },
        members: shared.members.iter().map(|p| view::member(t, p)).collect(),
        questions: view::questions(t, &r, shared.words("questions")),
    };
    Ok((look, r, shared, head))
}

/// The desk that asked; once it has ended, also who reads the answer now.
pub(crate) async fn asked_by(
    look: &mut engine::Look,
    t: &T,
    desk: words::id::DeskId,
    name: String,
) -> Result<String, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    Ok(match register::taken_over_by(&mut look.conn(), m, desk, today).await? {
        Some(heir) => t.fs("office.now_with", &[("desk", name), ("heir", heir.name)]),
        None => name,
    })
}

/// GET /inquiries/{id}/print
pub(crate) async fn letter(req: Arc<Req>) -> Result<Answer, Fail> {
    let (look, _, shared, head) = load(&req).await?;
    let frame = req.frame();
    let document = letter_of(&frame, Some(&head), shared.words("lead"));
    let around = around(&frame.t, &head, &document, "inquiry");
    Answer::paper(&req, frame, document, around, look.close().await?)
}

/// GET /inquiries/{id}/result: absent until there is one.
pub(crate) async fn answer(req: Arc<Req>) -> Result<Answer, Fail> {
    let (mut look, r, shared, head) = load(&req).await?;
    let frame = req.frame();
    let t = &frame.t;
    let Some(answered) = r.answered_at else { return Err(Fail::NotVisible) };
    let said = shared.texts.into_iter().filter(|(role, _)| role != "lead" && role != "questions");
    let answers = EntryView::build(&mut look, &frame, said.map(|(_, e)| e).collect()).await?;
    let title = t.s("inquiry.answer_page");
    let mut document = begun(&frame, title, &head.number, &t.day_long(answered.day()))
        .with(Block::heading(1, title))
        .with(
            Fields::new()
                .beside([
                    Field::new(t.s("inquiry.from"), whole(&[&head.from, &head.asker])),
                    Field::new(t.s("inquiry.to"), &head.to),
                ])
                .beside([
                    Field::new(t.s("inquiry.sent"), &head.sent),
                    Field::new(t.s("inquiry.state"), t.code("inquiry_state", r.state)),
                ]),
        )
        .with(asked(t, Some(&head)));
    document.push(Block::heading(2, t.s("inquiry.asked")));
    document.push(Block::steps(head.questions.iter().map(|q| {
        let open = if q.open { t.s("inquiry.open_chip") } else { "" };
        whole(&[&q.words, open])
    })));
    if !r.open.is_empty() {
        let why = t.code("inquiry_reason", &r.reason);
        document.push(Block::note(t.s("inquiry.open_why"), why));
    }
    let refused = refused(t, &r);
    if let Some(refused) = &refused {
        document.push(Block::heading(2, t.s("inquiry.refused_title")));
        document.push(
            Fields::new()
                .row(Field::new(t.s("inquiry.why"), &refused.reason))
                .row(Field::new(t.s("inquiry.refusal_article_field"), &refused.article))
                .row(Field::new(t.s("inquiry.decider"), &refused.decider)),
        );
    }
    for entry in &answers {
        document.push(Block::heading(2, &entry.kind));
        document.push(Block::text(&entry.body));
        document.push(Block::small(whole(&[&entry.author, &entry.recorded_long, &entry.told])));
    }
    if answers.is_empty() && refused.is_none() {
        document.push(Block::text(t.s("inquiry.not_shown")));
    }
    let around = around(t, &head, &document, "answer");
    Answer::paper(&req, frame, document, around, look.close().await?)
}

/// The letter and its answering sheet empty, to fill in by pen.
pub fn blank(frame: &Frame) -> Document {
    letter_of(frame, None, "")
}

/// What there is of these, apart.
fn whole(parts: &[&str]) -> String {
    parts.iter().copied().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("\u{3000}")
}

fn begun(frame: &Frame, title: &str, number: &str, day: &str) -> Document {
    let t = &frame.t;
    Document::new(title, language(t))
        .head([whole(&[title, number]), t.s("inquiry.handle_with_care").to_owned(), day.to_owned()])
        .foot([format!("{} {}", frame.municipality, t.s("site.name")), t.s("inquiry.left_out").to_owned()])
}

fn around(t: &T, head: &Head, document: &Document, kind: &str) -> Around {
    Around {
        title: document.title.clone(),
        lead: t.s("inquiry.letter_lead").to_owned(),
        back: (head.back.clone(), t.s("inquiry.back").to_owned()),
        xlsx: true,
        // The number of an inquiry, as lists without a basis show it.
        file: format!("{kind}-{}", head.number),
        ..Around::default()
    }
}

/// What both papers say of what is asked: why, on what ground, about whom.
fn asked(t: &T, head: Option<&Head>) -> Fields {
    let about = head.map(|h| {
        let lines = h.members.iter().map(|m| {
            let called = if m.reading.is_empty() {
                m.name.clone()
            } else {
                t.fs("inquiry.called", &[("name", m.name.clone()), ("reading", m.reading.clone())])
            };
            let first = whole(&[&called, &m.birth]);
            if m.contact.is_empty() { first } else { format!("{first}\n{}", m.contact) }
        });
        let lines: Vec<String> = lines.collect();
        if lines.is_empty() { t.s("inquiry.not_shown").to_owned() } else { lines.join("\n") }
    });
    let field = |key: &str, lines: u8, known: Option<String>| match known {
        Some(words) => Field::new(t.s(key), words),
        None => Field::pen(t.s(key), lines),
    };
    Fields::new()
        .row(field("inquiry.purpose", 1, head.map(|h| h.purpose.clone())))
        .row(field("inquiry.ground", 2, head.map(|h| h.basis.clone())))
        .row(field("inquiry.about", 3, about))
}

/// 協力依頼書 with a sheet to answer on by pen.
fn letter_of(frame: &Frame, head: Option<&Head>, lead: &str) -> Document {
    let t = &frame.t;
    let s = |key: &str| t.s(&format!("inquiry.{key}")).to_owned();
    let known = |get: fn(&Head) -> &str| head.map(get).unwrap_or_default().to_owned();
    let to = |name: &str| format!("{name}{}", t.s("inquiry.dear"));
    let sent = head.map_or_else(|| s("blank_day"), |h| h.sent.clone());
    let pen = Grid::new([s("asked"), s("pen_answer")]).widths([2, 3]).named();
    let mut document = begun(frame, &s("letter"), &known(|h| &h.number), &known(|h| &h.sent)).with(Letter {
        // The number of the document is the office's own, written by pen; that of the case stands above and on the sheet that comes back.
        number: s("document_number"),
        day: sent,
        to: vec![to(&known(|h| &h.to))],
        from: [frame.municipality.clone(), known(|h| &h.reads), known(|h| &h.reader)]
            .into_iter()
            .filter(|line| head.is_none() || !line.is_empty())
            .chain(head.map(|h| h.taken_from.clone()).filter(|line| !line.is_empty()))
            .collect(),
        seal: true,
        subject: s("letter_title"),
    });
    match (head, lead) {
        (Some(_), "") => document.push(Block::text(s("not_shown"))),
        (Some(_), lead) => document.push(Block::text(lead)),
        (None, _) => document.push(Block::text(s("blank_lead"))),
    }
    document.push(asked(t, head));
    document.push(Block::heading(2, s("asked")));
    match head {
        Some(h) => document.push(Block::steps(h.questions.iter().map(|q| q.words.clone()))),
        None => document.push(Block::Ruled { lines: 6 }),
    }
    let phone = head.map(|h| h.reads_phone.clone()).filter(|p| !p.is_empty());
    let phone = phone.map(|p| t.f("inquiry.phone", "phone", p)).unwrap_or_default();
    let back = head.map(|h| whole(&[&h.reads, &h.reader, &phone, &h.taken_from]));
    let field = |key: &str, known: Option<String>| match known {
        Some(words) => Field::new(s(key), words),
        None => Field::pen(s(key), 1),
    };
    document.push(Fields::new().row(field("due", head.map(|h| h.due.clone()))).row(field("answer_to", back)));
    document.push(Block::small(s("letter_foot")));
    document.push(Block::NewPage);
    document.push(Block::heading(1, whole(&[&s("sheet_title"), &known(|h| &h.number)])));
    document.push(Block::text(to(&known(|h| &h.reads))));
    document.push(
        Fields::new()
            .row(Field::new(s("answer_day"), s("blank_day")))
            .row(Field::new(s("answered_by"), whole(&[&known(|h| &h.to), &s("blank_person")]))),
    );
    match head {
        Some(h) => {
            let mut rows = Fields::new().label_mm(70);
            for q in &h.questions {
                rows.push(Field::pen(format!("{}. {}", q.number, q.words), 3));
            }
            document.push(rows);
        }
        None => document.push(pen.empty(4, 24)),
    }
    document.push(Block::together([
        Block::heading(2, s("pen_refusal")),
        Fields::new()
            .row(Field::pen(s("pen_which"), 1))
            .row(Field::new(s("why"), Value::from(s("pen_reasons"))))
            .row(Field::pen(s("refusal_article_field"), 1))
            .row(Field::pen(s("decider"), 1))
            .into(),
    ]));
    document
}
