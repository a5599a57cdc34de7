//! Who can see this: the decision put for everybody with a seat today, about what stands in the case and the household's
//! people (disclosure rule 9: the reasons come along).
//!
//! The accountable desk and the desk that recorded the household see the whole list. Another desk with a part sees itself
//! and the desks that wrote what it sees of the case: whom a person consented to is not for everybody (`Consent::shown_to`),
//! nor who has written of somebody else. A conference shows to its own members only.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::slice;
use std::sync::Arc;

use access::{Basis, BasisUse, Evidence, Facts, Seat, Seen, Viewer};
use askama::Template;
use engine::{Channel, Fail, Look};
use household::entry::{self, Timeline};
use household::person;
use site::{Answer, Frame, Req};
use words::Instant;
use words::code::Code;
use words::id::{AppointmentId, CaseId, DeskId, PersonId, UserId};

use crate::sql::around;
use crate::views::{self, CaseHead, Loaded};

/// Texts looked through. A case with more is a case of years: who wrote the last thousand texts wrote the others, too.
const MOST: i64 = 1_000;

/// One line: a desk, or one person at a desk, with the bases.
struct Line {
    who: String,
    people: String,
    bases: Vec<String>,
}

#[derive(Template)]
#[template(path = "casefile_access.html")]
struct AccessPage {
    frame: Frame,
    head: CaseHead,
    lines: Vec<Line>,
    whole: bool,
}

/// The facts of what stands in the case, and of its people, with every case of the household: what everybody is asked about.
async fn facts(look: &mut Look, loaded: &Loaded) -> Result<Vec<Facts>, Fail> {
    let viewer = look.viewer().clone();
    let (m, household) = (viewer.municipality, loaded.header.household);
    let of = Timeline { standing: true, ..Timeline::default() };
    let mut conn = look.conn();
    let (texts, _) = entry::timeline(&mut conn, &viewer, loaded.header.id, &of, MOST).await?;
    let mut people = person::members(&mut conn, &viewer, household).await?;
    people.extend(person::former_members(&mut conn, &viewer, household).await?);
    people.extend(person::kin(&mut conn, &viewer, household).await?);
    let cases = around::cases_of_household(&mut conn, m, household).await?;
    let mut facts: Vec<Facts> = texts.iter().map(|t| t.facts().clone()).collect();
    facts.extend(people.iter().map(|p| p.facts().clone()));
    for one in &mut facts {
        one.cases.clone_from(&cases);
    }
    Ok(facts)
}

/// Everybody with a seat today who is a viewer like any other.
async fn everybody(look: &mut Look, cases: &[CaseId]) -> Result<Vec<Viewer>, Fail> {
    let (municipality, now) = (look.viewer().municipality, look.now());
    let seats = register::all_seats(&mut look.conn(), municipality, now.day()).await?;
    let mut kept_out: BTreeMap<UserId, Vec<CaseId>> = BTreeMap::new();
    for (user, case) in around::exclusions_of(&mut look.conn(), municipality, cases, now).await? {
        kept_out.entry(user).or_default().push(case);
    }
    Ok(seats
        .into_iter()
        .map(|(user, seats)| Viewer {
            municipality,
            user,
            seats,
            excluded_from: kept_out.remove(&user).unwrap_or_default(),
            urgent: Vec::new(),
        })
        .collect())
}

/// The desks of which this viewer knows who sees, beside their own: all, or those that wrote what the viewer sees.
enum Known {
    All,
    WhoWrote(BTreeSet<DeskId>),
}

impl Known {
    /// Of these facts; nothing is opened by asking.
    fn of(viewer: &Viewer, facts: &[Facts], evidence: &Evidence, now: Instant) -> Self {
        let sees = |f: &&Facts| {
            !access::audience(slice::from_ref(viewer), slice::from_ref(*f), evidence, now).is_empty()
        };
        Self::WhoWrote(facts.iter().filter(sees).map(|f| f.desk).collect())
    }

