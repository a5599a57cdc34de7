//! The proof of disclosure through HTTP: random histories, a marker in every fact, and every byte that leaves
//! scanned for markers that this viewer may not have at that moment.
//!
//! Who may have which is said by a plain model of `docs/disclosure.md` (`markers/oracle.rs`) that knows nothing of the
//! code that decides. Both ways are compared: on a record's own page a marker is there exactly when the model says so.
//!
//! `YORISOU_HISTORIES` sets how many histories on each engine (100, and others on the one than on the other), `YORISOU_SEED` the seed
//! of the first on both.

mod acts;
mod agree;
mod approach;
mod beside;
mod casework;
mod confer;
mod family;
mod inquire;
mod moves;
mod oracle;
mod refer;
mod sheets;
mod sit;
mod steps;
mod urgent;
pub mod world;

use std::collections::BTreeSet;

use acts::History;
use oracle::{VIEWERS, Viewer, Why, viewer};
use world::{Chance, Counts, World, at_least, found, own_page};

use crate::support::{App, On};

/// Pages looked at by each of two viewers after each step.
const GLANCE: usize = 1;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(otherwise)
}

/// Every desk of the town.
const DESKS: [&str; 7] = ["shakyo", "ikiiki", "hokubu", "suishin", "suishin_soudan", "jidokan", "somu"];

/// Lists: of everybody's, whatever history it is.
const LISTS: [&str; 45] = [
    "/load",
    "/watch/silent",
    "/watch/no-consent",
    "/watch/stuck",
    "/watch/alone",
    "/stages",
    "/same",
    "/contacts/new",
    "/contacts/sent",
    "/flow/lessons",
    "/issues",
    "/triage",
    "/handovers",
    "/library",
    "/urgent",
    "/audit/urgent",
    "/",
    "/?all=1",
    "/consultations",
    "/consultations?state=open",
    "/cases",
    "/referrals",
    "/referrals?list=working",
    "/referrals?list=sent",
    "/referrals?list=copy",
    "/referrals?list=over",
    "/inquiries",
    "/inquiries?list=asked",
    "/inquiries?list=ageing",
    "/inquiries?list=raised",
    "/inquiries?list=over",
    "/matters",
    "/capacity",
    "/advice",
    "/overlaps",
    "/feedback",
    "/sheets",
    "/drafts",
    "/nobody",
    "/consents/missing",
    "/consents/ended",
    "/audit",
    "/who",
    "/me",
    "/sheets/new",
];

/// The pages of a history's things, whether a viewer may see them or not.
fn pages(h: &History) -> Vec<String> {
    let mut pages = Vec::new();
    for case in &h.cases {
        for part in [
            "",
            "/entries",
            "/board",
            "/cautions",
            "/engagement",
            "/consents",
            "/consents/new",
            "/print",
            "/print?as=pdf",
            "/referrals",
            "/refer",
            "/end",
            "/inquiries",
            "/access",
            "/reflections",
            "/timeline",
            "/timeline?print=1",
            "/assessment",
            "/set-aside",
            "/sheets",
            "/hold",
        ] {
            pages.push(format!("/cases/{}{part}", case.id));
        }
        for part in ["", "/print", "/print?as=pdf", "/ties/new", "/outside/new"] {
            pages.push(format!("/households/{}{part}", case.household));
        }
    }
    pages.extend(h.needs.iter().map(|n| n.path.clone()));
    pages.extend(h.others.iter().cloned());
    for sent in &h.sent {
        pages.push(sent.path.clone());
        pages.extend(["", "?as=pdf"].map(|kind| format!("{}/print{kind}", sent.path)));
    }
    for asked in &h.asked {
        pages.extend([asked.path.clone(), format!("{}/print", asked.path), format!("{}/result", asked.path)]);
    }
    for (_, matter) in &h.matters {
        pages.extend(["", "/office", "/release"].map(|part| format!("{matter}{part}")));
    }
    for (look, ..) in &h.looks {
        pages.extend([look.clone(), look.replace("/urgent/looks/", "/audit/urgent/")]);
    }
    pages.extend(h.told.iter().map(|t| t.path.clone()));
    pages.extend(h.sheets.iter().map(|s| s.path.clone()));
    pages.extend(h.told.iter().filter_map(|t| t.household.as_ref()).map(|id| format!("/households/{id}")));
    pages
}

