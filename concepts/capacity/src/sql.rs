//! Storing the two questions.

use access::{Relation, Right, Viewer};
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args};
use words::code::Code;
use words::id::{AreaId, CaseId, DeskId, HouseholdId, MunicipalityId, PersonId, ThingId, UserId};
use words::partial::{AgeBand, PartialDate};
use words::{Day, Instant};

use crate::rules::{Match, Outcome, Reply, Seen, Why, matches};

/// A question as it was put.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub id: ThingId,
    /// The asking desk's own; shown to nobody else.
    pub case: CaseId,
    pub from: DeskId,
    pub need: String,
    pub urgency: String,
    pub area: Option<AreaId>,
    pub age_band: String,
    pub sent_at: Instant,
    pub due_at: Instant,
    pub closed_at: Option<Instant>,
    pub outcome: Option<Outcome>,
    pub chosen: Option<DeskId>,
    pub version: i64,
}

/// One desk it was put to.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub question: ThingId,
    pub desk: DeskId,
    pub reply: Option<Reply>,
    pub why: Option<Why>,
    pub later_from: Option<Day>,
    pub answered_at: Option<Instant>,
    pub told_by: String,
}

const QUESTION: &str = "SELECT q.id, q.case_id, q.from_desk_id, q.need, q.urgency, q.area_id, q.age_band, q.sent_at, q.due_at, \
     q.closed_at, q.outcome, q.chosen_desk_id, q.version FROM capacity_question q JOIN case_file c \
     ON c.municipality_id = q.municipality_id AND c.id = q.case_id WHERE q.municipality_id = ? AND c.disposed_at IS NULL";

fn question(row: &Row) -> Result<Question, Broken> {
    Ok(Question {
        id: row.get("id")?,
        case: row.get("case_id")?,
        from: row.get("from_desk_id")?,
        need: row.get("need")?,
        urgency: row.get("urgency")?,
        area: row.get("area_id")?,
        age_band: row.get("age_band")?,
        sent_at: row.get("sent_at")?,
        due_at: row.get("due_at")?,
        closed_at: row.get("closed_at")?,
        outcome: row.code_opt("outcome")?,
        chosen: row.get("chosen_desk_id")?,
        version: row.get("version")?,
    })
}

/// A question, and what the desks said. For whoever is kept out of the household there is none, on whichever side they sit: it names nobody,
/// and still tells who is near that somebody asks, when, and for what (disclosure rule 14).
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ThingId,
) -> Result<Option<(Question, Vec<Asked>)>, Broken> {
    let rows = conn
        .select(
            Statement::new(QUESTION, args![viewer.municipality])
                .outside("c.household_id", viewer.municipality, &viewer.excluded_from)
                .push(" AND q.id = ?", args![id]),
        )
        .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let found = question(row)?;
    let asked = asked(conn, viewer.municipality, [id]).await?;
    Ok(Some((found, asked)))
}

/// How the asking desk stands to its question: within the case, so that exclusions hold.
pub(crate) async fn relation(conn: &mut Conn<'_>, viewer: &Viewer, q: &Question) -> Result<Relation, Broken> {
    let header = casefile::header(conn, viewer.municipality, q.case).await?;
    let cases = household::cases_of(conn, viewer, header.map(|h| h.household)).await?;
    let mut relation = Relation::within(cases.into_values().flatten().chain([q.case]));
    relation.sender = Some(q.from);
    Ok(relation)
}

/// What the desks said.
pub(crate) async fn asked(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    questions: impl IntoIterator<Item = ThingId>,
) -> Result<Vec<Asked>, Broken> {
    let statement = Statement::new(
        "SELECT question_id, desk_id, answer, reason, later_from, answered_at, told_by FROM capacity_asked \
         WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND question_id IN", questions)
    .push(" ORDER BY question_id, desk_id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Asked {
                question: row.get("question_id")?,
                desk: row.get("desk_id")?,
                reply: row.code_opt("answer")?,
                why: row.code_opt("reason")?,
                later_from: row.get("later_from")?,
                answered_at: row.get("answered_at")?,
                told_by: row.get("told_by")?,
            })
        })
        .collect()
}

