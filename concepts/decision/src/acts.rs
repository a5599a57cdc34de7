//! Writing down what was decided, taking a mistake back, using a decision. Begin, load, permit, decide, save.

use access::{Action, RecordKind, RecordRef, Relation, Right};
use casefile::CaseState;
use conference::{Answer, RestsOn};
use engine::{Act, Fail, Refusal};
use household::entry::{self, About};
use household::{EntryState, Field, Marks, NewEntry};
use serde::Serialize;
use words::id::{
    AgendaItemId, CaseId, DecisionId, DeskId, EntryId, HouseholdId, MatterId, PersonId, ThingId,
};
use words::{Day, Instant};

use crate::presence::Noted;
use crate::rules::{self, Content, EndedWhy, FollowUpNeed, Ground, InterruptWhy, Part, Programme, Timing};
use crate::sql::{self, New};

/// Where something is decided.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) enum Place {
    /// In a matter, whatever it rests on.
    Matter(MatterId),
    /// By the provider alone, about a case.
    Alone(CaseId),
}

/// A decision as written down.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewDecision {
    pub programme: Programme,
    pub on: Day,
    pub content: Content,
    pub ended: Option<EndedWhy>,
    pub marks: Marks,
}

/// What a place is, for whoever decides there.
struct Here {
    ground: Ground,
    case: CaseId,
    household: HouseholdId,
    matter: Option<MatterId>,
    /// The item under which the matter was talked over on the day. Of several the one for which everybody obliged was there.
    item: Option<AgendaItemId>,
    /// Whether consent carries the conference.
    carried: bool,
    /// Whether it did on the day of the decision, where it does now.
    then: bool,
    /// Whom a conference that rests on consent is about.
    about: Vec<PersonId>,
    /// Those of them whose consent carries it.
    carriers: Vec<PersonId>,
    /// The secretariat, where its deputy decides.
    provider: Option<DeskId>,
    right: Right,
}

/// Writes a decision down.
pub(crate) async fn record(
    act: &mut Act,
    place: Place,
    new: &NewDecision,
) -> Result<(DecisionId, CaseId), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let here = match place {
        Place::Matter(id) => in_matter(act, id, new.on).await?,
        Place::Alone(case) => alone(act, case).await?,
    };
    if new.on > today {
        return Err(Refusal::new("decision.no_such_day").into());
    }
    let open = casefile::hold(act, &here.right, here.case).await? == CaseState::Open;
    rules::case_goes_on(here.ground, new.content.timing(), open)?;
    let gone = household::known_gone(act, here.household).await?;
    let truth = sql::truth(&mut act.facts()?, m, here.household, (here.carried, &gone, today)).await?;
    let timing = new.content.timing();
    rules::place(here.ground, timing, truth, new.ended)?;
    rules::consented_then(here.ground, timing, here.then)?;
    rules::under_item(here.ground, timing, here.carried, here.item.is_some())?;
    rules::days_ahead(&new.content, new.on)?;
    let there = sql::proposal(&mut act.facts()?, m, here.case, new.programme).await?;
    let proposal = rules::about_proposal(timing, there)?;
    // Where the consent holds, nothing about its end is said.
    let with_consent = timing == Timing::Other || (here.ground == Ground::Consent && truth.carried);
    let id: DecisionId = act.new_id();
    let row = New {
        id,
        case: here.case,
        matter: here.matter,
        programme: new.programme,
        ground: here.ground,
        ended: new.ended.filter(|_| !with_consent),
        on: new.on,
        content: &new.content,
        proposal,
    };
    sql::insert(act, &here.right, &row).await?;
    write(act, &here, id, new).await?;
    if let Some(item) = here.item {
        sql::belongs(act, &here.right, id, item).await?;
    }
    if timing == Timing::Establish {
        // The provider answers for the plan from here on: it knows the case's number, desks and promises, and no content.
        let seat = here.right.seat().map(|s| s.desk);
        let desk = here.provider.or(seat).ok_or(Fail::NotVisible)?;
        casefile::join(act, &here.right, here.case, desk, "decision").await?;
    }
    Ok((id, here.case))
}

