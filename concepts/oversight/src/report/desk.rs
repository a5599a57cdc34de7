//! For the desk: taking a person's request, taking it back, and telling the person what became of it.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use household::{Reasons, household_name, person};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{AccessReportId, PersonId};

use super::acts;
use super::pages::{ReportLine, number, report_line, show_page};
use super::rules::{self, AskedBy, Identity, WithdrawnBecause};
use super::sql::{self, NewReport, Place};

#[derive(Template)]
#[template(path = "oversight_case.html")]
struct CasePage {
    frame: Frame,
    form: Form,
    /// What it is asked from, and where this page is.
    back: String,
    here: String,
    number: String,
    name: String,
    reasons: Vec<String>,
    reports: Vec<ReportLine>,
    may: bool,
    people: Vec<Choice>,
    asked_by: Vec<Choice>,
    identity: Vec<Choice>,
}

/// GET /cases/{id}/reports
pub(crate) async fn of_case(req: Arc<Req>) -> Result<Answer, Fail> {
    let place = Place::Case(req.id("id")?);
    show(&req, place).await
}

/// GET /consultations/{id}/reports
pub(crate) async fn of_consultation(req: Arc<Req>) -> Result<Answer, Fail> {
    let place = Place::Consultation(req.id("id")?);
    show(&req, place).await
}

async fn show(req: &Req, place: Place) -> Result<Answer, Fail> {
    let today = req.now().day();
    let (t, year) = (req.t(), today.plus_days(-365));
    let form = Form::filled(vec![
        ("asked_on", t.short_day(today)),
        ("from", t.short_day(year)),
        ("until", t.short_day(today)),
    ]);
    page(req, place, form).await
}

async fn page(req: &Req, place: Place, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::Page).await?;
    let (of, relation, household) = sql::place(&mut look.conn(), &ctx.viewer, place).await?;
    let may = access::may(&ctx.viewer, access::Action::AskForReport, &relation).is_ok();
    let members = person::members(&mut look.conn(), &ctx.viewer, household).await?;
    let members = look.disclose(members).await?;
    let mut reasons = Reasons::default();
    reasons.of_all(&members);
    let reports = sql::taken_in(&mut look.conn(), m, place).await?;
    let t = &frame.t;
    let choices = |field: &'static str, codes: Vec<(String, String)>| {
        codes.into_iter().map(|(value, word)| Choice::new(&form, field, value, word)).collect::<Vec<_>>()
    };
    let page = CasePage {
        number: number(t, of),
        back: place.page(),
        here: format!("{}/reports", place.page()),
        name: household_name(t, &members),
        reasons: reasons.sentences(t),
        reports: reports.iter().map(|r| report_line(&frame, r)).collect(),
        people: choices(
            "person",
            members
                .iter()
                .map(|p| (p.id.to_string(), p.called().to_owned()))
                .filter(|p| !p.1.is_empty())
                .collect(),
        ),
        asked_by: choices(
            "asked_by",
            AskedBy::ALL.iter().map(|a| (a.to_string(), t.code("report_asked_by", a))).collect(),
        ),
        identity: choices(
            "identity",
            Identity::ALL.iter().map(|i| (i.to_string(), t.code("report_identity", i))).collect(),
        ),
        may,
        form,
        frame,
    };
    let (html, wrong) = (page.render(), page.form.has_problems());
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /cases/{id}/reports
pub(crate) async fn take(req: Arc<Req>) -> Result<Answer, Fail> {
    let place = Place::Case(req.id("id")?);
    take_in(&req, place).await
}

/// POST /consultations/{id}/reports
pub(crate) async fn take_of_consultation(req: Arc<Req>) -> Result<Answer, Fail> {
    let place = Place::Consultation(req.id("id")?);
    take_in(&req, place).await
}

async fn take_in(req: &Req, place: Place) -> Result<Answer, Fail> {
    let mut form = req.form();
    let person: Option<PersonId> = form.id("person", Need::Required);
    let asked_on = form.day("asked_on", Need::Required);
    let asked_by = form.code::<AskedBy>("asked_by", Need::Required);
    let identity = form.code::<Identity>("identity", Need::Required);
    let (from, until) = (form.day("from", Need::Required), form.day("until", Need::Required));
    for (field, key) in rules::check_days(asked_on, from, until, req.now().day()) {
        form.problem(field, key);
    }
    let (Some(person), Some(asked_on), Some(asked_by), Some(identity), Some(from), Some(until), false) =
        (person, asked_on, asked_by, identity, from, until, form.has_problems())
    else {
        return page(req, place, form).await;
    };
    let (asked_by, identity) = (asked_by.code(), identity.code());
    let new = NewReport { place, person, asked_on, asked_by, identity, from, until };
    let (to, receipt) = acts::take(req, &new).await?.parts();
    Ok(Answer::to(&format!("/reports/{to}"), "report_taken", receipt))
}

/// POST /reports/{id}/withdraw
pub(crate) async fn withdraw(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: AccessReportId = req.id("id")?;
    let mut form = req.form();
    let Some(reason) = form.code::<WithdrawnBecause>("reason", Need::Required) else {
        return show_page(&req, form).await;
    };
    match acts::withdraw(&req, id, reason).await {
        Ok(done) => Ok(Answer::to(&link::access_report(id), "report_withdrawn", done.parts().1)),
        Err(Fail::Stale) => changed(&req, form).await,
        Err(Fail::Refused(why)) => {
            form.problem_with("reason", why.key, why.args);
            show_page(&req, form).await
        }
        Err(other) => Err(other),
    }
}

/// Somebody went on with it in the meantime: the page shows where it stands now.
pub(crate) async fn changed(req: &Req, mut form: Form) -> Result<Answer, Fail> {
    form.problem("step", "report.changed");
    show_page(req, form).await
}

/// POST /reports/{id}/handed
pub(crate) async fn handed(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: AccessReportId = req.id("id")?;
    let receipt = acts::handed(&req, id).await?.parts().1;
    Ok(Answer::to(&link::access_report(id), "report_handed", receipt))
}
