//! Storing notices: desks, households, state. No name, no content.

use access::{Relation, Right, Role, Viewer};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::Instant;
use words::code::Code;
use words::id::{CaseId, DeskId, HouseholdId, MatterId, MunicipalityId, ThingId};

use crate::rules::{Reason, State, may_decide};

/// A notice.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Its id.
    pub id: ThingId,
    /// The households, as each desk recorded its own.
    pub households: [HouseholdId; 2],
    /// The desks.
    pub desks: [DeskId; 2],
    /// The coordinator's desk that is told.
    pub coordinator: DeskId,
    /// When it was found.
    pub found_at: Instant,
    /// Where it stands.
    pub state: State,
    /// Why it was dismissed.
    pub(crate) reason: Option<Reason>,
    /// The matter that was opened.
    pub matter: Option<MatterId>,
    /// Version.
    pub version: i64,
}

const SELECT: &str = "SELECT id, household_a, household_b, desk_a, desk_b, coordinator_desk_id, found_at, state, reason, \
     matter_id, version FROM overlap_notice WHERE municipality_id = ?";

fn notice(row: &Row) -> Result<Notice, Broken> {
    Ok(Notice {
        id: row.get("id")?,
        households: [row.get("household_a")?, row.get("household_b")?],
        desks: [row.get("desk_a")?, row.get("desk_b")?],
        coordinator: row.get("coordinator_desk_id")?,
        found_at: row.get("found_at")?,
        state: row.code("state")?,
        reason: row.code_opt("reason")?,
        matter: row.get("matter_id")?,
        version: row.get("version")?,
    })
}

/// A notice for a coordinator of the desk that is told; absent for everybody else, the two desks above all, and for whoever is
/// kept out of one of the households or sits at one of the desks.
pub async fn read(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ThingId,
) -> Result<Option<(Notice, Relation)>, Broken> {
    let rows = conn
        .select(Statement::new(SELECT, args![viewer.municipality]).push(" AND id = ?", args![id]))
        .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let found = notice(row)?;
    let cases = household::cases_of(conn, viewer, found.households).await?;
    let mut relation = Relation::within(cases.into_values().flatten());
    let told = viewer.seats.iter().any(|s| s.role == access::Role::Coordinator && s.holds(found.coordinator));
    let own = viewer.reading_desks();
    if relation.keeps_out(viewer) || !told || found.desks.iter().any(|d| own.contains(d)) {
        return Ok(None);
    }
    relation.task = Some(found.coordinator);
    Ok(Some((found, relation)))
}

/// Notices of these desks; the open ones first.
pub(crate) async fn list(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    desks: &[DeskId],
    most: i64,
) -> Result<Vec<Notice>, Broken> {
    let statement = Statement::new(SELECT, args![m])
        .push_in(" AND coordinator_desk_id IN", desks.iter().copied())
        .push(" ORDER BY CASE state WHEN 'open' THEN 0 ELSE 1 END, found_at DESC, id LIMIT ?", args![most]);
    conn.select(statement).await?.iter().map(notice).collect()
}

/// Numbers of the open cases of these households.
pub(crate) async fn numbers(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    households: impl IntoIterator<Item = HouseholdId>,
) -> Result<Vec<(HouseholdId, CaseId, i64, i64)>, Broken> {
    let statement = Statement::new(
        "SELECT household_id, id, fiscal_year, number FROM case_file WHERE municipality_id = ? AND state = 'open'",
        args![m],
    )
    .push_in(" AND household_id IN", households)
    .push(" ORDER BY opened_at DESC", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok((row.get("household_id")?, row.get("id")?, row.get("fiscal_year")?, row.get("number")?))
        })
        .collect()
}

/// Stores a notice; false when this pair was told of before.
pub(crate) async fn insert(act: &mut Act, right: &Right, n: &Notice) -> Result<bool, Fail> {
    let (m, command) = (act.municipality(), act.command());
    let made = act
        .save(right)?
        .exec(
            "INSERT INTO overlap_notice (municipality_id, id, household_a, household_b, desk_a, desk_b, \
             coordinator_desk_id, found_at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT DO NOTHING",
            args![
                m,
                n.id,
                n.households[0],
                n.households[1],
                n.desks[0],
                n.desks[1],
                n.coordinator,
                n.found_at,
                command
            ],
        )
        .await?;
    Ok(made == 1)
}

