//! Households, and what a desk has of them.

use std::collections::BTreeSet;

use access::Right;
use engine::{Act, Broken, Conn, Fail, Statement, args};
use words::Instant;
use words::id::{AreaId, CaseId, ConsultationId, DeskId, HouseholdId, MunicipalityId, PersonId, UserId};

use crate::rules::OpenCase;

/// The header of a household: ids only. Who they are is disclosed elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct HouseholdHeader {
    /// Its id.
    pub id: HouseholdId,
    /// The desk that recorded it.
    pub desk: DeskId,
    /// The area it lives in; nothing where somebody of it is sheltered.
    pub area: Option<AreaId>,
    /// Version, for changes of the household as a whole.
    pub version: i64,
}

/// The header of a household, if it exists. Whether the viewer may know is decided by what is disclosed of it.
pub async fn header(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: HouseholdId,
) -> Result<Option<HouseholdHeader>, Broken> {
    conn.maybe(
        // A household of whom everybody was disposed of is none any more. Where somebody of it is sheltered, its area is not
        // told: a district and the desk responsible for it say where they live (disclosure rule 4).
        "SELECT h.id, h.desk_id, CASE WHEN EXISTS (SELECT 1 FROM shelter s JOIN household_member x \
         ON x.municipality_id = s.municipality_id AND x.person_id = s.person_id WHERE s.municipality_id = $1 \
         AND x.household_id = $2 AND s.ended_at IS NULL) THEN NULL ELSE h.area_id END AS area_id, h.version \
         FROM household h WHERE h.municipality_id = $1 AND h.id = $2 \
         AND (NOT EXISTS (SELECT 1 FROM person p WHERE p.municipality_id = h.municipality_id \
         AND p.household_id = h.id AND p.disposed_at IS NOT NULL) OR EXISTS (SELECT 1 FROM person p \
         WHERE p.municipality_id = h.municipality_id AND p.household_id = h.id AND p.disposed_at IS NULL))",
        args![municipality, id],
    )
    .await?
    .map(|row| {
        Ok(HouseholdHeader {
            id: row.get("id")?,
            desk: row.get("desk_id")?,
            area: row.get("area_id")?,
            version: row.get("version")?,
        })
    })
    .transpose()
}

/// One version on; the one that was read must be the current one.
pub(crate) async fn bump(act: &mut Act, right: &Right, id: HouseholdId) -> Result<(), Fail> {
    let (m, base) = (act.municipality(), act.base_version().unwrap_or(0));
    let changed = act
        .save(right)?
        .exec(
            "UPDATE household SET version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, id, base],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// One version on, whoever read which: a job asks nobody.
pub(crate) async fn next_version(act: &mut Act, right: &Right, id: HouseholdId) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE household SET version = version + 1 WHERE municipality_id = $1 AND id = $2",
            args![m, id],
        )
        .await?;
    Ok(())
}

/// Whether somebody who lives together with the others stays when these people move. Of those whom another desk added nothing follows for
/// the record of this one: that they stay would tell of them.
pub(crate) async fn somebody_stays(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: HouseholdId,
    moving: &[PersonId],
) -> Result<bool, Broken> {
    let statement = Statement::new(
        "SELECT x.person_id FROM household_member x JOIN person p ON p.municipality_id = x.municipality_id \
         AND p.id = x.person_id JOIN household h ON h.municipality_id = x.municipality_id AND h.id = x.household_id \
         WHERE x.municipality_id = ? AND x.household_id = ? AND x.valid_to IS NULL \
         AND x.lives_together AND p.died IS NULL AND p.disposed_at IS NULL AND (p.desk_id = h.desk_id OR p.desk_id IN \
         (SELECT o.desk_id FROM person o WHERE o.municipality_id = h.municipality_id",
        args![municipality, id],
    )
    .push_in(" AND o.id IN", moving.iter().copied())
    .push("))", args![]);
    let rows = conn.select(statement).await?;
    let home: Vec<PersonId> = rows.iter().map(|row| row.get("person_id")).collect::<Result<_, _>>()?;
    Ok(home.iter().any(|p| !moving.contains(p)))
}

