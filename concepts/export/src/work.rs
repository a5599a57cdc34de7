//! The job: writes rows into files. One round of rows in one look, as the person who asked; what stands in the database
//! after each says how far it is. A file that was being made when the program ended is made anew.

use access::{Right, Seat, System, Viewer};
use engine::{Act, Broken, Channel, Ctx, Engine, Fail, Origin};
use site::export::{Asked, Round};
use site::{Fields, Languages, T};
use tabular::{Cell, CsvOut, NotWritten, Out, XlsxOut, encode_cp932};
use words::id::{AppointmentId, MunicipalityId};

use crate::rules::{self, Format, KEPT_DAYS, MOST_TRIES, Step};
use crate::sql::{self, Export};

/// Lines in one round: long enough to be quick, short enough that other work gets its turn and memory stays flat.
const LINES: i64 = 1_000;

/// How far the job came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// There was nothing to do.
    Idle,
    /// Everything there was is done.
    Done,
    /// It was asked to stop between two rounds; the rest waits.
    Interrupted,
}

/// Works on every file that waits, until none does or `go_on` says no; then forgets those whose days are over.
pub async fn work(
    engine: &Engine,
    languages: &Languages,
    mut go_on: impl FnMut() -> bool,
) -> Result<Worked, Broken> {
    let mut worked = Worked::Idle;
    for (municipality, _) in engine::check::municipalities(engine).await? {
        for export in waiting(engine, municipality).await? {
            worked = Worked::Done;
            let t = languages.words_of(export.language, engine, municipality, engine.now()).await;
            let mut job = Job { engine, t, municipality, export };
            match job.make(&mut go_on).await {
                Ok(false) => {
                    job.leave(Step::Pause, "").await?;
                    return Ok(Worked::Interrupted);
                }
                // Made, or thrown away in the meantime.
                Ok(true) | Err(Fail::Stale) => {}
                Err(Fail::NotVisible) => job.stop("download.stopped_seat").await?,
                Err(Fail::Refused(refusal)) => job.stop(refusal.key).await?,
                Err(Fail::Broken(e)) => {
                    // One file that cannot be made keeps no other waiting; it says so, and can be begun anew.
                    tracing::error!(export = %job.export.id, error = %e, "a file could not be made");
                    job.stop("download.stopped_broken").await?;
                }
            }
        }
        forget(engine, municipality).await?;
    }
    Ok(worked)
}

/// The job itself reads what waits; rows it reads as the person who asked.
fn nobody(engine: &Engine, municipality: MunicipalityId) -> Ctx {
    let viewer = Viewer {
        municipality,
        user: engine.new_id(),
        seats: Vec::new(),
        excluded_from: Vec::new(),
        urgent: Vec::new(),
    };
    Ctx { engine: engine.clone(), viewer, now: engine.now() }
}

async fn waiting(engine: &Engine, municipality: MunicipalityId) -> Result<Vec<Export>, Broken> {
    let mut look = nobody(engine, municipality).look(Channel::List).await?;
    sql::waiting(&mut look.conn(), municipality).await
}

/// Forgets files whose days are over. The record of them stays.
async fn forget(engine: &Engine, municipality: MunicipalityId) -> Result<(), Broken> {
    let ctx = nobody(engine, municipality);
    let mut look = ctx.look(Channel::List).await?;
    let over = sql::over(&mut look.conn(), municipality, ctx.now).await?;
    drop(look);
    for id in over {
        let mut act = system(engine, municipality, "export.forget", &id.to_string()).await?;
        match crate::acts::forget(&mut act, id).await {
            Ok(()) => {
                act.commit("").await?;
            }
            // Thrown away by its owner at the same moment.
            Err(Fail::Stale) => {}
            Err(other) => return Err(broken(other)),
        }
    }
    Ok(())
}

async fn system(
    engine: &Engine,
    municipality: MunicipalityId,
    kind: &'static str,
    body: &str,
) -> Result<Box<Act>, Broken> {
    engine.system_act(System::Export, municipality, Origin::Job, kind, &body).await.map_err(broken)
}

