//! A consent as a record: what it followed, who gave it, what was asked for and answered, who holds what under it.

use std::collections::BTreeMap;

use access::{Categories, Category, Content, Facts, RecordKind, RecordRef, Right, Sealed, Subjects, Viewer};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::code::Code;
use words::id::{CaseId, ConsentId, DeskId, HouseholdId, MunicipalityId, PersonId, ThingId, UserId};
use words::name::PersonName;
use words::{Day, Instant, codes};

use crate::rules::{Consent, ConsentForm, Follow, GivenBy, GiverRelation};
use crate::stand_in::called;

/// Who confirmed with the person that it is carried over, and when.
#[derive(Debug, Clone, Copy)]
pub struct Confirmed {
    /// By whom.
    pub by: UserId,
    /// On which day.
    pub on: Day,
}

/// A consent took the place of an earlier one, which ends with this act. Refused when somebody ended it in between.
pub async fn follow(
    act: &mut Act,
    right: &Right,
    before: &Consent,
    new: ConsentId,
    how: Follow,
    confirmed: Option<Confirmed>,
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let mut conn = act.save(right)?;
    let ended = conn
        .exec(
            "UPDATE consent SET state = 'superseded', version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND state = 'given' AND version = $3",
            args![m, before.id, before.version],
        )
        .await?;
    if ended == 0 {
        return Err(Fail::Stale);
    }
    conn.exec(
        "INSERT INTO consent_follow (municipality_id, consent_id, before_id, how, confirmed_on, confirmed_by, \
         command_id) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![m, new, before.id, how.code(), confirmed.map(|c| c.on), confirmed.map(|c| c.by), command],
    )
    .await?;
    household::findable::refresh_about(act, right, &[before.person]).await
}

/// Who took a consent back, and how that was heard.
#[derive(Debug, Clone)]
pub struct Withdrawn {
    /// Who said so.
    pub told_by: GivenBy,
    /// By word of mouth, on paper.
    pub way: Option<ConsentForm>,
    /// Their name, if not the person. Of before it was asked for: empty.
    pub name: String,
    /// How they stand to the person.
    pub relation: Option<GiverRelation>,
    /// What shows that they may.
    pub evidence: String,
}

/// Who gave a consent for the person, what shows that they may, and who was present: facts about the person's ties, so
/// they are sealed like any other.
#[derive(Debug, Clone)]
pub struct Party {
    /// The consent.
    pub consent: ConsentId,
    /// Their name, if not the person.
    pub name: String,
    /// What shows that they may.
    pub evidence: String,
    /// Who was present.
    pub witness: String,
    /// For one that was carried over: who confirmed it with the person, and when.
    pub confirmed: Option<(Day, UserId)>,
    /// Who took it back, where that was written down.
    pub withdrawn: Option<Withdrawn>,
}

impl Content for Party {
    /// Who gave it in somebody's place stands on that person's own papers (the receipt, who holds what), and on no other.
    fn for_one(&self, _person: PersonId, _theirs: bool) -> bool {
        true
    }
}

/// The parties of these consents, sealed.
pub async fn parties(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = ConsentId>,
) -> Result<Vec<Sealed<Party>>, Broken> {
    let statement = Statement::new(
        "SELECT c.id, c.person_id, c.giver_id, c.desk_id, c.given_by_name, c.evidence, c.witness, \
         c.withdrawn_told_by, c.withdrawn_form, c.withdrawn_by_name, c.withdrawn_relation, c.withdrawn_evidence, \
         c.withdrawn_teller_id, p.household_id, f.confirmed_on, f.confirmed_by FROM consent c JOIN person p ON p.municipality_id = c.municipality_id AND p.id = c.person_id \
         LEFT JOIN consent_follow f ON f.municipality_id = c.municipality_id AND f.consent_id = c.id \
         WHERE c.municipality_id = ?",
        args![viewer.municipality],
    )
    .push_in(" AND c.id IN", ids);
    let rows = conn.select(statement).await?;
    let homes: Vec<HouseholdId> = rows.iter().map(|row| row.get("household_id")).collect::<Result<_, _>>()?;
    let cases = household::cases_of(conn, viewer, homes.iter().copied()).await?;
    rows.iter().zip(homes).map(|(row, home)| party(row, home, &cases)).collect()
}

