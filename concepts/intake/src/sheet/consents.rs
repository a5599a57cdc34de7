//! The consent given on a sheet: who sees its terms, and writing down that it was withdrawn (disclosure rule 5).

use std::sync::Arc;

use access::{Action, Relation, may};
use askama::Template;
use consent::{Because, Consent, ConsentForm, ConsentState, GivenBy, GiverRelation, Recipient, Withdrawal};
use engine::{Act, Begun, Broken, Channel, Conn, Fail, Look};
use household::Reasons;
use site::{Answer, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;
use words::id::{CaseId, ConnectingSheetId, ConsentId, DeskId, MunicipalityId};

use super::pages::load;
use super::sql::{self, Loaded, Sheet};
use super::{acts, rules};
use crate::views::{Choice, choices};

/// The consents that were written down on a sheet: the person was recorded with it, by the same desk.
pub(super) async fn given_on(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    sheet: &Sheet,
) -> Result<Vec<Consent>, Broken> {
    let mut given = consent::of_persons(conn, municipality, sheet.person).await?;
    given.retain(|c| c.desk == sheet.desk && c.case.is_none());
    Ok(given)
}

/// Whether the person's agreement still stands.
pub(super) async fn holds(
    conn: &mut Conn<'_>,
    sheet: &Sheet,
    municipality: MunicipalityId,
    today: Day,
) -> Result<bool, Broken> {
    let given = given_on(conn, municipality, sheet).await?;
    Ok(sheet.consented && given.iter().any(|c| c.holds_on(today)))
}

/// How desks stand to a consent given on a sheet: the desk that wrote it down, and the provider that holds the sheet,
/// can both be told that it is withdrawn.
pub(super) fn relation(sheet: &Sheet, cases: &[CaseId]) -> Relation {
    let mut relation = sheet.relation(cases.iter().copied());
    relation.accountable = Some(sheet.provider);
    relation
}

/// Terms of a consent, as shown.
pub(super) struct Terms {
    pub to: Vec<String>,
    pub categories: Vec<String>,
    pub given: String,
    pub state: String,
    pub holds: bool,
    /// Where it can be withdrawn.
    pub withdraw: Option<String>,
    /// Where it stands who looked before the withdrawal was written down.
    pub meanwhile: Option<String>,
}

/// The consents given on a sheet, for whoever may see their terms: who wrote the sheet, the provider that holds it,
/// and a further desk that is named, which sees itself and not who else was told. Asked of a sheet that has been
/// disclosed to the viewer.
pub(super) async fn terms(
    look: &mut Look,
    frame: &Frame,
    sheet: &Sheet,
    cases: &[CaseId],
) -> Result<Vec<(ConsentId, Terms)>, Broken> {
    let viewer = look.viewer().clone();
    let (municipality, today, t) = (viewer.municipality, look.now().day(), &frame.t);
    let holder = sheet.author == viewer.user || viewer.reading_desks().contains(&sheet.provider);
    let mut given = given_on(&mut look.conn(), municipality, sheet).await?;
    given.retain(|c| c.shown_to(&viewer, holder));
    for c in given.iter_mut().filter(|c| !holder && !c.recorded_by(&viewer)) {
        c.recipients.retain(|r| Consent::names(&viewer, r));
    }
    let desks: Vec<DeskId> = given
        .iter()
        .flat_map(|c| &c.recipients)
        .filter_map(|(r, _)| match r {
            Recipient::Desk(desk) => Some(*desk),
            Recipient::Agency(_) => None,
        })
        .collect();
    let names = register::desk_names(&mut look.conn(), municipality, desks, today).await?;
    let allowed = may(&viewer, Action::RecordWithdrawal, &relation(sheet, cases)).is_ok();
    Ok(given
        .into_iter()
        .map(|c| {
            let name = |r: &Recipient| match r {
                Recipient::Desk(desk) => names.get(desk).cloned(),
                Recipient::Agency(_) => None,
            };
            let holds = c.holds_on(today);
            let state = match (c.state, c.withdrawn_at) {
                (ConsentState::Withdrawn, Some(at)) if c.because == Some(Because::Died) => {
                    t.f("consent_death.state", "day", frame.day(&at.day()))
                }
                (ConsentState::Withdrawn, Some(at)) => match c.said_before() {
                    Some(said) => {
                        let days = [("said", frame.day(&said)), ("day", frame.day(&at.day()))];
                        t.fs("consent.withdrawn_said", &days)
                    }
                    None => t.f("sheet.withdrawn_on", "day", frame.day(&at.day())),
                },
                (state, _) => t.code("consent_state", state),
            };
            let given = [
                ("day", t.full_day(c.given_at.day())),
                ("by", t.code("given_by", c.given_by)),
                ("form", t.code("consent_form", c.form)),
            ];
            let terms = Terms {
                to: c.recipients.iter().filter_map(|(r, _)| name(r)).collect(),
                categories: c.categories.iter().map(|x| t.code("category", x)).collect(),
                given: t.fs("sheet.given", &given),
                state,
                holds,
                withdraw: (allowed && holds).then(|| at(sheet.id, c.id)),
                meanwhile: (allowed && c.said_before().is_some()).then(|| at(sheet.id, c.id)),
            };
            (c.id, terms)
        })
        .collect())
}

fn at(sheet: ConnectingSheetId, consent: ConsentId) -> String {
    format!("{}/consents/{consent}/withdraw", link::sheet(sheet))
}

/// Writing down that a consent is withdrawn.
#[derive(Template)]
#[template(path = "sheet_withdraw.html")]
struct WithdrawPage {
    frame: Frame,
    form: Form,
    here: String,
    action: String,
    terms: Terms,
    meanwhile: Vec<String>,
    reasons: Vec<String>,
    /// What was typed is after the person's death: it can be ended by that.
    died: bool,
    /// Sent from a page that was opened before it ended.
    stale: bool,
}

impl WithdrawPage {
    fn givers(&self) -> Vec<Choice> {
        choices(&self.frame.t, "given_by", GivenBy::ALL.iter().copied())
    }
    fn relations(&self) -> Vec<Choice> {
        choices(&self.frame.t, "giver_relation", GiverRelation::ALL.iter().copied())
    }
    fn ways(&self) -> Vec<Choice> {
        choices(&self.frame.t, "consent_form", ConsentForm::ALL.iter().copied())
    }
}

async fn page(req: &Req, form: Form, stale: bool) -> Result<Answer, Fail> {
    let (id, wanted): (ConnectingSheetId, ConsentId) = (req.id("id")?, req.id("consent")?);
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let Loaded { sheet, facts } =
        sql::by_id(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    let facts = look.disclose_one(facts).await?.ok_or(Fail::NotVisible)?;
    let mut reasons = Reasons::default();
    reasons.of(&facts);
    let cases = facts.facts().cases.clone();
    let frame = req.frame();
    let shown = terms(&mut look, &frame, &sheet, &cases).await?;
    let (_, terms) = shown.into_iter().find(|(c, _)| *c == wanted).ok_or(Fail::NotVisible)?;
    may(&ctx.viewer, Action::RecordWithdrawal, &relation(&sheet, &cases))?;
    let mut given = given_on(&mut look.conn(), ctx.viewer.municipality, &sheet).await?;
    given.retain(|c| c.id == wanted);
    let meanwhile = match given.first() {
        Some(given) => consent::meanwhile(&mut look, &frame, given).await?,
        None => Vec::new(),
    };
    let wrong = form.has_problems();
    let died = form.found().any(|(_, key, _)| key == rules::AFTER_DEATH);
    let page = WithdrawPage {
        here: link::sheet(id),
        action: at(id, wanted),
        terms,
        meanwhile,
        reasons: reasons.sentences(&frame.t),
        died,
        stale,
        form,
        frame,
    };
    let receipt = look.close().await?;
    if stale {
        return Answer::conflict(page.render(), receipt);
    }
    if wrong { Answer::again(page.render(), receipt) } else { Answer::page(page.render(), receipt) }
}

/// GET /sheets/{id}/consents/{consent}/withdraw: before withdrawing, the person can be told who holds what.
pub(super) async fn confirm(req: Arc<Req>) -> Result<Answer, Fail> {
    let today = Form::filled(vec![("said", req.t().short_day(req.now().day()))]);
    page(&req, today, false).await
}

/// POST of the same.
pub(super) async fn withdraw(req: Arc<Req>) -> Result<Answer, Fail> {
    let (id, wanted): (ConnectingSheetId, ConsentId) = (req.id("id")?, req.id("consent")?);
    let ctx = req.ctx()?;
    let mut form = req.form();
    if form.ticked("died") {
        return died(&req, id, wanted).await;
    }
    let told_by = form.code::<GivenBy>("told_by", Need::Required);
    let way = form.code::<ConsentForm>("way", Need::Required);
    let said = form.past_day("said", Need::Optional).unwrap_or(ctx.now.day());
    // As when a consent is given: whoever speaks in the person's place says who they are and what shows that they may. By name: the
    // household of a sheet is no household of the reader's.
    let who = consent::stand_in_from(&mut form, told_by, None, &[]);
    let (Some(told_by), Some(way), false) = (told_by, way, form.has_problems()) else {
        return page(&req, form, false).await;
    };
    let body = (id, wanted, told_by.code(), way.code(), said, &who);
    // Whoever looked in between is to be told: that stands where it was written down.
    let to = if said < ctx.now.day() { at(id, wanted) } else { link::sheet(id) };
    match ctx.act(&req.envelope(), "sheet.withdraw_consent", &body).await? {
        Begun::Before(_) => {
            let receipt = engine::Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&to, "sheet_withdrawn", receipt))
        }
        Begun::New(mut act) => {
            let (sheet, given) = loaded(&mut act, id, wanted).await?;
            let words = Withdrawal { told_by: Some(told_by), way: Some(way), said: Some(said) };
            match acts::withdraw(&mut act, &sheet, &given, (told_by, words), &who).await {
                Ok(()) => Ok(Answer::to(&to, "sheet_withdrawn", act.commit(&id.to_string()).await?)),
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    // Nobody is picked here: what is wrong with whoever spoke stands beside their name.
                    let field = match (refusal.key, consent::field_of(refusal.key)) {
                        ("sheet.withdraw_not_here", _) | (_, Some("giver")) => "given_by_name",
                        (_, field) => field.unwrap_or("said"),
                    };
                    form.problem_with(field, refusal.key, refusal.args);
                    page(&req, form, false).await
                }
                // From a second tab, or after somebody else: what is true now, whoever did it.
                Err(Fail::Stale) => {
                    drop(act);
                    page(&req, Form::default(), true).await
                }
                Err(other) => Err(other),
            }
        }
    }
}

