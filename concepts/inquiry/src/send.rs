//! Asking: the form, and what becomes of it.

use std::sync::Arc;

use access::{Categories, Category};
use askama::Template;
use consent::{AlikeRow, Consent};
use draft::Opened;
use engine::{Begun, Channel, Fail, Look, Receipt};
use site::{Answer, Choice, Form, Frame, Req, link};
use words::code::Code;
use words::id::ThingId;

use crate::acts;
use crate::form::{self, Around};
use crate::rules::{Purpose, can_be_asked};

#[derive(Template)]
#[template(path = "inquiry_form.html")]
struct FormPage {
    frame: Frame,
    form: Form,
    about: ThingId,
    back: String,
    number: String,
    draft: String,
    draft_version: i64,
    /// Nobody is known to be asked about, or what it is asked from is over.
    closed: bool,
    desks: Vec<(String, Vec<Choice>)>,
    persons: Vec<Choice>,
    purposes: Vec<Choice>,
    bases: Vec<Choice>,
    /// Who of the household may have spoken in the person's place, and how they stand to them.
    givers: Vec<Choice>,
    relations: Vec<Choice>,
    categories: Vec<Choice>,
    articles: register::Articles,
    /// Consents to the same desk that are there already.
    alike: Vec<AlikeRow>,
    due_days: u32,
    reasons: Vec<String>,
}

/// GET /inquiries/new?about=
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let about: ThingId = req.query().get("about").and_then(|id| id.parse().ok()).ok_or(Fail::NotVisible)?;
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let around = form::around(&mut look, &req.frame(), about).await?;
    let opened = match draft::reopened(&mut look.conn(), &req).await? {
        Some(opened) if opened.about == Some(about) => opened,
        // Sent or thrown away, somebody else's, or of another case: the same answer.
        other if other.is_some() || req.query().get("draft").is_some() => {
            return Ok(Answer::to(&link::inquiry_new(about), "draft_gone", look.close().await?));
        }
        _ => Opened::fresh(&req, form::first(&around, req.query().get("to").unwrap_or_default())),
    };
    render(&req, look, (about, around), opened, &[]).await
}

async fn render(
    req: &Req,
    mut look: Look,
    (about, around): (ThingId, Around),
    opened: Opened,
    alike: &[Consent],
) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut frame = req.frame();
    if let Some(command) = opened.command {
        frame.command = command;
    }
    let t = frame.t.clone();
    let form = opened.form;
    let m = ctx.viewer.municipality;
    let due_days = register::settings(&mut look.conn(), m).await?.answer_business_days;
    let coded = |field: &str, list: &str, codes: &[&str], help: Option<&str>| -> Vec<Choice> {
        codes
            .iter()
            .map(|c| {
                let help = help.map(|h| t.code(h, c)).unwrap_or_default();
                Choice::new(&form, field, c, t.code(list, c)).with_help(help)
            })
            .collect()
    };
    let purposes: Vec<&str> = Purpose::ALL.iter().map(|p| p.code()).collect();
    // What a paper cannot carry is not offered.
    let asked = Category::ALL.iter().filter(|c| can_be_asked(Categories::NONE.with(**c)));
    let cats: Vec<&str> = asked.map(|c| c.code()).collect();
    let relations: Vec<&str> = consent::GiverRelation::ALL.iter().map(|r| r.code()).collect();
    let wrong = form.has_problems();
    let of = (around.origin.case, &around.origin.relation);
    let alike = consent::alike_rows(&mut look, &t, of, &around.known, alike).await?;
    let page = FormPage {
        about,
        back: around.origin.href(),
        number: around.origin.number.clone(),
        draft: opened.id.to_string(),
        draft_version: opened.version,
        closed: !around.origin.open || around.known.is_empty(),
        desks: register::desk_groups(&t, &form, "to", &around.desks, &ctx.viewer.desks()),
        persons: around.known.iter().map(|(p, name)| Choice::new(&form, "person", p, name.clone())).collect(),
        purposes: coded("purpose", "inquiry_purpose", &purposes, None),
        givers: around.known.iter().map(|(p, name)| Choice::new(&form, "giver", p, name.clone())).collect(),
        relations: coded("relation", "giver_relation", &relations, None),
        bases: coded("basis", "inquiry_basis", &["law", "consent", "existing"], Some("inquiry_basis_help")),
        categories: coded("share_cat", "category", &cats, None),
        articles: around.offered(form.value("to"), form.value("article")),
        alike,
        due_days,
        reasons: around.reasons.sentences(&t),
        frame,
        form: form.clone(),
    };
    let html = page.render();
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /inquiries/new
pub(crate) async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let about: ThingId = form.value("about").parse().map_err(|_| Fail::NotVisible)?;
    let mut look = ctx.look(Channel::Write).await?;
    let around = form::around(&mut look, &req.frame(), about).await?;
    // Nothing leaves in words that nobody has read: the ready wording is shown first.
    form::fill_ready(&mut form, &req.t(), &around, ctx.now.day());
    let read = form::read(&mut form, about, &around, ctx.now.day());
    // Whatever else is missing: what would be refused of a consent is said with it, and not at the next send.
    let foreseen = form::foresee(&mut look, &around, &read).await?;
    foreseen.note(&mut form, field_of);
    let (false, Some(send)) = (form.has_problems(), read.send) else {
        return render(&req, look, (about, around), draft::sent(&req, form), &foreseen.alike).await;
    };
    look.close().await?;
    match ctx.act(&req.envelope(), "inquiry.send", &send).await? {
        Begun::Before(to) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&format!("{}/{to}", link::INQUIRIES), "inquiry_sent", receipt))
        }
        Begun::New(mut act) => {
            let id = act.new_id();
            match acts::send(&mut act, id, &send).await {
                Ok(()) => {
                    let receipt = act.commit(&id.to_string()).await?;
                    Ok(Answer::to(&link::inquiry(id), "inquiry_sent", receipt))
                }
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    form.problem_with(field_of(&form, refusal.key), refusal.key, refusal.args);
                    let look = ctx.look(Channel::Write).await?;
                    render(&req, look, (about, around), draft::sent(&req, form), &foreseen.alike).await
                }
                Err(other) => Err(other),
            }
        }
    }
}

/// Beside which field a refusal belongs.
pub(crate) fn field_of(form: &Form, key: &str) -> &'static str {
    match key {
        "agreement.there_already" => "again",
        "inquiry.no_informant" | "inquiry.kept_home" => "share_cat",
        "task_page.due_past" | "inquiry.due_far" => "due",
        _ if of_article(key) => "article",
        "inquiry.existing_not_enough" => "basis",
        "inquiry.told_by" => "told_by",
        "inquiry.consent_does_not_carry" | "inquiry.basis_gone" => "words",
        key => consent::field_in(form, key).unwrap_or("to"),
    }
}

/// Whether a refusal is about the article that was picked.
pub(crate) fn of_article(key: &str) -> bool {
    matches!(key, "consent.no_such_article" | "inquiry.conference_over") || key.starts_with("law_ground.")
}
