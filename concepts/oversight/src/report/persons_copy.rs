//! The paper for whoever asked: what the person is shown of who looked, and what is withheld. Decided anew at every printing.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Action;
use engine::{Fail, Look};
use paper::{Block, Document, Grid, Style};
use site::{Answer, Frame, Req, link};
use words::id::{AccessReportId, PersonId};

use super::acts;
use super::exemption;
use super::pages::{RowView, Said, articles, desk_names, kept_lines, mark, names, number, standing};
use super::rules::{self, AskedBy, State, Verdict};
use super::sql::{self, Of, Report};

/// What the person gets.
struct PersonsCopy {
    number: String,
    /// Whose records they are, to whom it goes, and whether that is the same.
    whose: String,
    to: String,
    own: bool,
    draft: bool,
    days: String,
    asked_on: String,
    issued_on: String,
    rows: Vec<RowView>,
    withheld: Vec<(String, usize)>,
}

impl PersonsCopy {
    fn document(&self, frame: &Frame) -> Document {
        let t = &frame.t;
        let s = |key: &str| t.s(&format!("report.{key}")).to_owned();
        let title = s(if self.own { "paper_title" } else { "paper_title_other" });
        let to =
            if self.to.is_empty() { s("paper_to") } else { t.f("report.paper_to_name", "name", &self.to) };
        let intro = if self.own { "report.paper_intro" } else { "report.paper_intro_other" };
        let made =
            if self.issued_on.is_empty() { t.full_day(frame.now.day()) } else { self.issued_on.clone() };
        let draft = if self.draft { s("paper_draft") } else { String::new() };
        let mut document = Document::new(&title, site::paper::language(t))
            .head([format!("{} {}", s("paper_number"), self.number), draft.clone(), made])
            .foot([format!("{} {}", frame.municipality, t.s("site.name")), String::new()])
            .with(Block::heading(1, &title))
            .with(Block::styled(Style::Strong, draft))
            .with(Block::text(to))
            .with(Block::styled(Style::Strong, self.whose.clone()))
            .with(Block::text(t.fs(intro, &[("asked", self.asked_on.clone()), ("days", self.days.clone())])));
        if self.rows.is_empty() {
            document.push(Block::text(s("paper_none")));
        } else {
            let mut grid =
                Grid::new([s("when"), s("desk"), s("what"), s("why")]).widths([3, 3, 5, 5]).named();
            for r in &self.rows {
                let what = format!("{} {}\n{}", r.kind, r.count, r.categories);
                grid.push([
                    r.when.clone(),
                    format!("{}\n{}", r.desk, r.role),
                    what,
                    format!("{}\n{}", r.why, r.channel),
                ]);
            }
            document.push(grid);
        }
        if !self.withheld.is_empty() {
            let line = |(what, n): &(String, usize)| format!("{what}\u{3000}{}", t.f("report.lines", "n", n));
            document.push(Block::together([
                Block::heading(2, s("paper_withheld")),
                Block::list(self.withheld.iter().map(line)),
                Block::text(s("paper_appeal")),
            ]));
        }
        document
    }
}

/// What the person is shown, and how many lines are withheld by which provision, as of the day it was decided. A row withheld once without
/// saying whether there is one stands nowhere: neither the line nor a count of it (decision 0044).
async fn printed(
    look: &mut Look,
    frame: &Frame,
    report: &Report,
) -> Result<(Vec<RowView>, Vec<(String, usize)>), Fail> {
    let exemptions = exemption::on(report.ended_at.map_or(look.now().day(), words::Instant::day));
    let (lines, decided, _) = kept_lines(look, report).await?;
    let only_whole = exemption::only_whole();
    let decided = rules::counts(decided, |code| only_whole.contains(code));
    let said = Said {
        frame,
        desks: desk_names(look, &lines).await?,
        decided,
        exemptions: exemptions.iter().map(|e| (e.code.as_str(), e.on_paper(&frame.t))).collect(),
        articles: articles(look).await?,
        kinds: "report_kind",
    };
    let (mut rows, mut withheld) = (Vec::new(), BTreeMap::<String, usize>::new());
    for line in &lines {
        let Some(first) = line.rows.first() else { continue };
        match said.decided.get(first) {
            Some((Verdict::Show, _)) => rows.push(said.view(line, *first)),
            Some((Verdict::Withhold, code)) => *withheld.entry(said.exemption(code)).or_default() += 1,
            None => {}
        }
    }
    Ok((rows, withheld.into_iter().collect()))
}

/// GET /reports/{id}/paper: for the person. Decided anew at every printing: what is kept from them by now is not there.
pub(crate) async fn paper(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let id: AccessReportId = req.id("id")?;
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(site::paper::Kind::of(&req).channel()).await?;
    let report = sql::report(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let (auditor, desk) = standing(&mut look, &report, Action::AskForReport).await?;
    let draft = report.state != State::Issued;
    if draft && !(auditor && matches!(report.state, State::Prepared | State::Reviewed)) {
        return Err(Fail::NotVisible);
    }
    // Whoever was set aside after it was decided is handed nothing.
    if !draft && acts::still_asks(&mut look.conn(), m, &report).await?.is_err() {
        return Err(Fail::NotVisible);
    }
    let t = &frame.t;
    let names = names(&mut look, &report).await?;
    let (rows, withheld) = printed(&mut look, &frame, &report).await?;
    let own = report.asked_by == AskedBy::Person;
    let of = |id: PersonId| names.get(&id).cloned().unwrap_or_default();
    let copy = PersonsCopy {
        number: number(t, report.of),
        whose: match of(report.person) {
            name if name.is_empty() => t.f("report.paper_whose_mark", "mark", mark(report.person)),
            name => t.fs("report.paper_whose", &[("name", name), ("mark", mark(report.person))]),
        },
        to: match report.requester.person {
            _ if own => of(report.person),
            Some(id) => of(id),
            None if desk => report.requester.name.clone(),
            None => String::new(),
        },
        own,
        days: t.fs(
            "report.from_until",
            &[("from", t.full_day(report.from)), ("until", t.full_day(report.until))],
        ),
        asked_on: t.full_day(report.asked_on),
        issued_on: report.ended_at.map(|at| t.full_day(at.day())).unwrap_or_default(),
        withheld,
        rows,
        draft,
    };
    let document = copy.document(&frame);
    let around = site::paper::Around {
        title: document.title.clone(),
        lead: t.s("report.paper_lead").to_owned(),
        back: (link::access_report(id), t.s("report.back").to_owned()),
        file: match report.of {
            Of::Case(..) => format!("who-looked-{}-{}", copy.number, mark(report.person)),
            Of::Consultation(day) => format!("who-looked-{day}-{}", mark(report.person)),
        },
        ..site::paper::Around::default()
    };
    Answer::paper(&req, frame, document, around, look.close().await?)
}
