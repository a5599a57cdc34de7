//! Every page of the program, found by walking the demonstration as everybody in it: each address that holds the id of a
//! record is somebody's, and for somebody else of the same trade it is the page of absence. Nobody lists the addresses:
//! a new route is walked when a link leads to it, and this fails when none does.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use engine::{Engine, SetClock};
use site::{Access, Method};
use words::{Day, Instant};

use crate::support::{Page, Person, serve};

/// How many addresses of one route a person follows.
const EACH: usize = 7;
/// How many addresses of one route everybody else tries.
const TRIED: usize = 4;

/// Routes with an id that are not about a household: whoever has the role has them all. Each with its reason.
const FOR_ALL_WITH_THE_ROLE: &[(&str, &str)] = &[
    ("/admin/", "the register, sheets, tables and words of the town"),
    ("/agencies/{id}", "who works where is for everybody"),
    ("/plan/", "the published plan holds nothing personal"),
    ("/papers/{key}", "forms without anybody on them"),
    ("/issues/{id}", "community issues hold nothing personal (disclosure rule 11)"),
    (
        "/bodies/{id}",
        "who sits in which body is for everybody who meets; its queue is for its secretariat (session.rs)",
    ),
];

/// Routes that no page of the demonstration leads to, with an id that no other page has: each with the stories that try
/// them, also as the wrong person.
const TRIED_ELSEWHERE: &[(&str, &str)] = &[
    ("/admin/labels/", "label.rs"),
    ("/admin/legal-bases/take-back", "agreement.rs: nobody of the demonstration has added a wording"),
    ("/admin/open-data/load", "import.rs"),
    ("/admin/positions/take-back", "pledged.rs: nobody of the demonstration has worded a pledge"),
    ("/deputies", "deputy.rs: nobody of the demonstration is kept out of what they run"),
    ("/disposal/{id}", "retention.rs"),
    ("/attachments/{id}", "agreement.rs"),
    ("/materials/{id}/{version}", "minutes.rs: the demonstration gives its materials on paper"),
    ("/cases/{id}/consents/asked/", "agreement.rs"),
    ("/cases/{id}/consents/{consent}/carry", "agreement.rs"),
    ("/cases/{id}/consents/{consent}/died", "consent_everywhere.rs: of whoever has died"),
    ("/cases/{id}/consents/{consent}/papers/remove", "agreement.rs"),
    ("/downloads/{id}", "download.rs"),
    ("/drafts/{id}", "intake.rs; an unknown id is a new draft"),
    ("/flow/export", "flow.rs"),
    ("/flow/referrals", "flow.rs"),
    ("/habits/filter/forget", "habits.rs"),
    ("/imports/{id}", "import.rs"),
    ("/me/", "account.rs; a demonstration has no passwords"),
    ("/retention/holds/{id}", "retention.rs"),
    ("/plan/changes/{id}/undo", "plan.rs"),
    ("/tasks/bulk/{id}", "bulk.rs"),
    ("/tasks/changes/{id}", "bulk.rs"),
    ("/triage/task/{id}", "triage.rs"),
    ("/triage/{id}/ticks/", "triage.rs"),
    ("/urgent/", "urgent.rs: a look begins with a reason"),
    ("/audit/urgent/{id}", "urgent.rs"),
    ("/reports/{id}", "oversight.rs"),
    ("/matters/{id}", "conference.rs; what was decided: decision.rs"),
    ("/cases/{id}/ask-matter", "asked_matter.rs"),
    ("/cases/{id}/decide", "decision.rs"),
    ("/decisions/{id}", "decision.rs"),
    ("/matters/{id}/once", "agreed_to.rs"),
    ("/sessions/invitations/{id}/cancelled", "called.rs"),
    ("/sessions/items/{id}/own", "called.rs"),
    ("/sessions/items/{id}/heard", "brought_up.rs"),
    ("/plans/{id}", "support_plan.rs"),
    ("/sessions/homework/{id}", "after.rs"),
    ("/sessions/series", "after.rs: the days are looked at before they are planned"),
    ("/sessions/after/", "after.rs"),
    ("/sessions/{id}/room/", "room.rs: on the day of a session"),
    ("/sessions/items/{id}/homework", "after.rs"),
    ("/cases/{id}/board/{need}", "board.rs"),
    ("/cases/{id}/participation/{match}/", "participation.rs"),
    ("/cases/{id}/lead/{lead}/", "lead.rs"),
    ("/cases/{id}/cautions/{caution}/", "caution.rs"),
    ("/capacity/{id}", "capacity.rs"),
    ("/contacts/{id}", "capacity.rs"),
    ("/advice/{id}", "advice.rs"),
    ("/stages/{id}", "life_stage.rs: the job makes them"),
    ("/watch/look", "workload.rs: the case is named in the query"),
    ("/handovers/{id}", "hand_over.rs"),
    ("/reflections/{id}", "learning.rs"),
    ("/library/{id}", "learning.rs"),
    ("/skills/{id}/confirm", "learning.rs"),
    ("/overlaps/{id}", "overlap.rs"),
    ("/same/{id}", "same.rs"),
    ("/search/saved", "finding.rs"),
    ("/ties/{id}", "family.rs"),
    ("/households/{id}/moved/{plan}/off", "moving.rs"),
    ("/persons/{id}/error", "mistaken.rs"),
    ("/persons/{id}/learnt", "learnt_since.rs: after a hand-over"),
    ("/persons/{id}/names/{name}", "family.rs"),
    ("/persons/{id}/addresses/{address}", "living.rs"),
];

