//! One read: a snapshot, what it discloses, and the log rows of it.
//!
//! The facts of a page, the evidence and the decision about them are of one moment, on both engines: one snapshot, in
//! a transaction that cannot write. The log rows are therefore written in a transaction of their own, after the
//! snapshot has ended and before the [`Receipt`]: what is disclosed leaves only when its rows are durable.

use access::{Action, Reader, Relation, Viewer};
use words::Instant;
use words::id::{HouseholdId, PersonId, ThingId};

use crate::conn::{Doing, Open};
use crate::ctx::Db;
use crate::disclose::Known;
use crate::log::Noted;
use crate::wall::{self, Place};
use crate::{Broken, Channel, Conn, Ctx, Engine, Fail, Receipt};

/// One read by one viewer through one channel.
pub struct Look {
    engine: Engine,
    viewer: Viewer,
    now: Instant,
    channel: Channel,
    reader: Reader,
    pub(crate) of_all: bool,
    /// The household that a paper for one person is made in.
    pub(crate) paper_in: Option<HouseholdId>,
    snapshot: Box<dyn Open>,
    pub(crate) known: Known,
    pub(crate) noted: Vec<Noted>,
}

impl Look {
    pub(crate) fn begin<'a>(ctx: &'a Ctx, channel: Channel, place: Place<'a>) -> Doing<'a, Self> {
        Box::pin(async move {
            let snapshot: Box<dyn Open> = match ctx.engine.db() {
                Db::Sqlite { readers, .. } => Box::new(readers.begin().await?),
                Db::Pg(pool) => Box::new(wall::begin(pool, place, true).await?),
            };
            Ok(Self {
                engine: ctx.engine.clone(),
                viewer: ctx.viewer.clone(),
                now: ctx.now,
                channel,
                reader: channel.reader(),
                of_all: false,
                paper_in: None,
                snapshot,
                known: Known::default(),
                noted: Vec::new(),
            })
        })
    }

    /// The connection. Content read through it must be sealed at once; see `household::entry` for the pattern.
    pub fn conn(&mut self) -> Conn<'_> {
        self.snapshot.conn()
    }

    /// Who looks.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// When.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Through which channel.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// For whom what is disclosed is shown.
    pub fn reader(&self) -> Reader {
        self.reader
    }

    /// From here on, what is disclosed is for a paper that one person is given (disclosure rule 4). `home`: the household it is made in, on
    /// which somebody who does not live there reads of themselves alone; none where it tells of no household.
    pub fn for_member(&mut self, person: PersonId, home: Option<HouseholdId>) {
        self.reader = Reader::Member(person);
        self.paper_in = home;
    }

    /// From here on, what is disclosed stays at this desk: it comes back to where it was written, as on its screen.
    pub fn stays(&mut self) {
        self.reader = Reader::Screen;
    }

    /// On such a paper also what is about those who are kept apart from that person together with them: somebody of the desk was asked and
    /// said so (decision 0048). What is kept from the person, and every other rule of the paper, stays.
    pub fn with_what_is_about_all(&mut self, so: bool) {
        self.of_all = so;
    }

    /// Asks for the right to search the log itself and notes it: who watches is watched as well (disclosure rule 7).
    /// `sought` are the records and people it was narrowed to, by kind and id; the whole log otherwise.
    pub fn audit(&mut self, sought: Vec<(&'static str, ThingId)>) -> Result<(), Fail> {
        let action = Action::AuditAccess;
        let right = access::may(&self.viewer, action, &Relation::of_no_household())?;
        let appointment = right.seat().map(|s| s.appointment);
        let whole = ("access_log", self.viewer.municipality.cast());
        let sought = if sought.is_empty() { vec![whole] } else { sought };
        self.noted.extend(sought.into_iter().map(|(kind, record)| Noted {
            kind,
            record,
            categories: 0,
            basis: words::code::Code::code(action).to_owned(),
            source: None,
            appointment,
        }));
        Ok(())
    }

    /// Asks for the right to do `action` on a page that writes nothing, and notes it about `record`: reading a reason that
    /// was kept apart, or a report being prepared, is a look of its own (disclosure rule 7).
    pub fn permit(
        &mut self,
        action: Action,
        relation: &Relation,
        record: access::RecordRef,
    ) -> Result<(), Fail> {
        let right = access::may(&self.viewer, action, relation)?;
        self.noted.push(Noted {
            kind: words::code::Code::code(record.kind),
            record: record.id,
            categories: 0,
            basis: words::code::Code::code(action).to_owned(),
            source: None,
            appointment: right.seat().map(|s| s.appointment),
        });
        Ok(())
    }

    /// Asks for the right to see figures about the whole municipality and notes it: a figure is about nobody, and who
    /// asked for which one can still be read in the log (disclosure rules 7 and 11).
    pub fn figures(&mut self) -> Result<(), Fail> {
        let action = Action::ViewFigures;
        let right = access::may(&self.viewer, action, &Relation::of_no_household())?;
        self.noted.push(Noted {
            kind: words::code::Code::code(access::RecordKind::Figures),
            record: self.viewer.municipality.cast(),
            categories: 0,
            basis: words::code::Code::code(action).to_owned(),
            source: None,
            appointment: right.seat().map(|s| s.appointment),
        });
        Ok(())
    }

    /// Asks for the right to take a list out as a file and notes which file leaves: its rows were noted when they were
    /// read, this is when they go.
    pub fn take_out(&mut self, export: ThingId) -> Result<(), Fail> {
        let action = Action::TakeOut;
        let right = access::may(&self.viewer, action, &Relation::of_no_household())?;
        self.noted.push(Noted {
            kind: words::code::Code::code(access::RecordKind::Export),
            record: export,
            categories: 0,
            basis: words::code::Code::code(action).to_owned(),
            source: None,
            appointment: right.seat().map(|s| s.appointment),
        });
        Ok(())
    }

    /// Makes the log rows durable. Call it last: what is disclosed afterwards cannot leave.
    pub fn close(self) -> Doing<'static, Receipt> {
        Box::pin(self.closed())
    }

    async fn closed(self) -> Result<Receipt, Broken> {
        let Self { engine, viewer, now, channel, snapshot, noted, .. } = self;
        let channel = words::code::Code::code(channel);
        if noted.is_empty() {
            snapshot.commit().await?;
            return Ok(Receipt::durable());
        }
        let mut tx: Box<dyn Open> = match engine.db() {
            Db::Sqlite { writing, .. } => {
                snapshot.commit().await?;
                Box::new(writing.begin().await?)
            }
            Db::Pg(_) => {
                let mut same = snapshot;
                wall::begin_anew(&mut same.conn(), viewer.municipality).await?;
                same
            }
        };
        crate::log::write(&mut tx.conn(), &engine, &viewer, now, channel, "read", noted).await?;
        tx.commit().await?;
        Ok(Receipt::durable())
    }
}
