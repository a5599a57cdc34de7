//! Which consents somebody has to look at: they end soon, the person comes of age, a recipient has ended.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::Day;
use words::id::{AgencyId, CaseId, ConsentId, DeskId, MunicipalityId, PersonId, TaskId, ThingId};
use words::partial::PartialDate;

use crate::giving::of_age_on;
use crate::rules::Recipient;

/// A consent somebody has to look at.
#[derive(Debug, Clone)]
pub struct Due {
    /// The consent.
    pub consent: ConsentId,
    /// Whose.
    pub person: PersonId,
    /// The open case: the one it was given in, or one of the household.
    pub case: CaseId,
    /// The desk accountable for that case.
    pub accountable: DeskId,
    /// Its last day, or the day the person comes of age.
    pub day: Day,
}

/// A consent given, which nothing followed, with the open case it belongs to. Without one there is nobody to ask on it.
const GIVEN: &str = "FROM consent c JOIN person p ON p.municipality_id = c.municipality_id AND p.id = c.person_id \
     JOIN case_file k ON k.municipality_id = c.municipality_id AND k.id = COALESCE((SELECT x.id FROM case_file x \
     WHERE x.municipality_id = c.municipality_id AND x.id = c.case_id AND x.state = 'open'), (SELECT y.id \
     FROM case_file y WHERE y.municipality_id = c.municipality_id AND y.household_id = p.household_id \
     AND y.state = 'open' ORDER BY y.opened_at, y.id LIMIT 1)) \
     WHERE c.municipality_id = ? AND c.state = 'given' AND k.accountable_desk_id IS NOT NULL";

/// Without a task about it yet.
const UNTOLD: &str = " AND NOT EXISTS (SELECT 1 FROM consent_task t WHERE t.municipality_id = c.municipality_id \
     AND t.consent_id = c.id AND t.why = ?)";

fn due(row: &Row, day: Day) -> Result<Due, Broken> {
    Ok(Due {
        consent: row.get("id")?,
        person: row.get("person_id")?,
        case: row.get("case_id")?,
        accountable: row.get("accountable_desk_id")?,
        day,
    })
}

/// Consents whose last day is from today to `until`, and about which nobody was told.
pub async fn ending(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    today: Day,
    until: Day,
) -> Result<Vec<Due>, Broken> {
    let statement = Statement::new(
        "SELECT c.id, c.person_id, k.id AS case_id, k.accountable_desk_id, c.until_day ",
        args![],
    )
    .push(GIVEN, args![m])
    .push(UNTOLD, args!["expiry"])
    .push(
        " AND c.until_day >= ? AND c.until_day <= ? ORDER BY c.until_day, c.id LIMIT 500",
        args![today, until],
    );
    conn.select(statement).await?.iter().map(|row| due(row, row.get("until_day")?)).collect()
}

/// Consents that a parent or guardian of a minor gave, whose person comes of age from today to `until`, and about which nobody
/// was told (民法4条).
pub async fn coming_of_age(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    today: Day,
    until: Day,
) -> Result<Vec<Due>, Broken> {
    // Births are texts of which parts may be missing: the years bound the rows, the rule decides.
    let statement =
        Statement::new("SELECT c.id, c.person_id, k.id AS case_id, k.accountable_desk_id, p.birth ", args![])
            .push(GIVEN, args![m])
            .push(UNTOLD, args!["coming_of_age"])
            .push(
                " AND c.given_by = 'guardian' AND c.relation NOT IN ('adult_guardian', 'curator', 'voluntary_guardian') \
                 AND p.birth >= ? AND p.birth < ? AND p.died IS NULL ORDER BY p.birth, c.id LIMIT 500",
                args![(today.year() - 19).to_string(), (until.year() - 17).to_string()],
            );
    let mut found = Vec::new();
    for row in &conn.select(statement).await? {
        let birth: String = row.get("birth")?;
        let of_age = PartialDate::parse_iso(&birth).map(of_age_on);
        if let Some(day) = of_age.filter(|day| *day >= today && *day <= until) {
            found.push(due(row, day)?);
        }
    }
    Ok(found)
}