/// The area a household lives in from now on.
pub(crate) async fn set_area(
    act: &mut Act,
    right: &Right,
    id: HouseholdId,
    area: Option<AreaId>,
) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec("UPDATE household SET area_id = $3 WHERE municipality_id = $1 AND id = $2", args![m, id, area])
        .await?;
    Ok(())
}

/// How many are members of a household now, of those whom its own desk wrote down.
pub(crate) async fn present(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: HouseholdId,
) -> Result<usize, Broken> {
    let n: i64 = conn
        .one(
            "SELECT COUNT(*) AS n FROM household_member x JOIN person p ON p.municipality_id = x.municipality_id \
             AND p.id = x.person_id JOIN household h ON h.municipality_id = x.municipality_id AND h.id = x.household_id \
             AND h.desk_id = p.desk_id WHERE x.municipality_id = $1 AND x.household_id = $2 AND x.valid_to IS NULL \
             AND p.disposed_at IS NULL",
            args![municipality, id],
        )
        .await?
        .get("n")?;
    Ok(usize::try_from(n).unwrap_or(0))
}

/// Everybody in the record of a household: members past and present, and kin who do not live in it.
pub(crate) async fn people(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: HouseholdId,
) -> Result<BTreeSet<PersonId>, Broken> {
    conn.all(
        "SELECT id FROM person WHERE municipality_id = $1 AND household_id = $2 AND disposed_at IS NULL \
         AND in_error_id IS NULL UNION SELECT person_id AS id FROM household_member WHERE municipality_id = $1 AND household_id = $2",
        args![municipality, id],
    )
    .await?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}

/// A case of a household.
pub(crate) struct CaseLine {
    pub id: CaseId,
    pub fiscal_year: i64,
    pub number: i64,
    pub state: String,
    pub accountable: DeskId,
}

/// The cases of a household in which one of these desks has a part, newest first.
pub(crate) async fn case_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: HouseholdId,
    desks: &[DeskId],
) -> Result<Vec<CaseLine>, Broken> {
    let statement = Statement::new(
        "SELECT c.id, c.fiscal_year, c.number, c.state, c.accountable_desk_id FROM case_file c \
         WHERE c.municipality_id = ? AND c.household_id = ? AND c.disposed_at IS NULL AND c.id IN (SELECT k.case_id FROM case_desk k \
         WHERE k.municipality_id = c.municipality_id",
        args![municipality, id],
    )
    .push_in(" AND k.desk_id IN", desks.iter().copied())
    .push(") ORDER BY c.opened_at DESC, c.id DESC LIMIT 50", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(CaseLine {
                id: row.get("id")?,
                fiscal_year: row.get("fiscal_year")?,
                number: row.get("number")?,
                state: row.get("state")?,
                accountable: row.get("accountable_desk_id")?,
            })
        })
        .collect()
}

/// The consultations about a household that one of these desks wrote, newest first.
pub(crate) async fn consultation_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: HouseholdId,
    desks: &[DeskId],
) -> Result<Vec<(ConsultationId, Instant)>, Broken> {
    let statement = Statement::new(
        "SELECT id, occurred_at FROM consultation WHERE municipality_id = ? AND household_id = ? \
         AND disposed_at IS NULL AND state <> 'entered_in_error'",
        args![municipality, id],
    )
    .push_in(" AND desk_id IN", desks.iter().copied())
    .push(" ORDER BY occurred_at DESC, id DESC LIMIT 50", args![]);
    conn.select(statement).await?.iter().map(|row| Ok((row.get("id")?, row.get("occurred_at")?))).collect()
}

