//! Writing about consents. Each act: begin, load, permit, decide, save, settle the guard.

use access::{Action, RecordKind, RecordRef, Relation, Right};
use attachment::{NewAttachment, Taken};
use casefile::CaseHeader;
use consent::{
    Because, Confirmed, Consent, ConsentForm, Follow, GivenBy, Guardian, NewRequest, RequestState, StandIn,
    Withdrawal,
};
use engine::{Act, Begun, Fail, Receipt, Refusal};
use serde::Serialize;
use site::{Req, link};
use task::{Guarded, TaskState};
use words::calendar::{self, OpeningDays};
use words::code::Code;
use words::id::{AttachmentId, CaseId, ConsentId, PersonId, ThingId};
use words::{Day, Instant};

use crate::form::Draft;
use crate::rules::{self, AsideReason, NoReason};
use crate::{sql, terms};

/// The paper on which somebody agreed.
pub(crate) struct Paper<'r> {
    pub taken: Taken,
    pub bytes: &'r [u8],
}

fn of_consent(id: ConsentId) -> RecordRef {
    RecordRef { kind: RecordKind::Consent, id: id.cast() }
}

/// A form that came twice leads to the same place.
fn before() -> Receipt {
    Receipt::nothing_personal("a form that came twice leads to the same place")
}

/// The case as far as the acting person has to do with it; absent otherwise.
async fn load(act: &mut Act, case: CaseId) -> Result<(CaseHeader, Relation), Fail> {
    let Some(viewer) = act.viewer().cloned() else { return Err(Fail::NotVisible) };
    casefile::relation(&mut act.facts()?, &viewer, case).await?.ok_or(Fail::NotVisible)
}

/// The guard after an act that may have ended a task.
async fn settle(act: &mut Act, right: &Right, case: CaseId) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let days = register::settings(&mut act.facts()?, m).await?.next_contact_days;
    let due = calendar::add_business_days(&OpeningDays::default(), today.plus_days(days), 0);
    task::settle(act, right, Guarded::Case(case), Instant::at(due, 17, 15)).await
}

/// Whether this member of the household is disclosed to the acting person; absent otherwise.
async fn known(act: &mut Act, header: &CaseHeader, person: PersonId) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let sealed = household::person::by_ids(&mut act.facts()?, &viewer, [person]).await?;
    let shown = act.disclose(sealed).await?;
    if shown.iter().any(|p| p.household == header.household) { Ok(()) } else { Err(Fail::NotVisible) }
}

/// Refuses a second consent beside one that says as much to the same recipient, as far as the acting person may know of that one: whoever
/// may not must not find out by asking (disclosure rule 2).
async fn beside(act: &mut Act, header: &CaseHeader, new: &consent::NewConsent) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let today = act.now().day();
    let accountable = header.accountable.is_some_and(|d| viewer.reading_desks().contains(&d));
    let ours = accountable.then_some(header.id);
    let known = consent::known(&mut act.facts()?, &viewer, [new.person], ours).await?;
    if consent::there_already(&consent::Chosen::of(new), &known, today).is_empty() {
        Ok(())
    } else {
        Err(Refusal::new("agreement.there_already").into())
    }
}

/// Records a consent, in the place of an earlier one or as the answer to what was asked; `again` where it is meant beside another one.
/// Where it leads.
pub(crate) async fn record(
    req: &Req,
    (draft, again): (&Draft, bool),
    paper: Option<Paper<'_>>,
    follows: Option<ConsentId>,
    request: Option<ThingId>,
) -> Result<(String, Receipt), Fail> {
    #[derive(Serialize)]
    struct Body<'a>(&'a Draft, Option<ConsentId>, Option<ThingId>, usize, bool);
    let case = draft.case;
    let body = Body(draft, follows, request, paper.as_ref().map_or(0, |p| p.bytes.len()), again);
    let mut act = match req.ctx()?.act(&req.envelope(), "consent.record", &body).await? {
        Begun::Before(to) => return Ok((to, before())),
        Begun::New(act) => act,
    };
    let (header, relation) = load(&mut act, case).await?;
    let right = act.permit(Action::RecordConsent, &relation, RecordRef::case(case)).await?;
    let new = draft.consent();
    known(&mut act, &header, new.person).await?;
    if follows.is_none() && !again {
        beside(&mut act, &header, &new).await?;
    }
    let id = consent::give(&mut act, &right, &new, None).await?;
    if let Some(follows) = follows {
        let before = followed(&mut act, &header, &relation, follows, new.person).await?;
        act.check_version(before.version)?;
        rules::without_gap(&before, new.from, act.now().day())?;
        consent::follow(&mut act, &right, &before, id, rules::follows_as(&before, &new), None).await?;
        end_tasks(&mut act, &right, follows, TaskState::Done).await?;
    }
    if let Some(request) = request {
        let asked = open_request(&mut act, &header, request).await?;
        if asked.person != new.person {
            return Err(Fail::NotVisible);
        }
        consent::answer_request(&mut act, &right, request, RequestState::Given, None, "", Some(id)).await?;
    }
    if let Some(paper) = paper {
        keep(
            &mut act,
            &right,
            &header,
            (id, new.person),
            &paper,
            rules::form_categories(new.categories, draft.address),
        )
        .await?;
    }
    settle(&mut act, &right, case).await?;
    let to = link::case_consent(case, id);
    let receipt = act.commit(&to).await?;
    Ok((to, receipt))
}