fn party(
    row: &Row,
    home: HouseholdId,
    cases: &BTreeMap<HouseholdId, Vec<CaseId>>,
) -> Result<Sealed<Party>, Broken> {
    let id: ConsentId = row.get("id")?;
    let facts = Facts {
        record: RecordRef { kind: RecordKind::Consent, id: id.cast() },
        desk: row.get("desk_id")?,
        author: None,
        // Whoever agreed for somebody else of the household, or took it back, is somebody too: what was agreed to shows their name to
        // nobody else.
        subjects: Subjects::Persons(
            [Some(row.get("person_id")?), row.get("giver_id")?, row.get("withdrawn_teller_id")?]
                .into_iter()
                .flatten()
                .collect(),
        ),
        categories: Categories::NONE.with(Category::Basic).with(Category::Household),
        cases: cases.get(&home).cloned().unwrap_or_default(),
        sent_to_provider: None,
        confided_to: None,
    };
    let withdrawn = match row.code_opt("withdrawn_told_by")? {
        Some(told_by) => Some(Withdrawn {
            told_by,
            way: row.code_opt("withdrawn_form")?,
            name: row.get("withdrawn_by_name")?,
            relation: row.code_opt("withdrawn_relation")?,
            evidence: row.get("withdrawn_evidence")?,
        }),
        None => None,
    };
    let confirmed: (Option<Day>, Option<UserId>) = (row.get("confirmed_on")?, row.get("confirmed_by")?);
    let party = Party {
        consent: id,
        name: row.get("given_by_name")?,
        evidence: row.get("evidence")?,
        witness: row.get("witness")?,
        confirmed: confirmed.0.zip(confirmed.1),
        withdrawn,
    };
    Ok(Sealed::new(facts, party))
}

codes! {
    /// Where something asked for stands.
    pub enum RequestState {
        /// 頼んでいる.
        Requested = "requested",
        /// 同意があった.
        Given = "given",
        /// ことわられた.
        Refused = "refused",
        /// 頼むのをやめた.
        Dropped = "dropped",
    }
}

/// A consent to be asked for: the terms as codes and ids, as the form holds them.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// Whose.
    pub person: PersonId,
    /// In which case.
    pub case: CaseId,
    /// What is asked.
    pub asked: String,
}

/// What was asked for, and what became of it.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its id.
    pub id: ThingId,
    /// Where it stands.
    pub state: RequestState,
    /// Whose consent.
    pub person: PersonId,
    /// In which case.
    pub case: CaseId,
    /// Which desk asks.
    pub desk: DeskId,
    /// What is asked, as the form holds it.
    pub asked: String,
    /// Since when.
    pub asked_at: Instant,
    /// When it was answered.
    pub answered_at: Option<Instant>,
    /// Who said no.
    pub told_by: Option<GivenBy>,
    /// Who that is, when recorded.
    pub teller: Option<PersonId>,
    /// Why, as a code.
    pub reason: String,
    /// The consent it led to.
    pub consent: Option<ConsentId>,
    /// Version.
    pub version: i64,
}

impl Request {
    /// Whether it is a no that counts: not one of a guardian who is set aside for this person (domain section 4.5).
    pub fn refused(&self, aside: &[SetAside]) -> bool {
        self.state == RequestState::Refused
            && !(self.told_by == Some(GivenBy::Guardian)
                && aside.iter().any(|s| {
                    s.person == self.person && self.teller.is_none_or(|teller| s.guardian == Some(teller))
                }))
    }
}

