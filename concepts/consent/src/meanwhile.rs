//! What was seen and sent under a consent between the day its withdrawal was said and the moment it was written down: desks and counts, so
//! that whoever wrote it down can tell them. Nothing of what was seen.

use std::collections::BTreeMap;

use engine::{Fail, Look};
use site::Frame;
use words::Instant;
use words::id::DeskId;

use crate::rules::Consent;
use crate::sql::record::{looked, received};

/// Sentences for whoever may end the consent; none where both were on one day. The first says how much it is, each further one names a desk.
pub async fn meanwhile(look: &mut Look, frame: &Frame, consent: &Consent) -> Result<Vec<String>, Fail> {
    let (Some(said), Some(at)) = (consent.said_before(), consent.withdrawn_at) else {
        return Ok(Vec::new());
    };
    let (m, today, t) = (look.viewer().municipality, look.now().day(), &frame.t);
    let whose = (consent.id, consent.person);
    let mut looks = looked(&mut look.conn(), m, whose, (Instant::at(said, 0, 0), at)).await?;
    // A look that names the consent of somebody else counts at a desk this one names, too: no other desk looked under it.
    let infos = register::desks_by_id(&mut look.conn(), m, looks.iter().map(|l| l.desk), today).await?;
    let agency = |desk: DeskId| infos.iter().find(|d| d.id == desk).map(|d| d.agency);
    looks.retain(|l| l.own || consent.ever_named(l.desk, agency(l.desk)));
    let mut sent = received(&mut look.conn(), m, consent.id).await?;
    sent.retain(|s| s.at.day() >= said && s.at <= at);
    let days = [("said", frame.day(&said)), ("day", frame.day(&at.day()))];
    if looks.is_empty() && sent.is_empty() {
        return Ok(vec![t.fs("consent_meanwhile.nothing", &days)]);
    }
    let mut by_desk: BTreeMap<DeskId, (i64, i64, usize)> = BTreeMap::new();
    for l in &looks {
        by_desk.insert(l.desk, (l.looks, l.records, 0));
    }
    for s in &sent {
        by_desk.entry(s.desk).or_default().2 += 1;
    }
    let names = register::desk_names(&mut look.conn(), m, by_desk.keys().copied(), today).await?;
    let all: i64 = looks.iter().map(|l| l.looks).sum();
    let [said, day] = days;
    let counts = [said, day, ("looks", all.to_string()), ("sent", sent.len().to_string())];
    let mut lines = vec![t.fs("consent_meanwhile.some", &counts)];
    for (desk, (looks, records, sent)) in by_desk {
        let key = match (looks, sent) {
            (0, _) => "consent_meanwhile.desk_sent",
            (_, 0) => "consent_meanwhile.desk_saw",
            _ => "consent_meanwhile.desk_both",
        };
        let args = [
            ("desk", names.get(&desk).cloned().unwrap_or_default()),
            ("looks", looks.to_string()),
            ("records", records.to_string()),
            ("sent", sent.to_string()),
        ];
        lines.push(t.fs(key, &args));
    }
    Ok(lines)
}
