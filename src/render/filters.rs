//! Template filters besides Tera's own: numbers and plurals in a language, URL encoding, grouping in
//! order of appearance, words that stay on one line, and `safe` without copying.

use std::sync::{Arc, PoisonError, RwLock};

use ahash::HashMap;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use tera::value::Key;
use tera::{Error, Kwargs, Map, State, Tera, TeraResult, Value};

use crate::chart::{self, ChartKind, Table, Wording};
use crate::language::{Formats, Language, Numbers, OTHER};
use crate::view::{ENGLISH, LANGUAGE, PAGE_LANGUAGE, STOPGAPS, WORDS_DIRECTION, WORDS_LANGUAGE};

use super::found::PatternSets;
use super::html::escaped;
use super::paragraphs;

/// An empty Tera with the filters of all templates.
pub(super) fn engine() -> Tera {
    let mut tera = Tera::new();
    tera.register_filter("group_by", group_by);
    tera.register_filter("safe", safe);
    tera.register_filter("urlencode", urlencode);
    tera.register_filter("unbroken", unbroken);
    tera.register_filter("with_lang", with_lang);
    let sets = PatternSets::default();
    tera.register_filter("found", move |text: &str, arguments: Kwargs, _: &State<'_>| sets.found(text, &arguments));
    tera.register_filter("cut", paragraphs::cut);
    let numbers = LanguageFormats::default();
    let (counting, charts) = (numbers.clone(), numbers.clone());
    tera.register_filter("number", move |value: Value, arguments: Kwargs, _: &State<'_>| {
        numbers.number(value, arguments)
    });
    tera.register_filter("counted", move |value: Value, arguments: Kwargs, _: &State<'_>| {
        counting.counted(value, arguments)
    });
    tera.register_filter("chart", move |value: Value, arguments: Kwargs, _: &State<'_>| charts.chart(value, arguments));
    tera
}

/// Groups values by an attribute, in the order in which each group first appears. (Tera's own filter of
/// this name returns groups in arbitrary order, and pages must not change from build to build.)
///
/// # Errors
/// If a value lacks the attribute, or the attribute can't be a key.
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
        let key = key(found)
            .ok_or_else(|| Error::message(format!("the attribute `{attribute}` is neither a string nor a number")))?;
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, group)) => group.push(value),
            None => groups.push((key, vec![value])),
        }
    }
    let map: Map = groups.into_iter().map(|(key, group)| (key, Value::from(group))).collect();
    Ok(Value::from(map))
}

/// Marks a string as HTML that is printed unescaped. (Tera's own filter of this name copies the string,
/// and bodies are long.)
pub(super) fn safe(value: Value, _: Kwargs, _: &State<'_>) -> Value {
    if value.is_string() { value.mark_safe() } else { Value::safe_string(&value.to_string()) }
}

/// Characters that must be encoded in every part of a URL; all but RFC 3986's "unreserved" (section
/// 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Characters that can't stand in a part of a URL as they are, if letters of all scripts stay: browsers encode those
/// (<https://url.spec.whatwg.org/#query-state>), and text becomes three times as long by it.
const ENCODED_BESIDE_LETTERS: &AsciiSet = &CONTROLS
    .add(b'%')
    .add(b' ')
    .add(b'&')
    .add(b'#')
    .add(b'+')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'[')
    .add(b']')
    .add(b'"');

/// `{{ title | urlencode }}` encodes a string as a part of a URL: a path segment or a query value. With
/// `keep_letters=true`, letters of all scripts stay as they are.
///
/// # Errors
/// If `keep_letters` is not a boolean.
pub(super) fn urlencode(text: &str, arguments: Kwargs, _: &State<'_>) -> TeraResult<String> {
    if !arguments.get::<bool>("keep_letters")?.unwrap_or(false) {
        return Ok(utf8_percent_encode(text, ENCODED).to_string());
    }
    let mut encoded = String::with_capacity(text.len() + text.len() / 2);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_ascii = first.is_ascii();
        let (run, after) = rest.split_at(rest.find(|letter: char| letter.is_ascii() != is_ascii).unwrap_or(rest.len()));
        match is_ascii {
            true => encoded.extend(utf8_percent_encode(run, ENCODED_BESIDE_LETTERS)),
            false => encoded.push_str(run),
        }
        rest = after;
    }
    Ok(encoded)
}

/// The longest word with a hyphen, in characters, that stays on one line: it must fit on a phone.
const LONGEST_UNBROKEN: usize = 16;