/// Writes down that somebody is asked for a consent.
pub async fn request(act: &mut Act, right: &Right, new: &NewRequest) -> Result<ThingId, Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let author = act.viewer().map(|v| v.user);
    let id: ThingId = act.new_id();
    act.save(right)?
        .exec(
            "INSERT INTO consent_request (municipality_id, id, state, person_id, case_id, desk_id, author_id, asked, \
             asked_at, command_id) VALUES ($1, $2, 'requested', $3, $4, $5, $6, $7, $8, $9)",
            args![m, id, new.person, new.case, desk, author, &new.asked, now, command],
        )
        .await?;
    Ok(id)
}

/// What came of it. Refused when somebody wrote the answer down in between.
pub async fn answer_request(
    act: &mut Act,
    right: &Right,
    id: ThingId,
    to: RequestState,
    told: Option<(GivenBy, Option<PersonId>)>,
    reason: &str,
    consent: Option<ConsentId>,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let answered = act
        .save(right)?
        .exec(
            "UPDATE consent_request SET state = $3, answered_at = $4, told_by = $5, teller_id = $6, reason = $7, \
             consent_id = $8, version = version + 1 WHERE municipality_id = $1 AND id = $2 AND state = 'requested'",
            args![
                m,
                id,
                to.code(),
                now,
                told.map_or("", |(by, _)| by.code()),
                told.and_then(|(_, who)| who),
                reason,
                consent
            ],
        )
        .await?;
    if answered == 0 { Err(Fail::Stale) } else { Ok(()) }
}

const REQUEST: &str = "SELECT id, state, person_id, case_id, desk_id, asked, asked_at, answered_at, told_by, teller_id, \
     reason, consent_id, version FROM consent_request WHERE municipality_id = ?";

/// What was asked for in these cases, newest first.
pub async fn requests(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    cases: impl IntoIterator<Item = CaseId>,
) -> Result<Vec<Request>, Broken> {
    let statement = Statement::new(REQUEST, args![m])
        .push_in(" AND case_id IN", cases)
        .push(" ORDER BY asked_at DESC, id DESC", args![]);
    conn.select(statement).await?.iter().map(request_of).collect()
}

/// One of them.
pub async fn request_by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
) -> Result<Option<Request>, Broken> {
    let statement = Statement::new(REQUEST, args![m]).push(" AND id = ?", args![id]);
    conn.select(statement).await?.first().map(request_of).transpose()
}

fn request_of(row: &Row) -> Result<Request, Broken> {
    Ok(Request {
        id: row.get("id")?,
        state: row.code("state")?,
        person: row.get("person_id")?,
        case: row.get("case_id")?,
        desk: row.get("desk_id")?,
        asked: row.get("asked")?,
        asked_at: row.get("asked_at")?,
        answered_at: row.get("answered_at")?,
        told_by: row.code_opt("told_by")?,
        teller: row.get("teller_id")?,
        reason: row.get("reason")?,
        consent: row.get("consent_id")?,
        version: row.get("version")?,
    })
}

/// A guardian who may not agree or refuse for a person.
#[derive(Debug, Clone)]
pub struct SetAside {
    /// Its id.
    pub id: ThingId,
    /// For whom.
    pub person: PersonId,
    /// Who is set aside, when recorded.
    pub guardian: Option<PersonId>,
    /// What they are called, when not recorded: a father who lives apart, a 成年後見人 from outside. And how that is read.
    pub name: PersonName,
    /// Which desk did.
    pub desk: DeskId,
    /// Why, as a code.
    pub reason: String,
    /// Code of the article it rests on.
    pub article: String,
    /// When.
    pub at: Instant,
}

/// Who is set aside: somebody of the record, or somebody of whom only the name is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guardian {
    /// Of the record.
    Recorded(PersonId),
    /// From outside, by name.
    Named(PersonName),
}

