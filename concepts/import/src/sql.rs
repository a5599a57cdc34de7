//! Storing imports: the file in parts while it is needed, the lines about which there is something to say, and what
//! was accepted.

use std::collections::{BTreeMap, BTreeSet};

use access::Right;
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args};
use tabular::columns::Kept;
use words::Instant;
use words::code::Code;
use words::id::{ConsultationId, DeskId, MunicipalityId, PersonId, ThingId, UserId};

use crate::line::{Problem, Standing};
use crate::rules::{Alike, LineState, State};

/// Characters of one part of a file.
const PART: usize = 256 << 10;

/// An import.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    pub id: ThingId,
    pub desk: DeskId,
    pub user: UserId,
    pub state: State,
    pub file_name: String,
    pub encoding: String,
    pub sheet: String,
    pub mapping: Vec<String>,
    pub standing: Standing,
    pub alike: Alike,
    pub counts: Counts,
    pub reason: String,
    pub created_at: Instant,
}

/// Numbers of lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub lines: i64,
    pub done: i64,
    pub good: i64,
    pub broken: i64,
    pub already: i64,
    pub alike: i64,
    pub written: i64,
    pub left_out: i64,
}

const SELECT: &str = "SELECT id, desk_id, user_id, state, file_name, encoding, sheet, mapping, standing, alike, lines, \
     done, good, broken, already, alike_lines, written, left_out, reason, created_at FROM import \
     WHERE municipality_id = ?";

fn import(row: &Row) -> Result<Import, Broken> {
    let json = |column: &'static str| Broken::Corrupt("import", column.to_owned());
    Ok(Import {
        id: row.get("id")?,
        desk: row.get("desk_id")?,
        user: row.get("user_id")?,
        state: row.code("state")?,
        file_name: row.get("file_name")?,
        encoding: row.get("encoding")?,
        sheet: row.get("sheet")?,
        mapping: serde_json::from_str(&row.get::<String>("mapping")?).map_err(|_| json("mapping"))?,
        standing: serde_json::from_str(&row.get::<String>("standing")?).map_err(|_| json("standing"))?,
        alike: row.code("alike")?,
        counts: Counts {
            lines: row.get("lines")?,
            done: row.get("done")?,
            good: row.get("good")?,
            broken: row.get("broken")?,
            already: row.get("already")?,
            alike: row.get("alike_lines")?,
            written: row.get("written")?,
            left_out: row.get("left_out")?,
        },
        reason: row.get("reason")?,
        created_at: row.get("created_at")?,
    })
}

/// What has been recorded is the desk's: its other leads see the numbers of it, and may take it back.
const OWN_OR_RECORDED: &str = " AND (user_id = ? OR state IN ('done', 'stopped', 'undoing', 'undone'))";

/// One import of this person, or one that has been recorded; whether for a desk they lead is for the caller to see.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    id: ThingId,
) -> Result<Option<Import>, Broken> {
    let statement = Statement::new(SELECT, args![municipality])
        .push(" AND id = ?", args![id])
        .push(OWN_OR_RECORDED, args![user]);
    conn.select(statement).await?.first().map(import).transpose()
}

/// What this person brought in for these desks, and what others have recorded for them, newest first.
pub(crate) async fn of_user(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    desks: &[DeskId],
) -> Result<Vec<Import>, Broken> {
    let statement = Statement::new(SELECT, args![municipality])
        .push(OWN_OR_RECORDED, args![user])
        .push(" AND state <> 'dropped'", args![])
        .push_in(" AND desk_id IN", desks.iter().copied())
        .push(" ORDER BY created_at DESC, id LIMIT 50", args![]);
    conn.select(statement).await?.iter().map(import).collect()
}

