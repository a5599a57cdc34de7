//! Conditions as XLSForm expressions (a small part of XPath), both ways.

use words::code::Code;

use crate::{Compare, Condition, Definition, Kind, Number};

/// Longest expression that is read.
const LONGEST: usize = 4000;
/// Deepest nesting of parentheses that is read.
const DEEPEST: usize = 32;

/// A condition as an expression. In XPath a number that is missing is unequal to every number; with us nothing holds
/// for it, so "not equal" also asks for an answer.
pub(super) fn write(definition: &Definition, c: &Condition) -> String {
    let code = |item: &str, code: &str| match definition.item(item).map(|i| &i.kind) {
        Some(Kind::Many { .. }) => format!("selected(${{{item}}}, '{code}')"),
        _ => format!("${{{item}}} = '{code}'"),
    };
    let join = |list: Vec<String>, word: &str| match list.len() {
        1 => list.concat(),
        _ => format!("({})", list.join(word)),
    };
    match c {
        Condition::Answered(item) => format!("${{{item}}} != ''"),
        Condition::Equals(item, value) => code(item, value),
        Condition::AnyOf(item, list) => join(list.iter().map(|v| code(item, v)).collect(), " or "),
        Condition::Number(item, Compare::NotEqual, with) => {
            format!("(${{{item}}} != '' and ${{{item}}} != {with})")
        }
        Condition::Number(item, how, with) => format!("${{{item}}} {} {with}", how.code()),
        Condition::Not(c) => format!("not({})", write(definition, c)),
        Condition::All(list) => join(list.iter().map(|c| write(definition, c)).collect(), " and "),
        Condition::Any(list) => join(list.iter().map(|c| write(definition, c)).collect(), " or "),
    }
}

/// The normal form: what an expression and a condition that mean the same have in common. Several codes of one item
/// joined by "or" are one `AnyOf`, one code is `Equals`, a list of one is its part.
pub fn normal(c: &Condition) -> Condition {
    match c {
        Condition::AnyOf(item, codes) if codes.len() == 1 => {
            Condition::Equals(item.clone(), codes[0].clone())
        }
        Condition::Not(inner) => Condition::Not(Box::new(normal(inner))),
        Condition::All(list) => all(list.iter().map(normal).collect()),
        Condition::Any(list) => any(list.iter().map(normal).collect()),
        other => other.clone(),
    }
}

fn all(list: Vec<Condition>) -> Condition {
    if let [Condition::Answered(item), Condition::Not(inner)] = &list[..]
        && let Condition::Number(other, Compare::Equal, with) = &**inner
        && item == other
    {
        return Condition::Number(item.clone(), Compare::NotEqual, *with);
    }
    single(list, Condition::All)
}

fn any(list: Vec<Condition>) -> Condition {
    let of = |c: &Condition| match c {
        Condition::Equals(item, code) => Some((item.clone(), code.clone())),
        _ => None,
    };
    if let Some(pairs) = list.iter().map(of).collect::<Option<Vec<_>>>()
        && pairs.len() > 1
        && pairs.iter().all(|(item, _)| *item == pairs[0].0)
    {
        let item = pairs[0].0.clone();
        return Condition::AnyOf(item, pairs.into_iter().map(|(_, code)| code).collect());
    }
    single(list, Condition::Any)
}

fn single(mut list: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match list.len() {
        1 => list.remove(0),
        _ => join(list),
    }
}

/// What is known of the item an expression names.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// Its key here.
    pub key: String,
    /// Whether it takes numbers.
    pub number: bool,
}

