//! For the desk: taking a person's request, taking it back, and telling the person what became of it.

use std::sync::Arc;

use access::{Denied, Disclosed};
use askama::Template;
use consent::SetAside;
use engine::{Channel, Fail, Look};
use household::{Person, Reasons, household_name, person};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{AccessReportId, PersonId};

use super::acts;
use super::pages::{ReportLine, number, report_line, show_page};
use super::rules::{self, AskedBy, Identity, Requester, Tie, Whose, WithdrawnBecause};
use super::sql::{self, NewReport, Of, Place};

/// Characters of a name; of what shows that somebody may ask twice as many.
const LINE_MAX: usize = 100;

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
    requesters: Vec<Choice>,
    ties: Vec<Choice>,
    identity: Vec<Choice>,
}

/// What the page and its form are made of: the household as far as the desk may know it, and what was asked here before.
struct Here {
    place: Place,
    of: Of,
    may: Result<(), Denied>,
    members: Vec<Disclosed<Person>>,
    /// Whoever left can ask, too.
    former: Vec<Disclosed<Person>>,
    aside: Vec<SetAside>,
    reports: Vec<sql::Report>,
}

impl Here {
    async fn load(look: &mut Look, place: Place) -> Result<Self, Fail> {
        let viewer = look.viewer().clone();
        let m = viewer.municipality;
        let (of, relation, household) = sql::place(&mut look.conn(), &viewer, place).await?;
        let may = access::may(&viewer, access::Action::AskForReport, &relation).map(|_| ());
        let members = person::members(&mut look.conn(), &viewer, household).await?;
        let members = look.disclose(members).await?;
        let former = person::former_members(&mut look.conn(), &viewer, household).await?;
        let former = look.disclose(former).await?;
        let ids = members.iter().chain(&former).map(|p| p.id);
        let aside = consent::set_asides(&mut look.conn(), m, ids).await?;
        let reports = sql::taken_in(&mut look.conn(), m, place).await?;
        Ok(Self { place, of, may, members, former, aside, reports })
    }

    fn everybody(&self) -> impl Iterator<Item = &Disclosed<Person>> {
        self.members.iter().chain(&self.former)
    }

    /// Those who can be called something, with that.
    fn called(&self) -> Vec<(PersonId, String)> {
        let named = self.everybody().map(|p| (p.id, p.called().to_owned()));
        named.filter(|(_, name)| !name.is_empty()).collect()
    }

    fn whose(&self, id: PersonId) -> Whose {
        let person = self.everybody().find(|p| p.id == id);
        person.map(|p| Whose { birth: p.known.birth, died: p.died }).unwrap_or_default()
    }
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
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let here = Here::load(&mut look, place).await?;
    answer(req, look, &here, form).await
}

