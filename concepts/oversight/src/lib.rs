//! # Oversight (見た記録の点検)
//!
//! What the privacy auditor does with the log beside searching it, and what a person gets of it.
//!
//! - [`unusual`]: rules that point at looks which are not as usual, each with its reason in words. They accuse nobody: each
//!   finding is read by somebody, and what they came to is kept.
//! - [`report`]: 開示請求の写し. A desk takes a person's request; the auditor prepares the rows of the log about that person,
//!   looks through them one by one, withholds what the law lets be withheld, and issues a paper: when, which desk, what kind of
//!   record, why. Requested → prepared → reviewed → issued, or refused, or withdrawn; from every state there is a way out, and
//!   nothing is lost when the person dies: the log and the request stay.
//!
//! A request in somebody's place says who asks, how they stand to the person, and what shows it; whoever is set aside as guardian of the
//! person is refused, when it is taken, given out and printed alike (`consent::may_speak`, 個人情報の保護に関する法律 78条1項1号). Where
//! somebody of the household is set aside or sheltered, the auditor is told that it is so, and not who.
//!
//! A decision about a row says what it was made against; one of a stale tab changes nothing and shows both. What refuses a request as a whole
//! (個人情報の保護に関する法律 81条) decides about no row, and stands on no paper (decision 0044).
//!
//! Invariant: no page of this concept shows the auditor content or the name of anybody but staff: whose record it is they know by the end
//! of its number, as the log names records. The desk, and the paper for the person, carry the name as far as the desk may read it.
//! Invariant: what is kept from the person (a secret record, a look by a desk that knows where a sheltered person lives) is
//! never among the rows of their copy, whatever was decided before (disclosure rule 4).

mod pages;
pub mod report;
pub mod unusual;

pub use pages::pages;

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };

/// Keeps what waits for the privacy auditors with them.
pub async fn watch(
    engine: &engine::Engine,
    municipality: words::id::MunicipalityId,
) -> Result<usize, engine::Fail> {
    report::acts::watch(engine, municipality).await
}
