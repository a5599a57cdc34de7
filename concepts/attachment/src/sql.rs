//! Storing files.

use std::collections::BTreeMap;

use access::{Categories, Content, Disclosed, Facts, RecordKind, RecordRef, Right, Sealed, Subjects, Viewer};
use engine::{Act, Broken, Bulk, Conn, Fail, Statement, args};
use household::Entry;
use sha2::{Digest, Sha256};
use words::Instant;
use words::code::Code;
use words::id::{
    AttachmentId, DeskId, EntryId, HouseholdId, MatterId, MunicipalityId, PersonId, ThingId, UserId,
};

use crate::rules::{MediaType, Taken};

/// Characters of one part of a file.
const PART: usize = 256 * 1024;

/// A file to be kept.
#[derive(Debug, Clone)]
pub struct NewAttachment<'a> {
    /// The record it belongs to.
    pub of: RecordRef,
    /// The household it is about.
    pub household: HouseholdId,
    /// About whom; nobody named is the whole household.
    pub persons: Vec<PersonId>,
    /// What it is about. None is not possible: a file nobody marked would be about everything.
    pub categories: Categories,
    /// Name and kind, as they were checked.
    pub taken: Taken,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// A file as it is listed. Its bytes come only with `content`.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// What it belongs to.
    pub of: ThingId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub media: MediaType,
    /// How large.
    pub bytes: i64,
    /// When it was put there.
    pub at: Instant,
    /// By which desk.
    pub desk: DeskId,
}
impl Content for Attachment {}

/// Keeps a file.
pub async fn add(act: &mut Act, right: &Right, new: &NewAttachment<'_>) -> Result<AttachmentId, Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let author = act.viewer().map(|v| v.user);
    let categories = if new.categories.is_empty() { Categories::all() } else { new.categories };
    let id: AttachmentId = act.new_id();
    let bytes = crate::clean::without_origin(new.taken.media, new.bytes)
        .ok_or_else(|| engine::Refusal::new("attachment.broken"))?;
    let length = i64::try_from(bytes.len()).map_err(|e| Broken::Outside(e.to_string()))?;
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO attachment (municipality_id, id, of_kind, of_id, household_id, desk_id, author_id, name, \
         media_type, bytes, sha256, categories, recorded_at, command_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        args![
            m,
            id,
            new.of.kind.code(),
            new.of.id,
            new.household,
            desk,
            author,
            &new.taken.name,
            new.taken.media.code(),
            length,
            engine::hex(&Sha256::digest(&bytes)),
            categories,
            now,
            command,
        ],
    )
    .await?;
    let mut subjects =
        Bulk::new("INSERT INTO attachment_subject (municipality_id, attachment_id, person_id) VALUES", 3);
    for person in &new.persons {
        subjects.row(args![m, id, *person]);
    }
    subjects.run(&mut conn).await?;
    let text = engine::hex(&bytes);
    let mut parts =
        Bulk::new("INSERT INTO attachment_part (municipality_id, attachment_id, part, content) VALUES", 4);
    for (n, part) in (0_i64..).zip(text.as_bytes().chunks(PART)) {
        let part = std::str::from_utf8(part).map_err(|e| Broken::Outside(e.to_string()))?;
        parts.row(args![m, id, n, part]);
    }
    parts.run(&mut conn).await?;
    Ok(id)
}

/// Takes one out of sight that was put there by mistake; false when there was none.
pub async fn void(act: &mut Act, right: &Right, id: AttachmentId) -> Result<bool, Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE attachment SET voided_at = $3, voided_command_id = $4 \
             WHERE municipality_id = $1 AND id = $2 AND voided_at IS NULL",
            args![m, id, now, command],
        )
        .await?;
    Ok(changed == 1)
}

const SELECT: &str = "SELECT a.id, a.of_kind, a.of_id, a.household_id, a.desk_id, a.author_id, a.name, a.media_type, a.bytes, \
     a.categories, a.recorded_at, s.person_id FROM attachment a LEFT JOIN attachment_subject s \
     ON s.municipality_id = a.municipality_id AND s.attachment_id = a.id \
     WHERE a.municipality_id = ? AND a.voided_at IS NULL";

