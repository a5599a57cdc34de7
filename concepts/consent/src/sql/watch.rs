//! Which consents somebody has to look at: they end soon, the person comes of age, a recipient has ended.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use register::Office;
use words::Day;
use words::id::{CaseId, ConsentId, DeskId, MunicipalityId, PersonId, TaskId, ThingId};
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
    /// Who came into their place, as the register has it: the heir of the records, and the next contractor with the same work; each with the
    /// day on which they were entered in the register, where that is known.
    pub successors: Vec<(Recipient, Option<Day>)>,
}

/// Which consents whose recipient has ended.
#[derive(Debug, Clone)]
pub enum Which {
    /// Every one.
    Every,
    /// Those about which nobody was told.
    Untold,
    /// Among these.
    Among(Vec<ConsentId>),
}

/// An agency is over with its own last day, or with its last desk: a contractor whose only contract has run out stays in the register, and
/// nobody there reads anything. One that never had a desk is reached otherwise, and is not over by that.
const RECIPIENTS: &str = "FROM consent_recipient r \
     JOIN consent c ON c.municipality_id = r.municipality_id AND c.id = r.consent_id \
     LEFT JOIN desk d ON d.municipality_id = r.municipality_id AND d.id = r.recipient_id \
     LEFT JOIN contract o ON o.municipality_id = d.municipality_id AND o.id = d.contract_id \
     LEFT JOIN agency a ON a.municipality_id = r.municipality_id AND a.id = r.recipient_id \
     LEFT JOIN (SELECT x.municipality_id, x.agency_id, MAX(CASE \
     WHEN COALESCE(x.valid_to, '9999-12-31') < COALESCE(y.valid_to, '9999-12-31') THEN x.valid_to \
     ELSE COALESCE(y.valid_to, '9999-12-31') END) AS last_desk FROM desk x LEFT JOIN contract y \
     ON y.municipality_id = x.municipality_id AND y.id = x.contract_id WHERE x.municipality_id = ? \
     AND (x.valid_to IS NULL OR x.valid_to >= x.valid_from) GROUP BY x.municipality_id, x.agency_id) w \
     ON w.municipality_id = r.municipality_id AND w.agency_id = r.recipient_id \
     JOIN person p ON p.municipality_id = c.municipality_id AND p.id = c.person_id \
     JOIN case_file k ON k.municipality_id = c.municipality_id AND k.id = COALESCE((SELECT x.id FROM case_file x \
     WHERE x.municipality_id = c.municipality_id AND x.id = c.case_id AND x.state = 'open'), (SELECT y.id \
     FROM case_file y WHERE y.municipality_id = c.municipality_id AND y.household_id = p.household_id \
     AND y.state = 'open' ORDER BY y.opened_at, y.id LIMIT 1)) \
     WHERE c.municipality_id = ? AND c.state = 'given' AND k.accountable_desk_id IS NOT NULL \
     AND r.effective_from IS NOT NULL AND (c.until_day IS NULL OR c.until_day >= ?) \
     AND (d.valid_to < ? OR o.valid_to < ? OR a.valid_to < ? OR w.last_desk < ?)";

/// The earliest of these days.
fn first_of(days: [Option<Day>; 4]) -> Option<Day> {
    days.into_iter().flatten().min()
}

/// Consents in force that name a desk or an agency that has ended.
pub async fn recipients_ended(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    today: Day,
    which: Which,
) -> Result<Vec<Ended>, Broken> {
    let mut statement = Statement::new(
        "SELECT c.id, c.person_id, c.desk_id, k.id AS case_id, k.accountable_desk_id, r.kind, r.recipient_id, \
         d.valid_to AS desk_to, o.valid_to AS contract_to, a.valid_to AS agency_to, w.last_desk ",
        args![],
    )
    .push(RECIPIENTS, args![m, m, today, today, today, today, today]);
    match which {
        Which::Every => {}
        Which::Untold => statement = statement.push(UNTOLD, args!["recipient_ended"]),
        Which::Among(consents) => statement = statement.push_in(" AND c.id IN", consents),
    }
    let statement = statement.push(" ORDER BY c.given_at, c.id, r.recipient_id LIMIT 500", args![]);
    let mut found = Vec::new();
    for row in &conn.select(statement).await? {
        let thing: ThingId = row.get("recipient_id")?;
        let ends =
            [row.get("desk_to")?, row.get("contract_to")?, row.get("agency_to")?, row.get("last_desk")?];
        let is_desk = row.get::<String>("kind")? == "desk";
        found.push(Ended {
            due: due(row, first_of(ends).unwrap_or(today))?,
            desk: row.get("desk_id")?,
            recipient: if is_desk { Recipient::Desk(thing.cast()) } else { Recipient::Agency(thing.cast()) },
            successors: Vec::new(),
        });
    }
    let of = found.iter().map(|e| office(e.recipient));
    let next = register::successors(conn, m, of, today).await?;
    for ended in &mut found {
        let successors = next.get(&office(ended.recipient)).into_iter().flatten();
        ended.successors = successors.map(|s| (recipient(s.office), s.known)).collect();
    }
    Ok(found)
}

fn office(of: Recipient) -> Office {
    match of {
        Recipient::Desk(d) => Office::Desk(d),
        Recipient::Agency(a) => Office::Agency(a),
    }
}

fn recipient(of: Office) -> Recipient {
    match of {
        Office::Desk(d) => Recipient::Desk(d),
        Office::Agency(a) => Recipient::Agency(a),
    }
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
