//! 資源の把握・創出: the third thing 重層的支援会議 asks of each case. What its case could not get is offered as categories, to be taken
//! over as a community issue, which names nobody.

use std::collections::BTreeMap;

use board::{Area, Lacking, WhyUnmet};
use engine::{Fail, Look};
use site::T;
use words::code::Code;
use words::id::CaseId;

use super::session::{Line, WRITES_ISSUES};
use crate::views::Opened;

/// What a case could not get: the address of the form that is begun with it, and area, reason and how often.
pub type Lack = (String, String);

fn lack(t: &T, area: Area, why: WhyUnmet, n: usize) -> Lack {
    let (title, href) = board::as_issue(t, area, why);
    (href, t.fs("session.lack_line", &[("what", title), ("n", n.to_string())]))
}

/// Puts it beside each item that asks what the town lacks, as far as the words of the needs are disclosed to whoever looks.
pub(super) async fn add(look: &mut Look, t: &T, o: &Opened, lines: &mut [Line]) -> Result<(), Fail> {
    let viewer = look.viewer().clone();
    if !viewer.has_role(WRITES_ISSUES) {
        return Ok(());
    }
    let asks: Vec<(usize, CaseId)> = lines
        .iter()
        .zip(&o.items)
        .enumerate()
        .filter(|(_, (line, i))| line.fixed && !o.in_confidence(i))
        .filter_map(|(at, (_, i))| Some((at, i.case.or(o.standing(i).and_then(|s| s.case))?)))
        .collect();
    if asks.is_empty() {
        return Ok(());
    }
    let found: Vec<Lacking> = board::lacking(look, asks.iter().map(|(_, case)| *case)).await?;
    for (at, case) in asks {
        let mut counted: BTreeMap<(&str, &str), (Area, WhyUnmet, usize)> = BTreeMap::new();
        for l in found.iter().filter(|l| l.case == case) {
            counted.entry((l.area.code(), l.why.code())).or_insert((l.area, l.why, 0)).2 += 1;
        }
        lines[at].lacks = counted.into_values().map(|(area, why, n)| lack(t, area, why, n)).collect();
    }
    Ok(())
}
