//! A summary on paper. What is printed is part of what the page shows, never more.

use std::sync::Arc;

use access::{Category, Content, Sealed};
use askama::Template;
use engine::{Channel, Fail};
use household::entry::{self, Timeline};
use household::{EntryView, MemberView};
use site::{Answer, Frame, Req};
use words::id::CaseId;

use crate::views::{self, CaseHead, TaskLine};

/// Texts on paper.
const MOST: i64 = 30;

#[derive(Template)]
#[template(path = "casefile_print.html")]
struct PrintPage {
    frame: Frame,
    head: CaseHead,
    members: Vec<MemberView>,
    considerations: Vec<EntryView>,
    latest: Vec<EntryView>,
    tasks: Vec<TaskLine>,
    today: String,
}

/// Leaves out what must never be printed: who told (disclosure rule 3). A text nobody marked counts as all
/// categories, so it stays on the screen too.
fn printable<T: Content>(mut sealed: Vec<Sealed<T>>) -> Vec<Sealed<T>> {
    sealed.retain(|s| !s.facts().categories.has(Category::Informant));
    sealed
}

/// GET /cases/{id}/print.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let mut look = ctx.look(Channel::Print).await?;
    let mut loaded = views::load(&mut look, id).await?;
    // A promise in words is a text too: it is printed under the same rule.
    let said = loaded.promises.keys().copied().collect::<Vec<_>>();
    if !said.is_empty() {
        let sealed = entry::by_ids(&mut look.conn(), &viewer, said).await?;
        let keep: Vec<_> = printable(sealed).iter().map(|s| s.facts().record.id).collect();
        loaded.promises.retain(|id, _| keep.contains(&id.cast()));
    }
    let frame = req.frame();
    let sealed = entry::considerations(&mut look.conn(), &viewer, loaded.header.household).await?;
    let considerations = look.disclose(printable(sealed)).await?;
    loaded.reasons.of_all(&considerations);
    let of = Timeline { standing: true, ..Timeline::default() };
    let (sealed, _) = entry::timeline(&mut look.conn(), &viewer, id, &of, MOST).await?;
    let latest = look.disclose(printable(sealed)).await?;
    loaded.reasons.of_all(&latest);
    let tasks = views::task_lines(&mut look, &frame, &loaded).await?;
    let page = PrintPage {
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
