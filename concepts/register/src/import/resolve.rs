//! From the names in a list to agencies and desks.

use std::collections::{HashMap, HashSet};

use engine::{Broken, Conn};
use words::Day;
use words::id::{AgencyId, DeskId, MunicipalityId};

use crate::rules::{NameKind, Span};
use crate::sql::{self, DeskRow};

/// Names and desks of a municipality, looked up by what people write.
pub(crate) struct Directory {
    names: Vec<(String, NameKind, AgencyId, Span)>,
    pub desks: Vec<DeskRow>,
}

impl Directory {
    pub(crate) async fn load(conn: &mut Conn<'_>, at: MunicipalityId) -> Result<Self, Broken> {
        let mut names = Vec::new();
        for kind in [NameKind::Official, NameKind::Alias, NameKind::Slip] {
            let listed: HashMap<AgencyId, _> = sql::name_list(conn, at, kind, None).await?;
            for (agency, dated) in listed {
                names.extend(
                    dated.into_iter().map(|n| (words::name::name_key(&n.name), kind, agency, n.span)),
                );
            }
        }
        Ok(Self { names, desks: sql::desk_list(conn, at).await? })
    }

    /// Notes an agency just made.
    pub(crate) fn add(&mut self, name: &str, agency: AgencyId, span: Span) {
        self.names.push((words::name::name_key(name), NameKind::Official, agency, span));
    }

    /// The agency of a name on a day: its official name then, otherwise a name it is found by. A name that several
    /// agencies answer to names none.
    pub(crate) fn agency(&self, name: &str, on: Day) -> Option<AgencyId> {
        let key = words::name::name_key(name);
        if key.is_empty() {
            return None;
        }
        let of = |official: bool| -> HashSet<AgencyId> {
            self.names
                .iter()
                .filter(|(k, kind, _, span)| {
                    *k == key && (*kind == NameKind::Official) == official && span.covers(on)
                })
                .map(|(_, _, agency, _)| *agency)
                .collect()
        };
        [true, false]
            .into_iter()
            .map(of)
            .find(|found| !found.is_empty())
            .filter(|found| found.len() == 1)
            .and_then(|found| found.into_iter().next())
    }

    /// The desk of an agency on a day. The programme may be left out when the agency has one desk then.
    /// Errors name the column part and the sentence.
    pub(crate) fn desk(
        &self,
        agency: &str,
        programme: Option<&str>,
        on: Day,
    ) -> Result<DeskId, (&'static str, &'static str)> {
        let agency = self.agency(agency, on).ok_or(("agency", "import.no_agency"))?;
        let mut found = self.desks.iter().filter(|d| {
            d.agency == agency && d.span.covers(on) && programme.is_none_or(|p| d.programme == p)
        });
        match (found.next(), found.next()) {
            (Some(desk), None) => Ok(desk.id),
            (Some(_), Some(_)) => Err(("programme", "import.which_desk")),
            (None, _) => Err(("programme", "import.no_desk")),
        }
    }
}
