//! Ticks: added, never changed. The last one of an item counts; who ticked when stays.

use std::collections::BTreeMap;

use access::Right;
use engine::undo::Written;
use engine::{Act, Broken, Conn, Fail, args};
use words::Instant;
use words::code::Code;
use words::id::{CommandId, MunicipalityId, ThingId, TriageId, UserId};

use crate::rules::ListName;

/// An item of a list.
pub(crate) type ItemAt = (ListName, usize);

/// A tick of an item, or the taking back of one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tick {
    pub done: bool,
    pub at: Instant,
    pub by: Option<UserId>,
    pub command: CommandId,
}

/// The ticks of a triage, item by item, each item's in the order in which they were made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ticks(BTreeMap<ItemAt, Vec<Tick>>);

impl Ticks {
    /// The last tick of an item: the one that counts.
    pub fn last(&self, item: ItemAt) -> Option<&Tick> {
        self.0.get(&item)?.last()
    }

    /// Whether an item is done.
    pub fn done(&self, item: ItemAt) -> bool {
        self.last(item).is_some_and(|t| t.done)
    }

    /// Everybody who ticked something last.
    pub fn people(&self) -> impl Iterator<Item = UserId> {
        self.0.values().filter_map(|ticks| ticks.last()?.by)
    }

    /// The item that this person has just ticked by this command, and nobody since.
    pub fn own(&self, change: CommandId, me: UserId) -> Option<ItemAt> {
        self.before(change, me).ok().map(|(item, _)| item)
    }

    /// The item that this person ticked by this command, and how it stood before; a conflict when it was ticked since.
    pub fn before(&self, change: CommandId, me: UserId) -> Result<(ItemAt, bool), Fail> {
        let of = |ticks: &[Tick]| ticks.iter().any(|t| t.command == change);
        let (item, ticks) = self.0.iter().find(|(_, ticks)| of(ticks)).ok_or(Fail::NotVisible)?;
        let written: Vec<Written> =
            ticks.iter().map(|t| Written { command: Some(t.command), author: t.by }).collect();
        let at = engine::undo::newest(&written, change, me)?;
        Ok((*item, at.checked_sub(1).and_then(|at| ticks.get(at)).is_some_and(|t| t.done)))
    }
}

/// The ticks of a triage.
pub(crate) async fn tick_list(conn: &mut Conn<'_>, m: MunicipalityId, id: TriageId) -> Result<Ticks, Broken> {
    let rows = conn
        .all(
            "SELECT list, item, done, at, user_id, command_id FROM triage_tick \
             WHERE municipality_id = $1 AND triage_id = $2 ORDER BY at, id",
            args![m, id],
        )
        .await?;
    let mut ticks = Ticks::default();
    for row in &rows {
        let item = usize::try_from(row.get::<i64>("item")?).unwrap_or(usize::MAX);
        let tick = Tick {
            done: row.get("done")?,
            at: row.get("at")?,
            by: row.get("user_id")?,
            command: row.get("command_id")?,
        };
        ticks.0.entry((row.code("list")?, item)).or_default().push(tick);
    }
    Ok(ticks)
}

/// Adds a tick.
pub(crate) async fn tick_add(
    act: &mut Act,
    right: &Right,
    id: TriageId,
    (list, item): ItemAt,
    done: bool,
) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let user = act.viewer().map(|v| v.user);
    let tick: ThingId = act.new_id();
    let item = i64::try_from(item).unwrap_or(i64::MAX);
    act.save(right)?
        .exec(
            "INSERT INTO triage_tick (municipality_id, id, triage_id, list, item, done, at, user_id, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![m, tick, id, list.code(), item, done, now, user, command],
        )
        .await?;
    Ok(())
}
