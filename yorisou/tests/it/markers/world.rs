//! The town under the histories: browsers, chance, what was recorded, and the eye on every answer.

use std::collections::{BTreeSet, HashMap};

use engine::args;
use words::Instant;
use words::id::{ConsentId, EntryId, PersonId, ThingId};

use super::oracle::{self, Cats, Fact, Kind, Oracle, Seen, Viewer, Why, markers, viewer};
use crate::support::{App, Page, Person};

/// Chance from a seed (splitmix64): the same on every machine.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap()
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { Some(of[self.below(of.len())].clone()) }
    }
}

/// What happened how often.
#[derive(Debug, Default)]
pub struct Counts {
    pub requests: usize,
    pub markers: usize,
    pub steps: HashMap<&'static str, usize>,
    pub seen: Seen,
    /// Decisions compared both ways on a record's own page: shown, and not shown.
    pub both_ways: (usize, usize),
}

impl Counts {
    /// Takes what another town counted.
    pub fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.markers += other.markers;
        self.both_ways.0 += other.both_ways.0;
        self.both_ways.1 += other.both_ways.1;
        for (step, n) in other.steps {
            *self.steps.entry(step).or_default() += n;
        }
        for (why, n) in other.seen {
            *self.seen.entry(why).or_default() += n;
        }
    }
}

/// The running town.
pub struct World<'a> {
    pub app: &'a App,
    pub oracle: Oracle,
    pub chance: Chance,
    pub counts: Counts,
    pub article: String,
    /// Where a history is, for the sentence of a failure.
    pub place: String,
    /// Texts with a word that gives a hint.
    pub hinting: BTreeSet<usize>,
    /// Moves that lie ahead, of whatever history.
    pub plans: Vec<super::moves::Plan>,
    /// Where those live now who have moved since they were written down: the marker of the place.
    pub moved: HashMap<String, usize>,
    /// The household of each case.
    pub case_homes: HashMap<String, String>,
    people: HashMap<&'static str, Person>,
    since: i64,
}

impl<'a> World<'a> {
    pub fn new(app: &'a App) -> Self {
        let today = engine_day(app);
        Self {
            app,
            oracle: Oracle { today: Some(today), now: app.engine.now().millis(), ..Oracle::default() },
            chance: Chance(0),
            counts: Counts::default(),
            article: String::new(),
            place: String::new(),
            hinting: BTreeSet::new(),
            plans: Vec::new(),
            moved: HashMap::new(),
            case_homes: HashMap::new(),
            people: HashMap::new(),
            since: 0,
        }
    }

    pub fn today(&self) -> words::Day {
        self.oracle.today.unwrap()
    }

    /// Moves the clock; what is recorded from here on has later ids.
    pub fn forward(&mut self, millis: i64) {
        let now = Instant::from_millis(self.app.engine.now().millis() + millis);
        self.app.clock.set(now);
        self.since = now.millis();
        self.oracle.today = Some(now.day());
        self.oracle.now = now.millis();
    }

    async fn person(&mut self, who: &'static str) -> Person {
        if let Some(person) = self.people.remove(who) {
            return person;
        }
        self.counts.requests += 2;
        self.app.sign_in(who).await
    }

    /// Opens a page as somebody, who signs in again when the session has ended. Every byte is looked at.
    pub async fn get(&mut self, who: &'static str, path: &str) -> Page {
        let mut person = self.person(who).await;
        let mut page = person.get(path).await;
        self.counts.requests += 1;
        if page.status == 303 && page.location().starts_with("/sign-in") {
            person = self.person(who).await;
            page = person.get(path).await;
            self.counts.requests += 1;
        }
        self.people.insert(who, person);
        self.look(viewer(who), path, &page);
        page
    }

    /// Sends a form of the page last opened. Every byte of the answer is looked at.
    pub async fn post(&mut self, who: &'static str, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut person = self.person(who).await;
        let page = person.post(path, fields).await;
        self.counts.requests += 1;
        self.people.insert(who, person);
        self.look(viewer(who), path, &page);
        page
    }