    /// Whether a basis is told to this viewer: see the head of this file.
    fn told(&self, viewer: &Viewer, who: UserId, seat: &Seat, used: &BasisUse) -> bool {
        let own = viewer.reading_desks().contains(&seat.desk) || who == viewer.user;
        match (used.basis, self) {
            (Basis::ConfidentialConference, _) => who == viewer.user,
            (_, Self::All) => true,
            (Basis::OwnRecord, Self::WhoWrote(desks)) => own || desks.iter().any(|d| seat.holds(*d)),
            (_, Self::WhoWrote(_)) => own,
        }
    }
}

struct Names {
    desks: HashMap<DeskId, String>,
    users: HashMap<UserId, String>,
    persons: BTreeMap<PersonId, String>,
}

/// A line of the page before it has words: the desk, the one person when it is theirs alone, bases, and how many.
type Grouped = BTreeMap<(DeskId, Option<UserId>), (BTreeSet<BasisUse>, BTreeSet<UserId>)>;

/// By desk; what is one person's alone (an urgent look, what a liaison wrote, what was sent to one) by that person.
fn grouped(viewer: &Viewer, known: &Known, viewers: &[Viewer], seen: &[Seen]) -> Grouped {
    let seats: HashMap<AppointmentId, &Seat> =
        viewers.iter().flat_map(|v| &v.seats).map(|s| (s.appointment, s)).collect();
    let mut lines = Grouped::new();
    for one in seen {
        for used in &one.uses {
            let Some(seat) = seats.get(&used.appointment) else { continue };
            if !known.told(viewer, one.user, seat, used) {
                continue;
            }
            let alone = !seat.role.reads_desk_records()
                || matches!(used.basis, Basis::UrgentProtection | Basis::ConfidentialConference);
            let line = lines.entry((seat.desk, alone.then_some(one.user))).or_default();
            // Which colleague's appointment it is does not matter to the desk's line.
            line.0.insert(BasisUse { appointment: words::Id::new(uuid::Uuid::nil()), ..used.clone() });
            line.1.insert(one.user);
        }
    }
    lines
}

fn sentence(frame: &Frame, used: &BasisUse, names: &Names) -> String {
    let t = &frame.t;
    let mut sentence = t.code("basis", used.basis.code());
    if let Some(name) = used.person.and_then(|p| names.persons.get(&p)).filter(|n| !n.is_empty()) {
        sentence.push_str(&t.f("case_access.of", "name", name));
    }
    if let Some(article) = &used.article {
        sentence.push_str(&t.f("reasons.article", "article", article));
    }
    match (used.until, used.basis) {
        (Some(until), _) => sentence.push_str(&t.f("reasons.until", "day", t.full_day(until))),
        (None, Basis::Consent) => sentence.push_str(t.s("case_access.until_withdrawn")),
        (None, _) => {}
    }
    sentence
}