/// The consent that is followed: of the same person, and one that the acting person may end.
async fn followed(
    act: &mut Act,
    header: &CaseHeader,
    relation: &Relation,
    id: ConsentId,
    person: PersonId,
) -> Result<Consent, Fail> {
    let before = terms::visible(act, header, id).await?;
    let relation = terms::relation_of(relation, &before);
    act.permit(Action::RecordWithdrawal, &relation, of_consent(id)).await?;
    consent::may_follow(before.state, before.followed_by.is_some())?;
    if before.person != person {
        return Err(Refusal::new("agreement.another_person").into());
    }
    Ok(before)
}

async fn end_tasks(act: &mut Act, right: &Right, id: ConsentId, state: TaskState) -> Result<(), Fail> {
    let m = act.municipality();
    let reason = if state == TaskState::Done { "" } else { "consent_over" };
    for task in sql::tasks_of(&mut act.facts()?, m, id).await? {
        task::end(act, right, task, state, reason).await?;
    }
    Ok(())
}

async fn keep(
    act: &mut Act,
    right: &Right,
    header: &CaseHeader,
    (consent, person): (ConsentId, PersonId),
    paper: &Paper<'_>,
    categories: access::Categories,
) -> Result<AttachmentId, Fail> {
    let new = NewAttachment {
        of: of_consent(consent),
        household: header.household,
        persons: vec![person],
        categories,
        taken: paper.taken.clone(),
        bytes: paper.bytes,
    };
    attachment::add(act, right, &new).await
}

/// Keeps a paper with a consent that stands already: by the desk that recorded it, or the accountable one.
pub(crate) async fn attach(
    req: &Req,
    case: CaseId,
    id: ConsentId,
    paper: &Paper<'_>,
    address: bool,
) -> Result<Receipt, Fail> {
    let body = (case, id, &paper.taken.name, paper.bytes.len(), address);
    let mut act = match req.ctx()?.act(&req.envelope(), "consent.attach", &body).await? {
        Begun::Before(_) => return Ok(before()),
        Begun::New(act) => act,
    };
    let (header, relation) = load(&mut act, case).await?;
    let found = terms::visible(&mut act, &header, id).await?;
    let relation = terms::relation_of(&relation, &found);
    let right = act.permit(Action::RecordWithdrawal, &relation, of_consent(id)).await?;
    let categories = rules::form_categories(found.categories, address);
    keep(&mut act, &right, &header, (id, found.person), paper, categories).await?;
    Ok(act.commit("").await?)
}

/// Takes a paper out of sight that belongs elsewhere: by the desk that put it there.
pub(crate) async fn detach(req: &Req, case: CaseId, file: AttachmentId) -> Result<Receipt, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "consent.detach", &(case, file)).await? {
        Begun::Before(_) => return Ok(before()),
        Begun::New(act) => act,
    };
    let (_, relation) = load(&mut act, case).await?;
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let sealed = attachment::by_ids(&mut act.facts()?, &viewer, [file]).await?;
    let shown = act.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)?;
    let mut relation = relation;
    relation.author = Some(shown.desk);
    let record = RecordRef { kind: RecordKind::Attachment, id: file.cast() };
    let right = act.permit(Action::MarkInError, &relation, record).await?;
    if !attachment::void(&mut act, &right, file).await? {
        return Err(Fail::Stale);
    }
    Ok(act.commit("").await?)
}

/// Writes down that somebody is asked for a consent. Where it leads.
pub(crate) async fn ask(
    req: &Req,
    case: CaseId,
    person: PersonId,
    asked: &str,
) -> Result<(String, Receipt), Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "consent.ask", &(case, person, asked)).await? {
        Begun::Before(to) => return Ok((to, before())),
        Begun::New(act) => act,
    };
    let (header, relation) = load(&mut act, case).await?;
    let right = act.permit(Action::RecordConsent, &relation, RecordRef::case(case)).await?;
    known(&mut act, &header, person).await?;
    let new = NewRequest { person, case, asked: asked.to_owned() };
    let id = consent::request(&mut act, &right, &new).await?;
    let to = link::consent_request(case, id);
    let receipt = act.commit(&to).await?;
    Ok((to, receipt))
}

