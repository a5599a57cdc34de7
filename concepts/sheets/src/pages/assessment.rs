//! アセスメントの変化: how each area of life was judged over time, and what is hard beside what is strong; for each person apart, and for
//! the household as a whole. From the answers that are disclosed; a sheet of which nothing may be seen is no column.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::Disclosed;
use askama::Template;
use casefile::{CaseHead, Loaded};
use engine::{Channel, Fail, Look};
use household::{Entry, entry, nameable};
use sheet::{Definition, Kind};
use site::{Answer, Frame, Req};
use words::Day;
use words::id::{CaseId, FilledSheetId, PersonId};

use super::trend;
use crate::rules;
use crate::sql::{self, Filled};

/// The definition that is looked at over time.
const KEY: &str = "assessment";
/// The table whose codes are steps of a scale.
const SCALE: &str = "severity";
/// Items in words: what is hard, and what is strong.
const HARD: &[&str] = &["problems", "main_problem", "problem_words"];
const STRONG: &[&str] = &["wish", "strength", "supporters"];

/// One area of life over time.
struct Area {
    title: String,
    /// The answers in words, one for each sheet; empty where none is disclosed.
    words: Vec<String>,
    places: Vec<Option<(i32, i32)>>,
    lines: Vec<String>,
    /// Whether anything is on the scale: of what nobody knows there is nothing to draw.
    known: bool,
    /// The days below it, each with the middle of its word.
    days: Vec<(i32, String)>,
    /// The same in a sentence, for who does not see the drawing.
    sentence: String,
}

/// A question with its latest answer.
struct Said {
    title: String,
    words: String,
    day: String,
}

/// One person over time, or the household as a whole.
struct Group {
    /// As far as disclosed.
    name: String,
    days: Vec<String>,
    areas: Vec<Area>,
    hard: Vec<Said>,
    strong: Vec<Said>,
}

#[derive(Template)]
#[template(path = "sheets_assessment.html")]
struct AssessmentPage {
    frame: Frame,
    head: CaseHead,
    groups: Vec<Group>,
    /// How high each level stands, and its word.
    levels: Vec<(i32, String)>,
}

/// Answers by sheet and item: the value and its words.
type Given<'e> = BTreeMap<(FilledSheetId, &'e str), (&'e str, &'e str)>;

/// GET /cases/{id}/assessment
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let (viewer, m) = (ctx.viewer.clone(), ctx.viewer.municipality);
    let frame = req.frame();
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = casefile::load(&mut look, id).await?;
    let mut filled = sql::of_case(&mut look.conn(), m, id).await?;
    filled.retain(|f| f.key == KEY);
    filled.sort_by_key(|f| (f.occurred_on, f.recorded_at));
    let sealed = entry::of_all_filled(&mut look.conn(), &viewer, filled.iter().map(|f| f.id)).await?;
    let shown = look.disclose(sealed).await?;
    loaded.reasons.of_all(&shown);
    let given = by_person(&filled, &shown);
    let names = names(&mut look, &frame, &mut loaded, given.keys().flatten().copied()).await?;
    filled.retain(|f| given.values().any(|of| of.keys().any(|(id, _)| *id == f.id)));
    let versions = sql::versions(&mut look.conn(), m).await?;
    let newest: Option<&Definition> = filled.last().and_then(|f| {
        let of = |v: &&sql::InForce| v.definition.key == KEY && i64::from(v.definition.version) == f.version;
        versions.iter().find(of).map(|v| &v.definition)
    });
    let mut groups: Vec<Group> = Vec::new();
    for (person, name) in &names {
        if let Some((of, newest)) = given.get(person).zip(newest) {
            groups.push(group(&frame, name, newest, &filled, of));
        }
    }
    let page = AssessmentPage {
        head: CaseHead::new(&frame, &loaded, &viewer),
        groups,
        levels: ["much", "some", "none"]
            .into_iter()
            .filter_map(|code| Some((trend::height(trend::level(code)?), frame.t.code("sheets_level", code))))
            .collect(),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// What was disclosed, by whom it is told of.
fn by_person<'e>(filled: &[Filled], shown: &'e [Disclosed<Entry>]) -> BTreeMap<Option<PersonId>, Given<'e>> {
    let mut given: BTreeMap<Option<PersonId>, Given<'e>> = BTreeMap::new();
    for e in shown {
        let Some(a) = &e.answers else { continue };
        let Some(sheet) = filled.iter().find(|f| f.id == a.filled) else { continue };
        let of = given.entry(rules::whose(sheet.person, &e.persons)).or_default();
        of.insert((a.filled, a.item.as_str()), (a.value.as_str(), e.body.as_str()));
    }
    given
}

