//! Everything that happened in a case, on one line of time: texts, and what each concept says of its own, disclosed already.

use std::sync::Arc;

use askama::Template;
use casefile::CaseHead;
use engine::{Channel, Fail, Look, Receipt};
use household::entry::Timeline;
use household::{EntryView, Field, RecordForm, nameable};
use paper::{Block, Grid};
use site::paper::{Around, Kind};
use site::{Answer, Choice, Dated, Fields, Form, Frame, Req, link};
use words::code::Code;
use words::id::{CaseId, DeskId, EntryId, PersonId};
use words::{Day, Instant};

/// Lines on one page, and on paper.
const PAGE: usize = 50;
const PAPER: usize = 300;

/// The kinds that are not texts.
const KINDS: &[&str] = &[
    "referral",
    "inquiry",
    "matter",
    "session",
    "decision",
    "plan",
    "sheet",
    "task",
    "consent",
    "engagement",
    "accountable",
    "household",
];

/// One line.
struct Row {
    at: Instant,
    when: String,
    when_iso: String,
    kind: String,
    desk: String,
    words: String,
    href: Option<String>,
    text: Option<EntryView>,
}

#[derive(Template)]
#[template(path = "desk_timeline.html")]
struct TimelinePage {
    frame: Frame,
    head: CaseHead,
    rows: Vec<Row>,
    kinds: Vec<Choice>,
    persons: Vec<Choice>,
    desks: Vec<Choice>,
    form: Form,
    filtered: bool,
    paged: bool,
    next: Option<String>,
    paper: String,
}

/// What the filter chose.
struct Wanted {
    kind: String,
    person: Option<PersonId>,
    desk: Option<DeskId>,
    from: Option<Day>,
    to: Option<Day>,
    before: Option<(Instant, EntryId)>,
}

impl Wanted {
    fn texts(&self) -> bool {
        !KINDS.contains(&self.kind.as_str())
    }

    fn others(&self) -> bool {
        self.kind.is_empty() || KINDS.contains(&self.kind.as_str())
    }

    fn fits(&self, line: &Dated) -> bool {
        let day = line.at.day();
        (self.kind.is_empty() || self.kind == line.kind)
            && self.person.is_none_or(|p| line.persons.contains(&p))
            && self.desk.is_none_or(|d| line.desk == Some(d))
            && self.from.is_none_or(|from| day >= from)
            && self.to.is_none_or(|to| day <= to)
            && self.before.is_none_or(|(at, _)| line.at < at)
    }

    fn timeline(&self, paper: bool) -> Timeline {
        let mut of = Timeline {
            before: self.before,
            standing: paper,
            desk: self.desk,
            person: self.person,
            since: self.from.map(|d| Instant::at(d, 0, 0)),
            until: self.to.map(|d| Instant::at(d.plus_days(1), 0, 0)),
            ..Timeline::default()
        };
        match self.kind.split_once(':') {
            Some(("form", code)) => of.form = RecordForm::parse(code),
            Some(("field", code)) => of.field = Field::parse(code),
            _ => {}
        }
        of
    }

    /// The same choice for a link: kinds, ids and days, never a name.
    fn query(&self) -> Vec<(String, String)> {
        let mut pairs = vec![("kind".to_owned(), self.kind.clone())];
        pairs.extend(self.person.map(|p| ("person".to_owned(), p.to_string())));
        pairs.extend(self.desk.map(|d| ("desk".to_owned(), d.to_string())));
        pairs.extend(self.from.map(|d| ("from".to_owned(), d.to_string())));
        pairs.extend(self.to.map(|d| ("to".to_owned(), d.to_string())));
        pairs
    }
}

/// `millis_id` of the last line of a page.
fn cursor(text: &str) -> Option<(Instant, EntryId)> {
    let (at, id) = text.split_once('_')?;
    Some((Instant::from_millis(at.parse().ok()?), id.parse().ok()?))
}

