//! The sheets of a case: which there are, which can be written, and writing one.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use casefile::CaseHead;
use engine::{Channel, Fail, Look, Receipt};
use household::{Marks, marks_from, nameable};
use sheet::fill::{Setting, fill};
use sheet::print::Words;
use sheet::{About, Item};
use site::{Answer, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;
use words::id::{CaseId, PersonId};
use words::partial::PartialDate;

use super::{note, typed};
use crate::acts::{self, Extra};
use crate::sql::{self, InForce};
use crate::view::{self, Choice, FormOf, PartView};
use crate::{listed, rules};

/// A sheet that was written.
struct SheetRow {
    href: String,
    title: String,
    version: i64,
    day: String,
    by: String,
}

/// A sheet that can be written.
struct Offer {
    href: String,
    title: String,
    locked: bool,
}

#[derive(Template)]
#[template(path = "sheets_case.html")]
struct CasePage {
    frame: Frame,
    head: CaseHead,
    rows: Vec<SheetRow>,
    offers: Vec<Offer>,
    /// The decision in words, once recorded.
    decided: String,
    /// Where a conference decides it: on the plans of the case.
    plans: String,
}

#[derive(Template)]
#[template(path = "sheets_fill.html")]
struct FillPage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    title: String,
    version: u32,
    action: String,
    parts: Vec<PartView>,
    persons: Vec<Choice>,
    /// Questions whose typed answers would not be kept.
    dropped: Vec<String>,
}

/// GET /cases/{id}/sheets.
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = case_page(&req).await?;
    Answer::page(page.render(), receipt)
}

async fn case_page(req: &Req) -> Result<(CasePage, Receipt), Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let (viewer, m, today) = (ctx.viewer.clone(), ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = casefile::load(&mut look, id).await?;
    let frame = req.frame();
    let (filled, versions) = listed::of_case(&mut look, &frame, &mut loaded).await?;
    let desks = register::desk_names(&mut look.conn(), m, filled.iter().map(|(f, _)| f.desk), today).await?;
    let rows = filled
        .into_iter()
        .map(|(f, title)| SheetRow {
            href: link::filled_sheet(f.id),
            title,
            version: f.version,
            day: frame.day(&f.occurred_on),
            by: desks.get(&f.desk).cloned().unwrap_or_default(),
        })
        .collect();
    let decision = sql::decision(&mut look.conn(), m, id).await?;
    let head = CaseHead::new(&frame, &loaded, &viewer);
    let mut keys: Vec<&str> = versions.iter().map(|v| v.definition.key.as_str()).collect();
    keys.dedup();
    let offers = keys
        .into_iter()
        .filter(|_| head.may_write)
        .filter_map(|key| sql::among(&versions, key, today))
        .filter(|v| v.definition.about == About::Case)
        .map(|v| Offer {
            href: link::case_sheet_new(id, &v.definition.key),
            title: v.definition.title.show(frame.t.lang()).to_owned(),
            locked: rules::may_write(&v.definition.key, decision.is_some()).is_err(),
        })
        .collect();
    let names = register::user_names(&mut look.conn(), m, decision.as_ref().and_then(|d| d.user)).await?;
    let decided = decision.as_ref().map(|d| {
        let by = d.user.and_then(|u| names.get(&u)).cloned().unwrap_or_default();
        let meeting = frame.t.code("decided_by", d.by);
        frame.t.fs("sheets.decision_line", &[("day", frame.day(&d.on)), ("meeting", meeting), ("by", by)])
    });
    let page = CasePage {
        decided: decided.unwrap_or_default(),
        plans: link::case_plans(id),
        head,
        rows,
        offers,
        frame,
    };
    Ok((page, look.close().await?))
}

/// Everything the form needs, loaded through one look.
struct Loaded {
    head: CaseHead,
    version: InForce,
    tables: sheet::Tables,
    can: view::Choosable,
    members: Vec<(PersonId, String)>,
    /// When they were born, as far as this viewer may know.
    births: BTreeMap<PersonId, PartialDate>,
    /// Whom an answer can be marked with: whoever the sheet is about, by that name, and the members.
    markable: Vec<(PersonId, String)>,
    frame: Frame,
}

async fn load(req: &Req, look: &mut Look) -> Result<Loaded, Fail> {
    let id: CaseId = req.id("id")?;
    let viewer = look.viewer().clone();
    let (m, now) = (viewer.municipality, look.now());
    let loaded = casefile::load(look, id).await?;
    let frame = req.frame();
    let head = CaseHead::new(&frame, &loaded, &viewer);
    if !head.may_write {
        return Err(Fail::NotVisible);
    }
    let version =
        sql::in_force(&mut look.conn(), m, req.param("key"), now.day()).await?.ok_or(Fail::NotVisible)?;
    if version.definition.about != About::Case {
        return Err(Fail::NotVisible);
    }
    let decided = sql::decision(&mut look.conn(), m, id).await?.is_some();
    rules::may_write(&version.definition.key, decided)?;
    let members = nameable(&frame.t, &loaded.members);
    let births = loaded.members.iter().filter_map(|p| Some((p.id, p.known.birth?))).collect();
    let can = view::choosable(&mut look.conn(), &viewer, now.day(), &members).await?;
    let tables = sql::tables_at(&mut look.conn(), m, now).await?;
    let chosen =
        (!members.is_empty()).then(|| (rules::CHOSEN, frame.t.s("sheets.whoever_chosen").to_owned()));
    let markable = chosen.into_iter().chain(members.iter().cloned()).collect();
    Ok(Loaded { head, version, tables, can, members, births, markable, frame })
}

