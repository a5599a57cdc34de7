//! The form of what was learnt since about somebody whose card another desk wrote, and what pages say of it.

use std::sync::Arc;

use access::{Categories, Disclosed, Viewer};
use askama::Template;
use engine::{Channel, Fail, Look, Receipt};
use site::{Answer, Choice, Form, Frame, Need, Req, T, link};
use words::Day;
use words::code::Code;
use words::id::PersonId;

use super::happened;
use crate::acts::learnt::{self as acts, NewLearnt};
use crate::entry::MOST_CHARACTERS;
use crate::family::Look as Family;
use crate::learnt::{self, Learnt, LearntKind, Told};
use crate::{HouseholdHeader, Marks, MarksControl, Person, Reasons, marks_from, person, rules, sql};

/// Longest new address, number or name.
const WHAT: usize = 200;

#[derive(Template)]
#[template(path = "household_learnt.html")]
struct LearntPage {
    frame: Frame,
    form: Form,
    title: String,
    action: String,
    person: String,
    /// What was learnt before: its page, and the sentence.
    told: Vec<(String, String)>,
    reasons: Vec<String>,
    kinds: Vec<Choice>,
    marks: MarksControl,
    max: usize,
}

/// What the page of a person or a household says of what was learnt, and which way on there is.
pub(super) struct Ways {
    /// What was learnt: its page, the sentence, and where it could be written on the card, for the desk of the card.
    pub told: Vec<(String, String, Option<String>)>,
    /// Where to write what was learnt; nothing for whoever has no part, or writes on the card.
    pub write: Option<String>,
}

/// Where a desk writes the same on its own card.
fn on_card(card: &Person, kind: LearntKind) -> Option<String> {
    let of = link::person(card.id);
    match kind {
        LearntKind::Died => Some(format!("{of}#write-died")),
        LearntKind::Left => Some(format!("{of}#write-left")),
        LearntKind::Moved => Some(format!("{}#move", link::household(card.household))),
        LearntKind::Contact | LearntKind::Name => Some(format!("{of}#card")),
        LearntKind::Other => None,
    }
}

/// Whether this viewer may add to the record of a household, of which they see this family ([`rules::adds_as`]).
pub(super) async fn may_add(look: &mut Look, began: &HouseholdHeader, family: &Family) -> Result<bool, Fail> {
    let viewer = look.viewer().clone();
    if viewer.reading_desks().contains(&began.desk) {
        return Ok(true);
    }
    let sees = !family.members.is_empty() || !family.former.is_empty();
    let open = sql::open_cases(&mut look.conn(), viewer.municipality, began.id).await?;
    Ok(rules::adds_as(&viewer, began.desk, &open, sees).is_some())
}

/// What the page of a household goes by, of what stands beside the cards.
pub(super) struct Beside {
    /// Whether the viewer may add to it.
    pub may_add: bool,
    /// Whether they write what was learnt about those whose cards others wrote.
    pub learns: bool,
    /// What was learnt.
    pub told: Vec<Told>,
}

impl Beside {
    /// What was learnt that whoever looks at the household has to know first: its page, and the sentence.
    pub fn first(&self, t: &T) -> Vec<(String, String)> {
        self.told.iter().filter(|x| x.of_the_household()).map(|x| (x.href.clone(), x.words(t))).collect()
    }
}

/// The same of a household, as this viewer sees it.
pub(super) async fn beside(
    look: &mut Look,
    began: &HouseholdHeader,
    family: &Family,
) -> Result<Beside, Fail> {
    let viewer = look.viewer().clone();
    let own = viewer.reading_desks();
    let others = family.people().map(|p| p.desk).find(|desk| !own.contains(desk));
    let learns = match others {
        None => false,
        Some(wrote) => {
            let open = sql::open_cases(&mut look.conn(), viewer.municipality, began.id).await?;
            rules::learns_in(&viewer, wrote, &open).is_some()
        }
    };
    Ok(Beside { may_add: may_add(look, began, family).await?, learns, told: family.told.clone() })
}

/// The ways for one person.
pub(super) async fn ways(
    look: &mut Look,
    t: &T,
    card: &Disclosed<Person>,
    told: &[Told],
) -> Result<Ways, Fail> {
    let viewer = look.viewer().clone();
    let own = viewer.reading_desks().contains(&card.desk);
    let line =
        |x: &Told| (x.href.clone(), x.words(t), on_card(card, x.learnt.kind).filter(|_| own && !x.own));
    let told = told.iter().filter(|x| x.person == card.id).map(line).collect();
    if own {
        return Ok(Ways { told, write: None });
    }
    let open = sql::open_cases(&mut look.conn(), viewer.municipality, card.household).await?;
    let write = rules::learns_in(&viewer, card.desk, &open).map(|_| link::person_learnt(card.id));
    Ok(Ways { told, write })
}

