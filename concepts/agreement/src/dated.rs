//! Consents on the timeline of a case: given and withdrawn, as far as the viewer may know of them.

use casefile::Loaded;
use consent::Because;
use engine::{Fail, Look};
use site::{Dated, Frame, link};

use crate::terms;

/// The dated lines of this concept.
pub async fn dated(look: &mut Look, frame: &Frame, loaded: &Loaded) -> Result<Vec<Dated>, Fail> {
    let t = &frame.t;
    let case = loaded.header.id;
    let mut lines = Vec::new();
    for c in terms::load_consents(look, loaded).await? {
        let name = loaded.members.iter().find(|p| p.id == c.person).map(|p| p.called().to_owned());
        let whose = name.filter(|n| !n.is_empty()).map_or_else(
            || t.s("agreement_dated.someone").to_owned(),
            |name| t.f("case_consents.whose", "name", name),
        );
        let href = Some(link::case_consents(case));
        let said = c.said_before().map(|said| frame.day(&said)).unwrap_or_default();
        let line = |at, key: &str| {
            let words = t.fs(key, &[("whose", whose.clone()), ("said", said.clone())]);
            Dated::new(at, "consent", words, Some(c.desk)).to(href.clone()).about(vec![c.person])
        };
        lines.push(line(c.given_at, "agreement_dated.given"));
        if let Some(at) = c.withdrawn_at {
            let key = match c.because {
                // Nobody took it back.
                Some(Because::Died) => "agreement_dated.died",
                _ if said.is_empty() => "agreement_dated.withdrawn",
                _ => "agreement_dated.withdrawn_said",
            };
            lines.push(line(at, key));
        }
    }
    Ok(lines)
}
