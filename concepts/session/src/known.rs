//! What a viewer may know of the items of an agenda. The one place that decides it: pages, prints and lists ask here.

use std::collections::{BTreeMap, BTreeSet};

use access::{Relation, Viewer};
use conference::{Position, RestsOn, Standing};
use engine::{Broken, Conn, Refusal};
use words::id::{AgendaItemId, CaseId, DeskId, HouseholdId, MatterId, ThingId, UserId};

use crate::invite::{Called, Guest, Seat, by_name};
use crate::rules::{Attendance, Why, may_be_there};
use crate::sql::invitee::Invitee;
use crate::sql::item::{self, CaseLine, Item};

/// How far a viewer may know an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Depth {
    /// That there is an item, and its place on the agenda.
    Nothing,
    /// In which legal position it stands: a member before the pledge, and whoever runs the session.
    Position,
    /// Which case it is.
    Case,
}

/// The facts around some items: matters and cases, as one viewer stands to them.
pub(crate) struct Around {
    matters: BTreeMap<MatterId, Standing>,
    cases: BTreeMap<CaseId, CaseLine>,
    households: BTreeMap<HouseholdId, Vec<CaseId>>,
    positions: Vec<Position>,
    lessons: BTreeMap<AgendaItemId, ThingId>,
}

impl Around {
    /// Loads them, in a constant number of statements.
    pub async fn load(conn: &mut Conn<'_>, viewer: &Viewer, items: &[Item]) -> Result<Self, Broken> {
        let m = viewer.municipality;
        let found = conference::standings(conn, viewer, items.iter().filter_map(|i| i.matter)).await?;
        let ids: BTreeSet<CaseId> = items.iter().filter_map(|i| i.case).collect();
        let cases = if ids.is_empty() { Vec::new() } else { item::cases(conn, m, ids).await? };
        let of = cases.iter().map(|c| c.household).chain(found.iter().map(|s| s.household));
        let households = household::cases_of(conn, viewer, of).await?;
        let general: Vec<AgendaItemId> = items.iter().filter(|i| i.general()).map(|i| i.id).collect();
        let lessons = if general.is_empty() { Vec::new() } else { item::lessons(conn, m, general).await? };
        Ok(Self {
            lessons: lessons.into_iter().collect(),
            matters: found.into_iter().map(|s| (s.id, s)).collect(),
            cases: cases.into_iter().map(|c| (c.id, c)).collect(),
            households,
            positions: conference::on(conn, m, None).await?,
        })
    }

    /// The matter of an item.
    pub fn matter(&self, i: &Item) -> Option<&Standing> {
        i.matter.and_then(|id| self.matters.get(&id))
    }

    /// The case of the library a general item is about, for whoever may read there.
    pub fn lesson(&self, viewer: &Viewer, i: &Item) -> Option<ThingId> {
        self.lessons.get(&i.id).copied().filter(|_| viewer.has_role(site::WORKERS))
    }

    /// The desk accountable for the case of an item.
    pub fn accountable(&self, i: &Item) -> Option<DeskId> {
        i.case.and_then(|c| self.cases.get(&c)).and_then(|c| c.accountable)
    }

    /// The case of an item, for somebody who may know it and whose desk has a part in it.
    pub fn part(&self, viewer: &Viewer, i: &Item) -> Option<CaseId> {
        let case = i.case.and_then(|c| self.cases.get(&c)).filter(|_| !self.keeps_out(viewer, i))?;
        let known = self.depth(viewer, i, false) == Depth::Case;
        (known && viewer.reading_desks().iter().any(|d| case.desks.contains(d))).then_some(case.id)
    }

    /// Whether somebody is kept out of the household an item is about (disclosure rule 14): for it they count as whoever is gone.
    pub fn out(&self, i: &Item, user: Option<UserId>) -> bool {
        let kept_out = self.matter(i).map(|s| s.kept_out.as_slice()).unwrap_or_default();
        user.is_some_and(|user| kept_out.contains(&user))
    }

    /// Who takes the initiative: of a matter whoever its members say now, otherwise whoever was named when it was brought up.
    pub fn initiator(&self, i: &Item) -> Option<DeskId> {
        self.matter(i).map(|s| s.lead).or(i.initiator)
    }

    /// Whether an item is told to this viewer as to the desk that brought it up: what is sent comes back (domain section 2.4). Of
    /// something in confidence only to whoever may still know that it is there.
    pub fn brought(&self, viewer: &Viewer, i: &Item) -> bool {
        let desk = i.proposed_by == Some(viewer.user) || viewer.reading_desks().contains(&i.proposed_desk);
        let senses = !self.in_confidence(i) || self.depth(viewer, i, false) > Depth::Nothing;
        desk && viewer.desks().contains(&i.proposed_desk) && !self.keeps_out(viewer, i) && senses
    }

