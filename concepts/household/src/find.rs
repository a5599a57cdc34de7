//! Finding people and words: only what the viewer's desks may find, and of that only what they may see.

use std::collections::BTreeSet;

use access::{Disclosed, Sealed};
use engine::search::{self, Hits, Wanted};
use engine::{Broken, Conn, Look, Statement, args};
use words::address::fold_address;
use words::id::PersonId;

use crate::{Entry, NewPerson, Person, entry, former, person};

/// How many candidates are opened for one answer.
const MOST: i64 = 60;
/// How many texts are opened at first (where every second one fits, twenty are found at once: another round of statements costs more
/// than twenty texts), at least in a further round, and at most.
const FIRST_OPENED: i64 = 40;
const FEWEST_OPENED: i64 = 8;
const OPENED: i64 = 300;

/// How far a search of this viewer reaches.
pub struct Reach {
    /// Numbers of the desks whose records they read: what every search is narrowed to.
    desks: Vec<i64>,
    /// The name of the town, which half of all addresses leave out.
    town: String,
}

impl Reach {
    pub(crate) fn desks(&self) -> &[i64] {
        &self.desks
    }
}

/// How far a search of whoever looks reaches.
pub async fn reach(look: &mut Look) -> Result<Reach, Broken> {
    let (m, desks) = (look.viewer().municipality, look.viewer().reading_desks());
    let statement = Statement::new(
        "SELECT m.name, d.seq FROM municipality m LEFT JOIN desk d ON d.municipality_id = m.municipality_id",
        args![],
    )
    .push_in(" AND d.id IN", desks)
    .push(" WHERE m.municipality_id = ?", args![m]);
    let mut found = Reach { desks: Vec::new(), town: String::new() };
    for row in &look.conn().select(statement).await? {
        found.town = row.get("name")?;
        found.desks.extend(row.get::<Option<i64>>("seq")?);
    }
    Ok(found)
}

/// What was typed, as names and telephones, addresses, and texts are compared with it.
struct Keys {
    name: String,
    reading: String,
    digits: String,
    /// Empty where it is no address.
    address: String,
    words: String,
}

impl Keys {
    fn of(reach: &Reach, typed: &str) -> Self {
        // A name in kana, or digits alone, is no address.
        let place = typed.chars().any(is_kanji) && typed.chars().count() >= 2;
        let address = if place {
            without_town(&fold_address(typed), &fold_address(&reach.town))
        } else {
            String::new()
        };
        Self {
            name: words::name::name_key(typed),
            reading: words::name::reading_key(typed),
            digits: phone_digits(typed).unwrap_or_default(),
            address: if address.chars().count() < 2 { String::new() } else { address },
            words: words::fold::fold(typed),
        }
    }

    /// The pairs of the name, the reading and the telephone, each different one once.
    fn called(&self) -> [Vec<String>; 3] {
        let grams = |wanted: &str| {
            let mut chars = wanted.chars();
            match (chars.next(), chars.next()) {
                (Some(only), None) => vec![format!("^{only}")],
                _ => words::bigram::query_bigrams(wanted),
            }
        };
        let name = grams(&self.name);
        let reading = if self.reading == self.name { Vec::new() } else { grams(&self.reading) };
        let digits = if [&self.name, &self.reading].contains(&&self.digits) {
            Vec::new()
        } else {
            grams(&self.digits)
        };
        [name, reading, digits]
    }
}

/// What the index knows of what was typed, before anything of it is opened.
pub struct Candidates {
    keys: Keys,
    called: Vec<PersonId>,
    living: Vec<PersonId>,
    texts: Hits,
}

/// Looks everything up at once that is wanted: people by what they are called and by where they live, and texts.
pub async fn look_up(
    look: &mut Look,
    reach: &Reach,
    typed: &str,
    (people, texts): (bool, bool),
) -> Result<Candidates, Broken> {
    let m = look.viewer().municipality;
    let keys = Keys::of(reach, typed);
    let called = if people { keys.called() } else { Default::default() };
    let pairs = |wanted: bool, of: &str| if wanted { words::bigram::query_bigrams(of) } else { Vec::new() };
    let (address, words) = (&pairs(people, &keys.address), &pairs(texts, &keys.words));
    let [name, reading, digits] = called.each_ref().map(|grams| Wanted::of("person", grams, MOST));
    let wanted =
        [name, reading, digits, Wanted::of(WHERE, address, MOST), Wanted::of("entry", words, FIRST_OPENED)];
    let [name, reading, digits, living, texts] =
        search::find(&mut look.conn(), m, wanted, &reach.desks).await?;
    Ok(Candidates { called: each([name, reading, digits]), living: each([living]), texts, keys })
}

