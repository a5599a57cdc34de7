//! Questions into the dark and who may speak for whom: a request for contact, a guardian set aside, a consent carried over to
//! the desk that follows.

use access::{Right, System};
use engine::args;
use register::Span;
use words::id::{DeskId, ThingId};

use super::acts::History;
use super::oracle::{Consent, Kind, VIEWERS, cats, viewer};
use super::world::{Marks, World, found};

impl World<'_> {
    /// One of them.
    pub async fn approach(&mut self, h: &mut History) -> bool {
        match self.chance.below(3) {
            0 => {
                // Somebody must have spoken for somebody first.
                let of = h.cases.iter().filter(|c| c.accountable == "shakyo");
                let cases: Vec<super::acts::Case> = of.cloned().collect();
                let Some(case) = self.chance.pick(&cases) else { return false };
                for _ in 0..3 {
                    self.forward(1_000);
                    self.consent_in(h, case.clone(), true).await;
                }
                self.set_aside(h).await
            }
            1 => self.carry_over(h).await,
            _ => self.seek_contact(h).await,
        }
    }

    /// 「連絡をください」: whoever asks learns nothing, whatever there is; the desk that supports the person reads how to reach them.
    async fn seek_contact(&mut self, h: &mut History) -> bool {
        let who = self.chance.pick(&["kinoshita", "noguchi", "sano", "hase"]).unwrap();
        let of = h.persons.iter().filter(|(_, n)| {
            let there = self.oracle.facts.get(*n + 2);
            there.is_some_and(|f| {
                f.kind == Kind::Card
                    && f.record == self.oracle.facts[*n].record
                    && f.cats == cats(&["basic", "contact"])
            })
        });
        let people: Vec<(String, usize)> = of.cloned().collect();
        let Some((person, n)) = self.chance.pick(&people) else { return false };
        let (called, lives) = (super::oracle::marker(n), super::oracle::marker(n + 2));
        if !lives.contains(|c: char| c.is_ascii_digit()) {
            return false;
        }
        let first = self.oracle.facts.len();
        let reach = self.mark(Kind::Contact, who, None, &Marks::whole(0));
        let fields = [
            ("name", called.as_str()),
            ("address", lives.as_str()),
            ("about", "worried"),
            ("reach", reach.as_str()),
        ];
        self.get(who, "/contacts/new").await.is(200);
        let to = self.must(who, "/contacts/new", &fields).await;
        assert_eq!(to, "/contacts/sent", "{}", self.place);
        let answer = self.get(who, "/contacts/sent").await;
        assert!(found(&answer).is_empty(), "{}: the answer tells something", self.place);
        let Some((target, desk)) = self.asked_of(&person).await else {
            return self.count("contact sought in vain");
        };
        let desk = *super::DESKS.iter().find(|d| self.app.town.desk(d) == desk).unwrap_or(&"jidokan");
        let desk = if desk == "suishin" { "suishin_soudan" } else { desk };
        let household = self.oracle.facts[n].household.clone();
        let fact = &mut self.oracle.facts[first];
        (fact.record, fact.desk, fact.author, fact.household) = (target, desk, "", household);
        for v in VIEWERS {
            self.both_ways(first, v).await;
        }
        self.count("contact sought")
    }

    /// What the last request asked of which desk.
    async fn asked_of(&self, person: &str) -> Option<(String, DeskId)> {
        let m = self.app.town.municipality;
        let person: ThingId = person.parse().unwrap();
        let from: ThingId = self.begins_now();
        let begun =
            self.app.engine.system_act(System::Console, m, engine::Origin::Console, "markers.look", &m).await;
        let mut act = begun.unwrap();
        let sql = "SELECT id, desk_id FROM contact_target WHERE municipality_id = $1 AND person_id = $2 AND id >= $3";
        let row = act.facts().unwrap().maybe(sql, args![m, person, from]).await.unwrap()?;
        Some((row.get::<ThingId>("id").unwrap().to_string(), row.get("desk_id").unwrap()))
    }

    /// Whoever speaks for a person is set aside, or speaks for them again.
    pub async fn set_aside(&mut self, h: &History) -> bool {
        let given: Vec<(String, String, String)> = h
            .cases
            .iter()
            .filter(|c| c.accountable == "shakyo" && !self.oracle.kept_out("imai", Some(&c.household)))
            .flat_map(|c| {
                let all = self.oracle.consents.values().flatten();
                let spoken = all.filter(|k| k.case.as_deref() == Some(&c.id));
                spoken.filter_map(|k| Some((c.id.clone(), k.person.clone(), k.giver.clone()?)))
            })
            .collect();
        let mut given: Vec<(String, String, String)> = given.into_iter().collect();
        given.sort();
        given.dedup();
        let Some((case, person, giver)) = self.chance.pick(&given) else { return false };
        let household = h.cases.iter().find(|c| c.id == case).unwrap().household.clone();
        let known = self.known(h, "imai", &household);
        if !known.contains(&person) || !known.contains(&giver) {
            return false;
        }
        let at = format!("/cases/{case}/set-aside");
        let page = self.get("imai", &at).await;
        page.is(200);
        let over = self.oracle.aside.contains(&(person.clone(), giver.clone()));
        if over {
            let forms = page.forms();
            let mut of = forms.iter().filter(|f| f.action.ends_with("/end") && f.value("person") == person);
            let Some(form) = of.next_back() else { return false };
            if of_person(&self.oracle.aside, &person) != 1 {
                return false;
            }
            let (aside, command) = (form.value("aside"), form.value("command"));
            let fields = [("aside", aside.as_str()), ("person", &person), ("command", &command)];
            self.must("imai", &format!("{at}/end"), &fields).await;
            self.oracle.aside.remove(&(person, giver));
            return self.count("guardian again");
        }
        let fields = [
            ("person", person.as_str()),
            ("guardian", giver.as_str()),
            ("reason", "abuse"),
            ("article", "child_abuse_6"),
        ];
        self.must("imai", &at, &fields).await;
        self.oracle.aside.insert((person.clone(), giver));
        // From that moment: whoever read by it.
        for v in VIEWERS {
            self.get(v.login, &format!("/persons/{person}")).await;
        }
        self.count("guardian set aside")
    }

    /// A consent names a desk that is gone: whoever follows it sees nothing until the person was asked.
    async fn carry_over(&mut self, h: &mut History) -> bool {
        let Some((_, case, _)) = self.somebody_of_a_case(h) else { return false };
        let Some(who) = self.worker(case.accountable, Some(&case.household)) else { return false };
        let known = self.known(h, who, &case.household);
        let Some(person) = self.chance.pick(&known) else { return false };
        let share = self.shared_cats() & !cats(&["informant"]);
        if share == 0 || case.accountable == "suishin_soudan" {
            return false;
        }
        let heirs: Vec<&'static str> =
            ["shakyo", "ikiiki", "hokubu"].into_iter().filter(|d| *d != case.accountable).collect();
        let heir = self.chance.pick(&heirs).unwrap();
        let gone = self.passing_desk().await;
        let mut fields = vec![
            ("do", "give".to_owned()),
            ("person", person.clone()),
            ("given_by", "self".to_owned()),
            ("form", "signed".to_owned()),
            ("purpose", "support".to_owned()),
            ("from", self.today().to_string()),
            ("to_desk", gone.to_string()),
        ];
        fields.extend(super::world::ticked("share_cat", share).into_iter().map(|(f, c)| (f, c.to_owned())));
        let path = format!("/cases/{}/consents/new", case.id);
        self.get(who, &path).await.is(200);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let at = self.must(who, &path, &fields).await;
        let id = at.rsplit('/').next().unwrap().to_owned();
        self.desk_ends(gone, heir).await;
        let reader = self.worker(heir, Some(&case.household));
        let card = format!("/persons/{person}");
        if let Some(reader) = reader {
            // Nothing passes by itself.
            self.get(reader, &card).await;
            self.get(reader, &format!("/cases/{}", case.id)).await;
            self.get(reader, "/consents/ended").await;
        }
        if self.chance.one_in(3) {
            return self.count("consent to a desk that is gone");
        }
        self.forward(1_000);
        let carry = format!("{at}/carry");
        let page = self.get(who, &carry).await;
        page.is(200);
        let next = page.body.split("name=\"successor\" value=\"").nth(1).unwrap();
        let next = next.split('"').next().unwrap().to_owned();
        let day = self.today().to_string();
        let told =
            [("given_by", "self"), ("form", "signed"), ("successor", &next), ("confirmed_on", day.as_str())];
        let new = self.must(who, &carry, &told).await;
        assert_ne!(new, at);
        let consent = Consent {
            id: new.rsplit('/').next().unwrap().to_owned(),
            referral: None,
            case: Some(case.id.clone()),
            person: person.clone(),
            giver: None,
            desk: heir,
            cats: share,
            from: self.today(),
            until: None,
            effective: true,
            withdrawn: false,
        };
        assert_ne!(consent.id, id);
        self.oracle.consents.entry(person.clone()).or_default().push(consent);
        if let Some((_, n)) = h.persons.iter().find(|(p, _)| *p == person) {
            let n = *n;
            if let Some(who) = reader {
                self.both_ways(n, viewer(who)).await;
            }
        }
        self.count("consent carried over")
    }

    /// A desk that nobody sits at, of an agency of its own.
    async fn passing_desk(&self) -> DeskId {
        let m = self.app.town.municipality;
        let right = Right::system(System::Import);
        let from = self.today().plus_days(-100);
        let name = format!("なくなる窓口{}", self.app.engine.now().millis());
        let begun =
            self.app.engine.system_act(System::Import, m, engine::Origin::File, "markers.desk", &name).await;
        let mut act = begun.unwrap();
        let entity = register::acts::add_legal_entity(&mut act, &right, &name, register::EntityKind::Mayor);
        let entity = entity.await.unwrap();
        let new = register::NewAgency::new(name.as_str(), entity, from);
        let agency = register::acts::add_agency(&mut act, &right, &new).await.unwrap();
        let programme = "comprehensive_consultation";
        let desk = register::acts::add_desk(&mut act, &right, agency, programme, None, from, None).await;
        let desk = desk.unwrap();
        // Somebody once sat there: it is a desk that can sign in.
        let post =
            register::acts::add_post(&mut act, &right, desk, access::Role::Caseworker, "").await.unwrap();
        let span = Span { from, to: Some(from.plus_days(1)) };
        let user = self.app.town.user("kanri");
        register::acts::appoint(&mut act, &right, user, post, None, span, "").await.unwrap();
        act.commit("").await.unwrap();
        desk
    }

    async fn desk_ends(&self, desk: DeskId, heir: &str) {
        let m = self.app.town.municipality;
        let right = Right::system(System::Import);
        let last = self.today().plus_days(-1);
        let heir = self.app.town.desk(heir);
        let begun = self
            .app
            .engine
            .system_act(System::Import, m, engine::Origin::File, "markers.desk_ends", &(desk, heir))
            .await;
        let mut act = begun.unwrap();
        register::acts::end_desk(&mut act, &right, desk, last, heir).await.unwrap();
        act.commit("").await.unwrap();
    }
}

fn of_person(aside: &std::collections::BTreeSet<(String, String)>, person: &str) -> usize {
    aside.iter().filter(|(p, _)| p == person).count()
}
