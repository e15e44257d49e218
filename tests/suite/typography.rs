//! Straight quotation marks, by language and context.

use presswork::language::Language;
use presswork::typography::{joins_lines, line};

fn set(tag: &str, text: &str) -> String {
    let language = Language::parse(tag).unwrap_or_else(|why| panic!("{tag}: {why}"));
    line(text, &language.quotes()).into_owned()
}

#[track_caller]
fn check(tag: &str, cases: &[(&str, &str)]) {
    for (typed, printed) in cases {
        assert_eq!(set(tag, typed), *printed, "{tag}: {typed}");
    }
}

#[test]
fn each_language_has_its_quotation_marks() {
    for (tag, printed) in [
        ("en", "“a ‘b’ c”"),
        ("en-GB", "“a ‘b’ c”"),
        ("de", "„a ‚b‘ c“"),
        ("de-CH", "„a ‚b‘ c“"),
        ("fr", "«\u{a0}a «\u{a0}b\u{a0}» c\u{a0}»"),
        ("fr-CA", "«\u{a0}a ”b“ c\u{a0}»"),
        ("fr-CH", "«a ‹b› c»"),
        ("pl", "„a «b» c”"),
        ("ru", "«a „b“ c»"),
        ("uk", "«a „b“ c»"),
        ("sv", "”a ’b’ c”"),
        ("fi", "”a ’b’ c”"),
        ("nb", "«a ‘b’ c»"),
        ("da", "“a ‘b’ c”"),
        ("cs", "„a ‚b‘ c“"),
        ("hu", "„a »b« c”"),
        ("it", "«a “b” c»"),
        ("pt", "“a ‘b’ c”"),
        ("pt-PT", "«a “b” c»"),
        ("el", "«a “b” c»"),
        ("he", "”a ’b’ c”"),
        ("ar", "”a ’b‘ c“"),
        ("fa", "«a ‹b› c»"),
        ("zh", "“a ‘b’ c”"),
        ("zh-Hant", "「a 『b』 c」"),
        ("ko", "“a ‘b’ c”"),
        ("hi", "“a ‘b’ c”"),
        ("vi", "“a ‘b’ c”"),
    ] {
        assert_eq!(set(tag, "\"a 'b' c\""), printed, "{tag}");
    }
}

#[test]
fn marks_between_letters_of_scripts_without_spaces_pair() {
    check(
        "zh",
        &[
            ("市长说\"可以\",随后离席。", "市长说“可以”,随后离席。"),
            ("市长说\"可以\"，随后离席。", "市长说“可以”，随后离席。"),
            ("这座\"老桥\"和那座\"新桥\"", "这座“老桥”和那座“新桥”"),
            ("他读了'序'一遍", "他读了‘序’一遍"),
            ("第3\"号\"线", "第3“号”线"),
            ("\"'n'级\"与\"'A'级\"与\"他得'n'\"。", "“‘n’级”与“‘A’级”与“他得‘n’”。"),
            ("第'n'个，'N'型：'OK'（好）。", "第‘n’个，‘N’型：‘OK’（好）。"),
            ("他说 'n' 个。'1'号。第1'A'级，5'号'线", "他说 ‘n’ 个。‘1’号。第1‘A’级，5‘号’线"),
            ("\"说'A\"和\"甲'乙'丙\"", "“说‘A”和“甲‘乙’丙”"),
            ("他说don't好。身高6'到7'。90'后", "他说don’t好。身高6′到7′。90′后"),
        ],
    );
    check("ja", &[("市長は\"検討中\"と話した。", "市長は“検討中”と話した。")]);
    check("ko", &[("\"Harbour\"로 갔다. 'Quay'는 아니다.", "“Harbour”로 갔다. ‘Quay’는 아니다.")]);
    check("th", &[("เขาพูดว่า\"ไม่\"แล้วไป", "เขาพูดว่า“ไม่”แล้วไป")]);
}

#[test]
fn measures_are_primes() {
    check(
        "en",
        &[
            ("die '68er und 5' hoch", "die ’68er und 5′ hoch"),
            ("A 6'2\" goalkeeper and a 19\" rack", "A 6′2″ goalkeeper and a 19″ rack"),
            ("at 51°28'40\"N", "at 51°28′40″N"),
            ("\"We left in 1974\", she said", "“We left in 1974”, she said"),
            ("\"in 1999\" and \"in 2000\"", "“in 1999” and “in 2000”"),
            ("\"It has a 24\" screen\"", "“It has a 24″ screen”"),
            ("8½\"x11\" paper, a ¾\" pipe and a 1½\" bolt", "8½″x11″ paper, a ¾″ pipe and a 1½″ bolt"),
            ("10½\" or 1½' or 8'x10' or 8' × 10'", "10½″ or 1½′ or 8′x10′ or 8′ × 10′"),
            ("\"It has 5 m²\" and \"room Ⅷ\"", "“It has 5 m²” and “room Ⅷ”"),
        ],
    );
    check("ar", &[("شاشة ٢٤\" و٢٧\"", "شاشة ٢٤″ و٢٧″")]);
    check("hi", &[("२४\" की स्क्रीन", "२४″ की स्क्रीन")]);
    check(
        "zh",
        &[
            ("24\"显示器和27\"显示器", "24″显示器和27″显示器"),
            ("15\"和16\"两款", "15″和16″两款"),
            ("24\"显示器和\"好\"的", "24″显示器和“好”的"),
            ("２４\"显示器", "２４″显示器"),
            ("他得5\"优\"和6\"良\"", "他得5“优”和6“良”"),
            ("他说\"买24\"显示器\"。", "他说“买24″显示器”。"),
            ("\"A5\"或\"B6\"级", "“A5”或“B6”级"),
        ],
    );
    check("de-CH", &[("12'500 Franken", "12’500 Franken")]);
}

