//! Finding people and words: only what the viewer's desks may find, and of that only what they may see.

use access::{Disclosed, Viewer};
use engine::{Broken, Conn, Look, Statement, args, search};

use crate::{Entry, Person, entry, person};

/// How many candidates are opened for one answer.
const MOST: i64 = 60;

async fn desk_seqs(conn: &mut Conn<'_>, viewer: &Viewer) -> Result<Vec<i64>, Broken> {
    let statement =
        Statement::new("SELECT seq FROM desk WHERE municipality_id = ?", args![viewer.municipality])
            .push_in(" AND id IN", viewer.reading_desks());
    conn.select(statement).await?.iter().map(|row| row.get("seq")).collect()
}

/// People by any spelling or reading of a name, another name, or a phone number.
pub async fn find_persons(
    look: &mut Look,
    typed: &str,
    most: usize,
) -> Result<Vec<Disclosed<Person>>, Broken> {
    let viewer = look.viewer().clone();
    let key = words::name::name_key(typed);
    let reading = words::name::reading_key(typed);
    let desks = desk_seqs(&mut look.conn(), &viewer).await?;
    let mut found = Vec::new();
    let wanted = [Some(&key), Some(&reading).filter(|reading| **reading != key)];
    for wanted in wanted.into_iter().flatten() {
        let mut chars = wanted.chars();
        let grams = match (chars.next(), chars.next()) {
            (Some(only), None) => vec![format!("^{only}")],
            _ => words::bigram::query_bigrams(wanted),
        };
        let mut conn = look.conn();
        for (_, thing) in
            search::find(&mut conn, viewer.municipality, "person", &grams, &desks, None, MOST).await?
        {
            if !found.contains(&thing) {
                found.push(thing);
            }
        }
    }
    let sealed = person::by_ids(&mut look.conn(), &viewer, found.into_iter().map(words::Id::cast)).await?;
    let mut shown = look.disclose(sealed).await?;
    shown.retain(|p| {
        [&p.known.name, &p.known.alias]
            .iter()
            .any(|n| words::name::name_key(n).contains(&key) && !key.is_empty())
            || (!reading.is_empty() && words::name::reading_key(&p.known.reading).contains(&reading))
            || (!key.is_empty()
                && words::fold::fold(&p.known.phone).replace(['-', '\u{30fc}'], "").contains(&key))
    });
    shown.sort_by(|a, b| a.known.reading.cmp(&b.known.reading).then(a.id.cmp(&b.id)));
    shown.truncate(most);
    Ok(shown)
}

/// Texts that hold these words, newest first. Two characters at least.
pub async fn find_entries(
    look: &mut Look,
    typed: &str,
    most: usize,
) -> Result<Vec<Disclosed<Entry>>, Broken> {
    let viewer = look.viewer().clone();
    let key = words::fold::fold(typed);
    let grams = words::bigram::query_bigrams(&key);
    let mut conn = look.conn();
    let desks = desk_seqs(&mut conn, &viewer).await?;
    let found = search::find(&mut conn, viewer.municipality, "entry", &grams, &desks, None, MOST).await?;
    let ids = found.into_iter().map(|(_, thing)| thing.cast());
    let sealed = entry::by_ids(&mut conn, &viewer, ids).await?;
    let mut shown = look.disclose(sealed).await?;
    // A text that was corrected is found by its correction.
    shown.retain(|e| e.state == entry::EntryState::Valid && words::fold::fold(&e.body).contains(&key));
    shown.truncate(most);
    Ok(shown)
}
