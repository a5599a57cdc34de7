//! Paper: the official request (協力依頼書) with a sheet to answer on by pen, and the recorded answer. Subsets of the page.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use household::EntryView;
use site::{Answer, Frame, Req, link};
use words::id::InquiryId;

use crate::sql::{self, Header};
use crate::view::{self, Member, Part, Question, Refused, Shared};

/// What both papers say above.
struct Head {
    back: String,
    number: String,
    from: String,
    from_phone: String,
    asker: String,
    to: String,
    sent: String,
    due: String,
    purpose: String,
    basis: String,
    members: Vec<Member>,
    questions: Vec<Question>,
}

#[derive(Template)]
#[template(path = "inquiry_letter.html")]
struct LetterPage {
    frame: Frame,
    head: Head,
    lead: String,
}

#[derive(Template)]
#[template(path = "inquiry_answer.html")]
struct AnswerPage {
    frame: Frame,
    head: Head,
    state: String,
    answered: String,
    answers: Vec<EntryView>,
    refused: Option<Refused>,
    part_reason: String,
    reasons: Vec<String>,
}

/// An inquiry for paper: only for the two desks it is between.
async fn load(req: &Req) -> Result<(engine::Look, Header, Shared, Head), Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = &frame.t;
    let id: InquiryId = req.id("id")?;
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Print).await?;
    let (r, relation) = sql::by_id(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    let part = view::part(&ctx.viewer, &r, &relation).filter(|p| *p != Part::Coordinator);
    let shared = view::shared(&mut look, &r, part.ok_or(Fail::NotVisible)?).await?;
    let desks = register::desks_by_id(&mut look.conn(), m, [r.from, r.to], today).await?;
    let name = |id| desks.iter().find(|d| d.id == id).map(|d| d.name.clone()).unwrap_or_default();
    let phone = desks.iter().find(|d| d.id == r.from).map(|d| d.phone.clone()).unwrap_or_default();
    let named = register::ArticleNames::load(&mut look.conn(), m).await?;
    let users = register::user_names(&mut look.conn(), m, r.from_user).await?;
    let head = Head {
        back: link::inquiry(id),
        number: view::number(t, &r),
        from: name(r.from),
        from_phone: phone,
        asker: r.from_user.and_then(|u| users.get(&u)).cloned().unwrap_or_default(),
        to: name(r.to),
        sent: t.day_long(r.sent_at.day()),
        due: if r.urgent { frame.moment(&r.due_at) } else { t.day_long(r.due_at.day()) },
        purpose: t.code("inquiry_purpose", r.purpose),
        basis: view::basis_words(t, &r, &named),
        members: shared.members.iter().map(|p| view::member(t, p)).collect(),
        questions: view::questions(t, &r, shared.words("questions")),
    };
    Ok((look, r, shared, head))
}

/// GET /inquiries/{id}/print
pub(crate) async fn letter(req: Arc<Req>) -> Result<Answer, Fail> {
    let (look, _, shared, head) = load(&req).await?;
    let page = LetterPage { frame: req.frame(), head, lead: shared.words("lead").to_owned() };
    Answer::page(page.render(), look.close().await?)
}

/// GET /inquiries/{id}/result: absent until there is one.
pub(crate) async fn answer(req: Arc<Req>) -> Result<Answer, Fail> {
    let (mut look, r, shared, head) = load(&req).await?;
    let frame = req.frame();
    let Some(answered) = r.answered_at else { return Err(Fail::NotVisible) };
    let reasons = shared.reasons.sentences(&frame.t);
    let said = shared.texts.into_iter().filter(|(role, _)| role != "lead" && role != "questions");
    let answers = EntryView::build(&mut look, &frame, said.map(|(_, e)| e).collect()).await?;
    let page = AnswerPage {
        head,
        state: frame.t.code("inquiry_state", r.state),
        answered: frame.t.day_long(answered.day()),
        answers,
        refused: view::refused(&frame.t, &r),
        part_reason: if r.open.is_empty() {
            String::new()
        } else {
            frame.t.code("inquiry_reason", &r.reason)
        },
        reasons,
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}
