//! Number formats and plural forms of a language.

use icu_decimal::input::Decimal;
use icu_decimal::options::{DecimalFormatterOptions, GroupingStrategy};
use icu_decimal::{CompactDecimalFormatter, DecimalFormatter, DecimalFormatterPreferences};
use icu_plurals::{PluralCategory, PluralRules};

use super::Language;

/// The plural categories of the Unicode CLDR. Every language has `other` and some of the rest.
pub const CATEGORIES: &[&str] = &["zero", "one", "two", "few", "many", OTHER];

/// The category that every language has.
pub const OTHER: &str = "other";

/// Formats numbers and selects plural forms in one language, according to the Unicode CLDR.
pub struct Numbers {
    plurals: PluralRules,
    grouped: DecimalFormatter,
    plain: DecimalFormatter,
    compact: CompactDecimalFormatter,
}

/// The number of digits of a number in its short form.
const SHORT_DIGITS: i16 = 3;

impl std::fmt::Debug for Numbers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Numbers")
    }
}

impl Numbers {
    /// The number formats of a language; those of the root locale if the CLDR has none.
    ///
    /// # Errors
    /// If even the root locale's data is missing, which means that the program was built wrongly.
    pub fn of(language: &Language) -> Result<Numbers, String> {
        let locale = &language.0.locale;
        let error = |error: &dyn std::fmt::Display| format!("no numbers for `{}`: {error}", language.tag());
        let formatter = |grouping: GroupingStrategy| {
            let preferences = DecimalFormatterPreferences::from(locale);
            DecimalFormatter::try_new(preferences, DecimalFormatterOptions::from(grouping)).map_err(|e| error(&e))
        };
        Ok(Numbers {
            plurals: PluralRules::try_new(locale.into(), Default::default()).map_err(|e| error(&e))?,
            grouped: formatter(GroupingStrategy::Auto)?,
            plain: formatter(GroupingStrategy::Never)?,
            compact: CompactDecimalFormatter::try_new_short(locale.into(), Default::default())
                .map_err(|e| error(&e))?,
        })
    }

    /// `1,234` or `1.234` or `١٬٢٣٤`.
    pub fn grouped(&self, number: i64) -> String {
        self.grouped.format(&Decimal::from(number)).to_string()
    }

    /// `1,234.50` or `1.234,50`, from `1234.50`; `None` if that is not a number.
    pub fn decimal(&self, text: &str) -> Option<String> {
        let decimal: Decimal = text.parse().ok()?;
        Some(with_minus(&self.grouped.format(&decimal).to_string()))
    }

    /// `1.23M` or `1,23 Mio.` or `123万`, from `1234567`, rounded to three digits; `None` if that is not a
    /// number.
    ///
    /// ```
    /// use presswork::language::{Language, Numbers};
    /// let short = |tag, number| Ok::<_, String>(Numbers::of(&Language::parse(tag)?)?.short(number));
    /// assert_eq!(short("en", "12500000")?.as_deref(), Some("12.5M"));
    /// assert_eq!(short("de", "-1234567.5")?.as_deref(), Some("−1,23\u{a0}Mio."));
    /// assert_eq!(short("zh", "999960000")?.as_deref(), Some("10亿"));
    /// assert_eq!(short("en", "n/a")?, None);
    /// # Ok::<(), String>(())
    /// ```
    pub fn short(&self, text: &str) -> Option<String> {
        let decimal = rounded(text.parse().ok()?);
        let exponent = self.compact.compact_exponent_for_magnitude(decimal.absolute.nonzero_magnitude_start());
        let mut significand = decimal.clone();
        significand.absolute.multiply_pow10(-i16::from(exponent));
        significand.absolute.trim_end();
        let short = self.compact.format_with_exponent(&significand, exponent).ok()?.to_string();
        Some(with_minus(&short))
    }

    /// True if the short form of a number is not rounded.
    pub fn is_short(&self, text: &str) -> bool {
        text.parse::<Decimal>().is_ok_and(|mut exact| {
            let mut short = rounded(exact.clone());
            short.absolute.trim_end();
            exact.absolute.trim_end();
            short == exact
        })
    }

    /// `1234` or `١٢٣٤`, as for years.
    pub fn plain(&self, number: i64) -> String {
        self.plain.format(&Decimal::from(number)).to_string()
    }

    /// The plural category of a number.
    ///
    /// ```
    /// use presswork::language::{Language, Numbers};
    /// let numbers = Numbers::of(&Language::parse("ru")?)?;
    /// assert_eq!([1, 3, 5, 21].map(|number| numbers.category(number)), ["one", "few", "many", "one"]);
    /// # Ok::<(), String>(())
    /// ```
    pub fn category(&self, number: i64) -> &'static str {
        match self.plurals.category_for(number) {
            PluralCategory::Zero => "zero",
            PluralCategory::One => "one",
            PluralCategory::Two => "two",
            PluralCategory::Few => "few",
            PluralCategory::Many => "many",
            PluralCategory::Other => OTHER,
        }
    }
}

fn rounded(mut decimal: Decimal) -> Decimal {
    let first = decimal.absolute.nonzero_magnitude_start();
    decimal.absolute.round(first - SHORT_DIGITS + 1);
    decimal
}

/// CLDR uses the hyphen for most languages, which is shorter than a digit and allows line breaks.
fn with_minus(number: &str) -> String {
    number.replace('-', "\u{2212}")
}
