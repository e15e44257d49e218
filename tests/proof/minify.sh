#!/usr/bin/env bash
# Prints the minified script of the search page, for src/search/client.min.js. Needs tests/proof/install.sh. The names of
# properties that no other program knows are shortened, too.
set -euo pipefail
cd "$(dirname "$0")/../.."

own='wanted|unwanted|phrases|isPrefix|hasForms|isWhole|isCorrected|rarity|factor|isGone|buckets|begin|hours|folder|hits|forms'
own+='|segment|story|stories|number|score|term|terms|titles|count|version'

{ echo '(()=>{'; cat src/search/client.js; echo '})()'; } |
    node "${TERSER:-target/proof/node_modules/terser/bin/terser}" --compress ecma=2020,passes=3,unsafe_arrows=true \
        --mangle --mangle-props "regex=/^(?:$own)\$/" --ecma 2020