async fn in_matter(act: &mut Act, id: MatterId, on: Day) -> Result<Here, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (seen, relation) =
        conference::stand(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
    if !seen.open_to() {
        return Err(Fail::NotVisible);
    }
    let record = RecordRef { kind: RecordKind::Matter, id: id.cast() };
    let right = act.permit(seen.decides(), &relation, record).await?;
    let (m, today) = (act.municipality(), act.now().day());
    let case = seen.case.ok_or(Refusal::new("decision.no_case"))?;
    rules::on_day(seen.opened_at, seen.closed_at, on, today)?;
    let ground = if seen.rests_on == RestsOn::Consent { Ground::Consent } else { Ground::Secrecy };
    let noted = Noted::load(&mut act.facts()?, m, (id, ground)).await?;
    conference::decidable(noted.there(on))?;
    let sat: Vec<_> = noted.sat(on).collect();
    let under = sat.iter().max_by_key(|s| (noted.quorate(s), s.turn, s.item));
    let whose = if ground == Ground::Consent {
        conference::whose(&mut act.facts()?, m, id, today).await?
    } else {
        Vec::new()
    };
    let carried = conference::carried(&whose);
    // Of a conference that was on no agenda no hour is known.
    let over = sat.first().map(|s| s.over);
    let then = !carried
        || on == today
        || conference::carried_on(&mut act.facts()?, m, id, (on, over), today).await?;
    Ok(Here {
        ground,
        case,
        household: seen.household,
        matter: Some(id),
        provider: seen.deputy.then_some(seen.secretariat),
        item: under.map(|s| s.item),
        carried,
        then,
        about: whose.iter().map(|w| w.person).collect(),
        carriers: if carried { conference::carriers(&whose) } else { Vec::new() },
        right,
    })
}

async fn alone(act: &mut Act, case: CaseId) -> Result<Here, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (header, relation) =
        casefile::relation(&mut act.facts()?, &viewer, case).await?.ok_or(Fail::NotVisible)?;
    let right = deciding_alone(act, &relation, case).await?;
    Ok(Here {
        ground: Ground::OwnRecords,
        case,
        household: header.household,
        matter: None,
        provider: None,
        item: None,
        carried: false,
        then: true,
        about: Vec::new(),
        carriers: Vec::new(),
        right,
    })
}

/// The coordinator with a part in the case; or, so that a vacant post is no trap, the accountable desk.
async fn deciding_alone(act: &mut Act, relation: &Relation, case: CaseId) -> Result<Right, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let record = RecordRef::case(case);
    let coordinator = access::may(&viewer, Action::RecordDecision, relation).is_ok();
    let action = if coordinator { Action::RecordDecision } else { Action::CloseCase };
    act.permit(action, relation, record).await
}

async fn write(act: &mut Act, here: &Here, id: DecisionId, new: &NewDecision) -> Result<(), Fail> {
    let texts = new.content.texts();
    let bodies: Vec<String> = texts.iter().map(|(_, words)| words.as_str().to_owned()).collect();
    let written = if let (Ground::Secrecy, Some(matter)) = (here.ground, here.matter) {
        conference::keep_minutes(act, &here.right, (matter, here.household), bodies).await?
    } else {
        let mut new = new.clone();
        new.marks.persons = rules::of_those(&here.about, &here.carriers, &new.marks.persons)?;
        let entries = bodies.into_iter().map(|body| text(here, &new, body)).collect();
        let written = entry::write(act, &here.right, entries).await?;
        household::findable::refresh(act, &here.right, &[], &written).await?;
        written
    };
    for ((part, _), entry) in texts.iter().zip(&written) {
        sql::add_text(act, &here.right, id, *part, *entry).await?;
    }
    Ok(())
}

fn text(here: &Here, new: &NewDecision, body: String) -> NewEntry {
    NewEntry {
        field: Field::Decision,
        form: None,
        household: Some(here.household),
        marks: new.marks.clone(),
        body,
        occurred_at: Instant::at(new.on, 12, 0),
        told: None,
        about: About { case: Some(here.case), ..About::default() },
        corrects: None,
    }
}