/// Imports that wait for the job, the oldest first.
pub(crate) async fn waiting(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
) -> Result<Vec<Import>, Broken> {
    let states = State::ALL.iter().filter(|s| s.is_work()).map(|s| s.code());
    let statement = Statement::new(SELECT, args![municipality])
        .push_in(" AND state IN", states)
        .push(" ORDER BY touched_at, id", args![]);
    conn.select(statement).await?.iter().map(import).collect()
}

/// Imports whose file has been kept since before a moment.
pub(crate) async fn kept_since_before(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    before: Instant,
) -> Result<Vec<ThingId>, Broken> {
    let rows = conn
        .all(
            "SELECT i.id FROM import i WHERE i.municipality_id = $1 AND i.touched_at < $2 \
             AND EXISTS (SELECT 1 FROM import_file f WHERE f.municipality_id = i.municipality_id \
             AND f.import_id = i.id) ORDER BY i.id",
            args![municipality, before],
        )
        .await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// A new import with its file.
pub(crate) async fn add(act: &mut Act, right: &Right, new: &Import, file: &[u8]) -> Result<(), Fail> {
    let (municipality, command) = (act.municipality(), act.command());
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO import (municipality_id, id, desk_id, user_id, state, file_name, encoding, sheet, mapping, \
         standing, lines, created_at, touched_at, command_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)",
        args![
            municipality,
            new.id,
            new.desk,
            new.user,
            new.state.code(),
            &new.file_name,
            &new.encoding,
            &new.sheet,
            json(&new.mapping)?,
            json(&new.standing)?,
            new.counts.lines,
            new.created_at,
            command,
        ],
    )
    .await?;
    let text = engine::hex(file);
    let mut parts =
        Bulk::new("INSERT INTO import_file (municipality_id, import_id, part, content) VALUES", 4);
    for (n, part) in (0_i64..).zip(text.as_bytes().chunks(PART)) {
        let part = std::str::from_utf8(part).map_err(|e| Broken::Outside(e.to_string()))?;
        parts.row(args![municipality, new.id, n, part]);
    }
    parts.run(&mut conn).await?;
    Ok(())
}

fn json<S: serde::Serialize>(value: &S) -> Result<String, Broken> {
    serde_json::to_string(value).map_err(|e| Broken::Outside(e.to_string()))
}

/// The file; empty when it is no longer kept.
pub(crate) async fn file(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: ThingId,
) -> Result<Vec<u8>, Broken> {
    let rows = conn
        .all(
            "SELECT content FROM import_file WHERE municipality_id = $1 AND import_id = $2 ORDER BY part",
            args![municipality, id],
        )
        .await?;
    let mut bytes = Vec::new();
    for row in rows {
        let part: String = row.get("content")?;
        let corrupt = || Broken::Corrupt("import_file", "content".to_owned());
        for pair in part.as_bytes().chunks(2) {
            let digits = std::str::from_utf8(pair).map_err(|_| corrupt())?;
            bytes.push(u8::from_str_radix(digits, 16).map_err(|_| corrupt())?);
        }
    }
    Ok(bytes)
}

/// Gives an import to another lead of its desk, who takes it back. The file was private to who brought it, and goes.
pub(crate) async fn take_over(
    act: &mut Act,
    right: &Right,
    import: &Import,
    user: UserId,
) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE import SET user_id = $3 WHERE municipality_id = $1 AND id = $2",
            args![municipality, import.id, user],
        )
        .await?;
    forget_file(act, right, import.id).await
}

/// Forgets the file.
pub(crate) async fn forget_file(act: &mut Act, right: &Right, id: ThingId) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "DELETE FROM import_file WHERE municipality_id = $1 AND import_id = $2",
            args![municipality, id],
        )
        .await?;
    Ok(())
}

