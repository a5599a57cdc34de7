//! What comes behind a plan in force: it is looked at, its lines are done, the case goes back to another desk, ends, is taken up again, and
//! what was promised for after the end is kept.

use words::id::{DeskId, SupportPlanId, TaskId};

use super::ledger::{Back, Of, Who};
use super::walk::Walk;

/// The desk a case goes back to.
pub const BACK_TO: &str = "ikiiki";

impl Walk<'_> {
    /// The accountable worker, mostly.
    pub fn somebody(&mut self, case: usize) -> Who {
        match self.ledger.worker(case) {
            Some(who) if !self.chance.one_in(6) => who,
            _ => self.chance.pick(&super::lives::VIEWERS).unwrap(),
        }
    }

    /// How a plan goes is looked at, and the next look is promised: mostly of one in force, mostly for a day ahead.
    pub async fn monitor(&mut self) -> bool {
        let states: &[&str] =
            if self.chance.one_in(8) { &["proposed", "replaced", "ended"] } else { &["in_force"] };
        let Some(n) = self.chance.pick(&self.plans_of(states)) else { return false };
        self.monitors(n).await
    }

    pub async fn monitors(&mut self, n: usize) -> bool {
        let p = self.ledger.plans[n].clone();
        let who = self.somebody(p.case);
        let ahead = if self.chance.one_in(8) { 0 } else { 30 };
        let next = self.today().plus_days(ahead);
        let may = self.ledger.looks_at(who, n, next);
        let (words, day) = (self.mark("図書館に一度行けた", Of::Case(p.case)), next.to_string());
        let version = self.version(&p.path).await;
        let fields = [("seen", words.as_str()), ("next", &day), ("base_version", &version)];
        if self.attempt((who, &p.path), &format!("{}/monitor", p.path), &fields, may).await.is_some() {
            self.kept_by(who, p.case, &words);
            self.count("a plan looked at");
        }
        true
    }

    /// A line of a plan is said to be done: by whoever may say so and by whoever may not, once and twice.
    pub async fn done(&mut self, n: usize) -> bool {
        let p = self.ledger.plans[n].clone();
        let own = self.chance.one_in(2);
        let there = self.ledger.at(p.desk, p.case).first().copied();
        let who = match there.filter(|_| !own && !self.chance.one_in(6)) {
            Some(who) => who,
            None => self.somebody(p.case),
        };
        let may = self.ledger.does(who, n, own);
        let line = self.line(&p.path, own).await;
        let to = format!("{}/done", p.path);
        if self.attempt((who, &p.path), &to, &[("line", line.as_str())], may).await.is_some() {
            let plan = &mut self.ledger.plans[n];
            *(if own { &mut plan.own_done } else { &mut plan.desk_done }) = true;
            self.count(if own { "the person's own step done" } else { "a desk's step done" });
        }
        true
    }

    /// The id of a line of a plan: what the person does, or what a desk has promised.
    async fn line(&self, path: &str, own: bool) -> String {
        let sql =
            "SELECT id, plan_id, who FROM support_plan_line WHERE municipality_id = $1 AND part = 'action'";
        let rows = self.rows(sql).await;
        let of = |r: &&engine::Row| {
            let (plan, who): (SupportPlanId, String) = (r.get("plan_id").unwrap(), r.get("who").unwrap());
            path.ends_with(&plan.to_string()) && who == if own { "self" } else { "desk" }
        };
        rows.iter().find(of).unwrap().get::<words::id::PlanLineId>("id").unwrap().to_string()
    }

    /// Whether a hand-back of a case was taken up.
    pub fn taken_up(&self, case: usize) -> bool {
        self.ledger.cases[case].back.as_ref().is_some_and(|b| b.taken_up)
    }

    /// つなぎ戻し, step by step: roles are settled, another desk answers for the case from when it takes it up; then the letter is done.
    pub async fn hand_back(&mut self, case: usize) -> bool {
        let c = &self.ledger.cases[case];
        let there = self.ledger.at(BACK_TO, case).first().copied();
        match c.back.clone() {
            None => {
                let here = c.souls.iter().position(|s| s.here);
                let (Some(who), Some(n), true, true) =
                    (self.ledger.worker(case), here, c.open, there.is_some())
                else {
                    return false;
                };
                let (id, soul) = (c.id.clone(), c.souls[n].id.clone());
                let to = self.app.town.desk(BACK_TO).to_string();
                let of = [("person", soul.as_str()), ("consenting", &soul), ("summary_about", &soul)];
                let more: Vec<_> = of.into_iter().chain([("kind", "hand_back")]).collect();
                let mut person = self.lend(who).await;
                let path = crate::referral::send(&mut person, &id, &to, &more).await;
                self.back(who, person);
                self.trace.push(format!("{who} hands back {case}: {path}"));
                // What is shared for it is agreed to as well, and is no consent to a conference.
                let given = super::ledger::Agreed {
                    path: String::new(),
                    meant: false,
                    from: self.today(),
                    until: None,
                };
                self.ledger.cases[case].souls[n].agreed.push(given);
                self.ledger.cases[case].back = Some(Back { path, taken_up: false, over: false });
                self.count("a hand-back sent");
                true
            }
            Some(b) if !b.taken_up => {
                let who =
                    if self.chance.one_in(4) { self.somebody(case) } else { there.unwrap_or("noguchi") };
                let may = self.ledger.at(BACK_TO, case).contains(&who);
                let promise = self.day(10);
                let to = format!("{}/accept", b.path);
                let fields = [("promise", promise.as_str())];
                if self.attempt((who, &b.path), &to, &fields, may).await.is_some() {
                    let c = &mut self.ledger.cases[case];
                    c.back = Some(Back { taken_up: true, ..b });
                    c.desk = BACK_TO;
                    self.count("handed back");
                }
                true
            }
            Some(b) if !b.over => {
                let Some(who) = there else { return false };
                let fields = [("outcome", "supported"), ("words", ""), ("basis", "status_only")];
                self.must(who, &b.path, &format!("{}/complete", b.path), &fields).await;
                self.ledger.cases[case].back = Some(Back { over: true, ..b });
                self.count("a hand-back done");
                true
            }
            Some(_) => false,
        }
    }

    /// The case is ended: not over a plan in force, nor while what its conference does goes on, nor while it waits for the desk it goes
    /// back to; what was begun with it is closed by 終結 alone, and leaves the case interrupted without.
    pub async fn end_case(&mut self, case: usize) -> bool {
        let Some(who) = self.ledger.worker(case).filter(|_| self.ledger.cases[case].open) else {
            return false;
        };
        let id = self.ledger.cases[case].id.clone();
        let held = self.ledger.held_open(case) || self.ledger.waits(case);
        let begun = self.ledger.closed_by_decision_alone(case);
        let to = if held || begun { self.chance.pick(&["closed", "interrupted"]).unwrap() } else { "closed" };
        let may = !held && (to == "interrupted" || !begun);
        let path = format!("/cases/{id}/end");
        let look_in = self.day(60);
        let mut fields = vec![
            ("to", to),
            ("reason", "settled"),
            ("words", "落ち着いた"),
            ("watch", "民生委員"),
            ("ends", "yes"),
        ];
        let later = self.chance.one_in(3);
        if later {
            fields.push(("follow_up", &look_in));
        }
        if !may {
            fields.push(("base_version", "1"));
        }
        if self.attempt((who, &path), &path, &fields, may).await.is_some() {
            self.ledger.cases[case].open = false;
            self.ledger.cases[case].look_ins += usize::from(later);
            self.aims.remove(&case);
            self.count(if to == "closed" { "a case ended" } else { "a case interrupted" });
        }
        true
    }

    /// A case that ended is taken up again, by whoever answers for it.
    pub async fn reopen(&mut self, case: usize) -> bool {
        let who = self.somebody(case);
        let c = &self.ledger.cases[case];
        let may = !c.open && self.ledger.at(c.desk, case).contains(&who);
        let (end, due) = (format!("/cases/{}/end", c.id), self.day(7));
        let to = format!("/cases/{}/reopen", c.id);
        if self.attempt((who, &end), &to, &[("due", due.as_str()), ("promise", "")], may).await.is_some() {
            self.ledger.cases[case].open = true;
            self.count("a case reopened");
        }
        true
    }

    /// What was promised for after the end is done, at the desk that has it now.
    pub async fn keeps_promise(&mut self) -> bool {
        let mut open = self.look_ins().await;
        open.retain(|(_, case, ..)| self.case_of(case).is_some());
        let Some((task, case, kind, desk)) = self.chance.pick(&open) else { return false };
        let case = self.case_of(&case).unwrap();
        let sits = |who: &&Who| {
            let at = |s: &super::ledger::Seat| s.who == **who && self.app.town.desk(s.desk) == desk;
            let out = &self.ledger.cases[case].kept_out;
            self.ledger.seats.iter().any(|s| at(s) && self.ledger.sits(who, s.desk)) && !out.contains(who)
        };
        let there: Vec<Who> = super::lives::VIEWERS.iter().filter(sits).copied().collect();
        let Some(who) = self.chance.pick(&there) else { return false };
        let path = format!("/tasks/{task}");
        self.must(who, &path, &format!("{path}/done"), &[]).await;
        let c = &mut self.ledger.cases[case];
        *(if kind == "follow_up" { &mut c.look_ins } else { &mut c.first_checks }) -= 1;
        self.count(if kind == "follow_up" { "looked in after the end" } else { "a first check done" });
        true
    }

    fn case_of(&self, id: &str) -> Option<usize> {
        self.ledger.cases.iter().position(|c| c.id == id)
    }

    /// What is promised for after an end and is not done: task, case, kind, desk.
    pub async fn look_ins(&self) -> Vec<(TaskId, String, String, DeskId)> {
        let sql = "SELECT id, case_id, kind, desk_id FROM task WHERE municipality_id = $1 AND state = 'open' \
                   AND kind IN ('follow_up', 'first_check') ORDER BY id";
        let rows = self.rows(sql).await;
        let row = |r: &engine::Row| {
            let case: words::id::CaseId = r.get("case_id").unwrap();
            let kind: String = r.get("kind").unwrap();
            (r.get("id").unwrap(), case.to_string(), kind, r.get("desk_id").unwrap())
        };
        rows.iter().map(row).collect()
    }
}