    /// The number of the case for whoever may know it, and for the desk that brought the case up and still has a part in it.
    pub fn number_brought(&self, viewer: &Viewer, i: &Item) -> Option<String> {
        self.number(viewer, i).or_else(|| {
            let case = i.case.and_then(|c| self.cases.get(&c)).filter(|_| !self.in_confidence(i))?;
            let part = viewer.reading_desks().iter().any(|d| case.desks.contains(d));
            (part && self.brought(viewer, i)).then(|| casefile::number_text(case.number.0, case.number.1))
        })
    }

    /// The household an item is about.
    pub fn household(&self, i: &Item) -> Option<HouseholdId> {
        self.matter(i)
            .map(|s| s.household)
            .or_else(|| i.case.and_then(|c| self.cases.get(&c)).map(|c| c.household))
    }

    /// How desks stand to an item, with the exclusions of its household; `run_by` is the secretariat of its session or body,
    /// in whose place a deputy of the matter stands.
    pub fn relation(&self, i: &Item, run_by: DeskId) -> Relation {
        let mut relation =
            self.matter(i).map_or_else(|| self.within(i), |standing| standing.relation.clone());
        relation.accountable = Some(self.matter(i).and_then(|s| s.deputy).unwrap_or(run_by));
        relation
    }

    /// Whether this viewer runs an item: as the secretariat of its session (`runs`) who is not kept out of the household, or as the deputy of
    /// its matter.
    pub fn runs(&self, viewer: &Viewer, i: &Item, runs: bool) -> bool {
        (runs || self.matter(i).is_some_and(|s| s.deputy.is_some())) && !self.keeps_out(viewer, i)
    }

    /// How a desk stands to an item that something was asked of: as the one it was given to and nothing else, with the exclusions
    /// of its household.
    pub fn given_to(&self, i: &Item, desk: DeskId) -> Relation {
        let mut relation = self.within(i);
        relation.receiver = Some(desk);
        relation
    }

    /// Whether this person is kept out of the household an item is about (disclosure rule 14).
    pub fn keeps_out(&self, viewer: &Viewer, i: &Item) -> bool {
        self.within(i).keeps_out(viewer)
    }

    /// The cases an item belongs to: its own, and every one of its household. No desk stands to it yet.
    fn within(&self, i: &Item) -> Relation {
        let household = self.household(i).and_then(|h| self.households.get(&h)).into_iter().flatten();
        let of_matter = self.matter(i).and_then(|s| s.case);
        Relation::within(i.case.into_iter().chain(of_matter).chain(household.copied()))
    }

    /// How far this viewer may know it. Whoever is kept out of the household knows what anybody else knows
    /// who sits there, and runs it as anybody else would see it.
    pub fn depth(&self, viewer: &Viewer, i: &Item, runs: bool) -> Depth {
        if i.general() {
            return Depth::Case;
        }
        let outer = if runs { Depth::Position } else { Depth::Nothing };
        if let Some(standing) = self.matter(i) {
            return if standing.known(viewer) {
                Depth::Case
            } else if standing.sensed(viewer) {
                Depth::Position
            } else {
                outer
            };
        }
        let Some(case) = i.case.and_then(|c| self.cases.get(&c)).filter(|_| i.matter.is_none()) else {
            return outer;
        };
        let of = self.households.get(&case.household).into_iter().flatten().copied().chain([case.id]);
        if Relation::within(of).keeps_out(viewer) {
            return outer;
        }
        let part = viewer.reading_desks().iter().any(|d| case.desks.contains(d));
        if part { Depth::Case } else { outer }
    }

    /// The number of the case of an item, for whoever may know it.
    pub fn number(&self, viewer: &Viewer, i: &Item) -> Option<String> {
        if self.depth(viewer, i, false) < Depth::Case {
            return None;
        }
        let of_matter = self.matter(i).and_then(|s| s.number);
        let of_case = i.case.and_then(|c| self.cases.get(&c)).map(|c| c.number);
        of_matter.or(of_case).map(|(year, n)| casefile::number_text(year, n))
    }

    /// The name of an item's position.
    pub fn position(&self, i: &Item) -> String {
        self.positions.iter().rfind(|p| p.code == i.position).map(|p| p.name.clone()).unwrap_or_default()
    }

    /// Whether an item is talked over in confidence: nothing of it goes on paper, and nothing to anybody but pledged members.
    pub fn in_confidence(&self, i: &Item) -> bool {
        let matter = self.matter(i).is_some_and(|s| s.rests_on == RestsOn::Secrecy);
        i.confidential || matter || self.rests_on(&i.position) == Some(RestsOn::Secrecy)
    }

