//! The answers of one filled sheet.

use std::collections::BTreeMap;

use crate::Value;

/// Answers by item key. Only answered items are in it; never an empty text, list or table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<String, Value>);

impl Answers {
    /// The answer to an item.
    pub fn get(&self, item: &str) -> Option<&Value> {
        self.0.get(item)
    }

    /// Keeps an answer.
    pub fn put(&mut self, item: impl Into<String>, value: Value) {
        self.0.insert(item.into(), value);
    }

    /// Takes an answer away.
    pub fn remove(&mut self, item: &str) -> Option<Value> {
        self.0.remove(item)
    }

    /// Every answer, by item key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v))
    }

    /// Whether nothing is answered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many items are answered.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl FromIterator<(String, Value)> for Answers {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

impl Answers {
    /// Each answer as the text it is stored as.
    pub fn stored(&self) -> Vec<(String, String)> {
        self.0.iter().map(|(item, value)| (item.clone(), value.store())).collect()
    }

    /// Reads stored texts back under the definition they were written with. The second part names what could not
    /// be read: it never happens with rows this crate wrote, and must not be passed over.
    pub fn read<'s>(
        definition: &crate::Definition,
        stored: impl IntoIterator<Item = (&'s str, &'s str)>,
    ) -> (Self, Vec<String>) {
        let (mut answers, mut unreadable) = (Self::default(), Vec::new());
        for (key, text) in stored {
            match definition.item(key).and_then(|item| Value::read(&item.kind, text)) {
                Some(value) => answers.put(key, value),
                None => unreadable.push(key.to_owned()),
            }
        }
        (answers, unreadable)
    }

    /// All answers as one JSON object: what the JSON Schema of the definition describes.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::Value::Object(self.0.iter().map(|(k, v)| (k.clone(), v.json())).collect())
    }

    /// Reads [`Answers::to_json`] back.
    pub fn from_json(definition: &crate::Definition, json: &serde_json::Value) -> Option<Self> {
        json.as_object()?
            .iter()
            .map(|(key, json)| Some((key.clone(), Value::from_json(&definition.item(key)?.kind, json)?)))
            .collect()
    }
}
