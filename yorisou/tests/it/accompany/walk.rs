//! The town under a walk: browsers, chance, the eye on every answer, and what the database says.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use engine::{Row, args};
use words::{Day, Instant};

use super::ledger::{Ledger, Mark, Of, Who};
use crate::markers::world::Chance;
use crate::support::{App, Page, Person};

/// The running town, and what was done in it.
pub struct Walk<'a> {
    pub app: &'a App,
    pub chance: Chance,
    pub ledger: Ledger,
    pub body: String,
    /// Where the walk is, for the sentence of a failure.
    pub place: String,
    pub counts: BTreeMap<&'static str, usize>,
    /// What was done, for the sentence of a failure.
    pub trace: Vec<String>,
    /// What a case is on its way to, while nothing goes wrong.
    pub aims: BTreeMap<usize, &'static str>,
    people: HashMap<Who, Person>,
}

/// What fails in a helper of another story says where the walk was all the same.
impl Drop for Walk<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.told());
        }
    }
}

/// The markers in a text: `MARKQ0012Z`.
pub fn found(body: &str) -> BTreeSet<usize> {
    let number = |rest: &str| {
        let digits = rest.get(..5).filter(|d| d.ends_with('Z'))?;
        digits.trim_end_matches('Z').parse().ok()
    };
    body.split("MARKQ").skip(1).filter_map(number).collect()
}

impl<'a> Walk<'a> {
    pub fn new(app: &'a App, seed: u64) -> Self {
        Self {
            app,
            chance: Chance(seed),
            ledger: Ledger::default(),
            body: String::new(),
            place: format!("seed {seed}"),
            counts: BTreeMap::new(),
            trace: Vec::new(),
            aims: BTreeMap::new(),
            people: HashMap::new(),
        }
    }

    pub fn today(&self) -> Day {
        self.ledger.today()
    }

    /// Moves the clock to the morning of another day, after a night of jobs.
    pub async fn sleep(&mut self, days: i64) {
        let day = self.today().plus_days(days);
        self.app.clock.set(Instant::at(day, 9, 30));
        self.ledger.today = Some(day);
        self.people.clear();
        yorisou::jobs::promises(&self.app.engine).await.unwrap();
    }

    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// Somebody's browser, for a helper of another story; it is given back.
    pub async fn lend(&mut self, who: Who) -> Person {
        match self.people.remove(who) {
            Some(person) => person,
            None => self.app.sign_in(who).await,
        }
    }

    pub fn back(&mut self, who: Who, person: Person) {
        self.people.insert(who, person);
    }

    /// Opens a page. Every byte is looked at.
    pub async fn get(&mut self, who: Who, path: &str) -> Page {
        let mut person = self.lend(who).await;
        let mut page = person.get(path).await;
        if page.status == 303 && page.location().starts_with("/sign-in") {
            person = self.app.sign_in(who).await;
            page = person.get(path).await;
        }
        self.people.insert(who, person);
        self.count("requests");
        self.look(who, path, &page, &BTreeSet::new());
        page
    }

    /// Sends the form of the page last opened. Every byte is looked at, but for what was just typed.
    pub async fn post(&mut self, who: Who, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut person = self.lend(who).await;
        let page = person.post(path, fields).await;
        self.people.insert(who, person);
        self.count("requests");
        let typed = fields.iter().flat_map(|(_, v)| found(v)).collect();
        self.look(who, path, &page, &typed);
        page
    }

    /// A form that must be accepted; where it leads.
    pub async fn must(&mut self, who: Who, from: &str, path: &str, fields: &[(&str, &str)]) -> String {
        let there = self.get(who, from).await;
        assert_eq!(there.status, 200, "{} {who} opens {from}\n{}", self.told(), there.text());
        let page = self.post(who, path, fields).await;
        assert_eq!(page.status, 303, "{} {who} {path} {fields:?}\n{}", self.told(), page.text());
        self.trace.push(format!("{who} {path}"));
        page.location().split('?').next().unwrap().to_owned()
    }

