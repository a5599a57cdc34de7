//! The list of problems above a form, finished from the page itself: in the order of the fields, each with the
//! field's own label, each leading to its field. Reading label and order off the page that is sent means that they
//! can never differ from what stands beside the field. Plain string work: the page is our own template's output,
//! where every `<`, `>` and `"` of a value is escaped.

use std::fmt::Write;

/// The marker that `fields.html` puts on the list of problems by field.
const MARK: &str = "<ul class=\"by-field\">";

/// A start tag: where it stands, its name, its attributes as written.
struct Tag<'a> {
    at: usize,
    end: usize,
    name: &'a str,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    fn value(&self, attribute: &str) -> Option<&'a str> {
        let start = self.attributes.find(&format!(" {attribute}=\""))? + attribute.len() + 3;
        self.attributes[start..].split('"').next()
    }
}

/// Every start tag from `from` on.
fn tags(html: &str, from: usize) -> impl Iterator<Item = Tag<'_>> {
    let mut at = from;
    std::iter::from_fn(move || {
        loop {
            let start = at + html[at..].find('<')?;
            let end = start + html[start..].find('>')?;
            at = end + 1;
            let inside = &html[start + 1..end];
            if inside.starts_with(|c: char| c.is_ascii_alphabetic()) {
                let name = inside.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
                return Some(Tag { at: start, end: at, name, attributes: &inside[name.len()..] });
            }
        }
    })
}

/// One problem, with what its field is called and where it stands.
struct Line<'a> {
    at: usize,
    id: &'a str,
    label: String,
    sentence: &'a str,
}

/// Puts the list of problems in the order of the page and names each field. A page without one stays as it is.
pub(crate) fn finished(html: String) -> String {
    let Some(start) = html.find(MARK).map(|at| at + MARK.len()) else { return html };
    let Some(end) = html[start..].find("</ul>").map(|len| start + len) else { return html };
    let mut lines: Vec<Line> =
        html[start..end].split("<li>").filter_map(|item| line(&html, end, item)).collect();
    if lines.is_empty() {
        return html;
    }
    lines.sort_by_key(|line| line.at);
    let list = lines.iter().fold(String::new(), |mut list, Line { id, label, sentence, .. }| {
        let colon = if label.is_empty() { "" } else { ": " };
        // Writing into a String cannot fail.
        let _ = write!(list, "<li><a href=\"#{id}\">{label}{colon}{sentence}</a></li>");
        list
    });
    format!("{}{list}{}", &html[..start], &html[end..])
}

fn line<'a>(html: &'a str, from: usize, item: &'a str) -> Option<Line<'a>> {
    let (name, rest) = item.split_once("href=\"#")?.1.split_once("\">")?;
    let sentence = rest.split_once("</a>")?.0;
    let field = field(html, from, name);
    let at = field.as_ref().map_or(usize::MAX, |tag| tag.at);
    let id = field.as_ref().and_then(|tag| tag.value("id")).unwrap_or(name);
    let label = field.and_then(|tag| label(html, from, &tag)).unwrap_or_default();
    Some(Line { at, id, label, sentence })
}

/// The element a problem belongs to: of this id, or of this name and marked as wrong, or of this name.
fn field<'a>(html: &'a str, from: usize, name: &str) -> Option<Tag<'a>> {
    let named = |tag: &Tag| tag.value("name") == Some(name) && tag.value("type") != Some("hidden");
    tags(html, from)
        .find(|tag| tag.value("id") == Some(name))
        .or_else(|| tags(html, from).find(|tag| named(tag) && tag.value("aria-invalid").is_some()))
        .or_else(|| tags(html, from).find(named))
}

