//! Finding people and words: only what the viewer's desks may find, and of that only what they may see.

use std::collections::BTreeSet;

use access::{Disclosed, Sealed};
use engine::{Broken, Conn, Look, Statement, args, search};

use crate::{Entry, NewPerson, Person, entry, former, person};

/// How many candidates are opened for one answer.
const MOST: i64 = 60;
/// How many texts are opened at first (where every second one fits, twenty are found at once: another round of statements costs more
/// than twenty texts), at least in a further round, and at most.
const FIRST_OPENED: i64 = 40;
const FEWEST_OPENED: i64 = 8;
const OPENED: i64 = 300;

/// Numbers of the desks that whoever looks reads the records of: what every search is narrowed to.
pub async fn desks_of(look: &mut Look) -> Result<Vec<i64>, Broken> {
    let (m, desks) = (look.viewer().municipality, look.viewer().reading_desks());
    let statement = Statement::new("SELECT seq FROM desk WHERE municipality_id = ?", args![m])
        .push_in(" AND id IN", desks);
    look.conn().select(statement).await?.iter().map(|row| row.get("seq")).collect()
}

/// How well somebody fits what was typed; the better come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The whole name or reading.
    Whole,
    /// It begins so.
    Begins,
    /// A part of it.
    Part,
    /// Another name, or a former one.
    OtherName,
    /// The telephone.
    Phone,
}