    /// Whether something about an item can be given to a desk, or to a person or name of it: in confidence only to members who have
    /// pledged, and to their desks (disclosure rule 8); never to whoever is kept out of the household.
    pub fn may_take(&self, i: &Item, (desk, user, name): (DeskId, Option<UserId>, &str)) -> bool {
        if self.out(i, user) {
            return false;
        }
        if !self.in_confidence(i) {
            return true;
        }
        let mut members = self.matter(i).map(|s| s.members.as_slice()).unwrap_or_default().iter();
        members.any(|k| {
            let person = user.is_none_or(|u| k.user == Some(u)) && (name.is_empty() || k.name == name);
            k.pledged && k.desk == desk && person
        })
    }

    /// Whether somebody invited counts as there for an item: in confidence a member who has pledged and was called to it by name; whoever
    /// comes for their desk does not. Whoever is kept out of the household never does.
    pub fn sits(&self, i: &Item, who: &Invitee) -> bool {
        if self.out(i, who.user) {
            return false;
        }
        !self.in_confidence(i) || (by_name(i.id, &who.invitation()) && self.may_take(i, who.who()))
    }

    /// Whether somebody invited may be there for an item in this way (disclosure rule 8).
    pub fn may_be_there(&self, i: &Item, who: &Invitee, how: Attendance) -> Result<(), Refusal> {
        may_be_there(self.out(i, who.user), self.in_confidence(i), self.sits(i, who), how)
    }

    /// Whether somebody invited says in writing what they think of an item: not who looks on; of a case whoever sits in its matter, in
    /// confidence after the pledge, and before there is a matter a desk with a part in the case.
    pub fn votes(&self, i: &Item, who: &Invitee) -> bool {
        let elsewhere = who.item.is_some_and(|x| x != i.id);
        if who.why == Why::Observer || elsewhere || self.out(i, who.user) {
            return false;
        }
        let Some(matter) = self.matter(i).filter(|_| !i.general()) else { return self.known_at(i, who.desk) };
        matter.members.iter().any(|k| {
            let person =
                who.user.is_none_or(|u| k.user == Some(u)) && (who.name.is_empty() || k.name == who.name);
            k.pledged && k.desk == who.desk && person
        })
    }

    /// How each desk was there for an item, as far as it counts.
    pub fn seats(&self, i: &Item, invitees: &[Invitee]) -> Vec<Seat> {
        invitees
            .iter()
            .filter(|who| self.sits(i, who))
            .map(|who| (who.item, who.desk, who.attendance))
            .collect()
    }

    /// The desks that speak for one that has to be there: itself; for the municipality each of its sections that sits in the matter.
    pub fn speaking(&self, i: &Item, (desk, why): (DeskId, Why)) -> Vec<DeskId> {
        let members = self.matter(i).filter(|_| why == Why::Municipality);
        let city = members.into_iter().flat_map(|s| &s.members).filter(|k| k.municipal).map(|k| k.desk);
        [desk].into_iter().chain(city).collect()
    }

    /// What an item calls for, as invitations are computed from it.
    pub fn called(&self, i: &Item, parties: &[(AgendaItemId, DeskId, Why)]) -> Called {
        let members = self.matter(i).map(|s| s.members.as_slice()).unwrap_or_default();
        Called {
            item: i.id,
            parties: parties.iter().filter(|p| p.0 == i.id).map(|p| (p.1, p.2)).collect(),
            members: members
                .iter()
                .map(|k| Guest { desk: k.desk, user: k.user, name: k.name.clone() })
                .collect(),
            confidential: self.in_confidence(i),
            city: members.iter().any(|k| k.municipal),
            kept_out: self.matter(i).map(|s| s.kept_out.clone()).unwrap_or_default(),
        }
    }

    /// Whether a desk may know an item, as far as anybody of it does: with a part in the case, the secretariat of the matter, or a member
    /// of it who has pledged.
    pub fn known_at(&self, i: &Item, desk: DeskId) -> bool {
        if i.general() {
            return true;
        }
        match self.matter(i) {
            Some(s) => {
                s.secretariat == desk
                    || s.members.iter().any(|k| k.pledged && k.desk == desk && k.user.is_some())
            }
            None => i.case.and_then(|c| self.cases.get(&c)).is_some_and(|c| c.desks.contains(&desk)),
        }
    }

    /// On what a position rests, by its newest text.
    pub fn rests_on(&self, code: &str) -> Option<RestsOn> {
        self.positions.iter().rfind(|p| p.code == code).map(|p| p.rests_on)
    }

    /// The names of positions, by code.
    pub fn names(&self, codes: &[String]) -> Vec<String> {
        let name = |code: &String| self.positions.iter().rfind(|p| p.code == *code).map(|p| p.name.clone());
        codes.iter().filter_map(name).collect()
    }
}

/// The numbers items have on an agenda, for everybody alike: counted, not stored, so that no gap tells of anything.
pub(crate) fn numbered(items: &[Item]) -> BTreeMap<AgendaItemId, usize> {
    items.iter().enumerate().map(|(n, i)| (i.id, n + 1)).collect()
}