/// Questions asked by the viewer's desks, or put to them; the newest first.
pub(crate) async fn list(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    asked_by: bool,
    most: i64,
) -> Result<Vec<Question>, Broken> {
    let (m, desks) = (viewer.municipality, viewer.reading_desks());
    let statement = Statement::new(QUESTION, args![m]).outside("c.household_id", m, &viewer.excluded_from);
    let statement = if asked_by {
        statement.push_in(" AND q.from_desk_id IN", desks.iter().copied())
    } else {
        statement
            .push(" AND q.id IN (SELECT a.question_id FROM capacity_asked a WHERE a.municipality_id = q.municipality_id", args![])
            .push_in(" AND a.desk_id IN", desks.iter().copied())
            .push(")", args![])
    };
    let statement = statement.push(" ORDER BY q.sent_at DESC, q.id DESC LIMIT ?", args![most]);
    conn.select(statement).await?.iter().map(question).collect()
}

/// What [`insert`] stores.
pub(crate) struct New<'a> {
    pub id: ThingId,
    pub case: CaseId,
    pub from: DeskId,
    pub need: &'a str,
    pub urgency: &'a str,
    pub area: Option<AreaId>,
    pub age_band: &'a str,
    pub due_at: Instant,
    pub desks: &'a [DeskId],
}

/// Puts a question to several desks.
pub(crate) async fn insert(act: &mut Act, right: &Right, new: &New<'_>) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let user = act.viewer().map(|v| v.user);
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO capacity_question (municipality_id, id, case_id, from_desk_id, from_user_id, need, urgency, \
         area_id, age_band, sent_at, due_at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            m,
            new.id,
            new.case,
            new.from,
            user,
            new.need,
            new.urgency,
            new.area,
            new.age_band,
            now,
            new.due_at,
            command
        ],
    )
    .await?;
    let mut rows =
        Bulk::new("INSERT INTO capacity_asked (municipality_id, question_id, desk_id, command_id) VALUES", 4);
    for desk in new.desks {
        rows.row(args![m, new.id, *desk, command]);
    }
    rows.run(&mut conn).await?;
    Ok(())
}

/// What a desk says.
pub(crate) async fn answer(act: &mut Act, right: &Right, a: &Asked) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    act.save(right)?
        .exec(
            "UPDATE capacity_asked SET answer = $4, reason = $5, later_from = $6, answered_at = $7, told_by = $8, \
             command_id = $9 WHERE municipality_id = $1 AND question_id = $2 AND desk_id = $3",
            args![
                m,
                a.question,
                a.desk,
                a.reply.map_or("", Code::code),
                a.why.map_or("", Code::code),
                a.later_from,
                now,
                &a.told_by,
                command
            ],
        )
        .await?;
    Ok(())
}

