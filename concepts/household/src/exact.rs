//! Finding a household by somebody's name together with their birth date or address: for urgent looks. A name alone never
//! answers, and nothing of what is compared leaves this file: it says which households, and whose they are.

use std::collections::BTreeSet;

use access::Viewer;
use engine::{Broken, Conn, Statement, args};
use words::id::{DeskId, HouseholdId};
use words::partial::PartialDate;

use crate::guard;

/// Who is looked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Name or reading, in any spelling.
    pub name: String,
    /// The birth date, or as much of it as is known: it finds who is recorded with just that (昭和61年12月), and nobody of whom more is known.
    pub birth: Option<PartialDate>,
    /// The address, with the number of the house or flat.
    pub address: String,
}

/// A household of somebody who was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact {
    /// Which.
    pub household: HouseholdId,
    /// The desk that recorded it.
    pub desk: DeskId,
}

/// The households in which somebody has this name and was born on that day, or lives there. Where somebody of a household is
/// sheltered from this viewer's desks, also by another record of theirs, an address is no way to find it (disclosure rule 4).
pub async fn exactly(conn: &mut Conn<'_>, viewer: &Viewer, wanted: &Wanted) -> Result<Vec<Exact>, Broken> {
    let m = viewer.municipality;
    let town: String =
        conn.one("SELECT name FROM municipality WHERE municipality_id = $1", args![m]).await?.get("name")?;
    // Said as about or not: whoever looks need not know how it was written down.
    let said = |day: PartialDate| [day.plain().to_string(), day.said_as_about().to_string()];
    let births = wanted.birth.map(said).unwrap_or_default();
    let [birth, about] = &births;
    let addresses = address_keys(&wanted.address, &town);
    let statement = Statement::new(
        "SELECT p.household_id, h.desk_id, p.name, p.reading, p.alias, p.birth FROM person p JOIN household h \
         ON h.municipality_id = p.municipality_id AND h.id = p.household_id \
         WHERE p.municipality_id = ? AND p.in_error_id IS NULL AND (p.birth IN (?, ?) OR p.address_key IN",
        args![m, birth, about],
    )
    .push_in("", addresses.iter().map(String::as_str))
    .push(")", args![]);
    let rows = conn.select(statement).await?;
    let there: BTreeSet<HouseholdId> =
        rows.iter().map(|r| r.get("household_id")).collect::<Result<_, _>>()?;
    // Asked whether anybody was found or not: how long it takes tells nothing.
    let kept = guard::where_are_kept(conn, viewer, there).await?;
    let mut found = Vec::new();
    for row in rows {
        let of = |column| row.get::<String>(column);
        let (household, born) = (row.get("household_id")?, row.get::<Option<String>>("birth")?);
        let by_birth = born.is_some_and(|born| !born.is_empty() && births.contains(&born));
        if (by_birth || !kept.contains(&household))
            && same_name(&wanted.name, &of("name")?, &of("reading")?, &of("alias")?)
        {
            found.push(Exact { household, desk: row.get("desk_id")? });
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Whether a whole name was typed that is the recorded one, its reading, or another name of the person, in whatever
/// spelling. The beginning of a name is not the name.
fn same_name(typed: &str, name: &str, reading: &str, alias: &str) -> bool {
    let key = words::name::name_key(typed);
    if key.chars().count() < 2 {
        return false;
    }
    let read = words::name::reading_key(typed);
    let sounds = |recorded: &str| !read.is_empty() && words::name::reading_key(recorded) == read;
    words::name::name_key(name) == key
        || words::name::name_key(alias) == key
        || sounds(reading)
        || (is_kana(name) && sounds(name))
        || (is_kana(alias) && sounds(alias))
}

fn is_kana(name: &str) -> bool {
    words::name::PersonName::new(name, None).reading_key().is_some()
}

/// The keys under which an address can stand: as typed, and with or without the municipality and its prefecture in front.
fn address_keys(typed: &str, town: &str) -> Vec<String> {
    let key = words::address::fold_address(typed);
    // A number is what makes an address one: 「湘南台」 is a quarter.
    if !key.contains(|c: char| c.is_ascii_digit()) {
        return Vec::new();
    }
    let town = words::address::fold_address(town);
    let bare = match key.find(&town).filter(|at| *at <= LONGEST_PREFECTURE && !town.is_empty()) {
        Some(at) => key[at + town.len()..].to_owned(),
        None => key.clone(),
    };
    let mut keys = vec![key, format!("{town}{bare}"), bare];
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Bytes of the longest names of prefectures, four characters: nothing else stands before a municipality.
const LONGEST_PREFECTURE: usize = 4 * 3;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_found_in_any_spelling_and_only_whole() {
        for typed in ["髙橋 ハル", "高橋ハル", "たかはし はる", "タカハシ　ハル", "鈴木ハル"]
        {
            assert!(same_name(typed, "髙橋 ハル", "たかはし はる", "鈴木 ハル"), "{typed}");
        }
        for typed in ["髙橋", "ハル", "た", "", "髙橋 春子", "たかはし"] {
            assert!(!same_name(typed, "髙橋 ハル", "たかはし はる", ""), "{typed}");
        }
        assert!(same_name("まりあろぺす", "マリア・ロペス", "", ""));
        assert!(!same_name("", "", "", ""));
    }

    #[test]
    fn an_address_is_found_with_and_without_the_municipality() {
        let keys = |typed| address_keys(typed, "藤沢市");
        let stored = words::address::fold_address("湘南台一丁目２番地の３");
        for typed in ["湘南台1-2-3", "藤沢市湘南台1丁目2番3号", "神奈川県藤沢市湘南台１－２－３"]
        {
            assert!(keys(typed).contains(&stored), "{typed}");
        }
        assert!(keys("湘南台1-2-3").contains(&words::address::fold_address("藤沢市湘南台1-2-3")));
        assert!(keys("湘南台").is_empty() && keys("").is_empty());
        assert!(!keys("湘南台1-2").contains(&stored));
    }

    proptest! {
        #[test]
        fn no_part_of_a_name_is_the_name(name in "[一-龠]{2,3} [ぁ-ん]{2,4}", cut in 1_usize..3) {
            let part: String = name.chars().take(cut).collect();
            prop_assert!(!same_name(&part, &name, "", ""));
            prop_assert!(same_name(&name, &name, "", ""));
        }

        #[test]
        fn no_text_breaks_the_keys(typed in any::<String>(), town in any::<String>()) {
            let _ = address_keys(&typed, &town);
        }
    }
}
