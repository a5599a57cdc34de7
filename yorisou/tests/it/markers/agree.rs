//! Consents on their own page: to a desk, to a category of agencies, and in the place of an earlier one.

use super::acts::{Case, History};
use super::oracle::{Consent, VIEWERS, cats};
use super::world::{World, ticked};

/// Desks whose workers look. All their agencies are of one category.
const DESKS: [&str; 4] = ["shakyo", "ikiiki", "hokubu", "suishin_soudan"];

impl World<'_> {
    /// A consent is written down, sometimes in the place of an earlier one.
    pub async fn consent(&mut self, h: &History) -> bool {
        let Some((_, case, _)) = self.somebody_of_a_case(h) else { return false };
        self.consent_in(h, case, false).await
    }

    /// A consent in this case; given by somebody else in the person's place where it `speaks`, or by chance.
    pub async fn consent_in(&mut self, h: &History, case: Case, speaks: bool) -> bool {
        // Whoever answers for the case may end what is followed.
        let Some(who) = self.worker(case.accountable, Some(&case.household)) else { return false };
        let known = self.known(h, who, &case.household);
        let Some(person) = self.chance.pick(&known) else { return false };
        let share = self.shared_cats() & !cats(&["informant"]);
        if share == 0 {
            return false;
        }
        let before = self.standing(&person, &case);
        let by_category = self.chance.one_in(3);
        let to = self.chance.pick(&DESKS).unwrap();
        let until = match self.chance.below(4) {
            0 => Some(self.today()),
            1 => Some(self.today().plus_days(1)),
            _ => None,
        };
        let giver = if speaks || self.chance.one_in(3) { self.chance.pick(&known) } else { None };
        let may_speak =
            |g: &String| *g != person && !self.oracle.aside.contains(&(person.clone(), g.clone()));
        let giver = giver.filter(may_speak);
        let mut fields = vec![
            ("do", "give".to_owned()),
            ("person", person.clone()),
            ("given_by", if giver.is_some() { "guardian" } else { "self" }.to_owned()),
            ("form", "signed".to_owned()),
            ("purpose", "support".to_owned()),
            ("from", self.today().to_string()),
            ("again", "yes".to_owned()),
        ];
        fields.push(if by_category {
            ("to_field", "general".to_owned())
        } else {
            ("to_desk", self.app.town.desk(to).to_string())
        });
        fields.extend(ticked("share_cat", share).into_iter().map(|(f, c)| (f, c.to_owned())));
        fields.extend(until.map(|day| ("until", day.to_string())));
        if let Some(giver) = &giver {
            fields.extend([("giver", giver.clone()), ("relation", "adult_guardian".to_owned())]);
            fields.push(("evidence", "登記事項証明書".to_owned()));
        }
        let path = format!("/cases/{}/consents/new", case.id);
        let form = before.as_ref().map_or_else(|| path.clone(), |id| format!("{path}?follows={id}"));
        self.get(who, &form).await.is(200);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let at = self.must(who, &path, &fields).await;
        let given = self.consents().await;
        assert_eq!(given.len(), 1, "{}", self.place);
        if let Some(before) = &before {
            for c in self.oracle.consents.get_mut(&person).unwrap().iter_mut().filter(|c| c.id == *before) {
                c.withdrawn = true;
            }
        }
        let today = self.today();
        let named: &[&'static str] = if by_category { &DESKS } else { std::slice::from_ref(&to) };
        for desk in named.iter().copied() {
            let consent = Consent {
                id: given[0].0.clone(),
                referral: None,
                case: Some(case.id.clone()),
                person: person.clone(),
                giver: giver.clone(),
                desk,
                cats: share,
                from: today,
                until,
                effective: true,
                withdrawn: false,
            };
            self.oracle.consents.entry(person.clone()).or_default().push(consent);
        }
        // Its pages, for whoever happens to look.
        for part in ["", "/receipt", "/receipt?furigana=1", "/holders", "/withdraw"] {
            let v = self.chance.pick(&VIEWERS).unwrap();
            self.get(v.login, &format!("{at}{part}")).await;
        }
        if before.is_some() {
            self.count("consent renewed");
        }
        self.count(if by_category { "consent to a category" } else { "consent to a desk" })
    }

    /// Sometimes a consent of this person, given in this case, that stands.
    fn standing(&mut self, person: &str, case: &Case) -> Option<String> {
        let of_person = self.oracle.consents.get(person)?;
        let ids: Vec<String> = of_person
            .iter()
            .filter(|c| c.effective && !c.withdrawn && c.case.as_deref() == Some(&case.id))
            .map(|c| c.id.clone())
            .collect();
        if self.chance.one_in(2) { self.chance.pick(&ids) } else { None }
    }
}
