//! What became of a sheet: owed to the liaison, told to the liaison (domain section 2.4).

use std::collections::HashMap;

use access::{Categories, Category, Right};
use engine::{Act, Broken, Fail, Look, Statement, args};
use feedback::{Given, GivenBasis, Outcome, Owed};
use household::{Marks, entry};
use site::T;
use words::id::{ConnectingSheetId, EntryId};

use super::sql::Sheet;
use crate::acts::due_on;

/// The row of the legal-basis table an answer to a first noticer rests on: 法令に基づく場合, the programme's own
/// duty. The notice named nobody, so neither does the answer.
const ARTICLE: &str = "pipa_69_1";

/// The liaison is owed word of what became of a sheet that was taken up.
pub(super) async fn owe(act: &mut Act, right: &Right, sheet: &Sheet, days: i64) -> Result<(), Fail> {
    feedback::owe(act, right, &owed(act, right, sheet, days)?).await?;
    Ok(())
}

fn owed(act: &Act, right: &Right, sheet: &Sheet, days: i64) -> Result<Owed, Fail> {
    Ok(Owed {
        referral: None,
        sheet: Some(sheet.id),
        case: None,
        from_desk: right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?,
        to_desk: sheet.desk,
        to_user: Some(sheet.author),
        due_at: due_on(act.now().day().plus_days(days)),
    })
}

/// Tells the liaison at once: one line, and a sentence only they are given.
pub(super) async fn tell(
    act: &mut Act,
    right: &Right,
    sheet: &Sheet,
    outcome: Outcome,
    words: &str,
) -> Result<(), Fail> {
    let feedback = feedback::owe(act, right, &owed(act, right, sheet, 0)?).await?;
    let given = Given {
        outcome,
        words: words.to_owned(),
        marks: Marks::new(Vec::new(), Categories::NONE.with(Category::Support)),
        household: None,
        case: None,
        basis: GivenBasis::Article,
        article: ARTICLE.to_owned(),
    };
    feedback::give(act, right, feedback, &given).await
}

/// What has been told about these sheets, as far as this person may read it; three statements at most.
pub(super) async fn became(
    look: &mut Look,
    t: &T,
    sheets: &[Sheet],
) -> Result<HashMap<ConnectingSheetId, String>, Broken> {
    let viewer = look.viewer().clone();
    let statement = Statement::new(
        "SELECT sheet_id, entry_id, outcome FROM feedback WHERE municipality_id = ? AND given_at IS NOT NULL",
        args![viewer.municipality],
    )
    .push_in(" AND sheet_id IN", sheets.iter().map(|s| s.id))
    .push(" ORDER BY given_at", args![]);
    let mut given: Vec<(ConnectingSheetId, Option<EntryId>, String)> = Vec::new();
    for row in look.conn().select(statement).await? {
        given.push((row.get("sheet_id")?, row.get("entry_id")?, row.get("outcome")?));
    }
    if given.is_empty() {
        return Ok(HashMap::new());
    }
    let sealed = entry::by_ids(&mut look.conn(), &viewer, given.iter().filter_map(|(_, e, _)| *e)).await?;
    let entries = look.disclose(sealed).await?;
    Ok(given
        .into_iter()
        .map(|(sheet, id, line)| {
            let body = id.and_then(|id| entries.iter().find(|e| e.id == id)).map(|e| e.body.clone());
            (sheet, body.unwrap_or_else(|| t.code("feedback_outcome", &line)))
        })
        .collect())
}