impl SetAside {
    /// Whether it is this one who is set aside.
    pub fn is(&self, guardian: &Guardian) -> bool {
        match guardian {
            Guardian::Recorded(id) => self.guardian == Some(*id),
            Guardian::Named(name) => self.guardian.is_none() && called(&name.written, &self.name),
        }
    }
}

/// Sets a guardian aside for a person, from now on: what they agreed to for the person does not count while it stands.
pub async fn set_aside(
    act: &mut Act,
    right: &Right,
    (person, guardian): (PersonId, &Guardian),
    reason: &str,
    article: &str,
) -> Result<(), Fail> {
    let (recorded, name, reading) = match guardian {
        Guardian::Recorded(id) => (Some(*id), "", ""),
        Guardian::Named(name) => (None, name.written.as_str(), name.reading.as_deref().unwrap_or_default()),
    };
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let author = act.viewer().map(|v| v.user);
    let id: ThingId = act.new_id();
    act.save(right)?
        .exec(
            "INSERT INTO guardian_set_aside (municipality_id, id, person_id, guardian_id, desk_id, author_id, reason, \
             article, set_at, command_id, guardian_name, guardian_key, guardian_reading) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            args![
                m,
                id,
                person,
                recorded,
                desk,
                author,
                reason,
                article,
                now,
                command,
                name,
                words::name::name_key(name),
                reading
            ],
        )
        .await?;
    household::findable::refresh_about(act, right, &[person]).await
}

/// Ends it; false when there was none.
pub async fn end_set_aside(
    act: &mut Act,
    right: &Right,
    id: ThingId,
    person: PersonId,
) -> Result<bool, Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let by = act.viewer().map(|v| v.user);
    let ended = act
        .save(right)?
        .exec(
            "UPDATE guardian_set_aside SET ended_at = $4, ended_by = $5, ended_command_id = $6 \
             WHERE municipality_id = $1 AND id = $2 AND person_id = $3 AND ended_at IS NULL",
            args![m, id, person, now, by, command],
        )
        .await?;
    household::findable::refresh_about(act, right, &[person]).await?;
    Ok(ended == 1)
}

/// Who is set aside for these persons now.
pub async fn set_asides(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: impl IntoIterator<Item = PersonId>,
) -> Result<Vec<SetAside>, Broken> {
    let statement = Statement::new(
        "SELECT id, person_id, guardian_id, guardian_name, guardian_reading, desk_id, reason, article, set_at FROM guardian_set_aside \
         WHERE municipality_id = ? AND ended_at IS NULL",
        args![m],
    )
    .push_in(" AND person_id IN", persons)
    .push(" ORDER BY set_at, id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(SetAside {
                id: row.get("id")?,
                person: row.get("person_id")?,
                guardian: row.get("guardian_id")?,
                name: PersonName::new(row.get::<String>("guardian_name")?, row.get("guardian_reading")?),
                desk: row.get("desk_id")?,
                reason: row.get("reason")?,
                article: row.get("article")?,
                at: row.get("set_at")?,
            })
        })
        .collect()
}

