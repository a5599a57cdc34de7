//! A consent that was asked for: what was asked, a paper to take home, and the answer.

use std::sync::Arc;

use access::{Action, Viewer};
use askama::Template;
use casefile::{CaseHead, Loaded};
use consent::{GivenBy, Request, RequestState};
use engine::{Channel, Fail, Receipt};
use household::nameable;
use site::{Answer, Choice, Fields, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{AgencyId, CaseId, DeskId, PersonId, ThingId};

use crate::acts;
use crate::rules::NoReason;

#[derive(Template)]
#[template(path = "agreement_request.html")]
struct RequestPage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    here: String,
    version: i64,
    lead: String,
    state: String,
    open: bool,
    /// A no that does not count: of somebody who may not speak for the person.
    not_counted: bool,
    answered: String,
    told_by: String,
    reason: String,
    to: Vec<String>,
    categories: Vec<String>,
    purposes: String,
    until: String,
    may_answer: bool,
    given: String,
    drop_command: words::id::CommandId,
    tellers: Vec<Choice>,
    people: Vec<Choice>,
    reasons: Vec<Choice>,
}

/// What somebody was asked says as much as a consent itself: for the desk that asks and the one accountable.
pub(crate) fn shown_to(r: &Request, viewer: &Viewer, loaded: &Loaded) -> bool {
    let own = viewer.reading_desks();
    r.case == loaded.header.id
        && (own.contains(&r.desk) || loaded.header.accountable.is_some_and(|d| own.contains(&d)))
}

async fn page(req: &Req, form: Form) -> Result<(RequestPage, Receipt), Fail> {
    let (case, wanted): (CaseId, ThingId) = (req.id("id")?, req.id("request")?);
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let (m, today) = (viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let loaded = casefile::load(&mut look, case).await?;
    let found = consent::request_by_id(&mut look.conn(), m, wanted).await?;
    let r = found.filter(|r| shown_to(r, &viewer, &loaded)).ok_or(Fail::NotVisible)?;
    let known = nameable(&req.t(), &loaded.members);
    let (_, whose) = known.iter().find(|(id, _)| *id == r.person).cloned().ok_or(Fail::NotVisible)?;
    let frame = req.frame();
    let t = &frame.t;
    let asked = Fields::parse(r.asked.as_bytes());
    let desks: Vec<DeskId> = asked.all("to_desk").filter_map(|v| v.parse().ok()).collect();
    let agencies: Vec<AgencyId> = asked.all("to_agency").filter_map(|v| v.parse().ok()).collect();
    let desk_names =
        register::desk_names(&mut look.conn(), m, desks.iter().copied().chain([r.desk]), today).await?;
    let agency_names = casefile::agency_names(&mut look.conn(), m, agencies, today).await?;
    let mut to: Vec<String> = desks.iter().filter_map(|d| desk_names.get(d).cloned()).collect();
    to.extend(agency_names.values().map(|name| t.f("agreement.whole_agency", "agency", name)));
    to.extend(asked.all("to_field").map(|f| t.f("agreement.whole_field", "field", t.code("field", f))));
    let aside = consent::set_asides(&mut look.conn(), m, [r.person]).await?;
    let purposes: Vec<String> = asked.all("purpose").map(|p| t.code("purpose", p)).collect();
    let page = RequestPage {
        here: link::consent_request(case, wanted),
        version: r.version,
        lead: t.fs(
            "request.lead",
            &[
                ("name", whose),
                ("day", t.full_day(r.asked_at.day())),
                ("desk", desk_names.get(&r.desk).cloned().unwrap_or_default()),
            ],
        ),
        state: t.code("request_state", r.state),
        open: r.state == RequestState::Requested,
        not_counted: r.state == RequestState::Refused && !r.refused(&aside),
        answered: r.answered_at.map(|at| t.full_day(at.day())).unwrap_or_default(),
        told_by: r.told_by.map(|by| t.code("given_by", by)).unwrap_or_default(),
        reason: if r.reason.is_empty() { String::new() } else { t.code("no_reason", &r.reason) },
        to,
        categories: asked.all("share_cat").map(|c| t.code("category", c)).collect(),
        purposes: t.join(&purposes),
        until: asked
            .get("until")
            .and_then(|v| words::wareki::parse_day(v).ok())
            .map_or_else(|| t.s("case_consents.no_end").to_owned(), |day| t.full_day(day)),
        may_answer: access::may(&viewer, Action::RecordConsent, &loaded.relation).is_ok(),
        given: format!("{}?request={wanted}", link::case_consent_new(case)),
        drop_command: req.engine().new_id(),
        tellers: GivenBy::ALL
            .iter()
            .map(|g| Choice::new(&form, "told_by", g.code(), t.code("given_by", g)))
            .collect(),
        people: known.into_iter().map(|(id, name)| Choice::new(&form, "teller", id, name)).collect(),
        reasons: NoReason::ALL
            .iter()
            .map(|n| Choice::new(&form, "reason", n.code(), t.code("no_reason", n)))
            .collect(),
        head: CaseHead::new(&frame, &loaded, &viewer),
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// GET /cases/{id}/consents/asked/{request}.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, Form::default()).await?;
    Answer::page(page.render(), receipt)
}

/// POST …/refuse: somebody said no. A no has no consequences for the person; it is written down so that nobody asks again by
/// mistake.
pub(crate) async fn refuse(req: Arc<Req>) -> Result<Answer, Fail> {
    let (case, id): (CaseId, ThingId) = (req.id("id")?, req.id("request")?);
    let mut form = req.form();
    let by = form.code::<GivenBy>("told_by", Need::Required);
    let why = form.code::<NoReason>("reason", Need::Required);
    let who: Option<PersonId> = form.id("teller", Need::Optional);
    let (Some(by), Some(why), false) = (by, why, form.has_problems()) else {
        let (page, receipt) = page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    };
    let who = who.filter(|_| by != GivenBy::Itself);
    let receipt = acts::answer(&req, case, id, Some((by, who, why))).await?;
    Ok(Answer::to(&link::case_consents(case), "consent_refused", receipt))
}

/// POST …/drop: it is not asked any more.
pub(crate) async fn drop(req: Arc<Req>) -> Result<Answer, Fail> {
    let (case, id): (CaseId, ThingId) = (req.id("id")?, req.id("request")?);
    let receipt = acts::answer(&req, case, id, None).await?;
    Ok(Answer::to(&link::case_consents(case), "consent_dropped", receipt))
}
