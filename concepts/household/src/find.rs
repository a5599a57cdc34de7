//! Finding people and words: only what the viewer's desks may find, and of that only what they may see.

use std::collections::{BTreeMap, BTreeSet};

use access::{Disclosed, Facts, Sealed, Viewer};
use engine::search::{self, Hits, Wanted};
use engine::{Broken, Conn, Look, Statement, args};
use words::address::{fold_address, holds};
use words::id::PersonId;

use crate::dwelling::{self, FormerAddresses};
use crate::former::{self, FormerNames};
use crate::narrow::Narrow;
use crate::{Entry, NewPerson, Person, entry, person};

/// How many candidates are opened at once for each way in which people are looked for, and in how many rounds at most.
const MOST: i64 = 60;
const ROUND: usize = 60;
const ROUNDS: usize = 5;
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
    /// What a text must hold: each word, wherever it stands.
    words: Vec<String>,
    /// Each word for itself, written and read, where there are several: somebody who was heard on the telephone is typed half in kanji and
    /// half in kana, or the given name first.
    parts: Vec<[String; 2]>,
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
            words: typed.split_whitespace().map(words::fold::fold).collect(),
            parts: parts(typed),
        }
    }

    /// The pairs that a text must hold.
    fn worded(&self) -> Vec<String> {
        let mut pairs: Vec<String> =
            self.words.iter().flat_map(|w| words::bigram::query_bigrams(w)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// The pairs of the name, the reading, the telephone and of the single words, each different one once.
    fn called(&self) -> [Vec<String>; 4] {
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
        // Whoever is called so is found by any of their names: which word stands where is seen when they are opened.
        let pairs_of = |[name, reading]: &[String; 2]| {
            words::bigram::query_bigrams(if name.chars().any(is_kanji) { name } else { reading })
        };
        let mut words: Vec<String> = self.parts.iter().flat_map(pairs_of).collect();
        words.sort_unstable();
        words.dedup();
        [name, reading, digits, words]
    }
}

/// What was typed, word for word, where it is more than one.
fn parts(typed: &str) -> Vec<[String; 2]> {
    let words: Vec<&str> = typed.split_whitespace().collect();
    if words.len() < 2 {
        return Vec::new();
    }
    words.iter().map(|w| [words::name::name_key(w), words::name::reading_key(w)]).collect()
}

/// What may be meant by what was typed: as the index proposes it, and still sealed.
pub struct Candidates<'s> {
    keys: Keys,
    narrow: Narrow<'s>,
    people: Proposed,
    /// The newest texts, and the place of the last of them where there may be more.
    texts: Vec<Sealed<Entry>>,
    onward: Option<i64>,
    /// Where those lived who were found by a former address, as it is written.
    lived: BTreeMap<PersonId, String>,
}

impl Candidates<'_> {
    /// The former address by which somebody was found.
    pub fn lived(&self, person: PersonId) -> Option<&str> {
        self.lived.get(&person).map(String::as_str)
    }
}

/// In how many ways people are looked for: by name, reading, telephone and single words, and by where they live.
const WAYS: usize = 5;

/// People whom the index proposes.
#[derive(Default)]
struct Proposed {
    /// Whom the index knows by a name, a reading or a telephone, and by an address.
    called: BTreeSet<PersonId>,
    living: BTreeSet<PersonId>,
    people: Vec<Sealed<Person>>,
    names: Vec<Sealed<FormerNames>>,
    homes: Vec<Sealed<FormerAddresses>>,
    /// Where there may be more, by the way they are looked for.
    onward: [Option<i64>; WAYS],
}

/// What a search shows.
pub struct Found<T> {
    /// The best or the newest of it.
    pub shown: Vec<Disclosed<T>>,
    /// Whether there is more than that, or may be.
    pub more: bool,
}