    /// Sends a form that may come back with what was typed: its writer is shown what nobody has recorded yet, and
    /// only a page that follows is looked at.
    pub async fn try_post(&mut self, who: &'static str, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut person = self.person(who).await;
        let page = person.post(path, fields).await;
        self.counts.requests += 1;
        self.people.insert(who, person);
        page
    }

    /// Sends a form that must be accepted; where it leads.
    pub async fn must(&mut self, who: &'static str, path: &str, fields: &[(&str, &str)]) -> String {
        let page = self.post(who, path, fields).await;
        assert_eq!(page.status, 303, "{} {who} {path} {fields:?}\n{}", self.place, page.text());
        page.location().split('?').next().unwrap().to_owned()
    }

    /// Every marker of an answer must be one that this viewer may have.
    fn look(&mut self, v: Viewer, path: &str, page: &Page) {
        self.quotes_only_what_is_read(v.login, path, &page.body);
        // Nothing of a conference lies on paper, and no caution.
        let bare = path.split('?').next().unwrap();
        let screen = !(bare.ends_with("/print") || bare.ends_with("/result") || path.ends_with("?print=1"));
        for n in found(page) {
            let Some(why) = self.oracle.why_there(v, n, screen) else {
                panic!(
                    "LEAK {}: {} sees {} on {path} ({}): {:?}\nconsents {:?}\nprovisions {:?}\n{}",
                    self.place,
                    v.login,
                    oracle::marker(n),
                    page.status,
                    self.oracle.facts.get(n),
                    self.oracle.consents_about(n),
                    self.oracle.facts.get(n).and_then(|f| self.oracle.provisions.get(&f.record)),
                    page.text()
                )
            };
            *self.counts.seen.entry(why).or_default() += 1;
        }
    }

    /// A new marker in a text that somebody is about to write.
    pub fn mark(&mut self, kind: Kind, who: &'static str, household: Option<String>, of: &Marks) -> String {
        let v = viewer(who);
        self.counts.markers += 1;
        self.oracle.facts.push(Fact {
            kind,
            record: String::new(),
            desk: v.desk,
            author: v.login,
            household,
            about: of.about.clone(),
            cats: of.cats,
            sheet: of.sheet,
            void: false,
            later: None,
            matter: None,
            screen_only: false,
        });
        oracle::marker(self.oracle.facts.len() - 1)
    }

    /// Leaves the rest of a block of markers empty: a history begins with its own.
    pub fn own_markers(&mut self) {
        let empty = Fact {
            kind: Kind::Text,
            record: String::new(),
            desk: "",
            author: "",
            household: None,
            about: None,
            cats: 0,
            sheet: false,
            void: false,
            later: None,
            matter: None,
            screen_only: false,
        };
        let blocks = self.oracle.facts.len().div_ceil(oracle::BLOCK);
        self.oracle.facts.resize(blocks * oracle::BLOCK, empty);
    }

    /// Random marks of a text: often few categories, sometimes none, which counts as all.
    pub fn some_cats(&mut self) -> Cats {
        const USUAL: [&str; 9] =
            ["basic", "household", "support", "money", "basic", "household", "support", "contact", "health"];
        const RARE: [&str; 6] = ["opinion", "violence", "informant", "crime", "plan", "work_school"];
        if self.chance.one_in(6) {
            return oracle::ALL;
        }
        let mut set = 0;
        for _ in 0..=self.chance.below(3) {
            let rare = self.chance.one_in(8);
            let name = self.chance.pick(if rare { &RARE[..] } else { &USUAL[..] }).unwrap();
            set |= oracle::cats(&[name]);
        }
        set
    }

