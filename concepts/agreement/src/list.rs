//! 同意と共有: who can see what of this case and why, what was asked for, keeping somebody out.

use std::sync::Arc;

use access::Action;
use askama::Template;
use casefile::CaseHead;
use consent::{Request, RequestState, SetAside};
use engine::{Channel, Fail, Look, Receipt};
use site::{Answer, Form, Frame, Need, Req, link};
use words::id::{CaseId, DeskId, UserId};

use crate::terms::{self, ConsentRow, ProvisionRow};

struct DeskRow {
    name: String,
    since: String,
    why: String,
}

/// Something asked for that nobody has answered, or a no.
struct RequestRow {
    href: String,
    whose: String,
    state: String,
    open: bool,
    day: String,
    desk: String,
}

struct ExclusionRow {
    user: UserId,
    name: String,
    since: String,
    command: words::id::CommandId,
}

#[derive(Template)]
#[template(path = "agreement_list.html")]
struct ConsentsPage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    desks: Vec<DeskRow>,
    consents: Vec<ConsentRow>,
    requests: Vec<RequestRow>,
    may_record: bool,
    /// Whether somebody whose consent is listed has died: each is to be looked at again (domain section 4.2).
    any_dead: bool,
    may_set_aside: bool,
    aside: usize,
    provisions: Vec<ProvisionRow>,
    history: Vec<DeskRow>,
    may_exclude: bool,
    exclusions: Vec<ExclusionRow>,
    staff: Vec<(String, String, bool)>,
}

async fn page(req: &Req, form: Form) -> Result<(ConsentsPage, Receipt), Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let (viewer, m) = (ctx.viewer.clone(), ctx.viewer.municipality);
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = casefile::load(&mut look, id).await?;
    let frame = req.frame();
    let part = casefile::desk_list(&mut look.conn(), m, id).await?;
    let history = casefile::accountable_history(&mut look.conn(), m, id).await?;
    let provided = terms::load_provisions(&mut look, &loaded).await?;
    let consents = terms::load_with_struck(&mut look, &loaded).await?;
    let asked = consent::requests(&mut look.conn(), m, [id]).await?;
    let members = loaded.members.iter().map(|p| p.id);
    let aside = consent::set_asides(&mut look.conn(), m, members).await?;
    let desks: Vec<DeskId> = part
        .iter()
        .map(|p| p.0)
        .chain(history.iter().map(|h| h.0))
        .chain(provided.iter().map(|p| p.desk))
        .chain(asked.iter().map(|r| r.desk))
        .collect();
    let names = terms::names(&mut look, &mut loaded, &consents, desks).await?;
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
        requests: request_rows(&frame, &loaded, (&asked, &aside), &names, &viewer),
        may_record: may(Action::RecordConsent),
        any_dead: consents.iter().any(|c| c.ends_with_death(names.dead.contains(&c.person), frame.now.day())),
        may_set_aside: may(Action::SetAside),
        aside: aside.len(),
        consents: consents.iter().map(|c| terms::row(&frame, &loaded, c, &names, &viewer)).collect(),
        provisions: terms::provision_rows(&frame, &provided, &names),
        may_exclude,
        exclusions,
        staff,
        head: CaseHead::new(&frame, &loaded, &viewer),
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// What was asked of people the viewer knows, as long as it led to no consent.
fn request_rows(
    frame: &Frame,
    loaded: &casefile::Loaded,
    (asked, aside): (&[Request], &[SetAside]),
    names: &terms::Names,
    viewer: &access::Viewer,
) -> Vec<RequestRow> {
    let known = |r: &&Request| loaded.members.iter().any(|p| p.id == r.person);
    let open = |r: &&Request| matches!(r.state, RequestState::Requested | RequestState::Refused);
    asked
        .iter()
        .filter(|r| crate::request::shown_to(r, viewer, loaded))
        .filter(known)
        .filter(open)
        .map(|r| RequestRow {
            href: link::consent_request(r.case, r.id),
            whose: loaded
                .members
                .iter()
                .find(|p| p.id == r.person)
                .map(|p| p.called().to_owned())
                .filter(|n| !n.is_empty())
                .unwrap_or_else(|| frame.t.s("case_consents.someone").to_owned()),
            // A no of somebody who may not speak for the person is no no of the person.
            state: if r.state == RequestState::Refused && !r.refused(aside) {
                frame.t.s("agreement.refusal_not_counted").to_owned()
            } else {
                frame.t.code("request_state", r.state)
            },
            open: r.state == RequestState::Requested,
            day: frame.day(&r.answered_at.unwrap_or(r.asked_at).day()),
            desk: names.desks.get(&r.desk).cloned().unwrap_or_default(),
        })
        .collect()
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
    let out = casefile::exclusion_list(&mut look.conn(), m, case, now).await?;
    let names = register::user_names(&mut look.conn(), m, out.iter().map(|o| o.0)).await?;
    let staff = casefile::staff_list(&mut look.conn(), m).await?;
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

/// POST /cases/{id}/exclusions.
pub(crate) async fn exclude(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let mut form = req.form();
    let user: Option<UserId> = form.id("user", Need::Required);
    let Some(user) = user.filter(|_| !form.has_problems()) else {
        let (page, receipt) = page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    };
    let done = casefile::exclude(&req, id, user).await?;
    // Whoever keeps themselves out does not see the case any more, from now on.
    let own = req.ctx()?.viewer.user == user;
    let to = if own { link::CASES.to_owned() } else { link::case_consents(id) };
    Ok(Answer::to(&to, "case_excluded", done.receipt()))
}

/// POST /cases/{id}/exclusions/end.
pub(crate) async fn include(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let user: UserId = req.body().get("user").and_then(|v| v.parse().ok()).ok_or(Fail::NotVisible)?;
    let done = casefile::include(&req, id, user).await?;
    Ok(Answer::to(&link::case_consents(id), "case_included", done.receipt()))
}