async fn decide(
    act: &mut Act,
    right: &Right,
    n: &Notice,
    to: State,
    (reason, matter): (Option<Reason>, Option<MatterId>),
) -> Result<(), Fail> {
    may_decide(n.state)?;
    let (m, now) = (act.municipality(), act.now());
    let by = act.viewer().map(|v| v.user);
    let changed = act
        .save(right)?
        .exec(
            "UPDATE overlap_notice SET state = $4, reason = $5, decided_at = $6, decided_by = $7, matter_id = $8, \
             version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, n.id, n.version, to.code(), reason.map_or("", Code::code), now, by, matter],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::Stale);
    }
    let kinds = [task::TaskKind::WeighOverlap];
    task::end_of_thing(act, right, n.id, None, &kinds, task::TaskState::Done).await
}

/// Open notices whose desk has no coordinator who can be told: none sits there today, or each of them works at one of the two desks or is
/// kept out of one of the households; or the desk has ended.
pub(crate) async fn stranded(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    now: Instant,
    most: i64,
) -> Result<Vec<Notice>, Broken> {
    let today = now.day();
    let reading = || Role::ALL.iter().filter(|r| r.reads_desk_records()).map(|r| r.code());
    let statement = Statement::new(SELECT, args![m])
        .push(
            " AND state = 'open' AND NOT EXISTS (SELECT 1 FROM post p JOIN appointment a \
             ON a.municipality_id = p.municipality_id AND a.post_id = p.id \
             JOIN app_user u ON u.municipality_id = a.municipality_id AND u.id = a.user_id AND u.disabled_at IS NULL \
             JOIN desk d ON d.municipality_id = p.municipality_id AND d.id = p.desk_id AND (d.valid_to IS NULL OR d.valid_to >= ?) \
             LEFT JOIN contract o ON o.municipality_id = d.municipality_id AND o.id = d.contract_id \
             WHERE p.municipality_id = overlap_notice.municipality_id AND p.desk_id = overlap_notice.coordinator_desk_id \
             AND (o.id IS NULL OR o.valid_to >= ?) AND p.role = ? AND a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?) \
             AND NOT EXISTS (SELECT 1 FROM post q JOIN appointment b ON b.municipality_id = q.municipality_id \
             AND b.post_id = q.id WHERE q.municipality_id = a.municipality_id AND b.user_id = a.user_id \
             AND q.desk_id IN (overlap_notice.desk_a, overlap_notice.desk_b) AND b.valid_from <= ? \
             AND (b.valid_to IS NULL OR b.valid_to >= ?) AND q.role IN",
            args![today, today, Role::Coordinator.code(), today, today, today, today],
        )
        .push_in("", reading())
        .push(
            ") AND NOT EXISTS (SELECT 1 FROM exclusion x JOIN case_file c ON c.municipality_id = x.municipality_id \
             AND c.id = x.case_id WHERE x.municipality_id = a.municipality_id AND x.user_id = a.user_id \
             AND (x.until IS NULL OR x.until > ?) \
             AND c.household_id IN (overlap_notice.household_a, overlap_notice.household_b))) \
             ORDER BY found_at, id LIMIT ?",
            args![now, most],
        );
    conn.select(statement).await?.iter().map(notice).collect()
}

/// Another desk is told instead.
pub(crate) async fn tell_instead(act: &mut Act, right: &Right, n: &Notice, to: DeskId) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE overlap_notice SET coordinator_desk_id = $4, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, n.id, n.version, to],
        )
        .await?;
    if changed == 1 { Ok(()) } else { Err(Fail::Stale) }
}

/// It is let be, and not told again.
pub(crate) async fn dismiss(act: &mut Act, right: &Right, n: &Notice, reason: Reason) -> Result<(), Fail> {
    decide(act, right, n, State::Dismissed, (Some(reason), None)).await
}

/// A matter was opened of it.
pub async fn opened(act: &mut Act, right: &Right, n: &Notice, matter: MatterId) -> Result<(), Fail> {
    decide(act, right, n, State::Matter, (None, Some(matter))).await
}
