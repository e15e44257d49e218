//! A paper with a story of each kind and in several languages, as files of a project.

use std::fmt::Write;

use crate::tree::Tree;

/// The kinds of stories that Presswork knows.
const KINDS: [&str; 10] =
    ["news", "analysis", "opinion", "review", "feature", "interview", "obituary", "press-release", "sponsored", "live"];

const ENGLISH: [&str; 3] = [
    "The harbour office opened the gates at six in the morning, and by the time the fog had lifted there were already \
     forty people on the quay who wanted to know when the ferry would leave, and whether it would leave at all.",
    "It left at nine, with eleven passengers, two bicycles and a dog. The others had gone home by then, or had taken the \
     bus across the bridge, which needs an hour longer but has never yet been late on account of the weather.",
    "The company said that it would run the morning boat until the end of the winter and then decide. It has said the same \
     in each of the last four years, and in each of them the boat was still there when the spring came.",
];

/// A language with its headline and its paragraphs.
const LANGUAGES: &[(&str, &str, [&str; 3])] = &[
    (
        "de",
        "Die Fähre fährt wieder",
        [
            "Das Hafenamt öffnete die Tore um sechs Uhr morgens, und als sich der Nebel hob, standen schon vierzig Menschen \
             auf dem Kai, die wissen wollten, wann die Fähre ablegt und ob sie überhaupt ablegt.",
            "Sie legte um neun ab, mit elf Fahrgästen, zwei Rädern und einem Hund. Die anderen waren da schon wieder zu \
             Hause oder hatten den Bus über die Brücke genommen, der eine Stunde länger braucht.",
            "Die Reederei will das Boot am Morgen bis zum Ende des Winters fahren lassen und dann entscheiden. Das hat sie \
             in den letzten vier Jahren auch gesagt, und im Frühling war das Boot immer noch da.",
        ],
    ),
    (
        "fr",
        "Le bac reprend son service",
        [
            "La capitainerie a ouvert les grilles à six heures du matin, et quand le brouillard s’est levé, il y avait déjà \
             quarante personnes sur le quai qui voulaient savoir quand le bac allait partir.",
            "Il est parti à neuf heures, avec onze passagers, deux vélos et un chien. Les autres étaient rentrés chez eux ou \
             avaient pris le car qui passe par le pont et qui met une heure de plus.",
            "La compagnie a dit que le bateau du matin resterait en service jusqu’à la fin de l’hiver et qu’elle \
             déciderait alors. Elle le dit depuis quatre ans, et le bateau est toujours là au printemps.",
        ],
    ),
    (
        "es",
        "El transbordador vuelve a salir",
        [
            "La oficina del puerto abrió las puertas a las seis de la mañana, y cuando se levantó la niebla ya había \
             cuarenta personas en el muelle que querían saber cuándo iba a salir el barco.",
            "Salió a las nueve, con once pasajeros, dos bicicletas y un perro. Los demás ya se habían ido a casa o habían \
             tomado el autobús que va por el puente y que tarda una hora más que el barco.",
            "La compañía dijo que el barco de la mañana seguirá hasta el final del invierno y que entonces decidirá. Lo \
             mismo ha dicho en los últimos cuatro años, y en primavera el barco estaba todavía allí.",
        ],
    ),
    (
        "ru",
        "Паром снова ходит",
        [
            "Портовая служба открыла ворота в шесть часов утра, и когда туман рассеялся, на причале уже стояли сорок \
             человек, которые хотели знать, когда уйдёт паром и уйдёт ли он вообще.",
            "Он ушёл в девять, и на нём были одиннадцать пассажиров, два велосипеда и собака. Остальные к тому времени \
             вернулись домой или поехали на автобусе через мост, а это на час дольше.",
            "Компания сказала, что утренний рейс будет до конца зимы, а потом она решит. То же самое она говорила и в \
             последние четыре года, и каждый раз весной паром всё ещё был на месте.",
        ],
    ),
    (
        "zh-Hans",
        "渡轮恢复通航",
        [
            "港务处早上六点打开了大门，雾散去的时候，码头上已经有四十个人，他们都想知道渡轮什么时候开，今天到底还开不开。",
            "渡轮九点开走了，船上有十一名乘客、两辆自行车和一条狗。其他人那时候已经回家，或者坐上了过桥的公共汽车，要多花一个小时。",
            "公司说，早班船会一直开到冬天结束，然后再作决定。过去四年里公司每年都这样说，而到了春天，船总是还在那里。",
        ],
    ),
];

/// The files of the paper.
pub fn paper() -> Tree {
    let mut files = Tree::new();
    let mut add = |path: String, text: String| files.insert(path.into(), text.into_bytes());
    add(
        "site.yaml".to_owned(),
        "title: The Ferry Gazette\nbase_url: https://example.org/paper/\ndescription: News from both banks.\n\
         publisher: {name: Ferry Press and Sons}\noutputs: [text]\n"
            .to_owned(),
    );
    for (id, more) in [
        ("ana-lopez", "name: Ana López\nlinks: {mastodon: \"@ana@example.social\", facebook: ana}"),
        ("bo-lind", "name: Bo Lind\nurl: https://bo.example/"),
        ("desk", "name: Data and Maps Desk\nkind: organization"),
    ] {
        add(
            format!("content/authors/{id}.md"),
            format!("---\n{more}\n---\n\nWrites about boats, and sometimes from them.\n"),
        );
    }
    let names = [
        "ana-lopez",
        "ana-lopez, bo-lind",
        "bo-lind, {name: Gabe Guest, url: \"https://guest.example/\"}",
        "ana-lopez, desk",
    ];
    let mut place = 0;
    let mut story = |name: &str, more: &str, title: &str, paragraphs: &[&str]| {
        place += 1;
        let mut text = format!("---\ntitle: {title}\ndate: 2026-10-{place:02}T08:30:00Z\n");
        // Writing to a String cannot fail.
        let _ = write!(text, "authors: [{}]\n{more}---\n\n{}\n", names[place % names.len()], paragraphs.join("\n\n"));
        add(format!("content/world/{name}.md"), text);
    };
    for kind in KINDS {
        let more = format!("kind: {kind}\ndeck: Forty people waited and eleven of them went\ntags: [ferries]\n");
        story(kind, &more, &format!("How the ferry came back, as {kind}"), &ENGLISH);
    }
    let corrected =
        "corrections: [{date: 2026-10-30, text: \"There were eleven passengers, not twelve.\"}]\ndateline: THE QUAY\n";
    story("corrected", corrected, "A ferry leaves at nine", &ENGLISH);
    let retracted = "retracted: {date: 2026-11-05, reason: Forged., keep_body: true}\n";
    story("retracted", retracted, "A ferry that never left", &ENGLISH);
    for (language, title, paragraphs) in LANGUAGES {
        story(&format!("in-{}", language.to_lowercase()), &format!("language: {language}\n"), title, paragraphs);
    }
    files
}
