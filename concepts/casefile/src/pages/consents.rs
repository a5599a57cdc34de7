//! 同意と共有: who can see what of this case and why, withdrawing a consent, keeping somebody out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use access::{Action, Categories};
use askama::Template;
use consent::{Consent, ConsentState, GivenBy, Recipient};
use engine::{Channel, Fail, Look, Receipt};
use site::{Answer, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;
use words::id::{AgencyId, CaseId, ConsentId, DeskId, PersonId, UserId};

use crate::acts;
use crate::sql::{self, around};
use crate::views::{self, CaseHead, Loaded};

struct DeskRow {
    name: String,
    since: String,
    why: String,
}

/// Whom a consent names, and since when it holds for them.
struct RecipientRow {
    name: String,
    since: String,
}

struct ConsentRow {
    href: String,
    whose: String,
    given: String,
    recipients: Vec<RecipientRow>,
    categories: Vec<String>,
    purposes: String,
    until: String,
    state: String,
    holds: bool,
}

struct ProvisionRow {
    desk: String,
    article: String,
    categories: Vec<String>,
    since: String,
    records: i64,
}

struct ExclusionRow {
    user: UserId,
    name: String,
    since: String,
    command: words::id::CommandId,
}

#[derive(Template)]
#[template(path = "casefile_consents.html")]
struct ConsentsPage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    desks: Vec<DeskRow>,
    consents: Vec<ConsentRow>,
    provisions: Vec<ProvisionRow>,
    history: Vec<DeskRow>,
    may_withdraw: bool,
    may_exclude: bool,
    exclusions: Vec<ExclusionRow>,
    staff: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "casefile_withdraw.html")]
struct WithdrawPage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    consent: ConsentRow,
    provisions: Vec<ProvisionRow>,
    givers: Vec<(String, String, bool)>,
}

/// What the rows need beside the consents.
struct Names {
    desks: HashMap<DeskId, String>,
    agencies: BTreeMap<AgencyId, String>,
    articles: HashMap<String, String>,
    persons: BTreeMap<PersonId, String>,
}

/// The consents of a case: given in it, and those of the members the viewer knows.
async fn load_consents(look: &mut Look, loaded: &Loaded) -> Result<Vec<Consent>, Fail> {
    let m = look.viewer().municipality;
    let mut consents = consent::of_case(&mut look.conn(), m, loaded.header.id).await?;
    let members = loaded.members.iter().map(|p| p.id);
    for c in consent::of_persons(&mut look.conn(), m, members).await? {
        if c.state != ConsentState::EnteredInError && !consents.iter().any(|known| known.id == c.id) {
            consents.push(c);
        }
    }
    consents.sort_by_key(|c| std::cmp::Reverse((c.given_at, c.id)));
    Ok(consents)
}

async fn names(
    look: &mut Look,
    loaded: &mut Loaded,
    consents: &[Consent],
    mut desks: Vec<DeskId>,
) -> Result<Names, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let mut agencies: Vec<AgencyId> = Vec::new();
    for (recipient, _) in consents.iter().flat_map(|c| &c.recipients) {
        match recipient {
            Recipient::Desk(desk) => desks.push(*desk),
            Recipient::Agency(agency) => agencies.push(*agency),
        }
    }
    let desks = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let agencies = around::agency_names(&mut look.conn(), m, agencies, today).await?;
    let articles = register::legal_bases(&mut look.conn(), m, today).await?;
    let givers: BTreeSet<PersonId> = consents.iter().map(|c| c.person).collect();
    let sealed = household::person::by_ids(&mut look.conn(), &viewer, givers).await?;
    let persons = look.disclose(sealed).await?;
    loaded.reasons.of_all(&persons);
    Ok(Names {
        desks,
        agencies,
        articles: articles.into_iter().map(|a| (a.code, a.name)).collect(),
        persons: persons.iter().map(|p| (p.id, p.called().to_owned())).collect(),
    })
}

fn categories(frame: &Frame, set: Categories) -> Vec<String> {
    set.iter().map(|c| frame.t.code("category", c)).collect()
}