    /// A form that the ledger says is accepted or refused; where it leads when it was. What is refused changes nothing.
    pub async fn attempt(
        &mut self,
        (who, from): (Who, &str),
        path: &str,
        fields: &[(&str, &str)],
        may: bool,
    ) -> Option<String> {
        let before = if may { String::new() } else { self.standing().await };
        self.get(who, from).await;
        let page = self.post(who, path, fields).await;
        let done = page.status == 303;
        assert_eq!(
            done,
            may,
            "{} {who} {path} {fields:?}: the ledger says {may}\n{:#?}\n{}",
            self.told(),
            self.ledger,
            page.text()
        );
        self.trace.push(format!("{who} {path} {may} {fields:?}"));
        if done {
            return Some(page.location().split('?').next().unwrap().to_owned());
        }
        assert!((400..500).contains(&page.status), "{} {who} {path}: {}", self.told(), page.status);
        assert_eq!(self.standing().await, before, "{} {who} {path}: refused, and yet", self.told());
        self.count("refused");
        None
    }

    pub fn told(&self) -> String {
        format!("{}:\n{}\n", self.place, self.trace.join("\n"))
    }

    fn look(&self, who: Who, path: &str, page: &Page, typed: &BTreeSet<usize>) {
        for n in found(&page.body).difference(typed) {
            assert!(
                self.ledger.reads(who, *n, path),
                "LEAK {} {who} reads {n} {:?} on {path} ({})\n{:#?}\n{}",
                self.told(),
                self.ledger.marks[*n],
                page.status,
                self.ledger,
                page.text()
            );
        }
    }

    /// Words with a marker of their own, about to be written.
    pub fn mark(&mut self, words: &str, of: Of) -> String {
        let on_page = matches!(of, Of::Matter(_));
        let own = vec!["hokubu"];
        let wish = false;
        self.ledger.marks.push(Mark { of, kept: false, unfinished: None, home: false, on_page, wish, own });
        format!("{words} MARKQ{:04}Z", self.ledger.marks.len() - 1)
    }

    /// The marker written last was accepted.
    pub fn kept(&mut self) -> &mut Mark {
        let mark = self.ledger.marks.last_mut().unwrap();
        mark.kept = true;
        mark
    }

    /// The marker in these words was accepted; somebody wrote it about a case, at the desk that answers for it.
    pub fn kept_by(&mut self, who: Who, case: usize, words: &str) {
        let sits = |desk: &&'static str| self.ledger.at(desk, case).contains(&who);
        let own = [self.ledger.cases[case].desk, "hokubu"].into_iter().filter(sits).collect();
        let n = found(words).into_iter().next().unwrap();
        (self.ledger.marks[n].kept, self.ledger.marks[n].own) = (true, own);
    }

    /// What the database says, with the municipality as the first parameter.
    pub async fn rows(&self, sql: &'static str) -> Vec<Row> {
        let m = self.app.town.municipality;
        let (system, origin) = (access::System::Console, engine::Origin::Console);
        let mut act = self.app.engine.system_act(system, m, origin, "accompany.look", &m).await.unwrap();
        act.facts().unwrap().all(sql, args![m]).await.unwrap()
    }

    /// Plans, decisions, matters, items, wishes and leads as they stand.
    async fn standing(&self) -> String {
        let rows = self
            .rows(
                "SELECT id, state AS was, version AS n FROM support_plan WHERE municipality_id = $1 UNION ALL \
                 SELECT id, timing AS was, CASE WHEN used_at IS NOT NULL THEN 1 WHEN voided_at IS NOT NULL THEN 2 ELSE 0 END \
                 AS n FROM decision WHERE municipality_id = $1 UNION ALL \
                 SELECT id, outcome AS was, version AS n FROM matter WHERE municipality_id = $1 UNION ALL \
                 SELECT id, state AS was, version AS n FROM agenda_item WHERE municipality_id = $1 UNION ALL \
                 SELECT id, state AS was, version AS n FROM participation WHERE municipality_id = $1 UNION ALL \
                 SELECT id, state AS was, version AS n FROM temporary_lead WHERE municipality_id = $1 ORDER BY id",
            )
            .await;
        let row = |r: &Row| {
            let (id, was, n): (words::id::ThingId, String, i64) =
                (r.get("id").unwrap(), r.get("was").unwrap(), r.get("n").unwrap());
            format!("{id} {was} {n}")
        };
        rows.iter().map(row).collect::<Vec<_>>().join("\n")
    }

    /// As people say days: `2026-11-21`.
    pub fn day(&self, ahead: i64) -> String {
        self.today().plus_days(ahead).to_string()
    }
}
