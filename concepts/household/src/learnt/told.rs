//! What was learnt of people, as far as a viewer was shown it: computed at each look from what was disclosed, and copied nowhere.
//! [`known`] is the one place where it becomes what a viewer knows of somebody: whoever reads people through it reads of a death or a departure
//! where a card would have said the same, on screens and on the desk's own papers alike. Everything else stands beside the card ([`since`]).

use std::collections::{BTreeMap, BTreeSet};

use access::{Disclosed, Reader, Sealed};
use engine::{Act, Broken, Fail, Look};
use site::{T, link};
use words::id::{DeskId, EntryId, HouseholdId, PersonId};
use words::partial::PartialDate;
use words::{Day, Instant};

use super::{Learnt, LearntKind, beside, is_news, taken_in};
use crate::{Entry, Person, Reasons, entry, person};

/// Something that was learnt of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The person.
    pub person: PersonId,
    /// What they are called.
    pub name: String,
    /// What was learnt.
    pub learnt: Learnt,
    /// Whether it is still to come: a move that was said ahead.
    pub ahead: bool,
    /// The text.
    pub text: EntryId,
    /// The words of the text.
    pub body: String,
    /// Name of the desk that wrote it.
    pub desk: String,
    /// Whether it is the viewer's.
    pub own: bool,
    /// The page of the text.
    pub href: String,
}

impl Told {
    /// It, with whom it is about: at the top of pages.
    pub fn words(&self, t: &T) -> String {
        let name = match self.name.as_str() {
            "" => t.s("entry_view.someone").to_owned(),
            name => t.f("happened_says.name", "name", name),
        };
        self.says(t, "learnt_says", name)
    }

    /// It, beside the name of whom it is about.
    pub fn words_beside(&self, t: &T) -> String {
        self.says(t, "learnt_beside", String::new())
    }

    fn says(&self, t: &T, list: &str, name: String) -> String {
        let moved = self.learnt.kind == LearntKind::Moved;
        let ahead = if self.ahead { "_ahead" } else { "" };
        let to = if moved && !self.learnt.what.is_empty() { "_to" } else { "" };
        let what = match self.learnt.kind {
            LearntKind::Other => self.body.lines().next().unwrap_or_default().to_owned(),
            _ => self.learnt.what.clone(),
        };
        let day = self.learnt.day.map(|day| t.partial_date(day)).unwrap_or_default();
        let args = [("name", name), ("day", day), ("desk", self.desk.clone()), ("what", what)];
        t.fs(&format!("{list}.{}{ahead}{to}", self.learnt.kind), &args)
    }

    /// Whether whoever looks at the people of a household has to know it first: who is there no more, and where they live.
    pub fn of_the_household(&self) -> bool {
        self.learnt.kind.happened().is_some()
    }

    #[cfg(test)]
    pub(super) fn of_story(person: PersonId, learnt: Learnt) -> Self {
        let (empty, text) = (String::new, words::Id::new(uuid::Uuid::nil()));
        let (name, body, desk, href) = (empty(), empty(), empty(), empty());
        Self { person, name, learnt, ahead: false, text, body, desk, own: false, href }
    }
}

/// What was learnt of some people, with the texts that say it.
pub struct Since {
    /// What of it does not stand on their cards by now: of each kind the latest, of other things all.
    pub told: Vec<Told>,
    texts: Vec<Disclosed<Entry>>,
    today: Day,
}

impl Since {
    /// These people as they are known to whoever was shown it (`Person::on_card` is what their cards say).
    pub fn known(&self, cards: Vec<Disclosed<Person>>) -> Vec<Disclosed<Person>> {
        cards.into_iter().map(|card| self.of(card)).collect()
    }

    fn of(&self, card: Disclosed<Person>) -> Disclosed<Person> {
        let id = card.id;
        let of_them = self.told.iter().filter(|x| x.person == id && x.learnt.kind.is_taken_in());
        let texts = of_them.filter_map(|x| self.texts.iter().find(|e| e.id == x.text));
        texts.fold(card, |p, text| {
            p.with(text, |p, text| {
                if let Some(learnt) = &text.learnt {
                    taken_in(p, learnt, self.today);
                }
            })
        })
    }
}

/// What was learnt of these people, whose cards are at hand. One statement where nothing was learnt; on a paper for one of the household
/// nothing, as it holds nothing of what desks learn from others (decision 0048).
pub async fn since(
    look: &mut Look,
    cards: &[&Disclosed<Person>],
    reasons: &mut Reasons,
) -> Result<Since, Broken> {
    of_kinds(look, cards, reasons, |_| true).await
}

