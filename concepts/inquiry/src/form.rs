//! The form that asks: what it offers, the ready wording, and how it is read.

use access::{Action, Categories, Category};
use consent::{ConsentBody, Foreseen, Recipient, Terms};
use engine::{Broken, Fail, Look};
use household::{Reasons, nameable, person};
use register::{Articles, Between, Bodies, DeskInfo, LegalBasis, Way};
use site::{Form, Frame, Need, T};
use words::Day;
use words::code::Code;
use words::id::{DeskId, PersonId, ThingId};

use crate::acts::{self, Send};
use crate::ask::{self, Origin};
use crate::law::{self, Sits};
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
    /// The bodies behind the desks.
    bodies: Bodies,
    /// The conferences about this household the viewer sits in.
    sits: Sits,
}

impl Around {
    /// The two bodies, once a desk is chosen.
    fn between(&self, to: &str) -> Option<Between> {
        self.bodies.between(&self.desks, to)
    }

    /// What is wrong with an article for asking this desk.
    fn wrong(&self, article: &str, to: &str) -> Option<&'static str> {
        self.bodies.wrong(&self.desks, (article, to), Way::Ask).or_else(|| law::wrong(article, &self.sits))
    }

    /// The articles to choose from: first those under which the chosen desk can be asked.
    pub fn offered(&self, to: &str, chosen: &str) -> Articles {
        let found = self.bodies.articles(&self.articles, &self.desks, (to, chosen), Way::Ask);
        law::narrowed(found, &self.sits, |_| true)
    }
}

pub(crate) async fn around(look: &mut Look, frame: &Frame, about: ThingId) -> Result<Around, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let origin = ask::origin(&mut look.conn(), &viewer, about).await?;
    let mut reasons = Reasons::default();
    let (mut known, mut sits) = (Vec::new(), Sits::new());
    if let Some(household) = origin.household {
        sits = law::sits(&mut look.conn(), &viewer, household).await?;
        let sealed = person::members(&mut look.conn(), &viewer, household).await?;
        let members = look.disclose(sealed).await?;
        reasons.of_all(&members);
        known = nameable(&frame.t, &members);
    }
    let desks = register::desks(&mut look.conn(), m, today).await?;
    // The seat that will send it, as the policy picks it.
    let right = access::may(&viewer, Action::SendInquiry, &origin.relation).ok();
    let from = right.and_then(|r| r.seat().map(|s| s.desk));
    let bodies = Bodies::load(&mut look.conn(), m, &desks, from).await?;
    Ok(Around {
        origin,
        known,
        desks,
        articles: register::legal_bases_for(&mut look.conn(), m, today, register::Sharing::Inquiry).await?,
        reasons,
        bodies,
        sits,
    })
}

