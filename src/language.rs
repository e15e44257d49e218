//! Everything that depends on a page's language: direction, and formats of dates, numbers and lists.

mod collation;
mod list_separators;
mod numbers;
mod quotes;

use std::sync::{Arc, PoisonError, RwLock};

use ahash::HashMap;
use icu_calendar::cal::Buddhist;
use icu_calendar::{AnyCalendarKind, Date, Gregorian};
use icu_datetime::fieldsets::{M, MD, T, YM, YMD, YMDE, YMDT};
use icu_datetime::input::{DateTime, Time};
use icu_datetime::options::YearStyle;
use icu_datetime::pattern::FixedCalendarDateTimeNames;
use icu_datetime::{
    DateTimeFormatter, DateTimeFormatterLoadError, FixedCalendarDateTimeFormatter, NoCalendarFormatter,
};
use icu_list::ListFormatter;
use icu_list::options::{ListFormatterOptions, ListLength};
use icu_locale::{LocaleCanonicalizer, LocaleExpander, TransformResult};
use icu_locale_core::{LanguageIdentifier, Locale};
use jiff::civil;
use serde::Deserialize;

pub use collation::Collation;
pub use numbers::{CATEGORIES, Numbers, OTHER};
pub use quotes::Quotes;

/// A language tag (BCP 47, RFC 5646) with its properties.
///
/// Every page has one, so it is shared and cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Language(Arc<LanguageData>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct LanguageData {
    tag: String,
    name: String,
    locale: Locale,
    fallbacks: Vec<String>,
    quotes: Quotes,
}

/// Languages written from right to left, unless the tag names another script.
const RTL_LANGUAGES: &[&str] =
    &["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ku", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"];
/// Scripts written from right to left (ISO 15924).
const RTL_SCRIPTS: &[&str] = &["Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"];

impl Language {
    /// Parses a tag such as `en`, `zh-Hans` or `pt-BR`.
    ///
    /// ```
    /// use presswork::language::Language;
    /// assert!(["yue", "haw", "nds", "cmn", "sh", "sr-Latn"].iter().all(|tag| Language::parse(tag).is_ok()));
    /// assert!(["xx", "zh-Hnas", "und"].iter().all(|tag| Language::parse(tag).is_err()));
    /// ```
    ///
    /// # Errors
    /// If it is not a valid tag, or the language or script is unknown.
    pub fn parse(tag: &str) -> Result<Language, String> {
        let locale: Locale = tag.parse().map_err(|_| "it is not a BCP 47 tag".to_owned())?;
        if locale.id.language.is_unknown() {
            return Err("it has no language".to_owned());
        }
        check_existence(&locale.id)?;
        let tag = locale.to_string();
        let fallbacks = fallbacks(&tag, &locale);
        let quotes = quotes::quotes(&fallbacks);
        let name = autonym(locale.id.language.as_str()).unwrap_or_else(|| tag.clone());
        Ok(Language(Arc::new(LanguageData { tag, name, locale, fallbacks, quotes })))
    }

    /// The tag in its canonical form, for `lang` attributes.
    pub fn tag(&self) -> &str {
        &self.0.tag
    }

    /// Its name in the language itself, as in menus of languages: `Čeština`. Its tag if none is known.
    ///
    /// ```
    /// use presswork::language::Language;
    /// assert_eq!(Language::parse("cs").unwrap().name(), "Čeština");
    /// ```
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The first part of the tag: `zh` of `zh-Hans`.
    pub fn primary(&self) -> &str {
        self.tag().split('-').next().unwrap_or(self.tag())
    }

    /// True for languages whose emphasis is dots above or below the letters: Chinese and Japanese.
    pub fn has_emphasis_dots(&self) -> bool {
        matches!(self.primary(), "zh" | "ja")
    }

    /// True for traditional Chinese, by script, or else by territory.
    pub fn is_traditional_chinese(&self) -> bool {
        let id = &self.0.locale.id;
        let script = id.script.map(|script| script.as_str() == "Hant");
        let by_region = || id.region.is_some_and(|region| matches!(region.as_str(), "TW" | "HK" | "MO"));
        self.primary() == "zh" && script.unwrap_or_else(by_region)
    }

    /// Language and territory in Open Graph's format (<https://ogp.me/#optional>): `zh_CN`. A tag
    /// without a territory gets the one with most of its readers, according to the Unicode CLDR.
    ///
    /// ```
    /// use presswork::language::Language;
    /// assert_eq!(Language::parse("zh-Hant")?.with_territory(), "zh_TW");
    /// assert_eq!(Language::parse("en-GB")?.with_territory(), "en_GB");
    /// # Ok::<(), String>(())
    /// ```
    pub fn with_territory(&self) -> String {
        let mut id = self.0.locale.id.clone();
        LocaleExpander::new_common().maximize(&mut id);
        match id.region {
            Some(region) => format!("{}_{region}", id.language),
            None => id.language.to_string(),
        }
    }

    /// `rtl` or `ltr`, for `dir` attributes.
    pub fn direction(&self) -> &'static str {
        let is_rtl = match self.0.locale.id.script {
            Some(script) => RTL_SCRIPTS.contains(&script.as_str()),
            None => RTL_LANGUAGES.contains(&self.primary()),
        };
        if is_rtl { "rtl" } else { "ltr" }
    }

    /// The tags for looking up strings, from the most specific to the most general, with the implied
    /// script (according to the Unicode CLDR).
    ///
    /// ```
    /// use presswork::language::Language;
    /// let fallbacks = |tag| Language::parse(tag).map(|found| found.fallbacks().collect::<Vec<_>>().join(" "));
    /// assert_eq!(fallbacks("zh-Hant-TW")?, "zh-Hant-TW zh-Hant zh");
    /// assert_eq!(fallbacks("zh-TW")?, "zh-TW zh-Hant zh");
    /// assert_eq!(fallbacks("zh")?, "zh zh-Hans");
    /// # Ok::<(), String>(())
    /// ```
    pub fn fallbacks(&self) -> impl Iterator<Item = &str> {
        self.0.fallbacks.iter().map(String::as_str)
    }
}

