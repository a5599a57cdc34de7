//! How many months before each stage its task is made: the municipality's own table.

use engine::{Broken, Conn};
use words::id::MunicipalityId;

use crate::rules::Stage;

/// The keys, in the order of [`Stage`].
pub(crate) const KEYS: [(&str, Stage); 8] = [
    ("stage_school_months", Stage::School),
    ("stage_high_school_months", Stage::HighSchool),
    ("stage_adult_months", Stage::Adult),
    ("stage_twenty_months", Stage::Twenty),
    ("stage_forty_months", Stage::Forty),
    ("stage_sixty_five_months", Stage::SixtyFive),
    ("stage_protection_ends_months", Stage::ProtectionEnds),
    ("stage_leaving_care_months", Stage::LeavingCare),
];

/// As set, in the order of [`KEYS`].
pub(crate) async fn months(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<[i64; 8], Broken> {
    register::numbers(conn, m, KEYS.map(|(key, stage)| (key, stage.months()))).await
}

/// Of one stage.
pub(crate) fn of(months: &[i64; 8], stage: Stage) -> i64 {
    KEYS.iter().zip(months).find(|((_, s), _)| *s == stage).map_or(0, |(_, n)| *n)
}
