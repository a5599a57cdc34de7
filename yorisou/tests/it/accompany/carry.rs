//! Plans: written, proposed, taken back, put into force by a decision that fits or does not, looked at, evaluated, ended, interrupted and
//! taken up again.

use super::ledger::{Of, Plan, Who};
use super::walk::{Walk, found};

const KINDS: [&str; 4] = ["multi_agency", "multi_agency", "outreach", "participation"];

impl Walk<'_> {
    fn plans_of(&self, states: &[&str]) -> Vec<usize> {
        (0..self.ledger.plans.len()).filter(|n| states.contains(&self.ledger.plans[*n].state)).collect()
    }

    /// A plan, or its next version, is written by whoever answers for the case.
    pub async fn write_plan(&mut self, case: usize) -> bool {
        let kind = self.chance.pick(&KINDS).unwrap();
        let Some(who) = self.ledger.worker(case) else { return false };
        let of = |p: &&Plan| p.case == case && p.kind == kind;
        let writing = self.ledger.plans.iter().filter(of).any(|p| matches!(p.state, "draft" | "proposed"));
        let may = !writing && self.ledger.cases[case].open;
        let id = self.ledger.cases[case].id.clone();
        let (words, desk) = (self.mark("月に一度は出かける", Of::Case(case)), self.ledger.heir("hokubu"));
        let (desk, due) = (format!("desk:{}", self.app.town.desk(desk)), self.day(20));
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
            ("act_2_who", desk.as_str()),
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
            });
            self.kept();
            self.count("a plan written");
        }
        true
    }

    /// A draft lies before the conference; a proposal goes back; something is dropped.
    pub async fn prepare(&mut self) -> bool {
        let Some(n) = self.chance.pick(&self.plans_of(&["draft", "proposed", "in_force"])) else {
            return false;
        };
        let p = self.ledger.plans[n].clone();
        let Some(who) = self.ledger.worker(p.case) else { return false };
        let step = match p.state {
            "draft" if !self.chance.one_in(8) => "propose",
            "proposed" if self.chance.one_in(2) => "back",
            _ => "drop",
        };
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

    /// The accountable worker, mostly.
    fn somebody(&mut self, case: usize) -> Who {
        match self.ledger.worker(case) {
            Some(who) if !self.chance.one_in(6) => who,
            _ => self.chance.pick(&super::lives::VIEWERS).unwrap(),
        }
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
            for other in &mut self.ledger.plans {
                if other.case == p.case && other.kind == p.kind && other.state == "in_force" {
                    other.state = "replaced";
                }
            }
            self.ledger.plans[n].state = "in_force";
            self.ledger.plans[n].forced = Some((self.ledger.at, self.today()));
            self.ledger.decided[d].used = true;
            self.count("a plan in force");
        }
        done.is_some()
    }

    /// The version of a plan, for whoever sends a form that no page offered.
    async fn version(&self, path: &str) -> String {
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
        self.evaluates(who, n, outcome, d).await;
        true
    }

    pub async fn evaluates(&mut self, who: Who, n: usize, outcome: &'static str, d: Option<usize>) -> bool {
        let timing = if outcome == "end" { "close" } else { "interrupt" };
        let p = self.ledger.plans[n].clone();
        let fits = |d: usize| self.ledger.ends_by(who, n, &self.ledger.decided[d], timing);
        let may = match outcome {
            "replan" => p.state == "in_force" && self.ledger.plans(who, p.case),
            _ => d.is_some_and(fits),
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
        fields.extend(goals.iter().map(|g| (g.as_str(), "partly")));
        if self.attempt((who, &path), &path, &fields, may).await.is_none() {
            return false;
        }
        self.kept();
        match outcome {
            "end" => self.ledger.plans[n].state = "ended",
            "interrupt" => self.ledger.plans[n].state = "interrupted",
            _ => return true,
        }
        self.ledger.plans[n].over = Some((self.ledger.at, self.today()));
        self.ledger.decided[d.unwrap()].used = true;
        self.count(if outcome == "end" { "a plan ended" } else { "a plan interrupted" });
        true
    }

    /// How it goes is looked at.
    pub async fn monitor(&mut self) -> bool {
        let Some(n) = self.chance.pick(&self.plans_of(&["in_force"])) else { return false };
        let p = self.ledger.plans[n].clone();
        let Some(who) = self.ledger.worker(p.case) else { return false };
        let (words, next) = (self.mark("図書館に一度行けた", Of::Case(p.case)), self.day(30));
        let fields = [("seen", words.as_str()), ("next", next.as_str())];
        self.must(who, &p.path, &format!("{}/monitor", p.path), &fields).await;
        let mark = found(&words).into_iter().next().unwrap();
        self.ledger.marks[mark].kept = true;
        self.count("a plan looked at");
        true
    }

    /// The case is ended: not over a plan in force, nor while what its conference does goes on; what was begun with it is closed by 終結
    /// alone, and leaves the case interrupted without.
    pub async fn end_case(&mut self, case: usize) -> bool {
        let Some(who) = self.ledger.worker(case).filter(|_| self.ledger.cases[case].open) else {
            return false;
        };
        let id = self.ledger.cases[case].id.clone();
        let held = self.ledger.held_open(case);
        let begun = self.ledger.closed_by_decision_alone(case);
        let to = if held || begun { self.chance.pick(&["closed", "interrupted"]).unwrap() } else { "closed" };
        let may = !held && (to == "interrupted" || !begun);
        let path = format!("/cases/{id}/end");
        let mut fields =
            vec![("to", to), ("reason", "settled"), ("words", "落ち着いた"), ("watch", "民生委員")];
        if !may {
            fields.push(("base_version", "1"));
        }
        if self.attempt((who, &path), &path, &fields, may).await.is_some() {
            self.ledger.cases[case].open = false;
            self.count(if to == "closed" { "a case ended" } else { "a case interrupted" });
        }
        true
    }
}