/// Refuses a language or script that is unknown to the Unicode CLDR. Such a tag is almost certainly
/// mistyped, and would give a page foreign dates, and screen readers the wrong voice.
fn check_existence(id: &LanguageIdentifier) -> Result<(), String> {
    let expander = LocaleExpander::new_extended();
    let is_known = |id: LanguageIdentifier| {
        let mut locale = Locale::from(id);
        LocaleCanonicalizer::new_extended().canonicalize(&mut locale);
        expander.maximize(&mut locale.id) == TransformResult::Modified
    };
    if !is_known(LanguageIdentifier { language: id.language, ..LanguageIdentifier::UNKNOWN }) {
        return Err(format!("the Unicode CLDR has no language `{}`", id.language));
    }
    match id.script {
        Some(script) if !is_known(LanguageIdentifier { script: Some(script), ..LanguageIdentifier::UNKNOWN }) => {
            Err(format!("the Unicode CLDR has no script `{script}`"))
        }
        _ => Ok(()),
    }
}

fn fallbacks(tag: &str, locale: &Locale) -> Vec<String> {
    let mut tags = vec![tag.to_owned()];
    let mut rest = tag;
    while let Some(at) = rest.rfind('-') {
        rest = &rest[..at];
        tags.push(rest.to_owned());
    }
    let mut id = locale.id.clone();
    LocaleExpander::new_common().maximize(&mut id);
    if let (None, Some(script)) = (locale.id.script, id.script) {
        // Less specific than the tag itself, but more than the language alone.
        let place = if tags.len() > 1 { tags.len() - 1 } else { 1 };
        tags.insert(place, format!("{}-{script}", id.language));
    }
    tags
}

/// The name that speakers of a language give it, by the code of ISO 639.
fn autonym(code: &str) -> Option<String> {
    let known = isolang::Language::from_639_1(code).or_else(|| isolang::Language::from_639_3(code))?;
    known.to_autonym().map(capitalized)
}

/// Capitalizes the first letter of a word, in scripts with capitals.
///
/// ```
/// use presswork::language::capitalized;
/// assert_eq!(capitalized("photography"), "Photography");
/// ```
pub fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Formats dates and lists in one language, according to the Unicode CLDR.
///
/// Days use the calendar of the language, such as the Buddhist one in Thai and the Solar Hijri one in
/// Persian. Months and years are Gregorian, because archives are divided by them; a language that only
/// numbers the years differently, such as Thai, shows its own numbers.
pub struct Formats {
    day: DayFormat,
    short_day: DateTimeFormatter<MD>,
    short_day_with_year: DateTimeFormatter<YMD>,
    month: MonthFormat,
    short_month: MonthFormat,
    month_name: FixedCalendarDateTimeFormatter<Gregorian, M>,
    short_month_name: FixedCalendarDateTimeFormatter<Gregorian, M>,
    time: NoCalendarFormatter<T>,
    /// The separator between a day and a time.
    date_time_separator: String,
    list: ListFormatter,
    days: FormatCache<civil::Date>,
    short_days: FormatCache<(civil::Date, bool)>,
    times: FormatCache<(i8, i8)>,
}

/// Formats days with their years.
enum DayFormat {
    Plain(DateTimeFormatter<YMD>),
    WithWeekday(DateTimeFormatter<YMDE>),
}

