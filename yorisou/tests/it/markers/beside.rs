//! What the desk in charge writes beside the record of another desk: what it has learnt of somebody, and whom it adds (decision 0045).

use super::acts::{Case, History};
use super::oracle::{ALL, Kind, VIEWERS, cats};
use super::world::{Marks, World, ticked};

impl World<'_> {
    /// The desk that answers for a case of another desk's household writes what it has learnt, or adds somebody.
    pub async fn beside(&mut self, h: &mut History) -> bool {
        let Some((case, who)) = self.in_charge(h) else { return false };
        if self.chance.one_in(2) { self.learnt(h, &case, who).await } else { self.added(h, &case, who).await }
    }

    /// Somebody of a desk that answers for a case of a household whose record another one began. 長谷 acts for another of two desks.
    fn in_charge(&mut self, h: &History) -> Option<(Case, &'static str)> {
        let case = self.chance.pick(&h.cases)?;
        let of = h.persons.iter().map(|(_, n)| &self.oracle.facts[*n]);
        let began = of.clone().find(|f| f.household.as_ref() == Some(&case.household))?.desk;
        if began == case.accountable || !["shakyo", "ikiiki", "hokubu"].contains(&case.accountable) {
            return None;
        }
        let who = self.worker(case.accountable, Some(&case.household))?;
        Some((case, who))
    }

    /// Another telephone of somebody, with words; or that was wrong.
    async fn learnt(&mut self, h: &History, case: &Case, who: &'static str) -> bool {
        let known = self.known(h, who, &case.household);
        let Some(person) = self.chance.pick(&known) else { return false };
        let form = format!("/persons/{person}/learnt");
        if self.get(who, &form).await.status != 200 {
            // Their own card, or their part has ended.
            return false;
        }
        let first = self.oracle.facts.len();
        let set = self.some_cats();
        let carries = if set == ALL { ALL } else { set | cats(&["contact"]) };
        let marks = Marks { about: Some(vec![person.clone()]), cats: carries, sheet: false };
        let (what, words) =
            (self.mark(Kind::Text, who, None, &marks), self.mark(Kind::Text, who, None, &marks));
        let mut fields = vec![("kind", "contact"), ("what", what.as_str()), ("words", words.as_str())];
        fields.extend(ticked("words_cat", set));
        self.must(who, &form, &fields).await;
        self.recorded().await;
        let record = self.oracle.facts[first].record.clone();
        assert!(!record.is_empty(), "{}", self.place);
        for page in [format!("/persons/{person}"), format!("/households/{}", case.household)] {
            let v = self.chance.pick(&VIEWERS).unwrap();
            self.get(v.login, &page).await;
        }
        let v = self.chance.pick(&VIEWERS).unwrap();
        self.both_ways(first, v).await;
        if self.chance.one_in(4) {
            let path = format!("/entries/{record}");
            self.get(who, &path).await.is(200);
            self.must(who, &format!("{path}/error"), &[]).await;
            for fact in &mut self.oracle.facts[first..first + 2] {
                fact.void = true;
            }
            self.both_ways(first, v).await;
            return self.count("learnt in error");
        }
        self.count("learnt")
    }

    /// Somebody more, as a record of the desk that adds them.
    async fn added(&mut self, h: &mut History, case: &Case, who: &'static str) -> bool {
        let home = format!("/households/{}", case.household);
        let page = self.get(who, &home).await;
        if page.status != 200 || !page.body.contains(&format!("action=\"{home}/members\"")) {
            return false;
        }
        let first = self.oracle.facts.len();
        let card = |set| Marks { about: Some(Vec::new()), cats: set, sheet: false };
        let name = self.mark(Kind::Card, who, None, &card(cats(&["basic"])));
        let wish = self.mark(Kind::Card, who, None, &card(cats(&["basic", "contact"])));
        let fields = [("name", name.as_str()), ("contact_wish", wish.as_str()), ("lives_together", "1")];
        self.must(who, &format!("{home}/members"), &fields).await;
        self.recorded().await;
        let person = self.oracle.facts[first].record.clone();
        assert!(!person.is_empty(), "{}", self.place);
        h.persons.push((person, first));
        let v = self.chance.pick(&VIEWERS).unwrap();
        for page in [home.clone(), format!("{home}/print"), format!("/cases/{}", case.id)] {
            self.get(v.login, &page).await;
        }
        self.both_ways(first, v).await;
        self.count("added beside")
    }
}
