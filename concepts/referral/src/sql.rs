//! Storing referrals. A header holds no personal content: desks, kind, state, dates, and the preview.

use access::{Categories, Content, Facts, RecordKind, RecordRef, Relation, Right, Sealed, Subjects, Viewer};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::Instant;
use words::code::Code;
use words::id::{
    AreaId, CaseId, ConsentId, ConsultationId, DeskId, HouseholdId, PersonId, ReferralId, UserId,
};

use crate::rules::{Kind, State};

/// A referral's header.
#[derive(Debug, Clone)]
pub struct ReferralHeader {
    /// Its id.
    pub id: ReferralId,
    /// What kind.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// The case.
    pub case: CaseId,
    /// `2026-00087` in parts.
    pub case_number: (i64, i64),
    /// The sending desk.
    pub from: DeskId,
    /// Who sent it.
    pub from_user: Option<UserId>,
    /// The desk it was sent to.
    pub to: DeskId,
    /// The responsible section in copy.
    pub copy: Option<DeskId>,
    /// Whom it is about: an id only.
    pub person: PersonId,
    /// The household: an id only.
    pub household: HouseholdId,
    /// Preview: the need, as a code.
    pub need: String,
    /// Preview: urgency, as a code.
    pub urgency: String,
    /// Preview: area.
    pub area: Option<AreaId>,
    /// Preview: age band, as a code.
    pub age_band: String,
    /// consent, lawful_provision or none.
    pub basis: String,
    /// The article, for a lawful provision.
    pub article: String,
    /// Categories that go along.
    pub categories: Categories,
    /// When it was sent.
    pub sent_at: Option<Instant>,
    /// When it was received.
    pub received_at: Option<Instant>,
    /// When the answer is due.
    pub answer_due_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Why it ended so, as a code.
    pub reason: String,
    /// What came of it, as a code.
    pub outcome: String,
    /// Version.
    pub version: i64,
}

impl ReferralHeader {
    /// Whether it is urgent.
    pub fn urgent(&self) -> bool {
        self.urgency == "urgent"
    }
}

/// What a consultation says in codes: what a referral of its case begins with.
#[derive(Debug, Clone)]
pub struct Told {
    /// Which one.
    pub consultation: ConsultationId,
    /// Whom it is about.
    pub person: Option<PersonId>,
    /// Its main matter, as a code; empty when none was chosen.
    pub need: String,
    /// Urgency, as a code.
    pub urgency: String,
    /// Area.
    pub area: Option<AreaId>,
    /// Age band, as a code.
    pub age_band: String,
}

impl Content for Told {}

/// The newest consultation of a case that one of the viewer's desks wrote. Sealed under every category: only the desk
/// that wrote it has it.
pub async fn told(conn: &mut Conn<'_>, viewer: &Viewer, case: CaseId) -> Result<Vec<Sealed<Told>>, Broken> {
    let statement = Statement::new(
        "SELECT c.id, c.desk_id, c.author_id, c.person_id, c.urgency, c.area_id, c.age_band, \
         COALESCE((SELECT MAX(t.topic) FROM consultation_topic t WHERE t.municipality_id = c.municipality_id \
         AND t.consultation_id = c.id AND t.main), '') AS need FROM consultation c \
         WHERE c.municipality_id = ? AND c.case_id = ? AND c.state <> 'entered_in_error'",
        args![viewer.municipality, case],
    )
    .push_in(" AND c.desk_id IN", viewer.reading_desks())
    .push(" ORDER BY c.occurred_at DESC, c.id DESC LIMIT 1", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            let consultation: ConsultationId = row.get("id")?;
            let person: Option<PersonId> = row.get("person_id")?;
            let facts = Facts {
                record: RecordRef { kind: RecordKind::Consultation, id: consultation.cast() },
                desk: row.get("desk_id")?,
                author: row.get("author_id")?,
                subjects: Subjects::Persons(person.into_iter().collect()),
                categories: Categories::all(),
                cases: vec![case],
                sent_to_provider: None,
                confided_to: None,
            };
            let told = Told {
                consultation,
                person,
                need: row.get("need")?,
                urgency: row.get("urgency")?,
                area: row.get("area_id")?,
                age_band: row.get("age_band")?,
            };
            Ok(Sealed::new(facts, told))
        })
        .collect()
}

