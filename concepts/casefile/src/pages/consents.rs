//! 同意と共有: who can see what of this case and why, withdrawing a consent, keeping somebody out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use access::{Action, Categories, Viewer};
use askama::Template;
use consent::{Consent, ConsentForm, ConsentState, GivenBy, Recipient};
use engine::{Channel, Fail, Look, Receipt};
use site::{Answer, Form, Frame, Need, Req, link};
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
    may_withdraw: bool,
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
    ways: Vec<(String, String, bool)>,
}

/// What the rows need beside the consents.
struct Names {
    desks: HashMap<DeskId, String>,
    agencies: BTreeMap<AgencyId, String>,
    articles: HashMap<String, String>,
    persons: BTreeMap<PersonId, String>,
}

/// The consents of a case that are for this viewer to see: given in it, or by a member the viewer knows.
///
/// A part in the case is not enough: each desk sees what it recorded and what names it; the accountable desk also
/// what was given in the case. Of the recipients a desk that is only named sees itself, and not who else was told.
async fn load_consents(look: &mut Look, loaded: &Loaded) -> Result<Vec<Consent>, Fail> {
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let mut consents = consent::of_case(&mut look.conn(), m, loaded.header.id).await?;
    let members = loaded.members.iter().map(|p| p.id);
    for c in consent::of_persons(&mut look.conn(), m, members).await? {
        if !consents.iter().any(|known| known.id == c.id) {
            consents.push(c);
        }
    }
    let accountable = is_accountable(&viewer, loaded);
    let accountable_for = |c: &Consent| accountable && c.case == Some(loaded.header.id);
    consents.retain(|c| c.shown_to(&viewer, accountable_for(c)));
    for c in consents.iter_mut().filter(|c| !c.recorded_by(&viewer)) {
        if !accountable_for(c) {
            c.recipients.retain(|r| Consent::names(&viewer, r));
        }
    }
    consents.sort_by_key(|c| std::cmp::Reverse((c.given_at, c.id)));
    Ok(consents)
}

fn is_accountable(viewer: &Viewer, loaded: &Loaded) -> bool {
    loaded.header.accountable.is_some_and(|desk| viewer.reading_desks().contains(&desk))
}

/// What was handed over under an article, as far as the viewer's desk gave it, received it, or is accountable.
async fn load_provisions(look: &mut Look, loaded: &Loaded) -> Result<Vec<around::Provided>, Fail> {
    let viewer = look.viewer().clone();
    let own = viewer.reading_desks();
    let accountable = is_accountable(&viewer, loaded);
    let mut provided =
        around::provision_list(&mut look.conn(), viewer.municipality, loaded.header.id).await?;
    provided.retain(|p| accountable || own.contains(&p.desk) || own.contains(&p.from));
    Ok(provided)
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

fn consent_row(frame: &Frame, loaded: &Loaded, c: &Consent, names: &Names, viewer: &Viewer) -> ConsentRow {
    let (t, today, case) = (&frame.t, frame.now.day(), loaded.header.id);
    let relation = acts::withdrawal_relation(&loaded.relation, c);
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
        may_withdraw: access::may(viewer, Action::RecordWithdrawal, &relation).is_ok(),
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
    let (viewer, m) = (ctx.viewer.clone(), ctx.viewer.municipality);
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = views::load(&mut look, id).await?;
    let frame = req.frame();
    let part = around::desk_list(&mut look.conn(), m, id).await?;
    let history = sql::accountable_history(&mut look.conn(), m, id).await?;
    let provided = load_provisions(&mut look, &loaded).await?;
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
        consents: consents.iter().map(|c| consent_row(&frame, &loaded, c, &names, &viewer)).collect(),
        provisions: provision_rows(&frame, &provided, &names),
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
    let viewer = ctx.viewer.clone();
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = views::load(&mut look, id).await?;
    let frame = req.frame();
    let mut consents = load_consents(&mut look, &loaded).await?;
    consents.retain(|c| c.id == wanted);
    let provided = load_provisions(&mut look, &loaded).await?;
    let desks: Vec<DeskId> = provided.iter().map(|p| p.desk).collect();
    let names = names(&mut look, &mut loaded, &consents, desks).await?;
    let consent = consents.pop().ok_or(Fail::NotVisible)?;
    access::may(&viewer, Action::RecordWithdrawal, &acts::withdrawal_relation(&loaded.relation, &consent))?;
    let page = WithdrawPage {
        consent: consent_row(&frame, &loaded, &consent, &names, &viewer),
        provisions: provision_rows(&frame, &provided, &names),
        givers: GivenBy::ALL
            .iter()
            .map(|g| (g.to_string(), frame.t.code("given_by", g), form.chose("told_by", g)))
            .collect(),
        ways: ConsentForm::ALL
            .iter()
            .map(|w| (w.to_string(), frame.t.code("consent_form", w), form.chose("way", w)))
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
    let way = form.code::<ConsentForm>("way", Need::Required);
    let (Some(told_by), Some(way)) = (told_by, way) else {
        let (page, receipt) = withdraw_page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    };
    let done = acts::withdraw(&req, id, consent, told_by, way).await?;
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
