//! What lies between people and around them: ties to the outside, somebody who is kin, former names.

use super::acts::{Case, History};
use super::oracle::{Cats, Kind, cats, viewer};
use super::world::{Marks, World, found};

/// A tie that stands.
#[derive(Debug, Clone)]
pub struct Tie {
    pub first: usize,
}

/// Categories that can be added to a tie.
const FURTHER: [&str; 4] = ["health", "money", "crime", "violence"];

impl World<'_> {
    /// A tie, somebody of the family, another name, a move.
    pub async fn family(&mut self, h: &mut History) -> bool {
        match self.chance.below(15) {
            0 | 1 => self.tie(h).await,
            2 => self.correct_tie(h).await,
            3 | 4 => self.kin(h).await,
            5 => self.former_address(h).await,
            6..=9 => self.planned_move(h).await,
            10..=12 => self.beside(h).await,
            _ => self.former_name(h).await,
        }
    }

    /// Somebody of the desk in whose record a household stands. 長谷 acts for another of two desks than the one that recorded it.
    pub fn at_home(&mut self, h: &History) -> Option<(Case, &'static str)> {
        let case = self.chance.pick(&h.cases)?;
        let of = h.persons.iter().map(|(_, n)| &self.oracle.facts[*n]);
        let mut of = of.filter(|f| f.household.as_ref() == Some(&case.household));
        let desk = of.next()?.desk;
        if !["shakyo", "ikiiki", "hokubu"].contains(&desk) {
            return None;
        }
        let who = self.worker(desk, Some(&case.household))?;
        Some((case, who))
    }

    /// A tie to somebody or something outside, of the household or of one person.
    async fn tie(&mut self, h: &mut History) -> bool {
        let Some((case, who)) = self.at_home(h) else { return false };
        let known = self.known(h, who, &case.household);
        let one = if self.chance.one_in(2) { self.chance.pick(&known) } else { None };
        let extra: Vec<&'static str> = FURTHER.into_iter().filter(|_| self.chance.one_in(4)).collect();
        let first = self.oracle.facts.len();
        let marks = Marks {
            about: one.clone().map(|p| vec![p]),
            cats: extra.iter().fold(cats(&["household"]), |set: Cats, c| set | cats(&[c])),
            sheet: false,
        };
        let name = self.mark(Kind::Tie, who, None, &marks);
        let mut fields = vec![("out_name", name.as_str()), ("out_kind", "person"), ("strength", "stressful")];
        fields.extend(one.iter().map(|p| ("who", p.as_str())));
        fields.extend(extra.iter().map(|c| ("cat", *c)));
        let home = format!("/households/{}", case.household);
        self.get(who, &format!("{home}/outside/new")).await.is(200);
        self.must(who, &format!("{home}/outside"), &fields).await;
        self.recorded().await;
        assert!(!self.oracle.facts[first].record.is_empty(), "{}", self.place);
        h.ties.push(Tie { first });
        self.drawn(&case, first).await;
        if self.chance.one_in(3) {
            self.correct_tie(h).await;
        }
        self.count("tie")
    }

    /// Who draws a family draws what they may know of it.
    async fn drawn(&mut self, case: &Case, tie: usize) {
        let v = self.chance.pick(&super::oracle::VIEWERS).unwrap();
        for page in [
            format!("/cases/{}", case.id),
            format!("/cases/{}/print", case.id),
            format!("/households/{}", case.household),
            format!("/households/{}/print", case.household),
        ] {
            self.get(v.login, &page).await;
        }
        self.both_ways(tie, v).await;
    }

    /// Another row takes the place of a tie, or it was wrong.
    async fn correct_tie(&mut self, h: &mut History) -> bool {
        let Some(i) = (!h.ties.is_empty()).then(|| self.chance.below(h.ties.len())) else { return false };
        let old = h.ties[i].first;
        let fact = self.oracle.facts[old].clone();
        let Some(who) = self.worker(fact.desk, fact.household.as_ref()) else { return false };
        let path = format!("/ties/{}", fact.record);
        self.get(who, &path).await.is(200);
        h.ties.swap_remove(i);
        if self.chance.one_in(3) {
            self.must(who, &format!("{path}/error"), &[]).await;
            self.oracle.facts[old].void = true;
            return self.count("tie in error");
        }
        let first = self.oracle.facts.len();
        let marks = Marks { about: fact.about.clone(), cats: cats(&["household"]), sheet: false };
        let name = self.mark(Kind::Tie, who, None, &marks);
        let mut fields = vec![("out_name", name.as_str()), ("out_kind", "group"), ("strength", "weak")];
        fields.extend(fact.about.iter().flatten().map(|p| ("who", p.as_str())));
        self.must(who, &path, &fields).await;
        self.recorded().await;
        self.oracle.facts[old].void = true;
        h.ties.push(Tie { first });
        let v = self.chance.pick(&super::oracle::VIEWERS).unwrap();
        self.both_ways(old, v).await;
        self.both_ways(first, v).await;
        self.count("tie corrected")
    }

    /// Somebody of the family is written down with a tie: living with them, and so one of the household, or elsewhere.
    async fn kin(&mut self, h: &mut History) -> bool {
        let Some((case, who)) = self.at_home(h) else { return false };
        let known = self.known(h, who, &case.household);
        let Some(of) = self.chance.pick(&known) else { return false };
        let together = self.chance.one_in(2);
        let first = self.oracle.facts.len();
        let card = |set| Marks { about: Some(Vec::new()), cats: set, sheet: false };
        let name = self.mark(Kind::Card, who, None, &card(cats(&["basic"])));
        let wish = self.mark(Kind::Card, who, None, &card(cats(&["basic", "contact"])));
        let kind = self.chance.pick(&["parent", "sibling", "conflict", "violence"]).unwrap();
        let mut fields = vec![("kind", kind), ("a", of.as_str()), ("b", "new"), ("name", name.as_str())];
        fields.push(("contact_wish", wish.as_str()));
        if together {
            fields.push(("lives_together", "1"));
        }
        let home = format!("/households/{}", case.household);
        self.get(who, &format!("{home}/ties/new")).await.is(200);
        self.must(who, &format!("{home}/ties"), &fields).await;
        self.recorded().await;
        let person = self.oracle.facts[first].record.clone();
        assert!(!person.is_empty(), "{}", self.place);
        if together {
            h.persons.push((person, first));
        }
        self.drawn(&case, first).await;
        self.count(if together { "kin at home" } else { "kin elsewhere" })
    }

    /// Somebody was called otherwise before: known to whoever knows what they are called.
    async fn former_name(&mut self, h: &mut History) -> bool {
        let Some((case, who)) = self.at_home(h) else { return false };
        let of = h.persons.iter().filter(|(_, n)| {
            let fact = &self.oracle.facts[*n];
            fact.household.as_ref() == Some(&case.household) && fact.desk == viewer(who).desk
        });
        let people: Vec<(String, usize)> = of.cloned().collect();
        let Some((person, n)) = self.chance.pick(&people) else { return false };
        let first = self.oracle.facts.len();
        let of = self.oracle.facts[n].clone();
        let marks = Marks { about: of.about.clone(), cats: cats(&["basic"]), sheet: of.sheet };
        let (name, reading) =
            (self.mark(Kind::Card, who, None, &marks), self.mark(Kind::Card, who, None, &marks));
        let path = format!("/persons/{person}");
        self.get(who, &path).await.is(200);
        let fields = [("former_name", name.as_str()), ("former_reading", reading.as_str())];
        self.must(who, &format!("{path}/names"), &fields).await;
        for fact in &mut self.oracle.facts[first..] {
            // It is a fact about the person, whoever added it.
            (fact.record, fact.household) = (person.clone(), of.household.clone());
            (fact.desk, fact.author) = (of.desk, of.author);
        }
        let v = self.chance.pick(&super::oracle::VIEWERS).unwrap();
        self.both_ways(first, v).await;
        h.former.push(first);
        if self.chance.one_in(3) {
            self.former_name_removed(h).await;
        }
        self.count("former name")
    }

    /// Somebody lived elsewhere before: known to whoever may know where they live now.
    async fn former_address(&mut self, h: &mut History) -> bool {
        let Some((case, who)) = self.at_home(h) else { return false };
        let of = h.persons.iter().filter(|(_, n)| {
            let fact = &self.oracle.facts[*n];
            fact.household.as_ref() == Some(&case.household) && fact.desk == viewer(who).desk
        });
        let people: Vec<(String, usize)> = of.cloned().collect();
        let Some((person, n)) = self.chance.pick(&people) else { return false };
        let path = format!("/persons/{person}");
        let page = self.get(who, &path).await;
        if page.status != 200 || !page.body.contains("id=\"addresses\"") {
            // Sheltered from the own desk.
            return false;
        }
        let first = self.oracle.facts.len();
        let of = self.oracle.facts[n].clone();
        let marks = Marks { about: of.about.clone(), cats: cats(&["basic", "contact"]), sheet: of.sheet };
        let address = self.mark(Kind::Card, who, None, &marks);
        self.must(who, &format!("{path}/addresses"), &[("lived_address", address.as_str())]).await;
        for fact in &mut self.oracle.facts[first..] {
            (fact.record, fact.household) = (person.clone(), of.household.clone());
            (fact.desk, fact.author) = (of.desk, of.author);
        }
        let v = self.chance.pick(&super::oracle::VIEWERS).unwrap();
        self.both_ways(first, v).await;
        self.count("former address")
    }

    /// A former name was wrong: nobody sees it any more.
    async fn former_name_removed(&mut self, h: &mut History) -> bool {
        let Some(first) = self.chance.pick(&h.former) else { return false };
        let fact = self.oracle.facts[first].clone();
        let Some(who) = self.worker(fact.desk, fact.household.as_ref()) else { return false };
        let path = format!("/persons/{}", fact.record);
        let page = self.get(who, &path).await;
        if page.status != 200 || !found(&page).contains(&first) {
            return false;
        }
        let mut rows = page.body.split("<li");
        let start = format!("action=\"{path}/names/");
        let row = rows.find(|r| r.contains(&super::oracle::marker(first)) && r.contains(&start));
        let Some(rest) = row.and_then(|r| r.split(&start).nth(1)) else { return false };
        let action = format!("{path}/names/{}", rest.split('"').next().unwrap());
        let command = page.form(&action).value("command");
        self.must(who, &action, &[("command", &command)]).await;
        h.former.retain(|n| *n != first);
        for fact in &mut self.oracle.facts[first..first + 2] {
            fact.record = String::new();
        }
        let v = self.chance.pick(&super::oracle::VIEWERS).unwrap();
        self.get(v.login, &path).await;
        self.get(who, &path).await;
        self.count("former name removed")
    }
}