/// What the ready wording says of the ground.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ground<'a> {
    /// The person agreed.
    Consent,
    /// An article under which the other desk can answer.
    Answered(&'a str),
    /// One that lets this desk ask and tell whom it is about; what lets the other answer is another one.
    Told(&'a str),
}

/// The ready wording for a purpose and a ground: sentences of the text files, which a municipality can word anew. An article
/// without a sentence of its own is named.
pub(crate) fn ready(t: &T, articles: &[LegalBasis], purpose: Purpose, ground: Ground<'_>) -> String {
    let why = t.code("inquiry_ready_purpose", purpose);
    let name = |article| articles.iter().find(|a| a.code == article).map_or(article, |a| a.name.as_str());
    let ground = match ground {
        Ground::Consent => t.s("inquiry_ready.consent").to_owned(),
        Ground::Told(article) => t.f("inquiry_ready.told", "article", name(article)),
        Ground::Answered(article) => {
            let own = format!("inquiry_ready_law.{article}");
            let key = if t.sentence(&own).is_some() { own.as_str() } else { "inquiry_ready.law" };
            t.f(key, "article", name(article))
        }
    };
    format!("{why}\n{ground}")
}

/// Whether a text is one of the ready ones: nobody has made it theirs, so another choice may replace it.
fn is_ready(t: &T, articles: &[LegalBasis], text: &str) -> bool {
    let text = plain(text);
    let grounds = articles.iter().flat_map(|a| [Ground::Answered(&a.code), Ground::Told(&a.code)]);
    let grounds: Vec<Ground<'_>> = grounds.chain([Ground::Consent]).collect();
    Purpose::ALL.iter().any(|p| grounds.iter().any(|g| plain(&ready(t, articles, *p, *g)) == text))
}

fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// Puts the ready wording for what is chosen into a form whose wording is empty, or ready for another choice. Whether it did:
/// then it is read over before it leaves. Nothing is put in for an article that does not fit: it would say what is not true.
pub(crate) fn fill_ready(form: &mut Form, t: &T, around: &Around, today: Day) -> bool {
    let Some(purpose) = Purpose::parse(form.value("purpose")) else { return false };
    let (basis, article) = (form.value("basis").to_owned(), form.value("article").to_owned());
    if basis.is_empty() || (basis == "law" && article.is_empty()) {
        return false;
    }
    let to = form.value("to").to_owned();
    let ground = if basis != "law" {
        Ground::Consent
    } else if around.wrong(&article, &to).is_some() {
        return false;
    } else if around.between(&to).is_none_or(|b| register::scope_of(&article).lets_tell(b.to, b.from)) {
        Ground::Answered(&article)
    } else {
        Ground::Told(&article)
    };
    let articles = &around.articles;
    let wanted = ready(t, articles, purpose, ground);
    let typed = form.value("lead").to_owned();
    if plain(&typed) == plain(&wanted) || !(typed.trim().is_empty() || is_ready(t, articles, &typed)) {
        return false;
    }
    let mut pairs: Vec<(String, String)> =
        form.fields().pairs().iter().filter(|(name, _)| name != "lead").cloned().collect();
    pairs.push(("lead".to_owned(), wanted));
    *form = Form::new(site::Fields::from_pairs(pairs)).on(today);
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

/// What stands on the form: the inquiry, where nothing is missing, and the consents it speaks of, which are looked at whatever else is.
pub(crate) struct Read {
    pub send: Option<Send>,
    bodies: Vec<ConsentBody>,
    to: Option<DeskId>,
    categories: Categories,
}

/// What would be refused of its consents, and which are there already.
pub(crate) async fn foresee(look: &mut Look, around: &Around, read: &Read) -> Result<Foreseen, Broken> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let terms = Terms {
        categories: read.categories.with(Category::Basic),
        recipients: read.to.map(Recipient::Desk).into_iter().collect(),
        case: around.origin.case,
        accountable: acts::accountable(&around.origin, &viewer),
        again: false,
    };
    consent::foresee(&mut look.conn(), &viewer, &read.bodies, &terms, today).await
}

/// Reads the form; what is wrong stands beside its fields.
pub(crate) fn read(form: &mut Form, about: ThingId, around: &Around, today: Day) -> Read {
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
    if let Some(Err(refusal)) = due.map(|d| rules::due(d, today)) {
        form.problem("due", refusal.key);
    }
    let categories: Categories = form.codes::<Category>("share_cat").into_iter().collect();
    if !rules::can_be_asked(categories) {
        form.problem("share_cat", "inquiry.no_informant");
    }
    let until = form.coming_day("until", Need::Optional);
    if until.is_some_and(|u| u < today) {
        form.problem("until", "consent.ends_before_it_begins");
    }
    let asked = consent::Asked { persons: &persons, members: &around.known, categories, until };
    let basis = consent::basis_from(form, &asked);
    if basis == Some(consent::Basis::Preview) {
        form.problem("basis", "text.choose");
    }
    if let Some(consent::Basis::Law(article)) = &basis
        && !article.is_empty()
        && let Some(key) = around.wrong(article, &to.map(|d| d.to_string()).unwrap_or_default())
    {
        form.problem("article", key);
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
    let bodies = match &basis {
        Some(consent::Basis::Consent(bodies)) => bodies.clone(),
        _ => Vec::new(),
    };
    let send = || {
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
            again: form.ticked("again"),
            draft: form.value("draft").parse().ok(),
        })
    };
    let send = if form.has_problems() { None } else { send() };
    Read { send, bodies, to, categories }
}