/// People by any spelling or reading of a name, another or a former name, or a telephone number with or without hyphens; those that
/// fit best first. `desks` are those of [`desks_of`].
pub async fn find_persons(
    look: &mut Look,
    desks: &[i64],
    typed: &str,
    most: usize,
) -> Result<Vec<Disclosed<Person>>, Broken> {
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let key = words::name::name_key(typed);
    let reading = words::name::reading_key(typed);
    let digits = phone_digits(typed).unwrap_or_default();
    let mut found = Vec::new();
    let wanted: BTreeSet<&str> =
        [key.as_str(), &reading, &digits].into_iter().filter(|w| !w.is_empty()).collect();
    for wanted in wanted {
        let mut chars = wanted.chars();
        let grams = match (chars.next(), chars.next()) {
            (Some(only), None) => vec![format!("^{only}")],
            _ => words::bigram::query_bigrams(wanted),
        };
        for (_, thing) in search::find(&mut look.conn(), m, "person", &grams, desks, None, MOST).await? {
            if !found.contains(&thing) {
                found.push(thing);
            }
        }
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let sealed = person::by_ids(&mut look.conn(), &viewer, found.into_iter().map(words::Id::cast)).await?;
    let before = former::of_persons(&mut look.conn(), m, sealed.iter().map(Sealed::facts)).await?;
    let mut was = BTreeSet::new();
    if !before.is_empty() {
        let called = |mut names: Vec<Disclosed<former::FormerNames>>| {
            names.retain(|f| was_called(f, &key, &reading));
            names
        };
        let names = look.disclose_chosen(before, called).await?;
        was.extend(names.iter().map(|f| f.facts().record.id));
    }
    let best = |shown: Vec<Disclosed<Person>>| {
        let mut fits: Vec<(Fit, Disclosed<Person>)> = shown
            .into_iter()
            .filter_map(|p| {
                let before = was.contains(&p.id.cast()).then_some(Fit::OtherName);
                let is = fit(&p.known, [&key, &reading, &digits]);
                is.into_iter().chain(before).min().map(|fit| (fit, p))
            })
            .collect();
        fits.sort_by(|(x, a), (y, b)| {
            x.cmp(y).then_with(|| a.known.reading.cmp(&b.known.reading)).then_with(|| a.id.cmp(&b.id))
        });
        fits.truncate(most);
        fits.into_iter().map(|(_, p)| p).collect()
    };
    look.disclose_chosen(sealed, best).await
}

/// How somebody fits, by the keys of what was typed: as a name, as a reading, as a telephone.
fn fit(known: &NewPerson, [key, reading, digits]: [&str; 3]) -> Option<Fit> {
    let of = |stored: String, wanted: &str| match stored {
        _ if wanted.is_empty() || stored.is_empty() => None,
        stored if stored == wanted => Some(Fit::Whole),
        stored if stored.starts_with(wanted) => Some(Fit::Begins),
        stored if stored.contains(wanted) => Some(Fit::Part),
        _ => None,
    };
    let name = of(words::name::name_key(&known.name), key);
    let read = of(words::name::reading_key(&known.reading), reading);
    let other = of(words::name::name_key(&known.alias), key)
        .or_else(|| of(words::name::reading_key(&known.alias), reading))
        .map(|_| Fit::OtherName);
    let phone: String = words::fold::fold(&known.phone).chars().filter(char::is_ascii_digit).collect();
    let phone = (!digits.is_empty() && phone.contains(digits)).then_some(Fit::Phone);
    [name, read, other, phone].into_iter().flatten().min()
}

/// The digits of what looks like a telephone number or a part of one: three at least, and nothing but digits, hyphens, brackets
/// and spaces.
fn phone_digits(typed: &str) -> Option<String> {
    let folded = words::fold::fold(typed);
    let plain = folded.chars().all(|c| c.is_ascii_digit() || "-ー()+.".contains(c));
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    (plain && digits.len() >= 3).then_some(digits)
}

/// People by where they live, in any notation of 丁目 and number, with or without the name of the town. Where somebody is sheltered
/// from this viewer there is no address to find (disclosure rule 4).
pub async fn find_at_address(
    look: &mut Look,
    desks: &[i64],
    typed: &str,
    most: usize,
) -> Result<Vec<Disclosed<Person>>, Broken> {
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    // A name in kana, or digits alone, is no address.
    if !typed.chars().any(is_kanji) || typed.chars().count() < 2 {
        return Ok(Vec::new());
    }
    let mut conn = look.conn();
    let key = in_town(&mut conn, m, typed).await?;
    if key.chars().count() < 2 {
        return Ok(Vec::new());
    }
    let grams = words::bigram::query_bigrams(&key);
    let found = search::find(&mut conn, m, WHERE, &grams, desks, None, MOST).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids = found.into_iter().map(|(_, thing)| thing.cast());
    let sealed = person::by_ids(&mut conn, &viewer, ids).await?;
    let there = |mut shown: Vec<Disclosed<Person>>| {
        shown.retain(|p| holds(&words::address::fold_address(&p.known.address), &key));
        shown.sort_by(|a, b| a.known.reading.cmp(&b.known.reading).then(a.id.cmp(&b.id)));
        shown.truncate(most);
        shown
    };
    look.disclose_chosen(sealed, there).await
}

/// An address as it is compared, without the name of this town.
pub(crate) async fn in_town(
    conn: &mut Conn<'_>,
    m: words::id::MunicipalityId,
    typed: &str,
) -> Result<String, Broken> {
    let town: String =
        conn.one("SELECT name FROM municipality WHERE municipality_id = $1", args![m]).await?.get("name")?;
    Ok(without_town(&words::address::fold_address(typed), &words::address::fold_address(&town)))
}

/// Whether somebody was called so before.
fn was_called(names: &former::FormerNames, key: &str, reading: &str) -> bool {
    names.0.iter().any(|(_, n)| {
        (!key.is_empty() && words::name::name_key(&n.name).contains(key))
            || (!reading.is_empty() && words::name::reading_key(&n.reading).contains(reading))
    })
}

/// The index of addresses is one of its own: a name is not found by the street somebody lives in.
pub(crate) const WHERE: &str = "person_where";

/// Whether an address holds what was typed, and no number goes on behind it: 3-1 is not 3-12.
fn holds(address: &str, key: &str) -> bool {
    let ends_in_number = key.ends_with(|c: char| c.is_ascii_digit());
    address.match_indices(key).any(|(at, _)| {
        let next = address[at + key.len()..].chars().next();
        !(ends_in_number && next.is_some_and(|c| c.is_ascii_digit()))
    })
}

fn is_kanji(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// What stands behind the name of the town, which half of all addresses leave out.
pub(crate) fn without_town(key: &str, town: &str) -> String {
    match key.split_once(town) {
        Some((_, rest)) if !town.is_empty() && !rest.is_empty() => rest.to_owned(),
        _ => key.to_owned(),
    }
}

/// Texts that hold these words and that `takes` lets through, newest first. Two characters at least. They are opened a few at a
/// time until there are `most`, or until `OPENED` were: nearly always the first ones are those that are shown.
pub async fn find_entries(
    look: &mut Look,
    desks: &[i64],
    typed: &str,
    most: usize,
    takes: impl Fn(&Entry) -> bool,
) -> Result<Vec<Disclosed<Entry>>, Broken> {
    let viewer = look.viewer().clone();
    let key = words::fold::fold(typed);
    let grams = words::bigram::query_bigrams(&key);
    // A text that was corrected is found by its correction.
    let fits = |e: &Entry| {
        e.state == entry::EntryState::Valid && words::fold::fold(&e.body).contains(&key) && takes(e)
    };
    let mut shown: Vec<Disclosed<Entry>> = Vec::new();
    let (mut before, mut opened, mut batch) = (None, 0, FIRST_OPENED);
    while shown.len() < most && opened < OPENED {
        let found =
            search::find(&mut look.conn(), viewer.municipality, "entry", &grams, desks, before, batch)
                .await?;
        let Some((last, _)) = found.last() else { break };
        before = Some(*last);
        opened += batch;
        let exhausted = i64::try_from(found.len()).is_ok_and(|n| n < batch);
        let sealed =
            entry::by_ids(&mut look.conn(), &viewer, found.into_iter().map(|(_, thing)| thing.cast()))
                .await?;
        let room = most - shown.len();
        let fitting = |mut texts: Vec<Disclosed<Entry>>| {
            texts.retain(|e| fits(e));
            texts.truncate(room);
            texts
        };
        shown.extend(look.disclose_chosen(sealed, fitting).await?);
        if exhausted {
            break;
        }
        batch = next_batch(batch, shown.len(), opened, most).min(OPENED - opened);
    }
    Ok(shown)
}

/// How many texts to open next, after `shown` of the `opened` ones fitted: as many as should give what is missing of `most` if it
/// goes on like that, and a quarter more. Where nearly nothing fits, four times as many as the time before, so that the end
/// comes soon.
fn next_batch(batch: i64, shown: usize, opened: i64, most: usize) -> i64 {
    let many = batch * 4;
    let (Ok(shown), Ok(most)) = (i64::try_from(shown), i64::try_from(most)) else { return many };
    let missing = (most - shown).max(0);
    match shown {
        0 => many,
        _ => (missing * opened * 5).div_euclid(shown * 4).max(FEWEST_OPENED).min(many),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_is_one_in_any_notation() {
        assert_eq!(phone_digits("０４６６−１２−３４５６").as_deref(), Some("0466123456"));
        assert_eq!(phone_digits("(0466)12 3456").as_deref(), Some("0466123456"));
        assert_eq!((phone_digits("12"), phone_digits("高橋123")), (None, None));
    }

    #[test]
    fn as_many_texts_are_opened_as_are_still_missing() {
        assert_eq!(next_batch(22, 12, 22, 20), 18, "eight more, every second fits");
        assert_eq!(next_batch(22, 19, 22, 20), FEWEST_OPENED);
        assert_eq!((next_batch(22, 0, 22, 20), next_batch(22, 1, 22, 20)), (88, 88), "hardly any fits");
    }

    #[test]
    fn the_best_come_first() {
        let known = NewPerson {
            name: "髙橋 花子".to_owned(),
            reading: "たかはし はなこ".to_owned(),
            alias: "旧姓 渡邊".to_owned(),
            phone: "0466-12-3456".to_owned(),
            ..NewPerson::default()
        };
        let of = |typed: &str| {
            let digits = phone_digits(typed).unwrap_or_default();
            fit(&known, [&words::name::name_key(typed), &words::name::reading_key(typed), &digits])
        };
        assert_eq!(of("高橋花子"), Some(Fit::Whole));
        assert_eq!(of("タカハシ"), Some(Fit::Begins));
        assert_eq!(of("花子"), Some(Fit::Part));
        assert_eq!(of("渡辺"), Some(Fit::OtherName));
        assert_eq!(of("12-3456"), Some(Fit::Phone));
        assert_eq!(of("佐藤"), None);
    }

    #[test]
    fn an_address_is_held_in_any_notation_and_whole() {
        let fold = words::address::fold_address;
        let stored = fold("藤沢市朝日町三丁目１２番地の５");
        for typed in ["朝日町3-12-5", "藤沢市朝日町３丁目１２－５", "朝日町3丁目", "朝日町"]
        {
            assert!(holds(&stored, &without_town(&fold(typed), "藤沢市")), "{typed}");
        }
        assert!(!holds(&stored, &fold("朝日町3-1")) && !holds(&stored, &fold("朝日町3-12-55")));
    }
}
