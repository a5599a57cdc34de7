//! Who would be given away by a text that must hold nobody (disclosure rule 11; R-160): advice among colleagues, cases for the
//! library.
//!
//! The checker of such texts says which of the words it knows. It is therefore told only of people whom the writer may see, like
//! any other look at them: else whoever types a list of names or quarters would learn from it who is recorded and where they live.

use std::collections::BTreeSet;

use access::{Disclosed, Sealed, Viewer};
use engine::{Broken, Conn, Row, Statement, args};
use words::id::{HouseholdId, MunicipalityId};
use words::mention::{Heard, forms};
use words::name::PersonName;

use crate::dwelling::{self, FormerAddresses};
use crate::former::{self, FormerNames};
use crate::{Person, Tie, person, tie};

/// How many people whose name stands in one text are told of.
const MOST: usize = 50;

/// People in the records of the viewer's desks whose name stands in a text, in whichever form ([`words::mention::forms`]).
pub async fn named_in(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    text: &str,
) -> Result<Vec<Sealed<Person>>, Broken> {
    let heard = Heard::new(text);
    let (letters, pairs) = heard.letters_and_pairs();
    // Of the Latin letters of a name the database knows nothing: everybody is compared.
    let latin = i64::from(heard.has_latin());
    let statement = Statement::new(
        "SELECT id, name, reading FROM person WHERE municipality_id = ? AND (? > 0 \
         OR (LENGTH(name_key) > 0 AND ? LIKE '%' || SUBSTR(name_key, 1, 1) || '%' \
         OR LENGTH(reading_key) > 1 AND ? LIKE '%' || SUBSTR(reading_key, 1, 2) || '%') \
         AND (LENGTH(name_key) > 0 AND ? LIKE '%' || SUBSTR(name_key, LENGTH(name_key), 1) || '%' \
         OR LENGTH(reading_key) > 1 AND ? LIKE '%' || SUBSTR(reading_key, LENGTH(reading_key) - 1, 2) || '%'))",
        args![viewer.municipality, latin, &letters, &pairs, &letters, &pairs],
    )
    .push_in(" AND desk_id IN", viewer.reading_desks())
    .push(" ORDER BY id DESC", args![]);
    let mut ids = Vec::new();
    for row in conn.select(statement).await? {
        if ids.len() < MOST && heard.names(&called_as(&row)?) {
            ids.push(row.get("id")?);
        }
    }
    if ids.is_empty() { Ok(Vec::new()) } else { person::by_ids(conn, viewer, ids).await }
}