/// What the field is called on the page: its label, or the legend of its group.
fn label(html: &str, from: usize, field: &Tag) -> Option<String> {
    let own = field
        .value("id")
        .and_then(|id| tags(html, from).find(|tag| tag.name == "label" && tag.value("for") == Some(id)));
    let tag = own.or_else(|| {
        if field.name == "fieldset" {
            tags(html, field.at).find(|tag| tag.name == "legend")
        } else {
            // Of the group it stands in, not of one that ended before it.
            let within = |tag: &Tag| {
                let between = &html[tag.end..field.at];
                between.matches("</fieldset>").count() <= between.matches("<fieldset").count()
            };
            let before = tags(html, from).take_while(|tag| tag.at < field.at);
            before.filter(|tag| tag.name == "legend" && within(tag)).last()
        }
    })?;
    let inside = html[tag.end..].split_once(&format!("</{}>", tag.name))?.0;
    // The marks 「必ず」 and 「分かれば」 are no part of the name.
    let words = inside.split("<span class=\"m").next().unwrap_or_default();
    let mut text = String::new();
    let mut within = false;
    for c in words.chars() {
        match c {
            '<' => within = true,
            '>' => within = false,
            c if !within => text.push(c),
            _ => {}
        }
    }
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::finished;

    const FORM: &str = "<form><input type=\"hidden\" name=\"day\">\
        <label for=\"words\">困りごと<span class=\"must\">必ず</span></label><textarea id=\"words\" name=\"words\"></textarea>\
        <fieldset class=\"field\" id=\"kind\"><legend>つなぎ方</legend><input name=\"kind\"></fieldset>\
        <fieldset><legend>急ぎですか<span class=\"must\">必ず</span></legend><div class=\"opts\" id=\"urgency\"></div></fieldset>\
        <label for=\"why-1\">わけ</label><select id=\"why-1\" name=\"why\"></select>\
        <label for=\"why-2\">断るわけ</label><select id=\"why-2\" name=\"why\" aria-invalid=\"true\"></select></form>";

    fn page(names: &[&str]) -> String {
        let items: Vec<String> =
            names.iter().map(|n| format!("<li><a href=\"#{n}\">直してください。</a></li>")).collect();
        let list = items.concat();
        format!("<section class=\"errors\"><ul class=\"by-field\">{list}</ul></section>{FORM}")
    }

    #[test]
    fn what_stands_behind_a_group_is_not_called_by_its_legend() {
        let list = "<section class=\"errors\"><ul class=\"by-field\"><li><a href=\"#hold\">終わりのない議題があります。</a></li></ul></section>";
        let group = "<fieldset><legend>宿題を出す</legend><input name=\"what\"></fieldset>";
        let page = format!("{list}{group}<div class=\"note\" id=\"hold\"></div>");
        assert!(finished(page.clone()).contains("\">終わりのない議題があります。</a>"), "{page}");
    }

    #[test]
    fn problems_stand_in_the_order_of_the_page_with_the_fields_own_names() {
        let html = finished(page(&["why", "urgency", "kind", "words"]));
        let expected = "<ul class=\"by-field\"><li><a href=\"#words\">困りごと: 直してください。</a></li>\
            <li><a href=\"#kind\">つなぎ方: 直してください。</a></li>\
            <li><a href=\"#urgency\">急ぎですか: 直してください。</a></li>\
            <li><a href=\"#why-2\">断るわけ: 直してください。</a></li></ul>";
        assert!(html.contains(expected), "{html}");
        assert!(html.ends_with(FORM), "the form itself stays as it was");
    }

    #[test]
    fn a_problem_of_no_field_comes_last_with_its_sentence_alone() {
        let html = finished(page(&["elsewhere", "words"]));
        assert!(html.contains("</li><li><a href=\"#elsewhere\">直してください。</a></li></ul>"), "{html}");
    }

    #[test]
    fn a_page_without_problems_stays_as_it_is() {
        assert_eq!(finished(FORM.to_owned()), FORM);
        assert_eq!(finished("<ul class=\"by-field\"><li>".to_owned()), "<ul class=\"by-field\"><li>");
    }
}
