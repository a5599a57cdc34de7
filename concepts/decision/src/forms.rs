//! Writing down what a conference decided: one form, its questions by timing.

use std::sync::Arc;

use askama::Template;
use conference::{RestsOn, Whose};
use engine::{Begun, Channel, Fail, Look, Receipt, Refusal};
use household::entry::Timeline;
use household::{MarksControl, marks_from, nameable};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;
use words::id::{CaseId, DeskId, HouseholdId, MatterId, PersonId};

use crate::acts::{self, NewDecision, Place};
use crate::presence::Noted;
use crate::rules::{
    Close, Content, EndedWhy, Establish, FollowUp, FollowUpNeed, Ground, Interrupt, InterruptWhy, Programme,
    Replan, Timing, Words,
};
use crate::sql;
use crate::view::Line;

/// Longest text of a decision.
const MOST: usize = 3_000;
/// Recorded attempts that are written into a fresh form.
const ATTEMPTS: usize = 20;
/// The last days of a matter that are shown.
const DAYS: usize = 5;

/// A day of the matter and who was there.
struct Sitting {
    day: String,
    iso: String,
    desks: String,
    /// What is wrong with it, as a sentence; nothing when a decision of that day can be written down.
    wrong: String,
}

/// A decision written down before.
struct Before {
    href: String,
    words: String,
    state: String,
}

#[derive(Template)]
#[template(path = "decision_form.html")]
pub(crate) struct DecidePage {
    pub(crate) frame: Frame,
    pub(crate) form: Form,
    pub(crate) action: String,
    pub(crate) back: String,
    pub(crate) place: String,
    pub(crate) number: String,
    pub(crate) secrecy: bool,
    pub(crate) alone: bool,
    /// The matter is about somebody who has not agreed, and could be about somebody who has.
    narrow: bool,
    /// Whether a consent to conferences or working together holds.
    pub(crate) consented: bool,
    /// The page on which somebody's presence is written down, and from which a matter moves to a consent conference.
    pub(crate) office: Option<String>,
    pub(crate) may_office: bool,
    /// Where a meeting that was held once is written down, for a conference with consent.
    once: Option<String>,
    /// The programmes of which a proposal is before the conference.
    proposals: Vec<String>,
    days: Vec<Sitting>,
    before: Vec<Before>,
    pub(crate) programmes: Vec<Choice>,
    pub(crate) timings: Vec<Choice>,
    pub(crate) ended: Vec<Choice>,
    pub(crate) interrupts: Vec<Choice>,
    pub(crate) follow_ups: Vec<Choice>,
    pub(crate) marks: Option<MarksControl>,
    pub(crate) max: usize,
}

pub(crate) fn choices<C: Code>(
    frame: &Frame,
    form: &Form,
    field: &str,
    list: &str,
    only: &[C],
) -> Vec<Choice> {
    only.iter().map(|c| Choice::new(form, field, c.code(), frame.t.code(list, c.code()))).collect()
}

/// A fresh form: what is decided is support and plan, until somebody marks it otherwise.
pub(crate) fn fresh(programme: &str, timing: &str, on: String, attempts: String) -> Form {
    Form::filled(vec![
        ("words_cat", "plan".to_owned()),
        ("words_cat", "support".to_owned()),
        ("programme", programme.to_owned()),
        ("timing", timing.to_owned()),
        ("on", on),
        ("attempts", attempts),
    ])
}

/// What was tried, as it is recorded of a case: day and way of each contact that came to nothing, the first first, as far as this viewer
/// may see it. The words of a record stay where they are.
pub(crate) async fn attempts(look: &mut Look, frame: &Frame, case: CaseId) -> Result<String, Fail> {
    let of = Timeline { attempts: true, standing: true, ..Timeline::default() };
    let found = casefile::visible(look, case, of, ATTEMPTS).await?;
    let lines: Vec<String> = found
        .iter()
        .rev()
        .filter_map(|e| {
            let way = frame.t.code("record_form", e.form?);
            Some(format!("{}　{way}", frame.day(&e.occurred_at.day())))
        })
        .collect();
    Ok(lines.join("\n"))
}