fn wanted(fields: &Fields, form: &mut Form, persons: &[PersonId], desks: &[DeskId]) -> Wanted {
    let id = |name: &str| fields.get(name).and_then(|v| v.parse().ok());
    Wanted {
        kind: fields.get("kind").unwrap_or_default().to_owned(),
        // Only whom this viewer is shown: a filter tells nothing about anybody else.
        person: fields.get("person").and_then(|v| v.parse().ok()).filter(|p| persons.contains(p)),
        desk: id("desk").filter(|d| desks.contains(d)),
        from: form.day("from", site::Need::Optional),
        to: form.day("to", site::Need::Optional),
        before: fields.get("before").and_then(cursor),
    }
}

/// Everything beside the texts, each from the concept that knows it.
async fn others(look: &mut Look, frame: &Frame, loaded: &mut casefile::Loaded) -> Result<Vec<Dated>, Fail> {
    let case = loaded.header.id;
    let mut lines = casefile::dated(look, frame, loaded).await?;
    lines.extend(agreement::dated(look, frame, loaded).await?);
    lines.extend(inquiry::dated(look, frame, case, &loaded.relation).await?);
    lines.extend(conference::dated(look, frame, case).await?);
    lines.extend(session::dated(look, frame, case).await?);
    lines.extend(decision::dated(look, frame, case).await?);
    lines.extend(support_plan::dated(look, frame, case).await?);
    lines.extend(sheets::dated(look, frame, loaded).await?);
    lines.extend(household::dated(look, frame, loaded.header.household, &mut loaded.reasons).await?);
    let viewer = look.viewer().clone();
    for done in task::done_of_case(&mut look.conn(), &viewer, &loaded.relation, case).await? {
        let words = frame.t.code("task_kind", done.kind);
        lines.push(Dated::new(done.at, "task", words, Some(done.desk)));
    }
    Ok(lines)
}

