//! A guardian whose interests are against the person's is set aside, with reason and article: then what they agreed to for
//! the person does not count, and neither does their no (domain section 4.5).

use std::sync::Arc;

use access::Action;
use askama::Template;
use casefile::CaseHead;
use consent::GivenBy;
use engine::{Channel, Fail, Receipt};
use household::nameable;
use register::Sharing;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{CaseId, CommandId, PersonId, ThingId};

use crate::acts;
use crate::rules::AsideReason;

struct AsideRow {
    id: ThingId,
    person: PersonId,
    command: CommandId,
    whose: String,
    guardian: String,
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

async fn page(req: &Req, form: Form) -> Result<(AsidePage, Receipt), Fail> {
    let case: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let (m, today) = (viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let loaded = casefile::load(&mut look, case).await?;
    access::may(&viewer, Action::SetAside, &loaded.relation)?;
    let frame = req.frame();
    let t = &frame.t;
    let known = nameable(t, &loaded.members);
    let name =
        |id: PersonId| known.iter().find(|(k, _)| *k == id).map(|(_, n)| n.clone()).unwrap_or_default();
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
            guardian: name(s.guardian),
            reason: t.code("aside_reason", &s.reason),
            article: names.at(&s.article, s.at.day()).to_owned(),
            since: frame.day(&s.at.day()),
            consents: given
                .iter()
                .filter(|c| c.person == s.person && c.set_aside_at.is_some())
                .filter(|c| {
                    c.giver == Some(s.guardian) || (c.giver.is_none() && c.given_by == GivenBy::Guardian)
                })
                .count(),
        })
        .collect();
    let people = |field: &str| -> Vec<Choice> {
        known.iter().map(|(id, name)| Choice::new(&form, field, id, name.clone())).collect()
    };
    let page = AsidePage {
        rows,
        persons: people("person"),
        guardians: people("guardian"),
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
    let guardian: Option<PersonId> = form.id("guardian", Need::Required);
    let reason = form.code::<AsideReason>("reason", Need::Required);
    let article = form.line("article", Need::Required, 100);
    if person.is_some() && person == guardian {
        form.problem("guardian", "consent.giver_is_the_person");
    }
    let (Some(person), Some(guardian), Some(reason), false) = (person, guardian, reason, form.has_problems())
    else {
        let (page, receipt) = page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    };
    match acts::set_aside(&req, case, (person, guardian), reason, &article).await {
        Ok(receipt) => Ok(Answer::to(&link::case_set_aside(case), "guardian_set_aside", receipt)),
        Err(Fail::Refused(refusal)) => {
            let field = if refusal.key == "consent.no_such_article" { "article" } else { "guardian" };
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