/// A request of this case that the acting person's desk made, or that their desk is accountable for.
async fn open_request(act: &mut Act, header: &CaseHeader, id: ThingId) -> Result<consent::Request, Fail> {
    let m = act.municipality();
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let found = consent::request_by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let own = viewer.reading_desks();
    let shown = own.contains(&found.desk) || header.accountable.is_some_and(|d| own.contains(&d));
    if found.case == header.id && shown { Ok(found) } else { Err(Fail::NotVisible) }
}

/// What the person said: no, with who said it and why; or that it is not asked any more.
pub(crate) async fn answer(
    req: &Req,
    case: CaseId,
    id: ThingId,
    no: Option<(GivenBy, Option<PersonId>, NoReason)>,
) -> Result<Receipt, Fail> {
    let body = (case, id, no.map(|(by, who, why)| (by.code(), who, why.code())));
    let mut act = match req.ctx()?.act(&req.envelope(), "consent.answer", &body).await? {
        Begun::Before(_) => return Ok(before()),
        Begun::New(act) => act,
    };
    let (header, relation) = load(&mut act, case).await?;
    let right = act.permit(Action::RecordConsent, &relation, RecordRef::case(case)).await?;
    let asked = open_request(&mut act, &header, id).await?;
    act.check_version(asked.version)?;
    match no {
        Some((by, who, why)) => {
            if let Some(who) = who {
                known(&mut act, &header, who).await?;
            }
            let told = Some((by, who));
            consent::answer_request(&mut act, &right, id, RequestState::Refused, told, why.code(), None)
                .await?;
        }
        None => consent::answer_request(&mut act, &right, id, RequestState::Dropped, None, "", None).await?,
    }
    Ok(act.commit("").await?)
}

/// What is written down about a withdrawal: who said so, in whose place, how, and on which day.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TakenBack {
    pub told_by: GivenBy,
    pub way: ConsentForm,
    pub said: Day,
    /// Who spoke in the person's place.
    pub who: StandIn,
}

/// Records that a consent was withdrawn (domain section 4.5), on behalf of whoever said so. It holds from the next
/// request of anyone, whichever day it was said.
pub(crate) async fn withdraw(
    req: &Req,
    case: CaseId,
    id: ConsentId,
    taken: &TakenBack,
) -> Result<Receipt, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "consent.withdraw", &(case, id, taken)).await? {
        Begun::Before(_) => return Ok(before()),
        Begun::New(act) => act,
    };
    let (header, relation) = load(&mut act, case).await?;
    let found = terms::visible(&mut act, &header, id).await?;
    let relation = terms::relation_of(&relation, &found);
    let right = act.permit(Action::RecordWithdrawal, &relation, RecordRef::case(case)).await?;
    if let Some(who) = taken.who.person {
        known(&mut act, &header, who).await?;
    }
    consent::said_on(&found, taken.said, act.now().day())?;
    let words = Withdrawal { told_by: Some(taken.told_by), way: Some(taken.way), said: Some(taken.said) };
    consent::withdraw_for(&mut act, &right, id, (taken.told_by, words), &taken.who).await?;
    end_tasks(&mut act, &right, id, TaskState::Cancelled).await?;
    settle(&mut act, &right, case).await?;
    Ok(act.commit("").await?)
}

/// Ends a consent of somebody who has died: nobody is named who said so, because nobody did.
pub(crate) async fn end_by_death(req: &Req, case: CaseId, id: ConsentId) -> Result<Receipt, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "consent.end_by_death", &(case, id)).await? {
        Begun::Before(_) => return Ok(before()),
        Begun::New(act) => act,
    };
    let (header, relation) = load(&mut act, case).await?;
    let found = terms::visible(&mut act, &header, id).await?;
    let relation = terms::relation_of(&relation, &found);
    let right = act.permit(Action::RecordWithdrawal, &relation, RecordRef::case(case)).await?;
    act.check_version(found.version)?;
    consent::end_by_death(&mut act, &right, (id, found.person)).await?;
    end_tasks(&mut act, &right, id, TaskState::Cancelled).await?;
    settle(&mut act, &right, case).await?;
    Ok(act.commit("").await?)
}