/// GET /cases/{id}/access
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let frame = req.frame();
    let mut look = ctx.look(Channel::Page).await?;
    let loaded = views::load(&mut look, id).await?;
    let facts = facts(&mut look, &loaded).await?;
    let cases: Vec<CaseId> = facts.first().map_or_else(|| vec![id], |f| f.cases.clone());
    let viewers = everybody(&mut look, &cases).await?;
    let evidence = look.evidence_of_everybody(&facts).await?;
    let seen = access::audience(&viewers, &facts, &evidence, ctx.now);
    let m = viewer.municipality;
    let recorded_by = household::header(&mut look.conn(), m, loaded.header.household).await?.map(|h| h.desk);
    let own = viewer.reading_desks();
    let whole = [loaded.header.accountable, recorded_by].into_iter().flatten().any(|d| own.contains(&d));
    let known = if whole { Known::All } else { Known::of(&viewer, &facts, &evidence, ctx.now) };
    let grouped = grouped(&viewer, &known, &viewers, &seen);
    let today = ctx.now.day();
    let names = Names {
        desks: register::desk_names(&mut look.conn(), m, grouped.keys().map(|k| k.0), today).await?,
        users: register::user_names(&mut look.conn(), m, grouped.keys().filter_map(|k| k.1)).await?,
        persons: loaded.members.iter().map(|p| (p.id, p.called().to_owned())).collect(),
    };
    let page = AccessPage {
        lines: lines(&frame, grouped, &names),
        whole,
        head: CaseHead::new(&frame, &loaded, &viewer),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

fn lines(frame: &Frame, grouped: Grouped, names: &Names) -> Vec<Line> {
    let mut lines: Vec<Line> = grouped
        .into_iter()
        .map(|((desk, alone), (uses, people))| {
            let name = alone.and_then(|u| names.users.get(&u));
            let bases: BTreeSet<String> = uses.iter().map(|used| sentence(frame, used, names)).collect();
            Line {
                who: names.desks.get(&desk).cloned().unwrap_or_default(),
                people: name.cloned().unwrap_or_else(|| frame.t.f("case_access.people", "n", people.len())),
                bases: bases.into_iter().collect(),
            }
        })
        .collect();
    lines.sort_by(|a, b| (&a.who, &a.people).cmp(&(&b.who, &b.people)));
    lines
}

#[cfg(test)]
mod tests {
    use access::Role;
    use words::Id;

    use super::*;

    fn id<K>(n: u128) -> Id<K> {
        Id::new(uuid::Uuid::from_u128(n))
    }

    fn seat(appointment: u128, desk: u128, role: Role) -> Seat {
        Seat {
            appointment: id(appointment),
            desk: id(desk),
            inherited: Vec::new(),
            agency: id(desk + 100),
            role,
            programme: String::new(),
        }
    }

    fn viewer(user: u128, seats: Vec<Seat>) -> Viewer {
        Viewer { municipality: id(0), user: id(user), seats, excluded_from: Vec::new(), urgent: Vec::new() }
    }

    fn used(basis: Basis, appointment: u128) -> BasisUse {
        BasisUse {
            basis,
            appointment: id(appointment),
            source: None,
            article: None,
            until: None,
            person: None,
        }
    }

    #[test]
    fn a_desk_is_one_line_and_what_is_one_persons_alone_another() {
        let people = [
            viewer(1, vec![seat(11, 5, Role::Caseworker)]),
            viewer(2, vec![seat(12, 5, Role::AgencyLead)]),
            viewer(3, vec![seat(13, 6, Role::Caseworker)]),
            viewer(4, vec![seat(14, 7, Role::Liaison)]),
        ];
        let seen = |user, basis, seat| Seen { user: id(user), uses: [used(basis, seat)].into() };
        let all = [
            seen(1, Basis::OwnRecord, 11),
            seen(2, Basis::OwnRecord, 12),
            seen(3, Basis::UrgentProtection, 13),
            seen(4, Basis::OwnRecord, 14),
        ];
        let keys = |known: &Known| grouped(&people[0], known, &people, &all).into_keys().collect::<Vec<_>>();
        assert_eq!(keys(&Known::All), [(id(5), None), (id(6), Some(id(3))), (id(7), Some(id(4)))]);
        // Another's urgent look is told to the accountable desk and the recorder, not to everybody with a part; that a desk has
        // written something, to whoever sees what it wrote.
        assert_eq!(keys(&Known::WhoWrote([id(7)].into())), [(id(5), None), (id(7), Some(id(4)))]);
        let none = Known::WhoWrote(BTreeSet::new());
        assert_eq!(keys(&none), [(id(5), None)]);
        let consent = [seen(3, Basis::Consent, 13), seen(1, Basis::ConfidentialConference, 11)];
        assert_eq!(grouped(&people[3], &none, &people, &consent).len(), 0);
        assert_eq!(grouped(&people[2], &none, &people, &consent).len(), 1, "one's own consent");
        assert_eq!(grouped(&people[3], &Known::All, &people, &consent).len(), 1, "no conference of others");
    }
}
