//! Who may see which marker: `docs/disclosure.md` once more, written down plainly. Uses nothing of `access`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use words::Day;

/// A set of categories, one bit each, in the order of [`CATEGORIES`].
pub type Cats = u16;

/// The thirteen categories.
pub const CATEGORIES: [&str; 13] = [
    "basic",
    "contact",
    "household",
    "health",
    "disability",
    "money",
    "work_school",
    "crime",
    "violence",
    "informant",
    "support",
    "plan",
    "opinion",
];

/// All of them: what a text counts as that names none.
pub const ALL: Cats = (1 << 13) - 1;

/// These categories.
pub fn cats(names: &[&str]) -> Cats {
    names.iter().fold(0, |set, name| set | 1 << CATEGORIES.iter().position(|c| c == name).unwrap())
}

/// How somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Caseworkers and agency leads.
    Desk,
    /// A caseworker who also coordinates the provider that sheets go to.
    DeskAndSheets,
    /// A liaison.
    OwnWriting,
    /// Auditors, administrators.
    Nothing,
}

/// Somebody who looks. 長谷's two desks count as one: nobody else sits at either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    pub login: &'static str,
    pub desk: &'static str,
    pub reads: Reads,
}

/// Everybody of the town who looks.
pub const VIEWERS: [Viewer; 9] = [
    Viewer { login: "kinoshita", desk: "shakyo", reads: Reads::Desk },
    Viewer { login: "oda", desk: "shakyo", reads: Reads::Desk },
    Viewer { login: "imai", desk: "shakyo", reads: Reads::Desk },
    Viewer { login: "noguchi", desk: "ikiiki", reads: Reads::Desk },
    Viewer { login: "sano", desk: "hokubu", reads: Reads::Desk },
    Viewer { login: "hase", desk: "suishin_soudan", reads: Reads::DeskAndSheets },
    Viewer { login: "tsuji", desk: "jidokan", reads: Reads::OwnWriting },
    Viewer { login: "mori", desk: "somu", reads: Reads::Nothing },
    Viewer { login: "kanri", desk: "somu", reads: Reads::Nothing },
];

/// One of them.
pub fn viewer(login: &str) -> Viewer {
    *VIEWERS.iter().find(|v| v.login == login).unwrap()
}

/// The page that shows a record by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A field of a person's card.
    Card,
    /// The facts of a consultation.
    Consultation,
    /// A tie of a household to the outside.
    Tie,
    /// A request for contact, at the desk that it went to.
    Contact,
}

/// What one marker stands in.
#[derive(Debug, Clone)]
pub struct Fact {
    pub kind: Kind,
    /// Id of the record; empty until it is recorded, and for ever if it must not be.
    pub record: String,
    pub desk: &'static str,
    pub author: &'static str,
    pub household: Option<String>,
    /// The persons it names; `None` is the whole household.
    pub about: Option<Vec<String>>,
    /// What it needs to be shown.
    pub cats: Cats,
    /// Whether it went to the provider with a sheet.
    pub sheet: bool,
    /// Whether it was entered in error.
    pub void: bool,
    /// The marker of the text that corrects it.
    pub later: Option<usize>,
    /// The matter it was written in: read there, and nowhere else.
    pub matter: Option<usize>,
    /// Whether it stays on screens.
    pub screen_only: bool,
}

/// What is said in a matter: all but where somebody lives and who informed.
pub const SAID: Cats = ALL & !(1 << 1) & !(1 << 9);

/// One member's place in a matter.
#[derive(Debug, Clone)]
pub struct Place {
    pub login: &'static str,
    pub pledged: bool,
    pub left: bool,
}

/// A record before the members.
#[derive(Debug, Clone)]
pub struct Laid {
    pub record: String,
    pub cats: Cats,
    pub recalled: bool,
    pub marked: bool,
}

/// A matter of a confidential conference.
#[derive(Debug, Clone)]
pub struct Matter {
    pub path: String,
    pub position: &'static str,
    pub household: String,
    pub open: bool,
    pub places: Vec<Place>,
    pub laid: Vec<Laid>,
}

/// A consent to one desk.
#[derive(Debug, Clone)]
pub struct Consent {
    pub id: String,
    pub referral: Option<String>,
    pub case: Option<String>,
    pub person: String,
    /// Who gave it in the person's place.
    pub giver: Option<String>,
    pub desk: &'static str,
    pub cats: Cats,
    pub from: Day,
    pub until: Option<Day>,
    pub effective: bool,
    pub withdrawn: bool,
}