/// GET /cases/{id}/timeline; with `print`: the same on paper, without what never is on any.
pub async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let frame = req.frame();
    let paper = req.query().get("print").is_some();
    let most = if paper { PAPER } else { PAGE };
    let mut look = ctx.look(if paper { Kind::of(&req).channel() } else { Channel::Page }).await?;
    let mut loaded = casefile::load(&mut look, id).await?;
    let known = nameable(&frame.t, &loaded.members);
    let persons: Vec<PersonId> = known.iter().map(|(id, _)| *id).collect();
    let mut part: Vec<DeskId> = loaded.relation.case_desks.clone();
    part.retain(|d| loaded.relation.tells_of(&ctx.viewer, &[*d]));
    part.extend(loaded.relation.accountable);
    part.sort_unstable();
    part.dedup();
    let mut form = Form::new(Fields::from_pairs(req.query().pairs().to_vec()));
    let wanted = wanted(req.query(), &mut form, &persons, &part);
    // Two days the wrong way round leave nothing between them.
    if wanted.from.zip(wanted.to).is_some_and(|(from, to)| to < from) {
        form.problem("to", "timeline.backwards");
    }
    let mut texts = Vec::new();
    if wanted.texts() {
        texts = casefile::visible(&mut look, id, wanted.timeline(paper), most + 1).await?;
    }
    let more = texts.len() > most;
    texts.truncate(most);
    let last = texts.last().filter(|_| more).map(|e| (e.occurred_at, e.id));
    loaded.reasons.of_all(&texts);
    let times: Vec<(EntryId, Instant)> = texts.iter().map(|e| (e.id, e.occurred_at)).collect();
    let mut lines = if wanted.others() { others(&mut look, &frame, &mut loaded).await? } else { Vec::new() };
    // A page holds what happened between its first and its last text; the rest waits for the next page.
    lines.retain(|l| wanted.fits(l) && last.is_none_or(|(at, _)| l.at >= at));
    let named = part.iter().copied().chain(lines.iter().filter_map(|l| l.desk));
    let names = register::desk_names(&mut look.conn(), ctx.viewer.municipality, named, ctx.now.day()).await?;
    let views = EntryView::build(&mut look, &frame, texts).await?;
    let mut rows: Vec<Row> = views.into_iter().map(|v| text_row(v, &times)).collect();
    rows.extend(lines.into_iter().map(|l| {
        let desk = l.desk.and_then(|d| names.get(&d)).cloned().unwrap_or_default();
        Row {
            when: l.day.unwrap_or_else(|| frame.day(&l.at.day())),
            when_iso: l.at.day().to_string(),
            kind: frame.t.code("timeline_kind", l.kind),
            at: l.at,
            desk,
            words: l.words,
            href: l.href,
            text: None,
        }
    }));
    rows.sort_by_key(|r| std::cmp::Reverse(r.at));
    if paper {
        let (number, name) = (loaded.header.number_text(), CaseHead::new(&frame, &loaded, &ctx.viewer).name);
        let receipt = look.close().await?;
        return on_paper(&req, frame, (id, &number, &name), &rows, receipt);
    }
    let next = last.map(|(at, entry)| {
        let query = Fields::from_pairs(wanted.query()).encode();
        format!("{}?{query}&before={}_{entry}", link::case_timeline(id), at.millis())
    });
    let to_print = Fields::from_pairs(wanted.query()).encode();
    let wrong = form.has_problems();
    let page = TimelinePage {
        kinds: kinds(&frame, &wanted.kind),
        persons: known.iter().map(|(id, name)| Choice::new(&form, "person", id, name.clone())).collect(),
        desks: part
            .iter()
            .map(|d| Choice::new(&form, "desk", d, names.get(d).cloned().unwrap_or_default()))
            .collect(),
        filtered: wanted.query().len() > 1 || !wanted.kind.is_empty(),
        paged: wanted.before.is_some(),
        next,
        paper: format!("{}?{to_print}&print=1", link::case_timeline(id)),
        head: CaseHead::new(&frame, &loaded, &ctx.viewer),
        rows,
        form,
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// The same lines as a table on paper.
fn on_paper(
    req: &Req,
    frame: Frame,
    (case, number, name): (CaseId, &str, &str),
    rows: &[Row],
    receipt: Receipt,
) -> Result<Answer, Fail> {
    let t = &frame.t;
    let s = |key: &str| t.s(&format!("case_print.{key}")).to_owned();
    let title = t.s("timeline.title");
    let mut document =
        household::paper_of(&frame, title, number, &s("left_out")).with(Block::heading(1, name));
    if rows.is_empty() {
        document.push(Block::small(s("nothing")));
    } else {
        let mut grid = Grid::new([s("when"), s("kind"), s("text")]).widths([2, 2, 7]);
        for r in rows {
            grid.push([r.when.clone(), format!("{}\n{}", r.kind, r.desk).trim().to_owned(), r.words.clone()]);
        }
        document.push(grid);
    }
    let around = Around {
        title: title.to_owned(),
        lead: s("lead"),
        back: (link::case_timeline(case), s("back")),
        file: format!("timeline-{number}"),
        xlsx: true,
        ..Around::default()
    };
    Answer::paper(req, frame, document, around, receipt)
}

fn text_row(view: EntryView, times: &[(EntryId, Instant)]) -> Row {
    Row {
        at: times.iter().find(|(id, _)| *id == view.id).map_or(Instant::from_millis(0), |(_, at)| *at),
        when: view.occurred.clone(),
        when_iso: view.occurred_iso.clone(),
        kind: view.kind.clone(),
        desk: view.by.clone(),
        words: view.body.clone(),
        href: None,
        text: Some(view),
    }
}

fn kinds(frame: &Frame, chosen: &str) -> Vec<Choice> {
    let t = &frame.t;
    let forms = RecordForm::ALL.iter().map(|f| (format!("form:{f}"), t.code("record_form", f)));
    let fields = Field::ALL
        .iter()
        .filter(|f| {
            !matches!(f, Field::Support | Field::Item | Field::Caution | Field::Plan | Field::Minutes)
        })
        .map(|f| (format!("field:{f}"), t.code("entry_field", f)));
    let others = KINDS.iter().map(|k| ((*k).to_owned(), t.code("timeline_kind", k)));
    std::iter::once(("text".to_owned(), t.s("timeline.texts").to_owned()))
        .chain(others)
        .chain(forms)
        .chain(fields)
        .map(|(value, word)| Choice { on: value == chosen, value, word, help: String::new() })
        .collect()
}