/// The files of these records, the oldest first, sealed.
pub async fn of_records(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    records: impl IntoIterator<Item = ThingId>,
) -> Result<Vec<Sealed<Attachment>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push_in(" AND a.of_id IN", records)
        .push(" ORDER BY a.recorded_at, a.id, s.person_id", args![]);
    load(conn, viewer, statement).await
}

/// These files, sealed.
pub async fn by_ids(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = AttachmentId>,
) -> Result<Vec<Sealed<Attachment>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push_in(" AND a.id IN", ids)
        .push(" ORDER BY a.recorded_at, a.id, s.person_id", args![]);
    load(conn, viewer, statement).await
}

struct Row {
    attachment: Attachment,
    household: HouseholdId,
    author: Option<UserId>,
    categories: Categories,
    persons: Vec<PersonId>,
    /// Whether it is a file of a text.
    of_text: bool,
    /// The matter of a conference its text was confided to.
    confided_to: Option<MatterId>,
}

async fn load(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    statement: Statement,
) -> Result<Vec<Sealed<Attachment>>, Broken> {
    let mut rows: Vec<Row> = Vec::new();
    for row in conn.select(statement).await? {
        let id: AttachmentId = row.get("id")?;
        if rows.last().is_none_or(|last| last.attachment.id != id) {
            rows.push(Row {
                attachment: Attachment {
                    id,
                    of: row.get("of_id")?,
                    name: row.get("name")?,
                    media: row.code("media_type")?,
                    bytes: row.get("bytes")?,
                    at: row.get("recorded_at")?,
                    desk: row.get("desk_id")?,
                },
                household: row.get("household_id")?,
                author: row.get("author_id")?,
                categories: row.get("categories")?,
                persons: Vec::new(),
                of_text: row.get::<String>("of_kind")? == RecordKind::Entry.code(),
                confided_to: None,
            });
        }
        if let (Some(last), Some(person)) = (rows.last_mut(), row.get::<Option<PersonId>>("person_id")?) {
            last.persons.push(person);
        }
    }
    as_their_texts(conn, viewer, &mut rows).await?;
    let homes: Vec<HouseholdId> = rows.iter().map(|r| r.household).collect();
    let cases = household::cases_of(conn, viewer, homes.iter().copied()).await?;
    let whole = rows.iter().filter(|r| r.persons.is_empty()).map(|r| r.household);
    let members: BTreeMap<_, _> = household::members_of(conn, viewer.municipality, whole).await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let subjects = if r.persons.is_empty() {
                Subjects::Household(members.get(&r.household).cloned().unwrap_or_default())
            } else {
                Subjects::Persons(r.persons)
            };
            let facts = Facts {
                record: RecordRef { kind: RecordKind::Attachment, id: r.attachment.id.cast() },
                desk: r.attachment.desk,
                author: r.author,
                subjects,
                categories: r.categories,
                cases: cases.get(&r.household).cloned().unwrap_or_default(),
                sent_to_provider: None,
                // A picture before the members of a conference is nobody's own file: it is shown with its text alone.
                confided_to: r.confided_to,
            };
            Sealed::new(facts, r.attachment)
        })
        .collect())
}

/// A file of a text is at least as closed as the text is today: about everybody and with every category that a later version
/// of it was marked with. What was entered in error has no files for other desks.
async fn as_their_texts(conn: &mut Conn<'_>, viewer: &Viewer, rows: &mut Vec<Row>) -> Result<(), Broken> {
    let of: Vec<EntryId> = rows.iter().filter(|r| r.of_text).map(|r| r.attachment.of.cast()).collect();
    if of.is_empty() {
        return Ok(());
    }
    let latest = household::entry::latest(conn, viewer.municipality, of).await?;
    let texts = household::entry::by_ids(conn, viewer, latest.values().copied()).await?;
    let facts: BTreeMap<ThingId, Facts> =
        texts.iter().map(|t| (t.facts().record.id, t.facts().clone())).collect();
    rows.retain_mut(|row| {
        if !row.of_text {
            return true;
        }
        let now = latest.get(&row.attachment.of.cast()).and_then(|id| facts.get(&id.cast()));
        let Some(now) = now else { return false };
        row.categories = row.categories.union(now.categories);
        row.confided_to = now.confided_to;
        if row.persons.is_empty() || matches!(now.subjects, Subjects::Household(_)) {
            row.persons.clear();
        } else {
            row.persons.extend(now.subjects.persons().iter().copied());
        }
        true
    });
    Ok(())
}