fn consent_row(frame: &Frame, case: CaseId, c: &Consent, names: &Names, today: Day) -> ConsentRow {
    let t = &frame.t;
    let recipients = c
        .recipients
        .iter()
        .map(|(recipient, since)| RecipientRow {
            name: match recipient {
                Recipient::Desk(d) => names.desks.get(d).cloned(),
                Recipient::Agency(a) => names.agencies.get(a).cloned(),
            }
            .unwrap_or_default(),
            since: match since {
                Some(at) => t.f("case_consents.since", "day", frame.day(&at.day())),
                None => t.s("case_consents.not_yet").to_owned(),
            },
        })
        .collect();
    let purposes: Vec<String> = c.purposes.iter().map(|p| t.code("purpose", p)).collect();
    let state = match (c.state, c.until) {
        (ConsentState::Given, Some(until)) if until < today => t.s("case_consents.expired").to_owned(),
        (ConsentState::Withdrawn, _) => {
            let day = c.withdrawn_at.map(|at| frame.day(&at.day())).unwrap_or_default();
            t.f("case_consents.withdrawn_on", "day", day)
        }
        (state, _) => t.code("consent_state", state),
    };
    ConsentRow {
        href: format!("{}/{}/withdraw", link::case_consents(case), c.id),
        whose: names
            .persons
            .get(&c.person)
            .filter(|n| !n.is_empty())
            .cloned()
            .unwrap_or_else(|| t.s("case_consents.someone").to_owned()),
        given: t.fs(
            "case_consents.given",
            &[
                ("day", t.full_day(c.given_at.day())),
                ("by", t.code("given_by", c.given_by)),
                ("form", t.code("consent_form", c.form)),
            ],
        ),
        recipients,
        categories: categories(frame, c.categories),
        purposes: t.join(&purposes),
        until: c.until.map_or_else(|| t.s("case_consents.no_end").to_owned(), |day| t.full_day(day)),
        holds: c.holds_on(today),
        state,
    }
}

fn provision_rows(frame: &Frame, provided: &[around::Provided], names: &Names) -> Vec<ProvisionRow> {
    provided
        .iter()
        .map(|p| ProvisionRow {
            desk: names.desks.get(&p.desk).cloned().unwrap_or_default(),
            article: names.articles.get(&p.article).unwrap_or(&p.article).clone(),
            categories: categories(frame, p.categories),
            since: frame.day(&p.since.day()),
            records: p.records,
        })
        .collect()
}

