//! Who would be given away by a text that must hold nobody (disclosure rule 11; R-160): advice among colleagues, cases for the
//! library.
//!
//! The checker of such texts says which of the words it knows. It is therefore told only of people whom the writer may see, like
//! any other look at them: else whoever types a list of names or quarters would learn from it who is recorded and where they live.

use std::collections::BTreeSet;

use access::{Disclosed, Sealed, Viewer};
use engine::{Broken, Conn, Statement, args};
use words::id::HouseholdId;
use words::kana;

use crate::dwelling::{self, FormerAddresses};
use crate::former::{self, FormerNames};
use crate::{Person, Tie, person, tie};

/// How many people whose name stands in one text are told of.
const MOST: i64 = 50;

/// Characters of a reading from which it is sought: shorter ones stand in words everybody writes.
const LEAST_READING: usize = 4;

/// People in the records of the viewer's desks whose name stands in a text, or its reading in whichever kana.
pub async fn named_in(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    text: &str,
) -> Result<Vec<Sealed<Person>>, Broken> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    // As it is typed, in the one kana and the other, and as readings are compared. Apart: two ends make no name.
    let read = [&kana::hiragana(&bare), &kana::katakana(&bare), &words::name::reading_key(&bare)]
        .map(String::as_str)
        .join("\n");
    let least = i64::try_from(LEAST_READING).unwrap_or(i64::MAX);
    let statement = Statement::new(
        "SELECT id FROM person WHERE municipality_id = ? AND (LENGTH(name) > 1 \
         AND ? LIKE '%' || REPLACE(REPLACE(name, ' ', ''), '\u{3000}', '') || '%' OR LENGTH(reading_key) >= ? \
         AND (? LIKE '%' || REPLACE(REPLACE(reading, ' ', ''), '\u{3000}', '') || '%' \
         OR ? LIKE '%' || reading_key || '%'))",
        args![viewer.municipality, bare, least, &read, &read],
    )
    .push_in(" AND desk_id IN", viewer.reading_desks())
    .push(" ORDER BY id DESC LIMIT ?", args![MOST]);
    let ids: Vec<_> =
        conn.select(statement).await?.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    if ids.is_empty() { Ok(Vec::new()) } else { person::by_ids(conn, viewer, ids).await }
}

/// What these people are called, for the checker of a text: their names, and readings that are long enough to be somebody's.
pub fn called(people: &[Disclosed<Person>]) -> Vec<String> {
    let cards = people.iter().map(|p| &p.known);
    cards.flat_map(|k| sought(&k.name, &k.reading)).map(str::to_owned).collect()
}

fn sought<'a>(name: &'a str, reading: &'a str) -> impl Iterator<Item = &'a str> {
    let long = words::name::reading_key(reading).chars().count() >= LEAST_READING;
    [Some(name), long.then_some(reading)].into_iter().flatten()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_is_sought_when_it_is_long_enough_to_be_somebody_s() {
        let found = |name, reading| sought(name, reading).collect::<Vec<_>>();
        assert_eq!(found("岡本 香織", "オカモト カオリ"), ["岡本 香織", "オカモト カオリ"]);
        assert_eq!(found("三木", "ミキ"), ["三木"], "it stands in many words");
        assert_eq!(found("岡本 香織", ""), ["岡本 香織"]);
    }
}