/// Each thing once, in the order found.
fn each<const N: usize>(found: [Hits; N]) -> Vec<PersonId> {
    let mut seen = BTreeSet::new();
    found
        .into_iter()
        .flatten()
        .filter(|(_, thing)| seen.insert(*thing))
        .map(|(_, thing)| thing.cast())
        .collect()
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
/// fit best first.
pub async fn find_persons(
    look: &mut Look,
    reach: &Reach,
    typed: &str,
    most: usize,
) -> Result<Vec<Disclosed<Person>>, Broken> {
    let m = look.viewer().municipality;
    let keys = Keys::of(reach, typed);
    let [name, reading, digits] = &keys.called();
    let wanted = [name, reading, digits].map(|grams| Wanted::of("person", grams, MOST));
    let called = each(search::find(&mut look.conn(), m, wanted, &reach.desks).await?);
    open_persons(look, &Candidates { keys, called, living: Vec::new(), texts: Vec::new() }, most).await
}

/// The same of what was looked up.
pub async fn open_persons(
    look: &mut Look,
    found: &Candidates,
    most: usize,
) -> Result<Vec<Disclosed<Person>>, Broken> {
    let Candidates { keys: Keys { name: key, reading, digits, .. }, called, .. } = found;
    if called.is_empty() {
        return Ok(Vec::new());
    }
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let sealed = person::by_ids(&mut look.conn(), &viewer, called.iter().copied()).await?;
    let before = former::of_persons(&mut look.conn(), m, sealed.iter().map(Sealed::facts)).await?;
    let mut was = BTreeSet::new();
    if !before.is_empty() {
        let called = |mut names: Vec<Disclosed<former::FormerNames>>| {
            names.retain(|f| was_called(f, key, reading));
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
                let is = fit(&p.known, [key, reading, digits]);
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
pub async fn open_living(
    look: &mut Look,
    found: &Candidates,
    most: usize,
) -> Result<Vec<Disclosed<Person>>, Broken> {
    let Candidates { keys: Keys { address: key, .. }, living, .. } = found;
    if living.is_empty() {
        return Ok(Vec::new());
    }
    let viewer = look.viewer().clone();
    let sealed = person::by_ids(&mut look.conn(), &viewer, living.iter().copied()).await?;
    let there = |mut shown: Vec<Disclosed<Person>>| {
        shown.retain(|p| holds(&fold_address(&p.known.address), key));
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
    Ok(without_town(&fold_address(typed), &fold_address(&town)))
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
pub async fn open_texts(
    look: &mut Look,
    reach: &Reach,
    found: Candidates,
    most: usize,
    takes: impl Fn(&Entry) -> bool,
) -> Result<Vec<Disclosed<Entry>>, Broken> {
    let Candidates { keys: Keys { words: key, .. }, texts: mut found, .. } = found;
    let viewer = look.viewer().clone();
    let grams = &words::bigram::query_bigrams(&key);
    // A text that was corrected is found by its correction.
    let fits = |e: &Entry| {
        e.state == entry::EntryState::Valid && words::fold::fold(&e.body).contains(&key) && takes(e)
    };
    let mut shown: Vec<Disclosed<Entry>> = Vec::new();
    let (mut opened, mut batch) = (0, FIRST_OPENED);
    while let Some((last, _)) = found.last() {
        let before = Some(*last);
        opened += batch;
        let exhausted = i64::try_from(found.len()).is_ok_and(|n| n < batch);
        let ids = found.into_iter().map(|(_, thing)| thing.cast());
        let sealed = entry::by_ids(&mut look.conn(), &viewer, ids).await?;
        let room = most - shown.len();
        let fitting = |mut texts: Vec<Disclosed<Entry>>| {
            texts.retain(|e| fits(e));
            texts.truncate(room);
            texts
        };
        shown.extend(look.disclose_chosen(sealed, fitting).await?);
        if exhausted || shown.len() >= most || opened >= OPENED {
            break;
        }
        batch = next_batch(batch, shown.len(), opened, most).min(OPENED - opened);
        let wanted = Wanted { before, ..Wanted::of("entry", grams, batch) };
        [found] = search::find(&mut look.conn(), viewer.municipality, [wanted], &reach.desks).await?;
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
        let fold = fold_address;
        let stored = fold("藤沢市朝日町三丁目１２番地の５");
        for typed in ["朝日町3-12-5", "藤沢市朝日町３丁目１２－５", "朝日町3丁目", "朝日町"]
        {
            assert!(holds(&stored, &without_town(&fold(typed), "藤沢市")), "{typed}");
        }
        assert!(!holds(&stored, &fold("朝日町3-1")) && !holds(&stored, &fold("朝日町3-12-55")));
    }
}