impl World<'_> {
    /// One page somebody happens to look at.
    async fn glance(&mut self, h: &History, v: Viewer) {
        let own = pages(h);
        if self.chance.below(10) == 0 {
            let n = h.first + self.chance.below(self.oracle.facts.len() - h.first);
            // All but the last digit: finds whatever was written about then, and is no marker when echoed.
            self.get(v.login, "/").await;
            self.post(v.login, "/search", &[("q", &oracle::beginning(n))]).await;
            return;
        }
        let path = match self.chance.below(10) {
            0 | 1 => self.chance.pick(&LISTS).unwrap().to_owned(),
            _ => self.chance.pick(&own).unwrap_or_else(|| "/".to_owned()),
        };
        let page = self.get(v.login, &path).await;
        if let Some(whole) = path.strip_suffix("/print") {
            let mut there = found(&self.get(v.login, whole).await);
            if whole.starts_with("/handovers") {
                return;
            }
            if whole.starts_with("/cases") {
                there.extend(found(&self.get(v.login, &format!("{whole}/entries")).await));
                let case = h.cases.iter().find(|c| whole.ends_with(&c.id)).unwrap();
                there.extend(found(&self.get(v.login, &format!("/households/{}", case.household)).await));
            }
            let printed = found(&page);
            assert!(printed.is_subset(&there), "{}: {} prints more than {whole} shows", self.place, v.login);
        }
    }

    /// The search before recording: a new consultation under the beginning of a name.
    async fn hint(&mut self, h: &History) {
        let Some((_, n)) = self.chance.pick(&h.persons) else { return };
        let who = self.chance.pick(&["kinoshita", "noguchi", "sano", "hase"]).unwrap();
        let begin = oracle::beginning(n);
        let day = self.today().to_string();
        let fields = [
            ("channel", "counter"),
            ("route", "self"),
            ("urgency", "normal"),
            ("occurred", day.as_str()),
            ("words", "名前だけ"),
            ("name", begin.as_str()),
        ];
        self.get(who, "/consultations/new").await.is(200);
        let page = self.post(who, "/consultations", &fields).await;
        // What lies before a conference, or is open for a day, is found on no other page: it makes no hint.
        let why = self.oracle.why(viewer(who), n);
        let free = !matches!(why, None | Some(Why::Matter | Why::Urgent));
        assert!(!free || page.status == 200, "{}: {who} is not told of a person they know", self.place);
    }

    /// On a record's own page its marker is there exactly when the model says so.
    async fn both_ways(&mut self, n: usize, v: Viewer) {
        let fact = self.oracle.facts[n].clone();
        let workers_only = matches!(
            fact.kind,
            oracle::Kind::Card | oracle::Kind::Consultation | oracle::Kind::Tie | oracle::Kind::Contact
        );
        if fact.record.is_empty() || (workers_only && v.reads == oracle::Reads::OwnWriting) {
            return;
        }
        let page = self.get(v.login, &own_page(&fact)).await;
        let (there, why) = (found(&page).contains(&n), self.oracle.why(v, n));
        assert_eq!(
            there,
            why.is_some(),
            "{}: {} and {} {fact:?}: the model says {why:?}\n{}",
            self.place,
            v.login,
            oracle::marker(n),
            page.text()
        );
        if why.is_none() {
            self.counts.both_ways.1 += 1;
        } else {
            self.counts.both_ways.0 += 1;
        }
    }

    async fn history(&mut self, seed: u64) {
        self.chance = Chance(seed);
        self.own_markers();
        let mut h = History { first: self.oracle.facts.len(), ..History::default() };
        let steps = 7 + self.chance.below(10);
        let mut n = 0;
        while n < steps {
            self.forward(1_000);
            self.place = format!("seed {seed} step {n}");
            let done = match (n, self.chance.below(72)) {
                (0, draw) if draw > 26 => self.sheet(&mut h).await,
                (0, _) | (_, 0..=1) => self.tell(&mut h).await,
                (1..=2, _) if h.cases.is_empty() => {
                    self.take(&mut h).await || self.decide(&mut h, true).await
                }
                (_, 2..=3) => self.decide(&mut h, false).await,
                (_, 4..=7) => self.support(&mut h).await,
                (_, 8..=13) => self.refer(&mut h).await,
                (_, 14..=21) => self.step(&mut h).await,
                (_, 23) => self.withdraw(&h).await,
                (_, 24 | 30) => self.exclude(&h).await,
                (_, 25) => self.sheet(&mut h).await,
                (_, 26..=27) => self.take(&mut h).await,
                (_, 28..=29) => self.mend(&mut h).await,
                (_, 32..=34) => self.ask(&mut h).await,
                (_, 35..=38) => self.inquiry_step(&mut h).await,
                (_, 41..=42) => self.look_urgently(&mut h).await,
                (_, 43..=44) => self.look_over(&h).await,
                (_, 45) => self.shelter(&h).await,
                (_, 46..=50) => self.consent(&h).await,
                (_, 51..=60) => self.casework(&mut h).await,
                (_, 61..=66) => self.family(&mut h).await,
                (_, 67..=70) => self.approach(&mut h).await,
                _ => self.last_day_over(&h),
            };
            if !done {
                // Nothing of the kind can be done now: another draw.
                continue;
            }
            n += 1;
            self.addressee(&h).await;
            for _ in 0..2 {
                let v = self.chance.pick(&VIEWERS).unwrap();
                for _ in 0..GLANCE {
                    self.glance(&h, v).await;
                }
            }
        }
        if self.chance.one_in(2) {
            self.conference(&mut h, seed).await;
        }
        self.place = format!("seed {seed} at the end");
        if self.chance.one_in(2) {
            self.hint(&h).await;
        }
        self.complete(&h).await;
    }

    /// The day after the last day of a consent: everybody has to sign in again, so only sometimes.
    fn last_day_over(&mut self, h: &History) -> bool {
        let today = self.today();
        let ends = h.persons.iter().filter_map(|(p, _)| self.oracle.consents.get(p)).flatten();
        let ends =
            ends.filter(|c| c.effective && !c.withdrawn).filter_map(|c| c.until).find(|last| *last >= today);
        let Some(last) = ends.filter(|_| self.chance.one_in(2)) else { return false };
        self.forward((today.days_until(last) + 1) * 24 * 60 * 60 * 1_000);
        *self.counts.steps.entry("a last day over").or_default() += 1;
        true
    }

    /// Nothing was hidden from its writer, and nothing hangs on which page one takes.
    async fn complete(&mut self, h: &History) {
        let mut records = BTreeSet::new();
        for n in h.first..self.oracle.facts.len() {
            let fact = self.oracle.facts[n].clone();
            if fact.record.is_empty() || fact.author.is_empty() {
                // Typed and not recorded: seen nowhere, or the scan would have said so.
                continue;
            }
            if !records.insert(fact.record.clone()) {
                continue;
            }
            let others: Vec<Viewer> = VIEWERS.into_iter().filter(|v| v.desk != fact.desk).collect();
            let entitled: Vec<Viewer> =
                others.iter().copied().filter(|v| self.oracle.why(*v, n).is_some()).collect();
            // Whoever is named by a consent may still read, or no longer: both are worth a look.
            let named = self.oracle.consents_about(n);
            let named: Vec<Viewer> =
                others.iter().copied().filter(|v| named.iter().any(|c| c.desk == v.desk)).collect();
            let other = match self.chance.below(4) {
                0 => self.chance.pick(&others),
                1 => self.chance.pick(&named),
                _ => self.chance.pick(&entitled).or(self.chance.pick(&named)),
            };
            let other = other.or(self.chance.pick(&others)).unwrap();
            if self.chance.one_in(3) {
                self.both_ways(n, viewer(fact.author)).await;
            }
            self.both_ways(n, other).await;
        }
    }
}