/// The question is over.
pub(crate) async fn close(
    act: &mut Act,
    right: &Right,
    q: &Question,
    outcome: Outcome,
    chosen: Option<DeskId>,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE capacity_question SET closed_at = $4, outcome = $5, chosen_desk_id = $6, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND closed_at IS NULL",
            args![m, q.id, q.version, now, outcome.code(), chosen],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// How many people of an age band are recorded in an area, up to a few: enough to know whether a preview would tell who it is.
/// Nobody is shown a number.
pub(crate) async fn few(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    area: Option<AreaId>,
    band: &str,
    today: Day,
    most: i64,
) -> Result<i64, Broken> {
    let mut statement = Statement::new(
        "SELECT p.birth FROM person p JOIN household h ON h.municipality_id = p.municipality_id \
         AND h.id = p.household_id WHERE p.municipality_id = ? AND p.died IS NULL",
        args![m],
    );
    if let Some(area) = area {
        statement = statement.push(" AND h.area_id = ?", args![area]);
    }
    // A bounded look: where so many are recorded nobody is told apart.
    let rows = conn.select(statement.push(" LIMIT 2000", args![])).await?;
    let mut n = 0;
    for row in &rows {
        let birth: Option<String> = row.get("birth")?;
        let birth = birth.and_then(|b| PartialDate::parse_iso(&b));
        let of = birth.map_or(AgeBand::Unclear, |b| b.age_band(today));
        n += i64::from(band.is_empty() || of.as_str() == band);
        if n >= most {
            break;
        }
    }
    Ok(n)
}

/// Somebody a desk supports now, who is the one that was typed.
#[derive(Debug, Clone)]
pub(crate) struct Supported {
    pub person: PersonId,
    pub desk: DeskId,
}

/// Desks that support this person now: an open case or consultation of the household in which they are recorded. Three statements,
/// whether there is anybody or not.
pub(crate) async fn supporting(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    typed: &Match,
) -> Result<Vec<Supported>, Broken> {
    let m = viewer.municipality;
    let rows = conn
        .all(
            "SELECT p.id, p.household_id, p.name_key, p.reading_key, p.birth, p.address_key FROM person p \
             WHERE p.municipality_id = $1 AND p.died IS NULL \
             AND (p.name_key = $2 OR (p.reading_key = $3 AND $3 <> '')) LIMIT 500",
            args![m, &typed.name, &typed.reading],
        )
        .await?;
    let ids: Vec<PersonId> = rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    let kept = engine::home::kept(conn, m, ids).await?;
    let mut found: Vec<(PersonId, HouseholdId)> = Vec::new();
    for row in &rows {
        let id = row.get("id")?;
        let birth: Option<String> = row.get("birth")?;
        let seen = Seen {
            name: row.get("name_key")?,
            reading: row.get("reading_key")?,
            birth: birth.and_then(|b| PartialDate::parse_iso(&b)),
            address: row.get("address_key")?,
            sheltered: kept.contains(&id),
        };
        if matches(typed, &seen) {
            found.push((id, row.get("household_id")?));
        }
    }
    // Whoever is kept out of a household gets the answer of absence (disclosure rule 14): nobody is asked for them.
    let kept = household::cases_of(conn, viewer, found.iter().map(|(_, h)| *h)).await?;
    found.retain(|(_, h)| !Relation::within(kept.get(h).into_iter().flatten().copied()).keeps_out(viewer));
    let households = || found.iter().map(|(_, h)| *h);
    let statement = Statement::new(
        "SELECT household_id, accountable_desk_id AS desk_id FROM case_file WHERE municipality_id = ? \
         AND state = 'open'",
        args![m],
    )
    .push_in(" AND household_id IN", households())
    .push(
        " UNION SELECT household_id, accountable_desk_id AS desk_id FROM consultation WHERE municipality_id = ? \
         AND state = 'open'",
        args![m],
    )
    .push_in(" AND household_id IN", households());
    let own = viewer.desks();
    let mut supported: Vec<Supported> = Vec::new();
    for row in &conn.select(statement).await? {
        let (household, desk): (HouseholdId, DeskId) = (row.get("household_id")?, row.get("desk_id")?);
        if own.contains(&desk) || supported.iter().any(|s| s.desk == desk) {
            continue;
        }
        if let Some((person, _)) = found.iter().find(|(_, h)| *h == household) {
            supported.push(Supported { person: *person, desk });
        }
    }
    Ok(supported)
}

/// A request for contact that stands before one desk.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub id: ThingId,
    pub desk: DeskId,
    pub person: PersonId,
    pub from: DeskId,
    pub user: Option<UserId>,
    pub about: String,
    pub reach: String,
    pub sent_at: Instant,
    pub outcome: String,
    /// When whoever asked took it back.
    pub withdrawn_at: Option<Instant>,
}

/// A request as whoever made it has it: nothing of whom it was about, and nothing of whether anybody was found.
#[derive(Debug, Clone)]
pub(crate) struct Mine {
    pub id: ThingId,
    pub desk: DeskId,
    pub about: String,
    pub reach: String,
    pub sent_at: Instant,
    pub withdrawn_at: Option<Instant>,
    /// Whether another that stands says the very same: its command has the same hash. Whom either was about is kept nowhere.
    pub twice: bool,
}

/// Requests of one person, the newest first, from one on.
pub(crate) async fn mine(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    before: Option<(Instant, ThingId)>,
    most: i64,
) -> Result<Vec<Mine>, Broken> {
    let mut statement = Statement::new(
        "SELECT r.id, r.from_desk_id, r.about, r.reach, r.sent_at, r.withdrawn_at, (SELECT COUNT(*) FROM contact_request o \
         JOIN command k ON k.municipality_id = o.municipality_id AND k.id = o.command_id \
         WHERE o.municipality_id = r.municipality_id AND o.from_user_id = r.from_user_id AND o.id <> r.id \
         AND o.withdrawn_at IS NULL AND k.body_hash = c.body_hash) AS same FROM contact_request r \
         JOIN command c ON c.municipality_id = r.municipality_id AND c.id = r.command_id \
         WHERE r.municipality_id = ? AND r.from_user_id = ?",
        args![viewer.municipality, viewer.user],
    );
    if let Some((at, id)) = before {
        statement = statement.push(" AND (r.sent_at, r.id) < (?, ?)", args![at, id]);
    }
    conn.select(statement.push(" ORDER BY r.sent_at DESC, r.id DESC LIMIT ?", args![most]))
        .await?
        .iter()
        .map(|row| {
            let withdrawn_at: Option<Instant> = row.get("withdrawn_at")?;
            Ok(Mine {
                id: row.get("id")?,
                desk: row.get("from_desk_id")?,
                about: row.get("about")?,
                reach: row.get("reach")?,
                sent_at: row.get("sent_at")?,
                twice: withdrawn_at.is_none() && row.get::<i64>("same")? > 0,
                withdrawn_at,
            })
        })
        .collect()
}

