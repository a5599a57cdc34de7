//! A guardian whose interests are against the person's is set aside, with reason and article: then what they agreed to for
//! the person does not count, and neither does their no (domain section 4.5).

use std::sync::Arc;

use access::{Action, Viewer};
use askama::Template;
use casefile::{CaseHead, Loaded};
use consent::{GivenBy, Guardian, SetAside};
use engine::{Broken, Channel, Fail, Look, Receipt};
use household::{nameable, person};
use register::Sharing;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{CaseId, CommandId, PersonId, ThingId};
use words::name::{PersonName, name_key};

use crate::acts;
use crate::rules::AsideReason;

struct AsideRow {
    id: ThingId,
    person: PersonId,
    command: CommandId,
    whose: String,
    guardian: String,
    /// From outside the record, known by name: nobody picked them off the list.
    outside: bool,
    reason: String,
    article: String,
    since: String,
    /// Consents that do not count because of it.
    consents: usize,
}

#[derive(Template)]
#[template(path = "agreement_aside.html")]
struct AsidePage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    rows: Vec<AsideRow>,
    persons: Vec<Choice>,
    guardians: Vec<Choice>,
    reasons: Vec<Choice>,
    articles: Vec<Choice>,
}

/// What somebody from outside the record is called: only for the desk that wrote it down. Others learn that there is somebody.
fn outside(t: &site::T, aside: &SetAside, viewer: &Viewer) -> String {
    if viewer.seats.iter().any(|seat| seat.holds(aside.desk)) {
        aside.name.written.clone()
    } else {
        t.s("aside.outside").to_owned()
    }
}

/// Whoever stands in the record of the household, as disclosed: its members, those who left it, and those who never were of it. A parent who
/// moved out may have agreed while they were there.
async fn of_record(
    look: &mut Look,
    t: &site::T,
    loaded: &mut Loaded,
) -> Result<Vec<(PersonId, String)>, Broken> {
    let (viewer, household) = (look.viewer().clone(), loaded.header.household);
    let mut known = nameable(t, &loaded.members);
    let mut others = person::former_members(&mut look.conn(), &viewer, household).await?;
    others.extend(person::kin(&mut look.conn(), &viewer, household).await?);
    let others = look.disclose(others).await?;
    loaded.reasons.of_all(&others);
    known.extend(nameable(t, &others));
    Ok(known)
}

/// Who is set aside: picked out of the household, or typed by name. Whoever is typed by the name of one of them is that one.
async fn guardian_typed(req: &Req, form: &mut Form) -> Result<Option<Guardian>, Fail> {
    let picked: Option<PersonId> = form.id("guardian", Need::Optional);
    let typed = form.line("guardian_name", Need::Optional, 100);
    let reading = form.line("guardian_reading", Need::Optional, 100);
    match (picked, typed.is_empty()) {
        (Some(picked), true) => Ok(Some(Guardian::Recorded(picked))),
        (Some(_), false) => {
            form.problem("guardian_name", "aside.one_of");
            Ok(None)
        }
        (None, true) => {
            form.problem("guardian", "aside.which");
            Ok(None)
        }
        // Dots alone: nothing is left to compare.
        (None, false) if name_key(&typed).is_empty() => {
            form.problem("guardian_name", "aside.which");
            Ok(None)
        }
        (None, false) => {
            let mut look = req.ctx()?.look(Channel::Page).await?;
            let mut loaded = casefile::load(&mut look, req.id("id")?).await?;
            let known = of_record(&mut look, &req.frame().t, &mut loaded).await?;
            look.close().await?;
            let recorded = consent::recorded_as(&typed, &known);
            let named = || Guardian::Named(PersonName::new(typed, Some(reading)));
            Ok(Some(recorded.map_or_else(named, Guardian::Recorded)))
        }
    }
}