/// The parts of the page that the two forms share.
pub(crate) struct Shared {
    pub action: String,
    pub back: String,
    pub place: String,
    pub number: String,
    pub timings: Vec<Timing>,
    pub consented: bool,
    pub marks: Option<MarksControl>,
}

impl DecidePage {
    pub(crate) fn new(frame: Frame, form: Form, shared: Shared) -> Self {
        Self {
            action: shared.action,
            back: shared.back,
            place: shared.place,
            number: shared.number,
            secrecy: false,
            alone: false,
            narrow: false,
            consented: shared.consented,
            office: None,
            may_office: false,
            once: None,
            proposals: Vec::new(),
            days: Vec::new(),
            before: Vec::new(),
            programmes: choices(&frame, &form, "programme", "decision_programme", Programme::ALL),
            timings: choices(&frame, &form, "timing", "decision_timing", &shared.timings),
            ended: choices(&frame, &form, "ended", "decision_ended", EndedWhy::ALL),
            interrupts: choices(&frame, &form, "interrupt", "decision_interrupt", InterruptWhy::ALL),
            follow_ups: choices(&frame, &form, "follow_up", "decision_follow_up", FollowUpNeed::ALL),
            marks: shared.marks,
            max: MOST,
            form,
            frame,
        }
    }
}

/// A matter in which this viewer decides: a coordinator who may know of it, or whoever runs it in the place of its secretariat.
async fn opened(look: &mut Look, viewer: &access::Viewer, id: MatterId) -> Result<conference::Seen, Fail> {
    let (seen, relation) = conference::stand(&mut look.conn(), viewer, id).await?.ok_or(Fail::NotVisible)?;
    let may = seen.open_to() && access::may(viewer, seen.decides(), &relation).is_ok();
    if may { Ok(seen) } else { Err(Fail::NotVisible) }
}

/// GET /matters/{id}/decide
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let asked = |name: &str| req.query().get(name).unwrap_or_default().to_owned();
    // From the page of a session: of its day.
    let on = Day::parse_iso(&asked("on")).unwrap_or(req.now().day());
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let (id, viewer): (MatterId, _) = (req.id("id")?, look.viewer().clone());
    let seen = opened(&mut look, &viewer, id).await?;
    let tried = match seen.case {
        Some(case) => attempts(&mut look, &req.frame(), case).await?,
        None => String::new(),
    };
    let form = fresh(&asked("programme"), &asked("timing"), req.t().short_day(on), tried);
    render(&req, look, form).await
}

async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let id: MatterId = req.id("id")?;
    let frame = req.frame();
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let seen = opened(&mut look, &viewer, id).await?;
    let secrecy = seen.rests_on == RestsOn::Secrecy;
    let whose = conference::whose(&mut look.conn(), m, id, today).await?;
    let dead = household::known_dead(&mut look, [seen.household]).await?;
    let holdable = conference::holdable(&mut look.conn(), m, seen.household, (&dead, today)).await?;
    let consented = if secrecy { holdable } else { conference::carried(&whose) };
    let known = known(&mut look, &frame, (seen.household, secrecy), &whose).await?;
    let position = conference::on(&mut look.conn(), m, None).await?;
    let shared = Shared {
        action: link::matter_decide(id),
        back: link::matter(id),
        place: position.into_iter().find(|p| p.code == seen.position).map(|p| p.name).unwrap_or_default(),
        number: seen.number.clone(),
        timings: offered(secrecy, consented),
        consented,
        marks: (!secrecy).then(|| MarksControl::new(&frame.t, &form, "words", &known)),
    };
    let ground = if secrecy { Ground::Secrecy } else { Ground::Consent };
    let days = sittings(&mut look, &frame, ((id, ground), !secrecy && consented)).await?;
    let proposals = match seen.case.filter(|_| !secrecy) {
        Some(case) => sql::proposals(&mut look.conn(), m, case).await?,
        None => Vec::new(),
    };
    let before = sql::of_matter(&mut look.conn(), m, id).await?;
    let before = before.iter().map(|d| Before {
        href: link::decision(d.id),
        words: Line::from(d).words(&frame),
        state: frame.t.code(
            "decision_state",
            if d.voided_at.is_some() {
                "void"
            } else if d.used_at.is_some() {
                "used"
            } else {
                "open"
            },
        ),
    });
    let before = before.collect();
    let wrong = form.has_problems();
    let page = DecidePage {
        secrecy,
        narrow: !secrecy && !consented && holdable,
        office: Some(format!("{}/office", link::matter(id))),
        once: (!secrecy && consented && seen.closed_at.is_none())
            .then(|| format!("{}/once", link::matter(id))),
        proposals: proposals
            .iter()
            .map(|(programme, _)| frame.t.code("decision_programme", *programme))
            .collect(),
        may_office: seen.office,
        days,
        before,
        ..DecidePage::new(frame, form, shared)
    };
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// The timings that can be decided here: all with consent, the end and the pause without.
pub(crate) fn offered(secrecy: bool, consented: bool) -> Vec<Timing> {
    match (secrecy, consented) {
        (false, true) => Timing::ALL.to_vec(),
        _ => vec![Timing::Close, Timing::Interrupt, Timing::Other],
    }
}

