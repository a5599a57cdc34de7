//! What became of a sheet: owed to the liaison, told to the liaison (domain section 2.4).

use std::collections::HashMap;

use access::{Categories, Category, RecordKind, RecordRef, Right};
use consent::NewProvision;
use engine::{Act, Broken, Fail, Look, Statement, args};
use feedback::Owed;
use household::entry::About;
use household::{Field, Marks, NewEntry, entry};
use site::T;
use task::{TaskKind, TaskState};
use words::id::{ConnectingSheetId, EntryId};

use super::sql::Sheet;
use crate::acts::due_on;

/// The outcome code of a notice that was answered with a sentence.
const ANSWERED: &str = "answered";
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

/// Tells the liaison at once, in a sentence only they are given.
pub(super) async fn tell(act: &mut Act, right: &Right, sheet: &Sheet, words: &str) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let feedback = feedback::owe(act, right, &owed(act, right, sheet, 0)?).await?;
    let entry = NewEntry {
        field: Field::Feedback,
        form: None,
        household: None,
        marks: Marks::new(Vec::new(), Categories::NONE.with(Category::Support)),
        body: words.to_owned(),
        occurred_at: now,
        told: None,
        about: About { sheet: Some(sheet.id), ..About::default() },
        corrects: None,
    };
    let entry = household::entry::write(act, right, vec![entry]).await?.pop().ok_or(Fail::NotVisible)?;
    let provision = NewProvision {
        act_kind: "feedback",
        act: feedback.cast(),
        records: vec![RecordRef { kind: RecordKind::Entry, id: entry.cast() }],
        desk: sheet.desk,
        user: Some(sheet.author),
        categories: Categories::NONE.with(Category::Support),
        article: ARTICLE.to_owned(),
        pending: false,
    };
    consent::provide(act, right, &provision).await?;
    act.save(right)?
        .exec(
            "UPDATE feedback SET outcome = $3, entry_id = $4, given_at = $5 WHERE municipality_id = $1 AND id = $2",
            args![municipality, feedback, ANSWERED, entry, now],
        )
        .await?;
    let about = task::About { sheet: Some(sheet.id), ..task::About::default() };
    task::end_all(act, right, about, &[TaskKind::GiveFeedback], TaskState::Done, "").await?;
    Ok(())
}

/// What has been told about these sheets, as far as this person may read it; three statements at most.
pub(super) async fn became(
    look: &mut Look,
    t: &T,
    sheets: &[Sheet],
) -> Result<HashMap<ConnectingSheetId, String>, Broken> {
    let viewer = look.viewer().clone();
    let statement = Statement::new(
        "SELECT sheet_id, entry_id FROM feedback WHERE municipality_id = ? AND given_at IS NOT NULL",
        args![viewer.municipality],
    )
    .push_in(" AND sheet_id IN", sheets.iter().map(|s| s.id))
    .push(" ORDER BY given_at", args![]);
    let mut given: Vec<(ConnectingSheetId, Option<EntryId>)> = Vec::new();
    for row in look.conn().select(statement).await? {
        given.push((row.get("sheet_id")?, row.get("entry_id")?));
    }
    if given.is_empty() {
        return Ok(HashMap::new());
    }
    let sealed = entry::by_ids(&mut look.conn(), &viewer, given.iter().filter_map(|(_, e)| *e)).await?;
    let entries = look.disclose(sealed).await?;
    Ok(given
        .into_iter()
        .map(|(sheet, id)| {
            let body = id.and_then(|id| entries.iter().find(|e| e.id == id)).map(|e| e.body.clone());
            (sheet, body.unwrap_or_else(|| t.s("sheet.told").to_owned()))
        })
        .collect())
}
