//! Opening a matter: from an inquiry that was raised, from a case, or from a notice that two agencies hold one household.

use std::sync::Arc;

use access::{Disclosed, Relation, Viewer};
use askama::Template;
use casefile::CaseState;
use engine::{Act, Begun, Channel, Conn, Fail, Look, Receipt};
use household::{Person, person};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Day;
use words::id::{CaseId, ConsultationId, DeskId, HouseholdId, InquiryId, MatterId, ThingId, UserId};

use crate::acts::{self, Open};
use crate::ask;
use crate::positions;
use crate::rules::{self, RestsOn};
use crate::sql;

/// Where a matter begins: ids and desks, no content.
pub(crate) struct Origin {
    pub case: Option<CaseId>,
    pub number: String,
    pub consultation: Option<ConsultationId>,
    pub household: HouseholdId,
    /// The desk that brought it.
    pub initiator: DeskId,
    pub inquiry: Option<InquiryId>,
    /// The notice that two agencies hold one household.
    pub overlap: Option<overlap::Notice>,
    /// Who asked, for which desk.
    pub askers: Vec<(UserId, DeskId)>,
    pub relation: Relation,
}

/// What a matter is opened from, for whoever may; the answer of absence otherwise.
pub(crate) async fn origin(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    from: &str,
    about: ThingId,
    today: Day,
) -> Result<Origin, Fail> {
    match from {
        "inquiry" => {
            let r = inquiry::raised(conn, viewer, about.cast()).await?.ok_or(Fail::NotVisible)?;
            if !viewer.reading_desks().contains(&r.desk) {
                return Err(Fail::NotVisible);
            }
            let number = match r.case {
                Some(case) => {
                    let header = casefile::header(conn, viewer.municipality, case).await?;
                    header.map(|c| c.number_text()).unwrap_or_default()
                }
                None => String::new(),
            };
            let mut relation = r.relation;
            relation.case_desks.push(r.desk);
            Ok(Origin {
                case: r.case,
                number,
                consultation: r.consultation,
                household: r.household,
                initiator: r.from,
                inquiry: Some(r.id),
                overlap: None,
                askers: r.from_user.map(|u| (u, r.from)).into_iter().collect(),
                relation,
            })
        }
        "case" => {
            let (case, relation) =
                casefile::relation(conn, viewer, about.cast()).await?.ok_or(Fail::NotVisible)?;
            let own = viewer.reading_desks();
            let initiator = case.accountable.filter(|d| own.contains(d)).or(own.first().copied());
            Ok(Origin {
                case: Some(case.id),
                number: case.number_text(),
                consultation: None,
                household: case.household,
                initiator: initiator.ok_or(Fail::NotVisible)?,
                inquiry: None,
                overlap: None,
                askers: Vec::new(),
                relation,
            })
        }
        "overlap" => {
            let (n, mut relation) = overlap::read(conn, viewer, about).await?.ok_or(Fail::NotVisible)?;
            relation.case_desks.push(n.coordinator);
            // The matter is about the household as the first of the two recorded it. Neither desk is told: its people are
            // invited by the secretariat, and nothing is before them until they lay it down.
            let household = n.households[0];
            Ok(Origin {
                case: None,
                number: String::new(),
                consultation: None,
                household,
                initiator: n.coordinator,
                inquiry: None,
                askers: Vec::new(),
                overlap: Some(n),
                relation,
            })
        }
        "asked" => asked(conn, viewer, about.cast(), today).await,
        "no_consent" => without_consent(conn, viewer, about.cast(), today).await,
        _ => Err(Fail::NotVisible),
    }
}

