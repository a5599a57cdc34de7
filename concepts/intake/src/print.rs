//! 相談受付票: a consultation on paper, or as a spreadsheet for offices that retype. Made of what its page shows, read for paper: who
//! informed is never on it.

use std::sync::Arc;

use engine::Fail;
use household::EntryView;
use paper::{Block, Document, Field, Fields, Grid};
use site::paper::{Around, Kind};
use site::{Answer, Form, Frame, Req, link};
use words::id::ConsultationId;

use crate::read;
use crate::views::ConsultationPage;

/// GET /consultations/{id}/print
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ConsultationId = req.id("id")?;
    let mut look = ctx.look(Kind::of(&req).channel()).await?;
    let seen = read::seen(&mut look, id).await?.ok_or(Fail::NotVisible)?;
    let page = read::page(&ctx, &mut look, req.frame(), seen, Form::default()).await?;
    let receipt = look.close().await?;
    let (frame, document) = (req.frame(), document(&page));
    let around = Around {
        title: document.title.clone(),
        lead: frame.t.s("intake.print_lead").to_owned(),
        back: (link::consultation(id), frame.t.s("intake.print_back").to_owned()),
        file: "consultation".to_owned(),
        xlsx: true,
        ..Around::default()
    };
    Answer::paper(&req, frame, document, around, receipt)
}

fn document(page: &ConsultationPage) -> Document {
    let (frame, t): (&Frame, _) = (&page.frame, &page.frame.t);
    let s = |key: &str| t.s(&format!("intake.{key}")).to_owned();
    let title = s("print_title");
    let mut document = household::paper_of(frame, &title, "", &s("print_left_out"))
        .with(Block::heading(1, &title))
        .with(Block::note(t.s("site.why_seen"), page.reasons.join(t.s("site.comma"))))
        .with(Block::small(t.s("sheets.thick")));
    let mut fields = Fields::new()
        .beside([
            Field::new(s("print_state"), &page.state_word),
            Field::new(s("print_urgency"), &page.urgency_word),
        ])
        .beside([
            Field::new(s("print_when"), &page.when).thick(),
            Field::new(s("print_by"), format!("{} {}", page.desk, page.author).trim()).thick(),
        ]);
    if let Some(v) = &page.facts {
        fields =
            fields.row(Field::new(s("topics_short"), v.topics.join(t.s("site.comma"))).thick()).beside([
                Field::new(s("print_channel"), &v.channel).thick(),
                Field::new(s("route"), &v.route).thick(),
            ]);
        for (key, value) in
            [("came_as", &v.came_as), ("place", &v.place), ("area", &v.area), ("age_band", &v.age_band)]
        {
            if !value.is_empty() {
                fields.push(Field::new(s(key), value));
            }
        }
    }
    document.push(fields);
    if !page.members.is_empty() {
        let mut grid =
            Grid::new([t.s("member.name"), &s("print_about"), &s("print_contact")]).widths([3, 4, 5]);
        for m in &page.members {
            grid.push([m.name.clone(), m.about.clone(), m.contact.join("\n")]);
        }
        document.push(Block::heading(2, s("household")));
        document.push(grid);
    }
    said(&mut document, &s("consideration_first"), &page.consideration);
    said(&mut document, &s("heard"), &page.texts);
    for part in page.town.iter().flat_map(crate::town::Town::parts) {
        let mut fields = Fields::new().label_mm(48);
        for line in &part.lines {
            fields.push(Field::new(&line.label, &line.value).thick_if(line.thick));
        }
        document.push(Block::heading(2, &part.title));
        document.push(fields);
    }
    document
}

fn said(document: &mut Document, title: &str, texts: &[EntryView]) {
    if texts.is_empty() {
        return;
    }
    let mut fields = Fields::new();
    for text in texts {
        fields.push(Field::new(&text.kind, &text.body));
    }
    document.push(Block::heading(2, title));
    document.push(fields);
}