    /// Random categories to share.
    pub fn shared_cats(&mut self) -> Cats {
        if self.chance.one_in(5) {
            return oracle::ALL;
        }
        let mut set = if self.chance.one_in(6) { 0 } else { oracle::cats(&["basic"]) };
        for name in ["contact", "household", "health", "money", "support", "opinion", "violence"] {
            if self.chance.below(5) < 3 {
                set |= oracle::cats(&[name]);
            }
        }
        if set == 0 { oracle::cats(&["support"]) } else { set }
    }

    /// Reads from the database which ids the last command gave: entries and persons by their markers.
    pub async fn recorded(&mut self) {
        let from = lower(self.since);
        let m = self.app.town.municipality;
        let mut act = self
            .app
            .engine
            .system_act(access::System::Console, m, engine::Origin::Console, "markers.look", &m)
            .await
            .unwrap();
        let mut conn = act.facts().unwrap();
        let entries = conn
            .all(
                "SELECT id, body, household_id FROM entry WHERE municipality_id = $1 AND id >= $2",
                args![m, from.parse::<EntryId>().unwrap()],
            )
            .await
            .unwrap();
        for row in &entries {
            let (id, body): (EntryId, String) = (row.get("id").unwrap(), row.get("body").unwrap());
            let home: Option<words::id::HouseholdId> = row.get("household_id").unwrap();
            let mut numbers = BTreeSet::new();
            markers(&body, &mut numbers);
            for n in numbers {
                let fact = &mut self.oracle.facts[n];
                fact.record = id.to_string();
                fact.household = home.map(|h| h.to_string());
            }
        }
        let persons = conn
            .all(
                "SELECT id, household_id, name, alias, address, contact_wish FROM person \
                 WHERE municipality_id = $1 AND id >= $2 ORDER BY id",
                args![m, from.parse::<PersonId>().unwrap()],
            )
            .await
            .unwrap();
        let mut touched = Vec::new();
        let at_home = conn
            .all(
                "SELECT person_id FROM household_member WHERE municipality_id = $1 AND person_id >= $2",
                args![m, from.parse::<PersonId>().unwrap()],
            )
            .await
            .unwrap();
        let together = conn
            .all(
                "SELECT person_id FROM household_member WHERE municipality_id = $1 AND lives_together AND valid_to IS NULL",
                args![m],
            )
            .await
            .unwrap();
        self.oracle.together =
            together.iter().map(|row| row.get::<PersonId>("person_id").unwrap().to_string()).collect();
        let at_home: BTreeSet<String> =
            at_home.iter().map(|row| row.get::<PersonId>("person_id").unwrap().to_string()).collect();
        let ties = conn
            .all(
                "SELECT id, outside, household_id FROM tie WHERE municipality_id = $1 AND id >= $2",
                args![m, from.parse::<ThingId>().unwrap()],
            )
            .await
            .unwrap();
        for row in &ties {
            let (id, home): (ThingId, words::id::HouseholdId) =
                (row.get("id").unwrap(), row.get("household_id").unwrap());
            let mut numbers = BTreeSet::new();
            markers(&row.get::<String>("outside").unwrap(), &mut numbers);
            for n in numbers {
                let fact = &mut self.oracle.facts[n];
                (fact.record, fact.household) = (id.to_string(), Some(home.to_string()));
            }
        }
        for row in &persons {
            let id = row.get::<PersonId>("id").unwrap().to_string();
            let home = row.get::<words::id::HouseholdId>("household_id").unwrap().to_string();
            let mut numbers = BTreeSet::new();
            for column in ["name", "alias", "address", "contact_wish"] {
                markers(&row.get::<String>(column).unwrap(), &mut numbers);
            }
            let members = self.oracle.households.entry(home.clone()).or_default();
            if at_home.contains(&id) && !members.contains(&id) {
                members.push(id.clone());
            }
            for n in numbers {
                let fact = &mut self.oracle.facts[n];
                (fact.record, fact.household, fact.about) =
                    (id.clone(), Some(home.clone()), Some(vec![id.clone()]));
                touched.push(n);
            }
        }
    }

