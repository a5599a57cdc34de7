//! Keeping how one likes to work (domain section 5: the account is the person's, the permissions are not).

use std::sync::Arc;

use engine::{Act, Broken, Conn, Engine, Fail, Receipt, Refusal, args};
use site::habits::{Habits, SavedFilter, keepable, list};
use site::{Answer, Need, Req};
use words::id::{MunicipalityId, UserId};

use crate::{acts, rules};

/// Filters one person can keep.
const MOST_FILTERS: usize = 30;
/// Longest name of a filter.
const NAME_MAX: usize = 20;

/// What a person has chosen.
pub(crate) async fn of(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
) -> Result<Habits, Broken> {
    let mut habits = Habits::default();
    let rows = conn
        .all(
            "SELECT kind, list, name, value FROM habit WHERE municipality_id = $1 AND user_id = $2 \
             ORDER BY list, name",
            args![municipality, user],
        )
        .await?;
    for row in rows {
        let (kind, list): (String, String) = (row.get("kind")?, row.get("list")?);
        match kind.as_str() {
            "filter" => {
                habits.filters.push(SavedFilter { list, name: row.get("name")?, query: row.get("value")? });
            }
            "hidden" => {
                let columns: String = row.get("value")?;
                habits.hidden.insert(list, columns.split(' ').map(str::to_owned).collect());
            }
            _ => habits.keys_off = true,
        }
    }
    Ok(habits)
}

/// One habit: what it is, of which list, under which name.
struct Habit<'a> {
    kind: &'static str,
    list: &'a str,
    name: &'a str,
}

/// Keeps a habit, or forgets it when there is no value.
async fn keep(req: &Req, habit: Habit<'_>, value: Option<&str>) -> Result<Receipt, Fail> {
    let viewer = &req.signed().ok_or(Fail::NotVisible)?.viewer;
    let (m, user) = (viewer.municipality, viewer.user);
    let engine: &Engine = req.engine();
    let mut act: Box<Act> = acts::begin(engine, m, "account.habit", Some(user)).await?;
    let mut conn = act.save(&acts::right())?;
    conn.exec(
        "DELETE FROM habit WHERE municipality_id = $1 AND user_id = $2 AND kind = $3 AND list = $4 AND name = $5",
        args![m, user, habit.kind, habit.list, habit.name],
    )
    .await?;
    if let Some(value) = value {
        conn.exec(
            "INSERT INTO habit (municipality_id, user_id, kind, list, name, value) VALUES ($1, $2, $3, $4, $5, $6)",
            args![m, user, habit.kind, habit.list, habit.name, value],
        )
        .await?;
    }
    acts::commit_upkeep(act).await?;
    Ok(Receipt::nothing_personal("how one likes to work"))
}

fn path(req: &Req) -> Result<&'static str, Fail> {
    list(req.body().get("list").unwrap_or_default()).map(|l| l.path).ok_or(Fail::NotVisible)
}

/// POST /habits/filter: gives the filter of a list a name.
pub(crate) async fn save_filter(req: Arc<Req>) -> Result<Answer, Fail> {
    let list = path(&req)?;
    let mut form = req.form();
    let name = form.line("name", Need::Required, NAME_MAX);
    if form.has_problems() {
        return Err(Refusal::new("habits.name_needed").arg("max", NAME_MAX).into());
    }
    let query = keepable(req.body().get("query").unwrap_or_default())
        .ok_or_else(|| Refusal::new("habits.words_not_kept"))?;
    let known = req.signed().map_or(0, |s| s.habits.filters.len());
    if known >= MOST_FILTERS {
        return Err(Refusal::new("habits.too_many").arg("max", MOST_FILTERS).into());
    }
    let receipt = keep(&req, Habit { kind: "filter", list, name: &name }, Some(&query)).await?;
    let back = SavedFilter { list: list.to_owned(), name, query }.href();
    Ok(Answer::to(&back, "filter_saved", receipt))
}

/// POST /habits/filter/forget
pub(crate) async fn forget_filter(req: Arc<Req>) -> Result<Answer, Fail> {
    let list = path(&req)?;
    let name = req.body().get("name").unwrap_or_default();
    let receipt = keep(&req, Habit { kind: "filter", list, name }, None).await?;
    Ok(Answer::to(list, "filter_forgotten", receipt))
}

/// POST /habits/columns: which columns of a list are shown.
pub(crate) async fn choose_columns(req: Arc<Req>) -> Result<Answer, Fail> {
    let list = path(&req)?;
    let columns = site::habits::list(list).map_or(&[] as &[&str], |l| l.columns);
    let shown: Vec<&str> = req.body().all("show").collect();
    let hidden: Vec<&str> = columns.iter().copied().filter(|c| !shown.contains(c)).collect();
    let value = hidden.join(" ");
    let value = (!value.is_empty()).then_some(value.as_str());
    let receipt = keep(&req, Habit { kind: "hidden", list, name: "" }, value).await?;
    let query = keepable(req.body().get("query").unwrap_or_default()).unwrap_or_default();
    let back = SavedFilter { list: list.to_owned(), name: String::new(), query }.href();
    Ok(Answer::to(&back, "columns_chosen", receipt))
}

/// POST /habits/keys: single keys on or off.
pub(crate) async fn switch_keys(req: Arc<Req>) -> Result<Answer, Fail> {
    let off = req.body().get("keys") == Some("off");
    let receipt = keep(&req, Habit { kind: "keys_off", list: "", name: "" }, off.then_some("")).await?;
    let back = rules::local_path(req.came_from());
    Ok(Answer::to(back, if off { "keys_off" } else { "keys_on" }, receipt))
}
