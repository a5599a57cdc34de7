//! The form that sends a referral.

use std::sync::Arc;

use access::{Categories, Category};
use askama::Template;
use engine::{Begun, Channel, Fail, Look, Receipt};
use household::{MarksControl, Reasons, entry, marks_from, nameable, person};
use register::Matter;
use site::{Answer, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;
use words::id::{CaseId, DeskId, EntryId, PersonId};
use words::partial::AgeBand;

use crate::acts::{self, Basis, ConsentBody, Send};
use crate::rules::{self, Kind, SUMMARY_PARTS};
use crate::view::articles;

/// Most characters of one part of a summary.
const PART: usize = 2_000;
/// Texts of the case offered to go along.
const TEXTS: i64 = 40;

/// A choice.
struct Choice {
    value: String,
    word: String,
    on: bool,
    help: String,
}

#[derive(Template)]
#[template(path = "referral_form.html")]
struct FormPage {
    frame: Frame,
    form: Form,
    id: CaseId,
    number: String,
    draft: String,
    kinds: Vec<Choice>,
    desks: Vec<(String, Vec<Choice>)>,
    copies: Vec<Choice>,
    persons: Vec<Choice>,
    consenting: Vec<Choice>,
    matters: Vec<Choice>,
    urgencies: Vec<Choice>,
    areas: Vec<Choice>,
    bands: Vec<Choice>,
    marks: MarksControl,
    categories: Vec<Choice>,
    articles: Vec<(String, String)>,
    texts: Vec<Choice>,
    reasons: Vec<String>,
}

/// What the form needs to know of the case, as far as disclosed to the sender.
struct Around {
    number: String,
    known: Vec<(PersonId, String)>,
    births: Vec<(PersonId, Option<words::partial::PartialDate>)>,
    texts: Vec<(EntryId, String)>,
    reasons: Reasons,
}

async fn around(look: &mut Look, frame: &Frame, id: CaseId) -> Result<Around, Fail> {
    let viewer = look.viewer().clone();
    let (case, _) = casefile::relation(&mut look.conn(), &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let mut reasons = Reasons::default();
    let sealed = person::members(&mut look.conn(), &viewer, case.household).await?;
    let members = look.disclose(sealed).await?;
    reasons.of_all(&members);
    let sealed = entry::of_case(&mut look.conn(), &viewer, id, None, TEXTS).await?;
    let own = viewer.reading_desks();
    let texts = look
        .disclose(sealed)
        .await?
        .iter()
        .filter(|e| own.contains(&e.desk) && e.state == household::EntryState::Valid)
        .map(|e| {
            let start: String = e.body.chars().take(60).collect();
            let field = frame.t.code("entry_field", e.field.code());
            (e.id, format!("{} {field}: {start}", frame.day(&e.occurred_at.day())))
        })
        .collect();
    Ok(Around {
        number: case.number_text(),
        known: nameable(&frame.t, &members),
        births: members.iter().map(|p| (p.id, p.known.birth)).collect(),
        texts,
        reasons,
    })
}

/// GET /cases/{id}/refer
pub async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let kind = req.query().get("kind").unwrap_or("join").to_owned();
    let to = req.query().get("to").unwrap_or_default().to_owned();
    let form = Form::filled(vec![("kind", kind), ("to", to), ("urgency", "normal".to_owned())]);
    render(&req, form).await
}

async fn render(req: &Req, mut form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let id: CaseId = req.id("id")?;
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::Write).await?;
    let around = around(&mut look, &frame, id).await?;
    let desks = register::desks(&mut look.conn(), m, ctx.now.day()).await?;
    let own: Vec<DeskId> = ctx.viewer.desks();
    let areas = register::areas(&mut look.conn(), m, "").await?;
    let bases = register::legal_bases(&mut look.conn(), m, ctx.now.day()).await?;
    prefill(&mut form, &around);
    let choice = |field: &str, value: String, word: String, help: String| Choice {
        on: form.chose(field, &value),
        value,
        word,
        help,
    };
    let codes = |field: &str, list: &str, codes: &[&str]| -> Vec<Choice> {
        codes.iter().map(|c| choice(field, (*c).to_owned(), t.code(list, c), String::new())).collect()
    };
    let mut groups: Vec<(String, Vec<Choice>)> = Vec::new();
    for desk in desks.iter().filter(|d| !own.contains(&d.id)) {
        let group = t.code("field", &desk.field);
        let word = if desk.has_login {
            desk.name.clone()
        } else {
            t.f("referral.desk_no_login", "desk", &desk.name)
        };
        let row = choice("to", desk.id.to_string(), word, String::new());
        match groups.iter_mut().find(|(g, _)| *g == group) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((group, vec![row])),
        }
    }
    let people = |field: &str| -> Vec<Choice> {
        around.known.iter().map(|(p, n)| choice(field, p.to_string(), n.clone(), String::new())).collect()
    };
    let matters: Vec<&str> = Matter::ALL.iter().map(|x| x.code()).collect();
    let cats: Vec<&str> = Category::ALL.iter().map(|c| c.code()).collect();
    let kinds = Kind::ALL
        .iter()
        .map(|k| {
            choice("kind", k.code().to_owned(), t.code("referral_kind", k), t.code("referral_kind_help", k))
        })
        .collect();
    let bands: Vec<&str> = AgeBand::ALL.iter().map(|b| b.as_str()).collect();
    let wrong = form.has_problems();
    let page = FormPage {
        id,
        number: around.number.clone(),
        draft: match form.value("draft") {
            "" => ctx.engine.new_id::<words::id::kind::Draft>().to_string(),
            typed => typed.to_owned(),
        },
        kinds,
        copies: desks
            .iter()
            .filter(|d| d.has_login)
            .map(|d| choice("copy", d.id.to_string(), d.name.clone(), String::new()))
            .collect(),
        desks: groups,
        persons: people("person"),
        consenting: people("consenting"),
        matters: codes("need", "matter", &matters),
        urgencies: codes("urgency", "urgency", &["normal", "soon", "urgent"]),
        areas: areas
            .iter()
            .map(|a| choice("area", a.id.to_string(), a.name.clone(), String::new()))
            .collect(),
        bands: codes("age_band", "age_band", &bands),
        marks: MarksControl::new(&t, &form, "summary", &around.known),
        categories: codes("share_cat", "category", &cats),
        articles: articles(&t, bases),
        texts: around
            .texts
            .iter()
            .map(|(e, word)| choice("texts", e.to_string(), word.clone(), String::new()))
            .collect(),
        reasons: around.reasons.sentences(&t),
        frame,
        form: form.clone(),
    };
    let html = page.render();
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /cases/{id}/refer
pub async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let case: CaseId = req.id("id")?;
    let mut look = ctx.look(Channel::Write).await?;
    let around = around(&mut look, &frame, case).await?;
    look.close().await?;
    let mut form = req.form();
    let Some(send) = read(&mut form, &frame, case, &around, ctx.now.day()) else {
        return render(&req, form).await;
    };
    match ctx.act(&req.envelope(), "referral.send", &send).await? {
        Begun::Before(to) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&format!("/referrals/{to}"), "referral_sent", receipt))
        }
        Begun::New(mut act) => {
            let id = act.new_id();
            match acts::send(&mut act, id, &send).await {
                Ok(()) => {
                    let receipt = act.commit(&id.to_string()).await?;
                    Ok(Answer::to(&link::referral(id), "referral_sent", receipt))
                }
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    form.problem(field_of(refusal.key), refusal.key);
                    render(&req, form).await
                }
                Err(other) => Err(other),
            }
        }
    }
}

