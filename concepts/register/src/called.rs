//! What an agency is called, as papers for people say it: its name, how that is read, and what it is for.

use std::collections::HashMap;

use engine::{Broken, Conn};
use words::Day;
use words::id::{AgencyId, MunicipalityId};

use crate::rules::{NameKind, name_on};
use crate::sql;

/// An agency, as it is called on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// Its name.
    pub name: String,
    /// How that is read; empty where the register does not know.
    pub reading: String,
    /// Its field, as a code.
    pub field: String,
}

impl Called {
    /// A name of one of its desks, in two: what has a reading, and what stands behind it. A name that does not begin with the agency's
    /// has none.
    pub fn within<'n>(&self, name: &'n str) -> Option<(&'n str, &'n str)> {
        let read = !self.reading.is_empty() && !self.name.is_empty() && name.starts_with(&self.name);
        read.then(|| name.split_at(self.name.len()))
    }
}

/// How the name of the municipality is read; empty where the register does not know.
pub async fn municipality_reading(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<String, Broken> {
    sql::find::municipality_reading(conn, m).await
}

/// For the demonstration, which writes rows and not acts: its municipality is read so.
pub async fn municipality_read_as(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    reading: &str,
) -> Result<(), Broken> {
    sql::write::municipality_read(conn, m, reading).await
}

/// What these agencies are called on a day, also those that are over.
pub async fn called(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    agencies: &[AgencyId],
    on: Day,
) -> Result<HashMap<AgencyId, Called>, Broken> {
    let names = sql::name_list(conn, m, NameKind::Official, Some(agencies.to_vec())).await?;
    let readings = sql::name_list(conn, m, NameKind::Reading, Some(agencies.to_vec())).await?;
    let fields = sql::agency_fields(conn, m, agencies).await?;
    let called = |(agency, field): (AgencyId, String)| {
        let name = names.get(&agency).map_or("", |n| name_on(n, on)).to_owned();
        // A reading is of the name it was written with: one whose days are over reads an older name.
        let reading = readings.get(&agency).and_then(|r| r.iter().find(|r| r.span.covers(on)));
        let reading = reading.map(|r| r.name.clone()).unwrap_or_default();
        (agency, Called { name, reading, field })
    };
    Ok(fields.into_iter().map(called).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_is_read_as_its_agency_is() {
        let called = |reading: &str| Called {
            name: "北部相談室".to_owned(),
            reading: reading.to_owned(),
            field: "general".to_owned(),
        };
        let read = called("ほくぶそうだんしつ");
        assert_eq!(read.within("北部相談室（多機関協働）"), Some(("北部相談室", "（多機関協働）")));
        assert_eq!(read.within("北部相談室"), Some(("北部相談室", "")));
        assert_eq!(read.within("南部相談室"), None);
        assert_eq!(called("").within("北部相談室"), None, "nobody knows how it is read");
    }
}
