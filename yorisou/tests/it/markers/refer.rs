//! Referrals are sent: with a consent, under an article, on what was consented before, or as a preview only.

use words::Day;

use super::acts::{Case, History, Sent};
use super::oracle::{self, Cats, Consent, Kind, Provision, cats, viewer};
use super::world::{Marks, World, ticked};

/// Where referrals go.
const DESKS: [&str; 4] = ["shakyo", "ikiiki", "hokubu", "suishin_soudan"];

/// A referral that somebody is about to send.
struct Draft {
    who: &'static str,
    from: &'static str,
    to: &'static str,
    /// The desk that gets a copy.
    copy: Option<&'static str>,
    kind: &'static str,
    basis: &'static str,
    person: String,
    /// Whoever consents, with a consent.
    consenting: Vec<String>,
    /// The categories that go along.
    share: Cats,
    /// Of its summary.
    marks: Marks,
    until: Option<Day>,
    both_ways: bool,
    /// Texts that go along.
    along: Vec<String>,
}

impl World<'_> {
    /// A referral.
    pub async fn refer(&mut self, h: &mut History) -> bool {
        let Some((index, case, who)) = self.somebody_of_a_case(h) else { return false };
        let Some(mut draft) = self.draft(h, &case, who) else { return false };
        let first = self.oracle.facts.len();
        let path = format!("/cases/{}/refer", case.id);
        let page = self.get(who, &path).await;
        page.is(200);
        if self.article.is_empty() {
            let options =
                page.body.split("id=\"article\"").nth(1).unwrap().split("</select>").next().unwrap();
            let second = options.split("value=\"").nth(2).unwrap();
            self.article = second.split('"').next().unwrap().into();
        }
        let fields = self.referral_fields(&draft);
        let mut fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let mut page = self.try_post(who, &path, &fields).await;
        if draft.basis == "existing" {
            let covered = self.covered(&draft, &case);
            assert!(page.status != 303 || covered, "{}: sent beyond any consent", self.place);
            if page.status == 422 {
                // Refused: it goes as a preview instead.
                draft.basis = "preview";
                fields.retain(|(n, _)| *n != "basis");
                fields.push(("basis", draft.basis));
                page = self.try_post(who, &path, &fields).await;
            }
        }
        assert_eq!(page.status, 303, "{} {who} {path} {fields:?}\n{}", self.place, page.text());
        let at = page.location().split('?').next().unwrap().to_owned();
        self.recorded().await;
        self.texts(h, first, Some(&case.id));
        self.bases(&draft, &case, &at, first).await;
        let (from, to, moves) = (draft.from, draft.to, draft.kind.starts_with("hand"));
        let tells_anew = draft.kind != "hand_back";
        h.sent.push(Sent { path: at, case: index, from, to, moves, tells_anew, state: "sent" });
        self.count(draft.basis)
    }

    /// Whether what was consented before lets the receiver know the person and the whole summary.
    fn covered(&self, draft: &Draft, case: &Case) -> bool {
        let everybody = self.oracle.households.get(&case.household).cloned().unwrap_or_default();
        let mut about = draft.marks.about.clone().unwrap_or(everybody);
        about.push(draft.person.clone());
        let needed = draft.share | draft.marks.cats | cats(&["basic"]);
        about.iter().all(|p| needed & !self.oracle.consented(draft.to, p) == 0)
    }

    fn draft(&mut self, h: &History, case: &Case, who: &'static str) -> Option<Draft> {
        let from = viewer(who).desk;
        let known = self.known(h, who, &case.household);
        let person = self.chance.pick(&known)?;
        let others: Vec<&'static str> = DESKS.into_iter().filter(|d| *d != from).collect();
        let to = self.chance.pick(&others).unwrap();
        let kinds: &[&str] = if case.accountable == from {
            &["join", "hand_over", "hand_back"]
        } else {
            &["join", "information"]
        };
        let kind = self.chance.pick(kinds).unwrap();
        let bases = ["consent", "consent", "consent", "law", "law", "existing", "preview"];
        let basis = self.chance.pick(&bases).unwrap();
        let share = self.shared_cats();
        let mut consenting = if basis == "consent" { known } else { Vec::new() };
        consenting.retain(|p| *p == person || self.chance.below(3) > 0);
        let agreed = (basis == "consent").then_some(&consenting);
        let goes_along = matches!(basis, "consent" | "law");
        let marks = self.summary(h, who, &case.household, agreed, (share, goes_along));
        let until = match self.chance.below(4) {
            0 => Some(self.today()),
            1 => Some(self.today().plus_days(1)),
            _ => None,
        };
        let of_case = h.texts.iter().filter(|t| t.stands && t.case.as_deref() == Some(&case.id));
        let of_desk = of_case.map(|t| &self.oracle.facts[t.first]).filter(|f| f.desk == from);
        let mut along: Vec<String> = of_desk.map(|f| f.record.clone()).collect();
        along.retain(|_| self.chance.one_in(3));
        let copy = self.chance.one_in(4).then_some(others[0]);
        let both_ways = basis == "consent" && self.chance.one_in(3);
        Some(Draft {
            who,
            from,
            to,
            copy,
            kind,
            basis,
            person,
            consenting,
            share,
            marks,
            until,
            both_ways,
            along,
        })
    }

    /// What is typed and ticked; marks the summary's two texts.
    fn referral_fields(&mut self, draft: &Draft) -> Vec<(&'static str, String)> {
        let trouble = self.mark(Kind::Text, draft.who, None, &draft.marks);
        let wish = self.mark(Kind::Text, draft.who, None, &draft.marks);
        let mut fields: Vec<(&str, String)> = vec![
            ("kind", draft.kind.into()),
            ("to", self.app.town.desk(draft.to).to_string()),
            ("person", draft.person.clone()),
            ("need", "income".into()),
            ("urgency", "normal".into()),
            ("trouble", trouble),
            ("wish", wish),
            ("basis", draft.basis.into()),
            ("given_by", "self".into()),
            ("form", "oral".into()),
            // Meant, also beside another one to the same desk.
            ("again", "yes".into()),
            ("caution_told", "yes".into()),
        ];
        fields.extend(draft.consenting.iter().map(|p| ("consenting", p.clone())));
        fields.extend(draft.along.iter().map(|t| ("texts", t.clone())));
        fields.extend(draft.marks.about.iter().flatten().map(|p| ("summary_about", p.clone())));
        let mut tick = |field, set| fields.extend(ticked(field, set).into_iter().map(|(f, c)| (f, c.into())));
        if draft.marks.cats != draft.share {
            tick("summary_cat", draft.marks.cats);
        }
        tick("share_cat", draft.share);
        if draft.share == oracle::ALL {
            fields.extend(oracle::CATEGORIES.iter().map(|c| ("share_cat", (*c).into())));
        }
        if draft.both_ways {
            fields.push(("both_ways", "yes".into()));
        }
        if draft.basis == "law" {
            fields.push(("article", self.article.clone()));
        }
        fields.extend(draft.copy.map(|desk| ("copy", self.app.town.desk(desk).to_string())));
        fields.extend(draft.until.map(|day| ("until", day.to_string())));
        fields
    }

    /// What the sent referral rests on, once it is accepted.
    async fn bases(&mut self, draft: &Draft, case: &Case, at: &str, first: usize) {
        if draft.basis == "law" {
            let summary = self.oracle.facts[first].record.clone();
            for record in draft.along.iter().cloned().chain([summary, draft.person.clone()]) {
                self.provide(at, record, draft.to, None, draft.share, false);
            }
        }
        if draft.basis != "consent" {
            return;
        }
        let given = self.consents().await;
        assert_eq!(given.len(), draft.consenting.len(), "{}", self.place);
        for desk in [draft.to, draft.from].into_iter().take(1 + usize::from(draft.both_ways)) {
            for (id, person) in given.iter().cloned() {
                let consent = Consent {
                    id,
                    referral: Some(at.to_owned()),
                    case: Some(case.id.clone()),
                    person: person.clone(),
                    giver: None,
                    desk,
                    cats: draft.share,
                    from: self.today(),
                    until: Some(super::oracle::heard_alone(self.today(), draft.until)),
                    effective: false,
                    withdrawn: false,
                };
                self.oracle.consents.entry(person).or_default().push(consent);
            }
        }
    }

    /// Marks of a summary: with a consent, within it. Nothing ticked takes the categories that go along.
    fn summary(
        &mut self,
        h: &History,
        who: &'static str,
        household: &str,
        consenting: Option<&Vec<String>>,
        (share, goes_along): (oracle::Cats, bool),
    ) -> Marks {
        let mut marks = self.marks(h, who, household);
        if marks.cats == oracle::ALL {
            marks.cats = share;
        }
        // A summary goes along, under an article too.
        if goes_along && marks.cats & !share != 0 {
            marks.cats = if marks.cats & share == 0 { share } else { marks.cats & share };
        }
        let Some(consenting) = consenting else { return marks };
        let known = self.known(h, who, household);
        let within = marks.about.as_ref().unwrap_or(&known).iter().all(|p| consenting.contains(p));
        if !within {
            marks.about = Some(consenting.clone());
        }
        marks
    }

    pub fn provide(
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
}
