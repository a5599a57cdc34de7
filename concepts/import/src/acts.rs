//! Bringing a file, confirming its columns, and asking for the next step. The steps themselves are the job's.

use access::{Action, RecordKind, RecordRef, Relation, Right, Role, Seat, Viewer};
use engine::{Act, Begun, Conn, Ctx, Envelope, Fail, Receipt, Refusal};
use serde::Serialize;
use tabular::columns::{self, Proposed};
use tabular::{Encoding, How, Kind, Limits, Table, Trouble, What};
use words::code::Code;
use words::id::{DeskId, MunicipalityId, ThingId};

use crate::line::Standing;
use crate::rules::{self, Alike, State, Step};
use crate::sql::{self, Counts, Import};
use crate::{fields, line};

/// How much of a file is read. A form service's export of a year is some thousands of lines.
pub(crate) const LIMITS: Limits =
    Limits { bytes: 8 << 20, unpacked: 96 << 20, rows: 20_000, columns: 200, cell: 32_767, text: 32 << 20 };

/// The seat under which somebody brings in consultations: the lead of a desk, for that desk. The one acted under
/// first.
pub(crate) fn lead(viewer: &Viewer) -> Option<&Seat> {
    viewer.seats.iter().find(|s| s.role == Role::AgencyLead)
}

/// The desks somebody leads.
pub(crate) fn led(viewer: &Viewer) -> Vec<DeskId> {
    viewer.seats.iter().filter(|s| s.role == Role::AgencyLead).map(|s| s.desk).collect()
}

/// The viewer acting as the lead of a desk; `None` when they are not.
pub(crate) fn as_lead_of(mut viewer: Viewer, desk: DeskId) -> Option<Viewer> {
    let place = viewer.seats.iter().position(|s| s.role == Role::AgencyLead && s.desk == desk)?;
    viewer.seats[..=place].rotate_right(1);
    Some(viewer)
}

/// Somebody as the lead of the desk an import is for; the answer of absence when they are not any more.
fn seated(ctx: &Ctx, desk: DeskId) -> Result<Ctx, Fail> {
    let viewer = as_lead_of(ctx.viewer.clone(), desk).ok_or(Fail::NotVisible)?;
    Ok(Ctx { viewer, ..ctx.clone() })
}

fn record(id: ThingId) -> RecordRef {
    RecordRef { kind: RecordKind::Import, id }
}

/// The right to bring in consultations: the one to write them, at this desk.
pub(crate) async fn permit(act: &mut Act, id: ThingId, desk: DeskId) -> Result<Right, Fail> {
    let right = act.permit(Action::WriteConsultation, &Relation::of_no_household(), record(id)).await?;
    match right.seat() {
        Some(seat) if seat.desk == desk && seat.role == Role::AgencyLead => Ok(right),
        _ => Err(Fail::NotVisible),
    }
}

/// A file as it is read under an import's choices.
pub(crate) fn table(import: &Import, file: &[u8]) -> Result<Table, Trouble> {
    let sheet = Some(import.sheet.clone()).filter(|s| !s.is_empty());
    tabular::read(file, &How { encoding: Encoding::parse(&import.encoding), sheet }, &LIMITS)
}

/// The fields proposed for the columns of a file.
pub(crate) async fn proposed(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    desk: DeskId,
    header: &[String],
) -> Result<Vec<Proposed>, Fail> {
    let kept = sql::kept_mapping(conn, municipality, desk).await?;
    Ok(columns::propose(header, &fields::ALL, &kept))
}

fn keys(proposed: Vec<Proposed>) -> Vec<String> {
    proposed.into_iter().map(|p| p.field.unwrap_or_default()).collect()
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A file that was brought.
#[derive(Debug)]
pub struct NewImport<'a> {
    /// Its name, as whoever brings it calls it.
    pub name: &'a str,
    /// Its bytes.
    pub file: &'a [u8],
}

/// Keeps a file that can be read, with the columns proposed. Nothing of it is recorded.
pub async fn begin(ctx: &Ctx, envelope: &Envelope, new: &NewImport<'_>) -> Result<(ThingId, Receipt), Fail> {
    #[derive(Serialize)]
    struct Body<'a> {
        name: &'a str,
        file: &'a [u8],
    }
    let seat = lead(&ctx.viewer).cloned().ok_or(Fail::NotVisible)?;
    let ctx = seated(ctx, seat.desk)?;
    let refused = |e: Trouble| Refusal::new(e.what.key()).arg("line", e.line).arg("column", e.column);
    let table = tabular::read(new.file, &How::default(), &LIMITS).map_err(refused)?;
    // A head alone is no list of consultations: nothing could be mapped by looking at it.
    if table.rows.is_empty() {
        return Err(Refusal::new(What::Empty.key()).into());
    }
    let body = Body { name: new.name, file: new.file };
    let mut act = match ctx.act(envelope, "import.begin", &body).await? {
        Begun::New(act) => act,
        Begun::Before(id) => {
            let id = id.parse().map_err(|_| Fail::NotVisible)?;
            return Ok((id, Receipt::nothing_personal("a redirect to what was sent before")));
        }
    };
    let (id, now, municipality) = (act.new_id(), act.now(), act.municipality());
    let right = permit(&mut act, id, seat.desk).await?;
    let proposals = proposed(&mut act.facts()?, municipality, seat.desk, &table.header).await?;
    let (encoding, sheet) = match &table.kind {
        Kind::Csv { encoding, .. } => (encoding.code().to_owned(), String::new()),
        Kind::Xlsx { sheet, .. } => (String::new(), sheet.clone()),
    };
    let import = Import {
        id,
        desk: seat.desk,
        user: ctx.viewer.user,
        state: State::Mapping,
        file_name: new.name.to_owned(),
        encoding,
        sheet,
        mapping: keys(proposals),
        standing: Standing::default(),
        alike: Alike::New,
        counts: Counts { lines: count(table.rows.len()), ..Counts::default() },
        reason: String::new(),
        created_at: now,
    };
    sql::add(&mut act, &right, &import, new.file).await?;
    let receipt = act.commit(&id.to_string()).await?;
    Ok((id, receipt))
}

