//! Cases and laws of the rules.
