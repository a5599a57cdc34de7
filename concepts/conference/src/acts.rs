//! What happens to a matter: one transaction each, with the promises that follow.

pub(crate) mod deputy;
pub(crate) mod doubt;
mod moving;

use access::{Action, Categories, Category, RecordKind, RecordRef, Relation, Right};
use attachment::{MediaType, NewAttachment, Taken};
use casefile::CaseState;
use engine::{Act, Fail, Refusal};
use household::entry::About as Place;
use household::{EntryState, Field, Marks, NewEntry, Person, entry, person};
use serde::Serialize;
use task::{NewTask, TaskKind, TaskState};
use words::calendar::{self, OpeningDays};
use words::code::Code;
use words::id::{
    AppointmentId, CaseId, DeskId, EntryId, HouseholdId, MaterialId, MatterId, MatterMemberId, PersonId,
    ThingId,
};
use words::{Day, Instant};

use crate::open::Origin;
use crate::positions::{self, Position};
use crate::rules::there::CorrectedWhy;
use crate::rules::{self, Left, Outcome, Presence, RestsOn, Role};
use crate::sql::{self, Header, Member, NewMatter, NewMember};
use crate::{carried, there};

/// A matter to be opened.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Open {
    /// From what: `inquiry`, `case`, `overlap`.
    pub from: String,
    /// Which one.
    pub about: ThingId,
    /// In which legal position.
    pub position: String,
    /// Which desk takes the initiative.
    pub lead: DeskId,
    /// The first question, if it is known.
    pub question: String,
    /// Whoever opens it says that the position fits, though they see nobody whom it is for.
    pub sure: bool,
}

/// Business days until something of a matter is due.
fn due(now: Instant, days: u32) -> Instant {
    Instant::at(calendar::business_day_after(&OpeningDays::default(), now.day(), days), 17, 0)
}

/// To pledge, and to choose the records.
const SOON: u32 = 3;
/// Until a matter has been brought together.
const LATER: u32 = 20;

fn record(id: MatterId) -> RecordRef {
    RecordRef { kind: RecordKind::Matter, id: id.cast() }
}

/// Holds a case that a conference with consent is about, which has to be open: also one that ended in this very moment.
async fn goes_on(act: &mut Act, right: &Right, case: CaseId) -> Result<(), Fail> {
    let open = casefile::hold(act, right, case).await? == CaseState::Open;
    Ok(rules::about_open_case(open)?)
}

/// Opens a matter; the coordinator is its first member, whoever asked its second.
pub(crate) async fn open(act: &mut Act, id: MatterId, new: &Open, origin: &Origin) -> Result<(), Fail> {
    let right = act.permit(Action::OpenMatter, &origin.relation, record(id)).await?;
    let seat = right.seat().cloned().ok_or(Fail::NotVisible)?;
    let (m, today) = (act.municipality(), act.now().day());
    let position = positions::one(&mut act.facts()?, m, &new.position, today)
        .await?
        .ok_or(Refusal::new("conference.no_such_position"))?;
    if !new.sure && !crate::open::fits_again(act, origin.household, &position.code).await? {
        return Err(Refusal::new("conference.nobody_fits").into());
    }
    if let Some(case) = origin.case.filter(|_| position.rests_on == RestsOn::Consent) {
        goes_on(act, &right, case).await?;
    }
    let whose = carried::of_household(&mut act.facts()?, m, origin.household, seat.desk, today).await?;
    let about = if position.rests_on == RestsOn::Consent {
        let about = rules::carriers(&whose);
        let open = rules::Stand { rests_on: RestsOn::Secrecy, closed_at: None };
        rules::may_move_to_consent(open, origin.case.is_some(), !about.is_empty())?;
        about
    } else {
        whose.iter().filter(|w| w.here).map(|w| w.person).collect()
    };
    let row = NewMatter {
        id,
        position: &position.code,
        rests_on: position.rests_on,
        article: &position.article,
        case: origin.case,
        consultation: origin.consultation.filter(|_| origin.case.is_none()),
        household: origin.household,
        initiator: origin.initiator,
        secretariat: seat.desk,
        lead: new.lead,
        inquiry: origin.inquiry,
        follows: None,
    };
    sql::insert(act, &right, &row).await?;
    carried::name(act, &right, id, about).await?;
    sql::note(act, &right, id, "opened", None, "").await?;
    let me = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let mut first =
        vec![NewMember { desk: seat.desk, sits: Some((me, seat.appointment)), name: String::new() }];
    for (user, desk) in origin.askers.iter().copied().filter(|(user, _)| *user != me) {
        let places = register::places_of(&mut act.facts()?, m, desk, today).await?;
        let place = places.iter().find(|p| p.user == user && p.role.sits_in_confidence());
        first.extend(place.map(|p| NewMember {
            desk,
            sits: Some((user, p.appointment)),
            name: String::new(),
        }));
    }
    for member in &first {
        welcome(act, &right, (id, position.rests_on), member).await?;
    }
    if let Some(inquiry) = origin.inquiry {
        inquiry::taken_up(act, &right, inquiry).await?;
    }
    if let Some(notice) = &origin.overlap {
        overlap::opened(act, &right, notice, id).await?;
    }
    if let Some(case) = origin.case {
        end_promises(act, &right, case.cast(), &[TaskKind::AskedMatter], TaskState::Done).await?;
    }
    hold(act, &right, id, seat.desk).await?;
    if !new.question.is_empty() {
        let said =
            Said { matter: id, household: origin.household, role: Role::Question, words: &new.question };
        write(act, &right, &said).await?;
    }
    Ok(())
}

