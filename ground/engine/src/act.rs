//! One write: one command, one transaction, five steps: begin, load, permit, decide, save.

use access::{Action, Holder, RecordRef, Relation, Right, System, Viewer};
use serde::Serialize;
use sha2::{Digest, Sha256};
use words::code::Code;
use words::codes;
use words::id::{CommandId, MunicipalityId};
use words::{Id, Instant};

use crate::conn::{Doing, Open};
use crate::ctx::Db;
use crate::log::Noted;
use crate::wall::{self, Place};
use crate::{Broken, Conn, Ctx, Engine, Fail, Receipt, Refusal, args};

codes! {
    /// Where a command came from (domain section 7).
    pub enum Origin {
        /// An open page.
        Page = "page",
        /// A file carried between zones.
        File = "file",
        /// The command line.
        Console = "console",
        /// A job of the server.
        Job = "job",
    }
}

/// What every command carries beside its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Its own id: made with the form, so that a double click is one command.
    pub command: CommandId,
    /// The version of the record it was written against; `None` when it makes a new one. A change of an existing
    /// record without it is refused ([`Act::check_version`]).
    pub base_version: Option<i64>,
    /// Where it came from.
    pub origin: Origin,
    /// When it was issued; may be long before it arrives.
    pub issued_at: Instant,
}

impl Envelope {
    /// The envelope of one item of several that were sent together. Its id follows from the form's and the item's: the
    /// form sent twice gives the same commands again, each is accepted once, and each could come by itself in a file.
    #[must_use]
    pub fn of_item<K>(&self, item: Id<K>, base_version: Option<i64>) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.command.uuid().as_bytes());
        hash.update(item.uuid().as_bytes());
        let mut bytes = [0_u8; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        // The time of the form in front: what was written together lies together.
        bytes[..6].copy_from_slice(&self.command.uuid().as_bytes()[..6]);
        let command = Id::new(uuid::Builder::from_custom_bytes(bytes).into_uuid());
        Self { command, base_version, ..self.clone() }
    }
}

/// A command begun: new, or one that had arrived before.
pub enum Begun {
    /// Do it.
    New(Box<Act>),
    /// It was done; this was its outcome (the id or place it led to).
    Before(String),
}

/// One write in progress. Dropped without [`Act::commit`] it leaves no trace.
pub struct Act {
    engine: Engine,
    viewer: Option<Viewer>,
    municipality: MunicipalityId,
    now: Instant,
    envelope: Envelope,
    tx: Box<dyn Open>,
    acting_desk: Option<words::id::DeskId>,
    pub(crate) noted: Vec<Noted>,
}

/// A transaction that writes.
fn turn(engine: &Engine, municipality: MunicipalityId) -> Doing<'_, Box<dyn Open>> {
    Box::pin(async move {
        Ok(match engine.db() {
            Db::Sqlite { writing, .. } => Box::new(writing.begin().await?) as Box<dyn Open>,
            Db::Pg(pool) => Box::new(wall::begin(pool, Place::In(municipality), false).await?),
        })
    })
}

/// A transaction of a viewer or a system actor, in which nothing has been written yet.
pub(crate) async fn open(
    engine: &Engine,
    municipality: MunicipalityId,
    viewer: Option<Viewer>,
    now: Instant,
    envelope: &Envelope,
) -> Result<Act, Broken> {
    let tx = turn(engine, municipality).await?;
    Ok(Act {
        engine: engine.clone(),
        municipality,
        now,
        envelope: envelope.clone(),
        tx,
        acting_desk: viewer.as_ref().and_then(Viewer::acting).map(|s| s.desk),
        noted: Vec::new(),
        viewer,
    })
}

pub(crate) async fn begin<B: Serialize>(
    engine: &Engine,
    ctx: Option<&Ctx>,
    system: Option<(System, MunicipalityId)>,
    envelope: &Envelope,
    kind: &'static str,
    body: &B,
) -> Result<Begun, Fail> {
    let body = serde_json::to_vec(body).map_err(|e| Broken::Outside(format!("command body: {e}")))?;
    let hash = hex(&Sha256::digest(&body));
    let now = ctx.map_or_else(|| engine.now(), |c| c.now);
    let viewer = ctx.map(|c| c.viewer.clone());
    let Some(municipality) = viewer.as_ref().map(|v| v.municipality).or(system.map(|s| s.1)) else {
        return Err(Fail::NotVisible);
    };
    let seat = viewer.as_ref().and_then(Viewer::acting).cloned();
    let mut act = open(engine, municipality, viewer, now, envelope).await?;
    let author = act.viewer.as_ref().map(|v| v.user);
    let fresh = act
        .conn()
        .exec(
            "INSERT INTO command (municipality_id, id, kind, author_id, actor, appointment_id, desk_id, programme, \
             base_version, origin, issued_at, recorded_at, body_hash) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
            args![
                municipality,
                envelope.command,
                kind,
                author,
                system.map_or("", |s| s.0.code()),
                seat.as_ref().map(|s| s.appointment),
                seat.as_ref().map(|s| s.desk),
                seat.as_ref().map_or("", |s| s.programme.as_str()),
                envelope.base_version,
                envelope.origin.code(),
                envelope.issued_at,
                now,
                &hash,
            ],
        )
        .await?;
    if fresh == 1 {
        return Ok(Begun::New(Box::new(act)));
    }
    let row = act
        .conn()
        .one(
            "SELECT author_id, body_hash, outcome FROM command WHERE municipality_id = $1 AND id = $2",
            args![municipality, envelope.command],
        )
        .await?;
    let same = row.get::<Option<words::id::UserId>>("author_id")? == author
        && row.get::<String>("body_hash")? == hash;
    let outcome = row.get("outcome")?;
    // What came first may still wait for its flush, together with this act (SQLite groups commits): nobody is told
    // that something is done before it is durable.
    act.tx.commit().await?;
    if same {
        Ok(Begun::Before(outcome))
    } else {
        // The same form was sent twice with different words: the first stands, the second is not lost.
        Err(Fail::Refused(Refusal::new("command.already_sent")))
    }
}

