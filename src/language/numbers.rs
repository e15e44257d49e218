//! Number formats and plural forms of a language.

use icu_decimal::input::Decimal;
use icu_decimal::options::{DecimalFormatterOptions, GroupingStrategy};
use icu_decimal::{DecimalFormatter, DecimalFormatterPreferences};
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
}

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
        })
    }

    /// `1,234` or `1.234` or `١٬٢٣٤`.
    pub fn grouped(&self, number: i64) -> String {
        self.grouped.format(&Decimal::from(number)).to_string()
    }

    /// `1,234.50` or `1.234,50`, from `1234.50`; `None` if that is not a number.
    pub fn decimal(&self, text: &str) -> Option<String> {
        let decimal: Decimal = text.parse().ok()?;
        Some(self.grouped.format(&decimal).to_string())
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