/// Whether any request was sent before a moment.
pub(crate) async fn any_older(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    before: Instant,
) -> Result<bool, Broken> {
    let sql = "SELECT id FROM contact_request WHERE municipality_id = $1 AND sent_at < $2 LIMIT 1";
    Ok(conn.maybe(sql, args![m, before]).await?.is_some())
}

/// How many requests were sent before a moment, and where they stand, each with a younger one of the same desk that stands beside it.
pub(crate) async fn older(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    before: Instant,
) -> Result<(u64, Vec<Stands>), Broken> {
    let n: i64 = conn
        .one(
            "SELECT COUNT(*) AS n FROM contact_request WHERE municipality_id = $1 AND sent_at < $2",
            args![m, before],
        )
        .await?
        .get("n")?;
    let targets = conn
        .all(
            "SELECT t.id, t.desk_id, (SELECT o.id FROM contact_target o JOIN contact_request q \
             ON q.municipality_id = o.municipality_id AND q.id = o.request_id WHERE o.municipality_id = t.municipality_id \
             AND o.desk_id = t.desk_id AND o.person_id = t.person_id AND o.outcome = '' AND q.withdrawn_at IS NULL \
             AND q.from_desk_id = r.from_desk_id AND q.sent_at >= $2 \
             ORDER BY o.id DESC LIMIT 1) AS other FROM contact_target t \
             JOIN contact_request r ON r.municipality_id = t.municipality_id AND r.id = t.request_id \
             WHERE t.municipality_id = $1 AND r.sent_at < $2 ORDER BY t.id",
            args![m, before],
        )
        .await?;
    let stands = targets.iter().map(stands).collect::<Result<_, _>>()?;
    Ok((u64::try_from(n).unwrap_or_default(), stands))
}

/// Takes away what was sent before a moment: how to reach whoever asked, and whom it stood before.
pub(crate) async fn forget(act: &mut Act, right: &Right, before: Instant) -> Result<(), Fail> {
    let m = act.municipality();
    let mut conn = act.save(right)?;
    conn.exec(
        "DELETE FROM contact_target WHERE municipality_id = $1 AND request_id IN \
         (SELECT id FROM contact_request WHERE municipality_id = $1 AND sent_at < $2)",
        args![m, before],
    )
    .await?;
    conn.exec("DELETE FROM contact_request WHERE municipality_id = $1 AND sent_at < $2", args![m, before])
        .await?;
    Ok(())
}

/// Takes a request of one's own back. False when it is not one's own, or was taken back before.
pub(crate) async fn take_back(act: &mut Act, right: &Right, id: ThingId) -> Result<bool, Fail> {
    let (m, now) = (act.municipality(), act.now());
    let user = act.viewer().map(|v| v.user);
    let changed = act
        .save(right)?
        .exec(
            "UPDATE contact_request SET withdrawn_at = $4 WHERE municipality_id = $1 AND id = $2 \
             AND from_user_id = $3 AND withdrawn_at IS NULL",
            args![m, id, user, now],
        )
        .await?;
    Ok(changed == 1)
}

/// Whether this person's request was taken back before.
pub(crate) async fn is_taken_back(act: &mut Act, id: ThingId) -> Result<bool, Fail> {
    let (m, user) = (act.municipality(), act.viewer().map(|v| v.user));
    let sql = "SELECT 1 AS there FROM contact_request WHERE municipality_id = $1 AND id = $2 AND from_user_id = $3 \
               AND withdrawn_at IS NOT NULL";
    Ok(act.facts()?.maybe(sql, args![m, id, user]).await?.is_some())
}

/// Where a request stands, before which desk, and another request of the same desk about the same person that stands beside it.
pub(crate) type Stands = (ThingId, DeskId, Option<ThingId>);

fn stands(row: &Row) -> Result<Stands, Broken> {
    Ok((row.get("id")?, row.get("desk_id")?, row.get("other")?))
}

