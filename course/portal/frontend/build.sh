#!/bin/sh
# Build the page's scripts from src/ into the folder named (../static unless told otherwise).
# Needs Node 20 or newer and `npm ci` run once in this folder.
set -eu
cd "$(dirname "$0")"
out="${1:-../static}"
common="--bundle --format=esm --minify --target=es2022 --legal-comments=none --log-level=warning"
npx --no-install esbuild src/host.js $common --outfile="$out/host.js"
npx --no-install esbuild src/site.js --bundle --format=iife --minify --target=es2022 --legal-comments=none --log-level=warning --outfile="$out/site.js"
npx --no-install esbuild src/vega.js $common --outfile="$out/vega.js"
node licences.mjs > "$out/LICENSES.txt"
