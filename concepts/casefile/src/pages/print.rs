//! A summary on paper. What is printed is part of what the page shows, never more.

use std::sync::Arc;

use engine::Fail;
use household::entry::{self, Timeline};
use household::{EntryView, FamilyLook, Figures, MemberView};
use paper::{Block, Document, Field, Fields, Grid};
use site::paper::{Around, Kind};
use site::{Answer, Frame, Req, T, link};
use words::id::{CaseId, PersonId};

use crate::views::{self, CaseHead, TaskLine};

/// Texts on paper.
const MOST: usize = 30;

/// GET /cases/{id}/print.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let mut look = ctx.look(Kind::of(&req).channel()).await?;
    let header = crate::header(&mut look.conn(), viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    let given_to = household::paper_for(&req, &mut look, header.household)?;
    let mut loaded = views::load(&mut look, id).await?;
    let frame = req.frame();
    let household = loaded.header.household;
    let family = FamilyLook::around(&mut look, household, std::mem::take(&mut loaded.members)).await?;
    family.reasons(&mut loaded.reasons);
    let figures = Figures::draw(&frame, &family, None);
    // Also whoever left, or is family elsewhere, is given a paper without what is kept from them.
    let people = household::nameable(&frame.t, family.given_paper(given_to));
    let people = household::people_to_give(&frame.t, people, given_to);
    loaded.members = family.members;
    let sealed = entry::considerations(&mut look.conn(), &viewer, household).await?;
    let (considerations, not_printed) = look.disclose_on_paper(sealed).await?;
    loaded.reasons.of_all(&considerations);
    let of = Timeline { standing: true, ..Timeline::default() };
    let latest = views::visible(&mut look, id, of, MOST).await?;
    loaded.reasons.of_all(&latest);
    let tasks = views::task_lines(&mut look, &frame, &mut loaded).await?;
    let summary = Summary {
        figures,
        given_to,
        head: CaseHead::new(&frame, &loaded, &viewer),
        members: loaded
            .members
            .iter()
            .map(|p| MemberView::told(&frame, &viewer, p, &loaded.learnt))
            .collect(),
        considerations: EntryView::build(&mut look, &frame, considerations).await?,
        not_printed: not_printed.len(),
        latest: EntryView::build(&mut look, &frame, latest).await?,
        tasks,
    };
    let document = summary.document(&frame);
    let around = Around {
        title: document.title.clone(),
        lead: frame.t.s("case_print.lead").to_owned(),
        back: (link::case(id), frame.t.s("case_print.back").to_owned()),
        given_to: Some(people),
        warning: household::before_giving(&frame.t, given_to),
        file: format!("case-{}", summary.head.number),
        xlsx: true,
        ..Around::default()
    };
    let receipt = look.close().await?;
    Answer::paper(&req, frame, document, around, receipt)
}

/// What a summary is made of.
struct Summary {
    head: CaseHead,
    members: Vec<MemberView>,
    considerations: Vec<EntryView>,
    /// How many more of them the desk reads on the screen, and not on this paper.
    not_printed: usize,
    latest: Vec<EntryView>,
    /// Genogram and ecomap.
    figures: Figures,
    tasks: Vec<TaskLine>,
    /// Who of the household is given it; nobody: the desk itself.
    given_to: Option<PersonId>,
}

impl Summary {
    fn document(&self, frame: &Frame) -> Document {
        let (t, head) = (&frame.t, &self.head);
        let s = |key: &str| t.s(key).to_owned();
        let title = t.s("case_print.title");
        let left_out = household::left_out(t, "case_print.left_out", self.given_to);
        let mut document =
            household::paper_of(frame, title, &head.number, left_out).with(Block::heading(1, &head.name));
        document.blocks.extend(household::why_seen(t, &head.reasons, self.given_to));
        let facts = Fields::new().beside([
            Field::new(s("casefile.state"), &head.state_word),
            Field::new(s("casefile.accountable"), &head.accountable),
        ]);
        let opened = Field::new(s("casefile.opened"), &head.opened);
        // Whoever is told of no promise is not told either that there is none.
        document.push(match (self.given_to, self.tasks.is_empty()) {
            (Some(_), true) => facts.row(opened),
            _ => facts.beside([opened, Field::new(s("casefile.next"), &head.next)]),
        });
        if !self.considerations.is_empty() || self.not_printed > 0 {
            document.push(Block::heading(2, s("household_page.consideration")));
            let kept = std::iter::repeat_n(t.s("kin.not_printed"), self.not_printed);
            document.push(Block::list(self.considerations.iter().map(|x| x.body.as_str()).chain(kept)));
        }
        if !self.members.is_empty() {
            document.push(Block::heading(2, s("casefile.household")));
            document.push(self.people(t));
        }
        document.blocks.extend(self.figures.on_paper(t));
        if !self.tasks.is_empty() {
            let heads = [s("case_print.when"), s("case_print.what"), s("case_print.who")];
            let mut grid = Grid::new(heads).widths([2, 6, 3]);
            for x in &self.tasks {
                grid.push([x.day.clone(), lines(&[&x.what, &x.words]), x.by.clone()]);
            }
            document.push(Block::heading(2, s("casefile.tasks")));
            document.push(grid);
        }
        document.push(Block::heading(2, s("casefile.latest")));
        if self.latest.is_empty() {
            document.push(Block::small(s("case_print.nothing")));
        } else {
            let heads = [s("case_print.when"), s("case_print.kind"), s("case_print.text")];
            let mut grid = Grid::new(heads).widths([2, 2, 7]);
            for x in &self.latest {
                grid.push([x.occurred.clone(), lines(&[&x.kind, &x.by]), x.body.clone()]);
            }
            document.push(grid);
        }
        document
    }

    fn people(&self, t: &T) -> Grid {
        let heads = ["member.name", "member.relation", "member.birth", "case_print.care_for"];
        let mut grid = Grid::new(heads.map(|key| t.s(key))).widths([4, 2, 4, 4]);
        for m in &self.members {
            let died = m.died.as_ref().map(|day| t.f("member.died", "day", day)).unwrap_or_default();
            let interpreter = if m.interpreter { t.s("member.interpreter") } else { "" };
            grid.push([
                lines(&[&m.name, &m.reading, &m.news.join("\n")]),
                m.relation.clone(),
                lines(&[&beside(&[&m.birth, &m.age]), &died]),
                beside(&[&m.address_as, interpreter, &m.language]),
            ]);
        }
        grid
    }
}

/// What there is of these, below one another.
fn lines(parts: &[&str]) -> String {
    parts.iter().copied().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What there is of these, in one line.
fn beside(parts: &[&str]) -> String {
    parts.iter().copied().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
}
