//! What becomes of a referral: its steps, a consent withdrawn, somebody kept out.

use super::acts::{Case, History, Sent};
use super::oracle::{Consent, Kind, viewer};
use super::world::{Marks, World, ticked};

impl World<'_> {
    /// The receiver answers, or somebody takes the next step of a referral.
    pub async fn step(&mut self, h: &mut History) -> bool {
        let going: Vec<usize> = (0..h.sent.len()).filter(|i| h.sent[*i].state != "over").collect();
        let Some(i) = self.chance.pick(&going) else { return false };
        let sent = h.sent[i].clone();
        let case = h.cases[sent.case].clone();
        let step = self.next_step(&sent, &case);
        let by_sender = matches!(step, "withdraw" | "error");
        let desk = if by_sender { sent.from } else { sent.to };
        let Some(who) = self.worker(desk, Some(&case.household)) else { return false };
        let first = self.oracle.facts.len();
        let marks = self.marks(h, who, &case.household);
        let mut fields: Vec<(&str, String)> = match step {
            "refuse" => vec![("reason", "no_capacity".into())],
            "withdraw" => vec![("reason", "changed".into())],
            "error" => vec![("reason", "wrong_place".into())],
            _ => Vec::new(),
        };
        let mut basis = "status_only";
        if step == "complete" {
            let Some(free) = self.feedback_basis(&sent, &case, who, &marks).await else {
                h.sent[i].state = "over";
                return self.count("complete");
            };
            basis = free;
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
        let path = format!("{}/{step}", sent.path);
        if step == "accept" && sent.tells_anew && self.oracle.agreed_no_longer(&sent.path) {
            // Nothing carries it any more: it is not taken on, and nothing is recorded.
            let page = self.try_post(who, &path, &fields).await;
            assert_eq!(page.status, 422, "{} {who} {path} {fields:?}\n{}", self.place, page.text());
            return self.count("acceptance refused");
        }
        self.must(who, &path, &fields).await;
        self.recorded().await;
        self.texts(h, first, Some(&case.id));
        if words && step == "complete" && basis == "article" {
            let record = self.oracle.facts[first].record.clone();
            self.provide("feedback", record, sent.from, None, marks.cats, true);
        }
        self.stepped(h, i, step);
        if step == "accept" && sent.moves {
            // Now that they answer for it.
            self.beside(h).await;
        }
        self.count(step)
    }

    fn next_step(&mut self, sent: &Sent, case: &Case) -> &'static str {
        match (sent.state, self.chance.below(12)) {
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
        }
    }

    /// What feedback rests on; `None` if trying a consent has completed the referral.
    async fn feedback_basis(
        &mut self,
        sent: &Sent,
        case: &Case,
        who: &'static str,
        marks: &Marks,
    ) -> Option<&'static str> {
        let bases = ["status_only", "consent", "consent", "article", "article"];
        let basis = self.chance.pick(&bases).unwrap();
        if basis != "consent" {
            return Some(basis);
        }
        let two_desks = sent.from == "suishin_soudan";
        if self.oracle.carried(sent.from, &case.household, marks) {
            return Some(if two_desks { "status_only" } else { "consent" });
        }
        // Words nobody could read are not taken for told.
        self.get(who, &sent.path).await.is(200);
        let mut fields = vec![("outcome", "supported"), ("basis", "consent"), ("words", "よくなりました")];
        fields.extend(ticked("words_cat", marks.cats));
        fields.extend(marks.about.iter().flatten().map(|p| ("words_about", p.as_str())));
        let page = self.post(who, &format!("{}/complete", sent.path), &fields).await;
        // 長谷 has two desks; which of them a consent names decides.
        assert!(page.status == 422 || two_desks, "{} {}", self.place, page.text());
        (page.status != 303).then_some("status_only")
    }

    /// What a step changes of referral, case and bases.
    fn stepped(&mut self, h: &mut History, i: usize, step: &'static str) {
        let sent = &mut h.sent[i];
        sent.state = match step {
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
        self.must(who, &path, &[("told_by", "self"), ("way", "oral")]).await;
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
        self.must(
            lead,
            &format!("/cases/{}/exclusions", case.id),
            &[("user", &user), ("reason", "relative")],
        )
        .await;
        self.oracle.excluded.insert((case.household.clone(), out));
        self.count("exclude")
    }
}
