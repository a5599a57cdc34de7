//! Plans: written, proposed, taken back, put into force by a decision that fits or does not, looked at, evaluated, ended, interrupted and
//! taken up again.

use super::ledger::{Of, Plan, Who};
use super::walk::Walk;

const KINDS: [&str; 4] = ["multi_agency", "multi_agency", "outreach", "participation"];

impl Walk<'_> {
    pub fn plans_of(&self, states: &[&str]) -> Vec<usize> {
        (0..self.ledger.plans.len()).filter(|n| states.contains(&self.ledger.plans[*n].state)).collect()
    }

    /// A plan, or its next version, is written by whoever answers for the case.
    pub async fn write_plan(&mut self, case: usize) -> bool {
        let kind = self.chance.pick(&KINDS).unwrap();
        self.writes(case, kind).await
    }

    pub async fn writes(&mut self, case: usize, kind: &'static str) -> bool {
        let Some(who) = self.ledger.worker(case) else { return false };
        let of = |p: &&Plan| p.case == case && p.kind == kind;
        let writing = self.ledger.plans.iter().filter(of).any(|p| matches!(p.state, "draft" | "proposed"));
        let may = !writing && self.ledger.cases[case].open;
        let id = self.ledger.cases[case].id.clone();
        let (words, desk) =
            (self.mark("月に一度は出かける", Of::Case(case)), self.ledger.heir(self.ledger.cases[case].desk));
        let (to, due) = (format!("desk:{}", self.app.town.desk(desk)), self.day(20));
        let fields = [
            ("kind", kind),
            ("words", "図書館に行きたい"),
            ("direction", "家賃と昼の居場所"),
            ("long_1", words.as_str()),
            ("short_1", "家賃を分けて払う"),
            ("goals_cat", "plan"),
            ("change", "外に出られるようになった"),
            ("act_1_who", "self"),
            ("act_1_what", "起きたら窓をあける"),
            ("act_2_who", to.as_str()),
            ("act_2_what", "大家さんに電話する"),
            ("act_2_due", due.as_str()),
        ];
        let path = format!("/cases/{id}/plans/new");
        let from = format!("{path}?kind={kind}");
        if let Some(path) = self.attempt((who, &from), &path, &fields, may).await {
            self.ledger.plans.push(Plan {
                path,
                case,
                kind,
                state: "draft",
                proposed: 0,
                at: self.ledger.at,
                forced: None,
                over: None,
                desk,
                own_done: false,
                desk_done: false,
            });
            self.kept_by(who, case, &words);
            self.count("a plan written");
        }
        true
    }

    /// A draft lies before the conference; a proposal goes back; something is dropped.
    pub async fn prepare(&mut self) -> bool {
        let Some(n) = self.chance.pick(&self.plans_of(&["draft", "proposed", "in_force"])) else {
            return false;
        };
        let step = match self.ledger.plans[n].state {
            "draft" if !self.chance.one_in(8) => "propose",
            "proposed" if self.chance.one_in(2) => "back",
            _ => "drop",
        };
        self.prepares(n, step).await
    }

    pub async fn prepares(&mut self, n: usize, step: &'static str) -> bool {
        let p = self.ledger.plans[n].clone();
        let Some(who) = self.ledger.worker(p.case) else { return false };
        let signed = p.kind == "outreach" || !self.chance.one_in(6);
        let today = self.day(0);
        let fields = [("signed_on", today.as_str()), ("signed_how", "paper")];
        let fields = if step == "propose" && p.kind != "outreach" && signed { &fields[..] } else { &[] };
        let may = match step {
            // A draft of a case that has ended can be dropped, and nothing else.
            "propose" => signed && self.ledger.cases[p.case].open,
            "drop" => p.state != "in_force",
            _ => true,
        };
        let mut fields = fields.to_vec();
        if step == "drop" && p.state == "in_force" {
            fields.push(("base_version", "9"));
        }
        if self.attempt((who, &p.path), &format!("{}/{step}", p.path), &fields, may).await.is_some() {
            let plan = &mut self.ledger.plans[n];
            plan.proposed += u32::from(step == "propose");
            plan.state = match step {
                "propose" => "proposed",
                "back" => "draft",
                _ => "dropped",
            };
            self.count("a plan prepared");
        }
        true
    }

    /// Somebody puts a plan into force by some decision, of this case or another, that fits or does not.
    pub async fn force(&mut self) -> bool {
        let Some(n) = self.chance.pick(&self.plans_of(&["proposed", "proposed", "draft"])) else {
            return false;
        };
        let p = self.ledger.plans[n].clone();
        let who = self.somebody(p.case);
        let Some(d) = self.some_decision(|l, d| l.comes_into_force(who, n, &l.decided[d])) else {
            return false;
        };
        self.forces(who, n, d).await;
        true
    }

    /// A decision that fits half of the time, if there is one.
    fn some_decision(&mut self, fits: impl Fn(&super::ledger::Ledger, usize) -> bool) -> Option<usize> {
        let all: Vec<usize> = (0..self.ledger.decided.len()).collect();
        let right: Vec<usize> = all.iter().copied().filter(|d| fits(&self.ledger, *d)).collect();
        let half = self.chance.one_in(2);
        self.chance.pick(&right).filter(|_| half).or(self.chance.pick(&all))
    }

    pub async fn forces(&mut self, who: Who, n: usize, d: usize) -> bool {
        let may = self.ledger.comes_into_force(who, n, &self.ledger.decided[d]);
        let (p, id) = (self.ledger.plans[n].clone(), self.ledger.decided[d].id.clone());
        let version = self.version(&p.path).await;
        let fields = [("decision", id.as_str()), ("base_version", version.as_str())];
        let done = self.attempt((who, &p.path), &format!("{}/force", p.path), &fields, may).await;
        if done.is_some() {
            let of = |x: &Plan| x.case == p.case && x.kind == p.kind;
            let again = self.ledger.plans.iter().any(|x| of(x) && x.state == "interrupted");
            let mut replaced = false;
            for other in self.ledger.plans.iter_mut().filter(|x| of(x) && x.state == "in_force") {
                other.state = "replaced";
                replaced = true;
            }
            self.ledger.plans[n].state = "in_force";
            self.ledger.plans[n].forced = Some((self.ledger.at, self.today()));
            self.ledger.decided[d].used = true;
            self.count("a plan in force");
            match (replaced, again) {
                (true, _) => self.count("a plan replaced"),
                (_, true) => self.count("taken up again"),
                _ => {}
            }
            match p.kind {
                "outreach" => self.count("outreach in force"),
                "participation" => self.count("participation in force"),
                _ => {}
            }
        }
        done.is_some()
    }

    /// The version of a plan, for whoever sends a form that no page offered.
    pub async fn version(&self, path: &str) -> String {
        let rows = self.rows("SELECT id, version FROM support_plan WHERE municipality_id = $1").await;
        let of = |r: &&engine::Row| path.ends_with(&r.get::<words::id::ThingId>("id").unwrap().to_string());
        rows.iter().find(of).unwrap().get::<i64>("version").unwrap().to_string()
    }

    /// An evaluation, with a next version, an end or a pause to follow, by a decision that fits or does not, or none.
    pub async fn evaluate(&mut self) -> bool {
        let Some(n) = self.chance.pick(&self.plans_of(&["in_force", "in_force", "proposed", "ended"])) else {
            return false;
        };
        let who = self.somebody(self.ledger.plans[n].case);
        let outcome = self.chance.pick(&["end", "interrupt", "replan"]).unwrap();
        let timing = if outcome == "end" { "close" } else { "interrupt" };
        let found = self.some_decision(|l, d| l.ends_by(who, n, &l.decided[d], timing));
        let d = if self.chance.one_in(8) { None } else { found };
        // Back to another desk: after it has taken the case up, and sometimes before.
        let taken_up = self.taken_up(self.ledger.plans[n].case);
        let back = outcome == "end" && self.chance.one_in(if taken_up { 2 } else { 10 });
        self.evaluates(who, n, (outcome, back), d).await;
        true
    }

    pub async fn evaluates(
        &mut self,
        who: Who,
        n: usize,
        (outcome, back): (&'static str, bool),
        d: Option<usize>,
    ) -> bool {
        let timing = if outcome == "end" { "close" } else { "interrupt" };
        let p = self.ledger.plans[n].clone();
        let fits = |d: usize| self.ledger.ends_by(who, n, &self.ledger.decided[d], timing);
        let may = match outcome {
            "replan" => p.state == "in_force" && self.ledger.plans(who, p.case),
            _ => d.is_some_and(fits) && (!back || self.taken_up(p.case)),
        };
        let path = format!("{}/evaluate", p.path);
        let page = self.get(who, &path).await;
        let mut goals: Vec<String> = page
            .body
            .split("name=\"goal_")
            .skip(1)
            .map(|x| format!("goal_{}", x.split('"').next().unwrap()))
            .collect();
        goals.dedup();
        let (words, version) =
            (self.mark("近所の人と話すようになった", Of::Case(p.case)), self.version(&p.path).await);
        let id = d.map_or_else(String::new, |d| self.ledger.decided[d].id.clone());
        let mut fields = vec![
            ("evaluation", words.as_str()),
            ("outcome", outcome),
            ("close_by", if outcome == "end" { id.as_str() } else { "" }),
            ("pause_by", if outcome == "interrupt" { id.as_str() } else { "" }),
            ("base_version", version.as_str()),
        ];
        let (once_more, soon) = (self.day(120), self.day(14));
        let later = outcome == "end" && self.chance.one_in(3);
        if later {
            fields.push(("later", &once_more));
        }
        let to = self.app.town.desk(super::after::BACK_TO).to_string();
        if back {
            fields.extend([("hand_back", to.as_str()), ("first_check", &soon)]);
        }
        fields.extend(goals.iter().map(|g| (g.as_str(), "partly")));
        if self.attempt((who, &path), &path, &fields, may).await.is_none() {
            return false;
        }
        self.kept_by(who, p.case, &words);
        match outcome {
            "end" => self.ledger.plans[n].state = "ended",
            "interrupt" => self.ledger.plans[n].state = "interrupted",
            _ => {
                self.count("evaluated for a next version");
                return true;
            }
        }
        if outcome == "end" {
            // The follow-up that 終結 decided, one more, and the first check where it went back.
            self.ledger.cases[p.case].look_ins += 1 + usize::from(later);
            self.ledger.cases[p.case].first_checks += usize::from(back);
        }
        self.ledger.plans[n].over = Some((self.ledger.at, self.today()));
        self.ledger.decided[d.unwrap()].used = true;
        self.count(if outcome == "end" { "a plan ended" } else { "a plan interrupted" });
        true
    }
}