/// Beside which field a refusal belongs.
fn field_of(key: &str) -> &'static str {
    match key {
        "consent.no_giver_name" => "given_by_name",
        "consent.no_category" => "share_cat",
        "consent.ends_before_it_begins" => "until",
        "referral.only_accountable" => "kind",
        _ => "to",
    }
}

fn read(form: &mut Form, frame: &Frame, case: CaseId, around: &Around, today: Day) -> Option<Send> {
    let kind = form.code::<Kind>("kind", Need::Required);
    let to: Option<DeskId> = form.id("to", Need::Required);
    let copy: Option<DeskId> = form.id("copy", Need::Optional);
    let person: Option<PersonId> = form.id("person", Need::Required);
    let need = form.code::<Matter>("need", Need::Required);
    let urgency = form.line("urgency", Need::Required, 20);
    if !["normal", "soon", "urgent"].contains(&urgency.as_str()) {
        form.problem("urgency", "text.choose");
    }
    let area = form.id("area", Need::Optional);
    let parts: Vec<(String, String)> = SUMMARY_PARTS
        .iter()
        .map(|part| {
            // Trouble and wish must be said: passing on without them is what receivers complain of.
            let needed = if matches!(*part, "trouble" | "wish") { Need::Required } else { Need::Optional };
            (frame.t.code("referral_part", part), form.paragraph(part, needed, PART))
        })
        .collect();
    let marks = marks_from(form, "summary", &around.known);
    let categories: Categories = form.codes::<Category>("share_cat").into_iter().collect();
    let until = form.day("until", Need::Optional);
    if until.is_some_and(|u| u < today) {
        form.problem("until", "consent.ends_before_it_begins");
    }
    let known = |ids: Vec<PersonId>| -> Vec<PersonId> {
        ids.into_iter().filter(|p| around.known.iter().any(|(k, _)| k == p)).collect()
    };
    let consenting = known(form.ids("consenting"));
    // A summary without ticked categories carries those that go along; without ticked persons it is about the
    // whole household, and then everybody must have consented.
    let marks = if marks.categories == 0 { household::Marks::new(marks.persons, categories) } else { marks };
    let basis = basis(form, &consenting, categories, until);
    if form.value("basis") == "consent" && !consenting.is_empty() {
        let about: Vec<PersonId> = if marks.persons.is_empty() {
            around.known.iter().map(|(p, _)| *p).collect()
        } else {
            marks.persons.clone()
        };
        if !marks.categories().within(categories) || !about.iter().all(|p| consenting.contains(p)) {
            form.problem("trouble", "referral.summary_beyond");
        }
    }
    let texts: Vec<EntryId> =
        form.ids("texts").into_iter().filter(|e| around.texts.iter().any(|(k, _)| k == e)).collect();
    if person.is_some_and(|p| !around.known.iter().any(|(k, _)| *k == p)) {
        form.problem("person", "text.choose");
    }
    if form.has_problems() {
        return None;
    }
    let person = person?;
    let band = AgeBand::ALL
        .iter()
        .map(|b| b.as_str())
        .find(|b| *b == form.value("age_band"))
        .unwrap_or_default()
        .to_owned();
    let birth = around.births.iter().find(|(p, _)| *p == person).and_then(|(_, b)| *b);
    Some(Send {
        case,
        request: None,
        kind: kind?,
        to: to?,
        copy,
        person,
        need: need?.code().to_owned(),
        urgency,
        area,
        age_band: if band.is_empty() {
            birth.map(|b| b.age_band(today).as_str().to_owned()).unwrap_or_default()
        } else {
            band
        },
        summary: rules::summary(&parts),
        marks,
        basis: basis?,
        categories: categories.bits(),
        persons: if consenting.is_empty() { vec![person] } else { consenting },
        texts,
        both_ways: form.ticked("both_ways"),
        draft: form.id("draft", Need::Optional),
    })
}