/// `date_style`: the style of dates on stories' pages, in the format of each language (CLDR's date formats,
/// <https://cldr.unicode.org/translation/date-time/date-time-patterns>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateStyle {
    /// With the day of the week: `Thursday 22 November 2018`.
    Full,
    /// `22 November 2018`.
    #[default]
    Long,
    /// `22 Nov 2018`.
    Medium,
    /// In digits: `22/11/2018`.
    Short,
}

/// Formats months with their years.
enum MonthFormat {
    Gregorian(FixedCalendarDateTimeFormatter<Gregorian, YM>),
    Buddhist(FixedCalendarDateTimeFormatter<Buddhist, YM>),
}

/// The Buddhist year 543 is the Gregorian year 0.
const BUDDHIST_YEARS: i16 = 543;

/// A cache of formatted values.
struct FormatCache<K>(RwLock<HashMap<K, String>>);

impl<K> Default for FormatCache<K> {
    fn default() -> Self {
        FormatCache(RwLock::default())
    }
}

impl<K: Eq + std::hash::Hash> FormatCache<K> {
    fn get(&self, key: K, write: impl FnOnce() -> String) -> String {
        if let Some(text) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return text.clone();
        }
        let text = write();
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(key, text.clone());
        text
    }
}

impl std::fmt::Debug for Formats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Formats")
    }
}

/// Creates a formatter of months with their years. For some languages (Portuguese) the constructor
/// doesn't load the digits that the pattern needs and formatting panics, so this loads them explicitly.
macro_rules! month_formatter {
    ($locale:expr, $fields:expr) => {
        FixedCalendarDateTimeFormatter::try_new($locale.into(), $fields).and_then(|formatter| {
            let mut names = FixedCalendarDateTimeNames::from_formatter($locale.into(), formatter);
            names.include_decimal_formatter()?;
            names.try_into_formatter($fields).map_err(|(error, _)| error)
        })
    };
}

impl MonthFormat {
    fn new(locale: &Locale, calendar: AnyCalendarKind, fields: YM) -> Result<MonthFormat, DateTimeFormatterLoadError> {
        Ok(match calendar {
            AnyCalendarKind::Buddhist => MonthFormat::Buddhist(month_formatter!(locale, fields)?),
            _ => MonthFormat::Gregorian(month_formatter!(locale, fields)?),
        })
    }

    fn month(&self, year: i16, month: i8) -> String {
        let Some(date) = civil::Date::new(year, month, 1).ok().and_then(gregorian) else {
            return format!("{year:04}-{month:02}");
        };
        match self {
            MonthFormat::Gregorian(format) => format.format(&date).to_string(),
            MonthFormat::Buddhist(format) => format.format(&date.to_calendar(Buddhist)).to_string(),
        }
    }
}

impl Formats {
    /// The formats of a language; those of English if the CLDR has none.
    ///
    /// # Errors
    /// See [`Formats::styled`].
    pub fn of(language: &Language) -> Result<Formats, String> {
        Formats::styled(language, DateStyle::default())
    }

    /// The same with days in this style.
    ///
    /// # Errors
    /// If even the root locale's data is missing, which means that the program was built wrongly.
    pub fn styled(language: &Language, style: DateStyle) -> Result<Formats, String> {
        let locale = &language.0.locale;
        // Newspapers put no comma before "and" (in AP and Guardian style alike), but CLDR's plain `en`
        // does.
        let names = if language.primary() == "en" { icu_locale_core::locale!("en-GB") } else { locale.clone() };
        let options = ListFormatterOptions::default().with_length(ListLength::Wide);
        let error = |error: &dyn std::fmt::Display| format!("no formats for `{}`: {error}", language.tag());
        let fields = match style {
            DateStyle::Full | DateStyle::Long => YMD::long(),
            DateStyle::Medium => YMD::medium(),
            // Two digits of a year could be those of a day or a month.
            DateStyle::Short => YMD::short().with_year_style(YearStyle::Full),
        };
        let plain = DateTimeFormatter::try_new(locale.into(), fields).map_err(|e| error(&e))?;
        let time = NoCalendarFormatter::try_new(locale.into(), T::hm()).map_err(|e| error(&e))?;
        let both = DateTimeFormatter::try_new(locale.into(), fields.with_time_hm()).map_err(|e| error(&e))?;
        let calendar = plain.calendar().kind();
        Ok(Formats {
            date_time_separator: date_time_separator(&plain, &time, &both).unwrap_or_else(|| " ".to_owned()),
            day: match style {
                DateStyle::Full => {
                    let format = DateTimeFormatter::try_new(locale.into(), YMDE::long());
                    DayFormat::WithWeekday(format.map_err(|e| error(&e))?)
                }
                _ => DayFormat::Plain(plain),
            },
            short_day: DateTimeFormatter::try_new(locale.into(), MD::medium()).map_err(|e| error(&e))?,
            short_day_with_year: DateTimeFormatter::try_new(locale.into(), YMD::medium()).map_err(|e| error(&e))?,
            month: MonthFormat::new(locale, calendar, YM::long()).map_err(|e| error(&e))?,
            short_month: MonthFormat::new(locale, calendar, YM::medium()).map_err(|e| error(&e))?,
            month_name: FixedCalendarDateTimeFormatter::try_new(locale.into(), M::long()).map_err(|e| error(&e))?,
            short_month_name: FixedCalendarDateTimeFormatter::try_new(locale.into(), M::medium())
                .map_err(|e| error(&e))?,
            time,
            list: ListFormatter::try_new_and(names.into(), options).map_err(|e| error(&e))?,
            days: FormatCache::default(),
            short_days: FormatCache::default(),
            times: FormatCache::default(),
        })
    }