async fn page(req: &Req, form: Form) -> Result<(AsidePage, Receipt), Fail> {
    let case: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let (m, today) = (viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = casefile::load(&mut look, case).await?;
    if let Err(denied) = access::may(&viewer, Action::SetAside, &loaded.relation) {
        return Err(casefile::for_leads(&mut look, &req.frame().t, &loaded, denied).await?);
    }
    let frame = req.frame();
    let t = &frame.t;
    let known = nameable(t, &loaded.members);
    let recorded = of_record(&mut look, t, &mut loaded).await?;
    let name =
        |id: PersonId| recorded.iter().find(|(k, _)| *k == id).map(|(_, n)| n.clone()).unwrap_or_default();
    let ids: Vec<PersonId> = known.iter().map(|(id, _)| *id).collect();
    let aside = consent::set_asides(&mut look.conn(), m, ids.iter().copied()).await?;
    let given = consent::of_persons(&mut look.conn(), m, ids.iter().copied()).await?;
    let names = register::ArticleNames::load(&mut look.conn(), m).await?;
    let bases = register::legal_bases_for(&mut look.conn(), m, today, Sharing::SetAside).await?;
    let rows = aside
        .iter()
        .map(|s| AsideRow {
            id: s.id,
            person: s.person,
            command: req.engine().new_id(),
            whose: name(s.person),
            outside: s.guardian.is_none(),
            guardian: s.guardian.map_or_else(|| outside(t, s, &viewer), name),
            reason: t.code("aside_reason", &s.reason),
            article: names.at(&s.article, s.at.day()).to_owned(),
            since: frame.day(&s.at.day()),
            consents: given
                .iter()
                .filter(|c| c.person == s.person && c.set_aside_at.is_some())
                .filter(|c| {
                    (c.giver.is_some() && c.giver == s.guardian)
                        || (c.giver.is_none() && c.given_by == GivenBy::Guardian)
                })
                .count(),
        })
        .collect();
    let people = |field: &str, of: &[(PersonId, String)]| -> Vec<Choice> {
        of.iter().map(|(id, name)| Choice::new(&form, field, id, name.clone())).collect()
    };
    let page = AsidePage {
        rows,
        persons: people("person", &known),
        guardians: people("guardian", &recorded),
        reasons: AsideReason::ALL
            .iter()
            .map(|r| Choice::new(&form, "reason", r.code(), t.code("aside_reason", r)))
            .collect(),
        articles: register::articles(bases)
            .into_iter()
            .map(|(code, name)| Choice::new(&form, "article", code, name))
            .collect(),
        head: CaseHead::new(&frame, &loaded, &viewer),
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// GET /cases/{id}/set-aside.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, Form::default()).await?;
    Answer::page(page.render(), receipt)
}

/// POST /cases/{id}/set-aside.
pub(crate) async fn set(req: Arc<Req>) -> Result<Answer, Fail> {
    let case: CaseId = req.id("id")?;
    let mut form = req.form();
    let person: Option<PersonId> = form.id("person", Need::Required);
    let guardian = guardian_typed(&req, &mut form).await?;
    let reason = form.code::<AsideReason>("reason", Need::Required);
    let article = form.line("article", Need::Required, 100);
    // What is wrong with somebody stands where they were named.
    let named = if form.value("guardian").is_empty() { "guardian_name" } else { "guardian" };
    if person.is_some_and(|person| guardian == Some(Guardian::Recorded(person))) {
        form.problem(named, "consent.giver_is_the_person");
    }
    let (Some(person), Some(guardian), Some(reason), false) = (person, guardian, reason, form.has_problems())
    else {
        let (page, receipt) = page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    };
    match acts::set_aside(&req, case, (person, &guardian), reason, &article).await {
        Ok(receipt) => Ok(Answer::to(&link::case_set_aside(case), "guardian_set_aside", receipt)),
        Err(Fail::Refused(refusal)) => {
            let field = if refusal.key == "consent.no_such_article" { "article" } else { named };
            form.problem_with(field, refusal.key, refusal.args);
            let (page, receipt) = page(&req, form).await?;
            Answer::again(page.render(), receipt)
        }
        Err(other) => Err(other),
    }
}

/// POST /cases/{id}/set-aside/end.
pub(crate) async fn end(req: Arc<Req>) -> Result<Answer, Fail> {
    let case: CaseId = req.id("id")?;
    let field = |name: &str| req.body().get(name).unwrap_or_default().to_owned();
    let id: ThingId = field("aside").parse().map_err(|_| Fail::NotVisible)?;
    let person: PersonId = field("person").parse().map_err(|_| Fail::NotVisible)?;
    let receipt = acts::end_set_aside(&req, case, id, person).await?;
    Ok(Answer::to(&link::case_set_aside(case), "guardian_again", receipt))
}