/// A referral to be stored.
pub struct NewRow<'a> {
    /// Its id.
    pub id: ReferralId,
    /// The request it answers: its own id, or that of the one it re-routes.
    pub request: ReferralId,
    /// What kind.
    pub kind: Kind,
    /// The case.
    pub case: CaseId,
    /// The sending desk.
    pub from: DeskId,
    /// Who sends.
    pub from_user: Option<UserId>,
    /// To which desk.
    pub to: DeskId,
    /// In copy.
    pub copy: Option<DeskId>,
    /// Whom it is about.
    pub person: PersonId,
    /// The household.
    pub household: HouseholdId,
    /// Need.
    pub need: &'a str,
    /// Urgency.
    pub urgency: &'a str,
    /// Area.
    pub area: Option<AreaId>,
    /// Age band.
    pub age_band: &'a str,
    /// Basis.
    pub basis: &'a str,
    /// Consent.
    pub consent: Option<ConsentId>,
    /// Article.
    pub article: &'a str,
    /// Categories.
    pub categories: Categories,
    /// When sent.
    pub sent_at: Instant,
    /// Answer due.
    pub answer_due_at: Instant,
}

/// Stores a referral, sent now.
pub async fn insert(act: &mut Act, right: &Right, r: &NewRow<'_>) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO referral (municipality_id, id, request_id, kind, state, case_id, from_desk_id, from_user_id, \
             to_desk_id, copy_desk_id, person_id, household_id, need, urgency, area_id, age_band, basis, consent_id, \
             article, categories, sent_at, answer_due_at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
             $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)",
            args![
                m, r.id, r.request, r.kind.code(), State::Sent.code(), r.case, r.from, r.from_user, r.to, r.copy, r.person,
                r.household, r.need, r.urgency, r.area, r.age_band, r.basis, r.consent, r.article, r.categories,
                r.sent_at, r.answer_due_at, command,
            ],
        )
        .await?;
    Ok(())
}

/// What a step changes.
pub struct Change<'a> {
    /// The new state.
    pub state: State,
    /// Received now.
    pub received: bool,
    /// Reason code.
    pub reason: &'a str,
    /// Outcome code.
    pub outcome: &'a str,
}

/// Moves a referral, at the version that was read.
pub async fn change(
    act: &mut Act,
    right: &Right,
    id: ReferralId,
    base: i64,
    c: &Change<'_>,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let ended = c.state.is_final().then_some(now);
    let received = c.received.then_some(now);
    let changed = act
        .save(right)?
        .exec(
            "UPDATE referral SET state = $4, received_at = COALESCE(received_at, $5), reason = $6, outcome = $7, \
             ended_at = $8, version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, id, base, c.state.code(), received, c.reason, c.outcome, ended],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Notes a step: who took it, for which desk, and how it was told.
pub async fn note(
    act: &mut Act,
    right: &Right,
    id: ReferralId,
    state: &str,
    reason: &str,
    told_by: &str,
) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let user = act.viewer().map(|v| v.user);
    act.save(right)?
        .exec(
            "INSERT INTO referral_event (municipality_id, referral_id, seq, state, happened_at, desk_id, user_id, \
             reason, told_by, command_id) SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, $5, $6, $7, $8, $9 \
             FROM referral_event WHERE municipality_id = $1 AND referral_id = $2",
            args![m, id, state, now, desk, user, reason, told_by, command],
        )
        .await?;
    Ok(())
}

/// One step taken.
#[derive(Debug, Clone)]
pub struct Event {
    /// The state it led to, or `received`.
    pub state: String,
    /// When.
    pub at: Instant,
    /// For which desk.
    pub desk: DeskId,
    /// By whom.
    pub user: Option<UserId>,
    /// Reason code.
    pub reason: String,
    /// How a partner without a login told it.
    pub told_by: String,
}

/// The steps taken, in order.
pub async fn events(conn: &mut Conn<'_>, viewer: &Viewer, id: ReferralId) -> Result<Vec<Event>, Broken> {
    conn.all(
        "SELECT state, happened_at, desk_id, user_id, reason, told_by FROM referral_event \
         WHERE municipality_id = $1 AND referral_id = $2 ORDER BY seq",
        args![viewer.municipality, id],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Event {
            state: row.get("state")?,
            at: row.get("happened_at")?,
            desk: row.get("desk_id")?,
            user: row.get("user_id")?,
            reason: row.get("reason")?,
            told_by: row.get("told_by")?,
        })
    })
    .collect()
}

