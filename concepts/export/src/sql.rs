//! Storing files: the record, the parts of the file while it is kept, and what its rows show.

use access::{Categories, RecordKind, RecordRef, Right};
use engine::{Act, Broken, Bulk, Conn, Ctx, Fail, Row, Statement, args};
use site::Language;
use site::export::Shown;
use words::Instant;
use words::code::Code;
use words::id::{AppointmentId, ExportId, MunicipalityId, UserId};

use crate::lists::List;
use crate::rules::{Format, State};

/// Characters of one part of a file.
const PART: usize = 256 << 10;

/// A list that somebody takes out.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    pub id: ExportId,
    pub user: UserId,
    pub appointment: AppointmentId,
    pub list: List,
    pub query: String,
    /// The columns of the list that are left out.
    pub hidden: Vec<String>,
    pub format: Format,
    pub language: Language,
    pub state: State,
    pub tries: i64,
    pub total: i64,
    pub done: i64,
    pub bytes: i64,
    pub unwritten: i64,
    pub reason: String,
    pub asked_at: Instant,
    pub kept_until: Option<Instant>,
    pub fetched_at: Option<Instant>,
}

impl Export {
    /// One that is asked for now, under the appointment acted under: the whole list, with every column.
    pub(crate) fn asked(ctx: &Ctx, list: List, format: Format) -> Result<Self, Fail> {
        let seat = ctx.viewer.acting().ok_or(Fail::NotVisible)?;
        Ok(Self {
            id: ctx.engine.new_id(),
            user: ctx.viewer.user,
            appointment: seat.appointment,
            list,
            query: String::new(),
            hidden: Vec::new(),
            format,
            language: Language::Japanese,
            state: State::Waiting,
            tries: 0,
            total: 0,
            done: 0,
            bytes: 0,
            unwritten: 0,
            reason: String::new(),
            asked_at: ctx.now,
            kept_until: None,
            fetched_at: None,
        })
    }
}

const SELECT: &str = "SELECT id, user_id, appointment_id, list, query, columns, format, language, state, tries, total, \
     done, bytes, unwritten, reason, asked_at, kept_until, fetched_at FROM export WHERE municipality_id = ?";

fn export(row: &Row) -> Result<Export, Broken> {
    let hidden: String = row.get("columns")?;
    Ok(Export {
        id: row.get("id")?,
        user: row.get("user_id")?,
        appointment: row.get("appointment_id")?,
        list: row.code("list")?,
        query: row.get("query")?,
        hidden: hidden.split(' ').filter(|c| !c.is_empty()).map(str::to_owned).collect(),
        format: row.code("format")?,
        language: row.code("language")?,
        state: row.code("state")?,
        tries: row.get("tries")?,
        total: row.get("total")?,
        done: row.get("done")?,
        bytes: row.get("bytes")?,
        unwritten: row.get("unwritten")?,
        reason: row.get("reason")?,
        asked_at: row.get("asked_at")?,
        kept_until: row.get("kept_until")?,
        fetched_at: row.get("fetched_at")?,
    })
}

/// One file of this person under an appointment they hold; nobody else's exists for them.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    appointments: &[AppointmentId],
    id: ExportId,
) -> Result<Option<Export>, Broken> {
    let statement = Statement::new(SELECT, args![municipality])
        .push(" AND id = ? AND user_id = ?", args![id, user])
        .push_in(" AND appointment_id IN", appointments.iter().copied());
    conn.select(statement).await?.first().map(export).transpose()
}

/// The files of this person under appointments they hold, newest first.
pub(crate) async fn of_user(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    appointments: &[AppointmentId],
) -> Result<Vec<Export>, Broken> {
    let statement = Statement::new(SELECT, args![municipality])
        .push(" AND user_id = ?", args![user])
        .push_in(" AND appointment_id IN", appointments.iter().copied())
        .push(" ORDER BY asked_at DESC, id DESC LIMIT 50", args![]);
    conn.select(statement).await?.iter().map(export).collect()
}