    /// `22 November 2018`, in the language's format and calendar and the chosen style.
    pub fn day(&self, date: civil::Date) -> String {
        // An archive has far fewer days than stories.
        self.days.get(date, || self.new_day(date))
    }

    fn new_day(&self, date: civil::Date) -> String {
        let Some(gregorian) = gregorian(date) else { return date.to_string() };
        match &self.day {
            DayFormat::Plain(format) => format.format(&gregorian).to_string(),
            DayFormat::WithWeekday(format) => format.format(&gregorian).to_string(),
        }
    }

    /// `22 Nov` or, with its year, `22 Nov 2018`, in the language's format and calendar.
    pub fn short_day(&self, date: civil::Date, has_year: bool) -> String {
        self.short_days.get((date, has_year), || {
            let Some(gregorian) = gregorian(date) else { return date.to_string() };
            if has_year {
                self.short_day_with_year.format(&gregorian).to_string()
            } else {
                self.short_day.format(&gregorian).to_string()
            }
        })
    }

    /// `November 2018`, in the language's format.
    pub fn month(&self, year: i16, month: i8) -> String {
        self.month.month(year, month)
    }

    /// `Nov 2018`, in the language's format.
    pub fn short_month(&self, year: i16, month: i8) -> String {
        self.short_month.month(year, month)
    }

    /// The number of a Gregorian year in the language's calendar, if its years begin on the same day.
    pub fn year(&self, year: i16) -> i16 {
        match self.month {
            MonthFormat::Gregorian(_) => year,
            MonthFormat::Buddhist(_) => year.saturating_add(BUDDHIST_YEARS),
        }
    }

    /// The separator between a day and a time of day: `, ` or ` at `.
    pub fn date_time_separator(&self) -> &str {
        &self.date_time_separator
    }

    /// `November`, in the language's standalone form.
    pub fn month_name(&self, month: i8) -> String {
        month_name(&self.month_name, month)
    }

    /// `Nov`, in the language's standalone form.
    pub fn short_month_name(&self, month: i8) -> String {
        month_name(&self.short_month_name, month)
    }

    /// `09:30` or `9:30 AM`, in the language's format.
    pub fn time(&self, time: civil::Time) -> String {
        self.times.get((time.hour(), time.minute()), || self.new_time(time))
    }

    fn new_time(&self, time: civil::Time) -> String {
        match Time::try_new(time.hour() as u8, time.minute() as u8, 0, 0) {
            Ok(time) => self.time.format(&time).to_string(),
            Err(_) => time.to_string(),
        }
    }

    /// The separators before, between and after names: `["", ", ", " and ", ""]` for three in English.
    pub fn list_separators(&self, names: &[&str]) -> Vec<String> {
        list_separators::of(names, &self.list)
    }
}

/// The separator between a day and a time of day; a space if the language puts the time first.
fn date_time_separator(
    day: &DateTimeFormatter<YMD>,
    time: &NoCalendarFormatter<T>,
    both: &DateTimeFormatter<YMDT>,
) -> Option<String> {
    let date = Date::try_new_gregorian(2018, 11, 22).ok()?;
    let clock = Time::try_new(9, 30, 0, 0).ok()?;
    let joined = both.format(&DateTime { date, time: clock }).to_string();
    let after_day = joined.strip_prefix(&day.format(&date).to_string())?;
    after_day.strip_suffix(&time.format(&clock).to_string()).map(str::to_owned)
}

fn month_name(format: &FixedCalendarDateTimeFormatter<Gregorian, M>, month: i8) -> String {
    let date = civil::Date::new(2000, month, 1).ok().and_then(gregorian);
    date.map_or_else(|| format!("{month:02}"), |date| format.format(&date).to_string())
}

fn gregorian(date: civil::Date) -> Option<Date<Gregorian>> {
    Date::try_new_gregorian(date.year().into(), date.month() as u8, date.day() as u8).ok()
}