/// Reads an expression into a condition in normal form; `None` for anything beyond the small language. `find` says
/// what a name in `${…}` is, `code` how a code is written here.
pub(super) fn read(
    text: &str,
    find: &dyn Fn(&str) -> Option<Named>,
    code: &dyn Fn(&str) -> String,
) -> Option<Condition> {
    if text.len() > LONGEST {
        return None;
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0, find, code };
    let read = parser.or(0)?;
    (parser.at == tokens.len()).then_some(read)
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Number(Number),
    Word(String),
    Sign(&'static str),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let until = |from: usize, end: char| rest.iter().skip(from).position(|c| *c == end).map(|n| n + from);
        let (token, length) = match rest[0] {
            c if c.is_whitespace() => {
                at += 1;
                continue;
            }
            '$' if rest.get(1) == Some(&'{') => {
                let end = until(2, '}')?;
                (Token::Name(rest[2..end].iter().collect::<String>().trim().to_owned()), end + 1)
            }
            // Word processors turn straight quotes into typographic ones.
            quote @ ('\'' | '"' | '‘' | '’' | '“' | '”') => {
                let end = match quote {
                    '‘' | '’' => until(1, '’')?,
                    '“' | '”' => until(1, '”')?,
                    plain => until(1, plain)?,
                };
                (Token::Text(rest[1..end].iter().collect()), end + 1)
            }
            c if c.is_ascii_digit() || (c == '-' && rest.get(1).is_some_and(char::is_ascii_digit)) => {
                let length = 1 + rest[1..].iter().take_while(|c| c.is_ascii_digit() || **c == '.').count();
                (Token::Number(Number::parse(&rest[..length].iter().collect::<String>())?), length)
            }
            c if c.is_ascii_alphabetic() => {
                let length = rest.iter().take_while(|c| c.is_ascii_alphabetic() || **c == '-').count();
                (Token::Word(rest[..length].iter().collect::<String>().to_ascii_lowercase()), length)
            }
            _ => {
                let two: String = rest.iter().take(2).collect();
                let sign = ["!=", "<=", ">=", "=", "<", ">", "(", ")", ",", "."]
                    .into_iter()
                    .find(|s| two.starts_with(s))?;
                (Token::Sign(sign), sign.len())
            }
        };
        tokens.push(token);
        at += length;
    }
    Some(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    find: &'a dyn Fn(&str) -> Option<Named>,
    code: &'a dyn Fn(&str) -> String,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn takes(&mut self, token: &Token) -> bool {
        let same = self.tokens.get(self.at) == Some(token);
        if same {
            self.at += 1;
        }
        same
    }

    fn word(&mut self, word: &str) -> bool {
        self.takes(&Token::Word(word.to_owned()))
    }

    fn or(&mut self, depth: usize) -> Option<Condition> {
        let mut list = vec![self.and(depth)?];
        while self.word("or") {
            list.push(self.and(depth)?);
        }
        Some(any(list))
    }

    fn and(&mut self, depth: usize) -> Option<Condition> {
        let mut list = vec![self.one(depth)?];
        while self.word("and") {
            list.push(self.one(depth)?);
        }
        Some(all(list))
    }

    fn one(&mut self, depth: usize) -> Option<Condition> {
        if depth > DEEPEST {
            return None;
        }
        if self.takes(&Token::Sign("(")) {
            let inner = self.or(depth + 1)?;
            return self.takes(&Token::Sign(")")).then_some(inner);
        }
        if self.word("not") {
            self.takes(&Token::Sign("(")).then_some(())?;
            let inner = self.or(depth + 1)?;
            return self.takes(&Token::Sign(")")).then(|| Condition::Not(Box::new(inner)));
        }
        if self.word("selected") {
            return self.selected();
        }
        self.comparison()
    }

    fn selected(&mut self) -> Option<Condition> {
        self.takes(&Token::Sign("(")).then_some(())?;
        let Token::Name(name) = self.next()? else { return None };
        self.takes(&Token::Sign(",")).then_some(())?;
        let code = match self.next()? {
            Token::Text(code) => code,
            Token::Number(number) => number.to_string(),
            _ => return None,
        };
        self.takes(&Token::Sign(")")).then_some(())?;
        Some(Condition::Equals((self.find)(&name)?.key, (self.code)(&code)))
    }

    fn comparison(&mut self) -> Option<Condition> {
        let (left, Token::Sign(sign), right) = (self.next()?, self.next()?, self.next()?) else {
            return None;
        };
        let how = Compare::parse(sign)?;
        let (name, value, how) = match (left, right) {
            (Token::Name(name), value) => (name, value, how),
            (value, Token::Name(name)) => (name, value, turned(how)),
            _ => return None,
        };
        let named = (self.find)(&name)?;
        let number = match &value {
            Token::Number(n) => Some(*n),
            Token::Text(t) => Number::parse(t),
            _ => None,
        };
        let plain = match (&value, how) {
            (Token::Text(t), Compare::Equal) if t.is_empty() => {
                Condition::Not(Box::new(Condition::Answered(named.key)))
            }
            (Token::Text(t), Compare::NotEqual) if t.is_empty() => Condition::Answered(named.key),
            _ if named.number => {
                let number = number?;
                match how {
                    // A missing number is unequal to every number in XPath.
                    Compare::NotEqual => {
                        Condition::Not(Box::new(Condition::Number(named.key, Compare::Equal, number)))
                    }
                    how => Condition::Number(named.key, how, number),
                }
            }
            (Token::Text(_) | Token::Number(_), Compare::Equal | Compare::NotEqual) => {
                let text = match value {
                    Token::Text(t) => t,
                    _ => number?.to_string(),
                };
                let equals = Condition::Equals(named.key, (self.code)(&text));
                if how == Compare::Equal { equals } else { Condition::Not(Box::new(equals)) }
            }
            _ => return None,
        };
        Some(plain)
    }
}

fn turned(how: Compare) -> Compare {
    match how {
        Compare::Less => Compare::More,
        Compare::AtMost => Compare::AtLeast,
        Compare::More => Compare::Less,
        Compare::AtLeast => Compare::AtMost,
        same => same,
    }
}

/// The limits a constraint sets on the answer itself: `. >= 1 and . <= 9`, `string-length(.) <= 200`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Limits {
    pub min: Option<Number>,
    pub max: Option<Number>,
    pub length: Option<usize>,
}

/// Reads a constraint; `None` for anything beyond limits.
pub(super) fn limits(text: &str) -> Option<Limits> {
    let tokens = tokens(text).filter(|_| text.len() <= LONGEST)?;
    let mut limits = Limits::default();
    for part in tokens.split(|t| *t == Token::Word("and".to_owned())) {
        match part {
            [Token::Sign("."), Token::Sign(">="), Token::Number(n)] => limits.min = Some(*n),
            [Token::Sign("."), Token::Sign("<="), Token::Number(n)] => limits.max = Some(*n),
            [
                Token::Word(word),
                Token::Sign("("),
                Token::Sign("."),
                Token::Sign(")"),
                Token::Sign("<="),
                Token::Number(n),
            ] if word == "string-length" => limits.length = Some(n.to_string().parse().ok()?),
            _ => return None,
        }
    }
    Some(limits)
}