/// Looks everything up at once that is wanted: people by what they are called and by where they live, and texts.
pub async fn look_up<'s>(
    look: &mut Look,
    reach: &Reach,
    typed: &str,
    (people, texts): (bool, bool),
    narrow: Narrow<'s>,
) -> Result<Candidates<'s>, Broken> {
    let m = look.viewer().municipality;
    let keys = Keys::of(reach, typed);
    let called = if people { keys.called() } else { Default::default() };
    let address = if people { words::bigram::query_bigrams(&keys.address) } else { Vec::new() };
    let words = if texts { keys.worded() } else { Vec::new() };
    let (address, words) = (&address, &words);
    let [name, reading, digits, parts] = called.each_ref().map(|grams| Wanted::of("person", grams, MOST));
    let (place, text) = (Wanted::of(WHERE, address, MOST), Wanted::of("entry", words, FIRST_OPENED));
    let wanted = [name, reading, digits, parts, place, text];
    let [name, reading, digits, parts, living, texts] =
        search::find(&mut look.conn(), m, wanted, &reach.desks).await?;
    candidates(look, (keys, narrow), [name, reading, digits, parts, living], texts).await
}

/// Loads what was found, and learns at once what is known about all of it: each statement costs a way to the database and back.
async fn candidates<'s>(
    look: &mut Look,
    (keys, narrow): (Keys, Narrow<'s>),
    people: [Hits; WAYS],
    texts: Hits,
) -> Result<Candidates<'s>, Broken> {
    let viewer = look.viewer().clone();
    let onward = further(&texts, FIRST_OPENED);
    let people = proposed(look, narrow, people).await?;
    let mut conn = look.conn();
    let texts = entries(&mut conn, &viewer, texts).await?;
    let texts = narrow.texts(&mut conn, &viewer, texts).await?;
    let facts: Vec<&Facts> =
        people.people.iter().map(Sealed::facts).chain(texts.iter().map(Sealed::facts)).collect();
    look.learn(&facts).await?;
    Ok(Candidates { keys, narrow, people, texts, onward, lived: BTreeMap::new() })
}

/// Loads people, what they were called and where they lived.
async fn proposed(look: &mut Look, narrow: Narrow<'_>, hits: [Hits; WAYS]) -> Result<Proposed, Broken> {
    let viewer = look.viewer().clone();
    let onward = hits.each_ref().map(|hits| further(hits, MOST));
    let people_of = |hits: Hits| hits.into_iter().map(|(_, thing)| thing.cast());
    let [name, reading, digits, parts, living] = hits;
    let called: BTreeSet<PersonId> = [name, reading, digits, parts].into_iter().flat_map(people_of).collect();
    let living: BTreeSet<PersonId> = people_of(living).collect();
    let people = person::by_ids(&mut look.conn(), &viewer, called.union(&living).copied()).await?;
    let people = narrow.people(look, people).await?;
    let mut conn = look.conn();
    let of = |set: &BTreeSet<PersonId>, f: &Facts| set.contains(&f.record.id.cast());
    let facts = || people.iter().map(Sealed::facts);
    let named = facts().filter(|f| of(&called, f));
    let names = former::of_persons(&mut conn, viewer.municipality, named).await?;
    let homes = dwelling::of_persons(&mut conn, &viewer, facts().filter(|f| of(&living, f))).await?;
    Ok(Proposed { called, living, people, names, homes, onward })
}

