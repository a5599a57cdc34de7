//! # Feedback