/// The open cases of a household, the newest first: who answers for each, and who has a part in it.
pub(crate) async fn open_cases(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: HouseholdId,
) -> Result<Vec<OpenCase>, Broken> {
    let rows = conn
        .all(
            "SELECT c.id, c.accountable_desk_id, k.desk_id FROM case_file c LEFT JOIN case_desk k \
             ON k.municipality_id = c.municipality_id AND k.case_id = c.id WHERE c.municipality_id = $1 \
             AND c.household_id = $2 AND c.state = 'open' ORDER BY c.opened_at DESC, c.id DESC, k.desk_id",
            args![municipality, id],
        )
        .await?;
    let mut open: Vec<OpenCase> = Vec::new();
    for row in &rows {
        let (id, desk): (CaseId, Option<DeskId>) = (row.get("id")?, row.get("desk_id")?);
        if let Some(case) = open.last_mut().filter(|c| c.id == id) {
            case.desks.extend(desk);
        } else {
            let accountable = row.get("accountable_desk_id")?;
            open.push(OpenCase { id, accountable, desks: desk.into_iter().collect() });
        }
    }
    Ok(open)
}

/// Every case of a household, for exclusions.
pub(crate) async fn cases(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: HouseholdId,
) -> Result<Vec<CaseId>, Broken> {
    conn.all(
        "SELECT id FROM case_file WHERE municipality_id = $1 AND household_id = $2",
        args![municipality, id],
    )
    .await?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}

/// Open work about a household: a case or a consultation, and a desk that has work to do in it.
pub(crate) struct OpenWork {
    pub case: Option<CaseId>,
    pub consultation: Option<ConsultationId>,
    pub desk: DeskId,
}

impl OpenWork {
    /// What a task of it is about.
    pub(crate) fn about(&self) -> task::About {
        task::About { case: self.case, consultation: self.consultation, ..task::About::default() }
    }
}

/// Who is kept out of which of these cases now.
pub(crate) async fn kept_out(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    cases: &[CaseId],
    now: Instant,
) -> Result<Vec<(UserId, CaseId)>, Broken> {
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::new(
        "SELECT user_id, case_id FROM exclusion WHERE municipality_id = ? AND since <= ? \
         AND (until IS NULL OR until > ?)",
        args![municipality, now, now],
    )
    .push_in(" AND case_id IN", cases.iter().copied());
    conn.select(statement).await?.iter().map(|row| Ok((row.get("user_id")?, row.get("case_id")?))).collect()
}

/// The open work about a household, desk by desk: for each open case the accountable desk, and every desk with a part
/// in it that has promised something; for each open consultation its desk. A desk that was only asked and has not
/// accepted has no part yet.
pub(crate) async fn open_work(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: HouseholdId,
) -> Result<Vec<OpenWork>, Broken> {
    let of_cases = conn
        .all(
            "SELECT c.id, c.accountable_desk_id AS desk_id FROM case_file c \
             WHERE c.municipality_id = $1 AND c.household_id = $2 AND c.state = 'open' \
             UNION SELECT c.id, t.desk_id FROM case_file c \
             JOIN task t ON t.municipality_id = c.municipality_id AND t.case_id = c.id AND t.state = 'open' \
             JOIN case_desk k ON k.municipality_id = c.municipality_id AND k.case_id = c.id \
             AND k.desk_id = t.desk_id \
             WHERE c.municipality_id = $1 AND c.household_id = $2 AND c.state = 'open'",
            args![municipality, id],
        )
        .await?;
    let of_consultations = conn
        .all(
            "SELECT id, accountable_desk_id FROM consultation \
             WHERE municipality_id = $1 AND household_id = $2 AND state = 'open'",
            args![municipality, id],
        )
        .await?;
    let mut work = Vec::new();
    for row in &of_cases {
        work.push(OpenWork { case: Some(row.get("id")?), consultation: None, desk: row.get("desk_id")? });
    }
    for row in &of_consultations {
        let (consultation, desk) = (Some(row.get("id")?), row.get("accountable_desk_id")?);
        work.push(OpenWork { case: None, consultation, desk });
    }
    Ok(work)
}
