//! プラン兼利用申込書 and 評価シート on paper, for the desk or for somebody of the household without what is kept from them, and both
//! forms empty, to fill in by pen. What the state is told stands in a thick frame (reference B-3). A confidential conference
//! never stands on paper.

use std::collections::BTreeSet;
use std::sync::Arc;

use decision::Programme;
use engine::{Fail, Look};
use household::entry;
use paper::{Block, Document, Field, Fields, Grid, SignLine, Style, Tick, Value};
use site::paper::{Around, Kind, language};
use site::{Answer, Frame, Req, T, link};
use words::code::Code;
use words::id::{EntryId, PersonId, SupportPlanId};

use crate::rules::Outcome;
use crate::sql;
use crate::view::{self, Version};

/// Empty rows for what is done, when written by pen.
const ROWS: u8 = 6;

/// GET /plans/{id}/print?for=&sheet=evaluation
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: SupportPlanId = req.id("id")?;
    let frame = req.frame();
    let mut look = req.ctx()?.look(Kind::of(&req).channel()).await?;
    let m = look.viewer().municipality;
    let written = sql::by_id(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let case = casefile::header(&mut look.conn(), m, written.case).await?.ok_or(Fail::NotVisible)?;
    let given_to = household::paper_for(&req, &mut look, case.household)?;
    let all = given_to.is_some() && req.query().get("all") == Some("1");
    look.with_what_is_about_all(all);
    let v = view::load(&req, &mut look, &frame, id).await?;
    let t = &frame.t;
    let number = v.loaded.header.number_text();
    let (sheet, name) = (sheet(&req), if sheet(&req) == Sheet::Plan { "plan" } else { "evaluation" });
    let document = match sheet {
        Sheet::Plan => plan(&frame, Some((&v, &number)), given_to.is_some()),
        Sheet::Evaluation => evaluation(&frame, Some((&v, &number)), given_to.is_some()),
    };
    let here = format!("{}/print", link::support_plan(id));
    let of_one = given_to.map(|p| format!("for={p}")).unwrap_or_default();
    let ask = match given_to {
        Some(_) => asked(&mut look, &v, t, (&here, sheet, &of_one), all).await?,
        None => None,
    };
    let chosen = if all { format!("{of_one}&all=1") } else { of_one };
    let tabs = vec![
        (format!("{here}?{chosen}"), t.s("support_plan.paper").to_owned(), sheet == Sheet::Plan),
        (
            format!("{here}?sheet=evaluation&{chosen}"),
            t.s("support_plan.evaluation_sheet").to_owned(),
            sheet == Sheet::Evaluation,
        ),
    ];
    // A paper for one says nothing of what was learnt of others; whom it is offered to is the desk's own matter.
    let none = household::given_none(&mut look, v.members.iter().map(|(p, _)| *p)).await?;
    let alive =
        |p: &PersonId| !none.contains(p) && v.loaded.members.iter().any(|x| x.id == *p && x.died.is_none());
    let people = v.members.iter().filter(|(p, _)| alive(p));
    let people = people.map(|(p, name)| (p.to_string(), name.clone(), given_to == Some(*p))).collect();
    let around = Around {
        title: document.title.clone(),
        lead: t.s("support_plan.paper_lead").to_owned(),
        back: (link::support_plan(id), t.s("support_plan.paper_back").to_owned()),
        given_to: Some((
            t.s("support_plan.paper_for").to_owned(),
            t.s("support_plan.paper_us").to_owned(),
            people,
        )),
        warning: household::before_giving(t, given_to),
        ask,
        tabs,
        file: format!("{name}-{number}"),
        xlsx: true,
        ..Around::default()
    };
    let receipt = look.close().await?;
    Answer::paper(&req, frame, document, around, receipt)
}