/// The bytes of a file that was disclosed: there is no other way to them. What does not match what was put there is broken.
pub(crate) async fn content(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    of: &Disclosed<Attachment>,
) -> Result<Vec<u8>, Broken> {
    stored(conn, viewer.municipality, of.id).await
}

/// The pictures of texts that were disclosed and stand in the matter of a conference, the oldest first: picture, its text.
pub async fn pictures<'a>(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    of: impl IntoIterator<Item = &'a Disclosed<Entry>>,
) -> Result<Vec<(AttachmentId, EntryId)>, Broken> {
    let texts: Vec<EntryId> = of.into_iter().filter(|e| e.about.matter.is_some()).map(|e| e.id).collect();
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::new(
        "SELECT id, of_id FROM attachment WHERE municipality_id = ? AND voided_at IS NULL AND media_type <> 'application/pdf'",
        args![m],
    )
    .push_in(" AND of_id IN", texts)
    .push(" ORDER BY recorded_at, id", args![]);
    conn.select(statement).await?.iter().map(|row| Ok((row.get("id")?, row.get("of_id")?))).collect()
}

/// The text a file belongs to; none for a file of anything else.
pub async fn text_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: AttachmentId,
) -> Result<Option<EntryId>, Broken> {
    conn.maybe(
        "SELECT of_id FROM attachment WHERE municipality_id = $1 AND id = $2 AND of_kind = 'entry' AND voided_at IS NULL",
        args![m, id],
    )
    .await?
    .map(|row| row.get("of_id"))
    .transpose()
}

/// One of the pictures of a text that was disclosed. Of another text there is none.
pub async fn picture(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    of: &Disclosed<Entry>,
    id: AttachmentId,
) -> Result<Option<(MediaType, Vec<u8>)>, Broken> {
    let row = conn
        .maybe(
            "SELECT media_type FROM attachment WHERE municipality_id = $1 AND id = $2 AND of_id = $3 AND voided_at IS NULL",
            args![m, id, of.id],
        )
        .await?;
    let Some(row) = row.filter(|_| of.about.matter.is_some()) else { return Ok(None) };
    let media: MediaType = row.code("media_type")?;
    Ok(Some((media, stored(conn, m, id).await?)))
}

async fn stored(conn: &mut Conn<'_>, m: MunicipalityId, id: AttachmentId) -> Result<Vec<u8>, Broken> {
    let corrupt = || Broken::Corrupt("attachment_part", "content".to_owned());
    let rows = conn
        .all(
            "SELECT p.content, a.sha256 FROM attachment_part p JOIN attachment a \
             ON a.municipality_id = p.municipality_id AND a.id = p.attachment_id \
             WHERE p.municipality_id = $1 AND p.attachment_id = $2 ORDER BY p.part",
            args![m, id],
        )
        .await?;
    let mut bytes = Vec::new();
    let mut expected = String::new();
    for row in rows {
        let part: String = row.get("content")?;
        for pair in part.as_bytes().chunks(2) {
            let digits = std::str::from_utf8(pair).map_err(|_| corrupt())?;
            bytes.push(u8::from_str_radix(digits, 16).map_err(|_| corrupt())?);
        }
        expected = row.get("sha256")?;
    }
    if engine::hex(&Sha256::digest(&bytes)) == expected { Ok(bytes) } else { Err(corrupt()) }
}