/// Towns at once on each engine: while one waits for its disk, another is at work.
const TOWNS: u64 = 4;

mod random_histories_show_nobody_what_they_may_not_see {
    use crate::support::On;

    #[tokio::test]
    async fn on_sqlite() {
        super::histories(On::Sqlite).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        super::histories(On::Postgres).await;
    }
}

async fn histories(on: On) {
    let histories = number("YORISOU_HISTORIES", 100);
    let first = match on {
        On::Sqlite => 20_261_121,
        On::Postgres => 20_271_121,
    };
    let first = number("YORISOU_SEED", first);
    let towns: Vec<_> = (0..TOWNS)
        .map(|town| (first..first + histories).filter(move |seed| seed % TOWNS == town))
        .map(|seeds| tokio::spawn(in_one_town(on, seeds)))
        .collect();
    let mut counts = Counts::default();
    for town in towns {
        counts.add(town.await.unwrap());
    }
    eprintln!("{on:?}: {histories} histories, {counts:?}");
    meant_something(&counts, usize::try_from(histories).unwrap());
}

/// The articles that referrals can rest on.
async fn articles(app: &App) {
    let (m, system) = (app.town.municipality, access::System::Demonstration);
    let mut act =
        app.engine.system_act(system, m, engine::Origin::Console, "markers.articles", &m).await.unwrap();
    let right = access::Right::system(system);
    register::acts::seed_legal_bases(&mut act, &right, m).await.unwrap();
    conference::seed_positions(&mut act, &right, m).await.unwrap();
    // Looks are short and many here: their limits have stories of their own.
    for (key, value) in [("urgent_look_hours", urgent::LASTS / 60), ("urgent_tries_per_day", 1_000_000)] {
        let insert = "INSERT INTO setting (municipality_id, key, value) VALUES ($1, $2, $3)";
        let args = engine::args![m, key, value.to_string()];
        act.save(&right).unwrap().exec(insert, args).await.unwrap();
    }
    act.commit("").await.unwrap();
}

