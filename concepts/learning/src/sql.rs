//! Storing reflections (ids and codes beside their entries) and cases of the library (texts without anybody in them).

use access::Right;
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args};
use words::Instant;
use words::code::Code;
use words::id::{CaseId, DeskId, EntryId, MunicipalityId, ThingId, UserId};

use crate::rules::{Cause, Part, State, Text};

/// One reflection.
#[derive(Debug, Clone)]
pub(crate) struct Reflection {
    pub id: ThingId,
    pub case: CaseId,
    pub desk: DeskId,
    pub author: Option<UserId>,
    pub at: Instant,
    pub causes: Vec<Cause>,
    pub texts: Vec<(Part, EntryId)>,
}

async fn filled(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    statement: Statement,
) -> Result<Vec<Reflection>, Broken> {
    let rows = conn.select(statement).await?;
    let mut found: Vec<Reflection> = rows
        .iter()
        .map(|row| {
            Ok(Reflection {
                id: row.get("id")?,
                case: row.get("case_id")?,
                desk: row.get("desk_id")?,
                author: row.get("author_id")?,
                at: row.get("written_at")?,
                causes: Vec::new(),
                texts: Vec::new(),
            })
        })
        .collect::<Result<_, Broken>>()?;
    let ids: Vec<ThingId> = found.iter().map(|r| r.id).collect();
    let causes = Statement::new(
        "SELECT reflection_id, cause FROM reflection_cause WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND reflection_id IN", ids.iter().copied());
    for row in &conn.select(causes).await? {
        let of: ThingId = row.get("reflection_id")?;
        let cause = row.code("cause")?;
        found.iter_mut().filter(|r| r.id == of).for_each(|r| r.causes.push(cause));
    }
    let texts = Statement::new(
        "SELECT reflection_id, part, entry_id FROM reflection_text WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND reflection_id IN", ids.iter().copied());
    for row in &conn.select(texts).await? {
        let of: ThingId = row.get("reflection_id")?;
        let text = (row.code("part")?, row.get("entry_id")?);
        found.iter_mut().filter(|r| r.id == of).for_each(|r| r.texts.push(text));
    }
    Ok(found)
}

/// The reflections of a case, the newest first.
pub(crate) async fn of_case(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Reflection>, Broken> {
    let statement = Statement::new(
        "SELECT id, case_id, desk_id, author_id, written_at FROM reflection WHERE municipality_id = ? AND case_id = ? \
         ORDER BY written_at DESC, id DESC",
        args![m, case],
    );
    filled(conn, m, statement).await
}

/// One reflection.
pub(crate) async fn reflection(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
) -> Result<Option<Reflection>, Broken> {
    let statement = Statement::new(
        "SELECT id, case_id, desk_id, author_id, written_at FROM reflection WHERE municipality_id = ? AND id = ?",
        args![m, id],
    );
    Ok(filled(conn, m, statement).await?.pop())
}

/// Stores a reflection whose texts are written.
pub(crate) async fn reflect(act: &mut Act, right: &Right, new: &Reflection) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO reflection (municipality_id, id, case_id, desk_id, author_id, written_at, command_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![m, new.id, new.case, new.desk, new.author, new.at, command],
    )
    .await?;
    let mut causes =
        Bulk::new("INSERT INTO reflection_cause (municipality_id, reflection_id, cause) VALUES", 3);
    for cause in &new.causes {
        causes.row(args![m, new.id, cause.code()]);
    }
    causes.run(&mut conn).await?;
    let mut texts =
        Bulk::new("INSERT INTO reflection_text (municipality_id, reflection_id, part, entry_id) VALUES", 4);
    for (part, entry) in &new.texts {
        texts.row(args![m, new.id, part.code(), *entry]);
    }
    texts.run(&mut conn).await?;
    Ok(())
}

/// Causes and how often they were named between two days.
pub(crate) async fn causes(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (from, to): (Instant, Instant),
) -> Result<Vec<(Cause, i64)>, Broken> {
    let rows = conn
        .all(
            "SELECT k.cause, COUNT(*) AS n FROM reflection_cause k JOIN reflection r \
             ON r.municipality_id = k.municipality_id AND r.id = k.reflection_id WHERE k.municipality_id = $1 \
             AND r.written_at >= $2 AND r.written_at < $3 GROUP BY k.cause",
            args![m, from, to],
        )
        .await?;
    rows.iter().map(|row| Ok((row.code("cause")?, row.get("n")?))).collect()
}