const SELECT: &str = "SELECT r.id, r.kind, r.state, r.case_id, r.from_desk_id, r.from_user_id, r.to_desk_id, \
     r.copy_desk_id, r.person_id, r.household_id, r.need, r.urgency, r.area_id, r.age_band, r.basis, r.article, \
     r.categories, r.sent_at, r.received_at, r.answer_due_at, r.ended_at, r.reason, r.outcome, r.version, \
     c.fiscal_year, c.number FROM referral r JOIN case_file c ON c.municipality_id = r.municipality_id \
     AND c.id = r.case_id AND c.disposed_at IS NULL WHERE r.municipality_id = ?";

/// One referral's header, whoever asks: the caller decides whether they may know.
pub async fn by_id(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ReferralId,
) -> Result<Option<ReferralHeader>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality]).push(" AND r.id = ?", args![id]);
    conn.select(statement).await?.first().map(header).transpose()
}

/// The referrals of a case, newest first, as far as this viewer is told of them ([`Relation::tells_of`]).
pub async fn of_case(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    relation: &Relation,
    case: CaseId,
) -> Result<Vec<ReferralHeader>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND r.case_id = ? ORDER BY r.sent_at DESC, r.id DESC", args![case]);
    let rows = conn.select(statement).await?;
    let mut found: Vec<ReferralHeader> = rows.iter().map(header).collect::<Result<_, _>>()?;
    let between = |r: &ReferralHeader| [r.from, r.to].into_iter().chain(r.copy).collect::<Vec<_>>();
    found.retain(|r| relation.tells_of(viewer, &between(r)));
    Ok(found)
}

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Received and waiting for an answer.
    Waiting,
    /// Received and accepted.
    Working,
    /// Sent.
    Sent,
    /// In copy.
    Copy,
    /// Received and over.
    Over,
}

/// A cell of the flow: between two groups of desks, in a period.
#[derive(Debug, Clone, Copy)]
pub enum Between<'a> {
    /// Two desks.
    Desks(DeskId, DeskId),
    /// Two fields, as codes.
    Fields(&'a str, &'a str),
}

/// The referrals behind a cell of the flow that this viewer sees anyway: sent, received or in copy at their own desks.
/// What others passed among each other is not counted here, not even as "more".
pub async fn behind(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    between: Between<'_>,
    (begin, end): (Instant, Instant),
    most: i64,
) -> Result<Vec<ReferralHeader>, Broken> {
    const FIELD: &str = " IN (SELECT d.id FROM desk d JOIN agency g ON g.municipality_id = d.municipality_id \
                         AND g.id = d.agency_id WHERE d.municipality_id = ? AND g.field = ?)";
    let m = viewer.municipality;
    let desks = viewer.reading_desks();
    let mut statement = Statement::new(SELECT, args![m]).push(
        " AND r.sent_at >= ? AND r.sent_at < ? AND r.state NOT IN ('draft', 'entered_in_error')",
        args![begin, end],
    );
    statement = match between {
        Between::Desks(from, to) => {
            statement.push(" AND r.from_desk_id = ? AND r.to_desk_id = ?", args![from, to])
        }
        Between::Fields(from, to) => statement
            .push(" AND r.from_desk_id", args![])
            .push(FIELD, args![m, from])
            .push(" AND r.to_desk_id", args![])
            .push(FIELD, args![m, to]),
    };
    statement = statement
        .push_in(" AND (r.from_desk_id IN", desks.iter().copied())
        .push_in(" OR r.to_desk_id IN", desks.iter().copied())
        .push_in(" OR r.copy_desk_id IN", desks.iter().copied())
        .push(")", args![]);
    let statement = statement
        .outside("r.household_id", m, &viewer.excluded_from)
        .push(" ORDER BY r.sent_at DESC, r.id DESC LIMIT ?", args![most]);
    conn.select(statement).await?.iter().map(header).collect()
}