/// Whether somebody set aside for the person is called what was typed: whoever is not picked is asked by name.
pub async fn named_aside(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    person: PersonId,
    typed: &str,
) -> Result<bool, Broken> {
    let sql = "SELECT COALESCE(p.name, x.guardian_name) AS name, COALESCE(p.reading, x.guardian_reading) AS reading \
               FROM guardian_set_aside x \
               LEFT JOIN person p ON p.municipality_id = x.municipality_id AND p.id = x.guardian_id \
               WHERE x.municipality_id = $1 AND x.person_id = $2 AND x.ended_at IS NULL";
    let rows = conn.all(sql, args![m, person]).await?;
    for row in rows {
        if called(typed, &PersonName::new(row.get::<String>("name")?, row.get("reading")?)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What one desk saw of a person under consents: how many records of a kind, how often, first and last.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The desk.
    pub desk: DeskId,
    /// Code of the kind of record.
    pub kind: String,
    /// How many of them.
    pub records: i64,
    /// When first.
    pub first: Instant,
    /// When last.
    pub last: Instant,
    /// Whether the log names this very consent of one of them, and not only one of somebody else.
    pub own: bool,
}

/// Looks of the access log that opened something, with the desk whose seat it was.
const SEEN: &str = " FROM access_log l \
     JOIN appointment a ON a.municipality_id = l.municipality_id AND a.id = l.appointment_id \
     JOIN post o ON o.municipality_id = a.municipality_id AND o.id = a.post_id \
     WHERE l.municipality_id = ? AND l.categories <> 0";

/// Those of them that rested on a consent of the person. The log names one consent of each look, also when a text is about several
/// people who all agreed: `beside` are the consents of those who live with the person.
fn under(statement: Statement, (consent, person): (ConsentId, PersonId), beside: &[ConsentId]) -> Statement {
    statement
        .push(" AND (l.source_id = ?", args![consent.uuid()])
        .push_in(" OR (l.source_id IN", beside.iter().map(|c| c.uuid()))
        .push(
            " AND (l.record_id = ? OR EXISTS (SELECT 1 FROM entry_subject s WHERE s.municipality_id = l.municipality_id \
             AND s.entry_id = l.record_id AND s.person_id = ?) OR EXISTS (SELECT 1 FROM entry e JOIN household_member h \
             ON h.municipality_id = e.municipality_id AND h.household_id = e.household_id \
             WHERE e.municipality_id = l.municipality_id AND e.id = l.record_id AND e.whole_household \
             AND h.person_id = ?))))",
            args![person, person, person],
        )
}

/// Who saw what of a person under a consent, as the access log has it. `beside`: the consents of those who live with the person.
pub async fn holders(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (consent, person): (ConsentId, PersonId),
    beside: &[ConsentId],
) -> Result<Vec<Holder>, Broken> {
    let statement = Statement::new(
        "SELECT o.desk_id, l.record_kind, COUNT(DISTINCT l.record_id) AS records, MIN(l.at) AS first, \
         MAX(l.at) AS last, MAX(CASE WHEN l.source_id = ? THEN 1 ELSE 0 END) AS own",
        args![consent.uuid()],
    )
    .push(SEEN, args![m]);
    let statement = under(statement, (consent, person), beside)
        .push(" GROUP BY o.desk_id, l.record_kind ORDER BY o.desk_id, l.record_kind", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Holder {
                desk: row.get("desk_id")?,
                kind: row.get("record_kind")?,
                records: row.get("records")?,
                first: row.get("first")?,
                last: row.get("last")?,
                own: row.get::<i64>("own")? == 1,
            })
        })
        .collect()
}

/// How often a desk looked at something under a consent in a time.
#[derive(Debug, Clone)]
pub struct Looked {
    /// The desk.
    pub desk: DeskId,
    /// How often something was opened.
    pub looks: i64,
    /// How many records.
    pub records: i64,
    /// Whether the log names this very consent of one of them, and not only one of somebody else.
    pub own: bool,
}

/// Minutes by which a row's id can differ from its moment: a row is written when the page leaves.
const SLACK: i64 = 10;