/// Records handed to one desk, or to one person there.
#[derive(Debug, Clone)]
pub struct Provision {
    pub act: String,
    pub desk: &'static str,
    pub user: Option<&'static str>,
    pub cats: Cats,
    pub effective: bool,
}

/// The last day of what one person alone heard somebody say: 92 days, or the earlier day that was said.
pub fn heard_alone(from: Day, until: Option<Day>) -> Day {
    let last = from.plus_days(92);
    until.map_or(last, |until| until.min(last))
}

/// An urgent look: the household is open to one person until a moment.
#[derive(Debug, Clone)]
pub struct Urgent {
    pub household: String,
    pub login: &'static str,
    /// The first millisecond at which it is over.
    pub until: i64,
}

/// Why somebody may see something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    Own,
    Sheet,
    Article,
    Consent,
    /// As a member of a matter that it lies before.
    Matter,
    /// None opens it alone.
    Both,
    Urgent,
}

/// Everything that was written, shared, ended.
#[derive(Debug, Default)]
pub struct Oracle {
    pub facts: Vec<Fact>,
    /// Members of each household.
    pub households: HashMap<String, Vec<String>>,
    /// Consents by person.
    pub consents: HashMap<String, Vec<Consent>>,
    /// Provisions by record.
    pub provisions: HashMap<String, Vec<Provision>>,
    /// Who is kept out of which household: of one of its cases, so of all.
    pub excluded: BTreeSet<(String, &'static str)>,
    pub urgent: Vec<Urgent>,
    /// Who speaks for whom no longer: person and guardian.
    pub aside: BTreeSet<(String, String)>,
    /// Persons whose address is kept, and the desks that may know it.
    pub sheltered: HashMap<String, Vec<&'static str>>,
    /// Whoever lives with the others of their household. Nobody moves out in a history, and no two write down one address.
    pub together: BTreeSet<String>,
    pub today: Option<Day>,
    pub matters: Vec<Matter>,
    /// Now, in milliseconds.
    pub now: i64,
}

impl Oracle {
    /// Whether this person is kept out of a household.
    pub fn kept_out(&self, login: &'static str, household: Option<&String>) -> bool {
        household.is_some_and(|h| self.excluded.contains(&(h.clone(), login)))
    }

    /// Why this viewer may see this marker now on a screen; `None` if they may not.
    pub fn why(&self, v: Viewer, marker: usize) -> Option<Why> {
        self.why_there(v, marker, true)
    }

    /// What lies before the members of this viewer's matters, of this record. The household is not asked again: whoever is
    /// kept out has no part in any matter of it.
    fn by_matter(&self, v: Viewer, fact: &Fact) -> Cats {
        if v.reads == Reads::Nothing {
            return 0;
        }
        let mut granted = 0;
        for (index, matter) in self.matters.iter().enumerate() {
            let sits = matter.places.iter().any(|p| p.login == v.login && p.pledged && !p.left);
            if !sits || fact.matter.is_some_and(|only| only != index) {
                continue;
            }
            for laid in matter.laid.iter().filter(|l| l.record == fact.record && !l.recalled) {
                if matter.open || laid.marked {
                    granted |= laid.cats & !cats(&["informant"]);
                }
            }
        }
        granted
    }

    /// The same, on a screen or on paper.
    pub fn why_there(&self, v: Viewer, marker: usize, screen: bool) -> Option<Why> {
        // A marker that was never written is nobody's.
        let fact = self.facts.get(marker)?;
        if fact.record.is_empty()
            || (fact.screen_only && !screen)
            || v.reads == Reads::Nothing
            || self.kept_out(v.login, fact.household.as_ref())
        {
            return None;
        }
        let confided = if screen { self.by_matter(v, fact) } else { 0 };
        if fact.matter.is_some() {
            return (fact.cats & !confided == 0).then_some(Why::Matter);
        }
        let own = match v.reads {
            Reads::OwnWriting => fact.author == v.login,
            _ => fact.desk == v.desk,
        };
        if own {
            // What a desk wrote it goes on reading; the address on a card is no desk's own.
            let card = fact.kind == Kind::Card && fact.cats & self.kept(v, fact) != 0;
            return (!card).then_some(Why::Own);
        }
        // A request for contact is nobody's but the desk's it went to.
        if fact.void || fact.kind == Kind::Contact {
            return None;
        }
        let article = self.by_article(v, &fact.record);
        let consent = self.by_consent(v, fact);
        // What a correction says a text is about, its first version is about as well, for other desks.
        let mut needed = self.versions(fact).fold(0, |set, f| set | f.cats);
        // Where a sheltered person goes tells where they live.
        if fact.kind == Kind::Tie && self.shelters(fact).next().is_some() {
            needed |= cats(&["contact"]);
        }
        let kept = self.kept(v, fact);
        let covers = |granted: Cats| needed & !(granted & !kept) == 0;
        let looks =
            v.reads != Reads::OwnWriting && fact.household.as_ref().is_some_and(|h| self.looks(v.login, h));
        if fact.sheet && v.reads == Reads::DeskAndSheets && covers(ALL) {
            Some(Why::Sheet)
        } else if looks && covers(ALL) {
            Some(Why::Urgent)
        } else if covers(article) {
            Some(Why::Article)
        } else if covers(consent) {
            Some(Why::Consent)
        } else if covers(confided) {
            Some(Why::Matter)
        } else {
            covers(article | consent | confided).then_some(Why::Both)
        }
    }

