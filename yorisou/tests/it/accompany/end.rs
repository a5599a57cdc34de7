//! The end of a walk: whatever is open is brought to its end by the ways that the pages offer, whatever happened before. Each must be open.

use super::ledger::{Asked, Stage, Who};
use super::walk::Walk;
use crate::decision::sat;
use crate::session::id_of;

impl Walk<'_> {
    /// Everything is brought to its end.
    pub async fn no_trap(&mut self) {
        self.place += " at the end";
        self.offices().await;
        self.sessions().await;
        for n in 0..self.ledger.plans.len() {
            self.step();
            match self.ledger.plans[n].state {
                "draft" | "proposed" => self.drops(n).await,
                "in_force" => self.ends(n).await,
                _ => {}
            }
        }
        for matter in self.open_matters() {
            let office = self.takes_charge(matter).await;
            self.closes(matter, office, "settled").await;
        }
        for case in 0..self.ledger.cases.len() {
            self.step();
            while self.ledger.waits(case) {
                assert!(self.hand_back(case).await, "{}", self.told());
            }
            if self.ledger.cases[case].open {
                self.unused(case).await;
                assert!(!self.ledger.held_open(case), "{} {case}\n{:#?}", self.told(), self.ledger);
                // Refused as closed, it is interrupted; neither is a trap.
                while self.ledger.cases[case].open {
                    assert!(self.end_case(case).await, "{}", self.told());
                }
            }
        }
        self.nothing_left().await;
        self.invariants().await;
        // What was promised for after the end has outlived it, and is kept.
        while self.ledger.cases.iter().any(|c| c.look_ins + c.first_checks > 0) {
            assert!(self.keeps_promise().await, "{}\n{:#?}", self.told(), self.ledger);
        }
        self.invariants().await;
    }

    /// A minute passes.
    pub fn step(&mut self) {
        self.ledger.at += 1;
        self.app.clock.forward_minutes(1);
    }

    /// Posts that are vacant are filled, by whoever keeps the register.
    pub async fn offices(&mut self) {
        for (desk, who) in [("hokubu", "mieda"), ("suishin", "imai")] {
            let vacant = !self.ledger.seats.iter().any(|s| s.desk == desk && self.ledger.sits(s.who, desk));
            if vacant && self.ledger.heir(desk) == desk {
                self.successor(desk, who).await;
            }
        }
    }

    /// Items end, sessions are held or called off, what waits is dropped, minutes are approved.
    async fn sessions(&mut self) {
        for n in 0..self.ledger.sittings.len() {
            self.step();
            let s = self.ledger.sittings[n].clone();
            if !s.planned {
                continue;
            }
            let who = self.ledger.secretary(self.ledger.matters[s.matter].case).expect("a secretariat");
            if matches!(s.stage, Stage::Placed | Stage::Begun) {
                // Carried over is open to whatever stands on an agenda.
                let to = format!("/sessions/items/{}/carry", id_of(&s.item));
                self.must(who, &s.path, &to, &[]).await;
                self.ledger.sittings[n].stage = Stage::Carried;
            }
            let page = self.get(who, &s.path).await;
            if page.body.contains("name=\"how-") {
                let mut person = self.lend(who).await;
                crate::session::attend(&mut person, &s.path, "room", &[]).await;
                self.back(who, person);
            }
            self.must(who, &s.path, &format!("{}/hold", s.path), &[]).await;
            self.ledger.sittings[n].planned = false;
        }
        let sql = "SELECT id FROM agenda_item WHERE municipality_id = $1 AND state = 'proposed'";
        for row in self.rows(sql).await {
            let id: words::id::AgendaItemId = row.get("id").unwrap();
            let who = self.ledger.secretary(0).expect("a secretariat");
            let item = format!("/sessions/items/{id}");
            self.must(who, &item, &format!("{item}/drop"), &[("why", "not_yet")]).await;
        }
        while self.minute().await {}
    }

    async fn drops(&mut self, n: usize) {
        let p = self.ledger.plans[n].clone();
        let who = self.ledger.worker(p.case).expect("somebody answers for every case");
        self.must(who, &p.path, &format!("{}/drop", p.path), &[]).await;
        self.ledger.plans[n].state = "dropped";
    }

    /// A plan in force ends by its decision: of a conference with consent while there is consent, otherwise on the own records.
    async fn ends(&mut self, n: usize) {
        let p = self.ledger.plans[n].clone();
        let who = self.ledger.worker(p.case).expect("somebody answers for every case");
        let mut asked = Asked {
            kind: p.kind,
            timing: if self.chance.one_in(2) { "close" } else { "interrupt" },
            on: self.today(),
            whole: true,
            ended: "",
        };
        let right = (0..self.ledger.decided.len())
            .find(|d| self.ledger.ends_by(who, n, &self.ledger.decided[*d], asked.timing));
        let d = if let Some(d) = right {
            d
        } else if self.ledger.consented(p.case) {
            let coordinator = self.ledger.coordinator(p.case).expect("a post that was filled");
            let matter = self.with_consent(p.case, coordinator).await;
            let mut person = self.lend(coordinator).await;
            let page = sat(&mut person, &self.ledger.matters[matter].path, &self.day(0), &[]).await;
            self.back(coordinator, person);
            assert_eq!(page.status, 303, "{}\n{}", self.told(), page.text());
            self.held_once(matter);
            self.decides(coordinator, Some(matter), p.case, &asked).await.expect("a conference decides")
        } else {
            asked.ended = self.ledger.why_ended(p.case);
            self.decides(who, None, p.case, &asked).await.expect("whoever answers for it decides")
        };
        let outcome = if asked.timing == "close" { "end" } else { "interrupt" };
        let back = outcome == "end" && self.taken_up(p.case);
        assert!(self.evaluates(who, n, (outcome, back), Some(d)).await, "{}", self.told());
    }

    /// An open matter that rests on the consent of everybody it is about.
    pub async fn with_consent(&mut self, case: usize, who: Who) -> usize {
        let of = |n: &usize| self.ledger.matters[*n].case == case;
        let open: Vec<usize> = self.open_matters().into_iter().filter(of).collect();
        let carried = |n: &usize| !self.ledger.matters[*n].secret && self.ledger.carried(*n);
        if let Some(n) = open.iter().copied().find(carried) {
            return n;
        }
        if let Some(n) = open.iter().copied().find(|n| !self.ledger.matters[*n].secret) {
            // It goes on about those who agreed.
            let souls = &self.ledger.cases[case].souls;
            let agreed: Vec<usize> =
                (0..souls.len()).filter(|i| souls[*i].here && souls[*i].agrees()).collect();
            let ids: Vec<String> = agreed.iter().map(|i| souls[*i].id.clone()).collect();
            let fields: Vec<(&str, &str)> = ids.iter().map(|id| ("person", id.as_str())).collect();
            let path = self.ledger.matters[n].path.clone();
            self.must(who, &format!("{path}/office"), &format!("{path}/about"), &fields).await;
            self.ledger.matters[n].about = agreed;
            return n;
        }
        if let Some(n) = open.first().copied() {
            self.go_on(n).await;
            return self.ledger.matters.len() - 1;
        }
        while self.open_matters().iter().all(|n| self.ledger.matters[*n].case != case) {
            assert!(self.open_matter(case).await, "{}\n{:#?}", self.told(), self.ledger);
        }
        let n = self.ledger.matters.len() - 1;
        if self.ledger.matters[n].secret {
            self.go_on(n).await;
        }
        self.ledger.matters.len() - 1
    }

    /// A 策定 that nothing used is taken back where it was made; where nobody coordinates any more, the end is decided for good.
    async fn unused(&mut self, case: usize) {
        for n in 0..self.ledger.decided.len() {
            self.step();
            let d = self.ledger.decided[n].clone();
            if d.case != case || d.timing != "establish" || d.used || d.void || !self.ledger.held_open(case) {
                continue;
            }
            if let Some(who) = self.ledger.coordinator(case) {
                let path = format!("/decisions/{}", d.id);
                self.must(who, &path, &format!("{path}/void"), &[]).await;
                self.ledger.decided[n].void = true;
                continue;
            }
            let who = self.ledger.worker(case).expect("somebody answers for every case");
            let (on, kind) = (self.today(), d.kind);
            let ended = self.ledger.why_ended(case);
            let a = Asked { kind, timing: "close", on, whole: true, ended };
            self.decides(who, None, case, &a).await.expect("whoever answers for it decides");
        }
    }

    async fn nothing_left(&mut self) {
        let sql = "SELECT 'plan' AS what FROM support_plan WHERE municipality_id = $1 \
                   AND state IN ('draft', 'proposed', 'in_force') UNION ALL \
                   SELECT 'matter' FROM matter WHERE municipality_id = $1 AND closed_at IS NULL UNION ALL \
                   SELECT 'session' FROM meeting WHERE municipality_id = $1 AND state = 'planned' UNION ALL \
                   SELECT 'item' FROM agenda_item WHERE municipality_id = $1 \
                   AND state IN ('proposed', 'scheduled', 'in_session') UNION ALL \
                   SELECT 'case' FROM case_file WHERE municipality_id = $1 AND state = 'open'";
        let left = self.rows(sql).await;
        let left: Vec<String> = left.iter().map(|r| r.get("what").unwrap()).collect();
        assert!(left.is_empty(), "{} {left:?}", self.told());
        self.count("walks to the end");
    }
}
