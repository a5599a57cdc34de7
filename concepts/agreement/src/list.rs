//! 同意と共有: who can see what of this case and why, what was asked for, keeping somebody out.

use std::sync::Arc;

use access::Action;
use askama::Template;
use casefile::CaseHead;
use consent::{Request, RequestState, SetAside};
use engine::{Channel, Fail, Receipt};
use site::{Answer, Frame, Req, link};
use words::id::{CaseId, DeskId};

use crate::exclusion::{self, ExclusionRow};
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

#[derive(Template)]
#[template(path = "agreement_list.html")]
struct ConsentsPage {
    frame: Frame,
    head: CaseHead,
    desks: Vec<DeskRow>,
    consents: Vec<ConsentRow>,
    requests: Vec<RequestRow>,
    may_record: bool,
    /// Whether somebody whose consent is listed has died: each is to be looked at again (domain section 4.2).
    any_dead: bool,
    /// Addresses of those that name somebody who is no longer there.
    gone: Vec<String>,
    may_set_aside: bool,
    /// A colleague of the accountable desk may ask somebody there to set a guardian aside.
    ask_lead: bool,
    /// Or to keep somebody out of the case.
    ask_exclude: bool,
    aside: usize,
    provisions: Vec<ProvisionRow>,
    history: Vec<DeskRow>,
    may_exclude: bool,
    exclusions: Vec<ExclusionRow>,
}

async fn page(req: &Req) -> Result<(ConsentsPage, Receipt), Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let (viewer, m) = (ctx.viewer.clone(), ctx.viewer.municipality);
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = casefile::load(&mut look, id).await?;
    let frame = req.frame();
    let part = casefile::desk_list(&mut look.conn(), &viewer, &loaded.relation, id).await?;
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
    let exclusions =
        if may_exclude { exclusion::rows(&mut look, req, &frame, id).await? } else { Vec::new() };
    let among = consent::EndedWhich::Among(consents.iter().map(|c| c.id).collect());
    let ended = consent::recipients_ended(&mut look.conn(), m, ctx.now.day(), among).await?;
    let row = |(desk, since, why): &(DeskId, words::Instant, String)| DeskRow {
        name: names.desks.get(desk).cloned().unwrap_or_default(),
        since: frame.day(&since.day()),
        why: frame.t.code("case_why", why),
    };
    let page = ConsentsPage {
        desks: part.iter().map(row).collect(),
        history: history.iter().map(row).collect(),
        requests: request_rows(&frame, &loaded, (&asked, &aside), &names, &viewer),
        gone: ended.iter().map(|e| link::case_consent(id, e.due.consent)).collect(),
        may_record: may(Action::RecordConsent),
        any_dead: consents
            .iter()
            .any(|c| c.ends_with_death(names.dead.contains_key(&c.person), frame.now.day())),
        may_set_aside: may(Action::SetAside),
        ask_lead: casefile::asks_leads(&viewer, Action::SetAside, &loaded),
        ask_exclude: casefile::asks_leads(&viewer, Action::Exclude, &loaded),
        aside: aside.len(),
        consents: consents
            .iter()
            .map(|c| terms::row(&frame, &loaded, c, (&names, &consents), &viewer))
            .collect(),
        provisions: terms::provision_rows(&frame, &provided, &names),
        may_exclude,
        exclusions,
        head: CaseHead::new(&frame, &loaded, &viewer),
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

/// GET /cases/{id}/consents.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req).await?;
    Answer::page(page.render(), receipt)
}
