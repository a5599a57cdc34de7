//! The form that asks: what it offers, the ready wording, and how it is read.

use access::Categories;
use access::Category;
use engine::{Fail, Look};
use household::{Reasons, nameable, person};
use register::{DeskInfo, LegalBasis};
use site::{Form, Frame, Need, T};
use words::Day;
use words::code::Code;
use words::id::{DeskId, PersonId, ThingId};

use crate::acts::Send;
use crate::ask::{self, Origin};
use crate::rules::{self, MOST_QUESTIONS, Purpose};

/// Most characters of the wording, and of the questions.
pub(crate) const LEAD: usize = 1_500;
pub(crate) const QUESTIONS: usize = 2_000;

/// What the form needs to know: of the case as far as disclosed to whoever asks, and of the register today.
pub(crate) struct Around {
    pub origin: Origin,
    pub known: Vec<(PersonId, String)>,
    pub desks: Vec<DeskInfo>,
    pub articles: Vec<LegalBasis>,
    pub reasons: Reasons,
}

pub(crate) async fn around(look: &mut Look, frame: &Frame, about: ThingId) -> Result<Around, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let origin = ask::origin(&mut look.conn(), &viewer, about).await?;
    let mut reasons = Reasons::default();
    let mut known = Vec::new();
    if let Some(household) = origin.household {
        let sealed = person::members(&mut look.conn(), &viewer, household).await?;
        let members = look.disclose(sealed).await?;
        reasons.of_all(&members);
        known = nameable(&frame.t, &members);
    }
    Ok(Around {
        origin,
        known,
        desks: register::desks(&mut look.conn(), m, today).await?,
        articles: register::legal_bases_for(&mut look.conn(), m, today, register::Sharing::Inquiry).await?,
        reasons,
    })
}

/// The ready wording for a purpose and a basis: sentences of the text files, which a municipality can word anew. An article
/// without a sentence of its own is named.
pub(crate) fn ready(t: &T, articles: &[LegalBasis], purpose: Purpose, basis: &str, article: &str) -> String {
    let why = t.code("inquiry_ready_purpose", purpose);
    let ground = match basis {
        "law" => {
            let name = articles.iter().find(|a| a.code == article).map_or(article, |a| a.name.as_str());
            let own = format!("inquiry_ready_law.{article}");
            let key = if t.sentence(&own).is_some() { own.as_str() } else { "inquiry_ready.law" };
            t.f(key, "article", name)
        }
        _ => t.s("inquiry_ready.consent").to_owned(),
    };
    format!("{why}\n{ground}")
}

/// Whether a text is one of the ready ones: nobody has made it theirs, so another choice may replace it.
fn is_ready(t: &T, articles: &[LegalBasis], text: &str) -> bool {
    let text = plain(text);
    Purpose::ALL.iter().any(|p| {
        articles.iter().any(|a| plain(&ready(t, articles, *p, "law", &a.code)) == text)
            || plain(&ready(t, articles, *p, "consent", "")) == text
    })
}

fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// Puts the ready wording for what is chosen into a form whose wording is empty, or ready for another choice. Whether it did:
/// then it is read over before it leaves.
pub(crate) fn fill_ready(form: &mut Form, t: &T, articles: &[LegalBasis]) -> bool {
    let Some(purpose) = Purpose::parse(form.value("purpose")) else { return false };
    let (basis, article) = (form.value("basis").to_owned(), form.value("article").to_owned());
    if basis.is_empty() || (basis == "law" && article.is_empty()) {
        return false;
    }
    let wanted = ready(t, articles, purpose, &basis, &article);
    let typed = form.value("lead").to_owned();
    if plain(&typed) == plain(&wanted) || !(typed.trim().is_empty() || is_ready(t, articles, &typed)) {
        return false;
    }
    let mut pairs: Vec<(String, String)> =
        form.fields().pairs().iter().filter(|(name, _)| name != "lead").cloned().collect();
    pairs.push(("lead".to_owned(), wanted));
    *form = Form::new(site::Fields::from_pairs(pairs));
    form.problem("lead", "inquiry.read_over");
    true
}

/// A form shown first: about whom the case was opened for, with the questions still to be written.
pub(crate) fn first(around: &Around, to: &str) -> Form {
    let mut pairs = vec![("to", to.to_owned()), ("purpose", Purpose::CurrentSupport.code().to_owned())];
    pairs.extend(around.known.first().map(|(id, _)| ("person", id.to_string())));
    pairs.push(("share_cat", Category::Basic.code().to_owned()));
    Form::filled(pairs)
}

/// Reads the form; what is wrong stands beside its fields.
pub(crate) fn read(form: &mut Form, about: ThingId, around: &Around, today: Day) -> Option<Send> {
    // Only what the register offers today: of this municipality, and not ended.
    let desks: Vec<DeskId> = around.desks.iter().map(|d| d.id).collect();
    let to = form.id_among("to", Need::Required, &desks);
    let mut persons: Vec<PersonId> = form.ids("person");
    persons.retain(|p| around.known.iter().any(|(k, _)| k == p));
    persons.sort_unstable();
    persons.dedup();
    if persons.is_empty() {
        form.problem("person", "inquiry.about_whom");
    }
    let purpose = form.code::<Purpose>("purpose", Need::Required);
    let due = form.coming_day("due", Need::Optional);
    if due.is_some_and(|d| d < today) {
        form.problem("due", "task_page.due_past");
    }
    let categories: Categories = form.codes::<Category>("share_cat").into_iter().collect();
    let until = form.coming_day("until", Need::Optional);
    if until.is_some_and(|u| u < today) {
        form.problem("until", "consent.ends_before_it_begins");
    }
    let basis = consent::basis_from(form, &persons, categories, until);
    if basis == Some(consent::Basis::Preview) {
        form.problem("basis", "text.choose");
    }
    // Left empty it is filled in with what purpose and basis say; without those, they are asked for first.
    let lead = form.paragraph("lead", Need::Optional, LEAD);
    let typed = form.paragraph("questions", Need::Required, QUESTIONS);
    let questions = rules::questions(&typed);
    if questions.is_empty() && !typed.is_empty() {
        form.problem("questions", "inquiry.no_question");
    }
    if questions.len() > MOST_QUESTIONS {
        form.problem("questions", "inquiry.too_many");
    }
    if form.has_problems() {
        return None;
    }
    Some(Send {
        about,
        to: to?,
        persons,
        purpose: purpose?,
        urgent: form.ticked("urgent"),
        due,
        lead,
        questions,
        basis: basis?,
        categories: categories.bits(),
        draft: form.id("draft", Need::Optional),
    })
}