/// The names of the town's areas and of the agencies of the register, today's and former ones. They are no secret; together with a
/// story they lead to somebody.
pub(crate) async fn places(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<String>, Broken> {
    conn.all(
        "SELECT town AS name FROM town_area WHERE municipality_id = $1 UNION SELECT name FROM area \
         WHERE municipality_id = $1 UNION SELECT name FROM agency_name WHERE municipality_id = $1",
        args![m],
    )
    .await?
    .iter()
    .map(|row| row.get("name"))
    .collect()
}

/// One case of the library.
#[derive(Debug, Clone)]
pub(crate) struct Lesson {
    pub id: ThingId,
    pub reflection: Option<ThingId>,
    pub desk: DeskId,
    pub author: Option<UserId>,
    pub title: String,
    pub situation: String,
    pub done: String,
    pub learned: String,
    pub topics: Vec<String>,
    pub tags: Vec<String>,
    pub state: State,
    pub sent_at: Instant,
    pub answer: String,
    pub version: i64,
}

impl Lesson {
    /// As it is compared.
    pub fn text(&self) -> Text {
        Text {
            topics: self.topics.iter().cloned().collect(),
            tags: self.tags.clone(),
            words: format!("{}\n{}\n{}\n{}", self.title, self.situation, self.done, self.learned),
        }
    }
}

const LESSONS: &str = "SELECT l.id, l.reflection_id, l.desk_id, l.author_id, l.title, l.situation, l.done, l.learned, l.topics, \
     l.tags, l.state, l.sent_at, l.answer, l.version FROM lesson l WHERE l.municipality_id = ?";

fn lesson(row: &Row) -> Result<Lesson, Broken> {
    let words = |text: String| text.split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
    Ok(Lesson {
        id: row.get("id")?,
        reflection: row.get("reflection_id")?,
        desk: row.get("desk_id")?,
        author: row.get("author_id")?,
        title: row.get("title")?,
        situation: row.get("situation")?,
        done: row.get("done")?,
        learned: row.get("learned")?,
        topics: words(row.get("topics")?),
        tags: words(row.get("tags")?),
        state: row.code("state")?,
        sent_at: row.get("sent_at")?,
        answer: row.get("answer")?,
        version: row.get("version")?,
    })
}

/// One.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
) -> Result<Option<Lesson>, Broken> {
    let rows = conn.select(Statement::new(LESSONS, args![m]).push(" AND l.id = ?", args![id])).await?;
    rows.first().map(lesson).transpose()
}

/// What stands in the library, the newest first.
pub(crate) async fn published(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<Lesson>, Broken> {
    let statement = Statement::new(LESSONS, args![m])
        .push(" AND l.state = 'published' ORDER BY l.sent_at DESC, l.id DESC LIMIT 2000", args![]);
    conn.select(statement).await?.iter().map(lesson).collect()
}

/// What is not in the library yet or any more, of these desks.
pub(crate) async fn own(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    desks: &[DeskId],
) -> Result<Vec<Lesson>, Broken> {
    let statement = Statement::new(LESSONS, args![m])
        .push(" AND l.state IN ('sent', 'returned')", args![])
        .push_in(" AND l.desk_id IN", desks.iter().copied())
        .push(" ORDER BY l.sent_at DESC, l.id DESC LIMIT 200", args![]);
    conn.select(statement).await?.iter().map(lesson).collect()
}

/// What was made of a reflection, the newest first.
pub(crate) async fn of_reflection(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    reflection: ThingId,
) -> Result<Vec<Lesson>, Broken> {
    let statement = Statement::new(LESSONS, args![m])
        .push(" AND l.reflection_id = ? ORDER BY l.sent_at DESC, l.id DESC", args![reflection]);
    conn.select(statement).await?.iter().map(lesson).collect()
}

/// Sends a case for the library.
pub(crate) async fn send(act: &mut Act, right: &Right, new: &Lesson) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO lesson (municipality_id, id, reflection_id, desk_id, author_id, title, situation, done, learned, \
             topics, tags, sent_at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            args![
                m,
                new.id,
                new.reflection,
                new.desk,
                new.author,
                new.title.clone(),
                new.situation.clone(),
                new.done.clone(),
                new.learned.clone(),
                new.topics.join(" "),
                new.tags.join(" "),
                new.sent_at,
                command
            ],
        )
        .await?;
    Ok(())
}

/// A text that was given back is replaced by a corrected one: it waits for nobody any more. Who gave it back, and what they said, stays.
pub(crate) async fn replaced(act: &mut Act, right: &Right, id: ThingId) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE lesson SET state = 'withdrawn', version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND state = 'returned'",
            args![m, id],
        )
        .await?;
    Ok(())
}

/// Decides about it, or takes it out.
pub(crate) async fn decide(
    act: &mut Act,
    right: &Right,
    of: &Lesson,
    to: State,
    answer: &str,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let by = act.viewer().map(|v| v.user);
    let changed = act
        .save(right)?
        .exec(
            "UPDATE lesson SET state = $4, decided_at = $5, decided_by = $6, answer = $7, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, of.id, of.version, to.code(), now, by, answer.to_owned()],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// The title of a case that stands in the library; none of one that was taken out.
pub async fn title_of(conn: &mut Conn<'_>, m: MunicipalityId, id: ThingId) -> Result<Option<String>, Broken> {
    Ok(by_id(conn, m, id).await?.filter(|l| l.state == State::Published).map(|l| l.title))
}