/// Files that wait for the job, the oldest first; what was begun before a restart is among them.
pub(crate) async fn waiting(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
) -> Result<Vec<Export>, Broken> {
    let states = State::ALL.iter().filter(|s| s.is_work()).map(|s| s.code());
    let statement = Statement::new(SELECT, args![municipality])
        .push_in(" AND state IN", states)
        .push(" ORDER BY touched_at, id", args![]);
    conn.select(statement).await?.iter().map(export).collect()
}

/// Files whose days are over.
pub(crate) async fn over(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    now: Instant,
) -> Result<Vec<ExportId>, Broken> {
    let rows = conn
        .all(
            "SELECT id FROM export WHERE municipality_id = $1 AND state = 'ready' AND kept_until <= $2 ORDER BY id",
            args![municipality, now],
        )
        .await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// A file that is ready, whoever's it is: for the job that forgets it.
pub(crate) async fn ready(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: ExportId,
) -> Result<Option<Export>, Broken> {
    let statement =
        Statement::new(SELECT, args![municipality]).push(" AND id = ? AND state = 'ready'", args![id]);
    conn.select(statement).await?.first().map(export).transpose()
}

/// A file to be made.
pub(crate) async fn add(act: &mut Act, right: &Right, new: &Export) -> Result<(), Fail> {
    let (municipality, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO export (municipality_id, id, user_id, appointment_id, list, query, columns, format, language, \
             state, asked_at, touched_at, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)",
            args![
                municipality,
                new.id,
                new.user,
                new.appointment,
                new.list.code(),
                &new.query,
                new.hidden.join(" "),
                new.format.code(),
                new.language.code(),
                new.state.code(),
                new.asked_at,
                command,
            ],
        )
        .await?;
    Ok(())
}

/// Moves a file from one state to another, and forgets what was kept of it. Refused when it is no longer where it was.
pub(crate) async fn restart(
    act: &mut Act,
    right: &Right,
    export: &Export,
    to: State,
    reason: &str,
) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let mut conn = act.save(right)?;
    let tries = if to == State::Making { export.tries + 1 } else { 0 };
    let moved = conn
        .exec(
            "UPDATE export SET state = $4, reason = $5, tries = $6, done = 0, total = $7, bytes = 0, unwritten = 0, \
             kept_until = NULL, touched_at = $8 WHERE municipality_id = $1 AND id = $2 AND state = $3",
            args![
                municipality,
                export.id,
                export.state.code(),
                to.code(),
                reason,
                tries,
                export.total,
                now
            ],
        )
        .await?;
    if moved == 0 {
        return Err(Fail::Stale);
    }
    for sql in [
        "DELETE FROM export_part WHERE municipality_id = $1 AND export_id = $2",
        "DELETE FROM export_shown WHERE municipality_id = $1 AND export_id = $2",
    ] {
        conn.exec(sql, args![municipality, export.id]).await?;
    }
    Ok(())
}

/// Keeps what one round gave: further bytes of the file, what its rows show, and how far it is. Refused when somebody
/// has thrown it away in the meantime.
pub(crate) async fn keep_round(
    act: &mut Act,
    right: &Right,
    export: &Export,
    (round, bytes, shown): (i64, &[u8], &[Shown]),
) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let mut conn = act.save(right)?;
    let kept = conn
        .exec(
            "UPDATE export SET done = $3, total = $4, bytes = $5, unwritten = $6, touched_at = $7, state = $8, \
             kept_until = $9 WHERE municipality_id = $1 AND id = $2 AND state = 'making'",
            args![
                municipality,
                export.id,
                export.done,
                export.total,
                export.bytes,
                export.unwritten,
                now,
                export.state.code(),
                export.kept_until,
            ],
        )
        .await?;
    if kept == 0 {
        return Err(Fail::Stale);
    }
    let text = engine::hex(bytes);
    let mut parts =
        Bulk::new("INSERT INTO export_part (municipality_id, export_id, part, content) VALUES", 4);
    // Rounds are in order, and one never fills more than these parts.
    for (n, part) in (round * 1_000_000..).zip(text.as_bytes().chunks(PART)) {
        let part = std::str::from_utf8(part).map_err(|e| Broken::Outside(e.to_string()))?;
        parts.row(args![municipality, export.id, n, part]);
    }
    parts.run(&mut conn).await?;
    if !shown.is_empty() {
        conn.exec(
            "INSERT INTO export_shown (municipality_id, export_id, round, records) VALUES ($1, $2, $3, $4)",
            args![municipality, export.id, round, written(shown)],
        )
        .await?;
    }
    Ok(())
}