/// The right of whoever says whether a decision stands: as it was written down.
pub(crate) async fn deciding(act: &mut Act, found: &sql::Stored) -> Result<Right, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let Some(matter) = found.matter else {
        let (_, relation) =
            casefile::relation(&mut act.facts()?, &viewer, found.case).await?.ok_or(Fail::NotVisible)?;
        return deciding_alone(act, &relation, found.case).await;
    };
    let (seen, relation) =
        conference::stand(&mut act.facts()?, &viewer, matter).await?.ok_or(Fail::NotVisible)?;
    if !seen.open_to() {
        return Err(Fail::NotVisible);
    }
    let record = RecordRef { kind: RecordKind::Matter, id: matter.cast() };
    act.permit(seen.decides(), &relation, record).await
}

/// Takes a mistaken decision back. It and its words are kept, and stand no longer.
pub(crate) async fn void(act: &mut Act, id: DecisionId) -> Result<CaseId, Fail> {
    let m = act.municipality();
    let found = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let right = deciding(act, &found).await?;
    rules::may_void(found.stand())?;
    if !sql::mark_void(act, &right, id).await? {
        return Err(Fail::Stale);
    }
    for (_, entry) in sql::texts(&mut act.facts()?, m, id).await? {
        entry::set_state(act, &right, entry, EntryState::EnteredInError).await?;
    }
    conference::settle_doubts(act, &right, id, (Answer::Void, None)).await?;
    Ok(found.case)
}

/// What a used decision says.
#[derive(Debug, Clone, Copy)]
pub struct Used {
    /// When the plan is looked at again.
    pub monitoring: Option<Day>,
    /// Whether there is a follow-up.
    pub follow_up: Option<FollowUpNeed>,
    /// Its first day.
    pub follow_up_on: Option<Day>,
    /// Why support is paused.
    pub interrupt: Option<InterruptWhy>,
    /// Why there was no consent any more.
    pub ended: Option<EndedWhy>,
    /// The text of how somebody looks in after the end. Of a follow-up that is not needed, and of what was decided in confidence, none:
    /// whoever follows up is no member there.
    pub how_followed: Option<EntryId>,
}

/// Uses a decision of this case, for this programme and timing, once. Whoever may not know of it cannot use it. A plan that it puts into
/// force says which of its proposals this is: the one that was before the conference, or none. A plan that it ends says since when it is in
/// force.
pub async fn consume(
    act: &mut Act,
    right: &Right,
    (case, id): (CaseId, DecisionId),
    (programme, timing): (Programme, Timing),
    (by, proposal, since): (ThingId, Option<i64>, Option<Instant>),
) -> Result<Used, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let found = sql::by_id(&mut act.facts()?, m, id)
        .await?
        .filter(|d| d.case == case)
        .ok_or(Refusal::new("decision.does_not_fit"))?;
    if let (Ground::Secrecy, Some(matter)) = (found.ground, found.matter) {
        let seen = conference::stand(&mut act.facts()?, &viewer, matter).await?;
        if !seen.is_some_and(|(s, _)| s.open_to()) {
            return Err(Refusal::new("decision.does_not_fit").into());
        }
    }
    rules::usable(found.stand(), programme, timing)?;
    rules::doubt::sure(timing, found.doubted)?;
    rules::decided_since(found.on, found.recorded_at, since)?;
    rules::same_text(found.proposal, proposal.map(|n| (by, n)))?;
    let under = sql::under(&mut act.facts()?, m, id).await?;
    rules::under_still(found.ground, found.on, under)?;
    if let Some(matter) = found.matter {
        let mistaken = conference::is_mistake(&mut act.facts()?, m, matter).await?;
        let whose = conference::whose(&mut act.facts()?, m, matter, today).await?;
        rules::stands(found.ground, timing, mistaken, conference::carried(&whose))?;
    }
    if !sql::mark_used(act, right, id, by).await? {
        return Err(Refusal::conflict("decision.used").into());
    }
    let how = found.follow_up == Some(FollowUpNeed::Needed) && found.ground != Ground::Secrecy;
    let texts = if how { sql::texts(&mut act.facts()?, m, id).await? } else { Vec::new() };
    Ok(Used {
        how_followed: texts.iter().find(|(part, _)| *part == Part::FollowUp).map(|(_, entry)| *entry),
        monitoring: found.monitoring,
        follow_up: found.follow_up,
        follow_up_on: found.follow_up_on,
        interrupt: found.interrupt,
        ended: found.ended,
    })
}