/// The promise of the secretariat.
async fn hold(act: &mut Act, right: &Right, id: MatterId, desk: DeskId) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let desk = register::heir(&mut act.facts()?, m, desk, now.day()).await?;
    let about = task::About { thing: Some(id.cast()), ..task::About::default() };
    let new = NewTask { kind: TaskKind::HoldMatter, desk, assignee: None, about, due_at: due(now, LATER) };
    task::add(act, right, &new).await?;
    Ok(())
}

/// A new member, and their promise to read the pledge.
async fn welcome(
    act: &mut Act,
    right: &Right,
    (id, rests_on): (MatterId, RestsOn),
    new: &NewMember,
) -> Result<MatterMemberId, Fail> {
    let member = sql::add_member(act, right, id, new).await?;
    sql::note(act, right, id, "joined", Some(member.cast()), "").await?;
    if let (Some((user, _)), RestsOn::Secrecy) = (new.sits, rests_on) {
        promise(act, right, TaskKind::PledgeSecrecy, member, (new.desk, user)).await?;
    }
    Ok(member)
}

async fn promise(
    act: &mut Act,
    right: &Right,
    kind: TaskKind,
    member: MatterMemberId,
    (desk, user): (DeskId, words::id::UserId),
) -> Result<(), Fail> {
    let about = task::About { thing: Some(member.cast()), ..task::About::default() };
    let due_at = due(act.now(), SOON);
    task::add(act, right, &NewTask { kind, desk, assignee: Some(user), about, due_at }).await?;
    Ok(())
}

async fn end_promises(
    act: &mut Act,
    right: &Right,
    thing: ThingId,
    kinds: &[TaskKind],
    state: TaskState,
) -> Result<(), Fail> {
    let about = task::About { thing: Some(thing), ..task::About::default() };
    let why = if state == TaskState::Done { "" } else { "matter_changed" };
    task::end_all(act, right, about, kinds, state, why).await?;
    Ok(())
}

/// A matter, how desks stand to it, and its members.
pub(crate) struct Loaded {
    pub header: Header,
    pub relation: Relation,
    pub members: Vec<Member>,
}

impl Loaded {
    /// The place of whoever acts.
    pub fn me(&self, viewer: &access::Viewer) -> Option<&Member> {
        self.members.iter().find(|k| k.is(viewer))
    }

    /// The place of whoever acts, if they may read what lies before the members.
    pub fn pledged(&self, viewer: &access::Viewer) -> Option<&Member> {
        self.me(viewer).filter(|k| k.pledged_at.is_some() || self.header.rests_on == RestsOn::Consent)
    }
}