async fn page(req: &Req, form: Form) -> Result<(ConsentsPage, Receipt), Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let (viewer, m, today) = (ctx.viewer.clone(), ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = views::load(&mut look, id).await?;
    let frame = req.frame();
    let part = around::desk_list(&mut look.conn(), m, id).await?;
    let history = sql::accountable_history(&mut look.conn(), m, id).await?;
    let provided = around::provision_list(&mut look.conn(), m, id).await?;
    let consents = load_consents(&mut look, &loaded).await?;
    let desks: Vec<DeskId> = part
        .iter()
        .map(|p| p.0)
        .chain(history.iter().map(|h| h.0))
        .chain(provided.iter().map(|p| p.desk))
        .collect();
    let names = names(&mut look, &mut loaded, &consents, desks).await?;
    let may = |action| access::may(&viewer, action, &loaded.relation).is_ok();
    let may_exclude = may(Action::Exclude);
    let (exclusions, staff) = if may_exclude {
        exclusions(&mut look, req, &frame, &form, id).await?
    } else {
        (Vec::new(), Vec::new())
    };
    let row = |(desk, since, why): &(DeskId, words::Instant, String)| DeskRow {
        name: names.desks.get(desk).cloned().unwrap_or_default(),
        since: frame.day(&since.day()),
        why: frame.t.code("case_why", why),
    };
    let page = ConsentsPage {
        desks: part.iter().map(row).collect(),
        history: history.iter().map(row).collect(),
        consents: consents.iter().map(|c| consent_row(&frame, id, c, &names, today)).collect(),
        provisions: provision_rows(&frame, &provided, &names),
        may_withdraw: may(Action::RecordWithdrawal),
        may_exclude,
        exclusions,
        staff,
        head: CaseHead::new(&frame, &loaded, &viewer),
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// Who is kept out, and who could be.
async fn exclusions(
    look: &mut Look,
    req: &Req,
    frame: &Frame,
    form: &Form,
    case: CaseId,
) -> Result<(Vec<ExclusionRow>, Vec<(String, String, bool)>), Fail> {
    let (m, now) = (look.viewer().municipality, look.now());
    let out = around::exclusion_list(&mut look.conn(), m, case, now).await?;
    let names = register::user_names(&mut look.conn(), m, out.iter().map(|o| o.0)).await?;
    let staff = around::staff_list(&mut look.conn(), m).await?;
    let rows = out
        .iter()
        .map(|(user, since)| ExclusionRow {
            user: *user,
            name: names.get(user).cloned().unwrap_or_default(),
            since: frame.day(&since.day()),
            command: req.engine().new_id(),
        })
        .collect();
    let staff = staff
        .into_iter()
        .filter(|(id, _)| !out.iter().any(|(o, _)| o == id))
        .map(|(id, name)| (id.to_string(), name, form.chose("user", id)))
        .collect();
    Ok((rows, staff))
}

/// GET /cases/{id}/consents.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, Form::default()).await?;
    Answer::page(page.render(), receipt)
}

/// Before withdrawing, the person can be told who holds what (disclosure rule 5).
async fn withdraw_page(req: &Req, form: Form) -> Result<(WithdrawPage, Receipt), Fail> {
    let (id, wanted): (CaseId, ConsentId) = (req.id("id")?, req.id("consent")?);
    let ctx = req.ctx()?;
    let (viewer, m) = (ctx.viewer.clone(), ctx.viewer.municipality);
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = views::load(&mut look, id).await?;
    access::may(&viewer, Action::RecordWithdrawal, &loaded.relation)?;
    let frame = req.frame();
    let mut consents = load_consents(&mut look, &loaded).await?;
    consents.retain(|c| c.id == wanted);
    let provided = around::provision_list(&mut look.conn(), m, id).await?;
    let desks: Vec<DeskId> = provided.iter().map(|p| p.desk).collect();
    let names = names(&mut look, &mut loaded, &consents, desks).await?;
    let consent = consents.pop().ok_or(Fail::NotVisible)?;
    let page = WithdrawPage {
        consent: consent_row(&frame, id, &consent, &names, ctx.now.day()),
        provisions: provision_rows(&frame, &provided, &names),
        givers: GivenBy::ALL
            .iter()
            .map(|g| (g.to_string(), frame.t.code("given_by", g), form.chose("told_by", g)))
            .collect(),
        head: CaseHead::new(&frame, &loaded, &viewer),
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// GET /cases/{id}/consents/{consent}/withdraw.
pub(crate) async fn confirm(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = withdraw_page(&req, Form::default()).await?;
    Answer::page(page.render(), receipt)
}

/// POST /cases/{id}/consents/{consent}/withdraw.
pub(crate) async fn withdraw(req: Arc<Req>) -> Result<Answer, Fail> {
    let (id, consent): (CaseId, ConsentId) = (req.id("id")?, req.id("consent")?);
    let mut form = req.form();
    let told_by = form.code::<GivenBy>("told_by", Need::Required);
    let Some(told_by) = told_by.filter(|_| !form.has_problems()) else {
        let (page, receipt) = withdraw_page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    };
    let done = acts::withdraw(&req, id, consent, told_by.code()).await?;
    Ok(Answer::to(&link::case_consents(id), "consent_withdrawn", done.receipt()))
}

/// POST /cases/{id}/exclusions.
pub(crate) async fn exclude(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let mut form = req.form();
    let user: Option<UserId> = form.id("user", Need::Required);
    let Some(user) = user.filter(|_| !form.has_problems()) else {
        let (page, receipt) = page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    };
    let done = acts::exclude(&req, id, user).await?;
    // Whoever keeps themselves out does not see the case any more, from now on.
    let own = req.ctx()?.viewer.user == user;
    let to = if own { link::CASES.to_owned() } else { link::case_consents(id) };
    Ok(Answer::to(&to, "case_excluded", done.receipt()))
}

/// POST /cases/{id}/exclusions/end.
pub(crate) async fn include(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let user: UserId = req.body().get("user").and_then(|v| v.parse().ok()).ok_or(Fail::NotVisible)?;
    let done = acts::include(&req, id, user).await?;
    Ok(Answer::to(&link::case_consents(id), "case_included", done.receipt()))
}