    /// Whether somebody's urgent look opens a household now.
    pub fn looks(&self, login: &str, household: &str) -> bool {
        self.urgent.iter().any(|u| u.login == login && u.household == household && self.now < u.until)
    }

    /// Somebody says that they are done with a household.
    pub fn end_looks(&mut self, login: &str, household: &str) {
        for look in self.urgent.iter_mut().filter(|u| u.login == login && u.household == household) {
            look.until = look.until.min(self.now);
        }
    }

    /// What is kept from a viewer of something about a sheltered person: where they live.
    fn kept(&self, v: Viewer, fact: &Fact) -> Cats {
        let sheltered =
            self.shelters(fact).any(|desks| v.reads == Reads::OwnWriting || !desks.contains(&v.desk));
        if sheltered { cats(&["contact"]) } else { 0 }
    }

    /// For each sheltered person whom something is about, or with whom somebody lives whom it is about: the desks that may know where they
    /// live.
    fn shelters<'o>(&'o self, fact: &'o Fact) -> impl Iterator<Item = &'o Vec<&'static str>> {
        let everyone = fact.household.as_ref().and_then(|h| self.households.get(h));
        self.versions(fact)
            .filter_map(move |f| f.about.as_ref().or(everyone))
            .flatten()
            .flat_map(|p| self.one_home(p))
            .filter_map(|p| self.sheltered.get(p))
    }

    /// Somebody, and whoever lives with them.
    fn one_home<'o>(&'o self, person: &'o String) -> impl Iterator<Item = &'o String> {
        let at_home = |p: &&String| self.together.contains(*p);
        let household = self.households.values().find(|h| at_home(&person) && h.contains(person));
        let others = household.into_iter().flatten().filter(move |p| *p != person).filter(at_home);
        std::iter::once(person).chain(others)
    }

    /// Whether where anybody of a household lives is kept from a viewer.
    pub fn address_kept(&self, v: Viewer, household: &str) -> bool {
        let members = self.households.get(household).map_or(&[][..], Vec::as_slice);
        members.iter().filter_map(|p| self.sheltered.get(p)).any(|desks| !desks.contains(&v.desk))
    }

    fn by_article(&self, v: Viewer, record: &str) -> Cats {
        let sent = self.provisions.get(record).map_or(&[][..], Vec::as_slice);
        let mine = |p: &&Provision| {
            p.effective
                && p.desk == v.desk
                && match p.user {
                    Some(user) => user == v.login,
                    None => v.reads != Reads::OwnWriting,
                }
        };
        sent.iter().filter(mine).fold(0, |set, p| set | p.cats)
    }

    fn by_consent(&self, v: Viewer, fact: &Fact) -> Cats {
        if v.reads == Reads::OwnWriting {
            return 0;
        }
        let everyone = fact.household.as_ref().and_then(|h| self.households.get(h));
        let persons: Vec<&String> =
            self.versions(fact).filter_map(|f| f.about.as_ref().or(everyone)).flatten().collect();
        if persons.is_empty() {
            return 0;
        }
        persons.iter().fold(ALL, |set, person| set & self.consented(v.desk, person))
    }

    /// A text and its corrections, one after the other.
    fn versions<'o>(&'o self, fact: &'o Fact) -> impl Iterator<Item = &'o Fact> {
        std::iter::successors(Some(fact), |f| f.later.map(|n| &self.facts[n]))
    }

    /// Whether consents let a desk read a text with these marks today.
    pub fn carried(&self, desk: &str, household: &str, marks: &super::world::Marks) -> bool {
        let everyone = self.households.get(household).cloned().unwrap_or_default();
        let persons = marks.about.as_ref().unwrap_or(&everyone);
        !persons.is_empty() && persons.iter().all(|p| marks.cats & !self.consented(desk, p) == 0)
    }