/// What somebody chose on the page of the columns.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Chosen {
    pub encoding: String,
    pub sheet: String,
    pub mapping: Vec<String>,
    pub standing: Standing,
    /// Whether to go on to the check, or only to read the file anew under another encoding or sheet.
    pub check: bool,
}

/// Takes over what was chosen; with `check`, the job begins.
pub(crate) async fn map(
    ctx: &Ctx,
    envelope: &Envelope,
    import: &Import,
    chosen: &Chosen,
) -> Result<Receipt, Fail> {
    let ctx = seated(ctx, import.desk)?;
    let Begun::New(mut act) = ctx.act(envelope, "import.map", &(import.id, chosen)).await? else {
        return Ok(Receipt::nothing_personal("a redirect to what was sent before"));
    };
    let right = permit(&mut act, import.id, import.desk).await?;
    let municipality = act.municipality();
    let file = sql::file(&mut act.facts()?, municipality, import.id).await?;
    let mut next = Import {
        encoding: chosen.encoding.clone(),
        sheet: chosen.sheet.clone(),
        standing: chosen.standing.clone(),
        ..import.clone()
    };
    let refused = |e: Trouble| Refusal::new(e.what.key()).arg("line", e.line).arg("column", e.column);
    let table = table(&next, &file).map_err(refused)?;
    next.counts.lines = count(table.rows.len());
    let same_file = next.encoding == import.encoding && next.sheet == import.sheet;
    if same_file {
        next.mapping = chosen
            .mapping
            .iter()
            .map(|f| if fields::exists(f) { f.clone() } else { String::new() })
            .collect();
        next.mapping.resize(table.header.len(), String::new());
    } else {
        // Other letters or another sheet: what was chosen for the columns was about other headers.
        next.mapping = keys(proposed(&mut act.facts()?, municipality, import.desk, &table.header).await?);
    }
    let go = chosen.check && same_file;
    if go && let Some((_, key)) = line::missing(&next.mapping).first().copied() {
        return Err(Refusal::new(key).into());
    }
    sql::map(&mut act, &right, &next, &table.header, go).await?;
    if go {
        let to = rules::step(import.state, Step::Check)?;
        sql::unsay(&mut act, &right, import.id).await?;
        sql::set_state(&mut act, &right, import.id, import.state, to, (import.alike, "")).await?;
        let fresh = Import { state: to, counts: Counts::default(), ..next.clone() };
        let counts = Counts { lines: next.counts.lines, ..Counts::default() };
        sql::progress(&mut act, &right, &fresh, &counts, to).await?;
    }
    Ok(act.commit(&import.id.to_string()).await?)
}

/// Asks for a step.
pub(crate) async fn ask(
    ctx: &Ctx,
    envelope: &Envelope,
    import: &Import,
    step: Step,
    (alike, reason): (Alike, &str),
) -> Result<Receipt, Fail> {
    let ctx = seated(ctx, import.desk)?;
    let body = (import.id, format!("{step:?}"), alike, reason);
    let Begun::New(mut act) = ctx.act(envelope, "import.ask", &body).await? else {
        return Ok(Receipt::nothing_personal("a redirect to what was sent before"));
    };
    let right = permit(&mut act, import.id, import.desk).await?;
    let to = rules::step(import.state, step)?;
    if step == Step::Undo {
        if reason.is_empty() {
            return Err(Refusal::new("import_page.undo_reason").into());
        }
        let municipality = act.municipality();
        let written = sql::written(&mut act.facts()?, municipality, import.id).await?;
        let ids: Vec<_> = written.into_iter().map(|(_, c)| c).collect();
        if !intake::worked_on(&mut act.facts()?, municipality, &ids).await?.is_empty() {
            return Err(Refusal::new("import_page.worked_on").into());
        }
        // Whoever brought it may have left the desk since; the work goes on as whoever asked for it.
        if import.user != ctx.viewer.user {
            sql::take_over(&mut act, &right, import, ctx.viewer.user).await?;
        }
    }
    sql::set_state(&mut act, &right, import.id, import.state, to, (alike, reason)).await?;
    if to == State::Dropped {
        sql::forget_file(&mut act, &right, import.id).await?;
        sql::unsay(&mut act, &right, import.id).await?;
    }
    Ok(act.commit(&import.id.to_string()).await?)
}
