//! The access log: who saw which record, on which basis, when, through which channel (disclosure rule 7).

use access::{Categories, Permit, Viewer};
use words::code::Code;
use words::id::{AppointmentId, ThingId};
use words::{Instant, codes};

use crate::{Broken, Bulk, Conn, Engine, args};

codes! {
    /// Which way something left the system.
    pub enum Channel {
        /// A page about one thing.
        Page = "page",
        /// A list.
        List = "list",
        /// A search.
        Search = "search",
        /// A hint that something alike exists.
        Hint = "hint",
        /// A printed summary.
        Print = "print",
        /// A count or figure.
        Count = "count",
        /// A file that leaves the system.
        Export = "export",
        /// A file that belongs to a record, fetched.
        Attachment = "attachment",
        /// Beside a write: what a form showed or a command read.
        Write = "write",
    }
}

impl Channel {
    /// Where what goes this way ends: paper and files carry less than the screen (disclosure rules 3 and 4).
    pub const fn reader(self) -> access::Reader {
        match self {
            Self::Print => access::Reader::Paper,
            Self::Export | Self::Attachment => access::Reader::File,
            _ => access::Reader::Screen,
        }
    }
}

/// One access, not yet written.
pub(crate) struct Noted {
    /// What was seen, in ids only.
    pub kind: &'static str,
    pub record: ThingId,
    pub categories: i64,
    /// Every basis that held, joined by `+`; for a write, the action.
    pub basis: String,
    pub source: Option<uuid::Uuid>,
    /// The appointment through which the first basis held.
    pub appointment: Option<AppointmentId>,
}

impl Noted {
    /// A disclosure: what was shown, and every basis it rests on.
    pub(crate) fn of(permit: &Permit, shown: Categories) -> Self {
        let mut bases: Vec<&str> = permit.uses().iter().map(|u| u.basis.code()).collect();
        bases.dedup();
        let first = permit.uses().first();
        Self {
            kind: permit.record().kind.code(),
            record: permit.record().id,
            categories: shown.bits(),
            basis: bases.join("+"),
            source: first.and_then(|u| u.source).map(words::Id::uuid),
            appointment: first.map(|u| u.appointment),
        }
    }
}

impl Noted {
    /// Whether it tells of this record.
    pub(crate) fn is_of(&self, record: access::RecordRef) -> bool {
        self.kind == record.kind.code() && self.record == record.id
    }
}

/// Proof that the log rows of a read or a write are durable (or that there was nothing personal to log). No
/// page leaves without one.
#[derive(Debug)]
pub struct Receipt(());

impl Receipt {
    pub(crate) fn durable() -> Self {
        Self(())
    }

    /// For answers that hold nothing about any household: sign-in, registers, error pages. `why` is read in
    /// review.
    pub fn nothing_personal(_why: &'static str) -> Self {
        Self(())
    }
}

pub(crate) async fn write(
    conn: &mut Conn<'_>,
    engine: &Engine,
    viewer: &Viewer,
    now: Instant,
    channel: &'static str,
    action: &'static str,
    noted: Vec<Noted>,
) -> Result<(), Broken> {
    let mut bulk = Bulk::new(
        "INSERT INTO access_log (municipality_id, id, at, user_id, appointment_id, channel, action, record_kind, \
         record_id, categories, basis, source_id) VALUES",
        12,
    );
    let acting = viewer.acting().map(|s| s.appointment);
    for n in noted {
        bulk.row(args![
            viewer.municipality,
            engine.new_id::<words::id::kind::Access>(),
            now,
            viewer.user,
            n.appointment.or(acting),
            channel,
            action,
            n.kind,
            n.record,
            n.categories,
            n.basis,
            n.source,
        ]);
    }
    bulk.run(conn).await
}
