//! Materials of sessions: numbers, titles, versions, and files that are about nobody.

use std::collections::BTreeSet;

use access::Right;
use attachment::{MediaType, Taken};
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args};
use sha2::{Digest, Sha256};
use words::Instant;
use words::code::Code;
use words::id::{
    AgendaItemId, AttachmentId, DeskId, EntryId, MeetingId, MeetingMaterialId, MunicipalityId, ThingId,
};

use crate::rules::MaterialKind;

/// Characters of one part of a file.
const PART: usize = 256 * 1024;

/// 資料, with its newest version.
#[derive(Debug, Clone)]
pub(crate) struct Material {
    pub id: MeetingMaterialId,
    pub meeting: MeetingId,
    pub item: Option<AgendaItemId>,
    pub number: String,
    pub kind: MaterialKind,
    pub title: String,
    pub title_entry: Option<EntryId>,
    pub again_from: Option<MeetingMaterialId>,
    pub version: i64,
    pub withdrawn: bool,
}

const MATERIAL: &str = "SELECT id, meeting_id, item_id, number, kind, title, title_entry_id, again_from, version, withdrawn_at \
     FROM meeting_material WHERE municipality_id = ?";

fn material(row: &Row) -> Result<Material, Broken> {
    Ok(Material {
        id: row.get("id")?,
        meeting: row.get("meeting_id")?,
        item: row.get("item_id")?,
        number: row.get("number")?,
        kind: row.code("kind")?,
        title: row.get("title")?,
        title_entry: row.get("title_entry_id")?,
        again_from: row.get("again_from")?,
        version: row.get("version")?,
        withdrawn: row.get::<Option<Instant>>("withdrawn_at")?.is_some(),
    })
}

/// The materials of these sessions, in order.
pub(crate) async fn of_meetings(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    meetings: impl IntoIterator<Item = MeetingId>,
) -> Result<Vec<Material>, Broken> {
    let statement = Statement::new(MATERIAL, args![m])
        .push_in(" AND meeting_id IN", meetings)
        .push(" ORDER BY meeting_id, ordinal, id", args![]);
    conn.select(statement).await?.iter().map(material).collect()
}

/// One material.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: MeetingMaterialId,
) -> Result<Option<Material>, Broken> {
    let rows = conn.select(Statement::new(MATERIAL, args![m]).push(" AND id = ?", args![id])).await?;
    rows.first().map(material).transpose()
}

/// Those of these materials that are taken back, or were made of one that is: what is used again goes with it. One statement for each
/// time something was used again.
pub(crate) async fn taken_back(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    of: &[Material],
) -> Result<BTreeSet<MeetingMaterialId>, Broken> {
    let mut gone: BTreeSet<MeetingMaterialId> = of.iter().filter(|x| x.withdrawn).map(|x| x.id).collect();
    // What it was made of, and which of those asked about were made of it.
    let mut origins: Vec<(MeetingMaterialId, MeetingMaterialId)> =
        of.iter().filter(|x| !x.withdrawn).filter_map(|x| Some((x.again_from?, x.id))).collect();
    while !origins.is_empty() {
        let statement = Statement::new(MATERIAL, args![m]).push_in(" AND id IN", origins.iter().map(|o| o.0));
        let rows = conn.select(statement).await?;
        let found = rows.iter().map(material).collect::<Result<Vec<_>, _>>()?;
        let mut next = Vec::new();
        for (origin, id) in &origins {
            let Some(x) = found.iter().find(|x| x.id == *origin) else { continue };
            if x.withdrawn {
                gone.insert(*id);
            } else if let Some(from) = x.again_from {
                next.push((from, *id));
            }
        }
        origins = next;
    }
    Ok(gone)
}

/// One version of a material.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub material: MeetingMaterialId,
    pub n: i64,
    pub at: Instant,
    pub on_day: bool,
    pub file: Option<ThingId>,
    pub attachment: Option<AttachmentId>,
}

/// Every version of these materials, the newest first.
pub(crate) async fn versions(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    ids: impl IntoIterator<Item = MeetingMaterialId>,
) -> Result<Vec<Version>, Broken> {
    let statement = Statement::new(
        "SELECT material_id, version, at, on_day, file_id, attachment_id FROM meeting_material_version \
         WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND material_id IN", ids)
    .push(" ORDER BY material_id, version DESC", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Version {
                material: row.get("material_id")?,
                n: row.get("version")?,
                at: row.get("at")?,
                on_day: row.get("on_day")?,
                file: row.get("file_id")?,
                attachment: row.get("attachment_id")?,
            })
        })
        .collect()
}

