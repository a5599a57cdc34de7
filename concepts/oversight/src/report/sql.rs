//! Storing requests and what was decided about rows; reading the rows of the log about a person.

use std::collections::{BTreeMap, BTreeSet};

use access::{Action, Relation, Right, Role, Viewer};
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args};
use words::code::Code;
use words::id::{
    AccessId, AccessReportId, CaseId, ConsultationId, DeskId, HouseholdId, MunicipalityId, PersonId, ThingId,
};
use words::partial::PartialDate;
use words::{Day, Instant};

use super::rules::{
    Age, Asked, AskedBy, Danger, Decided, Identity, Kept, LogRow, MOST, Requester, State, Tie, covered,
    is_look, runs,
};

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub id: AccessReportId,
    pub state: State,
    pub desk: DeskId,
    /// The number of the case it was asked in; of a consultation that became none, its day.
    pub of: Of,
    pub household: HouseholdId,
    pub person: PersonId,
    pub asked_on: Day,
    pub asked_by: AskedBy,
    pub identity: Identity,
    pub requester: Requester,
    pub from: Day,
    pub until: Day,
    pub due: Day,
    pub prepared_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    pub reason: String,
    pub version: i64,
}

impl Report {
    /// As far as two requests can be the same.
    pub(crate) fn asked(&self) -> Asked<'_> {
        Asked {
            person: self.person,
            asked_by: self.asked_by,
            requester: &self.requester,
            days: (self.from, self.until),
        }
    }
}

/// In what a request was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Case(i64, i64),
    Consultation(Day),
}

const REPORT: &str = "SELECT a.id, a.state, a.desk_id, c.fiscal_year, c.number, k.occurred_at, \
     COALESCE(c.household_id, k.household_id) AS household_id, a.person_id, \
     a.asked_on, a.asked_by, a.identity, a.requester_id, a.requester_name, a.requester_tie, a.requester_evidence, a.from_day, a.until_day, a.due_on, a.prepared_at, a.ended_at, a.reason, \
     a.version FROM access_report a LEFT JOIN case_file c ON c.municipality_id = a.municipality_id AND c.id = a.case_id \
     LEFT JOIN consultation k ON k.municipality_id = a.municipality_id AND k.id = a.consultation_id \
     WHERE a.municipality_id = ?";

fn read(row: &Row) -> Result<Report, Broken> {
    Ok(Report {
        id: row.get("id")?,
        state: row.code("state")?,
        desk: row.get("desk_id")?,
        of: match row.get::<Option<i64>>("fiscal_year")? {
            Some(year) => Of::Case(year, row.get("number")?),
            None => Of::Consultation(row.get::<Instant>("occurred_at")?.day()),
        },
        household: row.get("household_id")?,
        person: row.get("person_id")?,
        asked_on: row.get("asked_on")?,
        asked_by: row.code("asked_by")?,
        identity: row.code("identity")?,
        requester: Requester {
            person: row.get("requester_id")?,
            name: row.get("requester_name")?,
            tie: Tie::parse(&row.get::<String>("requester_tie")?),
            evidence: row.get("requester_evidence")?,
        },
        from: row.get("from_day")?,
        until: row.get("until_day")?,
        due: row.get("due_on")?,
        prepared_at: row.get("prepared_at")?,
        ended_at: row.get("ended_at")?,
        reason: row.get("reason")?,
        version: row.get("version")?,
    })
}

/// A request.
pub(crate) async fn report(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: AccessReportId,
) -> Result<Option<Report>, Broken> {
    let statement = Statement::new(REPORT, args![m]).push(" AND a.id = ?", args![id]);
    conn.select(statement).await?.first().map(read).transpose()
}

/// The requests of a case or a consultation, the newest first.
pub(crate) async fn taken_in(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    place: Place,
) -> Result<Vec<Report>, Broken> {
    let (case, consultation) = place.ids();
    let statement = Statement::new(REPORT, args![m]).push(
        " AND (a.case_id = ? OR a.consultation_id = ?) ORDER BY a.asked_on DESC, a.id DESC LIMIT 50",
        args![case, consultation],
    );
    conn.select(statement).await?.iter().map(read).collect()
}

