//! What can happen in a history: each act through the forms, with a marker in every fact it writes.
//!
//! Here what one desk does; [`super::refer`], [`super::steps`] and [`super::sheets`] have the rest.

use super::oracle::{Kind, cats, viewer};
use super::world::{Marks, World, ticked};

/// A consultation that was written.
#[derive(Debug, Clone)]
pub struct Told {
    pub path: String,
    pub desk: &'static str,
    pub household: Option<String>,
    pub topic: &'static str,
    pub open: bool,
}

/// A case.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: String,
    pub household: String,
    pub accountable: &'static str,
    /// The desks that have a part in it.
    pub desks: Vec<&'static str>,
}

/// A referral.
#[derive(Debug, Clone)]
pub struct Sent {
    pub path: String,
    pub case: usize,
    pub from: &'static str,
    pub to: &'static str,
    pub moves: bool,
    /// Whether acceptance tells anything anew: a hand-back does not.
    pub tells_anew: bool,
    pub state: &'static str,
}

/// A connecting sheet.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub path: String,
    pub household: Option<String>,
    pub topic: &'static str,
    pub state: &'static str,
}

/// A text.
#[derive(Debug, Clone)]
pub struct Text {
    pub first: usize,
    pub case: Option<String>,
    pub stands: bool,
}

/// Everything of one history.
#[derive(Debug, Default)]
pub struct History {
    pub told: Vec<Told>,
    pub cases: Vec<Case>,
    pub sent: Vec<Sent>,
    pub sheets: Vec<Sheet>,
    pub asked: Vec<super::inquire::Asked>,
    /// Matters that were opened in this history: which of the oracle's, and where.
    pub matters: Vec<(usize, String)>,
    /// Sessions with a matter on their agenda.
    pub sat: Vec<super::sit::Sat>,
    pub texts: Vec<Text>,
    /// Needs on boards.
    pub needs: Vec<super::casework::Need>,
    /// Ties to the outside that stand.
    pub ties: Vec<super::family::Tie>,
    /// The first marker of each former name.
    pub former: Vec<usize>,
    /// Further pages: hand-overs, reflections on their way to the library.
    pub others: Vec<String>,
    /// Urgent looks: the page for the desk that was told, who looked, at which household.
    pub looks: Vec<(String, &'static str, String)>,
    /// A name marker for each person.
    pub persons: Vec<(String, usize)>,
    /// Numbers of all markers of this history: from the first, to before the last.
    pub first: usize,
}

const TOPICS: [(&str, &[&str]); 3] = [
    ("income", &["money"]),
    ("illness_disability", &["health", "disability"]),
    ("community", &["household"]),
];

pub fn topical(topic: &str) -> &'static [&'static str] {
    TOPICS.iter().find(|(t, _)| *t == topic).unwrap().1
}

