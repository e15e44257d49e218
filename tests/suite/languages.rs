//! Dates and numbers as readers of each language write them.

use jiff::civil::date;
use presswork::language::{CATEGORIES, Formats, Language, Numbers};

fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap()
}

#[test]
fn days_months_and_times() {
    let expected = [
        ("en", "November 22, 2018", "November 2018", "November", "9:05\u{202f}AM"),
        ("en-GB", "22 November 2018", "November 2018", "November", "09:05"),
        ("zh-Hans", "2018年11月22日", "2018年11月", "十一月", "09:05"),
        ("zh-Hant", "2018年11月22日", "2018年11月", "11月", "上午9:05"),
        ("ja", "2018年11月22日", "2018年11月", "11月", "9:05"),
        ("ko", "2018년 11월 22일", "2018년 11월", "11월", "오전 9:05"),
        ("ar", "22 نوفمبر 2018", "نوفمبر 2018", "نوفمبر", "9:05 ص"),
        ("he", "22 בנובמבר 2018", "נובמבר 2018", "נובמבר", "9:05"),
        ("de", "22. November 2018", "November 2018", "November", "09:05"),
        ("fr", "22 novembre 2018", "novembre 2018", "novembre", "09:05"),
        ("es", "22 de noviembre de 2018", "noviembre de 2018", "noviembre", "09:05"),
        ("pt", "22 de novembro de 2018", "novembro de 2018", "novembro", "09:05"),
        ("ru", "22 ноября 2018\u{202f}г.", "ноябрь 2018\u{202f}г.", "ноябрь", "09:05"),
    ];
    let mut problems = Vec::new();
    for (tag, day, month, name, time) in expected {
        let formats = Formats::of(&language(tag)).unwrap();
        let found = [
            formats.day(date(2018, 11, 22)),
            formats.month(2018, 11),
            formats.month_name(11),
            formats.time(jiff::civil::time(9, 5, 0, 0)),
        ];
        for (found, wanted) in found.into_iter().zip([day, month, name, time]) {
            if found != wanted {
                problems.push(format!("{tag}: {found:?} and not {wanted:?}"));
            }
        }
    }
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn numbers_are_grouped_as_the_language_does() {
    for (tag, grouped, plain) in [
        ("en", "1,234,567", "2026"),
        ("de", "1.234.567", "2026"),
        ("de-CH", "1'234'567", "2026"),
        ("fr", "1\u{202f}234\u{202f}567", "2026"),
        ("es", "1.234.567", "2026"),
        ("hi", "12,34,567", "2026"),
        ("ar", "1,234,567", "2026"),
        ("ar-EG", "١٬٢٣٤٬٥٦٧", "٢٠٢٦"),
        ("fa", "۱٬۲۳۴٬۵۶۷", "۲۰۲۶"),
        ("zh-Hant", "1,234,567", "2026"),
        ("abc", "1,234,567", "2026"),
    ] {
        let numbers = Numbers::of(&language(tag)).unwrap();
        assert_eq!((numbers.grouped(1_234_567).as_str(), numbers.plain(2026).as_str()), (grouped, plain), "{tag}");
    }
    // Spanish does not group numbers of four digits.
    assert_eq!(Numbers::of(&language("es")).unwrap().grouped(1_234), "1234");
}

/// A page whose date says "٢٢" must not say "3 minutes" beside it.
#[test]
fn dates_and_numbers_have_the_same_digits() {
    for tag in [
        "en", "zh-Hans", "zh-Hant", "ja", "ko", "ar", "ar-EG", "ar-MA", "he", "de", "fr", "es", "pt", "ru", "bn", "mr",
        "my", "th", "hi",
    ] {
        let (formats, numbers) = (Formats::of(&language(tag)).unwrap(), Numbers::of(&language(tag)).unwrap());
        let day = formats.day(date(2018, 11, 22));
        assert!(day.contains(&numbers.plain(22)), "{tag}: {day}");
        assert!(formats.month(2018, 11).contains(&numbers.plain(formats.year(2018).into())), "{tag}");
        assert!(formats.time(jiff::civil::time(9, 35, 0, 0)).contains(&numbers.plain(35)), "{tag}");
    }
}

/// The dates of CLDR 48 for 5 March 2026, 14:05.
#[test]
fn days_are_written_in_the_calendar_of_the_language() {
    for (tag, day, joint) in [
        ("th", "5 มีนาคม 2569", " เวลา "),
        ("fa", "۱۴ اسفند ۱۴۰۴", " ساعت "),
        ("en", "March 5, 2026", " at "),
        ("de", "5. März 2026", " um "),
        ("ja", "2026年3月5日", " "),
    ] {
        let formats = Formats::of(&language(tag)).unwrap();
        assert_eq!((formats.day(date(2026, 3, 5)).as_str(), formats.date_time_separator()), (day, joint), "{tag}");
    }
    // Archives have Gregorian months, so a Persian page is not named after a month that only overlaps.
    assert_eq!(Formats::of(&language("th")).unwrap().month(2026, 3), "มีนาคม 2569");
    assert_eq!(Formats::of(&language("fa")).unwrap().month(2026, 3), "مارس ۲۰۲۶");
}

#[test]
fn plural_categories_are_those_of_the_language() {
    for (tag, expected) in [
        ("en", ["other", "one", "other", "other", "other", "other"]),
        ("fr", ["one", "one", "other", "other", "other", "other"]),
        ("pt", ["one", "one", "other", "other", "other", "other"]),
        ("ru", ["many", "one", "few", "few", "many", "many"]),
        ("ar", ["zero", "one", "two", "few", "few", "many"]),
        ("he", ["other", "one", "two", "other", "other", "other"]),
        ("ja", ["other"; 6]),
        ("zh-Hant", ["other"; 6]),
        ("abc", ["other"; 6]),
    ] {
        let numbers = Numbers::of(&language(tag)).unwrap();
        assert_eq!([0, 1, 2, 3, 5, 11].map(|number| numbers.category(number)), expected, "{tag}");
    }
    assert!(CATEGORIES.contains(&Numbers::of(&language("fr")).unwrap().category(1_000_000)));
}