/// What is asked before the copy of one holds what is also about others of a household where somebody is sheltered or violence is feared
/// (decision 0048): only where it would hold more, and never answered beforehand. What is kept from the person is never asked.
async fn asked(
    look: &mut Look,
    v: &Version,
    t: &T,
    (here, sheet, of_one): (&str, Sheet, &str),
    all: bool,
) -> Result<Option<(String, String, String)>, Fail> {
    let more = if sheet == Sheet::Evaluation { "&sheet=evaluation" } else { "" };
    let word = |key: &str| t.s(&format!("support_plan.{key}")).to_owned();
    if all {
        return Ok(Some((word("all_there"), format!("{here}?{of_one}{more}"), word("all_back"))));
    }
    let viewer = look.viewer().clone();
    let hidden: BTreeSet<EntryId> =
        v.latest.values().copied().filter(|id| !v.texts.contains_key(id)).collect();
    if hidden.is_empty() {
        return Ok(None);
    }
    look.with_what_is_about_all(true);
    let sealed = entry::by_ids(&mut look.conn(), &viewer, hidden).await?;
    let would = look.may_still_see(sealed).await?;
    look.with_what_is_about_all(false);
    let asked = (word("all_ask"), format!("{here}?{of_one}{more}&all=1"), word("all_do"));
    Ok((!would.is_empty()).then_some(asked))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sheet {
    Plan,
    Evaluation,
}

fn sheet(req: &Req) -> Sheet {
    if req.query().get("sheet") == Some("evaluation") { Sheet::Evaluation } else { Sheet::Plan }
}

/// The two forms empty, to fill in by pen.
pub fn blank(frame: &Frame) -> [Document; 2] {
    [plan(frame, None, false), evaluation(frame, None, false)]
}

/// A form with what is known, or empty.
struct Form<'a> {
    frame: &'a Frame,
    v: Option<&'a Version>,
    number: &'a str,
    /// Whether somebody of the household is given it.
    given: bool,
    /// Whether it says how far its goals came to be.
    evaluated: bool,
}

impl<'a> Form<'a> {
    fn new(frame: &'a Frame, of: Option<(&'a Version, &'a str)>) -> Self {
        Self {
            frame,
            v: of.map(|(v, _)| v),
            number: of.map(|(_, n)| n).unwrap_or_default(),
            given: false,
            evaluated: false,
        }
    }

    fn s(&self, key: &str) -> String {
        self.frame.t.s(&format!("support_plan.{key}")).to_owned()
    }

    /// What is known, or room for so many lines.
    fn field(&self, label: &str, lines: u8, known: impl FnOnce(&Version) -> String) -> Field {
        match self.v.map(known) {
            Some(known) if !known.is_empty() => Field::new(label, known),
            // What is not known yet can be written by pen, as on the empty form.
            _ => Field::pen(label, lines),
        }
    }

    /// The texts of a part; how far they came to be is said where it was evaluated, and not on what was signed.
    fn part(&self, part: &str, lines: u8) -> Field {
        self.field(&self.frame.t.code("plan_part", part), lines, |v| {
            let said = v.of(part).into_iter().map(|l| match l.achieved.as_str() {
                _ if !self.evaluated => l.words.clone(),
                "" => l.words.clone(),
                achieved => self.frame.t.fs(
                    "support_plan.achieved_line",
                    &[("words", l.words.clone()), ("achieved", achieved.to_owned())],
                ),
            });
            said.collect::<Vec<_>>().join("\n")
        })
    }

    /// Which programmes it is for: all of them to choose from, this plan's ticked.
    fn programmes(&self) -> Value {
        Value::ticks(Programme::ALL.iter().map(|p| {
            let on = self.v.is_some_and(|v| v.plan.kind == *p);
            Tick::new(on, self.frame.t.code("decision_programme", p))
        }))
    }

    fn document(&self, title: &str) -> Document {
        let t = &self.frame.t;
        let printed = match self.v {
            Some(_) => format!("{} {}", t.full_day(self.frame.now.day()), self.frame.name),
            None => String::new(),
        };
        let mut document = Document::new(title, language(t))
            .head([format!("{title} {}", self.number).trim().to_owned(), self.s("paper_care"), printed])
            .foot([format!("{} {}", self.frame.municipality, t.s("site.name")), String::new()])
            .with(Block::heading(1, title));
        if let Some(v) = self.v {
            // That something is kept from whoever gets it is what the foot of their copy would tell.
            if !self.given {
                document.foot[1] = self.s("left_out");
            }
            // Under which basis a desk reads is no matter of the copy that the person is given.
            if !self.given {
                document.push(Block::note(t.s("site.why_seen"), v.head.reasons.join(t.s("site.comma"))));
            }
        }
        // What is reported upwards is no matter of the person's copy either.
        if self.given { document } else { document.with(Block::small(self.s("thick"))) }
    }