    /// The consents of everybody a marker is about, for the sentence of a failure.
    pub fn consents_about(&self, marker: usize) -> Vec<&Consent> {
        let Some(fact) = self.facts.get(marker) else { return Vec::new() };
        let everyone = fact.household.as_ref().and_then(|h| self.households.get(h));
        let persons = fact.about.as_ref().or(everyone).into_iter().flatten();
        persons.filter_map(|p| self.consents.get(p)).flatten().collect()
    }

    /// What one person consented that a desk may know, today.
    pub fn consented(&self, desk: &str, person: &str) -> Cats {
        let today = self.today.unwrap();
        let given = self.consents.get(person).map_or(&[][..], Vec::as_slice);
        given
            .iter()
            .filter(|c| c.desk == desk && c.effective && !c.withdrawn)
            .filter(|c| {
                !c.giver.as_ref().is_some_and(|g| self.aside.contains(&(person.to_owned(), g.clone())))
            })
            .filter(|c| c.from <= today && c.until.is_none_or(|last| today <= last))
            .fold(0, |set, c| set | c.cats)
    }

    /// Whether all that was consented to for a referral has ended before its acceptance.
    pub fn agreed_no_longer(&self, act: &str) -> bool {
        let today = self.today.unwrap();
        let mut given =
            self.consents.values().flatten().filter(|c| c.referral.as_deref() == Some(act)).peekable();
        given.peek().is_some() && given.all(|c| c.withdrawn || c.until.is_some_and(|last| last < today))
    }

    /// A referral was accepted.
    pub fn take_effect(&mut self, act: &str) {
        self.of_act(act, true);
    }

    /// A referral was entered in error.
    pub fn end_act(&mut self, act: &str) {
        self.of_act(act, false);
    }

    /// What an act handed over is handed over no longer; what was consented to stays so.
    pub fn end_provisions(&mut self, act: &str) {
        for p in self.provisions.values_mut().flatten().filter(|p| p.act == act) {
            p.effective = false;
        }
    }

    fn of_act(&mut self, act: &str, effective: bool) {
        for c in self.consents.values_mut().flatten().filter(|c| c.referral.as_deref() == Some(act)) {
            c.effective = effective;
        }
        for p in self.provisions.values_mut().flatten().filter(|p| p.act == act) {
            p.effective = effective;
        }
    }
}

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHIJKLMNOPQRSTUV";

/// Markers of one history stand in blocks of so many: they share their beginning, and nothing else does.
pub const BLOCK: usize = 64;

const BLOCKS: usize = 1 << 24;

/// Odd, so that multiplying by it only changes the order of the blocks.
const SPREAD: usize = 0x9e_3779;

/// What undoes [`SPREAD`]: each turn doubles the bits that are right.
fn gather() -> usize {
    (0..5).fold(SPREAD, |x, _| x.wrapping_mul(2_usize.wrapping_sub(SPREAD.wrapping_mul(x)))) % BLOCKS
}

/// The marker with this number.
pub fn marker(number: usize) -> String {
    let code = (number / BLOCK).wrapping_mul(SPREAD) % BLOCKS * BLOCK + number % BLOCK;
    let digits: String = (0..6).rev().map(|place| char::from(DIGITS[code >> (5 * place) & 31])).collect();
    format!("MK{digits}Z")
}

/// The beginning of a marker: what a search for it and its neighbours is typed as, and no marker when echoed.
pub fn beginning(number: usize) -> String {
    marker(number)[..7].to_owned()
}

/// Every marker in a text, whole ones only.
pub fn markers(text: &str, found: &mut BTreeSet<usize>) {
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices("MK") {
        let Some(digits) = bytes.get(at + 2..at + 8) else { continue };
        if bytes.get(at + 8) != Some(&b'Z') {
            continue;
        }
        let code = digits.iter().try_fold(0, |n, d| DIGITS.iter().position(|x| x == d).map(|x| n << 5 | x));
        found.extend(code.map(|c| (c / BLOCK).wrapping_mul(gather()) % BLOCKS * BLOCK + c % BLOCK));
    }
}

/// How often each reason led to something being seen.
pub type Seen = BTreeMap<Why, usize>;

#[test]
fn markers_are_found_again() {
    let mut found = BTreeSet::new();
    markers(&format!("a{}b{} MK00 MK0000w0Z MK", marker(5), marker(70_000)), &mut found);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [5, 70_000]);
    assert_eq!(beginning(64), beginning(95));
    assert_ne!(beginning(64)[..5], beginning(128)[..5]);
}