/// On what identity and texts go along, as the form says it.
fn basis(
    form: &mut Form,
    consenting: &[PersonId],
    categories: Categories,
    until: Option<Day>,
) -> Option<Basis> {
    let given_by = form.line("given_by", Need::Optional, 20);
    let given_form = form.line("form", Need::Optional, 20);
    let given_by_name = form.line("given_by_name", Need::Optional, 100);
    let article = form.line("article", Need::Optional, 100);
    match form.value("basis") {
        "consent" => {
            if consenting.is_empty() {
                form.problem("consenting", "referral.who_consented");
            }
            if consent::GivenBy::parse(&given_by).is_none() {
                form.problem("given_by", "text.choose");
            }
            if consent::ConsentForm::parse(&given_form).is_none() {
                form.problem("form", "text.choose");
            }
            if categories.is_empty() {
                form.problem("share_cat", "consent.no_category");
            }
            Some(Basis::Consent(
                consenting
                    .iter()
                    .map(|p| ConsentBody {
                        person: *p,
                        given_by: given_by.clone(),
                        given_by_name: given_by_name.clone(),
                        form: given_form.clone(),
                        until,
                    })
                    .collect(),
            ))
        }
        "law" => {
            if article.is_empty() {
                form.problem("article", "feedback.choose_article");
            }
            if categories.is_empty() {
                form.problem("share_cat", "consent.no_category");
            }
            Some(Basis::Law(article))
        }
        "existing" => Some(Basis::Existing),
        "preview" => Some(Basis::Preview),
        _ => {
            form.problem("basis", "text.choose");
            None
        }
    }
}

/// A form shown first is about the person first recorded, and so are its texts.
fn prefill(form: &mut Form, around: &Around) {
    let Some((first, _)) = around.known.first() else { return };
    if form.has_problems() || !form.value("person").is_empty() {
        return;
    }
    let mut pairs = form.fields().pairs().to_vec();
    for name in ["person"] {
        if form.value(name).is_empty() {
            pairs.push((name.to_owned(), first.to_string()));
        }
    }
    *form = Form::filled(pairs.iter().map(|(n, v)| (n.as_str(), v.clone())).collect());
}
