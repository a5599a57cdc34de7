//! 会議録のことば: words that are written otherwise here, one line each.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail, Look, Receipt};
use site::{Answer, Form, Frame, Need, Req, link};

use super::before;
use crate::acts;
use crate::sql::settings;
use crate::vocabulary::USUAL;

/// Characters of one word.
const MOST: usize = 40;
/// Lines.
const MOST_LINES: usize = 200;

#[derive(Template)]
#[template(path = "minutes_terms.html")]
struct TermsPage {
    frame: Frame,
    form: Form,
    usual: Vec<(String, String)>,
}

/// GET /admin/minutes
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let m = look.viewer().municipality;
    let own = settings::terms(&mut look.conn(), m).await?;
    let text: Vec<String> = own.iter().map(|(wrong, instead)| format!("{wrong} → {instead}")).collect();
    render(&req, look, Form::filled(vec![("terms", text.join("\n"))])).await
}

async fn render(req: &Req, look: Look, form: Form) -> Result<Answer, Fail> {
    look.close().await?;
    let usual = USUAL.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let page = TermsPage { frame: req.frame(), form, usual };
    let wrong = page.form.has_problems();
    let receipt = Receipt::nothing_personal("words of the town that are about nobody");
    if wrong { Answer::again(page.render(), receipt) } else { Answer::page(page.render(), receipt) }
}

/// The lines as pairs; a line without an arrow, or with an empty side, is wrong.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let (wrong, instead) = line.split_once('→').or_else(|| line.split_once("->"))?;
        let (wrong, instead) = (wrong.trim().to_owned(), instead.trim().to_owned());
        let fits = |w: &str| (1..=MOST).contains(&w.chars().count());
        if !fits(&wrong) || !fits(&instead) || wrong == instead || found.len() >= MOST_LINES {
            return None;
        }
        if found.iter().all(|(w, _)| *w != wrong) {
            found.push((wrong, instead));
        }
    }
    Some(found)
}

/// POST /admin/minutes
pub(crate) async fn set(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let text = form.paragraph("terms", Need::Optional, MOST_LINES * MOST);
    let terms = pairs(&text);
    if terms.is_none() {
        form.problem("terms", "minutes.terms_lines");
    }
    let Some(terms) = terms.filter(|_| !form.has_problems()) else {
        let look = req.ctx()?.look(Channel::Page).await?;
        return render(&req, look, form).await;
    };
    match req.ctx()?.act(&req.envelope(), "minutes.terms", &terms).await? {
        Begun::Before(_) => Ok(Answer::to(link::MINUTES_TERMS, "minutes_terms", before())),
        Begun::New(mut act) => {
            acts::set_terms(&mut act, &terms).await?;
            Ok(Answer::to(link::MINUTES_TERMS, "minutes_terms", act.commit("").await?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn a_line_is_a_word_and_how_it_is_written() {
        let made = pairs("他機関協働 → 多機関協働\n\nバックアアップ->バックアップ\n").unwrap();
        assert_eq!(made[1], ("バックアアップ".to_owned(), "バックアップ".to_owned()));
        assert!(
            pairs("他機関協働").is_none() && pairs("→多機関協働").is_none() && pairs("同じ→同じ").is_none()
        );
    }
}
