//! What happens outside a case: connecting sheets, and texts that are put right.

use super::acts::{History, Sheet, Told, topical};
use super::oracle::{Consent, Kind, cats};
use super::world::{Marks, World, ticked};

impl World<'_> {
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
            ("given_by", "self"),
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
                    giver: None,
                    desk,
                    cats: share,
                    from: self.today(),
                    until: Some(super::oracle::heard_alone(self.today(), None)),
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
