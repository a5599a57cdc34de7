//! 同意のない人: non-consent is a state, not a hole (disclosure rule 9). Everybody of the own open cases whom no consent in
//! force covers, by the age of the matter, with who took the initiative, who answers for it, and when something is next.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Disclosed, Scope};
use askama::Template;
use casefile::{CaseState, Filter};
use consent::{Consent, RequestState};
use engine::{Channel, Fail};
use household::{Person, Reasons};
use site::{Answer, Frame, Req, link};
use words::Instant;
use words::id::{CaseId, DeskId, PersonId};

use crate::sql;

/// Cases on a page.
const PAGE: usize = 25;

struct Row {
    whose: String,
    number: String,
    case: String,
    days: i64,
    opened: String,
    initiator: String,
    accountable: String,
    next: String,
    next_iso: String,
    /// What stands about a consent: never asked, asked, refused, ended.
    state: String,
    /// Where the next word of the person is written down: on what they were asked, or on a new consent.
    record: String,
    /// They were asked, and the answer is waited for.
    asked: bool,
    /// The way to a confidential conference, for whoever may open one.
    confer: Option<String>,
}

#[derive(Template)]
#[template(path = "agreement_missing.html")]
struct MissingPage {
    frame: Frame,
    rows: Vec<Row>,
    /// Whether this is not the first page.
    paged: bool,
    next: Option<String>,
    reasons: Vec<String>,
}

/// GET /consents/missing: `after` is the last case of the page before.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let (m, today) = (viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::List).await?;
    let frame = req.frame();
    let after = req.query().get("after").and_then(cursor);
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut waiting = sql::waiting(&mut look.conn(), &viewer, today, after, most).await?;
    let more = waiting.len() > PAGE;
    waiting.truncate(PAGE);
    let filter = Filter { state: Some(CaseState::Open), among: Some(waiting), ..Filter::default() };
    let scope = Scope::own_desks(&viewer);
    let mut cases = casefile::list(&mut look.conn(), &viewer, &scope, &filter, most).await?;
    // The matter that has waited longest stands first.
    cases.sort_by_key(|c| (c.opened_at, c.id));
    let homes = cases.iter().map(|c| c.household);
    let sealed = household::person::of_households(&mut look.conn(), &viewer, homes).await?;
    let people: Vec<Disclosed<Person>> = look.disclose(sealed).await?;
    let ids: Vec<PersonId> = people.iter().filter(|p| p.died.is_none()).map(|p| p.id).collect();
    let given = consent::of_persons(&mut look.conn(), m, ids.iter().copied()).await?;
    let aside = consent::set_asides(&mut look.conn(), m, ids.iter().copied()).await?;
    let asked = consent::requests(&mut look.conn(), m, cases.iter().map(|c| c.id)).await?;
    let due: BTreeMap<CaseId, Instant> =
        sql::next_due(&mut look.conn(), m, cases.iter().map(|c| c.id)).await?.into_iter().collect();
    let opened: BTreeMap<CaseId, DeskId> =
        sql::opened_by(&mut look.conn(), m, cases.iter().map(|c| c.id)).await?.into_iter().collect();
    let desks = cases.iter().filter_map(|c| c.accountable).chain(opened.values().copied());
    let desks = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let own = viewer.reading_desks();
    // Opening a matter is the coordinator's (disclosure rule 9: without consent the way leads there).
    let may_confer = viewer.has_role(&[access::Role::Coordinator]);
    let mut reasons = Reasons::default();
    let mut rows = Vec::new();
    for case in &cases {
        let of_home = people.iter().filter(|p| p.household == case.household && p.died.is_none());
        let accountable = case.accountable.is_some_and(|d| own.contains(&d));
        // A consent that this viewer may not know of is none to them: it must not take a line away either.
        let (given, viewer) = (&given, &viewer);
        let known = |p: PersonId| {
            given.iter().filter(move |c: &&Consent| c.person == p && c.shown_to(viewer, accountable))
        };
        for person in of_home.filter(|p| !known(p.id).any(|c| c.holds_on(today))) {
            reasons.of(person);
            let of_person = asked.iter().filter(|r| {
                r.person == person.id && r.case == case.id && (accountable || own.contains(&r.desk))
            });
            let last = of_person.clone().find(|r| r.state != RequestState::Dropped);
            let ended = known(person.id).next().is_some();
            let key = match last {
                Some(r) if r.state == RequestState::Requested => "missing.asked",
                Some(r) if r.refused(&aside) => "missing.refused",
                _ if ended => "missing.ended",
                _ => "missing.never",
            };
            let waited = last.filter(|r| r.state == RequestState::Requested);
            let name = |desk: Option<DeskId>| desk.and_then(|d| desks.get(&d)).cloned().unwrap_or_default();
            let next = due.get(&case.id);
            rows.push(Row {
                whose: match person.called() {
                    "" => frame.t.s("case_consents.someone").to_owned(),
                    name => name.to_owned(),
                },
                number: case.number_text(),
                case: link::case_consents(case.id),
                days: case.opened_at.day().days_until(today),
                opened: frame.day(&case.opened_at.day()),
                initiator: name(opened.get(&case.id).copied()),
                accountable: name(case.accountable),
                next: next.map(|at| frame.day(&at.day())).unwrap_or_default(),
                next_iso: next.map(|at| at.day().to_string()).unwrap_or_default(),
                state: frame.t.s(key).to_owned(),
                asked: waited.is_some(),
                record: waited.map_or_else(
                    || link::case_consent_new(case.id),
                    |r| link::consent_request(case.id, r.id),
                ),
                confer: may_confer.then(|| link::matter_new("case", case.id)),
            });
        }
    }
    let next = cases.last().filter(|_| more);
    let page = MissingPage {
        rows,
        paged: after.is_some(),
        next: next.map(|c| format!("{}?after={}_{}", link::NO_CONSENT, c.opened_at.millis(), c.id)),
        reasons: reasons.sentences(&frame.t),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// `1700000000000_0190…`: a moment and an id.
fn cursor(text: &str) -> Option<(Instant, CaseId)> {
    let (at, id) = text.split_once('_')?;
    Some((Instant::from_millis(at.parse().ok()?), id.parse().ok()?))
}
