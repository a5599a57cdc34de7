//! How much two records look like one person, in words, and who looks like somebody that is about to be written down.
//!
//! Invariant: a reason is made of what was disclosed to this viewer, and of nothing else (disclosure rule 2).
//! Invariant: where somebody is sheltered, neither address nor telephone is a reason, whoever looks (disclosure rule 4).

use std::collections::BTreeSet;

use access::Disclosed;
use engine::{Broken, Look};
use linkage::{Features, Field, Level, Model, Scale, Score};
use site::T;
use words::id::PersonId;

use crate::former::{self, NewFormerName};
use crate::{NewPerson, Person, block, find, person};

/// People that a pair is thought to be drawn from by chance: a town. Not counted anew for every form.
const TOWN: usize = 60_000;

/// From here on two are very probably one (log2 of the odds): 127 of 128.
const ALMOST_SURELY: f32 = 7.0;

/// How many candidates are opened for one hint.
const CANDIDATES: i64 = 40;

/// Below this nobody is shown who was found by their keys: another of a common name (log2 of the odds).
const WORTH: f32 = -12.0;

/// What is compared of somebody.
#[derive(Debug, Clone, Copy)]
pub struct Likened<'a> {
    /// What is known now.
    pub now: &'a NewPerson,
    /// What they were called before.
    pub before: &'a [NewFormerName],
}

impl Likened<'_> {
    fn features(self, sheltered: bool) -> Features {
        let features = block::features(self.now, self.before);
        if sheltered { features.without_whereabouts() } else { features }
    }

    /// Whether the two share a key, of what is known here. The index holds keys of what this viewer may not see, too: whoever is
    /// proposed by one of those alone would tell that an address or a number was guessed rightly (disclosure rules 2 and 4).
    fn meets(self, other: Self, sheltered: bool) -> bool {
        let keys = linkage::lookup_keys(&self.features(sheltered));
        linkage::lookup_keys(&other.features(sheltered)).iter().any(|key| keys.contains(key))
    }
}

/// How much two records look like one person; `sheltered` when where one of them lives is kept.
pub fn likeness(a: Likened<'_>, b: Likened<'_>, sheltered: bool) -> Score {
    Model::default().score(&a.features(sheltered), &b.features(sheltered), Scale::of(TOWN))
}

/// Whether two look so much like one person that they are shown to people as a pair.
pub fn worth_showing(score: &Score) -> bool {
    score.log_odds >= linkage::SHOWN
}

/// Whether a field of the two is the same, whatever way it is written.
pub fn alike(score: &Score, field: Field) -> bool {
    score.lines.iter().any(|l| l.field == field && l.level == Level::Same)
}

/// Whether two are very probably one: what people read as "almost surely one person", and what the coordinator is told of where
/// two agencies support one household.
pub fn almost_surely(score: &Score) -> bool {
    score.log_odds >= ALMOST_SURELY
}

/// Those of these people of whom where they live is kept.
pub async fn sheltered(
    look: &mut Look,
    people: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeSet<PersonId>, Broken> {
    let m = look.viewer().municipality;
    engine::home::kept(&mut look.conn(), m, people).await
}

/// Who of those this viewer may see looks like somebody, about to be written down or known, most alike first. Constant in statements.
pub async fn who_looks_like(
    look: &mut Look,
    who: Likened<'_>,
    most: usize,
) -> Result<Vec<(Disclosed<Person>, Score)>, Broken> {
    let (viewer, new) = (look.viewer().clone(), who.now);
    let reach = find::reach(look).await?;
    let mut conn = look.conn();
    let ids =
        block::find(&mut conn, viewer.municipality, &block::keys(new, who.before), reach.desks(), CANDIDATES)
            .await?;
    let sealed = person::by_ids(&mut conn, &viewer, ids).await?;
    let mut people = look.disclose(sealed).await?;
    // Who is found by a part of a name is shown whatever else is known: that is how people look for somebody.
    let mut named = BTreeSet::new();
    for typed in [&new.name, &new.reading, &new.alias] {
        if people.len() < most && !typed.is_empty() {
            let more = find::find_persons(look, &reach, typed, most).await?;
            named.extend(more.iter().map(|p| p.id));
            people.extend(more);
        }
    }
    // Whoever has the same telephone may be of the same family; not where it is kept who can be reached by it.
    let called = if new.phone.is_empty() {
        Vec::new()
    } else {
        find::find_persons(look, &reach, &new.phone, most).await?
    };
    let by_phone: Vec<PersonId> = called.iter().map(|p| p.id).collect();
    people.extend(called);
    let kept = sheltered(look, people.iter().map(|p| p.id)).await?;
    named.extend(by_phone.into_iter().filter(|id| !kept.contains(id)));
    let former = former::known_of(look, people.iter().map(Disclosed::facts)).await?;
    let mut seen = BTreeSet::new();
    let mut found: Vec<_> = people
        .into_iter()
        .filter(|p| seen.insert(p.id))
        .filter_map(|p| {
            let before = former.get(&p.id).map_or(&[][..], Vec::as_slice);
            let (known, kept) = (Likened { now: &p.known, before }, kept.contains(&p.id));
            let score = likeness(who, known, kept);
            let worth = score.log_odds >= WORTH && who.meets(known, kept);
            (worth || named.contains(&p.id)).then_some((p, score))
        })
        .collect();
    found.sort_by(|x, y| y.1.log_odds.total_cmp(&x.1.log_odds).then(x.0.id.cmp(&y.0.id)));
    found.truncate(most);
    Ok(found)
}

/// A score in words.
pub struct LikenessView {
    /// How much they look like one person.
    pub word: String,
    /// Whether that is much.
    pub strong: bool,
    /// What speaks for it and against it.
    pub lines: Vec<LikenessLine>,
}

/// One field of it.
pub struct LikenessLine {
    /// The field.
    pub field: String,
    /// What came of comparing it.
    pub what: String,
    /// How much that says, in words.
    pub weight: String,
    /// The number behind it, with its sign.
    pub number: String,
    /// Whether it speaks against.
    pub against: bool,
}

impl LikenessView {
    /// In the words of this viewer. Fields of which nothing is known are left out.
    pub fn new(t: &T, score: &Score) -> Self {
        let lines = score.lines.iter().filter(|l| l.level != Level::Unknown && l.weight.abs() >= 0.05);
        Self {
            word: t.code("likeness", degree(score.log_odds)),
            strong: worth_showing(score),
            lines: lines
                .map(|l| LikenessLine {
                    field: t.code("likeness_field", l.field),
                    what: t.code("likeness_level", l.level),
                    weight: match l.field {
                        Field::Relatives => t.code("likeness_weight", "taken_off"),
                        _ => t.code("likeness_weight", weight(l.weight)),
                    },
                    number: format!("{:+.1}", l.weight),
                    against: l.weight < 0.0,
                })
                .collect(),
        }
    }
}

/// How much two look like one person, as a code.
fn degree(log_odds: f32) -> &'static str {
    match log_odds {
        x if x >= ALMOST_SURELY => "almost_surely",
        x if x >= linkage::SHOWN => "probably",
        x if x >= -4.0 => "perhaps",
        _ => "name_only",
    }
}

/// How much a weight says, as a code.
fn weight(weight: f32) -> &'static str {
    match weight {
        x if x >= 9.0 => "much_for",
        x if x >= 3.0 => "for",
        x if x >= 0.0 => "little_for",
        x if x > -3.0 => "little_against",
        _ => "against",
    }
}