/// The person, for whoever writes what was learnt of them; absent for everybody else.
async fn load(look: &mut Look, viewer: &Viewer, id: PersonId) -> Result<Disclosed<Person>, Fail> {
    let sealed = person::by_ids(&mut look.conn(), viewer, [id]).await?;
    let card = look.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)?;
    let open = sql::open_cases(&mut look.conn(), viewer.municipality, card.household).await?;
    rules::learns_in(viewer, card.desk, &open).ok_or(Fail::NotVisible)?;
    Ok(card)
}

async fn page(req: &Req, form: Form) -> Result<(LearntPage, Receipt), Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let card = load(&mut look, &ctx.viewer, req.id("id")?).await?;
    let frame = req.frame();
    let t = &frame.t;
    let mut reasons = Reasons::default();
    reasons.of(&card);
    let told = learnt::since(&mut look, &[&card], &mut reasons).await?.told;
    let title = match card.called() {
        "" => t.s("person_page.title").to_owned(),
        name => t.f("person_page.title_of", "name", name),
    };
    let may = |kind: &&LearntKind| **kind != LearntKind::Left || card.joined.is_some();
    let page = LearntPage {
        title,
        action: link::person_learnt(card.id),
        person: link::person(card.id),
        told: told.iter().map(|x| (x.href.clone(), x.words(t))).collect(),
        reasons: reasons.sentences(t),
        kinds: LearntKind::ALL
            .iter()
            .filter(may)
            .map(|k| Choice::new(&form, "kind", k.code(), t.code("learnt_kind", k)))
            .collect(),
        marks: MarksControl::new(t, &form, "words", &[]),
        max: MOST_CHARACTERS,
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// GET /persons/{id}/learnt.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, Form::default()).await?;
    Answer::page(page.render(), receipt)
}

/// The text as it is kept and found: what happened, then the words.
fn body(t: &T, learnt: &Learnt, words: &str, today: Day) -> String {
    let day = learnt.day.map(|day| t.partial_date(day)).unwrap_or_default();
    let since = if learnt.day.is_some() { t.f("learnt_text.since", "day", &day) } else { String::new() };
    let ahead = if learnt.lies_ahead(today) { "_ahead" } else { "" };
    let to = if learnt.kind == LearntKind::Moved && !learnt.what.is_empty() { "_to" } else { "" };
    let args = [("day", day), ("since", since), ("what", learnt.what.clone())];
    let head = match learnt.kind {
        LearntKind::Other => String::new(),
        kind => t.fs(&format!("learnt_text.{kind}{ahead}{to}"), &args),
    };
    format!("{head}\n{words}").trim().to_owned()
}

/// POST /persons/{id}/learnt.
pub(crate) async fn write(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: PersonId = req.id("id")?;
    let today = req.now().day();
    let mut form = req.form();
    let kind: Option<LearntKind> = form.code("kind", Need::Required);
    // A move alone is known beforehand.
    let day =
        if kind == Some(LearntKind::Moved) { form.partial_date("on") } else { form.past_date("on", today) };
    let what = form.line("what", Need::Optional, WHAT);
    let words = form.paragraph("words", Need::Optional, MOST_CHARACTERS - WHAT * 2);
    let ticked = Categories::from_bits(marks_from(&mut form, "words", &[]).categories);
    if let (Some(kind), false) = (kind, form.has_problems()) {
        let learnt = Learnt { kind, day, what, written: None };
        for (field, key) in learnt::missing(&learnt, &words) {
            form.problem(field, key);
        }
        if !form.has_problems() {
            let body = body(&req.frame().t, &learnt, &words, today);
            let marks = Marks::new(vec![id], learnt::marked(kind, &words, ticked));
            match acts::write(&req, id, &NewLearnt { learnt, body, marks }).await {
                Err(Fail::Refused(refusal)) => match learnt::field_of(refusal.key) {
                    Some(field) => form.problem(field, refusal.key),
                    None => return Err(Fail::Refused(refusal)),
                },
                done => {
                    let keys = match kind.happened() {
                        Some(_) => ("learnt_asked", "learnt_alone"),
                        None => ("learnt", "learnt"),
                    };
                    return Ok(happened(done?, keys, &link::person(id)));
                }
            }
        }
    }
    let (page, receipt) = page(&req, form).await?;
    Answer::again(page.render(), receipt)
}
