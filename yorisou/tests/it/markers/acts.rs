//! What can happen in a history: each act through the forms, with a marker in every fact it writes.

use super::oracle::{self, Consent, Kind, Provision, cats, viewer};
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
    pub texts: Vec<Text>,
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

fn topical(topic: &str) -> &'static [&'static str] {
    TOPICS.iter().find(|(t, _)| *t == topic).unwrap().1
}

/// Where referrals go.
const DESKS: [&str; 4] = ["shakyo", "ikiiki", "hokubu", "suishin_soudan"];

impl World<'_> {
    fn topic(&mut self) -> &'static str {
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
    fn known(&self, h: &History, who: &'static str, household: &str) -> Vec<String> {
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
    fn marks(&mut self, h: &History, who: &'static str, household: &str) -> Marks {
        let mut about = self.known(h, who, household);
        about.retain(|_| self.chance.one_in(2));
        about.sort();
        Marks { about: (!about.is_empty()).then_some(about), cats: self.some_cats(), sheet: false }
    }

    fn count(&mut self, step: &'static str) -> bool {
        *self.counts.steps.entry(step).or_default() += 1;
        true
    }

    /// Takes the texts from marker `from` on into the history.
    fn texts(&mut self, h: &mut History, from: usize, case: Option<&str>) {
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
        fact.record = at.rsplit('/').next().unwrap().to_owned();
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

    fn somebody_of_a_case(&mut self, h: &History) -> Option<(usize, Case, &'static str)> {
        let i = self.chance.below(h.cases.len());
        let case = h.cases.get(i)?.clone();
        let desk = self.chance.pick(&case.desks)?;
        let who = self.worker(desk, Some(&case.household))?;
        Some((i, case, who))
    }

    /// A referral: with a consent, under an article, on what was consented before, or a preview only.
    pub async fn refer(&mut self, h: &mut History) -> bool {
        let Some((index, case, who)) = self.somebody_of_a_case(h) else { return false };
        let from = viewer(who).desk;
        let known = self.known(h, who, &case.household);
        let Some(person) = self.chance.pick(&known) else { return false };
        let others: Vec<&'static str> = DESKS.into_iter().filter(|d| *d != from).collect();
        let to = self.chance.pick(&others).unwrap();
        let kinds: &[&str] = if case.accountable == from {
            &["join", "hand_over", "hand_back"]
        } else {
            &["join", "information"]
        };
        let kind = self.chance.pick(kinds).unwrap();
        let basis = self
            .chance
            .pick(&["consent", "consent", "consent", "law", "law", "existing", "preview"])
            .unwrap();
        let share = self.shared_cats();
        let consenting: Vec<String> = if basis == "consent" {
            let mut all = known.clone();
            all.retain(|p| *p == person || self.chance.below(3) > 0);
            all
        } else {
            Vec::new()
        };
        let marks = self.summary(h, who, &case.household, (basis == "consent").then_some(&consenting), share);
        let first = self.oracle.facts.len();
        let trouble = self.mark(Kind::Text, who, None, &marks);
        let wish = self.mark(Kind::Text, who, None, &marks);
        let until = match self.chance.below(4) {
            0 => Some(self.today()),
            1 => Some(self.today().plus_days(1)),
            _ => None,
        };
        let texts: Vec<String> = h
            .texts
            .iter()
            .filter(|t| t.stands && t.case.as_deref() == Some(&case.id))
            .map(|t| &self.oracle.facts[t.first])
            .filter(|f| f.desk == from)
            .map(|f| f.record.clone())
            .collect();
        let mut along: Vec<String> = Vec::new();
        for text in texts {
            if self.chance.one_in(3) {
                along.push(text);
            }
        }
        let to_id = self.app.town.desk(to).to_string();
        let copy = self.chance.one_in(4).then(|| self.app.town.desk(others[0]).to_string());
        let path = format!("/cases/{}/refer", case.id);
        let page = self.get(who, &path).await;
        page.is(200);
        if self.article.is_empty() {
            let options =
                page.body.split("id=\"article\"").nth(1).unwrap().split("</select>").next().unwrap();
            self.article = options.split("value=\"").nth(2).unwrap().split('"').next().unwrap().to_owned();
        }
        let (article, last) = (self.article.clone(), until.map(|d| d.to_string()));
        let mut fields: Vec<(&str, &str)> = vec![
            ("kind", kind),
            ("to", &to_id),
            ("person", &person),
            ("need", "income"),
            ("urgency", "normal"),
            ("trouble", &trouble),
            ("wish", &wish),
            ("basis", basis),
            ("given_by", "self"),
            ("form", "oral"),
        ];
        fields.extend(consenting.iter().map(|p| ("consenting", p.as_str())));
        fields.extend(along.iter().map(|t| ("texts", t.as_str())));
        fields.extend(marks.about.iter().flatten().map(|p| ("summary_about", p.as_str())));
        if marks.cats != share {
            fields.extend(ticked("summary_cat", marks.cats));
        }
        let both_ways = basis == "consent" && self.chance.one_in(3);
        if both_ways {
            fields.push(("both_ways", "yes"));
        }
        if share == oracle::ALL {
            fields.extend(oracle::CATEGORIES.iter().map(|c| ("share_cat", *c)));
        } else {
            fields.extend(ticked("share_cat", share));
        }
        if basis == "law" {
            fields.push(("article", &article));
        }
        fields.extend(copy.as_ref().map(|c| ("copy", c.as_str())));
        fields.extend(last.as_ref().map(|d| ("until", d.as_str())));
        let at = self.must(who, &path, &fields).await;
        self.recorded().await;
        self.texts(h, first, Some(&case.id));
        match basis {
            "consent" => {
                let given = self.consents().await;
                assert_eq!(given.len(), consenting.len(), "{}", self.place);
                let desks = [to, from];
                for (desk, (id, person)) in desks
                    .iter()
                    .take(1 + usize::from(both_ways))
                    .flat_map(|d| given.iter().map(move |g| (*d, g.clone())))
                {
                    let consent = Consent {
                        id,
                        referral: Some(at.clone()),
                        case: Some(case.id.clone()),
                        person: person.clone(),
                        desk,
                        cats: share,
                        from: self.today(),
                        until,
                        effective: false,
                        withdrawn: false,
                    };
                    self.oracle.consents.entry(person).or_default().push(consent);
                }
            }
            "law" => {
                let summary = self.oracle.facts[first].record.clone();
                for record in along.into_iter().chain([summary, person]) {
                    self.provide(&at, record, to, None, share, false);
                }
            }
            _ => {}
        }
        let moves = kind.starts_with("hand");
        h.sent.push(Sent { path: at, case: index, from, to, moves, state: "sent" });
        self.count(basis)
    }

    /// Marks of a summary: with a consent, within it. Nothing ticked takes the categories that go along.
    fn summary(
        &mut self,
        h: &History,
        who: &'static str,
        household: &str,
        consenting: Option<&Vec<String>>,
        share: oracle::Cats,
    ) -> Marks {
        let mut marks = self.marks(h, who, household);
        if marks.cats == oracle::ALL {
            marks.cats = share;
        }
        let Some(consenting) = consenting else { return marks };
        if marks.cats & !share != 0 {
            marks.cats = if marks.cats & share == 0 { share } else { marks.cats & share };
        }
        let known = self.known(h, who, household);
        let within = marks.about.as_ref().unwrap_or(&known).iter().all(|p| consenting.contains(p));
        if !within {
            marks.about = Some(consenting.clone());
        }
        marks
    }

    fn provide(
        &mut self,
        act: &str,
        record: String,
        desk: &'static str,
        user: Option<&'static str>,
        set: oracle::Cats,
        effective: bool,
    ) {
        let provision = Provision { act: act.to_owned(), desk, user, cats: set, effective };
        self.oracle.provisions.entry(record).or_default().push(provision);
    }

    /// The receiver answers, or somebody takes the next step of a referral.
    pub async fn step(&mut self, h: &mut History) -> bool {
        let going: Vec<usize> = (0..h.sent.len()).filter(|i| h.sent[*i].state != "over").collect();
        let Some(i) = self.chance.pick(&going) else { return false };
        let sent = h.sent[i].clone();
        let case = h.cases[sent.case].clone();
        let step = match (sent.state, self.chance.below(12)) {
            ("sent", 0) => "refuse",
            ("sent", 1) => "withdraw",
            ("sent", 2) => "error",
            // A hand-over gives what its sender still holds.
            ("sent", _) if sent.moves && case.accountable != sent.from => "refuse",
            ("sent", _) => "accept",
            (_, 0) if !sent.moves => "error",
            (_, 1) if !sent.moves => "withdraw",
            ("accepted", 2..=5) => "start",
            _ => "complete",
        };
        let by_sender = matches!(step, "withdraw" | "error");
        let desk = if by_sender { sent.from } else { sent.to };
        let Some(who) = self.worker(desk, Some(&case.household)) else { return false };
        let first = self.oracle.facts.len();
        let mut fields: Vec<(&str, String)> = Vec::new();
        let reason = match step {
            "refuse" => "no_capacity",
            "withdraw" => "changed",
            "error" => "wrong_place",
            _ => "",
        };
        if !reason.is_empty() {
            fields.push(("reason", reason.into()));
        }
        let marks = self.marks(h, who, &case.household);
        let mut basis = "status_only";
        if step == "complete" {
            basis = self.chance.pick(&["status_only", "consent", "consent", "article", "article"]).unwrap();
            if basis == "consent" && !self.oracle.carried(sent.from, &case.household, &marks) {
                // Words nobody could read are not taken for told.
                self.get(who, &sent.path).await.is(200);
                let mut fields =
                    vec![("outcome", "supported"), ("basis", "consent"), ("words", "よくなりました")];
                fields.extend(ticked("words_cat", marks.cats));
                fields.extend(marks.about.iter().flatten().map(|p| ("words_about", p.as_str())));
                let page = self.post(who, &format!("{}/complete", sent.path), &fields).await;
                // 長谷 has two desks; which of them a consent names decides.
                assert!(
                    page.status == 422 || sent.from == "suishin_soudan",
                    "{} {}",
                    self.place,
                    page.text()
                );
                if page.status == 303 {
                    h.sent[i].state = "over";
                    return self.count("complete");
                }
                basis = "status_only";
            }
            if basis == "consent" && sent.from == "suishin_soudan" {
                basis = "status_only";
            }
            fields.extend([("outcome", "supported".into()), ("basis", basis.into())]);
            if basis == "article" {
                fields.push(("article", self.article.clone()));
            }
        }
        let words = match step {
            "complete" => basis != "status_only" && !(basis == "article" && self.article.is_empty()),
            "accept" | "refuse" => self.chance.one_in(2),
            _ => false,
        };
        if words {
            fields.push(("words", self.mark(Kind::Text, who, None, &marks)));
            fields.extend(ticked("words_cat", marks.cats).into_iter().map(|(f, c)| (f, c.to_owned())));
            fields.extend(marks.about.iter().flatten().map(|p| ("words_about", p.clone())));
        }
        self.get(who, &sent.path).await.is(200);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        self.must(who, &format!("{}/{step}", sent.path), &fields).await;
        self.recorded().await;
        self.texts(h, first, Some(&case.id));
        if words && step == "complete" && basis == "article" {
            let record = self.oracle.facts[first].record.clone();
            self.provide("feedback", record, sent.from, None, marks.cats, true);
        }
        h.sent[i].state = match step {
            "accept" => "accepted",
            "start" => "working",
            _ => "over",
        };
        match step {
            "accept" => {
                self.oracle.take_effect(&sent.path);
                let case = &mut h.cases[sent.case];
                if !case.desks.contains(&sent.to) {
                    case.desks.push(sent.to);
                }
                if sent.moves {
                    case.accountable = sent.to;
                }
            }
            "error" => self.oracle.end_act(&sent.path),
            _ => {}
        }
        self.count(step)
    }

    /// A consent is withdrawn: whoever it named sees no more than before.
    pub async fn withdraw(&mut self, h: &History) -> bool {
        let mut given: Vec<Consent> = self
            .oracle
            .consents
            .values()
            .flatten()
            .filter(|c| !c.withdrawn && h.cases.iter().any(|k| c.case.as_ref() == Some(&k.id)))
            .cloned()
            .collect();
        given.sort_by(|a, b| a.id.cmp(&b.id));
        let Some(consent) = self.chance.pick(&given) else { return false };
        let case = h.cases.iter().find(|k| consent.case.as_ref() == Some(&k.id)).unwrap();
        let Some(who) = self.worker(case.accountable, Some(&case.household)) else { return false };
        let reader = self.worker(consent.desk, None).unwrap();
        let pages = super::pages(h);
        let mut before = std::collections::BTreeSet::new();
        for page in pages.iter().take(8) {
            before.extend(super::world::found(&self.get(reader, page).await));
        }
        let path = format!("/cases/{}/consents/{}/withdraw", case.id, consent.id);
        self.get(who, &path).await.is(200);
        self.must(who, &path, &[("told_by", "self")]).await;
        for c in self.oracle.consents.get_mut(&consent.person).unwrap() {
            c.withdrawn |= c.id == consent.id;
        }
        for page in pages.iter().take(8) {
            let after = super::world::found(&self.get(reader, page).await);
            assert!(after.is_subset(&before), "{}: more after a withdrawal on {page}", self.place);
        }
        self.count("consent withdrawn")
    }

    /// Somebody is kept out of a case: of its household, from then on.
    pub async fn exclude(&mut self, h: &History) -> bool {
        let Some(case) = self.chance.pick(&h.cases) else { return false };
        // Only the accountable desk's lead may.
        let lead = "imai";
        if case.accountable != viewer(lead).desk || self.oracle.kept_out(lead, Some(&case.household)) {
            return false;
        }
        let near: Vec<&'static str> = ["kinoshita", "oda", "noguchi", "sano"]
            .into_iter()
            .filter(|w| !self.oracle.kept_out(w, Some(&case.household)))
            .collect();
        let Some(out) = self.chance.pick(&near) else { return false };
        let user = self.app.town.user(out).to_string();
        self.get(lead, &format!("/cases/{}/consents", case.id)).await.is(200);
        self.must(lead, &format!("/cases/{}/exclusions", case.id), &[("user", &user)]).await;
        self.oracle.excluded.insert((case.household.clone(), out));
        self.count("exclude")
    }

    /// A liaison writes a sheet: with the person's consent, or naming nobody whatever was typed.
    pub async fn sheet(&mut self, h: &mut History) -> bool {
        let (who, consented) = ("tsuji", !self.chance.one_in(3));
        let from = self.oracle.facts.len();
        let topic = self.topic();
        let share =
            self.shared_cats() & !cats(&["informant", "opinion", "plan", "support"]) | cats(&["household"]);
        let card = |set| Marks { about: Some(Vec::new()), cats: set, sheet: true };
        let name = self.mark(Kind::Card, who, None, &card(cats(&["basic"])));
        let wish = self.mark(Kind::Card, who, None, &card(cats(&["basic", "contact"])));
        let of_words =
            Marks { about: None, cats: cats(topical(topic)) | cats(&["basic", "household"]), sheet: true };
        let words = self.mark(Kind::Text, who, None, &of_words);
        let also = self.chance.pick(&["", "shakyo", "ikiiki"]).unwrap();
        let also_id = if also.is_empty() { String::new() } else { self.app.town.desk(also).to_string() };
        let mut fields = vec![
            ("urgency", "normal"),
            ("consent_form", "oral"),
            ("knows", if consented { "yes" } else { "not_yet" }),
            ("topics", topic),
            ("name", &name),
            ("contact_wish", &wish),
            ("words", &words),
        ];
        fields.extend(ticked("share", share));
        if consented && !also.is_empty() {
            fields.push(("also", &also_id));
        }
        self.get(who, "/sheets/new").await.is(200);
        let path = self.must(who, "/sheets", &fields).await;
        self.recorded().await;
        let person = self.oracle.facts[from].record.clone();
        assert_eq!(person.is_empty(), !consented, "{}: a name without consent", self.place);
        let household = self.oracle.facts[from].household.clone();
        if consented {
            h.persons.push((person.clone(), from));
            for (desk, id) in [("suishin_soudan", "provider"), (also, "also")] {
                if desk.is_empty() {
                    continue;
                }
                let consent = Consent {
                    id: id.to_owned(),
                    referral: None,
                    case: None,
                    person: person.clone(),
                    desk,
                    cats: share,
                    from: self.today(),
                    until: None,
                    effective: true,
                    withdrawn: false,
                };
                self.oracle.consents.entry(person.clone()).or_default().push(consent);
            }
            self.texts(h, from, None);
        }
        h.sheets.push(Sheet { path, household, topic, state: if consented { "sent" } else { "notice" } });
        self.count(if consented { "sheet" } else { "notice" })
    }

    /// The coordinator takes a sheet up, answers a notice, or tells the liaison what became of it.
    pub async fn take(&mut self, h: &mut History) -> bool {
        let open: Vec<usize> = (0..h.sheets.len()).filter(|i| h.sheets[*i].state != "over").collect();
        let Some(i) = self.chance.pick(&open) else { return false };
        let sheet = h.sheets[i].clone();
        let first = self.oracle.facts.len();
        let only = Marks { about: None, cats: cats(&["support"]), sheet: true };
        if sheet.state == "sent" {
            self.get("hase", &sheet.path).await.is(200);
            let path = self.must("hase", &format!("{}/take", sheet.path), &[]).await;
            h.told.push(Told {
                path,
                desk: "suishin_soudan",
                household: sheet.household,
                topic: sheet.topic,
                open: true,
            });
            h.sheets[i].state = "taken";
            return self.count("take");
        }
        let words = self.mark(Kind::Text, "hase", None, &only);
        if sheet.state == "notice" {
            self.get("hase", &sheet.path).await.is(200);
            let fields = [("outcome", "watching"), ("answer", words.as_str())];
            self.must("hase", &format!("{}/answer", sheet.path), &fields).await;
        } else {
            if self.article.is_empty() {
                self.oracle.facts.pop();
                return false;
            }
            let id = self.owed(sheet.path.rsplit('/').next().unwrap()).await;
            let article = self.article.clone();
            let fields = [
                ("outcome", "supported"),
                ("basis", "article"),
                ("article", article.as_str()),
                ("words", words.as_str()),
                ("words_cat", "support"),
            ];
            self.get("hase", &format!("/feedback/{id}")).await.is(200);
            self.must("hase", &format!("/feedback/{id}"), &fields).await;
        }
        self.recorded().await;
        self.texts(h, first, None);
        let record = self.oracle.facts[first].record.clone();
        self.provide("feedback", record, "jidokan", Some("tsuji"), cats(&["support"]), true);
        h.sheets[i].state = "over";
        self.count("told the liaison")
    }

    /// A text is corrected, or taken back as entered in error.
    pub async fn mend(&mut self, h: &mut History) -> bool {
        let mendable: Vec<usize> = (0..h.texts.len())
            .filter(|i| h.texts[*i].stands && self.oracle.facts[h.texts[*i].first].desk != "jidokan")
            .collect();
        let Some(i) = self.chance.pick(&mendable) else { return false };
        let (text, fact) = (h.texts[i].clone(), self.oracle.facts[h.texts[i].first].clone());
        let Some(who) = self.worker(fact.desk, fact.household.as_ref()) else { return false };
        let at = format!("/entries/{}", fact.record);
        let first = self.oracle.facts.len();
        self.get(who, &at).await.is(200);
        h.texts[i].stands = false;
        if self.chance.one_in(3) {
            self.must(who, &format!("{at}/error"), &[]).await;
            for f in self.oracle.facts.iter_mut().filter(|f| f.record == fact.record) {
                f.void = true;
            }
            return self.count("entered in error");
        }
        let known = self.known(h, who, fact.household.as_deref().unwrap_or_default());
        let mut marks = self.marks(h, who, fact.household.as_deref().unwrap_or_default());
        marks.sheet = fact.sheet;
        let body = format!("直した {}", self.mark(Kind::Text, who, None, &marks));
        let mut fields = vec![("body", body.as_str())];
        fields.extend(ticked("body_cat", marks.cats));
        fields.extend(marks.about.iter().flatten().map(|p| ("body_about", p.as_str())));
        self.must(who, &at, &fields).await;
        self.recorded().await;
        let unseen = fact.about.iter().flatten().filter(|p| !known.contains(p)).cloned();
        if let Some(about) = &mut self.oracle.facts[first].about {
            // Whom the writer may not name stays a subject.
            about.extend(unseen);
        }
        for f in self.oracle.facts.iter_mut().filter(|f| f.record == fact.record) {
            f.later = Some(first);
        }
        self.texts(h, first, text.case.as_deref());
        self.count("correct")
    }
}