/// The headings, in order: the members, who is one no more, the household as a whole. Who is not disclosed has no name here.
async fn names(
    look: &mut Look,
    frame: &Frame,
    loaded: &mut Loaded,
    persons: impl Iterator<Item = PersonId>,
) -> Result<Vec<(Option<PersonId>, String)>, Fail> {
    let viewer = look.viewer().clone();
    let t = &frame.t;
    let mut named = nameable(t, &loaded.members);
    let mut more: BTreeSet<PersonId> = persons.collect();
    more.retain(|p| named.iter().all(|(id, _)| id != p));
    let sealed = household::person::by_ids(&mut look.conn(), &viewer, more.iter().copied()).await?;
    let people = look.disclose(sealed).await?;
    loaded.reasons.of_all(&people);
    named.extend(nameable(t, &people));
    more.retain(|p| named.iter().all(|(id, _)| id != p));
    named.extend(more.into_iter().map(|p| (p, t.s("entry_view.someone").to_owned())));
    let household = (None, t.s("sheets_trend.household").to_owned());
    Ok(named.into_iter().map(|(id, name)| (Some(id), name)).chain([household]).collect())
}

fn group(frame: &Frame, name: &str, newest: &Definition, filled: &[Filled], answers: &Given<'_>) -> Group {
    let filled: Vec<&Filled> = filled.iter().filter(|f| answers.keys().any(|(id, _)| *id == f.id)).collect();
    let on: Vec<Day> = filled.iter().map(|f| f.occurred_on).collect();
    let days: Vec<String> = on.iter().map(|day| frame.day(day)).collect();
    let (mut areas, mut hard, mut strong) = (Vec::new(), Vec::new(), Vec::new());
    for item in newest.items() {
        let title = item.label.show(frame.t.lang()).to_owned();
        let of = |id: FilledSheetId| answers.get(&(id, item.key.as_str())).copied();
        if matches!(&item.kind, Kind::Choice { table } if table == SCALE) {
            let given: Vec<Option<(&str, &str)>> = filled.iter().map(|f| of(f.id)).collect();
            if given.iter().any(Option::is_some) {
                areas.push(area(frame, title, &given, &on));
            }
            continue;
        }
        let latest =
            filled.iter().zip(&days).rev().find_map(|(f, day)| of(f.id).map(|(_, words)| (words, day)));
        let Some((words, day)) = latest else { continue };
        let words = plain(&title, words);
        let said = Said { title, words, day: day.clone() };
        if HARD.contains(&item.key.as_str()) {
            hard.push(said);
        } else if STRONG.contains(&item.key.as_str()) {
            strong.push(said);
        }
    }
    Group { name: name.to_owned(), days, areas, hard, strong }
}

/// An answer without its question, which stands in front of it wherever a text is read by itself.
fn plain(title: &str, words: &str) -> String {
    let answer = words.strip_prefix(title).map(|rest| rest.trim_start_matches([':', ' ']));
    answer.unwrap_or(words).to_owned()
}

fn area(frame: &Frame, title: String, given: &[Option<(&str, &str)>], on: &[Day]) -> Area {
    let levels: Vec<Option<i32>> = given.iter().map(|g| g.and_then(|(code, _)| trend::level(code))).collect();
    let along = trend::along(on);
    let places = trend::places(&along, &levels);
    let words: Vec<String> =
        given.iter().map(|g| g.map(|(_, w)| plain(&title, w)).unwrap_or_default()).collect();
    let said: Vec<String> = on
        .iter()
        .zip(&words)
        .filter(|(_, w)| !w.is_empty())
        .map(|(day, w)| format!("{} {w}", frame.day(day)))
        .collect();
    // The first and the last day of all, so that charts stand below one another alike, and the days of this one's points.
    let end = on.len().saturating_sub(1);
    let shown = |i: &usize| *i == 0 || *i == end || places[*i].is_some();
    let (at, short): (Vec<i32>, Vec<String>) =
        (0..on.len()).filter(shown).map(|i| (along[i], frame.t.short_day(on[i]))).unzip();
    Area {
        lines: trend::lines(&places),
        sentence: frame.t.join(&said),
        known: levels.iter().any(Option::is_some),
        days: trend::written(&at, &short),
        places,
        words,
        title,
    }
}
