//! テーマの手がかり on the case's page: what the rules notice in what is disclosed, and what somebody said to it.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::Disclosed;
use engine::{Broken, Fail, Look};
use household::{Entry, TieKind, tie};
use site::{Answer, Frame, Need, Req, link};
use words::code::Code;
use words::id::{CaseId, CommandId, PersonId};

use crate::acts::flags::{self, Step};
use crate::rules::theme::{self, Bond, Known, Member, Said, Theme, WhyAside};
use crate::sql::caution as rows;
use crate::themes::ThemeSettings;
use crate::views::Loaded;

/// A hint, ready to be shown.
pub(crate) struct HintView {
    pub theme: &'static str,
    pub name: String,
    pub why: String,
    /// Somebody confirmed it.
    pub confirmed: bool,
    /// Why it was set aside, and when; nothing while it speaks.
    pub aside: String,
    pub confirm: CommandId,
    pub set_aside: CommandId,
}

/// The hints, from what this viewer was shown.
pub(crate) async fn hints(
    req: &Req,
    look: &mut Look,
    frame: &Frame,
    loaded: &mut Loaded,
    texts: &[Disclosed<Entry>],
) -> Result<Vec<HintView>, Broken> {
    let viewer = look.viewer().clone();
    let (id, household) = (loaded.header.id, loaded.header.household);
    let sealed = rows::matters(&mut look.conn(), &viewer, household, id).await?;
    let matters = look.disclose(sealed).await?;
    loaded.reasons.of_all(&matters);
    let sealed = rows::marks(&mut look.conn(), &viewer, id).await?;
    let marks = look.disclose(sealed).await?;
    let today = look.now().day();
    let settings = ThemeSettings::load(&mut look.conn(), viewer.municipality).await?;
    let living: Vec<_> = loaded.members.iter().filter(|p| p.died.is_none()).collect();
    let sealed = tie::of_household(&mut look.conn(), &viewer, household).await?;
    let ties = look.disclose(sealed).await?;
    let place = |id: Option<PersonId>| living.iter().position(|p| Some(p.id) == id);
    let bonds = ties.iter().filter(|t| t.lasts(today)).filter_map(|t| {
        let (a, b) = (place(t.known.a)?, place(t.known.b)?);
        Some((bond(t.known.kind)?, a, b))
    });
    let known = Known {
        ages: settings.ages,
        ties: bonds.collect(),
        members: living
            .iter()
            .map(|p| Member {
                age: p.known.birth.map(|b| b.age_on(today)),
                relation: p.known.relation.clone(),
                together: p.known.lives_together,
            })
            .collect(),
        matters: matters.iter().map(|m| m.0.clone()).collect::<BTreeSet<_>>(),
        texts: texts.iter().map(|e| e.body.clone()).collect(),
    };
    loaded.reasons.of_all(&ties);
    let t = &frame.t;
    let mut shown: Vec<HintView> = theme::hints(&known)
        .into_iter()
        .filter(|h| settings.looks_for(h.theme))
        .map(|h| {
            let mark = marks.iter().rfind(|m| m.theme == h.theme && m.said != Said::Open);
            let aside = mark
                .filter(|m| m.said == Said::SetAside)
                .map(|m| format!("{} {}", t.code("theme_aside", &m.reason), frame.day(&m.at.day())));
            view(
                req,
                frame,
                h.theme,
                t.fs(h.key, &h.args),
                (mark.is_some_and(|m| m.said == Said::Confirmed), aside),
            )
        })
        .collect();
    // What somebody confirmed stays, also when nothing hints at it any more.
    for mark in marks.iter().filter(|m| m.said == Said::Confirmed) {
        if !shown.iter().any(|s| s.theme == mark.theme.code()) {
            let why = t.f("theme.confirmed_on", "day", frame.day(&mark.at.day()));
            shown.push(view(req, frame, mark.theme, why, (true, None)));
        }
    }
    Ok(shown)
}

/// What a tie says of generations and care.
fn bond(kind: TieKind) -> Option<Bond> {
    match kind {
        kind if TieKind::PARENTS.contains(&kind) => Some(Bond::Parent),
        TieKind::Caring => Some(Bond::Cares),
        TieKind::Sibling => Some(Bond::Beside),
        kind if TieKind::COUPLES.contains(&kind) => Some(Bond::Beside),
        _ => None,
    }
}

fn view(
    req: &Req,
    frame: &Frame,
    theme: Theme,
    why: String,
    (confirmed, aside): (bool, Option<String>),
) -> HintView {
    HintView {
        theme: theme.code(),
        name: frame.t.code("theme_name", theme),
        why,
        confirmed,
        aside: aside.unwrap_or_default(),
        confirm: req.engine().new_id(),
        set_aside: req.engine().new_id(),
    }
}

/// POST /cases/{id}/themes: confirmed, set aside with a reason, or taken back.
pub(crate) async fn say(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let mut form = req.form();
    let theme = form.code::<Theme>("theme", Need::Required);
    let said = form.code::<Said>("said", Need::Required);
    let why = form.code::<WhyAside>("why", Need::Optional);
    let (Some(theme), Some(said), false) = (theme, said, form.has_problems()) else {
        return Err(engine::Refusal::new("text.choose").into());
    };
    let done = flags::take(&req, id, &Step::Say { theme, said, why }).await?;
    Ok(Answer::to(&link::case(id), "theme_said", done.receipt()))
}