/// Where a request stands: each desk and person, with those other requests of the same desk about them that stand too.
pub(crate) async fn standing(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    request: ThingId,
) -> Result<Vec<Stands>, Broken> {
    conn.all(
        "SELECT t.id, t.desk_id, (SELECT o.id FROM contact_target o JOIN contact_request q \
         ON q.municipality_id = o.municipality_id AND q.id = o.request_id WHERE o.municipality_id = t.municipality_id \
         AND o.desk_id = t.desk_id AND o.person_id = t.person_id AND o.outcome = '' AND q.withdrawn_at IS NULL \
         AND q.from_desk_id = r.from_desk_id AND q.id <> r.id \
         ORDER BY o.id DESC LIMIT 1) AS other FROM contact_target t \
         JOIN contact_request r ON r.municipality_id = t.municipality_id AND r.id = t.request_id \
         WHERE t.municipality_id = $1 AND t.request_id = $2 AND t.outcome = '' ORDER BY t.id",
        args![m, request],
    )
    .await?
    .iter()
    .map(stands)
    .collect()
}

/// Stores a request and the desks it goes to. Those that the same desk asked about the same person before, and that still stand there, are
/// not told twice; the request stands beside the other, and goes on when that one is taken back.
pub(crate) async fn request(
    act: &mut Act,
    right: &Right,
    id: ThingId,
    (about, reach): (&str, &str),
    to: &[Supported],
) -> Result<Vec<(ThingId, DeskId)>, Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let user = act.viewer().map(|v| v.user);
    let open = Statement::new(
        "SELECT t.desk_id, t.person_id FROM contact_target t JOIN contact_request r \
         ON r.municipality_id = t.municipality_id AND r.id = t.request_id \
         WHERE t.municipality_id = ? AND r.from_desk_id = ? AND t.outcome = '' AND r.withdrawn_at IS NULL",
        args![m, desk],
    )
    .push_in(" AND t.person_id IN", to.iter().map(|s| s.person));
    let mut before: Vec<(DeskId, PersonId)> = Vec::new();
    for row in &act.facts()?.select(open).await? {
        before.push((row.get("desk_id")?, row.get("person_id")?));
    }
    let mut rows = Bulk::new(
        "INSERT INTO contact_target (municipality_id, id, request_id, desk_id, person_id, command_id) VALUES",
        6,
    );
    let mut made = Vec::new();
    for s in to {
        let target: ThingId = act.new_id();
        rows.row(args![m, target, id, s.desk, s.person, command]);
        if !before.contains(&(s.desk, s.person)) {
            made.push((target, s.desk));
        }
    }
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO contact_request (municipality_id, id, from_desk_id, from_user_id, about, reach, sent_at, command_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![m, id, desk, user, about, reach, now, command],
    )
    .await?;
    rows.run(&mut conn).await?;
    Ok(made)
}

/// A request that stands before a desk of the viewer.
pub(crate) async fn target(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ThingId,
) -> Result<Option<Target>, Broken> {
    let row = conn
        .maybe(
            "SELECT t.id, t.desk_id, t.person_id, t.outcome, r.from_desk_id, r.from_user_id, r.about, r.reach, r.sent_at, \
             r.withdrawn_at FROM contact_target t JOIN contact_request r ON r.municipality_id = t.municipality_id \
             AND r.id = t.request_id WHERE t.municipality_id = $1 AND t.id = $2",
            args![viewer.municipality, id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Target {
        id: row.get("id")?,
        desk: row.get("desk_id")?,
        person: row.get("person_id")?,
        from: row.get("from_desk_id")?,
        user: row.get("from_user_id")?,
        about: row.get("about")?,
        reach: row.get("reach")?,
        sent_at: row.get("sent_at")?,
        outcome: row.get("outcome")?,
        withdrawn_at: row.get("withdrawn_at")?,
    }))
}

/// Every request of one desk that stands before another about the same person, as one of them says; that one among them.
pub(crate) async fn beside(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
) -> Result<Vec<ThingId>, Broken> {
    conn.all(
        "SELECT o.id FROM contact_target t JOIN contact_request r ON r.municipality_id = t.municipality_id \
         AND r.id = t.request_id JOIN contact_target o ON o.municipality_id = t.municipality_id \
         AND o.desk_id = t.desk_id AND o.person_id = t.person_id JOIN contact_request q \
         ON q.municipality_id = o.municipality_id AND q.id = o.request_id AND q.from_desk_id = r.from_desk_id \
         WHERE t.municipality_id = $1 AND t.id = $2 AND t.outcome = '' AND r.withdrawn_at IS NULL AND o.outcome = ''",
        args![m, id],
    )
    .await?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}

/// The desk has done what it decided.
pub(crate) async fn end_target(act: &mut Act, right: &Right, id: ThingId, outcome: &str) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE contact_target SET outcome = $3, ended_at = $4 \
             WHERE municipality_id = $1 AND id = $2 AND outcome = ''",
            args![m, id, outcome, now],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}
