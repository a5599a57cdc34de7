//! Changes of the plan. The caller holds the right ([`access::Action::EditPlan`], or a named system actor) and commits.

use access::Right;
use engine::{Act, Fail};
use register::plan::{self, Plan, Row};
use words::Day;
use words::id::PublicationId;

use crate::exchange::{Wanted, tables_of};
use crate::rules::{Names, Shown, shown};
use crate::sql::{self, Publication};

/// What the register says of names on a day.
pub(crate) async fn names(
    conn: &mut engine::Conn<'_>,
    at: words::id::MunicipalityId,
    on: Day,
) -> Result<Names, engine::Broken> {
    let (agencies, renamed) = plan::names(conn, at, on).await?;
    Ok(Names { agencies, renamed })
}

/// Makes the plan public as it stands on `as_of`: from then on it is kept like this, whatever the register becomes.
pub async fn publish(
    act: &mut Act,
    right: &Right,
    title: &str,
    published_on: Day,
    as_of: Day,
) -> Result<PublicationId, Fail> {
    let at = act.municipality();
    let mut conn = act.facts()?;
    let plan = plan::load(&mut conn, at).await?;
    let names = names(&mut conn, at, as_of).await?;
    let rows = shown(&plan, &names, as_of);
    let new = Publication {
        id: act.new_id(),
        title: title.to_owned(),
        published_on,
        as_of,
        recorded_at: act.now(),
        command: act.command(),
    };
    sql::publication_add(&mut act.save(right)?, at, &new, &rows).await?;
    Ok(new.id)
}

/// Stores a file: rows that say something new, and the end of rows that the file's tables do not have any more.
pub(crate) async fn take(
    act: &mut Act,
    right: &Right,
    plan: &mut Plan,
    wanted: Vec<Wanted>,
    from: Day,
) -> Result<usize, Fail> {
    let tables = tables_of(&wanted);
    let gone: Vec<Row> = plan
        .on(from)
        .into_iter()
        .filter(|r| tables.contains(&r.programme) && wanted.iter().all(|w| w.row.id != r.id))
        .cloned()
        .collect();
    let mut stored = 0;
    // A set points to rows: those first.
    let (sets, rows): (Vec<Wanted>, Vec<Wanted>) = wanted.into_iter().partition(|w| w.row.set.is_some());
    for mut w in rows.into_iter().chain(sets) {
        w.row.role = role(act, right, plan, &w, from).await?;
        if plan.row(w.row.id, from).is_some_and(|now| now.says_the_same(&w.row)) {
            continue;
        }
        w.row.version = plan.newest(w.row.id).map_or(0, |r| r.version);
        plan::save_row(act, right, &w.row).await?;
        stored += 1;
    }
    for row in gone {
        let version = plan.newest(row.id).map_or(row.version, |r| r.version);
        plan::save_row(act, right, &Row { from, ended: true, version, ..row }).await?;
        stored += 1;
    }
    Ok(stored)
}

/// The role text of a row of the file: the one it has when the words are the same, otherwise one with these words.
async fn role(
    act: &mut Act,
    right: &Right,
    plan: &mut Plan,
    wanted: &Wanted,
    from: Day,
) -> Result<Option<words::id::RoleTextId>, Fail> {
    let before = plan.row(wanted.row.id, from).and_then(|r| r.role).and_then(|id| plan.role(id, from));
    match before {
        Some(role) if role.body == wanted.role => Ok(Some(role.id)),
        _ => plan::save_role(act, right, plan, None, &wanted.role, from).await,
    }
}

/// The tables a file would make, for a preview: what stands in the register on the day with the file's rows in place.
pub(crate) fn preview(plan: &Plan, names: &Names, wanted: &[Wanted], from: Day) -> Vec<Shown> {
    let tables = tables_of(wanted);
    let mut then = plan.clone();
    then.states.retain(|s| !tables.contains(&s.programme));
    for (w, n) in wanted.iter().zip(0_u128..) {
        let role = then.role_with(&w.role, from).or_else(|| {
            // Only for the preview: the real id is made when it is stored.
            let id = words::Id::new(uuid::Uuid::from_u128(n + 1));
            let role = plan::Role { id, version: 1, from, body: w.role.clone(), command: None };
            (!w.role.is_empty()).then(|| {
                then.roles.push(role);
                id
            })
        });
        then.states.push(Row { role, version: 1, ..w.row.clone() });
    }
    shown(&then, names, from)
}