/// A new material, behind those that are there.
pub(crate) async fn insert(act: &mut Act, right: &Right, new: &Material) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO meeting_material (municipality_id, id, meeting_id, item_id, number, kind, title, title_entry_id, \
             again_from, ordinal, command_id) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, COALESCE(MAX(ordinal), 0) + 1, $10 \
             FROM meeting_material WHERE municipality_id = $1 AND meeting_id = $3",
            args![
                m,
                new.id,
                new.meeting,
                new.item,
                &new.number,
                new.kind.code(),
                &new.title,
                new.title_entry,
                new.again_from,
                command
            ],
        )
        .await?;
    Ok(())
}

/// A version of it.
pub(crate) async fn add_version(act: &mut Act, right: &Right, v: &Version, desk: DeskId) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let user = act.viewer().map(|v| v.user);
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO meeting_material_version (municipality_id, material_id, version, at, on_day, file_id, attachment_id, \
         desk_id, user_id, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![m, v.material, v.n, v.at, v.on_day, v.file, v.attachment, desk, user, command],
    )
    .await?;
    Ok(())
}

/// 差し替え: its newest version is the next one. [`Fail::Stale`] when somebody replaced it before.
pub(crate) async fn replaced(act: &mut Act, right: &Right, of: &Material) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE meeting_material SET version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3 \
             AND withdrawn_at IS NULL",
            args![m, of.id, of.version],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// It is taken back; its number stays.
pub(crate) async fn withdraw(act: &mut Act, right: &Right, of: &Material) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE meeting_material SET withdrawn_at = $4 WHERE municipality_id = $1 AND id = $2 AND version = $3 \
             AND withdrawn_at IS NULL",
            args![m, of.id, of.version, now],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Keeps a file that is about nobody.
pub(crate) async fn keep_file(
    act: &mut Act,
    right: &Right,
    taken: &Taken,
    bytes: &[u8],
) -> Result<ThingId, Fail> {
    let (m, command) = (act.municipality(), act.command());
    let id: ThingId = act.new_id();
    let bytes = attachment::without_origin(taken.media, bytes)
        .ok_or_else(|| engine::Refusal::new("attachment.broken"))?;
    let length = i64::try_from(bytes.len()).map_err(|e| Broken::Outside(e.to_string()))?;
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO meeting_file (municipality_id, id, name, media_type, bytes, sha256, command_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![m, id, &taken.name, taken.media.code(), length, engine::hex(&Sha256::digest(&bytes)), command],
    )
    .await?;
    let text = engine::hex(&bytes);
    let mut parts =
        Bulk::new("INSERT INTO meeting_file_part (municipality_id, file_id, part, content) VALUES", 4);
    for (n, part) in (0_i64..).zip(text.as_bytes().chunks(PART)) {
        let part = std::str::from_utf8(part).map_err(|e| Broken::Outside(e.to_string()))?;
        parts.row(args![m, id, n, part]);
    }
    parts.run(&mut conn).await?;
    Ok(id)
}

/// A file that is about nobody: name, kind, bytes. What does not match what was put there is broken.
pub(crate) async fn file(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
) -> Result<Option<(String, MediaType, Vec<u8>)>, Broken> {
    let corrupt = || Broken::Corrupt("meeting_file_part", "content".to_owned());
    let rows = conn
        .all(
            "SELECT f.name, f.media_type, f.sha256, p.content FROM meeting_file f JOIN meeting_file_part p \
             ON p.municipality_id = f.municipality_id AND p.file_id = f.id \
             WHERE f.municipality_id = $1 AND f.id = $2 ORDER BY p.part",
            args![m, id],
        )
        .await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let (name, media, expected): (String, MediaType, String) =
        (first.get("name")?, first.code("media_type")?, first.get("sha256")?);
    let mut bytes = Vec::new();
    for row in &rows {
        let part: String = row.get("content")?;
        for pair in part.as_bytes().chunks(2) {
            let digits = std::str::from_utf8(pair).map_err(|_| corrupt())?;
            bytes.push(u8::from_str_radix(digits, 16).map_err(|_| corrupt())?);
        }
    }
    if engine::hex(&Sha256::digest(&bytes)) == expected {
        Ok(Some((name, media, bytes)))
    } else {
        Err(corrupt())
    }
}