/// Only texts that are told are noted as seen.
async fn of_kinds(
    look: &mut Look,
    cards: &[&Disclosed<Person>],
    reasons: &mut Reasons,
    told_of: fn(LearntKind) -> bool,
) -> Result<Since, Broken> {
    let (today, mut told) = (look.now().day(), Vec::new());
    if matches!(look.reader(), Reader::Member(_)) || cards.is_empty() {
        return Ok(Since { told, texts: Vec::new(), today });
    }
    let viewer = look.viewer().clone();
    let homes: BTreeSet<HouseholdId> = cards.iter().map(|p| p.household).collect();
    let sealed = entry::learnt(&mut look.conn(), &viewer, homes).await?;
    let of = |e: &Sealed<Entry>| cards.iter().any(|p| e.facts().subjects.persons().contains(&p.id));
    let sealed: Vec<_> = sealed.into_iter().filter(of).collect();
    if sealed.is_empty() {
        return Ok(Since { told, texts: Vec::new(), today });
    }
    let choose = |mut texts: Vec<Disclosed<Entry>>| {
        told = among(cards, &texts, today);
        told.retain(|t| told_of(t.learnt.kind));
        texts.retain(|e| told.iter().any(|t| t.text == e.id));
        texts
    };
    let texts = look.disclose_chosen(sealed, choose).await?;
    reasons.of_all(&texts);
    let wrote: BTreeMap<EntryId, DeskId> = texts.iter().map(|e| (e.id, e.desk)).collect();
    let desks = wrote.values().copied();
    let desks = register::desk_names(&mut look.conn(), viewer.municipality, desks, today).await?;
    let own = viewer.reading_desks();
    for t in &mut told {
        let desk = wrote.get(&t.text);
        t.desk = desk.and_then(|desk| desks.get(desk)).cloned().unwrap_or_default();
        t.own = desk.is_some_and(|desk| own.contains(desk));
    }
    Ok(Since { told, texts, today })
}

/// People as this viewer knows them now: their cards, and who has died or left as it was learnt since, as far as it is disclosed. Gathers the
/// bases of both.
pub async fn known(
    look: &mut Look,
    sealed: Vec<Sealed<Person>>,
    reasons: &mut Reasons,
) -> Result<Vec<Disclosed<Person>>, Broken> {
    let cards = look.disclose(sealed).await?;
    reasons.of_all(&cards);
    let of: Vec<_> = cards.iter().collect();
    let since = of_kinds(look, &of, reasons, LearntKind::is_taken_in).await?;
    Ok(since.known(cards))
}

/// Who is known to be among the people of their household no more, beside the cards.
#[derive(Debug, Clone, Default)]
pub struct Away {
    dead: BTreeSet<PersonId>,
    /// By when it was written that they left: whoever joined later has come back.
    left: BTreeMap<PersonId, Day>,
}

impl Away {
    /// Whether somebody is.
    pub fn is(&self, card: &Person) -> bool {
        self.dead.contains(&card.id) || self.left.get(&card.id).is_some_and(|day| !is_back(card, *day))
    }
}

/// Whether somebody of whom it was written that they left has come back since.
fn is_back(card: &Person, written: Day) -> bool {
    card.left.is_none() && card.joined.is_some_and(|joined| joined > written)
}

/// Who of these households has died or left, as texts say that this viewer may see: ids alone, nothing is opened and nothing noted. For lists
/// that pass over them.
pub async fn known_away(
    look: &mut Look,
    households: impl IntoIterator<Item = HouseholdId>,
) -> Result<Away, Broken> {
    let viewer = look.viewer().clone();
    let sealed = entry::learnt_away(&mut look.conn(), &viewer, households).await?;
    let mut away = Away::default();
    if sealed.is_empty() {
        return Ok(away);
    }
    let about: Vec<_> =
        sealed.iter().map(|e| (e.facts().record, e.facts().subjects.persons().to_vec())).collect();
    let seen = look.may_still_see(sealed).await?;
    let texts = seen.iter().map(|(record, _)| record.id.cast());
    let beside = beside(&mut look.conn(), viewer.municipality, texts).await?;
    let mut left: Vec<_> = Vec::new();
    for (record, persons) in about {
        match beside.get(&record.id.cast()) {
            Some(learnt) if learnt.kind == LearntKind::Died => away.dead.extend(persons),
            Some(learnt) => {
                let written = learnt.written.unwrap_or(look.now()).day();
                left.push((happened(learnt.day, written), written, persons));
            }
            None => {}
        }
    }
    // Of several the one that happened last counts, as in [`among`].
    left.sort();
    for (_, written, persons) in left {
        away.left.extend(persons.into_iter().map(|p| (p, written)));
    }
    Ok(away)
}

/// Who of them has died.
pub async fn known_dead(
    look: &mut Look,
    households: impl IntoIterator<Item = HouseholdId>,
) -> Result<BTreeSet<PersonId>, Broken> {
    Ok(known_away(look, households).await?.dead)
}

/// By which day texts of one kind are put in order: the one that happened last counts, and not the one that somebody wrote last. What is
/// known by its year alone happened by the day on which it was written down.
fn happened(day: Option<PartialDate>, written: Day) -> Day {
    day.map_or(written, |day| day.latest().min(written).max(day.earliest()))
}

