#!/usr/bin/env bash
# Publishes photographs that say too much, and asks two programs that share no code with Presswork, ExifTool and
# ImageMagick, what is in the published files: no place, no serial number, no thumbnail; whose picture it is; the size
# that the file's name promises; upright pixels in sRGB. Needs libimage-exiftool-perl, imagemagick and
# icc-profiles-free.
#
#   tests/proof/pictures.sh [PROGRAM]     by default target/debug/presswork
set -euo pipefail
cd "$(dirname "$0")/../.."

program=$(realpath "${1:-${CARGO_TARGET_DIR:-target}/debug/presswork}")
photo=$PWD/content/business/port-strike.jpg
profiles=/usr/share/color/icc
wide=$profiles/compatibleWithAdobeRGB1998.icc

for needed in exiftool convert identify compare; do
    if ! command -v "$needed" >/dev/null; then
        printf 'skipped: no %s\n' "$needed"
        exit 0
    fi
done
if [[ ! -f $wide ]]; then
    printf 'skipped: no %s\n' "$wide"
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# fail MESSAGE: reports what is wrong, and goes on.
fail() {
    printf 'error: %s\n' "$1" >&2
    failures=$((failures + 1))
}

# mark FILE: writes what cameras and agencies write.
mark() {
    exiftool -q -m -overwrite_original -codedcharacterset=utf8 \
        -GPSLatitude=53.54 -GPSLatitudeRef=N -GPSLongitude=9.98 -GPSLongitudeRef=E \
        -Make='Harbour Optics' -Model=H1 -SerialNumber=4711 -OwnerName='Jane Doe' -UserComment='call 555-0100' \
        -IPTC:City=Secretville -XMP-photoshop:City=Secretville -XMP-xmp:CreatorTool='Secret 1.0' \
        -XMP-dc:Creator='Hana Kurosawa' -IPTC:By-line='Hana Kurosawa' -XMP-photoshop:Credit='Harbour Agency' \
        -XMP-dc:Rights='© 2026 Harbour Agency' -XMP-xmpRights:WebStatement=https://harbour.example/licence \
        -XMP-dc:Description='for editors only' -XMP-iptcCore:AltTextAccessibility='Cranes at dusk' \
        "-ThumbnailImage<=$work/thumbnail.jpg" "$1"
}

# The pictures: a photograph, one that lies on its side, one in wide colours, a PNG with transparency, a WebP.
"$program" new site "$work/paper" >/dev/null 2>&1
news=$work/paper/content/local
convert "$photo" -strip -resize 160x "$work/thumbnail.jpg"
convert "$photo" -strip "$news/plain.jpg"
convert "$photo" -strip -rotate 270 "$news/turned.jpg"
convert -size 900x600 'xc:rgb(60,140,200)' -profile "$profiles/sRGB.icc" -profile "$wide" -quality 95 "$news/wide.jpg"
convert "$photo" -strip -resize 900x -alpha set -channel A -evaluate set 60% +channel "$news/clear.png"
convert "$photo" -strip -resize 900x "$news/light.webp"
for picture in plain.jpg turned.jpg wide.jpg clear.png; do
    mark "$news/$picture"
done
exiftool -q -overwrite_original -n -Orientation=6 "$news/turned.jpg"
for picture in plain.jpg turned.jpg wide.jpg clear.png light.webp; do
    name=${picture%.*}
    printf -- '---\ntitle: The %s one\ndate: 2026-05-04\nauthors: [jane-doe]\nimage: %s\n---\n\nWords.\n\n![A crane](%s)\n' \
        "$name" "$picture" "$picture" >"$news/$name.md"
