//! The road of a case while nothing goes wrong: consent, a conference with consent, a plan, its decision, in force, looked at, written anew,
//! ended or interrupted, and what comes after. Each call is one step of it, so that a death, a move, a withdrawal or a desk that closes can
//! come between any two. What stands in the way is left to chance.

use words::Day;

use super::ledger::{Asked, Stage};
use super::walk::Walk;

const KINDS: [&str; 5] = ["multi_agency", "multi_agency", "outreach", "outreach", "participation"];

impl Walk<'_> {
    /// The next step of a case on its road, if there is one.
    pub async fn onward(&mut self, case: usize) -> bool {
        if !self.ledger.cases[case].open {
            return match self.chance.below(3) {
                0 => self.reopen(case).await,
                1 => self.keeps_promise().await,
                _ => false,
            };
        }
        if self.chance.one_in(3) {
            self.offices().await;
        }
        let of = |n: &usize| self.ledger.plans[*n].case == case;
        let live: Vec<usize> = self.plans_of(&["in_force"]).into_iter().filter(of).collect();
        match self.chance.pick(&live) {
            Some(n) if self.chance.one_in(3) => self.meanwhile(n).await,
            Some(n) => self.pursue(n).await,
            None => self.towards_a_plan(case, None).await,
        }
    }

    /// What happens while a plan is in force.
    async fn meanwhile(&mut self, n: usize) -> bool {
        let case = self.ledger.plans[n].case;
        match self.chance.below(10) {
            8 => self.participation(case).await,
            9 => self.lead(case).await,
            0..=2 => self.monitors(n).await,
            3..=4 => self.done(n).await,
            5..=6 if self.chance.one_in(2) => self.hand_back(case).await,
            _ => self.evaluate().await,
        }
    }

    /// Where a plan in force is to go: a next version, 終結 or 中断.
    async fn pursue(&mut self, n: usize) -> bool {
        let p = self.ledger.plans[n].clone();
        let chosen =
            self.chance.pick(&["replan", "replan", "close", "close", "interrupt", "interrupt"]).unwrap();
        let aim = *self.aims.entry(p.case).or_insert(chosen);
        if aim == "replan" {
            return self.towards_a_plan(p.case, Some(p.kind)).await;
        }
        // Sometimes the case goes back to another desk first.
        if aim == "close" && self.chance.one_in(4) && self.hand_back(p.case).await {
            return true;
        }
        let Some(who) = self.ledger.worker(p.case) else { return false };
        let fits = |d: &usize| self.ledger.ends_by(who, n, &self.ledger.decided[*d], aim);
        if let Some(d) = (0..self.ledger.decided.len()).find(fits) {
            let back = aim == "close" && self.taken_up(p.case);
            let outcome = if aim == "close" { "end" } else { "interrupt" };
            if self.evaluates(who, n, (outcome, back), Some(d)).await {
                self.aims.remove(&p.case);
            }
            return true;
        }
        if self.ledger.consented(p.case) {
            return self.decided_together(p.case, (p.kind, aim)).await;
        }
        let ended = if self.ledger.holdable(p.case) { "" } else { self.ledger.why_ended(p.case) };
        let asked = Asked { kind: p.kind, timing: aim, on: self.today(), whole: true, ended };
        self.decides(who, None, p.case, &asked).await;
        true
    }

    /// A step towards a plan in force: the first of a case, the next version, or one that was interrupted and is taken up again.
    async fn towards_a_plan(&mut self, case: usize, kind: Option<&'static str>) -> bool {
        let of = |n: &usize| {
            let p = &self.ledger.plans[*n];
            p.case == case && kind.is_none_or(|k| k == p.kind)
        };
        let in_state = |w: &Self, state: &str| w.plans_of(&[state]).into_iter().rfind(of);
        let (draft, waiting) = (in_state(self, "draft"), in_state(self, "proposed"));
        let Some(who) = self.ledger.worker(case) else { return false };
        if let Some(n) = waiting {
            let fits = |d: &usize| self.ledger.comes_into_force(who, n, &self.ledger.decided[*d]);
            if let Some(d) = (0..self.ledger.decided.len()).find(fits) {
                if self.forces(who, n, d).await {
                    self.aims.remove(&case);
                }
                return true;
            }
            let kind = self.ledger.plans[n].kind;
            let live =
                self.ledger.plans.iter().any(|p| p.case == case && p.kind == kind && p.state == "in_force");
            return self.decided_together(case, (kind, if live { "replan" } else { "establish" })).await;
        }
        if let Some(n) = draft {
            return self.prepares(n, "propose").await;
        }
        let paused: Vec<&'static str> = self
            .ledger
            .plans
            .iter()
            .filter(|p| p.case == case && p.state == "interrupted")
            .map(|p| p.kind)
            .collect();
        // Sometimes nothing follows: the case ends.
        let over =
            self.ledger.plans.iter().any(|p| p.case == case && matches!(p.state, "ended" | "interrupted"));
        if kind.is_none() && over && self.chance.one_in(3) {
            return self.after_the_end(case).await;
        }
        let again = self.chance.pick(&paused).filter(|_| self.chance.one_in(2));
        let kind = kind.or(again).or_else(|| self.chance.pick(&KINDS)).unwrap();
        self.writes(case, kind).await
    }

    /// What is left when support is over: the letter of the desk it goes back to, the conference, the case, what was promised for later.
    async fn after_the_end(&mut self, case: usize) -> bool {
        let of = |n: &usize| self.ledger.matters[*n].case == case;
        let open = self.open_matters().into_iter().find(of);
        match (self.ledger.waits(case), open) {
            (true, _) => self.hand_back(case).await,
            (_, Some(matter)) if !self.chance.one_in(4) => self.close_matter(matter).await,
            _ if self.chance.one_in(3) => self.keeps_promise().await,
            _ => self.end_case(case).await,
        }
    }

    /// A step towards a decision of a conference with consent: everybody agrees, it is held, and decides.
    async fn decided_together(&mut self, case: usize, (kind, timing): (&'static str, &'static str)) -> bool {
        let Some(who) = self.ledger.coordinator(case) else { return false };
        let mine = |n: &usize| self.ledger.matters[*n].case == case;
        let carried = |n: &usize| !self.ledger.matters[*n].secret && self.ledger.carried(*n);
        let open: Vec<usize> = self.open_matters().into_iter().filter(mine).collect();
        let Some(matter) = open.iter().copied().find(carried) else {
            let souls = &self.ledger.cases[case].souls;
            let silent = souls.iter().position(|s| s.here && !s.agrees());
            let stands = self.ledger.heir("suishin") == "suishin";
            return match (silent, self.ledger.recorder(case)) {
                (Some(n), Some(worker))
                    if stands && (!self.ledger.consented(case) || self.chance.one_in(2)) =>
                {
                    self.agrees(case, n, worker).await
                }
                _ if self.ledger.consented(case)
                    && (!open.is_empty() || self.ledger.cases[case].provider) =>
                {
                    self.with_consent(case, who).await;
                    true
                }
                _ => false,
            };
        };
        let today = self.today();
        let met = self.ledger.talked_over(matter, today).any(|s| s.provider == Some(true));
        if met && !self.chance.one_in(10) {
            let asked = Asked { kind, timing, on: today, whole: !self.chance.one_in(10), ended: "" };
            self.decides(who, Some(matter), case, &asked).await;
            return true;
        }
        self.meets(matter, today).await
    }

    /// A step of a session about a matter, or the whole of a meeting that is held once.
    async fn meets(&mut self, matter: usize, today: Day) -> bool {
        match self.running() {
            Some((n, s, who)) if s.matter == matter && s.on == today => match (s.stage, s.provider) {
                (_, None) => self.attendance(n, &s, who).await,
                (Stage::Placed, _) => self.begin(n, &s, who).await,
                _ => self.sit().await,
            },
            Some(_) => self.sit().await,
            None if self.chance.one_in(2) && self.convene(matter).await => true,
            None => self.once(matter).await,
        }
    }
}