/// A sheet, and the consent that was written down on it.
async fn loaded(act: &mut Act, id: ConnectingSheetId, wanted: ConsentId) -> Result<(Sheet, Consent), Fail> {
    let (sheet, _) = load(act, id).await?;
    let municipality = act.municipality();
    let given = given_on(&mut act.facts()?, municipality, &sheet).await?;
    let given = given.into_iter().find(|c| c.id == wanted).ok_or(Fail::NotVisible)?;
    Ok((sheet, given))
}

/// It ends because its person has died: nobody is asked who said so.
async fn died(req: &Req, id: ConnectingSheetId, wanted: ConsentId) -> Result<Answer, Fail> {
    let to = link::sheet(id);
    let begun = req.ctx()?.act(&req.envelope(), "sheet.consent_died", &(id, wanted)).await?;
    let Begun::New(mut act) = begun else {
        let receipt = engine::Receipt::nothing_personal("the command was done before; nothing is shown");
        return Ok(Answer::to(&to, "consent_ended_by_death", receipt));
    };
    let (sheet, given) = loaded(&mut act, id, wanted).await?;
    acts::end_by_death(&mut act, &sheet, &given).await?;
    Ok(Answer::to(&to, "consent_ended_by_death", act.commit(&id.to_string()).await?))
}
