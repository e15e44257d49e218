"""Reads pages as trafilatura or newspaper4k does, whichever the first argument names.

Standard input has the path of a page on each line; standard output gets a JSON object by path. Nothing is downloaded.
"""

import json
import sys
import warnings

warnings.simplefilter("ignore")

# No page is there: it stands for the page's own, which both want to know.
URL = "https://example.org/story/"


def trafilatura_reads(html):
    import trafilatura

    found = trafilatura.bare_extraction(html, url=URL, with_metadata=True, include_comments=False)
    found = found.as_dict() if found else {}
    return {
        "title": found.get("title") or "",
        "authors": [name for name in (found.get("author") or "").split("; ") if name],
        "date": found.get("date") or "",
        "language": None,
        "image": found.get("image"),
        "text": found.get("text") or "",
    }


def newspaper_reads(html):
    import newspaper

    article = newspaper.Article(URL, fetch_images=False)
    article.download(input_html=html)
    article.parse()
    return {
        "title": article.title,
        "authors": article.authors,
        "date": article.publish_date.isoformat() if article.publish_date else "",
        "language": article.meta_lang,
        "image": article.top_image,
        "text": article.text,
    }


read = {"trafilatura": trafilatura_reads, "newspaper4k": newspaper_reads}[sys.argv[1]]
found = {}
for path in filter(None, sys.stdin.read().split("\n")):
    with open(path, encoding="utf-8") as page:
        found[path] = read(page.read())
json.dump(found, sys.stdout)
