//! Urgent looks and sheltered persons: what opens for a while, and what stays closed whatever opens.

use super::acts::History;
use super::oracle::{Kind, Urgent, cats, viewer};
use super::world::World;

/// Minutes a look lasts in these towns: as long as a session.
pub const LASTS: i64 = 60;

impl World<'_> {
    /// Somebody of another desk looks for a person by name and address: sometimes wrongly, sometimes in vain.
    pub async fn look_urgently(&mut self, h: &mut History) -> bool {
        let Some(case) = self.chance.pick(&h.cases) else { return false };
        // A card is written down as name, alias, address; one that came with a sheet has no address.
        let address = |facts: &[super::oracle::Fact], n: usize| {
            let fact = facts.get(n + 2)?;
            let there = fact.kind == Kind::Card && fact.record == facts[n].record;
            (there && fact.cats == cats(&["basic", "contact"])).then_some(n + 2)
        };
        let people: Vec<(usize, usize)> = h
            .persons
            .iter()
            .filter(|(_, n)| self.oracle.facts[*n].household.as_ref() == Some(&case.household))
            .filter_map(|(p, n)| {
                let written = address(&self.oracle.facts, *n)?;
                Some((*n, self.moved.get(p).copied().unwrap_or(written)))
            })
            .collect();
        let Some((name, at)) = self.chance.pick(&people) else { return false };
        let lives = super::oracle::marker(at);
        // An address has a number; this one is sought, not typed by somebody who knows.
        if !lives.contains(|c: char| c.is_ascii_digit()) {
            return false;
        }
        let desk = self.oracle.facts[name].desk;
        let others: Vec<&'static str> = ["kinoshita", "noguchi", "sano", "hase"]
            .into_iter()
            .filter(|who| viewer(who).desk != desk)
            .collect();
        let who = self.chance.pick(&others).unwrap();
        let wrong = self.chance.one_in(4);
        let hidden = self.oracle.kept_out(who, Some(&case.household))
            || self.oracle.address_kept(viewer(who), &case.household);
        self.get(who, "/urgent").await.is(200);
        let ask = self.must(who, "/urgent", &[("reason", "life"), ("words", "返事がない")]).await;
        self.get(who, &ask).await.is(200);
        let called = if wrong { "だれもいない".to_owned() } else { super::oracle::marker(name) };
        let path = format!("{ask}/find");
        let answer = self.try_post(who, &path, &[("name", &called), ("address", &lives)]).await;
        if wrong || hidden {
            assert_eq!(
                answer.status,
                422,
                "{}: {who} finds what is not for them\n{}",
                self.place,
                answer.text()
            );
            assert!(answer.text().contains("見られる記録はありませんでした"), "{}", self.place);
            self.get(who, &ask).await.is(200);
            return self.count(if wrong { "looked in vain" } else { "looked for what is kept" });
        }
        assert_eq!(answer.status, 303, "{}: {who} {}", self.place, answer.text());
        let page = self.get(who, &ask).await;
        let path = page.form("/end").action.trim_end_matches("/end").to_owned();
        let until = self.app.engine.now().plus_minutes(LASTS).millis();
        self.oracle.urgent.push(Urgent { household: case.household.clone(), login: who, until });
        h.looks.push((path.clone(), who, case.household.clone()));
        // The owner is told, with nothing in it that is not for them; the auditor sees the review.
        if let Some(owner) = self.worker(desk, Some(&case.household)) {
            self.get(owner, &path).await.is(200);
        }
        self.get("mori", &path.replace("/urgent/looks/", "/audit/urgent/")).await.is(200);
        let own = format!("/cases/{}", case.id);
        self.get(who, &own).await.is(200);
        self.get(who, &format!("{own}/entries")).await.is(200);
        self.get(who, &format!("/households/{}", case.household)).await.is(200);
        self.count("look urgently")
    }

    /// A look is over: by itself, at the very moment, or because its looker says so.
    pub async fn look_over(&mut self, h: &History) -> bool {
        let now = self.app.engine.now().millis();
        let running: Vec<(String, &'static str, String)> =
            h.looks.iter().filter(|(_, who, household)| self.oracle.looks(who, household)).cloned().collect();
        let Some((path, who, household)) = self.chance.pick(&running) else { return false };
        if self.chance.one_in(2) {
            self.get(who, "/urgent").await.is(200);
            self.must(who, &format!("{path}/end"), &[]).await;
            self.oracle.end_looks(who, &household);
            return self.count("look ended");
        }
        let until = self.oracle.urgent.iter().filter(|u| u.login == who && u.household == household);
        let until = until.map(|u| u.until).max().unwrap_or(now);
        self.forward(until - now - 1);
        assert!(self.oracle.looks(who, &household));
        self.glances(h, who).await;
        self.forward(1);
        assert!(!self.oracle.looks(who, &household));
        self.glances(h, who).await;
        self.count("look over by itself")
    }

    /// The pages of a history, as one person sees them now: the eye is on every byte.
    async fn glances(&mut self, h: &History, who: &'static str) {
        for page in super::pages(h).into_iter().take(6) {
            self.get(who, &page).await;
        }
    }

    /// Where somebody lives is kept from now on: known to the own desk, perhaps to another.
    pub async fn shelter(&mut self, h: &History) -> bool {
        let people: Vec<(String, usize)> =
            h.persons.iter().filter(|(p, _)| !self.oracle.sheltered.contains_key(p)).cloned().collect();
        let Some((person, n)) = self.chance.pick(&people) else { return false };
        let fact = self.oracle.facts[n].clone();
        // 長谷 acts for another of two desks than the one that recorded them.
        let worker = self.worker(fact.desk, fact.household.as_ref()).filter(|who| *who != "hase");
        let Some(who) = worker else { return false };
        let mut desks = vec![viewer(who).desk];
        if self.chance.one_in(3) {
            desks.extend(self.chance.pick(&["shakyo", "ikiiki", "hokubu"]).filter(|d| *d != desks[0]));
        }
        let path = format!("/persons/{person}");
        let page = self.get(who, &path).await;
        if page.status != 200 || !page.body.contains(&format!("{path}/shelter")) {
            return false;
        }
        let ids: Vec<String> = desks.iter().map(|d| self.app.town.desk(d).to_string()).collect();
        let review = self.today().plus_days(300).to_string();
        let mut fields = vec![("shelter_reason", "dv"), ("shelter_review", review.as_str())];
        fields.extend(ids.iter().map(|id| ("shelter_desk", id.as_str())));
        self.must(who, &format!("{path}/shelter"), &fields).await;
        self.oracle.sheltered.insert(person, desks);
        self.count("shelter")
    }
}
