//! Walking a JSON text and noting every fault with its place, instead of stopping at the first.

use serde_json::{Map, Value as Json};

use crate::{Fault, Label, Limits};

/// A walk over one text.
pub(crate) struct Walk<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) faults: Vec<Fault>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(limits: &'a Limits) -> Self {
        Self { limits, faults: Vec::new() }
    }

    /// Notes a fault.
    pub(crate) fn fault(&mut self, path: &str, key: &'static str, what: impl ToString) {
        // A broken text can have as many faults as it has letters; nobody reads more than these.
        if self.faults.len() < 200 {
            self.faults.push(Fault::of(path, key, what));
        }
    }

    /// The root of a text.
    pub(crate) fn root(&mut self, text: &str) -> Option<Json> {
        if text.len() > self.limits.bytes {
            self.fault("", "sheet_fault.too_big", self.limits.bytes);
            return None;
        }
        match serde_json::from_str(text) {
            Ok(json) => Some(json),
            Err(e) => {
                self.fault(&format!("{}:{}", e.line(), e.column()), "sheet_fault.not_json", "");
                None
            }
        }
    }

    /// An object with these fields and no others.
    pub(crate) fn object<'v>(
        &mut self,
        path: &str,
        json: &'v Json,
        fields: &[&str],
    ) -> Option<&'v Map<String, Json>> {
        let Some(object) = json.as_object() else {
            self.fault(path, "sheet_fault.type", "object");
            return None;
        };
        for name in object.keys().filter(|n| !fields.contains(&n.as_str())) {
            self.fault(path, "sheet_fault.unknown_field", name);
        }
        Some(object)
    }

    /// A list; absent is empty.
    pub(crate) fn list<'v>(&mut self, path: &str, json: Option<&'v Json>, most: usize) -> &'v [Json] {
        match json {
            None => &[],
            Some(Json::Array(list)) if list.len() <= most => list,
            Some(Json::Array(_)) => {
                self.fault(path, "sheet_fault.too_many", most);
                &[]
            }
            Some(_) => {
                self.fault(path, "sheet_fault.type", "list");
                &[]
            }
        }
    }

    /// A text that must be there.
    pub(crate) fn text<'v>(&mut self, path: &str, json: Option<&'v Json>) -> &'v str {
        match json {
            Some(Json::String(text)) => text,
            Some(_) => {
                self.fault(path, "sheet_fault.type", "text");
                ""
            }
            None => {
                self.fault(path, "sheet_fault.missing", "");
                ""
            }
        }
    }

    /// A text that may be absent.
    pub(crate) fn optional_text<'v>(&mut self, path: &str, json: Option<&'v Json>) -> Option<&'v str> {
        json.filter(|j| !j.is_null()).map(|j| self.text(path, Some(j)))
    }

    /// A yes or no; absent is no.
    pub(crate) fn flag(&mut self, path: &str, json: Option<&Json>) -> bool {
        match json {
            None => false,
            Some(Json::Bool(flag)) => *flag,
            Some(_) => {
                self.fault(path, "sheet_fault.type", "true/false");
                false
            }
        }
    }

    /// A whole number in a range.
    pub(crate) fn count(&mut self, path: &str, json: Option<&Json>, most: usize, absent: usize) -> usize {
        let Some(json) = json else { return absent };
        match json.as_u64().and_then(|n| usize::try_from(n).ok()) {
            Some(n) if (1..=most).contains(&n) => n,
            _ => {
                self.fault(path, "sheet_fault.range", format!("1-{most}"));
                absent.min(most)
            }
        }
    }

    /// A label: a text, or an object with `ja` and `en`.
    pub(crate) fn label(&mut self, path: &str, json: Option<&Json>) -> Label {
        match json {
            None | Some(Json::Null) => Label::default(),
            Some(Json::String(ja)) => Label::ja(ja.clone()),
            Some(other) => match self.object(path, other, &["ja", "en"]) {
                Some(map) => Label {
                    ja: self.optional_text(path, map.get("ja")).unwrap_or_default().to_owned(),
                    en: self.optional_text(path, map.get("en")).unwrap_or_default().to_owned(),
                },
                None => Label::default(),
            },
        }
    }

    /// The result, if nothing was wrong.
    pub(crate) fn done<T>(self, value: Option<T>) -> Result<T, Vec<Fault>> {
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ if self.faults.is_empty() => Err(vec![Fault::new("", "sheet_fault.none")]),
            _ => Err(self.faults),
        }
    }
}

/// A JSON label: a plain text when there is no English.
pub(crate) fn label_json(label: &Label) -> Json {
    if label.en.is_empty() {
        Json::String(label.ja.clone())
    } else {
        serde_json::json!({ "ja": label.ja, "en": label.en })
    }
}
