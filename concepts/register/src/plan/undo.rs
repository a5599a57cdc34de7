//! Taking a change of the plan back: one more state of each row and role text, that says what the one before said.

use access::Right;
use engine::undo::{Written, newest};
use engine::{Act, Fail, Refusal};
use words::id::{CommandId, UserId};

use super::{Plan, Role, Row, in_force, save_role, save_row};

/// What the rows and role texts of a change said before it, from the day on from which it changed them. Versions are those
/// to write against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    /// Rows; ended, when the change had added them.
    pub rows: Vec<Row>,
    /// Role texts that had said something else.
    pub roles: Vec<Role>,
}

impl Plan {
    /// What `change` would be taken back to by `me`, who must be its `author`. A conflict when any of its rows or texts was
    /// written since: half a change is never taken back.
    pub fn undone(&self, change: CommandId, author: Option<UserId>, me: UserId) -> Result<Back, Fail> {
        let mut back = Back { rows: Vec::new(), roles: Vec::new() };
        for state in self.states.iter().filter(|s| s.command == Some(change)) {
            let of: Vec<&Row> = self.states.iter().filter(|s| s.id == state.id).collect();
            let at = newest(&written(of.iter().map(|s| s.command), change, author), change, me)?;
            let before = in_force(of[..at].iter().copied(), state.from, |s| (s.from, s.version));
            if before.is_none_or(|b| b.ended) {
                self.needed_by_nobody(state, change)?;
            }
            let says = before.cloned().unwrap_or_else(|| Row { ended: true, ..state.clone() });
            back.rows.push(Row { version: state.version, from: state.from, ..says });
        }
        for state in self.roles.iter().filter(|r| r.command == Some(change)) {
            let of: Vec<&Role> = self.roles.iter().filter(|r| r.id == state.id).collect();
            let at = newest(&written(of.iter().map(|r| r.command), change, author), change, me)?;
            // Words that the change had added stay as a text that no row has.
            if let Some(before) = in_force(of[..at].iter().copied(), state.from, |r| (r.from, r.version)) {
                back.roles.push(Role { version: state.version, from: state.from, ..before.clone() });
            }
        }
        if back.rows.is_empty() && back.roles.is_empty() { Err(Fail::NotVisible) } else { Ok(back) }
    }

    /// A row that goes again must not be named by a set written since.
    fn needed_by_nobody(&self, row: &Row, change: CommandId) -> Result<(), Refusal> {
        let names = |r: &&Row| r.set.as_ref().is_some_and(|set| set.except.contains(&row.id));
        if self.on(row.from).into_iter().filter(|r| r.command != Some(change)).any(|r| names(&r)) {
            return Err(Refusal::conflict("plan_row.still_excepted"));
        }
        Ok(())
    }
}

/// The states of one thing as the rule of taking back looks at them.
fn written(
    commands: impl Iterator<Item = Option<CommandId>>,
    change: CommandId,
    author: Option<UserId>,
) -> Vec<Written> {
    // Only the author of the change in question is asked for.
    commands.map(|command| Written { command, author: author.filter(|_| command == Some(change)) }).collect()
}

/// Stores what [`Plan::undone`] found.
pub async fn take_back(act: &mut Act, right: &Right, plan: &mut Plan, back: Back) -> Result<(), Fail> {
    for role in back.roles {
        save_role(act, right, plan, Some((role.id, role.version)), &role.body, role.from).await?;
    }
    for row in &back.rows {
        save_row(act, right, row).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Item;
    use crate::rules::{ConsultableBy, Delivery, Position, Programme};
    use words::{Day, Id};

    fn id<K>(n: u128) -> Id<K> {
        Id::new(uuid::Uuid::from_u128(n))
    }

    fn day(month: u32) -> Day {
        Day::new(2026, month, 1).unwrap()
    }

    fn row(version: i64, from: Day, command: u128, name: &str) -> Row {
        Row {
            id: id(1),
            version,
            programme: Programme::Outreach,
            from,
            ended: false,
            row_no: 1,
            starts_block: false,
            agency: None,
            name: name.to_owned(),
            note: String::new(),
            excludes: String::new(),
            asked_by: ConsultableBy::Anyone,
            sections: vec![],
            contractor: String::new(),
            delivery: vec![Delivery::Direct],
            position: Position::Main,
            role: None,
            set: None,
            items: vec![Item::empty()],
            command: Some(id(command)),
        }
    }

    #[test]
    fn the_row_says_again_what_it_said_on_that_day() {
        let plan = Plan {
            states: vec![
                row(1, day(4), 1, "April"),
                row(2, day(12), 2, "December"),
                row(3, day(11), 3, "slip"),
            ],
            roles: vec![],
        };
        let back = plan.undone(id(3), Some(id(9)), id(9)).unwrap();
        assert_eq!(
            (back.rows[0].name.as_str(), back.rows[0].version, back.rows[0].from),
            ("April", 3, day(11))
        );
        // Somebody wrote since; somebody else asks; nothing is known of it.
        assert!(matches!(plan.undone(id(2), Some(id(9)), id(9)), Err(Fail::Refused(why)) if why.conflict));
        assert!(matches!(plan.undone(id(3), Some(id(9)), id(8)), Err(Fail::NotVisible)));
        assert!(matches!(plan.undone(id(4), Some(id(9)), id(9)), Err(Fail::NotVisible)));
    }

    #[test]
    fn a_row_that_was_added_goes_and_one_that_was_ended_comes_back() {
        let added = Plan { states: vec![row(1, day(4), 1, "new")], roles: vec![] };
        assert!(added.undone(id(1), Some(id(9)), id(9)).unwrap().rows[0].ended);
        let mut gone = row(2, day(5), 2, "there");
        gone.ended = true;
        let ended = Plan { states: vec![row(1, day(4), 1, "there"), gone], roles: vec![] };
        let back = ended.undone(id(2), Some(id(9)), id(9)).unwrap();
        assert!(!back.rows[0].ended);
        assert_eq!((back.rows[0].from, back.rows[0].version), (day(5), 2));
    }

    #[test]
    fn a_shared_text_says_again_what_it_said() {
        let text = |version, command, body: &str| Role {
            id: id(5),
            version,
            from: day(4),
            body: body.to_owned(),
            command: Some(id(command)),
        };
        let plan = Plan { states: vec![], roles: vec![text(1, 1, "before"), text(2, 2, "slip")] };
        let back = plan.undone(id(2), Some(id(9)), id(9)).unwrap();
        assert_eq!((back.roles[0].body.as_str(), back.roles[0].version), ("before", 2));
        // A text that is new is left as it is; then there is nothing to take back.
        assert!(plan.undone(id(1), Some(id(9)), id(9)).is_err());
    }
}
