//! What forms offer out of the register: desks to turn to, articles to rest on.

use std::collections::HashMap;

use engine::{Broken, Conn};
use site::{Choice, Form, T};
use words::id::{DeskId, LegalEntityId, MunicipalityId};

use crate::law::scope_of;
use crate::rules::{Between, Entity, Scope, Way, ground};
use crate::views::{DeskInfo, LegalBasis, entities};

/// Articles to choose from. Which of them nobody has held against its source is said where that can be done: on the list of whoever keeps
/// the register.
pub fn articles(bases: Vec<LegalBasis>) -> Vec<(String, String)> {
    bases.into_iter().map(|b| (b.code, b.name)).collect()
}

/// Articles to choose from, as code and name, by whether they fit between the two bodies.
pub struct Articles {
    /// Those that fit here.
    pub fit: Vec<(String, String)>,
    /// Those that fit elsewhere, and what was chosen: nothing typed is lost.
    pub other: Vec<(String, String)>,
}

/// Sorts the articles of the table for a form. `elsewhere` says which of those that do not fit may do so once another desk is
/// chosen; `chosen` stays on the form in any case.
pub fn sorted_articles(
    bases: &[LegalBasis],
    chosen: &str,
    fits: impl Fn(Scope) -> bool,
    elsewhere: impl Fn(Scope) -> bool,
) -> Articles {
    let (fit, other): (Vec<LegalBasis>, Vec<LegalBasis>) =
        bases.iter().cloned().partition(|b| fits(b.scope()));
    let other = other.into_iter().filter(|b| b.code == chosen || elsewhere(b.scope())).collect();
    Articles { fit: articles(fit), other: articles(other) }
}

/// The bodies a form tells or asks between: the one behind the desk that sends it, and those behind the desks it can turn to. One rule for
/// what an inquiry and a referral offer.
pub struct Bodies {
    from: Option<Entity>,
    entities: HashMap<LegalEntityId, Entity>,
}

impl Bodies {
    /// The bodies behind these desks; `from` is the desk that will send.
    pub async fn load(
        conn: &mut Conn<'_>,
        m: MunicipalityId,
        desks: &[DeskInfo],
        from: Option<DeskId>,
    ) -> Result<Self, Broken> {
        let entities = entities(conn, m).await?;
        let sender = desks.iter().find(|d| Some(d.id) == from);
        let from = sender.and_then(|d| entities.get(&d.legal_entity).copied());
        Ok(Self { from, entities })
    }

    fn with(&self, desk: &DeskInfo) -> Option<Between> {
        Some(Between { from: self.from?, to: self.entities.get(&desk.legal_entity).copied()? })
    }

    /// The two bodies, once a desk is chosen.
    pub fn between(&self, desks: &[DeskInfo], to: &str) -> Option<Between> {
        self.with(desks.iter().find(|d| d.id.to_string() == to)?)
    }

    /// What is wrong with an article towards the chosen desk.
    pub fn wrong(&self, desks: &[DeskInfo], (article, to): (&str, &str), way: Way) -> Option<&'static str> {
        ground(scope_of(article), way, self.between(desks, to))
    }

    /// The articles to choose from: first those that fit towards the chosen desk. As long as none is chosen, those that fit towards any.
    /// `chosen` stays in any case.
    pub fn articles(
        &self,
        bases: &[LegalBasis],
        desks: &[DeskInfo],
        (to, chosen): (&str, &str),
        way: Way,
    ) -> Articles {
        let none = !desks.iter().any(|d| d.id.to_string() == to);
        let fits = |scope: Scope| {
            if none {
                desks.iter().any(|d| ground(scope, way, self.with(d)).is_none())
            } else {
                ground(scope, way, self.between(desks, to)).is_none()
            }
        };
        sorted_articles(bases, chosen, fits, |scope| scope != Scope::Consent)
    }
}

/// The desks a form can turn to, by field of their agency; `own` are left out. Where nobody can sign in, it says so.
pub fn desk_groups(
    t: &T,
    form: &Form,
    field: &str,
    desks: &[DeskInfo],
    own: &[DeskId],
) -> Vec<(String, Vec<Choice>)> {
    let mut groups: Vec<(String, Vec<Choice>)> = Vec::new();
    for desk in desks.iter().filter(|d| !own.contains(&d.id)) {
        let group = t.code("field", &desk.field);
        let word = if desk.has_login {
            desk.name.clone()
        } else {
            t.f("register.desk_no_login", "desk", &desk.name)
        };
        let row = Choice::new(form, field, desk.id, word);
        match groups.iter_mut().find(|(g, _)| *g == group) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((group, vec![row])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use words::Day;

    use super::*;
    use crate::rules::Span;

    #[test]
    fn what_does_not_fit_stands_behind_and_what_was_chosen_stays() {
        let basis = |code: &str| LegalBasis {
            code: code.to_owned(),
            name: code.to_owned(),
            note: String::new(),
            verified: true,
            acts: Vec::new(),
            span: Span { from: Day::new(2023, 4, 1).unwrap(), to: None },
        };
        let bases = ["pipa_69_2_1", "pipa_69_2_2", "pipa_69_2_3", "ours"].map(basis);
        let codes = |list: &[(String, String)]| list.iter().map(|(c, _)| c.clone()).collect::<Vec<_>>();
        let fits = |scope| matches!(scope, Scope::Any | Scope::PublicInside);
        let found = sorted_articles(&bases, "", fits, |scope| scope != Scope::Consent);
        assert_eq!(codes(&found.fit), ["pipa_69_2_2", "ours"]);
        assert_eq!(codes(&found.other), ["pipa_69_2_3"]);
        let found = sorted_articles(&bases, "pipa_69_2_1", fits, |_| false);
        assert_eq!(codes(&found.other), ["pipa_69_2_1"]);
    }
}
