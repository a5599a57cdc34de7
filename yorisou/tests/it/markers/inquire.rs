//! Inquiries: asked with a consent or under an article, answered, refused, raised, withdrawn, taken back.

use super::acts::History;
use super::oracle::{Consent, Kind, cats, viewer};
use super::world::{Marks, World, ticked};

/// Where inquiries go.
const DESKS: [&str; 4] = ["shakyo", "ikiiki", "hokubu", "suishin_soudan"];

/// An inquiry that was sent.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    pub case: usize,
    pub household: String,
    pub from: &'static str,
    /// Who asked.
    pub by: &'static str,
    /// Raised, and no matter opened of it yet.
    pub raised: bool,
    pub to: &'static str,
    /// About whom.
    pub person: String,
    /// The markers of why it is asked and of the questions.
    pub texts: [usize; 2],
    /// The answers' entries.
    pub answers: Vec<String>,
    pub over: bool,
}

impl World<'_> {
    /// Somebody asks another desk.
    pub async fn ask(&mut self, h: &mut History) -> bool {
        let Some((index, case, who)) = self.somebody_of_a_case(h) else { return false };
        let from = viewer(who).desk;
        let known = self.known(h, who, &case.household);
        let Some(person) = self.chance.pick(&known) else { return false };
        let others: Vec<&'static str> = DESKS.into_iter().filter(|d| *d != from).collect();
        let to = self.chance.pick(&others).unwrap();
        let by_consent = self.chance.one_in(2);
        // Nobody asks about who informed: the request on paper could not carry it.
        let mut share = (self.shared_cats() | cats(&["basic"])) & !cats(&["informant"]);
        if !self.oracle.sheltered.is_empty() {
            // Where somebody's home is kept, words marked as being about it do not arrive, and are not sent.
            share &= !cats(&["contact"]);
        }
        let marks = Marks { about: Some(vec![person.clone()]), cats: share, sheet: false };
        let first = self.oracle.facts.len();
        let lead = format!("前文 {}", self.mark(Kind::Text, who, None, &marks));
        let questions = format!("いつから {}\nだれと", self.mark(Kind::Text, who, None, &marks));
        let to_id = self.app.town.desk(to).to_string();
        let mut fields: Vec<(&str, &str)> = vec![
            ("to", &to_id),
            ("person", &person),
            ("purpose", "assessment"),
            ("lead", &lead),
            ("questions", &questions),
            ("given_by", "self"),
            ("form", "oral"),
            // Meant, also beside another one to the same desk.
            ("again", "yes"),
        ];
        fields.extend(if by_consent {
            [("basis", "consent"), ("article", "")]
        } else {
            [("basis", "law"), ("article", "pipa_69_2_2")]
        });
        fields.extend(
            super::oracle::CATEGORIES.iter().filter(|c| share & cats(&[c]) != 0).map(|c| ("share_cat", *c)),
        );
        self.get(who, &format!("/inquiries/new?about={}", case.id)).await.is(200);
        let path = self.must(who, "/inquiries/new", &fields).await;
        self.recorded().await;
        self.texts(h, first, Some(&case.id));
        if by_consent {
            let given = self.consents().await;
            assert_eq!(given.len(), 1, "{}", self.place);
            for desk in [to, from] {
                let consent = Consent {
                    id: given[0].0.clone(),
                    referral: Some(path.clone()),
                    case: Some(case.id.clone()),
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
        } else {
            let texts = [first, first + 1].map(|n| self.oracle.facts[n].record.clone());
            for record in texts.into_iter().chain([person.clone()]) {
                self.provide(&path, record, to, None, share, true);
            }
        }
        let household = case.household.clone();
        h.asked.push(Asked {
            path,
            case: index,
            household,
            from,
            by: who,
            raised: false,
            to,
            person,
            texts: [first, first + 1],
            answers: Vec::new(),
            over: false,
        });
        self.count("ask")
    }

    /// The next step of an inquiry.
    pub async fn inquiry_step(&mut self, h: &mut History) -> bool {
        let going: Vec<usize> = (0..h.asked.len()).filter(|i| !h.asked[*i].over).collect();
        let Some(i) = self.chance.pick(&going) else { return false };
        let asked = h.asked[i].clone();
        let step = match self.chance.below(9) {
            0..=2 => "answer",
            3 | 4 => "part",
            // Raised it is often enough by `raise`, and what was raised is refused no more.
            5 | 6 => "refuse",
            7 => "withdraw",
            _ => "error",
        };
        let replies = matches!(step, "answer" | "part" | "refuse");
        let Some(who) = self.worker(if replies { asked.to } else { asked.from }, Some(&asked.household))
        else {
            return false;
        };
        let page = self.get(who, &asked.path).await;
        page.is(200);
        // What the page does not offer now (the basis is gone, it was refused already) is not done now.
        if !page.forms().iter().any(|f| f.action.ends_with(&format!("/{step}"))) {
            return false;
        }
        let first = self.oracle.facts.len();
        let marks = Marks { about: Some(vec![asked.person.clone()]), cats: self.some_cats(), sheet: false };
        let words = if replies {
            format!("答え {}", self.mark(Kind::Text, who, None, &marks))
        } else {
            String::new()
        };
        let mut fields: Vec<(&str, &str)> = match step {
            "part" => vec![("reason", "looking_into"), ("open", "2")],
            "refuse" => vec![
                ("reason", "forbidden"),
                ("refusal_article", "地方税法 第22条"),
                ("decider_name", "東"),
                ("decider_post", "課長"),
            ],
            "withdraw" => vec![("reason", "not_needed")],
            "error" => vec![("reason", "wrong_place")],
            _ => Vec::new(),
        };
        if replies {
            fields.extend([("words", words.as_str()), ("answer_article", "pipa_69_2_2")]);
            fields.extend(ticked("words_cat", marks.cats));
        }
        self.must(who, &format!("{}/{step}", asked.path), &fields).await;
        self.recorded().await;
        self.texts(h, first, Some(&h.cases[asked.case].id.clone()));
        if replies {
            let record = self.oracle.facts[first].record.clone();
            self.provide(&format!("answer {record}"), record.clone(), asked.from, None, marks.cats, true);
            h.asked[i].answers.push(record);
        }
        match step {
            // What was handed over under the article is not any more; a consent stays what it is.
            "withdraw" => self.oracle.end_provisions(&asked.path),
            "error" => {
                self.oracle.end_act(&asked.path);
                for record in &h.asked[i].answers {
                    self.oracle.end_act(&format!("answer {record}"));
                }
                // What was asked by mistake is struck with it.
                for n in h.asked[i].texts {
                    let record = self.oracle.facts[self.latest(n)].record.clone();
                    for f in self.oracle.facts.iter_mut().filter(|f| f.record == record) {
                        f.void = true;
                    }
                    let of = |t: &super::acts::Text| self.oracle.facts[t.first].record == record;
                    h.texts.iter_mut().filter(|t| of(t)).for_each(|t| t.stands = false);
                }
            }
            _ => {}
        }
        h.asked[i].over |= matches!(step, "answer" | "withdraw" | "error");
        self.count(match step {
            "answer" => "inquiry answered",
            "part" => "inquiry answered in part",
            "refuse" => "inquiry refused",
            "withdraw" => "inquiry withdrawn",
            _ => "inquiry in error",
        })
    }

    /// An inquiry that waits is raised to a conference.
    pub async fn raise(&mut self, h: &mut History) -> bool {
        let going: Vec<usize> =
            (0..h.asked.len()).filter(|i| !h.asked[*i].over && !h.asked[*i].raised).collect();
        let Some(i) = self.chance.pick(&going) else { return false };
        let asked = h.asked[i].clone();
        let Some(who) = self.worker(asked.from, Some(&asked.household)) else { return false };
        let page = self.get(who, &asked.path).await;
        if !page.forms().iter().any(|f| f.action.ends_with("/raise")) {
            return false;
        }
        self.must(who, &format!("{}/raise", asked.path), &[]).await;
        h.asked[i].raised = true;
        self.count("inquiry raised")
    }

    /// Both ways at once: the addressee sees the question exactly when the model says so.
    pub async fn addressee(&mut self, h: &History) {
        let Some(asked) = self.chance.pick(&h.asked) else { return };
        let Some(who) = self.worker(asked.to, None) else { return };
        let page = self.get(who, &asked.path).await;
        if self.oracle.kept_out(who, Some(&asked.household)) {
            page.is(404);
            return;
        }
        let there = super::world::found(&page);
        for (n, fact) in self.oracle.facts.clone().iter().enumerate().skip(h.first) {
            let of_it = fact.desk == asked.from && there.contains(&n);
            assert!(!of_it || self.oracle.why(viewer(who), n).is_some(), "{}", self.place);
        }
    }
}