/// The bytes of a file, and what each of its rounds shows.
pub(crate) async fn file(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: ExportId,
) -> Result<Vec<u8>, Broken> {
    let rows = conn
        .all(
            "SELECT content FROM export_part WHERE municipality_id = $1 AND export_id = $2 ORDER BY part",
            args![municipality, id],
        )
        .await?;
    let mut bytes = Vec::new();
    for row in rows {
        let part: String = row.get("content")?;
        let corrupt = || Broken::Corrupt("export_part", "content".to_owned());
        for pair in part.as_bytes().chunks(2) {
            let digits = std::str::from_utf8(pair).map_err(|_| corrupt())?;
            bytes.push(u8::from_str_radix(digits, 16).map_err(|_| corrupt())?);
        }
    }
    Ok(bytes)
}

/// What one round of a file shows; `None` after the last.
pub(crate) async fn shown(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: ExportId,
    round: i64,
) -> Result<Option<(i64, Vec<Shown>)>, Broken> {
    let row = conn
        .maybe(
            "SELECT round, records FROM export_shown WHERE municipality_id = $1 AND export_id = $2 AND round >= $3 \
             ORDER BY round LIMIT 1",
            args![municipality, id, round],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let records: String = row.get("records")?;
    let shown = read(&records).ok_or_else(|| Broken::Corrupt("export_shown", "records".to_owned()))?;
    Ok(Some((row.get("round")?, shown)))
}

/// Notes when a file was fetched last.
pub(crate) async fn fetched(act: &mut Act, right: &Right, id: ExportId) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    act.save(right)?
        .exec(
            "UPDATE export SET fetched_at = $3 WHERE municipality_id = $1 AND id = $2 AND state = 'ready'",
            args![municipality, id, now],
        )
        .await?;
    Ok(())
}

/// Records as a text: kind, id and bits of the categories.
fn written(shown: &[Shown]) -> String {
    let mut text = String::with_capacity(shown.len() * 52);
    for s in shown {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(s.record.kind.code());
        text.push(':');
        text.push_str(&s.record.id.to_string());
        text.push(':');
        text.push_str(&s.categories.bits().to_string());
    }
    text
}

fn read(text: &str) -> Option<Vec<Shown>> {
    let one = |part: &str| {
        let mut fields = part.split(':');
        let record = RecordRef { kind: RecordKind::parse(fields.next()?)?, id: fields.next()?.parse().ok()? };
        Some(Shown { record, categories: Categories::from_bits(fields.next()?.parse().ok()?) })
    };
    text.split(' ').filter(|p| !p.is_empty()).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_comes_back_as_it_was_kept() {
        let record = |kind| RecordRef { kind, id: "00000000-0000-7000-8000-000000000001".parse().unwrap() };
        let shown = vec![
            Shown { record: record(RecordKind::Person), categories: household::person::categories() },
            Shown { record: record(RecordKind::Case), categories: Categories::NONE },
        ];
        assert_eq!(read(&written(&shown)).unwrap(), shown);
        assert_eq!(read(""), Some(Vec::new()));
        for wrong in ["person", "person:x:1", "nothing:00000000-0000-7000-8000-000000000001:1"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
