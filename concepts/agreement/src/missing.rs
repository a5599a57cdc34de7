//! 同意のない人: non-consent is a state, not a hole (disclosure rule 9). Everybody of the own open cases whom no consent in
//! force covers, case by case and by the age of the matter, with who took the initiative, who answers for it, when something is next, and
//! the way to the confidential conference.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use access::{Disclosed, Scope, Viewer};
use askama::Template;
use casefile::{CaseHeader, CaseState, Filter};
use consent::{Consent, Request, RequestState, SetAside, Standing, standing};
use engine::{Broken, Channel, Fail, Look};
use household::{Person, Reasons};
use site::{Answer, Fields, Frame, Req, link};
use words::fold::fold;
use words::id::{CaseId, DeskId, PersonId};
use words::{Day, Instant};

use crate::sql;

/// Cases on a page.
const PAGE: usize = 25;

/// Cases that are looked through at once. Where there are more the page says so, and the numbers on it are said to be the least.
const MOST: usize = 2_000;

/// One person without a consent.
struct Who {
    whose: String,
    /// What stands about a consent: never asked, asked, refused, ended.
    state: String,
    /// Where the next word of the person is written down: on what they were asked, or on a new consent.
    record: String,
    /// They were asked, and the answer is waited for.
    asked: bool,
}

/// One case, with whom no consent covers.
struct Row {
    people: Vec<Who>,
    number: String,
    case: String,
    days: i64,
    opened: String,
    initiator: String,
    accountable: String,
    next: String,
    next_iso: String,
    /// The way to a confidential conference: a matter, for whoever opens one; asking for it, for everybody else.
    confer: String,
}

#[derive(Template)]
#[template(path = "agreement_missing.html")]
struct MissingPage {
    frame: Frame,
    rows: Vec<Row>,
    /// How many cases and people there are on all pages, as the list is narrowed.
    cases: usize,
    people: usize,
    /// How many cases were looked through, where there are more; what it is narrowed to is looked for among all.
    cut: Option<usize>,
    /// What it is narrowed to. A case by its number: names do not stand in addresses.
    number: String,
    desks: Vec<(DeskId, String, bool)>,
    narrowed: bool,
    /// Which page, and the addresses of those around it.
    at: usize,
    pages: usize,
    first: String,
    next: Option<String>,
    reasons: Vec<String>,
}

/// What stands about the consents of the people of these cases.
struct Known {
    given: Vec<Consent>,
    aside: Vec<SetAside>,
    asked: Vec<Request>,
    /// Who has died as this viewer may know from what was written beside their card: nobody asks them.
    dead: BTreeSet<PersonId>,
}

impl Known {
    /// The consents of somebody that count for this viewer: one they may not know of is none to them, and must not take a line away either.
    fn of<'a>(
        &'a self,
        viewer: &'a Viewer,
        person: PersonId,
        accountable: Option<CaseId>,
    ) -> impl Iterator<Item = &'a Consent> {
        consent::known_of(&self.given, viewer, person, accountable)
    }

    fn who(&self, frame: &Frame, viewer: &Viewer, (case, accountable): (CaseId, bool), p: &Person) -> Who {
        let own = viewer.reading_desks();
        let mut of_person = self
            .asked
            .iter()
            .filter(|r| r.person == p.id && r.case == case && (accountable || own.contains(&r.desk)));
        let last = of_person.find(|r| r.state != RequestState::Dropped);
        let ended = self.of(viewer, p.id, accountable.then_some(case)).next().is_some();
        let key = match last {
            Some(r) if r.state == RequestState::Requested => "missing.asked",
            Some(r) if r.refused(&self.aside) => "missing.refused",
            _ if ended => "missing.ended",
            _ => "missing.never",
        };
        let waited = last.filter(|r| r.state == RequestState::Requested);
        Who {
            whose: match p.called() {
                "" => frame.t.s("case_consents.someone").to_owned(),
                name => name.to_owned(),
            },
            state: frame.t.s(key).to_owned(),
            asked: waited.is_some(),
            record: waited
                .map_or_else(|| link::case_consent_new(case), |r| link::consent_request(case, r.id)),
        }
    }
}

/// Which page of what.
struct Wanted {
    number: String,
    desk: Option<DeskId>,
    page: usize,
}