impl Engine {
    /// Begins a write by a named system actor.
    pub async fn system_act<B: Serialize>(
        &self,
        system: System,
        municipality: MunicipalityId,
        origin: Origin,
        kind: &'static str,
        body: &B,
    ) -> Result<Box<Act>, Fail> {
        let envelope = Envelope { command: self.new_id(), base_version: None, origin, issued_at: self.now() };
        match begin(self, None, Some((system, municipality)), &envelope, kind, body).await? {
            Begun::New(act) => Ok(act),
            Begun::Before(_) => Err(Fail::Refused(Refusal::new("command.already_sent"))),
        }
    }
}

impl Act {
    /// The connection for loading facts. Content read through it must be sealed at once.
    pub fn facts(&mut self) -> Result<Conn<'_>, Broken> {
        Ok(self.conn())
    }

    /// The connection for saving: needs a right.
    pub fn save(&mut self, _right: &Right) -> Result<Conn<'_>, Broken> {
        Ok(self.conn())
    }

    fn conn(&mut self) -> Conn<'_> {
        self.tx.conn()
    }

    /// Asks for the right to do `action`. The log row says that it was asked for, about `record`; the command
    /// is recorded under the seat that gave the right.
    pub async fn permit(
        &mut self,
        action: Action,
        relation: &Relation,
        record: RecordRef,
    ) -> Result<Right, Fail> {
        let Some(viewer) = &self.viewer else { return Err(Fail::NotVisible) };
        let right = access::may(viewer, action, relation)?;
        if let Holder::Person(_, seat) = right.holder()
            && Some(seat.desk) != self.acting_desk
        {
            let (appointment, desk, programme) = (seat.appointment, seat.desk, seat.programme.clone());
            let (municipality, command) = (self.municipality, self.envelope.command);
            self.conn()
                .exec(
                    "UPDATE command SET appointment_id = $3, desk_id = $4, programme = $5 \
                     WHERE municipality_id = $1 AND id = $2",
                    args![municipality, command, appointment, desk, programme],
                )
                .await?;
            self.acting_desk = Some(desk);
        }
        let appointment = right.seat().map(|s| s.appointment);
        self.noted.push(Noted {
            kind: record.kind.code(),
            record: record.id,
            categories: 0,
            basis: action.code().to_owned(),
            source: None,
            appointment,
        });
        Ok(right)
    }

    /// Who acts; `None` for a system actor.
    pub fn viewer(&self) -> Option<&Viewer> {
        self.viewer.as_ref()
    }

    /// The municipality acted in.
    pub fn municipality(&self) -> MunicipalityId {
        self.municipality
    }

    /// When it is recorded.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The command's id: what every record it writes points to.
    pub fn command(&self) -> CommandId {
        self.envelope.command
    }

    /// The version the command was written against.
    pub fn base_version(&self) -> Option<i64> {
        self.envelope.base_version
    }

    /// The desk acted for.
    pub fn desk(&self) -> Option<words::id::DeskId> {
        self.acting_desk
    }

    /// A new id.
    pub fn new_id<K>(&self) -> Id<K> {
        self.engine.new_id()
    }

    /// Refuses a command that was written against another version than the current one. One that does not say which
    /// version it was written against is refused as well: nobody knows what its author had read.
    pub fn check_version(&self, current: i64) -> Result<(), Fail> {
        if self.envelope.base_version == Some(current) { Ok(()) } else { Err(Fail::Stale) }
    }

    /// Ends the act: outcome and log rows are written in the same transaction, and the answer comes back only
    /// when everything is durable.
    pub fn commit(self, outcome: &str) -> Doing<'_, Receipt> {
        Box::pin(self.committed(outcome))
    }

    async fn committed(mut self, outcome: &str) -> Result<Receipt, Broken> {
        let (municipality, command) = (self.municipality, self.envelope.command);
        if !outcome.is_empty() {
            self.conn()
                .exec(
                    "UPDATE command SET outcome = $3 WHERE municipality_id = $1 AND id = $2",
                    args![municipality, command, outcome],
                )
                .await?;
        }
        if let Some(viewer) = self.viewer.take() {
            let noted = std::mem::take(&mut self.noted);
            let (engine, now) = (self.engine.clone(), self.now);
            let mut conn = self.conn();
            crate::log::write(&mut conn, &engine, &viewer, now, "write", "write", noted).await?;
        }
        self.tx.commit().await?;
        Ok(Receipt::durable())
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, b| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{b:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_has_the_same_command_however_often_its_form_is_sent() {
        let id = |n: u128| uuid::Builder::from_custom_bytes(n.to_be_bytes()).into_uuid();
        let form = |n| Envelope {
            command: Id::new(id(n)),
            base_version: None,
            origin: Origin::Page,
            issued_at: Instant::from_millis(0),
        };
        let item = |n| Id::<words::id::kind::Task>::new(id(n));
        let one = form(7).of_item(item(1), Some(3));
        assert_eq!(one, form(7).of_item(item(1), Some(3)));
        assert_eq!(one.base_version, Some(3));
        assert_ne!(one.command, form(7).of_item(item(2), Some(3)).command);
        assert_ne!(one.command, form(8).of_item(item(1), Some(3)).command);
        assert_ne!(one.command, form(7).command);
    }
}
