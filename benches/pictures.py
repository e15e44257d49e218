#!/usr/bin/env python3
"""The parts of pictures.sh in Python: makes photos and sites, and prints the table."""

import hashlib
import random
import re
import statistics
import sys
from pathlib import Path

WIDTHS = [400, 800, 1200, 1600]
SIZE = (3872, 2592)
ORIGINAL = re.compile(r"photo-\d+\.jpg")
# Photographs; the others in the packages are drawings.
NAMES = [
    "Aqua.jpg", "Blinds.jpg", "Dune.jpg", "FreshFlower.jpg", "Garden.jpg", "GreenMeadow.jpg", "LadyBird.jpg",
    "RainDrops.jpg", "Storm.jpg", "TwoWings.jpg", "Wood.jpg", "YellowFlower.jpg", "astronaut.png", "chelsea.png",
    "coffee.png", "rocket.jpg", "motorcycle_left.png",
]


def photos(sources, target, count):
    """Makes photos with seeded chance, so that every run has the same."""
    import numpy
    from PIL import Image

    found = sorted(path for path in Path(sources).rglob("*") if path.name in NAMES)
    if not found:
        sys.exit("pictures.py: no photographs in the packages")
    target = Path(target)
    target.mkdir(parents=True)
    chance, grain = random.Random(23), numpy.random.default_rng(23)
    for number in range(count):
        photo = Image.open(found[number % len(found)]).convert("RGB")
        width, height = photo.size
        part = chance.uniform(0.6, 1.0)
        across = min(width, height * SIZE[0] / SIZE[1]) * part
        down = across * SIZE[1] / SIZE[0]
        left, top = chance.uniform(0, width - across), chance.uniform(0, height - down)
        photo = photo.resize(SIZE, Image.Resampling.BICUBIC, box=(left, top, left + across, top + down))
        # Enlarged pictures lack the fine detail of a camera's; its grain takes as many bytes.
        pixels = numpy.asarray(photo, dtype=numpy.float32) * chance.uniform(0.8, 1.15)
        coarse = grain.normal(0, 5, (SIZE[1], SIZE[0], 1)).astype(numpy.float32)
        pixels = numpy.clip(pixels + coarse, 0, 255).astype(numpy.uint8)
        Image.fromarray(pixels).save(target / f"photo-{number:03}.jpg", quality=92)


def sites(work):
    """Writes a site for each program, with a page for each photo."""
    work = Path(work)
    names = sorted(path.name for path in (work / "photos").iterdir())

    def write(path, text):
        path = work / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def link(path, name):
        path = work / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.hardlink_to(work / "photos" / name)

    write("presswork/site.yaml", "title: Bench\nbase_url: https://example.org/\ntheme: bench\nfeeds: false\nsearch: false\n")
    slot = f"inline: {{widths: {WIDTHS}, formats: [webp, jpeg]}}"
    write("presswork/themes/bench/theme.yaml", f"name: bench\nextends: broadsheet\npictures:\n  {slot}\n")
    sizes = " ".join(f'{{{{ $r := .Resize "{width}x q80" }}}}{{{{ $r.RelPermalink }}}}'
                     f'{{{{ $w := .Resize "{width}x webp q83" }}}}{{{{ $w.RelPermalink }}}}' for width in WIDTHS)
    write("hugo/hugo.toml", "baseURL = 'https://example.org/'\ndisableKinds = ['taxonomy', 'rss', 'sitemap']\n"
          "[imaging]\nresampleFilter = 'Lanczos'\n")
    write("hugo/layouts/_default/single.html", f'{{{{ range .Resources.ByType "image" }}}}{sizes}{{{{ end }}}}')
    write("hugo/layouts/_default/list.html", "x")
    for number, name in enumerate(names):
        stem = name.removesuffix(".jpg")
        write(f"presswork/content/news/{stem}/index.md",
              f"---\ntitle: {stem}\ndate: 2026-01-{number % 28 + 1:02}\nbyline: Bench\n---\n\nText.\n\n![A photo]({name})\n")
        link(f"presswork/content/news/{stem}/{name}", name)
        write(f"hugo/content/news/{stem}/index.md", f"---\ntitle: {stem}\n---\nText.\n")
        link(f"hugo/content/news/{stem}/{name}", name)
    write("sharp.cjs", f"""
const fs = require('fs'), path = require('path'), sharp = require('sharp');
sharp.concurrency(1);
sharp.cache(false);
const [source, target] = process.argv.slice(2);
fs.mkdirSync(target, {{recursive: true}});
(async () => {{
  for (const name of fs.readdirSync(source).sort())
    for (const width of {WIDTHS}) {{
      const file = path.join(target, `${{path.parse(name).name}}-${{width}}`);
      const resized = sharp(path.join(source, name)).rotate().resize({{width}});
      await resized.clone().jpeg({{quality: 80, progressive: true}}).toFile(file + '.jpg');
      await resized.clone().webp({{quality: 83}}).toFile(file + '.webp');
    }}
}})();
""")


def hashes(folder):
    """Reads and hashes all photos: the least that a build with all files kept must do."""
    for path in sorted(Path(folder).iterdir()):
        hashlib.blake2b(path.read_bytes()).digest()


def weight(folder, count):
    """The kB of a photo's files by format."""
    by_format = {}
    for path in Path(folder).rglob("*"):
        # Hugo publishes the photos themselves, too.
        is_made = path.suffix in (".jpg", ".webp") and not ORIGINAL.fullmatch(path.name)
        if is_made and path.is_file():
            by_format[path.suffix[1:]] = by_format.get(path.suffix[1:], 0) + path.stat().st_size
    return " + ".join(f"{size / count / 1000:.0f} {name}" for name, size in sorted(by_format.items()))


def table(work, count):
    """Prints medians."""
    work, count = Path(work), int(count)
    rows = {}
    for line in (work / "times").read_text().splitlines():
        name, user, system, peak = line.split()
        rows.setdefault(name, []).append((float(user) + float(system), int(peak) / 1000))
    labels = {
        "presswork": ("Presswork", work / "presswork/public/assets/pictures"),
        "kept": ("Presswork, all files kept", None),
        "hash": ("reading and hashing the photos", None),
        "hugo": ("Hugo", work / "hugo/public"),
        "sharp": ("sharp", work / "sharp.out"),
    }
    print(f"| {count} photos | CPU s a photo | kB a photo | peak MB |\n|---|---|---|---|")
    for name, (label, folder) in labels.items():
        if name in rows:
            seconds = statistics.median(row[0] for row in rows[name]) / count
            peak = statistics.median(row[1] for row in rows[name])
            print(f"| {label} | {seconds:.3f} | {weight(folder, count) if folder else ''} | {peak:.0f} |")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["photos", sources, target, count]:
            photos(sources, target, int(count))
        case ["sites", work]:
            sites(work)
        case ["hash", folder]:
            hashes(folder)
        case ["table", work, count]:
            table(work, count)
        case _:
            sys.exit("see pictures.sh --help")