pub(crate) async fn load(act: &mut Act, id: MatterId) -> Result<Loaded, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (header, relation) = sql::by_id(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let members = sql::members(&mut act.facts()?, viewer.municipality, id).await?;
    Ok(Loaded { header, relation, members })
}

/// The right of a member, for the desk they are a member for.
async fn sitting(act: &mut Act, l: &Loaded, me: &Member) -> Result<Right, Fail> {
    let mut relation = l.relation.clone();
    relation.receiver = Some(me.desk);
    act.permit(Action::SitInMatter, &relation, record(l.header.id)).await
}

/// The right of the secretariat.
async fn running(act: &mut Act, l: &Loaded) -> Result<Right, Fail> {
    act.permit(Action::RunMatter, &l.relation, record(l.header.id)).await
}

/// The newest text of a position, whether it is still in force or not: a matter goes on under the law it was opened under.
pub(crate) async fn position_of(
    conn: &mut engine::Conn<'_>,
    m: words::id::MunicipalityId,
    code: &str,
    today: Day,
) -> Result<Option<Position>, Fail> {
    let all = positions::on(conn, m, None).await?;
    Ok(all.into_iter().filter(|p| p.code == code && p.from <= today).max_by_key(|p| p.from))
}

/// A step of a matter.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Step {
    /// I have read the words of this edition and accept them.
    Pledge { edition: i64 },
    /// Something asked or said.
    Say { role: Role, words: String },
    /// A text of my desk is laid before the members.
    ReleaseEntry { entry: EntryId },
    /// A person's card of my desk, in these categories.
    ReleasePerson { person: PersonId, categories: i64 },
    /// Nothing of my desk needs to lie there.
    NothingToRelease,
    /// A release is taken back.
    Recall { material: MaterialId },
    /// It may be taken back to one's desk.
    Mark { material: MaterialId },
    /// Somebody new, perhaps in the place of another.
    Join { desk: DeskId, appointment: Option<AppointmentId>, name: String, instead: Option<MatterMemberId> },
    /// Somebody leaves.
    Leave { member: MatterMemberId, why: Left },
    /// A member without a login has pledged on the words of this edition, as they told.
    PledgeTold { member: MatterMemberId, edition: i64, told_by: String },
    /// Nobody runs it in the place of the secretariat any more.
    EndDeputy,
    /// Somebody was there.
    Present { member: MatterMemberId, on: Day, way: Presence, told_by: String, why: Option<CorrectedWhy> },
    /// Another desk takes the initiative.
    Lead { desk: DeskId },
    /// Whom it is about.
    About { persons: Vec<PersonId> },
    /// The end. Whoever closes has read what nobody will read afterwards.
    Close { outcome: Outcome, sure: bool },
    /// Consent is there: on as this position, under the same number.
    MoveToConsent { position: String },
    /// Without consent: on as this position, under the same number.
    MoveToSecrecy { position: String, sure: bool },
}

/// A picture that came with a form.
pub(crate) type Picture<'a> = Option<(Taken, &'a [u8])>;

/// Takes a step; where it leads, when that is another matter. A picture comes with something that is said.
pub(crate) async fn step(
    act: &mut Act,
    id: MatterId,
    step: &Step,
    picture: Picture<'_>,
) -> Result<Option<MatterId>, Fail> {
    let l = load(act, id).await?;
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    match step {
        Step::Pledge { edition } => {
            let me = l.me(&viewer).cloned().ok_or(Fail::NotVisible)?;
            let right = sitting(act, &l, &me).await?;
            pledge(act, &right, &l, &me, (*edition, "")).await?;
        }
        Step::Say { role, words } => {
            let me = l.pledged(&viewer).cloned().ok_or(Fail::NotVisible)?;
            let right = sitting(act, &l, &me).await?;
            rules::is_open(l.header.stand())?;
            if l.header.rests_on == RestsOn::Consent {
                return Err(Refusal::new("conference.rests_on_consent").into());
            }
            if picture.is_none() {
                not_said_before(act, id, *role, words).await?;
            }
            let said = Said { matter: id, household: l.header.household, role: *role, words };
            let written = write(act, &right, &said).await?;
            if let Some((entry, picture)) = written.zip(picture) {
                attach(act, &right, (l.header.household, entry), picture).await?;
            }
        }
        Step::ReleaseEntry { .. } | Step::ReleasePerson { .. } => release(act, &l, step).await?,
        Step::NothingToRelease => {
            let me = l.pledged(&viewer).cloned().ok_or(Fail::NotVisible)?;
            let right = sitting(act, &l, &me).await?;
            end_promises(act, &right, me.id.cast(), &[TaskKind::ReleaseMaterial], TaskState::Done).await?;
        }
        Step::Recall { material } | Step::Mark { material } => {
            let recall = matches!(step, Step::Recall { .. });
            on_material(act, &l, *material, recall).await?;
        }
        Step::MoveToConsent { position } => return move_to_consent(act, &l, position).await.map(Some),
        Step::MoveToSecrecy { position, sure } => {
            return moving::to_secrecy(act, &l, (position, *sure)).await.map(Some);
        }
        _ => office(act, &l, step).await?,
    }
    Ok(None)
}

