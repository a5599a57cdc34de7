//! What is looked at after each step: pages by chance, the page where something is both ways, and what the database says of every plan.

use std::collections::{BTreeMap, BTreeSet};

use engine::Row;
use words::id::{DecisionId, DeskId, MatterId};
use words::{Day, Instant};

use super::ledger::{Of, Who};
use super::lives::VIEWERS;
use super::walk::{Walk, found};

/// What the page of a plan calls its state.
const STATES: [(&str, &str); 7] = [
    ("draft", "下書き"),
    ("proposed", "会議にはかる案"),
    ("in_force", "動いている"),
    ("replaced", "次の版に替わった"),
    ("ended", "終結した"),
    ("interrupted", "中断した"),
    ("dropped", "取りやめた"),
];

/// What each timing must have said.
const CONTENT: [(&str, &[&str]); 4] = [
    ("establish", &["goals"]),
    ("replan", &["change", "review", "new_plan"]),
    ("close", &["achieved", "evaluation", "follow_up"]),
    ("interrupt", &["attempts"]),
];

impl Walk<'_> {
    /// Every address of the walk's things.
    fn pages(&self) -> Vec<String> {
        let mut pages: Vec<String> = ["/", "/matters", "/sessions", "/sessions/after", "/cases", "/calendar"]
            .map(str::to_owned)
            .to_vec();
        for c in &self.ledger.cases {
            let parts = [
                "",
                "/entries",
                "/plans",
                "/timeline",
                "/timeline?print=1",
                "/end",
                "/print",
                "/print?as=pdf",
                "/consents",
                "/decide",
                "/conferences",
            ];
            pages.extend(parts.map(|part| format!("/cases/{}{part}", c.id)));
        }
        for x in &self.ledger.matters {
            pages.extend(
                ["", "", "", "/office", "/release", "/decide", "/once"]
                    .map(|part| format!("{}{part}", x.path)),
            );
        }
        for s in self.ledger.sittings.iter().filter(|s| !s.path.is_empty()) {
            let parts = [
                "",
                "/room",
                "/room/view",
                "/minutes",
                "/minutes/comments",
                "/minutes/print",
                "/minutes/print?as=pdf",
                "/minutes/public",
                "/materials",
                "/circulation",
                "/notice",
            ];
            pages.extend(parts.map(|part| format!("{}{part}", s.path)));
            pages.extend([s.item.clone(), format!("{}/homework", s.item)]);
        }
        pages.extend(self.ledger.decided.iter().map(|d| format!("/decisions/{}", d.id)));
        for p in &self.ledger.plans {
            pages.extend(
                ["", "/evaluate", "/print", "/print?as=pdf", "/edit"].map(|part| format!("{}{part}", p.path)),
            );
        }
        pages
    }

    /// Some people open some pages, and search; something that was said in confidence is looked for both ways.
    pub async fn glance(&mut self) {
        let pages = self.pages();
        for _ in 0..2 {
            let (who, path) = (self.chance.pick(&VIEWERS).unwrap(), self.chance.pick(&pages).unwrap());
            // A second program reads each paper: that takes its time.
            if path.contains("as=pdf") && !self.chance.one_in(3) {
                continue;
            }
            self.get(who, &path).await;
        }
        if self.chance.one_in(5) {
            let who = self.chance.pick(&VIEWERS).unwrap();
            self.get(who, "/").await;
            let q = if self.chance.one_in(2) { "MARKQ00" } else { "週1回の見守り" };
            self.post(who, "/search", &[("q", q)]).await;
        }
        let said: Vec<usize> = (0..self.ledger.marks.len()).filter(|n| self.ledger.marks[*n].kept).collect();
        if let Some(n) = self.chance.pick(&said) {
            let Of::Matter(x) = self.ledger.marks[n].of else { return };
            let members: Vec<Who> = self.ledger.matters[x].places.iter().map(|p| p.who).collect();
            for who in [self.chance.pick(&members).unwrap(), self.chance.pick(&VIEWERS).unwrap()] {
                self.both_ways(who, x).await;
            }
        }
    }

    /// On the page of a matter everything stands that somebody may read, and nothing else.
    pub async fn both_ways(&mut self, who: Who, matter: usize) {
        let path = self.ledger.matters[matter].path.clone();
        let page = self.get(who, &path).await;
        let there = found(&page.body);
        if !self.ledger.knows(who, matter) {
            assert_eq!(page.status, 404, "{} {who} is no member\n{}", self.told(), page.text());
        }
        let reads = |n: &usize| {
            let m = &self.ledger.marks[*n];
            m.of == Of::Matter(matter) && m.on_page && self.ledger.reads(who, *n, &path)
        };
        let may: BTreeSet<usize> = (0..self.ledger.marks.len()).filter(reads).collect();
        let hidden = may.difference(&there).collect::<Vec<_>>();
        assert!(
            hidden.is_empty(),
            "{} {who} may read {hidden:?} and does not\n{:#?}\n{}",
            self.told(),
            self.ledger,
            page.text()
        );
        self.count(if may.is_empty() { "nothing to be read" } else { "read" });
    }

    /// What the page of a plan says of it.
    pub async fn says(&mut self) {
        let Some(p) = self.chance.pick(&self.ledger.plans) else { return };
        let Some(who) = self.ledger.worker(p.case) else { return };
        let word = STATES.iter().find(|(s, _)| *s == p.state).unwrap().1;
        self.get(who, &p.path).await.is(200).see(word);
    }

    /// Every plan that came into force, ended or was interrupted has its decision: of this case, kind and timing, with everything that
    /// timing asks for, made before; with consent under an item that was talked over, in the presence of the provider.
    pub async fn invariants(&mut self) {
        let problems = engine::check::invariants(&self.app.engine, self.app.town.municipality).await.unwrap();
        assert_eq!(problems, [], "{}", self.told());
        self.promises().await;
        let rows = self
            .rows(
                "SELECT p.id AS plan, p.state, p.in_force_at, p.ended_at, d.id, d.timing, d.decided_on, d.ground, d.ended_why, \
                 d.matter_id, d.monitoring_on, d.follow_up, d.interrupt_why, \
                 CAST(CASE WHEN d.used_by = p.id AND d.case_id = p.case_id AND d.programme = p.kind \
                 AND d.voided_at IS NULL THEN 1 ELSE 0 END AS BIGINT) AS own, \
                 CAST(CASE WHEN d.id = p.end_decision_id THEN 1 ELSE 0 END AS BIGINT) AS ends \
                 FROM support_plan p LEFT JOIN decision d ON d.municipality_id = p.municipality_id \
                 AND d.id IN (p.decision_id, p.end_decision_id) WHERE p.municipality_id = $1 \
                 AND p.state NOT IN ('draft', 'proposed', 'dropped')",
            )
            .await;
        let texts = self.texts().await;
        let there = self.there().await;
        let sat = self.sat().await;
        for r in &rows {
            let (plan, state): (words::id::ThingId, String) =
                (r.get("plan").unwrap(), r.get("state").unwrap());
            let id: Option<DecisionId> = r.get("id").unwrap();
            let id = id.unwrap_or_else(|| panic!("{} {plan} {state} without a decision", self.told()));
            let timing: String = r.get("timing").unwrap();
            let told = || format!("{} plan {plan} {state} by {timing} {id}", self.told());
            let ends = r.get::<i64>("ends").unwrap() == 1;
            let right = match (ends, state.as_str()) {
                (false, _) => matches!(timing.as_str(), "establish" | "replan"),
                (true, "ended") => timing == "close",
                (true, _) => timing == "interrupt",
            };
            assert!(right && r.get::<i64>("own").unwrap() == 1, "{}", told());
            let parts = CONTENT.iter().find(|(t, _)| *t == timing).unwrap().1;
            let said = texts.get(&id).cloned().unwrap_or_default();
            assert!(parts.iter().all(|p| said.contains(*p)), "{} {said:?}", told());
            let day: Option<Day> = r.get("monitoring_on").unwrap();
            assert_eq!(day.is_some(), !ends, "{}", told());
            let on: Day = r.get("decided_on").unwrap();
            let at: Option<Instant> = r.get(if ends { "ended_at" } else { "in_force_at" }).unwrap();
            assert!(on <= at.unwrap().day(), "{}", told());
            let (ground, why): (String, String) = (r.get("ground").unwrap(), r.get("ended_why").unwrap());
            assert!(ends || ground == "consent", "{}", told());
            if !why.is_empty() {
                assert!(ends, "{}", told());
                continue;
            }
            let matter: MatterId = r.get("matter_id").unwrap();
            assert!(ground == "consent", "without consent it says why: {}", told());
            let under = sat.get(&id).copied();
            assert!(under.is_some(), "under no item that was talked over: {}", told());
            assert!(
                under == Some(true) || there.contains(&(matter, on)),
                "nobody obliged was there: {}",
                told()
            );
        }
    }

    /// Of a plan in force one look is promised, for its day, and what a desk took on, until it is done; of any other nothing is. What was
    /// promised for after an end stands until it is done, whatever ended. No promise is at a desk that is gone.
    async fn promises(&self) {
        let rows = self
            .rows(
                "SELECT p.id AS plan, p.monitoring_on, t.kind, t.due_at FROM support_plan p LEFT JOIN task t \
                 ON t.municipality_id = p.municipality_id AND t.thing_id = p.id AND t.state = 'open' \
                 AND t.kind IN ('monitor', 'plan_action', 'hear_action') WHERE p.municipality_id = $1",
            )
            .await;
        for (n, p) in self.ledger.plans.iter().enumerate() {
            let of = |r: &&Row| p.path.ends_with(&r.get::<words::id::ThingId>("plan").unwrap().to_string());
            let (mut looks, mut parts) = (0, 0);
            for r in rows.iter().filter(of) {
                match r.get::<Option<String>>("kind").unwrap().as_deref() {
                    Some("monitor") => {
                        looks += 1;
                        let (due, on): (Instant, Day) =
                            (r.get("due_at").unwrap(), r.get("monitoring_on").unwrap());
                        assert_eq!(due.day(), on, "{} plan {n}", self.told());
                    }
                    Some(_) => parts += 1,
                    None => {}
                }
            }
            let live = p.state == "in_force";
            let promised = (usize::from(live), usize::from(live && !p.desk_done));
            assert_eq!((looks, parts), promised, "{} plan {n}\n{:#?}", self.told(), self.ledger);
        }
        let open = self.look_ins().await;
        for (n, c) in self.ledger.cases.iter().enumerate() {
            let count = |kind: &str| open.iter().filter(|(_, case, k, _)| *case == c.id && k == kind).count();
            let there = (count("follow_up"), count("first_check"));
            assert_eq!(there, (c.look_ins, c.first_checks), "{} case {n}\n{:#?}", self.told(), self.ledger);
        }
        let gone = self.ledger.ends.keys().filter(|d| self.ledger.heir(d) != **d);
        let gone: Vec<DeskId> = gone.map(|d| self.app.town.desk(d)).collect();
        assert!(open.iter().all(|(.., desk)| !gone.contains(desk)), "{} {open:?}", self.told());
    }

    /// The parts of each decision's words.
    async fn texts(&self) -> BTreeMap<DecisionId, BTreeSet<String>> {
        let sql = "SELECT decision_id, part FROM decision_text WHERE municipality_id = $1";
        let mut texts: BTreeMap<DecisionId, BTreeSet<String>> = BTreeMap::new();
        for r in self.rows(sql).await {
            texts.entry(r.get("decision_id").unwrap()).or_default().insert(r.get("part").unwrap());
        }
        texts
    }

    /// Where and when the provider was noted as there.
    async fn there(&self) -> BTreeSet<(MatterId, Day)> {
        let sql = "SELECT k.matter_id, k.desk_id, p.on_day FROM matter_presence p JOIN matter_member k \
                   ON k.municipality_id = p.municipality_id AND k.id = p.member_id WHERE p.municipality_id = $1 \
                   AND p.way <> 'absent'";
        let rows = self.rows(sql).await;
        let of = rows.iter().filter(|r| self.is_provider(r));
        of.map(|r| (r.get("matter_id").unwrap(), r.get("on_day").unwrap())).collect()
    }

    /// Under which decisions' items a session talked it over, and whether the provider was there.
    async fn sat(&self) -> BTreeMap<DecisionId, bool> {
        let sql = "SELECT x.decision_id, v.desk_id FROM decision_item x \
                   JOIN agenda_item i ON i.municipality_id = x.municipality_id AND i.id = x.item_id \
                   JOIN meeting k ON k.municipality_id = i.municipality_id AND k.id = i.meeting_id \
                   LEFT JOIN invitee v ON v.municipality_id = k.municipality_id AND v.meeting_id = k.id \
                   AND (v.item_id IS NULL OR v.item_id = i.id) AND v.attendance NOT IN ('', 'absent', 'observer', 'public') \
                   WHERE x.municipality_id = $1 AND k.state <> 'cancelled' \
                   AND i.state IN ('in_session', 'concluded', 'carried_over')";
        let mut sat = BTreeMap::new();
        for r in self.rows(sql).await {
            *sat.entry(r.get("decision_id").unwrap()).or_default() |= self.is_provider(&r);
        }
        sat
    }

    fn is_provider(&self, r: &Row) -> bool {
        r.get::<Option<DeskId>>("desk_id").unwrap() == Some(self.app.town.desk("suishin"))
    }
}
