//! The proof that conferences and plans hold: random walks through the real server, with deaths, moves, withdrawn consents, transfers and
//! closed desks. No path closes, interrupts, plans or re-plans a case without its decision; no path shows what was said in confidence to
//! whoever is no member, is none any more, or has not pledged; and no path is a trap.
//!
//! What may be done is said by a plain ledger (`accompany/ledger.rs`) that knows nothing of the code that decides. Each form is sent when it
//! fits and when it does not: what the ledger refuses the program refuses, and nothing changes; what it allows must go.
//!
//! `YORISOU_WALKS` sets how many walks on each engine, `YORISOU_WALK_SEED` the seed of the first on both.

mod after;
mod beside;
mod carry;
mod confer;
mod decide;
mod end;
mod ledger;
mod lives;
mod look;
mod road;
mod sit;
mod walk;

use std::collections::BTreeMap;

use walk::Walk;

use crate::support::{App, On};

/// Walks at once on each engine.
const AT_ONCE: u64 = 2;
/// Steps of a walk, after the first ones that make it begin.
const STEPS: usize = 45;
/// One walk in so many, the first among them, is paved: it begins with a plan in force.
const ONE_PAVED_IN: u64 = 3;
/// Steps on the road at most, until a walk is paved.
const PAVED: usize = 120;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(otherwise)
}

impl Walk<'_> {
    async fn walk(&mut self, paved: bool) {
        self.ledger.today = Some(self.app.engine.now().day());
        self.seats();
        self.household("青木 ハル").await;
        if self.chance.one_in(2) {
            self.household("森本 はな").await;
        }
        for case in 0..self.ledger.cases.len() {
            self.begin_with(case).await;
        }
        let road = paved || !self.chance.one_in(5);
        if paved {
            self.pave().await;
        }
        for n in 0..STEPS {
            self.place = format!("{} step {n}", self.place.split(' ').take(2).collect::<Vec<_>>().join(" "));
            self.step();
            // Half of the steps, or a little more, go on where a case wants to go; anything can come between.
            let mut done = road && self.chance.below(20) < 11 && {
                let case = if self.chance.one_in(4) { self.ledger.cases.len() - 1 } else { 0 };
                self.onward(case).await
            };
            for _ in 0..4 {
                if !done {
                    done = self.something().await;
                }
            }
            self.glance().await;
            if self.chance.one_in(3) {
                self.says().await;
            }
            self.invariants().await;
        }
        self.how_far();
        self.no_trap().await;
    }

    /// The first case comes as far as a plan in force and a step beyond it, before anything comes between: what follows is walked from there.
    async fn pave(&mut self) {
        for n in 0..PAVED {
            if self.counts.contains_key("a plan in force") && self.beyond() {
                return;
            }
            self.place = format!("{} paved {n}", self.place.split(' ').take(2).collect::<Vec<_>>().join(" "));
            self.step();
            self.onward(0).await;
            self.invariants().await;
        }
    }

    /// Whether something came about that only a plan in force leads to.
    fn beyond(&self) -> bool {
        let after = [
            "a plan looked at",
            "a plan replaced",
            "a plan ended",
            "a plan interrupted",
            "the person's own step done",
            "a desk's step done",
        ];
        after.iter().any(|what| self.counts.contains_key(what))
    }

    /// How far the walk came before it was brought to its end.
    fn how_far(&mut self) {
        if self.counts.contains_key("a plan in force") {
            self.count("walks with a plan in force");
        }
        if self.beyond() {
            self.count("walks beyond");
        }
    }

    /// A matter in confidence with two members, so that the rest of the walk has something to go on from.
    async fn begin_with(&mut self, case: usize) {
        self.step();
        assert!(self.open_matter(case).await, "{}", self.told());
        let matter = self.ledger.matters.len() - 1;
        self.joins(matter, "sano", "hokubu").await;
        for who in ["hase", "sano"] {
            if !self.chance.one_in(8) {
                self.pledges(matter, who).await;
            }
        }
        if !self.chance.one_in(4) {
            let worker = self.ledger.worker(case).unwrap();
            self.agrees(case, 0, worker).await;
            if self.ledger.consented(case) && !self.chance.one_in(3) {
                self.go_on(matter).await;
            }
        }
    }

    /// Something happens, if it can now.
    async fn something(&mut self) -> bool {
        let case = self.chance.below(self.ledger.cases.len());
        let open = self.open_matters();
        let all: Vec<usize> = (0..self.ledger.matters.len()).collect();
        // Mostly in a matter that is open; what is over is tried all the same.
        let of = if open.is_empty() || self.chance.one_in(12) { all } else { open };
        let matter = self.chance.pick(&of).unwrap_or(0);
        match self.chance.below(100) {
            0..=2 => self.open_matter(case).await,
            3..=8 => self.pledge(matter).await,
            9..=12 => self.say(matter).await,
            13..=16 => self.join(matter).await,
            17..=18 => self.leave(matter).await,
            19..=21 => self.note_presence(matter).await,
            22..=23 => self.go_on(matter).await,
            24 => self.close_matter(matter).await,
            25 if self.chance.one_in(2) => self.lead(case).await,
            25 => self.about(matter).await,
            26..=29 => self.convene(matter).await,
            30..=42 => self.sit().await,
            43..=44 => self.minute().await,
            45..=49 => self.once(matter).await,
            50..=63 => self.decide(matter).await,
            64..=66 => self.decide_alone(case).await,
            67 => self.void().await,
            68..=73 => self.write_plan(case).await,
            74..=79 => self.prepare().await,
            80..=85 => self.force().await,
            86 => self.evaluate().await,
            87 => self.participation(case).await,
            88 => {
                let some = self.plans_of(&["in_force", "in_force", "proposed", "replaced", "ended"]);
                match self.chance.pick(&some) {
                    Some(n) => self.done(n).await,
                    None => false,
                }
            }
            89 => self.hand_back(case).await,
            90 if self.chance.one_in(3) => self.reopen(case).await,
            90 => self.monitor().await,
            91 => self.end_case(case).await,
            92..=93 => self.agree(case).await,
            94 => self.take_back(case).await,
            95 => self.fate(case).await,
            96 => self.exclude(case).await,
            97 => {
                let desk = self.chance.pick(&["hokubu", "suishin"]).unwrap();
                self.transfer(desk).await
            }
            98 => {
                let desk = self.chance.pick(&["hokubu", "hokubu", "suishin"]).unwrap();
                self.close_desk(desk).await
            }
            _ if self.chance.one_in(3) => self.april().await,
            _ => {
                self.sleep(1).await;
                true
            }
        }
    }
}