/// Kept are the words that were shown, and no others (disclosure rule 8).
async fn pledge(
    act: &mut Act,
    right: &Right,
    l: &Loaded,
    who: &Member,
    (edition, told_by): (i64, &str),
) -> Result<(), Fail> {
    let id = l.header.id;
    rules::may_pledge(l.header.stand(), who.pledged_at.is_some())?;
    let (m, today) = (act.municipality(), act.now().day());
    let position = position_of(&mut act.facts()?, m, &l.header.position, today)
        .await?
        .ok_or(Refusal::new("conference.no_such_position"))?;
    rules::wording::was_shown(edition, position.pledge_version)?;
    sql::pledge(act, right, who.id, (&position.pledge, position.pledge_version), told_by).await?;
    sql::note(act, right, id, "pledged", Some(who.id.cast()), told_by).await?;
    end_promises(act, right, who.id.cast(), &[TaskKind::PledgeSecrecy], TaskState::Done).await?;
    // Whoever can see nothing of their own desk, a liaison, has nothing to choose either.
    let chooses = act.viewer().is_some_and(|v| {
        v.seats.iter().any(|s| Some(s.appointment) == who.appointment && s.role.reads_desk_records())
    });
    if let (Some(user), true) = (who.user, chooses) {
        promise(act, right, TaskKind::ReleaseMaterial, who.id, (who.desk, user)).await?;
    }
    Ok(())
}

/// Something asked or said in a matter.
struct Said<'a> {
    matter: MatterId,
    household: HouseholdId,
    role: Role,
    words: &'a str,
}

/// What is said in a matter is about the whole household; it holds neither where somebody lives nor who informed, as the form
/// says: a sheltered address would make it unreadable, and an informant is no material.
pub(crate) fn said_categories() -> Categories {
    Categories::all().without(Category::Informant).without(Category::Contact)
}

/// Whoever goes back in the browser and sends once more says the same twice: that is a slip, and is asked about.
async fn not_said_before(act: &mut Act, matter: MatterId, role: Role, words: &str) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let laid = sql::materials(&mut act.facts()?, viewer.municipality, matter).await?;
    let said = laid
        .iter()
        .filter(|x| x.role == role && x.record.kind == RecordKind::Entry && x.recalled_at.is_none());
    let mut sealed = entry::by_ids(&mut act.facts()?, &viewer, said.map(|x| x.record.id.cast())).await?;
    sealed.retain(|e| e.facts().author == Some(viewer.user));
    let again = act.disclose(sealed).await?.iter().any(|e| e.body == words);
    if again { Err(Refusal::new("conference.said_before").into()) } else { Ok(()) }
}

async fn write(act: &mut Act, right: &Right, said: &Said<'_>) -> Result<Option<EntryId>, Fail> {
    let field = if said.role == Role::Question { Field::MatterQuestion } else { Field::MatterWord };
    let new = NewEntry {
        field,
        form: None,
        household: Some(said.household),
        marks: Marks::new(Vec::new(), said_categories()),
        body: said.words.to_owned(),
        occurred_at: act.now(),
        told: None,
        about: Place { matter: Some(said.matter), ..Place::default() },
        corrects: None,
    };
    let written = entry::write(act, right, vec![new]).await?.pop();
    if let Some(id) = written {
        let record = RecordRef::entry(id);
        sql::release(act, right, said.matter, (record, said_categories()), said.role).await?;
    }
    sql::note(act, right, said.matter, said.role.code(), None, "").await?;
    Ok(written)
}