impl Wanted {
    fn of(req: &Req) -> Self {
        let query = req.query();
        Self {
            number: query.get("number").unwrap_or_default().trim().to_owned(),
            desk: query.get("desk").and_then(|d| d.parse().ok()),
            page: query.get("page").and_then(|p| p.parse().ok()).unwrap_or(1).max(1),
        }
    }

    /// What the statement can narrow by: the desk, and a number that is whole.
    fn whole(&self) -> (Option<DeskId>, Option<(i64, i64)>) {
        (self.desk, casefile::number_in(&self.number))
    }

    /// Whether a case fits.
    fn fits(&self, case: &CaseHeader) -> bool {
        let of_number = self.number.is_empty()
            || casefile::number_in(&self.number) == Some((case.fiscal_year, case.number))
            || case.number_text().contains(&fold(&self.number));
        of_number && self.desk.is_none_or(|d| case.accountable == Some(d))
    }

    fn address(&self, page: usize) -> String {
        let mut fields = Vec::new();
        if !self.number.is_empty() {
            fields.push(("number".to_owned(), self.number.clone()));
        }
        if let Some(desk) = self.desk {
            fields.push(("desk".to_owned(), desk.to_string()));
        }
        if page > 1 {
            fields.push(("page".to_owned(), page.to_string()));
        }
        if fields.is_empty() {
            return link::NO_CONSENT.to_owned();
        }
        format!("{}?{}", link::NO_CONSENT, Fields::from_pairs(fields).encode())
    }
}

/// The cases of one page with their people, and how many there are on all pages.
struct Found {
    /// Each with whom no consent covers there: of two cases of a household one can know of a consent that the other does not.
    on_page: BTreeMap<CaseId, Vec<PersonId>>,
    people: Vec<Disclosed<Person>>,
    cases: usize,
    persons: usize,
    at: usize,
    pages: usize,
}

/// Looks everybody through, and shows and notes those of one page alone: what is passed over was not looked at.
async fn find(
    look: &mut Look,
    cases: &[CaseHeader],
    known: &Known,
    wanted: &Wanted,
    sealed: Vec<access::Sealed<Person>>,
) -> Result<Found, Broken> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let own = viewer.reading_desks();
    let (mut on_page, mut counts, mut at, mut pages) = (BTreeMap::new(), (0, 0), 1, 1);
    let people = look
        .disclose_chosen(sealed, |people| {
            let uncovered = |case: &CaseHeader, p: &Disclosed<Person>| {
                let accountable = case.accountable.is_some_and(|d| own.contains(&d));
                let of_person = known.of(&viewer, p.id, accountable.then_some(case.id));
                p.died.is_none()
                    && !known.dead.contains(&p.id)
                    && standing(of_person, today) != Standing::Holds
            };
            let mut fitting: Vec<(CaseId, Vec<PersonId>)> = Vec::new();
            for case in cases {
                let there = people.iter().filter(|p| p.household == case.household);
                let there: Vec<&Disclosed<Person>> = there.filter(|p| uncovered(case, p)).collect();
                if !there.is_empty() && wanted.fits(case) {
                    fitting.push((case.id, there.iter().map(|p| p.id).collect()));
                }
            }
            counts = (fitting.len(), fitting.iter().map(|(_, p)| p.len()).sum());
            pages = fitting.len().div_ceil(PAGE).max(1);
            at = wanted.page.min(pages);
            on_page = fitting.into_iter().skip((at - 1) * PAGE).take(PAGE).collect();
            let shown: BTreeSet<PersonId> = on_page.values().flatten().copied().collect();
            people.into_iter().filter(|p| shown.contains(&p.id)).collect()
        })
        .await?;
    let (cases, persons) = counts;
    Ok(Found { on_page, people, cases, persons, at, pages })
}

/// The own open cases in which somebody may be without a consent; the matter that has waited longest stands first. Whether there are more
/// than are looked through: then those that are asked for are looked for among all of them.
async fn waiting(look: &mut Look, today: Day, wanted: &Wanted) -> Result<(Vec<CaseHeader>, bool), Broken> {
    let viewer = look.viewer().clone();
    let (mut waiting, mut more) = sql::waiting(&mut look.conn(), &viewer, today, (None, None), MOST).await?;
    let of = wanted.whole();
    if more && of != (None, None) {
        (waiting, more) = sql::waiting(&mut look.conn(), &viewer, today, of, MOST).await?;
    }
    let filter = Filter { state: Some(CaseState::Open), among: Some(waiting), ..Filter::default() };
    let scope = Scope::own_desks(&viewer);
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let mut cases = casefile::list(&mut look.conn(), &viewer, &scope, &filter, most).await?;
    cases.sort_by_key(|c| (c.opened_at, c.id));
    Ok((cases, more))
}

