//! 同意を書きとめる: the form, and what becomes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Action;
use askama::Template;
use casefile::{CaseHead, Loaded};
use consent::{AlikeRow, Consent, Request};
use engine::{Channel, Fail, Look};
use register::DeskInfo;
use site::{Answer, Form, Frame, Req, link};
use words::id::{AgencyId, CaseId, ConsentId, PersonId, ThingId};
use words::partial::PartialDate;

use crate::acts::{self, Paper};
use crate::form::{self, Choices, Draft, Offered};
use crate::terms;

#[derive(Template)]
#[template(path = "agreement_new.html")]
struct NewPage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    c: Choices,
    /// The consent it takes the place of.
    follows: Option<ConsentId>,
    /// Its version.
    version: i64,
    /// What had been asked for.
    request: Option<ThingId>,
    /// Whose consent is followed.
    whose: String,
    lead: &'static str,
    /// Consents to the same recipient that go on.
    alike: Vec<AlikeRow>,
}

/// What the form needs beside what is typed.
pub(crate) struct Around {
    pub loaded: Loaded,
    pub desks: Vec<DeskInfo>,
    pub agencies: BTreeMap<AgencyId, String>,
    pub before: Option<Consent>,
    /// One that was replaced by mistake: its terms are written down anew.
    pub like: Option<Consent>,
    pub asked: Option<Request>,
    /// The consents of the household that the viewer may know of.
    pub known: Vec<Consent>,
    /// Who of it has died, and when.
    pub dead: BTreeMap<PersonId, PartialDate>,
}

impl Around {
    pub fn offered(&self, today: words::Day) -> Offered<'_> {
        Offered {
            case: self.loaded.header.id,
            members: &self.loaded.members,
            desks: &self.desks,
            agencies: &self.agencies,
            dead: &self.dead,
            today,
        }
    }
}

/// Loads the case with what a consent can name; absent for whoever may not write one down.
async fn around(req: &Req, look: &mut Look) -> Result<Around, Fail> {
    let id: CaseId = req.id("id")?;
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let loaded = casefile::load(look, id).await?;
    access::may(&viewer, Action::RecordConsent, &loaded.relation)?;
    let desks = register::desks(&mut look.conn(), m, today).await?;
    let agencies = casefile::agency_names(&mut look.conn(), m, desks.iter().map(|d| d.agency), today).await?;
    let named = |name: &str| req.body().get(name).or(req.query().get(name)).filter(|v| !v.is_empty());
    let known = terms::load_consents(look, &loaded).await?;
    let find = |id: &str| -> Result<Consent, Fail> {
        let id: ConsentId = id.parse().map_err(|_| Fail::NotVisible)?;
        known.iter().find(|c| c.id == id).cloned().ok_or(Fail::NotVisible)
    };
    let like = named("like").map(find).transpose()?;
    let before = match named("follows") {
        Some(follows) => {
            let before = find(follows)?;
            access::may(&viewer, Action::RecordWithdrawal, &terms::relation_of(&loaded.relation, &before))?;
            Some(before)
        }
        None => None,
    };
    let asked = match named("request") {
        Some(request) => {
            let request: ThingId = request.parse().map_err(|_| Fail::NotVisible)?;
            let found = consent::request_by_id(&mut look.conn(), m, request).await?;
            let found = found.filter(|r| crate::request::shown_to(r, &viewer, &loaded));
            Some(found.ok_or(Fail::NotVisible)?)
        }
        None => None,
    };
    let dead = terms::deaths(look, &loaded.members).await?;
    Ok(Around { loaded, desks, agencies, before, like, asked, known, dead })
}