mod no_path_goes_around_a_decision_tells_what_was_said_in_confidence_or_is_a_trap {
    use crate::support::On;

    #[tokio::test]
    async fn on_sqlite() {
        super::walks(On::Sqlite).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        super::walks(On::Postgres).await;
    }
}

async fn walks(on: On) {
    let walks = number("YORISOU_WALKS", 8);
    let first = number("YORISOU_WALK_SEED", if on == On::Sqlite { 60_261_121 } else { 60_271_121 });
    let lanes: Vec<_> = (0..AT_ONCE)
        .map(|lane| (first..first + walks).filter(move |seed| seed % AT_ONCE == lane))
        .map(|seeds| seeds.map(move |seed| (seed, (seed - first).is_multiple_of(ONE_PAVED_IN))))
        .map(|seeds| tokio::spawn(one_after_the_other(on, seeds)))
        .collect();
    let mut counts = BTreeMap::new();
    for lane in lanes {
        for (what, n) in lane.await.unwrap() {
            *counts.entry(what).or_insert(0) += n;
        }
    }
    eprintln!("{on:?}: {walks} walks, {counts:?}");
    meant_something(&counts, walks);
}

/// Each walk in a town of its own; which, and whether it is paved.
async fn one_after_the_other(
    on: On,
    seeds: impl Iterator<Item = (u64, bool)>,
) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for (seed, paved) in seeds {
        let app = App::start(on).await;
        let mut walk = Walk::new(&app, seed);
        walk.walk(paved).await;
        for (what, n) in std::mem::take(&mut walk.counts) {
            *counts.entry(what).or_insert(0) += n;
        }
        drop(walk);
        app.close().await;
    }
    counts
}

/// In so many walks something is read that was said in confidence.
const SOME: u64 = 4;
/// So many walks come about everything.
const MANY: u64 = 100;

/// What comes about in some walk of many.
const RARE: [&str; 22] = [
    "策定",
    "再プラン",
    "終結",
    "中断",
    "decided in confidence",
    "decided alone",
    "a plan in force",
    "outreach in force",
    "participation in force",
    "a plan replaced",
    "taken up again",
    "a plan looked at",
    "the person's own step done",
    "a desk's step done",
    "handed back",
    "a case reopened",
    "looked in after the end",
    "a first check done",
    "an April",
    "a wish",
    "a step of a wish",
    "a lead for a while",
];

/// The walks have tried what matters, as far as so many can.
fn meant_something(counts: &BTreeMap<&'static str, usize>, walks: u64) {
    // The first walk is paved: also a single one sees a plan in force, and what comes after it.
    let always =
        ["refused", "nothing to be read", "walks to the end", "walks with a plan in force", "walks beyond"];
    // Whether something is said in confidence, and read, is left to chance.
    let some = ["read"];
    let often = always.iter().chain(some.iter().filter(|_| walks >= SOME));
    for what in often.chain(RARE.iter().filter(|_| walks >= MANY)) {
        assert!(counts.get(what).is_some_and(|n| *n > 0), "{what} never happened: {counts:?}");
    }
    // Two in five see a plan in force, one in four what comes after it.
    for (what, of) in [("walks with a plan in force", (2, 5)), ("walks beyond", (1, 4))] {
        let n = counts.get(what).copied().unwrap_or(0) as u64;
        assert!(walks < MANY || n * of.1 >= walks * of.0, "{what}: {n} of {walks}");
    }
}
