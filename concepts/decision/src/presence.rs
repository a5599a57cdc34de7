//! Who was there for a matter on a day: the one rule for it. The form of a decision shows it, a decision is made by it, an item of a session is
//! ended by it, and whoever corrects attendance is asked by it whether something is lost.

use std::collections::BTreeMap;

use conference::{RestsOn, There};
use engine::{Broken, Conn};
use words::Day;
use words::id::{AgendaItemId, DeskId, MatterId, MunicipalityId};

use crate::rules::Ground;
use crate::sql::{self, Sat};

/// What is noted of a matter now, by its own list and by those of the sessions that talked it over.
pub(crate) struct Noted {
    members: Vec<(Day, DeskId)>,
    sat: Vec<Sat>,
    obligatory: BTreeMap<DeskId, (bool, bool)>,
    secret: bool,
}

impl Noted {
    /// Loads it, in a constant number of statements.
    pub async fn load(
        conn: &mut Conn<'_>,
        m: MunicipalityId,
        (id, ground): (MatterId, Ground),
    ) -> Result<Self, Broken> {
        let members = conference::attendance(conn, m, id).await?;
        let sat = sql::sat(conn, m, id).await?;
        let of_sat = sat.iter().flat_map(|s| s.desks.iter().copied());
        let desks: Vec<DeskId> = members.iter().map(|(_, desk)| *desk).chain(of_sat).collect();
        let obligatory = conference::obligatory(conn, m, desks).await?;
        Ok(Self { members, sat, obligatory, secret: ground == Ground::Secrecy })
    }

    /// The desks that were there on a day. Who came as a desk, without being a member, was there all the same. Nobody is there for a
    /// confidential matter but its members.
    pub fn desks(&self, on: Day) -> Vec<DeskId> {
        let members = self.members.iter().filter(|(day, _)| *day == on).map(|(_, desk)| *desk);
        let came = self.sat(on).filter(|_| !self.secret).flat_map(|s| s.desks.iter().copied());
        let mut desks: Vec<DeskId> = members.chain(came).collect();
        desks.sort_unstable();
        desks.dedup();
        desks
    }

    /// Who of those who have to be was there on a day.
    pub fn there(&self, on: Day) -> There {
        conference::there(&self.obligatory, &self.desks(on))
    }

    /// The same for one item: what is decided under it rests on its own list, or on that of the matter, and not on another meeting of the day.
    fn at(&self, s: &Sat) -> There {
        let members = self.members.iter().filter(|(day, _)| *day == s.on).map(|(_, desk)| *desk);
        let desks: Vec<DeskId> = members.chain(s.desks.iter().copied().filter(|_| !self.secret)).collect();
        conference::there(&self.obligatory, &desks)
    }

    /// Under which items it was talked over on a day.
    pub fn sat(&self, on: Day) -> impl Iterator<Item = &Sat> {
        self.sat.iter().filter(move |s| s.on == on)
    }

    /// Whether everybody who has to be was there for one item, as far as the list of its session says.
    pub fn quorate(&self, s: &Sat) -> bool {
        conference::decidable(conference::there(&self.obligatory, &s.desks)).is_ok()
    }

    /// The days on which somebody was there or it was talked over, the newest first.
    pub fn days(&self) -> Vec<Day> {
        let members = self.members.iter().map(|(day, _)| *day);
        let mut days: Vec<Day> = members.chain(self.sat.iter().map(|s| s.on)).collect();
        days.sort_unstable();
        days.dedup();
        days.reverse();
        days
    }
}

/// Who of those who have to be was there for a matter on a day, as it is noted now; and for each item under which it was talked over.
pub async fn presence(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (id, rests_on): (MatterId, RestsOn),
    on: Day,
) -> Result<(There, BTreeMap<AgendaItemId, There>), Broken> {
    let ground = if rests_on == RestsOn::Consent { Ground::Consent } else { Ground::Secrecy };
    let noted = Noted::load(conn, m, (id, ground)).await?;
    Ok((noted.there(on), noted.sat(on).map(|s| (s.item, noted.at(s))).collect()))
}