async fn render(req: &Req, mut look: Look, around: Around, form: Form) -> Result<Answer, Fail> {
    let frame = req.frame();
    let viewer = look.viewer().clone();
    let mut around = around;
    let chosen = form::chosen(&form, &around.offered(frame.now.day()));
    let alike: Vec<Consent> = match chosen.filter(|_| around.before.is_none()) {
        Some(chosen) => {
            let found = consent::there_already(&chosen, &around.known, frame.now.day());
            found.into_iter().cloned().collect()
        }
        None => Vec::new(),
    };
    let relation = around.loaded.relation.clone();
    let shown: Vec<Consent> = around.before.iter().cloned().collect();
    let names = terms::names(&mut look, &mut around.loaded, &shown, Vec::new()).await?;
    let of_case = (Some(around.loaded.header.id), &relation);
    let alike = consent::alike_rows(&mut look, &frame.t, of_case, &[], &alike).await?;
    let wrong = form.has_problems();
    let page = NewPage {
        c: Choices::new(&frame.t, &form, &around.offered(frame.now.day())),
        follows: around.before.as_ref().map(|c| c.id),
        version: around.before.as_ref().map_or(0, |c| c.version),
        request: around.asked.as_ref().map(|r| r.id),
        whose: around.before.as_ref().map(|c| names.person(&frame, c.person)).unwrap_or_default(),
        lead: match (&around.before, &around.like) {
            (Some(_), _) => "agreement.renew_lead",
            (None, Some(_)) => "agreement.like_lead",
            (None, None) => "agreement.new_lead",
        },
        alike,
        head: CaseHead::new(&frame, &around.loaded, &viewer),
        form,
        frame,
    };
    let html = page.render();
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// GET /cases/{id}/consents/new: `follows` begins with the terms of an earlier consent, `like` with those of one that a mistake has
/// replaced, `request` with what was asked for.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let around = around(&req, &mut look).await?;
    let t = req.t();
    let offered = around.offered(req.now().day());
    let form = match (around.before.as_ref().or(around.like.as_ref()), &around.asked) {
        (Some(before), _) => form::from_consent(&t, &offered, before),
        (None, Some(asked)) => form::from_request(&t, &offered, &asked.asked),
        (None, None) => form::from_link(&t, &offered, req.query()),
    };
    render(&req, look, around, form).await
}

/// POST /cases/{id}/consents/new: given, or asked for only (`do=ask`).
pub(crate) async fn write(req: Arc<Req>) -> Result<Answer, Fail> {
    let case: CaseId = req.id("id")?;
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let around = around(&req, &mut look).await?;
    let mut form = req.form();
    if form.value("do") == "ask" {
        let asked = form::asked(&mut form, &around.offered(req.now().day()));
        let Some((person, asked)) = asked else { return render(&req, look, around, form).await };
        look.close().await?;
        let (to, receipt) = acts::ask(&req, case, person, &asked).await?;
        return Ok(Answer::to(&to, "consent_asked", receipt));
    }
    let paper = attachment::take(&req, &mut form, "file");
    let draft: Option<Draft> = form::given(&mut form, &around.offered(req.now().day()));
    let Some(draft) = draft else { return render(&req, look, around, form).await };
    let paper = paper.map(|(taken, bytes)| Paper { taken, bytes });
    let follows = around.before.as_ref().map(|c| c.id);
    let request = around.asked.as_ref().map(|r| r.id);
    match acts::record(&req, (&draft, form.ticked("again")), paper, follows, request).await {
        Ok((to, receipt)) => {
            look.close().await?;
            Ok(Answer::to(&to, "consent_recorded", receipt))
        }
        Err(Fail::Refused(refusal)) => {
            let field = field_of(&form, refusal.key);
            form.problem_with(field, refusal.key, refusal.args);
            render(&req, look, around, form).await
        }
        Err(other) => Err(other),
    }
}

/// Beside which field a refusal stands.
fn field_of(form: &Form, key: &'static str) -> &'static str {
    match key {
        "agreement.gap" => "from",
        "agreement.there_already" => "again",
        "agreement.another_person" => "person",
        key if key.starts_with("attachment.") => "file",
        key => consent::field_in(form, key).unwrap_or("until"),
    }
}

/// Where the form is on which the terms of one that was replaced by mistake are written down anew.
pub(crate) fn like(case: CaseId, of: ConsentId) -> String {
    format!("{}?like={of}", link::case_consent_new(case))
}