/// How the file is read and what its columns mean; remembered for the desk.
pub(crate) async fn map(
    act: &mut Act,
    right: &Right,
    import: &Import,
    header: &[String],
    remember: bool,
) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let mut conn = act.save(right)?;
    conn.exec(
        "UPDATE import SET encoding = $3, sheet = $4, mapping = $5, standing = $6, lines = $7, touched_at = $8 \
         WHERE municipality_id = $1 AND id = $2 AND state = 'mapping'",
        args![
            municipality,
            import.id,
            &import.encoding,
            &import.sheet,
            json(&import.mapping)?,
            json(&import.standing)?,
            import.counts.lines,
            now,
        ],
    )
    .await?;
    if !remember {
        return Ok(());
    }
    let kept: BTreeMap<String, &String> =
        header.iter().zip(&import.mapping).map(|(h, f)| (tabular::columns::header_key(h), f)).collect();
    let forget = Statement::new(
        "DELETE FROM import_mapping WHERE municipality_id = ? AND desk_id = ?",
        args![municipality, import.desk],
    )
    .push_in(" AND header IN", kept.keys().map(String::as_str));
    conn.run(forget).await?;
    let mut rows =
        Bulk::new("INSERT INTO import_mapping (municipality_id, desk_id, header, field) VALUES", 4);
    for (header, field) in kept {
        rows.row(args![municipality, import.desk, header, field]);
    }
    rows.run(&mut conn).await?;
    Ok(())
}

/// What headers meant the last time.
pub(crate) async fn kept_mapping(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    desk: DeskId,
) -> Result<Kept, Broken> {
    conn.all(
        "SELECT header, field FROM import_mapping WHERE municipality_id = $1 AND desk_id = $2",
        args![municipality, desk],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("header")?, row.get("field")?)))
    .collect()
}

/// From one state to another. [`Fail::Stale`] when it stands elsewhere by now: two tabs, or the job was faster.
pub(crate) async fn set_state(
    act: &mut Act,
    right: &Right,
    id: ThingId,
    from: State,
    to: State,
    (alike, reason): (Alike, &str),
) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE import SET state = $4, alike = $5, reason = $6, done = 0, touched_at = $7 \
             WHERE municipality_id = $1 AND id = $2 AND state = $3",
            args![municipality, id, from.code(), to.code(), alike.code(), reason, now],
        )
        .await?;
    if changed == 1 { Ok(()) } else { Err(Fail::Stale) }
}

/// Notes how far a step has come. [`Fail::Stale`] when somebody else has done so, or ended it, meanwhile.
pub(crate) async fn progress(
    act: &mut Act,
    right: &Right,
    import: &Import,
    counts: &Counts,
    to: State,
) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE import SET state = $4, lines = $5, done = $6, good = $7, broken = $8, already = $9, \
             alike_lines = $10, written = $11, left_out = $12, touched_at = $13 \
             WHERE municipality_id = $1 AND id = $2 AND state = $3 AND done = $14",
            args![
                municipality,
                import.id,
                import.state.code(),
                to.code(),
                counts.lines,
                counts.done,
                counts.good,
                counts.broken,
                counts.already,
                counts.alike,
                counts.written,
                counts.left_out,
                now,
                import.counts.done,
            ],
        )
        .await?;
    if changed == 1 { Ok(()) } else { Err(Fail::Stale) }
}

/// What is said about a line.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub line: i64,
    pub state: LineState,
    pub problems: Vec<Problem>,
    pub person: Option<PersonId>,
    pub sure: bool,
}

/// Keeps what is to be said about lines.
pub(crate) async fn say(act: &mut Act, right: &Right, id: ThingId, said: &[Said]) -> Result<(), Fail> {
    let municipality = act.municipality();
    let mut rows = Bulk::new(
        "INSERT INTO import_line (municipality_id, import_id, line, state, problems, person_id, sure) VALUES",
        7,
    );
    for s in said {
        rows.row(args![municipality, id, s.line, s.state.code(), json(&s.problems)?, s.person, s.sure]);
    }
    let lines = Statement::new(
        "DELETE FROM import_line WHERE municipality_id = ? AND import_id = ?",
        args![municipality, id],
    )
    .push_in(" AND line IN", said.iter().map(|s| s.line));
    let mut conn = act.save(right)?;
    conn.run(lines).await?;
    rows.run(&mut conn).await?;
    Ok(())
}

