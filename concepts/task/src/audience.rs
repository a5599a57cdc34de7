//! For whom a promise is there at all. Most are there for everybody who reads the records of the desk that owes them. Of some the desk
//! is told through one role only: for everybody else there they do not exist, in no list, no count and by no address (disclosure rule 2).

use access::{Role, Viewer};
use engine::{Broken, Conn, Statement, args};
use words::code::Code;
use words::id::{CaseId, DeskId, MunicipalityId, TaskId, UserId};
use words::{Day, Instant};

use crate::kinds::TaskKind;
use crate::rules::Level;
use crate::sql::Task;

impl TaskKind {
    /// The one role through which a desk is told of such a promise; nothing where everybody who reads the desk's records is. That two
    /// agencies very probably hold one household is told to the coordinator alone: colleagues may well work at one of the two.
    pub const fn only_for(self) -> Option<Role> {
        match self {
            Self::WeighOverlap => Some(Role::Coordinator),
            _ => None,
        }
    }

    /// Whether a late promise of this kind climbs over this rung of the ladder: what is kept to one role is never told to another.
    pub fn tells(self, rung: Level) -> bool {
        match (self.only_for(), rung) {
            (None, _) | (_, Level::Holder) => true,
            (Some(role), Level::Lead) => role == Role::AgencyLead,
            (Some(role), Level::Coordinator) => role == Role::Coordinator,
        }
    }
}

/// The kinds that are there for one role only.
fn narrow() -> impl Iterator<Item = (TaskKind, Role)> {
    TaskKind::ALL.iter().filter_map(|kind| Some((*kind, kind.only_for()?)))
}

/// The desks at which this viewer serves in a role, with those whose work has passed to them.
fn desks_as(viewer: &Viewer, role: Role) -> impl Iterator<Item = DeskId> {
    let at = viewer.seats.iter().filter(move |s| s.role == role);
    at.flat_map(|s| s.inherited.iter().copied().chain([s.desk]))
}

/// What is there for this viewer: without what is kept to a role they do not serve in at the desk that owes it, and without what belongs to
/// a household they are kept out of.
pub(crate) fn visible(mut statement: Statement, viewer: &Viewer) -> Statement {
    for (kind, role) in narrow() {
        statement = statement
            .push(" AND (t.kind <> ? OR t.desk_id IN", args![kind.code()])
            .push_in("", desks_as(viewer, role))
            .push(")", args![]);
    }
    // Whoever works at one of the two desks as well is told of the two through neither seat.
    let own = viewer.reading_desks();
    let statement = statement
        .push(
            " AND (t.kind <> 'weigh_overlap' OR NOT EXISTS (SELECT 1 FROM overlap_notice o \
             WHERE o.municipality_id = t.municipality_id AND o.id = t.thing_id AND (o.desk_a IN",
            args![],
        )
        .push_in("", own.iter().copied())
        .push(" OR o.desk_b IN", args![])
        .push_in("", own.iter().copied())
        .push(")))", args![]);
    without(statement, &viewer.excluded_from)
}

/// Who can be put in charge of a task: whoever sits at its desk, of what is kept to a role those who serve in it there and are told of it. By
/// reading.
pub async fn can_take(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    task: &Task,
    now: Instant,
) -> Result<Vec<(UserId, String)>, Broken> {
    let Some(role) = task.kind.only_for() else {
        return register::staff_of(conn, m, task.desk, now.day()).await;
    };
    let not_told = not_told(conn, m, task.id, now).await?;
    let places = register::places_of(conn, m, task.desk, now.day()).await?;
    let mut people: Vec<(UserId, String)> = Vec::new();
    for p in places.into_iter().filter(|p| p.role == role && !not_told.contains(&p.user)) {
        if people.iter().all(|(known, _)| *known != p.user) {
            people.push((p.user, p.name));
        }
    }
    Ok(people)
}

/// Who is not told that two agencies hold one household: whoever works at one of the two desks, and whoever is kept out of one of the households.
async fn not_told(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    task: TaskId,
    now: Instant,
) -> Result<Vec<UserId>, Broken> {
    let today: Day = now.day();
    let reading = Role::ALL.iter().filter(|r| r.reads_desk_records()).map(|r| r.code());
    let statement = Statement::new(
        "SELECT x.user_id FROM task t JOIN overlap_notice n ON n.municipality_id = t.municipality_id AND n.id = t.thing_id \
         JOIN case_file c ON c.municipality_id = n.municipality_id AND c.household_id IN (n.household_a, n.household_b) \
         JOIN exclusion x ON x.municipality_id = c.municipality_id AND x.case_id = c.id AND (x.until IS NULL OR x.until > ?) \
         WHERE t.municipality_id = ? AND t.id = ? \
         UNION SELECT a.user_id FROM task t JOIN overlap_notice n ON n.municipality_id = t.municipality_id AND n.id = t.thing_id \
         JOIN post p ON p.municipality_id = n.municipality_id AND p.desk_id IN (n.desk_a, n.desk_b) \
         JOIN appointment a ON a.municipality_id = p.municipality_id AND a.post_id = p.id AND a.valid_from <= ? \
         AND (a.valid_to IS NULL OR a.valid_to >= ?) WHERE t.municipality_id = ? AND t.id = ? AND p.role IN",
        args![now, m, task, today, today, m, task],
    )
    .push_in("", reading);
    conn.select(statement).await?.iter().map(|row| row.get("user_id")).collect()
}

