//! How the minutes of a body are laid out, and words that are written otherwise here.

use access::Right;
use engine::{Act, Broken, Bulk, Conn, Fail, args};
use words::code::Code;
use words::id::{BodyId, MunicipalityId};

use crate::lines::Style;

/// The style of a body's minutes; that with marks when nobody chose.
pub(crate) async fn style(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    body: Option<BodyId>,
) -> Result<Style, Broken> {
    let Some(body) = body else { return Ok(Style::Marks) };
    let row = conn
        .maybe("SELECT style FROM minutes_style WHERE municipality_id = $1 AND body_id = $2", args![m, body])
        .await?;
    row.map_or(Ok(Style::Marks), |r| r.code("style"))
}

/// Chooses it.
pub(crate) async fn set_style(act: &mut Act, right: &Right, body: BodyId, style: Style) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO minutes_style (municipality_id, body_id, style, command_id) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (municipality_id, body_id) DO UPDATE SET style = excluded.style, command_id = excluded.command_id",
            args![m, body, style.code(), command],
        )
        .await?;
    Ok(())
}

/// The town's own words: what is written, and how it is written here.
pub(crate) async fn terms(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<(String, String)>, Broken> {
    conn.all("SELECT wrong, instead FROM minutes_term WHERE municipality_id = $1 ORDER BY wrong", args![m])
        .await?
        .iter()
        .map(|row| Ok((row.get("wrong")?, row.get("instead")?)))
        .collect()
}

/// Sets all of them.
pub(crate) async fn set_terms(act: &mut Act, right: &Right, terms: &[(String, String)]) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let mut rows =
        Bulk::new("INSERT INTO minutes_term (municipality_id, wrong, instead, command_id) VALUES", 4);
    for (wrong, instead) in terms {
        rows.row(args![m, wrong, instead, command]);
    }
    let mut conn = act.save(right)?;
    conn.exec("DELETE FROM minutes_term WHERE municipality_id = $1", args![m]).await?;
    rows.run(&mut conn).await?;
    Ok(())
}
