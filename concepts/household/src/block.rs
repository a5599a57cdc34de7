//! Keys by which people who look alike are found (crate `linkage`, docs/linkage.md): one row for each key and each desk that may
//! find the person. Like the index of words it only ever proposes: what it proposes is still decided on.

use engine::{Broken, Bulk, Conn, Statement, args};
use linkage::{Features, Known, OtherName, Sex};
use words::id::{MunicipalityId, PersonId};

use crate::NewPerson;
use crate::former::NewFormerName;

/// What is compared of a person: what is known now, and what they were called before (旧姓).
pub(crate) fn features(known: &NewPerson, former: &[NewFormerName]) -> Features {
    let aliases = known.alias.split(OtherName::APART).map(OtherName::read);
    let before = former.iter().map(|n| {
        let name = OtherName::read(&n.name);
        if n.reading.is_empty() { name } else { OtherName { reading: &n.reading, ..name } }
    });
    let others: Vec<OtherName<'_>> = aliases.chain(before).collect();
    Features::of(&Known {
        name: &known.name,
        reading: &known.reading,
        others: &others,
        birth: known.birth,
        sex: Sex::read(&known.gender),
        phone: &known.phone,
        address: &known.address,
    })
}

/// The keys of a person, those of former names among them.
pub(crate) fn keys(known: &NewPerson, former: &[NewFormerName]) -> Vec<i64> {
    linkage::lookup_keys(&features(known, former))
}

/// Makes people findable by their keys for desks, given by number, and has them compared by the job. They must have no rows yet.
pub(crate) async fn add(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    people: impl IntoIterator<Item = (PersonId, Vec<i64>, Vec<i64>)>,
) -> Result<(), Broken> {
    let mut rows =
        Bulk::new("INSERT INTO person_block (municipality_id, block_key, desk_seq, person_id) VALUES", 4);
    let mut due = Bulk::new("INSERT INTO person_due (municipality_id, person_id) VALUES", 2);
    for (id, keys, desks) in people {
        for key in &keys {
            for desk in &desks {
                rows.row(args![m, *key, *desk, id]);
            }
        }
        if !keys.is_empty() {
            due.row(args![m, id]);
        }
    }
    rows.run(conn).await?;
    due.run(conn).await
}

/// Forgets the keys of these people.
pub(crate) async fn remove(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    people: &[PersonId],
) -> Result<(), Broken> {
    for head in [
        "DELETE FROM person_block WHERE municipality_id = ? AND person_id IN",
        "DELETE FROM person_due WHERE municipality_id = ? AND person_id IN",
    ] {
        conn.run(Statement::new(head, args![m]).push_in("", people.iter().copied())).await?;
    }
    Ok(())
}

/// People who share a key and whom one of these desks may find, those that share most first.
pub(crate) async fn find(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    keys: &[i64],
    desks: &[i64],
    most: i64,
) -> Result<Vec<PersonId>, Broken> {
    if keys.is_empty() || desks.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::new(
        "SELECT person_id, COUNT(*) AS shared FROM person_block WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND block_key IN", keys.iter().copied())
    .push_in(" AND desk_seq IN", desks.iter().copied())
    .push(" GROUP BY person_id ORDER BY shared DESC, person_id DESC LIMIT ?", args![most]);
    conn.select(statement).await?.iter().map(|row| row.get("person_id")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_name_is_a_key() {
        let before = NewPerson { name: "渡辺 花子".to_owned(), ..NewPerson::default() };
        let after =
            NewPerson {
                name: "佐藤 花子".to_owned(), alias: "旧姓 渡邊".to_owned(), ..NewPerson::default()
            };
        let (before, after) = (keys(&before, &[]), keys(&after, &[]));
        assert!(before.iter().any(|key| after.contains(key)));
    }

    #[test]
    fn a_former_name_is_a_key() {
        let of = |name: &str, reading: &str| NewPerson {
            name: name.to_owned(),
            reading: reading.to_owned(),
            ..NewPerson::default()
        };
        let former = |name: &str, reading: &str| NewFormerName {
            name: name.to_owned(),
            reading: reading.to_owned(),
            until: None,
        };
        let (before, after) = (of("渡辺 花子", "わたなべ はなこ"), of("佐藤 花子", "さとう はなこ"));
        let shares = |former: &[NewFormerName]| {
            let (before, after) = (keys(&before, &[]), keys(&after, former));
            before.iter().any(|key| after.contains(key))
        };
        assert!(!shares(&[]));
        for known in [former("渡邊", ""), former("渡辺 花子", ""), former("旧姓 渡邉", "わたなべ")]
        {
            assert!(shares(std::slice::from_ref(&known)), "{known:?}");
        }
    }
}
