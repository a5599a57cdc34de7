//! Which desks were there for a matter, and which of them have to be where something is decided.

use std::collections::BTreeMap;

use access::Right;
use engine::{Act, Broken, Conn, Fail, Statement, args};
use register::{EntityKind, Programme};
use words::Day;
use words::code::Code;
use words::id::{DeskId, MatterId, MatterMemberId, MunicipalityId};

use crate::acts::{Loaded, doubt};
use crate::rules::there::{CorrectedWhy, There, counts, may_correct};
use crate::rules::{Presence, RestsOn};
use crate::sql::{self, Member};

/// Which of these desks are of those that are obligatory: a section of the municipality itself, and the provider, a desk of the programme.
/// Municipality, provider.
pub async fn obligatory(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    desks: impl IntoIterator<Item = DeskId>,
) -> Result<BTreeMap<DeskId, (bool, bool)>, Broken> {
    let statement = Statement::new(
        "SELECT d.id, d.programme, e.kind FROM desk d \
         JOIN agency a ON a.municipality_id = d.municipality_id AND a.id = d.agency_id \
         JOIN legal_entity e ON e.municipality_id = a.municipality_id AND e.id = a.legal_entity_id \
         WHERE d.municipality_id = ?",
        args![m],
    )
    .push_in(" AND d.id IN", desks);
    let mut found = BTreeMap::new();
    for row in conn.select(statement).await? {
        let (programme, kind): (String, String) = (row.get("programme")?, row.get("kind")?);
        let municipality = EntityKind::parse(&kind).is_some_and(EntityKind::is_municipal);
        found.insert(row.get("id")?, (municipality, programme == Programme::MultiAgency.code()));
    }
    Ok(found)
}

/// Who was there, out of the desks that were.
pub fn there<'a>(
    obligatory: &BTreeMap<DeskId, (bool, bool)>,
    desks: impl IntoIterator<Item = &'a DeskId>,
) -> There {
    desks.into_iter().filter_map(|d| obligatory.get(d)).fold(
        There::default(),
        |there, (municipality, provider)| There {
            anybody: true,
            municipality: there.municipality || *municipality,
            provider: there.provider || *provider,
        },
    )
}

/// The desks somebody spoke for, by day. In confidence whoever has not pledged was not there for anybody (disclosure rule 8); nor was whoever
/// had been kept out of the household before (rule 14).
fn desks(members: &[Member], there: &[(MatterMemberId, Day, Presence)], secret: bool) -> Vec<(Day, DeskId)> {
    let sits = |k: &&Member, on: Day| {
        (!secret || k.pledged_at.is_some()) && k.kept_out.is_none_or(|since| since.day() >= on)
    };
    there
        .iter()
        .filter(|(_, _, way)| counts(*way))
        .filter_map(|(who, on, _)| {
            Some((*on, members.iter().find(|k| k.id == *who).filter(|k| sits(k, *on))?.desk))
        })
        .collect()
}

async fn noted(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: MatterId,
) -> Result<Vec<(MatterMemberId, Day, Presence)>, Broken> {
    let all = sql::presences(conn, m, id).await?;
    Ok(all.into_iter().map(|(who, on, way, _)| (who, on, way)).collect())
}

/// The desks that were there, by day; whoever was absent was not.
pub async fn attendance(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: MatterId,
) -> Result<Vec<(Day, DeskId)>, Broken> {
    let members = sql::members(conn, m, id).await?;
    let there = noted(conn, m, id).await?;
    let secret = sql::by_ids(conn, m, [id]).await?.iter().any(|h| h.rests_on == RestsOn::Secrecy);
    Ok(desks(&members, &there, secret))
}

/// Whether something that was decided in a matter on a day stands.
pub async fn decided_on(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
    on: Day,
) -> Result<bool, Broken> {
    Ok(!sql::doubt::decided(conn, m, matter, on).await?.is_empty())
}

/// A correction that takes away what a decision of that day rests on gives its reason, and is kept beside the decision.
pub(crate) async fn corrected(
    act: &mut Act,
    right: &Right,
    l: &Loaded,
    (who, on, way): (MatterMemberId, Day, Presence),
    why: Option<CorrectedWhy>,
) -> Result<(), Fail> {
    let (m, id) = (act.municipality(), l.header.id);
    let decided = !sql::doubt::decided(&mut act.facts()?, m, id, on).await?.is_empty();
    if !decided {
        return Ok(());
    }
    let secret = l.header.rests_on == RestsOn::Secrecy;
    let now = noted(&mut act.facts()?, m, id).await?;
    let was = now.iter().find(|(k, day, _)| (*k, *day) == (who, on)).map(|(_, _, way)| *way);
    let mut then: Vec<_> = now.iter().copied().filter(|(k, day, _)| (*k, *day) != (who, on)).collect();
    then.push((who, on, way));
    let known = obligatory(&mut act.facts()?, m, l.members.iter().map(|k| k.desk)).await?;
    let that_day = |noted: &[(MatterMemberId, Day, Presence)]| {
        let desks = desks(&l.members, noted, secret);
        there(&known, desks.iter().filter(|(day, _)| *day == on).map(|(_, desk)| desk))
    };
    let Some(why) = may_correct(decided, (that_day(&now), that_day(&then)), why)? else { return Ok(()) };
    let Some(member) = l.members.iter().find(|k| k.id == who) else { return Ok(()) };
    let one = doubt::Corrected {
        desk: member.desk,
        user: member.user,
        name: &member.name,
        was: was.map_or("", Code::code),
        became: way.code(),
    };
    doubt::correct(act, right, doubt::Held { matter: Some(id), meeting: None, on }, &[one], why).await
}
