//! Template filters beside Tera's own: numbers and their words in a language, texts fit for URLs, grouping that keeps
//! the order of what it groups, and `safe`, which copies nothing.

use std::sync::{Arc, PoisonError, RwLock};

use ahash::HashMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tera::value::Key;
use tera::{Error, Kwargs, Map, State, TeraResult, Value};

use crate::chart::{self, Kind, Table};
use crate::language::{Language, Numbers, OTHER};
use crate::view::LANGUAGE;

/// Groups values by an attribute, in the order in which each group first appears. (Tera's own filter of this name
/// gives the groups in an arbitrary order, and pages must not change from build to build.)
///
/// # Errors
/// When a value lacks the attribute, or the attribute cannot be a key.
pub(super) fn group_by(values: Vec<Value>, arguments: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let attribute = arguments.must_get::<&str>("attribute")?;
    let mut groups: Vec<(Key<'static>, Vec<Value>)> = Vec::new();
    for value in values {
        let found = value.get_from_path(attribute);
        let found =
            found.ok_or_else(|| Error::message(format!("a value has no attribute `{attribute}` to group by")))?;
        if found.is_none() {
            continue;
        }
        let key =
            key(found).ok_or_else(|| Error::message(format!("the attribute `{attribute}` is no text or number")))?;
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, group)) => group.push(value),
            None => groups.push((key, vec![value])),
        }
    }
    let map: Map = groups.into_iter().map(|(key, group)| (key, Value::from(group))).collect();
    Ok(Value::from(map))
}

/// Marks a text as HTML that is written as it is. (Tera's own filter of this name copies the text, and bodies are long.)
pub(super) fn safe(value: Value, _: Kwargs, _: &State<'_>) -> Value {
    if value.is_string() { value.mark_safe() } else { Value::safe_string(&value.to_string()) }
}

/// What may stand anywhere in a URL (RFC 3986, section 2.3, "unreserved").
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Makes a text fit to be one part of a URL: a segment of a path, or a value in a query.
pub(super) fn urlencode(text: &str, _: Kwargs, _: &State<'_>) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// `{{ data | chart(kind="column", unit=" m") }}`: a data file's numbers laid out for drawing, with room for the unit
/// behind each.
///
/// # Errors
/// When the value is no data, there is no such kind, or more to draw than can be seen.
pub(super) fn chart(value: Value, arguments: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let kind = arguments.must_get::<&str>("kind")?;
    let kind = Kind::of(kind)
        .ok_or_else(|| Error::message(format!("there is no chart `{}`: bar, column or line", kind.escape_debug())))?;
    let table = serde_json::to_value(&value).and_then(serde_json::from_value::<Table>);
    let table = table.map_err(|_| Error::message("a chart is drawn from the data of a file"))?;
    let unit = arguments.get::<&str>("unit")?.unwrap_or_default();
    let chart = chart::lay_out(&table, kind, unit).map_err(Error::message)?;
    Value::try_from_serializable(&chart).map_err(|error| Error::message(error.to_string()))
}

fn key(value: &Value) -> Option<Key<'static>> {
    if let Some(text) = value.as_str() {
        return Some(Key::from(text.to_owned()));
    }
    if let Some(flag) = value.as_bool() {
        return Some(Key::from(flag.to_string()));
    }
    value.as_i128().map(Key::from)
}

/// The numbers of languages that templates have asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Known(Arc<RwLock<HashMap<String, Arc<Numbers>>>>);

impl Known {
    /// `{{ 1234 | number(language=page.language) }}`: a whole number, or a decimal as a text such as `12.50`, as the
    /// language writes it; a year with `grouping=false`.
    ///
    /// # Errors
    /// When the value is no such number, or there is no such language.
    pub(super) fn number(&self, value: Value, arguments: Kwargs) -> TeraResult<String> {
        let numbers = self.of_language(arguments.must_get::<&str>("language")?)?;
        if let Some(text) = value.as_str() {
            let decimal = numbers.decimal(text).ok_or_else(|| Error::message("the text is no number such as 12.50"))?;
            // CLDR has the hyphen for most languages, which is shorter than a digit and breaks lines.
            return Ok(decimal.replace('-', "\u{2212}"));
        }
        let number = whole(&value)?;
        Ok(match arguments.get::<bool>("grouping")?.unwrap_or(true) {
            true => numbers.grouped(number),
            false => numbers.plain(number),
        })
    }

    /// `{{ t.reading_time | counted(n=3, language=page.language) }}`: the form of a word that goes with a number, with
    /// the number in place of `{count}`.
    ///
    /// # Errors
    /// When `n` is no whole number, the value no word, or there is no such language.
    pub(super) fn counted(&self, value: Value, arguments: Kwargs) -> TeraResult<String> {
        let number = whole(arguments.must_get::<&Value>("n")?)?;
        let numbers = self.of_language(arguments.must_get::<&str>("language")?)?;
        let text = match value.as_str() {
            Some(text) => Some(text),
            None => {
                let form = |key: &'static str| value.as_map()?.get(&Key::from(key))?.as_str();
                let language = form(LANGUAGE).map(|language| self.of_language(language)).transpose()?;
                form(language.as_ref().unwrap_or(&numbers).category(number)).or_else(|| form(OTHER))
            }
        };
        let text = text.ok_or_else(|| Error::message("it is no word of `i18n/`, which has a text or plural forms"))?;
        Ok(text.replace("{count}", &numbers.grouped(number)))
    }

    fn of_language(&self, tag: &str) -> TeraResult<Arc<Numbers>> {
        if let Some(numbers) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(tag) {
            return Ok(numbers.clone());
        }
        let fault =
            |error: String| Error::message(format!("`{}` is not a valid language: {error}", tag.escape_debug()));
        let numbers = Arc::new(Numbers::of(&Language::parse(tag).map_err(fault)?).map_err(Error::message)?);
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(tag.to_owned(), numbers.clone());
        Ok(numbers)
    }
}

fn whole(value: &Value) -> TeraResult<i64> {
    let number = value.as_i128().and_then(|number| i64::try_from(number).ok());
    number.ok_or_else(|| Error::message("only whole numbers can be written in a language"))
}