    /// The smallest id that a thing of the last command can have.
    pub fn begins_now(&self) -> ThingId {
        lower(self.since).parse().unwrap()
    }

    /// The consents the last command gave: id and person.
    pub async fn consents(&self) -> Vec<(String, String)> {
        let m = self.app.town.municipality;
        let from: ConsentId = lower(self.since).parse().unwrap();
        let sql = "SELECT id, person_id FROM consent WHERE municipality_id = $1 AND id >= $2";
        let mut act = self
            .app
            .engine
            .system_act(access::System::Console, m, engine::Origin::Console, "markers.look", &m)
            .await
            .unwrap();
        let rows = act.facts().unwrap().all(sql, args![m, from]).await.unwrap();
        rows.iter()
            .map(|r| {
                let (id, person): (ConsentId, PersonId) = (r.get("id").unwrap(), r.get("person_id").unwrap());
                (id.to_string(), person.to_string())
            })
            .collect()
    }

    /// The feedback that is owed for a sheet.
    pub async fn owed(&self, sheet: &str) -> String {
        let m = self.app.town.municipality;
        let id: words::id::ConnectingSheetId = sheet.parse().unwrap();
        let sql = "SELECT id FROM feedback WHERE municipality_id = $1 AND sheet_id = $2";
        let mut act = self
            .app
            .engine
            .system_act(access::System::Console, m, engine::Origin::Console, "markers.look", &m)
            .await
            .unwrap();
        let row = act.facts().unwrap().one(sql, args![m, id]).await.unwrap();
        row.get::<words::id::FeedbackId>("id").unwrap().to_string()
    }
}

/// Marks of a text about to be written.
#[derive(Debug, Clone)]
pub struct Marks {
    pub about: Option<Vec<String>>,
    pub cats: Cats,
    pub sheet: bool,
}

impl Marks {
    /// About the whole household.
    pub fn whole(cats: Cats) -> Self {
        Self { about: None, cats, sheet: false }
    }
}

/// Every marker in an answer: status line and headers, the body as it came, and the body without markup (a search
/// puts its own marks into what it found).
pub fn found(page: &Page) -> BTreeSet<usize> {
    let mut numbers = BTreeSet::new();
    for (name, value) in &page.headers {
        markers(name, &mut numbers);
        markers(value, &mut numbers);
    }
    markers(&page.body, &mut numbers);
    let mut bare = String::with_capacity(page.body.len());
    for part in page.body.split('<') {
        bare.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    markers(&bare, &mut numbers);
    numbers
}

fn engine_day(app: &App) -> words::Day {
    app.engine.now().day()
}

/// The smallest id of a moment: ids begin with their time.
fn lower(millis: i64) -> String {
    let hex = format!("{millis:012x}");
    format!("{}-{}-0000-0000-000000000000", &hex[..8], &hex[8..])
}

/// The fields that tick these categories: none for all of them.
pub fn ticked(field: &'static str, set: Cats) -> Vec<(&'static str, &'static str)> {
    if set == oracle::ALL {
        return Vec::new();
    }
    let chosen = oracle::CATEGORIES.iter().enumerate().filter(|(i, _)| set & 1 << i != 0);
    chosen.map(|(_, name)| (field, *name)).collect()
}

/// Whether a viewer sees a marker on its own record's page.
pub fn own_page(fact: &Fact) -> String {
    let kind = match fact.kind {
        Kind::Text => "entries",
        Kind::Card => "persons",
        Kind::Consultation => "consultations",
        Kind::Tie => "ties",
        Kind::Contact => "contacts",
    };
    format!("/{kind}/{}", fact.record)
}

/// A number of times something must have happened for the run to mean anything.
pub fn at_least(counts: &Counts, why: Why, floor: usize) {
    let n = counts.seen.get(&why).copied().unwrap_or(0);
    assert!(n >= floor, "{why:?} opened something only {n} times, not {floor}: {counts:?}");
}