/// Who looked under a consent between two moments: desks and counts. Asked of a short time: the log is read by its own key, which begins
/// with the moment.
pub(crate) async fn looked(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (consent, person): (ConsentId, PersonId),
    (from, to): (Instant, Instant),
) -> Result<Vec<Looked>, Broken> {
    let first =
        |at: Instant| ThingId::new(uuid::Uuid::from_u128(u128::try_from(at.millis()).unwrap_or(0) << 80));
    let (since, until) = (first(from.plus_minutes(-SLACK)), first(to.plus_minutes(SLACK)));
    let beside: Vec<ConsentId> = conn
        .all(
            "SELECT DISTINCT c.id FROM household_member h JOIN household_member o ON o.municipality_id = h.municipality_id \
             AND o.household_id = h.household_id JOIN consent c ON c.municipality_id = o.municipality_id \
             AND c.person_id = o.person_id WHERE h.municipality_id = $1 AND h.person_id = $2 AND o.person_id <> $2 ORDER BY c.id",
            args![m, person],
        )
        .await?
        .iter()
        .map(|row| row.get("id"))
        .collect::<Result<_, _>>()?;
    let statement = Statement::new(
        "SELECT o.desk_id, COUNT(*) AS looks, COUNT(DISTINCT l.record_id) AS records, \
         MAX(CASE WHEN l.source_id = ? THEN 1 ELSE 0 END) AS own",
        args![consent.uuid()],
    )
    .push(SEEN, args![m])
    .push(" AND l.id >= ? AND l.id < ? AND l.at >= ? AND l.at <= ?", args![since, until, from, to]);
    let statement =
        under(statement, (consent, person), &beside).push(" GROUP BY o.desk_id ORDER BY o.desk_id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Looked {
                desk: row.get("desk_id")?,
                looks: row.get("looks")?,
                records: row.get("records")?,
                own: row.get::<i64>("own")? == 1,
            })
        })
        .collect()
}

/// Something that was sent on the strength of a consent.
#[derive(Debug, Clone)]
pub struct Received {
    /// Code: referral, inquiry.
    pub kind: &'static str,
    /// To which desk.
    pub desk: DeskId,
    /// When.
    pub at: Instant,
    /// Whether it was received or accepted, so that what was sent has been there.
    pub there: bool,
}

/// What was sent on the strength of a consent: referrals and inquiries it was given for, or that named it. Also those told by
/// phone or on paper to a partner without a login.
pub async fn received(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    consent: ConsentId,
) -> Result<Vec<Received>, Broken> {
    conn.all(
        "SELECT 'referral' AS kind, f.to_desk_id, f.sent_at AS at, \
         CASE WHEN f.state IN ('draft', 'sent', 'refused', 'withdrawn', 'declined_by_person') THEN 0 ELSE 1 END AS there \
         FROM referral f WHERE f.municipality_id = $1 AND f.sent_at IS NOT NULL AND f.state <> 'entered_in_error' \
         AND (f.consent_id = $2 OR f.id IN (SELECT r.referral_id FROM consent_recipient r \
         WHERE r.municipality_id = $1 AND r.consent_id = $2 AND r.referral_id IS NOT NULL)) \
         UNION ALL SELECT 'inquiry' AS kind, i.to_desk_id, i.sent_at AS at, 1 AS there FROM inquiry i \
         WHERE i.municipality_id = $1 AND i.state <> 'entered_in_error' \
         AND i.id IN (SELECT r.referral_id FROM consent_recipient r WHERE r.municipality_id = $1 \
         AND r.consent_id = $2 AND r.referral_id IS NOT NULL) ORDER BY 3",
        args![m, consent],
    )
    .await?
    .iter()
    .map(|row| {
        let kind = if row.get::<String>("kind")? == "referral" { "referral" } else { "inquiry" };
        let there = row.get::<i64>("there")? == 1;
        Ok(Received { kind, desk: row.get("to_desk_id")?, at: row.get("at")?, there })
    })
    .collect()
}

/// For the demonstration, which writes rows and not acts: its consents are whole, and what it handed over has the name of its
/// article.
pub async fn all_whole(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<(), Broken> {
    conn.exec("UPDATE consent SET complete = TRUE WHERE municipality_id = $1 AND NOT complete", args![m])
        .await?;
    conn.exec(
        "UPDATE provision SET article_name = COALESCE((SELECT MAX(b.name) FROM legal_basis b \
         WHERE b.municipality_id = provision.municipality_id AND b.code = provision.article), '') \
         WHERE municipality_id = $1 AND article_name = ''",
        args![m],
    )
    .await?;
    Ok(())
}