async fn answer(req: &Req, look: Look, here: &Here, form: Form) -> Result<Answer, Fail> {
    let frame = req.frame();
    let mut reasons = Reasons::default();
    reasons.of_all(&here.members);
    let t = &frame.t;
    let choices = |field: &'static str, codes: Vec<(String, String)>| {
        codes.into_iter().map(|(value, word)| Choice::new(&form, field, value, word)).collect::<Vec<_>>()
    };
    let called = here.called();
    let people: Vec<(String, String)> =
        called.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let whose = |r: &sql::Report| {
        let known = called.iter().find(|(id, _)| *id == r.person);
        known.map(|(_, name)| name.clone()).unwrap_or_default()
    };
    let page = CasePage {
        number: number(t, here.of),
        back: here.place.page(),
        here: format!("{}/reports", here.place.page()),
        name: household_name(t, &here.members, frame.now.day()),
        reasons: reasons.sentences(t),
        reports: here
            .reports
            .iter()
            .map(|r| ReportLine { whose: whose(r), ..report_line(&frame, r) })
            .collect(),
        people: choices("person", people.clone()),
        asked_by: choices(
            "asked_by",
            AskedBy::ALL.iter().map(|a| (a.to_string(), t.code("report_asked_by", a))).collect(),
        ),
        requesters: choices("requester", people),
        ties: choices("tie", Tie::ALL.iter().map(|k| (k.to_string(), t.code("report_tie", k))).collect()),
        identity: choices(
            "identity",
            Identity::ALL.iter().map(|i| (i.to_string(), t.code("report_identity", i))).collect(),
        ),
        may: here.may.is_ok(),
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

/// Reads who asks in the person's place: somebody of the household, or whoever is typed; how they stand to the person, what shows it.
fn requester(form: &mut Form, asked_by: Option<AskedBy>, person: Option<PersonId>, here: &Here) -> Requester {
    let other = asked_by.is_some_and(|by| by != AskedBy::Person);
    let need = if other { Need::Required } else { Need::Optional };
    let called = here.called();
    let ids: Vec<PersonId> = called.iter().map(|(id, _)| *id).collect();
    let chosen = form.id_among("requester", Need::Optional, &ids);
    let typed = form.line("requester_name", Need::Optional, LINE_MAX);
    let tie = form.code::<Tie>("tie", need);
    let evidence = form.line("evidence", need, LINE_MAX * 2);
    if !other {
        return Requester::default();
    }
    let who = chosen.or_else(|| consent::recorded_as(&typed, &called));
    if who.is_some() && who == person {
        form.problem("requester", "report.requester_is_the_person");
    }
    if who.is_none() && typed.is_empty() {
        form.problem("requester", "report.no_requester");
    }
    Requester { person: who, name: if who.is_some() { String::new() } else { typed }, tie, evidence }
}

/// Reads a request; what stands against it is a problem beside its field.
fn read(form: &mut Form, req: &Req, here: &Here) -> Option<NewReport> {
    let person: Option<PersonId> = form.id("person", Need::Required);
    let asked_on = form.day("asked_on", Need::Required);
    let asked_by = form.code::<AskedBy>("asked_by", Need::Required);
    let requester = requester(form, asked_by, person, here);
    let identity = form.code::<Identity>("identity", Need::Required);
    let (from, until) = (form.day("from", Need::Required), form.day("until", Need::Required));
    for (field, key) in rules::check_days(asked_on, from, until, req.now().day()) {
        form.problem(field, key);
    }
    if let (Some(person), Some(asked_by)) = (person, asked_by) {
        let on = asked_on.unwrap_or_else(|| req.now().day());
        for (field, key) in rules::check_kind(asked_by, identity, requester.tie, here.whose(person), on) {
            form.problem(field, key);
        }
        // Nobody was named yet: that is said first.
        let named = requester.person.is_some() || !requester.name.is_empty();
        if named && let Err(refusal) = rules::may_ask(person, asked_by, &requester, &here.aside) {
            form.problem("requester", refusal.key);
        }
    }
    let (false, place) = (form.has_problems(), here.place) else { return None };
    let (person, asked_on, asked_by, identity) = (person?, asked_on?, asked_by?, identity?);
    Some(NewReport { place, person, asked_on, asked_by, identity, requester, from: from?, until: until? })
}

async fn take_in(req: &Req, place: Place) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let here = Here::load(&mut look, place).await?;
    // Whoever may take no requests learns nothing from trying: not even that somebody is set aside.
    here.may?;
    let mut form = req.form();
    let Some(new) = read(&mut form, req, &here) else { return answer(req, look, &here, form).await };
    look.close().await?;
    match acts::take(req, &new).await {
        Ok(done) => {
            let (to, receipt) = done.parts();
            Ok(Answer::to(&format!("/reports/{to}"), "report_taken", receipt))
        }
        Err(Fail::Refused(why)) => {
            let field = match why.key {
                "report.asked_already" => "person",
                "report.set_aside" | "report.which_guardian" => "requester",
                _ => return Err(Fail::Refused(why)),
            };
            form.problem_with(field, why.key, why.args);
            page(req, place, form).await
        }
        Err(other) => Err(other),
    }
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