/// `{{ article.title | unbroken }}`: the text as HTML, with its short words that contain a hyphen in
/// `<span class="unbroken">`. Lines break after every hyphen, which tears "eleven-day" apart in a
/// headline, and CSS can only keep an element together. With `end=true` a short last word stays with the one
/// before it, since browsers balance only a few lines.
///
/// # Errors
/// If `end` is not true or false.
pub(super) fn unbroken(text: &str, arguments: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let end = if arguments.get::<bool>("end")?.unwrap_or(false) { start_of_end(text) } else { text.len() };
    let (text, kept) = text.split_at(end);
    let mut html = without_torn_words(text);
    if !kept.is_empty() {
        html = html + "<span class=\"unbroken\">" + &escaped(kept) + "</span>";
    }
    Ok(Value::safe_string(&html))
}

/// Where the last two words of a text begin if they are short and follow others; otherwise its length.
fn start_of_end(text: &str) -> usize {
    let start = text.char_indices().rev().filter(|(_, letter)| *letter == ' ').nth(1).map_or(0, |(at, _)| at + 1);
    let is_kept = text[..start].contains(' ') && text[start..].chars().count() <= LONGEST_UNBROKEN;
    if is_kept { start } else { text.len() }
}

/// Text as HTML, with the short words that contain a hyphen kept together.
fn without_torn_words(text: &str) -> String {
    if !text.contains(['-', '\u{2010}']) {
        return escaped(text);
    }
    let is_kept = |word: &str| {
        let has_parts =
            word.split_once(['-', '\u{2010}']).is_some_and(|(first, rest)| !first.is_empty() && !rest.is_empty());
        has_parts && word.chars().count() <= LONGEST_UNBROKEN
    };
    let (mut html, mut done, mut at) = (String::new(), 0, 0);
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end_matches(char::is_whitespace);
        if is_kept(word) {
            let end = at + word.len();
            html += &escaped(&text[done..at]);
            html = html + "<span class=\"unbroken\">" + &escaped(word) + "</span>";
            done = end;
        }
        at += piece.len();
    }
    html + &escaped(&text[done..])
}

/// `{{ t.related | with_lang }}`: a string of the theme as it is, or, on a page in a language that the theme
/// lacks or has only in part, as HTML in a `<span>` that tells screen readers its language. With `if_own=true`, a text that
/// is not a string of the theme stays as it is: a heading may be the site's own. With `attribute=true` it gives only the
/// attributes, for an element whose `aria-label` the string is. A filter, because pages have dozens of strings and a
/// component costs ten times as much.
///
/// # Errors
/// If `t` is not in scope, the value is not a string, or an argument is not true or false.
pub(super) fn with_lang(value: Value, arguments: Kwargs, state: &State<'_>) -> TeraResult<Value> {
    let text = value.as_str().ok_or_else(|| Error::message("it is not a string of `i18n/`"))?;
    let attribute = arguments.get::<bool>("attribute")?.unwrap_or(false);
    let strings: Option<Value> = state.get("t")?;
    let strings = strings.ok_or_else(|| Error::message("`t` is not in scope: add `@t` to the component"))?;
    let is_own = || strings.as_map().is_some_and(|words| words.values().any(|word| word.as_str() == Some(text)));
    let may_be_other = arguments.get::<bool>("if_own")?.unwrap_or(false);
    let foreign = language_of_word(&strings, text).filter(|_| !may_be_other || is_own());
    let Some((language, direction)) = foreign else {
        return Ok(if attribute { Value::safe_string("") } else { value });
    };
    let attributes = format!(" lang=\"{language}\" dir=\"{direction}\"");
    if attribute {
        return Ok(Value::safe_string(&attributes));
    }
    let html = if value.is_safe() { text.to_owned() } else { escaped(text) };
    Ok(Value::safe_string(&format!("<span{attributes}>{html}</span>")))
}

/// Language and direction of a string of the theme, also with its placeholders filled in, if it is not in the language of
/// its page. `strings` are `t`.
pub(super) fn language_of_word<'s>(strings: &'s Value, text: &str) -> Option<(&'s str, &'s str)> {
    let entry = |key: &'static str| strings.as_map()?.get(&Key::from(key));
    let language = entry(WORDS_LANGUAGE).and_then(Value::as_str);
    if language != entry(PAGE_LANGUAGE).and_then(Value::as_str) {
        return language.zip(entry(WORDS_DIRECTION).and_then(Value::as_str));
    }
    let stopgaps = entry(STOPGAPS)?.as_array()?;
    let is_one = stopgaps.iter().filter_map(Value::as_str).any(|pattern| is_filled_in(pattern, text));
    is_one.then_some(ENGLISH)
}

