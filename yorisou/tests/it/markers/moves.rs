//! Moves that were said ahead: where to is known to whoever may know where they live now, stands on no paper, and is kept with a shelter.

use words::Day;

use super::acts::History;
use super::oracle::{Kind, VIEWERS, cats, marker, viewer};
use super::world::{Marks, World, found};

/// A move that lies ahead.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Who moves.
    person: String,
    /// The marker of where to.
    place: usize,
    /// When.
    on: Day,
}

impl World<'_> {
    /// Somebody will move; or a plan is changed, called off, or comes about.
    pub async fn planned_move(&mut self, h: &History) -> bool {
        let own = |p: &&Plan| h.persons.iter().any(|(person, _)| *person == p.person);
        let plans: Vec<Plan> = self.plans.iter().filter(own).cloned().collect();
        if let Some(plan) = self.chance.pick(&plans).filter(|_| self.chance.one_in(2)) {
            return self.end_plan(&plan).await;
        }
        if !self.write_plan(h).await {
            return false;
        }
        // What becomes of it: two draws that meet the same plan are rare.
        match (self.chance.below(3), self.plans.last().cloned()) {
            (0, _) => self.write_plan(h).await,
            (1, Some(plan)) => self.end_plan(&plan).await,
            _ => true,
        };
        true
    }

    async fn write_plan(&mut self, h: &History) -> bool {
        let Some((case, who)) = self.at_home(h) else { return false };
        let of = h.persons.iter().filter(|(_, n)| {
            let fact = &self.oracle.facts[*n];
            fact.household.as_ref() == Some(&case.household) && fact.desk == viewer(who).desk
        });
        let people: Vec<(String, usize)> = of.cloned().collect();
        let Some((person, n)) = self.chance.pick(&people) else { return false };
        let page = self.get(who, &format!("/persons/{person}")).await;
        if page.status != 200 || !page.body.contains("id=\"addresses\"") {
            // Sheltered from the own desk.
            return false;
        }
        let home = format!("/households/{}", case.household);
        let page = self.get(who, &home).await;
        if !page.body.contains(&format!("name=\"moved_who\" value=\"{person}\"")) {
            return false;
        }
        let place = self.oracle.facts.len();
        let of = self.oracle.facts[n].clone();
        let marks = Marks { about: of.about.clone(), cats: cats(&["basic", "contact"]), sheet: of.sheet };
        let address = self.mark(Kind::Card, who, None, &marks);
        let days = 1 + i64::try_from(self.chance.below(5)).unwrap();
        let on = self.today().plus_days(days);
        let day = on.to_string();
        let fields = [("moved", &*day), ("moved_address", &*address), ("moved_who", &*person)];
        self.must(who, &format!("{home}/moved"), &fields).await;
        let fact = &mut self.oracle.facts[place];
        (fact.record, fact.household) = (person.clone(), of.household.clone());
        (fact.desk, fact.author, fact.screen_only) = (of.desk, of.author, true);
        let before = self.plans.iter().position(|p| p.person == person);
        if let Some(before) = before.map(|at| self.plans.swap_remove(at)) {
            self.over(&before).await;
        }
        self.plans.push(Plan { person, place, on });
        let v = self.chance.pick(&VIEWERS).unwrap();
        self.get(v.login, &format!("/cases/{}/print", case.id)).await;
        self.both_ways(place, v).await;
        self.count(if before.is_some() { "plan changed" } else { "planned move" })
    }

    /// It is none any more: its own desk reads that it was one, and nobody else does.
    async fn over(&mut self, plan: &Plan) {
        self.oracle.facts[plan.place].void = true;
        let v = self.chance.pick(&VIEWERS).unwrap();
        self.both_ways(plan.place, v).await;
    }

    /// It is called off, written down as a move that has been, or its day comes.
    async fn end_plan(&mut self, plan: &Plan) -> bool {
        let fact = self.oracle.facts[plan.place].clone();
        let Some(home) = fact.household.clone() else { return false };
        let Some(who) = self.worker(fact.desk, Some(&home)).filter(|who| *who != "hase") else {
            return false;
        };
        let path = format!("/households/{home}");
        let page = self.get(who, &path).await;
        if page.status != 200 || !found(&page).contains(&plan.place) {
            return false;
        }
        let address = marker(plan.place);
        match self.chance.below(3) {
            0 => {
                let start = format!("action=\"{path}/moved/");
                let mut boxes = page.body.split("<div class=\"next\"");
                let own = boxes.find(|b| b.contains(&address) && b.contains(&start));
                let Some(rest) = own.and_then(|b| b.split(&start).nth(1)) else { return false };
                let off = format!("{path}/moved/{}", rest.split('"').next().unwrap());
                self.must(who, &off, &[]).await;
                self.plans.retain(|p| p.place != plan.place);
                self.over(plan).await;
                self.count("plan called off")
            }
            1 => {
                let today = self.today().to_string();
                let fields = [("moved", &*today), ("moved_address", &*address), ("moved_who", &*plan.person)];
                self.must(who, &format!("{path}/moved"), &fields).await;
                self.come_about(|p| p.place == plan.place).await
            }
            _ => {
                let days = self.today().days_until(plan.on);
                self.forward(days.max(0) * 24 * 60 * 60 * 1_000);
                let today = self.today();
                household::watch_moves(&self.app.engine, self.app.town.municipality).await.unwrap();
                self.come_about(|p| p.on <= today).await
            }
        }
    }

    /// They live there now: it is their address, on papers too.
    async fn come_about(&mut self, those: impl Fn(&Plan) -> bool) -> bool {
        let (moved, ahead): (Vec<Plan>, Vec<Plan>) =
            std::mem::take(&mut self.plans).into_iter().partition(those);
        self.plans = ahead;
        for plan in &moved {
            self.oracle.facts[plan.place].screen_only = false;
            self.moved.insert(plan.person.clone(), plan.place);
        }
        if let Some(plan) = self.chance.pick(&moved) {
            let v = self.chance.pick(&VIEWERS).unwrap();
            self.both_ways(plan.place, v).await;
        }
        self.count("plan come about")
    }
}