/// A case in which somebody has no consent, for a coordinator whose desks have no part in it: the button of the list of people
/// without consent (disclosure rule 9). Number and desk are known from that list; nothing else becomes known by opening.
async fn without_consent(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: CaseId,
    today: Day,
) -> Result<Origin, Fail> {
    let m = viewer.municipality;
    let case = casefile::header(conn, m, id).await?.ok_or(Fail::NotVisible)?;
    let of_household = household::cases_of(conn, viewer, [case.household]).await?;
    let mut relation = Relation::within(of_household.into_values().flatten().chain([id]));
    let hub = viewer.seats.iter().find(|s| s.role == access::Role::Coordinator).map(|s| s.desk);
    let (Some(hub), Some(accountable)) = (hub, case.accountable) else { return Err(Fail::NotVisible) };
    if relation.keeps_out(viewer) || !consent::someone_uncovered(conn, viewer, id, today).await? {
        return Err(Fail::NotVisible);
    }
    relation.case_desks.push(hub);
    Ok(Origin {
        case: Some(id),
        number: case.number_text(),
        consultation: None,
        household: case.household,
        initiator: accountable,
        inquiry: None,
        overlap: None,
        askers: Vec::new(),
        relation,
    })
}

/// A case whose desk asks for a matter, for a coordinator who was asked and has not answered. Number and desk are told with the question.
async fn asked(conn: &mut Conn<'_>, viewer: &Viewer, id: CaseId, today: Day) -> Result<Origin, Fail> {
    let m = viewer.municipality;
    let case = casefile::header(conn, m, id)
        .await?
        .filter(|c| c.state == CaseState::Open)
        .ok_or(Fail::NotVisible)?;
    let question = ask::open_question(conn, viewer, id).await?.ok_or(Fail::NotVisible)?;
    let of_household = household::cases_of(conn, viewer, [case.household]).await?;
    let mut relation = Relation::within(of_household.into_values().flatten().chain([id]));
    if relation.keeps_out(viewer) {
        return Err(Fail::NotVisible);
    }
    relation.case_desks.push(question.desk);
    let initiator = match question.askers.first() {
        Some((_, desk)) => register::heir(conn, m, *desk, today).await?,
        None => case.accountable.ok_or(Fail::NotVisible)?,
    };
    Ok(Origin {
        case: Some(id),
        number: case.number_text(),
        consultation: None,
        household: case.household,
        initiator,
        inquiry: None,
        overlap: None,
        askers: question.askers,
        relation,
    })
}

/// Whether somebody of the household fits a position, as far as whoever opens it may see.
async fn fits(look: &mut Look, household: HouseholdId, position: &str) -> Result<bool, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let Some(ages) = positions::ages_of(position) else { return Ok(true) };
    let all = person::members(&mut look.conn(), &viewer, household).await?;
    let n = all.len();
    Ok(somebody(ages, &look.disclose(all).await?, n, today))
}

/// The same while writing: a command does not have to come from a form.
pub(crate) async fn fits_again(act: &mut Act, household: HouseholdId, position: &str) -> Result<bool, Fail> {
    let Some(ages) = positions::ages_of(position) else { return Ok(true) };
    let (viewer, today) = (act.viewer().cloned().ok_or(Fail::NotVisible)?, act.now().day());
    let all = person::members(&mut act.facts()?, &viewer, household).await?;
    let n = all.len();
    Ok(somebody(ages, &act.disclose(all).await?, n, today))
}

fn somebody(ages: rules::Ages, seen: &[Disclosed<Person>], of: usize, today: Day) -> bool {
    let births: Vec<_> = seen.iter().map(|p| p.known.birth).collect();
    rules::somebody_fits(Some(ages), &births, births.len() < of, today)
}

#[derive(Template)]
#[template(path = "conference_new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    from: String,
    about: ThingId,
    number: String,
    initiator: String,
    /// The two desks of an overlap.
    overlapping: Vec<String>,
    /// The conference that an inquiry was raised to, with its article: what whoever raised it was told.
    raised_to: String,
    positions: Vec<Choice>,
    /// Whether it is asked that the position fits, though nobody is seen to.
    asks: bool,
    desks: Vec<(String, Vec<Choice>)>,
}

/// What the address or the form says it is opened from.
fn named(fields: &site::Fields) -> Result<(String, ThingId), Fail> {
    for from in ["inquiry", "case", "overlap", "asked", "no_consent"] {
        if let Some(id) = fields.get(from) {
            return Ok((from.to_owned(), id.parse().map_err(|_| Fail::NotVisible)?));
        }
    }
    Err(Fail::NotVisible)
}