/// In Chinese no space ends a URL, so its marks and those of the text around it are told apart by its own rule.
#[test]
fn marks_beside_urls_are_those_of_the_text() {
    check(
        "zh",
        &[
            ("他说'好'，港口--码头...完，联系a@b.org即可。", "他说‘好’，港口–码头…完，联系a@b.org即可。"),
            (
                "详见https://e.org/a。他说'好的'吧，港口--码头...结束。",
                "详见https://e.org/a。他说‘好的’吧，港口–码头…结束。",
            ),
            (
                "详见https://e.org/a--b...c和'https://e.org/it's'吧",
                "详见https://e.org/a--b...c和‘https://e.org/it's’吧",
            ),
            ("见e.org/a--b，港口--码头", "见e.org/a--b，港口–码头"),
            ("https://e.org/新闻--a/b 和'x'", "https://e.org/新闻--a/b 和‘x’"),
            ("'joe--b@e--f.org'说'好'", "‘joe--b@e--f.org’说‘好’"),
        ],
    );
    check("ja", &[("詳細はhttps://e.org/a。港--埠頭...'可'です", "詳細はhttps://e.org/a。港–埠頭…‘可’です")]);
    check(
        "en",
        &[("'o'brien@e.org' -- 'yes', see 'www.e.org/it's--x'", "‘o'brien@e.org’ – ‘yes’, see ‘www.e.org/it's--x’")],
    );
}

#[test]
fn apostrophes_are_not_quotation_marks() {
    check(
        "en",
        &[
            ("the '90s", "the ’90s"),
            ("Class of '68", "Class of ’68"),
            ("rock 'n' roll", "rock ’n’ roll"),
            ("'rock 'n' roll'", "‘rock ’n’ roll’"),
            ("O'Hara isn't the boys' coach", "O’Hara isn’t the boys’ coach"),
            ("'Twas the night", "’Twas the night"),
            ("'He isn't', she said", "‘He isn’t’, she said"),
            ("\"'No,' he said,\" she wrote", "“‘No,’ he said,” she wrote"),
            ("the 1990's", "the 1990’s"),
        ],
    );
    check("fr", &[("l'eau d'ici", "l’eau d’ici")]);
    check("de", &[("So geht's, 's ist spät", "So geht’s, ’s ist spät")]);
    check("nl", &[("'s Avonds in 't dorp", "’s Avonds in ’t dorp")]);
}

#[test]
fn hebrew_acronyms_keep_their_marks() {
    check(
        "he",
        &[
            ("דו\"ח של מבק\"ר", "דו״ח של מבק״ר"),
            ("ג'ירפה וצ'ק", "ג׳ירפה וצ׳ק"),
            ("\"רב\"ט\"", "”רב״ט”"),
            ("קראנו ב\"מעריב\" אתמול", "קראנו ב”מעריב” אתמול"),
        ],
    );
}

#[test]
fn french_guillemets_have_no_break_spaces_whatever_was_typed() {
    check("fr", &[("dit \" oui \" hier", "dit «\u{a0}oui\u{a0}» hier"), ("dit \"oui\".", "dit «\u{a0}oui\u{a0}».")]);
}

#[test]
fn urls_do_not_change() {
    check(
        "en",
        &[
            ("https://example.org/a--b...c'd", "https://example.org/a--b...c'd"),
            ("\"https://example.org/a--b\"", "“https://example.org/a--b”"),
            ("write to desk--news@example.org", "write to desk--news@example.org"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("here --- and -- there...", "here — and – there…"),
        ],
    );
}

#[test]
fn lines_join_between_characters_of_chinese_and_japanese() {
    for (before, after, joins) in [
        ('港', '口', true),
        ('、', '港', true),
        ('カ', 'ｶ', true),
        ('港', 'a', false),
        ('한', '국', false),
        ('港', '한', false),
    ] {
        assert_eq!(joins_lines(before, after), joins, "{before}{after}");
    }
}

#[test]
fn no_text_makes_it_panic_or_quadratic() {
    for mark in ["\"", "'", "a'", "א\"", "5\"", "'n'", "港\"", "--", "'a ", "\" ", "é'1'000'N"] {
        for tag in ["en", "fr", "he", "zh"] {
            set(tag, &mark.repeat(5_000));
        }
    }
}