impl World<'_> {
    pub fn topic(&mut self) -> &'static str {
        self.chance.pick(&TOPICS).unwrap().0
    }

    /// Somebody of a desk who writes and is not kept out of the household.
    pub fn worker(&mut self, desk: &str, household: Option<&String>) -> Option<&'static str> {
        let of_desk: &[&'static str] = match desk {
            "shakyo" => &["kinoshita", "oda"],
            "ikiiki" => &["noguchi"],
            "hokubu" => &["sano"],
            _ => &["hase"],
        };
        let free: Vec<&'static str> =
            of_desk.iter().copied().filter(|w| !self.oracle.kept_out(w, household)).collect();
        self.chance.pick(&free)
    }

    /// The persons of a household whom this person knows.
    pub fn known(&self, h: &History, who: &'static str, household: &str) -> Vec<String> {
        let members = self.oracle.households.get(household).cloned().unwrap_or_default();
        members
            .into_iter()
            .filter(|id| {
                let name = h.persons.iter().find(|(p, _)| p == id).map(|(_, n)| *n);
                name.is_some_and(|n| self.oracle.why(viewer(who), n).is_some())
            })
            .collect()
    }

    /// Random marks about persons this writer knows.
    pub fn marks(&mut self, h: &History, who: &'static str, household: &str) -> Marks {
        let mut about = self.known(h, who, household);
        about.retain(|_| self.chance.one_in(2));
        about.sort();
        Marks { about: (!about.is_empty()).then_some(about), cats: self.some_cats(), sheet: false }
    }

    pub fn count(&mut self, step: &'static str) -> bool {
        *self.counts.steps.entry(step).or_default() += 1;
        true
    }

    /// Takes the texts from marker `from` on into the history.
    pub fn texts(&mut self, h: &mut History, from: usize, case: Option<&str>) {
        for n in from..self.oracle.facts.len() {
            let fact = &self.oracle.facts[n];
            let known = h.texts.iter().any(|t| self.oracle.facts[t.first].record == fact.record);
            if fact.kind == Kind::Text && !fact.record.is_empty() && !known {
                h.texts.push(Text { first: n, case: case.map(str::to_owned), stands: true });
            }
        }
    }

    /// A consultation.
    pub async fn tell(&mut self, h: &mut History) -> bool {
        let who = self.chance.pick(&["kinoshita", "oda", "noguchi", "sano", "hase"]).unwrap();
        let from = self.oracle.facts.len();
        let topic = self.topic();
        let anonymous = self.chance.one_in(9);
        let route = self.chance.pick(&["self", "family", "neighbour"]).unwrap();
        let mut fields: Vec<(&str, String)> =
            vec![("channel", "counter".into()), ("route", route.into()), ("urgency", "normal".into())];
        fields.extend([("occurred", self.today().to_string()), ("topics", topic.into())]);
        let mut facts = cats(topical(topic)) | cats(&["basic"]);
        facts |= match route {
            "family" => cats(&["household"]),
            "neighbour" => cats(&["informant"]),
            _ => 0,
        };
        let mut named = Vec::new();
        let mut member = false;
        if !anonymous {
            let card = |set| Marks { about: Some(Vec::new()), cats: set, sheet: false };
            let (basic, contact) = (cats(&["basic"]), cats(&["basic", "contact"]));
            named.push(self.oracle.facts.len());
            fields.push(("name", self.mark(Kind::Card, who, None, &card(basic))));
            fields.push(("alias", self.mark(Kind::Card, who, None, &card(basic))));
            fields.push(("address", self.mark(Kind::Card, who, None, &card(contact))));
            fields.push(("contact_wish", self.mark(Kind::Card, who, None, &card(contact))));
            member = self.chance.one_in(2);
            if member {
                named.push(self.oracle.facts.len());
                fields.push(("m1_name", self.mark(Kind::Card, who, None, &card(basic))));
            }
        }
        let came = self.oracle.facts.len();
        let of_facts = Marks { about: Some(Vec::new()), cats: facts, sheet: false };
        fields.push(("came_as", self.mark(Kind::Consultation, who, None, &of_facts)));
        // Which texts are about whom: known by number until everybody has an id.
        let mut abouts = Vec::new();
        for (name, about_field, cat_field) in [
            ("words", "words_about", "words_cat"),
            ("facts", "facts_about", "facts_cat"),
            ("possibilities", "possibilities_about", "possibilities_cat"),
            ("consideration", "consideration_about", "consideration_cat"),
        ] {
            if name != "words" && self.chance.one_in(2) {
                continue;
            }
            let marks = Marks::whole(self.some_cats());
            abouts.push((self.oracle.facts.len(), Vec::new()));
            fields.push((name, format!("しるし {}", self.mark(Kind::Text, who, None, &marks))));
            fields.extend(ticked(cat_field, marks.cats).into_iter().map(|(f, c)| (f, c.to_owned())));
            let about = &mut abouts.last_mut().unwrap().1;
            if !anonymous && self.chance.one_in(2) {
                fields.push((about_field, "self".into()));
                about.push(0);
            }
            if member && self.chance.one_in(3) {
                fields.push((about_field, "m1".into()));
                about.push(1);
            }
        }
        self.get(who, "/consultations/new").await.is(200);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let at = self.must(who, "/consultations", &fields).await;
        self.recorded().await;
        let persons: Vec<String> = named.iter().map(|n| self.oracle.facts[*n].record.clone()).collect();
        h.persons.extend(persons.iter().cloned().zip(named.iter().copied()));
        let household = named.first().and_then(|n| self.oracle.facts[*n].household.clone());
        let fact = &mut self.oracle.facts[came];
        fact.record = at.rsplit('/').next().unwrap().into();
        fact.household.clone_from(&household);
        fact.about = Some(persons.iter().take(1).cloned().collect());
        for (n, about) in abouts {
            if !about.is_empty() {
                self.oracle.facts[n].about =
                    Some(about.into_iter().map(|i: usize| persons[i].clone()).collect());
            }
        }
        self.texts(h, from, None);
        h.told.push(Told { path: at, desk: viewer(who).desk, household, topic, open: true });
        self.count("tell")
    }

    /// A consultation is decided on: a case with a promise, information, or passing on.
    pub async fn decide(&mut self, h: &mut History, case: bool) -> bool {
        let open: Vec<usize> = (0..h.told.len()).filter(|i| h.told[*i].open).collect();
        let Some(i) = self.chance.pick(&open) else { return false };
        let told = h.told[i].clone();
        let Some(who) = self.worker(told.desk, told.household.as_ref()) else { return false };
        let from = self.oracle.facts.len();
        let support = Marks::whole(cats(topical(told.topic)) | cats(&["support"]));
        let way = match (&told.household, case, self.chance.below(4)) {
            (None, ..) | (_, false, 0) => "information_given",
            (_, _, 1) => "pass_on",
            _ => "own_support",
        };
        let due = self.today().plus_days(9).to_string();
        let mut fields = vec![("disposition", way.to_owned())];
        if way == "information_given" || self.chance.one_in(2) {
            fields.push(("told", self.mark(Kind::Text, who, None, &support)));
        }
        if way == "own_support" {
            fields.push(("promise", self.mark(Kind::Text, who, None, &support)));
            fields.push(("due", due));
        }
        self.get(who, &told.path).await.is(200);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let to = self.must(who, &format!("{}/dispose", told.path), &fields).await;
        self.recorded().await;
        h.told[i].open = false;
        if way == "information_given" {
            self.texts(h, from, None);
            return self.count("information");
        }
        let id = to.split('/').nth(2).unwrap().to_owned();
        self.texts(h, from, Some(&id));
        for text in &mut h.texts {
            // The texts of the consultation go into the case with it.
            let fact = &self.oracle.facts[text.first];
            if text.case.is_none() && fact.household == told.household && fact.desk == told.desk {
                text.case = Some(id.clone());
            }
        }
        let household = told.household.unwrap();
        self.case_homes.insert(id.clone(), household.clone());
        h.cases.push(Case { id, household, accountable: told.desk, desks: vec![told.desk] });
        self.count("case")
    }

    /// A desk of the case writes down what happened.
    pub async fn support(&mut self, h: &mut History) -> bool {
        let Some((_, case, who)) = self.somebody_of_a_case(h) else { return false };
        let from = self.oracle.facts.len();
        let marks = self.marks(h, who, &case.household);
        let (day, due) = (self.today().plus_days(-1).to_string(), self.today().plus_days(5).to_string());
        let body = format!("経過 {}", self.mark(Kind::Text, who, None, &marks));
        let promise = self.chance.one_in(3).then(|| self.mark(Kind::Text, who, None, &marks));
        let mut fields = vec![("form", "visit"), ("occurred", day.as_str()), ("body", body.as_str())];
        fields.extend(ticked("body_cat", marks.cats));
        fields.extend(marks.about.iter().flatten().map(|p| ("body_about", p.as_str())));
        if let Some(words) = &promise {
            fields.extend([("promise", words.as_str()), ("due", due.as_str())]);
        }
        let at = format!("/cases/{}/entries", case.id);
        self.get(who, &at).await.is(200);
        self.must(who, &at, &fields).await;
        self.recorded().await;
        self.texts(h, from, Some(&case.id));
        self.count("support")
    }

    pub fn somebody_of_a_case(&mut self, h: &History) -> Option<(usize, Case, &'static str)> {
        let i = self.chance.below(h.cases.len());
        let case = h.cases.get(i)?.clone();
        let desk = self.chance.pick(&case.desks)?;
        let who = self.worker(desk, Some(&case.household))?;
        Some((i, case, who))
    }
}