/// Lays a picture before the members, as part of a text of the matter: whoever reads the text there sees it, nobody else, and it leaves
/// the page as no file (disclosure basis `confidential_conference`: materials that are not exported). What it was called is not kept.
pub(crate) async fn attach(
    act: &mut Act,
    right: &Right,
    (household, entry): (HouseholdId, EntryId),
    (taken, bytes): (Taken, &[u8]),
) -> Result<(), Fail> {
    // A page of a PDF cannot be shown without handing out the file.
    if taken.media == MediaType::Pdf {
        return Err(Refusal::new("conference.pictures_only").into());
    }
    let new = NewAttachment {
        of: RecordRef::entry(entry),
        household,
        persons: Vec::new(),
        categories: said_categories(),
        taken: Taken { name: "picture".to_owned(), media: taken.media },
        bytes,
    };
    attachment::add(act, right, &new).await?;
    Ok(())
}

/// Lays a record of the member's own desk before the members.
async fn release(act: &mut Act, l: &Loaded, step: &Step) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let me = l.pledged(&viewer).cloned().ok_or(Fail::NotVisible)?;
    let (facts, chosen) = match step {
        Step::ReleaseEntry { entry } => {
            let sealed = entry::by_ids(&mut act.facts()?, &viewer, [*entry]).await?;
            let open = act.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)?;
            if open.state != EntryState::Valid {
                return Err(Refusal::new("conference.not_standing").into());
            }
            (open.facts().clone(), Categories::all().without(Category::Informant))
        }
        Step::ReleasePerson { person, categories } => {
            let sealed = person::by_ids(&mut act.facts()?, &viewer, [*person]).await?;
            let open: access::Disclosed<Person> =
                act.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)?;
            let mut facts = open.facts().clone();
            facts.categories = person::categories();
            (facts, Categories::from_bits(*categories).with(Category::Basic))
        }
        _ => return Err(Fail::NotVisible),
    };
    let mut relation = Relation::within(facts.cases.iter().copied());
    relation.author = Some(facts.desk);
    let right = act.permit(Action::ReleaseMaterial, &relation, facts.record).await?;
    // A member speaks for one desk: another one of theirs is not asked.
    let own =
        facts.confided_to.is_none() && viewer.seats.iter().any(|s| s.desk == me.desk && s.holds(facts.desk));
    let given = rules::may_release(l.header.stand(), own, facts.categories, chosen)?;
    let id = l.header.id;
    if !sql::release(act, &right, id, (facts.record, given), Role::Material).await? {
        return Err(Refusal::new("conference.released_before").into());
    }
    sql::note(act, &right, id, "released", Some(facts.record.id), "").await?;
    end_promises(act, &right, me.id.cast(), &[TaskKind::ReleaseMaterial], TaskState::Done).await
}

/// Taken back by the desk that released it, or by the secretariat; marked by the desk that released it.
async fn on_material(act: &mut Act, l: &Loaded, id: MaterialId, recall: bool) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let all = sql::materials(&mut act.facts()?, m, l.header.id).await?;
    let material = all.into_iter().find(|x| x.id == id).ok_or(Fail::NotVisible)?;
    let ours = viewer.seats.iter().any(|s| s.holds(material.desk));
    let right = match l.me(&viewer).filter(|_| ours) {
        Some(_) if material.role == Role::Material => {
            let mut relation = l.relation.clone();
            relation.author = Some(material.desk);
            act.permit(Action::ReleaseMaterial, &relation, material.record).await?
        }
        // What was asked or said is its writer's desk's to mark and to take back.
        Some(me) => sitting(act, l, me).await?,
        None if recall => running(act, l).await?,
        None => return Err(Fail::NotVisible),
    };
    if recall {
        rules::may_recall(material.held, material.recalled_at.is_some())?;
        sql::recall(act, &right, id).await?;
    } else {
        rules::may_mark(l.header.stand(), material.recalled_at.is_some(), material.take_back_at.is_some())?;
        sql::mark(act, &right, id).await?;
    }
    let step = if recall { "recalled" } else { "marked" };
    sql::note(act, &right, l.header.id, step, Some(id.cast()), "").await
}