/// Whom the words can be about: those of the household this viewer is shown; in a conference with consent those it is about.
async fn known(
    look: &mut Look,
    frame: &Frame,
    (household, secrecy): (HouseholdId, bool),
    whose: &[Whose],
) -> Result<Vec<(PersonId, String)>, Fail> {
    let viewer = look.viewer().clone();
    let sealed = household::person::members(&mut look.conn(), &viewer, household).await?;
    let members = look.disclose(sealed).await?;
    let mut known = nameable(&frame.t, &members);
    known.retain(|(id, _)| secrecy || whose.iter().any(|w| w.person == *id));
    Ok(known)
}

/// The days on which desks were there, as the rule for a decision finds them, and where its item has to have been on an agenda, whether it was.
async fn sittings(
    look: &mut Look,
    frame: &Frame,
    ((id, ground), under_item): ((MatterId, Ground), bool),
) -> Result<Vec<Sitting>, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let noted = Noted::load(&mut look.conn(), m, (id, ground)).await?;
    let days: Vec<(Day, Vec<DeskId>)> =
        noted.days().into_iter().take(DAYS).map(|on| (on, noted.desks(on))).collect();
    let desks = days.iter().flat_map(|(_, desks)| desks.iter().copied());
    let names = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let mut sittings = Vec::new();
    for (day, desks) in days {
        let item = !under_item || noted.sat(day).next().is_some();
        let found = conference::decidable(noted.there(day)).and(if item {
            Ok(())
        } else {
            Err(Refusal::new("decision.no_item"))
        });
        let mut shown: Vec<String> = desks.iter().filter_map(|d| names.get(d)).cloned().collect();
        shown.sort();
        shown.dedup();
        sittings.push(Sitting {
            day: frame.day(&day),
            iso: day.to_string(),
            desks: shown.join(frame.t.s("site.comma")),
            wrong: found.err().map(|r| frame.t.s(r.key).to_owned()).unwrap_or_default(),
        });
    }
    Ok(sittings)
}

/// POST /matters/{id}/decide
pub(crate) async fn decide(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MatterId = req.id("id")?;
    let frame = req.frame();
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let seen = opened(&mut look, &ctx.viewer, id).await?;
    let (m, secrecy) = (ctx.viewer.municipality, seen.rests_on == RestsOn::Secrecy);
    let whose = conference::whose(&mut look.conn(), m, id, ctx.now.day()).await?;
    let known = known(&mut look, &frame, (seen.household, secrecy), &whose).await?;
    look.close().await?;
    let mut form = req.form();
    let new = read(&mut form, &known, ctx.now.day());
    let Some(new) = new.filter(|_| !form.has_problems()) else {
        let look = ctx.look(Channel::Page).await?;
        return render(&req, look, form).await;
    };
    match take(&req, Place::Matter(id), &new).await {
        Ok((to, receipt)) => Ok(Answer::to(&to, "decision_recorded", receipt)),
        Err(Fail::Refused(refusal)) => {
            form.problem(beside(refusal.key), refusal.key);
            let look = ctx.look(Channel::Page).await?;
            render(&req, look, form).await
        }
        Err(other) => Err(other),
    }
}