/// Marks a consent as written down by mistake: by the desk that wrote it, with why.
pub(crate) async fn mark_in_error(
    req: &Req,
    case: CaseId,
    id: ConsentId,
    because: Because,
) -> Result<Receipt, Fail> {
    let body = (case, id, because.code());
    let mut act = match req.ctx()?.act(&req.envelope(), "consent.mark_in_error", &body).await? {
        Begun::Before(_) => return Ok(before()),
        Begun::New(act) => act,
    };
    let (header, relation) = load(&mut act, case).await?;
    let found = terms::visible(&mut act, &header, id).await?;
    let relation = terms::relation_of(&relation, &found);
    let right = act.permit(Action::MarkInError, &relation, of_consent(id)).await?;
    act.check_version(found.version)?;
    consent::may_be_mistaken(found.state)?;
    consent::mark_in_error(&mut act, &right, (id, found.person), because).await?;
    end_tasks(&mut act, &right, id, TaskState::Cancelled).await?;
    settle(&mut act, &right, case).await?;
    Ok(act.commit("").await?)
}

/// What somebody confirmed with the person when a recipient had ended.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Carry {
    pub draft: Draft,
    pub confirmed_on: Day,
    /// The day on which the last of the chosen successors was entered in the register.
    pub known: Option<Day>,
}

/// Carries a consent over to successors, as the person agreed: a new one in its place, which says no more and lasts no
/// longer. Where it leads.
pub(crate) async fn carry(
    req: &Req,
    id: ConsentId,
    carry: &Carry,
    offered: &[consent::Recipient],
) -> Result<(String, Receipt), Fail> {
    let case = carry.draft.case;
    let mut act = match req.ctx()?.act(&req.envelope(), "consent.carry_over", &(id, carry)).await? {
        Begun::Before(to) => return Ok((to, before())),
        Begun::New(act) => act,
    };
    let (header, relation) = load(&mut act, case).await?;
    let right = act.permit(Action::RecordConsent, &relation, RecordRef::case(case)).await?;
    let new = carry.draft.consent();
    let old = followed(&mut act, &header, &relation, id, new.person).await?;
    act.check_version(old.version)?;
    let since = (rules::given_on(&old), carry.known);
    rules::asked_again(carry.confirmed_on, since, act.now().day())?;
    rules::carried_over(&old, &new, offered)?;
    let given = consent::give(&mut act, &right, &new, None).await?;
    let by = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let confirmed = Confirmed { by, on: carry.confirmed_on };
    consent::follow(&mut act, &right, &old, given, Follow::CarriedOver, Some(confirmed)).await?;
    end_tasks(&mut act, &right, id, TaskState::Done).await?;
    settle(&mut act, &right, case).await?;
    let to = link::case_consent(case, given);
    let receipt = act.commit(&to).await?;
    Ok((to, receipt))
}

/// Sets a guardian aside for somebody of the household, from the next request on.
pub(crate) async fn set_aside(
    req: &Req,
    case: CaseId,
    (person, guardian): (PersonId, &Guardian),
    reason: AsideReason,
    article: &str,
) -> Result<Receipt, Fail> {
    let (recorded, name) = match guardian {
        Guardian::Recorded(id) => (Some(*id), None),
        Guardian::Named(name) => (None, Some(name)),
    };
    let body = (case, person, recorded, name, reason.code(), article);
    let mut act = match req.ctx()?.act(&req.envelope(), "consent.set_aside", &body).await? {
        Begun::Before(_) => return Ok(before()),
        Begun::New(act) => act,
    };
    let (header, relation) = load(&mut act, case).await?;
    let right = act.permit(Action::SetAside, &relation, RecordRef::case(case)).await?;
    known(&mut act, &header, person).await?;
    if let Some(guardian) = recorded {
        known(&mut act, &header, guardian).await?;
    }
    if recorded == Some(person) {
        return Err(Refusal::new("consent.giver_is_the_person").into());
    }
    let (m, today) = (act.municipality(), act.now().day());
    if !register::legal_bases(&mut act.facts()?, m, today).await?.iter().any(|a| a.code == article) {
        return Err(Refusal::new("consent.no_such_article").into());
    }
    let already = consent::set_asides(&mut act.facts()?, m, [person]).await?;
    if already.iter().any(|s| s.is(guardian)) {
        return Err(Refusal::new("agreement.set_aside_already").into());
    }
    consent::set_aside(&mut act, &right, (person, guardian), reason.code(), article).await?;
    Ok(act.commit("").await?)
}

/// Ends it: the guardian speaks for the person again.
pub(crate) async fn end_set_aside(
    req: &Req,
    case: CaseId,
    id: ThingId,
    person: PersonId,
) -> Result<Receipt, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "consent.end_set_aside", &(case, id, person)).await? {
        Begun::Before(_) => return Ok(before()),
        Begun::New(act) => act,
    };
    let (header, relation) = load(&mut act, case).await?;
    let right = act.permit(Action::SetAside, &relation, RecordRef::case(case)).await?;
    known(&mut act, &header, person).await?;
    if !consent::end_set_aside(&mut act, &right, id, person).await? {
        return Err(Fail::Stale);
    }
    Ok(act.commit("").await?)
}