done
"$program" build --root "$work/paper" >/dev/null 2>"$work/report" || { cat "$work/report" >&2; exit 1; }
public=$work/paper/public
mapfile -t variants < <(find "$public/assets/pictures" -type f | sort)
mapfile -t originals < <(find "$public/local" -type f -not -name '*.html' -not -name '*.xml' -not -name '*.json' | sort)
((${#variants[@]} >= 50)) || fail "only ${#variants[@]} smaller pictures"
((${#originals[@]} == 5)) || fail "${#originals[@]} originals instead of 5"

# What no published file may say.
secrets='$GPSLatitude or $GPSPosition or $SerialNumber or $OwnerName or $Make or $Model or $UserComment or $City'
secrets+=' or $CreatorTool or $ThumbnailImage or $Description or $Caption-Abstract or $XMP-iptcCore:AltTextAccessibility'
while read -r file; do
    fail "$file says too much"
done < <(exiftool -q -m -if "$secrets" -p '$FileName' "${variants[@]}" "${originals[@]}" 2>/dev/null || true)

# What all of them must say.
rights='$XMP-dc:Creator eq "Hana Kurosawa" and $XMP-photoshop:Credit eq "Harbour Agency"'
rights+=' and $XMP-xmpRights:WebStatement eq "https://harbour.example/licence" and $XMP-dc:Rights =~ /2026 Harbour Agency/'
while read -r file; do
    fail "$file does not say whose picture it is"
done < <(exiftool -q -m -if "not ($rights)" -p '$FileName' "${variants[@]}" "${originals[@]}" 2>/dev/null | grep -v '^light' || true)

# Sizes and shapes, as both programs see them; ImageMagick decodes every pixel. ImageMagick 6 warns of any XMP in WebP, also of
# ExifTool's.
while read -r file width height orientation; do
    name=${file%.*.*}
    [[ $width == "${name##*-}" ]] || fail "$file is $width pixels wide"
    [[ $orientation == - || $orientation == 1 ]] || fail "$file has the orientation $orientation"
    strict=-regard-warnings
    [[ $file != *.webp ]] || strict=-quiet
    seen=$(identify $strict -format '%w %h' "$public/assets/pictures/$file") || fail "ImageMagick refuses $file"
    [[ $seen == "$width $height" ]] || fail "$file has $seen pixels according to ImageMagick, and $width $height to ExifTool"
    convert $strict "$public/assets/pictures/$file" null: || fail "ImageMagick cannot decode $file"
done < <(exiftool -q -m -f -n -p '$FileName $ImageWidth $ImageHeight $Orientation' "${variants[@]}")
turned=$(identify -format '%w %h' "$(printf '%s\n' "${variants[@]}" | grep -m1 '/turned-480.*jpg')")
[[ $turned == '480 '* && ${turned#* } -lt 480 ]] || fail "the picture on its side was not turned: $turned"

# Pixels: the same picture, upright, in the colours that were meant.
for name in plain turned; do
    # Not one of the crops for link previews and search results, which have other shapes.
    variant=$(identify -format '%w %h %d/%f\n' "$public/assets/pictures/$name"-800.*.jpg | sed -n 's/^800 533 //p')
    convert "$photo" -resize '800x533!' "$work/expected.png"
    likeness=$(compare -metric PSNR "$variant" "$work/expected.png" null: 2>&1 || true)
    awk -v likeness="$likeness" 'BEGIN { exit !(likeness + 0 > 28) }' || fail "$name is not the photograph: $likeness dB"
done
for variant in $(printf '%s\n' "${variants[@]}" | grep '/wide-.*jpg'); do
    described=$(exiftool -s3 -ICC_Profile:ProfileDescription "$variant")
    [[ -z $described || $described == *sRGB* ]] || fail "$variant has the colours of $described"
    colour=$(convert "$variant" -resize 1x1! -depth 8 -format '%[fx:int(255*r+.5)] %[fx:int(255*g+.5)] %[fx:int(255*b+.5)]' info:)
    read -r red green blue <<<"$colour"
    ((red > 55 && red < 65 && green > 135 && green < 145 && blue > 195 && blue < 205)) || fail "$variant has the colour $colour"
done
kept=$(exiftool -s3 -ICC_Profile:ProfileDescription "$public/local/wide.jpg" 2>/dev/null || true)
[[ -n $kept ]] || fail 'the original has lost its colour profile'
clear=$(printf '%s\n' "${variants[@]}" | grep -m1 '/clear-.*png')
[[ $(identify -format '%[channels]' "$clear") == *a ]] || fail "$clear has lost its transparency"

# The pages print what the file says.
page=$(find "$public/local" -path '*plain/index.html')
grep -q 'Hana Kurosawa/Harbour Agency' "$page" || fail 'the page does not credit the photographer'
grep -q 'alt="Cranes at dusk"' "$page" || fail 'the page does not take the alternative text'
! grep -rq 'for editors only' "$public" || fail 'a page shows the caption, which is for editors'

if ((failures)); then
    exit 1
fi
printf '%d smaller pictures and %d originals: no secrets, all rights, sizes and colours as they should be\n' \
    "${#variants[@]}" "${#originals[@]}"
