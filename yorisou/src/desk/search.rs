//! One box: names in any spelling or reading, case numbers, phone numbers, words in texts.
//!
//! The words are sent in the body of a form, never in an address: those stay in the history of a browser that five
//! people share, and in the logs of whatever stands in between.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail, Receipt, args};
use household::Reasons;
use site::{Answer, Frame, Req, link};
use words::code::Code;
use words::id::CaseId;

/// How many of each kind are shown.
const MOST: usize = 20;

/// A person found.
struct Hit {
    href: String,
    name: String,
    reading: String,
    sub: String,
}

/// A text found.
struct Passage {
    href: String,
    before: String,
    word: String,
    after: String,
    field: String,
    when: String,
}

#[derive(Template)]
#[template(path = "desk_search.html")]
struct SearchPage {
    frame: Frame,
    typed: String,
    too_short: bool,
    case: Option<(String, String)>,
    people: Vec<Hit>,
    passages: Vec<Passage>,
    reasons: Vec<String>,
}

/// GET /search: where the words are typed.
pub async fn form(req: Arc<Req>) -> Result<Answer, Fail> {
    let page = SearchPage {
        frame: req.frame(),
        typed: String::new(),
        too_short: false,
        case: None,
        people: Vec::new(),
        passages: Vec::new(),
        reasons: Vec::new(),
    };
    Answer::page(page.render(), Receipt::nothing_personal("nothing was looked for"))
}

/// POST /search: what was found. Changes nothing, so it is no command; what is shown is logged like any other look.
pub async fn search(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let typed = words::input::optional_line(req.body().get("q").unwrap_or_default(), 100)
        .ok()
        .flatten()
        .unwrap_or_default();
    let mut look = ctx.look(Channel::Search).await?;
    let mut reasons = Reasons::default();
    let case = case_by_number(&mut look, &typed).await?;
    let people = household::find_persons(&mut look, &typed, MOST).await?;
    reasons.of_all(&people);
    let texts = household::find_entries(&mut look, &typed, MOST).await?;
    reasons.of_all(&texts);
    let today = ctx.now.day();
    let people = people
        .iter()
        .map(|p| Hit {
            href: link::household(p.household),
            name: p.called().to_owned(),
            reading: p.known.reading.clone(),
            sub: [
                p.known.birth.map(|d| frame.t.partial_date(d)).unwrap_or_default(),
                p.known.address.clone(),
            ]
            .into_iter()
            .filter(|s| !s.is_empty())
            .collect::<Vec<_>>()
            .join("　"),
        })
        .collect();
    let passages = texts
        .iter()
        .map(|e| {
            let (before, word, after) = around(&e.body, &typed);
            let href = match (e.about.case, e.about.consultation, e.about.sheet, e.about.referral) {
                (Some(id), ..) => link::case(id),
                (_, Some(id), ..) => link::consultation(id),
                (_, _, Some(id), _) => link::sheet(id),
                (.., Some(id)) => link::referral(id),
                _ => link::entry(e.id),
            };
            let field = frame.t.code("entry_field", e.field.code());
            Passage { href, before, word, after, field, when: frame.t.day(e.occurred_at.day(), today) }
        })
        .collect();
    let too_short = !typed.is_empty() && typed.chars().count() < 2;
    let sentences = reasons.sentences(&frame.t);
    let page = SearchPage { frame, typed, too_short, case, people, passages, reasons: sentences };
    Answer::page(page.render(), look.close().await?)
}

/// A case whose number was typed, if this viewer has a part in it.
async fn case_by_number(look: &mut engine::Look, typed: &str) -> Result<Option<(String, String)>, Fail> {
    let Some((year, number)) = casefile::number_in(typed) else { return Ok(None) };
    let viewer = look.viewer().clone();
    let mut conn = look.conn();
    let row = conn
        .maybe(
            "SELECT id FROM case_file WHERE municipality_id = $1 AND fiscal_year = $2 AND number = $3",
            args![viewer.municipality, year, number],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let id: CaseId = row.get("id")?;
    Ok(casefile::relation(&mut conn, &viewer, id)
        .await?
        .map(|(case, _)| (link::case(id), case.number_text())))
}

/// The passage around the first place where the word stands; by folding, so that any spelling is marked.
fn around(body: &str, typed: &str) -> (String, String, String) {
    const SIDE: usize = 40;
    let chars: Vec<char> = body.chars().collect();
    let length = typed.chars().count().max(1);
    // As it was typed, in most texts: folding at every place of a text costs more than finding the text did.
    let exact = body.find(typed).map(|at| body[..at].chars().count());
    let start = exact.or_else(|| {
        let wanted = words::fold::fold(typed);
        (0..chars.len()).find(|i| {
            let end = (i + length).min(chars.len());
            words::fold::fold(&chars[*i..end].iter().collect::<String>()) == wanted
        })
    });
    let Some(start) = start else {
        return (chars.iter().take(SIDE * 2).collect(), String::new(), String::new());
    };
    let end = (start + length).min(chars.len());
    let from = start.saturating_sub(SIDE);
    let to = (end + SIDE).min(chars.len());
    let part = |a: usize, b: usize| chars[a..b].iter().collect::<String>();
    let lead = if from > 0 { "…" } else { "" };
    let trail = if to < chars.len() { "…" } else { "" };
    (format!("{lead}{}", part(from, start)), part(start, end), format!("{}{trail}", part(end, to)))
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn the_word_is_marked_in_any_spelling() {
        let (before, word, after) = around("長男の髙橋さんが来所", "高橋");
        assert_eq!((before.as_str(), word.as_str(), after.as_str()), ("長男の", "髙橋", "さんが来所"));
        let (before, word, _) = around("何もない", "高橋");
        assert_eq!((before.as_str(), word.as_str()), ("何もない", ""));
    }
}