/// A consent that names somebody who is no longer there, with who came into their place.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The consent, and its case.
    pub due: Due,
    /// The desk that recorded it.
    pub desk: DeskId,
    /// Who has ended.
    pub recipient: Recipient,
    /// Who came into their place, as the register has it.
    pub successor: Option<Recipient>,
}

/// Consents in force that name a desk or an agency that has ended. `untold`: only those about which nobody was told.
pub async fn recipients_ended(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    today: Day,
    untold: bool,
) -> Result<Vec<Ended>, Broken> {
    let mut statement = Statement::new(
        "SELECT c.id, c.person_id, c.desk_id, k.id AS case_id, k.accountable_desk_id, r.kind, r.recipient_id, \
         COALESCE(d.valid_to, o.valid_to, a.valid_to) AS last_day, d.heir_id, (SELECT s.successor_id \
         FROM agency_successor s WHERE s.municipality_id = c.municipality_id AND s.agency_id = r.recipient_id \
         AND s.valid_from <= ? ORDER BY s.valid_from DESC, s.successor_id LIMIT 1) AS successor_id ",
        args![today],
    );
    statement = statement.push(
        "FROM consent_recipient r JOIN consent c ON c.municipality_id = r.municipality_id AND c.id = r.consent_id \
         LEFT JOIN desk d ON d.municipality_id = r.municipality_id AND d.id = r.recipient_id \
         LEFT JOIN contract o ON o.municipality_id = d.municipality_id AND o.id = d.contract_id \
         LEFT JOIN agency a ON a.municipality_id = r.municipality_id AND a.id = r.recipient_id \
         JOIN person p ON p.municipality_id = c.municipality_id AND p.id = c.person_id \
         JOIN case_file k ON k.municipality_id = c.municipality_id AND k.id = COALESCE((SELECT x.id FROM case_file x \
         WHERE x.municipality_id = c.municipality_id AND x.id = c.case_id AND x.state = 'open'), (SELECT y.id \
         FROM case_file y WHERE y.municipality_id = c.municipality_id AND y.household_id = p.household_id \
         AND y.state = 'open' ORDER BY y.opened_at, y.id LIMIT 1)) \
         WHERE c.municipality_id = ? AND c.state = 'given' AND k.accountable_desk_id IS NOT NULL \
         AND r.effective_from IS NOT NULL AND (c.until_day IS NULL OR c.until_day >= ?) \
         AND (d.valid_to < ? OR o.valid_to < ? OR a.valid_to < ?)",
        args![m, today, today, today, today],
    );
    if untold {
        statement = statement.push(UNTOLD, args!["recipient_ended"]);
    }
    let statement = statement.push(" ORDER BY c.given_at, c.id, r.recipient_id LIMIT 500", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            let thing: ThingId = row.get("recipient_id")?;
            let (heir, next): (Option<DeskId>, Option<AgencyId>) =
                (row.get("heir_id")?, row.get("successor_id")?);
            let is_desk = row.get::<String>("kind")? == "desk";
            Ok(Ended {
                due: due(row, row.get("last_day")?)?,
                desk: row.get("desk_id")?,
                recipient: if is_desk {
                    Recipient::Desk(thing.cast())
                } else {
                    Recipient::Agency(thing.cast())
                },
                successor: if is_desk { heir.map(Recipient::Desk) } else { next.map(Recipient::Agency) },
            })
        })
        .collect()
}

/// Notes that somebody has a task about a consent, so that they get one and not one a day.
pub async fn note_task(
    act: &mut Act,
    right: &Right,
    consent: ConsentId,
    why: &'static str,
    task: TaskId,
) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "INSERT INTO consent_task (municipality_id, consent_id, why, task_id) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            args![m, consent, why, task],
        )
        .await?;
    Ok(())
}
