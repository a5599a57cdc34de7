//! From a conference that rests on consent to one that rests on secrecy: the consent has ended, or was never everybody's, and the case needs
//! the conference all the same (R-108, "between the two"; R-046).

use engine::{Act, Fail, Refusal};
use words::id::MatterId;

use super::{Loaded, deputy, end, hold, running, welcome};
use crate::carried;
use crate::positions;
use crate::rules::{self, Outcome, RestsOn};
use crate::sql::{self, NewMatter, NewMember};

/// On as this position, under the same number and with the same desk going first. The members come along and see nothing before they have
/// pledged; what rested on consent stays where it was written.
pub(super) async fn to_secrecy(
    act: &mut Act,
    l: &Loaded,
    (position, sure): (&str, bool),
) -> Result<MatterId, Fail> {
    let right = running(act, l).await?;
    act.check_version(l.header.version)?;
    let (m, today) = (act.municipality(), act.now().day());
    rules::may_move_to_secrecy(l.header.stand())?;
    let position = positions::one(&mut act.facts()?, m, position, today)
        .await?
        .filter(|p| p.rests_on == RestsOn::Secrecy)
        .ok_or(Refusal::new("conference.no_such_position"))?;
    if !sure && !crate::open::fits_again(act, l.header.household, &position.code).await? {
        return Err(Refusal::new("conference.nobody_fits").into());
    }
    let id: MatterId = act.new_id();
    let h = &l.header;
    let all = carried::of_household(&mut act.facts()?, m, h.household, h.secretariat, today).await?;
    let row = NewMatter {
        id,
        position: &position.code,
        rests_on: position.rests_on,
        article: &position.article,
        case: h.case,
        consultation: None,
        household: h.household,
        initiator: h.initiator,
        secretariat: h.secretariat,
        lead: h.lead,
        inquiry: h.inquiry,
        follows: Some(h.id),
    };
    end(act, &right, l, Outcome::Otherwise).await?;
    sql::insert(act, &right, &row).await?;
    let about = all.iter().filter(|w| w.here).map(|w| w.person);
    carried::name(act, &right, id, about).await?;
    sql::note(act, &right, id, "opened", Some(h.id.cast()), "").await?;
    for old in l.members.iter().filter(|k| k.until.is_none()) {
        let sits = old.user.zip(old.appointment);
        let new = NewMember { desk: old.desk, sits, name: old.name.clone() };
        welcome(act, &right, (id, RestsOn::Secrecy), &new).await?;
    }
    deputy::along(act, &right, l, id).await?;
    hold(act, &right, id, h.secretariat).await?;
    Ok(id)
}
