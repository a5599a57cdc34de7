//! つなぐシート on paper, or as a spreadsheet for offices that retype: what its page shows, read for paper.

use std::sync::Arc;

use engine::Fail;
use paper::{Block, Document, Field, Fields};
use site::paper::{Around, Kind};
use site::{Answer, Form, Req, link};
use words::id::ConnectingSheetId;

use super::pages;
use super::views::SheetPage;

/// GET /sheets/{id}/print
pub(super) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ConnectingSheetId = req.id("id")?;
    let mut look = ctx.look(Kind::of(&req).channel()).await?;
    let page = pages::page(&ctx, &mut look, req.frame(), id, Form::default()).await?;
    let receipt = look.close().await?;
    let (frame, document) = (req.frame(), document(&page));
    let around = Around {
        title: document.title.clone(),
        lead: frame.t.s("intake.print_lead").to_owned(),
        back: (link::sheet(id), frame.t.s("sheet.print_back").to_owned()),
        file: "connecting-sheet".to_owned(),
        xlsx: true,
        ..Around::default()
    };
    Answer::paper(&req, frame, document, around, receipt)
}

fn document(page: &SheetPage) -> Document {
    let t = &page.frame.t;
    let s = |key: &str| t.s(&format!("sheet.{key}")).to_owned();
    let comma = t.s("site.comma");
    let title = s("title");
    let agreed = match (page.consented, page.withdrawn) {
        (true, true) => s("consent_over"),
        (true, false) => s("consented"),
        (false, _) => s("not_consented"),
    };
    let from = [page.desk.as_str(), &page.author, &page.desk_phone].join(" ");
    let to = [page.provider.as_str(), &page.provider_phone].join(" ");
    let mut document = household::paper_of(&page.frame, &title, "", t.s("intake.print_left_out"))
        .with(Block::heading(1, &title))
        .with(Block::note(t.s("site.why_seen"), page.reasons.join(comma)))
        .with(
            Fields::new()
                .beside([
                    Field::new(t.s("intake.print_state"), &page.state_word),
                    Field::new(t.s("intake.print_urgency"), &page.urgency_word),
                ])
                .beside([Field::new(s("print_when"), &page.when), Field::new(s("consent"), agreed)])
                .row(Field::new(s("from"), from.trim()))
                .row(Field::new(s("to"), to.trim())),
        );
    let mut what = Fields::new().row(Field::new(s("near"), page.topics.join(comma)));
    for text in &page.texts {
        what.push(Field::new(&text.kind, &text.body));
    }
    if page.texts.is_empty() {
        what.push(Field::new(s("words"), s("no_words")));
    }
    for (key, known) in [("intake.area", &page.area), ("intake.age_band", &page.age_band)] {
        if !known.is_empty() {
            what.push(Field::new(t.s(key), known));
        }
    }
    document.push(Block::heading(2, s("what")));
    document.push(what);
    document.push(Block::heading(2, s("person_of")));
    if page.people.is_empty() {
        let why = if page.consented { t.s("intake.unnamed") } else { t.s("sheet.notice_why") };
        document.push(Block::small(why));
    }
    for m in &page.people {
        let mut person = Fields::new().row(Field::new(t.s("member.name"), &m.name));
        for (key, known) in
            [("intake.print_about", &m.about), ("intake.print_contact", &m.contact.join("\n"))]
        {
            if !known.is_empty() {
                person.push(Field::new(t.s(key), known));
            }
        }
        document.push(person);
    }
    for c in &page.consents {
        document.push(Block::together([
            Block::heading(2, format!("{}\u{3000}{}", s("consent"), c.state)),
            Fields::new()
                .row(Field::new(s("consent_to"), c.to.join("\n")))
                .row(Field::new(s("share"), c.categories.join(comma)))
                .row(Field::new(s("consent_form"), &c.given))
                .into(),
        ]));
    }
    for part in page.town.iter().flat_map(crate::town::Town::parts) {
        let mut fields = Fields::new().label_mm(48);
        for line in &part.lines {
            fields.push(Field::new(&line.label, &line.value).thick_if(line.thick));
        }
        document.push(Block::heading(2, &part.title));
        document.push(fields);
    }
    if !page.became.is_empty() {
        document.push(Fields::new().row(Field::new(s("became"), &page.became)));
    }
    document
}
