//! Pages of cases.

use site::Page;

/// The pages.
pub fn pages() -> Vec<Page> {
    Vec::new()
}
