//! A summary on paper. What is printed is part of what the page shows, never more.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use household::entry::{self, Timeline};
use household::{EntryView, FamilyLook, Figures, MemberView};
use site::{Answer, Frame, Req};
use words::id::{CaseId, PersonId};

use crate::views::{self, CaseHead, TaskLine};

/// Texts on paper.
const MOST: usize = 30;

#[derive(Template)]
#[template(path = "casefile_print.html")]
struct PrintPage {
    frame: Frame,
    head: CaseHead,
    members: Vec<MemberView>,
    considerations: Vec<EntryView>,
    latest: Vec<EntryView>,
    /// Genogram and ecomap.
    figures: Figures,
    tasks: Vec<TaskLine>,
    today: String,
    /// Whom the paper can be given to: id, name, chosen.
    given_to: Vec<(PersonId, String, bool)>,
}

/// GET /cases/{id}/print.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let mut look = ctx.look(Channel::Print).await?;
    let given_to = household::paper_for(&req, &mut look)?;
    let mut loaded = views::load(&mut look, id).await?;
    let frame = req.frame();
    let household = loaded.header.household;
    let family = FamilyLook::around(&mut look, household, std::mem::take(&mut loaded.members)).await?;
    family.reasons(&mut loaded.reasons);
    let figures = Figures::draw(&frame, &family, None);
    // Also whoever left, or is family elsewhere, is given a paper without what is kept from them.
    let given_to: Vec<_> = household::nameable(&frame.t, family.given_paper(given_to))
        .into_iter()
        .map(|(id, name)| (id, name, given_to == Some(id)))
        .collect();
    loaded.members = family.members;
    let sealed = entry::considerations(&mut look.conn(), &viewer, household).await?;
    let considerations = look.disclose(sealed).await?;
    loaded.reasons.of_all(&considerations);
    let of = Timeline { standing: true, ..Timeline::default() };
    let latest = views::visible(&mut look, id, of, MOST).await?;
    loaded.reasons.of_all(&latest);
    let tasks = views::task_lines(&mut look, &frame, &loaded).await?;
    let page = PrintPage {
        given_to,
        figures,
        head: CaseHead::new(&frame, &loaded, &viewer),
        members: MemberView::all(&frame, &viewer, &loaded.members),
        considerations: EntryView::build(&mut look, &frame, considerations).await?,
        latest: EntryView::build(&mut look, &frame, latest).await?,
        tasks,
        today: frame.t.full_day(ctx.now.day()),
        frame,
    };
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}