/// The secretariat's steps.
async fn office(act: &mut Act, l: &Loaded, step: &Step) -> Result<(), Fail> {
    let right = running(act, l).await?;
    let (id, stand) = (l.header.id, l.header.stand());
    let member = |id: MatterMemberId| l.members.iter().find(|k| k.id == id).cloned().ok_or(Fail::NotVisible);
    match step {
        Step::Join { .. } => join(act, &right, l, step).await,
        Step::Leave { member: who, why } => {
            member(*who)?;
            leave(act, &right, id, *who, *why, None).await
        }
        Step::PledgeTold { member: who, edition, told_by } => {
            let who = member(*who)?;
            // Whoever can sign in reads the words themselves.
            if who.user.is_some() || told_by.is_empty() {
                return Err(Refusal::new("conference.told_by").into());
            }
            pledge(act, &right, l, &who, (*edition, told_by)).await
        }
        Step::Present { member: who, on, way, told_by, why } => {
            let sits = member(*who)?;
            rules::may_be_present(l.header.opened_at, *on, act.now().day())?;
            rules::may_sit(l.header.rests_on, sits.pledged_at.is_some(), *way)?;
            rules::may_come(sits.kept_out.is_some(), *way)?;
            there::corrected(act, &right, l, (*who, *on, *way), *why).await?;
            sql::present(act, &right, *who, *on, *way, told_by).await?;
            sql::note(act, &right, id, "present", Some(who.cast()), told_by).await
        }
        Step::EndDeputy => deputy::give_back(act, &right, l).await,
        Step::Lead { desk } => {
            rules::is_open(stand)?;
            act.check_version(l.header.version)?;
            sql::set_lead(act, &right, &l.header, *desk).await?;
            sql::note(act, &right, id, "lead", Some(desk.cast()), "").await
        }
        Step::About { persons } => {
            // What lies before the members of a confidential matter is about the whole household.
            if l.header.rests_on == RestsOn::Secrecy {
                return Err(Refusal::new("conference.about_all").into());
            }
            let (m, today) = (act.municipality(), act.now().day());
            let (household, desk) = (l.header.household, l.header.secretariat);
            let all = carried::of_household(&mut act.facts()?, m, household, desk, today).await?;
            rules::may_name(stand, &all, persons)?;
            act.check_version(l.header.version)?;
            sql::touch(act, &right, &l.header).await?;
            carried::name(act, &right, id, persons.iter().copied()).await?;
            sql::note(act, &right, id, "about", None, "").await
        }
        Step::Close { outcome, sure } => {
            rules::may_end(stand.rests_on, l.header.in_charge(act.viewer(), &l.members))?;
            rules::may_close(stand, *outcome)?;
            let m = act.municipality();
            let laid = sql::materials(&mut act.facts()?, m, id).await?;
            rules::may_leave_behind(laid.iter().filter(|x| x.ends_here()).count(), *sure)?;
            act.check_version(l.header.version)?;
            end(act, &right, l, *outcome).await
        }
        _ => Err(Fail::NotVisible),
    }
}

async fn join(act: &mut Act, right: &Right, l: &Loaded, step: &Step) -> Result<(), Fail> {
    end_promises(act, right, l.header.id.cast(), &[TaskKind::SeatMember], TaskState::Done).await?;
    let Step::Join { desk, appointment, name, instead } = step else { return Err(Fail::NotVisible) };
    rules::is_open(l.header.stand())?;
    let (m, today) = (act.municipality(), act.now().day());
    let sits = match appointment {
        Some(appointment) => {
            let places = register::places_of(&mut act.facts()?, m, *desk, today).await?;
            let place = places
                .iter()
                .find(|p| p.appointment == *appointment && p.role.sits_in_confidence())
                .ok_or(Refusal::new("conference.no_such_place"))?;
            if l.members.iter().any(|k| k.until.is_none() && k.appointment == Some(*appointment)) {
                return Err(Refusal::new("conference.member_before").into());
            }
            Some((place.user, *appointment))
        }
        None if name.is_empty() => return Err(Refusal::new("conference.who").into()),
        None => None,
    };
    let name = if sits.is_some() { String::new() } else { name.clone() };
    let new = NewMember { desk: *desk, sits, name };
    let made = welcome(act, right, (l.header.id, l.header.rests_on), &new).await?;
    if let Some(old) = instead {
        if !l.members.iter().any(|k| k.id == *old && k.until.is_none()) {
            return Err(Fail::NotVisible);
        }
        leave(act, right, l.header.id, *old, Left::Replaced, Some(made)).await?;
    }
    Ok(())
}