/// Whether somebody of a household is named in a text by whoever may not see who they are: a yes or a no, and the same sentence as for
/// any other name (disclosure rules 2 and 13). Asked where such a text would stand before others who may not see them either.
pub async fn names_one_of(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    household: HouseholdId,
    text: &str,
) -> Result<bool, Broken> {
    let heard = Heard::new(text);
    let rows = conn
        .all(
            "SELECT name, reading FROM person WHERE municipality_id = $1 AND (household_id = $2 OR id IN \
             (SELECT person_id FROM household_member WHERE municipality_id = $1 AND household_id = $2))",
            args![municipality, household],
        )
        .await?;
    for row in &rows {
        if heard.names(&called_as(row)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a row says somebody is called; compared here, and shown to nobody.
fn called_as(row: &Row) -> Result<PersonName, Broken> {
    let reading: Option<String> = row.get("reading")?;
    Ok(PersonName::new(row.get::<String>("name")?, reading))
}

/// What these people are called, for the checker of a text: in every form in which somebody is named.
pub fn called(people: &[Disclosed<Person>]) -> Vec<String> {
    let name = |p: &Disclosed<Person>| PersonName::new(p.known.name.clone(), Some(p.known.reading.clone()));
    people.iter().flat_map(|p| forms(&name(p))).collect()
}

/// What they were called before, in the same forms.
pub fn called_before(before: &[Disclosed<FormerNames>]) -> Vec<String> {
    let names = before.iter().flat_map(|f| &f.0);
    names.flat_map(|(_, n)| forms(&PersonName::new(n.name.clone(), Some(n.reading.clone())))).collect()
}

/// The numbers of cases, fiscal year and number, that a text may say: of cases in which the viewer's desks have a part, and of one
/// household where it is about one. Of a case that the viewer is kept out of nothing is known.
pub async fn real_numbers(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    household: Option<HouseholdId>,
    text: &str,
) -> Result<Vec<(i64, i64)>, Broken> {
    let said = words::case_number::said(text);
    if said.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = Statement::new(
        "SELECT c.id, c.fiscal_year, c.number FROM case_file c WHERE c.municipality_id = ? AND c.disposed_at IS NULL",
        args![viewer.municipality],
    )
    .push_in(" AND c.fiscal_year IN", said.iter().map(|s| i64::from(s.year)))
    .push_in(" AND c.number IN", said.iter().map(|s| i64::from(s.number)))
    .push_in(" AND (c.accountable_desk_id IN", viewer.reading_desks())
    .push(" OR c.id IN (SELECT k.case_id FROM case_desk k WHERE k.municipality_id = c.municipality_id", args![])
    .push_in(" AND k.desk_id IN", viewer.reading_desks())
    .push("))", args![]);
    if let Some(household) = household {
        statement = statement.push(" AND c.household_id = ?", args![household]);
    }
    let mut real = Vec::new();
    for row in conn.select(statement).await? {
        if !viewer.excluded_from.contains(&row.get("id")?) {
            real.push((row.get("fiscal_year")?, row.get("number")?));
        }
    }
    Ok(real)
}

/// Everybody in the record of a household, also who left it and who never was of it.
pub async fn everybody(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    household: HouseholdId,
) -> Result<Vec<Sealed<Person>>, Broken> {
    let mut people = person::members(conn, viewer, household).await?;
    people.extend(person::former_members(conn, viewer, household).await?);
    people.extend(person::kin(conn, viewer, household).await?);
    Ok(people)
}

/// What those of them were called before.
pub async fn formerly(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    people: &[Disclosed<Person>],
) -> Result<Vec<Sealed<FormerNames>>, Broken> {
    former::of_persons(conn, viewer.municipality, people.iter().map(Disclosed::facts)).await
}

/// Where those of them lived before.
pub async fn lived(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    people: &[Disclosed<Person>],
) -> Result<Vec<Sealed<FormerAddresses>>, Broken> {
    dwelling::of_persons(conn, viewer, people.iter().map(Disclosed::facts)).await
}

/// What stands around a household (エコマップ): agencies, shops, schools, people it is tied to, now or before.
pub async fn around(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    household: HouseholdId,
) -> Result<Vec<Sealed<Tie>>, Broken> {
    tie::of_household(conn, viewer, household).await
}

/// The names of what stands around them, each once.
pub fn places(ties: &[Disclosed<Tie>]) -> BTreeSet<String> {
    ties.iter().filter_map(|tie| tie.known.outside.as_ref()).map(|o| o.name.trim().to_owned()).collect()
}

/// What is known of them: names, readings, addresses, telephones, as far as they were disclosed.
pub fn fields(
    people: &[Disclosed<Person>],
    formerly: &[Disclosed<FormerNames>],
    lived: &[Disclosed<FormerAddresses>],
) -> Vec<String> {
    let cards = people.iter().map(|p| &p.known);
    let now = cards.flat_map(|k| [&k.name, &k.alias, &k.reading, &k.address, &k.phone]);
    let before = formerly.iter().flat_map(|f| &f.0).flat_map(|(_, n)| [&n.name, &n.reading]);
    let where_before = lived.iter().flat_map(|l| &l.0).map(|(_, was)| &was.address);
    now.chain(before).chain(where_before).filter(|field| !field.is_empty()).cloned().collect()
}