fn broken(fail: Fail) -> Broken {
    match fail {
        Fail::Broken(e) => e,
        other => Broken::Outside(format!("a system actor was refused: {other:?}")),
    }
}

fn unwritable(e: NotWritten) -> Fail {
    match e {
        NotWritten::TooLong(..) => Fail::Refused(engine::Refusal::new("download.stopped_long")),
        NotWritten::Io(what) => Fail::Broken(Broken::Outside(what)),
    }
}

/// The viewer acting under this appointment; `None` when they do not hold it (any more).
pub(crate) fn seated(mut viewer: Viewer, appointment: AppointmentId) -> Option<Viewer> {
    let at = viewer.seats.iter().position(|s: &Seat| s.appointment == appointment)?;
    viewer.seats[..=at].rotate_right(1);
    Some(viewer)
}

/// A file on its way.
enum Writer {
    Csv { out: CsvOut, cp932: bool, begun: bool },
    Xlsx(Box<XlsxOut>),
}

impl Writer {
    fn new(format: Format, name: &str) -> Result<Self, NotWritten> {
        Ok(match format {
            Format::Csv => Self::Csv { out: CsvOut::new(), cp932: false, begun: false },
            Format::CsvCp932 => Self::Csv { out: CsvOut::new(), cp932: true, begun: false },
            Format::Xlsx => Self::Xlsx(Box::new(XlsxOut::new(name)?)),
        })
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), NotWritten> {
        match self {
            Self::Csv { out, .. } => out.row(cells),
            Self::Xlsx(out) => out.row(cells),
        }
    }

    /// What can be kept of it so far, and how many characters could not be written. A workbook is kept at its end.
    fn written(&mut self) -> (Vec<u8>, usize) {
        let Self::Csv { out, cp932, begun } = self else { return (Vec::new(), 0) };
        let text = out.take();
        let first = !std::mem::replace(begun, true);
        if *cp932 {
            let encoded = encode_cp932(&text);
            return (encoded.bytes, encoded.unwritten.len());
        }
        let mark: &[u8] = if first { "\u{feff}".as_bytes() } else { &[] };
        ([mark, text.as_bytes()].concat(), 0)
    }
}

struct Job<'a> {
    engine: &'a Engine,
    t: T,
    municipality: MunicipalityId,
    export: Export,
}