/// The next of them, where there may be more.
async fn next(
    look: &mut Look,
    reach: &Reach,
    (keys, narrow): (&Keys, Narrow<'_>),
    onward: [Option<i64>; WAYS],
) -> Result<Proposed, Broken> {
    let m = look.viewer().municipality;
    let [name, reading, digits, parts] = &keys.called();
    let grams = [name, reading, digits, parts, &words::bigram::query_bigrams(&keys.address)];
    let kinds = ["person", "person", "person", "person", WHERE];
    let none = Vec::new();
    let wanted = std::array::from_fn::<_, WAYS, _>(|way| {
        let grams = if onward[way].is_some() { grams[way] } else { &none };
        Wanted { before: onward[way], ..Wanted::of(kinds[way], grams, MOST) }
    });
    let hits = search::find(&mut look.conn(), m, wanted, &reach.desks).await?;
    proposed(look, narrow, hits).await
}

/// Where to go on behind what was found, when as many were found as were asked for.
fn further(found: &Hits, asked: i64) -> Option<i64> {
    let full = i64::try_from(found.len()).is_ok_and(|n| n >= asked);
    found.last().filter(|_| full).map(|(place, _)| *place)
}

async fn entries(conn: &mut Conn<'_>, viewer: &Viewer, found: Hits) -> Result<Vec<Sealed<Entry>>, Broken> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    entry::by_ids(conn, viewer, found.into_iter().map(|(_, thing)| thing.cast())).await
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
    /// Each word somewhere among the names.
    Words,
    /// Another name, or a former one.
    OtherName,
    /// The telephone.
    Phone,
    /// Where they live.
    Lives,
    /// Where they will live.
    WillLive,
    /// Where they lived before.
    Lived,
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
    let called = keys.called();
    let wanted = called.each_ref().map(|grams| Wanted::of("person", grams, MOST));
    let called = search::find(&mut look.conn(), m, wanted, &reach.desks).await?;
    let [name, reading, digits, parts] = called;
    let people = [name, reading, digits, parts, Hits::new()];
    let mut found = candidates(look, (keys, Narrow::default()), people, Hits::new()).await?;
    // A hint is made of the first that the index proposes.
    found.people.onward = [None; WAYS];
    Ok(open_persons(look, reach, &mut found, most).await?.shown)
}

/// The people of what was looked up: by what they are called, those that fit best first; then by where they live, will live or lived, in any
/// notation of 丁目 and number, with or without the name of the town. Where somebody is sheltered from this viewer there is no address to
/// find (disclosure rule 4). They are opened some at a time until there are `most` and one more, or nobody is left: that there are more is
/// said of those who may be seen. After some rounds it is said of those whom the index would propose next, unopened: they have been findable for
/// the viewer's own desks, and whether they fit is not known.
pub async fn open_persons(
    look: &mut Look,
    reach: &Reach,
    found: &mut Candidates<'_>,
    most: usize,
) -> Result<Found<Person>, Broken> {
    let mut shown: Vec<(Fit, Disclosed<Person>)> = Vec::new();
    let mut more = false;
    for round in 1.. {
        let onward = found.people.onward;
        let fitting = fitting(look, found, most - shown.len()).await?;
        more |= fitting.more;
        shown.extend(fitting.people);
        let goes_on = !more && onward.iter().any(Option::is_some);
        // Whoever leafs on comes as many rounds further as were shown.
        if !goes_on || round == ROUNDS + found.narrow.seen.len() / ROUND {
            more |= goes_on;
            break;
        }
        let known = shown.iter().map(|(_, p)| p.id).collect::<BTreeSet<_>>();
        let mut further = next(look, reach, (&found.keys, found.narrow), onward).await?;
        further.people.retain(|p| !known.contains(&p.facts().record.id.cast()));
        found.people = further;
    }
    sort(&mut shown);
    Ok(Found { shown: shown.into_iter().map(|(_, p)| p).collect(), more })
}

fn sort(found: &mut [(Fit, Disclosed<Person>)]) {
    found.sort_by(|(x, a), (y, b)| {
        x.cmp(y).then_with(|| a.known.reading.cmp(&b.known.reading)).then_with(|| a.id.cmp(&b.id))
    });
}

/// Those of one round who fit, and whether there were more than there is room for.
struct Fitting {
    people: Vec<(Fit, Disclosed<Person>)>,
    more: bool,
}

async fn fitting(look: &mut Look, found: &mut Candidates<'_>, room: usize) -> Result<Fitting, Broken> {
    let Proposed { called, living, people, names, homes, .. } = std::mem::take(&mut found.people);
    let (keys, lived) = (&found.keys, &mut found.lived);
    let mut fits: BTreeMap<PersonId, Fit> = BTreeMap::new();
    let mut more = false;
    let choose = |(shown, mut names, mut homes): engine::Beside<Person, FormerNames, FormerAddresses>| {
        names.retain(|f| was_called(f, keys));
        let mut was_at: BTreeMap<PersonId, String> = BTreeMap::new();
        for home in &homes {
            let there = home.0.iter().find(|(_, was)| holds(&fold_address(&was.address), &keys.address));
            was_at.extend(there.map(|(_, was)| (home.facts().record.id.cast(), was.address.clone())));
        }
        let mut best: Vec<(Fit, Disclosed<Person>)> = Vec::new();
        for p in shown {
            let is = called.contains(&p.id).then(|| fit(&p.known, keys)).flatten();
            let before = names.iter().any(|f| f.facts().record == p.facts().record).then_some(Fit::OtherName);
            let at = |address: &str| living.contains(&p.id) && holds(&fold_address(address), &keys.address);
            let lives = at(&p.known.address).then_some(Fit::Lives);
            let will = p.planned.as_ref().is_some_and(|w| at(&w.address)).then_some(Fit::WillLive);
            let was = was_at.contains_key(&p.id).then_some(Fit::Lived);
            best.extend([is, before, lives, will, was].into_iter().flatten().min().map(|fit| (fit, p)));
        }
        sort(&mut best);
        more = best.len() > room;
        best.truncate(room);
        fits.extend(best.iter().map(|(fit, p)| (p.id, *fit)));
        let by = |of: Fit, f: &Facts| fits.get(&f.record.id.cast()).is_some_and(|fit| *fit == of);
        names.retain(|f| by(Fit::OtherName, f.facts()));
        homes.retain(|f| by(Fit::Lived, f.facts()));
        lived.extend(was_at.into_iter().filter(|(id, _)| fits.get(id) == Some(&Fit::Lived)));
        (best.into_iter().map(|(_, p)| p).collect(), names, homes)
    };
    let people = look.disclose_beside(people, (names, homes), choose).await?;
    let people = people.into_iter().filter_map(|p| Some((*fits.get(&p.id)?, p))).collect();
    Ok(Fitting { people, more })
}

/// How somebody fits, by the keys of what was typed: as a name, as a reading, as a telephone, word by word.
fn fit(known: &NewPerson, Keys { name: key, reading, digits, parts, .. }: &Keys) -> Option<Fit> {
    let of = |stored: String, wanted: &str| match stored {
        _ if wanted.is_empty() || stored.is_empty() => None,
        stored if stored == wanted => Some(Fit::Whole),
        stored if stored.starts_with(wanted) => Some(Fit::Begins),
        stored if stored.contains(wanted) => Some(Fit::Part),
        _ => None,
    };
    let (written, read) = (words::name::name_key(&known.name), words::name::reading_key(&known.reading));
    let alias = [words::name::name_key(&known.alias), words::name::reading_key(&known.alias)];
    let part = |[name, reading]: &[String; 2]| {
        [&written, &alias[0]].iter().any(|k| k.contains(name))
            || [&read, &alias[1]].iter().any(|k| k.contains(reading))
    };
    let worded = (!parts.is_empty() && parts.iter().all(part)).then_some(Fit::Words);
    let name = of(written.clone(), key);
    let other = of(alias[0].clone(), key).or_else(|| of(alias[1].clone(), reading)).map(|_| Fit::OtherName);
    let read = of(read.clone(), reading);
    let phone: String = words::fold::fold(&known.phone).chars().filter(char::is_ascii_digit).collect();
    let phone = (!digits.is_empty() && phone.contains(digits.as_str())).then_some(Fit::Phone);
    [name, read, worded, other, phone].into_iter().flatten().min()
}

/// The digits of what looks like a telephone number or a part of one: three at least, and nothing but digits, hyphens, brackets
/// and spaces.
fn phone_digits(typed: &str) -> Option<String> {
    let folded = words::fold::fold(typed);
    let plain = folded.chars().all(|c| c.is_ascii_digit() || "-ー()+.".contains(c));
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    (plain && digits.len() >= 3).then_some(digits)
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

/// Whether somebody was called so before: as typed, or word by word.
fn was_called(names: &former::FormerNames, Keys { name: key, reading, parts, .. }: &Keys) -> bool {
    names.0.iter().any(|(_, n)| {
        let (written, read) = (words::name::name_key(&n.name), words::name::reading_key(&n.reading));
        let part = |[name, reading]: &[String; 2]| written.contains(name) || read.contains(reading);
        (!key.is_empty() && written.contains(key))
            || (!reading.is_empty() && read.contains(reading))
            || (!parts.is_empty() && parts.iter().all(part))
    })
}

/// The index of addresses is one of its own: a name is not found by the street somebody lives in.
pub(crate) const WHERE: &str = "person_where";

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
    found: &mut Candidates<'_>,
    most: usize,
    takes: impl Fn(&Entry) -> bool,
) -> Result<Found<Entry>, Broken> {
    let mut sealed = std::mem::take(&mut found.texts);
    let Candidates { keys, narrow, onward, .. } = found;
    let (keys, narrow, mut onward) = (&*keys, *narrow, *onward);
    let at_most = OPENED + i64::try_from(narrow.seen.len()).unwrap_or(0);
    let viewer = look.viewer().clone();
    let grams = &keys.worded();
    // A text that was corrected is found by its correction.
    let holds = |body: &str| {
        let body = words::fold::fold(body);
        keys.words.iter().all(|word| body.contains(word.as_str()))
    };
    let fits = |e: &Entry| e.state == entry::EntryState::Valid && holds(&e.body) && takes(e);
    let mut shown: Vec<Disclosed<Entry>> = Vec::new();
    let (mut opened, mut batch, mut more) = (0, FIRST_OPENED, false);
    loop {
        opened += batch;
        let room = most - shown.len();
        let fitting = |mut texts: Vec<Disclosed<Entry>>| {
            texts.retain(|e| fits(e));
            more |= texts.len() > room;
            texts.truncate(room);
            texts
        };
        shown.extend(look.disclose_chosen(sealed, fitting).await?);
        // One more than there is room for says that there are more.
        let before = onward.filter(|_| !more && opened < at_most);
        if before.is_none() {
            return Ok(Found { shown, more: more || onward.is_some() });
        }
        batch = next_batch(batch, shown.len(), opened, most).min(at_most - opened);
        let wanted = Wanted { before, ..Wanted::of("entry", grams, batch) };
        let [found] = search::find(&mut look.conn(), viewer.municipality, [wanted], &reach.desks).await?;
        onward = further(&found, batch);
        sealed = entries(&mut look.conn(), &viewer, found).await?;
        sealed = narrow.texts(&mut look.conn(), &viewer, sealed).await?;
    }
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
        let reach = Reach { desks: Vec::new(), town: String::new() };
        let of = |typed: &str| fit(&known, &Keys::of(&reach, typed));
        assert_eq!(of("高橋花子"), Some(Fit::Whole));
        assert_eq!(of("タカハシ"), Some(Fit::Begins));
        assert_eq!(of("花子"), Some(Fit::Part));
        assert_eq!(of("渡辺"), Some(Fit::OtherName));
        assert_eq!(of("12-3456"), Some(Fit::Phone));
        assert_eq!((of("高橋 ハナコ"), of("はなこ たかはし")), (Some(Fit::Words), Some(Fit::Words)));
        assert_eq!((of("佐藤"), of("高橋 太郎")), (None, None));
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
