//! People of the same name: hints for many lines at once, where [`crate::find_persons`] asks for one.

use access::Disclosed;
use engine::{Broken, Look, Statement, args};
use words::id::PersonId;

use crate::{Person, person};

/// Names in one statement.
const MOST: usize = 256;

/// People whom the viewer's own desks recorded under one of these names, in whatever spelling. A person recorded
/// only with a consultation that was entered in error is none.
pub async fn same_names(look: &mut Look, names: &[String]) -> Result<Vec<Disclosed<Person>>, Broken> {
    let viewer = look.viewer().clone();
    let mut keys: Vec<String> =
        names.iter().map(|n| words::name::name_key(n)).filter(|k| !k.is_empty()).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut ids: Vec<PersonId> = Vec::new();
    for some in keys.chunks(MOST) {
        let statement = Statement::new(
            "SELECT p.id FROM person p WHERE p.municipality_id = ?",
            args![viewer.municipality],
        )
        .push_in(" AND p.desk_id IN", viewer.reading_desks())
        .push_in(" AND p.name_key IN", some.iter().map(String::as_str))
        .push(
            " AND NOT EXISTS (SELECT 1 FROM consultation c WHERE c.municipality_id = p.municipality_id \
                     AND c.household_id = p.household_id AND c.command_id = p.command_id \
                     AND c.state = 'entered_in_error') ORDER BY p.id",
            args![],
        );
        for row in look.conn().select(statement).await? {
            ids.push(row.get("id")?);
        }
    }
    let mut people = Vec::new();
    for some in ids.chunks(MOST) {
        let sealed = person::by_ids(&mut look.conn(), &viewer, some.iter().copied()).await?;
        people.extend(look.disclose(sealed).await?);
    }
    Ok(people)
}