    /// Who, which, when: above on both papers.
    fn head(&self) -> Fields {
        let t = &self.frame.t;
        Fields::new()
            .beside([
                self.field(&self.s("paper_number"), 1, |_| self.number.to_owned()),
                self.field(&self.s("paper_version"), 1, |v| v.title.clone()),
            ])
            .beside([
                self.field(&self.s("paper_who"), 1, |v| v.head.name.clone()).thick(),
                self.field(&self.s("desk"), 1, |v| v.desk.clone()).thick(),
            ])
            .row(Field::new(t.s("support_plan.paper_programme"), self.programmes()).thick())
            .beside([
                self.field(&self.s("in_force_on"), 1, |v| v.in_force.clone()).thick(),
                self.field(&self.s("monitoring"), 1, |v| v.monitoring.clone()).thick(),
            ])
    }

    fn actions(&self) -> Block {
        let heads = [self.s("who_label"), self.s("what_label"), self.s("due_label")];
        let mut grid = Grid::new(heads).widths([3, 6, 2]);
        match self.v {
            Some(v) if !v.of("action").is_empty() => {
                v.of("action").iter().for_each(|l| grid.push([&l.who, &l.words, &l.due]));
            }
            _ => grid = grid.empty(ROWS, 11),
        }
        grid.into()
    }
}

/// プラン兼利用申込書.
fn plan(frame: &Frame, of: Option<(&Version, &str)>, given: bool) -> Document {
    let form = Form { given, ..Form::new(frame, of) };
    let mut said = Fields::new().row(form.part("words", 3)).row(form.part("direction", 2));
    said = said.row(form.part("long_goal", 2).thick()).row(form.part("short_goal", 3).thick());
    if form.v.is_none_or(|v| v.plan.follows.is_some()) {
        said = said.row(form.part("change", 2));
    }
    let day = form.v.map(|v| v.signed.clone()).filter(|d| !d.is_empty());
    form.document(&form.s("paper"))
        .with(form.head())
        .with(Block::heading(2, form.s("paper_plan")))
        .with(said)
        .with(Block::heading(2, form.s("actions")))
        .with(form.actions())
        .with(Block::together([
            Block::heading(2, form.s("application")),
            Block::styled(Style::Plain, form.s("application_words")),
            Block::Sign {
                lines: vec![
                    SignLine::new(form.s("application_day"))
                        .words(day.unwrap_or_else(|| frame.t.s("paper.blank_day").to_owned())),
                    SignLine::new(form.s("application_name")),
                ],
            },
        ]))
}

/// 評価シート.
fn evaluation(frame: &Frame, of: Option<(&Version, &str)>, given: bool) -> Document {
    let form = Form { given, evaluated: true, ..Form::new(frame, of) };
    let outcomes = Value::ticks(Outcome::ALL.iter().map(|o| {
        let on = form.v.is_some_and(|v| v.plan.outcome == Some(*o));
        Tick::new(on, frame.t.code("plan_outcome", o))
    }));
    form.document(&form.s("evaluation_sheet"))
        .with(form.head())
        .with(Block::heading(2, form.s("goals_reached")))
        .with(Fields::new().row(form.part("long_goal", 2).thick()).row(form.part("short_goal", 3).thick()))
        .with(Block::heading(2, form.s("actions")))
        .with(form.actions())
        .with(Block::heading(2, form.s("paper_evaluation")))
        .with(
            Fields::new()
                .row(form.part("evaluation", 6))
                .row(Field::new(form.s("outcome"), outcomes).thick())
                .beside([
                    form.field(&form.s("ended_on"), 1, |v| v.ended.clone()).thick(),
                    form.field(&form.s("hand_back_to"), 1, |v| v.hand_back.clone()),
                ]),
        )
}
