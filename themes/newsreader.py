"""Makes broadsheet's font files from the package of Newsreader (see docs/THEMES.md for its use).

    python3 themes/newsreader.py PACKAGE themes/broadsheet/assets/fonts
"""
import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

# The characters of headlines in western European languages; the other files keep all of theirs.
LATIN = (
    "20-7E,A0-FF,131,152-153,2BB-2BC,2C6,2DA,2DC,2002-200A,2010-2015,2018-201E,2020-2022,2026,202F,2032-2033,"
    "2039-203A,2044,20AC,2122,2212"
)
FEATURES = ["calt", "ccmp", "kern", "liga", "lnum", "locl", "mark", "mkmk"]
COPYRIGHT, LICENCE, LICENCE_URL = 0, 13, 14

package, output = map(pathlib.Path, sys.argv[1:])
for part in ["latin", "latin-ext", "vietnamese"]:
    font = TTFont(package / "files" / f"newsreader-{part}-opsz-normal.woff2")
    # One optical size for headlines, and no weight below that of opinion headlines.
    instantiateVariableFont(font, {"opsz": 36, "wght": (500, 800)}, inplace=True)
    statement = "This Font Software is licensed under the SIL Open Font License, Version 1.1."
    font["name"].setName(statement, LICENCE, 3, 1, 0x409)
    options = subset.Options(flavor="woff2", hinting=False, desubroutinize=True)
    options.layout_features = FEATURES
    options.name_IDs = [COPYRIGHT, 1, 2, 3, 4, 5, 6, LICENCE, LICENCE_URL]
    subsetter = subset.Subsetter(options)
    wanted = subset.parse_unicodes(LATIN) if part == "latin" else list(font.getBestCmap())
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(output / f"newsreader-{part}.woff2")