fn fill_page(req: &Req, l: Loaded, form: Form, dropped: &[String]) -> FillPage {
    let definition = &l.version.definition;
    let of = FormOf {
        t: &l.frame.t,
        form: &form,
        tables: &l.tables,
        day: req.now().day(),
        can: &l.can,
        marks: Some(&l.markable),
    };
    let lang = l.frame.t.lang();
    FillPage {
        parts: view::parts(definition, &of, false),
        persons: l
            .members
            .iter()
            .map(|(id, word)| Choice {
                value: id.to_string(),
                word: word.clone(),
                chosen: form.chose("person", id),
            })
            .collect(),
        dropped: dropped
            .iter()
            .filter_map(|k| definition.item(k))
            .map(|i| i.label.show(lang).to_owned())
            .collect(),
        title: definition.title.show(lang).to_owned(),
        version: definition.version,
        action: req.path().to_owned(),
        head: l.head,
        form,
        frame: l.frame,
    }
}

/// What the form begins with: today, the first member, every item's own marks. What is about the person is about whoever is chosen, and
/// names nobody: the choice may change after it.
fn fresh(l: &Loaded, today: Day) -> Form {
    let mut pairs = vec![("occurred".to_owned(), l.frame.t.short_day(today))];
    let person = l.members.first().map(|(id, _)| id.to_string());
    pairs.extend(person.iter().map(|p| ("person".to_owned(), p.clone())));
    for item in l.version.definition.items() {
        let name = view::marks_field(&item.key);
        if item.whose == sheet::Whose::Person {
            pairs.extend(person.iter().map(|_| (format!("{name}_about"), rules::CHOSEN.to_string())));
        }
        pairs.extend(item.categories.iter().map(|c| (format!("{name}_cat"), c.code().to_owned())));
    }
    Form::filled(pairs.iter().map(|(n, v)| (n.as_str(), v.clone())).collect())
}

/// GET /cases/{id}/sheets/{key}.
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let loaded = load(&req, &mut look).await?;
    let form = fresh(&loaded, req.now().day());
    let page = fill_page(&req, loaded, form, &[]);
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}

/// POST /cases/{id}/sheets/{key}.
pub(crate) async fn write(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let loaded = load(&req, &mut look).await?;
    let receipt = look.close().await?;
    let mut form = req.form();
    let today = req.now().day();
    let day = form.past_day("occurred", Need::Required);
    let person: Option<PersonId> = form.id("person", Need::Optional);
    let person = person.filter(|p| loaded.members.iter().any(|(id, _)| id == p));
    let birth = person.and_then(|p| loaded.births.get(&p).copied());
    if let Some(Err(refusal)) = day.map(|day| rules::may_be_about(day, today, birth)) {
        form.problem("occurred", refusal.key);
    }
    let on = day.unwrap_or(today);
    let definition = &loaded.version.definition;
    if form.value("definition_version") != definition.version.to_string() {
        form.problem("occurred", "sheets.version_changed");
    }
    let known = loaded.can.known();
    let done = fill(definition, &typed(&form), &Setting { tables: &loaded.tables, day: on, known: &known });
    note(&mut form, &done);
    if !form.has_problems() && done.answers.is_empty() {
        form.problem("occurred", "sheets.nothing_written");
    }
    let unasked = !done.dropped.is_empty() && !form.ticked("drop");
    if form.has_problems() || unasked {
        let dropped = done.dropped.clone();
        let page = fill_page(&req, loaded, form, &dropped);
        return Answer::again(page.render(), receipt);
    }
    let names = loaded.can.names();
    let words = Words { tables: &loaded.tables, day: on, names: &names, language: "ja" };
    let marks = |item: &Item| -> Option<Marks> {
        let mut marks = marks_from(&mut form.clone(), &view::marks_field(&item.key), &loaded.markable);
        marks.persons = rules::about(person, marks.persons);
        Some(marks)
    };
    let extra = Extra::new(definition, &done.answers, &words, false, marks);
    let (filled, done) = acts::fill_in(&req, id, person, on, &extra).await?;
    let receipt = done.unwrap_or(receipt);
    Ok(Answer::to(&format!("/filled/{filled}"), "sheet_written", receipt))
}