/// Pages that show sentences as they are stored, with their places: each with its reason.
const SHOWN_AS_STORED: &[(&str, &str)] =
    &[("/admin/labels", "a town's own words for the sentences of the program")];

struct Walk {
    /// Concrete addresses by route, and who found them.
    found: BTreeMap<(bool, &'static str), Vec<(String, usize)>>,
}

fn fits(route: &str, path: &str) -> bool {
    let (mut a, mut b) = (route.split('/'), path.split('/'));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(part), Some(other)) if part == other || (part.starts_with('{') && !other.is_empty()) => {}
            _ => return false,
        }
    }
}

/// The route of a path: the one with the fewest places that stand for anything.
fn route_of(routes: &[(bool, &'static str)], post: bool, path: &str) -> Option<&'static str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    routes
        .iter()
        .filter(|(p, route)| *p == post && fits(route, path))
        .min_by_key(|(_, route)| route.matches('{').count())
        .map(|(_, route)| *route)
}

/// Addresses in attributes of this name.
fn attributes<'p>(page: &'p Page, name: &'static str) -> impl Iterator<Item = String> + 'p {
    page.body.split(name).skip(1).filter_map(|rest| {
        let path = rest.split('"').next()?.split('#').next()?.replace("&amp;", "&");
        (path.starts_with('/') && !path.starts_with("/assets")).then_some(path)
    })
}

impl Walk {
    async fn as_somebody(&mut self, routes: &[(bool, &'static str)], who: usize, person: &mut Person) {
        let plain =
            routes.iter().filter(|(post, route)| !post && !route.contains('{')).map(|(_, r)| (*r).to_owned());
        let mut waiting: VecDeque<String> = std::iter::once("/".to_owned()).chain(plain).collect();
        let mut seen = BTreeSet::new();
        let mut of_route: BTreeMap<&str, usize> = BTreeMap::new();
        while let Some(path) = waiting.pop_front() {
            let Some(route) = route_of(routes, false, &path) else { continue };
            let followed = of_route.entry(route).or_default();
            if *followed >= EACH || !seen.insert(path.clone()) {
                continue;
            }
            *followed += 1;
            let page = person.get(&path).await;
            assert!(page.status < 500, "{path} answers {}", page.status);
            if page.status != 200 {
                continue;
            }
            if !excused(SHOWN_AS_STORED, route) {
                let left = page.unfilled();
                assert!(left.is_empty(), "{path}: nothing was filled into {left:?}");
            }
            self.note(false, route, path.clone(), who);
            waiting.extend(attributes(&page, " href=\""));
            let (posts, asks): (Vec<_>, Vec<_>) =
                page.forms().into_iter().partition(crate::support::Form::posts);
            for form in &posts {
                // A field with the name of one that every form carries hides what was typed from the server.
                for carried in ["csrf", "command", "owner"] {
                    let fields = form.html.matches(&format!(" name=\"{carried}\"")).count();
                    assert!(fields < 2, "{path}: two fields {carried} in one form");
                }
            }
            waiting.extend(asks.into_iter().map(|f| f.action));
            // A form without an address is sent to its own page.
            let own = path.split('?').next().unwrap_or_default();
            let sent_to =
                posts.into_iter().map(|f| if f.action.is_empty() { own.to_owned() } else { f.action });
            for path in sent_to.chain(attributes(&page, " formaction=\"")) {
                if let Some(route) = route_of(routes, true, &path) {
                    self.note(true, route, path, who);
                }
            }
        }
    }

    fn note(&mut self, post: bool, route: &'static str, path: String, who: usize) {
        let all = self.found.entry((post, route)).or_default();
        if all.iter().filter(|(_, by)| *by == who).count() < EACH && !all.iter().any(|(p, _)| *p == path) {
            all.push((path, who));
        }
    }
}

/// Addresses of a route that the walk did not see, made with ids of records it did see: what is offered only in a state
/// that the demonstration has not reached is still nobody else's.
fn derived(
    found: &BTreeMap<(bool, &'static str), Vec<(String, usize)>>,
    route: &'static str,
) -> Vec<(String, usize)> {
    let Some((head, tail)) = route.split_once("{id}") else { return Vec::new() };
    if tail.contains('{') {
        return Vec::new();
    }
    let records = found
        .iter()
        .filter(|((_, r), _)| r.starts_with(&format!("{head}{{id}}")))
        .flat_map(|(_, paths)| paths)
        .filter_map(|(path, who)| {
            let id = path.strip_prefix(head)?.split(['/', '?']).next()?;
            Some((format!("{head}{id}{tail}"), *who))
        });
    let mut all: Vec<(String, usize)> = Vec::new();
    for (path, who) in records {
        if !all.iter().any(|(p, _)| *p == path) {
            all.push((path, who));
        }
    }
    all
}

fn excused(list: &[(&str, &str)], route: &str) -> bool {
    list.iter().any(|(begin, _)| route.starts_with(begin))
}

/// The answer to a path, without what differs from form to form.
async fn answer(person: &mut Person, post: bool, path: &str) -> (u16, String) {
    let page = if post { person.post(path, &[]).await } else { person.get(path).await };
    (page.status, page.text())
}

/// The same address of a record that does not exist.
fn of_nothing(path: &str) -> String {
    path.split('/')
        .map(|part| {
            let (id, rest) = part.split_once('?').unwrap_or((part, ""));
            let is_id = id.len() == 36 && id.matches('-').count() == 4;
            let absent = if is_id { "00000000-0000-7000-8000-000000000001" } else { id };
            if rest.is_empty() { absent.to_owned() } else { format!("{absent}?{rest}") }
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn every_route_is_somebodys_and_absence_for_the_wrong_desk() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("crawl.db").display());
    let day = Day::new(2026, 11, 20).unwrap();
    let engine = Engine::open(&url, SetClock::new(Instant::at(day, 14, 0)), Some(7)).await.unwrap();
    engine::migrate::run(&engine, None).await.unwrap();
    let config = town::Config { households: 60, consultations: 240, ..town::Config::demo((2026, 11, 20)) };
    let town = town::generate(&config);
    demo::load(&engine, &town, demo::Options { today: day }).await.unwrap();
    let address = serve(&engine, true).await;

    let accounts: Vec<String> = Person::at(address)
        .get("/sign-in")
        .await
        .body
        .split("name=\"account\" value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next().map(str::to_owned))
        .collect();
    assert!(accounts.len() > 5, "{accounts:?}");
    let mut people = Vec::new();
    for account in &accounts {
        let mut person = Person::at(address);
        assert_eq!(person.post("/sign-in", &[("account", account)]).await.status, 303);
        person.get("/seat").await;
        people.push(person);
    }
    let routes: Vec<(bool, &'static str)> = yorisou::site::pages()
        .iter()
        .filter(|p| !matches!(p.access, Access::Anyone(_)))
        .map(|p| (p.method == Method::Post, p.path))
        .collect();
    let mut walk = Walk { found: BTreeMap::new() };
    for (who, person) in people.iter_mut().enumerate() {
        walk.as_somebody(&routes, who, person).await;
    }

    let mut wrong = Vec::new();
    for (post, route) in &routes {
        let kind = if *post { "POST" } else { "GET " };
        let found = match walk.found.get(&(*post, *route)) {
            Some(found) => found.clone(),
            None => derived(&walk.found, route),
        };
        if found.is_empty() {
            if !excused(TRIED_ELSEWHERE, route) {
                wrong.push(format!("{kind} {route}: no page leads there"));
            }
            continue;
        }
        if !route.contains("{id}") || excused(FOR_ALL_WITH_THE_ROLE, route) {
            continue;
        }
        let mut absent = 0;
        for (path, by) in found.iter().rev().take(TRIED) {
            for (who, person) in people.iter_mut().enumerate().filter(|(who, _)| who != by) {
                let is_theirs = found.iter().any(|(p, b)| p == path && *b == who);
                if is_theirs {
                    continue;
                }
                let here = answer(person, *post, path).await;
                if here.0 == 404 || *post {
                    // Whatever is answered, it is what is answered for a record that does not exist.
                    let nothing = answer(person, *post, &of_nothing(path)).await;
                    if here == nothing {
                        absent += 1;
                    } else if here.0 == 404 {
                        wrong.push(format!("{kind} {path} to {}: not the answer of absence", accounts[who]));
                    }
                }
            }
        }
        if absent == 0 {
            wrong.push(format!("{kind} {route}: absence for nobody"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    engine.close().await;
}