async fn leave(
    act: &mut Act,
    right: &Right,
    id: MatterId,
    who: MatterMemberId,
    why: Left,
    by: Option<MatterMemberId>,
) -> Result<(), Fail> {
    sql::leave(act, right, who, why, by).await?;
    sql::note(act, right, id, "left", Some(who.cast()), "").await?;
    let kinds = [TaskKind::PledgeSecrecy, TaskKind::ReleaseMaterial];
    end_promises(act, right, who.cast(), &kinds, TaskState::Cancelled).await
}

async fn end(act: &mut Act, right: &Right, l: &Loaded, outcome: Outcome) -> Result<(), Fail> {
    let id = l.header.id;
    sql::close(act, right, &l.header, outcome).await?;
    sql::note(act, right, id, "closed", None, "").await?;
    end_promises(act, right, id.cast(), &[TaskKind::HoldMatter, TaskKind::StandIn], TaskState::Done).await?;
    end_promises(act, right, id.cast(), &[TaskKind::SeatMember], TaskState::Cancelled).await?;
    let kinds = [TaskKind::PledgeSecrecy, TaskKind::ReleaseMaterial];
    for who in &l.members {
        end_promises(act, right, who.id.cast(), &kinds, TaskState::Cancelled).await?;
    }
    Ok(())
}

/// Consent is there: the matter goes on as one that rests on it, with the same case and number and the same members.
/// Nothing that was released or said goes along: it stays in its compartment.
async fn move_to_consent(act: &mut Act, l: &Loaded, position: &str) -> Result<MatterId, Fail> {
    let right = running(act, l).await?;
    rules::may_end(l.header.rests_on, l.header.in_charge(act.viewer(), &l.members))?;
    act.check_version(l.header.version)?;
    let (m, today) = (act.municipality(), act.now().day());
    if let Some(case) = l.header.case {
        goes_on(act, &right, case).await?;
    }
    let (household, desk) = (l.header.household, l.header.secretariat);
    let whose = carried::of_household(&mut act.facts()?, m, household, desk, today).await?;
    // It goes on about those who agreed: whoever did not is spoken about in confidence only.
    let about = rules::carriers(&whose);
    rules::may_move_to_consent(l.header.stand(), l.header.case.is_some(), !about.is_empty())?;
    let position = positions::one(&mut act.facts()?, m, position, today)
        .await?
        .filter(|p| p.rests_on == RestsOn::Consent)
        .ok_or(Refusal::new("conference.no_such_position"))?;
    let id: MatterId = act.new_id();
    let h = &l.header;
    let row = NewMatter {
        id,
        position: &position.code,
        rests_on: position.rests_on,
        article: &position.article,
        case: h.case,
        consultation: None,
        household: h.household,
        initiator: h.initiator,
        secretariat: h.secretariat,
        lead: h.lead,
        inquiry: h.inquiry,
        follows: Some(h.id),
    };
    end(act, &right, l, Outcome::Consent).await?;
    sql::insert(act, &right, &row).await?;
    carried::name(act, &right, id, about).await?;
    sql::note(act, &right, id, "opened", Some(h.id.cast()), "").await?;
    for old in l.members.iter().filter(|k| k.until.is_none()) {
        let sits = old.user.zip(old.appointment);
        let new = NewMember { desk: old.desk, sits, name: old.name.clone() };
        welcome(act, &right, (id, RestsOn::Consent), &new).await?;
    }
    deputy::along(act, &right, l, id).await?;
    hold(act, &right, id, h.secretariat).await?;
    Ok(id)
}