/// Forgets what was said about lines: the check begins anew.
pub(crate) async fn unsay(act: &mut Act, right: &Right, id: ThingId) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "DELETE FROM import_line WHERE municipality_id = $1 AND import_id = $2",
            args![municipality, id],
        )
        .await?;
    Ok(())
}

/// What was said about lines, in their order.
pub(crate) async fn said(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: ThingId,
    state: Option<LineState>,
    most: i64,
) -> Result<Vec<Said>, Broken> {
    let mut statement = Statement::new(
        "SELECT line, state, problems, person_id, sure FROM import_line WHERE municipality_id = ? AND import_id = ?",
        args![municipality, id],
    );
    if let Some(state) = state {
        statement = statement.push(" AND state = ?", args![state.code()]);
    }
    let rows = conn.select(statement.push(" ORDER BY line LIMIT ?", args![most])).await?;
    rows.iter().map(said_row).collect()
}

/// What was said about some lines.
pub(crate) async fn said_of(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: ThingId,
    lines: &[i64],
) -> Result<Vec<Said>, Broken> {
    let statement = Statement::new(
        "SELECT line, state, problems, person_id, sure FROM import_line WHERE municipality_id = ? AND import_id = ?",
        args![municipality, id],
    )
    .push_in(" AND line IN", lines.iter().copied());
    conn.select(statement).await?.iter().map(said_row).collect()
}

fn said_row(row: &Row) -> Result<Said, Broken> {
    Ok(Said {
        line: row.get("line")?,
        state: row.code("state")?,
        problems: serde_json::from_str(&row.get::<String>("problems")?)
            .map_err(|_| Broken::Corrupt("import_line", "problems".to_owned()))?,
        person: row.get("person_id")?,
        sure: row.get("sure")?,
    })
}

/// Which of these lines the desk has accepted already.
pub(crate) async fn accepted(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    desk: DeskId,
    identities: &[&str],
) -> Result<BTreeSet<String>, Broken> {
    let mut found = BTreeSet::new();
    for some in identities.chunks(512) {
        let statement = Statement::new(
            "SELECT identity FROM import_accepted WHERE municipality_id = ? AND desk_id = ?",
            args![municipality, desk],
        )
        .push_in(" AND identity IN", some.iter().copied());
        for row in conn.select(statement).await? {
            found.insert(row.get("identity")?);
        }
    }
    Ok(found)
}

/// Accepts lines, each once.
pub(crate) async fn accept(
    act: &mut Act,
    right: &Right,
    import: &Import,
    lines: &[(i64, String, ConsultationId)],
) -> Result<(), Fail> {
    let municipality = act.municipality();
    let mut rows = Bulk::new(
        "INSERT INTO import_accepted (municipality_id, desk_id, identity, import_id, line, consultation_id) VALUES",
        6,
    );
    for (line, identity, consultation) in lines {
        rows.row(args![municipality, import.desk, identity, import.id, *line, *consultation]);
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(())
}

/// What an import wrote: line and consultation.
pub(crate) async fn written(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: ThingId,
) -> Result<Vec<(i64, ConsultationId)>, Broken> {
    conn.all(
        "SELECT line, consultation_id FROM import_accepted WHERE municipality_id = $1 AND import_id = $2 ORDER BY line",
        args![municipality, id],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("line")?, row.get("consultation_id")?)))
    .collect()
}

/// After an import was taken back its lines may come again.
pub(crate) async fn unaccept(act: &mut Act, right: &Right, id: ThingId) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "DELETE FROM import_accepted WHERE municipality_id = $1 AND import_id = $2",
            args![municipality, id],
        )
        .await?;
    Ok(())
}
