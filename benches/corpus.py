#!/usr/bin/env python3
"""Generates a news archive with the same content for Presswork, Hugo and Blades, and edits it.

    corpus.py make FOLDER N     FOLDER/presswork, FOLDER/hugo and FOLDER/blades, each a site of N articles with its bare
                                theme, or only the ones named after N
    corpus.py edit SITE RUN     corrects a word in the text of one article of a site (SITE is FOLDER/presswork or
    corpus.py add SITE RUN      FOLDER/hugo); adds one article by 2 authors with 4 tags; RUN makes each change new
    corpus.py undo SITE         undoes these changes
    corpus.py real PROJECT FOLDER
                                copies a Presswork project to FOLDER/presswork-default, and its texts for Hugo to
                                FOLDER/hugo-ananke; prints the number of its articles

The same N gives the same bytes, with every version of Python: only `Random.random` is used, which is documented to
be stable. The text has no meaning; only its length and its elements matter.
"""

import bisect
import datetime
import glob
import json
import math
import os
import random
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SECTIONS = ["world", "politics", "business", "technology", "science", "health", "sport", "culture"]
SECTION_WEIGHTS = [20, 16, 14, 12, 8, 9, 11, 10]
FIRST_DAY = datetime.datetime(2016, 1, 1)
DAYS = 3650
PAGE_SIZE = 20

GIVEN = """Abena Adil Agnes Akira Alba Amina Andre Anya Aroha Beatriz Ben Birgit Bogdan Camille Chidi Corinne Dalia Dewi
Dmitri Eamon Edda Elif Emeka Enzo Farid Fiona Gabriel Gita Gustav Halima Hamid Heidi Hiro Ilse Imran Ines Isak Jaya
Joan Jorge Kamal Katya Keiko Kwame Lars Leticia Linh Lucia Malik Marek Mira Musa Naomi Nina Odile Omar Oskar Pilar
Quang Rania Ravi Rosa Ruth Samir Selma Sinead Stefan Tala Tomas Uma Valentin Vera Wanjiru Wei Xenia Yara Yusuf Zofia""".split()
FAMILY = """Abara Adler Aguilar Akande Almeida Amsel Arslan Baptiste Barros Belova Berg Bosman Brandao Carver Chaudhry
Cisse Coelho Dalgaard Demir Diallo Drummond Ekberg Espinoza Falk Ferreira Fontaine Gallo Gebre Goncalves Haddock Halvorsen
Hayashi Herrera Holm Ibarra Iqbal Jansson Kaur Kaya Kenyatta Kimura Kowalska Kruger Lacroix Lindqvist Lobo Maas Marchetti
Mbeki Mensah Morales Nagy Ngata Nkosi Noguchi Obi Okonkwo Ortega Osei Pacheco Pham Pinto Quispe Rahman Reyes Rossi Sato
Seidel Shah Silveira Sokolov Soto Suarez Takeda Tembo Torvald Tran Ueda Vance Vega Wolff Yilmaz Zamora""".split()
ROLES = ["Reporter", "Correspondent", "Columnist", "Desk editor", "Photographer", "Data reporter"]
SMALL = """a the and of to in on for with by from at as it was is are were has had its that this which who said but after
before under over about into near more than not also when while they their will could would""".split()
ONSETS = "b bl br c ch cl d dr f fl g gr h j k l m n p pl pr r s sh sp st t tr v w".split()
VOWELS = "a e i o ai ea ee oa ou".split()
CODAS = ["", "", "", "n", "r", "s", "l", "m", "nd", "st"]
ENDINGS = ["", "", "er", "ing", "ed", "al", "ion", "ment", "ly", "ity", "ness"]
HAN = (
    "天地山水火木金土日月星云雨雪风花草树鸟鱼马牛羊城市乡村道路桥梁车船飞机学校医院工厂商店人民社会经济政治文化科技新闻"
    "报道记者编辑今年去年明天上午下午开始结束增加减少问题办法计划会议决定发展研究调查显示表示认为可能已经还没有以及因为所以"
)


