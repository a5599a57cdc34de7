//! Statements of the pages.