/// Leaves out what belongs to a household somebody is kept out of (disclosure rule 14): its cases, and the
/// consultations and sheets about it that never became one, and what a session gave to do, asks or waits for about it.
pub(crate) fn without(statement: Statement, excluded_from: &[CaseId]) -> Statement {
    if excluded_from.is_empty() {
        return statement;
    }
    statement
        .push(
            " AND NOT EXISTS (SELECT 1 FROM case_file x WHERE x.municipality_id = t.municipality_id \
             AND x.household_id = COALESCE(c.household_id, r.household_id, k.household_id, s.household_id, \
             (SELECT w.household_id FROM matter w WHERE w.municipality_id = t.municipality_id AND (w.id = t.thing_id \
             OR w.id = (SELECT p.matter_id FROM matter_member p WHERE p.municipality_id = t.municipality_id \
             AND p.id = t.thing_id) OR w.id = (SELECT dd.matter_id FROM decision dd \
             WHERE dd.municipality_id = t.municipality_id AND dd.id = t.thing_id))), \
             (SELECT q.household_id FROM contact_target g JOIN person q ON q.municipality_id = g.municipality_id \
             AND q.id = g.person_id WHERE g.municipality_id = t.municipality_id AND g.id = t.thing_id), \
             (SELECT COALESCE(gw.household_id, gc.household_id) FROM agenda_item g \
             LEFT JOIN matter gw ON gw.municipality_id = g.municipality_id AND gw.id = g.matter_id \
             LEFT JOIN case_file gc ON gc.municipality_id = g.municipality_id AND gc.id = g.case_id \
             WHERE g.municipality_id = t.municipality_id AND g.id = COALESCE(\
             (SELECT gh.item_id FROM homework gh WHERE gh.municipality_id = t.municipality_id AND gh.id = t.thing_id), \
             (SELECT gq.item_id FROM item_question gq WHERE gq.municipality_id = t.municipality_id AND gq.id = t.thing_id), \
             t.thing_id)), \
             (SELECT o.household_id FROM case_file o WHERE o.municipality_id = t.municipality_id AND o.id = t.thing_id), \
             (SELECT qc.household_id FROM capacity_question cq JOIN case_file qc ON qc.municipality_id = cq.municipality_id \
             AND qc.id = cq.case_id WHERE cq.municipality_id = t.municipality_id AND cq.id = t.thing_id)) \
             AND x.id IN",
            args![],
        )
        .push_in("", excluded_from.iter().copied())
        // A notice that two agencies hold one household is about two records of it.
        .push(
            ") AND NOT EXISTS (SELECT 1 FROM overlap_notice n JOIN case_file y ON y.municipality_id = n.municipality_id \
             AND y.household_id IN (n.household_a, n.household_b) WHERE n.municipality_id = t.municipality_id \
             AND n.id = t.thing_id AND y.id IN",
            args![],
        )
        .push_in("", excluded_from.iter().copied())
        // What a session promises about an item of its agenda, and what it asks of whoever is invited to it.
        .push(
            ") AND NOT EXISTS (SELECT 1 FROM agenda_item a LEFT JOIN matter u ON u.municipality_id = a.municipality_id \
             AND u.id = a.matter_id LEFT JOIN case_file v ON v.municipality_id = a.municipality_id AND v.id = a.case_id \
             JOIN case_file z ON z.municipality_id = a.municipality_id \
             AND z.household_id = COALESCE(u.household_id, v.household_id) WHERE a.municipality_id = t.municipality_id \
             AND (a.id = t.thing_id OR a.id = (SELECT b.item_id FROM invitee b WHERE b.municipality_id = t.municipality_id \
             AND b.id = t.thing_id)) AND z.id IN",
            args![],
        )
        .push_in("", excluded_from.iter().copied())
        .push(")", args![])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_kind_is_kept_to_the_coordinators_and_no_other_to_anybody() {
        let kept: Vec<(TaskKind, Role)> = narrow().collect();
        assert_eq!(kept, [(TaskKind::WeighOverlap, Role::Coordinator)]);
    }

    #[test]
    fn when_late_it_passes_over_the_lead() {
        let told =
            |kind: TaskKind| [Level::Holder, Level::Lead, Level::Coordinator].map(|rung| kind.tells(rung));
        assert_eq!(told(TaskKind::WeighOverlap), [true, false, true]);
        assert_eq!(told(TaskKind::NextPromise), [true, true, true]);
    }
}
