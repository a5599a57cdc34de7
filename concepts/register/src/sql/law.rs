//! The table of articles that sharing rests on: what a wording is never changes, its days do.

use engine::{Broken, Conn, Row, args};
use words::Day;
use words::code::Code;
use words::id::{MunicipalityId, UserId};

use crate::rules::Span;
use crate::views::LegalBasis;

type At = MunicipalityId;

/// The articles in force on a day.
pub(crate) async fn list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    on: Day,
) -> Result<Vec<LegalBasis>, Broken> {
    conn.all(
        "SELECT code, name, note, verified, acts, valid_from, valid_to FROM legal_basis WHERE municipality_id = $1 \
         AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY code",
        args![municipality, on],
    )
    .await?
    .iter()
    .map(legal_basis)
    .collect()
}

/// Every wording of every article, the newest of each first.
pub(crate) async fn all(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
) -> Result<Vec<LegalBasis>, Broken> {
    conn.all(
        "SELECT code, name, note, verified, acts, valid_from, valid_to FROM legal_basis WHERE municipality_id = $1 \
         ORDER BY code, valid_from DESC",
        args![municipality],
    )
    .await?
    .iter()
    .map(legal_basis)
    .collect()
}

/// What is known of who wrote a wording down, or took it back.
pub(crate) struct WordingBy {
    pub code: String,
    pub from: Day,
    pub at: words::Instant,
    pub who: String,
    /// Whether something names its code since then.
    pub used: bool,
}

/// The wordings that a person wrote down and that begin on this day or later or were written down on it, and those taken back.
/// What is shared, asked or refused under an article points to its code.
pub(crate) async fn written(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    today: Day,
) -> Result<Vec<WordingBy>, Broken> {
    conn.all(
        "SELECT b.code, b.valid_from, c.recorded_at, u.name AS who, CASE WHEN \
         EXISTS (SELECT 1 FROM provision p JOIN command pc ON pc.municipality_id = p.municipality_id \
         AND pc.id = p.command_id WHERE p.municipality_id = $1 AND p.article = b.code AND pc.recorded_at >= c.recorded_at) \
         OR EXISTS (SELECT 1 FROM referral r JOIN command rc ON rc.municipality_id = r.municipality_id \
         AND rc.id = r.command_id WHERE r.municipality_id = $1 AND r.article = b.code AND rc.recorded_at >= c.recorded_at) \
         OR EXISTS (SELECT 1 FROM inquiry i WHERE i.municipality_id = $1 AND (i.article = b.code AND i.sent_at >= c.recorded_at \
         OR i.refusal_article = b.code AND i.answered_at >= c.recorded_at)) \
         OR EXISTS (SELECT 1 FROM guardian_set_aside g JOIN command gc ON gc.municipality_id = g.municipality_id \
         AND gc.id = g.command_id WHERE g.municipality_id = $1 AND g.article = b.code AND gc.recorded_at >= c.recorded_at) \
         THEN 1 ELSE 0 END AS used FROM legal_basis b \
         JOIN command c ON c.municipality_id = b.municipality_id AND c.id = b.command_id \
         JOIN app_user u ON u.municipality_id = c.municipality_id AND u.id = c.author_id \
         WHERE b.municipality_id = $1 AND (b.valid_from >= $2 OR c.recorded_at >= $3 OR b.valid_to < b.valid_from)",
        args![municipality, today, words::Instant::at(today, 0, 0)],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(WordingBy {
            code: row.get("code")?,
            from: row.get("valid_from")?,
            at: row.get("recorded_at")?,
            who: row.get("who")?,
            used: row.get::<i64>("used")? == 1,
        })
    })
    .collect()
}

fn legal_basis(row: &Row) -> Result<LegalBasis, Broken> {
    let acts: String = row.get("acts")?;
    Ok(LegalBasis {
        code: row.get("code")?,
        name: row.get("name")?,
        note: row.get("note")?,
        verified: row.get("verified")?,
        acts: acts.split(' ').filter_map(Code::parse).collect(),
        span: Span { from: row.get("valid_from")?, to: row.get("valid_to")? },
    })
}

pub(crate) async fn add(
    conn: &mut Conn<'_>,
    at: At,
    basis: &LegalBasis,
    command: Option<words::id::CommandId>,
) -> Result<u64, Broken> {
    let acts: Vec<&str> = basis.acts.iter().map(|a| words::code::Code::code(*a)).collect();
    let (from, to) = (basis.span.from, basis.span.to);
    conn.exec(
        "INSERT INTO legal_basis (municipality_id, code, name, note, verified, valid_from, valid_to, acts, command_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        args![at, &basis.code, &basis.name, &basis.note, basis.verified, from, to, acts.join(" "), command],
    )
    .await
}

/// Sets the last day of one wording. Its words stay.
pub(crate) async fn end(
    conn: &mut Conn<'_>,
    at: At,
    code: &str,
    from: Day,
    last: Day,
) -> Result<u64, Broken> {
    conn.exec(
        "UPDATE legal_basis SET valid_to = $4 WHERE municipality_id = $1 AND code = $2 AND valid_from = $3 \
         AND (valid_to IS NULL OR valid_to > $4)",
        args![at, code, from, last],
    )
    .await
}

/// A wording that was taken back gives its first day free.
pub(crate) async fn give_way(conn: &mut Conn<'_>, at: At, code: &str, from: Day) -> Result<u64, Broken> {
    conn.exec(
        "DELETE FROM legal_basis WHERE municipality_id = $1 AND code = $2 AND valid_from = $3 AND valid_to < valid_from",
        args![at, code, from],
    )
    .await
}

/// Takes one wording back: it ends before it begins, and the row says with which command.
pub(crate) async fn take_back(
    conn: &mut Conn<'_>,
    at: At,
    (code, from): (&str, Day),
    command: words::id::CommandId,
) -> Result<u64, Broken> {
    conn.exec(
        "UPDATE legal_basis SET valid_to = $4, command_id = $5 \
         WHERE municipality_id = $1 AND code = $2 AND valid_from = $3",
        args![at, code, from, from.plus_days(-1), command],
    )
    .await
}

/// The wording that ended on this day for another one goes on without an end.
pub(crate) async fn goes_on(conn: &mut Conn<'_>, at: At, code: &str, last: Day) -> Result<u64, Broken> {
    conn.exec(
        "UPDATE legal_basis SET valid_to = NULL WHERE municipality_id = $1 AND code = $2 AND valid_to = $3 \
         AND valid_from <= valid_to",
        args![at, code, last],
    )
    .await
}

/// Somebody held one wording against its source.
pub(crate) async fn verify(
    conn: &mut Conn<'_>,
    at: At,
    code: &str,
    from: Day,
    on: Day,
    by: Option<UserId>,
) -> Result<u64, Broken> {
    conn.exec(
        "UPDATE legal_basis SET verified = TRUE, verified_on = $4, verified_by = $5 \
         WHERE municipality_id = $1 AND code = $2 AND valid_from = $3 AND NOT verified",
        args![at, code, from, on, by],
    )
    .await
}