/// Every request: those that run, the earliest due first; or those that are over, the newest first.
pub(crate) async fn all(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    running: bool,
    most: i64,
) -> Result<Vec<Report>, Broken> {
    let statement = Statement::new(REPORT, args![m]);
    let statement = if running {
        statement.push(
            " AND a.state IN ('requested', 'prepared', 'reviewed') ORDER BY a.due_on, a.id LIMIT ?",
            args![most],
        )
    } else {
        statement.push(
            " AND a.state NOT IN ('requested', 'prepared', 'reviewed') ORDER BY a.ended_at DESC, a.id DESC LIMIT ?",
            args![most],
        )
    };
    conn.select(statement).await?.iter().map(read).collect()
}

/// Where a person asks: in their case, or in their consultation that became none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Place {
    Case(CaseId),
    Consultation(ConsultationId),
}

impl Place {
    fn ids(self) -> (Option<CaseId>, Option<ConsultationId>) {
        match self {
            Self::Case(id) => (Some(id), None),
            Self::Consultation(id) => (None, Some(id)),
        }
    }

    /// The page it is asked from.
    pub(crate) fn page(self) -> String {
        match self {
            Self::Case(id) => site::link::case(id),
            Self::Consultation(id) => site::link::consultation(id),
        }
    }
}

/// A place as far as taking a request needs it: what it is, how desks stand to it, whose it is. Absent for whoever has nothing to do with
/// it.
pub(crate) async fn place(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    place: Place,
) -> Result<(Of, Relation, HouseholdId), Fail> {
    let id = match place {
        Place::Case(id) => {
            let (case, relation) = casefile::relation(conn, viewer, id).await?.ok_or(Fail::NotVisible)?;
            return Ok((Of::Case(case.fiscal_year, case.number), relation, case.household));
        }
        Place::Consultation(id) => id,
    };
    let row = conn
        .maybe(
            "SELECT desk_id, accountable_desk_id, household_id, case_id, occurred_at FROM consultation \
             WHERE municipality_id = $1 AND id = $2 AND disposed_at IS NULL AND household_id IS NOT NULL \
             AND state <> 'entered_in_error'",
            args![viewer.municipality, id],
        )
        .await?
        .ok_or(Fail::NotVisible)?;
    let household: HouseholdId = row.get("household_id")?;
    let case: Option<CaseId> = row.get("case_id")?;
    let cases = household::cases_of(conn, viewer, [household]).await?;
    let mut relation = Relation::within(cases.into_values().flatten().chain(case));
    relation.author = Some(row.get("desk_id")?);
    relation.accountable = Some(row.get("accountable_desk_id")?);
    access::may(viewer, Action::AskForReport, &relation)?;
    Ok((Of::Consultation(row.get::<Instant>("occurred_at")?.day()), relation, household))
}

/// A request to be taken.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct NewReport {
    pub place: Place,
    pub person: PersonId,
    pub asked_on: Day,
    pub asked_by: AskedBy,
    pub identity: Identity,
    pub requester: Requester,
    pub from: Day,
    pub until: Day,
}

impl NewReport {
    /// As far as two requests can be the same.
    pub(crate) fn asked(&self) -> Asked<'_> {
        Asked {
            person: self.person,
            asked_by: self.asked_by,
            requester: &self.requester,
            days: (self.from, self.until),
        }
    }
}

/// Whether one that runs, in the same place, says all of it already.
pub(crate) async fn runs_already(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    new: &NewReport,
) -> Result<bool, Broken> {
    let taken = taken_in(conn, m, new.place).await?;
    Ok(taken.iter().any(|r| runs(r.state) && covered(new.asked(), r.asked())))
}

/// Takes a request.
pub(crate) async fn add(
    act: &mut Act,
    right: &Right,
    id: AccessReportId,
    new: &NewReport,
    due: Day,
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let user = act.viewer().map(|v| v.user);
    let (case, consultation) = new.place.ids();
    act.save(right)?
        .exec(
            "INSERT INTO access_report (municipality_id, id, state, desk_id, user_id, case_id, consultation_id, person_id, \
             asked_on, asked_by, identity, from_day, until_day, due_on, command_id, requester_id, requester_name, \
             requester_tie, requester_evidence) \
             VALUES ($1, $2, 'requested', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
            args![
                m,
                id,
                desk,
                user,
                case,
                consultation,
                new.person,
                new.asked_on,
                new.asked_by.code(),
                new.identity.code(),
                new.from,
                new.until,
                due,
                command,
                new.requester.person,
                &new.requester.name,
                new.requester.tie.map_or("", Code::code),
                &new.requester.evidence
            ],
        )
        .await?;
    Ok(())
}