class Dice:
    """Random numbers that are the same on every machine."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def below(self, limit):
        return int(self.random() * limit)

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def pick(self, items):
        return items[int(self.random() * len(items))]

    def chance(self, probability):
        return self.random() < probability

    def bell(self, middle, spread):
        return middle + spread * (sum(self.random() for _ in range(12)) - 6)

    def shuffled(self, items):
        items = list(items)
        for at in range(len(items) - 1, 0, -1):
            other = self.below(at + 1)
            items[at], items[other] = items[other], items[at]
        return items


class Ranked:
    """A distribution with few frequent and many rare items, as for tags, authors and words."""

    def __init__(self, weights):
        self.sums = []
        for weight in weights:
            self.sums.append(weight + (self.sums[-1] if self.sums else 0.0))

    @staticmethod
    def tail(number, shift):
        return Ranked(1.0 / (rank + shift) for rank in range(number))

    def pick(self, dice):
        return min(bisect.bisect(self.sums, dice.random() * self.sums[-1]), len(self.sums) - 1)

    def some(self, dice, number):
        picked = []
        while len(picked) < number:
            one = self.pick(dice)
            if one not in picked:
                picked.append(one)
        return picked


def slug(text):
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


class Language:
    """Words, sentences and headlines. Sentences come from a pool, so that a million articles are generated quickly."""

    def __init__(self, dice):
        self.dice = dice
        known = set(SMALL)
        self.words = []
        while len(self.words) < 6000:
            word = "".join(
                dice.pick(ONSETS) + dice.pick(VOWELS) + dice.pick(CODAS) for _ in range(dice.pick([1, 1, 1, 2, 2, 3]))
            )
            word += dice.pick(ENDINGS)
            if word not in known and len(word) < 14:
                known.add(word)
                self.words.append(word)
        self.ranks = Ranked.tail(len(self.words), 25.0)
        self.pool = {
            False: [self.make_sentence() for _ in range(30000)],
            True: [self.make_chinese() for _ in range(6000)],
        }

    def word(self):
        return self.dice.pick(SMALL) if self.dice.chance(0.42) else self.words[self.ranks.pick(self.dice)]

    def phrase(self, low, high):
        return " ".join(self.word() for _ in range(self.dice.between(low, high)))

    def make_sentence(self):
        """Returns a sentence and its number of words."""
        count = max(5, min(36, round(self.dice.bell(17, 5.5))))
        words = [self.word() for _ in range(count)]
        middle, turn = count // 2, self.dice.random()
        if turn < 0.05:
            words[middle] = f"*{words[middle]}*"
        elif turn < 0.08:
            words[middle] = f"**{words[middle]}**"
        elif turn < 0.10:
            words[middle] = f"`{words[middle]}`"
        elif turn < 0.18:
            words[middle] = f"{self.dice.between(2, 950)}{self.dice.pick([' million', ' per cent', ' km', ''])}"
        elif turn < 0.26:
            words[1], words[-2] = '"' + words[1], words[-2] + '"'
        elif turn < 0.40:
            words[middle] += ","
        return words[0][:1].upper() + " ".join(words)[1:] + ".", count

    def make_chinese(self):
        """Returns a Chinese sentence, and the number of English words it is equivalent to."""
        count = max(8, round(self.dice.bell(28, 8)))
        text = "".join(self.dice.pick(HAN) for _ in range(count))
        return text[: count // 2] + "，" + text[count // 2 :] + "。", round(count / 1.6)

    def sentence(self, chinese):
        return self.dice.pick(self.pool[chinese])

    def headline(self, chinese):
        if chinese:
            return "".join(self.dice.pick(HAN) for _ in range(self.dice.between(9, 20)))
        text = self.phrase(5, 10)
        turn = self.dice.random()
        if turn < 0.12:
            text = text.replace(" ", ": ", 1)
        elif turn < 0.18:
            text = text.replace(" ", " & ", 1)
        elif turn < 0.25:
            text = "'" + text.replace(" ", "' ", 1)
        return text[:1].upper() + text[1:]


class Archive:
    """The data of all articles, chosen before any is written, so that texts can link to each other."""

    def __init__(self, number, dice, language):
        self.number, self.dice, self.language = number, dice, language
        names = dice.shuffled(f"{given} {family}" for given in GIVEN for family in FAMILY)
        self.authors = names[: max(20, number // 200)]
        topics = dict.fromkeys(
            f"{language.word()} {dice.pick(language.words)}" for _ in range(max(50, number // 50) * 2)
        )
        self.tags = list(topics)[: max(50, number // 50)]
        self.section_ranks = Ranked(SECTION_WEIGHTS)
        self.author_ranks = Ranked.tail(len(self.authors), 6.0)
        self.tag_ranks = Ranked.tail(len(self.tags), 5.0)
        self.heads = [self.head(at) for at in range(number)]

    def head(self, at):
        chinese = self.dice.chance(0.04)
        words = self.language.phrase(3, 6)
        return SECTIONS[self.section_ranks.pick(self.dice)], f"{slug(words)}-{at}", chinese

    def is_draft(self, at):
        return at % 100 == 50

    def public(self):
        at = self.dice.below(self.number)
        return self.heads[at - 1 if self.is_draft(at) else at]

    def article(self, at):
        """Returns the data of an article except its text, in which each layout writes links differently."""
        section, name, chinese = self.heads[at]
        minutes = (at + self.dice.random()) * DAYS * 1440 / self.number
        date = FIRST_DAY + datetime.timedelta(minutes=int(minutes))
        updated = date + datetime.timedelta(minutes=self.dice.between(30, 2800)) if self.dice.chance(0.2) else None
        return {
            "section": section,
            "slug": name,
            "chinese": chinese,
            "title": self.language.headline(chinese),
            "date": date,
            "updated": updated,
            "authors": self.author_ranks.some(self.dice, 1 + (self.dice.random() > 0.6) + (self.dice.random() > 0.85)),
            "tags": self.tag_ranks.some(self.dice, self.dice.between(2, 5)),
            "summary": self.language.sentence(chinese)[0].replace("*", "").replace("`", ""),
            "draft": self.is_draft(at),
        }

    def text(self, chinese):
        """The Markdown of one article; `{{section/slug}}` stands for the address of another article."""
        dice, language = self.dice, self.language
        left = max(150, min(1500, round(460 * math.exp(dice.bell(0, 0.45)))))
        blocks, since_heading = [], 0
        while left > 0:
            turn = dice.random()
            if since_heading > 2 and dice.chance(0.4):
                title = language.headline(True)[:8] if chinese else language.phrase(3, 6).capitalize()
                blocks.append(f"{'##' if dice.chance(0.8) else '###'} {title}")
                since_heading = 0
            elif blocks and turn < 0.08:
                sentences = [language.sentence(chinese) for _ in range(dice.between(3, 6))]
                marks = ["- "] * 6 if dice.chance(0.7) else [f"{at}. " for at in range(1, 7)]
                # A paragraph in between keeps two lists from merging.
                blocks.append("\n".join(mark + text for mark, (text, _) in zip(marks, sentences)))
                blocks.append(language.sentence(chinese)[0])
                left -= sum(count for _, count in sentences)
                since_heading += 1
            elif blocks and turn < 0.14:
                text, count = language.sentence(chinese)
                blocks.append("> " + text)
                left -= count
            elif blocks and turn < 0.15:
                rows = "".join(
                    f"\n| {2016 + row} | {dice.below(900)} | {language.word()} |" for row in range(dice.between(3, 8))
                )
                blocks.append(f"| Year | {language.word()} | {language.word()} |\n|---|---:|---|{rows}")
            elif blocks and turn < 0.157:
                lines = "".join(
                    f"\nrow_{row} = total / {dice.between(2, 99)} < limit" for row in range(dice.between(3, 7))
                )
                blocks.append(f"```python{lines}\n```")
            else:
                sentences = [language.sentence(chinese) for _ in range(dice.between(2, 5))]
                left -= sum(count for _, count in sentences)
                parts = [text for text, _ in sentences]
                turn = dice.random()
                if turn < 0.25:
                    section, name, _ = self.public()
                    parts.insert(1, f"As we reported, [{language.phrase(2, 5)}]({{{{{section}/{name}}}}}).")
                elif turn < 0.35:
                    parts.insert(
                        1,
                        f"More is at [{language.word()}](https://www.example.com/{language.word()}?id={dice.below(10**6)}).",
                    )
                blocks.append(("" if chinese else " ").join(parts))
                since_heading += 1
        # The last line is always plain text, so that `edit` can correct a word in it.
        blocks.append(f"The council meets again on day {dice.between(2, 30)}.")
        return "\n\n".join(blocks) + "\n"


def quoted(text):
    """Quotes a text for YAML and JSON."""
    return json.dumps(text, ensure_ascii=False)


def instant(date):
    return date.strftime("%Y-%m-%dT%H:%M:00Z")


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


class Presswork:
    """Presswork: articles list authors by the ids of their files, and link to files."""

    NAME = "presswork"

    @staticmethod
    def article(archive, article, body):
        names = [slug(archive.authors[at]) for at in article["authors"]]
        lines = [f"title: {quoted(article['title'])}", f"slug: {article['slug']}", f"date: {instant(article['date'])}"]
        if article["updated"]:
            lines.append(f"updated: {instant(article['updated'])}")
        lines += [
            f"authors: [{', '.join(names)}]",
            f"tags: [{', '.join(quoted(archive.tags[at]) for at in article['tags'])}]",
            f"summary: {quoted(article['summary'])}",
        ]
        if article["chinese"]:
            lines.append("language: zh-Hans")
        if article["draft"]:
            lines.append("draft: true")
        return "---\n" + "\n".join(lines) + "\n---\n\n" + body.replace("{{", "/").replace("}}", ".md")

    @staticmethod
    def author(site, name, role, biography):
        profile = f'links: {{mastodon: "@{slug(name)}@social.example.org"}}\n'
        put(
            f"{site}/content/authors/{slug(name)}.md",
            f"---\nname: {quoted(name)}\nrole: {role}\nemail: {slug(name)}@example.org\n{profile}---\n\n{biography}\n",
        )

    @staticmethod
    def site(site):
        put(
            f"{site}/site.yaml",
            "title: The Bench Gazette\nbase_url: https://example.org/\ndescription: News made for measuring.\ntheme: bare\n"
            f'permalink: "{{section}}/{{slug}}/"\npage_size: {PAGE_SIZE}\n'
            # Outputs that the Hugo theme does not have.
            "feeds: false\nsitemaps: false\nrobots: false\nhighlight_code: false\n",
        )
        put(f"{site}/content/static/style.css", STYLE)
        shutil.copytree(f"{HERE}/themes/bare", f"{site}/themes/bare", dirs_exist_ok=True)


class Hugo:
    """Hugo: authors, tags and months are taxonomies; articles link to addresses."""

    NAME = "hugo"

    @staticmethod
    def article(archive, article, body):
        names = [slug(archive.authors[at]) for at in article["authors"]]
        lines = [f"title: {quoted(article['title'])}", f"slug: {article['slug']}", f"date: {instant(article['date'])}"]
        if article["updated"]:
            lines.append(f"lastmod: {instant(article['updated'])}")
        lines += [
            f"authors: [{', '.join(names)}]",
            f"tags: [{', '.join(quoted(archive.tags[at]) for at in article['tags'])}]",
            f'archive: ["{article["date"]:%Y-%m}"]',
            f"summary: {quoted(article['summary'])}",
        ]
        if article["draft"]:
            lines.append("draft: true")
        return "---\n" + "\n".join(lines) + "\n---\n\n" + body.replace("{{", "/").replace("}}", "/")

    @staticmethod
    def author(site, name, role, biography):
        put(
            f"{site}/content/authors/{slug(name)}/_index.md",
            f"---\ntitle: {quoted(name)}\nrole: {role}\nemail: {slug(name)}@example.org\n"
            f'mastodon: "@{slug(name)}@social.example.org"\n---\n\n{biography}\n',
        )

    @staticmethod
    def site(site):
        put(f"{site}/content/latest/_index.md", "---\ntitle: Latest\n---\n")
        put(f"{site}/static/style.css", STYLE)
        shutil.copytree(f"{HERE}/themes/hugo", site, dirs_exist_ok=True)


class Blades:
    """Blades: all articles are in one folder, and contain the names of authors, tags and sections."""

    NAME = "blades"

    @staticmethod
    def path(article):
        return f"content/{article['slug']}.md"

    @staticmethod
    def article(archive, article, body):
        def pairs(names):
            return "[" + ", ".join(f"{{ id = {quoted(slug(name))}, name = {quoted(name)} }}" for name in names) + "]"

        def ids(names):
            return "[" + ", ".join(quoted(slug(name)) for name in names) + "]"

        people = [archive.authors[at] for at in article["authors"]]
        topics = [archive.tags[at] for at in article["tags"]]
        published = instant(article["date"])
        lines = [
            f"title = {quoted(article['title'])}",
            f"slug = {quoted(article['slug'])}",
            f"path = {quoted(article['section'])}",
            f"date = {published}",
            f"summary = {quoted(article['summary'])}",
            f"published = {quoted(published)}",
            f"modified = {quoted(instant(article['updated'] or article['date']))}",
            f"section_id = {quoted(article['section'])}",
            f"section_title = {quoted(article['section'].title())}",
            f"people = {pairs(people)}",
            f"topics = {pairs(topics)}",
            "[taxonomies]",
            f"sections = [{quoted(article['section'])}]",
            f"authors = {ids(people)}",
            f"tags = {ids(topics)}",
        ]
        return "+++\n" + "\n".join(lines) + "\n+++\n\n" + body.replace("{{", "/").replace("}}", ".html")

    @staticmethod
    def author(site, name, role, biography):
        """Does nothing: Blades has no author files."""

    @staticmethod
    def site(site):
        os.makedirs(f"{site}/content", exist_ok=True)
        put(f"{site}/assets/style.css", STYLE)
        shutil.copytree(f"{HERE}/themes/blades", site, dirs_exist_ok=True)


LAYOUTS = [Presswork, Hugo, Blades]
STYLE = "body { font: 18px/1.6 serif; max-width: 44rem; margin: auto; padding: 1rem }\nnav a { margin-right: .5rem }\n"


def make(folder, number, layouts):
    dice = Dice(20160101)
    language = Language(dice)
    archive = Archive(number, dice, language)
    for layout in layouts:
        layout.site(f"{folder}/{layout.NAME}")
        for section in SECTIONS if layout is not Blades else []:
            put(f"{folder}/{layout.NAME}/content/{section}/_index.md", f"---\ntitle: {section.title()}\n---\n")
    for name in archive.authors:
        role, biography = dice.pick(ROLES), " ".join(language.sentence(False)[0] for _ in range(3))
        for layout in layouts:
            layout.author(f"{folder}/{layout.NAME}", name, role, biography)
    middle = None
    for at in range(number):
        article = archive.article(at)
        body = archive.text(article["chinese"])
        path = f"content/{article['section']}/{article['slug']}.md"
        texts = {layout.NAME: layout.article(archive, article, body) for layout in layouts}
        for layout in layouts:
            if layout is Blades and article["draft"]:
                continue  # Blades has no drafts.
            where = Blades.path(article) if layout is Blades else path
            with open(f"{folder}/{layout.NAME}/{where}", "w", encoding="utf-8", newline="\n") as file:
                file.write(texts[layout.NAME])
        if at >= number // 2 and middle is None and not article["draft"] and not article["chinese"]:
            middle = path, texts
    news = archive.text(False)
    for layout in layouts:
        path, texts = middle
        known = {"edited": path, "original": texts[layout.NAME], "new": layout.article(archive, NEWS, news)}
        put(f"{folder}/{layout.NAME}.json", json.dumps(known, ensure_ascii=False))


# The article that `add` adds; its authors and tags are neither the rarest nor the most common.
NEWS = {
    "section": "world",
    "slug": "SLUG",
    "title": "Ferry link reopens",
    "chinese": False,
    "draft": False,
    "date": FIRST_DAY + datetime.timedelta(days=DAYS),
    "updated": None,
    "authors": [2, 9],
    "tags": [1, 8, 21, 40],
    "summary": "The ferry sails again after a winter in dock.",
}


def known(site):
    with open(f"{site.rstrip('/')}.json", encoding="utf-8") as file:
        return json.load(file)


def edit(site, run):
    changes = known(site)
    start = changes["original"].rstrip().rindex(" ") + 1
    put(f"{site}/{changes['edited']}", f"{changes['original'][:start]}d{run}.\n")


def add(site, run):
    text = known(site)["new"].replace("SLUG", f"ferry-link-reopens-{run}", 1)
    date = NEWS["date"] + datetime.timedelta(minutes=run)
    text = text.replace(instant(NEWS["date"]), instant(date), 1)
    put(f"{site}/content/world/ferry-link-reopens-{run}.md", text)


def undo(site):
    changes = known(site)
    put(f"{site}/{changes['edited']}", changes["original"])
    for path in glob.glob(f"{site}/content/world/ferry-link-reopens-*.md"):
        os.remove(path)


def real(project, folder):
    """Copies a project for both programs. Author files become pages of Hugo's taxonomy; everything else is the same."""
    ours, other = f"{folder}/presswork-default", f"{folder}/hugo-ananke"
    shutil.copytree(project, ours, ignore=shutil.ignore_patterns("public", ".presswork"))
    shutil.copytree(f"{ours}/content", f"{other}/content")
    if os.path.isdir(f"{ours}/content/static"):
        shutil.copytree(f"{ours}/content/static", f"{other}/static")
    for path in glob.glob(f"{other}/content/authors/*.md"):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        os.remove(path)
        put(f"{path.removesuffix('.md')}/_index.md", re.sub(r"^name:", "title:", text, count=1, flags=re.MULTILINE))
    articles = glob.glob(f"{ours}/content/**/*.md", recursive=True)
    print(sum(not path.endswith("/_index.md") and "/content/authors/" not in path for path in articles))


def main(arguments):
    match arguments:
        case ["make", folder, number]:
            make(folder, int(number), LAYOUTS)
        case ["make", folder, number, *names] if {*names} <= {layout.NAME for layout in LAYOUTS}:
            make(folder, int(number), [layout for layout in LAYOUTS if layout.NAME in names])
        case ["edit", site, run]:
            edit(site, int(run))
        case ["add", site, run]:
            add(site, int(run))
        case ["undo", site]:
            undo(site)
        case ["real", project, folder]:
            real(project, folder)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
