//! Which decision is missing, and how to get it: for the pages that cannot go on without one.

use access::Action;
use casefile::{CaseHeader, CaseState};
use conference::RestsOn;
use engine::{Fail, Look};
use site::{Frame, link};
use words::Instant;

use crate::rules::{self, Programme, Timing};
use crate::sql;
use crate::view::{self, Line};

/// What there is, and what can be done.
pub struct Ways {
    /// Decisions that can be used.
    pub decided: Vec<Line>,
    /// Which one is missing, as a sentence; nothing when one is there.
    pub missing: String,
    /// Where to go: address and words.
    pub steps: Vec<(String, String)>,
}

/// For one programme and timing of a case this viewer has a part in; of what ends a plan, since when that one is in force.
pub async fn ways(
    look: &mut Look,
    frame: &Frame,
    (header, relation): (&CaseHeader, &access::Relation),
    programme: Programme,
    (timing, since): (Timing, Option<Instant>),
) -> Result<Ways, Fail> {
    let (t, viewer) = (&frame.t, look.viewer().clone());
    let (m, case, today) = (viewer.municipality, header.id, look.now().day());
    let mut decided = view::of_case(&mut look.conn(), &viewer, case).await?;
    decided.retain(|d| d.usable(programme, timing));
    let there = sql::proposal(&mut look.conn(), m, case, programme).await?;
    let before = decided.len();
    decided.retain(|d| rules::same_text(d.proposal, there).is_ok());
    let changed = decided.is_empty() && before > 0;
    let fitting = decided.len();
    decided.retain(|d| rules::decided_since(d.on, d.recorded, since).is_ok());
    let early = decided.is_empty() && fitting > 0;
    if !decided.is_empty() {
        return Ok(Ways { decided, missing: String::new(), steps: Vec::new() });
    }
    let matters = conference::of_case(&mut look.conn(), &viewer, case).await?;
    let coordinator = viewer.has_role(&[access::Role::Coordinator]);
    let query = format!("?programme={programme}&timing={timing}");
    let (args, mut steps) = ([("timing", t.code("decision_timing", timing))], Vec::new());
    let ends = matches!(timing, Timing::Close | Timing::Interrupt);
    let consented = if ends {
        let dead = household::known_dead(look, [header.household]).await?;
        conference::holdable(&mut look.conn(), m, header.household, (&dead, today)).await?
    } else {
        conference::consented(&mut look.conn(), m, header.household, today).await?
    };
    for s in matters.iter().filter(|s| s.closed_at.is_none() && s.open_to() && (coordinator || s.deputy)) {
        if s.rests_on == RestsOn::Consent || (ends && !consented) {
            steps.push((link::matter_decide(s.id) + &query, t.s("decision_way.write").to_owned()));
        } else if s.office && consented {
            steps.push((format!("{}/office#move", link::matter(s.id)), t.s("decision_way.move").to_owned()));
        }
    }
    if !consented && !ends {
        steps.push((link::case_consent_new(case), t.s("decision_way.consent").to_owned()));
    }
    let may = |action| access::may(&viewer, action, relation).is_ok();
    if steps.is_empty() && coordinator && may(Action::OpenMatter) {
        steps.push((link::matter_new("case", case), t.s("decision_way.open").to_owned()));
    }
    let alone = ends && header.state == CaseState::Open && !consented;
    if alone && (may(Action::RecordDecision) || may(Action::CloseCase)) {
        steps.push((link::case_decide(case) + &query, t.s("decision_way.alone").to_owned()));
    }
    let key = match (coordinator, consented || !ends) {
        _ if changed => "decision_way.missing_changed",
        _ if early => "decision_way.missing_early",
        (_, false) => "decision_way.missing_ended",
        (true, true) => "decision_way.missing",
        (false, true) => "decision_way.missing_ask",
    };
    Ok(Ways { decided, missing: t.fs(key, &args), steps })
}