/// GET /matters/new?inquiry= | ?case=
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let (from, about) = named(req.query())?;
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    if from == "inquiry" {
        let m = ctx.viewer.municipality;
        // Opened before, in another tab: on to it.
        if let Some(id) = sql::of_inquiry(&mut look.conn(), m, about.cast()).await? {
            origin(&mut look.conn(), &ctx.viewer, &from, about, ctx.now.day()).await?;
            return Ok(Answer::to(&link::matter(id), "", look.close().await?));
        }
    }
    render(&req, look, from, about, Form::default()).await
}

async fn render(req: &Req, mut look: Look, from: String, about: ThingId, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let origin = origin(&mut look.conn(), &ctx.viewer, &from, about, ctx.now.day()).await?;
    let two = origin.overlap.iter().flat_map(|n| n.desks);
    let named = std::iter::once(origin.initiator).chain(two.clone());
    let names = register::desk_names(&mut look.conn(), m, named, today).await?;
    let all = positions::on(&mut look.conn(), m, Some(today)).await?;
    let chosen = form.value("position");
    let asks = !chosen.is_empty() && !fits(&mut look, origin.household, chosen).await?;
    let positions = all
        .iter()
        .map(|p| {
            let ground = if p.rests_on == RestsOn::Secrecy {
                "conference.by_secrecy"
            } else {
                "conference.by_consent"
            };
            let help = format!("{} {}", p.article, t.s(ground));
            Choice::new(&form, "position", &p.code, p.name.clone()).with_help(help)
        })
        .collect();
    let desks = register::desks(&mut look.conn(), m, today).await?;
    let page = NewPage {
        from,
        about,
        number: origin.number,
        initiator: names.get(&origin.initiator).cloned().unwrap_or_default(),
        overlapping: two.filter_map(|d| names.get(&d).cloned()).collect(),
        raised_to: all
            .iter()
            .find(|p| origin.inquiry.is_some() && p.code == positions::RAISED_TO)
            .map_or_else(String::new, |p| format!("{} {}", p.name, p.article)),
        asks,
        positions,
        desks: register::desk_groups(&t, &form, "lead", &desks, &[]),
        frame,
        form: form.clone(),
    };
    let wrong = form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /matters/new
pub(crate) async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (from, about) = named(req.body())?;
    let mut form = req.form();
    form.must_choose("position");
    let position = form.line("position", Need::Required, 60);
    let lead: Option<DeskId> = form.id("lead", Need::Required);
    let question = form.paragraph("question", Need::Optional, household::entry::MOST_CHARACTERS);
    let mut look = ctx.look(Channel::Write).await?;
    let origin = origin(&mut look.conn(), &ctx.viewer, &from, about, ctx.now.day()).await?;
    let desks = register::desks(&mut look.conn(), ctx.viewer.municipality, ctx.now.day()).await?;
    if lead.is_some_and(|l| desks.iter().all(|d| d.id != l)) {
        form.problem("lead", "text.choose");
    }
    let sure = form.ticked("fits");
    if !sure && !fits(&mut look, origin.household, &position).await? {
        form.problem("position", "conference.nobody_fits");
    }
    let (false, Some(lead)) = (form.has_problems(), lead) else {
        return render(&req, look, from, about, form).await;
    };
    look.close().await?;
    let body = Open { from: from.clone(), about, position, lead, question, sure };
    match ctx.act(&req.envelope(), "matter.open", &body).await? {
        Begun::Before(to) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&link::matter(to), "matter_opened", receipt))
        }
        Begun::New(mut act) => {
            let id: MatterId = act.new_id();
            match acts::open(&mut act, id, &body, &origin).await {
                Ok(()) => {
                    Ok(Answer::to(&link::matter(id), "matter_opened", act.commit(&id.to_string()).await?))
                }
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    // There is nothing yet that could go on from here.
                    let key = match refusal.key {
                        "conference.no_consent" => "conference.no_consent_new",
                        other => other,
                    };
                    form.problem("position", key);
                    let look = ctx.look(Channel::Write).await?;
                    render(&req, look, from, about, form).await
                }
                Err(other) => Err(other),
            }
        }
    }
}
