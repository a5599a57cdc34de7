//! On which ground something is asked and answered: the two bodies an inquiry is between, and the articles that fit there.

use std::collections::HashMap;

use engine::{Act, Broken, Conn, Fail, Refusal};
use register::{DeskInfo, Entity, LegalBasis, Scope};
use words::Day;
use words::id::{DeskId, LegalEntityId, MunicipalityId};

use crate::rules::{self, Between, Way};

/// The two bodies of an inquiry: those of the desks, or of whoever holds the desks' work by now. Absent where the register does not
/// know of what kind one of them is: then no article is ruled out.
pub(crate) async fn between(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    desks: (DeskId, DeskId),
    today: Day,
) -> Result<Option<Between>, Broken> {
    let bodies = register::bodies(conn, m, desks, today).await?;
    Ok(bodies.map(|(asker, asked)| Between { asker, asked }))
}

/// The body of a desk.
pub(crate) fn entity(entities: &HashMap<LegalEntityId, Entity>, desk: &DeskInfo) -> Option<Entity> {
    entities.get(&desk.legal_entity).copied()
}

/// What the form has checked already, checked again: a command does not have to come from a form.
pub(crate) async fn check(
    act: &mut Act,
    article: &str,
    way: Way,
    desks: (DeskId, DeskId),
) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let between = between(&mut act.facts()?, m, desks, today).await?;
    match rules::ground(register::scope_of(article), way, between) {
        Some(key) => Err(Refusal::new(key).into()),
        None => Ok(()),
    }
}

/// Articles to choose from: code and name.
pub(crate) struct Offered {
    /// Those that fit here.
    pub fit: Vec<(String, String)>,
    /// Those that fit elsewhere, and what was chosen: nothing typed is lost.
    pub other: Vec<(String, String)>,
}

/// Sorts the articles of the table for a form. `elsewhere` says which of those that do not fit may do so once another desk is
/// chosen; `chosen` stays on the form in any case.
pub(crate) fn offered(
    bases: &[LegalBasis],
    chosen: &str,
    fits: impl Fn(Scope) -> bool,
    elsewhere: impl Fn(Scope) -> bool,
) -> Offered {
    let (fit, other): (Vec<LegalBasis>, Vec<LegalBasis>) =
        bases.iter().cloned().partition(|b| fits(b.scope()));
    let other = other.into_iter().filter(|b| b.code == chosen || elsewhere(b.scope())).collect();
    Offered { fit: register::articles(fit), other: register::articles(other) }
}

#[cfg(test)]
mod tests {
    use register::Span;

    use super::*;

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
        let found = offered(&bases, "", fits, |scope| scope != Scope::Consent);
        assert_eq!(codes(&found.fit), ["pipa_69_2_2", "ours"]);
        assert_eq!(codes(&found.other), ["pipa_69_2_3"]);
        let found = offered(&bases, "pipa_69_2_1", fits, |_| false);
        assert_eq!(codes(&found.other), ["pipa_69_2_1"]);
    }
}