/// When a text was first written down: a correction of its marks makes it no newer.
fn written(text: &Entry) -> Instant {
    text.learnt.as_ref().and_then(|x| x.written).unwrap_or(text.recorded_at)
}

/// What was learnt in texts that were disclosed: of each kind the latest by the day it happened, then by when it was first written down. Whose
/// they are is said afterwards.
pub(crate) fn among(people: &[&Disclosed<Person>], texts: &[Disclosed<Entry>], today: Day) -> Vec<Told> {
    let mut texts: Vec<_> = texts.iter().filter_map(|e| Some((e, e.learnt.as_ref()?))).collect();
    texts.sort_by_key(|(e, learnt)| {
        let at = written(e);
        std::cmp::Reverse((happened(learnt.day, at.day()), at, e.id))
    });
    let (mut told, mut seen) = (Vec::new(), BTreeSet::new());
    for (text, learnt) in texts {
        let ahead = learnt.lies_ahead(today);
        for p in people.iter().filter(|p| text.persons.contains(&p.id)) {
            // What a later text replaced is no news either, whatever the card says by now; nor is a departure of somebody who has
            // come back since it was written. A move that lies ahead leaves the address of now.
            let latest = seen.insert((p.id, learnt.kind, ahead)) || learnt.kind == LearntKind::Other;
            let back = learnt.kind == LearntKind::Left && is_back(p, written(text).day());
            if latest && !back && is_news(learnt, p) {
                told.push(Told {
                    person: p.id,
                    name: p.called().to_owned(),
                    learnt: learnt.clone(),
                    ahead,
                    text: text.id,
                    body: text.body.clone(),
                    desk: String::new(),
                    own: false,
                    href: link::entry(text.id),
                });
            }
        }
    }
    told
}

/// Who of a household has died, who has left it and who has moved by now.
#[derive(Debug, Clone, Default)]
pub struct Gone {
    /// Who died.
    pub died: BTreeSet<PersonId>,
    /// Who left it.
    pub left: BTreeSet<PersonId>,
    /// Who moved.
    pub moved: BTreeSet<PersonId>,
}

/// The same as texts say that the acting viewer may see and cards do not: what is decided because of it asks what they may know, and not the
/// cards alone.
pub async fn known_gone(act: &mut Act, household: HouseholdId) -> Result<Gone, Fail> {
    let (Some(viewer), today) = (act.viewer().cloned(), act.now().day()) else { return Ok(Gone::default()) };
    let sealed = entry::learnt(&mut act.facts()?, &viewer, [household]).await?;
    let texts = act.disclose(sealed).await?;
    let about: BTreeSet<PersonId> = texts.iter().flat_map(|e| e.persons.iter().copied()).collect();
    let mut gone = Gone::default();
    if about.is_empty() {
        return Ok(gone);
    }
    let sealed = person::by_ids(&mut act.facts()?, &viewer, about).await?;
    let cards = act.disclose(sealed).await?;
    for t in among(&cards.iter().collect::<Vec<_>>(), &texts, today).iter().filter(|t| !t.ahead) {
        match t.learnt.kind {
            LearntKind::Died => gone.died.insert(t.person),
            LearntKind::Left => gone.left.insert(t.person),
            LearntKind::Moved => gone.moved.insert(t.person),
            _ => false,
        };
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learnt::tests::card;

    #[test]
    fn whoever_died_or_left_is_away_until_they_come_back() {
        let (day, id) = (|d| Day::new(2026, 11, d).unwrap(), card().id);
        let left = Away { left: BTreeMap::from([(id, day(10))]), ..Away::default() };
        let joined = |on| Person { joined: Some(on), ..card() };
        assert!(!Away::default().is(&card()) && left.is(&joined(day(10))));
        assert!(!left.is(&joined(day(11))), "came back");
        let dead = Away { dead: BTreeSet::from([id]), ..Away::default() };
        assert!(dead.is(&joined(day(11))));
    }

    #[test]
    fn what_happened_last_comes_first_however_late_it_was_written() {
        let day = |text: &str| PartialDate::parse_iso(text).unwrap().earliest();
        let at = |on: &str, written: &str| happened(PartialDate::parse_iso(on), day(written));
        assert!(at("2026-11-15", "2026-11-16") > at("2026-10", "2026-11-20"), "heard later, of before");
        assert!(at("2026", "2026-11-20") > at("2026-11-15", "2026-11-16"), "by the day it was written");
        assert!(at("2026", "2026-11-10") < at("2026-11-15", "2026-11-16"));
        assert_eq!(at("", "2026-11-20"), day("2026-11-20"), "no day is known");
        assert_eq!(at("2026-12-15", "2026-11-20"), day("2026-12-15"), "to come");
    }
}