/// Writes it down; where it leads.
pub(crate) async fn take(req: &Req, place: Place, new: &NewDecision) -> Result<(String, Receipt), Fail> {
    match req.ctx()?.act(&req.envelope(), "decision.record", &(place, new)).await? {
        Begun::Before(to) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok((format!("/decisions/{to}"), receipt))
        }
        Begun::New(mut act) => {
            let (id, _) = acts::record(&mut act, place, new).await?;
            Ok((link::decision(id), act.commit(&id.to_string()).await?))
        }
    }
}

/// The field a refusal stands beside.
pub(crate) fn beside(key: &str) -> &'static str {
    match key {
        "decision.monitoring_past" => "monitoring",
        "decision.follow_up_past" => "follow_up_on",
        "decision.ended_why"
        | "decision.consent_holds"
        | "decision.no_death"
        | "decision.no_move"
        | "decision.no_withdrawal"
        | "decision.no_expiry"
        | "decision.is_held" => "ended",
        "decision.no_such_day"
        | "decision.no_item"
        | "decision.no_consent_then"
        | "decision.nobody_there"
        | "decision.municipality_absent"
        | "decision.provider_absent" => "on",
        _ => "timing",
    }
}

/// What a form says; problems beside their fields, all at once.
pub(crate) fn read(form: &mut Form, known: &[(PersonId, String)], today: Day) -> Option<NewDecision> {
    let programme = form.code::<Programme>("programme", Need::Required);
    let on = form.day("on", Need::Required);
    if on.is_some_and(|d| d > today) {
        form.problem("on", "decision.no_such_day");
    }
    let content = match form.code::<Timing>("timing", Need::Required)? {
        Timing::Establish => {
            let (goals, day) = (words(form, "goals"), form.promised_day("monitoring", Need::Required));
            goals.zip(day).map(|(goals, monitoring)| Content::Establish(Establish { goals, monitoring }))
        }
        Timing::Replan => {
            let (change, review) = (words(form, "change"), words(form, "review"));
            let (new_plan, day) = (words(form, "new_plan"), form.promised_day("monitoring", Need::Required));
            change.zip(review).zip(new_plan).zip(day).map(|(((change, review), new_plan), monitoring)| {
                Content::Replan(Replan { change, review, new_plan, monitoring })
            })
        }
        Timing::Close => close(form),
        Timing::Interrupt => {
            let why = form.code::<InterruptWhy>("interrupt", Need::Required);
            let attempts = words(form, "attempts");
            why.zip(attempts).map(|(why, attempts)| Content::Interrupt(Interrupt { why, attempts }))
        }
        Timing::Other => words(form, "other").map(Content::Other),
    };
    let ended = form.code::<EndedWhy>("ended", Need::Optional);
    let marks = marks_from(form, "words", known);
    Some(NewDecision { programme: programme?, on: on?, content: content?, ended, marks })
}

fn close(form: &mut Form) -> Option<Content> {
    let (achieved, evaluation) = (words(form, "achieved"), words(form, "evaluation"));
    let how = words(form, "follow_up_how");
    let follow_up = match form.code::<FollowUpNeed>("follow_up", Need::Required)? {
        FollowUpNeed::Needed => {
            let on = form.promised_day("follow_up_on", Need::Required);
            how.zip(on).map(|(how, on)| FollowUp::Needed { how, on })
        }
        FollowUpNeed::NotNeeded => how.map(|why| FollowUp::NotNeeded { why }),
    };
    let ((achieved, evaluation), follow_up) = achieved.zip(evaluation).zip(follow_up)?;
    Some(Content::Close(Close { achieved, evaluation, follow_up }))
}

fn words(form: &mut Form, field: &str) -> Option<Words> {
    Words::new(&form.paragraph(field, Need::Required, MOST))
}