/// GET /consents/missing?number=&desk=&page=
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let (m, today) = (viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::List).await?;
    let (frame, wanted) = (req.frame(), Wanted::of(&req));
    let (cases, more) = waiting(&mut look, today, &wanted).await?;
    let homes = || cases.iter().map(|c| c.household);
    let sealed = household::person::of_households(&mut look.conn(), &viewer, homes()).await?;
    let ids: Vec<PersonId> = sealed.iter().map(|p| p.facts().record.id.cast()).collect();
    let known = Known {
        given: consent::of_persons(&mut look.conn(), m, ids.iter().copied()).await?,
        aside: consent::set_asides(&mut look.conn(), m, ids.iter().copied()).await?,
        asked: consent::requests(&mut look.conn(), m, cases.iter().map(|c| c.id)).await?,
        dead: household::known_dead(&mut look, homes()).await?,
    };
    let found = find(&mut look, &cases, &known, &wanted, sealed).await?;
    let due: BTreeMap<CaseId, Instant> =
        sql::next_due(&mut look.conn(), m, found.on_page.keys().copied()).await?.into_iter().collect();
    let opened: BTreeMap<CaseId, DeskId> =
        sql::opened_by(&mut look.conn(), m, found.on_page.keys().copied()).await?.into_iter().collect();
    let named = cases.iter().filter_map(|c| c.accountable).chain(opened.values().copied());
    let names = register::desk_names(&mut look.conn(), m, named, today).await?;
    let own = viewer.reading_desks();
    // Opening a matter is the coordinator's; everybody else asks for one (disclosure rule 9: without consent the way leads there).
    let opens = viewer.has_role(&[access::Role::Coordinator]);
    let name = |desk: Option<DeskId>| desk.and_then(|d| names.get(&d)).cloned().unwrap_or_default();
    let mut reasons = Reasons::default();
    reasons.of_all(&found.people);
    let row = |case: &CaseHeader| {
        let accountable = case.accountable.is_some_and(|d| own.contains(&d));
        let there = found.on_page.get(&case.id);
        let people = found.people.iter().filter(|p| there.is_some_and(|ids| ids.contains(&p.id)));
        let next = due.get(&case.id);
        Row {
            people: people.map(|p| known.who(&frame, &viewer, (case.id, accountable), p)).collect(),
            number: case.number_text(),
            case: link::case_consents(case.id),
            days: case.opened_at.day().days_until(today),
            opened: frame.day(&case.opened_at.day()),
            initiator: name(opened.get(&case.id).copied()),
            accountable: name(case.accountable),
            next: next.map(|at| frame.day(&at.day())).unwrap_or_default(),
            next_iso: next.map(|at| at.day().to_string()).unwrap_or_default(),
            confer: if opens { link::matter_new("case", case.id) } else { link::propose("case", case.id) },
        }
    };
    let rows = cases.iter().filter(|c| found.on_page.contains_key(&c.id)).map(row).collect();
    let page = MissingPage {
        rows,
        cases: found.cases,
        people: found.persons,
        cut: more.then_some(MOST),
        desks: desks(&cases, &names, wanted.desk),
        narrowed: !wanted.number.is_empty() || wanted.desk.is_some(),
        at: found.at,
        pages: found.pages,
        first: wanted.address(1),
        next: (found.at < found.pages).then(|| wanted.address(found.at + 1)),
        number: wanted.number,
        reasons: reasons.sentences(&frame.t),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// The desks that answer for these cases, to choose from.
fn desks(
    cases: &[CaseHeader],
    names: &HashMap<DeskId, String>,
    chosen: Option<DeskId>,
) -> Vec<(DeskId, String, bool)> {
    let there: BTreeSet<DeskId> = cases.iter().filter_map(|c| c.accountable).collect();
    let mut desks: Vec<_> = there
        .into_iter()
        .map(|d| (d, names.get(&d).cloned().unwrap_or_default(), chosen == Some(d)))
        .collect();
    desks.sort_by(|(_, a, _), (_, b, _)| a.cmp(b));
    desks
}