/// True if a text is a string with something in place of its placeholders, such as `{name}`.
fn is_filled_in(pattern: &str, text: &str) -> bool {
    let parts = pattern.split('{').enumerate();
    let parts: Vec<&str> =
        parts.map(|(at, part)| part.split_once('}').filter(|_| at > 0).map_or(part, |(_, after)| after)).collect();
    match parts.as_slice() {
        [first, between @ .., last] if parts.iter().any(|part| part.contains(char::is_alphabetic)) => {
            let inside = text.strip_prefix(first).and_then(|text| text.strip_suffix(last));
            let skip = |rest: &'_ str, part: &&str| rest.find(part).map(|at| at + part.len());
            inside.is_some_and(|inside| {
                between.iter().try_fold(0, |at, part| skip(&inside[at..], part).map(|end| at + end)).is_some()
            })
        }
        _ => pattern == text,
    }
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

/// The formats of languages used by templates so far.
#[derive(Debug, Clone, Default)]
pub(super) struct LanguageFormats(Arc<RwLock<HashMap<String, Arc<LanguageFormat>>>>);

#[derive(Debug)]
struct LanguageFormat {
    numbers: Numbers,
    formats: Formats,
}

impl LanguageFormats {
    /// `{{ data | chart(kind="column", unit=" m", language=language) }}`: the layout of a chart, with room
    /// for the unit after each number; its texts are in the language, if one is given.
    ///
    /// # Errors
    /// If the value isn't a data file's content, the kind or the language is unknown, or the chart would
    /// be too large to read.
    pub(super) fn chart(&self, value: Value, arguments: Kwargs) -> TeraResult<Value> {
        let kind = arguments.must_get::<&str>("kind")?;
        let kind = ChartKind::of(kind).ok_or_else(|| {
            Error::message(format!("unknown kind of chart `{}`: use bar, column or line", kind.escape_debug()))
        })?;
        let table = serde_json::to_value(&value).and_then(serde_json::from_value::<Table>);
        let table = table.map_err(|_| Error::message("a chart is drawn from the data of a file"))?;
        let unit = arguments.get::<&str>("unit")?.unwrap_or_default();
        let language = arguments.get::<&str>("language")?.map(|tag| self.of_language(tag)).transpose()?;
        let wording = match &language {
            Some(language) => Wording::in_language(&language.numbers, &language.formats),
            None => Wording::plain(),
        };
        let chart = chart::lay_out(&table, kind, unit, &wording).map_err(Error::message)?;
        Value::try_from_serializable(&chart).map_err(|error| Error::message(error.to_string()))
    }

    /// `{{ 1234 | number(language=page.language) }}`: formats a whole number, or a decimal string such
    /// as `12.50`, in a language; `grouping=false` is for years.
    ///
    /// # Errors
    /// If the value is not such a number, or the language is unknown.
    pub(super) fn number(&self, value: Value, arguments: Kwargs) -> TeraResult<String> {
        let format = self.of_language(arguments.must_get::<&str>("language")?)?;
        let numbers = &format.numbers;
        if let Some(text) = value.as_str() {
            return numbers.decimal(text).ok_or_else(|| Error::message("the string is not a number such as 12.50"));
        }
        let number = whole(&value)?;
        Ok(match arguments.get::<bool>("grouping")?.unwrap_or(true) {
            true => numbers.grouped(number),
            false => numbers.plain(number),
        })
    }

    /// `{{ t.reading_time | counted(n=3, language=page.language) }}`: the plural form of a string for a
    /// number, with the number in place of `{count}`.
    ///
    /// # Errors
    /// If `n` is not a whole number, the value is not a string of `i18n/`, or the language is unknown.
    pub(super) fn counted(&self, value: Value, arguments: Kwargs) -> TeraResult<String> {
        let number = whole(arguments.must_get::<&Value>("n")?)?;
        let format = self.of_language(arguments.must_get::<&str>("language")?)?;
        let numbers = &format.numbers;
        let text = match value.as_str() {
            Some(text) => Some(text),
            None => {
                let form = |key: &'static str| value.as_map()?.get(&Key::from(key))?.as_str();
                let language = form(LANGUAGE).map(|language| self.of_language(language)).transpose()?;
                form(language.as_ref().map_or(numbers, |language| &language.numbers).category(number))
                    .or_else(|| form(OTHER))
            }
        };
        let text =
            text.ok_or_else(|| Error::message("it is not a string of `i18n/`, which has a text or plural forms"))?;
        Ok(text.replace("{count}", &numbers.grouped(number)))
    }

    fn of_language(&self, tag: &str) -> TeraResult<Arc<LanguageFormat>> {
        if let Some(format) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(tag) {
            return Ok(format.clone());
        }
        let invalid =
            |error: String| Error::message(format!("`{}` is not a valid language: {error}", tag.escape_debug()));
        let language = Language::parse(tag).map_err(invalid)?;
        let numbers = Numbers::of(&language).map_err(Error::message)?;
        let formats = Formats::of(&language).map_err(Error::message)?;
        let format = Arc::new(LanguageFormat { numbers, formats });
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(tag.to_owned(), format.clone());
        Ok(format)
    }
}

fn whole(value: &Value) -> TeraResult<i64> {
    let number = value.as_i128().and_then(|number| i64::try_from(number).ok());
    number.ok_or_else(|| Error::message("only whole numbers can be written in a language"))
}