/// Histories one after the other in a town of their own.
async fn in_one_town(on: On, seeds: impl Iterator<Item = u64>) -> Counts {
    let app = App::start(on).await;
    articles(&app).await;
    let mut world = World::new(&app);
    for seed in seeds {
        world.history(seed).await;
    }
    let counts = world.counts;
    let problems = engine::check::invariants(&app.engine, app.town.municipality).await.unwrap();
    assert_eq!(problems, []);
    app.close().await;
    counts
}

/// So many histories have had something to show and something to hide. Few of them, as in an ordinary run, may by chance miss
/// what happens once in a hundred.
fn meant_something(counts: &Counts, many: usize) {
    if many < 250 {
        return;
    }
    assert!(counts.markers > many * 8, "only {} markers", counts.markers);
    assert!(counts.both_ways.1 > many, "{counts:?}");
    at_least(counts, Why::Own, many * 20);
    at_least(counts, Why::Consent, many);
    at_least(counts, Why::Article, many);
    at_least(counts, Why::Sheet, many / 2);
    at_least(counts, Why::Matter, many / 2);
    at_least(counts, Why::Urgent, many / 2);
    for step in [
        "consent withdrawn",
        "consent to a desk",
        "consent to a category",
        "consent renewed",
        "exclude",
        "a last day over",
        "law",
        "take",
        "complete",
        "ask",
        "inquiry answered",
        "inquiry refused",
        "inquiry withdrawn",
        "matter opened",
        "matter pledged",
        "matter said",
        "matter laid",
        "matter joined",
        "matter left",
        "matter marked",
        "matter recalled",
        "matter closed",
        "session begun",
        "session homework",
        "look urgently",
        "look ended",
        "look over by itself",
        "looked in vain",
        "shelter",
        "need",
        "part",
        "need ended",
        "caution",
        "reflection",
        "hint said",
        "hand over",
        "tie",
        "tie corrected",
        "kin at home",
        "kin elsewhere",
        "former name",
        "former address",
        "planned move",
        "plan changed",
        "plan called off",
        "plan come about",
        "contact sought",
        "guardian set aside",
        "consent carried over",
        "learnt",
        "added beside",
    ] {
        let n = counts.steps.get(step).copied().unwrap_or(0);
        assert!(n >= many / 250, "{step} hardly ever happened: {counts:?}");
    }
}
