//! What sessions and decisions ask about matters: headers, who stands how to them, and who was there.

use std::collections::BTreeSet;

use access::{Relation, Right, Viewer};
use engine::{Act, Broken, Conn, Fail};
use words::Day;
use words::id::{CaseId, DeskId, HouseholdId, MatterId, UserId};

use crate::rules::{Presence, RestsOn, may_come, may_sit};
use crate::sql::{self, Header};

/// A matter as one viewer stands to it. A header holds no content; whether it may be shown is in the three marks.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The matter.
    pub id: MatterId,
    /// Code of its legal position.
    pub position: String,
    /// On what it rests.
    pub rests_on: RestsOn,
    /// Its case.
    pub case: Option<CaseId>,
    /// Fiscal year and count of the case.
    pub number: Option<(i64, i64)>,
    /// The household it is about.
    pub household: HouseholdId,
    /// Its secretariat: the coordinator's desk.
    pub secretariat: DeskId,
    /// Who takes the initiative.
    pub lead: DeskId,
    /// Whether it is open.
    pub open: bool,
    /// The viewer is a member now.
    pub member: bool,
    /// The viewer is a member and may read what lies before the members: has pledged, or no pledge is asked.
    pub pledged: bool,
    /// The viewer sits at its secretariat, or runs it in its place.
    pub office: bool,
    /// The desk under which the viewer runs it as its deputy.
    pub deputy: Option<DeskId>,
    /// How desks stand to it, with the exclusions of the household (disclosure rule 14).
    pub relation: Relation,
    /// Members now: desk, person, name of a partner without a login. Whoever is kept out of the household is none.
    pub members: Vec<Sitting>,
    /// Who is kept out of the household, member or not (disclosure rule 14).
    pub kept_out: Vec<UserId>,
}

/// A member now.
#[derive(Debug, Clone)]
pub struct Sitting {
    /// The desk they speak for.
    pub desk: DeskId,
    /// The person; nobody for a partner without a login.
    pub user: Option<UserId>,
    /// The name of a partner without a login.
    pub name: String,
    /// May read what lies before the members: has pledged, or no pledge is asked.
    pub pledged: bool,
    /// Speaks for a section of the municipality.
    pub municipal: bool,
}

impl Standing {
    /// Whether the viewer may know which case it is: members after the pledge, and its secretariat.
    pub fn known(&self, viewer: &Viewer) -> bool {
        (self.pledged || self.office) && !self.relation.keeps_out(viewer)
    }

    /// Whether the viewer may know that it is there at all.
    pub fn sensed(&self, viewer: &Viewer) -> bool {
        (self.member || self.office) && !self.relation.keeps_out(viewer)
    }
}

/// These matters, as the viewer stands to them. Constant in statements.
pub async fn standings(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = MatterId>,
) -> Result<Vec<Standing>, Broken> {
    let ids: BTreeSet<MatterId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = sql::by_ids(conn, viewer.municipality, ids).await?;
    stand(conn, viewer, found).await
}

/// The open matters of a case, as the viewer stands to them; whoever is neither a member nor its secretariat does not use what
/// [`Standing::sensed`] denies.
pub async fn open_of_case(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    case: CaseId,
) -> Result<Vec<Standing>, Broken> {
    let found = sql::of_case(conn, viewer.municipality, case).await?;
    stand(conn, viewer, found).await
}

async fn stand(conn: &mut Conn<'_>, viewer: &Viewer, found: Vec<Header>) -> Result<Vec<Standing>, Broken> {
    let cases = household::cases_of(conn, viewer, found.iter().map(|h| h.household)).await?;
    let members = sql::members_of_all(conn, viewer.municipality, found.iter().map(|h| h.id)).await?;
    let kept_out =
        sql::deputy::kept_out(conn, viewer.municipality, found.iter().map(|h| h.household), None).await?;
    Ok(found
        .into_iter()
        .map(|h| {
            let of = cases.get(&h.household).into_iter().flatten().copied().chain(h.case);
            let mut relation = Relation::within(of);
            let runs = h.runs_as(viewer);
            relation.accountable = Some(runs.unwrap_or(h.secretariat));
            let me = members.iter().find(|k| k.matter == h.id && k.is(viewer));
            relation.case_desks.extend(me.map(|k| k.desk));
            let free = h.rests_on == RestsOn::Consent;
            Standing {
                member: me.is_some(),
                pledged: me.is_some_and(|k| k.pledged_at.is_some() || free),
                office: runs.is_some(),
                deputy: runs.and(h.deputy).and_then(|d| d.stands_in(viewer)),
                members: members
                    .iter()
                    .filter(|k| k.matter == h.id && k.sits())
                    .map(|k| Sitting {
                        desk: k.desk,
                        user: k.user,
                        name: k.name.clone(),
                        pledged: free || k.pledged_at.is_some(),
                        municipal: k.municipal,
                    })
                    .collect(),
                kept_out: kept_out.iter().filter(|(of, _)| *of == h.household).map(|(_, u)| *u).collect(),
                id: h.id,
                position: h.position,
                rests_on: h.rests_on,
                case: h.case,
                number: h.case_number,
                household: h.household,
                secretariat: h.secretariat,
                lead: h.lead,
                open: h.closed_at.is_none(),
                relation,
            }
        })
        .collect())
}

/// Writes down that a member of a matter was there on a day, as a session noted it: this person, or of a partner without a login
/// whoever has this name; when only the desk is known, its member if it has just one.
pub async fn attended(
    act: &mut Act,
    right: &Right,
    matter: MatterId,
    (desk, user, name): (DeskId, Option<UserId>, &str),
    (on, way): (Day, Presence),
) -> Result<(), Fail> {
    let m = act.municipality();
    let header = sql::by_ids(&mut act.facts()?, m, [matter]).await?;
    let Some(rests_on) = header.first().map(|h| h.rests_on) else { return Ok(()) };
    let members = sql::members(&mut act.facts()?, m, matter).await?;
    let of_desk: Vec<_> = members.iter().filter(|k| k.until.is_none() && k.desk == desk).collect();
    let one = of_desk.len() == 1;
    let there: Vec<_> = of_desk
        .iter()
        .filter(|k| match user {
            Some(user) => k.user == Some(user),
            None if name.is_empty() => one,
            None => k.name == name,
        })
        // In confidence nobody is noted as there who has not pledged, and nobody by what another did; and nobody who is kept out.
        .filter(|k| may_sit(rests_on, k.pledged_at.is_some(), way).is_ok())
        .filter(|k| may_come(k.kept_out.is_some(), way).is_ok())
        .map(|k| k.id)
        .collect();
    for member in there {
        sql::present(act, right, member, on, way, "").await?;
    }
    Ok(())
}