impl Job<'_> {
    /// Who asked, with what they may do now, under the appointment they asked under.
    async fn ctx(&self) -> Result<Ctx, Fail> {
        let nobody = nobody(self.engine, self.municipality);
        let now = nobody.now;
        let mut look = nobody.look(Channel::List).await?;
        let viewer = account::viewer_now(&mut look.conn(), self.municipality, self.export.user, now).await?;
        let viewer = viewer.and_then(|v| seated(v, self.export.appointment)).ok_or(Fail::NotVisible)?;
        access::may(&viewer, access::Action::TakeOut, &access::Relation::of_no_household())?;
        Ok(Ctx { engine: self.engine.clone(), viewer, now })
    }

    async fn act(&self, kind: &'static str) -> Result<Box<Act>, Broken> {
        system(self.engine, self.municipality, kind, &format!("{} {}", self.export.id, self.export.done))
            .await
    }

    /// Makes the file from its first row; whether it came to the end.
    async fn make(&mut self, go_on: &mut impl FnMut() -> bool) -> Result<bool, Fail> {
        if self.export.tries >= MOST_TRIES {
            return Err(engine::Refusal::new("download.stopped_again").into());
        }
        self.begin().await?;
        let hidden = self.export.hidden.clone();
        let columns = self.export.list.columns();
        let kept: Vec<usize> =
            (0..columns.len()).filter(|n| !hidden.iter().any(|h| columns[*n].0 == h)).collect();
        let mut writer =
            Writer::new(self.export.format, self.t.s(self.export.list.name())).map_err(unwritable)?;
        let header: Vec<&str> = kept.iter().map(|n| self.t.s(columns[*n].1)).collect();
        let header: Vec<Cell<'_>> = header.into_iter().map(Cell::Text).collect();
        writer.row(&header).map_err(unwritable)?;
        let mut after: Option<String> = None;
        for n in 0.. {
            if !go_on() {
                return Ok(false);
            }
            let round = self.round(after.as_deref()).await?;
            for row in &round.rows {
                let cells: Vec<Cell<'_>> =
                    kept.iter().map(|n| Cell::Text(row.get(*n).map_or("", String::as_str))).collect();
                writer.row(&cells).map_err(unwritable)?;
            }
            self.export.done += round.read;
            // Lines that came since the counting are among them.
            self.export.total = self.export.total.max(self.export.done);
            let (bytes, unwritten) = writer.written();
            self.export.unwritten += i64::try_from(unwritten).unwrap_or(i64::MAX);
            after = round.next;
            self.keep(n, &bytes, &round.shown).await?;
            if after.is_none() {
                self.finish(n + 1, writer).await?;
                break;
            }
        }
        Ok(true)
    }

    /// Says that it is being made, with the number of lines to come.
    async fn begin(&mut self) -> Result<(), Fail> {
        let ctx = self.ctx().await?;
        let mut look = ctx.look(Channel::Export).await?;
        let query = Fields::parse(self.export.query.as_bytes());
        self.export.total = self.export.list.count(&mut look, &query).await?;
        look.close().await?;
        let to = rules::step(self.export.state, Step::Begin)?;
        let mut act = self.act("export.begin").await?;
        sql::restart(&mut act, &Right::system(System::Export), &self.export, to, "").await?;
        act.commit("").await?;
        self.export.state = to;
        (self.export.done, self.export.bytes, self.export.unwritten) = (0, 0, 0);
        Ok(())
    }

    /// The next rows, in a look of their own: who asked may see them now, and that they were read is in the log before
    /// they are written anywhere.
    async fn round(&self, after: Option<&str>) -> Result<Round, Fail> {
        let ctx = self.ctx().await?;
        let mut look = ctx.look(Channel::Export).await?;
        let query = Fields::parse(self.export.query.as_bytes());
        let asked = Asked { look: &mut look, t: &self.t, query: &query, after, most: LINES };
        let round = self.export.list.round(asked).await?;
        look.close().await?;
        Ok(round)
    }

    async fn keep(&mut self, n: i64, bytes: &[u8], shown: &[site::export::Shown]) -> Result<(), Fail> {
        self.export.bytes += i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let mut act = self.act("export.round").await?;
        let right = Right::system(System::Export);
        sql::keep_round(&mut act, &right, &self.export, (n, bytes, shown)).await?;
        act.commit("").await?;
        Ok(())
    }

    /// The last bytes; from now on it can be fetched.
    async fn finish(&mut self, n: i64, writer: Writer) -> Result<(), Fail> {
        let bytes = match writer {
            Writer::Csv { .. } => Vec::new(),
            Writer::Xlsx(out) => tokio::task::spawn_blocking(move || out.finish())
                .await
                .map_err(|e| Broken::Outside(format!("a workbook: {e}")))?
                .map_err(unwritable)?,
        };
        self.export.state = rules::step(self.export.state, Step::Finish)?;
        self.export.total = self.export.done;
        self.export.kept_until = Some(self.engine.now().plus_hours(24 * KEPT_DAYS));
        self.keep(n, &bytes, &[]).await
    }

    /// Ends the work, with its reason for whoever asked for it.
    async fn stop(&mut self, reason: &'static str) -> Result<(), Broken> {
        self.leave(Step::Stop, reason).await
    }

    /// Lets go of the work: what was made so far is forgotten.
    async fn leave(&mut self, step: Step, reason: &str) -> Result<(), Broken> {
        let Ok(to) = rules::step(self.export.state, step) else { return Ok(()) };
        let mut act = self.act("export.leave").await?;
        match sql::restart(&mut act, &Right::system(System::Export), &self.export, to, reason).await {
            Ok(()) => {
                act.commit("").await?;
            }
            // Thrown away in the meantime.
            Err(Fail::Stale) => {}
            Err(other) => return Err(broken(other)),
        }
        self.export.state = to;
        Ok(())
    }
}
