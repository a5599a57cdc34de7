//! 記録の来歴: who wrote a text under which name of their desk and for which programme then (domain section 3,
//! `Provenance`). A rename or a transfer afterwards does not rewrite it.

use std::collections::BTreeMap;

use engine::{Broken, Conn, Statement, args};
use words::id::{EntryId, MunicipalityId};

/// What the day of writing knew.
#[derive(Debug, Clone, Default)]
pub(crate) struct Provenance {
    /// Name of the desk's agency on that day.
    pub desk: String,
    /// Code of the programme acted for.
    pub programme: String,
    /// Name of the partner who told it.
    pub told: String,
}

/// The provenance of these texts. One statement, whatever their number.
pub(crate) async fn of_entries(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    ids: impl IntoIterator<Item = EntryId>,
) -> Result<BTreeMap<EntryId, Provenance>, Broken> {
    let statement = Statement::new(
        "SELECT e.id, c.programme, n.name AS desk_name, g.name AS told_name FROM entry e \
         JOIN command c ON c.municipality_id = e.municipality_id AND c.id = e.command_id \
         JOIN desk d ON d.municipality_id = e.municipality_id AND d.id = e.desk_id \
         LEFT JOIN agency_name n ON n.municipality_id = e.municipality_id AND n.agency_id = d.agency_id \
         AND n.kind = 'official' AND n.valid_from <= SUBSTR(e.recorded_at, 1, 10) \
         AND (n.valid_to IS NULL OR n.valid_to >= SUBSTR(e.recorded_at, 1, 10)) \
         LEFT JOIN agency_name g ON g.municipality_id = e.municipality_id AND g.agency_id = e.told_agency_id \
         AND g.kind = 'official' AND g.valid_from <= SUBSTR(e.recorded_at, 1, 10) \
         AND (g.valid_to IS NULL OR g.valid_to >= SUBSTR(e.recorded_at, 1, 10)) \
         WHERE e.municipality_id = ?",
        args![municipality],
    )
    .push_in(" AND e.id IN", ids);
    let mut found = BTreeMap::new();
    for row in conn.select(statement).await? {
        let provenance = Provenance {
            desk: row.get::<Option<String>>("desk_name")?.unwrap_or_default(),
            programme: row.get("programme")?,
            told: row.get::<Option<String>>("told_name")?.unwrap_or_default(),
        };
        found.insert(row.get("id")?, provenance);
    }
    Ok(found)
}