/// A list of referrals for the desks this viewer reads for.
pub async fn list(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    which: List,
    before: Option<(Instant, ReferralId)>,
    most: i64,
) -> Result<Vec<ReferralHeader>, Broken> {
    let desks = viewer.reading_desks();
    let base = Statement::new(SELECT, args![viewer.municipality]);
    let mut statement = match which {
        List::Waiting => base.push(" AND r.state = 'sent'", args![]).push_in(" AND r.to_desk_id IN", desks),
        List::Working => base
            .push(" AND r.state IN ('accepted', 'in_progress', 'on_hold')", args![])
            .push_in(" AND r.to_desk_id IN", desks),
        List::Over => base
            .push(
                " AND r.state IN ('completed', 'failed', 'refused', 'declined_by_person', 'withdrawn')",
                args![],
            )
            .push_in(" AND r.to_desk_id IN", desks),
        List::Sent => base.push_in(" AND r.from_desk_id IN", desks),
        List::Copy => base.push_in(" AND r.copy_desk_id IN", desks),
    };
    if let Some((at, id)) = before {
        statement = statement.push(" AND (r.sent_at, r.id) < (?, ?)", args![at, id]);
    }
    if !viewer.excluded_from.is_empty() {
        statement = statement.push_in(" AND r.case_id NOT IN", viewer.excluded_from.iter().copied());
    }
    let statement = statement.push(" ORDER BY COALESCE(r.sent_at, '') DESC, r.id DESC LIMIT ?", args![most]);
    conn.select(statement).await?.iter().map(header).collect()
}

fn header(row: &Row) -> Result<ReferralHeader, Broken> {
    Ok(ReferralHeader {
        id: row.get("id")?,
        kind: row.code("kind")?,
        state: row.code("state")?,
        case: row.get("case_id")?,
        case_number: (row.get("fiscal_year")?, row.get("number")?),
        from: row.get("from_desk_id")?,
        from_user: row.get("from_user_id")?,
        to: row.get("to_desk_id")?,
        copy: row.get("copy_desk_id")?,
        person: row.get("person_id")?,
        household: row.get("household_id")?,
        need: row.get("need")?,
        urgency: row.get("urgency")?,
        area: row.get("area_id")?,
        age_band: row.get("age_band")?,
        basis: row.get("basis")?,
        article: row.get("article")?,
        categories: row.get("categories")?,
        sent_at: row.get("sent_at")?,
        received_at: row.get("received_at")?,
        answer_due_at: row.get("answer_due_at")?,
        ended_at: row.get("ended_at")?,
        reason: row.get("reason")?,
        outcome: row.get("outcome")?,
        version: row.get("version")?,
    })
}

/// The texts handed over by a referral under an article.
pub async fn provided_entries(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ReferralId,
) -> Result<Vec<words::id::EntryId>, Broken> {
    conn.all(
        "SELECT record_id FROM provision WHERE municipality_id = $1 AND act_id = $2 AND record_kind = 'entry'",
        args![viewer.municipality, id],
    )
    .await?
    .iter()
    .map(|row| row.get("record_id"))
    .collect()
}