/// Moves a request on, at the version that was read.
pub(crate) async fn step(
    act: &mut Act,
    right: &Right,
    report: &Report,
    to: State,
    reason: &str,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let prepared = if to == State::Prepared { Some(now) } else { report.prepared_at };
    let reviewed = (to == State::Reviewed).then_some(now);
    let ended = (!super::rules::runs(to)).then_some(now);
    let changed = act
        .save(right)?
        .exec(
            "UPDATE access_report SET state = $4, prepared_at = $5, reviewed_at = COALESCE($6, reviewed_at), \
             ended_at = $7, reason = $8, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, report.id, report.version, to.code(), prepared, reviewed, ended, reason],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Every record that is about a person: their card, texts, consultations, sheets, referrals, and the headers of their
/// household's cases. One statement.
pub(crate) async fn records(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    person: PersonId,
) -> Result<BTreeSet<ThingId>, Broken> {
    let statement =
        Statement::new("SELECT id FROM person WHERE municipality_id = ? AND id = ?", args![m, person])
            .push(
                " UNION SELECT s.entry_id AS id FROM entry_subject s JOIN entry e \
                 ON e.municipality_id = s.municipality_id AND e.id = s.entry_id \
                 WHERE s.municipality_id = ? AND s.person_id = ? AND e.state <> 'entered_in_error'",
                args![m, person],
            )
            .push(
                " UNION SELECT e.id FROM entry e JOIN household_member h ON h.municipality_id = e.municipality_id \
                 AND h.household_id = e.household_id WHERE e.municipality_id = ? AND h.person_id = ? \
                 AND e.whole_household AND e.state <> 'entered_in_error'",
                args![m, person],
            )
            .push(
                " UNION SELECT id FROM consultation WHERE municipality_id = ? AND person_id = ? \
                 AND state <> 'entered_in_error'",
                args![m, person],
            )
            .push(
                " UNION SELECT id FROM connecting_sheet WHERE municipality_id = ? AND person_id = ? \
                 AND state <> 'entered_in_error'",
                args![m, person],
            )
            .push(
                " UNION SELECT id FROM referral WHERE municipality_id = ? AND person_id = ? \
                 AND state <> 'entered_in_error'",
                args![m, person],
            )
            .push(
                " UNION SELECT c.id FROM case_file c JOIN household_member h ON h.municipality_id = c.municipality_id \
                 AND h.household_id = c.household_id WHERE c.municipality_id = ? AND h.person_id = ?",
                args![m, person],
            );
    conn.select(statement).await?.iter().map(|row| row.get("id")).collect()
}

const ROWS: &str = "SELECT l.id, l.at, l.channel, l.record_kind, l.record_id, l.categories, l.basis, p.desk_id, p.role, \
     COALESCE(v.article, '') AS article, COALESCE(a.reason, '') AS reason FROM access_log l \
     LEFT JOIN appointment o ON o.municipality_id = l.municipality_id AND o.id = l.appointment_id \
     LEFT JOIN post p ON p.municipality_id = o.municipality_id AND p.id = o.post_id \
     LEFT JOIN provision v ON v.municipality_id = l.municipality_id AND v.id = l.source_id \
     LEFT JOIN urgent_look u ON u.municipality_id = l.municipality_id AND u.id = l.source_id \
     LEFT JOIN urgent_ask a ON a.municipality_id = u.municipality_id AND a.id = u.ask_id";

fn log_row(row: &Row) -> Result<LogRow, Broken> {
    Ok(LogRow {
        id: row.get("id")?,
        at: row.get("at")?,
        desk: row.get("desk_id")?,
        role: row.get::<Option<String>>("role")?.as_deref().and_then(Role::parse),
        kind: row.get("record_kind")?,
        record: row.get("record_id")?,
        categories: row.get("categories")?,
        basis: row.get("basis")?,
        channel: row.get("channel")?,
        article: row.get("article")?,
        reason: row.get("reason")?,
    })
}

/// The looks at these records between two moments, in order. One more than fit into a copy tells that there are more.
pub(crate) async fn looks(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    records: &BTreeSet<ThingId>,
    (from, to): (Instant, Instant),
) -> Result<Vec<LogRow>, Broken> {
    let most = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
    let statement = Statement::new(ROWS, args![])
        .push(" WHERE l.municipality_id = ? AND l.at >= ? AND l.at < ?", args![m, from, to])
        .push_in(" AND l.record_id IN", records.iter().copied())
        .push_in(
            " AND l.record_kind IN",
            ["person", "entry", "consultation", "connecting_sheet", "referral", "case"],
        )
        .push(" ORDER BY l.id LIMIT ?", args![most]);
    let rows: Vec<LogRow> = conn.select(statement).await?.iter().map(log_row).collect::<Result<_, _>>()?;
    Ok(rows.into_iter().filter(|r| is_look(&r.basis)).collect())
}

/// The rows of a prepared copy, with what was decided.
pub(crate) async fn rows(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: AccessReportId,
) -> Result<(Vec<LogRow>, Decided), Broken> {
    let statement = Statement::new(ROWS, args![]).push(
        " JOIN access_report_row r ON r.municipality_id = l.municipality_id AND r.log_id = l.id \
         WHERE l.municipality_id = ? AND r.report_id = ? ORDER BY l.id",
        args![m, id],
    );
    let rows = conn.select(statement).await?.iter().map(log_row).collect::<Result<_, _>>()?;
    let mut decided = BTreeMap::new();
    for row in conn
        .all(
            "SELECT log_id, verdict, exemption FROM access_report_row \
             WHERE municipality_id = $1 AND report_id = $2 AND verdict <> ''",
            args![m, id],
        )
        .await?
    {
        decided.insert(row.get("log_id")?, (row.code("verdict")?, row.get("exemption")?));
    }
    Ok((rows, decided))
}

/// Puts rows into a copy; those that are in it stay as they are.
pub(crate) async fn gather(
    act: &mut Act,
    right: &Right,
    id: AccessReportId,
    rows: &[AccessId],
) -> Result<(), Fail> {
    let m = act.municipality();
    let known: BTreeSet<AccessId> = act
        .facts()?
        .all(
            "SELECT log_id FROM access_report_row WHERE municipality_id = $1 AND report_id = $2",
            args![m, id],
        )
        .await?
        .iter()
        .map(|row| row.get("log_id"))
        .collect::<Result<_, _>>()?;
    let mut bulk = Bulk::new("INSERT INTO access_report_row (municipality_id, report_id, log_id) VALUES", 3);
    for row in rows.iter().filter(|r| !known.contains(r)) {
        bulk.row(args![m, id, *row]);
    }
    bulk.run(&mut act.save(right)?).await?;
    Ok(())
}

/// Makes others wait who want to decide about rows of the same copy, until the act has ended; and whoever has it open with a version sees
/// that it went on.
pub(crate) async fn touch(act: &mut Act, right: &Right, id: AccessReportId) -> Result<(), Fail> {
    let m = act.municipality();
    let sql = "UPDATE access_report SET version = version + 1 WHERE municipality_id = $1 AND id = $2";
    act.save(right)?.exec(sql, args![m, id]).await?;
    Ok(())
}

/// Decides about rows.
pub(crate) async fn decide(
    act: &mut Act,
    right: &Right,
    id: AccessReportId,
    rows: &[AccessId],
    (verdict, exemption): (&str, &str),
) -> Result<(), Fail> {
    let m = act.municipality();
    for some in rows.chunks(512) {
        let statement = Statement::new(
            "UPDATE access_report_row SET verdict = ?, exemption = ? WHERE municipality_id = ? AND report_id = ?",
            args![verdict, exemption, m, id],
        )
        .push_in(" AND log_id IN", some.iter().copied());
        act.save(right)?.run(statement).await?;
    }
    Ok(())
}

/// What is kept from this person now: secrets, and the desks that know where somebody else of the household is sheltered.
pub(crate) async fn kept(conn: &mut Conn<'_>, m: MunicipalityId, person: PersonId) -> Result<Kept, Broken> {
    let mut kept = Kept::default();
    for row in conn
        .all(
            "SELECT record_id FROM secret WHERE municipality_id = $1 AND person_id = $2 AND lifted_at IS NULL",
            args![m, person],
        )
        .await?
    {
        kept.secret.insert(row.get("record_id")?);
    }
    // Of the household is who stands in its record, kin too, and who is or was a member of it.
    // A shelter is that of the other record of the same person, too.
    let others = "SELECT d.desk_id FROM (SELECT s.municipality_id, s.id, s.person_id FROM shelter s \
                  WHERE s.municipality_id = $1 AND s.ended_at IS NULL \
                  UNION SELECT s.municipality_id, s.id, q.person_b FROM shelter s JOIN same_pair q \
                  ON q.municipality_id = s.municipality_id AND q.person_a = s.person_id AND q.state = 'same' \
                  WHERE s.municipality_id = $1 AND s.ended_at IS NULL \
                  UNION SELECT s.municipality_id, s.id, q.person_a FROM shelter s JOIN same_pair q \
                  ON q.municipality_id = s.municipality_id AND q.person_b = s.person_id AND q.state = 'same' \
                  WHERE s.municipality_id = $1 AND s.ended_at IS NULL) s \
                  JOIN shelter_desk d ON d.municipality_id = s.municipality_id \
                  AND d.shelter_id = s.id JOIN person o ON o.municipality_id = s.municipality_id \
                  AND o.id = s.person_id JOIN person p ON p.municipality_id = s.municipality_id AND p.id = $2 \
                  WHERE s.municipality_id = $1 AND s.person_id <> $2 \
                  AND (o.household_id = p.household_id \
                  OR EXISTS (SELECT 1 FROM household_member a WHERE a.municipality_id = $1 \
                  AND a.person_id = o.id AND a.household_id = p.household_id) \
                  OR EXISTS (SELECT 1 FROM household_member b WHERE b.municipality_id = $1 \
                  AND b.person_id = p.id AND b.household_id = o.household_id) \
                  OR EXISTS (SELECT 1 FROM household_member a JOIN household_member b \
                  ON b.municipality_id = a.municipality_id AND b.household_id = a.household_id \
                  WHERE a.municipality_id = $1 AND a.person_id = o.id AND b.person_id = p.id))";
    for row in conn.all(others, args![m, person]).await? {
        kept.known_to.insert(row.get("desk_id")?);
    }
    Ok(kept)
}

/// How old the person of a request is, as the auditor may know it.
pub(crate) async fn age(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    person: PersonId,
    today: Day,
) -> Result<Age, Broken> {
    let sql = "SELECT birth FROM person WHERE municipality_id = $1 AND id = $2";
    let birth: Option<String> = match conn.maybe(sql, args![m, person]).await? {
        Some(row) => row.get("birth")?,
        None => None,
    };
    Ok(super::rules::age(birth.as_deref().and_then(PartialDate::parse_iso), today))
}

/// What the auditor must know of the household before a copy goes out of it, as it is now.
pub(crate) async fn danger(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    report: &Report,
) -> Result<Danger, Broken> {
    // Whoever stands in its record without being a member is of the household, too.
    let mut persons: BTreeSet<PersonId> = conn
        .all(
            "SELECT id FROM person WHERE municipality_id = $1 AND household_id = $2 AND in_error_id IS NULL",
            args![m, report.household],
        )
        .await?
        .iter()
        .map(|row| row.get("id"))
        .collect::<Result<_, _>>()?;
    persons.extend(members(conn, m, report.household).await?);
    persons.insert(report.person);
    let aside = consent::set_asides(conn, m, persons.iter().copied()).await?;
    Ok(Danger {
        aside: aside.iter().any(|s| s.person == report.person),
        aside_of_others: aside.iter().any(|s| s.person != report.person),
        sheltered: !engine::home::shelters(conn, m, &persons).await?.is_empty(),
    })
}

/// Every member of a household, past and present.
pub(crate) async fn members(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
) -> Result<Vec<PersonId>, Broken> {
    Ok(household::members_of(conn, m, [household]).await?.into_values().flatten().collect())
}

/// The cases of a household, for exclusions.
pub(crate) async fn cases(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
) -> Result<Vec<CaseId>, Broken> {
    conn.all(
        "SELECT id FROM case_file WHERE municipality_id = $1 AND household_id = $2 ORDER BY id",
        args![m, household],
    )
    .await?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}

/// The auditors' promises that lie at other desks go to one of theirs. How many.
pub(crate) async fn pass_on(
    act: &mut Act,
    right: &Right,
    to: DeskId,
    auditors: &[DeskId],
) -> Result<usize, Fail> {
    let m = act.municipality();
    let statement = Statement::new(
        "UPDATE task SET desk_id = ?, assignee_id = NULL, version = version + 1 WHERE municipality_id = ? \
         AND kind = 'access_report' AND state = 'open' AND NOT desk_id",
        args![to, m],
    )
    .push_in(" IN", auditors.iter().copied());
    let moved = act.save(right)?.run(statement).await?;
    Ok(usize::try_from(moved).unwrap_or(0))
}

/// Whether the desk still owes the person the result.
pub(crate) async fn owes(conn: &mut Conn<'_>, m: MunicipalityId, id: AccessReportId) -> Result<bool, Broken> {
    let sql = "SELECT id FROM task WHERE municipality_id = $1 AND thing_id = $2 AND kind = 'hand_over_report' \
               AND state = 'open'";
    Ok(conn.maybe(sql, args![m, id]).await?.is_some())
}
